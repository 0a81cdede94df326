/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * control -- the centre's own process: it dies within any input, between two words that it says, and a later
 * one goes on with what the relays and the disk have.  Part of world.
 *
 * What it had said before it died is said; what was on its way to it is lost; what it had handed to the records is
 * lost unless it is on disk.
 */
#include <stdlib.h>
#include <string.h>

#include "app/saved.h"
#include "inner.h"

#define CLIPS                                                                    \
	.greeting = CLIP_GREETING, .music = CLIP_MUSIC, .apology = CLIP_APOLOGY, \
	.transfer = APP_NO_CLIP, .hold = CLIP_HOLD, .farewell = CLIP_FAREWELL
#define S(n) (CLIP_SAID + n)
#define ANNOUNCES                                                                       \
	.announce_ms = SAYS_MS,                                                         \
	.positions = { S(0), S(1), S(2), S(3), S(4), S(5), S(6), S(7), S(8), S(9) },    \
	.waits = { APP_NO_CLIP, S(10), S(11), S(12), S(13), S(14), S(15), S(16), S(17), \
		S(18), S(19) }
/* A long queue sends newcomers to the other one; that one sends off who would wait for long, and is closed for ten
 * minutes of each hour, when its callers come here. */
#define FIRST_RULES                              \
	.n_diversions = 1,                       \
	.diversions = { { .when = ACD_IF_LENGTH, \
		.to = ACD_DIVERT_QUEUE,          \
		.limit = 8,                      \
		.target = 1 } }
#define SECOND_RULES                                                       \
	.n_diversions = 2,                                                 \
	.diversions = { { .when = ACD_IF_CLOSED, .to = ACD_DIVERT_QUEUE }, \
		{ .when = ACD_IF_WAIT,                                     \
			.to = ACD_DIVERT_MESSAGE,                          \
			.limit = 30000,                                    \
			.after_ms = 15000 } }
#define HOUR(h)                           \
	{                                 \
		0x7F, 60 * h, 60 * h + 50 \
	}
#define HOURS                                                                       \
	.hours = { .n_spans = 24,                                                   \
		.spans = { HOUR(0), HOUR(1), HOUR(2), HOUR(3), HOUR(4), HOUR(5),    \
			HOUR(6), HOUR(7), HOUR(8), HOUR(9), HOUR(10), HOUR(11),     \
			HOUR(12), HOUR(13), HOUR(14), HOUR(15), HOUR(16), HOUR(17), \
			HOUR(18), HOUR(19), HOUR(20), HOUR(21), HOUR(22), HOUR(23) } }
#define NO_CLIPS                                                              \
	.greeting = APP_NO_CLIP, .music = CLIP_MUSIC, .apology = APP_NO_CLIP, \
	.transfer = APP_NO_CLIP, .hold = APP_NO_CLIP, .farewell = APP_NO_CLIP
#define RULES                                                                          \
	.max_waiting = 20, .offer_ms = 15000, .wrapup_ms = 5000, .max_wait_ms = 40000, \
	.unstaffed_ms = 30000, .declined_ms = DECLINED_MS, .transfer_ms = 8000

static const struct app_queue_config queues[QUEUES] = {
	{ .id = 1,
		.number = "10",
		.name = "Post",
		.language = "de",
		.acd = { RULES, FIRST_RULES },
		ANNOUNCES,
		CLIPS },
	{ .id = 2,
		.number = "20",
		.name = "Bank",
		.language = "en",
		.acd = { RULES, SECOND_RULES },
		.messages = { CLIP_MESSAGE },
		HOURS,
		NO_CLIPS },
};

/* --- its death --- */

bool control_is_dead(struct world *w)
{
	if (!w->is_dying && w->dies_in > 0 && --w->dies_in == 0)
		w->is_dying = true;
	return w->is_dying;
}

/* For the comparison with what the next one makes of it. */
static void remember(struct world *w)
{
	list_each(it, &w->open)
	{
		struct record *r = list_entry(it, struct record, node);

		r->was_known = acd_call(app_acd(w->app), r->call, &r->was);
	}
}

void control_dies(struct world *w)
{
	int64_t away_ms = 50 + (int64_t)chance(w, 5000);

	if (chance(w, 10) == 0)
		away_ms = 60000 + (int64_t)chance(w, 30000);
	w->is_dying = false;
	w->dies_in = 0;
	remember(w);
	app_free(w->app);
	w->app = NULL;
	w->suspended_until_us = 0;
	tape_torn(w);
	records_lost(w);
	agents_alone(w);
	callers_alone(w);
	later(w, 60000, W_ORPHANS, 0);
	later(w, away_ms, W_CONTROL_STARTS, 0);
}

