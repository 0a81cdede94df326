/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* week -- plans, wishes and needs.  See week.h. */
#include "store/week.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/week_inner.h"

static void bind_all(sqlite3_stmt *s, const int64_t *v, int n)
{
	for (int i = 0; i < n; i++)
		sqlite3_bind_int64(s, i + 1, v[i]);
}

int week_run(sqlite3 *db, const char *sql, const int64_t *v, int n)
{
	sqlite3_stmt *s = NULL;
	int err = db_prepare(&s, db, sql);

	if (err)
		return err;
	bind_all(s, v, n);
	int rc = db_run(s, NULL, NULL);

	sqlite3_finalize(s);
	return rc ? db_fail(db, rc, "week plan") : 0;
}

int week_each(
	sqlite3 *db, const char *sql, const int64_t *v, int n, week_row_h *row, void *arg)
{
	sqlite3_stmt *s = NULL;
	int rc = SQLITE_DONE;
	int err = db_prepare(&s, db, sql);

	if (err)
		return err;
	bind_all(s, v, n);
	while (!err && (rc = sqlite3_step(s)) == SQLITE_ROW)
		err = row(arg, s);
	if (!err && rc != SQLITE_DONE)
		err = db_fail(db, rc, "week plans");
	sqlite3_finalize(s);
	return err;
}

/* --- reading --- */

static bool column_copy(sqlite3_stmt *s, int at, char dst[STORE_NAME_MAX])
{
	const char *text = (const char *)sqlite3_column_text(s, at);

	return text && text_copy(dst, STORE_NAME_MAX, text) == 0;
}

/* Longer by one, in place; false: no memory, and nothing is lost. */
static bool grow(void **array, size_t n, size_t size)
{
	void *more = reallocarray(*array, n + 1, size);

	*array = more ? more : *array;
	return more;
}

static int add_person(void *arg, sqlite3_stmt *s)
{
	struct store_week *w = arg;
	uint64_t id = (uint64_t)sqlite3_column_int64(s, 0);
	struct store_agent *ag;

	if (!grow((void **)&w->people, w->n, sizeof *w->people) ||
		!grow((void **)&w->agents, w->n, sizeof *w->agents))
		return ENOMEM;
	ag = &w->agents[w->n];
	w->people[w->n] = (struct week_person){ .agent = id,
		.wants_home = sqlite3_column_int(s, 3),
		.ended_min = -1,
		.begins_min = -1 };
	*ag = (struct store_agent){ .id = id };
	if (!column_copy(s, 1, ag->login) || !column_copy(s, 2, ag->name))
		return EIO;
	w->n++;
	return 0;
}

size_t store_week_find(const struct store_week *w, uint64_t agent)
{
	size_t low = 0, high = w->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (w->people[middle].agent == agent)
			return middle;
		if (w->people[middle].agent < agent)
			low = middle + 1;
		else
			high = middle;
	}
	return w->n;
}

/* By day and begin, so the last of the Sunday before stays, and the first of the Monday after. */
static int add_span(void *arg, sqlite3_stmt *s)
{
	struct store_week *w = arg;
	size_t i = store_week_find(w, (uint64_t)sqlite3_column_int64(s, 0));
	int day = (int)(sqlite3_column_int64(s, 1) - w->monday);
	struct week_span span = { .from = (uint16_t)sqlite3_column_int(s, 2),
		.to = (uint16_t)sqlite3_column_int(s, 3) };
	const char *place = (const char *)sqlite3_column_text(s, 4);
	struct week_person *p;

	if (i == w->n || !place || !week_place_of(place, &span.place))
		return EIO;
	p = &w->people[i];
	if (day < 0)
		p->ended_min = (int16_t)span.to;
	else if (day >= WEEK_DAYS)
		p->begins_min = p->begins_min < 0 ? (int16_t)span.from : p->begins_min;
	else if (p->plan.days[day].n < WEEK_SPANS_MAX)
		p->plan.days[day].spans[p->plan.days[day].n++] = span;
	else
		return EIO;
	return 0;
}

static int add_absence(void *arg, sqlite3_stmt *s)
{
	struct store_week *w = arg;
	size_t i = store_week_find(w, (uint64_t)sqlite3_column_int64(s, 0));
	int day = (int)(sqlite3_column_int64(s, 1) - w->monday);

	if (i == w->n)
		return EIO;
	if (day < 0)
		w->people[i].ended_min = -1;
	else if (day >= WEEK_DAYS)
		w->people[i].begins_min = -1;
	else
		w->people[i].plan.days[day].is_absent = true;
	return 0;
}

