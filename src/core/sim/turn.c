/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* turn -- what happens next, what the core says to it, and what is counted.  Part of sim (see sim.h). */
#include <assert.h>
#include <errno.h>

#include "core/sim/house.h"
#include "core/sim/priv.h"

void sim_step(struct sim *s, const struct acd_event *ev)
{
	acd_step(&s->acd, ev, &s->out);
	if (s->checks && !s->broken)
		s->broken = acd_check(&s->acd);
}

void sim_arrange_caller(struct sim *s, uint32_t queue)
{
	struct sim_source *from = &s->sources[queue];

	sim_agenda_set(&s->agenda, queue,
		s->now + sim_ticks(sim_draw(&from->gap, &from->rand[SIM_FOR_ARRIVAL])));
}

/* A caller that waited does so no longer: answered, or gone. */
static void wait_is_over(struct sim *s, struct sim_call *call, uint32_t index)
{
	if (!call->waits)
		return;
	call->waits = false;
	sim_gauge_down(&s->sources[call->queue].waiting, s->now);
	sim_agenda_drop(&s->agenda, call_slot(s, index));
}

static void on_offer(struct sim *s, const struct acd_action *a)
{
	uint32_t agent = house_index(a->agent);
	struct sim_desk *desk = &s->desks[agent];

	desk->call = house_index(a->call);
	desk->talks = false;
	s->calls[desk->call].state = CALL_OFFERED;
	if (desk->answer)
		sim_agenda_set(&s->agenda, agent_slot(s, agent), s->now + desk->answer);
	else
		s->ringing[s->n_ringing++] = agent;
}

static void on_withdraw(struct sim *s, const struct acd_action *a)
{
	sim_agenda_drop(&s->agenda, agent_slot(s, house_index(a->agent)));
}

static void on_join(struct sim *s, const struct acd_action *a)
{
	uint32_t agent = house_index(a->agent), index = house_index(a->call);
	struct sim_desk *desk = &s->desks[agent];
	struct sim_call *call = &s->calls[index];
	struct sim_source *from = &s->sources[call->queue];
	int64_t wait = s->now - call->arrived;

	wait_is_over(s, call, index);
	call->state = CALL_ANSWERED;
	if (call->counts) {
		from->sums.answered++;
		from->sums.within += wait <= from->target;
		from->sums.wait += (double)wait;
		from->sums.answered_wait += (double)wait;
	}
	desk->talks = true;
	sim_agenda_set(&s->agenda, agent_slot(s, agent),
		s->now + sim_ticks(call->service * desk->slowness));
}

static void on_end(struct sim *s, const struct acd_action *a)
{
	uint32_t index = house_index(a->call);
	struct sim_call *call = &s->calls[index];

	s->open -= call->counts;
	call->next_free = s->free_call;
	s->free_call = index;
}

static void on_agent(struct sim *s, const struct acd_action *a)
{
	struct sim_desk *desk = &s->desks[house_index(a->agent)];
	bool is_busy = a->state != ACD_AGENT_READY;

	if (is_busy == desk->is_busy)
		return;
	desk->is_busy = is_busy;
	if (is_busy)
		sim_gauge_up(&s->busy[desk->group], s->now);
	else
		sim_gauge_down(&s->busy[desk->group], s->now);
}

/* One event into the core, and what follows from it. */
static void tell(struct sim *s)
{
	/* what is not here needs nothing done, or does not happen: nobody is transferred or called back */
	static void (*const on[])(struct sim * s, const struct acd_action *a) = {
		[ACD_ACT_OFFER] = on_offer,
		[ACD_ACT_WITHDRAW] = on_withdraw,
		[ACD_ACT_JOIN] = on_join,
		[ACD_ACT_END] = on_end,
		[ACD_ACT_AGENT] = on_agent,
	};

	s->ev.at_ms = s->now;
	sim_step(s, &s->ev);
	for (size_t i = 0; i < s->out.n; i++) {
		const struct acd_action *a = &s->out.a[i];

		if (a->type < sizeof on / sizeof *on && on[a->type])
			on[a->type](s, a);
	}
}

/* Who answers at once does so before anything else happens. */
static void accept_ringing(struct sim *s)
{
	while (s->n_ringing > 0) {
		uint32_t agent = s->ringing[--s->n_ringing];

		s->ev.type = ACD_EV_AGENT_ACCEPT;
		s->ev.agent = house_id(agent);
		s->ev.call = house_id(s->desks[agent].call);
		tell(s);
		assert(s->out.verdict == ACD_DONE);
	}
}

static void happen(struct sim *s, enum acd_event_type type, uint32_t agent, uint32_t call)
{
	s->ev.type = type;
	s->ev.agent = house_id(agent);
	s->ev.call = house_id(call);
	tell(s);
	accept_ringing(s);
}

