/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* world -- chance, time, what happens next, and the look at the end.  See world.h. */
#include "world.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "inner.h"

#define START_US 1000000

const char *world_trouble_word(enum trouble t)
{
	static const char *const words[TROUBLES] = {
		[T_DECLINED] = "declined",
		[T_OVERLOOKED] = "overlooked",
		[T_LINE_SILENT] = "line silent",
		[T_LINE_DOWN] = "line down",
		[T_LINE_FAILED] = "line failed",
		[T_DESK_CLOSED] = "desk closed",
		[T_DESK_GONE] = "desk gone",
		[T_SECOND_TAB] = "second tab",
		[T_LOGGED_OUT] = "logged out",
		[T_WEB_CALLER] = "web caller",
		[T_PAGE_CLOSED] = "page closed",
		[T_LATE_OFFER] = "offer of ours",
		[T_BAD_ACK] = "bad ACK",
		[T_NEVER_HEARD] = "never heard",
		[T_HOLD] = "hold",
		[T_MUTE_AFTER_HOLD] = "mute after hold",
		[T_BAD_REOFFER] = "bad re-INVITE",
		[T_CALLER_SILENT] = "caller silent",
		[T_CALLER_MUTE] = "caller mute",
		[T_CALLER_DOWN] = "caller down",
		[T_LEG_REFUSED] = "leg refused",
		[T_JOIN_REFUSED] = "join refused",
		[T_RELAY_FULL] = "relay full",
		[T_RELAY_GONE] = "relay gone",
		[T_RECORDS_ILL] = "records ill",
		[T_STOPPED] = "stopped",
	};

	return words[t];
}

void fail(struct world *w, const char *what)
{
	if (!w->broken)
		w->broken = what;
}

/* Marsaglia's xorshift64 (2003). */
uint64_t chance(struct world *w, uint64_t below)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return (w->random >> 11) % below;
}

/* After the last call there is peace, so that one can see whether all comes back into order. */
bool trouble(struct world *w, enum trouble t)
{
	if (chance(w, 10000) >= w->cfg.chance[t] || w->n_over >= w->cfg.n_calls)
		return false;
	w->report->troubles[t]++;
	return true;
}

int64_t exponential_ms(struct world *w, int64_t mean)
{
	double u = ((double)chance(w, 1000000) + 1) / 1000001.0;

	return (int64_t)(-log(u) * (double)mean);
}

struct event *later(struct world *w, int64_t in_ms, enum what what, uint64_t id)
{
	struct event *e = w->free_events;

	if (!e) {
		fail(w, "the simulation's own event queue is full");
		return &w->events[0];
	}
	w->free_events = e->next_free;
	e->what = what;
	e->id = id;
	e->relay = RELAYS_MAX;
	if (heap_push(&w->queue, &e->node, w->now_us + in_ms * 1000, ++w->tie))
		fail(w, "the simulation's own heap is full");
	return e;
}

void drop_event(struct world *w, struct event *e)
{
	e->next_free = w->free_events;
	w->free_events = e;
}

static void stop(struct world *w)
{
	w->report->troubles[T_STOPPED]++;
	w->is_stopped = true;
	app_stop(w->app);
	if (app_n_calls(w->app))
		fail(w, "the centre stopped and kept calls");
}

static void faults(struct world *w)
{
	if (w->n_over < w->cfg.n_calls)
		later(w, FAULTS_EVERY_MS, W_FAULTS, 0);
	agent_faults(w);
	caller_faults(w);
	relay_faults(w);
	check_quiet(w);
	if (!w->is_ill && trouble(w, T_RECORDS_ILL)) {
		w->is_ill = true;
		later(w, exponential_ms(w, 3000), W_RECORDS_WELL, 0);
	}
	if (w->cfg.chance[T_STOPPED] && !w->is_stopped &&
		w->n_arrived > w->cfg.n_calls * 95 / 100 && has_calls_of_every_state(w))
		stop(w);
}

static void happen(struct world *w, struct event *e)
{
	struct caller *c = e->id ? &w->callers[(e->id - 1) % w->cfg.n_calls] : NULL;

	switch (e->what) {
	case W_ARRIVE: arrive(w); break;
	case W_CALLER_HANGS_UP: caller_hangs_up(w, c); break;
	case W_ACK: caller_acks(w, c); break;
	case W_SIP_ENDED: caller_told(w, c); break;
	case W_HOLD: caller_holds(w, c); break;
	case W_PAGE_CLOSED: agent_page_closed(w, e->id); break;
	case W_LINK_USED: agent_link_used(w, &w->people[e->id - 1]); break;
	case W_LEG_EVENT: leg_happens(w, e); break;
	case W_REPLY:
	case W_RELAY_EVENT: relay_says(w, e); break;
	case W_RELAY_UP: relay_up(w, (unsigned)e->id); break;
	case W_RECORDS_WELL: w->is_ill = false; break;
	case W_AGENT_ACTS:
		if (e->generation == w->people[e->id - 1].generation)
			agent_acts(w, &w->people[e->id - 1]);
		break;
	case W_FAULTS: faults(w); break;
	}
	w->caller = NULL;
}

