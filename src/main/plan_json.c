/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* plan_json -- the figures of heimamt plan for machines.  docs/plan.md has the keys. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "main/plan.h"

#define DIGITS 12 /* of a number: what the figures are good for */

static const char *model(const struct plan_options *o)
{
	return o->is_given[PLAN_PATIENCE] ? "erlang_a" : "erlang_c";
}

static json_t *office(const struct plan_options *o, const struct plan_row *row)
{
	const struct plan_office *of = &row->office;
	const struct staffing_split *s = &of->split;
	double share = o->number[PLAN_OFFICE_ONLY], shrinkage = o->number[PLAN_SHRINKAGE];
	json_t *out = json_pack(
		"{s:f, s:f, s:i, s:i, s:f, s:i, s:f, s:i, s:i, s:b, s:i, s:f}",
		"office_only", share, "offered_load", erlang_load(&row->demand) * share,
		"agents", (int)s->office, "agents_scheduled",
		(int)staffing_scheduled(s->office, shrinkage), "service_level",
		s->office_figures.service_level, "rest_agents", (int)s->rest,
		"rest_service_level", s->rest_figures.service_level, "total_agents",
		(int)of->total, "total_scheduled",
		(int)staffing_scheduled(of->total, shrinkage), "is_enough", of->is_enough,
		"home_agents_max", (int)of->home_max, "home_share_max",
		of->total ? (double)of->home_max / of->total : 1.);

	if (out && o->is_given[PLAN_HOME] &&
		json_object_update_new(out,
			json_pack("{s:f, s:i, s:b}", "home", o->number[PLAN_HOME],
				"home_agents", (int)of->home, "home_possible",
				of->is_home_possible))) {
		json_decref(out);
		out = NULL;
	}
	return out;
}

/* `asa_s` is the time to the end of the wait of all arrivals, as in the textbook case. */
static json_t *figures(const struct plan_options *o, const struct plan_row *row)
{
	const struct erlang_figures *f = &row->figures;
	json_t *out = json_pack(
		"{s:f, s:i, s:i, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:b}",
		"offered_load", erlang_load(&row->demand), "agents", (int)row->agents,
		"agents_scheduled", (int)row->scheduled, "service_level",
		f->service_level, "p_wait", f->p_wait, "asa_s", f->wait_s, "mean_wait_s",
		f->wait_s, "answered_wait_s", f->answered_wait_s, "p_abandon",
		f->p_abandon, "occupancy", f->occupancy, "queue_length", f->queue_length,
		"goal_met", row->is_met);

	if (out && o->is_given[PLAN_OFFICE_ONLY] &&
		json_object_set_new(out, "office", office(o, row))) {
		json_decref(out);
		out = NULL;
	}
	return out;
}

static json_t *goal(const struct plan_options *o)
{
	return json_pack("{s:f, s:f, s:f}", "answer_within_s", o->number[PLAN_WITHIN],
		"service_level", o->number[PLAN_LEVEL], "max_occupancy",
		o->number[PLAN_OCCUPANCY]);
}

static json_t *row_of_day(const struct plan_options *o, const struct plan_row *row)
{
	json_t *out = json_pack("{s:s, s:f, s:f}", "start", row->start, "calls",
		row->calls, "aht_s", row->aht_s);

	if (out && json_object_update_new(out, figures(o, row))) {
		json_decref(out);
		out = NULL;
	}
	return out;
}

static json_t *rows_of_day(const struct plan_options *o, const struct plan_day *day)
{
	json_t *out = json_array();

	for (size_t i = 0; out && i < day->n; i++)
		if (json_array_append_new(out, row_of_day(o, &day->rows[i]))) {
			json_decref(out);
			out = NULL;
		}
	return out;
}

static json_t *sum_of_day(const struct plan_options *o, const struct plan_day *day)
{
	struct plan_sum s;
	double calls;

	plan_add_up(&s, o, day);
	calls = s.calls > 0 ? s.calls : 1;
	return json_pack("{s:f, s:f, s:f, s:i, s:i, s:f, s:f, s:i, s:i}", "calls",
		s.calls, "service_level", s.calls > 0 ? s.answered_within / calls : 1.,
		"p_abandon", s.abandoned / calls, "agents_max", (int)s.peak->agents,
		"office_agents_max", (int)s.office_peak->office.split.office,
		"agent_hours", s.agent_hours, "scheduled_hours", s.scheduled_hours,
		"goal_missed", (int)s.n_missed, "home_impossible",
		(int)s.n_home_impossible);
}

/* Takes `out` away; NULL: there was no memory for it. */
static int print(json_t *out)
{
	char *text = out ? json_dumps(out, JSON_COMPACT | JSON_REAL_PRECISION(DIGITS))
			 : NULL;

	json_decref(out);
	if (!text) {
		fputs("heimamt: the figures could not be written as JSON.\n", stderr);
		return ENOMEM;
	}
	puts(text);
	free(text);
	return 0;
}

int plan_json_one(const struct plan_options *o, const struct plan_row *row)
{
	json_t *out = json_pack("{s:s, s:o}", "model", model(o), "goal", goal(o));

	if (out && json_object_update_new(out, figures(o, row))) {
		json_decref(out);
		out = NULL;
	}
	return print(out);
}

int plan_json_day(const struct plan_options *o, const struct plan_day *day)
{
	return print(json_pack("{s:s, s:f, s:o, s:o, s:o}", "model", model(o),
		"interval_s", o->number[PLAN_INTERVAL], "goal", goal(o), "intervals",
		rows_of_day(o, day), "day", sum_of_day(o, day)));
}
