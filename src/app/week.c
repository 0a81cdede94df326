/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* week -- plans: read, checked, saved; today's; see week.h.  What stands beside plans: week_more.c. */
#include "app/week.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/priv.h"
#include "app/week_inner.h"
#include "base/text.h"

/* --- what the app knows --- */

struct app_week_member app_week_member(const struct app_week_config *week,
	const struct app_agent_config *agent, uint8_t office_clearance)
{
	struct app_week_member m = { .agent = agent->id,
		.team_days = week->team_days,
		.is_strict = office_clearance == HOME_STRICT &&
			agent->clearance == HOME_STRICT };

	for (uint32_t q = 0; q < ACD_QUEUES_MAX; q++)
		if (acd_queues_have(&agent->queues, q))
			m.team_days |= week->queue_team_days[q];
	for (size_t i = 0; i < week->n_places; i++)
		if (strcmp(week->places[i].login, agent->login) == 0)
			m.site = week->places[i].site;
	return m;
}

unsigned app_week_prepare(struct app *app, struct api_ask *ask)
{
	size_t n = app->cfg.n_agents;
	struct week_known *k = calloc(1, sizeof *k + n * sizeof *k->members);
	struct hours_moment now;
	uint8_t secret[32];

	if (!k)
		return 503;
	app->ports.civil(app->ports.arg, &now);
	app->ports.random(app->ports.arg, secret, sizeof secret);
	text_hex(k->token, sizeof k->token, secret, sizeof secret);
	k->today = week_day_of(now.date.year, now.date.month, now.date.day);
	k->minute = now.minute;
	k->week = app->cfg.week;
	for (size_t i = 0; i < n; i++)
		if (app->agents[i].cfg.id) /* else it has left */
			k->members[k->n++] = app_week_member(&app->cfg.week,
				&app->agents[i].cfg, app->cfg.office_clearance);
	ask->known = k;
	return 0;
}

void app_week_fill(struct store_week *w, const struct app_week_member *members, size_t n)
{
	for (size_t i = 0; i < w->n; i++)
		w->people[i].site = WEEK_SITES_MAX; /* nobody's yet */
	for (size_t i = 0; i < n; i++) {
		size_t at = store_week_find(w, members[i].agent);

		if (at == w->n)
			continue;
		w->people[at].site = members[i].site;
		w->people[at].team_days = members[i].team_days;
		w->people[at].is_strict = members[i].is_strict;
	}
	for (size_t i = 0; i < w->n; i++)
		if (w->people[i].site == WEEK_SITES_MAX) {
			w->people[i].site = 0;
			w->people[i].plan = (struct week_plan){ 0 };
		}
}

/* --- a week, and whom it is about --- */

static bool pick_week(
	const struct week_known *k, const char *text, bool is_past_good, int32_t *monday)
{
	int32_t now = week_monday(k->today);

	*monday = now;
	if (*text && !week_parse(text, monday))
		return false;
	return *monday >= now - (is_past_good ? WEEK_DAYS : 0) &&
		*monday <= now + APP_WEEKS_AHEAD * WEEK_DAYS;
}

int week_open(struct sqlite3 *db, const struct api_ask *ask, const char *week,
	bool is_past_good, struct week_view *v, struct web_answer *out)
{
	const struct week_known *k = ask->known;
	int err;

	*v = (struct week_view){ .known = k };
	if (!pick_week(k, week, is_past_good, &v->monday)) {
		api_answer_error(out, 404, "no_week");
		return WEEK_TOLD;
	}
	err = store_week_read(db, v->monday, &v->w);
	if (err)
		return err;
	app_week_fill(&v->w, k->members, k->n);
	v->self = store_week_find(&v->w, ask->agent);
	if (k->today > v->monday)
		v->first = (unsigned)(k->today - v->monday);
	if (v->first > WEEK_DAYS)
		v->first = WEEK_DAYS;
	if (v->self < v->w.n)
		return 0;
	week_close(v);
	api_answer_error(out, 404, "unknown");
	return WEEK_TOLD;
}

void week_close(struct week_view *v)
{
	store_week_close(&v->w);
}

/* Told is as good as done: nothing was written. */
static int told(int err)
{
	return err == WEEK_TOLD ? 0 : err;
}

