/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * heimamt simulate: what is wrong with a scenario is told with its place and the mend, exit status 2 and nothing on
 * standard output; what is right gives the same figures each time.  The argument is the folder of the examples.
 */
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

#include "base/text.h"
#include "main/commands.h"
#include "main/simulate.h"

static const char *examples;

/* What a command said, and its exit status. */
struct said {
	int status;
	char *out, *err; /* owned */
};

static struct said run(const char *const args[])
{
	FILE *real_out = stdout, *real_err = stderr;
	struct said s = { 0 };
	char name[] = "simulate", *argv[8] = { name };
	size_t n_out, n_err;
	int argc = 1;

	for (; args[argc - 1]; argc++)
		argv[argc] = (char *)(uintptr_t)args[argc - 1];
	stdout = open_memstream(&s.out, &n_out);
	stderr = open_memstream(&s.err, &n_err);
	s.status = command_simulate(argc, argv);
	(void)fclose(stdout);
	(void)fclose(stderr);
	stdout = real_out;
	stderr = real_err;
	return s;
}

static void forget(struct said *s)
{
	free(s->out);
	free(s->err);
}

/* Puts the text into a file and runs it. */
static struct said run_text(const char *text, const char *option)
{
	char path[] = "/tmp/scenario-XXXXXX";
	int fd = mkstemp(path);
	struct said s;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	(void)close(fd);
	s = run((const char *const[]){ path, option, NULL });
	(void)unlink(path);
	return s;
}

#define Q(more)                                                        \
	"{\"name\":\"post\",\"rate_per_s\":0.1,\"service\":{\"dist\":" \
	"\"exp\",\"mean_s\":60}" more "}"
#define AGENTS      "\"agents\":[{\"name\":\"home\",\"count\":9}]"
#define S(queues)   "{\"calls\":50,\"queues\":[" queues "]," AGENTS "}"
#define A(agents)   "{\"calls\":50,\"queues\":[" Q("") "],\"agents\":[" agents "]}"
#define DIST(which) "{\"name\":\"q\",\"rate_per_s\":0.1,\"service\":" which "}"

