/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* pulse -- see pulse.h. */
#include "core/home/pulse.h"

#include "base/text.h"

/* Days since 1970-01-01 of a date of the Gregorian calendar; years begin in March, so that the leap day comes last:
 * Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil. */
static int32_t days_of(struct hours_date d)
{
	int32_t year = d.year - (d.month <= 2);
	int32_t era = year / 400;
	int32_t year_of_era = year - era * 400;
	int32_t day_of_year = (153 * ((d.month + 9) % 12) + 2) / 5 + d.day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
		day_of_year - 719468;
}

int32_t pulse_monday(struct hours_date date)
{
	int32_t days = days_of(date);
	int32_t weekday = ((days + 3) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */

	return days - weekday;
}

/* The year in which a day lies. */
static uint16_t year_of(int32_t days)
{
	uint16_t year = (uint16_t)(1970 + days / 366); /* not too late */

	while (days_of((struct hours_date){ (uint16_t)(year + 1), 1, 1 }) <= days)
		year++;
	return year;
}

/* ISO 8601: a week belongs to the year that has its Thursday, and is counted among that year's Thursdays. */
void pulse_week_text(char text[PULSE_TEXT_SIZE], int32_t monday)
{
	int32_t thursday = monday + 3;
	uint16_t year = year_of(thursday);
	int32_t first = days_of((struct hours_date){ year, 1, 1 });

	(void)text_format(text, PULSE_TEXT_SIZE, "%04u-W%02d", (unsigned)year,
		(int)((thursday - first) / 7 + 1));
}

bool pulse_may_tell(const struct pulse_counts *c)
{
	unsigned different = 0;
	uint64_t total = 0;

	for (unsigned i = 0; i < PULSE_ANSWERS; i++) {
		different += c->n[i] > 0;
		total += c->n[i];
	}
	return total >= PULSE_LEAST && different > 1;
}

bool pulse_may_show(const struct pulse_counts *c, int32_t monday, int32_t this_monday)
{
	return monday < this_monday && pulse_may_tell(c);
}

void pulse_add(struct pulse_counts *to, const struct pulse_counts *more)
{
	for (unsigned i = 0; i < PULSE_ANSWERS; i++)
		to->n[i] += more->n[i];
}
