/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Other rules while calls go on: talks, offers and places stay as they were, who waits is looked at anew, and in random
 * houses whose rules change all the time every promise holds.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "chance.h"
#include "story.h"

enum { RUNS = 8, STEPS = 5000, MORE_QUEUES = 2 };

static const struct acd_limits limits = { .calls = 8, .agents = 3, .regain_ms = 15000 };

static struct acd_queue_config rules[STORY_QUEUES + MORE_QUEUES];

static int open_house(void **state)
{
	struct acd *acd = calloc(1, sizeof *acd);

	assert_non_null(acd);
	memcpy(rules, story_queues, sizeof story_queues);
	rules[2] = rules[3] = story_queues[1];
	assert_int_equal(acd_init(acd, story_queues, STORY_QUEUES, &limits), 0);
	*state = acd;
	return 0;
}

static int close_house(void **state)
{
	acd_close(*state);
	free(*state);
	return 0;
}

static void happens(struct acd *acd, int event, int at_s, int call, char agent, int queue,
	const char *expected)
{
	const struct step s = { event, at_s, call, agent, queue, expected };
	struct acd_event ev = story_event(&s);
	struct acd_actions acts;
	char got[512];

	acd_step(acd, &ev, &acts);
	story_write(got, sizeof got, &acts);
	assert_string_equal(got, expected);
	assert_null(acd_check(acd));
}

/* With as many queues; what its ticks do. */
static void change(struct acd *acd, size_t n, int at_s, const char *expected)
{
	struct acd_event ev = { .type = ACD_EV_CONFIGURE, .at_ms = at_s * 1000 };
	struct acd_actions acts;
	struct acd next;
	char got[512] = "", more[512];
	size_t n_got = 0;

	assert_int_equal(acd_prepare(&next, acd, rules, n, &acd->limits), 0);
	acd->next = &next;
	acd_step(acd, &ev, &acts);
	assert_int_equal(acts.verdict, ACD_DONE);
	assert_int_equal(acts.n, 0);
	assert_null(acd->next);
	assert_null(acd_check(acd));
	ev.type = ACD_EV_TICK;
	while (acd_next_deadline(acd) >= 0 && acd_next_deadline(acd) <= ev.at_ms) {
		acd_step(acd, &ev, &acts);
		story_write(more, sizeof more, &acts);
		n_got += (size_t)snprintf(got + n_got, sizeof got - n_got, "%s%s",
			n_got && *more ? " " : "", more);
		assert_true(n_got < sizeof got);
		assert_null(acd_check(acd));
	}
	assert_string_equal(got, expected);
}

static void test_talk_stays(void **state)
{
	struct acd *acd = *state;

	happens(acd, ENTER, 0, 0, 'A', 0, "A=away/new_shift");
	happens(acd, READY, 0, 0, 'A', 0, "A=ready");
	happens(acd, ARRIVE, 0, 1, 0, 0, "offer 1>A(1,0) A=offered");
	rules[0].skills.w[0] = 5; /* A has no skill at all */
	change(acd, STORY_QUEUES, 1, "");
	happens(acd, ACCEPT, 1, 1, 'A', 0, "A=talking join 1>A");
	happens(acd, ARRIVE, 2, 2, 0, 0, "");
	change(acd, STORY_QUEUES, 3, "");
	happens(acd, END, 4, 1, 'A', 0,
		"part 1>A agent_hung_up A=wrapup/agent_hung_up end 1 agent_hung_up");
	happens(acd, DONE, 5, 0, 'A', 0, "A=ready");
	rules[0].skills.w[0] = 0;
	change(acd, STORY_QUEUES, 6, "offer 2>A(1,0) A=offered");
}

static void test_places_stay(void **state)
{
	struct acd *acd = *state;

	happens(acd, ENTER, 0, 0, 'A', 0, "A=away/new_shift");
	happens(acd, ARRIVE, 1, 1, 0, 0, "");
	happens(acd, ARRIVE, 2, 2, 0, 0, "");
	rules[0].max_waiting = 2;
	change(acd, STORY_QUEUES, 3, "");
	happens(acd, ARRIVE, 4, 3, 0, 0, "[full]");
	happens(acd, READY, 5, 0, 'A', 0, "A=ready offer 1>A(1,0) A=offered");
}

