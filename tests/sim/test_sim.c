/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The whole centre on simulated ports: ten thousand calls with random hang-ups, declines, overlooked
 * offers, lost lines and closed desks.  No call lost, none answered twice, no agent stuck.
 *
 * test_sim [SEED [CALLS]] runs one seed alone, to replay a failure.
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

static struct world_config config_of(uint64_t seed, size_t n_calls)
{
	return (struct world_config){
		.seed = seed,
		.n_calls = n_calls,
		.n_agents = 12,
		.n_relays = seed % 3 ? 3 : 1,
		/* some seeds have too few agents, some too few calls */
		.mean_gap_ms = seed % 2 ? 1500 : 6000,
		.mean_patience_ms = 40000,
		.mean_talk_ms = 20000,
		.decline = 100,
		.overlook = 50,
		.line_lost = 5,
		.desk_closed = 20,
		.relay_refuses = 5,
		.join_refused = 10,
	};
}

static void run(uint64_t seed, size_t n_calls)
{
	struct world_config cfg = config_of(seed, n_calls);
	struct world_report r;
	const char *broken = world_run(&cfg, &r);

	print_message(
		"# seed %lu: %zu arrived, %zu refused, %zu answered, %zu callers left, "
		"%zu ended by us, %zu declined, %zu overlooked, %zu lines lost, %zu "
		"desks "
		"closed, %zu came back to the queue, %ld virtual minutes\n",
		(unsigned long)seed, r.arrived, r.refused, r.answered, r.abandoned,
		r.sent_off, r.declines, r.timeouts, r.lines_lost, r.desks_closed,
		r.returned, (long)(r.virtual_ms / 60000));
	if (broken)
		fail_msg("seed %lu after %ld ms: %s", (unsigned long)seed,
			(long)r.virtual_ms, broken);
	/* each kind of trouble really happened */
	assert_int_equal(r.arrived, n_calls);
	assert_true(r.answered > n_calls / 10 && r.abandoned > 0 && r.declines > 0);
	assert_true(r.timeouts > 0 && r.lines_lost > 0 && r.desks_closed > 0 &&
		r.returned > 0);
}

static void test_ten_thousand_calls(void **state)
{
	for (uint64_t seed = 1; seed <= 4; seed++)
		run(seed, 2500);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(
		test_ten_thousand_calls) };

	log_init("sim", LOG_LEVEL_NONE);
	if (argc > 1) {
		run(strtoull(argv[1], NULL, 10),
			argc > 2 ? strtoull(argv[2], NULL, 10) : 10000);
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
