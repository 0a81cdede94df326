/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The whole centre on simulated ports: ten thousand calls with all that world.h can let go wrong.  No call
 * lost, none answered twice, no agent stuck.
 *
 * test_sim [SEED [CALLS [log]]] runs one seed alone, to replay a failure, with the centre's own log.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "world.h"

#define SEEDS          4
#define STOPPED_SEED   3
#define CALLS_PER_SEED 2500

/* Some seeds have too few agents, some too few calls; two have one relay only. */
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
	       "back to the queue; %zu steps, %ld virtual minutes\n",
		(unsigned long)cfg->seed, r->arrived, r->refused, r->offered, r->answered,
		r->returned, r->steps, (long)(r->virtual_ms / 60000));
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

static void run(uint64_t seed, size_t n_calls)
{
	struct world_config cfg = config_of(seed, n_calls);
	struct world_report r;
	const char *broken = world_run(&cfg, &r);

	print(&cfg, &r);
	if (broken)
		fail_msg("seed %lu after %ld ms: %s", (unsigned long)seed,
			(long)r.virtual_ms, broken);
	assert_int_equal(r.arrived, n_calls);
	assert_true(r.answered > n_calls / 10 && r.returned > 0);
	if (n_calls < CALLS_PER_SEED)
		return;
	/* each kind of trouble really happened */
	for (unsigned t = 0; t < TROUBLES; t++)
		if (cfg.chance[t] && !r.troubles[t])
			fail_msg("seed %lu: \"%s\" never happened", (unsigned long)seed,
				world_trouble_word((enum trouble)t));
}

static void test_seed(void **state)
{
	run((uintptr_t)*state, CALLS_PER_SEED);
}

int main(int argc, char **argv)
{
	static struct CMUnitTest tests[SEEDS];
	static const char *const names[SEEDS] = { "2,500 calls, seed 1",
		"2,500 calls, seed 2", "2,500 calls, seed 3, stopped in full swing",
		"2,500 calls, seed 4" };

	log_init("sim", argc > 3 ? LOG_LEVEL_INFO : LOG_LEVEL_NONE);
	if (argc > 1) {
		run(strtoull(argv[1], NULL, 10),
			argc > 2 ? strtoull(argv[2], NULL, 10) : CALLS_PER_SEED);
		return 0;
	}
	for (uintptr_t i = 0; i < SEEDS; i++)
		tests[i] = (struct CMUnitTest){ names[i], test_seed, NULL, NULL,
			(void *)(i + 1) };
	return _cmocka_run_group_tests("sim", tests, SEEDS, NULL, NULL);
}
