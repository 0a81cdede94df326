/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the files of week share; nobody else includes it. */
#ifndef APP_WEEK_INNER_H
#define APP_WEEK_INNER_H

#include "app/week.h"

#define DAY_NONE -1 /* in JSON: null */

/* In ask->known. */
struct week_known {
	int32_t today; /* of the house's calendar */
	uint16_t minute; /* of it */
	char token[65]; /* for a calendar: made for each question, mostly for nothing */
	struct app_week_config week;
	size_t n;
	struct app_week_member members[];
};

/* A week of everybody, and the one whom it is about. */
struct week_view {
	const struct week_known *known;
	struct store_week w;
	size_t self; /* index */
	unsigned first; /* earlier days are over */
	int32_t monday;
};

/* week_json.c; the packers return NULL without memory */
json_t *week_plan_json(const struct week_plan *plan);
/* False: that is no plan, or not a fit one. */
bool week_plan_of_json(const json_t *j, struct week_plan *out);
json_t *week_broken_json(
	const struct week_view *v, const struct week_broken *b, size_t n);
json_t *week_shifts_json(struct week_view *v, bool is_house);
/* An index of a day of the week; DAY_NONE: null or none. False: something else. */
bool week_day_of_json(const json_t *j, const char *key, int *out);

/* week.c; 0, ENOENT when *out says what is wrong, or an errno */
int week_open(struct sqlite3 *db, const struct api_ask *ask, const char *week,
	bool is_past_good, struct week_view *v, struct web_answer *out);
void week_close(struct week_view *v);
/* Checks, and writes where nothing hard is broken; answers, with further members of `more` (taken over). */
int week_change(struct sqlite3 *db, const struct week_view *v,
	const struct week_change *changes, size_t n, json_t *more,
	struct web_answer *out);
/* week_more.c: swaps, calendar, the way; *out is the caller's also on failure */
int week_beside_json(struct sqlite3 *db, const struct week_view *v, json_t **out);

#define WEEK_TOLD ENOENT /* the answer is there */

#endif
