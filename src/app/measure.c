/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * measure -- asks the relays what a talk's two legs are worth: at its beginning, every few seconds, and at its end.
 * Part of app.
 *
 * A measure knows its legs by their ids, so it outlives the call by the moment that the last answers take: nothing waits
 * for it.  What a leg or a relay that is gone does not answer is known from some seconds before, and the record says so.
 * Who had the talk is known here, to show it at that desk alone, and goes nowhere else [RULES N1, N5, N6].
 *
 * An answer is looked for among all measures: some hundreds of comparisons, a few hundred times a second in the largest
 * house.
 */
#include "app/priv.h"

#include <stdlib.h>

#include "app/quality.h"
#include "base/log.h"

#define ASK_MS 5000 /* RTCP comes as often; the desk's sign needs no more */
#define END_MS 2000 /* a relay answers in a millisecond; then what is known is written */

struct measured {
	uint64_t id; /* 0: there is none, or it can be asked no more */
	unsigned relay;
	unsigned asked; /* questions without an answer */
	bool has_begin, has_last, is_whole;
	struct quality_point begin, last;
};

struct app_measure {
	struct list node;
	uint64_t call; /* 0: a line test */
	uint64_t agent;
	int64_t began_ms, due_ms; /* monotonic */
	int64_t from_ms, until_ms; /* of the talk, on the wall */
	bool is_over;
	struct measured legs[2]; /* by enum store_leg */
};

static void tick(struct app *app, void *owner);

/* The next one that is due sets the timer. */
static void set_timer(struct app *app)
{
	int64_t due = INT64_MAX;

	list_each(it, &app->measures)
	{
		const struct app_measure *ms = list_entry(it, struct app_measure, node);

		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): who was freed is in no list */
		due = ms->due_ms < due ? ms->due_ms : due;
	}
	if (due == INT64_MAX)
		app_timer_stop(app, &app->measure);
	else
		app_timer_set(app, &app->measure,
			due > app_now_ms(app) ? due - app_now_ms(app) : 0, tick, NULL);
}

static void drop(struct app *app, struct app_measure *ms)
{
	list_remove(&ms->node);
	app->n_measures--;
	free(ms);
}

/* [leg][direction]; all zero of a leg of which nothing is known. */
static void figures(const struct app_measure *ms, struct quality_way ways[2][2])
{
	for (unsigned i = 0; i < 2; i++)
		if (ms->legs[i].has_last)
			quality_between(ways[i], &ms->legs[i].begin, &ms->legs[i].last);
}

static void write_leg(struct app *app, const struct app_measure *ms, enum store_leg which,
	const struct quality_way ways[2])
{
	const struct measured *leg = &ms->legs[which];

	if (!ways[STORE_IN].expected && !ways[STORE_OUT].expected)
		return; /* they never met */
	for (unsigned d = STORE_IN; d <= STORE_OUT; d++) {
		struct store_quality q = { .call = ms->call,
			.from_ms = ms->from_ms,
			.until_ms = ms->until_ms,
			.leg = (uint8_t)which,
			.direction = (uint8_t)d,
			.is_whole = leg->is_whole };

		quality_record(&q, &ways[d]);
		app_count_quality(app, &q);
		if (app->ports.store_quality(app->ports.arg, &q))
			log_warn("a talk's figures could not be recorded, the records "
				 "are full");
	}
}

static void conclude(struct app *app, struct app_measure *ms)
{
	struct quality_way ways[2][2] = { 0 };

	figures(ms, ways);
	for (unsigned i = 0; i < 2; i++)
		if (ms->call && ms->legs[i].has_last)
			write_leg(app, ms, i, ways[i]);
	drop(app, ms);
}

static bool is_answered(const struct app_measure *ms)
{
	return !ms->legs[0].asked && !ms->legs[1].asked;
}

static void ask(struct app *app, struct app_measure *ms)
{
	for (unsigned i = 0; i < 2; i++) {
		struct measured *leg = &ms->legs[i];
		union rp_any m = { 0 };

		if (leg->id &&
			app->ports.relay_send(
				app->ports.arg, leg->relay, &m, RP_STATS, leg->id) == 0)
			leg->asked++;
	}
}

static void fill_leg(
	struct desk_leg *d, const struct measured *leg, const struct quality_way ways[2])
{
	*d = (struct desk_leg){ .is_there = leg->has_last,
		.path = quality_path_word(leg->last.path),
		.why = quality_why_word(leg->last.why) };
	if (!leg->has_last)
		return;
	quality_show(&d->in, &ways[STORE_IN]);
	quality_show(&d->out, &ways[STORE_OUT]);
	d->round_trip_us = leg->last.round_trip_us;
	d->delay_ms = leg->last.delay_ms;
}

static void show(struct app *app, const struct app_measure *ms)
{
	const struct app_agent *ag = app_agent_find(app, ms->agent);
	struct desk_quality q = { .for_ms = app_now_ms(app) - ms->began_ms };
	struct quality_way ways[2][2] = { 0 };

	if (ms->is_over || !ag || !ag->conn)
		return;
	figures(ms, ways);
	fill_leg(&q.caller, &ms->legs[STORE_LEG_CALLER], ways[STORE_LEG_CALLER]);
	fill_leg(&q.line, &ms->legs[STORE_LEG_LINE], ways[STORE_LEG_LINE]);
	if (q.caller.is_there || q.line.is_there)
		app->ports.quality(app->ports.arg, ag->conn, &q);
}

