/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * acd -- the way in: memory, timers, one function per event.  See acd.h.
 */
#include "core/acd/priv.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct acd_action *acd_act(struct acd_actions *out, enum acd_action_type type,
	uint64_t call, uint64_t agent, enum acd_why why)
{
	struct acd_action *a;

	assert(out->n < ACD_ACTIONS_MAX);
	a = &out->a[out->n++];
	*a = (struct acd_action){
		.type = type, .call = call, .agent = agent, .why = why, .until_ms = -1
	};
	return a;
}

static size_t words(size_t bits)
{
	return (bits + 63) / 64;
}

/* Zeroed and at a bound of cache lines; *memoryp is to be freed. */
static void *lines_init(void **memoryp, size_t n, size_t size)
{
	char *memory = calloc(n + CACHE_LINE / size, size);

	*memoryp = memory;
	return memory ? memory + (-(uintptr_t)memory & (CACHE_LINE - 1)) : NULL;
}

static int memory_init(struct acd *acd)
{
	const struct acd_limits *lim = &acd->limits;
	size_t n_timers = 2 * lim->agents + lim->calls + acd->n_queues;

	acd->group_words = words(lim->groups);
	acd->class_words = words(acd->n_classes);
	acd->agents = lines_init(&acd->memory[0], lim->agents, sizeof *acd->agents);
	acd->calls = lines_init(&acd->memory[1], lim->calls, sizeof *acd->calls);
	acd->waits = lines_init(&acd->memory[2], lim->calls, sizeof *acd->waits);
	acd->timers = lines_init(
		&acd->memory[3], n_timers + TIMERS_BEFORE, sizeof *acd->timers);
	acd->agent_rests = calloc(lim->agents, sizeof *acd->agent_rests);
	acd->free_agents = calloc(lim->agents, sizeof *acd->free_agents);
	acd->free_calls = calloc(lim->calls, sizeof *acd->free_calls);
	acd->groups = calloc(lim->groups, sizeof *acd->groups);
	acd->classes = calloc(acd->n_classes, sizeof *acd->classes);
	acd->timer_places = calloc(n_timers, sizeof *acd->timer_places);
	acd->class_bits = calloc(lim->groups * acd->class_words, sizeof(uint64_t));
	acd->group_bits = calloc(acd->n_classes * acd->group_words, sizeof(uint64_t));
	acd->idle_groups = calloc(acd->group_words, sizeof(uint64_t));
	acd->waiting_classes = calloc(acd->class_words, sizeof(uint64_t));
	if (!acd->agents || !acd->agent_rests || !acd->calls || !acd->waits ||
		!acd->free_agents || !acd->free_calls || !acd->groups || !acd->classes ||
		!acd->timers || !acd->timer_places || !acd->class_bits ||
		!acd->group_bits || !acd->idle_groups || !acd->waiting_classes ||
		index_init(&acd->agent_ids, lim->agents) ||
		index_init(&acd->call_ids, lim->calls))
		return ENOMEM;
	return 0;
}

static void link_up(struct acd *acd)
{
	for (size_t i = acd->limits.agents; i-- > 0;)
		acd->free_agents[acd->n_free_agents++] = (uint32_t)i;
	for (size_t i = acd->limits.calls; i-- > 0;)
		acd->free_calls[acd->n_free_calls++] = (uint32_t)i;
	for (size_t i = 0; i < acd->limits.groups; i++)
		list_append(&acd->spare_groups, &acd->groups[i].spare);
	acd->timers += TIMERS_BEFORE;
	class_number(acd);
}

static int queues_init(struct acd *acd, const struct acd_queue_config *queues)
{
	acd->queues = calloc(acd->n_queues, sizeof *acd->queues);
	if (!acd->queues)
		return ENOMEM;
	for (size_t i = 0; i < acd->n_queues; i++) {
		uint32_t n = class_count(&queues[i]);

		if (n == 0 || !divert_makes_sense(&queues[i], acd->n_queues))
			return EINVAL;
		acd->n_classes += n;
		acd->queues[i].cfg = queues[i];
		list_init(&acd->queues[i].waiting);
		expect_init(&acd->queues[i]);
	}
	return 0;
}

