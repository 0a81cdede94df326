/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* plan: the command with its words, its files, and what it answers; bad input is told with its place and the mend. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "main/commands.h"
#include "main/plan.h"

#define WORDS_MAX 32

/* What a run of the command said. */
struct said {
	int status;
	char *out, *err;
};

static struct said run_words(int argc, char **argv)
{
	FILE *was_out = stdout, *was_err = stderr;
	struct said s = { 0 };
	size_t n_out = 0, n_err = 0;

	stdout = open_memstream(&s.out, &n_out);
	stderr = open_memstream(&s.err, &n_err);
	if (!stdout || !stderr)
		abort();
	s.status = command_plan(argc, argv);
	fclose(stdout);
	fclose(stderr);
	stdout = was_out;
	stderr = was_err;
	return s;
}

/* The words after `plan`, apart by blanks; FILE stands for `file`. */
static struct said run(const char *words, const char *file)
{
	char copy[512], *argv[WORDS_MAX + 1] = { (char[]){ "plan" } }, *save = NULL;
	int argc = 1;

	assert_true(strlen(words) < sizeof copy);
	memcpy(copy, words, strlen(words) + 1);
	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		assert_true(argc < WORDS_MAX);
		argv[argc++] = strcmp(w, "FILE") == 0 ? (char *)file : w;
	}
	return run_words(argc, argv);
}

static void forget(struct said *s)
{
	free(s->out);
	free(s->err);
}

static void make_file(char path[32], const char *text)
{
	int fd;

	memcpy(path, "/tmp/heimamt-plan-XXXXXX", 25);
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static json_t *answer(const char *words, const char *file)
{
	struct said s = run(words, file);
	json_error_t error;
	json_t *all;

	if (s.status || *s.err)
		fail_msg("%s: status %d, %s", words, s.status, s.err);
	all = json_loads(s.out, 0, &error);
	if (!all)
		fail_msg("%s: %s: %s", words, error.text, s.out);
	forget(&s);
	return all;
}

/* The number at "a.b.c"; an index stands for itself. */
static double number(json_t *all, const char *path)
{
	char copy[64], *save = NULL;
	json_t *at = all;

	assert_true(strlen(path) < sizeof copy);
	memcpy(copy, path, strlen(path) + 1);
	for (char *w = strtok_r(copy, ".", &save); w; w = strtok_r(NULL, ".", &save))
		at = json_is_array(at) ? json_array_get(at, (size_t)(*w - '0'))
				       : json_object_get(at, w);
	if (json_is_boolean(at))
		return json_is_true(at);
	if (!json_is_number(at))
		fail_msg("there is no number at %s", path);
	return json_number_value(at);
}

static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		enum plan_number kind;
		double value; /* -1: refused */
	} cases[] = {
		{ "240", PLAN_CALLS, 240 },
		{ " 240.5\t", PLAN_CALLS, 240.5 },
		{ "2.4e2", PLAN_CALLS, 240 },
		{ ".5", PLAN_CALLS, .5 },
		{ "0", PLAN_CALLS, 0 },
		{ "-1", PLAN_CALLS, -1 },
		{ "-0.001", PLAN_CALLS, -1 },
		{ "1e10", PLAN_CALLS, -1 },
		{ "1e400", PLAN_CALLS, -1 },
		{ "nan", PLAN_CALLS, -1 },
		{ "inf", PLAN_CALLS, -1 },
		{ "infinity", PLAN_CALLS, -1 },
		{ "0x10", PLAN_CALLS, -1 },
		{ "", PLAN_CALLS, -1 },
		{ " ", PLAN_CALLS, -1 },
		{ ".", PLAN_CALLS, -1 },
		{ "-", PLAN_CALLS, -1 },
		{ "1.2.3", PLAN_CALLS, -1 },
		{ "1 2", PLAN_CALLS, -1 },
		{ "12x", PLAN_CALLS, -1 },
		{ "1,5", PLAN_CALLS, -1 },
		{ "1e", PLAN_CALLS, -1 },
		{ "80%", PLAN_CALLS, -1 },
		{ "00000000000000000000000000000000000000000001", PLAN_CALLS, -1 },
		{ "0", PLAN_AHT, -1 },
		{ "0.001", PLAN_AHT, .001 },
		{ "0", PLAN_INTERVAL, -1 },
		{ "0", PLAN_PATIENCE, -1 },
		{ "0", PLAN_WITHIN, 0 },
		{ "0.8", PLAN_LEVEL, .8 },
		{ "80%", PLAN_LEVEL, .8 },
		{ "80 %", PLAN_LEVEL, .8 },
		{ "99.99%", PLAN_LEVEL, .9999 },
		{ "80", PLAN_LEVEL, -1 },
		{ "100%", PLAN_LEVEL, -1 },
		{ "1", PLAN_LEVEL, -1 },
		{ "%", PLAN_LEVEL, -1 },
		{ "80%%", PLAN_LEVEL, -1 },
		{ "-5%", PLAN_LEVEL, -1 },
		{ "100%", PLAN_OCCUPANCY, 1 },
		{ "0", PLAN_OCCUPANCY, -1 },
		{ "100%", PLAN_SHRINKAGE, -1 },
		{ "100%", PLAN_HOME, 1 },
		{ "0%", PLAN_OFFICE_ONLY, 0 },
		{ "50", PLAN_AGENTS, 50 },
		{ "0", PLAN_AGENTS, -1 },
		{ "2.5", PLAN_AGENTS, -1 },
		{ "100001", PLAN_AGENTS, -1 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		double v = -1;
		bool is_read = plan_number_read(
			&v, cases[i].kind, slice_str(cases[i].text));

		if (is_read != (cases[i].value >= 0) || fabs(v - cases[i].value) > 1e-12)
			fail_msg("\"%s\" as %s: %g", cases[i].text,
				plan_number_wants(cases[i].kind), v);
	}
}

