/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * plan -- what heimamt plan is made of: its options, a day's file, the figures, and how they are told.
 *
 * Nothing is written to standard output before all of it is known.  Complaints go to standard error, with the place and
 * the mend.  One thread.
 */
#ifndef MAIN_PLAN_H
#define MAIN_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "core/stats/staffing.h"

#define PLAN_ROWS_MAX 1440 /* a day has as many minutes */
#define PLAN_START_MAX \
	32 /* with its NUL: a time of day, and a date where somebody likes one */
#define PLAN_FILE_MAX \
	262144 /* bytes of a day's file; with what spreadsheets add, 180 a row */

/* What a number on the command line or in a file may be. */
enum plan_number {
	PLAN_CALLS,
	PLAN_INTERVAL,
	PLAN_AHT,
	PLAN_PATIENCE,
	PLAN_WITHIN,
	PLAN_LEVEL,
	PLAN_AGENTS,
	PLAN_OCCUPANCY,
	PLAN_SHRINKAGE,
	PLAN_HOME,
	PLAN_OFFICE_ONLY,
	PLAN_NUMBERS,
};

struct plan_options {
	double number[PLAN_NUMBERS]; /* seconds, shares of 1, counts */
	bool is_given[PLAN_NUMBERS]; /* the others have their default, or 0 */
	const char *day; /* path; NULL: one interval */
	bool json;
};

struct plan_row {
	char start[PLAN_START_MAX]; /* empty: not from a file */
	size_t line, column; /* of `calls` in the file */
	double calls, aht_s;
	/* from plan_solve() on */
	struct erlang_demand demand;
	unsigned agents, scheduled;
	struct erlang_figures figures;
	bool is_met; /* the goal */
	struct plan_office {
		struct staffing_split split;
		unsigned total; /* agents, where the office-only calls are kept apart */
		unsigned home, home_max; /* of them, wanted and possible */
		bool is_enough; /* total is office and rest; else --agents is too few */
		bool is_home_possible;
	} office; /* with --office-only */
};

struct plan_day {
	size_t n;
	struct plan_row rows[PLAN_ROWS_MAX];
};

/* Reads the command line. 0; or an exit status + 1: the command is over (help, or a mistake that was told). */
int plan_options_read(struct plan_options *o, int argc, char **argv);

/* A decimal number, or a share as 0.8 or 80%; within what `kind` allows.  Else false. */
bool plan_number_read(double *out, enum plan_number kind, struct slice text);

/* What `kind` wants, for a complaint: "a number of seconds from 1 to 100000000". */
const char *plan_number_wants(enum plan_number kind);

/* Reads a day's file.  0; what cannot be read is told.  errno of the file, EFBIG, EINVAL. */
int plan_day_read(struct plan_day *day, const char *path, double interval_s);

/* The same for its text; path: for complaints. */
int plan_day_parse(
	struct plan_day *day, const char *path, struct slice text, double interval_s);

/* The figures of one row; what cannot be is told. */
int plan_solve(struct plan_row *row, const struct plan_options *o);

/* Tells the figures on standard output: a page for people, or JSON.  ENOMEM. */
void plan_print_one(const struct plan_options *o, const struct plan_row *row);
void plan_print_day(const struct plan_options *o, const struct plan_day *day);
int plan_json_one(const struct plan_options *o, const struct plan_row *row);
int plan_json_day(const struct plan_options *o, const struct plan_day *day);

/* A day in one line. */
struct plan_sum {
	double calls, answered_within, abandoned; /* numbers of calls */
	double agent_hours, scheduled_hours;
	const struct plan_row *peak; /* most agents; NULL without rows */
	const struct plan_row *office_peak; /* most agents at the office */
	size_t n_missed; /* rows that miss the goal */
	size_t n_home_impossible;
	const struct plan_row *home_impossible; /* the first of them */
};
void plan_add_up(
	struct plan_sum *sum, const struct plan_options *o, const struct plan_day *day);

#endif
