/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * pulse -- the weekly question to the staff: it takes answers, and forgets whose they were.  Part of app.
 *
 * An answer becomes one more in a histogram, and its agent a name among those who need not be asked again; the two
 * are never together anywhere.  On disk they would be linked by the moment, so both wait in memory until there are
 * answers enough, and different ones, to be told at all (pulse_may_tell()), and reach the disk as one group.  What
 * waits when this process ends is lost, names and counts alike: those agents are asked once more.
 * docs/pulse.md has what this keeps from whom, and what it does not.
 */
#include <errno.h>
#include <stdlib.h>

#include "app/api.h"
#include "app/priv.h"
#include "base/log.h"
#include "store/pulse.h"

#define LOOK_MS     60000 /* the wall may jump, so the week is looked at that often */
#define SHOWN_WEEKS 8 /* two months: enough to see a change */

/* What the app knows, for a question of one agent. */
struct known {
	bool is_on, has_answered;
	int32_t monday;
	int answer; /* 1..PULSE_ANSWERS, of a POST */
};

/* --- from memory to the disk --- */

struct group {
	struct app *app;
	struct store_pulse_week week;
	int32_t this_monday;
	bool closes;
	size_t n;
	uint64_t agents[];
};

static int put_group(struct sqlite3 *db, void *arg)
{
	const struct group *g = arg;

	return g->closes ? store_pulse_close(db, g->this_monday, &g->week)
			 : store_pulse_put(db, &g->week, g->agents, g->n);
}

static void group_done(void *arg, int err)
{
	if (err)
		log_error("answers of the weekly question could not be written");
	free(arg);
}

/* Who has answered, by the house's order and no other. */
static size_t name_agents(struct app *app, uint64_t *out)
{
	size_t n = 0;

	for (size_t i = 0; i < app->cfg.n_agents; i++)
		if (app->agents[i].has_answered)
			out[n++] = app->agents[i].cfg.id;
	return n;
}

/* Takes g over. */
static bool hand_in(struct app *app, struct group *g)
{
	const struct store_job job = { true, put_group, group_done, free, g };

	if (!app->ports.store_ask(app->ports.arg, &job))
		return true;
	free(g);
	return false;
}

/* False: it was not taken, and all stays as it is. */
static bool send_group(struct app *app, int32_t this_monday, bool closes)
{
	struct group *g = calloc(1, sizeof *g + app->cfg.n_agents * sizeof *g->agents);

	if (!g)
		return false;
	g->app = app;
	g->closes = closes;
	g->this_monday = this_monday;
	g->week = (struct store_pulse_week){ app->pulse.monday, app->pulse.waiting };
	g->n = closes ? 0 : name_agents(app, g->agents);
	if (!hand_in(app, g))
		return false;
	app->pulse.waiting = (struct pulse_counts){ { 0 } };
	return true;
}

/* --- weeks --- */

static int32_t monday_now(const struct app *app)
{
	struct hours_moment now;

	app->ports.civil(app->ports.arg, &now);
	return pulse_monday(now.date);
}

/* The answers that waited to the last go without names: nobody is to be told whose week was over before. */
static void look(struct app *app, void *owner)
{
	int32_t monday = monday_now(app);

	if (monday > app->pulse.monday && send_group(app, monday, true)) {
		app->pulse.monday = monday;
		for (size_t i = 0; i < app->cfg.n_agents; i++)
			app->agents[i].has_answered = false;
	}
	app_timer_set(app, &app->pulse.timer, LOOK_MS, look, NULL);
}

void app_pulse_begin(struct app *app)
{
	if (app->cfg.pulse)
		look(app, NULL);
}

/* --- what pages ask --- */

/* The house asks it, and the staff body has approved it, or all were consulted [N7]. */
static bool is_on(const struct app *app)
{
	return app->cfg.pulse && app->pulse.monday > 0 &&
		app_evaluation_is_on(app, EVALUATION_PULSE);
}

static struct known *known_of(struct app *app, const struct api_ask *ask)
{
	const struct app_agent *ag = app_agent_find(app, ask->agent);
	struct known *k = calloc(1, sizeof *k);

	if (!k)
		return NULL;
	k->is_on = is_on(app);
	k->monday = app->pulse.monday;
	k->has_answered = ag && ag->has_answered;
	return k;
}

