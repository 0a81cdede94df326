/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * tries -- how often something may be guessed: so many at once, and one more after each pause.
 *
 * Counted under a number of the caller's (of a login, of a login and where it is asked from); what was right is given
 * back.  Numbers share a place where their low bits meet, which costs a stranger a pause at most.  Nothing is kept of
 * anybody but the count, in memory.  Pure; memory in the caller.
 */
#ifndef CORE_ACCESS_TRIES_H
#define CORE_ACCESS_TRIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRIES_PLACES 4096

struct tries {
	unsigned at_once; /* at most 255 */
	int64_t pause_ms;
	struct {
		int64_t since_ms; /* since then it was given back */
		uint8_t used;
	} places[TRIES_PLACES];
};

void tries_init(struct tries *t, unsigned at_once, int64_t pause_ms);
/* Takes one; false: none is left now.  now_ms: monotonic. */
bool tries_take(struct tries *t, uint64_t number, int64_t now_ms);
void tries_give_back(struct tries *t, uint64_t number);

#endif
