/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* week: what a change of a week plan would break; the calendar; swaps of places. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/home/week.h"

#define N(t) (sizeof(t) / sizeof *(t))

/* A day by a letter: o office, h home, b a part at both; 08:00 to 12:00 and 12:30 to 16:30.
 * e: early, 06:00 to 14:00 at the office; l: late, 14:00 to 23:00 at home; c: nine hours
 * without a gap; r: two parts within 15 1/2 hours; A: absent from an o, H: from an h. */
static struct week_day day_of(char letter)
{
	struct week_day d = {
		.spans = { { 480, 720, WEEK_OFFICE }, { 750, 990, WEEK_OFFICE } }, .n = 2
	};

	switch (letter) {
	case '-': return (struct week_day){ .n = 0 };
	case 'h':
	case 'H': d.spans[0].place = d.spans[1].place = WEEK_HOME; break;
	case 'b': d.spans[0].place = WEEK_HOME; break;
	case 'e':
		return (struct week_day){ .spans = { { 360, 600, WEEK_OFFICE },
						  { 630, 840, WEEK_OFFICE } },
			.n = 2 };
	case 'l':
		return (struct week_day){ .spans = { { 840, 1080, WEEK_HOME },
						  { 1110, 1380, WEEK_HOME } },
			.n = 2 };
	case 'c':
		return (struct week_day){ .spans = { { 480, 1020, WEEK_OFFICE } },
			.n = 1 };
	case 'r':
		return (struct week_day){ .spans = { { 360, 540, WEEK_OFFICE },
						  { 1080, 1290, WEEK_HOME } },
			.n = 2 };
	default: break;
	}
	d.is_absent = letter == 'A' || letter == 'H';
	return d;
}

static struct week_plan plan_of(const char *letters)
{
	struct week_plan p = { 0 };

	assert_int_equal(strlen(letters), WEEK_DAYS);
	for (int i = 0; i < WEEK_DAYS; i++)
		p.days[i] = day_of(letters[i]);
	return p;
}

static void add_minutes(char *text, size_t cap, const struct week_broken *b)
{
	char one[64];

	(void)snprintf(one, sizeof one, "%s%s%s %u", *text ? ", " : "",
		b->is_hard ? "!" : "", week_kind_word(b->kind), b->day);
	(void)strncat(text, one, cap - strlen(text) - 1);
	if (b->to) {
		(void)snprintf(one, sizeof one, " %02u:%02u-%02u:%02u", b->from / 60,
			b->from % 60, b->to / 60, b->to % 60);
		(void)strncat(text, one, cap - strlen(text) - 1);
	}
	(void)snprintf(one, sizeof one, " %u", b->missing);
	(void)strncat(text, one, cap - strlen(text) - 1);
}

/* Four agents: Anna wants to be at home, Beat and Carla are cleared for `strict` at the office, Dino is not and sits
 * at another site. Two seats at the first site. Mondays need one `strict` agent from 08:00 to 09:00 and three agents in
 * all from 10:00 to 10:30. Wednesday is Anna's team day. */
