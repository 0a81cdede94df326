/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * erase -- what left the records leaves the ledger: salt and text are destroyed, the tree stands [RULES C7].
 *
 * The records themselves say what is to go (ledger_entry.erase, set by a trigger in the transaction that removes the
 * row), so a crash at any moment costs a second look at most: an entry that is gone already stays so, and then its
 * row goes.  What a damage of the file keeps out of reach is told once, and stays marked.  Writer thread.
 */
#include <errno.h>
#include <inttypes.h>

#include "base/log.h"
#include "store/inner.h"
#include "store/ledger_file.h"

struct batch {
	int64_t segment;
	uint64_t entries[STORE_ERASE_MAX];
	size_t n;
};

static int take(sqlite3 *db, struct batch *b)
{
	sqlite3_stmt *s = NULL;
	int rc = SQLITE_DONE;
	int err = db_prepare(&s, db,
		"SELECT segment, entry FROM ledger_entry WHERE erase = 1 AND segment ="
		" (SELECT min(segment) FROM ledger_entry WHERE erase = 1)"
		" ORDER BY entry");

	while (!err && b->n < STORE_ERASE_MAX && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		b->segment = sqlite3_column_int64(s, 0);
		b->entries[b->n++] = (uint64_t)sqlite3_column_int64(s, 1);
	}
	if (!err && rc != SQLITE_DONE && rc != SQLITE_ROW)
		err = db_fail(db, rc, "entries to be erased");
	sqlite3_finalize(s);
	return err;
}

/* The rows of some entries: gone, or marked as out of reach. */
static int note(
	sqlite3 *db, const struct batch *b, size_t from, size_t to, const char *sql)
{
	sqlite3_stmt *s = NULL;
	int err = from < to ? db_prepare(&s, db, sql) : 0;

	for (size_t i = from; !err && i < to; i++) {
		sqlite3_bind_int64(s, 1, b->segment);
		sqlite3_bind_int64(s, 2, (int64_t)b->entries[i]);
		err = db_errno(db_run(s, NULL, NULL));
	}
	sqlite3_finalize(s);
	return err;
}

static int note_all(sqlite3 *db, const struct batch *b, size_t done)
{
	int err = db_exec(db, "BEGIN IMMEDIATE");

	if (!err)
		err = note(db, b, 0, done,
			"DELETE FROM ledger_entry WHERE segment = ?1 AND entry = ?2");
	if (!err)
		err = note(db, b, done, b->n,
			"UPDATE ledger_entry SET erase = 2"
			" WHERE segment = ?1 AND entry = ?2");
	if (!err)
		err = db_exec(db, "COMMIT");
	if (err && !sqlite3_get_autocommit(db))
		db_exec(db, "ROLLBACK");
	return err;
}

int erase_run(struct writes *w, int64_t now_ms, bool *more)
{
	struct batch b = { .n = 0 };
	size_t done = 0;
	int err = w->ledger ? take(w->db, &b) : 0;

	if (err || !b.n)
		return err;
	err = ledger_file_erase(
		w->ledger, (uint32_t)b.segment, b.entries, b.n, now_ms, &done);
	if (err && err != ENOENT) {
		log_error("ledger: what is past its date could not be erased yet; it is "
			  "tried again");
		return err;
	}
	if (done < b.n)
		log_error("ledger: %zu entries of segment %" PRId64 ", from %" PRIu64
			  " on, cannot be erased: they are missing, or behind a damage",
			b.n - done, b.segment, b.entries[done]);
	if (done)
		log_info("ledger: %zu entries past their date are erased", done);
	*more = true;
	return note_all(w->db, &b, done);
}
