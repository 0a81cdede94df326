/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * relays -- the simulated voice processes: legs, joins, clips, and all their ways to fail.  Part of world.
 *
 * A command is obeyed at once; what a relay says arrives later, each relay's words in their order.  While no
 * control is there legs and joins stay, what happens to them is not told, and a line that dies is kept for the
 * next control, which learns of it after its claim.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/saved.h"
#include "inner.h"

/* On its way, behind all that the relay said before. */
static struct event *send(struct world *w, unsigned relay, enum what what, uint64_t leg)
{
	struct relay *r = &w->relays[relay];
	int64_t at_us = w->now_us + 200 + (int64_t)chance(w, 40000);
	const struct leg *l = map_find(&w->legs, leg);
	struct event *e = later(w, 0, what, leg);

	if (trouble(w, T_RELAY_SLOW))
		at_us += (int64_t)chance(w, RELAY_SLOW_MS * 1000);
	if (at_us < r->last_us)
		at_us = r->last_us;
	r->last_us = at_us;
	move_event(w, e, at_us);
	e->relay = relay;
	e->caller = l ? l->caller : NULL;
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

/* --- legs --- */

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

/* Of two INVITEs of one caller, the first of which went with its process, the last one counts. What own() guessed is
 * taken back. */
static void give(struct leg *leg, struct caller *c, bool is_last)
{
	if (leg->caller && leg->caller != c && leg->caller->leg == leg->id)
		leg->caller->leg = 0;
	leg->caller = c;
	if (is_last)
		c->leg = leg->id;
	else if (c->leg == leg->id)
		c->leg = 0;
}

/* Asked when no relay was up, or by one that died: the centre takes them in their order. */
static bool waits(const struct world *w, const struct caller *c, bool is_web)
{
	return c->is_web == is_web && !c->is_over && !c->is_answered && !c->leg &&
		c->asked &&
		(is_web ? c->conn != 0 : c->in_trunk && c->invite_life == w->life);
}

static struct caller *first_waiting(struct world *w, bool is_web)
{
	struct caller *first = NULL;

	for (size_t i = 0; i < w->n_arrived; i++) {
		struct caller *c = &w->callers[i];

		if (waits(w, c, is_web) && (!first || c->asked < first->asked))
			first = c;
	}
	return first;
}

/* Whose it is: the input at hand is about them, or it sends to their telephone; else it is for who waits for one. */
static void own(struct world *w, struct leg *leg, const union rp_any *m)
{
	struct caller *c = leg->is_web ? NULL : caller_at(w, m->leg_rtp.addr);

	if (leg->is_web && w->person) {
		leg->person = w->person;
		w->person->leg = leg->id;
		return;
	}
	if (!leg->is_web && m->leg_rtp.local)
		return;
	if (!c && w->caller && w->caller->leg == 0)
		c = w->caller;
	if (!c)
		c = first_waiting(w, leg->is_web);
	if (c)
		give(leg, c, c->leg == 0); /* else what is kept with it will tell */
}

static void make_leg(struct world *w, unsigned relay, uint64_t id, const union rp_any *m,
	uint16_t type)
{
	bool is_local = type == RP_LEG_RTP && m->leg_rtp.local;
	struct event *e;
	struct leg *leg;

	if (map_find(&w->legs, id))
		fail(w, "a leg's id was used twice");
	if (w->relays[relay].is_draining &&
		!is_local) { /* control does not know it yet */
		reply(w, relay, type, id, RP_DONE, ESHUTDOWN);
		return;
	}
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
		.life = w->life,
		.alone_us = w->now_us,
	};
	map_put(&w->legs, id, leg);
	own(w, leg, m);
	e = reply(w, relay, type, id, RP_LEG_OK, 0);
	(void)snprintf(e->m.leg_ok.addr, sizeof e->m.leg_ok.addr, "127.0.0.1");
	(void)snprintf(e->m.leg_ok.ufrag, sizeof e->m.leg_ok.ufrag, "ufrag");
	(void)snprintf(e->m.leg_ok.pwd, sizeof e->m.leg_ok.pwd, "password-of-22-letters");
	(void)snprintf(e->m.leg_ok.cname, sizeof e->m.leg_ok.cname, "cname");
	e->m.leg_ok.port = leg->port;
	leg->ok = e->m.leg_ok;
	if (leg->caller && !leg->is_web)
		leg_quiet(w, leg, true); /* until its first packet */
}