static const struct {
	const char *text, *complaint, *mend;
} bad[] = {
	{ "", ":1:0: this is no JSON", "Mend it there" },
	{ "{\n \"calls\": 5,\n ,}", ":3:2: this is no JSON", "Mend" },
	{ "{\"calls\": NaN}", ":1:", "this is no JSON" },
	{ "{\"calls\": 1e999}", ":1:", "this is no JSON" },
	{ "{\"calls\": 5} x", ":1:", "this is no JSON" },
	{ "{\"calls\":5,\"calls\":6}", ":1:", "duplicate" },
	{ "[]", "is no object", "{\"calls\": ...}" },
	{ "{}", "queues is missing", "a list of queues" },
	{ "{\"calls\":-1,\"queues\":[]}", "calls is -1", "from 1 to" },
	{ "{\"calls\":0}", "calls is 0", "from 1 to" },
	{ "{\"calls\":1.5}", "calls is 1.5", "whole number" },
	{ "{\"calls\":\"many\"}", "calls is \"many\"", "whole number" },
	{ "{\"calls\":true}", "calls is true", "whole number" },
	{ "{\"warmup\":-5}", "warmup is -5", "from 0" },
	{ "{\"replications\":0}", "replications is 0", "from 1" },
	{ "{\"cals\":5}", "cals is not a key here", "calls, warmup" },
	{ "{\"a\\u001bb\":5}", "? is not a key here", "calls" },
	{ "{\"queues\":{}}", "queues needs a list", "[{\"name\"" },
	{ "{\"queues\":[]}", "queues needs a list", "of 1 to" },
	{ "{\"queues\":[" Q("") "]}", "agents is missing", "groups" },
	{ S("7"), "queues[0] is no object", "{\"name\": ...}" },
	{ S("{\"name\":\"q\"}"), "queues[0].rate_per_s is missing", "calls a second" },
	{ S(Q("") ",{\"name\":\"q\",\"rate_per_s\":1}"), "queues[1].service is missing",
		"\"mean_s\": 60" },
	{ S(Q(",\"prio\":1")), "queues[0].prio is not a key here", "priority" },
	{ S(Q(",\"priority\":-1")), "queues[0].priority is -1", "from 1 to 1000" },
	{ S(Q(",\"priority\":1.5")), "queues[0].priority is 1.5", "whole" },
	{ S(Q(",\"target_s\":0")), "queues[0].target_s is 0", "such as 20" },
	{ S(Q(",\"wrapup_s\":-1")), "queues[0].wrapup_s is -1", "from 0" },
	{ S(Q(",\"max_waiting\":0")), "queues[0].max_waiting is 0", "from 1" },
	{ S(Q(",\"sensitivity\":\"secret\"")), "queues[0].sensitivity is \"secret\"",
		"\"strict\"" },
	{ S(Q(",\"skills\":[]")), "queues[0].skills needs names", "{\"de\": 1}" },
	{ S(Q(",\"skills\":{\"de\":0}")), "queues[0].skills.de needs a level",
		"1 to 15" },
	{ S(Q(",\"skills\":{\"de\":16}")), "queues[0].skills.de needs a level",
		"1 to 15" },
	{ S(Q(",\"skills\":{\"\":1}")), "is no skill's name", "1 to" },
	{ S(Q(",\"relax\":{}")), "queues[0].relax needs a list", "after_s" },
	{ S(Q(",\"relax\":[{\"after_s\":9}]")), "queues[0].relax[0].skills is missing",
		"{}" },
	{ S(Q(",\"relax\":[{\"after_s\":9,\"skills\":{}},{\"after_s\":9,\"skills\":{}}"
	      "]")),
		"queues[0].relax[1] must come later", "" },
	{ S(Q(",\"relax\":[{\"after_s\":9,\"skills\":{\"de\":2}}]")),
		"queues[0].relax[0] demands more of \"de\"", "become less" },
	{ S(Q(",\"patience\":{\"dist\":\"exp\",\"mean_s\":-60}")),
		"queues[0].patience.mean_s is -60", "such as 60" },
	{ S(DIST("{\"dist\":\"exp\",\"mean_s\":0}")), "queues[0].service.mean_s is 0",
		"from 0.001" },
	{ S(DIST("{\"dist\":\"exp\"}")), "queues[0].service.mean_s is missing",
		"such as 60" },
	{ S(DIST("{\"mean_s\":60}")), "queues[0].service.dist is missing", "\"exp\"" },
	{ S(DIST("{\"dist\":\"weibull\",\"mean_s\":60}")),
		"queues[0].service.dist is \"weibull\"", "\"lognormal\"" },
	{ S(DIST("{\"dist\":\"none\"}")), "queues[0].service is \"none\"", "\"exp\"" },
	{ S(DIST("{\"dist\":\"lognormal\",\"mean_s\":60}")),
		"queues[0].service.cv is missing", "0.8" },
	{ S(DIST("{\"dist\":\"exp\",\"mean_s\":60,\"cv\":2}")),
		"queues[0].service.cv has no meaning", "leave it out" },
	{ S(DIST("60")), "queues[0].service is no object", "{\"dist\": ...}" },
	{ S(Q(",\"patience\":{\"dist\":\"none\",\"mean_s\":60}")),
		"queues[0].patience.mean_s has no meaning", "leave it out" },
	{ S("{\"name\":\"\"}"), "queues[0].name needs a name", "1 to 63" },
	{ S("{\"name\":7}"), "queues[0].name needs a name", "1 to 63" },
	{ S("{\"rate_per_s\":-0.5}"), "queues[0].rate_per_s is -0.5", "such as 0.8" },
	{ S("{\"rate_per_s\":1e9}"), "queues[0].rate_per_s is 1e+09", "such as 0.8" },
	{ S(Q("") "," Q("")), "queues[1] has the name \"post\" of queues[0]", "its own" },
	{ A("{\"name\":\"a\",\"count\":9},{\"name\":\"a\",\"count\":1}"),
		"agents[1] has the name \"a\" of agents[0]", "its own" },
	{ A("{\"name\":\"a\"}"), "agents[0].count is missing", "whole number" },
	{ A("{\"name\":\"a\",\"count\":0}"), "agents[0].count is 0", "from 1" },
	{ A("{\"name\":\"a\",\"count\":9,\"speed\":0}"), "agents[0].speed is 0",
		"such as 1.0" },
	{ A("{\"name\":\"a\",\"count\":9,\"workplace\":\"beach\"}"),
		"agents[0].workplace is \"beach\"", "\"home\"" },
	{ A("{\"name\":\"a\",\"count\":9,\"clearance\":2}"), "agents[0].clearance is 2",
		"\"confidential\"" },
	{ A("{\"name\":\"a\",\"count\":90000},{\"name\":\"b\",\"count\":90000}"),
		"agents: there are 180000", "at most 100000" },
	{ S(Q(",\"skills\":{\"fr\":1}")), "queues[0] (post): no agent may serve it",
		"skills" },
	{ S(Q(",\"sensitivity\":\"strict\"") ",{\"name\":\"q\",\"rate_per_s\":0.06,"
					     "\"service\":{"
					     "\"dist\":\"deterministic\",\"mean_s\":50}"
					     "}"),
		"queues[0] (post), queues[1] (q): the wait would grow for ever: there is "
		"work for 9 agents, 9 may do it",
		"\"patience\"" },
	{ A("{\"name\":\"a\",\"count\":6}"),
		"queues[0] (post): the wait would grow for ever", "\"max_waiting\"" },
	{ "{\"calls\":1000000000,\"queues\":[{\"name\":\"q\",\"rate_per_s\":0.000001,"
	  "\"service\":{\"dist\":\"exp\",\"mean_s\":60}}]," AGENTS "}",
		"calls: at these rates they would take 30,000 years", "rate_per_s" },
};

