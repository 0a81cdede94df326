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
		[A_BACK] = ACD_AGENT_READY, /* if it returns */
		[A_REGAIN_END] = ACD_AGENT_AWAY, /* and returns no more */
		[A_LEAVE] = GONE,
	},
	[ACD_AGENT_READY] = {
		[A_READY] = ACD_AGENT_READY,
		[A_PAUSE] = ACD_AGENT_PAUSE,
		[A_OFFER] = ACD_AGENT_OFFERED,
		[A_LOST] = ACD_AGENT_AWAY,
		[A_LEAVE] = GONE,
	},
	[ACD_AGENT_OFFERED] = {
		[A_PAUSE] = ACD_AGENT_PAUSE,
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
		[A_TALK_END] = ACD_AGENT_WRAPUP,
		[A_LOST] = ACD_AGENT_INTERRUPTED,
		[A_REGAIN_END] = ACD_AGENT_AWAY, /* where there is no time to regain anything */
		[A_PAUSE_DUE] = ACD_AGENT_PAUSE,
	},
	[ACD_AGENT_INTERRUPTED] = {
		[A_READY] = ACD_AGENT_INTERRUPTED,
		[A_PAUSE] = ACD_AGENT_INTERRUPTED,
		[A_TALK_END] = ACD_AGENT_WRAPUP,
		[A_BACK] = ACD_AGENT_TALKING,
		[A_REGAIN_END] = ACD_AGENT_AWAY,
		[A_PAUSE_DUE] = ACD_AGENT_PAUSE,
	},
	[ACD_AGENT_WRAPUP] = {
		[A_READY] = ACD_AGENT_READY,
		[A_PAUSE] = ACD_AGENT_PAUSE,
		[A_WRAPUP_END] = ACD_AGENT_READY,
		[A_LOST] = ACD_AGENT_AWAY, /* takes effect at its end: paperwork needs no line */
		[A_LEAVE] = GONE,
	},
	[ACD_AGENT_PAUSE] = {
		[A_READY] = ACD_AGENT_READY,
		[A_PAUSE] = ACD_AGENT_PAUSE,
		[A_LEAVE] = GONE,
	},
};

enum acd_agent_state agent_next(enum acd_agent_state from, enum agent_event ev)
{
	return (enum acd_agent_state)next_state[from][ev];
}

bool agent_is_in_talk(const struct acd_agent *ag)
{
	return ag->state == ACD_AGENT_TALKING || ag->state == ACD_AGENT_INTERRUPTED;
}

static void enter(struct acd *acd, struct acd_agent *ag, const struct acd_event *ev)
{
	list_remove(&ag->node);
	memset(ag, 0, sizeof *ag);
	ag->timer.kind = TIMER_AGENT;
	ag->retry.kind = TIMER_DECLINED;
	ag->id = ev->agent;
	ag->state = ACD_AGENT_AWAY;
	ag->why = ACD_WHY_NEW_SHIFT;
	ag->workplace = ev->workplace;
	ag->queues = ev->queues;
	ag->since_ms = acd->now_ms;
	ag->until_ms = -1;
	for (size_t i = 0; i < acd->n_queues; i++) {
		if (!(ag->queues >> i & 1))
			continue;
		acd->queues[i].staff++;
		queue_staffing(acd, &acd->queues[i]);
	}
}

enum acd_verdict agent_take(
	struct acd *acd, const struct acd_event *ev, struct acd_agent **agp)
{
	uint64_t known = acd->n_queues == 64 ? UINT64_MAX : (1ULL << acd->n_queues) - 1;
	struct acd_agent *ag;

	if (map_find(&acd->agent_by_id, ev->agent))
		return ACD_REFUSED;
	if (ev->queues & ~known)
		return ACD_UNKNOWN;
	if (list_is_empty(&acd->free_agents))
		return ACD_LIMIT;
	ag = list_entry(acd->free_agents.next, struct acd_agent, node);
	if (map_put(&acd->agent_by_id, ev->agent, ag))
		return ACD_LIMIT;
	enter(acd, ag, ev);
	*agp = ag;
	return ACD_DONE;
}

void agent_drop(struct acd *acd, struct acd_agent *ag, struct acd_actions *out)
{
	assert(!ag->call);
	acd_act(out, ACD_ACT_AGENT, 0, ag->id, ACD_WHY_SHIFT_ENDED)->state =
		ACD_AGENT_OUT;
	acd_timer_stop(acd, &ag->timer);
	acd_timer_stop(acd, &ag->retry);
	map_drop(&acd->agent_by_id, ag->id);
	for (size_t i = 0; i < acd->n_queues; i++) {
		if (!(ag->queues >> i & 1))
			continue;
		acd->queues[i].staff--;
		queue_staffing(acd, &acd->queues[i]);
	}
	list_remove(&ag->node);
	ag->state = ACD_AGENT_OUT;
	list_append(&acd->free_agents, &ag->node);
}

static bool is_longer_idle(const struct acd_agent *a, const struct acd_agent *b)
{
	return a->idle_since_ms != b->idle_since_ms ? a->idle_since_ms < b->idle_since_ms
						    : a->idle_order < b->idle_order;
}

