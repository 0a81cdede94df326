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
		[T_DESK_RELOADED] = "desk reloaded",
		[T_TRANSFERRED] = "transferred",
		[T_SHIFT_ENDED] = "shift ended",
		[T_ON_HOLD] = "on hold",
		[T_HELD_TOO_LONG] = "held too long",
		[T_SECOND_TAB] = "second tab",
		[T_LOGGED_OUT] = "logged out",
		[T_WORD_LATE] = "word late",
		[T_WORD_TWICE] = "word twice",
		[T_WORD_LOST] = "word lost",
		[T_VIEW_LATE] = "view late",
		[T_WEB_CALLER] = "web caller",
		[T_PAGE_CLOSED] = "page closed",
		[T_LATE_OFFER] = "offer of ours",
		[T_BAD_ACK] = "bad ACK",
		[T_NEVER_HEARD] = "never heard",
		[T_HOLD] = "hold",
		[T_MUTE_AFTER_HOLD] = "mute after hold",
		[T_BAD_REOFFER] = "bad re-INVITE",
		[T_MOVED] = "moved",
		[T_MOVE_REFUSED] = "move refused",
		[T_MOVE_UNKNOWN] = "move unknown",
		[T_MOVE_UNANSWERED] = "move unanswered",
		[T_RELAY_GONE_AGAIN] = "relay gone again",
		[T_CALLER_SILENT] = "caller silent",
		[T_CALLER_MUTE] = "caller mute",
		[T_CALLER_DOWN] = "caller down",
		[T_LEG_REFUSED] = "leg refused",
		[T_JOIN_REFUSED] = "join refused",
		[T_RELAY_FULL] = "relay full",
		[T_RELAY_SLOW] = "relay slow",
		[T_RELAY_GONE] = "relay gone",
		[T_RELAY_DRAINS] = "relay drains",
		[T_RECORDS_ILL] = "records ill",
		[T_RECORD_REFUSED] = "record refused",
		[T_JOURNAL_FULL] = "journal full",
		[T_CLOCK_JUMPS] = "clock jumps",
		[T_SUSPENDED] = "suspended",
		[T_CONTROL_KILLED] = "control killed",
		[T_KILLED_AGAIN] = "killed again",
		[T_STOPPED] = "stopped",
	};

	return words[t];
}

void fail(struct world *w, const char *what)
{
	if (!w->broken && !w->is_dying) /* of a dead process nothing can be expected */
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
	e->life = w->life;
	if (heap_push(&w->queue, &e->node, w->now_us + in_ms * 1000, ++w->tie))
		fail(w, "the simulation's own heap is full");
	return e;
}

