/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * db -- opening a connection the way every connection here is opened, and small helpers.
 *
 * A connection belongs to one thread at a time.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "core/home/week.h"
#include "store/inner.h"

int db_errno(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE: return 0;
	case SQLITE_NOMEM: return ENOMEM;
	case SQLITE_FULL: return ENOSPC;
	case SQLITE_BUSY:
	case SQLITE_LOCKED: return EBUSY;
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_READONLY: return EACCES;
	case SQLITE_CONSTRAINT: return EINVAL;
	default: return EIO;
	}
}

int db_fail(sqlite3 *db, int rc, const char *doing)
{
	log_error("store: %s: %s (%d)", doing,
		db ? sqlite3_errmsg(db) : sqlite3_errstr(rc), rc);
	return db_errno(rc);
}

int db_exec(sqlite3 *db, const char *sql)
{
	int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);

	return rc ? db_fail(db, rc, "statement") : 0;
}

int db_prepare(sqlite3_stmt **out, sqlite3 *db, const char *sql)
{
	int rc = sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL);

	return rc ? db_fail(db, rc, "prepare") : 0;
}

int db_run(sqlite3_stmt *s, int64_t *first, bool *any)
{
	bool seen = false;
	int rc;

	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		if (!seen && first)
			*first = sqlite3_column_int64(s, 0);
		seen = true;
	}
	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
	if (any)
		*any = seen;
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

int db_get_int(sqlite3 *db, const char *sql, int64_t *out)
{
	sqlite3_stmt *s = NULL;
	int64_t v = 0;
	bool any;
	int rc, err = db_prepare(&s, db, sql);

	if (err)
		return err;
	rc = db_run(s, &v, &any);
	if (rc)
		err = db_fail(db, rc, "read");
	else if (!any)
		err = ENOENT;
	else
		*out = v;
	sqlite3_finalize(s);
	return err;
}

void db_bind_id(sqlite3_stmt *s, int at, uint64_t id)
{
	if (id)
		sqlite3_bind_int64(s, at, (int64_t)id);
	else
		sqlite3_bind_null(s, at);
}

int64_t db_wall_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int32_t db_day(int64_t wall_ms)
{
	time_t s = (time_t)(wall_ms / 1000);
	struct tm tm;

	if (!localtime_r(&s, &tm))
		return (int32_t)(wall_ms / STORE_DAY_MS);
	return week_day_of(
		tm.tm_year + 1900, (unsigned)tm.tm_mon + 1, (unsigned)tm.tm_mday);
}

/* SQLite would make the file readable by all; its -wal and -shm take the file's mode over. */
static int make_private(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return errno == EEXIST ? 0 : errno;
	close(fd);
	return 0;
}

/* Not every file system can share the memory that WAL needs; SQLite then stays in another mode. */
static int set_wal(sqlite3 *db)
{
	sqlite3_stmt *s = NULL;
	int err = db_prepare(&s, db, "PRAGMA journal_mode = WAL");
	const char *mode;

	if (err)
		return err;
	int rc = sqlite3_step(s);

	if (rc != SQLITE_ROW) {
		err = db_fail(db, rc, "journal_mode");
		goto out;
	}
	mode = (const char *)sqlite3_column_text(s, 0);
	if (!mode || strcmp(mode, "wal") != 0) {
		log_error("store: this file system has no write-ahead log");
		err = mode ? EIO : ENOMEM;
	}
out:
	sqlite3_finalize(s);
	return err;
}

int db_open(sqlite3 **out, const char *path)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
		SQLITE_OPEN_EXRESCODE;
	sqlite3 *db = NULL;
	int rc, err = make_private(path);

	if (err) {
		log_error("store: %s: %s", path, strerror(err));
		return err;
	}
	rc = sqlite3_open_v2(path, &db, flags, NULL);
	if (rc) {
		err = db_fail(db, rc, path);
		goto out;
	}
	if (sqlite3_db_readonly(db, "main")) {
		log_error("store: %s may not be written", path);
		err = EACCES;
		goto out;
	}
	sqlite3_busy_timeout(db, STORE_BUSY_MS);
	err = set_wal(db);
	if (err)
		goto out;
	/* secure_delete: what has gone by its date shall not linger in free pages. */
	err = db_exec(db,
		"PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
		"PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF");
	if (err)
		goto out;
	*out = db;
	db = NULL; /* handed over */
out:
	sqlite3_close(db);
	return err;
}
