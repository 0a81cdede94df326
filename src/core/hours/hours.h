/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * hours -- is a queue open at this moment of the civil calendar, and when does that change?
 *
 * Pure, without a clock and without time zones: a moment is what calendar and clock on the wall show, and
 * whoever asks does so anew each minute.  So a change of clocks needs no arithmetic here: what the clock skips is
 * never asked for, what it shows twice is answered twice.
 *
 * A span belongs to the day on which it begins, also one that ends on the next.  On a closed day none begins, and
 * one that began the evening before ends at midnight; so also before a day with hours of its own.  Of what is said of a
 * day the most particular counts: its own hours, then that it is closed, then that it is a holiday.
 * Cost: spans times closed days at each question, a few hundred comparisons at most; the next change asks for
 * each minute at which something may change, HOURS_AHEAD_DAYS far.  Any thread; no state.
 */
#ifndef CORE_HOURS_H
#define CORE_HOURS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HOURS_SPANS_MAX   32 /* four a day of the week, and some */
#define HOURS_CLOSED_MAX  64 /* the holidays of three years */
#define HOURS_SPECIAL_MAX 32 /* days with hours of their own: a year has a dozen eves */
#define HOURS_DAY_MIN     1440
#define HOURS_AHEAD_DAYS  400 /* over a year that is closed as a whole */

struct hours_date {
	uint16_t year; /* 1970 ..; of a closed day 0: each year */
	uint8_t month, day; /* from 1 */
};

/* A moment as the wall shows it. */
struct hours_moment {
	struct hours_date date;
	uint8_t weekday; /* 0: Monday */
	uint16_t minute; /* of the day */
};

struct hours_span {
	uint8_t days; /* bit 0: Monday */
	uint16_t from,
		to; /* minutes of the day; to <= from: on the next day; at most HOURS_DAY_MIN */
};

/* A day with hours of its own, whatever else it is; it may have several. */
struct hours_special {
	struct hours_date date;
	uint16_t from, to; /* of that day alone; both 0: closed */
};

struct hours {
	struct hours_span spans[HOURS_SPANS_MAX];
	size_t n_spans; /* 0: always open, but for the closed days */
	struct hours_date closed[HOURS_CLOSED_MAX];
	size_t n_closed;
	uint8_t canton; /* closed on its holidays: core/holidays; 0: of none */
	struct hours_date open[HOURS_CLOSED_MAX]; /* but not on these */
	size_t n_open;
	struct hours_special special[HOURS_SPECIAL_MAX];
	size_t n_special;
};

/* What a day is, besides its weekday. */
enum hours_day {
	HOURS_USUAL,
	HOURS_CLOSED, /* closed[] says so */
	HOURS_HOLIDAY,
	HOURS_SPECIAL,
};
enum hours_day hours_day_of(const struct hours *h, struct hours_date date);

/* The same days and times, said in the same order. */
bool hours_are_same(const struct hours *a, const struct hours *b);

/* Nothing is said of it: there is nothing to ask for. */
static inline bool hours_are_always(const struct hours *h)
{
	return h->n_spans == 0 && h->n_closed == 0 && !h->canton && h->n_special == 0;
}

bool hours_are_open(const struct hours *h, const struct hours_moment *at);

/* The next minute at which it is otherwise. False: not within HOURS_AHEAD_DAYS. */
bool hours_next(
	const struct hours *h, const struct hours_moment *at, struct hours_moment *out);

/* "Mo-Fr 08:00-18:00", "Sa,Su 10:00-12:00", "22:00-06:00" for each day; 24:00 is an end. EINVAL. */
int hours_parse_span(struct hours_span *out, const char *text);
/* "2026-12-25", or "08-01" for each year. EINVAL: not one, or no day of the calendar. */
int hours_parse_date(struct hours_date *out, const char *text);

/* "2026-12-24 08:00-12:00", "12-31 10:00-14:00", "2026-06-05 closed". EINVAL. */
int hours_parse_special(struct hours_special *out, const char *text);

/* The day after; of the Gregorian calendar. */
struct hours_date hours_tomorrow(struct hours_date date);

#endif