static void test_textbook(void **state)
{
	static const char *const keys[] = { "offered_load", "agents", "agents_scheduled",
		"service_level", "p_wait", "asa_s", "p_abandon", "occupancy",
		"queue_length" };
	json_t *c = answer("--calls 48 --interval 60 --aht 60 --agents 50 --json", NULL);
	json_t *a = answer(
		"--calls 2880 --interval 3600 --aht 60 --patience 120 --agents 50 --json",
		NULL);

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		(void)number(c, keys[i]);
		(void)number(a, keys[i]);
	}
	assert_string_equal(json_string_value(json_object_get(c, "model")), "erlang_c");
	assert_true(fabs(number(c, "p_wait") - .694456) < 5e-7);
	assert_true(fabs(number(c, "asa_s") - 20.83) < .005);
	assert_true(number(c, "offered_load") == 48 && number(c, "p_abandon") == 0);
	assert_string_equal(json_string_value(json_object_get(a, "model")), "erlang_a");
	assert_true(fabs(number(a, "p_abandon") - .03091) < 5e-6);
	assert_true(fabs(number(a, "asa_s") - 3.71) < .005);
	assert_true(fabs(number(a, "answered_wait_s") - 3.616) < .0005);
	assert_true(number(a, "agents") == 50 && number(a, "agents_scheduled") == 50);
	json_decref(c);
	json_decref(a);
}