static const struct {
	const char *what;
	const char *plans[4];
	const char *change; /* of Anna; NULL: none */
	const char *second; /* of Beat */
	const char *broken;
	uint8_t first_day;
} rows[] = {
	{ "nothing changes", { "ooooo--", "ooooo--", "ooooo--", "-------" }, NULL, NULL,
		"", 0 },
	{ "home on two days of five: all is well",
		{ "hhooo--", "-------", "-------", "-------" }, "hhooo--", NULL, "", 0 },
	{ "a third seat", { "h------", "o------", "o------", "-------" }, "o------", NULL,
		"!seats 0 1, home_days 0 1", 0 },
	{ "a seat for a part of the day is one",
		{ "h------", "o------", "o------", "-------" }, "b------", NULL,
		"!seats 0 1, home_days 0 1", 0 },
	{ "another site has seats of its own",
		{ "h------", "o------", "-------", "o------" }, "o------", NULL,
		"home_days 0 1", 0 },
	{ "too many already, and no worse",
		{ "oo-----", "oo-----", "oo-----", "-------" }, "oh-----", NULL,
		"home_days 0 1", 0 },
	{ "a swap of seats", { "h------", "o------", "o------", "-------" }, "o------",
		"h------", "home_days 0 1", 0 },
	{ "a day that is over has no seats any more",
		{ "h------", "o------", "o------", "-------" }, "o------", NULL,
		"home_days 0 1", 1 },
	{ "the last who is cleared goes home",
		{ "-------", "o------", "-------", "-------" }, "-------", "h------",
		"!strict 0 08:00-09:00 1", 0 },
	{ "with another there it may", { "-------", "o------", "o------", "-------" },
		"-------", "h------", "", 0 },
	{ "the last who is cleared is away: told, not refused",
		{ "-------", "o------", "-------", "-------" }, "-------", "A------",
		"strict 0 08:00-09:00 1, cover 0 10:00-10:30 3", 0 },
	{ "the last who is cleared has a day off",
		{ "-------", "o------", "-------", "-------" }, "-------", "-------",
		"!strict 0 08:00-09:00 1, cover 0 10:00-10:30 3", 0 },
	{ "home counts where anybody counts",
		{ "o------", "o------", "o------", "-------" }, "h------", NULL, "", 0 },
	{ "fewer than are needed is a hint",
		{ "o------", "o------", "o------", "-------" }, "-------", NULL,
		"cover 0 10:00-10:30 1", 0 },
	{ "at home on the team day", { "-------", "-------", "-------", "-------" },
		"hhh----", NULL, "team_day 2 1", 0 },
	{ "partly at home on the team day",
		{ "-------", "-------", "-------", "-------" }, "hhb----", NULL,
		"team_day 2 1", 0 },
	{ "away on the team day", { "-------", "-------", "-------", "-------" },
		"hhA----", NULL, "", 0 },
	{ "the promised home days", { "-------", "-------", "-------", "-------" },
		"hoooo--", NULL, "home_days 0 1", 0 },
	{ "a day at both places is none at home",
		{ "-------", "-------", "-------", "-------" }, "hbooo--", NULL,
		"home_days 0 1", 0 },
	{ "who works one day is promised one",
		{ "-------", "-------", "-------", "-------" }, "----h--", NULL, "", 0 },
	{ "an absence is no home day, and none is owed for it",
		{ "-------", "-------", "-------", "-------" }, "HHHHh--", NULL, "", 0 },
	{ "Beat did not ask for home days",
		{ "-------", "-------", "-------", "-------" }, "-------", "ooooo--", "",
		0 },
	{ "late, then early: seven hours [ArG 15a]",
		{ "-------", "-------", "-------", "-------" }, "-------", "-le----",
		"rest 2 240", 0 },
	{ "a day between them is rest enough",
		{ "-------", "-------", "-------", "-------" }, "-------", "-l-e---", "",
		0 },
	{ "away between: no work, no rest needed",
		{ "-------", "-------", "-------", "-------" }, "-------", "-lAe---", "",
		0 },
	{ "six days of eight hours are 48 [ArG 9]",
		{ "-------", "-------", "-------", "-------" }, "-------", "oooooo-",
		"hours 0 180", 0 },
	{ "five and an absence are not", { "-------", "-------", "-------", "-------" },
		"-------", "oooooA-", "", 0 },
	{ "nine hours without a break [ArG 15]",
		{ "-------", "-------", "-------", "-------" }, "-------", "c------",
		"break 0 30", 0 },
	{ "a split shift over more than 14 hours [ArG 10]",
		{ "-------", "-------", "-------", "-------" }, "-------", "r------",
		"reach 0 90", 0 },
};

static void read_row(size_t i, struct week_person people[4])
{
	for (size_t k = 0; k < 4; k++)
		people[k] = (struct week_person){ .agent = 71 + k,
			.site = k == 3,
			.team_days = k == 0 ? 1 << 2 : 0,
			.is_strict = k == 1 || k == 2,
			.wants_home = k == 0,
			.ended_min = -1,
			.begins_min = -1,
			.plan = plan_of(rows[i].plans[k]) };
}

static const struct week_rules rules = { .home_days = 2,
	.seats = { 2, 1 },
	.rest_min = 660,
	.week_min = 2700,
	.reach_min = 840 };

static void test_check(void **state)
{
	static struct week_need need;

	(void)state;
	need.strict[0][16] = need.strict[0][17] = 1;
	need.agents[0][20] = 3;
	for (size_t i = 0; i < N(rows); i++) {
		struct week_person people[4];
		struct week_change changes[2];
		struct week_broken broken[WEEK_TOLD_MAX];
		struct week_case c = { &rules, &need, people, 4, changes, 0,
			rows[i].first_day };
		char text[512] = "";
		size_t n;

		read_row(i, people);
		if (rows[i].change)
			changes[c.n_changes++] = (struct week_change){ 0,
				plan_of(rows[i].change) };
		if (rows[i].second)
			changes[c.n_changes++] = (struct week_change){ 1,
				plan_of(rows[i].second) };
		n = week_check(&c, broken, N(broken));
		for (size_t k = 0; k < n; k++)
			add_minutes(text, sizeof text, &broken[k]);
		if (strcmp(text, rows[i].broken) != 0)
			fail_msg("%s: %s", rows[i].what, text);
		assert_int_equal(week_is_refused(broken, n), rows[i].broken[0] == '!');
	}
}

