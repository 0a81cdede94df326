/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* pulse -- see pulse.h.  Such jobs are rare, so a statement is prepared when it is needed. */
#include "store/pulse.h"

#include <string.h>

#include "store/inner.h"

static int64_t week_ms(int32_t monday)
{
	return monday * PULSE_DAY_MS;
}

/* Runs it with up to three integers, and finalizes it. */
static int run(sqlite3 *db, const char *sql, int64_t a, int64_t b, int64_t c)
{
	const int64_t values[] = { a, b, c };
	sqlite3_stmt *s = NULL;
	int err = db_prepare(&s, db, sql);

	for (int i = 0; !err && i < sqlite3_bind_parameter_count(s) && i < 3; i++)
		sqlite3_bind_int64(s, i + 1, values[i]);
	if (!err)
		err = db_errno(db_run(s, NULL, NULL));
	sqlite3_finalize(s);
	return err;
}

int store_pulse_answered(sqlite3 *db, int32_t monday, uint64_t agent, bool *out)
{
	sqlite3_stmt *s = NULL;
	int64_t one;
	bool any = false;
	int err = db_prepare(
		&s, db, "SELECT 1 FROM pulse_answered WHERE week_ms = ?1 AND agent = ?2");

	if (err)
		return err;
	sqlite3_bind_int64(s, 1, week_ms(monday));
	db_bind_id(s, 2, agent);
	err = db_errno(db_run(s, &one, &any));
	sqlite3_finalize(s);
	if (!err)
		*out = any;
	return err;
}

/* Rows of one week follow each other. */
static int read_weeks(
	sqlite3_stmt *s, struct store_pulse_week *out, size_t cap, size_t *n)
{
	size_t found = 0;
	int rc;

	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		int32_t monday = (int32_t)(sqlite3_column_int64(s, 0) / PULSE_DAY_MS);
		int answer = sqlite3_column_int(s, 1);

		if (found == 0 || out[found - 1].monday != monday) {
			if (found == cap)
				break;
			out[found++] = (struct store_pulse_week){ .monday = monday };
		}
		if (answer >= 1 && answer <= PULSE_ANSWERS)
			out[found - 1].counts.n[answer - 1] = (uint32_t)
				sqlite3_column_int64(s, 2);
	}
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return db_errno(rc);
	*n = found;
	return 0;
}

int store_pulse_weeks(sqlite3 *db, int32_t this_monday, struct store_pulse_week *out,
	size_t cap, size_t *n)
{
	sqlite3_stmt *s = NULL;
	int err = db_prepare(&s, db,
		"SELECT week_ms, answer, n FROM pulse WHERE week_ms < ?1"
		" ORDER BY week_ms DESC, answer");

	if (err)
		return err;
	sqlite3_bind_int64(s, 1, week_ms(this_monday));
	err = read_weeks(s, out, cap, n);
	sqlite3_finalize(s);
	return err;
}

static int add_counts(sqlite3 *db, const struct store_pulse_week *w)
{
	int err = 0;

	for (int i = 0; !err && i < PULSE_ANSWERS; i++)
		if (w->counts.n[i])
			err = run(db,
				"INSERT INTO pulse (week_ms, answer, n)"
				" VALUES (?1, ?2, ?3) ON CONFLICT (week_ms, answer)"
				" DO UPDATE SET n = n + excluded.n",
				week_ms(w->monday), i + 1, w->counts.n[i]);
	return err;
}

int store_pulse_put(sqlite3 *db, const struct store_pulse_week *group,
	const uint64_t *agents, size_t n)
{
	int err = add_counts(db, group);

	for (size_t i = 0; !err && i < n; i++)
		err = run(db,
			"INSERT INTO pulse_answered (week_ms, agent)"
			" SELECT ?1, id FROM agent WHERE id = ?2"
			" ON CONFLICT DO NOTHING",
			week_ms(group->monday), (int64_t)agents[i], 0);
	return err;
}

/* Those that the rule does not let be shown, a hundred at a time: there are as many as weeks without a start. */
static int drop_hidden(sqlite3 *db, int32_t this_monday)
{
	struct store_pulse_week weeks[100];
	size_t n = 0;
	int err = store_pulse_weeks(
		db, this_monday, weeks, sizeof weeks / sizeof *weeks, &n);

	for (size_t i = 0; !err && i < n; i++)
		if (!pulse_may_show(&weeks[i].counts, weeks[i].monday, this_monday))
			err = run(db, "DELETE FROM pulse WHERE week_ms = ?1",
				week_ms(weeks[i].monday), 0, 0);
	return err;
}

int store_pulse_close(
	sqlite3 *db, int32_t this_monday, const struct store_pulse_week *last)
{
	int err = add_counts(db, last);

	if (!err)
		err = run(db, "DELETE FROM pulse_answered WHERE week_ms < ?1",
			week_ms(this_monday), 0, 0);
	return err ? err : drop_hidden(db, this_monday);
}
