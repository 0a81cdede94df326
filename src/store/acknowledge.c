/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * acknowledge -- an officer has seen a damage of the ledger: said in the records, by a command or a page, and brought
 * into the ledger by the writer, who alone has its files.  A crash in between costs a second look.
 */
#include <errno.h>
#include <inttypes.h>

#include "base/log.h"
#include "base/text.h"
#include "store/inner.h"
#include "store/ledger_file.h"

int acknowledge_write(struct sqlite3 *db, uint32_t segment, uint64_t agent, int64_t at_ms)
{
	sqlite3_stmt *s = NULL;
	int err = db_prepare(&s, db,
		"INSERT INTO ledger_acknowledgement (segment, agent, at_ms)"
		" VALUES (?1, ?2, ?3) ON CONFLICT (segment) DO NOTHING");

	if (err)
		return err;
	sqlite3_bind_int64(s, 1, segment);
	db_bind_id(s, 2, agent);
	sqlite3_bind_int64(s, 3, at_ms);
	int rc = db_run(s, NULL, NULL);

	sqlite3_finalize(s);
	return rc ? db_fail(db, rc, "acknowledgement") : 0;
}

int store_acknowledge(struct store *st, uint32_t segment, uint64_t agent, int64_t at_ms)
{
	return acknowledge_write(st->db, segment, agent, at_ms);
}

/* One that is no damage, or acknowledged already, needs nothing more. */
static int tell(struct writes *w, sqlite3_stmt *row)
{
	uint32_t segment = (uint32_t)sqlite3_column_int64(row, 0);
	char who[24];
	int err = text_format(who, sizeof who, "%lld", sqlite3_column_int64(row, 1));

	if (!err)
		err = ledger_file_acknowledge(
			w->ledger, segment, sqlite3_column_int64(row, 2), who);
	if (!err)
		log_info("ledger: the damage of segment %" PRIu32 " is acknowledged",
			segment);
	return err == ENOENT ? 0 : err;
}

static int tell_all(struct writes *w)
{
	sqlite3_stmt *s = NULL;
	int rc = SQLITE_DONE;
	int err = db_prepare(&s, w->db,
		"SELECT segment, agent, at_ms FROM ledger_acknowledgement"
		" ORDER BY segment");

	while (!err && (rc = sqlite3_step(s)) == SQLITE_ROW)
		err = tell(w, s);
	if (!err && rc != SQLITE_DONE)
		err = db_fail(w->db, rc, "acknowledgements");
	sqlite3_finalize(s);
	return err;
}

int acknowledge_run(struct writes *w)
{
	int64_t n = 0;
	int err = w->ledger
		? db_get_int(w->db, "SELECT count(*) FROM ledger_acknowledgement", &n)
		: 0;

	if (err || !n)
		return err;
	/* one that comes meanwhile waits for the lock, and for the next look */
	err = db_exec(w->db, "BEGIN IMMEDIATE");
	if (!err)
		err = tell_all(w);
	if (!err)
		err = db_exec(w->db, "DELETE FROM ledger_acknowledgement; COMMIT");
	if (err && !sqlite3_get_autocommit(w->db))
		db_exec(w->db, "ROLLBACK");
	return err;
}
