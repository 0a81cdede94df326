/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* hours: what is open when, and until when; what may be written and what not. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/holidays/holidays.h"
#include "core/hours/hours.h"

#define TEXTS_MAX 5

static const char *const day_names[] = { "Mo", "Tu", "We", "Th", "Fr", "Sa", "Su" };

/* "2026-11-26 Th 13:30" */
static struct hours_moment moment(const char *text)
{
	struct hours_moment m = { .weekday = 7 };
	unsigned year, month, day, hour, minute;
	char name[3];

	assert_int_equal(sscanf(text, "%4u-%2u-%2u %2s %2u:%2u", &year, &month, &day,
				 name, &hour, &minute),
		6);
	for (uint8_t i = 0; i < 7; i++)
		if (strcmp(day_names[i], name) == 0)
			m.weekday = i;
	assert_in_range(m.weekday, 0, 6);
	m.date = (struct hours_date){ (uint16_t)year, (uint8_t)month, (uint8_t)day };
	m.minute = (uint16_t)(hour * 60 + minute);
	return m;
}

static void moment_text(char out[32], const struct hours_moment *m)
{
	snprintf(out, 32, "%04u-%02u-%02u %s %02u:%02u", m->date.year, m->date.month,
		m->date.day, day_names[m->weekday % 7], m->minute / 60, m->minute % 60);
}

static void add(struct hours *h, const char *const *spans, const char *const *closed)
{
	for (size_t i = 0; i < TEXTS_MAX && spans[i]; i++)
		assert_int_equal(hours_parse_span(&h->spans[h->n_spans++], spans[i]), 0);
	for (size_t i = 0; i < TEXTS_MAX && closed[i]; i++)
		assert_int_equal(
			hours_parse_date(&h->closed[h->n_closed++], closed[i]), 0);
}

#define OFFICE                                         \
	{                                              \
		"Mo-Fr 08:00-18:00", "Sa 08:00-12:00", \
	}
#define SPLIT                                             \
	{                                                 \
		"Mo-Fr 08:00-12:00", "Mo-Fr 13:30-17:00", \
	}
#define NIGHT                 \
	{                     \
		"22:00-06:00" \
	}
#define WEEKEND_NIGHT               \
	{                           \
		"Fr,Sa 20:00-04:00" \
	}