static void test_bad(void **state)
{
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct said s = run_text(bad[i].text, NULL);
		const char *lines = strchr(s.err, '\n');

		if (s.status != EXIT_USAGE || *s.out ||
			!strstr(s.err, bad[i].complaint) || !strstr(s.err, bad[i].mend) ||
			strncmp(s.err, "/tmp/scen", 9) != 0 || !lines || lines[1])
			fail_msg("%s\ngives %d, \"%s\" and \"%s\"", bad[i].text, s.status,
				s.out, s.err);
		forget(&s);
	}
}

static double figure(const json_t *of, const char *name, const char *part)
{
	const json_t *n = json_object_get(json_object_get(of, name), part);

	assert_true(json_is_number(n));
	return json_number_value(n);
}

/* There are agents enough, but the only one who may have b's short calls is taken by a's, which are more urgent. */
static void test_never_done(void **state)
{
	struct said s = run_text(
		"{\"calls\":5000000,\"queues\":[{\"name\":\"a\",\"rate_per_s\":49.9,"
		"\"service\":{\"dist\":\"exp\",\"mean_s\":1},\"priority\":1000},"
		"{\"name\":\"b\",\"rate_per_s\":900,\"service\":{\"dist\":\"exp\","
		"\"mean_s\":0.001},\"skills\":{\"b\":1},\"target_s\":86400}],\"agents\":["
		"{"
		"\"name\":\"one\",\"count\":1,\"skills\":{\"b\":1}},"
		"{\"name\":\"fifty\",\"count\":50}]}",
		"--json");

	assert_int_equal(s.status, EXIT_USAGE);
	assert_string_equal(s.out, "");
	assert_non_null(strstr(s.err, "the routing does not get the work done"));
	assert_non_null(strstr(s.err, "\"patience\""));
	forget(&s);
}

