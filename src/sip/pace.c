/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* pace -- see pace.h.  Pure; any thread. */
#include "sip/pace.h"

#define RETRY_MOST   60 /* times the first: from 30 s to 30 min, RFC 5626 section 4.5 */
#define RENEW_BEFORE 600000
#define BELIEF_LEAST 30000
#define BELIEF_MOST  3600000

int64_t pace_retry_ms(unsigned fails, uint32_t base_ms, uint32_t rnd)
{
	int64_t most = (int64_t)base_ms * RETRY_MOST, wait = base_ms;
	for (unsigned i = 1; i < fails && wait < most; i++)
		wait *= 2;
	if (wait > most)
		wait = most;
	return wait / 2 + rnd % (wait / 2 + 1);
}

int64_t pace_renewal_ms(uint32_t expires_s, uint32_t rnd)
{
	int64_t whole = (int64_t)expires_s * 1000;
	int64_t at = whole / 2 > whole - RENEW_BEFORE ? whole / 2 : whole - RENEW_BEFORE;
	return at - rnd % (at / 10 + 1);
}

int64_t pace_belief_ms(uint32_t ttl_s)
{
	int64_t ms = (int64_t)ttl_s * 1000;
	return ms < BELIEF_LEAST ? BELIEF_LEAST : ms > BELIEF_MOST ? BELIEF_MOST : ms;
}
