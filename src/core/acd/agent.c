/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * agent -- an agent's states within a shift, its timers and its place among the idle.
 *
 * Part of acd (see acd.h for memory and thread).
 */
#include "core/acd/priv.h"

#include <assert.h>
#include <string.h>

#define GONE ACD_AGENT_STATES

/* A missing entry is zero, and zero is ACD_AGENT_OUT: what is not written here cannot happen. */
static const uint8_t next_state[ACD_AGENT_STATES][AGENT_EVENTS] = {
	[ACD_AGENT_AWAY] = {
		[A_READY] = ACD_AGENT_READY, /* nothing may be missing */
		[A_PAUSE] = ACD_AGENT_PAUSE,
		[A_WORK] = ACD_AGENT_WORK,
		[A_BACK] = ACD_AGENT_READY, /* if it returns */
		[A_REGAIN_END] = ACD_AGENT_AWAY, /* and returns no more */
		[A_LEAVE] = GONE,
	},
	[ACD_AGENT_READY] = {
		[A_READY] = ACD_AGENT_READY,
		[A_PAUSE] = ACD_AGENT_PAUSE,
		[A_WORK] = ACD_AGENT_WORK,
		[A_OFFER] = ACD_AGENT_OFFERED,
		[A_LOST] = ACD_AGENT_AWAY,
		[A_LEAVE] = GONE,
	},
	[ACD_AGENT_OFFERED] = {
		[A_PAUSE] = ACD_AGENT_PAUSE,
		[A_WORK] = ACD_AGENT_WORK,
		[A_DIAL] = ACD_AGENT_DIALLING,
		[A_ACCEPT] = ACD_AGENT_TALKING,
		[A_DECLINE] = ACD_AGENT_READY,
		[A_TIMEOUT] = ACD_AGENT_AWAY,
		[A_WITHDRAW] = ACD_AGENT_READY,
		[A_LOST] = ACD_AGENT_AWAY,
		[A_LEAVE] = GONE,
	},
	[ACD_AGENT_TALKING] = {
		[A_READY] = ACD_AGENT_TALKING, /* takes back the wish for a pause */
		[A_PAUSE] = ACD_AGENT_TALKING, /* a pause after this call */
		[A_WORK] = ACD_AGENT_TALKING,
		[A_TALK_END] = ACD_AGENT_WRAPUP,
		[A_LOST] = ACD_AGENT_INTERRUPTED,
		[A_HOLD] = ACD_AGENT_HOLDING,
		[A_REGAIN_END] = ACD_AGENT_AWAY, /* where there is no time to regain anything */
		[A_PAUSE_DUE] = ACD_AGENT_PAUSE,
		[A_WORK_DUE] = ACD_AGENT_WORK,
	},
	[ACD_AGENT_INTERRUPTED] = {
		[A_READY] = ACD_AGENT_INTERRUPTED,
		[A_PAUSE] = ACD_AGENT_INTERRUPTED,
		[A_WORK] = ACD_AGENT_INTERRUPTED,
		[A_TALK_END] = ACD_AGENT_WRAPUP,
		[A_BACK] = ACD_AGENT_TALKING,
		[A_HOLD] = ACD_AGENT_HOLDING,
		[A_REGAIN_END] = ACD_AGENT_AWAY,
		[A_PAUSE_DUE] = ACD_AGENT_PAUSE,
		[A_WORK_DUE] = ACD_AGENT_WORK,
	},
	[ACD_AGENT_WRAPUP] = {
		[A_READY] = ACD_AGENT_READY,
		[A_PAUSE] = ACD_AGENT_PAUSE,
		[A_WORK] = ACD_AGENT_WORK,
		[A_WRAPUP_END] = ACD_AGENT_READY,
		[A_LOST] = ACD_AGENT_AWAY, /* takes effect at its end: paperwork needs no line */
		[A_LEAVE] = GONE,
	},
	[ACD_AGENT_PAUSE] = {
		[A_READY] = ACD_AGENT_READY,
		[A_PAUSE] = ACD_AGENT_PAUSE,
		[A_WORK] = ACD_AGENT_WORK,
		[A_LEAVE] = GONE,
	},
	[ACD_AGENT_WORK] = {
		[A_READY] = ACD_AGENT_READY,
		[A_PAUSE] = ACD_AGENT_PAUSE,
		[A_WORK] = ACD_AGENT_WORK,
		[A_LEAVE] = GONE,
	},
	[ACD_AGENT_DIALLING] = {
		[A_READY] = ACD_AGENT_DIALLING, /* as while talking */
		[A_PAUSE] = ACD_AGENT_DIALLING,
		[A_WORK] = ACD_AGENT_DIALLING,
		[A_REACHED] = ACD_AGENT_TALKING,
		[A_FAILED] = ACD_AGENT_READY,
		[A_LOST] = ACD_AGENT_AWAY,
		[A_PAUSE_DUE] = ACD_AGENT_PAUSE,
		[A_WORK_DUE] = ACD_AGENT_WORK,
	},
	[ACD_AGENT_HOLDING] = { /* whether or not its line is there */
		[A_READY] = ACD_AGENT_HOLDING, /* as while talking */
		[A_PAUSE] = ACD_AGENT_HOLDING,
		[A_WORK] = ACD_AGENT_HOLDING,
		[A_TALK_END] = ACD_AGENT_WRAPUP,
		[A_RESUME] = ACD_AGENT_TALKING,
	},
};

