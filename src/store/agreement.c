/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * agreement -- writes what concerns the agreement.  See agreement.h.
 *
 * One function writes each kind, in the writer's batch or in a command's own transaction; the ledger is told of both
 * by the writer (agreement_ledger.c).  Such records are rare, so a statement is prepared when it is needed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/inner.h"

/* Next after all signatures and ends. */
#define NEXT_SEQ                                                                   \
	"(SELECT 1 + max((SELECT coalesce(max(seq), 0) FROM agreement_signature)," \
	" (SELECT coalesce(max(seq), 0) FROM agreement_end)))"

static int run(sqlite3_stmt *s)
{
	int rc = db_run(s, NULL, NULL);

	sqlite3_finalize(s);
	return rc;
}

static int prepare(sqlite3_stmt **s, sqlite3 *db, const char *sql)
{
	return sqlite3_prepare_v2(db, sql, -1, s, NULL);
}

static void bind_bytes(sqlite3_stmt *s, int at, const uint8_t *p, int n)
{
	sqlite3_bind_blob(s, at, p, n, SQLITE_STATIC);
}

static int write_text(sqlite3 *db, const struct agreement_rec *r, enum home_language l)
{
	sqlite3_stmt *s;
	int rc = prepare(&s, db,
		"INSERT INTO agreement_text (version, language, text, hash)"
		" VALUES (?1, ?2, ?3, ?4)");

	if (rc)
		return rc;
	sqlite3_bind_int64(s, 1, r->version.number);
	sqlite3_bind_text(s, 2, home_language_word(l), -1, SQLITE_STATIC);
	sqlite3_bind_text(s, 3, r->texts[l], -1, SQLITE_STATIC);
	bind_bytes(s, 4, r->version.hash[l], HOME_HASH);
	return run(s);
}

static int write_version(sqlite3 *db, const struct agreement_rec *r)
{
	sqlite3_stmt *s;
	int rc = prepare(&s, db,
		"INSERT INTO agreement_version (number, material, effective_ms,"
		" published_ms) VALUES (?1, ?2, ?3, ?4)");

	if (rc)
		return rc;
	sqlite3_bind_int64(s, 1, r->version.number);
	sqlite3_bind_int(s, 2, r->version.is_material);
	sqlite3_bind_int64(s, 3, r->version.effective_ms);
	sqlite3_bind_int64(s, 4, r->at_ms);
	rc = run(s);
	for (unsigned l = 0; !rc && l < HOME_LANGUAGES; l++)
		rc = write_text(db, r, (enum home_language)l);
	return rc;
}

static int write_signature(sqlite3 *db, const struct agreement_rec *r)
{
	const struct store_signature *g = &r->signature;
	sqlite3_stmt *s;
	int rc = prepare(&s, db,
		"INSERT INTO agreement_signature (seq, agent, version, language, hash,"
		" nonce, public_key, signature, signed_ms, countersignature)"
		" VALUES (" NEXT_SEQ ", ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");

	if (rc)
		return rc;
	db_bind_id(s, 1, g->agent);
	sqlite3_bind_int64(s, 2, g->version);
	sqlite3_bind_text(s, 3, home_language_word(g->language), -1, SQLITE_STATIC);
	bind_bytes(s, 4, g->hash, sizeof g->hash);
	bind_bytes(s, 5, g->nonce, sizeof g->nonce);
	bind_bytes(s, 6, g->key, sizeof g->key);
	bind_bytes(s, 7, g->signature, sizeof g->signature);
	sqlite3_bind_int64(s, 8, g->signed_ms);
	if (g->is_countersigned)
		bind_bytes(s, 9, g->countersignature, sizeof g->countersignature);
	return run(s);
}

static int write_end(sqlite3 *db, const struct agreement_rec *r)
{
	sqlite3_stmt *s;
	int rc = prepare(&s, db,
		"INSERT INTO agreement_end (seq, agent, at_ms, by_agent, why)"
		" VALUES (" NEXT_SEQ ", ?1, ?2, ?3, ?4)");

	if (rc)
		return rc;
	db_bind_id(s, 1, r->agent);
	sqlite3_bind_int64(s, 2, r->at_ms);
	sqlite3_bind_int(s, 3, r->by_agent);
	sqlite3_bind_text(s, 4, r->is_change ? "changed" : "ended", -1, SQLITE_STATIC);
	return run(s);
}

