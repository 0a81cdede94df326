/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * fuzz: a scenario.  The bytes are the file.  What is refused was complained about; what is taken keeps the limits that
 * the simulation trusts, and where it is small some callers are sent through it, with every promise of the routing
 * looked at.
 */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "main/simulate.h"

#define AGENTS_RUN  40 /* more are not run: checking is slow */
#define CALLERS_RUN 60

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t n_said; /* bytes of complaints about this file */

static ssize_t count_said(void *arg, const char *text, size_t n)
{
	n_said += n;
	return (ssize_t)n;
}

/* simulate_parse() complains on stderr; the sanitizers write to the descriptor itself. */
static void hear(void)
{
	const cookie_io_functions_t io = { .write = count_said };
	static FILE *said;

	n_said = 0;
	if (said)
		return;
	said = fopencookie(NULL, "w", io);
	if (!said)
		abort();
	setvbuf(said, NULL, _IONBF, 0);
	stderr = said;
}

static bool is_dist(const struct sim_dist *d)
{
	if (d->kind == SIM_NONE)
		return true;
	return d->mean_s >= 0.001 && d->mean_s <= 1e7 &&
		(d->kind == SIM_LOGNORMAL) == (d->cv > 0);
}

static size_t check(const struct sim_scenario *sc)
{
	size_t agents = 0;

	assert(sc->calls >= 1 && sc->replications >= 1);
	assert(sc->n_queues >= 1 && sc->n_queues <= SIM_QUEUES_MAX);
	assert(sc->n_groups >= 1 && sc->n_groups <= SIM_GROUPS_MAX);
	for (size_t i = 0; i < sc->n_queues; i++) {
		const struct sim_queue *q = &sc->queues[i];

		assert(*q->name && memchr(q->name, 0, sizeof q->name));
		assert(text_is_clean_utf8(q->name));
		assert(q->rate_per_s >= 1e-6 && q->rate_per_s <= 1e4);
		assert(is_dist(&q->service) && is_dist(&q->patience));
		assert(q->service.kind != SIM_NONE && q->n_relax <= ACD_RELAX_MAX);
		assert(q->max_waiting >= 1 && q->priority >= 1);
	}
	for (size_t i = 0; i < sc->n_groups; i++) {
		const struct sim_group *g = &sc->groups[i];

		assert(*g->name && memchr(g->name, 0, sizeof g->name));
		assert(g->count >= 1 && g->speed > 0 && g->clearance < SIM_SECRECIES);
		agents += g->count;
	}
	assert(agents <= SIM_AGENTS_MAX);
	return agents;
}

static void run(const struct sim_scenario *sc)
{
	static struct sim s; /* large */
	bool done;
	int err = sim_init(&s, sc, 1, 0, 100, true);

	if (!err)
		err = sim_run(&s, CALLERS_RUN, &done);
	assert(err == 0 || err == ENOSPC || err == ENOMEM);
	sim_close(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sim_scenario sc; /* large */
	int err;

	hear();
	err = simulate_parse(&sc, "scenario.json", (const char *)data, size);
	assert(err == 0 || (err == EINVAL && n_said));
	if (!err && check(&sc) <= AGENTS_RUN)
		run(&sc);
	return 0;
}
