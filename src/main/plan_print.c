/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* plan_print -- the figures of heimamt plan for people: a page for one interval, a table for a day. */
#include <stdio.h>
#include <string.h>

#include "main/plan.h"

#define BAR        30 /* characters of the longest bar */
#define NEIGHBOURS 2 /* numbers of agents shown on either side */

static void bar(char c, double share)
{
	for (int i = 0; i < (int)(share * BAR + 0.5); i++)
		putchar(c);
}

static void print_model(const struct plan_options *o)
{
	if (o->is_given[PLAN_PATIENCE])
		printf("Erlang A: a caller who waits hangs up after %g s on average.\n\n",
			o->number[PLAN_PATIENCE]);
	else
		puts("Erlang C: callers wait for ever (--patience when they hang up).\n");
}

static void print_goal(const struct plan_options *o, const struct plan_row *row)
{
	printf("  Service level  %.2f %% of the calls answered within %g s\n",
		100 * row->figures.service_level, o->number[PLAN_WITHIN]);
	printf("                 %s: %g %%", row->is_met ? "met" : "MISSED",
		100 * o->number[PLAN_LEVEL]);
	if (o->is_given[PLAN_OCCUPANCY])
		printf(", occupancy at most %g %%", 100 * o->number[PLAN_OCCUPANCY]);
	puts("");
}

static void print_figures(const struct plan_options *o, const struct plan_row *row)
{
	const struct erlang_figures *f = &row->figures;

	printf("  Load           %.2f erlangs: %g calls in %g s, %g s each\n",
		erlang_load(&row->demand), row->calls, o->number[PLAN_INTERVAL],
		row->aht_s);
	printf("  Agents         %u", row->agents);
	if (o->is_given[PLAN_SHRINKAGE])
		printf("; %u on the schedule with %g %% shrinkage", row->scheduled,
			100 * o->number[PLAN_SHRINKAGE]);
	puts("");
	print_goal(o, row);
	printf("  Wait           %.2f %% of the calls; %.2f s on average over all",
		100 * f->p_wait, f->wait_s);
	if (o->is_given[PLAN_PATIENCE])
		printf(", %.2f s until an answer\n  Hang up        %.3f %% of the "
		       "calls\n",
			f->answered_wait_s, 100 * f->p_abandon);
	else
		puts("");
	printf("  Queue          %.2f calls on average\n", f->queue_length);
	printf("  Occupancy      %.2f %% of the agents' time\n\n", 100 * f->occupancy);
}

/* What some more or fewer agents would achieve. */
static void print_neighbours(const struct plan_options *o, const struct plan_row *row)
{
	unsigned first = row->agents > NEIGHBOURS ? row->agents - NEIGHBOURS : 1;

	puts("  agents  service level");
	for (unsigned n = first; n <= row->agents + NEIGHBOURS; n++) {
		struct erlang_figures f;

		if (erlang_solve(&f, &row->demand, n))
			continue;
		printf(" %c%6u  %6.2f %%  ", n == row->agents ? '>' : ' ', n,
			100 * f.service_level);
		bar('#', f.service_level);
		puts("");
	}
}

static void print_office(const struct plan_options *o, const struct plan_row *row)
{
	const struct plan_office *of = &row->office;

	printf("\n  Office only    %g %% of the calls, %.2f erlangs\n",
		100 * o->number[PLAN_OFFICE_ONLY],
		erlang_load(&row->demand) * o->number[PLAN_OFFICE_ONLY]);
	printf("  At the office  %u agents, kept for these calls: %.2f %% within %g s\n",
		of->split.office, 100 * of->split.office_figures.service_level,
		o->number[PLAN_WITHIN]);
	printf("  Anywhere       %u agents for the others: %.2f %%\n", of->split.rest,
		100 * of->split.rest_figures.service_level);
	printf("  Together       %u agents", of->total);
	if (of->is_enough)
		printf("; %u would do if all took every call\n", row->agents);
	else
		printf(": TOO FEW, %u are needed\n", of->split.office + of->split.rest);
	printf("  At home        at most %u of %u", of->home_max, of->total);
	if (o->is_given[PLAN_HOME])
		printf("; %g %%, that is %u, is %s", 100 * o->number[PLAN_HOME], of->home,
			of->is_home_possible ? "possible" : "NOT POSSIBLE");
	puts("");
}

