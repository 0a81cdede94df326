/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* snapshot -- see snapshot.h. */
#include "store/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "store/inner.h"

#define STEP_PAGES 256 /* 1 MB between two words about progress */

int64_t snapshot_schema(void)
{
	return (int64_t)store_migrations_n;
}

static int describe(sqlite3 *db, struct snapshot_info *out)
{
	int err = schema_version(db, &out->schema);

	if (!err && (out->schema < 1 || out->schema > snapshot_schema()))
		err = EPROTO;
	if (!err)
		err = db_get_int(db, "SELECT count(*) FROM call", &out->calls);
	if (!err)
		err = db_get_int(db, "SELECT count(*) FROM call WHERE ended_ms IS NULL",
			&out->open_calls);
	return err;
}

/* The moment: `lock` keeps writers out until `pages` has a read transaction and the rest is copied. */
static int freeze(sqlite3 *lock, sqlite3 *pages, struct snapshot_info *out,
	const struct snapshot_config *cfg)
{
	int err = db_exec(lock, "BEGIN IMMEDIATE");

	if (!err)
		err = db_exec(pages, "BEGIN");
	if (!err)
		err = describe(pages, out); /* reading begins the transaction */
	out->at_ms = db_wall_ms();
	if (!err && cfg->frozen)
		err = cfg->frozen(cfg->arg);
	if (!sqlite3_get_autocommit(lock))
		(void)db_exec(lock, "ROLLBACK"); /* nothing was written */
	return err;
}

static int copy_pages(sqlite3 *to, sqlite3 *from, const struct snapshot_config *cfg)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
	int rc;

	if (!b)
		return db_fail(to, sqlite3_errcode(to), "copy");
	do {
		rc = sqlite3_backup_step(b, STEP_PAGES);
		uint64_t all = (uint64_t)sqlite3_backup_pagecount(b),
			 left = (uint64_t)sqlite3_backup_remaining(b);

		if (cfg->progress)
			cfg->progress(cfg->arg, all - left, all);
	} while (rc == SQLITE_OK);
	(void)sqlite3_backup_finish(b);
	return rc == SQLITE_DONE ? 0 : db_fail(to, rc, "copy");
}

/* One file that needs no other beside it, also where nothing may be written. */
static int make_whole(sqlite3 *to)
{
	return db_exec(to, "PRAGMA journal_mode = DELETE");
}

static int copy(sqlite3 *from, const struct snapshot_config *cfg)
{
	sqlite3 *to = NULL;
	int rc, err, fd = open(cfg->to, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return errno;
	close(fd);
	rc = sqlite3_open_v2(
		cfg->to, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE, NULL);
	err = rc ? db_fail(to, rc, cfg->to) : copy_pages(to, from, cfg);
	if (!err)
		err = make_whole(to);
	rc = sqlite3_close(to);
	if (!err && rc)
		err = db_errno(rc);
	if (err)
		(void)unlink(cfg->to);
	return err;
}

int snapshot_take(struct snapshot_info *out, const struct snapshot_config *cfg)
{
	struct snapshot_info info = { 0 };
	sqlite3 *lock = NULL, *pages = NULL;
	int err = access(cfg->from, R_OK) ? errno : 0; /* opening would make one */

	if (!err)
		err = db_open(&lock, cfg->from);
	if (!err)
		err = db_open(&pages, cfg->from);
	if (!err)
		err = freeze(lock, pages, &info, cfg);
	if (!err)
		err = copy(pages, cfg);
	if (!err)
		*out = info;
	sqlite3_close(pages);
	sqlite3_close(lock);
	return err;
}

/* The first row's text is "ok"; it names the first damage otherwise. */
static int check_pages(sqlite3 *db, const char *path)
{
	sqlite3_stmt *s = NULL;
	const char *said;
	int err = db_prepare(&s, db, "PRAGMA integrity_check(1)");

	if (err)
		return EBADMSG;
	said = sqlite3_step(s) == SQLITE_ROW ? (const char *)sqlite3_column_text(s, 0)
					     : NULL;
	if (!said || strcmp(said, "ok") != 0) {
		log_error("store: %s: %s", path, said ? said : sqlite3_errmsg(db));
		err = EBADMSG;
	}
	sqlite3_finalize(s);
	return err;
}

static int check_references(sqlite3 *db)
{
	int64_t n;
	int err = db_get_int(db, "SELECT count(*) FROM pragma_foreign_key_check", &n);

	return err || n ? EBADMSG : 0;
}

int snapshot_check(struct snapshot_info *out, const char *path)
{
	struct snapshot_info info = { 0 };
	sqlite3 *db = NULL;
	int rc, err = access(path, R_OK) ? errno : 0;

	if (err)
		return err;
	rc = sqlite3_open_v2(
		path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_EXRESCODE, NULL);
	err = rc ? db_fail(db, rc, path) : check_pages(db, path);
	if (!err)
		err = check_references(db);
	if (!err)
		err = describe(db, &info);
	if (!err)
		*out = info;
	sqlite3_close(db);
	return err;
}

int snapshot_revive(const char *path)
{
	sqlite3 *db = NULL;
	char sql[96];
	int err = access(path, R_OK) ? errno : db_open(&db, path);

	if (!err)
		err = text_format(sql, sizeof sql,
			"UPDATE control SET epoch = epoch + %d", SNAPSHOT_EPOCHS);
	if (!err)
		err = db_exec(db, sql);
	sqlite3_close(db);
	return err;
}