static const struct {
	const char *what, *spans[TEXTS_MAX], *closed[TEXTS_MAX], *at;
	bool is_open;
	const char *next; /* NULL: never */
} cases[] = {
	{ "nothing is said: always", { 0 }, { 0 }, "2026-11-26 Th 03:00", true, NULL },
	{ "before the first minute", OFFICE, { 0 }, "2026-11-26 Th 07:59", false,
		"2026-11-26 Th 08:00" },
	{ "the first minute", OFFICE, { 0 }, "2026-11-26 Th 08:00", true,
		"2026-11-26 Th 18:00" },
	{ "the last minute", OFFICE, { 0 }, "2026-11-26 Th 17:59", true,
		"2026-11-26 Th 18:00" },
	{ "after the last minute", OFFICE, { 0 }, "2026-11-26 Th 18:00", false,
		"2026-11-27 Fr 08:00" },
	{ "the short day", OFFICE, { 0 }, "2026-11-28 Sa 11:59", true,
		"2026-11-28 Sa 12:00" },
	{ "over the week's end", OFFICE, { 0 }, "2026-11-28 Sa 12:00", false,
		"2026-11-30 Mo 08:00" },
	{ "a day without", OFFICE, { 0 }, "2026-11-29 Su 10:00", false,
		"2026-11-30 Mo 08:00" },
	{ "two spans: between them", SPLIT, { 0 }, "2026-11-26 Th 12:30", false,
		"2026-11-26 Th 13:30" },
	{ "two spans: in the first", SPLIT, { 0 }, "2026-11-26 Th 09:00", true,
		"2026-11-26 Th 12:00" },
	{ "two spans that meet are one", { "08:00-12:00", "12:00-17:00" }, { 0 },
		"2026-11-26 Th 09:00", true, "2026-11-26 Th 17:00" },
	{ "two spans that overlap are one", { "08:00-13:00", "12:00-17:00" }, { 0 },
		"2026-11-26 Th 09:00", true, "2026-11-26 Th 17:00" },
	{ "the whole day, each day", { "00:00-24:00" }, { 0 }, "2026-11-26 Th 23:59",
		true, NULL },
	{ "the whole of one day", { "We 00:00-24:00" }, { 0 }, "2026-11-25 We 23:59",
		true, "2026-11-26 Th 00:00" },
	{ "the day after it", { "We 00:00-24:00" }, { 0 }, "2026-11-26 Th 00:00", false,
		"2026-12-02 We 00:00" },
	{ "until midnight", { "18:00-24:00" }, { 0 }, "2026-11-26 Th 23:59", true,
		"2026-11-27 Fr 00:00" },
	{ "until midnight, written 00:00", { "18:00-00:00" }, { 0 },
		"2026-11-26 Th 23:59", true, "2026-11-27 Fr 00:00" },
	{ "over midnight: the evening", NIGHT, { 0 }, "2026-11-26 Th 22:00", true,
		"2026-11-27 Fr 06:00" },
	{ "over midnight: midnight", NIGHT, { 0 }, "2026-11-27 Fr 00:00", true,
		"2026-11-27 Fr 06:00" },
	{ "over midnight: the end", NIGHT, { 0 }, "2026-11-27 Fr 06:00", false,
		"2026-11-27 Fr 22:00" },
	{ "a night belongs to the day on which it begins", WEEKEND_NIGHT, { 0 },
		"2026-11-29 Su 03:59", true, "2026-11-29 Su 04:00" },
	{ "and not to the day before", WEEKEND_NIGHT, { 0 }, "2026-11-27 Fr 03:00", false,
		"2026-11-27 Fr 20:00" },
	{ "from Sunday into Monday", { "Su 22:00-06:00" }, { 0 }, "2026-11-30 Mo 05:59",
		true, "2026-11-30 Mo 06:00" },
	{ "days over the week's end", { "Sa-Mo 10:00-12:00" }, { 0 },
		"2026-11-30 Mo 11:00", true, "2026-11-30 Mo 12:00" },
	{ "and none beside them", { "Sa-Mo 10:00-12:00" }, { 0 }, "2026-12-01 Tu 11:00",
		false, "2026-12-05 Sa 10:00" },
	{ "a closed day of one year", OFFICE, { "2026-12-25" }, "2026-12-25 Fr 10:00",
		false, "2026-12-26 Sa 08:00" },
	{ "but not of the next", OFFICE, { "2026-12-25" }, "2028-12-25 Mo 10:00", true,
		"2028-12-25 Mo 18:00" },
	{ "a closed day of each year", OFFICE, { "08-01" }, "2028-08-01 Tu 10:00", false,
		"2028-08-02 We 08:00" },
	{ "two closed days in a row", OFFICE, { "12-24", "12-25" }, "2026-12-23 We 18:00",
		false, "2026-12-26 Sa 08:00" },
	{ "a closed day alone: open on all others", { 0 }, { "01-01" },
		"2026-12-31 Th 23:59", true, "2027-01-01 Fr 00:00" },
	{ "until it is over", { 0 }, { "01-01" }, "2027-01-01 Fr 12:00", false,
		"2027-01-02 Sa 00:00" },
	{ "the evening before a closed day goes on to midnight", NIGHT, { "12-25" },
		"2026-12-24 Th 23:59", true, "2026-12-25 Fr 00:00" },
	{ "a night that would begin on a closed day does not", NIGHT, { "12-25" },
		"2026-12-25 Fr 23:00", false, "2026-12-26 Sa 22:00" },
	{ "nor does it on the morning after", NIGHT, { "12-25" }, "2026-12-26 Sa 03:00",
		false, "2026-12-26 Sa 22:00" },
	{ "a night over the year's end", NIGHT, { "2026-12-31" }, "2027-01-01 Fr 03:00",
		false, "2027-01-01 Fr 22:00" },
	{ "a leap day, and the day before", OFFICE, { "02-29" }, "2028-02-28 Mo 20:00",
		false, "2028-03-01 We 08:00" },
	{ "a night into the first of March", NIGHT, { "02-29" }, "2028-03-01 We 03:00",
		false, "2028-03-01 We 22:00" },
	/* clocks go forward from 02:00 to 03:00: who asks is never told 02:30 */
	{ "before the hour that is skipped", { "Su 02:30-06:00" }, { 0 },
		"2027-03-28 Su 01:59", false, "2027-03-28 Su 02:30" },
	{ "after it", { "Su 02:30-06:00" }, { 0 }, "2027-03-28 Su 03:00", true,
		"2027-03-28 Su 06:00" },
	{ "a night that ends within it", { "Sa 22:00-02:30" }, { 0 },
		"2027-03-28 Su 03:00", false, "2027-04-03 Sa 22:00" },
};

