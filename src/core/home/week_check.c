/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * week_check -- what changes of plans would break.  See week.h.
 *
 * Working time is that of the Swiss labour law [ArG, SR 822.11] for adults, as the house sets its limits:
 *   Art. 9   hours a week
 *   Art. 10(3)  all of a day's work within fourteen hours, breaks included
 *   Art. 15  a break of 1/4 h from 5 1/2 h of work on, 1/2 h from 7 h, 1 h from 9 h (each "more than")
 *   Art. 15a eleven hours of rest between two days (eight, once a week, where two weeks have eleven on average:
 *            a hint, then, that somebody may overrule)
 */
#include "core/home/week_inner.h"

#include <string.h>

struct list_of {
	struct week_broken *out;
	size_t cap, n;
};

static const char *const kinds[WEEK_KINDS] = {
	[WEEK_SEATS] = "seats",
	[WEEK_STRICT] = "strict",
	[WEEK_COVER] = "cover",
	[WEEK_TEAM_DAY] = "team_day",
	[WEEK_HOME_DAYS] = "home_days",
	[WEEK_REST] = "rest",
	[WEEK_HOURS] = "hours",
	[WEEK_BREAK] = "break",
	[WEEK_REACH] = "reach",
};

const char *week_kind_word(enum week_kind kind)
{
	return (unsigned)kind < WEEK_KINDS ? kinds[kind] : NULL;
}

static void tell(struct list_of *l, const struct week_broken *b)
{
	if (l->n < l->cap)
		l->out[l->n] = *b;
	l->n++;
}

/* --- what concerns all --- */

/* Somebody who now is away makes it worse: told, never refused. */
static bool is_absence(const struct week_case *c, unsigned day)
{
	for (size_t i = 0; i < c->n_changes; i++) {
		const struct week_change *ch = &c->changes[i];
		const struct week_day *was = &c->people[ch->person].plan.days[day];

		if (ch->plan.days[day].is_absent && !was->is_absent)
			return true;
	}
	return false;
}

static void check_seats(const struct week_case *c, const struct week_counts *was,
	const struct week_counts *is, struct list_of *l)
{
	for (unsigned site = 0; site < WEEK_SITES_MAX; site++)
		for (unsigned day = c->first_day; day < WEEK_DAYS; day++) {
			uint16_t room = c->rules->seats[site],
				 taken = is->seats[site][day];

			if (room == 0 || taken <= room || taken <= was->seats[site][day])
				continue;
			tell(l,
				&(struct week_broken){ .kind = WEEK_SEATS,
					.is_hard = true,
					.day = (uint8_t)day,
					.missing = (uint16_t)(taken - room),
					.site = (uint8_t)site,
					.person = c->changes->person });
		}
}

/* One day's half-hours that have too few and fewer than before; those beside each other told as one. */
static void check_halves(const struct week_broken *what, const uint16_t need[WEEK_HALVES],
	const uint16_t was[WEEK_HALVES], const uint16_t is[WEEK_HALVES],
	struct list_of *l)
{
	struct week_broken b = *what;

	for (unsigned h = 0; h <= WEEK_HALVES; h++) {
		bool is_worse = h < WEEK_HALVES && is[h] < need[h] && is[h] < was[h];

		if (is_worse) {
			uint16_t missing = (uint16_t)(need[h] - is[h]);

			if (b.missing == 0)
				b.from = (uint16_t)(h * WEEK_HALF_MIN);
			b.to = (uint16_t)((h + 1) * WEEK_HALF_MIN);
			b.missing = missing > b.missing ? missing : b.missing;
		} else if (b.missing > 0) {
			tell(l, &b);
			b = *what;
		}
	}
}

static void check_need(const struct week_case *c, const struct week_counts *was,
	const struct week_counts *is, struct list_of *l, enum week_kind kind)
{
	for (unsigned day = c->first_day; day < WEEK_DAYS; day++) {
		struct week_broken b = { .kind = kind,
			.is_hard = kind == WEEK_STRICT && !is_absence(c, day),
			.day = (uint8_t)day,
			.person = c->changes->person };

		if (kind == WEEK_STRICT)
			check_halves(&b, c->need->strict[day], was->strict[day],
				is->strict[day], l);
		else
			check_halves(&b, c->need->agents[day], was->agents[day],
				is->agents[day], l);
	}
}

/* --- what concerns one agent --- */

static void hint(struct list_of *l, const struct week_change *ch, enum week_kind kind,
	unsigned day, unsigned missing)
{
	tell(l,
		&(struct week_broken){ .kind = kind,
			.day = (uint8_t)day,
			.missing = (uint16_t)missing,
			.person = ch->person });
}

static void check_team_day(
	const struct week_case *c, const struct week_change *ch, struct list_of *l)
{
	uint8_t days = c->people[ch->person].team_days;

	for (unsigned day = c->first_day; day < WEEK_DAYS; day++)
		if (days >> day & 1 && week_is_at(&ch->plan.days[day], WEEK_HOME))
			hint(l, ch, WEEK_TEAM_DAY, day, 1);
}

/* A day at home is one without the way to the office. Who is away or works fewer days is promised no more
 * than those. */
