/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* simulate -- see simulate.h; figures for people and for programs. */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "main/simulate.h"

enum unit { SHARE, SECONDS, NUMBER };

static const struct {
	const char *key, *title;
	enum unit unit;
} figures[SIM_FIGURES] = {
	[SIM_P_WAIT] = { "p_wait", "had to wait", SHARE },
	[SIM_MEAN_WAIT_S] = { "mean_wait_s", "mean wait", SECONDS },
	[SIM_ASA_S] = { "asa_s", "answered after", SECONDS },
	[SIM_P_ABANDON] = { "p_abandon", "left", SHARE },
	[SIM_SERVICE_LEVEL] = { "service_level", "within target", SHARE },
	[SIM_P_REFUSED] = { "p_refused", "refused", SHARE },
	[SIM_QUEUE_LENGTH] = { "queue_length", "waiting", NUMBER },
};

#define CELL 17 /* columns of a figure */

static void put(FILE *f, const char *text, int columns)
{
	fprintf(f, "%*s%s", CELL - columns, "", text);
}

/* "12.34 ±0.12 %". */
static void cell(FILE *f, const struct sim_mean *m, enum unit unit)
{
	static const char *const signs[] = { " %", " s", "" };
	double scale = unit == SHARE ? 100 : 1, half = scale * sim_mean_ci95(m);
	char text[96] = "-", margin[48] = "";

	/* what is measured has at most ten digits before the point: both fit */
	if (!isnan(half))
		(void)text_format(margin, sizeof margin, " ±%.2f", half);
	if (!isnan(sim_mean_of(m)))
		(void)text_format(text, sizeof text, "%.2f%s%s", scale * sim_mean_of(m),
			margin, signs[unit]);
	put(f, text, (int)strlen(text) - !isnan(half));
}

/* Is the figure of any use here? */
static bool is_told(const struct sim_scenario *sc, size_t figure)
{
	for (size_t i = 0; figure == SIM_P_REFUSED && i < sc->n_queues; i++)
		if (sc->queues[i].max_waiting != UINT32_MAX)
			return true;
	return figure != SIM_P_REFUSED;
}

static void row(FILE *f, const struct sim_scenario *sc, const char *name, int width,
	const struct sim_mean m[SIM_FIGURES])
{
	fprintf(f, "%-*s", width, name);
	for (size_t i = 0; i < SIM_FIGURES; i++)
		if (is_told(sc, i))
			cell(f, &m[i], figures[i].unit);
	fputc('\n', f);
}

static int widest(const struct sim_scenario *sc)
{
	size_t width = strlen("all queues");

	for (size_t i = 0; i < sc->n_queues; i++)
		if (strlen(sc->queues[i].name) > width)
			width = strlen(sc->queues[i].name);
	for (size_t i = 0; i < sc->n_groups; i++)
		if (strlen(sc->groups[i].name) > width)
			width = strlen(sc->groups[i].name);
	return (int)width;
}

void simulate_table(FILE *f, const struct sim_scenario *sc, const struct sim_result *r,
	const struct simulate_run *run)
{
	int width = widest(sc);

	fprintf(f,
		"%s, seed %" PRIu64 ": %u times %" PRIu64 " calls, each after %" PRIu64
		" that are not counted\n\n%-*s",
		run->file, run->seed, sc->replications, sc->calls, sc->warmup, width,
		"queue");
	for (size_t i = 0; i < SIM_FIGURES; i++)
		if (is_told(sc, i))
			put(f, figures[i].title, (int)strlen(figures[i].title));
	fputc('\n', f);
	for (size_t i = 0; i < sc->n_queues; i++)
		row(f, sc, sc->queues[i].name, width, r->queues[i]);
	if (sc->n_queues > 1)
		row(f, sc, "all queues", width, r->overall);
	fprintf(f, "\n%-*s%*s%*s\n", width, "agents", CELL, "number", CELL, "busy");
	for (size_t i = 0; i < sc->n_groups; i++) {
		fprintf(f, "%-*s%*u", width, sc->groups[i].name, CELL,
			sc->groups[i].count);
		cell(f, &r->groups[i], SHARE);
		fputc('\n', f);
	}
	fprintf(f,
		"\n± is half the width of the 95 %% confidence interval%s.  %.0f calls a "
		"second.\n",
		sc->replications < 2 ? ", which takes two replications" : "",
		run->calls_per_second);
}

/* NaN, which JSON does not have, is null: nothing was observed, or only once. */
static json_t *number(double x)
{
	return isfinite(x) ? json_real(x) : json_null();
}

static json_t *figure_of(const struct sim_mean *m)
{
	return json_pack("{s:o, s:o}", "mean", number(sim_mean_of(m)), "ci95",
		number(sim_mean_ci95(m)));
}

static json_t *figures_of(const struct sim_mean m[SIM_FIGURES])
{
	json_t *o = json_object();

	for (size_t i = 0; i < SIM_FIGURES; i++)
		if (json_object_set_new(o, figures[i].key, figure_of(&m[i]))) {
			json_decref(o);
			return NULL;
		}
	return o;
}

static json_t *queues_of(const struct sim_scenario *sc, const struct sim_result *r)
{
	json_t *o = json_object();

	for (size_t i = 0; i < sc->n_queues; i++)
		if (json_object_set_new(
			    o, sc->queues[i].name, figures_of(r->queues[i]))) {
			json_decref(o);
			return NULL;
		}
	return o;
}

static json_t *groups_of(const struct sim_scenario *sc, const struct sim_result *r)
{
	json_t *o = json_object();

	for (size_t i = 0; i < sc->n_groups; i++)
		if (json_object_set_new(o, sc->groups[i].name,
			    json_pack(
				    "{s:o}", "utilisation", figure_of(&r->groups[i])))) {
			json_decref(o);
			return NULL;
		}
	return o;
}

int simulate_json(FILE *f, const struct sim_scenario *sc, const struct sim_result *r,
	const struct simulate_run *run)
{
	json_t *o = json_pack("{s:o, s:o, s:o, s:I, s:I, s:I, s:I, s:o}", "overall",
		figures_of(r->overall), "queues", queues_of(sc, r), "agents",
		groups_of(sc, r), "calls", (json_int_t)sc->calls, "warmup",
		(json_int_t)sc->warmup, "replications", (json_int_t)sc->replications,
		"seed", (json_int_t)run->seed, "calls_per_second",
		number(round(run->calls_per_second)));
	int err;

	if (!o)
		return ENOMEM;
	err = json_dumpf(o, f, JSON_INDENT(2) | JSON_REAL_PRECISION(10)) ? EIO : 0;
	json_decref(o);
	if (!err)
		fputc('\n', f);
	return err;
}