/* Time that control does not have is not counted. */
static void suspend(struct world *w, int64_t for_us)
{
	w->suspended_until_us = w->now_us + for_us;
	for (size_t i = 0; i < LEGS_MAX; i++) {
		if (w->leg_store[i].quiet_us)
			w->leg_store[i].quiet_us += for_us;
		if (w->leg_store[i].mute_us)
			w->leg_store[i].mute_us += for_us;
	}
	for (size_t i = 0; i < w->cfg.n_agents; i++)
		if (w->people[i].deaf_us)
			w->people[i].deaf_us += for_us;
}

void control_faults(struct world *w)
{
	if (!w->app || w->is_stopped)
		return;
	if (trouble(w, T_SUSPENDED))
		suspend(w, 1000 * (int64_t)chance(w, SUSPENDED_US / 1000));
	if (trouble(w, T_CLOCK_JUMPS))
		w->wall_offset_ms = (int64_t)chance(w, 43200000) - 21600000;
	if (!trouble(w, T_CONTROL_KILLED))
		return;
	w->was_clean = chance(w, 3) == 0;
	if (w->was_clean)
		w->is_dying = true;
	else
		w->dies_in = 1 + (unsigned)chance(w, 30);
}

/* --- the next one --- */

static int make_app(struct world *w)
{
	struct app_agent_config agents[AGENTS_MAX];
	struct app_config cfg = { .queues = queues,
		.n_queues = QUEUES,
		.agents = agents,
		.n_agents = w->cfg.n_agents,
		.ring_clip = CLIP_RING,
		.n_relays = w->cfg.n_relays,
		.session_s = 30 * 86400,
		.caller_silent_ms = CALLER_SILENT_MS,
		.desk_gone_ms = DESK_GONE_MS,
		.regain_ms = REGAIN_MS,
		.hold_ms = HOLD_MS,
		.journal_bytes = TAPE_FULL,
		.last_id = w->last_call };
	struct app_ports ports = world_ports(w);

	for (size_t i = 0; i < cfg.n_agents; i++) {
		agents[i] = (struct app_agent_config){ .id = i + 1,
			.name = "Agent",
			.at_home = i % 2,
			.queues = { { i % 3 ? 3 : 1 } } };
		w->people[i].id = i + 1;
	}
	return app_new(&w->app, &cfg, &ports);
}

static const struct saved_call *blob_of(const struct leg *leg, struct saved *s)
{
	if (!leg || saved_read(s, leg->blob, leg->blob_len) || s->head.kind != SAVED_CALL)
		return NULL;
	return &s->call;
}

/* A talk that is established: decided, with both voices there, and not about to be put on hold. */
static bool is_talk(
	const struct leg *leg, const struct leg *line, const struct saved_call *s)
{
	return s && line && line->person && s->state == 1 && !s->on_hold_until_ms &&
		s->agent == line->person->id && line->is_up && !line->is_silent &&
		!line->is_lost && !leg->is_lost;
}

/* What the relays have just before: who is in a talk, and calls that the books do not know yet. */
static void look_before(struct world *w)
{
	static struct saved s;

	for (size_t i = 0; i < LEGS_MAX; i++) {
		struct leg *leg = &w->leg_store[i];
		const struct saved_call *c = leg->id && leg->caller ? blob_of(leg, &s)
								    : NULL;
		const struct leg *line = c ? line_of(w, leg) : NULL;

		leg->talk_with = is_talk(leg, line, c) ? line->person->id : 0;
		leg->talk_parts = leg->n_parts;
		if (c && !map_find(&w->records, c->id)) {
			struct record *r = record_of(w, c->id, leg->caller);

			r->arrived_ms = c->arrived_ms;
			r->queue = c->queue;
		}
	}
}

static void go_on(struct world *w)
{
	static struct trunk_saved saved[APP_DIALOGS_MAX];
	size_t n = app_saved_dialogs(w->app, saved, APP_DIALOGS_MAX);

	for (size_t i = 0; i < n; i++) {
		struct caller *c = caller_of(w, saved[i].dialog);
		uint32_t version;

		if (c->dialog != saved[i].dialog)
			continue; /* it called again meanwhile */
		c->in_trunk = true;
		memcpy(&version, saved[i].state, sizeof version);
		if (saved[i].state_len != sizeof version || version < c->kept_version)
			fail(w, "a dialog was rebuilt from an old state");
		if (c->is_answered && !saved[i].sdp)
			fail(w, "a dialog was rebuilt without our last description");
	}
	app_adopt(w->app);
}