enum acd_agent_state agent_next(enum acd_agent_state from, enum agent_event ev)
{
	return (enum acd_agent_state)next_state[from][ev];
}

/* Who is restored as talking has a former call until its call comes. */
uint64_t agent_call_id(const struct acd *acd, const struct acd_agent *ag)
{
	if (ag->call)
		return call_of(acd, ag)->id;
	return ag->state == ACD_AGENT_WRAPUP || ag->state == ACD_AGENT_TALKING
		? ag->former_call
		: 0;
}

int64_t agent_until(const struct acd *acd, const struct acd_agent *ag)
{
	return timer_at(acd, timer_of_agent(acd, ag));
}

bool agent_may_wish(const struct acd_agent *ag)
{
	return agent_is_in_talk(ag) || ag->state == ACD_AGENT_DIALLING;
}

bool agent_is_in_talk(const struct acd_agent *ag)
{
	return ag->state == ACD_AGENT_TALKING || ag->state == ACD_AGENT_INTERRUPTED ||
		ag->state == ACD_AGENT_HOLDING;
}

/* Each queue that the agent serves has one more, or one less. */
static void count_staff(struct acd *acd, const struct acd_profile *p, int by)
{
	for (size_t i = 0; i < ACD_QUEUES_MAX / 64; i++)
		for (uint64_t w = p->queues.w[i]; w; w &= w - 1) {
			struct acd_queue *q =
				&acd->queues[i * 64 + (unsigned)__builtin_ctzll(w)];

			q->staff += (uint32_t)by;
			queue_staffing(acd, q);
		}
}

/* Who can serve somebody soon: the n of acd/expect.c. */
static bool is_at_work(enum acd_agent_state state)
{
	return state == ACD_AGENT_READY || state == ACD_AGENT_OFFERED ||
		state == ACD_AGENT_TALKING || state == ACD_AGENT_INTERRUPTED ||
		state == ACD_AGENT_HOLDING || state == ACD_AGENT_WRAPUP ||
		state == ACD_AGENT_DIALLING;
}

static void enter(struct acd *acd, struct acd_agent *ag, const struct acd_event *ev,
	struct acd_group *g)
{
	memset(ag, 0, sizeof *ag);
	memset(rest_of(acd, ag), 0, sizeof *rest_of(acd, ag));
	ag->id = ev->agent;
	ag->state = ACD_AGENT_AWAY;
	ag->why = ACD_WHY_NEW_SHIFT;
	ag->group = (uint16_t)(g - acd->groups);
	ag->talk_ms = TALK_UNKNOWN;
	list_init(&rest_of(acd, ag)->preferring);
	ag->since_ms = acd->now_ms;
	index_put(&acd->agent_ids, acd->agents, sizeof *ag, agent_index(acd, ag));
	count_staff(acd, &g->profile, 1);
}