/* Whose plan it is: one's own, or with "agent" somebody's whom the asker may plan for. */
static int pick_agent(struct week_view *v, const struct api_ask *ask, const json_t *body,
	struct web_answer *out)
{
	const char *login = json_string_value(json_object_get(body, "agent"));

	if (!login || strcmp(login, v->w.agents[v->self].login) == 0)
		return 0;
	if (!(ask->roles & (STORE_ROLE_LEAD | STORE_ROLE_ADMIN))) {
		api_answer_error(out, 403, "no_role");
		return WEEK_TOLD;
	}
	for (size_t i = 0; i < v->w.n; i++)
		if (strcmp(v->w.agents[i].login, login) == 0) {
			v->self = i;
			return 0;
		}
	api_answer_error(out, 404, "unknown");
	return WEEK_TOLD;
}

/* --- changing --- */

static struct week_case case_of(
	const struct week_view *v, const struct week_change *changes, size_t n)
{
	return (struct week_case){ .rules = &v->known->week.rules,
		.need = &v->w.need,
		.people = v->w.people,
		.n = v->w.n,
		.changes = changes,
		.n_changes = n,
		.first_day = (uint8_t)v->first };
}

static void answer_broken(const struct week_view *v, const struct week_broken *broken,
	size_t n, json_t *more, struct web_answer *out)
{
	bool is_refused = week_is_refused(broken, n);
	json_t *j = json_pack("{s:b, s:o}", "refused", is_refused, "broken",
		week_broken_json(v, broken, n));

	if (j && more)
		(void)json_object_update(j, more);
	json_decref(more);
	if (j && is_refused)
		(void)json_object_set_new(j, "error", json_string("refused"));
	api_answer_json(out, is_refused ? 409 : 200, j);
}

int week_change(struct sqlite3 *db, const struct week_view *v,
	const struct week_change *changes, size_t n, json_t *more, struct web_answer *out)
{
	struct week_case c = case_of(v, changes, n);
	struct week_broken broken[WEEK_TOLD_MAX];
	size_t n_broken = week_check(&c, broken, WEEK_TOLD_MAX);
	int err = 0;

	for (size_t i = 0; !week_is_refused(broken, n_broken) && !err && i < n; i++)
		err = store_week_put(db, v->w.people[changes[i].person].agent, v->monday,
			&changes[i].plan, v->first);
	answer_broken(v, broken, n_broken, more, out);
	return err;
}

/* The plan that is asked for; days that are over stay what they were. */
static int read_change(const struct week_view *v, const json_t *body,
	struct week_change *ch, struct web_answer *out)
{
	ch->person = v->self;
	if (!week_plan_of_json(json_object_get(body, "plan"), &ch->plan)) {
		api_answer_error(out, 400, "no_plan");
		return WEEK_TOLD;
	}
	for (unsigned day = 0; day < v->first; day++)
		ch->plan.days[day] = v->w.people[v->self].plan.days[day];
	return 0;
}

static int check_or_save(
	struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out, bool saves)
{
	json_t *body = api_body(ask, out);
	struct week_change ch;
	struct week_view v;
	int err;

	if (!body)
		return 0;
	err = week_open(db, ask, ask->rest, false, &v, out);
	if (err)
		goto out;
	err = pick_agent(&v, ask, body, out);
	if (!err)
		err = read_change(&v, body, &ch, out);
	if (!err && saves) {
		err = week_change(db, &v, &ch, 1, NULL, out);
	} else if (!err) {
		struct week_case c = case_of(&v, &ch, 1);
		struct week_broken broken[WEEK_TOLD_MAX];
		size_t n = week_check(&c, broken, WEEK_TOLD_MAX);

		answer_broken(&v, broken, n, NULL, out);
		out->status = 200; /* it was asked for, and not tried */
	}
	week_close(&v);
out:
	json_decref(body);
	return told(err);
}

int app_week_check(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out)
{
	return check_or_save(db, ask, out, false);
}

int app_week_save(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out)
{
	return check_or_save(db, ask, out, true);
}

/* --- today --- */

/* What is left of today moves to where the agent says to be; who comes is not absent. */
static bool move_today(struct week_day *d, uint16_t minute, enum week_place place)
{
	bool is_changed = d->is_absent && d->n > 0;

	d->is_absent = false;
	for (unsigned i = 0; i < d->n; i++) {
		struct week_span *s = &d->spans[i];

		if (s->to <= minute || s->place == place)
			continue;
		s->place = place;
		is_changed = true;
	}
	return is_changed;
}