static bool are_possible(const struct acd_limits *lim)
{
	return lim->calls && lim->agents && lim->regain_ms >= 0 && lim->hold_ms >= 0 &&
		lim->calls <= ACD_ENTRIES_MAX && lim->agents <= ACD_ENTRIES_MAX &&
		lim->groups <= UINT16_MAX;
}

int acd_init(struct acd *acd, const struct acd_queue_config *queues, size_t n_queues,
	const struct acd_limits *limits)
{
	int err;

	if (n_queues == 0 || n_queues > ACD_QUEUES_MAX || !are_possible(limits))
		return EINVAL;
	*acd = (struct acd){ .n_queues = n_queues, .limits = *limits };
	if (!acd->limits.groups)
		acd->limits.groups = limits->agents < ACD_GROUPS_MAX ? limits->agents
								     : ACD_GROUPS_MAX;
	if (!acd->limits.hold_ms)
		acd->limits.hold_ms = ACD_HOLD_MS;
	list_init(&acd->spare_groups);
	err = queues_init(acd, queues);
	if (!err)
		err = memory_init(acd);
	if (err)
		acd_close(acd);
	else
		link_up(acd);
	return err;
}

void acd_close(struct acd *acd)
{
	if (!acd)
		return;
	index_close(&acd->agent_ids);
	index_close(&acd->call_ids);
	free(acd->queues);
	for (size_t i = 0; i < sizeof acd->memory / sizeof *acd->memory; i++)
		free(acd->memory[i]);
	free(acd->agent_rests);
	free(acd->free_agents);
	free(acd->free_calls);
	free(acd->groups);
	free(acd->classes);
	free(acd->timer_places);
	free(acd->class_bits);
	free(acd->group_bits);
	free(acd->idle_groups);
	free(acd->waiting_classes);
	memset(acd, 0, sizeof *acd);
}

/* What becomes of a call of that class: *d is how it is diverted, or NULL. */
static enum acd_verdict admits(
	const struct acd *acd, const struct acd_class *c, const struct acd_diversion **d)
{
	const struct acd_queue *q = &acd->queues[c->queue];
	enum acd_verdict verdict = queue_admits(acd, c->queue);

	*d = divert_arrival(acd, c);
	if (!*d)
		return verdict;
	if ((*d)->to != ACD_DIVERT_CALLBACK) /* which waits here */
		return ACD_DONE;
	if (q->n_waiting >= q->cfg.max_waiting)
		return verdict == ACD_NO_AGENT ? ACD_QUEUE_FULL : verdict;
	return q->staff > 0 || (*d)->when == ACD_IF_NOBODY ? ACD_DONE : verdict;
}

enum acd_verdict acd_admits(const struct acd *acd, uint32_t queue)
{
	const struct acd_diversion *d;
	enum acd_verdict verdict;

	if (queue >= acd->n_queues)
		return ACD_UNKNOWN;
	verdict = admits(acd, class_of_new(acd, queue, 0, false), &d);
	if (verdict == ACD_DONE && acd->n_free_calls == 0)
		return ACD_LIMIT;
	return verdict;
}

/* The agent of last time, if it is there and may have the call as it is. */
static void prefer(struct acd *acd, struct acd_call *call, const struct acd_event *ev)
{
	struct acd_agent *ag = agent_find(acd, ev->agent);

	if (ag && group_suits(acd, &group_of(acd, ag)->profile, class_of(acd, call)))
		hold_for(acd, call, ag, acd->now_ms + ev->prefer_ms);
}

static enum acd_verdict on_call_arrive(
	struct acd *acd, const struct acd_event *ev, struct acd_actions *out)
{
	const struct acd_diversion *d;
	enum acd_verdict verdict;
	struct acd_call *call;

