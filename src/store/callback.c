/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * callback -- callers who wait to be called back: what is written, and what a later process reads at its start.
 *
 * The writer thread writes; the owner's thread reads, at start only.
 */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "store/inner.h"

bool callback_ok(const struct store_callback *cb)
{
	return cb->call != 0 && cb->call <= INT64_MAX && cb->queue != 0 &&
		cb->queue <= INT64_MAX && cb->number[0] &&
		memchr(cb->number, '\0', sizeof cb->number) &&
		text_is_clean_utf8(cb->number);
}

int callback_write(struct writes *w, struct rec *r)
{
	const struct store_callback *cb = &r->callback;
	sqlite3_stmt *s = w->stmt[W_CALLBACK];

	sqlite3_bind_int64(s, 1, (int64_t)cb->call);
	sqlite3_bind_int64(s, 2, (int64_t)cb->queue);
	sqlite3_bind_text(s, 3, cb->number, -1, SQLITE_STATIC);
	sqlite3_bind_int64(s, 4, cb->arrived_ms);
	sqlite3_bind_int64(s, 5, cb->asked_ms);
	sqlite3_bind_int64(s, 6, cb->due_ms);
	sqlite3_bind_int64(s, 7, cb->tries);
	return db_run(s, NULL, NULL);
}

int callback_write_drop(struct writes *w, struct rec *r)
{
	sqlite3_stmt *s = w->stmt[W_DROP_CALLBACK];

	sqlite3_bind_int64(s, 1, (int64_t)r->callback.call);
	return db_run(s, NULL, NULL);
}

static int read_row(sqlite3_stmt *s, struct store_callback *out)
{
	const char *number = (const char *)sqlite3_column_text(s, 2);

	*out = (struct store_callback){
		.call = (uint64_t)sqlite3_column_int64(s, 0),
		.queue = (uint64_t)sqlite3_column_int64(s, 1),
		.arrived_ms = sqlite3_column_int64(s, 3),
		.asked_ms = sqlite3_column_int64(s, 4),
		.due_ms = sqlite3_column_int64(s, 5),
		.tries = (uint8_t)sqlite3_column_int64(s, 6),
	};
	return number && text_copy(out->number, sizeof out->number, number) == 0 ? 0
										 : EIO;
}

int store_load_callbacks(struct store *st, size_t cap, store_callback_h *h, void *arg)
{
	sqlite3_stmt *s = NULL;
	int rc = SQLITE_DONE;
	int err = db_prepare(&s, st->db,
		"SELECT call, queue, number, arrived_ms, asked_ms, due_ms, tries"
		" FROM callback ORDER BY arrived_ms, call LIMIT ?1");

	if (err)
		return err;
	sqlite3_bind_int64(s, 1, (int64_t)cap);
	while (!err && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		struct store_callback row;

		err = read_row(s, &row);
		if (!err)
			h(arg, &row);
	}
	if (!err && rc != SQLITE_DONE)
		err = db_fail(st->db, rc, "callbacks");
	sqlite3_finalize(s);
	return err;
}
