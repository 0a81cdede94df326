/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * own -- what is held about one agent, read by the register's conditions.  See own.h.
 *
 * The columns are named one by one, so that what the register does not know is never read.  Synchronous, on the
 * connection that is given.
 */
#include <errno.h>

#include "base/slice.h"
#include "store/inner.h"

static bool is_bytes(enum own_kind kind)
{
	return kind == OWN_TEXT || kind == OWN_BYTES;
}

/* A secret's value never leaves the database: whether there is one is all that is selected. */
static void put_column(struct wbuf *w, const struct own_column *c)
{
	bool is_hidden = c->kind == OWN_SECRET || c->kind == OWN_OTHERS;

	wbuf_printf(w, is_hidden ? "iif(t.%s IS NULL, NULL, 1), " : "t.%s, ", c->name);
}

/* When the row goes, or forgets whom it was about: the first of its rules is the earlier. */
static void put_date(struct wbuf *w, const struct own_rule *r)
{
	if (r->date)
		wbuf_printf(w, "%s + %lld", r->date, (long long)(r->days * STORE_DAY_MS));
	else
		wbuf_str(w, "NULL");
}

static int select_sql(const struct own_table *t, char sql[OWN_SQL_MAX])
{
	struct wbuf w = wbuf_of(sql, OWN_SQL_MAX);

	wbuf_str(&w, "SELECT ");
	for (const struct own_column *c = t->columns; c->name; c++)
		put_column(&w, c);
	put_date(&w, &t->rules[0]);
	wbuf_printf(&w, " FROM %s t WHERE %s ORDER BY %s", t->name, t->mine, t->key);
	wbuf_u8(&w, 0);
	return w.full ? ENAMETOOLONG : 0;
}

static void read_cell(sqlite3_stmt *s, int at, uint64_t agent, const struct own_column *c,
	struct own_cell *out)
{
	*out = (struct own_cell){ .column = c,
		.is_null = sqlite3_column_type(s, at) == SQLITE_NULL };
	if (out->is_null)
		return;
	if (is_bytes(c->kind)) {
		out->bytes = sqlite3_column_blob(s, at);
		out->n = (size_t)sqlite3_column_bytes(s, at);
		return;
	}
	int64_t v = sqlite3_column_int64(s, at);

	out->is_withheld = c->kind == OWN_SECRET || c->kind == OWN_OTHERS ||
		(c->kind == OWN_WHO && (uint64_t)v != agent);
	out->number = out->is_withheld ? 0 : v;
}

static int tell_row(sqlite3_stmt *s, const struct own_table *t, uint64_t agent,
	own_row_h *h, void *arg)
{
	struct own_cell cells[OWN_COLUMNS_MAX];
	int n = 0;

	for (const struct own_column *c = t->columns; c->name && n < OWN_COLUMNS_MAX;
		c++) {
		read_cell(s, n, agent, c, &cells[n]);
		n++;
	}
	return h(arg, t, cells, (size_t)n, sqlite3_column_int64(s, n));
}

int own_read_table(
	sqlite3 *db, const struct own_table *t, uint64_t agent, own_row_h *h, void *arg)
{
	char sql[OWN_SQL_MAX];
	sqlite3_stmt *s = NULL;
	int rc = SQLITE_DONE, err = select_sql(t, sql);

	if (!err)
		err = db_prepare(&s, db, sql);
	if (err)
		return err;
	db_bind_id(s, 1, agent);
	while (!err && (rc = sqlite3_step(s)) == SQLITE_ROW)
		err = tell_row(s, t, agent, h, arg);
	if (!err && rc != SQLITE_DONE)
		err = db_fail(db, rc, "own data");
	sqlite3_finalize(s);
	return err;
}

int own_read(sqlite3 *db, uint64_t agent, own_row_h *h, void *arg)
{
	int err = 0;

	for (size_t i = 0; !err && i < own_tables_n; i++)
		if (own_tables[i].mine)
			err = own_read_table(db, &own_tables[i], agent, h, arg);
	return err;
}

int store_own(struct store *st, uint64_t agent, own_row_h *h, void *arg)
{
	int err = db_exec(st->db, "BEGIN"); /* one moment for all of it */

	if (err)
		return err;
	err = own_read(st->db, agent, h, arg);
	if (!sqlite3_get_autocommit(st->db))
		(void)db_exec(st->db, "COMMIT");
	return err;
}

int own_purge_sql(
	const struct own_table *t, const struct own_rule *r, char sql[OWN_SQL_MAX])
{
	struct wbuf w = wbuf_of(sql, OWN_SQL_MAX);

	if (r->forget)
		wbuf_printf(&w, "UPDATE %s SET %s = NULL", t->name, r->forget);
	else
		wbuf_printf(&w, "DELETE FROM %s", t->name);
	wbuf_printf(&w, " WHERE (%s) IN (SELECT %s FROM %s t WHERE ", t->key, t->key,
		t->name);
	if (r->forget)
		wbuf_printf(&w, "t.%s IS NOT NULL AND ", r->forget);
	wbuf_printf(&w, "%s <= ?1 LIMIT %d)", r->date, STORE_PURGE_MAX);
	wbuf_u8(&w, 0);
	return w.full ? ENAMETOOLONG : 0;
}