/* What is asked for is what is answered. */
static void test_answers(void **state)
{
	static const char base[] = "--calls 200 --interval 3600 --aht 180 --json ";
	static const struct {
		const char *words, *path;
		double value;
	} cases[] = {
		{ "", "agents", 14 },
		{ "", "goal.service_level", .8 },
		{ "", "goal.answer_within_s", 20 },
		{ "", "goal_met", 1 },
		{ "--service-level 79%", "agents", 13 },
		{ "--answer-within 22", "agents", 13 },
		{ "--max-occupancy 70%", "agents", 15 },
		{ "--patience 60", "agents", 12 },
		{ "--shrinkage 30%", "agents_scheduled", 20 },
		{ "--agents 13", "agents", 13 },
		{ "--agents 13", "goal_met", 0 },
		{ "--agents=15 --max-occupancy .6", "goal_met", 0 },
		/* 2.5 erlangs need 5, 7.5 need 11 */
		{ "--office-only 25%", "agents", 14 },
		{ "--office-only 25%", "office.offered_load", 2.5 },
		{ "--office-only 25%", "office.agents", 5 },
		{ "--office-only 25%", "office.rest_agents", 11 },
		{ "--office-only 25%", "office.total_agents", 16 },
		{ "--office-only 25%", "office.home_agents_max", 11 },
		{ "--office-only 25%", "office.home_share_max", .6875 },
		{ "--office-only 25% --home 68.75%", "office.home_possible", 1 },
		{ "--office-only 25% --home 68.75%", "office.home_agents", 11 },
		{ "--office-only 25% --home 69%", "office.home_possible", 0 },
		{ "--office-only 25% --shrinkage 20%", "office.agents_scheduled", 7 },
		{ "--office-only 25% --shrinkage 20%", "office.total_scheduled", 20 },
		{ "--office-only 25% --agents 16", "office.is_enough", 1 },
		{ "--office-only 25% --agents 15", "office.is_enough", 0 },
		{ "--office-only 25% --agents 15", "office.total_agents", 15 },
		{ "--office-only 0 --home 1", "office.home_possible", 1 },
		{ "--office-only 1 --home .01", "office.home_possible", 0 },
		{ "--office-only 1", "office.home_share_max", 0 },
		{ "--office-only 1 --agents 11 --home 0", "office.home_possible", 0 },
		{ "--office-only 1 --agents 11 --home 0", "office.home_agents_max", 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char words[256];
		json_t *all;

		snprintf(words, sizeof words, "%s%s", base, cases[i].words);
		all = answer(words, NULL);
		if (fabs(number(all, cases[i].path) - cases[i].value) > 1e-12)
			fail_msg("%s: %s is %g", words, cases[i].path,
				number(all, cases[i].path));
		json_decref(all);
	}
}

static const char day[] = "start,calls,aht\n"
			  "08:00,120,180\n"
			  "08:30,180,200\n"
			  "09:00,0,180\n";

static void test_day(void **state)
{
	static const struct {
		const char *path;
		double value;
	} cases[] = {
		{ "interval_s", 1800 },
		{ "intervals.0.offered_load", 12 },
		{ "intervals.0.agents", 16 },
		{ "intervals.1.agents", 24 },
		{ "intervals.1.agents_scheduled", 30 },
		{ "intervals.1.office.agents", 14 },
		{ "intervals.2.agents", 0 },
		{ "intervals.2.service_level", 1 },
		{ "intervals.2.office.home_possible", 1 },
		{ "day.calls", 300 },
		{ "day.agents_max", 24 },
		{ "day.office_agents_max", 14 },
		{ "day.agent_hours", 20 },
		{ "day.scheduled_hours", 25 },
		{ "day.goal_missed", 0 },
		{ "day.home_impossible", 2 },
	};
	char path[32];
	json_t *all;
	double level;

	make_file(path, day);
	all = answer(
		"--day FILE --interval 1800 --shrinkage 20% --office-only 50% --home 60% "
		"--json",
		path);
	unlink(path);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (fabs(number(all, cases[i].path) - cases[i].value) > 1e-9)
			fail_msg("%s is %g", cases[i].path, number(all, cases[i].path));
	level = (120 * number(all, "intervals.0.service_level") +
			180 * number(all, "intervals.1.service_level")) /
		300;
	assert_true(fabs(number(all, "day.service_level") - level) < 1e-9);
	assert_int_equal(json_array_size(json_object_get(all, "intervals")), 3);
	json_decref(all);
}

/* Each is taken, with so many rows. */
static void test_files(void **state)
{
	static const struct {
		const char *what, *text;
		size_t rows;
	} cases[] = {
		{ "as it is written", day, 3 },
		{ "without a last newline", "start,calls,aht\n08:00,1,1", 1 },
		{ "of a spreadsheet",
			"\xEF\xBB\xBFStart, Calls ,AHT\r\n08:00, 1, 1\r\n\r\n", 1 },
		{ "with a pause", "start,calls,aht\n\n08:00,1,1\n12:00,1,1\n", 2 },
		{ "with seconds", "start,calls,aht\n08:00:00,1,1\n08:30:00,1,1\n", 2 },
		{ "with dates",
			"start,calls,aht\n2026-03-02 08:00,1,1\n2026-03-02 08:15,1,1\n",
			2 },
		{ "with what is no time of day",
			"start,calls,aht\n008:00,1,1\n008:00,1,1\n", 2 },
		{ "to midnight", "start,calls,aht\n23:30,1,1\n24:00,1,1\n", 2 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		static struct plan_day d;

		if (plan_day_parse(&d, "day.csv", slice_str(cases[i].text), 1800) ||
			d.n != cases[i].rows)
			fail_msg("%s: %zu rows", cases[i].what, d.n);
	}
}

/* Status 2, nothing on standard output, and the place with the mend. */
static void refused(const char *words, const char *file, const char *told)
{
	struct said s = run(words, file);

	if (s.status != EXIT_USAGE || *s.out || !strstr(s.err, told))
		fail_msg("%s: status %d, \"%s\", not \"%s\"", words, s.status, s.err,
			told);
	if (strchr(s.err, '\n') != s.err + strlen(s.err) - 1)
		fail_msg("%s: not one line: \"%s\"", words, s.err);
	forget(&s);
}

static void test_bad_words(void **state)
{
	static const struct {
		const char *words, *told;
	} cases[] = {
		{ "", "plan needs --interval, a number of seconds from 1" },
		{ "--interval 60", "plan needs --calls, " },
		{ "--interval 60 --calls 5", "plan needs --aht, " },
		{ "--day x.csv", "plan needs --interval, " },
		{ "--colour red",
			"--colour is no option of plan; see heimamt plan --help" },
		{ "-x", "-x is no option of plan" },
		{ "-xh", "-x is no option of plan" },
		{ "--json=1", "--json=1 is no option of plan" },
		{ "--calls", "--calls needs a value; see heimamt plan --help" },
		{ "word", "\"word\" is one word too many" },
		{ "--calls -5",
			"--calls must be a number of calls from 0 to 1000000000, not "
			"\"-5\"" },
		{ "--aht nan",
			"--aht must be a number of seconds from 0.001 to 1000000, not "
			"\"nan\"" },
		{ "--patience inf",
			"--patience must be a number of seconds from 0.001 " },
		{ "--service-level 80",
			"--service-level must be a share from 0 to 0.9999, such as 0.8 "
			"or 80%, "
			"not \"80\"" },
		{ "--agents 1.5",
			"--agents must be a whole number from 1 to 100000, not \"1.5\"" },
		{ "--calls 5 --calls 5", "--calls is there twice: leave one out" },
		{ "--calls 5 --interval 60 --aht 60 --home 1",
			"--home needs --office-only" },
		{ "--day x.csv --interval 60 --calls 5", "leave --calls and --aht out" },
		{ "--calls 48 --interval 60 --aht 60 --agents 48",
			"--agents 48 is not above the offered load of 48 erlangs" },
		{ "--calls 48 --interval 60 --aht 60 --agents 40",
			"give --agents 49 or more, or --patience where callers hang up" },
		{ "--calls 1e9 --interval 60 --aht 60", "need more than 100000 agents" },
		{ "--calls 60000 --interval 1 --aht 1 --patience 1e9",
			"--patience 1e+09 is out of all proportion" },
		{ "--day /nowhere/x.csv --interval 60",
			"/nowhere/x.csv: cannot be read: No such file" },
		{ "--day / --interval 60", "/: cannot be read: Is a directory" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		refused(cases[i].words, NULL, cases[i].told);
}

static void test_bad_files(void **state)
{
	static const struct {
		const char *text, *told; /* told: after the path */
	} cases[] = {
		{ "", ":1:1: there is no interval: a line start,calls,aht" },
		{ "start,calls,aht\n", ":2:1: there is no interval" },
		{ "start,calls\n", ":1:7: a line must have three fields" },
		{ "start,calls,aht,skill\n", ":1:13: a line must have three fields" },
		{ "start,calls,duration\n",
			":1:13: the first line must be start,calls,aht" },
		{ "08:00,1,1\n", ":1:1: the first line must be start,calls,aht" },
		{ "start;calls;aht\n",
			":1:1: the fields must stand apart by commas, not semicolons" },
		{ "start,calls,aht\n08:00,1\n", ":2:7: a line must have three fields" },
		{ "start,calls,aht\n08:00,-1,1\n",
			":2:7: calls must be a number of calls from 0 to 1000000000, not "
			"\"-1\"" },
		{ "start,calls,aht\n\n08:00, 1,nan\n",
			":3:10: aht must be a number of seconds " },
		{ "start,calls,aht\n08:00,1,0\n",
			":2:9: aht must be a number of seconds " },
		{ "start,calls,aht\n08:00,,1\n",
			":2:7: calls must be a number of calls " },
		{ "start,calls,aht\n,1,1\n", ":2:1: start must be a time such as 08:30" },
		{ "start,calls,aht\n\"08:00\",1,1\n",
			":2:1: start must be a time such as 08:30" },
		{ "start,calls,aht\n08\x1b[2J,1,1\n",
			":2:1: start must be a time such as 08:30, of "
			"at most 31 bytes without quotes, not "
			"\"something else\"" },
		{ "start,calls,aht\n08:00,1,1\n08:29,1,1\n",
			":3:1: this interval starts before the one above it is over: is "
			"--interval right" },
		{ "start,calls,aht\n08:00,1,1\n08:00,1,1\n",
			":3:1: this interval starts" },
		{ "start,calls,aht\n08:00,1,1\n08:30,120,180\n",
			":3:7: at 08:30 --agents 12 is not above the offered load of 12 "
			"erlangs" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char path[32], told[256];

		make_file(path, cases[i].text);
		snprintf(told, sizeof told, "%s%s", path, cases[i].told);
		refused("--day FILE --interval 1800 --agents 12 --json", path, told);
		unlink(path);
	}
}

static void test_many_rows(void **state)
{
	static struct plan_day d;
	char text[PLAN_ROWS_MAX * 8 + 64];
	size_t n = (size_t)snprintf(text, sizeof text, "start,calls,aht\n");
	struct slice all;
	FILE *was = stderr;

	for (int i = 0; i < PLAN_ROWS_MAX; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "x,1,1\n");
	all = slice_of(text, n);
	assert_int_equal(plan_day_parse(&d, "day.csv", all, 60), 0);
	assert_int_equal(d.n, PLAN_ROWS_MAX);
	n += (size_t)snprintf(text + n, sizeof text - n, "x,1,1\n");
	stderr = fopen("/dev/null", "w");
	assert_int_not_equal(plan_day_parse(&d, "day.csv", slice_of(text, n), 60), 0);
	fclose(stderr);
	stderr = was;
}

static void page_has(const char *words, const char *file, const char *const *lines)
{
	struct said s = run(words, file);

	assert_int_equal(s.status, 0);
	assert_string_equal(s.err, "");
	for (; *lines; lines++)
		if (!strstr(s.out, *lines))
			fail_msg("%s: \"%s\" is not in\n%s", words, *lines, s.out);
	forget(&s);
}

static void test_pages(void **state)
{
	char path[32];

	page_has("--calls 48 --interval 60 --aht 60 --patience 120 --agents 50", NULL,
		(const char *const[]){
			"Erlang A: a caller who waits hangs up after 120 s",
			"48.00 erlangs: 48 calls in 60 s, 60 s each",
			"\n  Agents         50\n",
			"46.78 % of the calls; 3.71 s on average over all, 3.62 s until "
			"an answer",
			"3.091 % of the calls",
			" >    50   94.30 %  ############################\n",
			"      48   89.55 %  ###########################\n", NULL });
	page_has("--calls 48 --interval 60 --aht 60 --agents 49 --shrinkage 30%", NULL,
		(const char *const[]){ "Erlang C: callers wait for ever",
			"49; 70 on the schedule with 30 % shrinkage", "MISSED: 80 %",
			NULL });
	page_has("--calls 200 --interval 3600 --aht 180 --office-only 25% --home 69%",
		NULL,
		(const char *const[]){ "5 agents, kept for these calls",
			"16 agents; 14 would do if all took every call",
			"at most 11 of 16; 69 %, that is 12, is NOT POSSIBLE", NULL });
	page_has("--calls 200 --interval 3600 --aht 180 --office-only 25% --agents 15",
		NULL, (const char *const[]){ "15 agents: TOO FEW, 16 are needed", NULL });
	page_has("--calls 0 --interval 3600 --aht 180", NULL,
		(const char *const[]){ "\n  Agents         0\n", "100.00 %", NULL });
	page_has("--help", NULL,
		(const char *const[]){ "default 80%", "default 20", "Examples:", NULL });
	make_file(path, day);
	page_has("--day FILE --interval 1800 --office-only 50% --home 60%", path,
		(const char *const[]){ "\nstart ", "08:00 ",
			"14     28  ooooooooooooooo###############\n", "Day: 300 calls, ",
			"24 agents at the most (08:30)",
			"60 % at home is NOT POSSIBLE in 2 of 3 intervals,\nfirst at "
			"08:00",
			NULL });
	page_has("--day FILE --interval 1800 --agents 20 --patience 60", path,
		(const char *const[]){ "1 of 3 intervals miss the goal (!)", NULL });
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_textbook),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_day),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_bad_words),
		cmocka_unit_test(test_bad_files),
		cmocka_unit_test(test_many_rows),
		cmocka_unit_test(test_pages),
	};

	return cmocka_run_group_tests_name("main_plan", tests, NULL, NULL);
}
