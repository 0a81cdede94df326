/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * records -- the timelines that the centre writes, each of which must be a true story, and the disk, which has
 * them a little later.  Part of world.
 */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "inner.h"

struct record *record_of(struct world *w, uint64_t call, struct caller *c)
{
	struct record *r = map_find(&w->records, call);

	if (r)
		return r;
	if (map_put(&w->records, call, &w->record_store[w->n_records])) {
		fail(w, "more calls were recorded than came");
		return &w->record_store[0];
	}
	r = &w->record_store[w->n_records++];
	r->call = call;
	r->caller = c;
	if (c)
		c->record = r;
	list_append(&w->open, &r->node);
	return r;
}

static void count_why(struct world *w, const char *word)
{
	struct world_why *why = w->report->whys;

	while (why < w->report->whys + WORLD_WHYS_MAX - 1 && why->n > 0 &&
		strcmp(why->word, word) != 0)
		why++;
	(void)text_copy(why->word, sizeof why->word, word);
	why->n++;
}

/* --- the disk --- */

static void close_record(struct record *r)
{
	r->is_ended = true;
	r->agent = 0;
	r->is_talking = false;
	list_remove(&r->node);
}

static void keep(struct world *w, const struct store_call_event *ev)
{
	struct record *r = record_of(w, ev->call, NULL);

	if (ev->event == STORE_ARRIVED) {
		if (r->has_arrival && r->kept_arrival_ms != ev->at_ms)
			fail(w, "a call arrived twice");
		r->has_arrival = true;
		r->kept_arrival_ms = ev->at_ms;
		if (ev->call > w->last_call)
			w->last_call = ev->call;
	} else if (ev->event == STORE_ENDED) {
		if (r->has_end && r->kept_end_ms != ev->at_ms)
			fail(w, "a call has two ends in the records");
		r->has_end = true;
		r->kept_end_ms = ev->at_ms;
	} else if (ev->event == STORE_ACCEPTED) {
		r->kept_accepts |= 1ULL << ev->agent % 64;
	}
}

static void commit_soon(struct world *w)
{
	if (w->commits)
		return;
	w->commits = true;
	later(w, 2 + (int64_t)chance(w, 50), W_COMMIT, 0)->given = w->marks.given;
}

void records_commit(struct world *w, const struct event *e)
{
	w->commits = false;
	if (w->is_ill) {
		commit_soon(w);
		return;
	}
	while (w->n_pending > 0 && w->marks.kept < e->given) {
		keep(w, &w->pending[w->first_pending]);
		w->first_pending = (w->first_pending + 1) % PENDING_MAX;
		w->n_pending--;
		w->marks.kept++;
	}
	if (w->n_pending > 0)
		commit_soon(w);
	app_records_kept(w->app);
}

void records_lost(struct world *w)
{
	w->n_pending = 0;
	w->marks = (struct store_marks){ 0 };
	w->commits = false;
	list_each(it, &w->open)
	{
		struct record *r = list_entry(it, struct record, node);

		r->given_accepts = 0;
	}
}

static bool goes_on(const uint64_t *ids, size_t n, uint64_t call)
{
	for (size_t i = 0; i < n; i++)
		if (ids[i] == call)
			return true;
	return false;
}

void records_close(struct world *w)
{
	static uint64_t ids[APP_DIALOGS_MAX];
	size_t n = app_call_ids(w->app, ids, APP_DIALOGS_MAX);

	for (size_t i = 0; i < w->n_records; i++) {
		struct record *r = &w->record_store[i];

		if (r->has_end || goes_on(ids, n, r->call))
			continue;
		if (r->has_arrival) {
			r->has_end = true;
			count_why(w, "control_lost");
		} else {
			r->is_void = true; /* its leg died too, and so its last witness */
			map_drop(&w->records, r->call);
		}
		close_record(r);
	}
}

