/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * store: a process that is killed at any moment.
 *
 * A child writes numbered calls and says through a pipe up to which number the store has confirmed
 * them; it is killed; then the database must be whole and hold all that was confirmed.  (What a power
 * cut leaves is SQLite's promise on a synced file; that each commit is synced, test_calls.c shows.)
 */
#include "support.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/log.h"

#define ROUNDS     20
#define CHILD_FAIL 3

/* Even numbers stay open. */
static bool ends(uint64_t call)
{
	return call % 2 == 1;
}

static void say(int fd, uint64_t n)
{
	if (write(fd, &n, sizeof n) != sizeof n)
		_exit(CHILD_FAIL);
}

/* last == 0: for ever. The final confirmation is the end of store_close(). */
static _Noreturn void child(
	const char *path, int fd, uint64_t next, uint64_t last, unsigned int group)
{
	struct store_config cfg = { .path = path };
	struct store_agent anna = {
		.login = "anna", .name = "Anna", .roles = STORE_ROLE_AGENT
	};
	struct store_queue queue = { .number = "100", .name = "Auskunft" };
	struct store *st = NULL;

	if (store_open(&st, &cfg) != 0 || store_put_agent(st, &anna, ANNA) != 0 ||
		store_put_queue(st, &queue, QUEUE) != 0)
		_exit(CHILD_FAIL);
	while (last == 0 || next <= last) {
		for (unsigned int i = 0; i < group && (last == 0 || next <= last);
			i++, next++)
			if (add_call(st, next, ends(next)) != 0)
				_exit(CHILD_FAIL);
		if (last == 0) {
			if (!is_written(st))
				_exit(CHILD_FAIL);
			say(fd, next - 1);
		}
	}
	store_close(st);
	say(fd, next - 1);
	_exit(0);
}

static pid_t start(
	const char *path, int *fd, uint64_t next, uint64_t last, unsigned int group)
{
	int ends_of[2];

	assert_int_equal(pipe(ends_of), 0);
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		close(ends_of[0]);
		child(path, ends_of[1], next, last, group);
	}
	close(ends_of[1]);
	*fd = ends_of[0];
	return pid;
}

/* Reads what was said until the pipe ends; the highest number, or `sofar`. */
static uint64_t heard(int fd, uint64_t sofar)
{
	uint64_t n;

	while (read(fd, &n, sizeof n) == sizeof n)
		sofar = n;
	return sofar;
}

static unsigned int next_random(uint32_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 17;
	*x ^= *x << 5;
	return *x;
}

/* What one child was given, and how much of it had been confirmed when it was killed. */
struct range {
	uint64_t first, confirmed;
};

/* A confirmed call has all its events, also after later rounds. */
static void check_range(const char *path, const struct range *r)
{
	char sql[256];

	snprintf(sql, sizeof sql,
		"SELECT count(*) FROM (SELECT call, count(*) AS n FROM call_event"
		" WHERE coalesce(detail, '') <> 'control_lost'"
		" AND call BETWEEN %llu AND %llu GROUP BY call) WHERE n = 4 + call %% 2",
		(unsigned long long)r->first, (unsigned long long)r->confirmed);
	assert_int_equal(sql_int(path, sql), r->confirmed + 1 - r->first);
}

/* In the order in which they were given: nothing is missing before something that is there. */
static void check_order(const char *path, uint64_t first)
{
	char sql[256];

	assert_int_equal(
		sql_int(path, "SELECT coalesce(max(id), 0) - count(*) FROM call"), 0);
	snprintf(sql, sizeof sql,
		"SELECT count(*) FROM (SELECT call, count(*) AS n FROM call_event"
		" WHERE call >= %llu GROUP BY call)"
		" WHERE n <> 4 + call %% 2 AND call <> (SELECT max(id) FROM call)",
		(unsigned long long)first);
	assert_int_equal(sql_int(path, sql), 0);
}

static void check_whole(const char *path, const struct range *ranges, size_t n)
{
	char text[256];

	sql_text(path, "PRAGMA integrity_check", text, sizeof text);
	assert_string_equal(text, "ok");
	assert_int_equal(
		sql_int(path, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
	for (size_t i = 0; i < n; i++)
		check_range(path, &ranges[i]);
	check_order(path, ranges[n - 1].first);
}

/* What is open is ended, once, and nothing else is. Returns the highest call. */
static uint64_t check_open_ended(const char *path)
{
	int64_t open = sql_int(path, "SELECT count(*) FROM call WHERE ended_ms IS NULL");
	struct store *st = must_open(path);
	size_t n = 0;

	assert_int_equal(store_end_open_calls(st, NULL, 0, &n), 0);
	assert_int_equal(n, open);
	store_close(st);
	assert_int_equal(
		sql_int(path, "SELECT count(*) FROM call WHERE ended_ms IS NULL"), 0);
	assert_int_equal(
		sql_int(path,
			"SELECT count(*) FROM call WHERE (SELECT count(*) FROM call_event"
			" WHERE call = id AND event = 'ended') <> 1"),
		0);
	return (uint64_t)sql_int(path, "SELECT coalesce(max(id), 0) FROM call");
}

/* Every fifth is killed at its start, even while it migrates; the others at work. */
static void kill_somewhen(pid_t pid, int fd, bool at_work, unsigned int us)
{
	struct pollfd pf = { .fd = fd, .events = POLLIN };
	int status = 0;

	if (at_work)
		assert_int_equal(poll(&pf, 1, PATIENCE_MS), 1);
	usleep(us);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status)); /* it had not failed by itself */
}

static bool has_schema(const char *path)
{
	return access(path, F_OK) == 0 &&
		sql_int(path, "SELECT count(*) FROM sqlite_schema WHERE name = 'call'") ==
		1;
}

static void test_killed(void **state)
{
	const struct place *p = *state;
	struct range ranges[ROUNDS];
	uint32_t seed = 20261;
	uint64_t highest = 0, confirmed = 0;

	for (int i = 0; i < ROUNDS; i++) {
		struct range *r = &ranges[i];
		int fd;
		pid_t pid = start(
			p->path, &fd, highest + 1, 0, 1 + next_random(&seed) % 400);

		kill_somewhen(pid, fd, i % 5 != 0, next_random(&seed) % 60000);
		*r = (struct range){ highest + 1, heard(fd, highest) };
		close(fd);
		confirmed += r->confirmed - highest;
		if (!has_schema(p->path)) {
			assert_int_equal(r->confirmed, 0);
			continue;
		}
		check_whole(p->path, ranges, (size_t)i + 1);
		highest = check_open_ended(p->path);
		assert_true(highest >= r->confirmed);
	}
	print_message("# %llu calls confirmed before a kill, %llu found\n",
		(unsigned long long)confirmed, (unsigned long long)highest);
	assert_true(confirmed > 0);
}

static void test_closed(void **state)
{
	const struct place *p = *state;
	const struct range all = { 1, 3000 };
	int fd, status = -1;
	pid_t pid = start(p->path, &fd, 1, 3000, 3000);

	assert_int_equal(heard(fd, 0), 3000);
	close(fd);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	check_whole(p->path, &all, 1);
	assert_int_equal(check_open_ended(p->path), 3000);
}

#define IN_PLACE(f) cmocka_unit_test_setup_teardown(f, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(test_killed),
		IN_PLACE(test_closed),
	};

	log_init("test", LOG_LEVEL_WARN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
