/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* rand -- see rand.h */
#include "core/sim/rand.h"

#include <math.h>
#include <stddef.h>

/* Thirty years: what a lognormal of a huge variation may draw at most, so that times add up within int64. */
#define DRAW_MAX 1e15
#define TWO_PI   6.283185307179586

/* splitmix64 (Steele, Lea, Flood, Fast Splittable Pseudorandom Number Generators, OOPSLA 2014): what the
 * authors of xoshiro seed it with. */
static uint64_t splitmix(uint64_t *state)
{
	uint64_t z = *state += 0x9E3779B97F4A7C15ULL;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
	return z ^ (z >> 31);
}

void sim_rand_seed(struct sim_rand *r, uint64_t seed, uint32_t replication,
	enum sim_purpose purpose, uint32_t queue)
{
	const uint64_t words[] = { replication, (uint64_t)purpose, queue };
	uint64_t state = seed;

	/* each word is mixed before the next is added: neighbours do not meet */
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		state = splitmix(&state) + words[i];
	for (size_t i = 0; i < 4; i++)
		r->s[i] = splitmix(&state);
}

struct sim_draw sim_draw_of(const struct sim_dist *d)
{
	double mean = d->mean_s * SIM_TICKS_PER_S;
	/* mean = exp(mu + sigma^2 / 2), cv^2 = exp(sigma^2) - 1 (Law, section 6.2.2) */
	double variance = log1p(d->cv * d->cv);

	if (d->kind != SIM_LOGNORMAL)
		return (struct sim_draw){ .kind = d->kind, .a = mean };
	return (struct sim_draw){
		.kind = SIM_LOGNORMAL, .a = log(mean) - variance / 2, .b = sqrt(variance)
	};
}

/* Box and Muller, A Note on the Generation of Random Normal Deviates, 1958; the second of the pair is not
 * kept, so that a draw takes the same two numbers each time. */
static double normal(struct sim_rand *r)
{
	double radius = sqrt(-2 * log(sim_rand_unit(r)));

	return radius * cos(TWO_PI * sim_rand_unit(r));
}

double sim_draw(const struct sim_draw *d, struct sim_rand *r)
{
	switch (d->kind) {
	case SIM_EXP: return fmin(-d->a * log(sim_rand_unit(r)), DRAW_MAX);
	case SIM_LOGNORMAL: return fmin(exp(d->a + d->b * normal(r)), DRAW_MAX);
	case SIM_DETERMINISTIC: return d->a;
	case SIM_NONE: break;
	}
	return (double)SIM_NEVER;
}
