/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The weekly question [RULES N5, N7]: an answer is never with its agent's name, on disk nor on its way there, and what
 * may not be told is not told, in the same words for each reason.  The records are the real ones, in memory.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "base/text.h"
#include "store/inner.h"
#include "store/people.h"

#define PEOPLE    12
#define JOBS_MAX  32
#define THURSDAY  INT64_C(1795687200000) /* 2026-11-26 10:00 UTC, in 2026-W48 */
#define DAY_MS    INT64_C(86400000)
#define NOT_SHOWN "{\"week\":\"2026-W48\",\"counts\":null}"

struct place {
	struct app *app;
	sqlite3 *db;
	int64_t wall_ms, now_us;
	struct store_job jobs[JOBS_MAX];
	size_t n_jobs, n_groups;
	bool is_full;
	unsigned status; /* of the last answer */
	char body[1024];
};

static int64_t now_us(void *arg)
{
	return ((struct place *)arg)->now_us;
}

static void no_chance(void *arg, void *bytes, size_t n)
{
	memset(bytes, 7, n);
}

static int64_t wall_ms(void *arg)
{
	return ((struct place *)arg)->wall_ms;
}

/* Days of November and December 2026 are all that is needed. */
static void civil(void *arg, struct hours_moment *out)
{
	int64_t day = 26 + (wall_ms(arg) - THURSDAY) / DAY_MS;

	*out = (struct hours_moment){ .date = { 2026, day > 30 ? 12 : 11,
					      (uint8_t)(day > 30 ? day - 30 : day) },
		.minute = 600 };
}

static int store_ask_later(void *arg, const struct store_job *job)
{
	struct place *p = arg;

	if (p->is_full)
		return ENOBUFS;
	assert_true(p->n_jobs < JOBS_MAX);
	p->jobs[p->n_jobs++] = *job;
	p->n_groups += job->writes;
	return 0;
}

static void api_done(void *arg, uint64_t request, const struct web_answer *a)
{
	struct place *p = arg;

	p->status = a->status;
	assert_true(a->n < sizeof p->body);
	memcpy(p->body, a->body ? a->body : "", a->n);
	p->body[a->n] = 0;
	free(a->body);
}

/* As the store does it: each wish is a transaction, undone when it fails. */
static void run_jobs(struct place *p)
{
	for (size_t i = 0; i < p->n_jobs; i++) {
		struct store_job job = p->jobs[i];
		int err;

		assert_int_equal(db_exec(p->db, "BEGIN"), 0);
		err = job.run(p->db, job.arg);
		assert_int_equal(db_exec(p->db, err ? "ROLLBACK" : "COMMIT"), 0);
		job.done(job.arg, err);
	}
	p->n_jobs = 0;
}

static void begin(struct place *p, bool pulse)
{
	static struct app_agent_config agents[PEOPLE];
	static const struct app_queue_config queues[1] = { { .id = 1, .number = "1" } };
	struct store_people *people = NULL;
	struct app_config cfg = { .queues = queues,
		.n_queues = 1,
		.agents = agents,
		.n_agents = PEOPLE,
		.n_relays = 1,
		.pulse = pulse };
	const struct app_ports ports = { .arg = p,
		.now_us = now_us,
		.wall_ms = wall_ms,
		.random = no_chance,
		.civil = civil,
		.store_ask = store_ask_later,
		.api_done = api_done };

	for (unsigned i = 0; i < PEOPLE; i++)
		agents[i] = (struct app_agent_config){ .id = i + 1,
			.roles = STORE_ROLE_AGENT };
	assert_int_equal(app_new(&p->app, &cfg, &ports), 0);
	assert_int_equal(people_read(p->db, &people), 0);
	app_people(p->app, people);
	app_adopt(p->app);
	run_jobs(p);
	p->n_groups = 0;
}

static int setup(void **state)
{
	struct place *p = calloc(1, sizeof *p);

	assert_non_null(p);
	p->wall_ms = THURSDAY;
	assert_int_equal(sqlite3_open(":memory:", &p->db), SQLITE_OK);
	assert_int_equal(db_exec(p->db, "PRAGMA foreign_keys = ON"), 0);
	assert_int_equal(schema_migrate(p->db, store_migrations, store_migrations_n), 0);
	for (int i = 1; i <= PEOPLE; i++) {
		char sql[160];

		assert_int_equal(
			text_format(sql, sizeof sql,
				"INSERT INTO agent (id, login, name, workplace, origin)"
				" VALUES (%d, 'p%d', 'P', 'home', 'people')",
				i, i),
			0);
		assert_int_equal(db_exec(p->db, sql), 0);
	}
	/* all were consulted, and said yes [N7] */
	assert_int_equal(consultation_put(p->db,
				 &(struct store_approval){
					 .is = { .evaluation = EVALUATION_PULSE,
						 .is_consultation = true,
						 .from_ms = THURSDAY - DAY_MS,
						 .until_ms = THURSDAY + 60 * DAY_MS },
					 .has_agreed = true,
					 .signed_ms = THURSDAY - DAY_MS,
					 .held_ms = THURSDAY - DAY_MS },
				 1),
		0);
	begin(p, true);
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;

	app_free(p->app);
	sqlite3_close(p->db);
	free(p);
	return 0;
}

