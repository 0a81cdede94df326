/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * relays -- the simulated voice processes: legs, joins, clips, and all their ways to fail.  Part of world.
 *
 * A command is obeyed at once; what a relay says arrives later, each relay's words in their order.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "inner.h"

/* On its way, behind all that the relay said before. */
static struct event *send(struct world *w, unsigned relay, enum what what, uint64_t leg)
{
	struct relay *r = &w->relays[relay];
	int64_t at_us = w->now_us + 200 + (int64_t)chance(w, 40000);
	struct event *e;

	if (at_us < r->last_us)
		at_us = r->last_us;
	r->last_us = at_us;
	e = later(w, 0, what, leg);
	heap_remove(&w->queue, &e->node);
	if (heap_push(&w->queue, &e->node, at_us, ++w->tie))
		fail(w, "the simulation's own heap is full");
	e->relay = relay;
	memset(&e->m, 0, sizeof e->m);
	e->m.head.leg = leg;
	return e;
}

static struct event *reply(struct world *w, unsigned relay, uint16_t command,
	uint64_t leg, uint16_t type, int err)
{
	struct event *e = send(w, relay, W_REPLY, leg);

	e->command = command;
	e->m.head.type = type;
	e->m.head.err = err;
	return e;
}

struct event *leg_event(struct world *w, int64_t in_ms, uint64_t leg, uint16_t type)
{
	struct event *e = later(w, in_ms, W_LEG_EVENT, leg);

	memset(&e->m, 0, sizeof e->m);
	e->m.head.type = type;
	e->m.head.leg = leg;
	return e;
}

static struct leg *free_leg(struct world *w)
{
	for (size_t i = 0; i < LEGS_MAX; i++) {
		struct leg *leg = &w->leg_store[w->next_leg++ % LEGS_MAX];

		if (!leg->id)
			return leg;
	}
	fail(w, "legs are never closed");
	return NULL;
}

static void own(struct world *w, struct leg *leg)
{
	if (leg->is_web && w->person) {
		leg->person = w->person;
		w->person->leg = leg->id;
	} else if (w->caller && w->caller->leg == 0) {
		leg->caller = w->caller;
		w->caller->leg = leg->id;
	}
}

static void begin(struct world *w, struct leg *leg)
{
	enum trouble silent = leg->person ? T_LINE_FAILED : T_NEVER_HEARD;

	if (!leg->person && !leg->caller)
		return; /* of a hop: its first packet is nobody's business */
	if (!trouble(w, silent)) {
		leg_event(w, leg->is_web ? 200 : 60, leg->id, RP_EV_UP);
		return;
	}
	if (leg->person)
		leg_event(w, 200, leg->id, RP_EV_DOWN);
}

static void make_leg(struct world *w, unsigned relay, uint64_t id, uint16_t type)
{
	struct event *e;
	struct leg *leg;

	if (trouble(w, T_LEG_REFUSED)) {
		reply(w, relay, type, id, RP_DONE, ENOMEM);
		return;
	}
	leg = free_leg(w);
	if (!leg)
		return;
	*leg = (struct leg){
		.id = id,
		.relay = relay,
		.port = (uint16_t)(2000 + (leg - w->leg_store)),
		.is_web = type == RP_LEG_WEB,
	};
	map_put(&w->legs, id, leg);
	own(w, leg);
	e = reply(w, relay, type, id, RP_LEG_OK, 0);
	(void)snprintf(e->m.leg_ok.addr, sizeof e->m.leg_ok.addr, "127.0.0.1");
	(void)snprintf(e->m.leg_ok.ufrag, sizeof e->m.leg_ok.ufrag, "ufrag");
	(void)snprintf(e->m.leg_ok.pwd, sizeof e->m.leg_ok.pwd, "password-of-22-letters");
	(void)snprintf(e->m.leg_ok.cname, sizeof e->m.leg_ok.cname, "cname");
	e->m.leg_ok.port = leg->port;
	begin(w, leg);
	if (leg->caller && !leg->is_web)
		leg_quiet(w, leg, true); /* until its first packet */
}