static void join(struct world *w, struct leg *leg, uint64_t other_id)
{
	struct leg *other = map_find(&w->legs, other_id);

	if (!other || other->is_lost || trouble(w, T_JOIN_REFUSED)) {
		reply(w, leg->relay, RP_JOIN, leg->id, RP_DONE, ENOENT);
		return;
	}
	reply(w, leg->relay, RP_JOIN, leg->id, RP_DONE, 0);
	if (leg->joined == other->id)
		return;
	if (leg->relay != other->relay)
		fail(w, "legs of two relays were joined as if they were in one");
	if (leg->joined || other->joined)
		fail(w, "a leg was joined twice: two callers or two agents in one talk");
	leg->joined = other->id;
	other->joined = leg->id;
	leg->feed = other->feed = RP_FEED_JOIN;
	leg->n_plays++;
	other->n_plays++;
	leg_event(w, 15, leg->id, RP_EV_FIRST);
}

static void part(struct world *w, struct leg *leg)
{
	struct leg *other = leg->joined ? map_find(&w->legs, leg->joined) : NULL;

	if (!leg->joined)
		return;
	leg->joined = 0;
	leg->feed = RP_FEED_NONE;
	leg->n_parts++;
	if (!other)
		return;
	other->joined = 0;
	other->feed = RP_FEED_NONE;
	other->n_parts++;
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
	leg->feed = RP_FEED_CLIP;
	leg->clip = p->clip;
	leg->is_choked = false;
	w->report->announced += p->clip >= CLIP_SAID;
	reply(w, leg->relay, RP_PLAY, leg->id, RP_DONE, 0);
	if (!p->loop) {
		struct event *e = leg_event(w, 3000, leg->id, RP_EV_CLIP_DONE);

		e->generation = leg->n_plays;
		e->m.clip_done.clip = p->clip;
	}
}

static void stop(struct leg *leg)
{
	if (leg->feed != RP_FEED_CLIP)
		return;
	leg->feed = RP_FEED_NONE;
	leg->n_plays++;
}

static void forget(struct world *w, struct leg *leg)
{
	struct caller *c = leg->caller;

	part(w, leg);
	map_drop(&w->legs, leg->id);
	if (c && c->leg == leg->id) {
		c->leg = 0;
		if (c->record) /* each death gives the time of a move */
			c->record->no_leg_us = w->now_us;
		/* a browser whose page lost the centre notices by its voice */
		if (c->is_web && !c->conn)
			caller_over(w, c);
	}
	leg->id = 0;
}

static void claim(struct world *w, struct leg *leg)
{
	leg->life = w->life;
	if (leg->is_lost)
		leg_event(w, 10, leg->id, RP_EV_DOWN);
}

static void keep_blob(struct world *w, struct leg *leg, const struct rp_blob *b)
{
	static struct saved s;
	bool is_first = leg->blob_len == 0;
	struct caller *c;

	if (b->len > RP_BLOB_MAX) {
		fail(w, "a blob is too long");
		return;
	}
	leg->blob_len = b->len;
	memcpy(leg->blob, b->bytes, b->len);
	if (!is_first || saved_read(&s, leg->blob, leg->blob_len) ||
		s.head.kind != SAVED_CALL || !s.call.dialog)
		return;
	c = caller_of(w, s.call.dialog);
	give(leg, c, c->dialog == s.call.dialog);
}

static void obey(struct world *w, struct leg *leg, union rp_any *m, uint16_t type)
{
	uint64_t id = leg->id;
	unsigned relay = leg->relay;

	switch (type) {
	case RP_JOIN: join(w, leg, m->join.other); return;
	case RP_PLAY: play(w, leg, &m->play); return;
	case RP_PART: part(w, leg); break;
	case RP_STOP: stop(leg); break;
	case RP_LEG_CLOSE: forget(w, leg); break;
	case RP_LEG_REMOTE: leg->remote_port = m->leg_remote.port; break;
	case RP_BLOB: keep_blob(w, leg, &m->blob); break;
	case RP_CLAIM: claim(w, leg); break;
	default: break;
	}
	reply(w, relay, type, id, RP_DONE, 0);
}