/* More wait than there is room for at first: the run begins anew with more. Of two thousand callers a second one
 * thousand are answered, so a thousand leave, after six seconds in the mean: six thousand wait. */
static void test_many_wait(void **state)
{
	struct said s = run_text(
		"{\"calls\":20000,\"warmup\":60000,\"replications\":1,\"queues\":[{"
		"\"name\":"
		"\"a\",\"rate_per_s\":2000,\"service\":{\"dist\":\"exp\",\"mean_s\":0."
		"001},"
		"\"patience\":{\"dist\":\"exp\",\"mean_s\":6}}],\"agents\":[{\"name\":"
		"\"one\",\"count\":1}]}",
		"--json");
	json_t *root = json_loads(s.out, 0, NULL);
	double waiting = figure(json_object_get(root, "overall"), "queue_length", "mean");

	assert_int_equal(s.status, 0);
	assert_true(fabs(waiting - 6000) < 300);
	json_decref(root);
	forget(&s);
}

static void test_words(void **state)
{
	static const struct {
		const char *args[4];
		int status;
		const char *out, *err;
	} rows[] = {
		{ { "--help" }, 0, "heimamt simulate SCENARIO.json", "" },
		{ { NULL }, EXIT_USAGE, "", "needs one scenario's file" },
		{ { "a", "b" }, EXIT_USAGE, "", "needs one scenario's file" },
		{ { "a", "--seed", "-1" }, EXIT_USAGE, "",
			"--seed needs a whole number" },
		{ { "a", "--seed", "99999999999999999999" }, EXIT_USAGE, "", "--seed" },
		{ { "/does/not/exist.json" }, EXIT_USAGE, "", "cannot be read" },
		{ { "/" }, EXIT_USAGE, "", "cannot be read" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct said s = run(rows[i].args);

		assert_int_equal(s.status, rows[i].status);
		assert_non_null(strstr(s.out, rows[i].out));
		assert_non_null(strstr(s.err, rows[i].err));
		assert_true(!*rows[i].out == !*s.out);
		forget(&s);
	}
}

/* Without the line that tells the speed. */
static void cut_speed(char *s)
{
	char *from = strstr(s, "\"calls_per_second\""), *to;

	assert_non_null(from);
	to = strchr(from, '\n');
	memmove(from, to, strlen(to) + 1);
}

static void test_same_bytes(void **state)
{
	static const char text[] = S(Q(",\"patience\":{\"dist\":\"exp\",\"mean_s\":9}"));
	struct said a = run_text(text, "--json"), b = run_text(text, "--json"),
		    c = run_text(text, "--seed=2");

	assert_int_equal(a.status, 0);
	cut_speed(a.out);
	cut_speed(b.out);
	assert_string_equal(a.out, b.out);
	assert_string_equal(a.err, "");
	assert_int_equal(c.status, 0);
	assert_non_null(strstr(c.out, "seed 2"));
	forget(&a);
	forget(&b);
	forget(&c);
}

/* What the command is to find, by the simulation itself. */
static void simulate_small(struct sim_result *r, const char *text)
{
	static struct sim_scenario sc; /* large */
	static struct sim s;
	bool done;

	assert_int_equal(simulate_parse(&sc, "small", text, strlen(text)), 0);
	for (uint32_t i = 0; i < sc.replications; i++) {
		assert_int_equal(sim_init(&s, &sc, 1, i, 1000, false), 0);
		assert_int_equal(sim_run(&s, UINT64_MAX, &done), 0);
		sim_result_add(r, &s);
		sim_close(&s);
	}
}

static void check_figure(const json_t *of, const char *name, const struct sim_mean *m)
{
	assert_true(fabs(figure(of, name, "mean") - m->mean) < 1e-8 * (1 + m->mean));
	assert_true(
		fabs(figure(of, name, "ci95") - sim_mean_ci95(m)) < 1e-8 * (1 + m->mean));
}

/* The keys that programs rely on, and what stands there. */
static void test_keys(void **state)
{
	static const char text[] = S(Q(",\"patience\":{\"dist\":\"exp\",\"mean_s\":9},"
				       "\"max_waiting\":1"));
	static struct sim_result r;

	static const char *const names[] = { "p_wait", "mean_wait_s", "asa_s",
		"p_abandon", "service_level", "p_refused", "queue_length" };
	struct said s = run_text(text, "--json");
	json_t *root = json_loads(s.out, 0, NULL);
	const json_t *queue, *home;

	assert_non_null(root);
	queue = json_object_get(json_object_get(root, "queues"), "post");
	home = json_object_get(json_object_get(root, "agents"), "home");
	simulate_small(&r, text);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		check_figure(queue, names[i], &r.queues[0][i]);
		check_figure(json_object_get(root, "overall"), names[i], &r.overall[i]);
	}
	check_figure(home, "utilisation", &r.groups[0]);
	assert_true(r.groups[0].mean > .3 && r.overall[SIM_P_ABANDON].mean > 0);
	assert_true(json_number_value(json_object_get(root, "calls_per_second")) > 0);
	assert_int_equal(json_integer_value(json_object_get(root, "calls")), 50);
	assert_int_equal(json_integer_value(json_object_get(root, "warmup")), 1);
	json_decref(root);
	forget(&s);
}

