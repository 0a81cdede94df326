/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* records -- the timelines that the centre writes, each of which must be a true story.  Part of world. */
#include <string.h>

#include "base/text.h"
#include "inner.h"

static struct record *record_of(struct world *w, const struct store_call_event *ev)
{
	struct record *r = map_find(&w->records, ev->call);

	if (r)
		return r;
	if (w->n_records == w->cfg.n_calls) {
		fail(w, "more calls were recorded than came");
		return &w->record_store[0];
	}
	r = &w->record_store[w->n_records++];
	r->call = ev->call;
	r->caller = w->caller;
	(void)map_put(&w->records, ev->call, r);
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

static void offered(struct world *w, struct record *r, const struct store_call_event *ev)
{
	const struct person *p = &w->people[ev->agent - 1];

	w->report->offered++;
	if (r->agent)
		fail(w, "a call was offered while it was with an agent");
	if (!p->conn)
		fail(w, "a call was offered to an agent without a desk");
	if (w->is_stopped)
		fail(w, "a call was offered while the centre stops");
	r->agent = ev->agent;
}

static void ended(struct world *w, struct record *r, const char *why)
{
	r->is_ended = true;
	count_why(w, why);
	if (r->agent)
		fail(w, "a call ended while an agent still had it");
	if (r->caller && r->caller->is_held && strcmp(why, "caller_silent") == 0)
		fail(w, "a caller on hold was ended as silent");
}

static void left(struct world *w, struct record *r, const struct store_call_event *ev)
{
	if (!r->is_talking || r->agent != ev->agent)
		fail(w, "an agent left a call that it was not in");
	if (strcmp(ev->detail, "line_lost") == 0)
		w->report->returned++;
	r->agent = 0;
	r->is_talking = false;
}

static void not_taken(struct world *w, struct record *r, enum trouble t)
{
	if (r->is_talking)
		fail(w, "an offer was over that had been accepted");
	if (t < TROUBLES)
		w->report->troubles[t]++;
	r->agent = 0;
}

static void accepted(struct world *w, struct record *r, uint64_t agent)
{
	w->report->answered++;
	if (r->agent != agent || r->is_talking)
		fail(w, "a call was accepted by whom it was not offered to");
	r->is_talking = true;
}

int record_event(struct world *w, const struct store_call_event *ev)
{
	struct record *r = record_of(w, ev);

	if (r->is_ended)
		fail(w, "something was recorded after the end of a call");
	if ((ev->event == STORE_ARRIVED) == r->is_arrived)
		fail(w, "a call's record does not begin with one arrival");
	if (w->is_ill && ev->event == STORE_ARRIVED && !r->caller)
		fail(w, "a call arrived that nobody made");
	r->is_arrived = true;
	switch (ev->event) {
	case STORE_OFFERED: offered(w, r, ev); break;
	case STORE_ACCEPTED: accepted(w, r, ev->agent); break;
	case STORE_DECLINED: not_taken(w, r, T_DECLINED); break;
	case STORE_OFFER_TIMEOUT: not_taken(w, r, T_OVERLOOKED); break;
	case STORE_WITHDRAWN: not_taken(w, r, TROUBLES); break;
	case STORE_LEFT: left(w, r, ev); break;
	case STORE_ENDED: ended(w, r, ev->detail); break;
	case STORE_JOINED:
		if (!r->is_talking)
			fail(w, "voice was recorded outside a talk");
		break;
	case STORE_INTERRUPTED:
	case STORE_RESUMED:
	case STORE_ARRIVED: break;
	}
	return 0;
}

const struct caller *caller_with(const struct world *w, uint64_t agent)
{
	for (size_t i = w->n_records; i-- > 0;)
		if (w->record_store[i].is_talking && w->record_store[i].agent == agent)
			return w->record_store[i].caller;
	return NULL;
}

bool has_calls_of_every_state(const struct world *w)
{
	bool waiting = false, offering = false, talking = false;

	for (size_t i = 0; i < w->n_records; i++) {
		const struct record *r = &w->record_store[i];

		if (r->is_ended)
			continue;
		waiting = waiting || !r->agent;
		offering = offering || (r->agent && !r->is_talking);
		talking = talking || r->is_talking;
	}
	return waiting && offering && talking;
}

void check_records(struct world *w)
{
	for (size_t i = 0; i < w->n_records; i++)
		if (!w->record_store[i].is_ended)
			fail(w, "a recorded call has no end");
}