static void check_home_days(
	const struct week_case *c, const struct week_change *ch, struct list_of *l)
{
	unsigned home = 0, worked = 0, want = c->rules->home_days;

	for (unsigned day = 0; day < WEEK_DAYS; day++) {
		const struct week_day *d = &ch->plan.days[day];

		worked += d->n > 0 && !d->is_absent;
		home += !d->is_absent && week_is_all(d, WEEK_HOME);
	}
	want = want < worked ? want : worked;
	if (c->people[ch->person].wants_home && home < want)
		hint(l, ch, WEEK_HOME_DAYS, 0, want - home);
}

static bool works(const struct week_day *d)
{
	return d->n > 0 && !d->is_absent;
}

#define NEVER INT32_MIN

/* ArG Art. 15a: from the end of a day's work to the begin of the next. `ended` in minutes from this Monday on. */
static void check_rest(
	const struct week_case *c, const struct week_change *ch, struct list_of *l)
{
	const struct week_person *p = &c->people[ch->person];
	int ended = p->ended_min < 0 ? NEVER : p->ended_min - WEEK_DAY_MIN;

	for (int day = 0; day <= WEEK_DAYS; day++) {
		const struct week_day *d = &ch->plan.days[day % WEEK_DAYS];
		bool is_after = day == WEEK_DAYS;
		int begins = day * WEEK_DAY_MIN +
			(is_after ? p->begins_min : d->spans[0].from);

		if (is_after ? p->begins_min < 0 : !works(d))
			continue;
		if (ended != NEVER && begins - ended < c->rules->rest_min)
			hint(l, ch, WEEK_REST, (unsigned)day - is_after,
				(unsigned)(c->rules->rest_min - (begins - ended)));
		if (!is_after)
			ended = day * WEEK_DAY_MIN + d->spans[d->n - 1].to;
	}
}

/* ArG Art. 15(1) */
static unsigned break_of(unsigned worked)
{
	static const struct {
		unsigned above, least;
	} steps[] = { { 540, 60 }, { 420, 30 }, { 330, 15 } };

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if (worked > steps[i].above)
			return steps[i].least;
	return 0;
}

static void check_days(
	const struct week_case *c, const struct week_change *ch, struct list_of *l)
{
	for (unsigned day = 0; day < WEEK_DAYS; day++) {
		const struct week_day *d = &ch->plan.days[day];
		unsigned worked = week_minutes(d), reach, least = break_of(worked);

		if (!works(d))
			continue;
		reach = d->spans[d->n - 1].to - d->spans[0].from;
		if (reach - worked < least)
			hint(l, ch, WEEK_BREAK, day, least - (reach - worked));
		if (c->rules->reach_min && reach > c->rules->reach_min)
			hint(l, ch, WEEK_REACH, day, reach - c->rules->reach_min);
	}
}

/* ArG Art. 9 */
static void check_hours(
	const struct week_case *c, const struct week_change *ch, struct list_of *l)
{
	unsigned sum = 0;

	for (unsigned day = 0; day < WEEK_DAYS; day++)
		if (!ch->plan.days[day].is_absent)
			sum += week_minutes(&ch->plan.days[day]);
	if (c->rules->week_min && sum > c->rules->week_min)
		hint(l, ch, WEEK_HOURS, 0, sum - c->rules->week_min);
}

static void check_person(
	const struct week_case *c, const struct week_change *ch, struct list_of *l)
{
	check_team_day(c, ch, l);
	check_home_days(c, ch, l);
	check_rest(c, ch, l);
	check_days(c, ch, l);
	check_hours(c, ch, l);
}

/* --- all of it --- */

static const struct week_plan *plan_after(const struct week_case *c, size_t person)
{
	for (size_t i = 0; i < c->n_changes; i++)
		if (c->changes[i].person == person)
			return &c->changes[i].plan;
	return &c->people[person].plan;
}

/* Hard ones first, else in their order. */
static void sort(struct week_broken *b, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct week_broken one = b[i];
		size_t k = i;

		for (; k > 0 && one.is_hard && !b[k - 1].is_hard; k--)
			b[k] = b[k - 1];
		b[k] = one;
	}
}

size_t week_check(const struct week_case *c, struct week_broken *out, size_t cap)
{
	struct list_of l = { .out = out, .cap = cap };
	struct week_counts was, is;

	if (c->n_changes == 0)
		return 0;
	week_count(c, &was);
	memset(&is, 0, sizeof is);
	for (size_t i = 0; i < c->n; i++)
		week_count_plan(&is, &c->people[i], plan_after(c, i));
	/* hard ones first, so that a full list still has them */
	check_seats(c, &was, &is, &l);
	check_need(c, &was, &is, &l, WEEK_STRICT);
	for (size_t i = 0; i < c->n_changes; i++)
		check_person(c, &c->changes[i], &l);
	check_need(c, &was, &is, &l, WEEK_COVER);
	sort(out, l.n < cap ? l.n : cap);
	return l.n;
}

bool week_is_refused(const struct week_broken *broken, size_t n)
{
	return n > 0 && broken[0].is_hard;
}
