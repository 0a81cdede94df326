/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* bucket -- see bucket.h */
#include "core/access/bucket.h"

#define MILLI 1000

/* What is used after what was given back until now. */
static int64_t used_at(
	const struct bucket *b, const struct bucket_rate *r, int64_t now_ms)
{
	int64_t gone_ms = now_ms - b->since_ms;

	/* longer ago than the whole takes to come back */
	if (gone_ms > b->used_milli / r->per_s)
		return 0;
	return gone_ms > 0 ? b->used_milli - gone_ms * r->per_s : b->used_milli;
}

bool bucket_take(struct bucket *b, const struct bucket_rate *r, int64_t now_ms)
{
	int64_t used;

	if (!r->burst)
		return true;
	used = used_at(b, r, now_ms);
	b->since_ms = now_ms;
	b->used_milli = used;
	if (used + MILLI > (int64_t)r->burst * MILLI)
		return false;
	b->used_milli = used + MILLI;
	return true;
}

uint32_t bucket_wait_s(
	const struct bucket *b, const struct bucket_rate *r, int64_t now_ms)
{
	int64_t over = used_at(b, r, now_ms) + MILLI - (int64_t)r->burst * MILLI;
	int64_t per_s = (int64_t)r->per_s * MILLI;

	return over > per_s ? (uint32_t)((over + per_s - 1) / per_s) : 1;
}

struct bucket *buckets_of(struct buckets *all, uint64_t number)
{
	return &all->v[number % BUCKET_PLACES];
}
