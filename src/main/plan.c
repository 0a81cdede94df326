/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * plan -- heimamt plan: how many agents a house needs, by Erlang C and Erlang A (core/stats).
 *
 * The numbers are the core's; this is where they are asked for.  docs/plan.md
 */
#include "main/plan.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "main/commands.h"

/* "FILE:3:7: at 08:30 " or "heimamt: ": where a complaint belongs. */
static void print_place(const struct plan_row *row, const struct plan_options *o)
{
	if (o->day)
		fprintf(stderr, "%s:%zu:%zu: at %s ", o->day, row->line, row->column,
			row->start);
	else
		fprintf(stderr, "heimamt: ");
}

static void complain(int err, const struct plan_row *row, const struct plan_options *o)
{
	double load = erlang_load(&row->demand);

	print_place(row, o);
	switch (err) {
	case EDOM:
		fprintf(stderr,
			"--agents %.0f is not above the offered load of %.6g erlangs, "
			"and the "
			"queue would grow for ever: give --agents %.0f or more, or "
			"--patience "
			"where callers hang up.\n",
			o->number[PLAN_AGENTS], load, floor(load) + 1);
		break;
	case ENOSPC:
		fprintf(stderr,
			"--service-level and --max-occupancy need more than %d agents "
			"for "
			"--calls and --aht (%.6g erlangs): ask for less, or for a part "
			"of the "
			"calls.\n",
			ERLANG_AGENTS_MAX, load);
		break;
	case ERANGE:
		fprintf(stderr,
			"--patience %g is out of all proportion to --calls and --aht: "
			"leave it "
			"out where nobody hangs up.\n",
			o->number[PLAN_PATIENCE]);
		break;
	default:
		fprintf(stderr,
			"--calls, --aht and --interval make no load: %.6g erlangs.\n",
			load);
	}
}

static int solve_office(struct plan_row *row, const struct plan_options *o,
	const struct staffing_goal *goal)
{
	struct plan_office *of = &row->office;
	unsigned apart;
	int err = staffing_split(
		&of->split, &row->demand, goal, o->number[PLAN_OFFICE_ONLY]);

	if (err)
		return err;
	apart = of->split.office + of->split.rest;
	/* a limit to the occupancy may need more than the sum of both */
	of->total = o->is_given[PLAN_AGENTS] || row->agents > apart ? row->agents : apart;
	of->is_enough = of->total >= apart;
	of->home = staffing_home(of->total, o->number[PLAN_HOME]);
	of->home_max = of->total > of->split.office ? of->total - of->split.office : 0;
	of->is_home_possible = of->home + of->split.office <= of->total;
	return 0;
}

int plan_solve(struct plan_row *row, const struct plan_options *o)
{
	struct staffing_goal goal = { o->number[PLAN_LEVEL], o->number[PLAN_OCCUPANCY] };
	int err;

	row->demand = (struct erlang_demand){ row->calls / o->number[PLAN_INTERVAL],
		row->aht_s, o->number[PLAN_PATIENCE], o->number[PLAN_WITHIN] };
	row->agents = (unsigned)o->number[PLAN_AGENTS];
	if (o->is_given[PLAN_AGENTS])
		err = erlang_solve(&row->figures, &row->demand, row->agents);
	else
		err = staffing_least(&row->agents, &row->figures, &row->demand, &goal);
	if (!err && o->is_given[PLAN_OFFICE_ONLY])
		err = solve_office(row, o, &goal);
	if (err) {
		complain(err, row, o);
		return err;
	}
	row->is_met = staffing_is_met(&row->figures, &goal);
	row->scheduled = staffing_scheduled(row->agents, o->number[PLAN_SHRINKAGE]);
	return 0;
}

void plan_add_up(
	struct plan_sum *sum, const struct plan_options *o, const struct plan_day *day)
{
	double hours = o->number[PLAN_INTERVAL] / 3600;

	*sum = (struct plan_sum){ 0 };
	for (size_t i = 0; i < day->n; i++) {
		const struct plan_row *row = &day->rows[i];

		sum->calls += row->calls;
		sum->answered_within += row->calls * row->figures.service_level;
		sum->abandoned += row->calls * row->figures.p_abandon;
		sum->agent_hours += row->agents * hours;
		sum->scheduled_hours += row->scheduled * hours;
		sum->n_missed += !row->is_met;
		if (!sum->peak || row->agents > sum->peak->agents)
			sum->peak = row;
		if (!sum->office_peak ||
			row->office.split.office > sum->office_peak->office.split.office)
			sum->office_peak = row;
		if (o->is_given[PLAN_HOME] && !row->office.is_home_possible &&
			!sum->n_home_impossible++)
			sum->home_impossible = row;
	}
}

static int plan_one(const struct plan_options *o)
{
	struct plan_row row = { .calls = o->number[PLAN_CALLS],
		.aht_s = o->number[PLAN_AHT] };

	if (plan_solve(&row, o))
		return EXIT_USAGE;
	if (o->json)
		return plan_json_one(o, &row) ? 1 : 0;
	plan_print_one(o, &row);
	return 0;
}

static int plan_day(const struct plan_options *o)
{
	struct plan_day *day = calloc(1, sizeof *day);
	int status = 1;

	if (!day) {
		fputs("heimamt: there is no memory for a day.\n", stderr);
		return status;
	}
	status = EXIT_USAGE;
	if (plan_day_read(day, o->day, o->number[PLAN_INTERVAL]))
		goto out;
	for (size_t i = 0; i < day->n; i++)
		if (plan_solve(&day->rows[i], o))
			goto out;
	status = 0;
	if (!o->json)
		plan_print_day(o, day);
	else if (plan_json_day(o, day))
		status = 1;
out:
	free(day);
	return status;
}

int command_plan(int argc, char **argv)
{
	struct plan_options o;
	int status = plan_options_read(&o, argc, argv);

	if (status)
		return status - 1;
	return o.day ? plan_day(&o) : plan_one(&o);
}
