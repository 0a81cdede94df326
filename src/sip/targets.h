/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * targets -- the places where a carrier can be reached, and which of them is next (RFC 3263 section 4, RFC 2782).
 *
 * Pure; no allocation; time and what is random are arguments.  Any thread.
 */
#ifndef SIP_TARGETS_H
#define SIP_TARGETS_H

#include "sip/peers.h"

#define TARGETS_MAX 8 /* more are left out; carriers have two to four */
/* So long one that failed is passed over while there is another: RFC 3263 section 4.3 leaves it open. */
#define TARGETS_BAD_MS 60000

struct target {
	struct peers_addr addr;
	uint16_t priority,
		weight; /* RFC 2782: the lowest priority first; by weight among equals */
	int64_t bad_until_ms;
};

struct targets {
	size_t n;
	struct target t[TARGETS_MAX];
};

/* False: it is full. One that is there already is not added again. */
bool targets_add(struct targets *t, const struct target *one);
/* The new ones take the place of the old ones; of those that are in both, what is known stays known. */
void targets_renew(struct targets *t, const struct targets *fresh);
/* By index, of those whose bit in `tried` is not set; -1: none is left. One that is bad only when there is no other, and
 * of those the one that has been so for longest. */
int targets_choose(const struct targets *t, uint32_t tried, int64_t now_ms, uint32_t rnd);
void targets_is_bad(struct targets *t, const struct peers_addr *addr, int64_t now_ms);
void targets_is_good(struct targets *t, const struct peers_addr *addr);
/* The one with this host, of whatever port. NULL. */
const struct target *targets_find(const struct targets *t, const struct peers_addr *host);

#endif
