/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* week_swap -- offers to swap days, and the tokens of calendars.  See week.h. */
#include <errno.h>
#include <string.h>

#include "store/week.h"
#include "store/week_inner.h"

struct swaps {
	struct store_swap *out;
	size_t n, cap;
};

static int add_swap(void *arg, sqlite3_stmt *s)
{
	struct swaps *l = arg;

	if (l->n == l->cap)
		return 0;
	l->out[l->n++] = (struct store_swap){
		.id = (uint64_t)sqlite3_column_int64(s, 0),
		.agent = (uint64_t)sqlite3_column_int64(s, 1),
		.day = sqlite3_column_int(s, 2),
		.back = sqlite3_column_type(s, 3) == SQLITE_NULL
			? -1
			: sqlite3_column_int(s, 3),
	};
	return 0;
}

int store_swaps_read(sqlite3 *db, int32_t from, int32_t to,
	struct store_swap out[STORE_SWAPS_MAX], size_t *n)
{
	struct swaps l = { .out = out, .cap = STORE_SWAPS_MAX };
	int err = week_each(db,
		"SELECT id, agent, day, back FROM plan_swap WHERE day BETWEEN ?1 AND ?2"
		" ORDER BY day, id",
		(const int64_t[]){ from, to }, 2, add_swap, &l);

	if (!err)
		*n = l.n;
	return err;
}

int store_swap_put(sqlite3 *db, const struct store_swap *swap)
{
	const int64_t v[] = { (int64_t)swap->agent, swap->day, swap->back };

	return week_run(db,
		"INSERT INTO plan_swap (agent, day, back) VALUES (?1, ?2, nullif(?3, -1))"
		" ON CONFLICT (agent, day) DO UPDATE SET back = excluded.back",
		v, 3);
}

int store_swap_find(sqlite3 *db, uint64_t id, struct store_swap *out)
{
	struct store_swap one = { 0 };
	struct swaps l = { .out = &one, .cap = 1 };
	int err = week_each(db,
		"SELECT id, agent, day, back FROM plan_swap WHERE id = ?1",
		(const int64_t[]){ (int64_t)id }, 1, add_swap, &l);

	if (!err && l.n == 0)
		err = ENOENT;
	if (!err)
		*out = one;
	return err;
}

int store_swap_drop(sqlite3 *db, uint64_t id)
{
	return week_run(db, "DELETE FROM plan_swap WHERE id = ?1",
		(const int64_t[]){ (int64_t)id }, 1);
}

/* --- calendars --- */

int store_feed_put(sqlite3 *db, uint64_t agent, const uint8_t hash[STORE_HASH_SIZE],
	enum home_language language)
{
	sqlite3_stmt *s = NULL;
	int rc, err;

	if (!hash)
		return week_run(db, "DELETE FROM plan_feed WHERE agent = ?1",
			(const int64_t[]){ (int64_t)agent }, 1);
	err = db_prepare(&s, db,
		"INSERT INTO plan_feed (agent, hash, language) VALUES (?1, ?2, ?3)"
		" ON CONFLICT (agent) DO UPDATE SET hash = excluded.hash,"
		" language = excluded.language");
	if (err)
		return err;
	db_bind_id(s, 1, agent);
	sqlite3_bind_blob(s, 2, hash, STORE_HASH_SIZE, SQLITE_STATIC);
	sqlite3_bind_text(s, 3, home_language_word(language), -1, SQLITE_STATIC);
	rc = db_run(s, NULL, NULL);
	sqlite3_finalize(s);
	return rc ? db_fail(db, rc, "calendar") : 0;
}

static int note_found(void *arg, sqlite3_stmt *s)
{
	(void)s;
	*(bool *)arg = true;
	return 0;
}

int store_feed_has(sqlite3 *db, uint64_t agent, bool *has)
{
	*has = false;
	return week_each(db, "SELECT 1 FROM plan_feed WHERE agent = ?1",
		(const int64_t[]){ (int64_t)agent }, 1, note_found, has);
}

int store_feed_find(sqlite3 *db, const uint8_t hash[STORE_HASH_SIZE], uint64_t *agent,
	enum home_language *language)
{
	sqlite3_stmt *s = NULL;
	int rc,
		err = db_prepare(
			&s, db, "SELECT agent, language FROM plan_feed WHERE hash = ?1");

	if (err)
		return err;
	sqlite3_bind_blob(s, 1, hash, STORE_HASH_SIZE, SQLITE_STATIC);
	rc = sqlite3_step(s);
	if (rc == SQLITE_DONE)
		err = ENOENT;
	else if (rc != SQLITE_ROW)
		err = db_fail(db, rc, "calendar");
	else if (!home_language_of((const char *)sqlite3_column_text(s, 1), language))
		err = EIO;
	else
		*agent = (uint64_t)sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return err;
}
