/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * announce -- what a caller who waits is told: its place in the queue, and about how long still.
 *
 * Pure.  The wait is told in classes and rounded up, so that the surprise is a pleasant one: what is told is never
 * shorter than what is expected.  Since an estimate trembles, a longer wait than the one told before is only told
 * when it is longer by more than the trembling; meanwhile nothing is said of it.  That callers are calmer when they
 * know, and angrier when it then takes longer: Hui and Tse, "What to tell consumers in waits of different lengths",
 * Journal of Marketing 60 (1996) 81-90; Armony, Shimkin and Whitt, "The impact of delay announcements in many-server
 * queues with abandonment", Operations Research 57 (2009) 66-81.  Part of acd.
 */
#ifndef CORE_ACD_ANNOUNCE_H
#define CORE_ACD_ANNOUNCE_H

#include <stdint.h>

#include "core/acd/acd.h"

#define ANNOUNCE_POSITION_MAX 10 /* a later place says nothing to anybody */

/* What can be said of the wait; "about N minutes" is N at most. */
enum announce_wait {
	ANNOUNCE_NOTHING,
	ANNOUNCE_UNDER_A_MINUTE,
	ANNOUNCE_1,
	ANNOUNCE_2,
	ANNOUNCE_3,
	ANNOUNCE_5,
	ANNOUNCE_10,
	ANNOUNCE_15,
	ANNOUNCE_20,
	ANNOUNCE_30,
	ANNOUNCE_LONGER, /* than half an hour */
	ANNOUNCE_WAITS,
};

struct announce {
	uint8_t position; /* 1 to ANNOUNCE_POSITION_MAX; 0: not said */
	enum announce_wait wait;
};

/* told: what was said of the wait the last time, ANNOUNCE_NOTHING when nothing ever was. */
struct announce announce_of(const struct acd_outlook *outlook, enum announce_wait told);

/* "under", "1" ... "30", "longer": in the names of clips; "" for ANNOUNCE_NOTHING. */
const char *announce_wait_word(enum announce_wait wait);

#endif
