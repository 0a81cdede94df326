/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * stats -- means with their confidence intervals, and averages over time.
 *
 * Memory: none of its own.  Thread: any.
 */
#ifndef CORE_SIM_STATS_H
#define CORE_SIM_STATS_H

#include <stdint.h>

/* Mean and spread of independent observations (Welford, Technometrics 4, 1962). */
struct sim_mean {
	uint32_t n;
	double mean, squares; /* sum of (x - mean)^2 */
};

void sim_mean_add(
	struct sim_mean *m, double x); /* NaN is no observation and is left out */
double sim_mean_of(const struct sim_mean *m); /* NaN: nothing was observed */
/* Half the width of the 95 % confidence interval by Student's t; NaN below two observations. */
double sim_mean_ci95(const struct sim_mean *m);

/* t with P(-t < T < t) = 0.95 for a whole number of degrees of freedom >= 1. */
double sim_student95(uint32_t freedom);

/* A count that changes in time, and the area below it. */
struct sim_gauge {
	uint32_t n;
	int64_t since;
	double area; /* up to `since` */
};

static inline void sim_gauge_settle(struct sim_gauge *g, int64_t now)
{
	g->area += (double)g->n * (double)(now - g->since);
	g->since = now;
}

static inline void sim_gauge_up(struct sim_gauge *g, int64_t now)
{
	sim_gauge_settle(g, now);
	g->n++;
}

static inline void sim_gauge_down(struct sim_gauge *g, int64_t now)
{
	sim_gauge_settle(g, now);
	g->n--;
}

#endif