static void agent_acts(struct sim *s, uint32_t agent)
{
	const struct sim_desk *desk = &s->desks[agent];

	happen(s, desk->talks ? ACD_EV_AGENT_HANGUP : ACD_EV_AGENT_ACCEPT, agent,
		desk->call);
}

static void patience_ends(struct sim *s, uint32_t index)
{
	struct sim_call *call = &s->calls[index];
	struct sim_sums *sums = &s->sources[call->queue].sums;

	wait_is_over(s, call, index);
	if (call->counts) {
		sums->abandoned++;
		sums->wait += (double)(s->now - call->arrived);
	}
	happen(s, ACD_EV_CALL_HANGUP, 0, index);
}

static void settle_gauges(struct sim *s)
{
	for (size_t i = 0; i < s->sc->n_queues; i++)
		sim_gauge_settle(&s->sources[i].waiting, s->now);
	for (size_t i = 0; i < s->sc->n_groups; i++)
		sim_gauge_settle(&s->busy[i], s->now);
}

/* The averages over time are taken from the first counted arrival to the last. */
static void window_opens(struct sim *s)
{
	settle_gauges(s);
	s->from = s->now;
	for (size_t i = 0; i < s->sc->n_queues; i++)
		s->sources[i].waiting.area = 0;
	for (size_t i = 0; i < s->sc->n_groups; i++)
		s->busy[i].area = 0;
}

static void window_closes(struct sim *s)
{
	settle_gauges(s);
	s->to = s->now;
	for (size_t i = 0; i < s->sc->n_queues; i++)
		s->sources[i].counted_area = s->sources[i].waiting.area;
	for (size_t i = 0; i < s->sc->n_groups; i++)
		s->counted_area[i] = s->busy[i].area;
}

/* Is the caller who comes now one of those that are counted? */
static bool count_arrival(struct sim *s, struct sim_source *from)
{
	uint64_t n = s->arrived++;
	bool counts = n >= s->sc->warmup && n - s->sc->warmup < s->sc->calls;

	if (n == s->sc->warmup)
		window_opens(s);
	if (n + 1 == s->sc->warmup + s->sc->calls)
		window_closes(s);
	from->sums.arrived += counts;
	return counts;
}

/* The caller is in: with an agent, or waiting. */
static void enters(struct sim *s, uint32_t index, int64_t patience)
{
	struct sim_call *call = &s->calls[index];
	struct sim_source *from = &s->sources[call->queue];

	s->open += call->counts;
	from->sums.queued += call->counts && call->state == CALL_NEW;
	accept_ringing(s);
	if (call->state == CALL_ANSWERED)
		return;
	call->waits = true;
	sim_gauge_up(&from->waiting, s->now);
	if (patience < SIM_NEVER)
		sim_agenda_set(&s->agenda, call_slot(s, index), s->now + patience);
}

static int caller_comes(struct sim *s, uint32_t queue)
{
	struct sim_source *from = &s->sources[queue];
	uint32_t index = s->free_call;
	struct sim_call *call = &s->calls[index];
	int64_t patience;

	if (index == s->calls_max)
		return ENOSPC;
	patience = sim_ticks(sim_draw(&from->patience, &from->rand[SIM_FOR_PATIENCE]));
	sim_arrange_caller(s, queue);
	s->free_call = call->next_free;
	*call = (struct sim_call){ .arrived = s->now,
		.queue = queue,
		.service = sim_draw(&from->service, &from->rand[SIM_FOR_SERVICE]),
		.next_free = s->free_call,
		.counts = count_arrival(s, from) };
	s->ev.type = ACD_EV_CALL_ARRIVE;
	s->ev.agent = 0; /* of no agent in particular */
	s->ev.call = house_id(index);
	s->ev.queue = queue;
	tell(s);
	if (s->out.verdict == ACD_DONE) {
		enters(s, index, patience);
		return 0;
	}
	assert(s->out.verdict == ACD_QUEUE_FULL);
	from->sums.refused += call->counts;
	s->free_call = index;
	return 0;
}

/* Of the agenda, whose first moment it is. */
static int act(struct sim *s, uint32_t slot)
{
	uint32_t agents = agent_slot(s, 0), calls = call_slot(s, 0);

	if (slot < agents)
		return caller_comes(s, slot);
	sim_agenda_drop(&s->agenda, slot);
	if (slot < calls)
		agent_acts(s, slot - agents);
	else
		patience_ends(s, slot - calls);
	return 0;
}

int sim_turn(struct sim *s)
{
	struct sim_due due = sim_agenda_first(&s->agenda); /* callers never end */
	int64_t deadline = acd_next_deadline(&s->acd);
	int err = 0;

	if (deadline >= 0 && deadline <= due.at) {
		s->now = deadline > s->now ? deadline : s->now;
		happen(s, ACD_EV_TICK, 0, 0);
	} else {
		s->now = due.at;
		err = act(s, due.slot);
	}
	return s->broken ? EPROTO : err;
}
