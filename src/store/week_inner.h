/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the files about week plans share; nobody else includes it. */
#ifndef STORE_WEEK_INNER_H
#define STORE_WEEK_INNER_H

#include "store/inner.h"

/* Nonzero ends the reading, and is its answer. */
typedef int week_row_h(void *arg, sqlite3_stmt *row);

/* Statements whose parameters ?1 ... are v[0..n). */
int week_run(sqlite3 *db, const char *sql, const int64_t *v, int n);
int week_each(sqlite3 *db, const char *sql, const int64_t *v, int n, week_row_h *row,
	void *arg);

#endif
