/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* store: the weekly question: groups of answers, what is left of a week that is over, what is read. [RULES N5] */
#include "support.h"

#include "store/pulse.h"

#define THIS INT32_C(20780)
#define LAST (THIS - 7)

static sqlite3 *open_house(const char *path)
{
	struct store *st = must_open(path);
	sqlite3 *db = NULL;

	put_house(st);
	store_close(st);
	assert_int_equal(db_open(&db, path), 0);
	return db;
}

static void put(sqlite3 *db, int32_t monday, struct pulse_counts counts, size_t n)
{
	const uint64_t agents[] = { ANNA, BEAT };

	assert_int_equal(store_pulse_put(db, &(struct store_pulse_week){ monday, counts },
				 agents, n),
		0);
}

static bool answered(sqlite3 *db, int32_t monday, uint64_t agent)
{
	bool out = false;

	assert_int_equal(store_pulse_answered(db, monday, agent, &out), 0);
	return out;
}

static void test_groups(void **state)
{
	const struct place *p = *state;
	sqlite3 *db = open_house(p->path);

	put(db, THIS, (struct pulse_counts){ { 4, 0, 0, 0, 1 } }, 1);
	assert_true(answered(db, THIS, ANNA));
	assert_false(answered(db, THIS, BEAT));
	assert_false(answered(db, LAST, ANNA));
	put(db, THIS, (struct pulse_counts){ { 1, 2, 0, 0, 3 } }, 2); /* ANNA again */
	sqlite3_close(db);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM pulse_answered"), 2);
	assert_int_equal(sql_int(p->path, "SELECT n FROM pulse WHERE answer = 1"), 5);
	assert_int_equal(sql_int(p->path, "SELECT n FROM pulse WHERE answer = 2"), 2);
	assert_int_equal(sql_int(p->path, "SELECT n FROM pulse WHERE answer = 5"), 4);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM pulse"), 3);
}

/* Who left meanwhile must not undo the others' answers. */
static void test_agent_gone(void **state)
{
	const struct place *p = *state;
	sqlite3 *db = open_house(p->path);
	const uint64_t agents[] = { 99, ANNA };

	assert_int_equal(
		store_pulse_put(db,
			&(struct store_pulse_week){ THIS, { { 3, 2, 0, 0, 0 } } }, agents,
			2),
		0);
	assert_true(answered(db, THIS, ANNA));
	assert_false(answered(db, THIS, 99));
	sqlite3_close(db);
	sql_do(p->path, "PRAGMA foreign_keys = ON; DELETE FROM agent WHERE id = 71");
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM pulse_answered"), 0);
	assert_int_equal(sql_int(p->path, "SELECT sum(n) FROM pulse"), 5);
}

/* What stands on disk before a week's end, what waited to the last, and what may remain. */
static void test_closing(void **state)
{
	static const struct {
		const char *what;
		struct pulse_counts before, last;
		int rows, sum;
	} cases[] = {
		{ "enough, and different", { { 4, 1, 0, 0, 0 } }, { { 0 } }, 2, 5 },
		{ "enough with the last ones", { { 4, 1, 0, 0, 0 } },
			{ { 0, 0, 2, 0, 0 } }, 3, 7 },
		{ "only the last ones, too few", { { 0 } }, { { 2, 1, 1, 0, 0 } }, 0, 0 },
		{ "only the last ones, all alike", { { 0 } }, { { 0, 6, 0, 0, 0 } }, 0,
			0 },
		{ "only the last ones, enough", { { 0 } }, { { 1, 6, 0, 0, 0 } }, 2, 7 },
		{ "nobody answered", { { 0 } }, { { 0 } }, 0, 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct place *p = *state;
		sqlite3 *db = open_house(p->path);

		assert_int_equal(db_exec(db, "DELETE FROM pulse"), 0);
		put(db, LAST, cases[i].before, 2);
		put(db, THIS, (struct pulse_counts){ { 0, 0, 4, 1, 0 } }, 1);
		assert_int_equal(
			store_pulse_close(db, THIS,
				&(struct store_pulse_week){ LAST, cases[i].last }),
			0);
		if (answered(db, LAST, ANNA) || answered(db, LAST, BEAT))
			fail_msg("%s: who answered is not forgotten", cases[i].what);
		if (!answered(db, THIS, ANNA))
			fail_msg("%s: this week was closed too", cases[i].what);
		sqlite3_close(db);
		if (sql_int(p->path,
			    "SELECT count(*) FROM pulse WHERE week_ms = 20773 * "
			    "86400000") != cases[i].rows ||
			sql_int(p->path,
				"SELECT coalesce(sum(n), 0) FROM pulse"
				" WHERE week_ms = 20773 * 86400000") != cases[i].sum)
			fail_msg("%s: other rows", cases[i].what);
		assert_int_equal(sql_int(p->path,
					 "SELECT sum(n) FROM pulse"
					 " WHERE week_ms = 20780 * 86400000"),
			5);
	}
}

static void test_reading(void **state)
{
	const struct place *p = *state;
	sqlite3 *db = open_house(p->path);
	struct store_pulse_week weeks[3];
	size_t n = 9;

	assert_int_equal(store_pulse_weeks(db, THIS, weeks, 3, &n), 0);
	assert_int_equal(n, 0);
	for (int i = 0; i < 5; i++)
		put(db, THIS - 7 * i,
			(struct pulse_counts){ { 4, 0, 0, 0, (unsigned)i } }, 0);
	assert_int_equal(store_pulse_weeks(db, THIS, weeks, 3, &n), 0);
	assert_int_equal(n, 3);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(weeks[i].monday, THIS - 7 * (i + 1));
		assert_int_equal(weeks[i].counts.n[0], 4);
		assert_int_equal(weeks[i].counts.n[1], 0);
		assert_int_equal(weeks[i].counts.n[4], i + 1);
	}
	sqlite3_close(db);
}

/* A row says nothing of the order: it is stored by agent, and there is no rowid to read it from. */
static void test_no_order(void **state)
{
	const struct place *p = *state;
	sqlite3 *db = open_house(p->path);
	sqlite3_stmt *s = NULL;

	assert_int_equal(
		sqlite3_prepare_v2(db, "SELECT rowid FROM pulse_answered", -1, &s, NULL),
		SQLITE_ERROR);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT rowid FROM pulse", -1, &s, NULL),
		SQLITE_ERROR);
	sqlite3_close(db);
}

#define IN_PLACE(f) cmocka_unit_test_setup_teardown(f, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(test_groups),
		IN_PLACE(test_agent_gone),
		IN_PLACE(test_closing),
		IN_PLACE(test_reading),
		IN_PLACE(test_no_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
