/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * signed -- what an agent signed last, with its text, and where the ledger has it: for the person's own copy.
 *
 * Memory: on the heap; signed_free().  Any connection, its thread.
 */
#ifndef STORE_SIGNED_H
#define STORE_SIGNED_H

#include "store/agreement.h"

struct sqlite3;

struct signed_place {
	uint32_t segment; /* 0: it is not there */
	uint64_t entry;
};

struct signed_copy {
	char name[STORE_NAME_MAX]; /* of the agent */
	struct store_signature s;
	bool is_material;
	int64_t effective_ms;
	char *text; /* owned */
	struct signed_place signature, countersignature;
};

/* ENOENT: the agent has signed nothing, or its last signature is past its date. */
int signed_read(struct sqlite3 *db, uint64_t agent, struct signed_copy **out);
int store_load_signed(struct store *st, uint64_t agent, struct signed_copy **out);
void signed_free(struct signed_copy *c); /* NULL allowed */

#endif
