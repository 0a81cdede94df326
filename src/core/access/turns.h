/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * turns -- in which order those who wait are served, when one of them costs a second and 256 MB.
 *
 * Known ones first, in their order.  The others by address in turn: who waits alone waits for one of every other address at
 * most, however many these sent (self-clocked fair queueing: Golestani, INFOCOM 1994, with equal weights and lengths).  When
 * all places are taken, the last of the address that holds the most gives way to who would be served before it.
 *
 * Pure.  Memory: in the caller.  Cost: one look at each place.
 */
#ifndef CORE_ACCESS_TURNS_H
#define CORE_ACCESS_TURNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TURNS_MAX \
	64 /* the last of them waits 30 s, as long as its page does: half a second each, two at once */
#define TURNS_NONE SIZE_MAX

enum turns_answer {
	TURNS_WAITS,
	TURNS_INSTEAD, /* of another one, which has to be told */
	TURNS_NOT,
};

struct turns {
	struct {
		uint64_t from, tag, order;
		bool is_taken, is_known;
	} v[TURNS_MAX];
	uint64_t now, serial; /* the tag that was served last; of orders the last */
};

/* Zeroed: nobody waits.  *place: where it waits; with TURNS_INSTEAD the other one's, which is its own now. */
enum turns_answer turns_add(struct turns *t, uint64_t from, bool is_known, size_t *place);
/* Whose turn it is: its place, which is free again; TURNS_NONE: nobody waits. */
size_t turns_next(struct turns *t);

#endif
