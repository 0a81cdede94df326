/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* scene -- scenarios for the tests of core/sim, and a whole run of one. */
#ifndef TEST_SIM_SCENE_H
#define TEST_SIM_SCENE_H

#include "core/sim/sim.h"

/* One queue of Poisson callers with exponential service of a minute, and one group; the rest is the test's. */
struct sim_scenario scene(uint32_t agents, double load);
struct sim_queue *scene_queue(struct sim_scenario *sc, const char *name,
	double rate_per_s, struct sim_dist service);
struct sim_group *scene_group(struct sim_scenario *sc, const char *name, uint32_t count);

struct sim_dist exponential(double mean_s);

/* All replications; fails the test where one does not end well. */
void scene_run(
	struct sim_result *r, const struct sim_scenario *sc, uint64_t seed, bool checks);

/* |mean - truth| <= widths * ci95, or the test fails and says by how much. */
void scene_agrees(
	const char *what, const struct sim_mean *m, double truth, double widths);

/* P(wait) of Erlang C, by the recursion of Erlang B. */
double erlang_c(uint32_t agents, double load);

#endif
