/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * people_plan -- what a spreadsheet of people would change, line by line, and what is wrong with it.
 *
 * A plan is made before anything is written, from the house as it is; what is applied is a plan without a wrong line, all
 * of it or nothing.  Who is not in the file stays as it is: leaving is a word of its own.
 *
 * Memory: people_plan_make() makes it, people_plan_free() ends it.  Any thread; no state.
 */
#ifndef APP_PEOPLE_PLAN_H
#define APP_PEOPLE_PLAN_H

#include <jansson.h>

#include "base/slice.h"
#include "store/people.h"

#define PEOPLE_LINES_MAX (2 * STORE_PEOPLE_MAX) /* then a file is somebody else's */

enum people_change { PEOPLE_SAME, PEOPLE_ADDED, PEOPLE_CHANGED, PEOPLE_WRONG };

struct people_line {
	size_t line; /* in the file */
	enum people_change change;
	enum person_fault fault; /* PEOPLE_WRONG */
	enum person_column column; /* in which; PERSON_COLUMNS: the whole line */
	char cell[PERSON_TEXT_MAX]; /* what stands there, or its beginning */
	uint64_t id; /* 0: somebody new */
	unsigned differs; /* PEOPLE_CHANGED: bits 1 << column */
	struct person is;
};

struct people_plan {
	struct people_line *lines;
	size_t n, counts[PEOPLE_WRONG + 1]; /* by change */
};

/* self: who asks, 0: the house. ENOMEM. */
int people_plan_make(struct people_plan **out, const struct store_people *house,
	struct slice csv, uint64_t self);
void people_plan_free(struct people_plan *p); /* NULL allowed */
/* Within a transaction; EINVAL: it has wrong lines, and nothing was written. done: told now and then; NULL. */
int people_plan_apply(struct sqlite3 *db, const struct store_people *house,
	const struct people_plan *p, uint16_t node, uint64_t by,
	void (*done)(size_t n, size_t of));
/* {"added":1,"changed":0,"unchanged":0,"lines":[...]}: the wrong ones, those added, and those changed. */
json_t *people_plan_json(const struct people_plan *p);
/* "changed" ... */
const char *people_change_word(enum people_change c);

/* {"login":..., "name":..., "workplace":..., "clearance":..., "roles":[...], "teams":[...], "skills":[...]} */
json_t *people_person_json(const struct store_people *house, const struct person *p);

#endif
