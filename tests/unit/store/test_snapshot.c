/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* store: a copy of one moment while calls are recorded; what is refused; a copy that was damaged. */
#include "support.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/text.h"
#include "store/snapshot.h"

static void path_beside(const struct place *p, const char *name, char out[128])
{
	assert_int_equal(text_format(out, 128, "%s/%s", p->dir, name), 0);
}

static int take(const struct place *p, const char *to, struct snapshot_info *info)
{
	const struct snapshot_config cfg = { .from = p->path, .to = to };

	return snapshot_take(info, &cfg);
}

static void put_calls(struct store *st, uint64_t first, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		assert_int_equal(add_call(st, first + i, true), 0);
}

static void test_copy(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	struct snapshot_info info, again;
	struct stat sb;
	char to[128], mode[16];

	path_beside(p, "copy.db", to);
	put_house(st);
	put_calls(st, 1000, 300);
	assert_int_equal(add_call(st, 2000, false), 0);
	must_be_written(st);
	assert_int_equal(take(p, to, &info), 0);
	assert_int_equal(info.schema, store_migrations_n);
	assert_int_equal(info.calls, 301);
	assert_int_equal(info.open_calls, 1);
	assert_true(info.at_ms <= db_wall_ms());
	assert_int_equal(stat(to, &sb), 0);
	assert_int_equal(sb.st_mode & 0777, 0600);
	/* it is whole by itself */
	sql_text(to, "PRAGMA journal_mode", mode, sizeof mode);
	assert_string_equal(mode, "delete");
	assert_int_equal(sql_int(to, "SELECT count(*) FROM call_event"),
		sql_int(p->path, "SELECT count(*) FROM call_event"));
	assert_int_equal(snapshot_check(&again, to), 0);
	assert_int_equal(again.calls, 301);
	assert_int_equal(again.schema, info.schema);
	/* what is there stays */
	assert_int_equal(take(p, to, &info), EEXIST);
	assert_int_equal(snapshot_check(&again, to), 0);
	store_close(st);
}

struct moment {
	const struct place *place;
	struct store *st;
	uint64_t next;
	size_t backlog;
	int64_t calls;
	int err;
};

/* Calls come while others wait: they are on no disk until the moment is over. */
static int during(void *arg)
{
	struct moment *m = arg;
	struct store_health h;

	put_calls(m->st, m->next, 50);
	m->next += 50;
	/* the writer has taken them by then, and must not have got any further */
	usleep(50000);
	store_health(m->st, &h);
	m->backlog = h.backlog;
	m->calls = sql_int(m->place->path, "SELECT count(*) FROM call");
	return m->err;
}

static void test_moment(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	struct moment m = { .place = p, .st = st, .next = 1000 };
	struct snapshot_info info;
	char to[128];
	const struct snapshot_config cfg = {
		.from = p->path, .to = to, .frozen = during, .arg = &m
	};

	path_beside(p, "copy.db", to);
	put_house(st);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(snapshot_take(&info, &cfg), 0);
		assert_true(m.backlog > 0);
		assert_int_equal(m.calls, 50 * i);
		assert_int_equal(info.calls, 50 * i);
		assert_int_equal(sql_int(to, "SELECT count(*) FROM call"), 50 * i);
		must_be_written(st); /* later, but all of them */
		assert_int_equal(
			sql_int(p->path, "SELECT count(*) FROM call"), 50 * (i + 1));
		assert_int_equal(unlink(to), 0);
	}
	store_close(st);
}

static void test_moment_fails(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	struct moment m = { .place = p, .st = st, .next = 1000, .err = ENOSPC };
	struct snapshot_info info = { .calls = -7 };
	char to[128];
	const struct snapshot_config cfg = {
		.from = p->path, .to = to, .frozen = during, .arg = &m
	};

	path_beside(p, "copy.db", to);
	put_house(st);
	assert_int_equal(snapshot_take(&info, &cfg), ENOSPC);
	assert_int_equal(info.calls, -7); /* untouched */
	assert_int_equal(access(to, F_OK), -1);
	must_be_written(st); /* nobody is kept waiting for ever */
	store_close(st);
}

static uint64_t told, told_all;

static void tell(void *arg, uint64_t done, uint64_t all)
{
	assert_true(done >= told && done <= all);
	told = done;
	told_all = all;
}

/* Pages change under the copy: it stays the one of its moment. */
static void go_on(void *arg, uint64_t done, uint64_t all)
{
	struct moment *m = arg;

	put_calls(m->st, m->next, 20);
	m->next += 20;
	must_be_written(m->st);
}

