/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* store: calls and their timelines, group commit, refused records, the limit of what waits. */
#include "support.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <sys/syscall.h>

#include "base/ids.h"
#include "base/text.h"

/* SQLite's library finds these before libc's: what is synced is counted, and really synced. */
int fdatasync(int fd);
int fsync(int fd);
static _Atomic unsigned int syncs;

int fdatasync(int fd)
{
	atomic_fetch_add(&syncs, 1);
	return (int)syscall(SYS_fdatasync, fd);
}

int fsync(int fd)
{
	atomic_fetch_add(&syncs, 1);
	return (int)syscall(SYS_fsync, fd);
}

static struct store *open_house(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);

	put_house(st);
	return st;
}

/* One line a call: what its row says. */
static const char row_sql[] =
	"SELECT group_concat(id || ' ' || coalesce(queue, '-') || ' ' || kind || ' ' ||"
	" arrived_ms || ' ' || coalesce(answered_ms, '-') || ' ' ||"
	" coalesce(ended_ms, '-') || ' ' || coalesce(why, '-') || ' ' ||"
	" coalesce(agent, '-'), '\n') FROM call";
static const char line_sql[] =
	"SELECT group_concat(at_ms || ' ' || event || ' ' || coalesce(agent, '-') || ' ' "
	"|| coalesce(number, '-') || ' ' || coalesce(detail, '-'), '\n')"
	" FROM (SELECT * FROM call_event ORDER BY seq)";

static void test_one_call(void **state)
{
	static const struct store_call_event evs[] = {
		{ .call = 5,
			.at_ms = 1000,
			.event = STORE_ARRIVED,
			.queue = QUEUE,
			.kind = STORE_CALL_WEB,
			.number = -1 },
		{ .call = 5,
			.at_ms = 1001,
			.event = STORE_OFFERED,
			.agent = BEAT,
			.number = -1 },
		{ .call = 5,
			.at_ms = 1002,
			.event = STORE_DECLINED,
			.agent = BEAT,
			.number = -1 },
		{ .call = 5,
			.at_ms = 1002,
			.event = STORE_OFFERED,
			.agent = ANNA,
			.number = -1 },
		{ .call = 5,
			.at_ms = 1500,
			.event = STORE_ACCEPTED,
			.agent = ANNA,
			.number = -1 },
		{ .call = 5,
			.at_ms = 1520,
			.event = STORE_JOINED,
			.agent = ANNA,
			.number = 0 },
		{ .call = 5,
			.at_ms = 2000,
			.event = STORE_LEFT,
			.agent = ANNA,
			.number = -1,
			.detail = "line_lost" },
		{ .call = 5,
			.at_ms = 2100,
			.event = STORE_ACCEPTED,
			.agent = BEAT,
			.number = -1 },
		{ .call = 5,
			.at_ms = 2120,
			.event = STORE_JOINED,
			.agent = BEAT,
			.number = 21000 },
		{ .call = 5,
			.at_ms = 9000,
			.event = STORE_ENDED,
			.number = -1,
			.detail = "caller_hung_up" },
	};
	const struct place *p = *state;
	struct store *st = open_house(state);
	char text[1024];

	/* each twice, and the whole once more: an action may be repeated without harm */
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < sizeof evs / sizeof *evs; i++) {
			must_add(st, &evs[i]);
			must_add(st, &evs[i]);
		}
	store_close(st);
	sql_text(p->path, row_sql, text, sizeof text);
	assert_string_equal(text, "5 81 web 1000 1500 9000 caller_hung_up 72");
	sql_text(p->path, line_sql, text, sizeof text);
	assert_string_equal(text,
		"1000 arrived - - -\n"
		"1001 offered 72 - -\n"
		"1002 declined 72 - -\n"
		"1002 offered 71 - -\n"
		"1500 accepted 71 - -\n"
		"1520 joined 71 0 -\n"
		"2000 left 71 - line_lost\n"
		"2100 accepted 72 - -\n"
		"2120 joined 72 21000 -\n"
		"9000 ended - - caller_hung_up");
}

