/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * week -- who means to work where, in one week of the house, and what a change of that would break.
 *
 * A week is that of ISO 8601: from Monday to Sunday.  A plan is a wish and an arrangement, never an observation: nobody
 * is looked after whether it was kept [RULES N1, N11].  An absence has no reason [N4, N10].
 *
 * The house's rules are of two kinds.  Hard ones refuse a change that makes them worse: the seats of an office
 * on a day, and as many agents there with clearance `strict` as a half-hour needs.  All others are hints: fewer
 * agents than needed, the team day, the home days that were promised, and working time.  An absence is
 * never refused, whatever it breaks, for who is ill is ill.
 * Hints about one agent are told of the agents whose plans change; what concerns all, where it becomes worse.
 *
 * Pure; memory is the caller's.  Any thread.  Cost: agents times spans, twice; a thousand agents take microseconds.
 */
#ifndef CORE_HOME_WEEK_H
#define CORE_HOME_WEEK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WEEK_DAYS      7
#define WEEK_DAY_MIN   1440
#define WEEK_SPANS_MAX 4 /* a split shift has two or three parts */
#define WEEK_STEP_MIN  15 /* spans begin and end at a quarter */
#define WEEK_HALF_MIN  30
#define WEEK_HALVES    (WEEK_DAY_MIN / WEEK_HALF_MIN)
#define WEEK_SITES_MAX 16
#define WEEK_TEXT_SIZE 9 /* "2026-W48", with its NUL */
/* Violations are as many as agents have days, at most; a page shows the first. */
#define WEEK_TOLD_MAX 64

enum week_place {
	WEEK_OFFICE,
	WEEK_HOME,
	WEEK_PLACES,
};

/* Within a day; a night shift is two spans, on two days. */
struct week_span {
	uint16_t from, to; /* minutes of the day, from < to <= WEEK_DAY_MIN */
	enum week_place place;
};

struct week_day {
	struct week_span spans[WEEK_SPANS_MAX]; /* in their order; none: a day off */
	uint8_t n;
	bool is_absent; /* the spans are what it would be */
};

struct week_plan {
	struct week_day days[WEEK_DAYS];
};

struct week_rules {
	uint8_t home_days; /* of who wants them, at least */
	uint16_t seats[WEEK_SITES_MAX]; /* a day; 0: as many as come */
	uint16_t rest_min; /* between two days' work; ArG Art. 15a: 660 */
	uint16_t week_min; /* at most; ArG Art. 9: 2700 in offices, 3000 elsewhere */
	uint16_t reach_min; /* from a day's begin to its end; ArG Art. 10(3): 840 */
};

/* How many are needed, by half-hours: `heimamt plan`. All zero: nobody said. */
struct week_need {
	uint16_t agents[WEEK_DAYS][WEEK_HALVES]; /* wherever they sit */
	uint16_t strict[WEEK_DAYS][WEEK_HALVES]; /* at an office, cleared for it */
};

struct week_person {
	uint64_t agent;
	uint8_t site; /* which office it is, below WEEK_SITES_MAX */
	uint8_t team_days; /* bit 0: Monday; at the office then */
	bool is_strict; /* at the office its clearance is `strict` */
	bool wants_home;
	int16_t ended_min; /* of the Sunday before; -1: no work then */
	int16_t begins_min; /* of the Monday after; -1 */
	struct week_plan plan;
};

struct week_change {
	size_t person; /* index */
	struct week_plan plan;
};

struct week_case {
	const struct week_rules *rules;
	const struct week_need *need;
	const struct week_person *people;
	size_t n;
	const struct week_change *changes; /* made together; each person once */
	size_t n_changes;
	uint8_t first_day; /* earlier ones are over, and only working time looks at them */
};

enum week_kind {
	WEEK_SEATS, /* hard; missing: seats */
	WEEK_STRICT, /* hard; missing: agents, in the half-hours between from and to */
	WEEK_COVER, /* likewise, wherever */
	WEEK_TEAM_DAY,
	WEEK_HOME_DAYS, /* missing: days; of the whole week */
	WEEK_REST, /* missing: minutes, before this day's begin */
	WEEK_HOURS, /* missing: minutes too many, of the whole week */
	WEEK_BREAK, /* missing: minutes between the spans; they may be taken within, too */
	WEEK_REACH, /* missing: minutes too many from begin to end */
	WEEK_KINDS,
};

struct week_broken {
	enum week_kind kind;
	bool is_hard; /* the change is refused */
	uint8_t day; /* 0: Monday */
	uint16_t from, to; /* minutes; WEEK_STRICT, WEEK_COVER */
	uint16_t missing; /* the most within from and to */
	uint8_t site; /* WEEK_SEATS */
	size_t person; /* index; of what concerns all: that of the first change */
};

struct week_counts {
	uint16_t seats[WEEK_SITES_MAX][WEEK_DAYS]; /* taken */
	uint16_t home[WEEK_DAYS]; /* agents with a span there */
	uint16_t agents[WEEK_DAYS][WEEK_HALVES], strict[WEEK_DAYS][WEEK_HALVES];
};

/* What is wrong with the plan itself, in a word for the page; NULL: nothing. */
const char *week_plan_refuses(const struct week_plan *plan);

/* What the changes would break, hard ones first; at most `cap`, of how many there are. */
size_t week_check(const struct week_case *c, struct week_broken *out, size_t cap);
/* Is a hard one among them? They come first. */
bool week_is_refused(const struct week_broken *broken, size_t n);
/* Without the changes. */
void week_count(const struct week_case *c, struct week_counts *out);

/* Both agents exchange their places on this day, each in its own hours.  False: `gives` is not at the office all of
 * that day, or `takes` not at home, or one of them is away. */
bool week_exchange(struct week_plan *gives, struct week_plan *takes, unsigned day);
/* All spans of the day to this place; false: it is a day off. */
bool week_put(struct week_plan *plan, unsigned day, enum week_place place);
/* Every span of the day is there, and it is a day of work. */
bool week_is_all(const struct week_day *day, enum week_place place);
/* Somebody has work there that day, and is not away. */
bool week_is_at(const struct week_day *day, enum week_place place);
unsigned week_minutes(const struct week_day *day); /* of work */

/* "seats" ...; NULL: no such kind. */
const char *week_kind_word(enum week_kind kind);
const char *week_place_word(enum week_place place);
bool week_place_of(const char *word, enum week_place *out);

/* --- the calendar; days are counted from 1970-01-01 on, of the house's own calendar --- */
int32_t week_day_of(int year, unsigned month, unsigned day);
struct week_date {
	int year;
	uint8_t month, day; /* from 1 */
};
struct week_date week_date_of(int32_t day);
int32_t week_monday(int32_t day); /* of its week */
/* "2026-W48". */
void week_text(char out[WEEK_TEXT_SIZE], int32_t monday);
bool week_parse(const char *text, int32_t *monday);

#endif