static void join(struct world *w, struct leg *leg, uint64_t other_id)
{
	struct leg *other = map_find(&w->legs, other_id);

	if (!other || trouble(w, T_JOIN_REFUSED)) {
		reply(w, leg->relay, RP_JOIN, leg->id, RP_DONE, ENOENT);
		return;
	}
	if (leg->relay != other->relay)
		fail(w, "legs of two relays were joined as if they were in one");
	if (leg->joined || other->joined)
		fail(w, "a leg was joined twice: two callers or two agents in one talk");
	leg->joined = other->id;
	other->joined = leg->id;
	leg->n_plays++;
	other->n_plays++;
	reply(w, leg->relay, RP_JOIN, leg->id, RP_DONE, 0);
	leg_event(w, 15, leg->id, RP_EV_FIRST);
}

static void part(struct world *w, struct leg *leg)
{
	struct leg *other = leg->joined ? map_find(&w->legs, leg->joined) : NULL;

	leg->joined = 0;
	if (other)
		other->joined = 0;
}

static void play(struct world *w, struct leg *leg, const struct rp_play *p)
{
	if (leg->joined) {
		fail(w, "a clip was to be played into a talk");
		return;
	}
	if (leg->person ? p->clip != CLIP_RING : p->clip == CLIP_RING)
		fail(w, "a clip was played to whom it is not meant for");
	leg->n_plays++;
	leg->is_farewell = p->clip == CLIP_FAREWELL;
	reply(w, leg->relay, RP_PLAY, leg->id, RP_DONE, 0);
	if (!p->loop) {
		struct event *e = leg_event(w, 3000, leg->id, RP_EV_CLIP_DONE);

		e->generation = leg->n_plays;
		e->m.clip_done.clip = p->clip;
	}
}

static void forget(struct world *w, struct leg *leg)
{
	part(w, leg);
	map_drop(&w->legs, leg->id);
	leg->id = 0;
}

static void obey(struct world *w, struct leg *leg, union rp_any *m, uint16_t type)
{
	uint64_t id = leg->id;
	unsigned relay = leg->relay;

	switch (type) {
	case RP_JOIN: join(w, leg, m->join.other); return;
	case RP_PLAY: play(w, leg, &m->play); return;
	case RP_PART: part(w, leg); break;
	case RP_LEG_CLOSE: forget(w, leg); break;
	case RP_LEG_REMOTE: leg->remote_port = m->leg_remote.port; break;
	default: break;
	}
	reply(w, relay, type, id, RP_DONE, 0);
}

int relay_command(
	struct world *w, unsigned relay, union rp_any *m, uint16_t type, uint64_t leg_id)
{
	struct leg *leg = map_find(&w->legs, leg_id);

	if (w->relays[relay].is_broken)
		return EPIPE;
	if (!w->relays[relay].is_up) {
		fail(w, "a command for a relay that is known to be gone");
		return ENOTCONN;
	}
	if (type != RP_PART && type != RP_LEG_CLOSE && trouble(w, T_RELAY_FULL))
		return ENOBUFS;
	if (type == RP_LEG_RTP || type == RP_LEG_WEB) {
		make_leg(w, relay, leg_id, type);
		return 0;
	}
	if (!leg) {
		reply(w, relay, type, leg_id, RP_DONE, type == RP_LEG_CLOSE ? 0 : ENOENT);
		return 0;
	}
	if (leg->relay != relay)
		fail(w, "a command went to a relay that does not have the leg");
	obey(w, leg, m, type);
	return 0;
}

/* --- what happens to a leg --- */

void leg_quiet(struct world *w, struct leg *leg, bool is_quiet)
{
	leg->is_silent = is_quiet;
	if (!is_quiet || (leg->caller && leg->caller->is_held))
		leg->quiet_us = 0;
	else if (!leg->quiet_us)
		leg->quiet_us = w->now_us;
}

/* Does it really happen, and what changes with it? */
static bool takes_place(struct world *w, struct leg *leg, struct event *e)
{
	switch (e->m.head.type) {
	case RP_EV_UP:
		leg->is_up = true;
		leg_quiet(w, leg, false);
		return true;
	case RP_EV_SILENT:
		if (!leg->is_up || leg->is_silent)
			return false;
		leg_quiet(w, leg, true);
		return true;
	case RP_EV_HEARD:
		if (!leg->is_silent || !leg->is_up)
			return false;
		leg_quiet(w, leg, false);
		return true;
	case RP_EV_CLIP_DONE: return e->generation == leg->n_plays;
	case RP_EV_FIRST: e->m.first.at_us = (uint64_t)w->now_us; return leg->joined != 0;
	case RP_EV_DOWN: forget(w, leg); return true;
	default: return true;
	}
}

