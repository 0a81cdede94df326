/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * guesses -- how many wrong tokens somebody may try: login links and door displays' tokens.
 *
 * 256 bits cannot be guessed; what this bounds is the work that trying makes.  Counted per group of addresses
 * (an IPv4 address, an IPv6 /64), in ticks of the web's timer, so nothing is timed and nothing is kept of
 * anybody.  Groups share a counter where their hashes meet, which costs a stranger's neighbour a second at most.
 * Only wrong tokens count, so a house behind one address is not slowed down by its own right ones.
 *
 * Pure.  Memory: in the caller.  The control loop's thread, only.
 */
#ifndef WEB_GUESSES_H
#define WEB_GUESSES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#define GUESSES_GROUPS  1024
#define GUESSES_MAX     30 /* at once: a classroom of used links */
#define GUESSES_RETRY_S "1" /* one is free again with each tick */

struct guesses {
	uint64_t seed;
	uint8_t used[GUESSES_GROUPS];
};

/* seed: random, so that nobody can aim at another's counter. */
void guesses_init(struct guesses *g, uint64_t seed);
/* A number for the group of this address, for counters of others; it says nothing of it. */
uint64_t guesses_from(const struct guesses *g, const struct sockaddr_storage *addr);
/* False: no token is looked at for this address now. */
bool guesses_may(const struct guesses *g, const struct sockaddr_storage *addr);
void guesses_wrong(struct guesses *g, const struct sockaddr_storage *addr);
void guesses_tick(struct guesses *g);

#endif