/* What was plain once is not called safe, and a call of which nothing is known says nothing. */
static void test_voice(void **state)
{
	static const struct {
		enum store_voice first, next;
		const char *want;
	} rows[] = {
		{ STORE_VOICE_PLAIN, STORE_VOICE_UNKNOWN, "plain" },
		{ STORE_VOICE_SRTP, STORE_VOICE_UNKNOWN, "srtp" },
		{ STORE_VOICE_DTLS, STORE_VOICE_UNKNOWN, "dtls" },
		{ STORE_VOICE_UNKNOWN, STORE_VOICE_UNKNOWN, "-" },
		{ STORE_VOICE_UNKNOWN, STORE_VOICE_SRTP, "srtp" },
		{ STORE_VOICE_SRTP, STORE_VOICE_PLAIN, "plain" },
		{ STORE_VOICE_PLAIN, STORE_VOICE_SRTP, "plain" },
	};
	const struct place *p = *state;
	struct store *st = open_house(state);
	char text[256];

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct store_call_event ev = { .call = 10 + i,
			.at_ms = 1000,
			.event = STORE_ARRIVED,
			.queue = QUEUE,
			.voice = rows[i].first,
			.number = -1 };

		must_add(st, &ev);
		ev.at_ms++;
		ev.event = STORE_VOICE;
		ev.voice = rows[i].next;
		if (ev.voice)
			must_add(st, &ev);
	}
	store_close(st);
	sql_text(p->path,
		"SELECT group_concat(coalesce(voice, '-'), ' ') FROM"
		" (SELECT voice FROM call ORDER BY id)",
		text, sizeof text);
	for (size_t i = 0, at = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t n = strlen(rows[i].want);

		assert_memory_equal(text + at, rows[i].want, n);
		at += n + 1;
	}
}

static void test_words(void **state)
{
	for (int i = STORE_ARRIVED; i <= STORE_ENDED; i++) {
		assert_non_null(store_event_word((enum store_event)i));
		for (int j = STORE_ARRIVED; j < i; j++)
			assert_string_not_equal(store_event_word((enum store_event)i),
				store_event_word((enum store_event)j));
	}
	assert_null(store_event_word((enum store_event)(STORE_ENDED + 1)));
}

static void test_not_taken(void **state)
{
	struct store *st = open_house(state);
	struct store_call_event cases[] = {
		event_of(0, 1, STORE_ARRIVED, 0),
		event_of(UINT64_MAX, 1, STORE_ARRIVED, 0),
		event_of(1, 1, STORE_OFFERED, UINT64_MAX),
		event_of(1, 1, (enum store_event)99, 0),
		event_of(1, 1, STORE_ARRIVED, 0),
		event_of(1, 1, STORE_LEFT, ANNA),
	};

	cases[4].kind = (enum store_call_kind)9;
	memset(cases[5].detail, 'x', sizeof cases[5].detail);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(store_add_call_event(st, &cases[i]), EINVAL);
	must_be_written(st);
	store_close(st);
}

/* Each commit reaches the disk before the record counts as written. */
static void test_synced(void **state)
{
	struct store *st = open_house(state);

	for (uint64_t i = 1; i <= 20; i++) {
		unsigned int before = atomic_load(&syncs);

		assert_int_equal(add_call(st, i, true), 0);
		must_be_written(st);
		assert_true(atomic_load(&syncs) > before);
	}
	store_close(st);
}

/* As a backup or a person with a shell would; once the writer is at work. */
static sqlite3 *lock(struct store *st, const char *path)
{
	sqlite3 *db = NULL;

	assert_int_equal(store_drop_session(st, (uint8_t[STORE_HASH_SIZE]){ 1 }), 0);
	must_be_written(st);

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, PATIENCE_MS);
	assert_int_equal(
		sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	return db;
}

