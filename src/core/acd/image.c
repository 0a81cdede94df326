/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * image -- the core's whole state as records, and a new core out of them that goes on as the old one would have.
 *
 * Written is what decides about anything to come: agents, calls and timers with the numbers that break ties,
 * what was declined, what the day was like.  Not written is what follows from it: indices, lists (all are in
 * an order that a written number gives), bits, counts; and which places of the arrays are free, which nothing
 * depends on.  What is read may be anything: acd_check() has the last word.  Part of the journal (see
 * journal.h).
 */
#include "core/acd/journal_inner.h"

#include <string.h>

#include "core/acd/priv.h"

struct timer_image {
	int64_t at_ms; /* plus one; 0: does not run */
	uint32_t tie;
};

struct agent_image {
	uint64_t id, former_call;
	struct acd_profile profile;
	int64_t since_ms, idle_order, idle_since_ms, talk_ms, regain_until_ms;
	enum acd_agent_state state;
	enum acd_why why;
	uint8_t lacks, served;
	bool pause_after, work_after, returns;
	struct timer_image end, retry;
};

struct declined_image {
	uint64_t agent, call;
	int64_t until_ms;
	uint8_t place; /* of the agent's */
};

struct call_image {
	uint64_t id, agent, prefers;
	uint64_t order;
	int64_t arrived_ms, since_ms, place_ms, wait_left_ms, hold_until_ms;
	uint32_t queue, class; /* class: plus one */
	enum acd_call_state state;
	uint8_t sensitivity, tries, diversions_done;
	bool wants_office, is_callback, is_held, is_directed;
	struct timer_image end;
};

struct queue_image {
	bool is_closed;
	uint32_t n_served;
	double service_ms, left, waited_ms;
	struct timer_image end;
};

struct state_image {
	int64_t now_ms, last_place_ms;
	uint64_t order;
	uint8_t phase;
};

#define AG struct agent_image
static const struct field agent_table[] = {
	ID(AG, id),
	ID(AG, former_call),
	NUMBER(AG, profile.queues.w[0]),
	NUMBER(AG, profile.queues.w[1]),
	NUMBER(AG, profile.skills.w[0]),
	NUMBER(AG, profile.skills.w[1]),
	NUMBER(AG, profile.skills.w[2]),
	NUMBER(AG, profile.skills.w[3]),
	NUMBER(AG, profile.clearance),
	NUMBER(AG, profile.workplace),
	TIME(AG, since_ms),
	NUMBER(AG, idle_order),
	TIME(AG, idle_since_ms),
	TIME(AG, talk_ms),
	TIME(AG, regain_until_ms),
	WORD(AG, state, ACD_AGENT_STATES),
	WORD(AG, why, ACD_WHYS),
	NUMBER(AG, lacks),
	NUMBER(AG, served),
	FLAG(AG, pause_after),
	FLAG(AG, work_after),
	FLAG(AG, returns),
	TIME(AG, end.at_ms),
	NUMBER(AG, end.tie),
	TIME(AG, retry.at_ms),
	NUMBER(AG, retry.tie),
};

#define DE struct declined_image
static const struct field declined_table[] = {
	ID(DE, agent),
	ID(DE, call),
	TIME(DE, until_ms),
	NUMBER(DE, place),
};

#define CALL struct call_image
static const struct field call_table[] = {
	ID(CALL, id),
	ID(CALL, agent),
	ID(CALL, prefers),
	NUMBER(CALL, order),
	TIME(CALL, arrived_ms),
	TIME(CALL, since_ms),
	TIME(CALL, place_ms),
	TIME(CALL, wait_left_ms),
	TIME(CALL, hold_until_ms),
	NUMBER(CALL, queue),
	NUMBER(CALL, class),
	WORD(CALL, state, ACD_CALL_STATES),
	NUMBER(CALL, sensitivity),
	NUMBER(CALL, tries),
	NUMBER(CALL, diversions_done),
	FLAG(CALL, wants_office),
	FLAG(CALL, is_callback),
	FLAG(CALL, is_held),
	FLAG(CALL, is_directed),
	TIME(CALL, end.at_ms),
	NUMBER(CALL, end.tie),
};

#define QS struct queue_image
static const struct field queue_table[] = {
	FLAG(QS, is_closed),
	NUMBER(QS, n_served),
	NUMBER(QS, service_ms),
	NUMBER(QS, left),
	NUMBER(QS, waited_ms),
	NUMBER(QS, end.at_ms),
	NUMBER(QS, end.tie),
};

#define ST struct state_image
static const struct field state_table[] = {
	TIME(ST, now_ms),
	TIME(ST, last_place_ms),
	NUMBER(ST, order),
	NUMBER(ST, phase),
};

/* --- writing --- */

