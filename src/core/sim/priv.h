/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sim's own parts, shared by its files only. */
#ifndef CORE_SIM_PRIV_H
#define CORE_SIM_PRIV_H

#include "core/sim/sim.h"

/* An agent. */
struct sim_desk {
	double slowness; /* 1 / speed */
	int64_t answer; /* ticks */
	uint32_t group;
	uint32_t call; /* while offered or in talk */
	bool is_busy, talks;
};

enum sim_call_state { CALL_NEW, CALL_OFFERED, CALL_ANSWERED };

/* A caller in the centre, or free. */
struct sim_call {
	int64_t arrived;
	double service; /* ticks at speed 1 */
	uint32_t queue;
	uint32_t next_free;
	uint8_t state; /* enum sim_call_state: how far it has come */
	bool counts;
	bool waits; /* not answered at once, and not yet: it is in its queue's gauge */
};

/* The agenda's slots: the next caller of each queue, what each agent does next, each call's patience. */
static inline uint32_t agent_slot(const struct sim *s, uint32_t agent)
{
	return (uint32_t)s->sc->n_queues + agent;
}

static inline uint32_t call_slot(const struct sim *s, uint32_t call)
{
	return (uint32_t)(s->sc->n_queues + s->n_agents) + call;
}

/* turn.c */
/* One event into the core, without what follows from it. */
void sim_step(struct sim *s, const struct acd_event *ev);
/* When the queue's next caller comes. */
void sim_arrange_caller(struct sim *s, uint32_t queue);
/* The next thing that happens. 0, ENOSPC, EPROTO: see sim_run(). */
int sim_turn(struct sim *s);

#endif
