/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * ids -- 63-bit ids that are unique across nodes and grow with time.
 *
 * Layout: 41 bits of milliseconds since 2026-01-01 UTC (69 years), 10 bits of node, 12 bits of
 * sequence.  When the clock stands still or jumps back, the sequence runs on from the last time used,
 * so ids of one node never repeat within a process; after a restart ids_above() sees to it.
 * As text: 13 characters of Crockford's base 32, because a JavaScript number
 * holds 53 bits only.  One generator per thread.
 */
#ifndef BASE_IDS_H
#define BASE_IDS_H

#include <stdint.h>

#define IDS_NODE_MAX  1023
#define IDS_TEXT_SIZE 14 /* with NUL */

struct ids {
	uint64_t last_ms;
	uint32_t seq;
	uint16_t node;
};

void ids_init(struct ids *g, uint16_t node);
/* All further ids are greater than this one: a former process gave it, perhaps by a clock that was ahead. */
void ids_above(struct ids *g, uint64_t id);
/* wall_ms: milliseconds since 1970 UTC. Never 0. */
uint64_t ids_next(struct ids *g, int64_t wall_ms);
void ids_text(char out[IDS_TEXT_SIZE], uint64_t id);
/* EINVAL for anything that ids_text() did not write. */
int ids_parse(const char *text, uint64_t *id);

#endif