void leg_happens(struct world *w, struct event *e)
{
	struct leg *leg = map_find(&w->legs, e->id);
	unsigned relay = leg ? leg->relay : 0;
	struct event *news;

	if (!leg || !takes_place(w, leg, e))
		return;
	news = send(w, relay, W_RELAY_EVENT, e->id);
	news->m = e->m;
}

/* What it says about a leg that is gone is late news, which the centre must bear. */
void relay_says(struct world *w, struct event *e)
{
	const struct leg *leg = map_find(&w->legs, e->id);

	if (leg)
		w->caller = leg->caller;
	if (e->what == W_REPLY)
		app_relay_reply(w->app, e->relay, e->command, &e->m);
	else
		app_relay_event(w->app, e->relay, &e->m);
}

/* --- a relay goes and comes --- */

static struct event *next_word_of(struct world *w, unsigned relay)
{
	struct event *first = NULL;

	for (size_t i = 0; i < EVENTS_MAX; i++) {
		struct event *e = &w->events[i];

		if (heap_is_member(&e->node) && e->relay == relay &&
			(e->what == W_REPLY || e->what == W_RELAY_EVENT) &&
			(!first || e->node.tie < first->node.tie))
			first = e;
	}
	return first;
}

static void relay_goes(struct world *w, unsigned relay)
{
	struct event *e;

	w->relays[relay].is_broken = true;
	for (size_t i = 0; i < LEGS_MAX; i++)
		if (w->leg_store[i].id && w->leg_store[i].relay == relay)
			forget(w, &w->leg_store[i]);
	/* as relay/client.h has it: what was not answered is answered with EPIPE, then it is gone */
	while ((e = next_word_of(w, relay))) {
		heap_remove(&w->queue, &e->node);
		if (e->what == W_REPLY) {
			e->m.head.type = RP_DONE;
			e->m.head.err = EPIPE;
			app_relay_reply(w->app, relay, e->command, &e->m);
		}
		drop_event(w, e);
	}
	w->relays[relay].is_broken = w->relays[relay].is_up = false;
	app_relay_gone(w->app, relay);
	later(w, 500 + exponential_ms(w, 3000), W_RELAY_UP, relay);
}

void relay_up(struct world *w, unsigned relay)
{
	struct rp_hello_ok hello = { .port = 5000, .addr = "127.0.0.1" };

	w->relays[relay].is_up = true;
	w->relays[relay].last_us = w->now_us;
	app_relay_up(w->app, relay, &hello);
}

void relay_faults(struct world *w)
{
	for (unsigned i = 0; i < w->cfg.n_relays; i++)
		if (w->relays[i].is_up && trouble(w, T_RELAY_GONE))
			relay_goes(w, i);
}

/* --- looking --- */

static const struct leg *leg_at(const struct world *w, uint16_t port)
{
	const struct leg *leg = &w->leg_store[port - 2000];

	return port >= 2000 && leg->id && leg->port == port ? leg : NULL;
}

void check_voice(struct world *w, const struct person *p)
{
	const struct leg *line = map_find(&w->legs, p->leg);
	const struct leg *next = line ? map_find(&w->legs, line->joined) : NULL;
	const struct leg *far;

	if (!line)
		return; /* it died this moment; the news is on its way */
	if (!next) {
		const struct caller *c = caller_with(w, p->id);

		if (!c || map_find(&w->legs, c->leg)) /* else it died this moment */
			fail(w, "an agent talks with nobody");
		return;
	}
	if (next->caller)
		return;
	far = next->remote_port ? leg_at(w, next->remote_port) : NULL;
	if (!far || far->remote_port != next->port)
		fail(w, "the two ends of a hop do not point at one another");
	far = far ? map_find(&w->legs, far->joined) : NULL;
	if (!far || !far->caller)
		fail(w, "a hop does not end at a caller");
}

void check_quiet(struct world *w)
{
	for (size_t i = 0; i < LEGS_MAX; i++) {
		const struct leg *leg = &w->leg_store[i];

		if (leg->id && leg->caller && leg->quiet_us && !leg->is_farewell &&
			w->now_us - leg->quiet_us > (CALLER_SILENT_MS + 1000) * 1000LL)
			fail(w, "a caller of whom nothing is heard was not let go");
	}
}