/* Control ends, and another one begins with what is on disk. */
static void restart(struct place *p, bool pulse)
{
	app_free(p->app);
	begin(p, pulse);
}

static void ask(struct place *p, uint64_t agent, const char *body)
{
	app_api(p->app,
		&(struct web_ask){ .agent = agent,
			.is_post = body != NULL,
			.path = "pulse",
			.body = body ? body : "",
			.n = body ? strlen(body) : 0 });
}

/* True: taken. */
static bool answer(struct place *p, uint64_t agent, int value)
{
	char body[32];

	assert_int_equal(text_format(body, sizeof body, "{\"answer\":%d}", value), 0);
	ask(p, agent, body);
	run_jobs(p);
	return p->status == 200;
}

static void expect_weeks(struct place *p, uint64_t agent, const char *weeks)
{
	const char *at;

	ask(p, agent, NULL);
	run_jobs(p);
	assert_int_equal(p->status, 200);
	at = strstr(p->body, "\"weeks\":");
	assert_non_null(at);
	if (strncmp(at + 8, weeks, strlen(weeks)) != 0)
		fail_msg("%s, expected %s", at + 8, weeks);
}

static bool is_told_answered(struct place *p, uint64_t agent)
{
	ask(p, agent, NULL);
	run_jobs(p);
	return strstr(p->body, "\"answered\":true") != NULL;
}

static int64_t count(struct place *p, const char *sql)
{
	int64_t n = -1;

	assert_int_equal(db_get_int(p->db, sql, &n), 0);
	return n;
}

#define NAMES(p)   count(p, "SELECT count(*) FROM pulse_answered")
#define ANSWERS(p) count(p, "SELECT coalesce(sum(n), 0) FROM pulse")

static void next_week(struct place *p)
{
	p->wall_ms += 7 * DAY_MS;
	p->now_us += 60000000;
	app_tick(p->app);
	run_jobs(p);
}

/* --- */

static void test_waits_for_five(void **state)
{
	struct place *p = *state;

	for (uint64_t i = 1; i <= 4; i++) {
		assert_true(answer(p, i, (int)i));
		assert_true(is_told_answered(p, i));
		assert_int_equal(NAMES(p) + ANSWERS(p), 0);
	}
	assert_false(is_told_answered(p, 5));
	assert_true(answer(p, 5, 1));
	assert_int_equal(p->n_groups, 1);
	assert_int_equal(NAMES(p), 5);
	assert_int_equal(ANSWERS(p), 5);
}

/* Five that agree tell everybody's answer as well as one does. */
static void test_waits_for_another_mind(void **state)
{
	struct place *p = *state;

	for (uint64_t i = 1; i <= 7; i++) {
		assert_true(answer(p, i, 2));
		assert_int_equal(NAMES(p) + ANSWERS(p), 0);
	}
	assert_true(answer(p, 8, 5));
	assert_int_equal(p->n_groups, 1);
	assert_int_equal(NAMES(p), 8);
	assert_int_equal(count(p, "SELECT n FROM pulse WHERE answer = 2"), 7);
	/* and the next group is one of its own */
	assert_true(answer(p, 9, 5));
	assert_int_equal(NAMES(p), 8);
	assert_int_equal(ANSWERS(p), 8);
}

static void test_once(void **state)
{
	struct place *p = *state;

	assert_true(answer(p, 1, 3));
	assert_false(answer(p, 1, 4));
	assert_int_equal(p->status, 409);
	assert_string_equal(p->body, "{\"error\":\"answered\"}");
	/* two at the same moment: neither knew of the other */
	ask(p, 2, "{\"answer\":1}");
	ask(p, 2, "{\"answer\":5}");
	run_jobs(p);
	for (uint64_t i = 3; i <= 5; i++)
		assert_true(answer(p, i, 4));
	assert_int_equal(ANSWERS(p), 5);
	assert_int_equal(count(p, "SELECT count(*) FROM pulse WHERE answer = 5"), 0);
}

/* What is on disk is known to the next process; what waited is asked for again, and nothing of it is left. */
static void test_restart(void **state)
{
	struct place *p = *state;

	for (uint64_t i = 1; i <= 7; i++)
		assert_true(answer(p, i, i == 1 ? 5 : 1));
	assert_int_equal(NAMES(p), 5);
	restart(p, true);
	assert_int_equal(NAMES(p), 5);
	assert_int_equal(ANSWERS(p), 5);
	assert_true(is_told_answered(p, 5));
	assert_false(answer(p, 5, 1));
	assert_false(is_told_answered(p, 6));
	assert_true(answer(p, 6, 1));
}