	if (ev->queue >= acd->n_queues)
		return ACD_UNKNOWN;
	if (ev->sensitivity > ACD_SENSITIVITY_MAX)
		return ACD_REFUSED;
	verdict = admits(
		acd, class_of_new(acd, ev->queue, ev->sensitivity, ev->wants_office), &d);
	if (verdict != ACD_DONE)
		return verdict;
	call = call_take(acd, ev, acd->now_ms);
	if (!call)
		return ACD_LIMIT;
	if (d && !divert_do(acd, call, d, out))
		return ACD_DONE;
	if (!d || d->to != ACD_DIVERT_QUEUE) {
		prefer(acd, call, ev);
		call_enqueue(acd, call);
	}
	match_call(acd, call, out);
	return ACD_DONE;
}

static enum acd_verdict on_queue(
	struct acd *acd, const struct acd_event *ev, struct acd_actions *out)
{
	if (ev->queue >= acd->n_queues)
		return ACD_UNKNOWN;
	acd->queues[ev->queue].is_closed = ev->type == ACD_EV_QUEUE_CLOSE;
	return ACD_DONE;
}

static enum acd_verdict on_call_hangup(
	struct acd *acd, const struct acd_event *ev, struct acd_actions *out)
{
	struct acd_call *call = call_find(acd, ev->call);
	struct acd_agent *ag;
	enum acd_why why;

	if (!call)
		return ACD_UNKNOWN;
	ag = agent_at(acd, call->agent);
	why = ev->why == ACD_WHY_NONE ? ACD_WHY_CALLER_LEFT : ev->why;
	if (call->state == ACD_CALL_OFFERED) {
		acd_act(out, ACD_ACT_WITHDRAW, call->id, ag->id, why);
		agent_move(acd, ag, A_WITHDRAW, why, -1, out);
	} else if (call_is_a_talk(call)) {
		call_part(acd, call, why, out);
		agent_talk_ended(acd, ag, why, out);
	} else if (call->state == ACD_CALL_DIALLING) {
		callback_release_agent(acd, ag, why, out);
	}
	acd_act(out, ACD_ACT_END, call->id, 0, why);
	call_drop(acd, call, why == ACD_WHY_CALLER_LEFT);
	if (ag)
		match_agent(acd, ag, out);
	return ACD_DONE;
}

static enum acd_verdict on_agent_enter(
	struct acd *acd, const struct acd_event *ev, struct acd_actions *out)
{
	struct acd_agent *ag;
	enum acd_verdict verdict = agent_take(acd, ev, &ag);

	if (verdict != ACD_DONE)
		return verdict;
	acd_act(out, ACD_ACT_AGENT, 0, ag->id, ACD_WHY_NEW_SHIFT)->state = ACD_AGENT_AWAY;
	return ACD_DONE;
}

static enum acd_verdict on_agent_leave(struct acd *acd, struct acd_agent *ag,
	const struct acd_event *ev, struct acd_actions *out)
{
	if (agent_next(state_of(ag), A_LEAVE) == ACD_AGENT_OUT)
		return ACD_REFUSED;
	if (ag->state == ACD_AGENT_OFFERED)
		agent_leave_offer(acd, ag, A_PAUSE, ACD_WHY_SHIFT_ENDED, -1, out);
	agent_drop(acd, ag, out);
	return ACD_DONE;
}

static enum acd_verdict on_agent_ready(struct acd *acd, struct acd_agent *ag,
	const struct acd_event *ev, struct acd_actions *out)
{
	enum acd_agent_state to = agent_next(state_of(ag), A_READY);

	if (to == ACD_AGENT_OUT || (to == ACD_AGENT_READY && agent_lacks(ag)))
		return ACD_REFUSED;
	if (agent_may_wish(ag)) {
		ag->pause_after = ag->work_after = false;
	} else if (ag->state != ACD_AGENT_READY) {
		agent_move(acd, ag, A_READY, ACD_WHY_NONE, -1, out);
		match_agent(acd, ag, out);
	}
	return ACD_DONE;
}