static void write(struct acd_journal *j, enum acd_record_type type, struct fields fields,
	const void *image)
{
	uint8_t bytes[ACD_RECORD_MAX];
	struct wbuf w = wbuf_of(bytes, sizeof bytes);

	fields_put(&w, fields, image, journal_key(j));
	record_write(j, type, wbuf_slice_of(&w));
}

static struct timer_image timer_image(const struct acd *acd, uint32_t timer)
{
	uint32_t place = acd->timer_places[timer];
	const struct acd_timer_slot *s = place ? &acd->timers[place - 1] : NULL;

	return s ? (struct timer_image){ s->at_ms + 1, s->tie }
		 : (struct timer_image){ 0, 0 };
}

static void write_agent(
	struct acd_journal *j, const struct acd *acd, const struct acd_agent *ag)
{
	bool has_talked = ag->talk_ms != TALK_UNKNOWN;
	struct agent_image im = {
		.id = ag->id,
		.former_call = ag->former_call,
		.profile = group_of(acd, ag)->profile,
		.since_ms = ag->since_ms,
		.idle_order = ag->idle_order,
		.idle_since_ms = ag->idle_since_ms,
		.talk_ms = has_talked ? (int64_t)ag->talk_ms : -1,
		.regain_until_ms = rest_of(acd, ag)->regain_until_ms,
		.state = state_of(ag),
		.why = (enum acd_why)ag->why,
		.lacks = ag->lacks,
		.served = ag->served,
		.pause_after = ag->pause_after,
		.work_after = ag->work_after,
		.returns = ag->returns,
		.end = timer_image(acd, timer_of_agent(acd, ag)),
		.retry = timer_image(acd, timer_of_declined(acd, ag)),
	};

	write(j, ACD_REC_AGENT, FIELDS(agent_table), &im);
}

static void write_declined(
	struct acd_journal *j, const struct acd *acd, const struct acd_agent *ag)
{
	for (uint8_t i = 0; i < ACD_DECLINED_MAX; i++) {
		const struct acd_declined *d = &rest_of(acd, ag)->declined[i];
		struct declined_image im = { ag->id, 0, d->until_ms, i };

		if (!d->call)
			continue;
		im.call = acd->calls[d->call - 1].id;
		write(j, ACD_REC_DECLINED, FIELDS(declined_table), &im);
	}
}

static void write_call(
	struct acd_journal *j, const struct acd *acd, const struct acd_call *call)
{
	const struct acd_wait *wait = wait_of(acd, call);
	const struct acd_agent *ag = agent_at(acd, call->agent);
	const struct acd_agent *prefers = agent_at(acd, wait->prefers);
	struct call_image im = {
		.id = call->id,
		.agent = ag ? ag->id : 0,
		.prefers = prefers ? prefers->id : 0,
		.order = call->order,
		.arrived_ms = call->arrived_ms,
		.since_ms = call->since_ms,
		.place_ms = call->place_ms,
		.wait_left_ms = call->wait_left_ms,
		.hold_until_ms = wait->hold_until_ms,
		.queue = call->queue,
		.class = wait->class ? (uint32_t)(wait->class - acd->classes) + 1 : 0,
		.state = (enum acd_call_state)call->state,
		.sensitivity = call->sensitivity,
		.tries = call->tries,
		.diversions_done = call->diversions_done,
		.wants_office = call->wants_office,
		.is_callback = call->is_callback,
		.is_held = call->is_held,
		.is_directed = call->is_directed,
		.end = timer_image(acd, timer_of_call(acd, call)),
	};

	write(j, ACD_REC_CALL, FIELDS(call_table), &im);
}

static void write_queue(
	struct acd_journal *j, const struct acd *acd, const struct acd_queue *q)
{
	struct queue_image im = {
		.is_closed = q->is_closed,
		.n_served = q->n_served,
		.service_ms = q->service_ms,
		.left = q->left,
		.waited_ms = q->waited_ms,
		.end = timer_image(acd, timer_of_queue(acd, q)),
	};

	write(j, ACD_REC_QUEUE_STATE, FIELDS(queue_table), &im);
}

void image_write(struct acd_journal *j, const struct acd *acd)
{
	struct state_image im = { acd->now_ms, acd->last_place_ms, acd->order,
		acd->phase };

	for (size_t i = 0; i < acd->limits.agents; i++)
		if (acd->agents[i].state != ACD_AGENT_OUT)
			write_agent(j, acd, &acd->agents[i]);
	for (size_t i = 0; i < acd->limits.calls; i++)
		if (acd->calls[i].state != ACD_CALL_ENDED)
			write_call(j, acd, &acd->calls[i]);
	for (size_t i = 0; i < acd->limits.agents; i++)
		if (acd->agents[i].n_declined)
			write_declined(j, acd, &acd->agents[i]);
	for (size_t i = 0; i < acd->n_queues; i++)
		write_queue(j, acd, &acd->queues[i]);
	write(j, ACD_REC_STATE, FIELDS(state_table), &im);
}

