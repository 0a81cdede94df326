/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * load -- what is read and written at start, before the loop runs: agents, queues, sessions, the epoch.
 *
 * Synchronous, on the owner's connection; durable when it returns.
 */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "core/people/person.h"
#include "store/inner.h"

static const char *const workplaces[] = {
	[STORE_OFFICE] = "office",
	[STORE_HOME] = "home",
};

const char *store_role_word(unsigned i)
{
	return person_role_word(i);
}

unsigned store_role_of(const char *word)
{
	return person_role_of(word);
}

static bool is_text(const char text[STORE_NAME_MAX])
{
	return text[0] && memchr(text, '\0', STORE_NAME_MAX) && text_is_clean_utf8(text);
}

static bool is_id(uint64_t id)
{
	return id != 0 && id <= INT64_MAX;
}

static bool is_login(const char login[STORE_NAME_MAX])
{
	if (!is_text(login))
		return false;
	for (const char *p = login; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			return false;
	return true;
}

/* Runs and finalizes; *first as db_run(). ENOENT: no row came. */
static int finish(sqlite3 *db, sqlite3_stmt *s, const char *doing, int64_t *first)
{
	bool any = false;
	int rc = db_run(s, first, &any);
	int err = rc ? db_fail(db, rc, doing) : any ? 0 : ENOENT;

	sqlite3_finalize(s);
	return err;
}

int store_next_epoch(struct store *st, uint32_t *epoch)
{
	sqlite3_stmt *s = NULL;
	int64_t v = 0;
	int err = db_prepare(
		&s, st->db, "UPDATE control SET epoch = epoch + 1 RETURNING epoch");

	if (err)
		return err;
	err = finish(st->db, s, "epoch", &v);
	if (!err)
		*epoch = (uint32_t)v;
	return err == ENOENT ? EIO : err;
}

/* A row {id, text, text}; false when memory is short or the text was too long for us. */
static bool column_copy(sqlite3_stmt *s, int at, char dst[STORE_NAME_MAX])
{
	const char *text = (const char *)sqlite3_column_text(s, at);

	return text && text_copy(dst, STORE_NAME_MAX, text) == 0;
}

static int read_agent(sqlite3_stmt *s, struct store_agent *out)
{
	struct store_agent a = { .id = (uint64_t)sqlite3_column_int64(s, 0) };
	char workplace[STORE_NAME_MAX];

	if (!column_copy(s, 1, a.login) || !column_copy(s, 2, a.name) ||
		!column_copy(s, 3, workplace))
		return EIO;
	a.workplace = strcmp(workplace, workplaces[STORE_HOME]) == 0 ? STORE_HOME
								     : STORE_OFFICE;
	a.roles = (unsigned)sqlite3_column_int(s, 4);
	*out = a;
	return 0;
}

int store_find_agent(struct store *st, const char *login, struct store_agent *out)
{
	sqlite3_stmt *s = NULL;
	int rc;
	int err = db_prepare(&s, st->db,
		"SELECT id, login, name, workplace, roles FROM agent WHERE login = ?1"
		" AND left_ms IS NULL");

	if (err)
		return err;
	sqlite3_bind_text(s, 1, login, -1, SQLITE_STATIC);
	rc = sqlite3_step(s);
	if (rc == SQLITE_ROW)
		err = read_agent(s, out);
	else
		err = rc == SQLITE_DONE ? ENOENT : db_fail(st->db, rc, "agent");
	sqlite3_finalize(s);
	return err;
}

static int upsert_agent(struct store *st, const struct store_agent *a, int64_t *id)
{
	sqlite3_stmt *s = NULL;
	int err = db_prepare(&s, st->db,
		"INSERT INTO agent (id, login, name, workplace, roles)"
		" VALUES (?1, ?2, ?3, ?4, ?5)"
		" ON CONFLICT (login) DO UPDATE SET name = excluded.name,"
		" workplace = excluded.workplace, roles = excluded.roles RETURNING id");

	if (err)
		return err;
	db_bind_id(s, 1, a->id);
	sqlite3_bind_text(s, 2, a->login, -1, SQLITE_STATIC);
	sqlite3_bind_text(s, 3, a->name, -1, SQLITE_STATIC);
	sqlite3_bind_text(s, 4, workplaces[a->workplace], -1, SQLITE_STATIC);
	sqlite3_bind_int64(s, 5, a->roles);
	return finish(st->db, s, "agent", id);
}

int store_put_agent(struct store *st, struct store_agent *agent, uint64_t new_id)
{
	struct store_agent old = { 0 }, a = *agent;
	int64_t id = 0;

	if (!is_login(a.login) || !is_text(a.name) || !is_id(new_id) ||
		(a.workplace != STORE_OFFICE && a.workplace != STORE_HOME) ||
		a.roles == 0 || a.roles > STORE_ROLES)
		return EINVAL;
	int err = store_find_agent(st, a.login, &old);

	if (err && err != ENOENT)
		return err;
	if (!err && strcmp(old.name, a.name) == 0 && old.workplace == a.workplace &&
		old.roles == a.roles) {
		agent->id = old.id; /* an unchanged house costs no write at start */
		return 0;
	}
	a.id = new_id;
	err = upsert_agent(st, &a, &id);
	if (!err)
		agent->id = (uint64_t)id;
	return err;
}

int store_put_queue(struct store *st, struct store_queue *queue, uint64_t new_id)
{
	sqlite3_stmt *s = NULL;
	int64_t id = 0;
	int err;

	if (!is_text(queue->number) || !is_text(queue->name) || !is_id(new_id))
		return EINVAL;
	err = db_prepare(&s, st->db,
		"INSERT INTO queue (id, number, name) VALUES (?1, ?2, ?3)"
		" ON CONFLICT (number) DO UPDATE SET name = excluded.name RETURNING id");
	if (err)
		return err;
	db_bind_id(s, 1, new_id);
	sqlite3_bind_text(s, 2, queue->number, -1, SQLITE_STATIC);
	sqlite3_bind_text(s, 3, queue->name, -1, SQLITE_STATIC);
	err = finish(st->db, s, "queue", &id);
	if (!err)
		queue->id = (uint64_t)id;
	return err;
}

/* NULL: zero. */
static int read_hash(sqlite3_stmt *s, int at, uint8_t out[STORE_HASH_SIZE])
{
	const void *hash = sqlite3_column_blob(s, at);

	memset(out, 0, STORE_HASH_SIZE);
	if (hash && sqlite3_column_bytes(s, at) != STORE_HASH_SIZE)
		return EIO;
	if (hash)
		memcpy(out, hash, STORE_HASH_SIZE);
	return 0;
}

static int read_session(sqlite3_stmt *s, struct store_session *out)
{
	const void *hash = sqlite3_column_blob(s, 0);

	if (!hash || sqlite3_column_bytes(s, 0) != STORE_HASH_SIZE)
		return EIO;
	memcpy(out->hash, hash, STORE_HASH_SIZE);
	out->agent = (uint64_t)sqlite3_column_int64(s, 1);
	out->expires_ms = sqlite3_column_int64(s, 2);
	out->factors = (uint8_t)sqlite3_column_int(s, 3);
	return read_hash(s, 4, out->provider) || read_hash(s, 5, out->provider_session)
		? EIO
		: 0;
}

int store_load_sessions(struct store *st, int64_t now_ms, store_session_h *h, void *arg)
{
	sqlite3_stmt *s = NULL;
	int rc = SQLITE_DONE;
	int err = db_prepare(&s, st->db,
		"SELECT hash, agent, expires_ms, factors, provider, provider_session"
		" FROM session WHERE expires_ms > ?1");

	if (err)
		return err;
	sqlite3_bind_int64(s, 1, now_ms);
	while (!err && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		struct store_session row;

		err = read_session(s, &row);
		if (!err)
			h(arg, &row);
	}
	if (!err && rc != SQLITE_DONE)
		err = db_fail(st->db, rc, "sessions");
	sqlite3_finalize(s);
	return err;
}

/* The calls that go on, in a temporary table. */
static int put_spared(sqlite3 *db, const uint64_t *spare, size_t n)
{
	sqlite3_stmt *s;
	int err = db_exec(db,
		"CREATE TEMP TABLE IF NOT EXISTS spared (call INTEGER PRIMARY KEY);"
		"DELETE FROM temp.spared");

	if (!err)
		err = db_prepare(
			&s, db, "INSERT OR IGNORE INTO temp.spared (call) VALUES (?1)");
	if (err)
		return err;
	for (size_t i = 0; !err && i < n; i++) {
		sqlite3_bind_int64(s, 1, (int64_t)spare[i]);
		err = db_errno(db_run(s, NULL, NULL));
	}
	sqlite3_finalize(s);
	return err;
}

#define IS_LOST                                                                          \
	" ended_ms IS NULL AND NOT EXISTS (SELECT 1 FROM temp.spared WHERE spared.call " \
	"="                                                                              \
	" call.id)"
#define LAST_TIME                                                                   \
	" coalesce((SELECT max(e.at_ms) FROM call_event e WHERE e.call = call.id)," \
	" arrived_ms)"

static int end_open(sqlite3 *db, size_t *n)
{
	int err = db_exec(db,
		"INSERT INTO call_event (call, at_ms, event, detail)"
		" SELECT id," LAST_TIME
		", 'ended', 'control_lost' FROM call WHERE" IS_LOST " ORDER BY id");

	if (err)
		return err;
	err = db_exec(db,
		"UPDATE call SET why = 'control_lost', ended_ms =" LAST_TIME
		" WHERE" IS_LOST);
	if (!err)
		*n = (size_t)sqlite3_changes(db);
	return err;
}

int store_end_open_calls(
	struct store *st, const uint64_t *spare, size_t n_spare, size_t *n)
{
	size_t ended = 0;
	int err = db_exec(st->db, "BEGIN IMMEDIATE");

	if (err)
		return err;
	err = put_spared(st->db, spare, n_spare);
	if (!err)
		err = end_open(st->db, &ended);
	if (!err)
		err = db_exec(st->db, "COMMIT");
	if (err && !sqlite3_get_autocommit(st->db))
		db_exec(st->db, "ROLLBACK");
	if (!err && n)
		*n = ended;
	return err;
}

int store_last_call(struct store *st, uint64_t *id)
{
	int64_t last = 0;
	int err = db_get_int(st->db, "SELECT coalesce(max(id), 0) FROM call", &last);

	if (!err)
		*id = (uint64_t)last;
	return err;
}