unsigned api_pulse_known(struct app *app, struct api_ask *ask)
{
	ask->known = known_of(app, ask);
	return ask->known ? 0 : 503;
}

unsigned api_pulse_asked(struct app *app, struct api_ask *ask)
{
	json_t *j = json_loadb(ask->body, ask->n, JSON_REJECT_DUPLICATES, NULL);
	const json_t *v = json_object_get(j, "answer");
	json_int_t answer = json_is_integer(v) ? json_integer_value(v) : 0;
	struct known *k;

	json_decref(j);
	if (answer < 1 || answer > PULSE_ANSWERS)
		return 400;
	k = known_of(app, ask);
	if (!k)
		return 503;
	k->answer = (int)answer;
	ask->known = k;
	return 0;
}

static int has_answered(
	struct sqlite3 *db, const struct api_ask *ask, const struct known *k, bool *out)
{
	*out = k->has_answered;
	return *out ? 0 : store_pulse_answered(db, k->monday, ask->agent, out);
}

static json_t *week_json(const struct store_pulse_week *w, int32_t this_monday)
{
	json_t *counts = NULL;
	char text[PULSE_TEXT_SIZE];

	pulse_week_text(text, w->monday);
	if (pulse_may_show(&w->counts, w->monday, this_monday))
		counts = json_array();
	for (int i = 0; counts && i < PULSE_ANSWERS; i++)
		json_array_append_new(counts, json_integer(w->counts.n[i]));
	return json_pack(
		"{s:s, s:o}", "week", text, "counts", counts ? counts : json_null());
}

/* The last week is always among them. Where it may not be shown, nothing says which of the reasons it is: that none
 * answered, that few did, or that all agree. */
static json_t *weeks_json(
	const struct store_pulse_week *weeks, size_t n, int32_t this_monday)
{
	const struct store_pulse_week none = { .monday = this_monday - 7 };
	json_t *a = json_array();

	if (n == 0 || weeks[0].monday != none.monday)
		json_array_append_new(a, week_json(&none, this_monday));
	for (size_t i = 0; i < n; i++)
		if (i == 0 ||
			pulse_may_show(&weeks[i].counts, weeks[i].monday, this_monday))
			json_array_append_new(a, week_json(&weeks[i], this_monday));
	return a;
}

int api_pulse_read(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out)
{
	const struct known *k = ask->known;
	struct store_pulse_week weeks[SHOWN_WEEKS];
	char text[PULSE_TEXT_SIZE];
	bool answered;
	size_t n = 0;
	int err;

	if (!k->is_on) {
		api_answer_json(out, 200, json_pack("{s:b}", "on", 0));
		return 0;
	}
	err = has_answered(db, ask, k, &answered);
	if (!err)
		err = store_pulse_weeks(db, k->monday, weeks, SHOWN_WEEKS, &n);
	if (err)
		return err;
	pulse_week_text(text, k->monday);
	api_answer_json(out, 200,
		json_pack("{s:b, s:s, s:b, s:o}", "on", 1, "week", text, "answered",
			answered, "weeks", weeks_json(weeks, n, k->monday)));
	return 0;
}

int api_pulse_check(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out)
{
	const struct known *k = ask->known;
	bool answered;
	int err;

	if (!k->is_on) {
		api_answer_error(out, 409, "off");
		return 0;
	}
	err = has_answered(db, ask, k, &answered);
	if (err)
		return err;
	if (answered)
		api_answer_error(out, 409, "answered");
	else
		api_answer_json(out, 200, json_pack("{s:b}", "answered", 1));
	return 0;
}

/* On the loop, so one after the other: whoever was faster with a second answer, or asked before the week ended, is
 * not counted. */
void api_pulse_take(
	struct app *app, const struct api_ask *ask, const struct web_answer *out)
{
	const struct known *k = ask->known;
	struct app_agent *ag = app_agent_find(app, ask->agent);

	if (out->status != 200 || !ag || ag->has_answered ||
		k->monday != app->pulse.monday)
		return;
	ag->has_answered = true;
	app->pulse.waiting.n[k->answer - 1]++;
	if (pulse_may_tell(&app->pulse.waiting))
		(void)send_group(
			app, app->pulse.monday, false); /* or with the next answer */
}