static void test_new_queue(void **state)
{
	struct acd *acd = *state;
	struct acd_event enter = { .type = ACD_EV_AGENT_ENTER,
		.at_ms = 2000,
		.agent = 'C',
		.queues = { { 4 } } };
	struct acd_actions acts;

	happens(acd, ARRIVE, 0, 1, 0, 2, "[unknown]");
	change(acd, STORY_QUEUES + 1, 1, "");
	happens(acd, ARRIVE, 1, 1, 0, 2, "[no agent]");
	acd_step(acd, &enter, &acts);
	assert_int_equal(acts.verdict, ACD_DONE);
	happens(acd, ARRIVE, 3, 1, 0, 2, "");
	happens(acd, READY, 4, 0, 'C', 0, "C=ready offer 1>C(0,1) C=offered");
}

/* A rule that is new diverts nobody who has waited longer than it says. */
static void test_diversions(void **state)
{
	struct acd *acd = *state;

	happens(acd, ENTER, 0, 0, 'A', 0, "A=away/new_shift");
	happens(acd, ARRIVE, 0, 1, 0, 0, "");
	happens(acd, ARRIVE, 8, 2, 0, 0, "");
	rules[0].n_diversions = 1;
	rules[0].diversions[0] = (struct acd_diversion){ ACD_IF_LENGTH,
		ACD_DIVERT_MESSAGE, 0, 5000, 7 };
	change(acd, STORY_QUEUES, 10, "");
	happens(acd, TICK, 13, 0, 0, 0, "divert 2>message7 queue_long end 2 queue_long");
}

static void test_refused(void **state)
{
	struct acd *acd = *state;
	struct acd_event ev = { .type = ACD_EV_CONFIGURE };
	struct acd_limits other = acd->limits;
	struct acd_actions acts;
	struct acd next;

	acd_step(acd, &ev, &acts);
	assert_int_equal(acts.verdict, ACD_REFUSED);
	assert_int_equal(acd_prepare(&next, acd, rules, 1, &acd->limits), EINVAL);
	other.calls++;
	assert_int_equal(acd_prepare(&next, acd, rules, STORY_QUEUES, &other), EINVAL);
	rules[0].sensitivity++;
	assert_int_equal(
		acd_prepare(&next, acd, rules, STORY_QUEUES, &acd->limits), EINVAL);
}

static void any_rules(struct chance *c, struct acd_queue_config q[CHANCE_QUEUES])
{
	memcpy(q, chance_queues, CHANCE_QUEUES * sizeof *q);
	for (unsigned i = 0; i < CHANCE_QUEUES; i++) {
		q[i].max_waiting = 3 + (uint32_t)chance_below(c, 6);
		q[i].priority = 1 + (uint32_t)chance_below(c, 4);
		q[i].max_wait_ms = 20000 + (int64_t)chance_below(c, 40000);
		q[i].n_diversions = (uint8_t)chance_below(c, q[i].n_diversions + 1u);
		if (chance_below(c, 2))
			q[i].skills.w[0] = 0;
	}
	q[0].n_relax = q[0].skills.w[0] ? (uint8_t)chance_below(c, 3) : 0;
}

static void test_random(void **state)
{
	uint64_t n_changes = 0;

	for (uint64_t seed = 1; seed <= RUNS; seed++) {
		struct chance c = { .random = seed * 0x9E3779B97F4A7C15 };
		struct acd acd;

		assert_int_equal(
			acd_init(&acd, chance_queues, CHANCE_QUEUES, &chance_limits), 0);
		for (int i = 0; i < STEPS; i++) {
			struct acd_event ev = chance_event(&c, &acd);
			struct acd_queue_config q[CHANCE_QUEUES];
			struct acd_actions acts;
			struct acd next;

			if (chance_below(&c, 25) == 0) {
				any_rules(&c, q);
				assert_int_equal(acd_prepare(&next, &acd, q,
							 CHANCE_QUEUES, &acd.limits),
					0);
				acd.next = &next;
				ev = (struct acd_event){ .type = ACD_EV_CONFIGURE,
					.at_ms = c.now_ms };
				n_changes++;
			}
			acd_step(&acd, &ev, &acts);
			if (acd_check(&acd))
				fail_msg("seed %llu, step %d: %s",
					(unsigned long long)seed, i, acd_check(&acd));
		}
		acd_close(&acd);
	}
	assert_true(n_changes > RUNS * 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_talk_stays, open_house, close_house),
		cmocka_unit_test_setup_teardown(
			test_places_stay, open_house, close_house),
		cmocka_unit_test_setup_teardown(test_new_queue, open_house, close_house),
		cmocka_unit_test_setup_teardown(test_diversions, open_house, close_house),
		cmocka_unit_test_setup_teardown(test_refused, open_house, close_house),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
