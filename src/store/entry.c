/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * entry -- records that go into the ledger, in the batch of what they belong to.
 *
 * The ledger is on disk before the transaction is: a crash in between leaves an entry whose record is missing,
 * never a record that cannot be proved.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/inner.h"
#include "store/ledger_file.h"

int store_add_entry(
	struct store *st, enum ledger_kind kind, uint64_t ref, const char *text)
{
	struct rec r = { .kind = REC_ENTRY,
		.entry = { .kind = kind, .ref = ref, .at_ms = db_wall_ms() } };

	if (strlen(text) > LEDGER_TEXT_MAX)
		return EMSGSIZE;
	r.entry.text = strdup(text);
	if (!r.entry.text)
		return ENOMEM;
	int err = request_put(st, &r);

	if (err)
		free(r.entry.text);
	return err;
}

int store_find_entry(struct store *st, uint64_t ref, uint32_t *segment, uint64_t *entry)
{
	sqlite3_stmt *s = NULL;
	int err = db_prepare(&s, st->db,
		"SELECT segment, entry FROM ledger_entry WHERE ref = ?1 AND erase = 0"
		" ORDER BY segment DESC, entry DESC LIMIT 1");

	if (err)
		return err;
	db_bind_id(s, 1, ref);
	int rc = sqlite3_step(s);

	if (rc == SQLITE_ROW) {
		*segment = (uint32_t)sqlite3_column_int64(s, 0);
		*entry = (uint64_t)sqlite3_column_int64(s, 1);
	}
	sqlite3_finalize(s);
	return rc == SQLITE_ROW ? 0 : rc == SQLITE_DONE ? ENOENT : db_errno(rc);
}

static int put(struct writes *w, struct rec_entry *e)
{
	struct ledger_file_info info;
	int err = ledger_file_put(
		w->ledger, e->kind, e->at_ms, slice_str(e->text), &e->index);

	if (err)
		return err;
	ledger_file_info(w->ledger, &info);
	e->segment = info.segment;
	return 0;
}

int entry_write(struct writes *w, struct rec *r)
{
	struct rec_entry *e = &r->entry;
	sqlite3_stmt *s = w->stmt[W_ENTRY];

	if (!w->ledger)
		return SQLITE_OK;
	if (!e->is_synced && put(w, e))
		return SQLITE_IOERR; /* as the disk's: the batch is tried again */
	if (!e->ref)
		return SQLITE_OK;
	db_bind_id(s, 1, e->ref);
	sqlite3_bind_int64(s, 2, e->segment);
	sqlite3_bind_int64(s, 3, (int64_t)e->index);
	return db_run(s, NULL, NULL);
}

int entry_sync(struct writes *w, struct rec *recs, size_t n)
{
	bool any = false;

	for (size_t i = 0; i < n; i++)
		any |= w->ledger && recs[i].kind == REC_ENTRY && !recs[i].entry.is_synced;
	int err = any ? ledger_file_sync(w->ledger) : 0;

	for (size_t i = 0; !err && i < n; i++)
		if (recs[i].kind == REC_ENTRY)
			recs[i].entry.is_synced = true;
	return err;
}

void entry_undo(struct writes *w)
{
	if (w->ledger)
		ledger_file_undo(w->ledger);
}

void entry_close(struct rec *recs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (recs[i].kind == REC_ENTRY)
			free(recs[i].entry.text);
}
