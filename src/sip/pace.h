/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * pace -- when something that is repeated for as long as the house runs is due again: a registration, the next try
 * after one that failed, a question to a name server.
 *
 * Pure: what is random is an argument.  Any thread.
 */
#ifndef SIP_PACE_H
#define SIP_PACE_H

#include <stdint.h>

/* The next try after so many failures, one after the other (RFC 5626 section 4.5): from base_ms on, doubling up to
 * 60 times that; the half of it and more, at random, so that a carrier that comes back is not run over. */
int64_t pace_retry_ms(unsigned fails, uint32_t base_ms, uint32_t rnd);
/* When a registration that ends after so long is renewed: ten minutes before, or at its half where that is later, and
 * up to a tenth earlier at random. */
int64_t pace_renewal_ms(uint32_t expires_s, uint32_t rnd);
/* How long an answer of a name server is believed: its time to live, but half a minute at least and an hour at most. */
int64_t pace_belief_ms(uint32_t ttl_s);

#endif
