/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * week -- week plans in the records, and what belongs to them: wishes, needs, swaps, calendars, the way saved.
 *
 * Each function works on the connection that it is given, within whatever transaction that is in; the caller's thread.
 * 0, or an errno whose cause is in the log.  Days and weeks are those of core/home/week.h.
 */
#ifndef STORE_WEEK_H
#define STORE_WEEK_H

#include "core/home/agreement.h"
#include "core/home/week.h"
#include "store/store.h"

struct sqlite3;

#define STORE_COMMUTE_MIN_MAX 600 /* one way */
#define STORE_COMMUTE_M_MAX   1000000
#define STORE_SUM_LEAST       5 /* agents [RULES N5] */
#define STORE_SWAPS_MAX       256 /* a week; a page shows them all */

/* Everybody's week. Owned by who read it. */
struct store_week {
	int32_t monday;
	struct week_person *
		people; /* by agent; site, team_days and is_strict are the caller's to fill */
	struct store_agent *agents; /* the same ones */
	size_t n;
	struct week_need need;
};
int store_week_read(struct sqlite3 *db, int32_t monday, struct store_week *out);
void store_week_close(struct store_week *w); /* zeroed allowed */
/* The index of an agent; n: not there. */
size_t store_week_find(const struct store_week *w, uint64_t agent);

/* In place of what was planned from the day `first` of that week on. */
int store_week_put(struct sqlite3 *db, uint64_t agent, int32_t monday,
	const struct week_plan *plan, unsigned first);
int store_week_wish(struct sqlite3 *db, uint64_t agent, bool wants_home);
/* Of the weekdays in `days` (bit 0: Monday), in place of what was. */
int store_week_put_need(struct sqlite3 *db, const struct week_need *need, uint8_t days);

struct store_swap {
	uint64_t id, agent;
	int32_t day;
	int32_t back; /* a day of the same week; -1: nothing in return */
};
/* Those of a week from `day` on, by day; *n at most STORE_SWAPS_MAX. */
int store_swaps_read(struct sqlite3 *db, int32_t from, int32_t to,
	struct store_swap out[STORE_SWAPS_MAX], size_t *n);
/* In place of an earlier one of that agent and day. */
int store_swap_put(struct sqlite3 *db, const struct store_swap *swap);
int store_swap_find(struct sqlite3 *db, uint64_t id, struct store_swap *out); /* ENOENT */
int store_swap_drop(struct sqlite3 *db, uint64_t id);

/* The calendar's token, by its hash; NULL: none any more. */
int store_feed_put(struct sqlite3 *db, uint64_t agent,
	const uint8_t hash[STORE_HASH_SIZE], enum home_language language);
int store_feed_has(struct sqlite3 *db, uint64_t agent, bool *has);
/* ENOENT: nobody's. */
int store_feed_find(struct sqlite3 *db, const uint8_t hash[STORE_HASH_SIZE],
	uint64_t *agent, enum home_language *language);

struct store_commute {
	unsigned minutes, metres; /* one way */
	unsigned year_days; /* at home this year, up to yesterday, since it was stated */
};
int store_commute_read(
	struct sqlite3 *db, uint64_t agent, struct store_commute *out); /* ENOENT */
/* `today`: from when on days count; a changed statement keeps what was counted. */
int store_commute_put(
	struct sqlite3 *db, uint64_t agent, const struct store_commute *c, int32_t today);
int store_commute_drop(struct sqlite3 *db, uint64_t agent);
/* What all together were spared in the last month that is over. ENOENT: too few, or nobody counted. */
struct store_commute_sum {
	int32_t month; /* twelve times the year, and 0 to 11 */
	unsigned hours, kilometres;
};
int store_commute_sum(struct sqlite3 *db, struct store_commute_sum *out);

#endif
