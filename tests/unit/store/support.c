/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* support -- see support.h */
#include "support.h"

#include <dirent.h>

#include "base/text.h"

int place_make(void **state)
{
	struct place *p = calloc(1, sizeof *p);

	if (!p || text_copy(p->dir, sizeof p->dir, "/tmp/heimamt-store-XXXXXX") != 0 ||
		!mkdtemp(p->dir))
		return -1;
	*state = p;
	return text_format(p->path, sizeof p->path, "%s/heimamt.db", p->dir);
}

int place_remove(void **state)
{
	struct place *p = *state;
	DIR *d = opendir(p->dir);
	const struct dirent *e;

	while (d && (e = readdir(d)) != NULL)
		unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
	rmdir(p->dir);
	free(p);
	return 0;
}

struct store *must_open(const char *path)
{
	struct store_config cfg = { .path = path };
	struct store *st = NULL;

	assert_int_equal(store_open(&st, &cfg), 0);
	assert_non_null(st);
	return st;
}

void put_house(struct store *st)
{
	struct store_agent anna = { .login = "anna",
		.name = "Anna",
		.workplace = STORE_HOME,
		.roles = STORE_ROLE_AGENT };
	struct store_agent beat = {
		.login = "beat", .name = "Beat", .roles = STORE_ROLE_AGENT
	};
	struct store_queue queue = { .number = "100", .name = "Auskunft" };

	assert_int_equal(store_put_agent(st, &anna, ANNA), 0);
	assert_int_equal(store_put_agent(st, &beat, BEAT), 0);
	assert_int_equal(store_put_queue(st, &queue, QUEUE), 0);
}

struct store_call_event event_of(
	uint64_t call, int64_t at, enum store_event ev, uint64_t agent)
{
	return (struct store_call_event){ .call = call,
		.at_ms = at,
		.event = ev,
		.agent = agent,
		.queue = ev == STORE_ARRIVED ? QUEUE : 0,
		.number = -1 };
}

void must_add(struct store *st, const struct store_call_event *ev)
{
	assert_int_equal(store_add_call_event(st, ev), 0);
}

int add_call(struct store *st, uint64_t call, bool ends)
{
	static const struct {
		enum store_event ev;
		uint64_t agent;
	} course[] = { { STORE_ARRIVED, 0 }, { STORE_OFFERED, ANNA },
		{ STORE_ACCEPTED, ANNA }, { STORE_JOINED, ANNA }, { STORE_ENDED, 0 } };
	int64_t now = db_wall_ms();
	int err = 0;

	for (size_t i = 0; !err && i < (ends ? 5 : 4); i++) {
		struct store_call_event ev = event_of(
			call, now + (int64_t)i, course[i].ev, course[i].agent);

		err = store_add_call_event(st, &ev);
	}
	return err;
}

bool is_written(struct store *st)
{
	struct store_health h = { .backlog = 1 };

	for (int ms = 0; ms < PATIENCE_MS && h.backlog > 0; ms++) {
		store_health(st, &h);
		if (h.backlog > 0)
			usleep(1000);
	}
	return h.backlog == 0;
}

void must_be_written(struct store *st)
{
	assert_true(is_written(st));
}

static sqlite3_stmt *first_row(sqlite3 **db, const char *path, const char *sql)
{
	sqlite3_stmt *s = NULL;

	assert_int_equal(
		sqlite3_open_v2(path, db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	sqlite3_busy_timeout(*db, PATIENCE_MS);
	if (sqlite3_prepare_v2(*db, sql, -1, &s, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(*db));
	if (sqlite3_step(s) != SQLITE_ROW)
		fail_msg("%s: no row", sql);
	return s;
}

int64_t sql_int(const char *path, const char *sql)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *s = first_row(&db, path, sql);
	int64_t v = sqlite3_column_int64(s, 0);

	sqlite3_finalize(s);
	sqlite3_close(db);
	return v;
}

void sql_text(const char *path, const char *sql, char *out, size_t cap)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *s = first_row(&db, path, sql);
	const char *text = (const char *)sqlite3_column_text(s, 0);

	assert_int_equal(text_copy(out, cap, text ? text : ""), 0);
	sqlite3_finalize(s);
	sqlite3_close(db);
}

void sql_do(const char *path, const char *sql)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open_v2(path, &db,
				 SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL),
		SQLITE_OK);
	sqlite3_busy_timeout(db, PATIENCE_MS);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	sqlite3_close(db);
}
