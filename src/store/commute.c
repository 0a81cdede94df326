/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * commute -- what working at home spared of the way to the office.  See week.h.
 *
 * An agent may say how long the way is.  While that is said, each day that was planned at home as a whole is counted
 * when it is over: as a number, so that the plan of the past need not be kept.  A month that is over becomes one sum
 * of all, where five or more had a part in it, rounded so that one who comes or leaves does not stand out [N5].
 */
#include <errno.h>

#include "store/week.h"
#include "store/week_inner.h"

#define MONTHS     12
#define HOURS_STEP 10 /* to which the sum of all is rounded */
#define KM_STEP    100
#define SUM_MONTHS 13 /* a year, and the month to compare it with */

static int32_t month_of(int32_t day)
{
	struct week_date d = week_date_of(day);

	return d.year * MONTHS + d.month - 1;
}

static int32_t first_day_of(int32_t month)
{
	return week_day_of(month / MONTHS, (unsigned)(month % MONTHS) + 1, 1);
}

static int read_commute(void *arg, sqlite3_stmt *s)
{
	*(struct store_commute *)arg = (struct store_commute){
		.minutes = (unsigned)sqlite3_column_int(s, 0),
		.metres = (unsigned)sqlite3_column_int(s, 1),
		.year_days = (unsigned)sqlite3_column_int(s, 2),
	};
	return EEXIST; /* found */
}

int store_commute_read(sqlite3 *db, uint64_t agent, struct store_commute *out)
{
	int err = week_each(db,
		"SELECT minutes, metres, year_days FROM commute WHERE agent = ?1",
		(const int64_t[]){ (int64_t)agent }, 1, read_commute, out);

	return err == EEXIST ? 0 : err ? err : ENOENT;
}

int store_commute_put(
	sqlite3 *db, uint64_t agent, const struct store_commute *c, int32_t today)
{
	const int64_t v[] = { (int64_t)agent, c->minutes, c->metres, month_of(today),
		today };

	return week_run(db,
		"INSERT INTO commute VALUES (?1, ?2, ?3, ?4, 0, 0, ?5)"
		" ON CONFLICT (agent) DO UPDATE SET minutes = excluded.minutes,"
		" metres = excluded.metres",
		v, 5);
}

int store_commute_drop(sqlite3 *db, uint64_t agent)
{
	return week_run(db, "DELETE FROM commute WHERE agent = ?1",
		(const int64_t[]){ (int64_t)agent }, 1);
}

static int read_sum(void *arg, sqlite3_stmt *s)
{
	*(struct store_commute_sum *)arg = (struct store_commute_sum){
		.month = sqlite3_column_int(s, 0),
		.hours = (unsigned)sqlite3_column_int(s, 1),
		.kilometres = (unsigned)sqlite3_column_int(s, 2),
	};
	return EEXIST;
}

int store_commute_sum(sqlite3 *db, struct store_commute_sum *out)
{
	int err = week_each(db,
		"SELECT month, hours, kilometres FROM commute_sum ORDER BY month DESC",
		NULL, 0, read_sum, out);

	return err == EEXIST ? 0 : err ? err : ENOENT;
}

/* The days before `end` of those that count this month. A day at home is one without the way to the office. */
static int count_days(sqlite3 *db, int32_t month, int32_t end)
{
#define DAYS                                                                           \
	"(SELECT count(DISTINCT s.day) FROM plan_span s WHERE s.agent = commute.agent" \
	" AND s.place = 'home' AND s.day >= counted_to AND s.day < ?2"                 \
	" AND NOT EXISTS (SELECT 1 FROM plan_span o WHERE o.agent = s.agent"           \
	" AND o.day = s.day AND o.place = 'office')"                                   \
	" AND NOT EXISTS (SELECT 1 FROM plan_absence x WHERE x.agent = s.agent"        \
	" AND x.day = s.day))"
	return week_run(db,
		"UPDATE commute SET month_days = month_days + " DAYS
		", year_days = year_days + " DAYS
		", counted_to = ?2 WHERE month = ?1 AND counted_to < ?2",
		(const int64_t[]){ month, end }, 2);
}

/* There and back. */
static int close_month(sqlite3 *db, int32_t month)
{
	const int64_t v[] = { month, STORE_SUM_LEAST, (int64_t)HOURS_STEP * 60,
		HOURS_STEP, (int64_t)KM_STEP * 1000, KM_STEP };
	int err = week_run(db,
		"INSERT INTO commute_sum SELECT ?1,"
		" (sum(2 * minutes * month_days) + ?3 / 2) / ?3 * ?4,"
		" (sum(2 * metres * month_days) + ?5 / 2) / ?5 * ?6"
		" FROM commute WHERE month = ?1 AND month_days > 0 HAVING count(*) >= ?2"
		" ON CONFLICT DO NOTHING",
		v, 6);

	if (!err)
		err = week_run(db,
			"UPDATE commute SET month = month + 1, month_days = 0,"
			" year_days = iif((month + 1) % 12 = 0, 0, year_days) WHERE "
			"month = ?1",
			v, 1);
	return err;
}

static int first_month(void *arg, sqlite3_stmt *s)
{
	*(int32_t *)arg = sqlite3_column_int(s, 0);
	return 0;
}

static int count_to(sqlite3 *db, int32_t today)
{
	int32_t now = month_of(today), month;
	int err;

	do {
		month = now;
		err = week_each(db, "SELECT coalesce(min(month), ?1) FROM commute",
			(const int64_t[]){ now }, 1, first_month, &month);
		if (!err)
			err = count_days(
				db, month, month < now ? first_day_of(month + 1) : today);
		if (!err && month < now)
			err = close_month(db, month);
	} while (!err && month < now);
	if (!err)
		err = week_run(db, "DELETE FROM commute_sum WHERE month < ?1",
			(const int64_t[]){ now - SUM_MONTHS }, 1);
	return err;
}

int commute_count(sqlite3 *db, int32_t today)
{
	int err = db_exec(db, "BEGIN IMMEDIATE");

	if (err)
		return err;
	err = count_to(db, today);
	if (!err)
		err = db_exec(db, "COMMIT");
	if (err && !sqlite3_get_autocommit(db))
		db_exec(db, "ROLLBACK");
	return err;
}
