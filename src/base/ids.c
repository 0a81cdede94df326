/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ids -- see ids.h */
#include "base/ids.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#define EPOCH_MS 1767225600000LL /* 2026-01-01T00:00:00Z */
#define SEQ_MAX  4095u

static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

void ids_init(struct ids *g, uint16_t node)
{
	*g = (struct ids){ .node = node & IDS_NODE_MAX };
}

void ids_above(struct ids *g, uint64_t id)
{
	uint64_t ms = id >> 22;

	if (ms < g->last_ms || (ms == g->last_ms && (id & SEQ_MAX) <= g->seq))
		return;
	g->last_ms = ms;
	g->seq =
		SEQ_MAX; /* the next one takes the next millisecond, whatever its node was */
}

uint64_t ids_next(struct ids *g, int64_t wall_ms)
{
	uint64_t ms = wall_ms > EPOCH_MS ? (uint64_t)(wall_ms - EPOCH_MS) : 1;

	if (ms > g->last_ms) {
		g->last_ms = ms;
		g->seq = 0;
	} else if (++g->seq > SEQ_MAX) {
		g->last_ms++;
		g->seq = 0;
	}
	return (g->last_ms & ((1ULL << 41) - 1)) << 22 | (uint64_t)g->node << 12 | g->seq;
}

void ids_text(char out[IDS_TEXT_SIZE], uint64_t id)
{
	for (int i = 12; i >= 0; i--) {
		out[i] = alphabet[id & 31];
		id >>= 5;
	}
	out[13] = 0;
}

int ids_parse(const char *text, uint64_t *id)
{
	uint64_t v = 0;

	if (strlen(text) != 13)
		return EINVAL;
	for (size_t i = 0; i < 13; i++) {
		const char *hit = strchr(alphabet, text[i]);

		if (!hit || v >> 59)
			return EINVAL;
		v = v << 5 | (uint64_t)(hit - alphabet);
	}
	*id = v;
	return 0;
}