static int hand_over(struct world *w, struct record *r, const struct store_call_event *ev)
{
	if (w->n_pending == PENDING_MAX || (w->is_ill && trouble(w, T_RECORD_REFUSED))) {
		r->is_spoilt = true;
		return ENOBUFS;
	}
	w->pending[(w->first_pending + w->n_pending++) % PENDING_MAX] = *ev;
	if (ev->event == STORE_ACCEPTED)
		r->given_accepts |= 1ULL << ev->agent % 64;
	w->marks.given++;
	commit_soon(w);
	return 0;
}

/* --- the story --- */

/* What came due while control stood still is dealt with one after the other when it goes on. */
static int64_t due_since_us(const struct world *w)
{
	return w->now_us == w->suspended_until_us ? w->now_us - SUSPENDED_US : w->now_us;
}

static bool has_declined(
	const struct world *w, const struct person *p, const struct record *r)
{
	int64_t since_us = due_since_us(w);

	for (size_t i = 0; i < ACD_DECLINED_MAX; i++)
		if (p->declined[i].call == r->call && p->declined[i].until_us >= since_us)
			return true;
	return false;
}

/* Handed to another agent, until just now. */
static bool waits_for_another(const struct world *w, const struct person *p,
	const struct record *r, const struct acd_call_info *info)
{
	if (info->waits_for)
		return info->waits_for != p->id;
	return r->handed_to && info->waits_until_ms * 1000 >= due_since_us(w);
}

/* Nobody who came earlier still waits for this agent, other than one that was handed to it. */
static void check_order(struct world *w, const struct record *r, const struct person *p)
{
	if (r->handed_to == p->id)
		return;
	list_each(it, &w->open)
	{
		const struct record *o = list_entry(it, struct record, node);
		struct acd_call_info info;

		if (o->queue == r->queue && o->arrived_ms < r->arrived_ms &&
			acd_call(app_acd(w->app), o->call, &info) &&
			info.state == ACD_CALL_WAITING &&
			!waits_for_another(w, p, o, &info) &&
			info.since_ms < w->now_us / 1000 && /* not just come back */
			!has_declined(w, p, o))
			fail(w, "a caller was served before one who came earlier");
	}
}

static void offered(struct world *w, struct record *r, const struct store_call_event *ev)
{
	const struct person *p = &w->people[ev->agent - 1];

	w->report->offered++;
	if (r->agent)
		fail(w, "a call was offered while it was with an agent");
	if (!p->conn && !p->cut_conn)
		fail(w, "a call was offered to an agent without a desk");
	if (w->is_stopped)
		fail(w, "a call was offered while the centre stops");
	check_order(w, r, p);
	r->agent = ev->agent;
}

static void ended(struct world *w, struct record *r, const struct store_call_event *ev)
{
	count_why(w, ev->detail);
	if (r->agent && !w->is_adopting)
		fail(w, "a call ended while an agent still had it");
	/* whose BYE nobody answered for half a minute is gone by its silence, and rightly */
	if (r->caller && r->caller->record == r && r->caller->is_held &&
		!r->caller->is_over && strcmp(ev->detail, "caller_silent") == 0)
		fail(w, "a caller on hold was ended as silent");
	if (w->is_adopting && w->was_clean && r->was_known)
		fail(w, "a call was ended by the process that should go on with it");
	r->ended_at_ms = ev->at_ms;
	close_record(r);
}

/* A recorded moment on the clock that does not jump. */
static int64_t moment(const struct record *r, const struct store_call_event *ev)
{
	return r->arrived_ms + (ev->at_ms - r->arrived_at_ms);
}

static void remember_no(struct world *w, uint64_t agent, uint64_t call, int64_t for_ms)
{
	struct person *p = &w->people[agent - 1];
	size_t i = p->n_declined++ % ACD_DECLINED_MAX;

	p->declined[i].call = call;
	p->declined[i].until_us = w->now_us + for_ms * 1000;
}

/* By its agent, or because the longest hold was over; not back to that agent for as long. */
static void handed_over(
	struct world *w, const struct record *r, const struct store_call_event *ev)
{
	bool by_time = strcmp(ev->detail, "hold_over") == 0;

