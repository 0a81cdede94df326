/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * agreement -- writes what concerns the agreement.  See agreement.h.
 *
 * One function writes each kind, in the writer's batch or in a command's own transaction; the ledger is told of both
 * by the writer (agreement_ledger.c).  Such records are rare, so a statement is prepared when it is needed, by run().
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/inner.h"

/* Next after all signatures and ends. */
#define NEXT_SEQ                                                                   \
	"(SELECT 1 + max((SELECT coalesce(max(seq), 0) FROM agreement_signature)," \
	" (SELECT coalesce(max(seq), 0) FROM agreement_end)))"

/* What stands for one of a statement's ?1, ?2 ...; borrowed until it ran. */
struct value {
	enum { NOTHING, NUMBER, WORDS, BYTES } type;
	int64_t number; /* of bytes: how many */
	const void *p;
};

static struct value number(int64_t n)
{
	return (struct value){ NUMBER, n, NULL };
}

static struct value words(const char *text)
{
	return (struct value){ WORDS, 0, text };
}

static struct value bytes(const uint8_t *p, size_t n)
{
	return (struct value){ BYTES, (int64_t)n, p };
}

static void bind(sqlite3_stmt *s, int at, const struct value *v)
{
	switch (v->type) {
	case NOTHING: break;
	case NUMBER: sqlite3_bind_int64(s, at, v->number); break;
	case WORDS: sqlite3_bind_text(s, at, v->p, -1, SQLITE_STATIC); break;
	case BYTES: sqlite3_bind_blob(s, at, v->p, (int)v->number, SQLITE_STATIC); break;
	}
}

/* Prepares it, binds the values, runs it; an SQLite result code. */
static int run(sqlite3 *db, const char *sql, const struct value *v, size_t n)
{
	sqlite3_stmt *s;
	int rc = sqlite3_prepare_v2(db, sql, -1, &s, NULL);

	if (rc)
		return rc;
	for (size_t i = 0; i < n; i++)
		bind(s, (int)i + 1, &v[i]);
	rc = db_run(s, NULL, NULL);
	sqlite3_finalize(s);
	return rc;
}

#define RUN(db, sql, ...)                                   \
	run(db, sql, (const struct value[]){ __VA_ARGS__ }, \
		sizeof((const struct value[]){ __VA_ARGS__ }) / sizeof(struct value))

static int write_text(sqlite3 *db, const struct agreement_rec *r, enum home_language l)
{
	return RUN(db,
		"INSERT INTO agreement_text (version, language, text, hash)"
		" VALUES (?1, ?2, ?3, ?4)",
		number(r->version.number), words(home_language_word(l)),
		words(r->texts[l]), bytes(r->version.hash[l], HOME_HASH));
}

static int write_version(sqlite3 *db, const struct agreement_rec *r)
{
	int rc = RUN(db,
		"INSERT INTO agreement_version (number, material, effective_ms,"
		" published_ms) VALUES (?1, ?2, ?3, ?4)",
		number(r->version.number), number(r->version.is_material),
		number(r->version.effective_ms), number(r->at_ms));

	for (unsigned l = 0; !rc && l < HOME_LANGUAGES; l++)
		rc = write_text(db, r, (enum home_language)l);
	return rc;
}

/* But with a key that was revoked a moment before: the order of the records decides. */
static int write_signature(sqlite3 *db, const struct agreement_rec *r)
{
	const struct store_signature *g = &r->signature;

	return RUN(db,
		"INSERT INTO agreement_signature (seq, agent, version, language, hash,"
		" nonce, public_key, signature, signed_ms, countersignature)"
		" SELECT " NEXT_SEQ ", ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9"
		" WHERE NOT EXISTS (SELECT 1 FROM device_key"
		" WHERE public_key = ?6 AND revoked_ms IS NOT NULL)",
		number((int64_t)g->agent), number(g->version),
		words(home_language_word(g->language)), bytes(g->hash, sizeof g->hash),
		bytes(g->nonce, sizeof g->nonce), bytes(g->key, sizeof g->key),
		bytes(g->signature, sizeof g->signature), number(g->signed_ms),
		g->is_countersigned
			? bytes(g->countersignature, sizeof g->countersignature)
			: (struct value){ NOTHING });
}