bool agent_knows_queues(const struct acd *acd, const struct acd_queues *queues)
{
	for (size_t i = 0; i < ACD_QUEUES_MAX / 64; i++) {
		uint64_t known = acd->n_queues >= (i + 1) * 64 ? UINT64_MAX
			: acd->n_queues <= i * 64
			? 0
			: (1ULL << (acd->n_queues - i * 64)) - 1;

		if (queues->w[i] & ~known)
			return false;
	}
	return true;
}

struct acd_profile agent_profile(const struct acd_event *ev)
{
	return (struct acd_profile){ .queues = ev->queues,
		.skills = ev->skills,
		.clearance = ev->clearance,
		.workplace = ev->workplace };
}

enum acd_verdict agent_take(
	struct acd *acd, const struct acd_event *ev, struct acd_agent **agp)
{
	struct acd_profile profile = agent_profile(ev);
	struct acd_group *g;
	struct acd_agent *ag;

	if (agent_find(acd, ev->agent) || (unsigned)ev->workplace > ACD_HOME)
		return ACD_REFUSED;
	if (!agent_knows_queues(acd, &ev->queues))
		return ACD_UNKNOWN;
	if (acd->n_free_agents == 0 || ev->agent == 0)
		return ACD_LIMIT;
	g = group_join(acd, &profile);
	if (!g)
		return ACD_LIMIT;
	ag = &acd->agents[acd->free_agents[--acd->n_free_agents]];
	enter(acd, ag, ev, g);
	ag->lacks = (ev->is_barred ? LACKS_CLEARANCE : 0) & LACKS_ALL;
	*agp = ag;
	return ACD_DONE;
}

/* The old group still has the profile should the new one not be had: nothing took its place. */
bool agent_regroup(struct acd *acd, struct acd_agent *ag, const struct acd_profile *p)
{
	struct acd_group *old = group_of(acd, ag), *g;
	struct acd_profile former = old->profile;
	bool is_ready = ag->state == ACD_AGENT_READY;

	if (is_ready)
		idle_remove(acd, ag);
	old->n_at_work -= is_at_work(state_of(ag));
	group_leave(acd, old);
	g = group_join(acd, p);
	ag->group = (uint16_t)((g ? g : group_join(acd, &former)) - acd->groups);
	group_of(acd, ag)->n_at_work += is_at_work(state_of(ag));
	if (is_ready)
		idle_add(acd, ag);
	if (!g)
		return false;
	/* in this order no queue of both is ever without anybody */
	count_staff(acd, p, 1);
	count_staff(acd, &former, -1);
	return true;
}

void agent_drop(struct acd *acd, struct acd_agent *ag, struct acd_actions *out)
{
	struct acd_group *g = group_of(acd, ag);

	assert(!ag->call);
	acd_act(out, ACD_ACT_AGENT, 0, ag->id, ACD_WHY_SHIFT_ENDED)->state =
		ACD_AGENT_OUT;
	timer_stop(acd, timer_of_agent(acd, ag));
	declined_forget_agent(acd, ag);
	index_drop(&acd->agent_ids, acd->agents, sizeof *ag, agent_index(acd, ag));
	count_staff(acd, &g->profile, -1);
	if (ag->state == ACD_AGENT_READY)
		idle_remove(acd, ag);
	g->n_at_work -= is_at_work(state_of(ag));
	group_leave(acd, g);
	hold_release(acd, ag, out);
	ag->state = ACD_AGENT_OUT;
	acd->free_agents[acd->n_free_agents++] = agent_index(acd, ag);
}

static void begin_idle(struct acd *acd, struct acd_agent *ag)
{
	ag->idle_since_ms = acd->now_ms;
	ag->idle_order = (int64_t)++acd->order;
}

void agent_put(struct acd *acd, struct acd_agent *ag, enum acd_agent_state state,
	enum acd_why why, int64_t until_ms)
{
	struct acd_group *g = group_of(acd, ag);
	bool was_in_talk = agent_is_in_talk(ag);

	if (ag->state == ACD_AGENT_WRAPUP && state != ACD_AGENT_WRAPUP &&
		ag->talk_ms != TALK_UNKNOWN)
		expect_served(&acd->queues[ag->served],
			ag->talk_ms + acd->now_ms - ag->since_ms);
	g->n_at_work += is_at_work(state);
	g->n_at_work -= is_at_work(state_of(ag));

