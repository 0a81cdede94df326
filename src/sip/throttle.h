/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * throttle -- how many refusals strangers get: token buckets, one for all and one for each group of
 * addresses, so that one that floods silences itself before it silences others.
 *
 * Pure: time and the hash of the address are arguments.  Memory: the caller's, 2 KiB, whoever comes.
 * Thread: one.
 */
#ifndef SIP_THROTTLE_H
#define SIP_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

#define THROTTLE_GROUPS 256
/* Refusals a second, and at once.  A phone needs one 401 for each request; all phones of a house that
 * register at the same moment, some hundreds. */
#define THROTTLE_EACH_RATE  50
#define THROTTLE_EACH_BURST 100
#define THROTTLE_ALL_RATE   1000
#define THROTTLE_ALL_BURST  2000

struct throttle_bucket {
	int64_t full_us; /* when it is full again */
};

struct throttle {
	struct throttle_bucket all, group[THROTTLE_GROUPS];
};

/* Zeroed, all buckets are full. False: no answer for this one. */
bool throttle_allow(struct throttle *t, uint64_t addr_hash, int64_t now_ms);

#endif