static void unlock(sqlite3 *db)
{
	assert_int_equal(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

/* The lock keeps the writer waiting while everything is added, so the groups are full. */
static void test_group_commit(void **state)
{
	enum { CALLS = 10000, EVENTS = 5 * CALLS };
	const struct place *p = *state;
	struct store *st = open_house(state);
	sqlite3 *db = lock(st, p->path);

	for (uint64_t i = 1; i <= CALLS; i++)
		assert_int_equal(add_call(st, i, true), 0);

	struct store_health h;

	store_health(st, &h);
	assert_int_equal(h.backlog, EVENTS);
	unsigned int before = atomic_load(&syncs);

	unlock(db);
	must_be_written(st);
	unsigned int used = atomic_load(&syncs) - before;

	print_message("# %d events, %u syncs\n", EVENTS, used);
	assert_in_range(used, EVENTS / STORE_BATCH_MAX, 500);
	store_close(st);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM call_event"), EVENTS);
	assert_int_equal(
		sql_int(p->path,
			"SELECT count(*) FROM call WHERE answered_ms = arrived_ms + 2"
			" AND ended_ms = arrived_ms + 4 AND agent = 71 AND queue = 81"),
		CALLS);
	assert_int_equal(
		sql_int(p->path,
			"SELECT count(*) FROM (SELECT group_concat(event) AS g FROM"
			" (SELECT call, event FROM call_event ORDER BY seq) GROUP BY "
			"call) WHERE g = 'arrived,offered,accepted,joined,ended'"),
		CALLS);
}

/* Refused at the maximum, taken again once there is room, and nothing of it lost. */
static void test_backlog_max(void **state)
{
	const struct place *p = *state;
	struct store *st = open_house(state);
	struct store_call_event ev = event_of(1, 1, STORE_ARRIVED, 0);
	struct store_health h;
	sqlite3 *db = lock(st, p->path);

	for (size_t i = 0; i < STORE_BACKLOG_MAX; i++, ev.at_ms++)
		must_add(st, &ev);
	assert_int_equal(store_add_call_event(st, &ev), ENOBUFS);
	assert_int_equal(
		store_drop_session(st, (uint8_t[STORE_HASH_SIZE]){ 1 }), ENOBUFS);
	for (int ms = 0; ms < PATIENCE_MS; ms++) {
		store_health(st, &h);
		if (h.err)
			break;
		usleep(1000);
	}
	assert_int_equal(h.err, EBUSY);
	assert_int_equal(h.backlog, STORE_BACKLOG_MAX);
	unlock(db);
	must_be_written(st);
	store_health(st, &h);
	assert_int_equal(h.err, 0);
	must_add(st, &ev);
	store_close(st);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM call_event"),
		STORE_BACKLOG_MAX + 1);
}

/* What the log says goes to a file meanwhile. */
static int log_divert(const char *path)
{
	int keep = dup(STDERR_FILENO);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	assert_true(keep >= 0 && fd >= 0);
	assert_int_equal(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	close(fd);
	return keep;
}

static void log_restore(int keep, const char *path, char *text, size_t cap)
{
	assert_int_equal(dup2(keep, STDERR_FILENO), STDERR_FILENO);
	close(keep);
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, text, cap - 1);

	assert_true(n >= 0);
	text[n] = '\0';
	close(fd);
}

/* One bad record among good ones goes alone, with a line that names the call and nobody. */
static void test_bad_record(void **state)
{
	const struct place *p = *state;
	struct store *st = open_house(state);
	struct store_session s = { .agent = 999, .expires_ms = INT64_MAX };
	char log_path[128], text[8192], id[IDS_TEXT_SIZE];
	const uint64_t call = UINT64_C(123456789012);
	struct store_health h;

	text_format(log_path, sizeof log_path, "%s/log", p->dir);
	int keep = log_divert(log_path);
	const struct store_call_event evs[] = {
		event_of(call, 1, STORE_ARRIVED, 0),
		event_of(call, 2, STORE_OFFERED, 999), /* no such agent */
		event_of(call + 1, 3, STORE_OFFERED, ANNA), /* never arrived */
		event_of(call, 4, STORE_OFFERED, ANNA),
	};

	for (size_t i = 0; i < 4; i++)
		must_add(st, &evs[i]);
	struct store_call_event unknown_queue = event_of(call + 2, 5, STORE_ARRIVED, 0);

	unknown_queue.queue = 555;
	must_add(st, &unknown_queue);
	/* the second of its two statements fails: the first is undone with it */
	struct store_call_event half = event_of(call + 3, 6, STORE_ARRIVED, 999);

	must_add(st, &half);
	assert_int_equal(store_add_session(st, &s), 0);
	must_be_written(st);
	log_restore(keep, log_path, text, sizeof text);
	store_health(st, &h);
	assert_int_equal(h.dropped, 5);
	assert_int_equal(h.err, 0);
	store_close(st);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM call"), 1);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM call_event"), 2);
	ids_text(id, call);
	assert_non_null(strstr(text, id));
	assert_non_null(strstr(text, "offered"));
	assert_non_null(strstr(text, "FOREIGN KEY"));
	assert_null(strstr(text, "999"));
}

static void test_queue_zero(void **state)
{
	const struct place *p = *state;
	struct store *st = open_house(state);
	struct store_call_event ev = event_of(1, 7, STORE_ARRIVED, 0);
	char text[256];

	ev.queue = 0;
	must_add(st, &ev);
	store_close(st);
	sql_text(p->path, row_sql, text, sizeof text);
	assert_string_equal(text, "1 - sip 7 - - - -");
}

