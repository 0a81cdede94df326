/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * call -- a call's states, its place in the queue and the end of its patience.
 *
 * Part of acd (see acd.h for memory and thread).
 */
#include "core/acd/priv.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#define GONE ACD_CALL_STATES

/* A missing entry is zero, and zero is ACD_CALL_ENDED: what is not written here cannot happen. */
static const uint8_t next_state[ACD_CALL_STATES][CALL_EVENTS] = {
	[ACD_CALL_WAITING] = {
		[C_OFFER] = ACD_CALL_OFFERED,
		[C_HANGUP] = GONE,
		[C_GIVE_UP] = GONE,
	},
	[ACD_CALL_OFFERED] = {
		[C_ACCEPT] = ACD_CALL_TALKING,
		[C_RETURN] = ACD_CALL_WAITING,
		[C_HANGUP] = GONE,
		[C_DIAL] = ACD_CALL_DIALLING,
	},
	[ACD_CALL_TALKING] = {
		[C_INTERRUPT] = ACD_CALL_INTERRUPTED,
		[C_HOLD] = ACD_CALL_ON_HOLD,
		[C_RETURN] = ACD_CALL_WAITING,
		[C_HANGUP] = GONE,
		[C_END] = GONE,
	},
	[ACD_CALL_INTERRUPTED] = {
		[C_RESUME] = ACD_CALL_TALKING,
		[C_HOLD] = ACD_CALL_ON_HOLD,
		[C_RETURN] = ACD_CALL_WAITING,
		[C_HANGUP] = GONE,
		[C_END] = GONE,
	},
	[ACD_CALL_DIALLING] = {
		[C_ACCEPT] = ACD_CALL_TALKING,
		[C_RETURN] = ACD_CALL_WAITING,
		[C_HANGUP] = GONE,
		[C_GIVE_UP] = GONE,
	},
	[ACD_CALL_ON_HOLD] = {
		[C_RESUME] = ACD_CALL_TALKING,
		[C_RETURN] = ACD_CALL_WAITING,
		[C_HANGUP] = GONE,
		[C_END] = GONE,
	},
};

enum acd_call_state call_next(enum acd_call_state from, enum call_event ev)
{
	return (enum acd_call_state)next_state[from][ev];
}

bool call_is_a_talk(const struct acd_call *call)
{
	return call->state == ACD_CALL_TALKING || call->state == ACD_CALL_INTERRUPTED ||
		call->state == ACD_CALL_ON_HOLD;
}

bool call_has_agent(const struct acd_call *call)
{
	return call->state != ACD_CALL_ENDED && call->state != ACD_CALL_WAITING;
}

void call_part(const struct acd *acd, const struct acd_call *call, enum acd_why why,
	struct acd_actions *out)
{
	acd_act(out, ACD_ACT_PART, call->id, agent_of(acd, call)->id, why)->talk_ms =
		acd->now_ms - call->since_ms;
}

static void call_move(struct acd *acd, struct acd_call *call, enum call_event ev)
{
	enum acd_call_state to = call_next((enum acd_call_state)call->state, ev);

	assert(to != ACD_CALL_ENDED && to != GONE);
	call->state = (uint8_t)to;
	if (ev != C_INTERRUPT && ev != C_HOLD && ev != C_RESUME) /* that is one talk */
		call->since_ms = acd->now_ms;
}

/* Restored calls may tell times that disagree with their order, which counts. */
static void set_arrival(struct acd *acd, struct acd_call *call, int64_t arrived_ms)
{
	call->arrived_ms = arrived_ms;
	if (arrived_ms > acd->last_place_ms)
		acd->last_place_ms = arrived_ms;
	call->place_ms = acd->last_place_ms;
}

struct acd_call *call_take(
	struct acd *acd, const struct acd_event *ev, int64_t arrived_ms)
{
	const struct acd_queue_config *cfg = &acd->queues[ev->queue].cfg;
	struct acd_call *call;

	if (acd->n_free_calls == 0 || ev->call == 0 || call_find(acd, ev->call))
		return NULL;
	call = &acd->calls[acd->free_calls[--acd->n_free_calls]];
	memset(call, 0, sizeof *call);
	memset(wait_of(acd, call), 0, sizeof(struct acd_wait));
	call->id = ev->call;
	call->order = ++acd->order;
	call->state = ACD_CALL_WAITING;
	call->queue = (uint8_t)ev->queue;
	call->sensitivity = ev->sensitivity > cfg->sensitivity ? ev->sensitivity
							       : cfg->sensitivity;
	call->wants_office = ev->wants_office;
	call->since_ms = acd->now_ms;
	call->wait_left_ms = cfg->max_wait_ms;
	set_arrival(acd, call, arrived_ms);
	index_put(&acd->call_ids, acd->calls, sizeof *call, call_index(acd, call));
	return call;
}

