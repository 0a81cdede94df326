/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * holidays -- the holidays of Switzerland's cantons.
 *
 * After the list of the Federal Office of Justice, "Gesetzliche Feiertage und Tage, die in der Schweiz wie gesetzliche
 * Feiertage behandelt werden" (European Convention on the Calculation of Time-Limits, SR 0.221.122.3, Art. 11; as of
 * 1 January 2011): both kinds of it, for the whole of a canton or nearly so.  What holds in single municipalities or
 * for half a day is not here; docs/app.md names it.  Sundays are not either (Easter, Pentecost, the federal fast): they
 * are closed where Sundays are.  The law of the canton counts, and a house looks at the table that `heimamt hours` prints.
 *
 * Pure; no state; any thread.  Years 1970 to 2999.
 */
#ifndef CORE_HOLIDAYS_H
#define CORE_HOLIDAYS_H

#include <stddef.h>

#include "core/hours/hours.h"

#define HOLIDAYS_CANTONS     26
#define HOLIDAYS_OF_YEAR_MAX 24 /* TI has 15 */

enum holiday {
	HOLIDAY_NONE,
	HOLIDAY_NEW_YEAR,
	HOLIDAY_BERCHTOLD,
	HOLIDAY_EPIPHANY,
	HOLIDAY_REPUBLIC, /* NE */
	HOLIDAY_JOSEPH,
	HOLIDAY_GOOD_FRIDAY,
	HOLIDAY_EASTER_MONDAY,
	HOLIDAY_NAEFELS, /* GL */
	HOLIDAY_LABOUR,
	HOLIDAY_ASCENSION,
	HOLIDAY_WHIT_MONDAY,
	HOLIDAY_CORPUS_CHRISTI,
	HOLIDAY_PLEBISCITE, /* JU */
	HOLIDAY_PETER_PAUL,
	HOLIDAY_NATIONAL,
	HOLIDAY_ASSUMPTION,
	HOLIDAY_GENEVA_FAST,
	HOLIDAY_FAST_MONDAY, /* VD */
	HOLIDAY_BROTHER_KLAUS, /* OW */
	HOLIDAY_ALL_SAINTS,
	HOLIDAY_IMMACULATE,
	HOLIDAY_CHRISTMAS,
	HOLIDAY_STEPHEN,
	HOLIDAY_RESTORATION, /* GE */
	HOLIDAYS,
};

struct holiday_day {
	struct hours_date date;
	enum holiday what;
};

/* 1 to HOLIDAYS_CANTONS of "ZH", "BE" ...; 0: it is none. */
unsigned holidays_canton(const char *code);
/* The other way round; "" of 0. */
const char *holidays_canton_code(unsigned canton);

/* HOLIDAY_NONE: it is none there. Of two on one day the first of the enum. */
enum holiday holidays_at(unsigned canton, struct hours_date date);
/* In the order of the year; how many. */
size_t holidays_of(
	unsigned canton, unsigned year, struct holiday_day out[HOLIDAYS_OF_YEAR_MAX]);
/* In "de", "fr", "it"; any other language: in English. */
const char *holidays_name(enum holiday what, const char *language);

/* Easter Sunday. */
struct hours_date holidays_easter(unsigned year);

#endif
