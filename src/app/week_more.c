/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* week_more -- beside the plan: swaps, the wish for home days, the calendar, the way that is spared; see week.h. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/priv.h"
#include "app/week_inner.h"
#include "base/text.h"
#include "core/home/ical.h"

#define FEED_MAX 65536 /* five weeks of four spans a day have 40 KB */
#define M_A_KM   1000

/* --- swaps --- */

/* What would become of both plans. False: they do not fit any more. */
static bool exchange(
	const struct week_view *v, const struct store_swap *s, struct week_change ch[2])
{
	size_t by = store_week_find(&v->w, s->agent);
	int day = s->day - v->monday, back = s->back < 0 ? DAY_NONE : s->back - v->monday;

	if (by == v->w.n || by == v->self || day < (int)v->first || day >= WEEK_DAYS ||
		(back != DAY_NONE && (back < (int)v->first || back >= WEEK_DAYS)))
		return false;
	ch[0] = (struct week_change){ by, v->w.people[by].plan };
	ch[1] = (struct week_change){ v->self, v->w.people[v->self].plan };
	return week_exchange(&ch[0].plan, &ch[1].plan, (unsigned)day) &&
		(back == DAY_NONE ||
			week_exchange(&ch[1].plan, &ch[0].plan, (unsigned)back));
}

/* One's own, and those that one could take: who offers is told to nobody else. */
static int swaps_json(struct sqlite3 *db, const struct week_view *v, json_t *list)
{
	struct store_swap swaps[STORE_SWAPS_MAX];
	struct week_change ch[2];
	size_t n = 0;
	int err = store_swaps_read(
		db, v->monday + (int32_t)v->first, v->monday + WEEK_DAYS - 1, swaps, &n);

	for (size_t i = 0; !err && i < n; i++) {
		const struct store_swap *s = &swaps[i];
		bool is_mine = s->agent == v->w.people[v->self].agent;
		size_t by = store_week_find(&v->w, s->agent);

		if (by == v->w.n || (!is_mine && !exchange(v, s, ch)))
			continue;
		(void)json_array_append_new(list,
			json_pack("{s:I, s:i, s:o, s:b, s:s}", "id", (json_int_t)s->id,
				"day", (int)(s->day - v->monday), "back",
				s->back < 0 ? json_null()
					    : json_integer(s->back - v->monday),
				"mine", is_mine, "name", v->w.agents[by].name));
	}
	return err;
}

static bool is_whole(const struct week_plan *plan, int day, enum week_place place)
{
	return !plan->days[day].is_absent && week_is_all(&plan->days[day], place);
}

/* { day, back }: an office day of one's own for a day at home; back: and a home day for an office day. */
int app_week_swap(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out)
{
	json_t *body = api_body(ask, out);
	const struct week_plan *plan;
	struct week_view v;
	int day, back, err;

	if (!body)
		return 0;
	err = week_open(db, ask, ask->rest, false, &v, out);
	if (err) {
		json_decref(body);
		return err == WEEK_TOLD ? 0 : err;
	}
	plan = &v.w.people[v.self].plan;
	if (!week_day_of_json(body, "day", &day) || day == DAY_NONE ||
		!week_day_of_json(body, "back", &back)) {
		api_answer_error(out, 400, "bad_message");
	} else if (day < (int)v.first || !is_whole(plan, day, WEEK_OFFICE) ||
		(back != DAY_NONE &&
			(back < (int)v.first || !is_whole(plan, back, WEEK_HOME)))) {
		api_answer_error(out, 409, "no_swap");
	} else {
		err = store_swap_put(db,
			&(struct store_swap){ .agent = ask->agent,
				.day = v.monday + day,
				.back = back == DAY_NONE ? -1 : v.monday + back });
		api_answer_json(out, 200, json_object());
	}
	week_close(&v);
	json_decref(body);
	return err;
}

/* The swap that the body names. ENOENT: told. */
static int find_swap(struct sqlite3 *db, const struct api_ask *ask, struct store_swap *s,
	struct web_answer *out)
{
	json_t *body = api_body(ask, out);
	json_int_t id = json_integer_value(json_object_get(body, "id"));
	int err;

	if (!body)
		return WEEK_TOLD;
	json_decref(body);
	err = store_swap_find(db, (uint64_t)id, s);
	if (err == ENOENT)
		api_answer_error(out, 409, "swap_gone");
	return err;
}

