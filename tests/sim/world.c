/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* world -- see world.h */
#include "world.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "base/heap.h"
#include "base/map.h"

#define EVENTS_MAX 65536
#define LEGS_MAX   4096
#define START_US   1000000
#define OFFER                                                                       \
	"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n" \
	"m=audio 4000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
#define LINE_OFFER                                                                       \
	"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"                            \
	"m=audio 9 UDP/TLS/RTP/SAVPF 8\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=rtcp-mux\r\n" \
	"a=setup:actpass\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n"    \
	"a=fingerprint:sha-256 "                                                         \
	"00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:"                \
	"55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n"

#define QUEUE_RULES                                                                \
	{                                                                          \
		.max_waiting = 20, .offer_ms = 15000, .wrapup_ms = 5000,           \
		.max_wait_ms = 300000, .unstaffed_ms = 30000, .declined_ms = 10000 \
	}

enum what {
	W_ARRIVE, /* the next caller */
	W_CALLER_HANGS_UP,
	W_ACK,
	W_SIP_ENDED,
	W_REPLY, /* of the relay */
	W_RELAY_EVENT,
	W_AGENT_ACTS,
	W_LINK_FAULT, /* a line or a desk fails somewhere */
};

struct event {
	struct heap_node node;
	enum what what;
	uint64_t id;
	uint16_t command;
	unsigned relay;
	uint32_t generation;
	union rp_any m;
	struct event *next_free;
};

struct leg {
	uint64_t id, joined;
	unsigned relay;
	uint16_t port, remote_port; /* plain RTP: ours, and where it sends */
	bool is_web, is_up;
};

struct caller {
	uint64_t dialog;
	bool is_answered, is_over;
	int n_ended; /* must be one at last */
};

struct person {
	uint64_t id, conn, line;
	enum desk_state state;
	enum desk_line line_state;
	uint64_t call;
	uint32_t
		generation; /* of its wish to act: a later view makes an older one void */
};

struct world {
	struct world_config cfg;
	struct world_report *report;
	struct app *app;
	uint64_t random;
	int64_t now_us;
	struct event *events, *free_events;
	struct heap queue;
	struct heap_node **slots;
	uint64_t tie, next_conn;
	struct map legs, callers_by_dialog, people_by_conn;
	struct leg leg_store[LEGS_MAX];
	size_t n_leg_store;
	struct caller *callers;
	size_t n_arrived, n_over;
	struct person *people;
	struct map records; /* call -> struct record */
	struct record *record_store;
	size_t n_records;
	const char *broken;
};

struct record {
	uint64_t call, agent;
	bool is_arrived, is_ended;
};

static void fail(struct world *w, const char *what)
{
	if (!w->broken)
		w->broken = what;
}

/* Marsaglia's xorshift64 (2003). */
static uint64_t chance(struct world *w, uint64_t below)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return (w->random >> 11) % below;
}

static bool happens(struct world *w, unsigned in_1000)
{
	return chance(w, 1000) < in_1000;
}

static int64_t exponential_ms(struct world *w, int64_t mean)
{
	double u = ((double)chance(w, 1000000) + 1) / 1000001.0;

	return (int64_t)(-log(u) * (double)mean);
}

static struct event *later(struct world *w, int64_t in_ms, enum what what, uint64_t id)
{
	struct event *e = w->free_events;

	if (!e) {
		fail(w, "the simulation's own event queue is full");
		return &w->events[0];
	}
	w->free_events = e->next_free;
	e->what = what;
	e->id = id;
	if (heap_push(&w->queue, &e->node, w->now_us + in_ms * 1000, ++w->tie))
		fail(w, "the simulation's own heap is full");
	return e;
}

/* --- the ports --- */

static int64_t port_now_us(void *arg)
{
	return ((struct world *)arg)->now_us;
}

static int64_t port_wall_ms(void *arg)
{
	return 1800000000000 + ((struct world *)arg)->now_us / 1000;
}

static void port_random(void *arg, void *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		((uint8_t *)p)[i] = (uint8_t)chance(arg, 256);
}

static void over(struct world *w, struct caller *c)
{
	if (c->n_ended++ > 0)
		fail(w, "a dialog was ended twice");
	if (!c->is_over)
		w->n_over++;
	c->is_over = true;
}

