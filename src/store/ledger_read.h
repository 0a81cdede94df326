/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * ledger_read -- a segment of the ledger, read and checked as a whole: for the server at its start and for whoever
 * verifies.
 *
 * Costs: the file in memory, three hashes an entry, and with nodes 64 bytes an entry for proofs.
 * Memory: ledger_read_free().  Thread: one at a time for one object.
 */
#ifndef STORE_LEDGER_READ_H
#define STORE_LEDGER_READ_H

#include "core/ledger/entry.h"

#define LEDGER_FILE_MAX ((uint64_t)1 << 32) /* a house writes some MB a year */

enum ledger_end {
	LEDGER_ENDS_WELL,
	LEDGER_ENDS_TORN, /* the last entry is not whole: a crash, or a length that was altered */
	LEDGER_ENDS_BAD, /* what follows was altered */
};

struct ledger_read {
	uint8_t *bytes; /* owned */
	size_t n; /* of the file */
	size_t good; /* bytes up to the first bad entry */
	enum ledger_end end;
	bool has_head; /* false: it is no segment, or its head is damaged; then nothing else counts */
	struct ledger_head head;
	struct ledger_hash chain;
	struct ledger_sha256 sha;
	struct ledger_tree tree; /* of the good entries */
	/* of a size that was asked for (ledger_read_root_at) */
	uint64_t root_at;
	bool has_root;
	struct ledger_hash root;
	/* with nodes */
	struct ledger_hash *levels[LEDGER_LEVELS]; /* owned */
	size_t cap[LEDGER_LEVELS];
	size_t *at; /* owned: where each entry begins */
	size_t at_cap;
};

/* Reads the file and checks each entry. root_at: the size whose root is wanted, such as a checkpoint's. A damaged
 * file is no error: see end. ENOENT, EFBIG, ENOMEM, and what reading says. */
int ledger_read_file(
	struct ledger_read **out, const char *path, uint64_t root_at, bool with_nodes);
void ledger_read_free(struct ledger_read *r); /* NULL allowed */
/* With nodes. ENOENT: no such entry. */
int ledger_read_entry(const struct ledger_read *r, uint64_t index,
	struct ledger_entry *out, struct ledger_hash *leaf);
struct ledger_nodes ledger_read_nodes(struct ledger_read *r);
/* A small text file such as a checkpoint, into buf, without NUL. EMSGSIZE: longer than cap. */
int ledger_read_text(const char *path, char *buf, size_t cap, size_t *n);

#endif
