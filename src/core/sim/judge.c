/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * judge -- what can be said of a scenario beforehand.  Part of sim (see sim.h).
 *
 * Queues whose callers neither leave nor are refused are stable only if their work can be shared out among the agents
 * who may do it with something left over (the static planning problem: Harrison and Lopez, Queueing Systems 33, 1999).  The sharing is a flow from queues to groups; where the greatest flow leaves work, the
 * queues that can still be reached by shifting work are those that have too few agents.  The flow is augmented along shortest
 * paths (Edmonds and Karp, Journal of the ACM 19, 1972), which ends whatever the capacities are.
 */
#include <math.h>
#include <string.h>

#include "core/sim/sim.h"

/* Work that is as much as the agents counts as too much: its wait has no mean. */
#define TOO_FULL (1 + 1e-9)
#define NOBODY   (-1)

struct flow {
	const struct sim_scenario *sc;
	double left[SIM_QUEUES_MAX]; /* work not yet shared out */
	double spare[SIM_GROUPS_MAX];
	double given[SIM_QUEUES_MAX][SIM_GROUPS_MAX];
	/* the search: whence a group or a queue was reached */
	int by_queue[SIM_GROUPS_MAX], by_group[SIM_QUEUES_MAX];
	bool reached[SIM_QUEUES_MAX];
};

bool sim_may(const struct sim_group *g, const struct sim_queue *q)
{
	const struct acd_skills *least = q->n_relax ? &q->relax[q->n_relax - 1].skills
						    : &q->skills;

	for (unsigned i = 0; i < ACD_SKILLS_MAX; i++)
		if (acd_skills_level(&g->skills, i) < acd_skills_level(least, i))
			return false;
	return g->clearance >= q->sensitivity;
}

/* Agents of speed 1 that the queue keeps busy, with the group that is best for it: answer and wrap-up take a quick
 * agent as long as a slow one. */
static double work_of(const struct sim_scenario *sc, const struct sim_queue *q)
{
	double least = INFINITY;

	for (size_t i = 0; i < sc->n_groups; i++) {
		const struct sim_group *g = &sc->groups[i];

		if (sim_may(g, q))
			least = fmin(least,
				q->service.mean_s +
					(q->wrapup_s + g->answer_s) * g->speed);
	}
	return q->rate_per_s * least;
}

static bool may_grow(const struct sim_queue *q)
{
	return q->patience.kind == SIM_NONE && q->max_waiting == UINT32_MAX;
}

static void begin(struct flow *f, const struct sim_scenario *sc)
{
	memset(f, 0, sizeof *f);
	f->sc = sc;
	for (size_t i = 0; i < sc->n_queues; i++)
		if (may_grow(&sc->queues[i]))
			f->left[i] = work_of(sc, &sc->queues[i]) * TOO_FULL;
	for (size_t i = 0; i < sc->n_groups; i++)
		f->spare[i] = sc->groups[i].count * sc->groups[i].speed;
}

/* Queues that give the group work, which they might give to another. */
static size_t reach_from_group(struct flow *f, int g, int *todo, size_t n)
{
	for (size_t q = 0; q < f->sc->n_queues; q++) {
		if (f->given[q][g] <= 0 || f->reached[q])
			continue;
		f->reached[q] = true;
		f->by_group[q] = g;
		todo[n++] = (int)q;
	}
	return n;
}

/* Breadth first from a queue with work left, to a group with agents to spare; NOBODY: there is none. */
static int search(struct flow *f, int from)
{
	int todo[SIM_QUEUES_MAX] = { from };
	size_t n = 1;

	memset(f->reached, 0, sizeof f->reached);
	f->reached[from] = true;
	f->by_group[from] = NOBODY;
	for (size_t g = 0; g < f->sc->n_groups; g++)
		f->by_queue[g] = NOBODY;
	for (size_t i = 0; i < n; i++) {
		const struct sim_queue *q = &f->sc->queues[todo[i]];

		for (size_t g = 0; g < f->sc->n_groups; g++) {
			if (f->by_queue[g] != NOBODY || !sim_may(&f->sc->groups[g], q))
				continue;
			f->by_queue[g] = todo[i];
			if (f->spare[g] > 0)
				return (int)g;
			n = reach_from_group(f, (int)g, todo, n);
		}
	}
	return NOBODY;
}

/* Shifts as much as the path from the queue to the group bears. */
static void augment(struct flow *f, int from, int to)
{
	double amount = fmin(f->left[from], f->spare[to]);

	for (int g = to, q = f->by_queue[g]; f->by_group[q] != NOBODY;
		g = f->by_group[q], q = f->by_queue[g])
		amount = fmin(amount, f->given[q][f->by_group[q]]);
	f->left[from] -= amount;
	f->spare[to] -= amount;
	for (int g = to;;) {
		int q = f->by_queue[g];

		f->given[q][g] += amount;
		g = f->by_group[q];
		if (g == NOBODY)
			break;
		f->given[q][g] -= amount;
	}
}

static void tell_overload(struct sim_verdict *v, const struct flow *f)
{
	v->flaw = SIM_OVERLOAD;
	for (size_t q = 0; q < f->sc->n_queues; q++) {
		v->queues[q] = f->reached[q];
		if (f->reached[q])
			v->load += work_of(f->sc, &f->sc->queues[q]);
	}
	for (size_t g = 0; g < f->sc->n_groups; g++)
		if (f->by_queue[g] != NOBODY)
			v->agents += f->sc->groups[g].count * f->sc->groups[g].speed;
}

static bool has_agent(const struct sim_scenario *sc, const struct sim_queue *q)
{
	for (size_t g = 0; g < sc->n_groups; g++)
		if (sim_may(&sc->groups[g], q))
			return true;
	return false;
}

struct sim_verdict sim_judge(const struct sim_scenario *sc)
{
	struct sim_verdict v = { .flaw = SIM_SOUND };
	struct flow f;

	for (size_t q = 0; q < sc->n_queues; q++) {
		if (has_agent(sc, &sc->queues[q]))
			continue;
		v.flaw = SIM_NO_AGENT;
		v.queues[q] = true;
	}
	if (v.flaw != SIM_SOUND)
		return v;
	begin(&f, sc);
	for (size_t q = 0; q < sc->n_queues; q++)
		while (f.left[q] > 0) {
			int g = search(&f, (int)q);

			if (g == NOBODY) {
				tell_overload(&v, &f);
				return v;
			}
			augment(&f, (int)q, g);
		}
	return v;
}
