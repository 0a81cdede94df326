/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* hours -- see hours.h */
#include "core/hours/hours.h"

#include "core/hours/days.h"

static bool is_closed_day(const struct hours *h, struct hours_date d)
{
	for (size_t i = 0; i < h->n_closed; i++) {
		const struct hours_date *c = &h->closed[i];

		if (c->month == d.month && c->day == d.day &&
			(c->year == 0 || c->year == d.year))
			return true;
	}
	return false;
}

/* The day before, as far as it matters: whether it was closed. */
static bool was_closed_day(const struct hours *h, struct hours_date today)
{
	return is_closed_day(h, days_yesterday(today));
}

static bool is_on(const struct hours_span *s, unsigned weekday)
{
	return s->days >> weekday & 1;
}

bool hours_are_open(const struct hours *h, const struct hours_moment *at)
{
	unsigned yesterday = (at->weekday + 6) % 7;

	if (is_closed_day(h, at->date))
		return false;
	if (h->n_spans == 0)
		return true;
	for (size_t i = 0; i < h->n_spans; i++) {
		const struct hours_span *s = &h->spans[i];
		bool is_over_midnight = s->to <= s->from;

		if (is_on(s, at->weekday) && at->minute >= s->from &&
			(is_over_midnight || at->minute < s->to))
			return true;
		if (is_over_midnight && is_on(s, yesterday) && at->minute < s->to &&
			!was_closed_day(h, at->date))
			return true;
	}
	return false;
}

/* at->minute: the first of this day after `minute` (-1: from midnight on) at which it is otherwise. */
static bool changes_today(
	const struct hours *h, struct hours_moment *at, int minute, bool was_open)
{
	uint16_t first = HOURS_DAY_MIN;

	for (size_t i = 0; i <= h->n_spans; i++) {
		/* midnight, and the ends of each span */
		uint16_t ends[2] = { 0, 0 };

		if (i > 0) {
			ends[0] = h->spans[i - 1].from;
			ends[1] = h->spans[i - 1].to;
		}
		for (size_t k = 0; k < 2; k++) {
			at->minute = ends[k];
			if (ends[k] > minute && ends[k] < first &&
				hours_are_open(h, at) != was_open)
				first = ends[k];
		}
	}
	at->minute = first;
	return first < HOURS_DAY_MIN;
}

bool hours_next(
	const struct hours *h, const struct hours_moment *at, struct hours_moment *out)
{
	bool was_open = hours_are_open(h, at);
	struct hours_moment m = *at;
	int minute = at->minute;

	for (unsigned i = 0; i <= HOURS_AHEAD_DAYS; i++) {
		if (changes_today(h, &m, minute, was_open)) {
			*out = m;
			return true;
		}
		m.date = hours_tomorrow(m.date);
		m.weekday = (uint8_t)((m.weekday + 1) % 7);
		minute = -1;
	}
	return false;
}
