/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * entry -- the entries of a segment of the ledger as bytes, one after the other.
 *
 * A segment begins with a head: who writes it, its number.  An entry has what stands in the tree (its kind, its
 * time, the commitment to its text) and what opens the commitment (salt and text).  To erase it, salt and text
 * become zeros where they stand; kind, time and commitment stay, and the tree with them (RULES C7).  After each
 * entry stands the chain, a hash of the chain before and of what stands in the tree: so that of a damaged file the
 * first bad entry is known, whatever byte it is.  (Against somebody who writes the whole file anew stand the
 * signed checkpoints.)
 *
 *   head:  "heimamt ledger 1" | number 4 | n 2 | origin n | SHA-256 of all before: the first chain
 *   entry: n 4 | state 1 | kind 1 | 0 2 | at_ms 8 | commitment 32 | salt 32 | text n | chain 32
 *
 * Integers are big-endian.  Hostile input: everything is checked; slices point into the bytes.  Costs of reading
 * an entry: three hashes, one of them over its text.  Pure; any thread.
 */
#ifndef CORE_LEDGER_ENTRY_H
#define CORE_LEDGER_ENTRY_H

#include "core/ledger/note.h"

#define LEDGER_TEXT_MAX 65536 /* an agreement in one language has some 8 KB */
/* Before the text, and with its chain. */
#define LEDGER_FIXED     (16 + LEDGER_HASH + LEDGER_SALT)
#define LEDGER_ENTRY_MAX (LEDGER_FIXED + LEDGER_TEXT_MAX + LEDGER_HASH)
#define LEDGER_HEAD_MAX  (16 + 4 + 2 + NOTE_NAME_MAX + LEDGER_HASH)
#define LEDGER_LEAF_DATA (1 + 8 + LEDGER_HASH)
#define LEDGER_SALT_AT   (16 + LEDGER_HASH) /* in an entry */
#define LEDGER_STATE_AT  4
#define LEDGER_KIND_AT   5
#define LEDGER_TIME_AT   8

/* What is in it. The numbers are in files: they stay. */
enum ledger_kind {
	LEDGER_SEGMENT =
		1, /* the first of each segment: which one was before, and why it ended */
	LEDGER_AGREEMENT, /* a version was published */
	LEDGER_SIGNATURE, /* an agent signed */
	LEDGER_COUNTERSIGNATURE, /* the employer did */
	LEDGER_END, /* either side ended the agreement */
	LEDGER_CONFIGURATION, /* changed */
	LEDGER_ROLE, /* given or taken */
	LEDGER_APPROVAL, /* of the staff body, or its withdrawal */
	LEDGER_REVEAL, /* of a masked field */
	LEDGER_COMPARISON, /* sealed: margin, window and exclusions before the data */
	LEDGER_ERASURE, /* of an entry before */
	LEDGER_ACKNOWLEDGED, /* an officer has seen that a segment is damaged */
	LEDGER_KEY, /* a device's key was revoked: it signs no more */
	LEDGER_KINDS,
};
/* "agreement" ...; NULL: no such kind. */
const char *ledger_kind_word(unsigned kind);

/* Far apart: no bit that falls over makes one of the other. */
enum ledger_state {
	LEDGER_WHOLE = 0x00,
	LEDGER_ERASING =
		0x3C, /* salt and text may be anything: a crash came in between */
	LEDGER_ERASED = 0xFF,
};

struct ledger_head {
	uint32_t segment; /* from 1 */
	char origin[NOTE_NAME_MAX];
};

struct ledger_entry {
	enum ledger_kind kind;
	uint64_t at_ms; /* since 1970 */
	enum ledger_state state;
	struct ledger_hash commitment;
	uint8_t salt[LEDGER_SALT]; /* secret, random, of this entry alone */
	struct slice text; /* empty unless LEDGER_WHOLE */
	size_t text_size; /* as it was */
};

/* ENOBUFS: w is too small. *chain is the first one. */
int ledger_head_write(struct wbuf *w, const struct ledger_sha256 *sha,
	const struct ledger_head *head, struct ledger_hash *chain);
/* *n: how long it is. EAGAIN: not all of it is there; EBADMSG: it is none, or altered. */
int ledger_head_read(struct ledger_head *out, const struct ledger_sha256 *sha,
	struct slice bytes, struct ledger_hash *chain, size_t *n);

/* Of e its kind, time, salt and text. *chain goes on; *leaf is the leaf's hash. EMSGSIZE: the text is longer than
 * LEDGER_TEXT_MAX; ENOBUFS. */
int ledger_entry_write(struct wbuf *w, const struct ledger_sha256 *sha,
	const struct ledger_entry *e, struct ledger_hash *chain,
	struct ledger_hash *leaf);
/* The same errors as the head's; *chain then stays. */
int ledger_entry_read(struct ledger_entry *out, const struct ledger_sha256 *sha,
	struct slice bytes, struct ledger_hash *chain, struct ledger_hash *leaf,
	size_t *n);
/* What stands in the tree, as bytes: the leaf's hash is ledger_leaf() over it. */
void ledger_leaf_data(const struct ledger_entry *e, uint8_t out[LEDGER_LEAF_DATA]);

#endif
