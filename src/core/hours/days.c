/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* days -- the Gregorian calendar, one day at a time.  Part of hours. */
#include "core/hours/days.h"

static bool is_leap(unsigned year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

uint8_t days_in_month(unsigned year, unsigned month)
{
	static const uint8_t days[] = { 0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };

	if (month >= sizeof days)
		return 0;
	return (uint8_t)(days[month] + (month == 2 && is_leap(year)));
}

struct hours_date hours_tomorrow(struct hours_date d)
{
	if (d.day < days_in_month(d.year, d.month))
		return (struct hours_date){ d.year, d.month, (uint8_t)(d.day + 1) };
	if (d.month < 12)
		return (struct hours_date){ d.year, (uint8_t)(d.month + 1), 1 };
	return (struct hours_date){ (uint16_t)(d.year + 1), 1, 1 };
}

struct hours_date days_yesterday(struct hours_date d)
{
	if (d.day > 1)
		return (struct hours_date){ d.year, d.month, (uint8_t)(d.day - 1) };
	if (d.month == 1)
		return (struct hours_date){ (uint16_t)(d.year - 1), 12, 31 };
	return (struct hours_date){ d.year, (uint8_t)(d.month - 1),
		days_in_month(d.year, d.month - 1u) };
}
