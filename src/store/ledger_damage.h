/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * ledger_damage -- what was found damaged in the ledger, and whether an officer has seen it: read from its files alone.
 *
 * A segment that follows a damage begins with an entry that names it; the acknowledgement is an entry too.  So this
 * asks nothing of the running centre.  Costs: each segment is read.  Any thread.
 */
#ifndef STORE_LEDGER_DAMAGE_H
#define STORE_LEDGER_DAMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ledger_damage {
	uint32_t segment;
	uint64_t first_bad; /* entry */
	bool is_rewritten; /* each entry is good, but they are not those of its checkpoint */
	bool is_acknowledged;
};

/* The oldest first, at most cap; *n of them. A folder that is not there has none. What reading says. */
int ledger_damages(const char *dir, struct ledger_damage *out, size_t cap, size_t *n);

#endif