/* A pause or written work: at once, or when the talk and its paperwork are over. */
static void stop_serving(struct acd *acd, struct acd_agent *ag, enum agent_event ev,
	enum acd_why why, struct acd_actions *out)
{
	enum acd_agent_state to = agent_next(state_of(ag), ev);

	if (ag->state == ACD_AGENT_OFFERED) {
		agent_leave_offer(acd, ag, ev, why, -1, out);
	} else if (agent_may_wish(ag)) {
		ag->pause_after = ev == A_PAUSE;
		ag->work_after = ev == A_WORK;
	} else if (to != state_of(ag)) {
		agent_move(acd, ag, ev, why, -1, out);
	}
}

static enum acd_verdict on_agent_pause(struct acd *acd, struct acd_agent *ag,
	const struct acd_event *ev, struct acd_actions *out)
{
	stop_serving(acd, ag, A_PAUSE, ACD_WHY_PAUSED, out);
	return ACD_DONE;
}

static enum acd_verdict on_agent_work(struct acd *acd, struct acd_agent *ag,
	const struct acd_event *ev, struct acd_actions *out)
{
	stop_serving(acd, ag, A_WORK, ACD_WHY_WORK, out);
	return ACD_DONE;
}

static enum acd_verdict on_agent_accept(struct acd *acd, struct acd_agent *ag,
	const struct acd_event *ev, struct acd_actions *out)
{
	struct acd_call *call;

	if (ag->state != ACD_AGENT_OFFERED || call_of(acd, ag)->id != ev->call)
		return ACD_REFUSED;
	call = call_of(acd, ag);
	if (call->is_callback) {
		callback_dial(acd, ag, out);
		return ACD_DONE;
	}
	call_talk(acd, call, C_ACCEPT);
	agent_move(acd, ag, A_ACCEPT, ACD_WHY_NONE, -1, out);
	acd_act(out, ACD_ACT_JOIN, call->id, ag->id, ACD_WHY_NONE);
	return ACD_DONE;
}

static enum acd_verdict on_agent_decline(struct acd *acd, struct acd_agent *ag,
	const struct acd_event *ev, struct acd_actions *out)
{
	if (ag->state != ACD_AGENT_OFFERED || call_of(acd, ag)->id != ev->call)
		return ACD_REFUSED;
	declined_add(acd, ag, call_of(acd, ag), declined_until(acd, call_of(acd, ag)));
	agent_leave_offer(acd, ag, A_DECLINE, ACD_WHY_DECLINED, -1, out);
	match_agent(acd, ag, out);
	return ACD_DONE;
}

static enum acd_verdict on_agent_hangup(struct acd *acd, struct acd_agent *ag,
	const struct acd_event *ev, struct acd_actions *out)
{
	struct acd_call *call;

	if (!agent_may_wish(ag) || call_of(acd, ag)->id != ev->call)
		return ACD_REFUSED;
	call = call_of(acd, ag);
	if (ag->state == ACD_AGENT_DIALLING) {
		callback_unanswered(acd, ag, ACD_WHY_AGENT_HUNG_UP, out);
		return ACD_DONE;
	}
	call_part(acd, call, ACD_WHY_AGENT_HUNG_UP, out);
	agent_talk_ended(acd, ag, ACD_WHY_AGENT_HUNG_UP, out);
	acd_act(out, ACD_ACT_END, call->id, 0, ACD_WHY_AGENT_HUNG_UP);
	call_drop(acd, call, false);
	match_agent(acd, ag, out);
	return ACD_DONE;
}

/* A wish for a pause that was made in the talk is kept [RULES N4]. */
static enum acd_verdict on_agent_wrapup_done(struct acd *acd, struct acd_agent *ag,
	const struct acd_event *ev, struct acd_actions *out)
{
	if (ag->state != ACD_AGENT_WRAPUP)
		return ACD_REFUSED;
	agent_wrapup_over(acd, ag, out);
	return ACD_DONE;
}

