/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* parse -- spans and days as a configuration writes them.  Part of hours. */
#include <errno.h>
#include <string.h>

#include "base/slice.h"
#include "core/hours/days.h"

#define EACH_DAY  0x7F
#define YEAR_LAST 2999 /* later ones are slips of the pen */

/* False: no day's name. */
static bool read_day(struct slice s, unsigned *day)
{
	static const char *const names[] = { "Mo", "Tu", "We", "Th", "Fr", "Sa", "Su" };

	for (*day = 0; *day < 7; ++*day)
		if (slice_is_nocase(s, names[*day]))
			return true;
	return false;
}

/* "Mo-Fr", over the week's end too, or a single one. */
static bool add_days(uint8_t *days, struct slice s)
{
	bool is_range = memchr(s.p, '-', s.n);
	struct slice rest = s, first = slice_cut(&rest, '-');
	unsigned from, to;

	if (!read_day(first, &from))
		return false;
	to = from;
	if (is_range && !read_day(rest, &to))
		return false;
	for (unsigned d = from;; d = (d + 1) % 7) {
		*days |= (uint8_t)(1u << d);
		if (d == to)
			return true;
	}
}

static bool read_days(struct slice s, uint8_t *days)
{
	*days = 0;
	do {
		bool is_last = !memchr(s.p, ',', s.n);

		if (!add_days(days, slice_cut(&s, ',')))
			return false;
		if (is_last)
			return true;
	} while (true);
}

/* Exactly n digits. */
static bool read_digits(struct slice s, size_t n, uint64_t max, uint64_t *out)
{
	return s.n == n && slice_u64(s, max, out);
}

/* "08:00"; 24:00 where it is an end. */
static bool read_time(struct slice s, bool is_end, uint16_t *minute)
{
	struct slice rest = s, hour = slice_cut(&rest, ':');
	uint64_t h, m;

	if (!read_digits(hour, 2, 24, &h) || !read_digits(rest, 2, 59, &m))
		return false;
	*minute = (uint16_t)(h * 60 + m);
	return *minute < HOURS_DAY_MIN + (is_end ? 1 : 0);
}

int hours_parse_span(struct hours_span *out, const char *text)
{
	struct slice rest = slice_trim(slice_str(text)), days, from;
	struct hours_span s = { .days = EACH_DAY };

	if (memchr(rest.p, ' ', rest.n)) {
		days = slice_cut(&rest, ' ');
		if (!read_days(days, &s.days))
			return EINVAL;
	}
	rest = slice_trim(rest);
	from = slice_cut(&rest, '-');
	if (!read_time(from, false, &s.from) || !read_time(rest, true, &s.to) ||
		s.from == s.to)
		return EINVAL;
	*out = s;
	return 0;
}

static int parse_date(struct hours_date *out, struct slice text)
{
	struct slice rest = text, first = slice_cut(&rest, '-');
	uint64_t year = 0, month, day;

	if (first.n == 4) {
		if (!slice_u64(first, YEAR_LAST, &year) || year < 1970)
			return EINVAL;
		first = slice_cut(&rest, '-');
	}
	if (!read_digits(first, 2, 12, &month) || !read_digits(rest, 2, 31, &day) ||
		day == 0 || day > days_in_month((unsigned)year, (unsigned)month))
		return EINVAL;
	*out = (struct hours_date){ (uint16_t)year, (uint8_t)month, (uint8_t)day };
	return 0;
}

int hours_parse_date(struct hours_date *out, const char *text)
{
	return parse_date(out, slice_str(text));
}

int hours_parse_special(struct hours_special *out, const char *text)
{
	struct slice rest = slice_trim(slice_str(text)), date = slice_cut(&rest, ' '),
		     from;
	struct hours_special s = { .from = 0 };

	rest = slice_trim(rest);
	if (parse_date(&s.date, date))
		return EINVAL;
	if (!slice_is(rest, "closed")) {
		from = slice_cut(&rest, '-');
		if (!read_time(from, false, &s.from) || !read_time(rest, true, &s.to) ||
			s.from >= s.to)
			return EINVAL;
	}
	*out = s;
	return 0;
}
