/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * bucket -- how often something may be done: so much at once, and so much a second from then on (a token bucket).
 *
 * Pure.  Memory: in the caller; 16 bytes a bucket.
 */
#ifndef CORE_ACCESS_BUCKET_H
#define CORE_ACCESS_BUCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bucket_rate {
	uint32_t burst; /* at once; 0: it is not bounded at all */
	uint32_t per_s; /* afterwards, 1 to 1,000,000 */
};

/* Zeroed: full. */
struct bucket {
	int64_t since_ms; /* that long it has been given back */
	int64_t used_milli; /* thousandths of one */
};

/* Takes one; false: there is none now. now_ms: monotonic, of any origin; what goes backwards gives nothing back. */
bool bucket_take(struct bucket *b, const struct bucket_rate *r, int64_t now_ms);
/* Seconds until there is one again, at least 1. */
uint32_t bucket_wait_s(
	const struct bucket *b, const struct bucket_rate *r, int64_t now_ms);

/* For many: buckets by a number.  Numbers share one where their low bits meet, so the number should be mixed with a
 * secret: then nobody can aim at another's, and meets one of a stranger's by chance, once in BUCKET_PLACES. */
#define BUCKET_PLACES 16384

struct buckets {
	struct bucket v[BUCKET_PLACES];
};
struct bucket *buckets_of(struct buckets *all, uint64_t number);

#endif
