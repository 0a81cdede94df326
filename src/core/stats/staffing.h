/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * staffing -- how many agents a house needs, and how many of them at the office.
 *
 * Pure; no allocation, any thread.  Numbers and errors are those of erlang.h.
 *
 * Cost: some forty erlang_solve().
 */
#ifndef CORE_STAFFING_H
#define CORE_STAFFING_H

#include <stdbool.h>

#include "core/stats/erlang.h"

/* What is wanted: each is met within a billionth, which is for rounding. */
struct staffing_goal {
	double service_level; /* at least, below 1 */
	double max_occupancy; /* at most; 1: as it comes */
};

/* Calls that only the office may take, kept apart from all others. */
struct staffing_split {
	unsigned office; /* least agents for these calls alone */
	unsigned rest; /* least agents for the others alone, who may sit anywhere */
	struct erlang_figures office_figures, rest_figures;
};

bool staffing_is_met(const struct erlang_figures *f, const struct staffing_goal *goal);

/*
 * The least agents that meet the goal, with their figures; none without calls.  ENOSPC: more than
 * ERLANG_AGENTS_MAX; else what erlang_solve() says.
 */
int staffing_least(unsigned *agents, struct erlang_figures *out,
	const struct erlang_demand *d, const struct staffing_goal *goal);

/*
 * Where the share office_only (0 ... 1) of the calls may be taken at the office only: each part as a system of
 * its own.  With fewer than `office` agents at the office these calls cannot have their service level, whoever
 * else is there; with as many, and kept for them, they have it, and so have the others with `rest` more.
 */
int staffing_split(struct staffing_split *out, const struct erlang_demand *d,
	const struct staffing_goal *goal, double office_only);

/* Of so many agents, those at home when at least the share `home` shall be. */
unsigned staffing_home(unsigned agents, double home);

/* Agents on the schedule, so that so many are there when the share `shrinkage` (at most 0.99) is not. */
unsigned staffing_scheduled(unsigned agents, double shrinkage);

#endif
