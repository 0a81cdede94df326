/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * simulate -- heimamt simulate: a scenario from a file, run by core/sim, told as a table or as JSON.
 *
 * Memory: the caller's; a scenario is large and best static.
 * Thread: the only one.
 */
#ifndef MAIN_SIMULATE_H
#define MAIN_SIMULATE_H

#include <stdio.h>

#include "core/sim/sim.h"

/* What was run, and how fast. */
struct simulate_run {
	const char *file;
	uint64_t seed;
	double calls_per_second;
};

/* Reads a scenario and judges it. EINVAL: something is wrong with it, and standard error was told what,
 * where and how to mend it; *out is then of no use. */
int simulate_read(struct sim_scenario *out, const char *file);
/* The same of a file's text; `file` is its name, for complaints. */
int simulate_parse(
	struct sim_scenario *out, const char *file, const char *text, size_t n);

void simulate_table(FILE *f, const struct sim_scenario *sc, const struct sim_result *r,
	const struct simulate_run *run);
/* ENOMEM. */
int simulate_json(FILE *f, const struct sim_scenario *sc, const struct sim_result *r,
	const struct simulate_run *run);

#endif
