/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* store: opening, migrations, and which database is refused. */
#include "support.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/text.h"

static int try_open(const char *path)
{
	struct store_config cfg = { .path = path };
	struct store *st = NULL;
	int err = store_open(&st, &cfg);

	if (err)
		assert_null(st); /* untouched on failure */
	store_close(st);
	return err;
}

static void test_from_empty(void **state)
{
	const struct place *p = *state;
	struct stat sb;
	char name[64];

	int64_t before = db_wall_ms();

	store_close(must_open(p->path));
	assert_int_equal(
		sql_int(p->path, "SELECT count(*) FROM migration"), store_migrations_n);
	sql_text(p->path, "SELECT name FROM migration WHERE version = 1", name,
		sizeof name);
	assert_string_equal(name, "0001-first");
	int64_t at = sql_int(
		p->path, "SELECT applied_ms FROM migration WHERE version = 1");

	assert_true(at >= before && at <= db_wall_ms());
	assert_int_equal(
		sql_int(p->path,
			"SELECT count(*) FROM pragma_table_list"
			" WHERE schema = 'main' AND type = 'table' AND NOT strict"
			" AND name NOT LIKE 'sqlite_%'"),
		0);
	assert_int_equal(stat(p->path, &sb), 0);
	assert_int_equal(sb.st_mode & 0777, 0600);
}

static void test_twice(void **state)
{
	const struct place *p = *state;
	char before[512], after[512];
	const char *all =
		"SELECT group_concat(version || name || applied_ms) FROM migration";

	struct store *st = must_open(p->path);

	put_house(st);
	store_close(st);
	sql_text(p->path, all, before, sizeof before);
	store_close(must_open(p->path));
	sql_text(p->path, all, after, sizeof after);
	assert_string_equal(before, after);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM agent"), 2);
}

static void test_newer_refused(void **state)
{
	const struct place *p = *state;

	store_close(must_open(p->path));
	sql_do(p->path,
		"INSERT INTO migration VALUES (999, '0999-later', 1);"
		"CREATE TABLE later (x)");
	assert_int_equal(try_open(p->path), EPROTO);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM later"), 0);
	sql_do(p->path, "DELETE FROM migration WHERE version = 999; DROP TABLE later");
	assert_int_equal(try_open(p->path), 0);
}

static void test_foreign_refused(void **state)
{
	const struct place *p = *state;

	sql_do(p->path, "CREATE TABLE recipes (x); INSERT INTO recipes VALUES (1)");
	assert_int_equal(try_open(p->path), EPROTO);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM sqlite_schema"), 1);
}

static void test_no_database(void **state)
{
	const struct place *p = *state;
	char path[128];
	int fd = open(p->path, O_WRONLY | O_CREAT, 0600);

	for (int i = 0; i < 200; i++)
		assert_int_equal(write(fd, "this is not a database ", 23), 23);
	close(fd);
	assert_int_equal(try_open(p->path), EIO);
	text_format(path, sizeof path, "%s/none/x.db", p->dir);
	assert_int_equal(try_open(path), ENOENT);
	assert_int_equal(try_open(p->dir), EACCES); /* a folder */
}

static void test_cut_to_shreds(void **state)
{
	const struct place *p = *state;

	struct store *st = must_open(p->path);

	put_house(st);
	store_close(st);
	assert_int_equal(truncate(p->path, 5000), 0);
	assert_int_equal(try_open(p->path), EIO);
}

static const struct migration three[] = {
	{ "0001-a", "CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (1)" },
	{ "0002-b", "INSERT INTO a VALUES (2); CREATE TABLE b (y INTEGER) STRICT" },
	{ "0003-bad",
		"INSERT INTO a VALUES (3); DROP TABLE b; INSERT INTO gone VALUES (1)" },
};

/* The third breaks after it has changed data and schema: both must be as after the second. */
static void test_each_in_one_transaction(void **state)
{
	const struct place *p = *state;
	sqlite3 *db = NULL;
	int64_t v;

	assert_int_equal(db_open(&db, p->path), 0);
	assert_int_equal(schema_migrate(db, three, 1), 0);
	assert_int_equal(schema_migrate(db, three, 3), EIO);
	assert_true(sqlite3_get_autocommit(db));
	assert_int_equal(db_get_int(db, "SELECT max(version) FROM migration", &v), 0);
	assert_int_equal(v, 2);
	assert_int_equal(db_get_int(db, "SELECT sum(x) FROM a", &v), 0);
	assert_int_equal(v, 3);
	assert_int_equal(db_get_int(db, "SELECT count(*) FROM b", &v), 0);
	assert_int_equal(schema_migrate(db, three, 2), 0);
	assert_int_equal(schema_migrate(db, three, 1), EPROTO);
	sqlite3_close(db);
}

static void test_pragmas(void **state)
{
	static const struct {
		const char *sql;
		int64_t want;
	} cases[] = {
		{ "PRAGMA synchronous", 2 },
		{ "PRAGMA foreign_keys", 1 },
		{ "PRAGMA secure_delete", 1 },
		{ "PRAGMA busy_timeout", STORE_BUSY_MS },
	};
	const struct place *p = *state;
	char mode[16];
	sqlite3 *db = NULL;

	assert_int_equal(db_open(&db, p->path), 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t v = -1;

		assert_int_equal(db_get_int(db, cases[i].sql, &v), 0);
		assert_int_equal(v, cases[i].want);
	}
	sqlite3_close(db);
	sql_text(p->path, "PRAGMA journal_mode", mode, sizeof mode);
	assert_string_equal(mode, "wal");
}

#define IN_PLACE(f) cmocka_unit_test_setup_teardown(f, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(test_from_empty),
		IN_PLACE(test_twice),
		IN_PLACE(test_newer_refused),
		IN_PLACE(test_foreign_refused),
		IN_PLACE(test_no_database),
		IN_PLACE(test_cut_to_shreds),
		IN_PLACE(test_each_in_one_transaction),
		IN_PLACE(test_pragmas),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