static void run_one(struct world *w)
{
	struct heap_node *n = heap_min(&w->queue);
	int64_t due_us = app_next_deadline_ms(w->app) * 1000;
	struct event *e;

	w->report->steps++;
	if (due_us >= 0 && (!n || due_us <= n->key)) {
		if (due_us > w->now_us)
			w->now_us = due_us;
		app_tick(w->app);
		return;
	}
	if (!n) {
		w->now_us += QUIET_MS * 1000LL + 1; /* nobody wants anything any more */
		return;
	}
	e = heap_entry(n, struct event, node);
	heap_remove(&w->queue, n);
	w->now_us = n->key;
	happen(w, e);
	drop_event(w, e);
}

/* --- beginning and end --- */

#define RULES                                                                     \
	{                                                                         \
		.max_waiting = 20, .offer_ms = 15000, .wrapup_ms = 5000,          \
		.max_wait_ms = 40000, .unstaffed_ms = 30000, .declined_ms = 10000 \
	}

static const struct app_queue_config queues[QUEUES] = {
	{ .id = 1,
		.number = "10",
		.name = "Post",
		.language = "de",
		.acd = RULES,
		.greeting = CLIP_GREETING,
		.music = CLIP_MUSIC,
		.apology = CLIP_APOLOGY,
		.farewell = CLIP_FAREWELL },
	{ .id = 2,
		.number = "20",
		.name = "Bank",
		.language = "en",
		.acd = RULES,
		.greeting = APP_NO_CLIP,
		.music = CLIP_MUSIC,
		.apology = APP_NO_CLIP,
		.farewell = APP_NO_CLIP },
};

static int make_app(struct world *w)
{
	struct app_agent_config agents[AGENTS_MAX];
	struct app_config cfg = { .queues = queues,
		.n_queues = QUEUES,
		.agents = agents,
		.n_agents = w->cfg.n_agents,
		.ring_clip = CLIP_RING,
		.n_relays = w->cfg.n_relays,
		.session_s = 86400,
		.caller_silent_ms = CALLER_SILENT_MS,
		.desk_gone_ms = DESK_GONE_MS };
	struct app_ports ports = world_ports(w);
	int err;

	for (size_t i = 0; i < cfg.n_agents; i++) {
		agents[i] = (struct app_agent_config){ .id = i + 1,
			.name = "Agent",
			.at_home = i % 2,
			.queues = i % 3 ? 3 : 1 };
		w->people[i].id = i + 1;
	}
	err = app_new(&w->app, &cfg, &ports);
	for (unsigned i = 0; !err && i < w->cfg.n_relays; i++)
		relay_up(w, i);
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
	w->record_store = calloc(n, sizeof *w->record_store);
	if (!w->events || !w->slots || !w->callers || !w->record_store)
		return ENOMEM;
	for (size_t i = 0; i < EVENTS_MAX; i++)
		drop_event(w, &w->events[i]);
	heap_init(&w->queue, w->slots, EVENTS_MAX);
	if (map_init(&w->legs, LEGS_MAX) || map_init(&w->callers_by_conn, n) ||
		map_init(&w->people_by_conn, n) || map_init(&w->records, n))
		return ENOMEM;
	return make_app(w);
}

static void close_world(struct world *w)
{
	app_free(w->app);
	map_close(&w->legs);
	map_close(&w->callers_by_conn);
	map_close(&w->people_by_conn);
	map_close(&w->records);
	free(w->events);
	free(w->slots);
	free(w->callers);
	free(w->record_store);
}

/* When everybody had time: no call is left, no leg of a caller, and no agent is stuck. */
static void look_at_the_end(struct world *w)
{
	if (app_n_calls(w->app) > 0)
		fail(w, "calls are left that nobody has");
	for (size_t i = 0; i < w->n_arrived; i++)
		if (w->callers[i].n_ended != 1)
			fail(w, "a call was lost: neither refused nor ended");
	check_records(w);
	for (size_t i = 0; i < w->cfg.n_agents; i++)
		if (w->people[i].state != DESK_STATE_READY &&
			w->people[i].state != DESK_STATE_PAUSE)
			fail(w, "an agent is stuck");
	for (size_t i = 0; i < LEGS_MAX; i++) {
		const struct leg *leg = &w->leg_store[i];

		if (leg->id && !leg->person)
			fail(w, "a caller's leg or a hop was left in a relay");
		if (leg->id && leg->person && leg->person->leg != leg->id)
			fail(w, "a line that was replaced was left in a relay");
	}
}

static void look(struct world *w)
{
	const char *broken = acd_check(app_acd(w->app));

	if (broken)
		fail(w, broken);
	check_agents(w);
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
	if (cfg->n_agents > AGENTS_MAX || cfg->n_relays > RELAYS_MAX || make_world(w)) {
		close_world(w);
		return "no room for the simulation";
	}
	for (size_t i = 0; i < cfg->n_agents; i++)
		later(w, 10 * (int64_t)i, W_AGENT_ACTS, i + 1);
	later(w, 4000, W_ARRIVE, 0);
	later(w, 5000, W_FAULTS, 0);
	while (!w->broken) {
		run_one(w);
		look(w);
		if (w->n_over < cfg->n_calls)
			quiet_since = w->now_us;
		if (w->now_us - quiet_since > QUIET_MS * 1000LL)
			break;
	}
	look_at_the_end(w);
	report->virtual_ms = (w->now_us - START_US) / 1000;
	broken = w->broken;
	close_world(w);
	return broken;
}