bool acd_journal_may_begin(const struct acd *acd)
{
	return acd->phase != PHASE_RESTORING;
}

/* --- reading --- */

#define LONGEST_MS \
	1e15 /* of a figure of the day; no more than keeps sums of it in 64 bits */

/* timer_set() takes the number that breaks ties from acd->order, which the snapshot's end sets right. */
static void set_timer(struct acd *acd, uint32_t timer, const struct timer_image *im)
{
	if (!im->at_ms)
		return;
	acd->order = (uint64_t)im->tie - 1;
	timer_set(acd, timer, im->at_ms - 1);
}

static bool agent_makes_sense(const struct acd *acd, const struct agent_image *im)
{
	return im->state != ACD_AGENT_OUT && im->lacks <= LACKS_ALL &&
		im->talk_ms >= -1 && im->talk_ms <= (int64_t)TALK_MAX_MS &&
		im->served < acd->n_queues && im->profile.clearance <= UINT8_MAX &&
		im->profile.workplace <= ACD_HOME;
}

static bool read_agent(struct acd *acd, const struct agent_image *im)
{
	struct acd_event ev = { .agent = im->id,
		.queues = im->profile.queues,
		.skills = im->profile.skills,
		.clearance = (uint8_t)im->profile.clearance,
		.workplace = (enum acd_workplace)im->profile.workplace };
	struct acd_agent *ag;

	if (!agent_makes_sense(acd, im) || agent_take(acd, &ev, &ag) != ACD_DONE)
		return false;
	agent_put(acd, ag, im->state, im->why, -1); /* with what is counted by state */
	ag->former_call = im->former_call;
	ag->since_ms = im->since_ms;
	ag->idle_order = im->idle_order;
	ag->idle_since_ms = im->idle_since_ms;
	ag->talk_ms = im->talk_ms < 0 ? TALK_UNKNOWN : (uint32_t)im->talk_ms;
	rest_of(acd, ag)->regain_until_ms = im->regain_until_ms;
	ag->lacks = im->lacks & LACKS_ALL;
	ag->served = im->served;
	ag->pause_after = im->pause_after;
	ag->work_after = im->work_after;
	ag->returns = im->returns;
	if (im->state == ACD_AGENT_READY)
		idle_add(acd, ag);
	set_timer(acd, timer_of_agent(acd, ag), &im->end);
	set_timer(acd, timer_of_declined(acd, ag), &im->retry);
	return true;
}

static bool enter_class(struct acd *acd, struct acd_call *call, uint32_t at)
{
	struct acd_class *c = &acd->classes[at];

	if (at >= acd->n_classes || c->queue != call->queue ||
		c->sensitivity != call->sensitivity ||
		c->wants_office != call->wants_office)
		return false;
	wait_of(acd, call)->class = c;
	list_insert_before(call_place(acd, &c->waiting, call->order,
				   offsetof(struct acd_wait, class_node)),
		&wait_of(acd, call)->class_node);
	acd->waiting_classes[at / 64] |= 1ULL << (at % 64);
	return true;
}

/* Plus one, as an image has it; 0: it is held. */
static uint32_t class_by_rules(const struct acd *acd, const struct acd_call *call)
{
	return call->is_held ? 0 : (uint32_t)(class_of(acd, call) - acd->classes) + 1;
}

static bool enter_queue(
	struct acd *acd, struct acd_call *call, const struct call_image *im)
{
	struct acd_queue *q = &acd->queues[call->queue];
	struct acd_agent *prefers = agent_find(acd, im->prefers);

	list_insert_before(call_place(acd, &q->waiting, call->order,
				   offsetof(struct acd_wait, node)),
		&wait_of(acd, call)->node);
	q->n_waiting++;
	q->n_callbacks += call->is_callback;
	if (!call->is_held)
		return !im->prefers && im->class && enter_class(acd, call, im->class - 1);
	if (im->prefers && (!prefers || prefers->n_preferring == ACD_PREFERRING_MAX))
		return false;
	wait_of(acd, call)->prefers = prefers ? agent_index(acd, prefers) + 1 : 0;
	hold_stand(acd, call);
	return !im->class;
}

static bool join(struct acd *acd, struct acd_call *call, const struct call_image *im)
{
	struct acd_agent *ag = agent_find(acd, im->agent);

	if (!ag || ag->call || im->class || im->prefers || call->is_held)
		return false;
	call->agent = agent_index(acd, ag) + 1;
	ag->call = call_index(acd, call) + 1;
	return true;
}