	if (!by_time && strcmp(ev->detail, "handed_over") != 0)
		return;
	if (by_time && !r->is_on_hold && !r->is_spoilt)
		fail(w, "a hold was over that had not begun");
	remember_no(w, ev->agent, r->call, HOLD_MS);
	*(by_time ? &w->report->hold_over : &w->report->handed_over) += 1;
}

static void left(struct world *w, struct record *r, const struct store_call_event *ev)
{
	/* what became of a talk while nobody could tell is told at the adoption */
	if (!w->is_adopting && (!r->is_talking || r->agent != ev->agent))
		fail(w, "an agent left a call that it was not in");
	if (!w->is_adopting && ev->number != moment(r, ev) - r->talk_since_ms)
		fail(w, "it was recorded wrong how long an agent had a caller");
	if (strcmp(ev->detail, "line_lost") == 0)
		w->report->returned++;
	handed_over(w, r, ev);
	r->left_by = ev->agent;
	r->left_at_ms = ev->at_ms;
	r->handed_to = 0;
	r->handed_at_ms = 0;
	r->agent = 0;
	r->is_talking = r->is_on_hold = false;
}

static void transferred(
	struct world *w, struct record *r, const struct store_call_event *ev)
{
	if (r->agent || r->left_at_ms != ev->at_ms)
		fail(w, "a call was handed on that nobody had just left");
	remember_no(w, r->left_by, r->call, DECLINED_MS);
	r->handed_to = ev->agent;
	r->handed_at_ms = moment(r, ev);
	if (!ev->agent)
		r->queue = (uint64_t)ev->number;
}

static void not_taken(struct world *w, struct record *r, enum trouble t)
{
	if (!r->agent || r->is_talking)
		fail(w, "an offer was over that had been accepted, or was none");
	if (t < TROUBLES)
		w->report->troubles[t]++;
	if (t == T_DECLINED && r->agent)
		remember_no(w, r->agent, r->call, DECLINED_MS);
	r->agent = 0;
}

static void accepted(struct world *w, struct record *r, const struct store_call_event *ev)
{
	r->accepted_at_ms[r->n_accepted++ % ACCEPTED_MAX] = ev->at_ms;
	r->talk_since_ms = moment(r, ev);
	if (w->is_adopting)
		return; /* it was decided, and the process died before it was told */
	w->report->answered++;
	if (r->agent != ev->agent || r->is_talking)
		fail(w, "a call was accepted by whom it was not offered to");
	if (ev->number !=
		moment(r, ev) - (r->handed_at_ms ? r->handed_at_ms : r->arrived_ms))
		fail(w, "a wrong waiting time was recorded");
	r->is_talking = true;
}

static void diverted(struct world *w, struct record *r, const struct store_call_event *ev)
{
	w->report->diverted++;
	if (r->agent)
		fail(w, "a call was sent elsewhere while it was with an agent");
	if (ev->number < 0)
		return;
	if ((uint64_t)ev->number == r->queue || r->was_diverted)
		fail(w, "a call was sent in a circle");
	r->was_diverted = true;
	r->queue = (uint64_t)ev->number;
}

static void in_talk(struct world *w, struct record *r, const struct store_call_event *ev)
{
	if (!w->is_adopting && (!r->is_talking || r->agent != ev->agent))
		fail(w, "something of a talk was recorded outside of one");
	w->report->interrupted += ev->event == STORE_INTERRUPTED;
	w->report->resumed += ev->event == STORE_RESUMED;
	if (ev->event == STORE_HELD) {
		if (r->is_on_hold && !w->is_adopting)
			fail(w, "a call was put on hold twice");
		w->report->held++;
		r->held_at_ms = ev->at_ms;
	}
	r->is_on_hold = ev->event == STORE_HELD;
}