static void test_cases(void **state)
{
	size_t n_failed = 0;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct hours_moment at = moment(cases[i].at), next;
		struct hours h = { .n_spans = 0 };
		char text[32] = "never";
		bool is_open;

		add(&h, cases[i].spans, cases[i].closed);
		is_open = hours_are_open(&h, &at);
		if (hours_next(&h, &at, &next))
			moment_text(text, &next);
		if (is_open == cases[i].is_open &&
			strcmp(text, cases[i].next ? cases[i].next : "never") == 0)
			continue;
		print_error("%s: %s, then %s\n", cases[i].what,
			is_open ? "open" : "closed", text);
		n_failed++;
	}
	assert_int_equal(n_failed, 0);
}

/* Minute by minute over a leap year: between two changes nothing changes. */
static void test_next_is_the_next(void **state)
{
	static const char *const spans[] = { "Mo-Fr 08:00-12:00", "Mo-Th 13:30-17:15",
		"Fr,Sa 20:00-04:00", NULL };
	static const char *const closed[] = { "2028-02-29", "12-25", "12-26", NULL };
	struct hours_moment at = moment("2028-01-01 Sa 00:00"), next;
	struct hours h = { .n_spans = 0 };
	bool was_open;
	unsigned n = 0;

	add(&h, spans, closed);
	was_open = hours_are_open(&h, &at);
	assert_true(hours_next(&h, &at, &next));
	for (unsigned day = 0; day < 366; day++) {
		for (at.minute = 0; at.minute < HOURS_DAY_MIN; at.minute++) {
			bool is_now = memcmp(&at.date, &next.date, sizeof at.date) == 0 &&
				at.minute == next.minute;

			if (hours_are_open(&h, &at) != (is_now ? !was_open : was_open))
				fail_msg("day %u minute %u", day, at.minute);
			if (!is_now)
				continue;
			assert_int_equal(at.weekday, next.weekday);
			was_open = !was_open;
			n++;
			assert_true(hours_next(&h, &at, &next));
		}
		at.date = hours_tomorrow(at.date);
		at.weekday = (uint8_t)((at.weekday + 1) % 7);
	}
	assert_int_equal(at.date.year, 2029);
	assert_true(n > 1000);
}

static const struct {
	const char *text;
	uint8_t days;
	int from, to; /* -1: refused */
} spans[] = {
	{ "Mo-Fr 08:00-18:00", 0x1F, 480, 1080 },
	{ "mo-fr 08:00-18:00", 0x1F, 480, 1080 },
	{ "Sa 08:00-12:00", 0x20, 480, 720 },
	{ "Mo,We,Fr 08:00-12:00", 0x15, 480, 720 },
	{ "Mo-We,Sa 08:00-12:00", 0x27, 480, 720 },
	{ "Sa-Mo 08:00-12:00", 0x61, 480, 720 },
	{ "Mo-Su 00:00-24:00", 0x7F, 0, 1440 },
	{ "22:00-06:00", 0x7F, 1320, 360 },
	{ "  Su   22:00-00:00 ", 0x40, 1320, 0 },
	{ "", 0, -1, -1 },
	{ " ", 0, -1, -1 },
	{ "Mo", 0, -1, -1 },
	{ "Mo-Fr", 0, -1, -1 },
	{ "08:00", 0, -1, -1 },
	{ "08:00-", 0, -1, -1 },
	{ "-18:00", 0, -1, -1 },
	{ "8:00-18:00", 0, -1, -1 },
	{ "08:0-18:00", 0, -1, -1 },
	{ "0800-1800", 0, -1, -1 },
	{ "08.00-18.00", 0, -1, -1 },
	{ "08:00-18:60", 0, -1, -1 },
	{ "08:00-25:00", 0, -1, -1 },
	{ "08:00-24:01", 0, -1, -1 },
	{ "24:00-08:00", 0, -1, -1 },
	{ "08:00-08:00", 0, -1, -1 },
	{ "Xx 08:00-18:00", 0, -1, -1 },
	{ "Mo- 08:00-18:00", 0, -1, -1 },
	{ "-Mo 08:00-18:00", 0, -1, -1 },
	{ "Mo-Tu-We 08:00-18:00", 0, -1, -1 },
	{ "Mo, 08:00-18:00", 0, -1, -1 },
	{ ",Mo 08:00-18:00", 0, -1, -1 },
	{ "Mo, Tu 08:00-18:00", 0, -1, -1 },
	{ "Mo 08:00-18:00 Tu", 0, -1, -1 },
	{ "08:00-12:00 13:00-18:00", 0, -1, -1 },
	{ "Mo 08:00-18:00-20:00", 0, -1, -1 },
};