/* Almost always the last; who comes back to an old place, as after an offer whose caller left, walks there. */
static void idle_insert(struct acd *acd, struct acd_agent *ag)
{
	struct list *at = &acd->idle;

	while (at->prev != &acd->idle &&
		is_longer_idle(ag, list_entry(at->prev, struct acd_agent, node)))
		at = at->prev;
	list_insert_before(at, &ag->node);
}

static void begin_idle(struct acd *acd, struct acd_agent *ag)
{
	ag->idle_since_ms = acd->now_ms;
	ag->idle_order = ++acd->order;
}

void agent_put(struct acd *acd, struct acd_agent *ag, enum acd_agent_state state,
	enum acd_why why, int64_t until_ms)
{
	bool was_in_talk = agent_is_in_talk(ag);

	if (ag->state != state) {
		ag->state = state;
		if (!was_in_talk || !agent_is_in_talk(ag))
			ag->since_ms = acd->now_ms;
	}
	ag->why = why;
	ag->until_ms = until_ms;
	ag->returns = state == ACD_AGENT_AWAY && until_ms >= 0;
	acd_timer_stop(acd, &ag->timer);
	if (until_ms >= 0)
		acd_timer_set(acd, &ag->timer, until_ms);
	if (state != ACD_AGENT_OFFERED && !agent_is_in_talk(ag))
		ag->call = NULL;
	if (state == ACD_AGENT_READY || state == ACD_AGENT_AWAY ||
		state == ACD_AGENT_PAUSE) {
		ag->pause_after = false;
		ag->call_id = 0;
	}
}

void agent_move(struct acd *acd, struct acd_agent *ag, enum agent_event ev,
	enum acd_why why, int64_t until_ms, struct acd_actions *out)
{
	enum acd_agent_state to = agent_next(ag->state, ev);
	struct acd_action *a;

	assert(to != ACD_AGENT_OUT && to != GONE);
	if (ag->state == ACD_AGENT_READY)
		list_remove(&ag->node);
	agent_put(acd, ag, to, why, until_ms);
	if (to == ACD_AGENT_READY) {
		if (ev != A_WITHDRAW && ev != A_BACK)
			begin_idle(acd, ag);
		idle_insert(acd, ag);
	}
	a = acd_act(out, ACD_ACT_AGENT, ag->call_id, ag->id, why);
	a->state = to;
	a->until_ms = until_ms;
}

void agent_leave_offer(struct acd *acd, struct acd_agent *ag, enum agent_event how,
	enum acd_why why, int64_t until_ms, struct acd_actions *out)
{
	struct acd_call *call = ag->call;

	acd_act(out, ACD_ACT_WITHDRAW, call->id, ag->id, why);
	agent_move(acd, ag, how, why, until_ms, out);
	call_return(acd, call, why, out);
}

void agent_wrapup_over(struct acd *acd, struct acd_agent *ag, struct acd_actions *out)
{
	if (ag->pause_after) {
		agent_move(acd, ag, A_PAUSE, ACD_WHY_PAUSED, -1, out);
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
	int64_t wrapup_ms = acd->queues[ag->call->queue].cfg.wrapup_ms;

	agent_move(acd, ag, A_TALK_END, why, acd->now_ms + wrapup_ms, out);
	if (wrapup_ms == 0)
		agent_wrapup_over(acd, ag, out);
}

/* The earliest end among what was declined. */
static void set_retry(struct acd *acd, struct acd_agent *ag)
{
	int64_t first = -1;

	for (size_t i = 0; i < ag->n_declined; i++)
		if (first < 0 || ag->declined[i].until_ms < first)
			first = ag->declined[i].until_ms;
	acd_timer_stop(acd, &ag->retry);
	if (first >= 0)
		acd_timer_set(acd, &ag->retry, first);
}

static void forget_declined(struct acd_agent *ag, size_t i)
{
	ag->n_declined--;
	memmove(&ag->declined[i], &ag->declined[i + 1],
		(ag->n_declined - i) * sizeof ag->declined[0]);
}

void agent_declined(struct acd *acd, struct acd_agent *ag, uint64_t call)
{
	const struct acd_call *c = map_find(&acd->call_by_id, call);

	if (ag->n_declined == ACD_DECLINED_MAX)
		forget_declined(ag, 0);
	ag->declined[ag->n_declined].call = call;
	ag->declined[ag->n_declined].until_ms = acd->now_ms +
		acd->queues[c->queue].cfg.declined_ms;
	ag->n_declined++;
	set_retry(acd, ag);
}

bool agent_has_declined(const struct acd_agent *ag, uint64_t call)
{
	for (size_t i = 0; i < ag->n_declined; i++)
		if (ag->declined[i].call == call)
			return true;
	return false;
}

void agent_retry(struct acd *acd, struct acd_agent *ag, struct acd_actions *out)
{
	for (size_t i = ag->n_declined; i-- > 0;)
		if (ag->declined[i].until_ms <= acd->now_ms)
			forget_declined(ag, i);
	set_retry(acd, ag);
	match_agent(acd, ag, out);
}

void agent_timer(struct acd *acd, struct acd_agent *ag, struct acd_actions *out)
{
	if (ag->state == ACD_AGENT_OFFERED)
		agent_leave_offer(acd, ag, A_TIMEOUT, ACD_WHY_OFFER_TIMEOUT, -1, out);
	else if (ag->state == ACD_AGENT_WRAPUP)
		agent_wrapup_over(acd, ag, out);
	else
		regain_is_over(acd, ag, out);
}
