/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The whole centre on simulated ports: more than ten thousand calls with all that world.h can let go wrong.  No
 * call lost, none answered twice, no talk parted, no agent stuck.
 *
 * test_sim SEED [CALLS [log]]        one seed alone, to replay a failure, with the centre's own log
 * test_sim --calls N [--seed SEED]   so many calls from this seed on; stops at the first broken promise
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "world.h"

#define SEEDS          5
#define STOPPED_SEED   3
#define CALLS_PER_SEED 2500
#define CALLS_AT_ONCE  10000 /* of one seed in a long run */

/* Some seeds have too few agents, some too few calls; some have one relay only. */
static struct world_config config_of(uint64_t seed, size_t n_calls)
{
	struct world_config cfg = {
		.seed = seed,
		.n_calls = n_calls,
		.n_agents = seed % 2 ? 8 : 12,
		.n_relays = seed % 3 ? 3 : 1,
		.mean_gap_ms = seed % 2 ? 1500 : 6000,
		.mean_patience_ms = 60000,
		.mean_talk_ms = 20000,
		.chance = {
			[T_DECLINED] = 1000,
			[T_OVERLOOKED] = 500,
			[T_LINE_SILENT] = 30,
			[T_LINE_DOWN] = 20,
			[T_LINE_FAILED] = 200,
			[T_DESK_CLOSED] = 20,
			[T_DESK_GONE] = 10,
			[T_DESK_RELOADED] = 20,
			[T_TRANSFERRED] = 1500,
			[T_SHIFT_ENDED] = 500,
			[T_ON_HOLD] = 2000,
			[T_HELD_TOO_LONG] = 1500,
			[T_SECOND_TAB] = 100,
			[T_LOGGED_OUT] = 50,
			[T_WORD_LATE] = 300,
			[T_WORD_TWICE] = 300,
			[T_WORD_LOST] = 100,
			[T_VIEW_LATE] = 300,
			[T_WEB_CALLER] = 1000,
			[T_PAGE_CLOSED] = 5000,
			[T_LATE_OFFER] = 500,
			[T_BAD_ACK] = 2000,
			[T_NEVER_HEARD] = 200,
			[T_HOLD] = 1500,
			[T_MUTE_AFTER_HOLD] = 2000,
			[T_BAD_REOFFER] = 1000,
			[T_MOVE_REFUSED] = 500,
			[T_MOVE_UNKNOWN] = 500,
			[T_MOVE_UNANSWERED] = 500,
			[T_RELAY_GONE_AGAIN] = 1000,
			[T_CALLER_SILENT] = 50,
			[T_CALLER_MUTE] = 10,
			[T_CALLER_DOWN] = 10,
			[T_LEG_REFUSED] = 50,
			[T_JOIN_REFUSED] = 200,
			[T_RELAY_FULL] = 20,
			[T_RELAY_SLOW] = 100,
			[T_RELAY_GONE] = 30,
			[T_RELAY_DRAINS] = 5,
			[T_RECORDS_ILL] = 20,
			[T_RECORD_REFUSED] = 100,
			[T_JOURNAL_FULL] = 5,
			[T_CLOCK_JUMPS] = 20,
			[T_SUSPENDED] = 20,
			[T_CONTROL_KILLED] = 100,
			[T_KILLED_AGAIN] = 2000,
			[T_STOPPED] = seed % SEEDS == STOPPED_SEED ? 1 : 0,
		},
	};

	return cfg;
}

static void print(const struct world_config *cfg, const struct world_report *r)
{
	printf("# seed %lu: %zu arrived, %zu refused, %zu offered, %zu answered, %zu "
	       "came "
	       "back to the queue, %zu went on in another process; %zu steps, %ld "
	       "virtual minutes\n",
		(unsigned long)cfg->seed, r->arrived, r->refused, r->offered, r->answered,
		r->returned, r->adopted, r->steps, (long)(r->virtual_ms / 60000));
	printf("#   ended:");
	for (size_t i = 0; i < WORLD_WHYS_MAX && r->whys[i].n; i++)
		printf(" %s %zu%s", r->whys[i].word, r->whys[i].n,
			i + 1 < WORLD_WHYS_MAX && r->whys[i + 1].n ? "," : "\n");
	for (unsigned t = 0; t < TROUBLES; t++)
		printf("%s %s %zu%s",
			t == 0          ? "#   trouble:"
				: t % 9 ? ""
					: "#     ",
			world_trouble_word((enum trouble)t), r->troubles[t],
			t + 1 == TROUBLES    ? "\n"
				: t % 9 == 8 ? ",\n"
					     : ",");
	(void)fflush(stdout);
}

static void add(struct world_report *sum, const struct world_report *r)
{
	sum->arrived += r->arrived;
	sum->answered += r->answered;
	sum->interrupted += r->interrupted;
	sum->resumed += r->resumed;
	sum->held += r->held;
	sum->handed_over += r->handed_over;
	sum->hold_over += r->hold_over;
	sum->diverted += r->diverted;
	sum->announced += r->announced;
	sum->returned += r->returned;
	sum->adopted += r->adopted;
	sum->adopted_talks += r->adopted_talks;
	sum->segments += r->segments;
	sum->replayed += r->replayed;
	sum->steps += r->steps;
	sum->virtual_ms += r->virtual_ms;
	for (unsigned t = 0; t < TROUBLES; t++)
		sum->troubles[t] += r->troubles[t];
}