/* Rest is also asked for across the ends of the week. */
static void test_around(void **state)
{
	static const struct {
		int16_t ended, begins;
		const char *plan;
		int day, missing; /* -1: nothing is told */
	} around[] = {
		{ -1, -1, "o-----o", -1, 0 },
		{ 1260, -1, "o------", -1, 0 }, /* 21:00 to 08:00 is eleven hours */
		{ 1275, -1, "o------", 0, 15 }, { 1440, -1, "-o-----", -1, 0 },
		{ -1, 240, "------l", 6, 360 }, /* 23:00 to 04:00 */
		{ -1, 600, "------l", -1, 0 }, { 1440, -1, "-------", -1, 0 },
		{ 1380, 360, "-------", -1, 0 }, /* seven days apart */
	};
	static const struct week_need none;

	(void)state;
	for (size_t i = 0; i < N(around); i++) {
		struct week_person p = { .ended_min = around[i].ended,
			.begins_min = around[i].begins };
		struct week_change ch = { 0, plan_of(around[i].plan) };
		struct week_case c = { &rules, &none, &p, 1, &ch, 1, 0 };
		struct week_broken b = { 0 };
		size_t n = week_check(&c, &b, 1);

		if (n != (around[i].day >= 0) ||
			(n &&
				(b.kind != WEEK_REST || b.day != around[i].day ||
					b.missing != around[i].missing)))
			fail_msg("%zu: %zu told, day %u, %u", i, n, b.day, b.missing);
	}
}

/* More are told than fit: the hard ones are among those that do. */
static void test_full(void **state)
{
	static const struct week_need none;
	struct week_person p[2] = {
		{ .team_days = 0x7f, .wants_home = true, .plan = plan_of("hhhhhhh") },
		{ .plan = plan_of("hhhhhhh") }
	};
	struct week_change ch[2] = { { 0, plan_of("rrrrrrr") },
		{ 1, plan_of("ooooooo") } };
	struct week_rules one = rules;
	struct week_case c = { &one, &none, p, 2, ch, 2, 0 };
	struct week_broken b[3];

	(void)state;
	one.seats[0] = 1;
	assert_true(week_check(&c, b, 3) > 7 + 3);
	for (int i = 0; i < 3; i++)
		assert_true(b[i].kind == WEEK_SEATS && b[i].is_hard);
	assert_true(week_is_refused(b, 3));
}

static void test_refuses(void **state)
{
	static const struct {
		const char *why;
		struct week_day day;
	} days[] = {
		{ NULL, { .n = 0 } },
		{ NULL, { .spans = { { 0, 1440, WEEK_HOME } }, .n = 1 } },
		{ NULL,
			{ .spans = { { 0, 15, WEEK_HOME }, { 15, 30, WEEK_OFFICE } },
				.n = 2 } },
		{ "spans", { .n = 5 } },
		{ "place", { .spans = { { 0, 60, WEEK_PLACES } }, .n = 1 } },
		{ "quarter", { .spans = { { 10, 60, WEEK_HOME } }, .n = 1 } },
		{ "quarter", { .spans = { { 0, 61, WEEK_HOME } }, .n = 1 } },
		{ "time", { .spans = { { 60, 60, WEEK_HOME } }, .n = 1 } },
		{ "time", { .spans = { { 60, 1455, WEEK_HOME } }, .n = 1 } },
		{ "order",
			{ .spans = { { 60, 120, WEEK_HOME }, { 105, 180, WEEK_HOME } },
				.n = 2 } },
		{ "order",
			{ .spans = { { 120, 180, WEEK_HOME }, { 0, 60, WEEK_HOME } },
				.n = 2 } },
	};

	(void)state;
	for (size_t i = 0; i < N(days); i++) {
		struct week_plan p = { .days = { [4] = days[i].day } };
		const char *why = week_plan_refuses(&p);

		if ((why == NULL) != (days[i].why == NULL) ||
			(why && strcmp(why, days[i].why) != 0))
			fail_msg("%zu: %s", i, why ? why : "nothing");
	}
}

