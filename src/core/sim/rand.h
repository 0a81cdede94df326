/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * rand -- streams of random numbers, and the distributions drawn from them.
 *
 * A stream belongs to one purpose of one queue in one replication, and a call's draws are made in the order
 * of the arrivals: the third call of a queue brings the same work and the same patience whatever is done with
 * it.  So two scenarios under one seed are compared with common random numbers (Law, Simulation Modeling and
 * Analysis, 5th ed., section 11.2), which makes the difference between them far more certain than either.
 *
 * Memory: none of its own.  Thread: any; a stream has one user.
 */
#ifndef CORE_SIM_RAND_H
#define CORE_SIM_RAND_H

#include <stdint.h>

enum sim_purpose { SIM_FOR_ARRIVAL, SIM_FOR_SERVICE, SIM_FOR_PATIENCE, SIM_PURPOSES };

struct sim_rand {
	uint64_t s[4];
};

/* Streams of different arguments are independent for all that matters here. */
void sim_rand_seed(struct sim_rand *r, uint64_t seed, uint32_t replication,
	enum sim_purpose purpose, uint32_t queue);

static inline uint64_t sim_rand_rotate(uint64_t x, int k)
{
	return x << k | x >> (64 - k);
}

/* xoshiro256** 1.0 (Blackman and Vigna, Scrambled Linear Pseudorandom Number Generators, ACM TOMS 47, 2021);
 * period 2^256 - 1. */
static inline uint64_t sim_rand_next(struct sim_rand *r)
{
	uint64_t out = sim_rand_rotate(r->s[1] * 5, 7) * 9, t = r->s[1] << 17;

	r->s[2] ^= r->s[0];
	r->s[3] ^= r->s[1];
	r->s[1] ^= r->s[2];
	r->s[0] ^= r->s[3];
	r->s[2] ^= t;
	r->s[3] = sim_rand_rotate(r->s[3], 45);
	return out;
}

/* Uniform over (0, 1], in steps of 2^-53: its logarithm is finite. */
static inline double sim_rand_unit(struct sim_rand *r)
{
	return (double)((sim_rand_next(r) >> 11) + 1) * 0x1p-53;
}

enum sim_dist_kind { SIM_NONE, SIM_EXP, SIM_LOGNORMAL, SIM_DETERMINISTIC };

/* A distribution of durations by its mean and, for LOGNORMAL, its coefficient of variation. */
struct sim_dist {
	enum sim_dist_kind kind;
	double mean_s, cv;
};

#define SIM_TICKS_PER_S 1000000 /* see sim.h */
#define SIM_NEVER       (INT64_MAX / 4)

/* A distribution made ready to be drawn from, in ticks. */
struct sim_draw {
	enum sim_dist_kind kind;
	double a, b; /* mean; or mu and sigma of the logarithm */
};

struct sim_draw sim_draw_of(const struct sim_dist *d);
/* In ticks, not rounded, 0 ... 1e15; NONE: SIM_NEVER. */
double sim_draw(const struct sim_draw *d, struct sim_rand *r);

/* To the nearest tick; 0 <= ticks <= SIM_NEVER. */
static inline int64_t sim_ticks(double ticks)
{
	return (int64_t)(ticks + 0.5);
}

#endif