static void test_spans(void **state)
{
	size_t n_failed = 0;

	for (size_t i = 0; i < sizeof spans / sizeof *spans; i++) {
		struct hours_span s = { .days = 0x55 };
		int err = hours_parse_span(&s, spans[i].text);
		bool is_right = spans[i].from < 0 ? err == EINVAL && s.days == 0x55
						  : err == 0 && s.days == spans[i].days &&
				s.from == spans[i].from && s.to == spans[i].to;

		if (!is_right)
			print_error("\"%s\": %d, days %#x, %u to %u\n", spans[i].text,
				err, s.days, s.from, s.to);
		n_failed += !is_right;
	}
	assert_int_equal(n_failed, 0);
}

static const struct {
	const char *text;
	int year, month, day; /* -1: refused */
} dates[] = {
	{ "2026-12-25", 2026, 12, 25 },
	{ "08-01", 0, 8, 1 },
	{ "02-29", 0, 2, 29 },
	{ "2028-02-29", 2028, 2, 29 },
	{ "2000-02-29", 2000, 2, 29 },
	{ "2027-02-29", -1, 0, 0 },
	{ "2100-02-29", -1, 0, 0 },
	{ "02-30", -1, 0, 0 },
	{ "04-31", -1, 0, 0 },
	{ "00-10", -1, 0, 0 },
	{ "13-10", -1, 0, 0 },
	{ "12-00", -1, 0, 0 },
	{ "12-32", -1, 0, 0 },
	{ "", -1, 0, 0 },
	{ "12", -1, 0, 0 },
	{ "2026-12", -1, 0, 0 },
	{ "2026-12-25-01", -1, 0, 0 },
	{ "0000-12-25", -1, 0, 0 },
	{ "1969-12-25", -1, 0, 0 },
	{ "3000-12-25", -1, 0, 0 },
	{ "26-12-25", -1, 0, 0 },
	{ "12-5", -1, 0, 0 },
	{ "25.12.", -1, 0, 0 },
	{ "12-25 ", -1, 0, 0 },
};

static void test_dates(void **state)
{
	size_t n_failed = 0;

	for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
		struct hours_date d = { .day = 77 };
		int err = hours_parse_date(&d, dates[i].text);
		bool is_right = dates[i].year < 0 ? err == EINVAL && d.day == 77
						  : err == 0 && d.year == dates[i].year &&
				d.month == dates[i].month && d.day == dates[i].day;

		if (!is_right)
			print_error("\"%s\": %d, %u-%u-%u\n", dates[i].text, err, d.year,
				d.month, d.day);
		n_failed += !is_right;
	}
	assert_int_equal(n_failed, 0);
}