static void test_count(void **state)
{
	struct week_person p[3] = { { .is_strict = true, .plan = plan_of("o------") },
		{ .plan = plan_of("b------") },
		{ .site = 3, .plan = plan_of("A-h----") } };
	struct week_case c = { .people = p, .n = 3 };
	struct week_counts n;

	(void)state;
	p[0].plan.days[0].spans[0].from =
		495; /* 08:15: the first half-hour is not whole */
	week_count(&c, &n);
	assert_int_equal(n.seats[0][0], 2);
	assert_int_equal(n.seats[3][0], 0);
	assert_int_equal(n.home[0], 1);
	assert_int_equal(n.home[2], 1);
	assert_int_equal(n.agents[0][15], 0);
	assert_int_equal(n.agents[0][16], 1);
	assert_int_equal(n.agents[0][17], 2);
	assert_int_equal(n.agents[0][24], 0); /* at noon */
	assert_int_equal(n.agents[0][32], 2);
	assert_int_equal(n.agents[0][33], 0);
	assert_int_equal(n.strict[0][16], 0);
	assert_int_equal(n.strict[0][17], 1);
}

static void test_exchange(void **state)
{
	static const struct {
		char gives, takes;
		bool is_done;
	} days[] = { { 'o', 'h', true }, { 'e', 'l', true }, { 'h', 'o', false },
		{ 'o', 'o', false }, { 'o', '-', false }, { '-', 'h', false },
		{ 'A', 'h', false }, { 'o', 'H', false }, { 'b', 'h', false },
		{ 'o', 'b', false } };

	(void)state;
	for (size_t i = 0; i < N(days); i++) {
		struct week_plan g = plan_of("-------"), t = g;

		g.days[3] = day_of(days[i].gives);
		t.days[3] = day_of(days[i].takes);
		struct week_plan g_was = g, t_was = t;

		assert_int_equal(week_exchange(&g, &t, 3), days[i].is_done);
		if (!days[i].is_done) {
			assert_memory_equal(&g, &g_was, sizeof g);
			assert_memory_equal(&t, &t_was, sizeof t);
			continue;
		}
		assert_true(week_is_all(&g.days[3], WEEK_HOME));
		assert_true(week_is_all(&t.days[3], WEEK_OFFICE));
		/* each in its own hours */
		assert_int_equal(g.days[3].spans[0].from, g_was.days[3].spans[0].from);
		assert_int_equal(t.days[3].spans[1].to, t_was.days[3].spans[1].to);
	}
}

/* Dates of ISO 8601's own examples, and years with and without a week 53. */
static void test_calendar(void **state)
{
	static const struct {
		int year, month, day;
		const char *week;
	} dates[] = {
		{ 1970, 1, 1, "1970-W01" },
		{ 1985, 4, 12, "1985-W15" },
		{ 2004, 12, 31, "2004-W53" },
		{ 2005, 1, 1, "2004-W53" },
		{ 2007, 1, 1, "2007-W01" },
		{ 2007, 12, 30, "2007-W52" },
		{ 2007, 12, 31, "2008-W01" },
		{ 2020, 12, 31, "2020-W53" },
		{ 2021, 1, 3, "2020-W53" },
		{ 2024, 2, 29, "2024-W09" },
		{ 2026, 11, 26, "2026-W48" },
		{ 2400, 2, 29, "2400-W09" },
	};
	static const char *const wrong[] = { "", "2026", "2026-48", "2026-W4", "2026-W00",
		"2026-W54", "2025-W53", "2026-w48", "2026-W48 ", "1969-W01", "26-W48",
		"2026-W-1", "2026-W4x" };
	char text[WEEK_TEXT_SIZE];
	int32_t monday = 0;

	(void)state;
	for (size_t i = 0; i < N(dates); i++) {
		int32_t day = week_day_of(
			dates[i].year, (unsigned)dates[i].month, (unsigned)dates[i].day);
		struct week_date back = week_date_of(day);

		assert_int_equal(back.year, dates[i].year);
		assert_int_equal(back.month, dates[i].month);
		assert_int_equal(back.day, dates[i].day);
		week_text(text, week_monday(day));
		assert_string_equal(text, dates[i].week);
		assert_true(week_parse(dates[i].week, &monday));
		assert_int_equal(monday, week_monday(day));
	}
	for (size_t i = 0; i < N(wrong); i++)
		if (week_parse(wrong[i], &monday))
			fail_msg("\"%s\" was taken", wrong[i]);
	assert_int_equal(week_day_of(1970, 1, 1), 0);
	assert_int_equal(week_day_of(2000, 3, 1), 11017);
	/* each day once, each week seven */
	for (int32_t day = -800000; day < 800000; day++) {
		struct week_date d = week_date_of(day);

		if (week_day_of(d.year, d.month, d.day) != day ||
			day - week_monday(day) > 6 || day < week_monday(day))
			fail_msg("day %d", day);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_around),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_exchange),
		cmocka_unit_test(test_calendar),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