void plan_print_one(const struct plan_options *o, const struct plan_row *row)
{
	print_model(o);
	print_figures(o, row);
	if (row->calls > 0)
		print_neighbours(o, row);
	if (o->is_given[PLAN_OFFICE_ONLY])
		print_office(o, row);
}

/* What all lines of a day have in common. */
struct scale {
	int start; /* width of the first column */
	unsigned most; /* agents of the longest bar */
};

static void print_head(const struct plan_options *o, const struct scale *scale)
{
	bool is_split = o->is_given[PLAN_OFFICE_ONLY];

	print_model(o);
	printf("Wanted: %g %% of the calls answered within %g s",
		100 * o->number[PLAN_LEVEL], o->number[PLAN_WITHIN]);
	if (o->is_given[PLAN_OCCUPANCY])
		printf(", occupancy at most %g %%", 100 * o->number[PLAN_OCCUPANCY]);
	puts("; each interval by itself.\n");
	printf("%-*s %8s %7s %8s %6s %6s %8s %7s %7s %7s%s\n", scale->start, "start",
		"calls", "aht", "load", "agents", "sched.", "level", "wait", "hang up",
		"occup.", is_split ? " office  total" : "");
}

static void print_row(const struct plan_options *o, const struct plan_row *row,
	const struct scale *scale)
{
	const struct erlang_figures *f = &row->figures;
	unsigned office = row->office.split.office, all = row->agents;

	printf("%-*s %8g %6gs %8.2f %6u %6u %7.2f%%%c%6.1fs %6.2f%% %6.2f%%",
		scale->start, row->start, row->calls, row->aht_s,
		erlang_load(&row->demand), row->agents, row->scheduled,
		100 * f->service_level, row->is_met ? ' ' : '!', f->wait_s,
		100 * f->p_abandon, 100 * f->occupancy);
	if (o->is_given[PLAN_OFFICE_ONLY]) {
		all = row->office.total;
		printf("%c%6u %6u", row->office.is_enough ? ' ' : '!', office, all);
	}
	if (office > all)
		office = all;
	printf("%s", all ? "  " : "");
	bar('o', (double)office / scale->most);
	bar('#', (double)(all - office) / scale->most);
	puts("");
}

static void print_sum(const struct plan_options *o, const struct plan_day *day)
{
	struct plan_sum s;

	plan_add_up(&s, o, day);
	printf("\nDay: %g calls", s.calls);
	if (s.calls > 0)
		printf(", %.2f %% answered within %g s, %.2f %% hang up",
			100 * s.answered_within / s.calls, o->number[PLAN_WITHIN],
			100 * s.abandoned / s.calls);
	printf(".\n%u agents at the most (%s); %.1f agent-hours, %.1f on the schedule.\n",
		s.peak->agents, s.peak->start, s.agent_hours, s.scheduled_hours);
	if (s.n_missed)
		printf("%zu of %zu intervals miss the goal (!).\n", s.n_missed, day->n);
	if (!o->is_given[PLAN_OFFICE_ONLY])
		return;
	printf("%u at the office at the most (%s): o, kept for the office-only calls;\n"
	       "total: with the agents for the others, who may sit anywhere: #.\n",
		s.office_peak->office.split.office, s.office_peak->start);
	if (o->is_given[PLAN_HOME] && !s.n_home_impossible)
		printf("%g %% at home is possible all day.\n",
			100 * o->number[PLAN_HOME]);
	if (s.n_home_impossible)
		printf("%g %% at home is NOT POSSIBLE in %zu of %zu intervals,\n"
		       "first at %s: at most %u of %u.\n",
			100 * o->number[PLAN_HOME], s.n_home_impossible, day->n,
			s.home_impossible->start, s.home_impossible->office.home_max,
			s.home_impossible->office.total);
}

void plan_print_day(const struct plan_options *o, const struct plan_day *day)
{
	struct scale scale = { .start = 5, .most = 1 };

	for (size_t i = 0; i < day->n; i++) {
		const struct plan_row *row = &day->rows[i];
		unsigned all = o->is_given[PLAN_OFFICE_ONLY] ? row->office.total
							     : row->agents;
		int start = (int)strlen(row->start);

		scale.most = all > scale.most ? all : scale.most;
		scale.start = start > scale.start ? start : scale.start;
	}
	print_head(o, &scale);
	for (size_t i = 0; i < day->n; i++)
		print_row(o, &day->rows[i], &scale);
	print_sum(o, day);
}