/* The client keeps room for what must not be lost; the rest may find its queue full. */
static bool may_be_lost(uint16_t type)
{
	return type != RP_PART && type != RP_LEG_CLOSE && type != RP_BLOB &&
		type != RP_CLAIM && type != RP_QUIT;
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
	if (may_be_lost(type) && trouble(w, T_RELAY_FULL)) {
		if (leg && type == RP_PLAY)
			leg->is_choked = true;
		return ENOBUFS;
	}
	if (type == RP_QUIT) {
		later(w, 20, W_RELAY_QUITS, relay + 1);
		return 0;
	}
	if (type == RP_LEG_RTP || type == RP_LEG_WEB) {
		make_leg(w, relay, leg_id, m, type);
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
	leg->alone_us = w->now_us;
	if (!is_quiet || (leg->caller && leg->caller->is_held))
		leg->quiet_us = 0;
	else if (!leg->quiet_us) /* for control, which may stand still */
		leg->quiet_us = w->now_us > w->suspended_until_us ? w->now_us
								  : w->suspended_until_us;
}

static void goes_down(struct world *w, struct leg *leg)
{
	if (w->app && leg->life == w->life) {
		forget(w, leg);
		return;
	}
	part(w, leg);
	stop(leg);
	leg->is_up = false;
	leg->is_lost = true;
}

/* Does it really happen, and what changes with it? */
static bool takes_place(struct world *w, struct leg *leg, struct event *e)
{
	if (leg->is_lost && e->m.head.type != RP_EV_DOWN)
		return false;
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
	case RP_EV_CLIP_DONE:
		if (e->generation != leg->n_plays)
			return false;
		leg->feed = RP_FEED_NONE;
		return true;
	case RP_EV_FIRST: e->m.first.at_us = (uint64_t)w->now_us; return leg->joined != 0;
	case RP_EV_DOWN: goes_down(w, leg); return true;
	default: return true;
	}
}

void leg_happens(struct world *w, struct event *e)
{
	struct leg *leg = map_find(&w->legs, e->id);
	unsigned relay = leg ? leg->relay : 0;
	struct event *news;

	if (!leg || !takes_place(w, leg, e) || !w->app || leg->is_lost)
		return;
	news = send(w, relay, W_RELAY_EVENT, e->id);
	news->m = e->m;
}

static union rp_any whole(const union word *m)
{
	union rp_any any = { 0 };

	memcpy(&any, m, sizeof *m);
	return any;
}

/* What it says about a leg that is gone is late news, which the centre must bear. */
void relay_says(struct world *w, struct event *e)
{
	const struct leg *leg = map_find(&w->legs, e->m.head.leg);
	union rp_any m = whole(&e->m);

	/* as what is kept with it has it: when the word was sent, that may still have been own()'s guess */
	w->caller = leg ? leg->caller : e->caller;
	if (e->what == W_REPLY)
		app_relay_reply(w->app, e->relay, e->command, &m);
	else if (m.head.type == RP_EV_DRAIN)
		app_relay_drain(w->app, e->relay);
	else
		app_relay_event(w->app, e->relay, &m);
}

/* --- control is away, and comes back --- */

static bool is_forsaken(const struct world *w, const struct leg *leg)
{
	return (!leg->is_up || leg->is_silent) && w->now_us - leg->alone_us >= 60000000;
}

/* Nobody commands, and nobody was heard for a minute in the leg or in the one it is joined with. */
void relays_orphaned(struct world *w, struct event *e)
{
	if (w->app || e->life != w->life)
		return;
	for (size_t i = 0; i < LEGS_MAX; i++) {
		struct leg *leg = &w->leg_store[i];
		const struct leg *other = leg->id ? map_find(&w->legs, leg->joined)
						  : NULL;

		if (leg->id && is_forsaken(w, leg) && (!other || is_forsaken(w, other)))
			forget(w, leg);
	}
	later(w, 5000, W_ORPHANS, 0);
}

static void tell_leg(struct world *w, const struct leg *leg)
{
	struct rp_leg_state s = {
		.head = { .type = RP_LEG_STATE, .leg = leg->id },
		.joined = leg->joined,
		.is_web = leg->is_web,
		.is_up = leg->is_up,
		.is_silent = leg->is_silent,
		.feed = (uint8_t)leg->feed,
		.clip = leg->feed == RP_FEED_CLIP ? leg->clip : 0,
		.ok = leg->ok,
		.len = leg->blob_len,
	};

	memcpy(s.blob, leg->blob, leg->blob_len);
	app_found_leg(w->app, leg->relay, &s);
}

