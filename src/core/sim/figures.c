/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* figures -- what a replication has seen, as figures.  Part of sim (see sim.h). */
#include <math.h>

#include "core/sim/priv.h"

static double seconds(double ticks)
{
	return ticks / SIM_TICKS_PER_S;
}

static double over(double a, double b)
{
	return b > 0 ? a / b : (double)NAN;
}

/* waiting: the area of those who waited; length: of the time that it belongs to. */
static void add(struct sim_mean to[SIM_FIGURES], const struct sim_sums *n, double waiting,
	double length)
{
	const double figures[SIM_FIGURES] = {
		[SIM_P_WAIT] = over((double)n->queued, (double)n->arrived),
		[SIM_MEAN_WAIT_S] = over(seconds(n->wait), (double)n->arrived),
		[SIM_ASA_S] = over(seconds(n->answered_wait), (double)n->answered),
		[SIM_P_ABANDON] = over((double)n->abandoned, (double)n->arrived),
		[SIM_SERVICE_LEVEL] = over((double)n->within, (double)n->arrived),
		[SIM_P_REFUSED] = over((double)n->refused, (double)n->arrived),
		[SIM_QUEUE_LENGTH] = over(waiting, length),
	};

	for (size_t i = 0; i < SIM_FIGURES; i++)
		sim_mean_add(&to[i], figures[i]);
}

static void sum(struct sim_sums *to, const struct sim_sums *from)
{
	to->arrived += from->arrived;
	to->queued += from->queued;
	to->answered += from->answered;
	to->abandoned += from->abandoned;
	to->within += from->within;
	to->refused += from->refused;
	to->wait += from->wait;
	to->answered_wait += from->answered_wait;
}

void sim_result_add(struct sim_result *r, const struct sim *s)
{
	double length = (double)(s->to - s->from), waiting = 0;
	struct sim_sums all = { 0 };

	for (size_t i = 0; i < s->sc->n_queues; i++) {
		const struct sim_source *from = &s->sources[i];

		add(r->queues[i], &from->sums, from->counted_area, length);
		sum(&all, &from->sums);
		waiting += from->counted_area;
	}
	add(r->overall, &all, waiting, length);
	for (size_t i = 0; i < s->sc->n_groups; i++)
		sim_mean_add(&r->groups[i],
			over(s->counted_area[i], s->sc->groups[i].count * length));
}
