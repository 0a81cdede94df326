/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* credential -- see credential.h.  Such records are rare, so a statement is prepared when it is needed. */
#include "store/credential.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/inner.h"

static const char *const kinds[] = {
	[STORE_PASSWORD] = "password", [STORE_TOTP] = "totp", [STORE_PASSKEY] = "passkey"
};

void store_credentials_free(struct store_credentials *c)
{
	if (!c)
		return;
	free(c->v);
	free(c);
}

bool store_credential_is(
	const struct store_credential *a, const struct store_credential *b)
{
	return a->agent == b->agent && a->kind == b->kind && a->n_id == b->n_id &&
		memcmp(a->id, b->id, a->n_id) == 0;
}

static int finish(sqlite3 *db, sqlite3_stmt *s)
{
	int rc = db_run(s, NULL, NULL);

	sqlite3_finalize(s);
	if ((rc & 0xff) == SQLITE_CONSTRAINT)
		return EEXIST;
	return rc ? db_fail(db, rc, "credential") : 0;
}

/* Parameters 1 to 3. */
static void bind_key(sqlite3_stmt *s, const struct store_credential *c)
{
	db_bind_id(s, 1, c->agent);
	sqlite3_bind_text(s, 2, kinds[c->kind], -1, SQLITE_STATIC);
	sqlite3_bind_blob(s, 3, c->id, c->n_id, SQLITE_STATIC);
}

int credential_put(sqlite3 *db, const struct store_credential *c)
{
	sqlite3_stmt *s = NULL;
	int err = db_prepare(&s, db,
		"INSERT INTO credential (agent, kind, id, algorithm, value, counter, "
		"name,"
		" made_ms, month_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
		" ON CONFLICT (agent, kind, id) DO UPDATE SET"
		" algorithm = excluded.algorithm, value = excluded.value,"
		" counter = excluded.counter, name = excluded.name,"
		" month_ms = excluded.month_ms");

	if (err)
		return err;
	bind_key(s, c);
	sqlite3_bind_int(s, 4, c->algorithm);
	sqlite3_bind_blob(s, 5, c->value, c->n, SQLITE_STATIC);
	sqlite3_bind_int64(s, 6, c->counter);
	sqlite3_bind_text(s, 7, c->name, -1, SQLITE_STATIC);
	sqlite3_bind_int64(s, 8, c->made_ms);
	sqlite3_bind_int64(s, 9, c->month_ms);
	return finish(db, s);
}

int credential_drop(sqlite3 *db, const struct store_credential *c)
{
	sqlite3_stmt *s = NULL;
	int err = db_prepare(&s, db,
		"DELETE FROM credential WHERE agent = ?1 AND kind = ?2 AND id = ?3");

	if (err)
		return err;
	bind_key(s, c);
	return finish(db, s);
}

static int delete_of(sqlite3 *db, const char *sql, uint64_t agent)
{
	sqlite3_stmt *s = NULL;
	int err = db_prepare(&s, db, sql);

	if (err)
		return err;
	db_bind_id(s, 1, agent);
	return finish(db, s);
}

int store_reset_credentials(struct store *st, uint64_t agent)
{
	int err = db_exec(st->db, "BEGIN IMMEDIATE");

	if (err)
		return err;
	err = delete_of(st->db, "DELETE FROM credential WHERE agent = ?1", agent);
	if (!err)
		err = delete_of(st->db, "DELETE FROM session WHERE agent = ?1", agent);
	if (!err)
		err = db_exec(st->db, "COMMIT");
	if (err && !sqlite3_get_autocommit(st->db))
		db_exec(st->db, "ROLLBACK");
	return err;
}

static bool copy_blob(sqlite3_stmt *s, int at, uint8_t *dst, size_t cap, uint16_t *n)
{
	const void *p = sqlite3_column_blob(s, at);
	int bytes = sqlite3_column_bytes(s, at);

	if ((size_t)bytes > cap || (bytes && !p))
		return false;
	if (bytes)
		memcpy(dst, p, (size_t)bytes);
	*n = (uint16_t)bytes;
	return true;
}

static int read_one(sqlite3_stmt *s, struct store_credential *c)
{
	const char *kind = (const char *)sqlite3_column_text(s, 1);
	const char *name = (const char *)sqlite3_column_text(s, 6);
	unsigned i = 0;

	while (kind && i < STORE_PASSKEY && strcmp(kinds[i], kind) != 0)
		i++;
	*c = (struct store_credential){
		.agent = (uint64_t)sqlite3_column_int64(s, 0),
		.kind = (enum store_credential_kind)i,
		.algorithm = sqlite3_column_int(s, 3),
		.counter = sqlite3_column_int64(s, 5),
		.made_ms = sqlite3_column_int64(s, 7),
		.month_ms = sqlite3_column_int64(s, 8),
	};
	return kind && name && text_copy(c->name, sizeof c->name, name) == 0 &&
			copy_blob(s, 2, c->id, sizeof c->id, &c->n_id) &&
			copy_blob(s, 4, c->value, sizeof c->value, &c->n)
		? 0
		: EIO;
}

static int add_row(struct store_credentials *c, sqlite3_stmt *s)
{
	struct store_credential *more = reallocarray(c->v, c->n + 1, sizeof *more);

	if (!more)
		return ENOMEM;
	c->v = more;
	return read_one(s, &c->v[c->n++]);
}

int credential_read(sqlite3 *db, struct store_credentials **out)
{
	struct store_credentials *c = calloc(1, sizeof *c);
	sqlite3_stmt *s = NULL;
	int rc = SQLITE_DONE;
	int err = c ? db_prepare(&s, db,
			      "SELECT agent, kind, id, algorithm, value, counter, name,"
			      " made_ms, month_ms FROM credential ORDER BY agent, kind,"
			      " made_ms")
		    : ENOMEM;

	while (!err && (rc = sqlite3_step(s)) == SQLITE_ROW)
		err = add_row(c, s);
	if (!err && rc != SQLITE_DONE)
		err = db_fail(db, rc, "credentials");
	sqlite3_finalize(s);
	if (err) {
		store_credentials_free(c);
		return err;
	}
	*out = c;
	return 0;
}

int store_load_credentials(struct store *st, struct store_credentials **out)
{
	return credential_read(st->db, out);
}