/* Both plans, or neither: the one transaction that also sees the last seat. */
int app_week_take(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out)
{
	struct store_swap s;
	struct week_change ch[2];
	struct week_view v;
	char week[WEEK_TEXT_SIZE];
	int err = find_swap(db, ask, &s, out);

	if (err)
		return err == WEEK_TOLD ? 0 : err;
	week_text(week, week_monday(s.day));
	err = week_open(db, ask, week, false, &v, out);
	if (err)
		return err == WEEK_TOLD ? 0 : err;
	if (!exchange(&v, &s, ch)) {
		api_answer_error(out, 409, "swap_gone");
	} else {
		err = week_change(db, &v, ch, 2, NULL, out);
		if (!err && out->status == 200)
			err = store_swap_drop(db, s.id);
	}
	week_close(&v);
	return err;
}

int app_week_drop(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out)
{
	struct store_swap s;
	int err = find_swap(db, ask, &s, out);

	if (err)
		return err == WEEK_TOLD ? 0 : err;
	if (s.agent != ask->agent) {
		api_answer_error(out, 403, "no_role");
		return 0;
	}
	api_answer_json(out, 200, json_object());
	return store_swap_drop(db, s.id);
}

/* --- the wish --- */

int app_week_wish(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out)
{
	json_t *body = api_body(ask, out);
	const json_t *wants = json_object_get(body, "wants_home");
	bool is_yes = json_is_true(wants), is_good = json_is_boolean(wants);

	if (!body)
		return 0;
	json_decref(body);
	if (!is_good) {
		api_answer_error(out, 400, "bad_message");
		return 0;
	}
	api_answer_json(out, 200, json_object());
	return store_week_wish(db, ask->agent, is_yes);
}

/* --- the way to the office --- */

/* { minutes, km } one way; without both it is forgotten. */
int app_week_way(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out)
{
	const struct week_known *k = ask->known;
	json_t *body = api_body(ask, out);
	const json_t *minutes = json_object_get(body, "minutes");
	double km = json_number_value(json_object_get(body, "km"));
	json_int_t min = json_integer_value(minutes);
	bool is_stated = json_is_integer(minutes);

	if (!body)
		return 0;
	json_decref(body);
	if (is_stated &&
		(min < 0 || min > STORE_COMMUTE_MIN_MAX || !(km >= 0) ||
			km > STORE_COMMUTE_M_MAX / (double)M_A_KM)) {
		api_answer_error(out, 400, "bad_way");
		return 0;
	}
	api_answer_json(out, 200, json_object());
	if (!is_stated)
		return store_commute_drop(db, ask->agent);
	return store_commute_put(db, ask->agent,
		&(struct store_commute){ .minutes = (unsigned)min,
			.metres = (unsigned)lround(km * M_A_KM) },
		k->today);
}

/* There and back. */
static json_t *way_json(const struct store_commute *c)
{
	double km = c->metres / (double)M_A_KM;

	return json_pack("{s:i, s:f, s:i, s:i, s:f}", "minutes", (int)c->minutes, "km",
		km, "days", (int)c->year_days, "spared_minutes",
		(int)(2 * c->minutes * c->year_days), "spared_km", 2 * km * c->year_days);
}

static json_t *sum_json(const struct store_commute_sum *s)
{
	char month[16];

	(void)text_format(
		month, sizeof month, "%04d-%02d", s->month / 12, s->month % 12 + 1);
	return json_pack("{s:s, s:i, s:i}", "month", month, "hours", (int)s->hours, "km",
		(int)s->kilometres);
}

int week_beside_json(struct sqlite3 *db, const struct week_view *v, json_t **out)
{
	uint64_t agent = v->w.people[v->self].agent;
	json_t *swaps = json_array(), *way = NULL, *sum = NULL;
	struct store_commute_sum s;
	struct store_commute c;
	bool has_feed = false;
	int err = swaps_json(db, v, swaps);

	if (!err)
		err = store_feed_has(db, agent, &has_feed);
	if (!err) {
		err = store_commute_read(db, agent, &c);
		way = err ? NULL : way_json(&c);
		err = err == ENOENT ? 0 : err;
	}
	if (!err && v->known->week.house_sum) {
		err = store_commute_sum(db, &s);
		sum = err ? NULL : sum_json(&s);
		err = err == ENOENT ? 0 : err;
	}
	*out = json_pack("{s:o, s:b, s:o, s:o}", "swaps", swaps, "feed", has_feed, "way",
		way ? way : json_null(), "house", sum ? sum : json_null());
	return err;
}

/* --- the calendar --- */