static const char *run(uint64_t seed, size_t n_calls, struct world_report *r)
{
	struct world_config cfg = config_of(seed, n_calls);
	const char *broken = world_run(&cfg, r);

	print(&cfg, r);
	if (broken)
		printf("# broken: %s; replay: tests/sim/test_sim %lu %zu log\n", broken,
			(unsigned long)seed, n_calls);
	return broken;
}

/* --- in the test suite --- */

static struct world_report sum;

static void test_seed(void **state)
{
	uint64_t seed = (uintptr_t)*state;
	struct world_report r;
	const char *broken = run(seed, CALLS_PER_SEED, &r);

	if (broken)
		fail_msg("seed %lu after %ld ms: %s", (unsigned long)seed,
			(long)r.virtual_ms, broken);
	assert_int_equal(r.arrived, CALLS_PER_SEED);
	assert_true(r.answered > CALLS_PER_SEED / 10 && r.returned > 0);
	add(&sum, &r);
}

static void test_troubles(void **state)
{
	for (unsigned t = 0; t < TROUBLES; t++)
		if (!sum.troubles[t])
			fail_msg("\"%s\" never happened",
				world_trouble_word((enum trouble)t));
	assert_true(sum.arrived >= 10000);
	assert_true(sum.resumed > 0 && sum.adopted_talks > 0);
	printf("# %zu times on hold, %zu handed over, %zu by time\n", sum.held,
		sum.handed_over, sum.hold_over);
	assert_true(sum.held > 500 && sum.handed_over > 50 && sum.hold_over > 50);
	printf("# %zu callers were sent elsewhere, %zu clips told places and waits\n",
		sum.diverted, sum.announced);
	assert_true(sum.diverted > 500 && sum.announced > 5000);
	printf("# %zu segments of the journal, %zu events run again\n", sum.segments,
		sum.replayed);
	assert_true(sum.segments > 400 && sum.replayed > 50000);
}

/* --- by hand --- */

static double now_s(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int run_long(uint64_t seed, size_t n_calls)
{
	struct world_report total = { 0 }, r;
	double began = now_s();
	uint64_t first = seed;
	bool is_whole = true;

	while (is_whole && total.arrived < n_calls) {
		size_t left = n_calls - total.arrived;

		is_whole = !run(seed++, left < CALLS_AT_ONCE ? left : CALLS_AT_ONCE, &r);
		add(&total, &r);
		printf("= %zu calls of seeds %lu to %lu in %.0f s: %zu steps, %zu "
		       "answered, %zu "
		       "interrupted, %zu resumed, %zu returned; control killed %zu "
		       "times, "
		       "%zu calls adopted, %zu of them talks\n",
			total.arrived, (unsigned long)first, (unsigned long)seed - 1,
			now_s() - began, total.steps, total.answered, total.interrupted,
			total.resumed, total.returned,
			total.troubles[T_CONTROL_KILLED] + total.troubles[T_KILLED_AGAIN],
			total.adopted, total.adopted_talks);
		(void)fflush(stdout);
	}
	return is_whole ? 0 : 1;
}

static int usage(void)
{
	fprintf(stderr, "test_sim [SEED [CALLS [log]]] | --calls N [--seed SEED]\n");
	return 2;
}

static int by_hand(int argc, char **argv)
{
	struct world_report r;
	size_t n_calls = 0;
	uint64_t seed = 1;

	if (strncmp(argv[1], "--", 2) != 0) {
		n_calls = argc > 2 ? strtoull(argv[2], NULL, 10) : CALLS_PER_SEED;
		return run(strtoull(argv[1], NULL, 10), n_calls, &r) ? 1 : 0;
	}
	for (int i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--calls") == 0)
			n_calls = strtoull(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--seed") == 0)
			seed = strtoull(argv[i + 1], NULL, 10);
		else
			return usage();
	}
	return n_calls ? run_long(seed, n_calls) : usage();
}

int main(int argc, char **argv)
{
	static struct CMUnitTest tests[SEEDS + 1];
	static const char *const names[SEEDS] = { "2,500 calls, seed 1",
		"2,500 calls, seed 2", "2,500 calls, seed 3, stopped in full swing",
		"2,500 calls, seed 4", "2,500 calls, seed 5" };

	log_init("sim",
		argc > 3 && strcmp(argv[3], "log") == 0 ? LOG_LEVEL_INFO
							: LOG_LEVEL_NONE);
	if (argc > 1)
		return by_hand(argc, argv);
	for (uintptr_t i = 0; i < SEEDS; i++)
		tests[i] = (struct CMUnitTest){ names[i], test_seed, NULL, NULL,
			(void *)(i + 1) };
	tests[SEEDS] = (struct CMUnitTest){ "each kind of trouble happened",
		test_troubles, NULL, NULL, NULL };
	return _cmocka_run_group_tests("sim", tests, SEEDS + 1, NULL, NULL);
}