static uint64_t order_at(const struct acd *acd, const struct list *node, size_t offset)
{
	const void *wait = (const char *)node - offset;

	return acd->calls[(const struct acd_wait *)wait - acd->waits].order;
}

struct list *call_place(
	const struct acd *acd, struct list *head, uint64_t order, size_t offset)
{
	struct list *last = head->prev, *first = head->next;

	while (last != head && order_at(acd, last, offset) > order) {
		if (order_at(acd, first, offset) > order)
			return first;
		last = last->prev;
		first = first->next;
	}
	return last->next;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return b >= 0 && b < a ? b : a;
}

static void set_timer(struct acd *acd, struct acd_call *call)
{
	int64_t at = call->since_ms + call->wait_left_ms;

	at = earlier(at, class_changes(acd, call));
	at = earlier(at, call->is_held ? wait_of(acd, call)->hold_until_ms : -1);
	at = earlier(at, divert_next(acd, call));
	timer_set(acd, timer_of_call(acd, call), at);
}

static void stand_nowhere(struct acd *acd, struct acd_call *call)
{
	if (call->is_held)
		hold_leave(acd, call);
	else
		class_remove(acd, call);
}

void call_stand(struct acd *acd, struct acd_call *call)
{
	class_remove(acd, call);
	hold_leave(acd, call);
	if (call->is_held)
		hold_stand(acd, call);
	else
		class_add(acd, call);
	set_timer(acd, call);
}

/* Almost always the last; one that returns goes to where it stood. */
void call_enqueue(struct acd *acd, struct acd_call *call)
{
	struct acd_queue *q = &acd->queues[call->queue];

	list_insert_before(call_place(acd, &q->waiting, call->order,
				   offsetof(struct acd_wait, node)),
		&wait_of(acd, call)->node);
	q->n_waiting++;
	q->n_callbacks += call->is_callback;
	call_stand(acd, call);
	queue_staffing(acd, q);
}

static void dequeue(struct acd *acd, struct acd_call *call, bool has_left)
{
	struct acd_queue *q = &acd->queues[call->queue];

	if (!call->is_callback) /* which has no patience to lose */
		expect_waited(q, acd->now_ms - call->since_ms, has_left);
	call->wait_left_ms += call->since_ms - acd->now_ms;
	if (call->wait_left_ms < 0)
		call->wait_left_ms = 0;
	timer_stop(acd, timer_of_call(acd, call));
	stand_nowhere(acd, call);
	list_remove(&wait_of(acd, call)->node);
	q->n_waiting--;
	q->n_callbacks -= call->is_callback;
	queue_staffing(acd, q);
}

void call_return(
	struct acd *acd, struct acd_call *call, enum acd_why why, struct acd_actions *out)
{
	/* who already talked has not used up the patience for a second wait */
	if (call_is_a_talk(call))
		call->wait_left_ms = acd->queues[call->queue].cfg.max_wait_ms;
	call_move(acd, call, C_RETURN);
	call->agent = 0;
	call_enqueue(acd, call);
	acd_act(out, ACD_ACT_WAIT, call->id, 0, why);
	match_call(acd, call, out);
}

void call_offer(struct acd *acd, struct acd_call *call, struct acd_agent *ag)
{
	dequeue(acd, call, false);
	hold_over(acd, call);
	call_move(acd, call, C_OFFER);
	call->agent = agent_index(acd, ag) + 1;
}

void call_talk(struct acd *acd, struct acd_call *call, enum call_event ev)
{
	call_move(acd, call, ev);
}

void call_restore_talk(struct acd *acd, struct acd_call *call, struct acd_agent *ag,
	enum acd_call_state state)
{
	call->state = (uint8_t)state;
	call->agent = agent_index(acd, ag) + 1;
	ag->call = call_index(acd, call) + 1;
}

void call_set_queue(struct acd *acd, struct acd_call *call, uint32_t queue)
{
	uint8_t sensitivity = acd->queues[queue].cfg.sensitivity;

	call->queue = (uint8_t)queue;
	divert_settle(call);
	if (call->sensitivity < sensitivity)
		call->sensitivity = sensitivity;
}

