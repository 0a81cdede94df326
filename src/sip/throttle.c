/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * throttle -- see throttle.h.  Pure; one thread.
 */
#include "sip/throttle.h"

/* A bucket in one number (the generic cell rate algorithm): each token moves the moment at which it is full
 * by 1/rate, in microseconds, and that moment may lie burst/rate ahead. */
static bool has_token(
	const struct throttle_bucket *b, int64_t now_us, int64_t rate, int64_t burst)
{
	return b->full_us - now_us <= (burst - 1) * 1000000 / rate;
}

static void take_token(struct throttle_bucket *b, int64_t now_us, int64_t rate)
{
	b->full_us = (b->full_us > now_us ? b->full_us : now_us) + 1000000 / rate;
}

bool throttle_allow(struct throttle *t, uint64_t addr_hash, int64_t now_ms)
{
	struct throttle_bucket *own = &t->group[addr_hash % THROTTLE_GROUPS];
	int64_t now_us = now_ms * 1000;
	if (!has_token(own, now_us, THROTTLE_EACH_RATE, THROTTLE_EACH_BURST) ||
		!has_token(&t->all, now_us, THROTTLE_ALL_RATE, THROTTLE_ALL_BURST))
		return false;
	take_token(own, now_us, THROTTLE_EACH_RATE);
	take_token(&t->all, now_us, THROTTLE_ALL_RATE);
	return true;
}