static void port_sip_answer(void *arg, uint64_t dialog, const char *sdp)
{
	struct world *w = arg;
	struct caller *c = map_find(&w->callers_by_dialog, dialog);

	if (c->is_over)
		return; /* crossed with the caller's hang-up */
	if (!strstr(sdp, "m=audio"))
		fail(w, "an answer without audio");
	c->is_answered = true;
	later(w, 30, W_ACK, dialog);
}

static void port_sip_reject(void *arg, uint64_t dialog, uint16_t status, uint32_t retry)
{
	struct world *w = arg;
	struct caller *c = map_find(&w->callers_by_dialog, dialog);

	if (c->is_answered)
		fail(w, "an answered call was rejected");
	w->report->refused++;
	over(w, c);
	later(w, 5, W_SIP_ENDED, dialog);
}

static void port_sip_hangup(void *arg, uint64_t dialog)
{
	struct world *w = arg;
	struct caller *c = map_find(&w->callers_by_dialog, dialog);

	if (c->is_over)
		return;
	w->report->sent_off++;
	over(w, c);
	later(w, 20, W_SIP_ENDED, dialog);
}

static struct event *reply(struct world *w, unsigned relay, uint16_t command,
	uint64_t leg, uint16_t type, int err)
{
	struct event *e = later(w, 1, W_REPLY, leg);

	e->command = command;
	e->relay = relay;
	memset(&e->m, 0, sizeof e->m);
	e->m.head.type = type;
	e->m.head.leg = leg;
	e->m.head.err = err;
	return e;
}

static struct event *relay_event(
	struct world *w, int64_t in_ms, uint64_t leg, uint16_t type)
{
	struct event *e = later(w, in_ms, W_RELAY_EVENT, leg);

	memset(&e->m, 0, sizeof e->m);
	e->m.head.type = type;
	e->m.head.leg = leg;
	return e;
}

static void make_leg(struct world *w, unsigned relay, uint64_t id, uint16_t type)
{
	struct event *e;
	struct leg *leg;

	if (happens(w, w->cfg.relay_refuses)) {
		reply(w, relay, type, id, RP_DONE, ENOMEM);
		return;
	}
	leg = &w->leg_store[w->n_leg_store++ % LEGS_MAX];
	if (leg->id) {
		fail(w, "legs are never closed");
		return;
	}
	*leg = (struct leg){
		.id = id,
		.relay = relay,
		.port = (uint16_t)(2000 + (leg - w->leg_store)),
		.is_web = type == RP_LEG_WEB,
	};
	map_put(&w->legs, id, leg);
	e = reply(w, relay, type, id, RP_LEG_OK, 0);
	snprintf(e->m.leg_ok.addr, sizeof e->m.leg_ok.addr, "127.0.0.1");
	snprintf(e->m.leg_ok.ufrag, sizeof e->m.leg_ok.ufrag, "ufrag");
	snprintf(e->m.leg_ok.pwd, sizeof e->m.leg_ok.pwd, "password-of-22-letters");
	snprintf(e->m.leg_ok.cname, sizeof e->m.leg_ok.cname, "cname");
	e->m.leg_ok.port = leg->port;
	if (happens(w, leg->is_web ? 20 : 0))
		relay_event(w, 200, id, RP_EV_DOWN);
	else
		relay_event(w, leg->is_web ? 200 : 60, id, RP_EV_UP);
}

static void join(struct world *w, struct leg *leg, uint64_t other_id)
{
	struct leg *other = map_find(&w->legs, other_id);
	struct event *e;

	if (!other || happens(w, w->cfg.join_refused)) {
		reply(w, leg->relay, RP_JOIN, leg->id, RP_DONE, ENOENT);
		return;
	}
	if (leg->relay != other->relay)
		fail(w, "legs of two relays were joined as if they were in one");
	if (leg->joined || other->joined)
		fail(w, "a leg was joined twice: two callers or two agents in one talk");
	leg->joined = other->id;
	other->joined = leg->id;
	reply(w, leg->relay, RP_JOIN, leg->id, RP_DONE, 0);
	e = relay_event(w, 15, leg->id, RP_EV_FIRST);
	e->m.first.at_us = (uint64_t)w->now_us + 15000;
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
	reply(w, leg->relay, RP_PLAY, leg->id, RP_DONE, 0);
	if (!p->loop)
		relay_event(w, 3000, leg->id, RP_EV_CLIP_DONE)->m.clip_done.clip =
			p->clip;
}