/* In the week nothing; after it all, with what waited to the last. */
static void test_shown_after(void **state)
{
	struct place *p = *state;

	for (uint64_t i = 1; i <= 7; i++)
		assert_true(answer(p, i, i == 1 ? 5 : 1));
	expect_weeks(p, 1, "[{\"week\":\"2026-W47\",\"counts\":null}]");
	next_week(p);
	assert_int_equal(NAMES(p), 0);
	expect_weeks(p, 1, "[{\"week\":\"2026-W48\",\"counts\":[6,0,0,0,1]}]");
	assert_false(is_told_answered(p, 1));
	assert_true(answer(p, 1, 2));
	next_week(p);
	expect_weeks(p, 9,
		"[{\"week\":\"2026-W49\",\"counts\":null},"
		"{\"week\":\"2026-W48\",\"counts\":[6,0,0,0,1]}]");
}

/* Nobody, too few, all alike: one and the same. */
static void test_not_shown(void **state)
{
	static const struct {
		const char *what;
		unsigned n;
		int first, others;
	} cases[] = {
		{ "nobody answered", 0, 0, 0 },
		{ "one", 1, 3, 0 },
		{ "four, different", 4, 3, 1 },
		{ "five, all alike", 5, 2, 2 },
		{ "all of the house, all alike", PEOPLE, 4, 4 },
	};
	struct place *p = *state;
	char first[sizeof p->body] = "";

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		void *again;

		for (unsigned k = 1; k <= cases[i].n; k++)
			assert_true(
				answer(p, k, k == 1 ? cases[i].first : cases[i].others));
		next_week(p);
		expect_weeks(p, 1, "[" NOT_SHOWN "]");
		if (i == 0)
			(void)text_copy(first, sizeof first, p->body);
		if (strcmp(p->body, first) != 0)
			fail_msg("%s: %s", cases[i].what, p->body);
		assert_int_equal(NAMES(p) + ANSWERS(p), 0);
		teardown(state);
		setup(&again);
		*state = p = again;
	}
}

/* Control was down when the week ended. */
static void test_closed_at_start(void **state)
{
	struct place *p = *state;

	for (uint64_t i = 1; i <= 5; i++)
		assert_true(answer(p, i, i == 1 ? 5 : 1));
	p->wall_ms += 7 * DAY_MS;
	restart(p, true);
	assert_int_equal(NAMES(p), 0);
	expect_weeks(p, 1, "[{\"week\":\"2026-W48\",\"counts\":[4,0,0,0,1]}]");
}

/* N7: it ships switched off. */
static void test_off(void **state)
{
	struct place *p = *state;

	for (uint64_t i = 1; i <= 5; i++)
		assert_true(answer(p, i, i == 1 ? 5 : 1));
	p->wall_ms += 7 * DAY_MS;
	restart(p, false);
	ask(p, 1, NULL);
	run_jobs(p);
	assert_string_equal(p->body, "{\"on\":false}");
	assert_false(answer(p, 1, 1));
	assert_string_equal(p->body, "{\"error\":\"off\"}");
}

/* Nor is it asked by the configuration alone, without an approval or after its end. */
static void test_not_approved(void **state)
{
	struct place *p = *state;

	p->wall_ms += 61 * DAY_MS;
	ask(p, 1, NULL);
	run_jobs(p);
	assert_string_equal(p->body, "{\"on\":false}");
	assert_false(answer(p, 1, 1));
	assert_string_equal(p->body, "{\"error\":\"off\"}");
}

static void test_no_answer(void **state)
{
	static const char *const bodies[] = { "", "5", "[]", "{}", "{\"answer\":0}",
		"{\"answer\":6}", "{\"answer\":\"3\"}", "{\"answer\":2.5}",
		"{\"answer\":null}", "{\"answer\":-1}", "{\"answer\":1,\"answer\":2}",
		"{\"answer\":99999999999999999999}" };
	struct place *p = *state;

	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		ask(p, 1, bodies[i]);
		run_jobs(p);
		if (p->status != 400)
			fail_msg("%s: %u", bodies[i], p->status);
	}
	assert_false(is_told_answered(p, 1));
}

/* The store takes nothing for a while: the group goes with the next answer, whole. */
static void test_full(void **state)
{
	struct place *p = *state;

	for (uint64_t i = 1; i <= 4; i++)
		assert_true(answer(p, i, (int)i));
	ask(p, 5, "{\"answer\":5}");
	p->is_full = true;
	run_jobs(p);
	assert_int_equal(ANSWERS(p), 0);
	p->is_full = false;
	assert_true(answer(p, 6, 5));
	assert_int_equal(ANSWERS(p), 6);
	assert_int_equal(NAMES(p), 6);
}

#define IN_PLACE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(test_waits_for_five),
		IN_PLACE(test_waits_for_another_mind),
		IN_PLACE(test_once),
		IN_PLACE(test_restart),
		IN_PLACE(test_shown_after),
		IN_PLACE(test_not_shown),
		IN_PLACE(test_closed_at_start),
		IN_PLACE(test_off),
		IN_PLACE(test_not_approved),
		IN_PLACE(test_no_answer),
		IN_PLACE(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