static int write_code(sqlite3 *db, const struct agreement_rec *r)
{
	sqlite3_stmt *s;
	int rc = prepare(&s, db,
		"INSERT INTO enrolment (agent, hash, expires_ms) VALUES (?1, ?2, ?3)"
		" ON CONFLICT (agent) DO UPDATE SET hash = excluded.hash,"
		" expires_ms = excluded.expires_ms");

	if (rc)
		return rc;
	db_bind_id(s, 1, r->agent);
	bind_bytes(s, 2, r->code, sizeof r->code);
	sqlite3_bind_int64(s, 3, r->at_ms);
	return run(s);
}

static int write_proved_key(sqlite3 *db, const struct agreement_rec *r)
{
	sqlite3_stmt *s;
	int rc = prepare(&s, db,
		"INSERT INTO device_key (agent, public_key, enrolled_ms)"
		" VALUES (?1, ?2, ?3)");

	if (rc)
		return rc;
	db_bind_id(s, 1, r->key.agent);
	bind_bytes(s, 2, r->key.point, sizeof r->key.point);
	sqlite3_bind_int64(s, 3, r->at_ms);
	return run(s);
}

/* Once, and in time: the code goes with the key's coming. */
static int write_key(sqlite3 *db, const struct agreement_rec *r)
{
	sqlite3_stmt *s;
	int rc = prepare(&s, db,
		"DELETE FROM enrolment WHERE agent = ?1 AND hash = ?2 AND expires_ms > "
		"?3");

	if (rc)
		return rc;
	db_bind_id(s, 1, r->key.agent);
	bind_bytes(s, 2, r->code, sizeof r->code);
	sqlite3_bind_int64(s, 3, r->at_ms);
	rc = run(s);
	if (rc || sqlite3_changes(db) == 0)
		return rc;
	return write_proved_key(db, r);
}

int agreement_write(sqlite3 *db, const struct agreement_rec *r)
{
	static int (*const writers[])(sqlite3 *, const struct agreement_rec *) = {
		[AGREEMENT_VERSION] = write_version,
		[AGREEMENT_SIGNATURE] = write_signature,
		[AGREEMENT_END] = write_end,
		[AGREEMENT_CODE] = write_code,
		[AGREEMENT_KEY] = write_key,
		[AGREEMENT_PROVED_KEY] = write_proved_key,
	};

	return writers[r->kind](db, r);
}

/* In a transaction of its own, durable when it returns. */
static int write_now(struct store *st, const struct agreement_rec *r)
{
	int rc, err = db_exec(st->db, "BEGIN IMMEDIATE");

	if (err)
		return err;
	rc = agreement_write(st->db, r);
	if (rc)
		err = (rc & 0xff) == SQLITE_CONSTRAINT ? EEXIST
						       : db_fail(st->db, rc, "agreement");
	else
		err = db_exec(st->db, "COMMIT");
	if (err && !sqlite3_get_autocommit(st->db))
		db_exec(st->db, "ROLLBACK");
	return err;
}

int store_publish(struct store *st, const struct home_version *v, int64_t published_ms,
	const char *const texts[HOME_LANGUAGES])
{
	struct agreement_rec r = {
		.kind = AGREEMENT_VERSION, .version = *v, .at_ms = published_ms
	};

	for (size_t i = 0; i < HOME_LANGUAGES; i++) {
		if (!texts[i] || !*texts[i] || strlen(texts[i]) > STORE_TEXT_MAX)
			return EINVAL;
		r.texts[i] = texts[i];
	}
	return write_now(st, &r);
}

int store_end_by_house(struct store *st, uint64_t agent, int64_t at_ms)
{
	return write_now(st,
		&(struct agreement_rec){
			.kind = AGREEMENT_END, .agent = agent, .at_ms = at_ms });
}

int store_open_code(struct store *st, uint64_t agent, const uint8_t hash[STORE_HASH_SIZE],
	int64_t expires_ms)
{
	struct agreement_rec r = {
		.kind = AGREEMENT_CODE, .agent = agent, .at_ms = expires_ms
	};

	memcpy(r.code, hash, sizeof r.code);
	return write_now(st, &r);
}