/* But for the state, all that a call is by itself. */
static void take_call(struct acd *acd, struct acd_call *call, const struct call_image *im)
{
	call->order = im->order;
	call->since_ms = im->since_ms;
	call->place_ms = im->place_ms;
	call->wait_left_ms = im->wait_left_ms;
	wait_of(acd, call)->hold_until_ms = im->hold_until_ms;
	call->sensitivity = im->sensitivity;
	call->tries = im->tries;
	call->diversions_done = im->diversions_done;
	call->is_callback = im->is_callback;
	call->is_held = im->is_held;
	call->is_directed = im->is_directed;
}

static bool read_call(struct acd *acd, struct call_image *im, bool is_change)
{
	bool waits = im->state == ACD_CALL_WAITING;
	struct acd_event ev = {
		.call = im->id, .queue = im->queue, .wants_office = im->wants_office
	};
	struct acd_call *call;

	if (im->queue >= acd->n_queues || im->sensitivity > ACD_SENSITIVITY_MAX ||
		im->state == ACD_CALL_ENDED || waits != (im->end.at_ms != 0) ||
		waits != !im->agent)
		return false;
	call = call_take(acd, &ev, im->arrived_ms);
	if (!call)
		return false;
	take_call(acd, call, im);
	call->state = (uint8_t)im->state;
	if (is_change && waits)
		im->class = class_by_rules(acd, call);
	set_timer(acd, timer_of_call(acd, call), &im->end);
	return waits ? enter_queue(acd, call, im) : join(acd, call, im);
}

static bool read_declined(struct acd *acd, const struct declined_image *im)
{
	struct acd_agent *ag = agent_find(acd, im->agent);
	struct acd_call *call = call_find(acd, im->call);
	struct acd_declined *d;

	if (!ag || !call || im->place >= ACD_DECLINED_MAX ||
		declined_has(acd, ag, call) || rest_of(acd, ag)->declined[im->place].call)
		return false;
	d = &rest_of(acd, ag)->declined[im->place];
	*d = (struct acd_declined){ im->until_ms, call_index(acd, call) + 1,
		call->declined };
	/* the order of the chain decides nothing; a reference is as acd/declined.c makes it */
	call->declined = agent_index(acd, ag) * ACD_DECLINED_MAX + im->place + 1;
	ag->n_declined++;
	return true;
}

static bool is_figure(double v)
{
	return v >= 0 && v <= LONGEST_MS; /* and no NaN */
}

static bool read_queue(struct acd *acd, struct acd_queue *q, const struct queue_image *im)
{
	if (!is_figure(im->service_ms) || !is_figure(im->left) ||
		!is_figure(im->waited_ms) || im->n_served == UINT32_MAX)
		return false;
	q->is_closed = im->is_closed;
	q->n_served = im->n_served;
	q->service_ms = im->service_ms;
	q->left = im->left;
	q->waited_ms = im->waited_ms;
	timer_stop(acd, timer_of_queue(acd, q));
	set_timer(acd, timer_of_queue(acd, q), &im->end);
	return true;
}

static bool read_state(struct acd *acd, const struct state_image *im, bool is_change)
{
	if (im->phase != PHASE_NEW && im->phase != PHASE_RUNNING)
		return false;
	acd->now_ms = im->now_ms;
	acd->last_place_ms = im->last_place_ms;
	acd->order = im->order;
	acd->phase = im->phase;
	return is_change || acd_check(acd) == NULL;
}

/* The whole payload, and nothing left over. */
static bool get(struct slice s, struct fields fields, void *to, size_t size)
{
	return fields_get(&s, fields, to, size) && s.n == 0;
}

bool image_read(struct image_reader *r, struct acd *acd, const struct acd_record *rec)
{
	union {
		struct agent_image agent;
		struct call_image call;
		struct declined_image declined;
		struct queue_image queue;
		struct state_image state;
	} im;
	struct slice s = rec->payload;

	switch (rec->type) {
	case ACD_REC_AGENT:
		return get(s, FIELDS(agent_table), &im.agent, sizeof im.agent) &&
			read_agent(acd, &im.agent);
	case ACD_REC_CALL:
		return get(s, FIELDS(call_table), &im.call, sizeof im.call) &&
			read_call(acd, &im.call, r->is_change);
	case ACD_REC_DECLINED:
		return get(s, FIELDS(declined_table), &im.declined, sizeof im.declined) &&
			read_declined(acd, &im.declined);
	case ACD_REC_QUEUE_STATE:
		return r->n_queues < acd->n_queues &&
			get(s, FIELDS(queue_table), &im.queue, sizeof im.queue) &&
			read_queue(acd, &acd->queues[r->n_queues++], &im.queue);
	case ACD_REC_STATE:
		return (r->is_change || r->n_queues == acd->n_queues) &&
			get(s, FIELDS(state_table), &im.state, sizeof im.state) &&
			read_state(acd, &im.state, r->is_change);
	default: return false;
	}
}
