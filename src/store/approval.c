/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* approval -- the staff body's keys, what it approved and withdrew, and consultations.  See people.h. */
#include <errno.h>

#include "store/inner.h"
#include "store/people.h"

static void bind_bytes(sqlite3_stmt *s, int at, const uint8_t *p, int n)
{
	sqlite3_bind_blob(s, at, p, n, SQLITE_STATIC);
}

/* Runs and finalizes; EEXIST: something in it must be there once only. */
static int finish(sqlite3 *db, sqlite3_stmt *s)
{
	int rc = db_run(s, NULL, NULL);

	sqlite3_finalize(s);
	if ((rc & 0xff) == SQLITE_CONSTRAINT)
		return EEXIST;
	return rc ? db_fail(db, rc, "approval") : 0;
}

int staff_open_code(sqlite3 *db, uint64_t agent, const uint8_t hash[STORE_HASH_SIZE],
	int64_t expires_ms)
{
	sqlite3_stmt *s = NULL;
	int err = db_prepare(&s, db,
		"INSERT OR REPLACE INTO staff_code (agent, hash, expires_ms)"
		" VALUES (?1, ?2, ?3)");

	if (err)
		return err;
	db_bind_id(s, 1, agent);
	bind_bytes(s, 2, hash, STORE_HASH_SIZE);
	sqlite3_bind_int64(s, 3, expires_ms);
	return finish(db, s);
}

/* Each attempt counts. */
static int count_try(sqlite3 *db, uint64_t agent)
{
	sqlite3_stmt *s = NULL;
	int err = db_prepare(
		&s, db, "UPDATE staff_code SET tries = tries + 1 WHERE agent = ?1");

	if (err)
		return err;
	db_bind_id(s, 1, agent);
	return finish(db, s);
}

/* EACCES: it was not that one, or no more. */
static int use_code(
	sqlite3 *db, uint64_t agent, const uint8_t hash[STORE_HASH_SIZE], int64_t at_ms)
{
	sqlite3_stmt *s = NULL;
	int err = db_prepare(&s, db,
		"DELETE FROM staff_code WHERE agent = ?1 AND hash = ?2 AND expires_ms > "
		"?3"
		" AND tries <= ?4");

	if (err)
		return err;
	db_bind_id(s, 1, agent);
	bind_bytes(s, 2, hash, STORE_HASH_SIZE);
	sqlite3_bind_int64(s, 3, at_ms);
	sqlite3_bind_int(s, 4, STAFF_CODE_TRIES);
	err = finish(db, s);
	return !err && sqlite3_changes(db) == 0 ? EACCES : err;
}

int staff_enrol(sqlite3 *db, const struct store_device_key *key,
	const uint8_t hash[STORE_HASH_SIZE], int64_t at_ms)
{
	sqlite3_stmt *s = NULL;
	int err = count_try(db, key->agent);

	if (!err)
		err = use_code(db, key->agent, hash, at_ms);
	if (!err)
		err = db_prepare(&s, db,
			"INSERT INTO staff_key (agent, public_key, enrolled_ms)"
			" VALUES (?1, ?2, ?3)");
	if (err)
		return err;
	db_bind_id(s, 1, key->agent);
	bind_bytes(s, 2, key->point, STORE_POINT_SIZE);
	sqlite3_bind_int64(s, 3, at_ms);
	return finish(db, s);
}

/* From ?1 on: who signed, with what. */
static void bind_approved(sqlite3_stmt *s, const struct store_approved *by)
{
	db_bind_id(s, 1, by->agent);
	bind_bytes(s, 2, by->key, STORE_POINT_SIZE);
	bind_bytes(s, 3, by->nonce, APPROVAL_NONCE);
	bind_bytes(s, 4, by->signature, STORE_SIGNATURE_SIZE);
	sqlite3_bind_int64(s, 5, by->signed_ms);
}

int approval_put(
	sqlite3 *db, const struct approval_statement *a, const struct store_approved *by)
{
	sqlite3_stmt *s = NULL;
	int err = db_prepare(&s, db,
		"INSERT INTO approval (agent, public_key, nonce, signature, signed_ms,"
		" evaluation, scope, from_ms, until_ms)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");

	if (err)
		return err;
	bind_approved(s, by);
	sqlite3_bind_text(s, 6, evaluation_word(a->evaluation), -1, SQLITE_STATIC);
	db_bind_id(s, 7, a->scope);
	sqlite3_bind_int64(s, 8, a->from_ms);
	sqlite3_bind_int64(s, 9, a->until_ms);
	return finish(db, s);
}

/* 0, ENOENT or EALREADY. */
static int may_withdraw(sqlite3 *db, uint64_t approval)
{
	sqlite3_stmt *s = NULL;
	int64_t is_ended = 0;
	bool any;
	int rc,
		err = db_prepare(&s, db,
			"SELECT EXISTS (SELECT 1 FROM approval_end e WHERE e.approval = "
			"a.seq)"
			" FROM approval a WHERE a.seq = ?1");

	if (err)
		return err;
	db_bind_id(s, 1, approval);
	rc = db_run(s, &is_ended, &any);
	sqlite3_finalize(s);
	if (rc)
		return db_fail(db, rc, "approval");
	return !any ? ENOENT : is_ended ? EALREADY : 0;
}

int approval_withdraw(sqlite3 *db, uint64_t approval, const struct store_approved *by)
{
	sqlite3_stmt *s = NULL;
	int err = may_withdraw(db, approval);

	if (!err)
		err = db_prepare(&s, db,
			"INSERT INTO approval_end (agent, public_key, nonce, signature,"
			" signed_ms, approval, at_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
			"?7)");
	if (err)
		return err;
	bind_approved(s, by);
	db_bind_id(s, 6, approval);
	sqlite3_bind_int64(s, 7, by->at_ms);
	return finish(db, s);
}

int consultation_put(sqlite3 *db, const struct store_approval *a, uint64_t by)
{
	sqlite3_stmt *s = NULL;
	int err = db_prepare(&s, db,
		"INSERT INTO consultation (evaluation, scope, held_ms, text_hash, agreed,"
		" from_ms, until_ms, recorded_ms, agent)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");

	if (err)
		return err;
	sqlite3_bind_text(s, 1, evaluation_word(a->is.evaluation), -1, SQLITE_STATIC);
	db_bind_id(s, 2, a->is.scope);
	sqlite3_bind_int64(s, 3, a->held_ms);
	bind_bytes(s, 4, a->text_hash, STORE_HASH_SIZE);
	sqlite3_bind_int(s, 5, a->has_agreed);
	sqlite3_bind_int64(s, 6, a->is.from_ms);
	sqlite3_bind_int64(s, 7, a->is.until_ms);
	sqlite3_bind_int64(s, 8, a->signed_ms);
	db_bind_id(s, 9, by);
	return finish(db, s);
}
