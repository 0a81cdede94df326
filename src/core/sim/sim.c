/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sim -- see sim.h; memory, and the way in */
#include "core/sim/sim.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/sim/house.h"
#include "core/sim/priv.h"

static int init_memory(struct sim *s, size_t calls_max)
{
	int err;

	for (size_t i = 0; i < s->sc->n_groups; i++)
		s->n_agents += s->sc->groups[i].count;
	s->calls_max = calls_max;
	s->desks = calloc(s->n_agents, sizeof *s->desks);
	s->ringing = calloc(s->n_agents, sizeof *s->ringing);
	s->calls = calloc(calls_max, sizeof *s->calls);
	if (!s->desks || !s->ringing || !s->calls)
		return ENOMEM;
	for (size_t i = 0; i < calls_max; i++)
		s->calls[i].next_free = (uint32_t)i + 1;
	err = sim_agenda_init(&s->agenda, s->sc->n_queues + s->n_agents + calls_max);
	return err ? err : house_init(&s->acd, s->sc, s->n_agents, calls_max);
}

static void open_queue(struct sim *s, uint32_t i, uint64_t seed, uint32_t replication)
{
	const struct sim_queue *q = &s->sc->queues[i];
	struct sim_source *from = &s->sources[i];

	for (int p = 0; p < SIM_PURPOSES; p++)
		sim_rand_seed(&from->rand[p], seed, replication, (enum sim_purpose)p, i);
	from->gap = sim_draw_of(
		&(struct sim_dist){ .kind = SIM_EXP, .mean_s = 1 / q->rate_per_s });
	from->service = sim_draw_of(&q->service);
	from->patience = sim_draw_of(&q->patience);
	from->target = sim_ticks(q->target_s * SIM_TICKS_PER_S);
	sim_arrange_caller(s, i);
}

static void staff(struct sim *s)
{
	uint32_t agent = 0;

	for (uint32_t g = 0; g < s->sc->n_groups; g++) {
		const struct sim_group *group = &s->sc->groups[g];

		for (uint32_t i = 0; i < group->count; i++, agent++) {
			struct acd_event ev = house_enter(s->sc, g, agent);

			s->desks[agent] = (struct sim_desk){ .group = g,
				.slowness = 1 / group->speed,
				.answer = sim_ticks(group->answer_s * SIM_TICKS_PER_S) };
			sim_step(s, &ev);
			assert(s->out.verdict == ACD_DONE);
			ev.type = ACD_EV_AGENT_READY;
			sim_step(s, &ev);
		}
	}
}

int sim_init(struct sim *s, const struct sim_scenario *sc, uint64_t seed,
	uint32_t replication, size_t calls_max, bool checks)
{
	int err;

	*s = (struct sim){ .sc = sc, .checks = checks };
	err = init_memory(s, calls_max);
	if (err)
		return err;
	staff(s);
	for (uint32_t i = 0; i < sc->n_queues; i++)
		open_queue(s, i, seed, replication);
	return 0;
}

void sim_close(struct sim *s)
{
	if (!s)
		return;
	acd_close(&s->acd);
	sim_agenda_close(&s->agenda);
	free(s->desks);
	free(s->calls);
	free(s->ringing);
	memset(s, 0, sizeof *s);
}

int sim_run(struct sim *s, uint64_t arrived, bool *done)
{
	uint64_t all = s->sc->warmup + s->sc->calls;
	int err = 0;

	*done = false;
	while (!err && !*done && s->arrived < arrived) {
		err = sim_turn(s);
		*done = s->arrived >= all && s->open == 0;
	}
	return err;
}
