/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * purge -- removes what is past its date, by the rules of the register (own_table.c has the dates and their reasons).
 *
 * A bounded number of rows a statement, each statement its own transaction, so that calls never wait
 * long behind a large removal.  Writer thread.
 */
#include "store/inner.h"

static int run_one(sqlite3 *db, const char *sql, int64_t before_ms, bool *more)
{
	sqlite3_stmt *s = NULL;
	int err = db_prepare(&s, db, sql);

	if (err)
		return err;
	sqlite3_bind_int64(s, 1, before_ms);
	int rc = db_run(s, NULL, NULL);

	if (rc)
		err = db_fail(db, rc, "removal of old rows");
	else if (sqlite3_changes(db) >= STORE_PURGE_MAX)
		*more = true;
	sqlite3_finalize(s);
	return err;
}

static int run_rule(sqlite3 *db, const struct own_table *t, const struct own_rule *r,
	int64_t now_ms, bool *more)
{
	char sql[OWN_SQL_MAX];
	int err = own_purge_sql(t, r, sql);

	return err ? err : run_one(db, sql, now_ms - r->days * STORE_DAY_MS, more);
}

int purge_run(sqlite3 *db, int64_t now_ms, bool *more)
{
	/* before the plans go from which it counts */
	int err = commute_count(db, db_day(now_ms));

	*more = false;
	for (size_t i = 0; i < own_tables_n; i++)
		for (int j = 0; !err && j < OWN_RULES_MAX; j++)
			if (own_tables[i].rules[j].date)
				err = run_rule(db, &own_tables[i],
					&own_tables[i].rules[j], now_ms, more);
	return err;
}
