/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * note -- signed notes and checkpoints, the C2SP formats: what others' tools can read and verify too.
 *
 * A checkpoint (c2sp.org/tlog-checkpoint) is three lines: the log's name, its size, its root.  A signed note
 * (c2sp.org/signed-note) is a text, an empty line, and a line for each signature.  A witness's signature
 * (c2sp.org/tlog-cosignature) also says when.
 *
 * Hostile input: at most NOTE_MAX bytes and NOTE_SIGNATURES_MAX lines; anything that is not exactly such a note is
 * refused as a whole.  Signatures of unknown keys are to be ignored, one of a known key that is wrong refuses the
 * note: that is the reader's to decide, for Ed25519 itself is the caller's.  Pure; any thread; slices point into
 * the text.
 */
#ifndef CORE_LEDGER_NOTE_H
#define CORE_LEDGER_NOTE_H

#include "core/ledger/ledger.h"

#define NOTE_MAX            8192
#define NOTE_NAME_MAX       96 /* with NUL */
#define NOTE_SIGNATURES_MAX 16 /* the log's and its witnesses' */
#define NOTE_KEY            32 /* Ed25519, RFC 8032 */
#define NOTE_SIGNATURE      64
#define NOTE_COSIGNATURE    72 /* the time before it */
#define NOTE_VKEY_MAX       (NOTE_NAME_MAX + 1 + 8 + 1 + 44 + 1) /* with NUL */

/* The type that goes into a key's id. */
enum note_type { NOTE_LOG = 0x01, NOTE_WITNESS = 0x04 };

struct note_key {
	char name[NOTE_NAME_MAX];
	enum note_type type;
	uint8_t key[NOTE_KEY]; /* public */
	uint32_t id;
};

struct note_signature {
	struct slice name;
	uint32_t id;
	size_t n;
	uint8_t bytes[NOTE_COSIGNATURE];
};

struct note {
	struct slice text; /* with its last newline: what is signed */
	size_t n;
	struct note_signature signatures[NOTE_SIGNATURES_MAX];
};

struct checkpoint {
	char origin[NOTE_NAME_MAX];
	uint64_t size;
	struct ledger_hash root;
};

/* A key's name: not empty, no blanks, no '+', clean UTF-8. EINVAL: no such name; ENAMETOOLONG. */
int note_key_set(struct note_key *out, const struct ledger_sha256 *sha, const char *name,
	enum note_type type, const uint8_t key[NOTE_KEY]);
/* "name+id+key", as it is handed to those who verify. */
void note_key_write(const struct note_key *key, char out[NOTE_VKEY_MAX]);
/* EINVAL: not such a text, or an id that is not this key's. */
int note_key_read(
	struct note_key *out, const struct ledger_sha256 *sha, struct slice text);

/* EBADMSG: not a signed note. */
int note_read(struct note *out, struct slice bytes);
/* The first signature of this key; NULL: none. */
const struct note_signature *note_find(
	const struct note *note, const struct note_key *key);
/* A line more. signature: NOTE_SIGNATURE bytes of a log, NOTE_COSIGNATURE of a witness. */
void note_sign(struct wbuf *w, const struct note_key *key, const uint8_t *signature);
/* What a witness signs: that it saw this checkpoint at this time (seconds since 1970). */
void note_cosigned(struct wbuf *w, struct slice text, uint64_t at_s);

/* The text of a note. */
void checkpoint_write(struct wbuf *w, const struct checkpoint *c);
/* EBADMSG: not a checkpoint's text. Lines after the third are others' extensions, and allowed. */
int checkpoint_read(struct checkpoint *out, struct slice text);

#endif