static int port_relay_send(
	void *arg, unsigned relay, union rp_any *m, uint16_t type, uint64_t leg_id)
{
	struct world *w = arg;
	struct leg *leg = map_find(&w->legs, leg_id);

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
	switch (type) {
	case RP_JOIN: join(w, leg, m->join.other); break;
	case RP_PLAY: play(w, leg, &m->play); break;
	case RP_PART:
		part(w, leg);
		reply(w, relay, type, leg_id, RP_DONE, 0);
		break;
	case RP_LEG_CLOSE:
		part(w, leg);
		map_drop(&w->legs, leg_id);
		leg->id = 0;
		reply(w, relay, type, leg_id, RP_DONE, 0);
		break;
	case RP_LEG_REMOTE:
		leg->remote_port = m->leg_remote.port;
		reply(w, relay, type, leg_id, RP_DONE, 0);
		break;
	default: reply(w, relay, type, leg_id, RP_DONE, 0);
	}
	return 0;
}

/* What an agent does next, some human time after it saw a view. */
static void port_desk_view(void *arg, uint64_t conn, const struct desk_view *v)
{
	struct world *w = arg;
	struct person *p = map_find(&w->people_by_conn, conn);
	int64_t in_ms = 200 + exponential_ms(w, 3000);

	if (!p)
		return;
	p->state = v->state;
	p->line_state = v->line;
	p->call = v->call;
	p->generation++;
	if (v->state == DESK_STATE_TALKING)
		in_ms = 1000 + exponential_ms(w, w->cfg.mean_talk_ms);
	if (v->state == DESK_STATE_OFFERED && happens(w, w->cfg.overlook))
		in_ms = 1000000;
	later(w, in_ms, W_AGENT_ACTS, p->id)->generation = p->generation;
}

static void port_caller_view(void *arg, uint64_t conn, const struct desk_caller_view *v)
{
}

static void port_line_answer(void *arg, uint64_t conn, const struct desk_line_answer *a)
{
	if (!strstr(a->sdp, "a=fingerprint:sha-256"))
		fail(arg, "an answer to a browser without a fingerprint");
}

static void port_line_stats(void *arg, uint64_t conn, const struct desk_line_stats *s)
{
}

static void port_page_error(void *arg, uint64_t conn, const char *code, const char *ref)
{
	struct world *w = arg;
	struct person *p = map_find(&w->people_by_conn, conn);

	/* what was wished for did not come about: think again */
	if (p)
		later(w, 1000, W_AGENT_ACTS, p->id)->generation = p->generation;
}

static void port_page_close(void *arg, uint64_t conn, uint16_t code, const char *reason)
{
	fail(arg, "a page was closed that nobody took over");
}

static void port_login_done(
	void *arg, uint64_t request, const char *token, uint32_t max_age)
{
	fail(arg, "nobody logs in here");
}

static struct record *record_of(struct world *w, const struct store_call_event *ev)
{
	struct record *r = map_find(&w->records, ev->call);

	if (r)
		return r;
	r = &w->record_store[w->n_records++];
	r->call = ev->call;
	if (map_put(&w->records, ev->call, r))
		fail(w, "more calls were recorded than came");
	return r;
}

/* The timeline must be a true story by itself. */
static int port_store_call_event(void *arg, const struct store_call_event *ev)
{
	struct world *w = arg;
	struct record *r = record_of(w, ev);

	if (r->is_ended)
		fail(w, "something was recorded after the end of a call");
	if ((ev->event == STORE_ARRIVED) == r->is_arrived)
		fail(w, "a call's record does not begin with one arrival");
	r->is_arrived = true;
	switch (ev->event) {
	case STORE_OFFERED:
		if (r->agent)
			fail(w, "a call was offered while it was with an agent");
		r->agent = ev->agent;
		break;
	case STORE_ACCEPTED:
		w->report->answered++;
		if (r->agent != ev->agent)
			fail(w, "a call was accepted by whom it was not offered to");
		break;
	case STORE_DECLINED:
		w->report->declines++;
		r->agent = 0;
		break;
	case STORE_OFFER_TIMEOUT:
		w->report->timeouts++;
		r->agent = 0;
		break;
	case STORE_WITHDRAWN: r->agent = 0; break;
	case STORE_LEFT:
		if (strcmp(ev->detail, "line_lost") == 0)
			w->report->returned++;
		r->agent = 0;
		break;
	case STORE_ENDED:
		r->is_ended = true;
		if (r->agent)
			fail(w, "a call ended while an agent still had it");
		break;
	default: break;
	}
	return 0;
}