static void test_written_meanwhile(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	struct moment m = { .place = p, .st = st, .next = 10000 };
	struct snapshot_info info;
	char to[128];
	struct snapshot_config cfg = {
		.from = p->path, .to = to, .progress = tell, .arg = &m
	};

	path_beside(p, "copy.db", to);
	put_house(st);
	put_calls(st, 1, 6000); /* several steps */
	must_be_written(st);
	assert_int_equal(snapshot_take(&info, &cfg), 0);
	assert_true(told_all > 512);
	assert_int_equal(told, told_all);
	assert_int_equal(unlink(to), 0);
	cfg.progress = go_on;
	assert_int_equal(snapshot_take(&info, &cfg), 0);
	assert_true(m.next > 10020);
	assert_int_equal(info.calls, 6000);
	assert_int_equal(snapshot_check(&info, to), 0);
	assert_int_equal(sql_int(to, "SELECT count(*) FROM call"), 6000);
	assert_int_equal(sql_int(to, "SELECT max(id) FROM call"), 6000);
	store_close(st);
}

static void test_refused(void **state)
{
	const struct place *p = *state;
	struct snapshot_info info;
	char to[128];

	path_beside(p, "copy.db", to);
	assert_int_equal(take(p, to, &info), ENOENT);
	assert_int_equal(access(p->path, F_OK), -1); /* it made none */
	sql_do(p->path, "CREATE TABLE recipes (x); INSERT INTO recipes VALUES (1)");
	assert_int_equal(take(p, to, &info), EPROTO);
	assert_int_equal(unlink(p->path), 0);
	store_close(must_open(p->path));
	sql_do(p->path, "INSERT INTO migration VALUES (999, '0999-later', 1)");
	assert_int_equal(take(p, to, &info), EPROTO);
	assert_int_equal(access(to, F_OK), -1);
}

static void turn_byte(const char *path, off_t at)
{
	int fd = open(path, O_RDWR);
	char b;

	assert_int_equal(pread(fd, &b, 1, at), 1);
	b = (char)~b;
	assert_int_equal(pwrite(fd, &b, 1, at), 1);
	close(fd);
}

static void test_damaged(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	struct snapshot_info info;
	struct stat sb;

	put_house(st);
	put_calls(st, 1000, 200);
	store_close(st);
	sql_do(p->path, "PRAGMA journal_mode = DELETE");
	assert_int_equal(snapshot_check(&info, p->path), 0);
	assert_int_equal(info.calls, 200);
	/* a page's own head; SQLite has no sum over what is in it, the manifest has */
	assert_int_equal(stat(p->path, &sb), 0);
	turn_byte(p->path, 4096 * (sb.st_size / 8192) + 3);
	assert_int_equal(snapshot_check(&info, p->path), EBADMSG);
	turn_byte(p->path, 4096 * (sb.st_size / 8192) + 3);
	assert_int_equal(snapshot_check(&info, p->path), 0);
	sql_do(p->path,
		"PRAGMA foreign_keys = OFF; INSERT INTO agent_queue VALUES (99, 81)");
	assert_int_equal(snapshot_check(&info, p->path), EBADMSG);
	sql_do(p->path, "DELETE FROM agent_queue WHERE agent = 99");
	sql_do(p->path, "INSERT INTO migration VALUES (999, '0999-later', 1)");
	assert_int_equal(snapshot_check(&info, p->path), EPROTO);
	assert_int_equal(truncate(p->path, sb.st_size / 2), 0);
	assert_int_equal(snapshot_check(&info, p->path), EBADMSG);
	assert_int_equal(unlink(p->path), 0);
	assert_int_equal(snapshot_check(&info, p->path), ENOENT);
}

static void test_revived(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	uint32_t before, after;

	assert_int_equal(store_next_epoch(st, &before), 0);
	store_close(st);
	assert_int_equal(snapshot_revive(p->path), 0);
	st = must_open(p->path);
	assert_int_equal(store_next_epoch(st, &after), 0);
	assert_int_equal(after, before + SNAPSHOT_EPOCHS + 1);
	store_close(st);
}

#define IN_PLACE(f) cmocka_unit_test_setup_teardown(f, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(test_copy),
		IN_PLACE(test_moment),
		IN_PLACE(test_moment_fails),
		IN_PLACE(test_written_meanwhile),
		IN_PLACE(test_refused),
		IN_PLACE(test_damaged),
		IN_PLACE(test_revived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
