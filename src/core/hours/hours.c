/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* hours -- see hours.h */
#include "core/hours/hours.h"

#include <string.h>

#include "core/holidays/holidays.h"
#include "core/hours/days.h"

static bool is_day(struct hours_date pattern, struct hours_date d)
{
	return pattern.month == d.month && pattern.day == d.day &&
		(pattern.year == 0 || pattern.year == d.year);
}

static bool has_day(const struct hours_date *days, size_t n, struct hours_date d)
{
	for (size_t i = 0; i < n; i++)
		if (is_day(days[i], d))
			return true;
	return false;
}

enum hours_day hours_day_of(const struct hours *h, struct hours_date date)
{
	for (size_t i = 0; i < h->n_special; i++)
		if (is_day(h->special[i].date, date))
			return HOURS_SPECIAL;
	if (has_day(h->closed, h->n_closed, date))
		return HOURS_CLOSED;
	if (h->canton && holidays_at(h->canton, date) != HOLIDAY_NONE &&
		!has_day(h->open, h->n_open, date))
		return HOURS_HOLIDAY;
	return HOURS_USUAL;
}

static bool is_specially_open(const struct hours *h, const struct hours_moment *at)
{
	for (size_t i = 0; i < h->n_special; i++) {
		const struct hours_special *s = &h->special[i];

		if (is_day(s->date, at->date) && at->minute >= s->from &&
			at->minute < s->to)
			return true;
	}
	return false;
}

/* Whether what began the evening before may go on. */
static bool was_usual(const struct hours *h, struct hours_date today)
{
	return hours_day_of(h, days_yesterday(today)) == HOURS_USUAL;
}

static bool is_on(const struct hours_span *s, unsigned weekday)
{
	return s->days >> weekday & 1;
}

bool hours_are_open(const struct hours *h, const struct hours_moment *at)
{
	unsigned yesterday = (at->weekday + 6) % 7;

	switch (hours_day_of(h, at->date)) {
	case HOURS_CLOSED:
	case HOURS_HOLIDAY: return false;
	case HOURS_SPECIAL: return is_specially_open(h, at);
	case HOURS_USUAL: break;
	}
	if (h->n_spans == 0)
		return true;
	for (size_t i = 0; i < h->n_spans; i++) {
		const struct hours_span *s = &h->spans[i];
		bool is_over_midnight = s->to <= s->from;

		if (is_on(s, at->weekday) && at->minute >= s->from &&
			(is_over_midnight || at->minute < s->to))
			return true;
		if (is_over_midnight && is_on(s, yesterday) && at->minute < s->to &&
			was_usual(h, at->date))
			return true;
	}
	return false;
}

/* The k'th minute at which something may change: midnight, and the ends of all spans. */
static uint16_t end_of(const struct hours *h, size_t k)
{
	size_t i = k / 2, of_special = i - h->n_spans;

	if (k == 2 * (h->n_spans + h->n_special))
		return 0;
	if (i < h->n_spans)
		return k % 2 ? h->spans[i].to : h->spans[i].from;
	return k % 2 ? h->special[of_special].to : h->special[of_special].from;
}

/* at->minute: the first of this day after `minute` (-1: from midnight on) at which it is otherwise. */
static bool changes_today(
	const struct hours *h, struct hours_moment *at, int minute, bool was_open)
{
	uint16_t first = HOURS_DAY_MIN;

	for (size_t k = 0; k <= 2 * (h->n_spans + h->n_special); k++) {
		at->minute = end_of(h, k);
		if (at->minute > minute && at->minute < first &&
			hours_are_open(h, at) != was_open)
			first = at->minute;
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

static bool are_same_spans(const struct hours *a, const struct hours *b)
{
	if (a->n_spans != b->n_spans)
		return false;
	for (size_t i = 0; i < a->n_spans; i++)
		if (a->spans[i].days != b->spans[i].days ||
			a->spans[i].from != b->spans[i].from ||
			a->spans[i].to != b->spans[i].to)
			return false;
	return true;
}

static bool are_same_dates(
	const struct hours_date *a, size_t n, const struct hours_date *b, size_t n_b)
{
	return n == n_b && memcmp(a, b, n * sizeof *a) == 0;
}

bool hours_are_same(const struct hours *a, const struct hours *b)
{
	return are_same_spans(a, b) && a->canton == b->canton &&
		are_same_dates(a->closed, a->n_closed, b->closed, b->n_closed) &&
		are_same_dates(a->open, a->n_open, b->open, b->n_open) &&
		a->n_special == b->n_special &&
		memcmp(a->special, b->special, a->n_special * sizeof *a->special) == 0;
}