static int port_store_session(void *arg, const struct store_session *s)
{
	return 0;
}

static int port_store_drop(void *arg, const uint8_t hash[STORE_HASH_SIZE])
{
	return 0;
}

static int port_store_link(
	void *arg, const uint8_t hash[STORE_HASH_SIZE], int64_t now, uint64_t request)
{
	return 0;
}

static bool port_store_is_well(void *arg)
{
	return true;
}

/* --- the people --- */

static void say(struct world *w, struct person *p, enum desk_msg_type type)
{
	struct desk_msg m = { .type = type, .call = p->call, .protocol = DESK_PROTOCOL };

	if (type == DESK_LINE_OFFER)
		m.sdp = LINE_OFFER;
	app_page_message(w->app, p->conn, &m);
}

static void open_desk(struct world *w, struct person *p)
{
	p->conn = ++w->next_conn;
	map_put(&w->people_by_conn, p->conn, p);
	app_page_opened(w->app, p->conn, p->id);
	say(w, p, DESK_HELLO);
}

static void agent_acts(struct world *w, struct person *p)
{
	bool has_line = p->line_state == DESK_LINE_UP;

	if (!p->conn) {
		open_desk(w, p);
		return;
	}
	switch (p->state) {
	case DESK_STATE_OUT:
		say(w, p, has_line ? DESK_SHIFT_START : DESK_LINE_OFFER);
		break;
	case DESK_STATE_AWAY:
	case DESK_STATE_PAUSE: say(w, p, has_line ? DESK_READY : DESK_LINE_OFFER); break;
	case DESK_STATE_READY:
		if (happens(w, 50))
			say(w, p, DESK_PAUSE);
		break;
	case DESK_STATE_OFFERED:
		say(w, p, happens(w, w->cfg.decline) ? DESK_DECLINE : DESK_ACCEPT);
		break;
	case DESK_STATE_TALKING: say(w, p, DESK_HANGUP); break;
	case DESK_STATE_WRAPUP:
		say(w, p, happens(w, 500) ? DESK_WRAPUP_DONE : DESK_PAUSE);
		break;
	}
}

static void close_desk(struct world *w, struct person *p)
{
	uint64_t conn = p->conn;

	w->report->desks_closed++;
	map_drop(&w->people_by_conn, conn);
	p->conn = 0;
	p->generation++;
	app_page_closed(w->app, conn);
	later(w, 2000 + exponential_ms(w, 5000), W_AGENT_ACTS, p->id)->generation =
		p->generation;
}

/* Somebody's line falls silent, comes back or dies; somebody's desk is closed. */
static void link_fault(struct world *w)
{
	struct person *p = &w->people[chance(w, w->cfg.n_agents)];

	if (w->n_over < w->cfg.n_calls)
		later(w, 500, W_LINK_FAULT, 0);
	if (p->conn && happens(w, w->cfg.desk_closed))
		close_desk(w, p);
	for (size_t i = 0; i < LEGS_MAX; i++) {
		struct leg *leg = &w->leg_store[i];

		if (!leg->id || !leg->is_web || !happens(w, w->cfg.line_lost))
			continue;
		w->report->lines_lost++;
		relay_event(w, 0, leg->id, RP_EV_SILENT);
		relay_event(w, 1500, leg->id, happens(w, 500) ? RP_EV_HEARD : RP_EV_DOWN);
	}
}

static void arrive(struct world *w)
{
	struct caller *c = &w->callers[w->n_arrived++];
	int64_t stays = exponential_ms(w, w->cfg.mean_patience_ms);

	c->dialog = w->n_arrived;
	map_put(&w->callers_by_dialog, c->dialog, c);
	w->report->arrived++;
	if (w->n_arrived < w->cfg.n_calls)
		later(w, exponential_ms(w, w->cfg.mean_gap_ms), W_ARRIVE, 0);
	/* at any moment: also before the answer, while it rings, in the talk */
	later(w, happens(w, 30) ? 0 : stays, W_CALLER_HANGS_UP, c->dialog);
	app_sip_invite(w->app, c->dialog, happens(w, 500) ? "10" : "20", "0790000000",
		OFFER, strlen(OFFER));
}

static void caller_hangs_up(struct world *w, struct caller *c)
{
	if (c->is_over)
		return;
	over(w, c);
	w->report->abandoned++;
	app_sip_ended(w->app, c->dialog, "caller_hung_up");
}

