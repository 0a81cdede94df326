/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* simulate -- see simulate.h; the command, its replications and the bar that shows how far they are. */
#include "main/simulate.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/slice.h"
#include "main/commands.h"

/* A centre begins with room for so many who wait, and is begun anew with more where that is not enough;
 * a quarter of a million who wait are a wait that only grows. */
#define WAITING_FIRST 4096
#define WAITING_TIMES 8
#define WAITING_MAX   262144

#define CHUNK    8192 /* callers between two looks at the clock */
#define BAR_S    0.1
#define BAR_SIZE 30

static const char usage[] =
	"heimamt simulate SCENARIO.json [--seed N] [--json] [--check]\n"
	"  Sends invented callers through the routing in virtual time, and says how "
	"long they wait.\n"
	"  What a scenario may say is in docs/simulate.md; examples are in "
	"dist/scenarios/.\n\n"
	"  --seed N  another course of chance (default 1); the same seed gives the same "
	"figures\n"
	"  --json    figures for programs: {\"mean\": ..., \"ci95\": half of the 95 % "
	"interval}\n"
	"  --check   looks at the routing's promises after each step: slow\n\n"
	"  Exit status 2: the scenario cannot be run; standard error says why.\n\n"
	"Examples:\n"
	"  heimamt simulate dist/scenarios/post.json\n"
	"  heimamt simulate dist/scenarios/house.json --seed 7 --json\n";

struct simulate_options {
	const char *file;
	uint64_t seed;
	bool json, checks;
};

enum { OPT_SEED = 256, OPT_JSON, OPT_CHECK };

static const struct option known[] = {
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "check", no_argument, NULL, OPT_CHECK },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static int set_seed(struct simulate_options *o, const char *text)
{
	if (slice_u64(slice_str(text), INT64_MAX, &o->seed))
		return 0;
	fprintf(stderr, "heimamt: --seed needs a whole number, such as 7, not \"%s\".\n",
		text);
	return EXIT_USAGE + 1;
}

/* 0; or an exit status + 1: the command is over. */
static int read_options(struct simulate_options *o, int argc, char **argv)
{
	int opt, status = 0;

	*o = (struct simulate_options){ .seed = 1 };
	optind = 1;
	while (!status && (opt = getopt_long(argc, argv, "h", known, NULL)) != -1) {
		switch (opt) {
		case OPT_SEED: status = set_seed(o, optarg); break;
		case OPT_JSON: o->json = true; break;
		case OPT_CHECK: o->checks = true; break;
		case 'h': fputs(usage, stdout); return 1;
		default: fputs(usage, stderr); return EXIT_USAGE + 1;
		}
	}
	if (status)
		return status;
	if (optind + 1 != argc) {
		fprintf(stderr, "heimamt: simulate needs one scenario's file.\n\n%s",
			usage);
		return EXIT_USAGE + 1;
	}
	o->file = argv[optind];
	return 0;
}

static double now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* What is shown while it runs, on a terminal only. */
struct progress {
	bool is_shown;
	double begun_s, told_s;
	uint64_t done, all; /* callers */
};

static void show(struct progress *p, uint64_t more)
{
	double now = now_s(), part = (double)(p->done + more) / (double)p->all;
	int full = (int)((part < 1 ? part : 1) * BAR_SIZE);

	if (!p->is_shown || now - p->told_s < BAR_S)
		return;
	p->told_s = now;
	fprintf(stderr, "\r[%.*s%*s] %3.0f %%  %.2f million calls a second ", full,
		"##############################", BAR_SIZE - full, "", 100 * part,
		(double)(p->done + more) / 1e6 / (now - p->begun_s));
}

static void hide(const struct progress *p)
{
	if (p->is_shown)
		fputs("\r\033[K", stderr);
}

/* One replication with room for so many callers. ENOSPC: for too few. */
static int replicate_in(struct sim *s, const struct sim_scenario *sc,
	const struct simulate_options *o, uint32_t replication, size_t calls_max,
	struct progress *p)
{
	bool done = false;
	int err = sim_init(s, sc, o->seed, replication, calls_max, o->checks);

	while (!err && !done) {
		err = sim_run(s, s->arrived + CHUNK, &done);
		show(p, s->arrived);
	}
	return err;
}

/* What the command works on: large, so not on the stack. */
struct work {
	struct sim_scenario scenario;
	struct sim sim;
	struct sim_result result;
	struct progress progress;
};

static int tell_failure(const struct work *w, const struct simulate_options *o,
	uint32_t replication, int err)
{
	const struct sim *s = &w->sim;

	hide(&w->progress);
	if (err == ENOSPC) {
		fprintf(stderr,
			"%s: after %" PRIu64 " callers more than %d waited: the routing "
			"does not get the work done, and nobody leaves. Give the queues "
			"\"patience\" or \"max_waiting\", or have more agents.\n",
			o->file, s->arrived, WAITING_MAX);
		return EXIT_USAGE;
	}
	if (err == EPROTO)
		fprintf(stderr,
			"heimamt: after %" PRIu64
			" callers of replication %u the routing "
			"broke a promise: %s.\n",
			s->arrived, replication + 1, s->broken);
	else
		fprintf(stderr, "heimamt: %s.\n", strerror(err));
	return 1;
}

/* The exit status. */
static int replicate(
	struct work *w, const struct simulate_options *o, uint32_t replication)
{
	size_t agents = 0;
	int err = ENOSPC, status = 0;

	for (size_t i = 0; i < w->scenario.n_groups; i++)
		agents += w->scenario.groups[i].count;
	for (size_t n = WAITING_FIRST; err == ENOSPC && n <= WAITING_MAX;
		n *= WAITING_TIMES) {
		sim_close(&w->sim);
		err = replicate_in(
			&w->sim, &w->scenario, o, replication, agents + n, &w->progress);
	}
	if (err)
		status = tell_failure(w, o, replication, err);
	else
		sim_result_add(&w->result, &w->sim);
	w->progress.done += w->sim.arrived;
	sim_close(&w->sim);
	return status;
}

static int write_figures(const struct work *w, const struct simulate_options *o)
{
	struct simulate_run run = { .file = o->file,
		.seed = o->seed,
		.calls_per_second = (double)w->progress.done /
			(now_s() - w->progress.begun_s) };
	int err = 0;

	if (o->json)
		err = simulate_json(stdout, &w->scenario, &w->result, &run);
	else
		simulate_table(stdout, &w->scenario, &w->result, &run);
	if (!err && fflush(stdout))
		err = errno;
	if (err)
		fprintf(stderr, "heimamt: the figures cannot be written: %s.\n",
			strerror(err));
	return err ? 1 : 0;
}

static int run(struct work *w, const struct simulate_options *o)
{
	const struct sim_scenario *sc = &w->scenario;
	int status = 0;

	w->progress = (struct progress){ .is_shown = isatty(STDERR_FILENO),
		.begun_s = now_s(),
		.all = (sc->warmup + sc->calls) * sc->replications };
	for (uint32_t i = 0; !status && i < sc->replications; i++)
		status = replicate(w, o, i);
	if (status)
		return status;
	hide(&w->progress);
	return write_figures(w, o);
}

int command_simulate(int argc, char **argv)
{
	struct simulate_options o;
	struct work *w;
	int status = read_options(&o, argc, argv);

	if (status)
		return status - 1;
	w = calloc(1, sizeof *w);
	if (!w) {
		fprintf(stderr, "heimamt: %s.\n", strerror(ENOMEM));
		return 1;
	}
	status = simulate_read(&w->scenario, o.file) ? EXIT_USAGE : run(w, &o);
	free(w);
	return status;
}
