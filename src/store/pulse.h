/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * pulse -- the weekly question in the records: a histogram a week, and who has answered, apart from it.
 *
 * Answers arrive in groups that core/home/pulse.h allows to be told, counts and names in one transaction, so that
 * no two states of the file, nor a backup or the log beside it, tell one person's answer.  For jobs of
 * store_ask(): on a thread of the store, with its connection.
 */
#ifndef STORE_PULSE_H
#define STORE_PULSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/home/pulse.h"

struct sqlite3;

struct store_pulse_week {
	int32_t monday; /* days since 1970 */
	struct pulse_counts counts;
};

/* Has the agent answered that week, as far as the disk knows? */
int store_pulse_answered(struct sqlite3 *db, int32_t monday, uint64_t agent, bool *out);
/* The weeks before this one, newest first, at most cap; also those that may not be shown. */
int store_pulse_weeks(struct sqlite3 *db, int32_t this_monday,
	struct store_pulse_week *out, size_t cap, size_t *n);
/* One group. An agent that is gone is left out. */
int store_pulse_put(struct sqlite3 *db, const struct store_pulse_week *group,
	const uint64_t *agents, size_t n);
/* Weeks before this one are over: last (n all 0: nothing) is added to its week, who answered is forgotten, and a
 * histogram that may not be shown goes. */
int store_pulse_close(
	struct sqlite3 *db, int32_t this_monday, const struct store_pulse_week *last);

#endif