/* Still the line that is tested? */
static bool is_stale_test(struct app *app, const struct app_measure *ms)
{
	const struct app_agent *ag = app_agent_find(app, ms->agent);

	return !ms->call &&
		(!ag || !ag->line.is_testing ||
			ag->line.leg.id != ms->legs[STORE_LEG_LINE].id);
}

static void tick(struct app *app, void *owner)
{
	(void)owner;
	list_each_safe(it, &app->measures)
	{
		struct app_measure *ms = list_entry(it, struct app_measure, node);

		if (ms->due_ms > app_now_ms(app))
			continue;
		if (ms->is_over || is_stale_test(app, ms)) {
			conclude(app, ms);
			continue;
		}
		ask(app, ms);
		ms->due_ms += ASK_MS;
	}
	set_timer(app);
}

/* At most two an agent: a talk, and the one before whose last answer is due. Else the eldest that is over is written as
 * it is. */
static bool has_room(struct app *app)
{
	if (app->n_measures < 2 * app->max_agents)
		return true;
	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): as in set_timer() */
	list_each_safe(it, &app->measures)
	{
		struct app_measure *ms = list_entry(it, struct app_measure, node);

		if (!ms->is_over)
			continue;
		conclude(app, ms);
		return true;
	}
	return false;
}

static void take_leg(
	struct app_measure *ms, enum store_leg which, const struct app_leg *leg)
{
	ms->legs[which] = (struct measured){ .id = leg->id, .relay = leg->relay };
}

static struct app_measure *begin(struct app *app, const struct app_agent *ag)
{
	struct app_measure *ms;

	if (!app->ports.store_quality || !has_room(app))
		return NULL;
	ms = calloc(1, sizeof *ms);
	if (!ms)
		return NULL; /* the talk goes on without */
	ms->agent = ag->cfg.id;
	ms->began_ms = app_now_ms(app);
	ms->due_ms = ms->began_ms + ASK_MS;
	take_leg(ms, STORE_LEG_LINE, &ag->line.leg);
	list_append(&app->measures, &ms->node);
	app->n_measures++;
	return ms;
}

static int64_t wall_of(const struct app *app, const struct app_call *call)
{
	return call->arrived_wall_ms + (app_now_ms(app) - call->arrived_ms);
}

void app_measure_begin(
	struct app *app, const struct app_call *call, const struct app_agent *ag)
{
	struct app_measure *ms;

	app_measure_end(app, call);
	if (!call->leg.is_made || !ag->line.leg.id)
		return;
	ms = begin(app, ag);
	if (!ms)
		return;
	ms->call = call->id;
	ms->from_ms = wall_of(app, call);
	take_leg(ms, STORE_LEG_CALLER, &call->leg);
	ask(app, ms);
	set_timer(app);
}

void app_measure_end(struct app *app, const struct app_call *call)
{
	list_each_safe(it, &app->measures)
	{
		struct app_measure *ms = list_entry(it, struct app_measure, node);

		if (ms->call != call->id || ms->is_over)
			continue;
		ms->is_over = true;
		ms->until_ms = wall_of(app, call);
		ms->due_ms = app_now_ms(app) + END_MS;
		if (!app->is_stopping)
			ask(app, ms);
		if (app->is_stopping || is_answered(ms))
			conclude(app, ms);
		set_timer(app);
		return; /* there is one at most */
	}
}

void app_measure_test(struct app *app, const struct app_agent *ag)
{
	struct app_measure *ms;

	list_each_safe(it, &app->measures)
	{
		ms = list_entry(it, struct app_measure, node);
		if (!ms->call && ms->agent == ag->cfg.id)
			drop(app, ms);
	}
	ms = ag->line.is_testing ? begin(app, ag) : NULL;
	if (ms)
		ask(app, ms);
	set_timer(app);
}

/* m NULL: there will be no answer. */
static void answer(struct measured *leg, bool is_over, const union rp_any *m)
{
	leg->asked -= leg->asked > 0;
	if (!m)
		return;
	quality_point_of(&leg->last, &m->stats);
	if (leg->has_begin) {
		leg->has_last = true;
	} else {
		leg->begin = leg->last;
		leg->has_begin = true;
	}
	leg->is_whole = is_over && !leg->asked;
}

void app_measure_stats(struct app *app, unsigned relay, const union rp_any *m)
{
	const union rp_any *figures = m->head.type == RP_STATS_OK ? m : NULL;

	list_each_safe(it, &app->measures)
	{
		struct app_measure *ms = list_entry(it, struct app_measure, node);

		for (unsigned i = 0; i < 2; i++) {
			struct measured *leg = &ms->legs[i];

			if (!leg->id || leg->id != m->head.leg || leg->relay != relay)
				continue;
			answer(leg, ms->is_over, figures);
			if (ms->is_over && is_answered(ms)) {
				conclude(app, ms);
				break;
			}
			if (i == STORE_LEG_LINE)
				show(app, ms);
		}
	}
	set_timer(app);
}

void app_measure_relay_gone(struct app *app, unsigned relay)
{
	list_each_safe(it, &app->measures)
	{
		struct app_measure *ms = list_entry(it, struct app_measure, node);

		for (unsigned i = 0; i < 2; i++)
			if (ms->legs[i].relay == relay) {
				ms->legs[i].id = 0;
				ms->legs[i].asked = 0;
			}
		if (ms->is_over && is_answered(ms))
			conclude(app, ms);
	}
	set_timer(app);
}

void app_measure_free(struct app *app)
{
	list_each_safe(it, &app->measures)
		drop(app, list_entry(it, struct app_measure, node));
}