void call_change_queue(struct acd *acd, struct acd_call *call, uint32_t queue)
{
	if (list_is_member(&wait_of(acd, call)->node))
		dequeue(acd, call, false);
	hold_over(acd, call);
	call_set_queue(acd, call, queue);
	call->since_ms = acd->now_ms;
	call->wait_left_ms = acd->queues[queue].cfg.max_wait_ms;
	call_enqueue(acd, call);
}

void call_drop(struct acd *acd, struct acd_call *call, bool has_left)
{
	/* after a talk the state alone says so, and the other line stays unread */
	if (call->state == ACD_CALL_WAITING && list_is_member(&wait_of(acd, call)->node))
		dequeue(acd, call, has_left);
	declined_forget_call(acd, call);
	index_drop(&acd->call_ids, acd->calls, sizeof *call, call_index(acd, call));
	call->state = ACD_CALL_ENDED;
	call->agent = 0;
	acd->free_calls[acd->n_free_calls++] = call_index(acd, call);
	/* the next that comes will have it, and will wait, which this one did long ago */
	__builtin_prefetch(wait_of(acd, call), 1);
}

void call_give_up(
	struct acd *acd, struct acd_call *call, enum acd_why why, struct acd_actions *out)
{
	assert(call_next((enum acd_call_state)call->state, C_GIVE_UP) == GONE);
	acd_act(out, ACD_ACT_END, call->id, 0, why);
	call_drop(acd, call, false);
}

void call_timer(struct acd *acd, struct acd_call *call, struct acd_actions *out)
{
	const struct acd_diversion *d;

	if (call->since_ms + call->wait_left_ms <= acd->now_ms) {
		call_give_up(acd, call, ACD_WHY_MAX_WAIT, out);
		return;
	}
	if (call->is_held && wait_of(acd, call)->hold_until_ms <= acd->now_ms)
		hold_over(acd, call);
	d = divert_due(acd, call);
	if (d && !divert_do(acd, call, d, out))
		return;
	call_stand(acd, call); /* where its demands may have relaxed */
	match_call(acd, call, out);
}

void queue_staffing(struct acd *acd, struct acd_queue *q)
{
	bool is_needed = q->staff == 0 && q->n_waiting > q->n_callbacks;

	if (!is_needed)
		timer_stop(acd, timer_of_queue(acd, q));
	else if (timer_at(acd, timer_of_queue(acd, q)) < 0)
		timer_set(acd, timer_of_queue(acd, q), acd->now_ms + q->cfg.unstaffed_ms);
}

/* Nobody has been there for as long as callers wait for that. Who came into the empty queue and was asked at once may
 * answer until the next time. */
static void call_unstaffed(
	struct acd *acd, struct acd_call *call, struct acd_actions *out)
{
	const struct acd_diversion *d = divert_unstaffed(acd, call);
	int64_t unstaffed_ms = acd->queues[call->queue].cfg.unstaffed_ms;

	if (d) {
		if (divert_do(acd, call, d, out))
			match_call(acd, call, out);
	} else if (call->since_ms + unstaffed_ms <= acd->now_ms ||
		!divert_was_asked(acd, call)) {
		call_give_up(acd, call, ACD_WHY_NO_AGENT, out);
	}
}

/* Callbacks wait on for somebody: it is not they who hear music. Who is asked now may answer for as long again. */
void queue_timer(struct acd *acd, struct acd_queue *q, struct acd_actions *out)
{
	int64_t again_ms = q->cfg.unstaffed_ms;

	list_each_safe(it, &q->waiting)
	{
		struct acd_call *call = call_in_queue(acd, it);

		if (out->n + STEP_ACTIONS_MAX > ACD_ACTIONS_MAX) {
			again_ms = 0; /* goes on in the next tick, at once */
			break;
		}
		if (!call->is_callback)
			call_unstaffed(acd, call, out);
	}
	if (q->n_waiting > q->n_callbacks)
		timer_set(acd, timer_of_queue(acd, q), acd->now_ms + again_ms);
}

enum acd_verdict queue_admits(const struct acd *acd, uint32_t queue)
{
	const struct acd_queue *q;

	if (queue >= acd->n_queues)
		return ACD_UNKNOWN;
	q = &acd->queues[queue];
	if (q->is_closed)
		return ACD_CLOSED;
	if (q->staff == 0)
		return ACD_NO_AGENT;
	return q->n_waiting < q->cfg.max_waiting ? ACD_DONE : ACD_QUEUE_FULL;
}