/* What was never seen, or once, is null. */
static void test_null(void **state)
{
	struct said s = run_text(
		"{\"calls\":50,\"replications\":1,\"queues\":[" Q("") "]," AGENTS "}",
		"--json");
	json_t *root = json_loads(s.out, 0, NULL);
	const json_t *wait = json_object_get(json_object_get(root, "overall"), "p_wait");

	assert_true(json_is_real(json_object_get(wait, "mean")));
	assert_true(json_is_null(json_object_get(wait, "ci95")));
	json_decref(root);
	forget(&s);
}

/* The examples can be run, and say what they say. */
static void test_examples(void **state)
{
	static struct sim_scenario sc; /* large */
	static const char *const names[] = { "post.json", "mm50.json", "house.json" };
	char path[512];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		assert_int_equal(
			text_format(path, sizeof path, "%s/%s", examples, names[i]), 0);
		assert_int_equal(simulate_read(&sc, path), 0);
	}
	assert_int_equal(sc.n_queues, 3);
	assert_int_equal(sc.n_groups, 4);
	assert_int_equal(sc.queues[1].n_relax, 1);
	assert_true(sc.queues[0].priority == 1 && sc.queues[2].priority == 4);
	assert_int_equal(sc.queues[2].sensitivity, SIM_STRICT);
	assert_int_equal(sc.queues[2].max_waiting, 40);
	assert_int_equal(sc.groups[0].clearance, SIM_CONFIDENTIAL);
	assert_int_equal(sc.groups[2].clearance, SIM_STRICT);
	assert_int_equal(sc.groups[3].clearance, SIM_GENERAL);
	assert_true(sc.queues[0].service.kind == SIM_LOGNORMAL &&
		sc.queues[0].service.cv == .9);
	/* who may have whom: the same skill is the same everywhere */
	assert_true(sim_may(&sc.groups[0], &sc.queues[1]));
	assert_false(sim_may(&sc.groups[2], &sc.queues[1]));
	assert_true(sim_may(&sc.groups[2], &sc.queues[2]));
	assert_false(sim_may(&sc.groups[0], &sc.queues[2]));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_never_done),
		cmocka_unit_test(test_many_wait),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_same_bytes),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_null),
		cmocka_unit_test(test_examples),
	};

	if (argc != 2)
		return EXIT_USAGE;
	examples = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