static struct leg *leg_at(struct world *w, uint16_t port)
{
	for (size_t i = 0; i < LEGS_MAX; i++)
		if (w->leg_store[i].id && w->leg_store[i].port == port)
			return &w->leg_store[i];
	return NULL;
}

/* Whoever is said to talk must have a line at the other end, over a hop where there are two relays. */
static void follow_the_voice(struct world *w, const struct leg *leg)
{
	const struct leg *next = map_find(&w->legs, leg->joined), *far;

	if (leg->is_web || !next || next->is_web)
		return; /* parted meanwhile, or within one relay, or the hop's own far end */
	far = leg_at(w, next->remote_port);
	if (!far)
		return; /* the hop is being taken down */
	if (far->remote_port != next->port)
		fail(w, "the two ends of a hop do not point at one another");
	far = map_find(&w->legs, far->joined);
	if (far && !far->is_web)
		fail(w, "a hop does not end at a line");
}

static void relay_speaks(struct world *w, struct event *e)
{
	struct leg *leg = map_find(&w->legs, e->id);

	if (e->what == W_REPLY) {
		app_relay_reply(w->app, e->relay, e->command, &e->m);
		return;
	}
	if (!leg)
		return; /* closed meanwhile */
	e->relay = leg->relay;
	if (e->m.head.type == RP_EV_DOWN) {
		part(w, leg);
		map_drop(&w->legs, leg->id);
		leg->id = 0;
	}
	if (e->m.head.type == RP_EV_FIRST)
		follow_the_voice(w, leg);
	app_relay_event(w->app, e->relay, &e->m);
}

static void happen(struct world *w, struct event *e)
{
	switch (e->what) {
	case W_ARRIVE: arrive(w); break;
	case W_CALLER_HANGS_UP:
		caller_hangs_up(w, map_find(&w->callers_by_dialog, e->id));
		break;
	case W_ACK: app_sip_acked(w->app, e->id, NULL, 0); break;
	case W_SIP_ENDED: app_sip_ended(w->app, e->id, "hung_up"); break;
	case W_REPLY:
	case W_RELAY_EVENT: relay_speaks(w, e); break;
	case W_AGENT_ACTS: {
		struct person *p = &w->people[e->id - 1];

		if (e->generation == p->generation)
			agent_acts(w, p);
		break;
	}
	case W_LINK_FAULT: link_fault(w); break;
	}
}

static void run_one(struct world *w)
{
	struct heap_node *n = heap_min(&w->queue);
	int64_t due_us = app_next_deadline_ms(w->app) * 1000;
	struct event *e;

	if (due_us >= 0 && (!n || due_us <= n->key)) {
		if (due_us > w->now_us)
			w->now_us = due_us;
		app_tick(w->app);
		return;
	}
	e = heap_entry(n, struct event, node);
	heap_remove(&w->queue, n);
	w->now_us = n->key;
	happen(w, e);
	e->next_free = w->free_events;
	w->free_events = e;
}

/* --- beginning and end --- */

static int make_app(struct world *w)
{
	static const struct app_queue_config queues[2] = {
		{ .id = 1,
			.number = "10",
			.name = "Post",
			.language = "de",
			.acd = QUEUE_RULES,
			.greeting = 0,
			.music = 1,
			.apology = 2,
			.farewell = 3 },
		{ .id = 2,
			.number = "20",
			.name = "Bank",
			.language = "en",
			.acd = QUEUE_RULES,
			.greeting = APP_NO_CLIP,
			.music = 1,
			.apology = APP_NO_CLIP,
			.farewell = APP_NO_CLIP },
	};
	struct app_agent_config *agents = calloc(w->cfg.n_agents, sizeof *agents);
	struct app_config cfg = { .queues = queues,
		.n_queues = 2,
		.agents = agents,
		.n_agents = w->cfg.n_agents,
		.ring_clip = 4,
		.n_relays = w->cfg.n_relays,
		.session_s = 3600,
		.caller_silent_ms = 60000,
		.desk_gone_ms = 60000 };
	struct app_ports ports = { w, port_now_us, port_wall_ms, port_random,
		port_sip_answer, port_sip_reject, port_sip_hangup, port_relay_send,
		port_desk_view, port_caller_view, port_line_answer, port_line_stats,
		port_page_error, port_page_close, port_login_done, port_store_call_event,
		port_store_session, port_store_drop, port_store_link,
		port_store_is_well };
	struct rp_hello_ok hello = { .port = 5000, .addr = "127.0.0.1" };
	int err;

	if (!agents)
		return ENOMEM;
	for (size_t i = 0; i < cfg.n_agents; i++) {
		agents[i] = (struct app_agent_config){ .id = i + 1,
			.name = "Agent",
			.at_home = i % 2,
			.queues = i % 3 ? 3 : 1 };
		w->people[i].id = i + 1;
	}
	err = app_new(&w->app, &cfg, &ports);
	free(agents);
	for (unsigned i = 0; !err && i < w->cfg.n_relays; i++)
		app_relay_up(w->app, i, &hello);
	return err;
}