static int add_need(void *arg, sqlite3_stmt *s)
{
	struct store_week *w = arg;
	int day = sqlite3_column_int(s, 0), half = sqlite3_column_int(s, 1);

	/* the schema has their limits */
	w->need.agents[day][half] = (uint16_t)sqlite3_column_int(s, 2);
	w->need.strict[day][half] = (uint16_t)sqlite3_column_int(s, 3);
	return 0;
}

#define AROUND " WHERE day BETWEEN ?1 AND ?2" /* with the days before and after */

int store_week_read(sqlite3 *db, int32_t monday, struct store_week *out)
{
	static const struct {
		const char *sql;
		int n;
		week_row_h *row;
	} reads[] = {
		{ "SELECT a.id, a.login, a.name, w.agent IS NOT NULL FROM agent a"
		  " LEFT JOIN plan_wish w ON w.agent = a.id ORDER BY a.id",
			0, add_person },
		{ "SELECT agent, day, begins, ends, place FROM plan_span" AROUND
		  " ORDER BY agent, day, begins",
			2, add_span },
		{ "SELECT agent, day FROM plan_absence" AROUND, 2, add_absence },
		{ "SELECT weekday, half, agents, strict FROM plan_need", 0, add_need },
	};
	const int64_t days[] = { monday - 1, monday + WEEK_DAYS };
	struct store_week w = { .monday = monday };
	int err = 0;

	for (size_t i = 0; !err && i < sizeof reads / sizeof *reads; i++)
		err = week_each(db, reads[i].sql, days, reads[i].n, reads[i].row, &w);
	if (err) {
		store_week_close(&w);
		return err;
	}
	*out = w;
	return 0;
}

void store_week_close(struct store_week *w)
{
	free(w->people);
	free(w->agents);
	*w = (struct store_week){ 0 };
}

/* --- writing --- */

static int put_span(
	sqlite3 *db, uint64_t agent, int32_t day, const struct week_span *span)
{
	const int64_t v[] = { (int64_t)agent, day, span->from, span->to };

	return week_run(db,
		span->place == WEEK_HOME
			? "INSERT INTO plan_span VALUES (?1, ?2, ?3, ?4, 'home')"
			: "INSERT INTO plan_span VALUES (?1, ?2, ?3, ?4, 'office')",
		v, 4);
}

static int put_day(sqlite3 *db, uint64_t agent, int32_t day, const struct week_day *d)
{
	const int64_t v[] = { (int64_t)agent, day };
	int err = d->is_absent
		? week_run(db, "INSERT INTO plan_absence VALUES (?1, ?2)", v, 2)
		: 0;

	for (unsigned i = 0; !err && i < d->n; i++)
		err = put_span(db, agent, day, &d->spans[i]);
	return err;
}

int store_week_put(sqlite3 *db, uint64_t agent, int32_t monday,
	const struct week_plan *plan, unsigned first)
{
	const int64_t v[] = { (int64_t)agent, monday + (int64_t)first,
		monday + WEEK_DAYS - 1 };
	int err = week_run(db,
		"DELETE FROM plan_span WHERE agent = ?1 AND day BETWEEN ?2 AND ?3", v, 3);

	if (!err)
		err = week_run(db,
			"DELETE FROM plan_absence WHERE agent = ?1 AND day BETWEEN ?2 "
			"AND ?3",
			v, 3);
	for (unsigned day = first; !err && day < WEEK_DAYS; day++)
		err = put_day(db, agent, monday + (int32_t)day, &plan->days[day]);
	return err;
}

int store_week_wish(sqlite3 *db, uint64_t agent, bool wants_home)
{
	const int64_t v[] = { (int64_t)agent };

	return week_run(db,
		wants_home ? "INSERT INTO plan_wish VALUES (?1) ON CONFLICT DO NOTHING"
			   : "DELETE FROM plan_wish WHERE agent = ?1",
		v, 1);
}

static int put_need_of_day(sqlite3 *db, const struct week_need *need, int day)
{
	int err = week_run(
		db, "DELETE FROM plan_need WHERE weekday = ?1", (int64_t[]){ day }, 1);

	for (int h = 0; !err && h < WEEK_HALVES; h++) {
		const int64_t v[] = { day, h, need->agents[day][h],
			need->strict[day][h] };

		if (v[2] || v[3])
			err = week_run(db,
				"INSERT INTO plan_need VALUES (?1, ?2, ?3, ?4)", v, 4);
	}
	return err;
}

int store_week_put_need(sqlite3 *db, const struct week_need *need, uint8_t days)
{
	int err = 0;

	for (int day = 0; !err && day < WEEK_DAYS; day++)
		if (days >> day & 1)
			err = put_need_of_day(db, need, day);
	return err;
}