/*
 * The desk's word at the start of a shift. The plan follows where the rules allow it; else the desk is told what
 * stands against it, and nothing more: the office stays open always [P2].
 */
int app_week_today(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out)
{
	json_t *body = api_body(ask, out);
	const char *at = json_string_value(json_object_get(body, "at"));
	enum week_place place;
	struct week_change ch;
	struct week_view v;
	int err;

	if (!body)
		return 0;
	if (!at || !week_place_of(at, &place)) {
		json_decref(body);
		api_answer_error(out, 400, "bad_message");
		return 0;
	}
	json_decref(body);
	err = week_open(db, ask, "", false, &v, out);
	if (err)
		return told(err);
	ch = (struct week_change){ v.self, v.w.people[v.self].plan };
	if (move_today(&ch.plan.days[v.first], v.known->minute, place))
		err = week_change(db, &v, &ch, 1, json_pack("{s:b}", "changed", 1), out);
	else
		answer_broken(&v, NULL, 0, json_pack("{s:b}", "changed", 0), out);
	week_close(&v);
	return told(err);
}

/* --- reading --- */

static json_t *weeks_json(const struct week_known *k)
{
	json_t *list = json_array();
	char text[WEEK_TEXT_SIZE];

	for (int i = 0; i <= APP_WEEKS_AHEAD; i++) {
		week_text(text, week_monday(k->today) + i * WEEK_DAYS);
		(void)json_array_append_new(list, json_string(text));
	}
	return list;
}

static json_t *head_json(const struct week_view *v)
{
	struct week_date d = week_date_of(v->monday);
	char week[WEEK_TEXT_SIZE], before[WEEK_TEXT_SIZE], monday[16];

	week_text(week, v->monday);
	week_text(before, week_monday(v->known->today) - WEEK_DAYS);
	(void)text_format(
		monday, sizeof monday, "%04d-%02u-%02u", d.year, d.month, d.day);
	return json_pack("{s:s, s:s, s:s, s:i, s:o, s:i}", "week", week, "before", before,
		"monday", monday, "first", (int)v->first, "weeks", weeks_json(v->known),
		"home_days", v->known->week.rules.home_days);
}

static json_t *person_json(const struct week_view *v, size_t i)
{
	const struct week_person *p = &v->w.people[i];
	json_t *team = json_array();

	for (int day = 0; day < WEEK_DAYS; day++)
		if (p->team_days >> day & 1)
			(void)json_array_append_new(team, json_integer(day));
	return json_pack("{s:s, s:s, s:s, s:b, s:b, s:o, s:o}", "agent",
		v->w.agents[i].login, "name", v->w.agents[i].name, "site",
		v->known->week.sites[p->site], "strict", p->is_strict, "wants_home",
		p->wants_home, "team_days", team, "plan", week_plan_json(&p->plan));
}

int app_week_get(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out)
{
	struct week_view v;
	json_t *j, *beside = NULL;
	int err = week_open(db, ask, ask->rest, true, &v, out);

	if (err)
		return told(err);
	err = week_beside_json(db, &v, &beside);
	if (!err) {
		j = head_json(&v);
		if (j)
			(void)json_object_update_new(j, person_json(&v, v.self));
		if (j)
			(void)json_object_set_new(
				j, "seats", week_shifts_json(&v, false));
		if (j)
			(void)json_object_update(j, beside);
		api_answer_json(out, 200, j);
	}
	json_decref(beside);
	week_close(&v);
	return err;
}

/* Present and to come, for who plans; no past [N11]. */
int app_week_all(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out)
{
	struct week_view v;
	json_t *j, *people = json_array();
	int err = week_open(db, ask, ask->rest, false, &v, out);

	if (err) {
		json_decref(people);
		return told(err);
	}
	for (size_t i = 0; i < v.known->n; i++) {
		size_t at = store_week_find(&v.w, v.known->members[i].agent);

		if (at < v.w.n)
			(void)json_array_append_new(people, person_json(&v, at));
	}
	j = head_json(&v);
	if (j)
		(void)json_object_update_new(j,
			json_pack("{s:o, s:o}", "people", people, "house",
				week_shifts_json(&v, true)));
	else
		json_decref(people);
	api_answer_json(out, 200, j);
	week_close(&v);
	return 0;
}