/* The same once more, by a process that cannot know whether it is on disk. */
static bool is_repeated(const struct record *r, const struct store_call_event *ev)
{
	switch (ev->event) {
	case STORE_ARRIVED: return r->is_arrived && r->arrived_at_ms == ev->at_ms;
	case STORE_ENDED: return r->is_ended && r->ended_at_ms == ev->at_ms;
	case STORE_ACCEPTED:
		for (size_t i = 0; i < r->n_accepted && i < ACCEPTED_MAX; i++)
			if (r->accepted_at_ms[i] == ev->at_ms)
				return true;
		return false;
	case STORE_LEFT: return r->left_by == ev->agent && r->left_at_ms == ev->at_ms;
	case STORE_HELD: return r->held_at_ms == ev->at_ms;
	case STORE_TRANSFERRED:
		return r->handed_at_ms && r->handed_at_ms == moment(r, ev);
	default: return false;
	}
}

/* A call's own clock: it begins when the call came, and does not jump. */
static void check_time(
	struct world *w, const struct record *r, const struct store_call_event *ev)
{
	int64_t since_ms = ev->at_ms - r->arrived_at_ms;
	int64_t now_ms = w->now_us / 1000 - r->arrived_ms;

	if (w->is_adopting ? since_ms < 0 || since_ms > now_ms : since_ms != now_ms)
		fail(w, "a record has a wrong time");
}

static void arrived(struct world *w, struct record *r, const struct store_call_event *ev)
{
	if (r->is_arrived)
		fail(w, "a call arrived twice");
	if (!r->caller)
		fail(w, "a call arrived that nobody made");
	r->is_arrived = true;
	r->queue = ev->queue;
	r->arrived_at_ms = ev->at_ms;
	if (!w->is_adopting)
		r->arrived_ms = w->now_us / 1000;
}

int record_event(struct world *w, const struct store_call_event *ev)
{
	struct record *r = record_of(w, ev->call, w->caller);
	int err = hand_over(w, r, ev);

	if (is_repeated(r, ev)) {
		if (!w->is_adopting)
			fail(w, "a record was written twice");
		return err;
	}
	if (r->is_ended)
		fail(w, "something was recorded after the end of a call");
	if (ev->event == STORE_ARRIVED)
		arrived(w, r, ev);
	else if (!r->is_arrived)
		fail(w, "a call's record does not begin with its arrival");
	check_time(w, r, ev);
	switch (ev->event) {
	case STORE_OFFERED: offered(w, r, ev); break;
	case STORE_ACCEPTED: accepted(w, r, ev); break;
	case STORE_DECLINED: not_taken(w, r, T_DECLINED); break;
	case STORE_OFFER_TIMEOUT: not_taken(w, r, T_OVERLOOKED); break;
	case STORE_WITHDRAWN: not_taken(w, r, TROUBLES); break;
	case STORE_LEFT: left(w, r, ev); break;
	case STORE_DIVERTED: diverted(w, r, ev); break;
	case STORE_MENU: break; /* nobody comes through one here */
	case STORE_ENDED: ended(w, r, ev); break;
	case STORE_JOINED:
	case STORE_INTERRUPTED:
	case STORE_HELD:
	case STORE_RESUMED: in_talk(w, r, ev); break;
	case STORE_TRANSFERRED: transferred(w, r, ev); break;
	case STORE_CALLBACK:
	case STORE_DIALLED: fail(w, "nobody can ask for a callback here"); break;
	case STORE_VOICE: fail(w, "nobody's voice comes in another way here"); break;
	case STORE_ARRIVED: break;
	}
	return err;
}

bool has_calls_of_every_state(const struct world *w)
{
	bool waiting = false, offering = false, talking = false;

	list_each(it, &w->open)
	{
		const struct record *r = list_entry(it, struct record, node);

		waiting = waiting || !r->agent;
		offering = offering || (r->agent && !r->is_talking);
		talking = talking || r->is_talking;
	}
	return waiting && offering && talking;
}

void check_records(struct world *w)
{
	if (!list_is_empty(&w->open))
		fail(w, "a recorded call has no end");
	for (size_t i = 0; i < w->n_records; i++) {
		const struct record *r = &w->record_store[i];

		if (!r->is_spoilt && !r->is_void && (!r->has_arrival || !r->has_end))
			fail(w, "a call's end never came to the disk");
	}
	for (size_t i = 0; i < w->n_arrived; i++)
		if (w->callers[i].is_answered && !w->callers[i].record)
			fail(w, "an answered call was never recorded");
}
