/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* store: what pages ask for and change, on its threads and back; store_ask(). */
#include "support.h"

#include <pthread.h>

struct errand {
	const char *sql;
	int says; /* what run says after the statement */
	pthread_t owner;
	int ran, rc, value;
	bool was_elsewhere;
	int done, dropped, err;
};

static int run(struct sqlite3 *db, void *arg)
{
	struct errand *e = arg;
	sqlite3_stmt *s = NULL;

	e->ran++;
	e->was_elsewhere = !pthread_equal(pthread_self(), e->owner);
	e->rc = sqlite3_prepare_v2(db, e->sql, -1, &s, NULL);
	if (!e->rc)
		e->rc = sqlite3_step(s);
	if (e->rc == SQLITE_ROW)
		e->value = sqlite3_column_int(s, 0);
	sqlite3_finalize(s);
	return e->says;
}

static void done(void *arg, int err)
{
	struct errand *e = arg;

	e->done++;
	e->err = err;
}

static void drop(void *arg)
{
	((struct errand *)arg)->dropped++;
}

static void ask(struct store *st, bool writes, struct errand *e)
{
	e->owner = pthread_self();
	assert_int_equal(
		store_ask(st, &(struct store_job){ writes, run, done, drop, e }), 0);
}

static void await(struct store *st, const struct errand *e)
{
	for (int ms = 0; ms < PATIENCE_MS && !e->done; ms++) {
		store_poll(st);
		usleep(1000);
	}
	assert_int_equal(e->done, 1);
	assert_int_equal(e->dropped, 0);
	assert_true(e->was_elsewhere);
}

static const struct {
	const char *what, *sql;
	bool writes;
	int says, rc, value;
	int agents; /* afterwards */
} cases[] = {
	{ "a question", "SELECT count(*) FROM agent", false, 0, SQLITE_ROW, 2, 2 },
	{ "an answer that says no", "SELECT 7", false, EACCES, SQLITE_ROW, 7, 2 },
	{ "a question cannot write", "DELETE FROM agent", false, 0, SQLITE_READONLY, 0,
		2 },
	{ "a wish that says no is undone", "DELETE FROM agent", true, EPERM, SQLITE_DONE,
		0, 2 },
	{ "a wish", "DELETE FROM agent WHERE login = 'beat'", true, 0, SQLITE_DONE, 0,
		1 },
};

static void test_each(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);

	put_house(st);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct errand e = { .sql = cases[i].sql, .says = cases[i].says };

		ask(st, cases[i].writes, &e);
		await(st, &e);
		assert_int_equal(e.err, cases[i].says);
		assert_int_equal(e.rc & 0xff, cases[i].rc);
		assert_int_equal(e.value, cases[i].value);
		assert_int_equal(
			sql_int(p->path, "SELECT count(*) FROM agent"), cases[i].agents);
	}
	store_close(st);
}

/* What a wish wrote stays although another of the same transaction says no. */
static void test_side_by_side(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	struct errand yes = { .sql = "DELETE FROM agent WHERE login = 'anna'" };
	struct errand no = { .sql = "DELETE FROM agent WHERE login = 'beat'",
		.says = EPERM };

	put_house(st);
	ask(st, true, &yes);
	ask(st, true, &no);
	await(st, &yes);
	await(st, &no);
	assert_int_equal(yes.err, 0);
	assert_int_equal(no.err, EPERM);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM agent"), 1);
	assert_int_equal(
		sql_int(p->path, "SELECT count(*) FROM agent WHERE login = 'beat'"), 1);
	store_close(st);
}

/* A store that is closed answers nobody, but lets go of what it was given. */
static void test_closed_before(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	struct errand read = { .sql = "SELECT 1" }, write = { .sql = "SELECT 1" };

	put_house(st);
	ask(st, false, &read);
	ask(st, true, &write);
	store_close(st);
	assert_int_equal(read.done + write.done, 0);
	assert_int_equal(read.dropped, 1);
	assert_int_equal(write.dropped, 1);
}

static void test_too_many(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	static struct errand e[STORE_ASKS_MAX];
	struct errand last = { .sql = "SELECT 1" };

	put_house(st);
	for (size_t i = 0; i < STORE_ASKS_MAX; i++) {
		e[i] = (struct errand){ .sql = "SELECT 1" };
		ask(st, i % 2, &e[i]);
	}
	assert_int_equal(
		store_ask(st, &(struct store_job){ false, run, done, drop, &last }),
		ENOBUFS);
	for (size_t i = 0; i < STORE_ASKS_MAX; i++)
		await(st, &e[i]);
	ask(st, false, &last);
	await(st, &last);
	store_close(st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_each, place_make, place_remove),
		cmocka_unit_test_setup_teardown(
			test_side_by_side, place_make, place_remove),
		cmocka_unit_test_setup_teardown(
			test_closed_before, place_make, place_remove),
		cmocka_unit_test_setup_teardown(test_too_many, place_make, place_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