/* { language }: a new address, told once; without: none any more. */
int app_week_feed(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out)
{
	const struct week_known *k = ask->known;
	json_t *body = api_body(ask, out);
	const char *word = json_string_value(json_object_get(body, "language"));
	enum home_language language = HOME_DE;
	uint8_t hash[STORE_HASH_SIZE];
	char path[96];
	bool is_wanted = word, is_known = word && home_language_of(word, &language);

	if (!body)
		return 0;
	json_decref(body);
	if (is_wanted && !is_known) {
		api_answer_error(out, 400, "bad_message");
		return 0;
	}
	if (!is_wanted) {
		api_answer_json(out, 200, json_object());
		return store_feed_put(db, ask->agent, NULL, language);
	}
	app_token_hash(hash, k->token);
	(void)text_format(path, sizeof path, "/ical/%s.ics", k->token);
	api_answer_json(out, 200, json_pack("{s:s}", "path", path));
	return store_feed_put(db, ask->agent, hash, language);
}

/* By the clock on the house's wall; where that shows a time twice or never, the C library decides. */
static int64_t seconds_of(int32_t day, unsigned minute)
{
	struct week_date d = week_date_of(day);
	struct tm tm = { .tm_year = d.year - 1900,
		.tm_mon = d.month - 1,
		.tm_mday = d.day,
		.tm_hour = (int)minute / 60,
		.tm_min = (int)minute % 60,
		.tm_isdst = -1 };

	return (int64_t)mktime(&tm);
}

static const char *const names[HOME_LANGUAGES] = { [HOME_DE] = "Mein Wochenplan",
	[HOME_FR] = "Mon plan de la semaine",
	[HOME_IT] = "Il mio piano settimanale",
	[HOME_EN] = "My week plan" };
static const char *const words[HOME_LANGUAGES][WEEK_PLACES] = {
	[HOME_DE] = { "Arbeit im Büro", "Arbeit zu Hause" },
	[HOME_FR] = { "Travail au bureau", "Travail à la maison" },
	[HOME_IT] = { "Lavoro in ufficio", "Lavoro da casa" },
	[HOME_EN] = { "Work at the office", "Work at home" },
};

/* Who it is about is in no event; the token's first bytes tell calendars apart. */
static void put_day(struct wbuf *w, const struct week_day *d, int32_t day,
	const struct api_ask *ask, enum home_language l)
{
	for (unsigned i = 0; i < d->n && !d->is_absent; i++) {
		const struct week_span *s = &d->spans[i];
		char uid[64];

		(void)text_format(
			uid, sizeof uid, "%d-%u-%.8s@heimamt", day, s->from, ask->rest);
		ical_put(w,
			&(struct ical_event){ .uid = uid,
				.from_s = seconds_of(day, s->from),
				.to_s = seconds_of(day, s->to),
				.stamp_s = ask->wall_ms / 1000,
				.summary = words[l][s->place] });
	}
}

static int put_weeks(struct sqlite3 *db, const struct api_ask *ask, uint64_t agent,
	enum home_language l, struct wbuf *buf)
{
	const struct week_known *k = ask->known;
	int err = 0;

	for (int i = 0; !err && i <= APP_WEEKS_AHEAD; i++) {
		int32_t monday = week_monday(k->today) + i * WEEK_DAYS;
		struct store_week w;
		size_t at;

		err = store_week_read(db, monday, &w);
		if (err)
			break;
		app_week_fill(&w, k->members, k->n);
		at = store_week_find(&w, agent);
		for (int day = 0; at < w.n && day < WEEK_DAYS; day++)
			put_day(buf, &w.people[at].plan.days[day], monday + day, ask, l);
		store_week_close(&w);
	}
	return err;
}

/* Who has left has no calendar. */
static bool is_member(const struct week_known *k, uint64_t agent)
{
	for (size_t i = 0; i < k->n; i++)
		if (k->members[i].agent == agent)
			return true;
	return false;
}

/* GET /ical/TOKEN.ics, by whoever has the token: times, and at home or at the office, and nothing else. */
int app_week_ical(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out)
{
	uint8_t hash[STORE_HASH_SIZE];
	enum home_language l = HOME_DE;
	uint64_t agent = 0;
	struct wbuf buf;
	int err;

	app_token_hash(hash, ask->rest);
	err = store_feed_find(db, hash, &agent, &l);
	if (err == ENOENT || (!err && !is_member(ask->known, agent))) {
		*out = (struct web_answer){ .status = 404 };
		return 0;
	}
	if (err)
		return err;
	*out = (struct web_answer){ .status = 200,
		.type = "text/calendar; charset=utf-8",
		.body = malloc(FEED_MAX) };
	buf = wbuf_of(out->body, out->body ? FEED_MAX : 0);
	ical_begin(&buf, names[l]);
	err = put_weeks(db, ask, agent, l, &buf);
	ical_end(&buf);
	out->n = buf.n;
	return err ? err : buf.full ? ENOSPC : 0;
}
