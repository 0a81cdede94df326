/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * week_date -- days and weeks of the calendar.  See week.h.
 *
 * Days from and to a date: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil and
 * civil_from_days; years begin in March there, so that the leap day is the last.  A week belongs to the year in which
 * its Thursday is (ISO 8601:2004, 2.2.10 and 3.2.2).
 */
#include "core/home/week.h"

#include "base/slice.h"
#include "base/text.h"

#define ERA_YEARS  400
#define ERA_DAYS   146097
#define EPOCH_DAYS 719468 /* from 0000-03-01 to 1970-01-01 */
#define THURSDAY   3
#define YEAR_FIRST 1970
#define YEAR_LAST  2999 /* later ones are slips of the pen */

int32_t week_day_of(int year, unsigned month, unsigned day)
{
	int y = month <= 2 ? year - 1 : year;
	int era = (y >= 0 ? y : y - (ERA_YEARS - 1)) / ERA_YEARS;
	int of_era = y - era * ERA_YEARS;
	int of_year = (int)((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day -
		1);
	int days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;

	return era * ERA_DAYS + days - EPOCH_DAYS;
}

struct week_date week_date_of(int32_t day)
{
	int32_t z = day + EPOCH_DAYS;
	int32_t era = (z >= 0 ? z : z - (ERA_DAYS - 1)) / ERA_DAYS;
	int32_t of_era = z - era * ERA_DAYS;
	int32_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int32_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int32_t m = (5 * of_year + 2) / 153;
	int32_t month = m < 10 ? m + 3 : m - 9;

	return (struct week_date){ year + era * ERA_YEARS + (month <= 2), (uint8_t)month,
		(uint8_t)(of_year - (153 * m + 2) / 5 + 1) };
}

int32_t week_monday(int32_t day)
{
	/* 1970-01-01 was a Thursday */
	int32_t weekday = (day % WEEK_DAYS + WEEK_DAYS + THURSDAY) % WEEK_DAYS;

	return day - weekday;
}

/* The Monday of the week with January 4: the first of its year. */
static int32_t first_monday(int year)
{
	return week_monday(week_day_of(year, 1, 4));
}

void week_text(char out[WEEK_TEXT_SIZE], int32_t monday)
{
	int year = week_date_of(monday + THURSDAY).year;
	int week = (monday - first_monday(year)) / WEEK_DAYS + 1;

	(void)text_format(out, WEEK_TEXT_SIZE, "%04d-W%02d", year, week);
}

bool week_parse(const char *text, int32_t *monday)
{
	struct slice week = slice_str(text), year = slice_cut(&week, '-');
	char again[WEEK_TEXT_SIZE];
	uint64_t y, w;
	int32_t day;

	if (year.n != 4 || week.n != 3 || week.p[0] != 'W' ||
		!slice_u64(year, YEAR_LAST, &y) || y < YEAR_FIRST ||
		!slice_u64(slice_from(week, 1), 53, &w) || w < 1)
		return false;
	day = first_monday((int)y) + (int32_t)(w - 1) * WEEK_DAYS;
	week_text(again, day);
	if (!slice_is(slice_str(text), again))
		return false; /* that year has no week 53 */
	*monday = day;
	return true;
}
