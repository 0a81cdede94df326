/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* scene -- see scene.h */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <math.h>

#include "base/text.h"
#include "scene.h"

struct sim_dist exponential(double mean_s)
{
	return (struct sim_dist){ .kind = SIM_EXP, .mean_s = mean_s };
}

struct sim_queue *scene_queue(struct sim_scenario *sc, const char *name,
	double rate_per_s, struct sim_dist service)
{
	struct sim_queue *q = &sc->queues[sc->n_queues++];

	*q = (struct sim_queue){ .rate_per_s = rate_per_s,
		.service = service,
		.target_s = 20,
		.priority = 1,
		.max_waiting = UINT32_MAX };
	assert_int_equal(text_copy(q->name, sizeof q->name, name), 0);
	return q;
}

struct sim_group *scene_group(struct sim_scenario *sc, const char *name, uint32_t count)
{
	struct sim_group *g = &sc->groups[sc->n_groups++];

	*g = (struct sim_group){ .count = count, .speed = 1, .clearance = SIM_STRICT };
	assert_int_equal(text_copy(g->name, sizeof g->name, name), 0);
	return g;
}

struct sim_scenario scene(uint32_t agents, double load)
{
	struct sim_scenario sc = { .calls = 10000, .warmup = 1000, .replications = 10 };

	scene_queue(&sc, "post", load / 60, exponential(60));
	scene_group(&sc, "home", agents);
	return sc;
}

void scene_run(
	struct sim_result *r, const struct sim_scenario *sc, uint64_t seed, bool checks)
{
	static struct sim s; /* large */

	*r = (struct sim_result){ 0 };
	for (uint32_t i = 0; i < sc->replications; i++) {
		bool done;

		assert_int_equal(sim_init(&s, sc, seed, i, 3000, checks), 0);
		if (sim_run(&s, UINT64_MAX, &done) || !done)
			fail_msg("replication %u after %lu callers: %s", i,
				(unsigned long)s.arrived,
				s.broken ? s.broken : "no room");
		sim_result_add(r, &s);
		sim_close(&s);
	}
}

void scene_agrees(const char *what, const struct sim_mean *m, double truth, double widths)
{
	double half = sim_mean_ci95(m);

	if (!(fabs(m->mean - truth) <= half * widths + 1e-12))
		fail_msg(
			"%s: %.8g +- %.3g, but %.8g is true", what, m->mean, half, truth);
}

double erlang_c(uint32_t agents, double load)
{
	double b = 1;

	for (uint32_t n = 1; n <= agents; n++)
		b = load * b / (n + load * b);
	return b / (1 - load / agents * (1 - b));
}
