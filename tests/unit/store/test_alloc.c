/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* store: each allocation fails in turn, ours and SQLite's; nothing leaks, nothing is half written. */
#include "support.h"

#include "base/log.h"

/* Linked with --wrap=calloc: what the store and base ask for. */
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);

static struct {
	bool on;
	int calls;
	int fail_at;
	bool for_good; /* every call from fail_at on, not that one alone */
} memory;

static bool is_refused(void)
{
	if (!memory.on)
		return false;
	int call = ++memory.calls;

	return memory.for_good ? call >= memory.fail_at : call == memory.fail_at;
}

void *__wrap_calloc(size_t n, size_t size)
{
	return is_refused() ? NULL : __real_calloc(n, size);
}

static sqlite3_mem_methods real;

static void *lean_malloc(int n)
{
	return is_refused() ? NULL : real.xMalloc(n);
}

static void *lean_realloc(void *p, int n)
{
	return is_refused() ? NULL : real.xRealloc(p, n);
}

static void replace_malloc(void)
{
	sqlite3_mem_methods lean;

	assert_int_equal(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real), SQLITE_OK);
	lean = real;
	lean.xMalloc = lean_malloc;
	lean.xRealloc = lean_realloc;
	assert_int_equal(sqlite3_config(SQLITE_CONFIG_MALLOC, &lean), SQLITE_OK);
}

/* True when the k-th call came. */
static bool memory_well(void)
{
	bool reached = memory.calls >= memory.fail_at;

	memory.on = false;
	return reached;
}

static void memory_short(int k, bool for_good)
{
	memory.calls = 0;
	memory.fail_at = k;
	memory.for_good = for_good;
	memory.on = true;
}

/* No thread runs here: the parts that store_open() is made of, without the writer. */
static int open_parts(const char *path)
{
	struct writes w = { 0 };
	sqlite3 *db = NULL;
	int err = db_open(&db, path);

	if (!err)
		err = schema_migrate(db, store_migrations, store_migrations_n);
	if (!err)
		err = writes_init(&w, path, NULL);
	writes_close(&w);
	sqlite3_close(db);
	return err;
}

/* An opening has some 33,000 allocations: one in some hundreds fails here. */
static void open_in_turn(const char *path, int step, bool for_good)
{
	int tried = 0, failed = 0;
	bool reached = true;

	for (int k = 1; reached; k += step, tried++) {
		unlink(path);
		memory_short(k, for_good);
		int err = open_parts(path);

		reached = memory_well();
		if (err) {
			failed++;
			assert_int_equal(err, ENOMEM);
			assert_int_equal(open_parts(path), 0);
		}
		assert_int_equal(sql_int(path, "SELECT count(*) FROM migration"),
			store_migrations_n);
	}
	print_message("# %d failed allocations, %d of them felt\n", tried - 1, failed);
	assert_true(failed > 100);
}

static void test_open(void **state)
{
	const struct place *p = *state;

	open_in_turn(p->path, 307, false);
}

static void test_open_for_good(void **state)
{
	const struct place *p = *state;

	open_in_turn(p->path, 301, true);
}

/* Our own: the store, four rings, the batch; then SQLite's first. */
static void test_store_open(void **state)
{
	const struct place *p = *state;
	struct store_config cfg = { .path = p->path };

	for (int k = 1; k <= 7; k++) {
		struct store *st = NULL;

		memory_short(k, true);
		int err = store_open(&st, &cfg);

		memory.on = false;
		assert_int_equal(err, ENOMEM);
		assert_null(st);
	}
	store_close(must_open(p->path));
	store_close(NULL);
}

static void batch_in_turn(const char *path, struct rec *recs, size_t n, bool for_good)
{
	int64_t want = sql_int(path, "SELECT count(*) FROM call_event");
	uint64_t call = 1 +
		(uint64_t)sql_int(path, "SELECT coalesce(max(id), 0) FROM call");
	int failed = 0;

	for (int k = 1;; k++, call++) {
		struct writes w;
		size_t dropped = 99;

		for (size_t i = 0; i < n; i++)
			recs[i].ev.call = call;
		assert_int_equal(writes_init(&w, path, NULL), 0);
		memory_short(k, for_good);
		int err = writes_batch(&w, recs, n, &dropped);
		bool reached = memory_well();

		if (err) {
			failed++;
			assert_int_equal(err, ENOMEM);
			assert_int_equal(writes_batch(&w, recs, n, &dropped), 0);
		}
		assert_int_equal(dropped, 0);
		writes_close(&w);
		want += (int64_t)n;
		assert_int_equal(sql_int(path, "SELECT count(*) FROM call_event"), want);
		if (!reached)
			break;
	}
	print_message("# %d batches failed\n", failed);
	assert_true(failed > 3);
}

static void test_batch(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	int64_t now = db_wall_ms();
	struct rec recs[] = {
		{ .ev = event_of(1, now, STORE_ARRIVED, 0) },
		{ .ev = event_of(1, now + 1, STORE_ACCEPTED, ANNA) },
		{ .ev = event_of(1, now + 2, STORE_ENDED, 0) },
	};

	put_house(st);
	store_close(st);
	batch_in_turn(p->path, recs, 3, false);
	batch_in_turn(p->path, recs, 3, true);
}

#define IN_PLACE(f) cmocka_unit_test_setup_teardown(f, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(test_open),
		IN_PLACE(test_open_for_good),
		IN_PLACE(test_store_open),
		IN_PLACE(test_batch),
	};

	log_init("test", LOG_LEVEL_NONE); /* thousands of lines, all alike */
	replace_malloc();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