static int make_world(struct world *w)
{
	size_t n = w->cfg.n_calls;

	w->random = w->cfg.seed * 0x9E3779B97F4A7C15ULL | 1;
	w->now_us = START_US;
	w->events = calloc(EVENTS_MAX, sizeof *w->events);
	w->slots = calloc(EVENTS_MAX, sizeof(struct heap_node *));
	w->callers = calloc(n, sizeof *w->callers);
	w->people = calloc(w->cfg.n_agents, sizeof *w->people);
	w->record_store = calloc(n + 1, sizeof *w->record_store);
	if (!w->events || !w->slots || !w->callers || !w->people || !w->record_store)
		return ENOMEM;
	for (size_t i = 0; i < EVENTS_MAX; i++) {
		w->events[i].next_free = w->free_events;
		w->free_events = &w->events[i];
	}
	heap_init(&w->queue, w->slots, EVENTS_MAX);
	if (map_init(&w->legs, LEGS_MAX) || map_init(&w->callers_by_dialog, n) ||
		map_init(&w->people_by_conn, w->cfg.n_agents) || map_init(&w->records, n))
		return ENOMEM;
	return make_app(w);
}

static void close_world(struct world *w)
{
	app_free(w->app);
	map_close(&w->legs);
	map_close(&w->callers_by_dialog);
	map_close(&w->people_by_conn);
	map_close(&w->records);
	free(w->events);
	free(w->slots);
	free(w->callers);
	free(w->people);
	free(w->record_store);
}

/* When everybody had time: no call is left, and no agent is stuck. */
static void look_at_the_end(struct world *w)
{
	if (app_n_calls(w->app) > 0)
		fail(w, "calls are left that nobody has");
	for (size_t i = 0; i < w->n_arrived; i++)
		if (w->callers[i].n_ended != 1)
			fail(w, "a call was lost: neither refused nor ended");
	for (size_t i = 0; i < w->n_records; i++)
		if (!w->record_store[i].is_ended)
			fail(w, "a recorded call has no end");
	for (size_t i = 0; i < w->cfg.n_agents; i++)
		if (w->people[i].state != DESK_STATE_READY &&
			w->people[i].state != DESK_STATE_PAUSE)
			fail(w, "an agent is stuck");
	for (size_t i = 0; i < LEGS_MAX; i++)
		if (w->leg_store[i].id && !w->leg_store[i].is_web)
			fail(w, "a caller's leg was left in the relay");
}

const char *world_run(const struct world_config *cfg, struct world_report *report)
{
	static struct world world; /* too large for the stack; one at a time */
	struct world *w = &world;
	int64_t quiet_since = 0;
	const char *broken;

	memset(w, 0, sizeof *w);
	memset(report, 0, sizeof *report);
	w->cfg = *cfg;
	w->report = report;
	if (make_world(w)) {
		close_world(w);
		return "no memory for the simulation";
	}
	for (size_t i = 0; i < cfg->n_agents; i++)
		later(w, 10 * (int64_t)i, W_AGENT_ACTS, i + 1);
	later(w, 2000, W_ARRIVE, 0);
	later(w, 5000, W_LINK_FAULT, 0);
	while (!w->broken) {
		run_one(w);
		if (acd_check(app_acd(w->app)))
			fail(w, acd_check(app_acd(w->app)));
		if (w->n_over < cfg->n_calls)
			quiet_since = w->now_us;
		if (w->now_us - quiet_since > 600 * 1000000LL)
			break; /* ten quiet minutes */
	}
	look_at_the_end(w);
	report->virtual_ms = (w->now_us - START_US) / 1000;
	broken = w->broken;
	close_world(w);
	return broken;
}
