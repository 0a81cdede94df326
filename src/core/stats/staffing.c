/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * staffing -- see staffing.h
 *
 * Bisection is sound, since one more agent never makes anything worse.  From n to n+1 agents the weight of "no
 * wait" against a wait of s grows with s = 0 (it is 1/(calls_per_s B(n-1)), and Erlang's B falls with n), and the
 * density of the wait is multiplied by a factor e^(-mu s) that falls with s: so the wait becomes smaller in the
 * order of likelihood ratios, and every share of calls that a longer wait makes smaller becomes larger.
 * For the occupancy there is the test.
 */
#include "core/stats/staffing.h"

#include <errno.h>
#include <math.h>

#define ROUNDING 1e-9

bool staffing_is_met(const struct erlang_figures *f, const struct staffing_goal *goal)
{
	return f->service_level >= goal->service_level - ROUNDING &&
		f->occupancy <= goal->max_occupancy + ROUNDING;
}

/* No steady state (EDOM) is an answer here: too few. */
static int try(struct erlang_figures *f, bool *is_met, const struct erlang_demand *d,
	const struct staffing_goal *goal, unsigned agents)
{
	int err = erlang_solve(f, d, agents);

	*is_met = !err && staffing_is_met(f, goal);
	return err == EDOM ? 0 : err;
}

/* Doubles the step from `few`, which are too few or none, until `enough` meet the goal. */
static int bound(unsigned *few, unsigned *enough, struct erlang_figures *f,
	const struct erlang_demand *d, const struct staffing_goal *goal)
{
	unsigned agents = *few;
	bool is_met = false;
	int err = 0;

	for (unsigned step = 1; !err && !is_met; step *= 2) {
		if (agents == ERLANG_AGENTS_MAX)
			return ENOSPC;
		*few = agents;
		agents = step < ERLANG_AGENTS_MAX - agents ? agents + step
							   : ERLANG_AGENTS_MAX;
		err = try(f, &is_met, d, goal, agents);
	}
	*enough = agents;
	return err;
}

int staffing_least(unsigned *agents, struct erlang_figures *out,
	const struct erlang_demand *d, const struct staffing_goal *goal)
{
	struct erlang_figures f, best = { 0 };
	unsigned few = 0, enough = 0;
	bool is_met;
	int err = erlang_load(d) > 0 ? bound(&few, &enough, &best, d, goal)
				     : erlang_solve(&best, d, 0);

	while (!err && enough - few > 1) {
		unsigned middle = few + (enough - few) / 2;

		err = try(&f, &is_met, d, goal, middle);
		if (err)
			break;
		if (is_met) {
			enough = middle;
			best = f;
		} else
			few = middle;
	}
	if (err)
		return err;
	*agents = enough;
	*out = best;
	return 0;
}

int staffing_split(struct staffing_split *out, const struct erlang_demand *d,
	const struct staffing_goal *goal, double office_only)
{
	struct erlang_demand office = *d, rest = *d;
	struct staffing_split s;
	int err;

	if (!(office_only >= 0 && office_only <= 1))
		return EINVAL;
	office.calls_per_s *= office_only;
	rest.calls_per_s *= 1 - office_only;
	err = staffing_least(&s.office, &s.office_figures, &office, goal);
	if (!err)
		err = staffing_least(&s.rest, &s.rest_figures, &rest, goal);
	if (!err)
		*out = s;
	return err;
}

unsigned staffing_home(unsigned agents, double home)
{
	return (unsigned)ceil(agents * home - ROUNDING);
}

unsigned staffing_scheduled(unsigned agents, double shrinkage)
{
	return (unsigned)ceil(agents / (1 - shrinkage) - ROUNDING);
}
