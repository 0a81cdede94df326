/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* week_json -- plans and what they would break, as pages read and write them: docs/week.md.  Part of app. */
#include <string.h>

#include "app/week_inner.h"

/* --- a plan: seven days, each { absent, spans: [{ from, to, at }] } --- */

static json_t *day_json(const struct week_day *d)
{
	json_t *spans = json_array();

	for (unsigned i = 0; i < d->n; i++)
		(void)json_array_append_new(spans,
			json_pack("{s:i, s:i, s:s}", "from", d->spans[i].from, "to",
				d->spans[i].to, "at",
				week_place_word(d->spans[i].place)));
	return json_pack("{s:b, s:o}", "absent", d->is_absent, "spans", spans);
}

json_t *week_plan_json(const struct week_plan *plan)
{
	json_t *days = json_array();

	for (unsigned i = 0; i < WEEK_DAYS; i++)
		(void)json_array_append_new(days, day_json(&plan->days[i]));
	return days;
}

static bool read_span(const json_t *j, struct week_span *s)
{
	const char *at = json_string_value(json_object_get(j, "at"));
	json_int_t from = json_integer_value(json_object_get(j, "from"));
	json_int_t to = json_integer_value(json_object_get(j, "to"));

	if (!json_is_integer(json_object_get(j, "from")) || !at ||
		!week_place_of(at, &s->place) || from < 0 || to > WEEK_DAY_MIN ||
		from >= to)
		return false;
	s->from = (uint16_t)from;
	s->to = (uint16_t)to;
	return true;
}

static bool read_day(const json_t *j, struct week_day *d)
{
	const json_t *spans = json_object_get(j, "spans");
	size_t n = json_array_size(spans);

	if (!json_is_array(spans) || n > WEEK_SPANS_MAX)
		return false;
	*d = (struct week_day){ .n = (uint8_t)n,
		.is_absent = json_is_true(json_object_get(j, "absent")) };
	for (size_t i = 0; i < n; i++)
		if (!read_span(json_array_get(spans, i), &d->spans[i]))
			return false;
	return true;
}

bool week_plan_of_json(const json_t *j, struct week_plan *out)
{
	if (json_array_size(j) != WEEK_DAYS)
		return false;
	for (size_t i = 0; i < WEEK_DAYS; i++)
		if (!read_day(json_array_get(j, i), &out->days[i]))
			return false;
	return week_plan_refuses(out) == NULL;
}

bool week_day_of_json(const json_t *j, const char *key, int *out)
{
	const json_t *day = json_object_get(j, key);
	json_int_t v = json_integer_value(day);

	*out = DAY_NONE;
	if (!day || json_is_null(day))
		return true;
	if (!json_is_integer(day) || v < 0 || v >= WEEK_DAYS)
		return false;
	*out = (int)v;
	return true;
}

/* --- what would be broken --- */

static json_t *one_broken(const struct week_view *v, const struct week_broken *b)
{
	json_t *j = json_pack("{s:s, s:b, s:i, s:i}", "kind", week_kind_word(b->kind),
		"hard", b->is_hard, "day", b->day, "missing", b->missing);

	if (j && b->to)
		(void)json_object_update_new(
			j, json_pack("{s:i, s:i}", "from", b->from, "to", b->to));
	/* in a swap there are two: whose it is */
	if (j && b->kind > WEEK_COVER)
		(void)json_object_set_new(
			j, "agent", json_string(v->w.agents[b->person].login));
	return j;
}

json_t *week_broken_json(const struct week_view *v, const struct week_broken *b, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n && i < WEEK_TOLD_MAX; i++)
		(void)json_array_append_new(list, one_broken(v, &b[i]));
	return list;
}

/* --- all together --- */

static json_t *numbers(const uint16_t *v, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(list, json_integer(v[i]));
	return list;
}

static json_t *halves(uint16_t v[WEEK_DAYS][WEEK_HALVES])
{
	json_t *list = json_array();

	for (size_t day = 0; day < WEEK_DAYS; day++)
		(void)json_array_append_new(list, numbers(v[day], WEEK_HALVES));
	return list;
}

static json_t *site_json(
	const struct week_view *v, const struct week_counts *counts, unsigned site)
{
	return json_pack("{s:s, s:i, s:o}", "name", v->known->week.sites[site], "room",
		v->known->week.rules.seats[site], "taken",
		numbers(counts->seats[site], WEEK_DAYS));
}

static json_t *sites_json(const struct week_view *v, const struct week_counts *counts)
{
	json_t *list = json_array();

	for (unsigned site = 0; site < WEEK_SITES_MAX; site++)
		if (site == 0 || *v->known->week.sites[site])
			(void)json_array_append_new(list, site_json(v, counts, site));
	return list;
}

/* is_house: the need by half-hours, too; else the seats of one's own office alone. */
json_t *week_shifts_json(struct week_view *v, bool is_house)
{
	struct week_case c = { .people = v->w.people, .n = v->w.n };
	struct week_counts counts;

	week_count(&c, &counts);
	if (!is_house)
		return site_json(v, &counts, v->w.people[v->self].site);
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "sites",
		sites_json(v, &counts), "home", numbers(counts.home, WEEK_DAYS), "agents",
		halves(counts.agents), "strict", halves(counts.strict), "need_agents",
		halves(v->w.need.agents), "need_strict", halves(v->w.need.strict));
}