/* Holidays, days that are not, and days with hours of their own. */
static void test_days(void **state)
{
	static const struct {
		const char *at;
		bool is_open;
	} days[] = {
		{ "2026-04-02 Th 10:00", true },
		{ "2026-04-03 Fr 10:00", false }, /* Good Friday */
		{ "2026-01-02 Fr 10:00", true }, /* holidays-open */
		{ "2026-12-24 Th 09:59", true }, { "2026-12-24 Th 12:00", false },
		{ "2026-12-24 Th 14:30", true }, /* its second span */
		{ "2026-12-25 Fr 10:00", true }, /* a holiday with hours of its own */
		{ "2026-12-25 Fr 11:00", false }, { "2026-12-31 Th 10:00", false },
		{ "2027-12-31 Fr 10:00", true }, /* of that one year */
	};
	struct hours h = { .canton = (uint8_t)holidays_canton("BE") };
	static const char *const none[] = { NULL }, *const office[TEXTS_MAX] = OFFICE;
	static const char *const special[] = { "12-24 08:00-12:00", "12-24 14:00-15:00",
		"2026-12-25 10:00-11:00", "2026-12-31 closed" };
	struct hours_moment next, from;

	add(&h, office, none);
	for (size_t i = 0; i < sizeof special / sizeof *special; i++)
		assert_int_equal(
			hours_parse_special(&h.special[h.n_special++], special[i]), 0);
	assert_int_equal(hours_parse_date(&h.open[h.n_open++], "01-02"), 0);
	for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
		struct hours_moment m = moment(days[i].at);

		if (hours_are_open(&h, &m) != days[i].is_open)
			fail_msg("%s", days[i].at);
	}
	from = moment("2026-12-24 Th 12:30");
	assert_true(hours_next(&h, &from, &next));
	assert_int_equal(next.minute, 14 * 60);
	from = moment("2026-12-24 Th 15:30");
	assert_true(hours_next(&h, &from, &next));
	assert_int_equal(next.date.day, 25);
	assert_int_equal(next.minute, 10 * 60);
	assert_false(hours_are_always(&(struct hours){ .canton = 1 }));
	assert_false(hours_are_always(&(struct hours){ .n_special = 1 }));
}

/* What began the evening before ends at midnight where the next day is a holiday, or has hours of its own. */
static void test_nights(void **state)
{
	static const char *const none[] = { NULL },
				 *const night[TEXTS_MAX] = { "22:00-06:00" };
	struct hours h = { .canton = (uint8_t)holidays_canton("ZH") };
	struct hours_moment m = moment("2026-08-01 Sa 01:00");

	add(&h, night, none);
	assert_false(hours_are_open(&h, &m));
	m = moment("2026-08-02 Su 01:00");
	assert_false(hours_are_open(&h, &m));
	m = moment("2026-08-03 Mo 01:00");
	assert_true(hours_are_open(&h, &m));
	assert_int_equal(
		hours_parse_special(&h.special[h.n_special++], "2026-08-03 10:00-11:00"),
		0);
	assert_false(hours_are_open(&h, &m));
}

static void test_special(void **state)
{
	static const char *const bad[] = { "", "2026-12-24", "12-24 ", "12-24 open",
		"12-24 12:00-12:00", "12-24 14:00-12:00", "02-30 closed", "closed" };
	struct hours_special s;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (hours_parse_special(&s, bad[i]) == 0)
			fail_msg("\"%s\" was taken", bad[i]);
	assert_int_equal(hours_parse_special(&s, "12-24 00:00-24:00"), 0);
	assert_int_equal(s.to, HOURS_DAY_MIN);
}

static void test_same(void **state)
{
	const struct hours first = { .spans = { { 31, 480, 1020 } },
		.n_spans = 1,
		.closed = { { 0, 8, 1 } },
		.n_closed = 1,
		.canton = 2,
		.open = { { 2026, 1, 2 } },
		.n_open = 1,
		.special = { { { 2026, 12, 24 }, 480, 720 } },
		.n_special = 1 };
	struct hours h[8];

	for (size_t i = 0; i < 8; i++)
		h[i] = first;
	h[1].spans[0].to = 1080;
	h[2].n_spans = 0;
	h[3].closed[0].day = 2;
	h[4].canton = 3;
	h[5].n_open = 0;
	h[6].special[0].from = 540;
	h[7].spans[1].days = 1; /* beyond what counts */
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(hours_are_same(&first, &h[i]), i == 0 || i == 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_next_is_the_next),
		cmocka_unit_test(test_spans),
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_nights),
		cmocka_unit_test(test_special),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_same),
	};

	return cmocka_run_group_tests_name("hours", tests, NULL, NULL);
}