void move_event(struct world *w, struct event *e, int64_t at_us)
{
	heap_remove(&w->queue, &e->node);
	if (heap_push(&w->queue, &e->node, at_us, ++w->tie))
		fail(w, "the simulation's own heap is full");
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

static void records_ill(struct world *w)
{
	if (w->is_ill || !trouble(w, T_RECORDS_ILL))
		return;
	w->is_ill = true;
	later(w, exponential_ms(w, chance(w, 5) ? 3000 : 40000), W_RECORDS_WELL, 0);
}

static void faults(struct world *w)
{
	if (w->n_over < w->cfg.n_calls)
		later(w, FAULTS_EVERY_MS, W_FAULTS, 0);
	agent_faults(w);
	caller_faults(w);
	relay_faults(w);
	records_ill(w);
	check_quiet(w);
	check_mute(w);
	check_voice(w);
	check_drains(w);
	if (w->cfg.chance[T_STOPPED] && w->app && !w->is_stopped && !w->dies_in &&
		!w->is_dying && w->n_arrived > w->cfg.n_calls * 95 / 100 &&
		has_calls_of_every_state(w))
		stop(w);
	control_faults(w);
}

/* How far an event concerns control's process. */
static const struct {
	bool waits; /* while it is suspended */
	bool is_lost; /* with the process that it was meant for */
} ways[] = {
	[W_ARRIVE] = { true, false },
	[W_CALL_AGAIN] = { true, false },
	[W_CALLER_HANGS_UP] = { true, false },
	[W_BYE] = { true, false },
	[W_BYE_ANSWERED] = { true, true },
	[W_ACK] = { true, true },
	[W_SIP_ENDED] = { true, true },
	[W_REINVITED] = { true, true },
	[W_NO_ANSWER] = { true, true },
	[W_HOLD] = { true, false },
	[W_PAGE_CLOSED] = { true, true },
	[W_LINK_USED] = { true, true },
	[W_WORD] = { true, true },
	[W_VIEW] = { false, true },
	[W_REPLY] = { true, true },
	[W_LEG_EVENT] = { false, false },
	[W_RELAY_EVENT] = { true, true },
	[W_RELAY_UP] = { true, false },
	[W_RELAY_QUITS] = { true, false },
	[W_RELAY_DIES] = { true, false },
	[W_ORPHANS] = { false, false },
	[W_COMMIT] = { true, true },
	[W_RECORDS_WELL] = { false, false },
	[W_CONTROL_STARTS] = { false, false },
	[W_AGENT_ACTS] = { true, false },
	[W_FAULTS] = { true, false },
};

static void happen(struct world *w, struct event *e)
{
	struct caller *c = e->id ? &w->callers[(e->id - 1) % w->cfg.n_calls] : NULL;

	switch (e->what) {
	case W_ARRIVE: arrive(w); break;
	case W_CALL_AGAIN: caller_invites(w, c); break;
	case W_CALLER_HANGS_UP: caller_hangs_up(w, c); break;
	case W_BYE: caller_says_bye(w, c); break;
	case W_BYE_ANSWERED: c->is_bye_answered = true; break;
	case W_ACK: caller_acks(w, c); break;
	case W_SIP_ENDED: caller_told(w, c); break;
	case W_REINVITED: caller_reinvited(w, c); break;
	case W_NO_ANSWER: caller_no_answer(w, c); break;
	case W_HOLD: caller_holds(w, c); break;
	case W_PAGE_CLOSED: agent_page_closed(w, e->id); break;
	case W_LINK_USED: agent_link_used(w, &w->people[e->id - 1]); break;
	case W_WORD: agent_word(w, e); break;
	case W_VIEW: agent_seen(w, e); break;
	case W_LEG_EVENT: leg_happens(w, e); break;
	case W_REPLY:
	case W_RELAY_EVENT: relay_says(w, e); break;
	case W_RELAY_UP: relay_up(w, (unsigned)e->id - 1); break;
	case W_RELAY_QUITS: relay_quits(w, (unsigned)e->id - 1); break;
	case W_RELAY_DIES: relay_dies(w, (unsigned)e->id - 1); break;
	case W_ORPHANS: relays_orphaned(w, e); break;
	case W_COMMIT: records_commit(w, e); break;
	case W_RECORDS_WELL: w->is_ill = false; break;
	case W_CONTROL_STARTS: control_starts(w); break;
	case W_AGENT_ACTS:
		if (e->generation == w->people[e->id - 1].generation)
			agent_acts(w, &w->people[e->id - 1]);
		break;
	case W_FAULTS: faults(w); break;
	}
	w->caller = NULL;
}

static void take_event(struct world *w, struct event *e)
{
	if (ways[e->what].waits && e->node.key < w->suspended_until_us) {
		move_event(w, e, w->suspended_until_us);
		return;
	}
	heap_remove(&w->queue, &e->node);
	w->now_us = e->node.key;
	if (!ways[e->what].is_lost || (w->app && e->life == w->life))
		happen(w, e);
	drop_event(w, e);
}

static int64_t deadline_us(const struct world *w)
{
	int64_t due_us = w->app ? app_next_deadline_ms(w->app) * 1000 : -1;

	return due_us >= 0 && due_us < w->suspended_until_us ? w->suspended_until_us
							     : due_us;
}

static void run_one(struct world *w)
{
	struct heap_node *n = heap_min(&w->queue);
	int64_t due_us = deadline_us(w);

	w->report->steps++;
	if (due_us >= 0 && (!n || due_us <= n->key)) {
		if (due_us > w->now_us)
			w->now_us = due_us;
		app_tick(w->app);
	} else if (n) {
		take_event(w, heap_entry(n, struct event, node));
	} else {
		w->now_us += QUIET_MS * 1000LL + 1; /* nobody wants anything any more */
	}
	if (w->is_dying)
		control_dies(w);
}

/* --- beginning and end --- */

static int make_world(struct world *w)
{
	size_t n = w->cfg.n_calls;
	size_t n_records = 4 * n; /* who calls again has another one */

	w->random = w->cfg.seed * 0x9E3779B97F4A7C15ULL | 1;
	w->now_us = START_US;
	w->events = calloc(EVENTS_MAX, sizeof *w->events);
	w->slots = calloc(EVENTS_MAX, sizeof(struct heap_node *));
	w->callers = calloc(n, sizeof *w->callers);
	w->record_store = calloc(n_records + 1, sizeof *w->record_store);
	w->pending = calloc(PENDING_MAX, sizeof *w->pending);
	w->tape.p = malloc(TAPE_MAX);
	list_init(&w->open);
	if (!w->events || !w->slots || !w->callers || !w->record_store || !w->pending ||
		!w->tape.p)
		return ENOMEM;
	for (size_t i = 0; i < EVENTS_MAX; i++)
		drop_event(w, &w->events[i]);
	heap_init(&w->queue, w->slots, EVENTS_MAX);
	if (map_init(&w->legs, LEGS_MAX) || map_init(&w->callers_by_conn, n) ||
		map_init(&w->people_by_conn, n + 2 * AGENTS_MAX) ||
		map_init(&w->records, n_records))
		return ENOMEM;
	control_starts(w);
	return w->app ? 0 : ENOMEM;
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
	free(w->pending);
	free(w->tape.p);
}

/* When everybody had time: no call is left, no leg of a caller, and no agent is stuck. */
static void look_at_the_end(struct world *w)
{
	app_end_journal(w->app);
	if (app_n_calls(w->app) > 0)
		fail(w, "calls are left that nobody has");
	if (app_n_ended(w->app) > 0)
		fail(w, "calls that are over are never let go");
	for (size_t i = 0; i < w->n_arrived; i++)
		if (!w->callers[i].is_over)
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
	const char *broken = w->app ? acd_check(app_acd(w->app)) : NULL;

	if (!w->app)
		return;
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
	if (!w->broken)
		look_at_the_end(w);
	report->virtual_ms = (w->now_us - START_US) / 1000;
	broken = w->broken;
	close_world(w);
	return broken;
}
