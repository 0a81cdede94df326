/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* store: who waits to be called back, over a restart, and that the number goes. [RULES C7] */
#include "support.h"

#include <fcntl.h>

#include "base/text.h"

#define NUMBER "+41790001122"

static struct store_callback callback_of(uint64_t call, int64_t arrived_ms)
{
	return (struct store_callback){ .call = call,
		.queue = QUEUE,
		.number = NUMBER,
		.arrived_ms = arrived_ms,
		.asked_ms = arrived_ms + 60000,
		.due_ms = 0,
		.tries = 0 };
}

struct rows {
	struct store_callback row[8];
	size_t n;
};

static void on_row(void *arg, const struct store_callback *cb)
{
	struct rows *r = arg;

	assert_true(r->n < 8);
	r->row[r->n++] = *cb;
}

static struct rows load(const char *path, size_t cap)
{
	struct rows r = { .n = 0 };
	struct store *st = must_open(path);

	assert_int_equal(store_load_callbacks(st, cap, on_row, &r), 0);
	store_close(st);
	return r;
}

static void test_over_a_restart(void **state)
{
	const struct place *p = *state;
	const int64_t now = db_wall_ms();
	struct store *st = must_open(p->path);
	struct store_callback late = callback_of(5, now),
			      early = callback_of(9, now - 1000);

	put_house(st);
	assert_int_equal(store_put_callback(st, &late), 0);
	assert_int_equal(store_put_callback(st, &early), 0);
	late.due_ms = now + 300000;
	late.tries = 2;
	assert_int_equal(store_put_callback(st, &late), 0);
	must_be_written(st);
	store_close(st);
	struct rows r = load(p->path, 8);

	assert_int_equal(r.n, 2);
	assert_int_equal(r.row[0].call, 9); /* by arrival, not by id */
	assert_int_equal(r.row[0].tries, 0);
	assert_int_equal(r.row[1].call, 5);
	assert_int_equal(r.row[1].queue, QUEUE);
	assert_string_equal(r.row[1].number, NUMBER);
	assert_int_equal(r.row[1].arrived_ms, now);
	assert_int_equal(r.row[1].asked_ms, now + 60000);
	assert_int_equal(r.row[1].due_ms, now + 300000);
	assert_int_equal(r.row[1].tries, 2);
	assert_int_equal(load(p->path, 1).n, 1);
}

static bool file_holds(const char *path, const char *what)
{
	static char bytes[1 << 20];
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? 0 : read(fd, bytes, sizeof bytes);

	if (fd >= 0)
		close(fd);
	return n > 0 && memmem(bytes, (size_t)n, what, strlen(what)) != NULL;
}

/* Nor is it left in a page that is free. */
static void test_the_number_goes(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	struct store_callback cb = callback_of(5, db_wall_ms());

	put_house(st);
	assert_int_equal(store_put_callback(st, &cb), 0);
	must_be_written(st);
	store_close(st);
	assert_true(file_holds(p->path, NUMBER));
	st = must_open(p->path);
	assert_int_equal(store_drop_callback(st, 5), 0);
	assert_int_equal(store_drop_callback(st, 6), 0); /* was none */
	must_be_written(st);
	store_close(st);
	assert_false(file_holds(p->path, NUMBER));
	assert_int_equal(load(p->path, 8).n, 0);
}

static void test_at_a_days_age_it_goes_by_itself(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	struct store_callback old = callback_of(5, 1700000000000), fresh = old;
	bool more;
	sqlite3 *db = NULL;

	put_house(st);
	fresh.call = 6;
	fresh.asked_ms++;
	store_close(st);
	st = must_open(p->path);
	assert_int_equal(store_put_callback(st, &old), 0);
	assert_int_equal(store_put_callback(st, &fresh), 0);
	must_be_written(st);
	assert_int_equal(db_open(&db, p->path), 0);
	assert_int_equal(purge_run(db, old.asked_ms + STORE_DAY_MS, &more), 0);
	sqlite3_close(db);
	store_close(st);
	assert_int_equal(sql_int(p->path, "SELECT group_concat(call) FROM callback"), 6);
}

static void test_refused(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	struct store_callback cb = callback_of(0, 1);
	struct store_health health;

	put_house(st);
	assert_int_equal(store_put_callback(st, &cb), EINVAL);
	cb = callback_of(1, 1);
	cb.queue = 0;
	assert_int_equal(store_put_callback(st, &cb), EINVAL);
	cb = callback_of(1, 1);
	cb.number[0] = 0;
	assert_int_equal(store_put_callback(st, &cb), EINVAL);
	memset(cb.number, '1', sizeof cb.number);
	assert_int_equal(store_put_callback(st, &cb), EINVAL);
	cb = callback_of(1, 1);
	cb.queue = 4711; /* there is no such queue: dropped alone */
	assert_int_equal(store_put_callback(st, &cb), 0);
	must_be_written(st);
	store_health(st, &health);
	assert_int_equal(health.dropped, 1);
	store_close(st);
}

#define IN_PLACE(f) cmocka_unit_test_setup_teardown(f, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(test_over_a_restart),
		IN_PLACE(test_the_number_goes),
		IN_PLACE(test_at_a_days_age_it_goes_by_itself),
		IN_PLACE(test_refused),
	};

	return cmocka_run_group_tests_name("store callbacks", tests, NULL, NULL);
}
