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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_next_is_the_next),
		cmocka_unit_test(test_spans),
		cmocka_unit_test(test_dates),
	};

	return cmocka_run_group_tests_name("hours", tests, NULL, NULL);
}
