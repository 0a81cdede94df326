/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* store: what is past its date goes, all of it, and nothing else. [RULES N10, C7] */
#include "support.h"

#include <fcntl.h>

static int64_t purge_all(const char *path, int64_t now)
{
	sqlite3 *db = NULL;
	bool more = true;
	int64_t rounds = 0;

	assert_int_equal(db_open(&db, path), 0);
	for (; more; rounds++) {
		assert_true(rounds < 100);
		assert_int_equal(purge_run(db, now, &more), 0);
	}
	sqlite3_close(db);
	return rounds;
}

static void make_house(const char *path)
{
	struct store *st = must_open(path);

	put_house(st);
	store_close(st);
}

static void test_tokens(void **state)
{
	const struct place *p = *state;

	make_house(p->path);
	sql_do(p->path,
		"INSERT INTO session SELECT randomblob(32), 71, 1000, 1, NULL, NULL;"
		"INSERT INTO session SELECT randomblob(32), 71, 1001, 2, NULL, NULL;"
		"INSERT INTO link SELECT randomblob(32), 71, 1000, 1;"
		"INSERT INTO link SELECT randomblob(32), 71, 1000, 0;"
		"INSERT INTO link SELECT randomblob(32), 71, 1001, 1");
	purge_all(p->path, 1000);
	assert_int_equal(sql_int(p->path, "SELECT sum(expires_ms) FROM session"), 1001);
	assert_int_equal(sql_int(p->path, "SELECT sum(expires_ms) FROM link"), 1001);
}

/* At the day: who handled a call, and later the call; a moment before, neither. */
static void test_calls_by_age(void **state)
{
	static const struct {
		int64_t age_ms;
		int calls, names, events, event_names;
	} cases[] = {
		{ STORE_NAMED_DAYS * STORE_DAY_MS - 1, 1, 1, 2, 1 },
		{ STORE_NAMED_DAYS * STORE_DAY_MS, 1, 0, 2, 0 },
		{ STORE_CALL_DAYS * STORE_DAY_MS - 1, 1, 0, 2, 0 },
		{ STORE_CALL_DAYS * STORE_DAY_MS, 0, 0, 0, 0 },
	};
	const struct place *p = *state;
	const int64_t t = INT64_C(1700000000000);

	make_house(p->path);
	sql_do(p->path,
		"INSERT INTO call VALUES (1, 81, 'sip', 1700000000000, 1700000000000,"
		" 1700000009000, 'agent_hung_up', 71, NULL);"
		"INSERT INTO call_event VALUES (1, 1, 1700000000000, 'arrived', NULL, "
		"NULL, NULL), (2, 1, 1700000000000, 'accepted', 71, NULL, NULL)");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		purge_all(p->path, t + cases[i].age_ms);
		assert_int_equal(
			sql_int(p->path, "SELECT count(*) FROM call"), cases[i].calls);
		assert_int_equal(sql_int(p->path, "SELECT count(agent) FROM call"),
			cases[i].names);
		assert_int_equal(sql_int(p->path, "SELECT count(*) FROM call_event"),
			cases[i].events);
		assert_int_equal(sql_int(p->path, "SELECT count(agent) FROM call_event"),
			cases[i].event_names);
	}
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM agent"), 2);
}

/* More than a step's maximum: several steps, and then all of it. */
static void test_in_steps(void **state)
{
	const struct place *p = *state;

	make_house(p->path);
	sql_do(p->path,
		"WITH RECURSIVE n (i) AS"
		" (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1700)"
		" INSERT INTO call SELECT i, 81, 'sip', i, NULL, i, NULL, 71, NULL FROM "
		"n;"
		"INSERT INTO call_event"
		" SELECT NULL, id, id, 'offered', 71, NULL, NULL FROM call");
	assert_int_equal(purge_all(p->path, db_wall_ms()), 4);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM call"), 0);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM call_event"), 0);
}

/* The writer does it by itself, soon after it starts. */
static void test_by_itself(void **state)
{
	const struct place *p = *state;
	int64_t left = 1;

	make_house(p->path);
	sql_do(p->path,
		"INSERT INTO session SELECT randomblob(32), 71, 1000, 1, NULL, NULL;"
		"INSERT INTO call VALUES (1, 81, 'sip', 1, NULL, NULL, NULL, NULL, "
		"NULL)");
	struct store *st = must_open(p->path);

	for (int ms = 0; ms < PATIENCE_MS && left > 0; ms += 10) {
		left = sql_int(p->path,
			"SELECT (SELECT count(*) FROM session) + (SELECT count(*) FROM "
			"call)");
		usleep(10000);
	}
	store_close(st);
	assert_int_equal(left, 0);
}

static bool file_holds(const char *path, const void *what, size_t n)
{
	static uint8_t all[1 << 20];
	int fd = open(path, O_RDONLY);
	ssize_t len = read(fd, all, sizeof all);

	assert_true(len > 0 && (size_t)len < sizeof all);
	close(fd);
	return memmem(all, (size_t)len, what, n) != NULL;
}

/* Not only out of the tables: out of the file. */
static void test_no_trace(void **state)
{
	const struct place *p = *state;
	struct store_session s = { .agent = ANNA, .expires_ms = INT64_MAX };
	struct store *st = must_open(p->path);

	memset(s.hash, 0xc3, sizeof s.hash);
	s.hash[0] = 0x17;
	put_house(st);
	assert_int_equal(store_add_session(st, &s), 0);
	store_close(st);
	assert_true(file_holds(p->path, s.hash, sizeof s.hash));
	st = must_open(p->path);
	assert_int_equal(store_drop_session(st, s.hash), 0);
	store_close(st);
	assert_false(file_holds(p->path, s.hash, sizeof s.hash));
}

