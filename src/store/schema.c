/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * schema -- brings a database up to this program's version, or refuses it.
 *
 * The table `migration` holds the number, name and time of each file that was applied.  Each one is
 * applied in a transaction of its own together with that row, so a crash leaves the former version or
 * the next one whole.  At start, in the owner's thread.
 */
#include <errno.h>

#include "base/log.h"
#include "store/inner.h"

int schema_version(sqlite3 *db, int64_t *version)
{
	int64_t tables, ours;
	int err = db_get_int(db, "SELECT count(*) FROM sqlite_schema", &tables);

	if (err)
		return err;
	if (tables == 0) {
		*version = 0;
		return 0;
	}
	err = db_get_int(db,
		"SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = "
		"'migration'",
		&ours);
	if (err)
		return err;
	if (!ours) {
		log_error("store: the database is not one of Heimamt's; left as it is");
		return EPROTO;
	}
	return db_get_int(db, "SELECT coalesce(max(version), 0) FROM migration", version);
}

static int note(sqlite3 *db, int64_t version, const char *name)
{
	sqlite3_stmt *s = NULL;
	int rc;
	int err = db_prepare(&s, db,
		"INSERT INTO migration (version, name, applied_ms)"
		" VALUES (?1, ?2, ?3)");

	if (err)
		return err;
	sqlite3_bind_int64(s, 1, version);
	sqlite3_bind_text(s, 2, name, -1, SQLITE_STATIC);
	sqlite3_bind_int64(s, 3, db_wall_ms());
	rc = db_run(s, NULL, NULL);
	if (rc)
		err = db_fail(db, rc, name);
	sqlite3_finalize(s);
	return err;
}

/* Within a transaction: asks again, because another process may have been faster. */
static int apply_next(sqlite3 *db, const struct migration *m, size_t n, int64_t *version)
{
	int64_t have;
	int err = schema_version(db, &have);

	if (err)
		return err;
	if (have >= (int64_t)n) {
		*version = have;
		return 0;
	}
	err = db_exec(db,
		"CREATE TABLE IF NOT EXISTS migration (version INTEGER PRIMARY KEY,"
		" name TEXT NOT NULL, applied_ms INTEGER NOT NULL) STRICT");
	if (!err)
		err = db_exec(db, m[have].sql);
	if (!err)
		err = note(db, have + 1, m[have].name);
	if (!err)
		*version = have + 1;
	return err;
}

static int step(sqlite3 *db, const struct migration *m, size_t n, int64_t *version)
{
	int err = db_exec(db, "BEGIN IMMEDIATE");

	if (err)
		return err;
	err = apply_next(db, m, n, version);
	if (!err)
		err = db_exec(db, "COMMIT");
	if (err && !sqlite3_get_autocommit(db))
		db_exec(db, "ROLLBACK");
	if (!err && *version <= (int64_t)n)
		log_info("store: schema %s", m[*version - 1].name);
	return err;
}

int schema_migrate(sqlite3 *db, const struct migration *m, size_t n)
{
	int64_t version;
	int err = schema_version(db, &version);

	while (!err && version < (int64_t)n)
		err = step(db, m, n, &version);
	if (!err && version > (int64_t)n) {
		log_error("store: the database has schema %lld, this program knows %zu:"
			  " a newer program wrote it; left as it is",
			(long long)version, n);
		err = EPROTO;
	}
	return err;
}
