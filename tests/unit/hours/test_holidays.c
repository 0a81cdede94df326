/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* holidays: Easter against published tables, and the days of years and cantons as their authorities published them. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/holidays/holidays.h"

static void test_easter(void **state)
{
	/* the years of the earliest and latest day that there can be, those that Gauss' rule gets wrong without its
	 * exceptions (1954, 1981, 2049, 2076), and some others */
	static const struct {
		unsigned year;
		uint8_t month, day;
	} cases[] = { { 1818, 3, 22 }, { 1886, 4, 25 }, { 1943, 4, 25 }, { 1954, 4, 18 },
		{ 1961, 4, 2 }, { 1981, 4, 19 }, { 2000, 4, 23 }, { 2008, 3, 23 },
		{ 2011, 4, 24 }, { 2024, 3, 31 }, { 2025, 4, 20 }, { 2026, 4, 5 },
		{ 2027, 3, 28 }, { 2028, 4, 16 }, { 2038, 4, 25 }, { 2049, 4, 18 },
		{ 2076, 4, 19 }, { 2285, 3, 22 } };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct hours_date d = holidays_easter(cases[i].year);

		if (d.month != cases[i].month || d.day != cases[i].day ||
			d.year != cases[i].year)
			fail_msg("%u: %u-%02u-%02u", cases[i].year, d.year, d.month,
				d.day);
	}
}

static const struct {
	const char *canton;
	unsigned year;
	const char *days; /* month-day, in order */
} years[] = {
	{ "ZH", 2026, "01-01 01-02 04-03 04-06 05-01 05-14 05-25 08-01 12-25 12-26" },
	{ "BE", 2026, "01-01 01-02 04-03 04-06 05-14 05-25 08-01 12-25 12-26" },
	{ "BE", 2024, "01-01 01-02 03-29 04-01 05-09 05-20 08-01 12-25 12-26" },
	{ "LU", 2026,
		"01-01 01-02 04-03 04-06 05-14 05-25 06-04 08-01 08-15 11-01 12-08 12-25 "
		"12-26" },
	/* Christmas on a Friday: no Saint Stephen's */
	{ "UR", 2026,
		"01-01 01-06 03-19 04-03 04-06 05-14 05-25 06-04 08-01 08-15 11-01 12-08 "
		"12-25" },
	{ "UR", 2024,
		"01-01 01-06 03-19 03-29 04-01 05-09 05-20 05-30 08-01 08-15 11-01 12-08 "
		"12-25 12-26" },
	{ "AR", 2023, "01-01 04-07 04-10 05-18 05-29 08-01 12-25" }, /* on a Monday */
	{ "AR", 2025, "01-01 04-18 04-21 05-29 06-09 08-01 12-25 12-26" },
	/* the first Thursday of April is in Holy Week */
	{ "GL", 2026,
		"01-01 01-02 04-03 04-06 04-09 05-14 05-25 08-01 11-01 12-25 12-26" },
	{ "GL", 2025,
		"01-01 01-02 04-03 04-18 04-21 05-29 06-09 08-01 11-01 12-25 12-26" },
	/* New Year on a Sunday, and Christmas */
	{ "NE", 2023, "01-01 01-02 03-01 04-07 05-01 05-18 08-01 12-25" },
	{ "NE", 2022, "01-01 03-01 04-15 05-01 05-26 08-01 12-25 12-26" },
	{ "NE", 2026, "01-01 03-01 04-03 05-01 05-14 08-01 12-25" },
	{ "GE", 2025, "01-01 04-18 04-21 05-29 06-09 08-01 09-11 12-25 12-31" },
	{ "VD", 2025, "01-01 01-02 04-18 04-21 05-29 06-09 08-01 09-22 12-25" },
	{ "VS", 2026,
		"01-01 01-02 03-19 04-06 05-14 05-25 06-04 08-01 08-15 11-01 12-08 12-25 "
		"12-26" },
	{ "TI", 2026,
		"01-01 01-06 03-19 04-06 05-01 05-14 05-25 06-04 06-29 08-01 08-15 11-01 "
		"12-08 12-25 12-26" },
	{ "JU", 2026,
		"01-01 01-02 04-03 04-06 05-01 05-14 05-25 06-04 06-23 08-01 08-15 11-01 "
		"12-25" },
	{ "OW", 2026,
		"01-01 01-02 04-03 04-06 05-14 05-25 06-04 08-01 08-15 09-25 11-01 12-08 "
		"12-25 12-26" },
	{ "SG", 2026, "01-01 01-02 04-03 04-06 05-14 05-25 08-01 11-01 12-25 12-26" },
	{ "GR", 2026, "01-01 04-03 04-06 05-14 05-25 08-01 12-25 12-26" },
	/* Ascension on 1 May, in 2008: one day of two names */
	{ "BS", 2008, "01-01 03-21 03-24 05-01 05-01 05-12 08-01 12-25 12-26" },
};

static void test_years(void **state)
{
	for (size_t i = 0; i < sizeof years / sizeof *years; i++) {
		struct holiday_day days[HOLIDAYS_OF_YEAR_MAX];
		unsigned canton = holidays_canton(years[i].canton);
		size_t n = holidays_of(canton, years[i].year, days);
		char got[256] = "";

		assert_true(canton > 0);
		for (size_t k = 0; k < n; k++)
			snprintf(got + strlen(got), sizeof got - strlen(got),
				"%s%02u-%02u", k ? " " : "", days[k].date.month,
				days[k].date.day);
		if (strcmp(got, years[i].days) != 0)
			fail_msg("%s %u: expected %s, got %s", years[i].canton,
				years[i].year, years[i].days, got);
	}
}

/* Asked for a day, the same is said as for the year; and each name there is, in each language. */
static void test_each_day(void **state)
{
	static const char *const languages[] = { "de", "fr", "it", "en" };

	for (unsigned canton = 1; canton <= HOLIDAYS_CANTONS; canton++) {
		const char *code = holidays_canton_code(canton);

		assert_int_equal(holidays_canton(code), canton);
		for (unsigned year = 2020; year < 2032; year++) {
			struct holiday_day days[HOLIDAYS_OF_YEAR_MAX];
			size_t n = holidays_of(canton, year, days), met = 0, same = 0;

			for (size_t k = 1; k < n; k++)
				same += memcmp(&days[k].date, &days[k - 1].date,
						sizeof days[k].date) == 0;
			for (struct hours_date d = { (uint16_t)year, 1, 1 };
				d.year == year; d = hours_tomorrow(d))
				met += holidays_at(canton, d) != HOLIDAY_NONE;
			assert_int_equal(met + same, n);
			assert_in_range(n, 7, 15);
		}
	}
	for (int h = HOLIDAY_NEW_YEAR; h < HOLIDAYS; h++)
		for (size_t l = 0; l < 4; l++)
			assert_true(*holidays_name((enum holiday)h, languages[l]));
	assert_int_equal(holidays_canton("XX"), 0);
	assert_int_equal(holidays_canton(""), 0);
	assert_int_equal(holidays_at(0, (struct hours_date){ 2026, 1, 1 }), HOLIDAY_NONE);
	assert_string_equal(holidays_name(holidays_at(holidays_canton("GL"),
						  (struct hours_date){ 2026, 4, 9 }),
				    "de"),
		"Näfelser Fahrt");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_easter),
		cmocka_unit_test(test_years),
		cmocka_unit_test(test_each_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
