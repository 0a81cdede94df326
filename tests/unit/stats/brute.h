/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * brute -- the same house as erlang.h's, solved in long double with nothing but definitions.
 *
 * The chain state by state from 0 to where nothing is left; who waits by first-step analysis and by the differential
 * equations of its place in the queue; the virtual wait by Simpson's rule.  No formula of erlang.c is used.
 */
#ifndef TEST_BRUTE_H
#define TEST_BRUTE_H

#include <stddef.h>

struct brute {
	unsigned n; /* agents */
	long double lambda, mu, theta; /* per second */
	size_t last; /* the last state that counts */
	long double *p; /* of each state */
};

/* Ends the test where memory or the range of a long double does not do. */
void brute_init(
	struct brute *b, unsigned n, double load, double aht_s, double patience_s);
void brute_close(struct brute *b);

long double brute_p_wait(const struct brute *b);
long double brute_p_abandon(const struct brute *b);
long double brute_queue(const struct brute *b);
long double brute_occupancy(const struct brute *b);
long double brute_wait(
	const struct brute *b); /* of all arrivals, by place in the queue */
long double brute_answered_wait(const struct brute *b);

/* Answered within t: by Runge and Kutta on each place in the queue. */
long double brute_level(const struct brute *b, double t);

/* The same by Simpson's rule on the virtual wait's density, which starts at lambda p[n-1]. */
long double brute_level_by_density(const struct brute *b, double t);

#endif