static void test_end_open_calls(void **state)
{
	const struct place *p = *state;
	struct store *st = open_house(state);
	char text[512];
	int64_t t = db_wall_ms(); /* not so old that it is removed */
	size_t n = 99;

	assert_int_equal(store_end_open_calls(st, NULL, 0, &n), 0);
	assert_int_equal(n, 0);
	const struct store_call_event evs[] = {
		event_of(1, t + 10, STORE_ARRIVED, 0),
		event_of(1, t + 20, STORE_ENDED, 0),
		event_of(2, t + 11, STORE_ARRIVED, 0),
		event_of(3, t + 12, STORE_ARRIVED, 0),
		event_of(3, t + 30, STORE_OFFERED, ANNA),
		event_of(3, t + 25, STORE_WITHDRAWN, ANNA),
	};

	for (size_t i = 0; i < sizeof evs / sizeof *evs; i++)
		must_add(st, &evs[i]);
	store_close(st);
	st = must_open(p->path);
	assert_int_equal(store_end_open_calls(st, NULL, 0, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(store_end_open_calls(st, NULL, 0, &n), 0);
	assert_int_equal(n, 0);
	store_close(st);
	sql_text(p->path,
		"SELECT group_concat(id || ' ' || (ended_ms - arrived_ms) || ' ' ||"
		" coalesce(why, '-'), '; ') FROM call",
		text, sizeof text);
	assert_string_equal(text, "1 10 -; 2 0 control_lost; 3 18 control_lost");
	sql_text(p->path,
		"SELECT group_concat(call || ' ' || coalesce(detail, '-'), '; ')"
		" FROM (SELECT call, detail FROM call_event JOIN call ON id = call"
		" AND at_ms = ended_ms WHERE event = 'ended' ORDER BY call)",
		text, sizeof text);
	assert_string_equal(text, "1 -; 2 control_lost; 3 control_lost");
}

static void test_adopted_calls_stay_open(void **state)
{
	static const uint64_t spare[] = { 5, 2, 77 }; /* 77 was never recorded */
	const struct place *p = *state;
	struct store *st = open_house(state);
	uint64_t last = 0;
	char text[256];
	size_t n = 0;

	assert_int_equal(store_last_call(st, &last), 0);
	assert_int_equal(last, 0);
	for (uint64_t call = 1; call <= 5; call++)
		assert_int_equal(add_call(st, call, call == 4), 0);
	must_be_written(st);
	assert_int_equal(store_last_call(st, &last), 0);
	assert_int_equal(last, 5);
	assert_int_equal(store_end_open_calls(st, spare, 3, &n), 0);
	assert_int_equal(n, 2);
	/* who is spared is said anew each time */
	assert_int_equal(store_end_open_calls(st, spare, 1, &n), 0);
	assert_int_equal(n, 1);
	store_close(st);
	sql_text(p->path,
		"SELECT group_concat(id || ' ' || coalesce(why, '-'), '; ') FROM call"
		" WHERE ended_ms IS NULL OR why = 'control_lost'",
		text, sizeof text);
	assert_string_equal(text, "1 control_lost; 2 control_lost; 3 control_lost; 5 -");
}

static void count_wake(void *arg)
{
	atomic_fetch_add((_Atomic int *)arg, 1);
}

static void test_marks(void **state)
{
	const struct place *p = *state;
	_Atomic int wakes = 0;
	struct store_config cfg = { .path = p->path, .wake = count_wake, .arg = &wakes };
	struct store_marks m = { 0 };
	struct store *st;

	assert_int_equal(store_open(&st, &cfg), 0);
	put_house(st);
	store_marks(st, &m);
	assert_int_equal(m.given, 0);
	assert_int_equal(m.kept, 0);
	assert_int_equal(add_call(st, 1, true), 0);
	store_marks(st, &m);
	assert_int_equal(m.given, 5);
	must_be_written(st);
	store_marks(st, &m);
	assert_int_equal(m.kept, 5);
	/* a record that the records refuse holds nobody up */
	const struct store_call_event unknown = event_of(1, 9, STORE_OFFERED, 999);

	must_add(st, &unknown);
	must_be_written(st);
	store_marks(st, &m);
	assert_int_equal(m.given, 6);
	assert_int_equal(m.kept, 6);
	store_close(st);
	assert_true(wakes > 0);
}

#define IN_PLACE(f) cmocka_unit_test_setup_teardown(f, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(test_one_call),
		IN_PLACE(test_voice),
		cmocka_unit_test(test_words),
		IN_PLACE(test_not_taken),
		IN_PLACE(test_synced),
		IN_PLACE(test_group_commit),
		IN_PLACE(test_backlog_max),
		IN_PLACE(test_bad_record),
		IN_PLACE(test_queue_zero),
		IN_PLACE(test_end_open_calls),
		IN_PLACE(test_adopted_calls_stay_open),
		IN_PLACE(test_marks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