/* An agent's row goes: whatever led to them goes or forgets them, and the calls stay. */
static void test_agent_removed(void **state)
{
	const struct place *p = *state;
	struct store_session s = { .agent = ANNA, .expires_ms = INT64_MAX };
	struct store *st = must_open(p->path);

	put_house(st);
	assert_int_equal(add_call(st, 1, true), 0);
	assert_int_equal(store_add_session(st, &s), 0);
	assert_int_equal(store_add_link(st, s.hash, ANNA, INT64_MAX), 0);
	store_close(st);
	sql_do(p->path,
		"PRAGMA foreign_keys = ON; DELETE FROM agent WHERE login = 'anna'");
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM session"), 0);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM link"), 0);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM call"), 1);
	assert_int_equal(sql_int(p->path, "SELECT count(agent) FROM call"), 0);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM call_event"), 5);
	assert_int_equal(sql_int(p->path, "SELECT count(agent) FROM call_event"), 0);
}

/* The weekly question: who answered goes a day after the week, the histogram with the calls of its time. */
static void test_pulse_by_age(void **state)
{
	static const struct {
		int64_t age_ms;
		int names, answers;
	} cases[] = {
		{ STORE_PULSE_DAYS * STORE_DAY_MS - 1, 1, 2 },
		{ STORE_PULSE_DAYS * STORE_DAY_MS, 0, 2 },
		{ STORE_CALL_DAYS * STORE_DAY_MS - 1, 0, 2 },
		{ STORE_CALL_DAYS * STORE_DAY_MS, 0, 0 },
	};
	const struct place *p = *state;
	const int64_t monday = 20780 * STORE_DAY_MS;

	make_house(p->path);
	sql_do(p->path,
		"INSERT INTO pulse VALUES (20780 * 86400000, 1, 4), (20780 * 86400000, "
		"5, 2);"
		"INSERT INTO pulse_answered VALUES (20780 * 86400000, 71)");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		purge_all(p->path, monday + cases[i].age_ms);
		assert_int_equal(sql_int(p->path, "SELECT count(*) FROM pulse_answered"),
			cases[i].names);
		assert_int_equal(
			sql_int(p->path, "SELECT count(*) FROM pulse"), cases[i].answers);
	}
}

/* Who left, what its roles were, and what was approved: each at its day, and not before. */
static void test_people(void **state)
{
	static const struct {
		int64_t age_ms;
		int agents, changes, approvals, consultations, codes;
	} cases[] = {
		{ 0, 3, 2, 1, 1, 0 },
		{ STORE_NAMED_DAYS * STORE_DAY_MS - 1, 3, 2, 1, 1, 0 },
		/* Beat signed something: his name stays with it */
		{ STORE_NAMED_DAYS * STORE_DAY_MS, 2, 0, 1, 1, 0 },
		{ STORE_SIGNED_DAYS * STORE_DAY_MS - 1, 2, 0, 1, 1, 0 },
		{ STORE_SIGNED_DAYS * STORE_DAY_MS, 1, 0, 0, 0, 0 },
	};
	const struct place *p = *state;
	const int64_t t = INT64_C(1700000000000);

	make_house(p->path);
	sql_do(p->path,
		"INSERT INTO agent (id, login, name, workplace) VALUES"
		" (73, 'carl', 'Carl', 'office');"
		"INSERT INTO staff_code VALUES (71, zeroblob(32), 1700000000000, 0);"
		"INSERT INTO agreement_version VALUES (1, 1, 1, 1);"
		"INSERT INTO agreement_signature VALUES (1, 72, 1, 'de', zeroblob(32),"
		" zeroblob(32), zeroblob(65), zeroblob(64), 1700000000000, NULL);"
		"INSERT INTO agreement_end VALUES (2, 72, 1700000000000, 0, 'ended');"
		"UPDATE agent SET left_ms = 1700000000000 WHERE id IN (72, 73);"
		"INSERT INTO approval VALUES (1, 'pulse', NULL, 1, 1700000000000, 1, 71,"
		" zeroblob(65), zeroblob(32), zeroblob(64));"
		"INSERT INTO consultation VALUES (1, 'pulse', NULL, 1, zeroblob(32), 1,"
		" 1, 1700000000000, 1, 71)");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		purge_all(p->path, t + cases[i].age_ms);
		assert_int_equal(
			sql_int(p->path, "SELECT count(*) FROM agent"), cases[i].agents);
		assert_int_equal(sql_int(p->path, "SELECT count(*) FROM role_change"),
			cases[i].changes);
		assert_int_equal(sql_int(p->path, "SELECT count(*) FROM approval"),
			cases[i].approvals);
		assert_int_equal(sql_int(p->path, "SELECT count(*) FROM consultation"),
			cases[i].consultations);
		assert_int_equal(sql_int(p->path, "SELECT count(*) FROM staff_code"),
			cases[i].codes);
	}
}

#define IN_PLACE(f) cmocka_unit_test_setup_teardown(f, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(test_tokens),
		IN_PLACE(test_calls_by_age),
		IN_PLACE(test_pulse_by_age),
		IN_PLACE(test_in_steps),
		IN_PLACE(test_by_itself),
		IN_PLACE(test_no_trace),
		IN_PLACE(test_agent_removed),
		IN_PLACE(test_people),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
