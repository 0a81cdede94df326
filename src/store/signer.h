/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * signer -- the house's Ed25519 key (RFC 8032), and SHA-256 for core's ledger: OpenSSL behind both.
 *
 * A key lives in one file, PEM, mode 0600; it is made where none is.  A witness has its own in the same way.
 * Thread: one at a time for one object.
 */
#ifndef STORE_SIGNER_H
#define STORE_SIGNER_H

#include "core/ledger/note.h"

struct signer;

/* Reads the key at that path, or makes it when `make`. ENOENT; EACCES: others may read the file; EINVAL: no such key
 * in it; EIO: no randomness; and what the file system says. */
int signer_open(struct signer **out, const char *path, bool make);
void signer_close(struct signer *s); /* NULL allowed */
void signer_public(const struct signer *s, uint8_t out[NOTE_KEY]);
/* EIO: OpenSSL could not. */
int signer_sign(const struct signer *s, struct slice text, uint8_t out[NOTE_SIGNATURE]);
bool signer_verify(const uint8_t key[NOTE_KEY], struct slice text,
	const uint8_t signature[NOTE_SIGNATURE]);

/* A SHA-256 with a context of its own. ENOMEM. */
int signer_sha256_open(struct ledger_sha256 *out);
void signer_sha256_close(struct ledger_sha256 *sha); /* zeroed: allowed */
/* Random bytes. EIO. */
int signer_random(void *out, size_t n);

#endif
