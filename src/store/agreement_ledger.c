/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * agreement_ledger -- what concerns the agreement and must be provable goes into the ledger [RULES P1].
 *
 * Not from where it is written: a command writes beside the running centre, which alone has the ledger.  So the
 * records' writer looks for versions, signatures and ends that the ledger has not, at its start and whenever the
 * records changed, and appends them in their order; only then are they told to the app, and to a desk by it.  An entry
 * is on disk before it is noted that it is there: a crash in between costs an entry that stands there twice, and
 * never one that is missing.
 */
#include <errno.h>

#include "base/log.h"
#include "store/inner.h"
#include "store/ledger_file.h"

/* As things happened. In the lowest four bits of ref stands what it is about: migrations/, the view. */
static const char facts[] =
	"SELECT f.ref, CASE f.ref & 15 WHEN 1 THEN ?1 WHEN 2 THEN ?2 WHEN 3 THEN ?3"
	" WHEN 4 THEN ?4 ELSE ?5 END, f.at_ms, f.text FROM agreement_fact f"
	" WHERE NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.ref = f.ref"
	" AND e.erase = 0) ORDER BY f.at_ms, f.ref";

/* One row: appended, and noted where it is. */
static int tell(struct writes *w, sqlite3_stmt *fact)
{
	const char *text = (const char *)sqlite3_column_text(fact, 3);
	struct ledger_file_info info;
	sqlite3_stmt *s = w->stmt[W_ENTRY];
	uint64_t index;

	if (!text)
		return ENOMEM;
	int err = ledger_file_put(w->ledger,
		(enum ledger_kind)sqlite3_column_int(fact, 1),
		sqlite3_column_int64(fact, 2), slice_str(text), &index);

	if (err)
		return err;
	ledger_file_info(w->ledger, &info);
	sqlite3_bind_int64(s, 1, sqlite3_column_int64(fact, 0));
	sqlite3_bind_int64(s, 2, info.segment);
	sqlite3_bind_int64(s, 3, (int64_t)index);
	return db_errno(db_run(s, NULL, NULL));
}

int ledger_tell_facts(struct writes *w, const char *sql, const enum ledger_kind *kinds,
	int n_kinds, size_t *n)
{
	sqlite3_stmt *s = NULL;
	int rc = SQLITE_DONE, err = db_prepare(&s, w->db, sql);

	if (err)
		return err;
	for (int i = 0; i < n_kinds; i++)
		sqlite3_bind_int(s, i + 1, (int)kinds[i]);
	while (!err && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		err = tell(w, s);
		(*n)++;
	}
	if (!err && rc != SQLITE_DONE)
		err = db_errno(rc);
	sqlite3_finalize(s);
	return err;
}

static int tell_all(struct writes *w, size_t *n)
{
	static const enum ledger_kind kinds[] = { LEDGER_AGREEMENT, LEDGER_SIGNATURE,
		LEDGER_COUNTERSIGNATURE, LEDGER_END, LEDGER_KEY };
	int err = ledger_tell_facts(w, facts, kinds, 5, n);

	return err ? err : people_tell_ledger(w, n);
}

int agreement_tell_ledger(struct writes *w)
{
	size_t n = 0;
	int err = w->ledger ? db_exec(w->db, "BEGIN IMMEDIATE") : 0;

	if (err || !w->ledger)
		return err;
	err = tell_all(w, &n);
	if (!err && n)
		err = ledger_file_sync(w->ledger);
	if (!err)
		err = db_exec(w->db, "COMMIT");
	if (!err)
		return 0;
	log_error("ledger: what was published, signed or ended could not be written, and "
		  "is "
		  "told nobody before it is");
	if (!sqlite3_get_autocommit(w->db))
		db_exec(w->db, "ROLLBACK");
	ledger_file_undo(w->ledger);
	return err;
}
