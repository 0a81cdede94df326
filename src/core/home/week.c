/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* week -- a plan, and counting who is where.  See week.h. */
#include "core/home/week_inner.h"

#include <string.h>

static const char *const places[WEEK_PLACES] = {
	[WEEK_OFFICE] = "office",
	[WEEK_HOME] = "home",
};

const char *week_place_word(enum week_place place)
{
	return (unsigned)place < WEEK_PLACES ? places[place] : NULL;
}

bool week_place_of(const char *word, enum week_place *out)
{
	for (unsigned i = 0; i < WEEK_PLACES; i++)
		if (strcmp(places[i], word) == 0) {
			*out = (enum week_place)i;
			return true;
		}
	return false;
}

static const char *day_refuses(const struct week_day *d)
{
	if (d->n > WEEK_SPANS_MAX)
		return "spans";
	for (unsigned i = 0; i < d->n; i++) {
		const struct week_span *s = &d->spans[i];

		if ((unsigned)s->place >= WEEK_PLACES)
			return "place";
		if (s->from % WEEK_STEP_MIN || s->to % WEEK_STEP_MIN)
			return "quarter";
		if (s->from >= s->to || s->to > WEEK_DAY_MIN)
			return "time";
		if (i > 0 && s->from < d->spans[i - 1].to)
			return "order";
	}
	return NULL;
}

const char *week_plan_refuses(const struct week_plan *plan)
{
	const char *why = NULL;

	for (unsigned i = 0; i < WEEK_DAYS && !why; i++)
		why = day_refuses(&plan->days[i]);
	return why;
}

unsigned week_minutes(const struct week_day *day)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < day->n; i++)
		sum += day->spans[i].to - day->spans[i].from;
	return sum;
}

bool week_is_all(const struct week_day *day, enum week_place place)
{
	for (unsigned i = 0; i < day->n; i++)
		if (day->spans[i].place != place)
			return false;
	return day->n > 0;
}

bool week_is_at(const struct week_day *day, enum week_place place)
{
	for (unsigned i = 0; i < day->n && !day->is_absent; i++)
		if (day->spans[i].place == place)
			return true;
	return false;
}

bool week_put(struct week_plan *plan, unsigned day, enum week_place place)
{
	struct week_day *d = &plan->days[day];

	for (unsigned i = 0; i < d->n; i++)
		d->spans[i].place = place;
	return d->n > 0;
}

bool week_exchange(struct week_plan *gives, struct week_plan *takes, unsigned day)
{
	const struct week_day *g = &gives->days[day], *t = &takes->days[day];

	if (g->is_absent || t->is_absent || !week_is_all(g, WEEK_OFFICE) ||
		!week_is_all(t, WEEK_HOME))
		return false;
	(void)week_put(gives, day, WEEK_HOME);
	(void)week_put(takes, day, WEEK_OFFICE);
	return true;
}

/* A half-hour counts when all of it is worked. */
static void count_span(
	struct week_counts *out, const struct week_span *s, unsigned day, bool is_strict)
{
	unsigned first = (s->from + WEEK_HALF_MIN - 1u) / WEEK_HALF_MIN;

	for (unsigned h = first; (h + 1) * WEEK_HALF_MIN <= s->to; h++) {
		out->agents[day][h]++;
		/* at home nobody is `strict`: core/home/shift.h */
		if (is_strict && s->place == WEEK_OFFICE)
			out->strict[day][h]++;
	}
}

void week_count_plan(struct week_counts *out, const struct week_person *p,
	const struct week_plan *plan)
{
	for (unsigned day = 0; day < WEEK_DAYS; day++) {
		const struct week_day *d = &plan->days[day];

		/* one seat for the day, though only for a part of it */
		if (week_is_at(d, WEEK_OFFICE))
			out->seats[p->site][day]++;
		if (week_is_at(d, WEEK_HOME))
			out->home[day]++;
		for (unsigned i = 0; i < d->n && !d->is_absent; i++)
			count_span(out, &d->spans[i], day, p->is_strict);
	}
}

void week_count(const struct week_case *c, struct week_counts *out)
{
	memset(out, 0, sizeof *out);
	for (size_t i = 0; i < c->n; i++)
		week_count_plan(out, &c->people[i], &c->people[i].plan);
}