void relays_tell(struct world *w)
{
	for (size_t i = 0; i < LEGS_MAX; i++)
		if (w->leg_store[i].id && w->relays[w->leg_store[i].relay].is_up)
			tell_leg(w, &w->leg_store[i]);
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

/* As relay/client.h has it: what was not answered is answered with EPIPE, then it is gone. */
static void break_off(struct world *w, unsigned relay)
{
	struct event *e;

	while ((e = next_word_of(w, relay))) {
		heap_remove(&w->queue, &e->node);
		if (e->what == W_REPLY && w->app && e->life == w->life) {
			union rp_any m = whole(&e->m);

			m.head.type = RP_DONE;
			m.head.err = EPIPE;
			app_relay_reply(w->app, relay, e->command, &m);
		}
		drop_event(w, e);
	}
}

static void relay_goes(struct world *w, unsigned relay)
{
	w->relays[relay].is_broken = true;
	for (size_t i = 0; i < LEGS_MAX; i++)
		if (w->leg_store[i].id && w->leg_store[i].relay == relay)
			forget(w, &w->leg_store[i]);
	break_off(w, relay);
	w->relays[relay] = (struct relay){ .last_us = w->now_us };
	if (w->app)
		app_relay_gone(w->app, relay);
	later(w, 500 + exponential_ms(w, 3000), W_RELAY_UP, relay + 1);
}

void relay_quits(struct world *w, unsigned relay)
{
	if (w->relays[relay].is_up && w->relays[relay].is_draining)
		relay_goes(w, relay);
}

void relay_dies(struct world *w, unsigned relay)
{
	if (w->relays[relay].is_up)
		relay_goes(w, relay);
}

void relay_up(struct world *w, unsigned relay)
{
	struct rp_hello_ok hello = {
		.port = 5000,
		.addr = "127.0.0.1",
		.is_draining = w->relays[relay].is_draining,
	};

	w->relays[relay].is_up = true;
	w->relays[relay].last_us = w->now_us;
	if (w->app)
		app_relay_up(w->app, relay, &hello);
}

void relay_faults(struct world *w)
{
	for (unsigned i = 0; i < w->cfg.n_relays; i++) {
		struct relay *r = &w->relays[i];

		if (!r->is_up)
			continue;
		if (trouble(w, T_RELAY_GONE)) {
			relay_goes(w, i);
		} else if (!r->is_draining && trouble(w, T_RELAY_DRAINS)) {
			r->is_draining = true;
			if (w->app)
				send(w, i, W_RELAY_EVENT, 0)->m.head.type = RP_EV_DRAIN;
		}
	}
}

/* --- looking --- */

static struct leg *leg_at(struct world *w, uint16_t port)
{
	struct leg *leg = &w->leg_store[port - 2000];

	return port >= 2000 && leg->id && leg->port == port ? leg : NULL;
}

struct leg *line_of(struct world *w, const struct leg *leg)
{
	struct leg *next = map_find(&w->legs, leg->joined), *far;

	if (!next || next->person || next->caller)
		return next && next->person ? next : NULL;
	far = next->remote_port ? leg_at(w, next->remote_port) : NULL;
	if (!far || far->remote_port != next->port)
		return NULL; /* half a hop is none */
	far = map_find(&w->legs, far->joined);
	return far && far->person ? far : NULL;
}

static bool is_deaf(struct world *w, const struct person *p)
{
	const struct leg *line = map_find(&w->legs, p->leg), *leg, *other;
	struct acd_agent_info info;
	const struct record *r;

	if (!acd_agent(app_acd(w->app), p->id, &info) || info.state != ACD_AGENT_TALKING)
		return false;
	r = map_find(&w->records, info.call);
	leg = r && r->caller ? map_find(&w->legs, r->caller->leg) : NULL;
	if (!line || !leg || r->caller->record != r)
		return false; /* it died this moment, or moves */
	other = line_of(w, leg);
	if (other && other != line)
		fail(w, "an agent talks with another one's caller");
	return other != line || line->is_silent;
}

/* Whoever is on hold hears no agent, from the very moment on. */
static bool is_overheard(struct world *w, const struct person *p)
{
	const struct record *r;
	const struct leg *leg;
	struct acd_agent_info info;

	if (!acd_agent(app_acd(w->app), p->id, &info) || info.state != ACD_AGENT_HOLDING)
		return false;
	r = map_find(&w->records, info.call);
	leg = r && r->caller && r->caller->record == r
		? map_find(&w->legs, r->caller->leg)
		: NULL;
	return leg && leg->joined;
}

/* A moment's deafness there may be: until a relay has answered, or told that nothing is heard. */
void check_voice(struct world *w)
{
	for (size_t i = 0; w->app && i < w->cfg.n_agents; i++) {
		struct person *p = &w->people[i];

		if (is_overheard(w, p))
			fail(w, "a caller on hold hears the agent's room");
		if (!is_deaf(w, p))
			p->deaf_us = 0;
		else if (!p->deaf_us)
			p->deaf_us = w->now_us;
		else if (w->now_us - p->deaf_us > DEAF_MS * 1000)
			fail(w, "an agent talks with nobody");
	}
}

static bool has_only_lines(const struct world *w, unsigned relay)
{
	for (size_t i = 0; i < LEGS_MAX; i++)
		if (w->leg_store[i].id && w->leg_store[i].relay == relay &&
			!w->leg_store[i].person)
			return false;
	return true;
}

/* A relay that drains is let go when it has no calls; a line leaves it after an offer or a talk elsewhere. */
void check_drains(struct world *w)
{
	for (unsigned i = 0; i < w->cfg.n_relays; i++) {
		struct relay *r = &w->relays[i];

		if (!w->app || !r->is_up || !r->is_draining || !has_only_lines(w, i))
			r->unused_us = 0;
		else if (!r->unused_us)
			r->unused_us = w->now_us;
		else if (w->now_us - r->unused_us > UNUSED_MS * 1000)
			fail(w, "a relay that drains and has no calls is not let go");
	}
}

/* The call that is kept with it; 0: none. */
static uint64_t call_in(const struct leg *leg)
{
	static struct saved s;

	return !saved_read(&s, leg->blob, leg->blob_len) && s.head.kind == SAVED_CALL
		? s.call.id
		: 0;
}

/* Its caller may have asked again after a process died that had kept this call and not answered it: then the
 * leg is not the one of the last INVITE, and lives until it was silent for too long. */
static bool has_leg(const struct world *w, const struct record *r)
{
	for (size_t i = 0; !r->caller->leg && i < LEGS_MAX; i++) {
		const struct leg *leg = &w->leg_store[i];

		if (leg->id && leg->caller == r->caller && call_in(leg) == r->call)
			return true;
	}
	return r->caller->leg != 0;
}

/* A call that goes on has a leg, but for the time of a move. */
static void check_legs(struct world *w)
{
	list_each(it, &w->open)
	{
		struct record *r = list_entry(it, struct record, node);
		struct acd_call_info info;

		if (!r->caller || r->caller->record != r || has_leg(w, r) ||
			!acd_call(app_acd(w->app), r->call, &info))
			r->no_leg_us = 0;
		else if (!r->no_leg_us)
			r->no_leg_us = w->now_us;
		else if (w->now_us - r->no_leg_us > NO_LEG_MS * 1000)
			fail(w, "a call goes on without a voice");
	}
}

/* A caller that waits, and so should hear something. */
static bool is_mute(const struct world *w, const struct leg *leg)
{
	const struct caller *c = leg->caller;
	struct acd_call_info info;

	return c && c->leg == leg->id && c->record && c->record->caller == c &&
		leg->feed == RP_FEED_NONE && !leg->is_choked && !leg->is_lost &&
		leg->life == w->life && w->relays[leg->relay].is_up &&
		acd_call(app_acd(w->app), c->record->call, &info) &&
		(info.state == ACD_CALL_WAITING || info.state == ACD_CALL_ON_HOLD);
}

void check_mute(struct world *w)
{
	for (size_t i = 0; w->app && i < LEGS_MAX; i++) {
		struct leg *leg = &w->leg_store[i];

		if (!leg->id || !is_mute(w, leg))
			leg->mute_us = 0;
		else if (!leg->mute_us)
			leg->mute_us = w->now_us;
		else if (w->now_us - leg->mute_us > MUTE_MS * 1000)
			fail(w, "a caller who waits hears nothing");
	}
}

static bool is_expected(const struct world *w, const struct leg *leg)
{
	const struct caller *c = leg->caller;
	struct acd_call_info info;

	if (c->leg != leg->id) /* of a former INVITE, see has_leg() */
		return acd_call(app_acd(w->app), call_in(leg), &info);
	return !c->is_over && !(c->record && c->record->is_ended) && !c->n_reinvited &&
		leg->clip != CLIP_FAREWELL && leg->clip != CLIP_MESSAGE;
}

void check_quiet(struct world *w)
{
	int64_t limit_us = (CALLER_SILENT_MS + 2 * RELAY_SLOW_MS + 500) * 1000LL;

	if (w->app)
		check_legs(w);
	for (size_t i = 0; w->app && i < LEGS_MAX; i++) {
		const struct leg *leg = &w->leg_store[i];

		if (leg->id && leg->caller && leg->quiet_us &&
			w->now_us - leg->quiet_us > limit_us && is_expected(w, leg))
			fail(w, "a caller of whom nothing is heard was not let go");
	}
}