/* The story goes on where the core has it. */
static void take_up(struct world *w, struct record *r)
{
	struct acd_call_info info;

	r->agent = 0;
	r->is_talking = r->is_on_hold = false;
	if (!acd_call(app_acd(w->app), r->call, &info))
		return;
	r->queue = info.queue + 1; /* sent there, and killed before that was said */
	w->report->adopted++;
	if (info.arrived_ms != r->arrived_ms)
		fail(w, "a caller's waiting time was forgotten");
	if (info.state == ACD_CALL_WAITING)
		return;
	w->report->adopted_talks++;
	r->agent = info.agent;
	r->is_talking = true;
	r->is_on_hold = info.state == ACD_CALL_ON_HOLD;
	if (!((r->kept_accepts | r->given_accepts) >> info.agent % 64 & 1) &&
		!r->is_spoilt)
		fail(w, "a talk goes on whose accepting was never recorded");
}

/* It waited for the agent that it was handed to, who is still there. */
static bool is_directed(const struct world *w, const struct record *r)
{
	struct acd_agent_info agent;

	return r->was.state == ACD_CALL_WAITING && r->handed_to &&
		r->was.waits_for == r->handed_to &&
		r->was.waits_until_ms > w->now_us / 1000 &&
		acd_agent(app_acd(w->app), r->handed_to, &agent);
}

/* Killed between two inputs: nothing at all was under way. */
static void compare(struct world *w, struct record *r)
{
	const struct leg *leg = map_find(&w->legs, r->caller ? r->caller->leg : 0);
	struct acd_call_info now;
	static struct saved s;
	const struct saved_call *c = blob_of(leg, &s);

	if (!r->was_known || !c || c->id != r->call || leg->is_lost)
		return;
	if (!acd_call(app_acd(w->app), r->call, &now)) {
		fail(w, "a call was lost with its process");
		return;
	}
	if (r->was.state == ACD_CALL_WAITING &&
		(now.state != ACD_CALL_WAITING ||
			now.since_ms + now.wait_left_ms !=
				r->was.since_ms + r->was.wait_left_ms))
		fail(w, "a waiting call does not wait on as it did");
	if (is_directed(w, r) && now.waits_for != r->handed_to)
		fail(w, "who was handed to an agent does not wait for it any more");
	if (r->was.state == ACD_CALL_ON_HOLD && now.agent == r->was.agent &&
		(now.state != ACD_CALL_ON_HOLD ||
			now.on_hold_until_ms < r->was.on_hold_until_ms))
		fail(w, "a hold did not go on, or not to its end");
	if ((r->was.state == ACD_CALL_TALKING || r->was.state == ACD_CALL_INTERRUPTED ||
		    r->was.state == ACD_CALL_ON_HOLD) &&
		now.agent != r->was.agent &&
		map_find(&w->legs, w->people[r->was.agent - 1].leg))
		fail(w, "a talk did not go on with its agent");
}

static void look_after(struct world *w)
{
	for (size_t i = 0; i < LEGS_MAX; i++) {
		struct leg *leg = &w->leg_store[i];

		if (leg->id && w->relays[leg->relay].is_up && leg->life != w->life)
			fail(w, "a leg was neither taken over nor closed");
		if (leg->talk_with &&
			(!leg->id || leg->n_parts != leg->talk_parts || !line_of(w, leg)))
			fail(w, "a talk lost its voice with its process");
		if (leg->id && leg->quiet_us)
			leg->quiet_us = w->now_us; /* its silence is counted anew */
	}
	list_each(it, &w->open)
	{
		struct record *r = list_entry(it, struct record, node);

		take_up(w, r);
		if (w->was_clean)
			compare(w, r);
	}
}

void control_starts(struct world *w)
{
	w->life++;
	if (make_app(w)) {
		fail(w, "no room for the centre");
		return;
	}
	for (size_t i = 0; i < w->cfg.n_agents; i++)
		if (w->people[i].session.agent)
			app_load_session(w->app, &w->people[i].session);
	look_before(w);
	if (w->life > 1 && trouble(w, T_KILLED_AGAIN))
		w->dies_in = 1 + (unsigned)chance(w, 60);
	w->is_adopting = true;
	for (unsigned i = 0; i < w->cfg.n_relays; i++)
		if (w->life == 1 || w->relays[i].is_up)
			relay_up(w, i);
	relays_tell(w);
	go_on(w);
	w->is_adopting = false;
	if (!w->is_dying) {
		records_close(w);
		look_after(w);
	}
	w->was_clean = false;
}
