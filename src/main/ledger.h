/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * ledger -- what the commands of heimamt ledger share.
 *
 * They work on files alone, so that anybody can verify, prove and witness away from the server.  Exit status: 0: it
 * is as it should be; 1: something cannot be read or written; 2: wrong words, or what is there is not as it should be.
 */
#ifndef MAIN_LEDGER_H
#define MAIN_LEDGER_H

#include "main/commands.h"
#include "main/options.h"
#include "store/ledger_proof.h"
#include "store/signer.h"

#define LEDGER_BAD       EXIT_USAGE
#define LEDGER_WITNESSES NOTE_SIGNATURES_MAX

struct ledger_options {
	const char *checkpoint, *key, *name, *state, *log, *from;
	const char *by, *config; /* acknowledge */
	const char *witnesses[LEDGER_WITNESSES];
	size_t n_witnesses;
	bool json;
	const char *words[2];
	size_t n_words;
};

/* A note as it was read: the bytes that it points into come with it. */
struct ledger_note {
	char bytes[NOTE_MAX];
	size_t n;
	struct note note;
	struct checkpoint checkpoint;
};

int ledger_verify(const struct ledger_options *o);
int ledger_prove(const struct ledger_options *o);
int ledger_witness(const struct ledger_options *o);
int ledger_acknowledge(const struct ledger_options *o);
int ledger_key(const struct ledger_options *o);

/* Each says on standard error what is wrong and returns the exit status, 0 when all is well. */
int ledger_say(const char *path, int err);
int ledger_read_note(struct ledger_note *out, const char *path);
int ledger_parse_note(struct ledger_note *out, const char *path, struct slice bytes);
int ledger_read_key(
	struct note_key *out, const struct ledger_sha256 *sha, const char *text);
/* Is the note signed by this key? NOTE_WITNESS: as a witness does. */
bool ledger_is_signed(const struct note *note, const struct note_key *key);
/* Base64 with a NUL: of a root. */
void ledger_root_text(
	const struct ledger_hash *root, char out[BASE64_SIZE(LEDGER_HASH) + 1]);

#endif
