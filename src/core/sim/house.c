/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* house -- see house.h */
#include "core/sim/house.h"

/* Agents here answer every offer, so no time-out of the core has anything to end: an hour. */
#define LIMIT_TICKS (3600LL * SIM_TICKS_PER_S)

_Static_assert((int)SIM_SECRECIES - 1 <= ACD_SENSITIVITY_MAX, "the core has fewer");

/* The core weighs queues by priority / target, and only the ratios between them count: so the target alone can keep its
 * milliseconds, in which a day of them has room. */
static int64_t target_of(const struct sim_queue *q)
{
	return sim_ticks(q->target_s * 1000);
}

static struct acd_queue_config queue_config(const struct sim_queue *q)
{
	struct acd_queue_config cfg = {
		.max_waiting = q->max_waiting,
		.offer_ms = LIMIT_TICKS,
		.wrapup_ms = sim_ticks(q->wrapup_s * SIM_TICKS_PER_S),
		.max_wait_ms = SIM_NEVER,
		.unstaffed_ms = LIMIT_TICKS,
		.declined_ms = LIMIT_TICKS,
		.priority = q->priority,
		.target_ms = target_of(q),
		.sensitivity = (uint8_t)q->sensitivity,
		.skills = q->skills,
		.n_relax = q->n_relax,
	};

	for (size_t i = 0; i < q->n_relax; i++) {
		cfg.relax[i].after_ms = sim_ticks(q->relax[i].after_s * SIM_TICKS_PER_S);
		cfg.relax[i].skills = q->relax[i].skills;
	}
	return cfg;
}

int house_init(
	struct acd *acd, const struct sim_scenario *sc, size_t n_agents, size_t calls_max)
{
	struct acd_queue_config queues[SIM_QUEUES_MAX];
	struct acd_limits limits = { .calls = calls_max, .agents = n_agents };

	for (size_t i = 0; i < sc->n_queues; i++)
		queues[i] = queue_config(&sc->queues[i]);
	return acd_init(acd, queues, sc->n_queues, &limits);
}

struct acd_event house_enter(
	const struct sim_scenario *sc, uint32_t group, uint32_t agent)
{
	const struct sim_group *g = &sc->groups[group];
	struct acd_event ev = { .type = ACD_EV_AGENT_ENTER,
		.agent = house_id(agent),
		.workplace = g->workplace,
		.clearance = (uint8_t)g->clearance,
		.skills = g->skills };

	/* skills and clearance decide alone */
	for (uint32_t i = 0; i < sc->n_queues; i++)
		acd_queues_add(&ev.queues, i);
	return ev;
}