	if (ag->state != state) {
		ag->state = (uint8_t)state;
		if (!was_in_talk || !agent_is_in_talk(ag))
			ag->since_ms = acd->now_ms;
	}
	ag->why = (uint8_t)why;
	ag->returns = state == ACD_AGENT_AWAY && until_ms >= 0;
	if (until_ms >= 0)
		timer_set(acd, timer_of_agent(acd, ag), until_ms);
	else
		timer_stop(acd, timer_of_agent(acd, ag));
	if (state != ACD_AGENT_OFFERED && !agent_may_wish(ag))
		ag->call = 0;
	if (state != ACD_AGENT_OFFERED && state != ACD_AGENT_WRAPUP &&
		!agent_may_wish(ag))
		ag->pause_after = ag->work_after = false;
}

void agent_move(struct acd *acd, struct acd_agent *ag, enum agent_event ev,
	enum acd_why why, int64_t until_ms, struct acd_actions *out)
{
	enum acd_agent_state to = agent_next(state_of(ag), ev);
	struct acd_action *a;

	assert(to != ACD_AGENT_OUT && to != GONE);
	if (ag->state == ACD_AGENT_READY)
		idle_remove(acd, ag);
	agent_put(acd, ag, to, why, until_ms);
	if (to == ACD_AGENT_READY) {
		if (ev != A_WITHDRAW && ev != A_BACK && ev != A_FAILED)
			begin_idle(acd, ag);
		idle_add(acd, ag);
	}
	a = acd_act(out, ACD_ACT_AGENT, agent_call_id(acd, ag), ag->id, why);
	a->state = to;
	a->until_ms = until_ms;
}

void agent_leave_offer(struct acd *acd, struct acd_agent *ag, enum agent_event how,
	enum acd_why why, int64_t until_ms, struct acd_actions *out)
{
	struct acd_call *call = call_of(acd, ag);

	acd_act(out, ACD_ACT_WITHDRAW, call->id, ag->id, why);
	agent_move(acd, ag, how, why, until_ms, out);
	call_return(acd, call, why, out);
}

void agent_wrapup_over(struct acd *acd, struct acd_agent *ag, struct acd_actions *out)
{
	if (ag->pause_after) {
		agent_move(acd, ag, A_PAUSE, ACD_WHY_PAUSED, -1, out);
	} else if (ag->work_after) {
		agent_move(acd, ag, A_WORK, ACD_WHY_WORK, -1, out);
	} else if (agent_lacks(ag)) {
		begin_idle(acd, ag); /* should it return: from here on */
		agent_move(acd, ag, A_LOST, agent_lacks_why(ag),
			agent_returns_until(acd, ag), out);
	} else {
		agent_move(acd, ag, A_WRAPUP_END, ACD_WHY_NONE, -1, out);
	}
	match_agent(acd, ag, out);
}

void agent_talk_ended(
	struct acd *acd, struct acd_agent *ag, enum acd_why why, struct acd_actions *out)
{
	const struct acd_call *call = call_of(acd, ag);
	int64_t wrapup_ms = acd->queues[call->queue].cfg.wrapup_ms;
	int64_t talk_ms = acd->now_ms - ag->since_ms;

	ag->former_call = call->id;
	ag->served = call->queue;
	ag->talk_ms = talk_ms < TALK_MAX_MS ? (uint32_t)talk_ms : TALK_MAX_MS;
	agent_move(acd, ag, A_TALK_END, why, acd->now_ms + wrapup_ms, out);
	if (wrapup_ms == 0)
		agent_wrapup_over(acd, ag, out);
}

void agent_timer(struct acd *acd, struct acd_agent *ag, struct acd_actions *out)
{
	if (ag->state == ACD_AGENT_OFFERED)
		agent_leave_offer(acd, ag, A_TIMEOUT, ACD_WHY_OFFER_TIMEOUT, -1, out);
	else if (ag->state == ACD_AGENT_DIALLING)
		callback_unanswered(acd, ag, ACD_WHY_NOT_REACHED, out);
	else if (ag->state == ACD_AGENT_WRAPUP)
		agent_wrapup_over(acd, ag, out);
	else if (ag->state == ACD_AGENT_HOLDING)
		on_hold_over(acd, ag, out);
	else
		regain_is_over(acd, ag, out);
}