/* What happens to the house or a call, and what happens to an agent that must be known. */
static const struct {
	enum acd_verdict (*any)(
		struct acd *acd, const struct acd_event *ev, struct acd_actions *out);
	enum acd_verdict (*agent)(struct acd *acd, struct acd_agent *ag,
		const struct acd_event *ev, struct acd_actions *out);
} handlers[ACD_EVENTS] = {
	[ACD_EV_TICK] = { .any = timers_run },
	[ACD_EV_CALL_ARRIVE] = { .any = on_call_arrive },
	[ACD_EV_CALL_HANGUP] = { .any = on_call_hangup },
	[ACD_EV_AGENT_ENTER] = { .any = on_agent_enter },
	[ACD_EV_AGENT_LEAVE] = { .agent = on_agent_leave },
	[ACD_EV_AGENT_READY] = { .agent = on_agent_ready },
	[ACD_EV_AGENT_PAUSE] = { .agent = on_agent_pause },
	[ACD_EV_AGENT_ACCEPT] = { .agent = on_agent_accept },
	[ACD_EV_AGENT_DECLINE] = { .agent = on_agent_decline },
	[ACD_EV_AGENT_HANGUP] = { .agent = on_agent_hangup },
	[ACD_EV_AGENT_LOST] = { .agent = regain_lost },
	[ACD_EV_AGENT_BACK] = { .agent = regain_back },
	[ACD_EV_AGENT_WRAPUP_DONE] = { .agent = on_agent_wrapup_done },
	[ACD_EV_AGENT_RESTORE] = { .any = restore_agent },
	[ACD_EV_CALL_RESTORE] = { .any = restore_call },
	[ACD_EV_RESTORED] = { .any = restore_done },
	[ACD_EV_AGENT_WORK] = { .agent = on_agent_work },
	[ACD_EV_AGENT_TRANSFER] = { .agent = transfer },
	[ACD_EV_QUEUE_OPEN] = { .any = on_queue },
	[ACD_EV_QUEUE_CLOSE] = { .any = on_queue },
	[ACD_EV_CALL_CALLBACK] = { .any = callback_begin },
	[ACD_EV_CALL_REACHED] = { .any = callback_reached },
	[ACD_EV_CALL_FAILED] = { .any = callback_failed },
	[ACD_EV_AGENT_PROFILE] = { .agent = profile_change },
	[ACD_EV_AGENT_HOLD] = { .agent = on_hold_begin },
	[ACD_EV_AGENT_RESUME] = { .agent = on_hold_resume },
	[ACD_EV_AGENT_HAND_OVER] = { .agent = on_hold_hand_over },
	[ACD_EV_CONFIGURE] = { .any = configure },
};

/* Restoring comes first or never; of all else a caller's hang-up alone may come between. */
static bool is_in_turn(struct acd *acd, enum acd_event_type type)
{
	bool restores = type == ACD_EV_AGENT_RESTORE || type == ACD_EV_CALL_RESTORE ||
		type == ACD_EV_RESTORED;

	if (acd->phase == PHASE_NEW)
		acd->phase = restores ? PHASE_RESTORING : PHASE_RUNNING;
	if (acd->phase == PHASE_RUNNING)
		return !restores;
	return restores || type == ACD_EV_CALL_HANGUP;
}

static enum acd_verdict handle(
	struct acd *acd, const struct acd_event *ev, struct acd_actions *out)
{
	struct acd_agent *ag;

	if (!is_in_turn(acd, ev->type))
		return ACD_REFUSED;
	if (handlers[ev->type].any)
		return handlers[ev->type].any(acd, ev, out);
	/* an agent who hangs up after minutes, and the call: both from memory, but at the same time */
	index_fetch(&acd->call_ids, acd->calls, sizeof *acd->calls, ev->call);
	ag = agent_find(acd, ev->agent);
	return ag ? handlers[ev->type].agent(acd, ag, ev, out) : ACD_UNKNOWN;
}

void acd_step(struct acd *acd, const struct acd_event *ev, struct acd_actions *actions)
{
	actions->n = 0;
	if (ev->at_ms > acd->now_ms)
		acd->now_ms = ev->at_ms;
	actions->verdict = handle(acd, ev, actions);
}