static int write_end(sqlite3 *db, const struct agreement_rec *r)
{
	return RUN(db,
		"INSERT INTO agreement_end (seq, agent, at_ms, by_agent, why)"
		" VALUES (" NEXT_SEQ ", ?1, ?2, ?3, ?4)",
		number((int64_t)r->agent), number(r->at_ms), number(r->by_agent),
		words(r->is_change ? "changed" : "ended"));
}

static int write_code(sqlite3 *db, const struct agreement_rec *r)
{
	return RUN(db,
		"INSERT INTO enrolment (agent, hash, expires_ms) VALUES (?1, ?2, ?3)"
		" ON CONFLICT (agent) DO UPDATE SET hash = excluded.hash,"
		" expires_ms = excluded.expires_ms",
		number((int64_t)r->agent), bytes(r->code, sizeof r->code),
		number(r->at_ms));
}

/* Once, and in time: the code goes with the key's coming. */
static int write_key(sqlite3 *db, const struct agreement_rec *r)
{
	int rc = RUN(db,
		"DELETE FROM enrolment WHERE agent = ?1 AND hash = ?2 AND expires_ms > "
		"?3",
		number((int64_t)r->key.agent), bytes(r->code, sizeof r->code),
		number(r->at_ms));

	if (rc || sqlite3_changes(db) == 0)
		return rc;
	return RUN(db,
		"INSERT INTO device_key (agent, public_key, enrolled_ms)"
		" VALUES (?1, ?2, ?3)",
		number((int64_t)r->key.agent), bytes(r->key.point, sizeof r->key.point),
		number(r->at_ms));
}

/* A signature that was made stays; the key signs no more. */
static int write_revoke(sqlite3 *db, const struct agreement_rec *r)
{
	return RUN(db,
		"UPDATE device_key SET revoked_ms = ?2, revoked_by = ?3"
		" WHERE agent = ?1 AND revoked_ms IS NULL"
		" AND (?3 = 'house' OR public_key = ?4)",
		number((int64_t)r->agent), number(r->at_ms),
		words(r->by_agent ? "agent" : "house"),
		bytes(r->key.point, sizeof r->key.point));
}

int agreement_write(sqlite3 *db, const struct agreement_rec *r)
{
	static int (*const writers[])(sqlite3 *, const struct agreement_rec *) = {
		[AGREEMENT_VERSION] = write_version,
		[AGREEMENT_SIGNATURE] = write_signature,
		[AGREEMENT_END] = write_end,
		[AGREEMENT_CODE] = write_code,
		[AGREEMENT_KEY] = write_key,
		[AGREEMENT_REVOKE] = write_revoke,
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

int store_revoke_keys(struct store *st, uint64_t agent, int64_t at_ms, size_t *n)
{
	int err = write_now(st,
		&(struct agreement_rec){
			.kind = AGREEMENT_REVOKE, .agent = agent, .at_ms = at_ms });

	if (!err)
		*n = (size_t)sqlite3_changes(st->db);
	return err;
}

int store_revoke_own_key(struct sqlite3 *db, uint64_t agent,
	const uint8_t point[STORE_POINT_SIZE], int64_t at_ms, size_t *n)
{
	struct agreement_rec r = {
		.kind = AGREEMENT_REVOKE, .agent = agent, .at_ms = at_ms, .by_agent = true
	};

	memcpy(r.key.point, point, sizeof r.key.point);
	int rc = agreement_write(db, &r);

	if (rc)
		return db_fail(db, rc, "revocation");
	*n = (size_t)sqlite3_changes(db);
	return 0;
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
