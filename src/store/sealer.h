/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * sealer -- keeps secrets of agents so that the database alone gives them to nobody: AES-256-GCM (NIST SP 800-38D) with
 * a key in a file of its own, mode 0600, made where none is.
 *
 * The agent is part of what is sealed, so a row that is moved to another agent opens for nobody.  A nonce is random:
 * 96 bits for some thousand secrets (SP 800-38D section 8.3 allows 2^32).
 * Thread: any; nothing changes after opening.
 */
#ifndef STORE_SEALER_H
#define STORE_SEALER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEALER_MORE 28 /* bytes that a sealed secret is longer: nonce and tag */

struct sealer;

/* ENOENT; EACCES: others may read the file; EINVAL: no such key in it; ENOMEM, EIO; and what the file system says. */
int sealer_open(struct sealer **out, const char *path);
void sealer_close(struct sealer *s); /* NULL allowed */
/* out: n + SEALER_MORE bytes. EIO. */
int sealer_seal(const struct sealer *s, uint64_t agent, const uint8_t *secret, size_t n,
	uint8_t *out);
/* n: of what is sealed; out: n - SEALER_MORE bytes. EBADMSG: not sealed with this key for this agent. */
int sealer_unseal(const struct sealer *s, uint64_t agent, const uint8_t *sealed, size_t n,
	uint8_t *out);

#endif
