/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * acd: acd_check() sees each promise that is broken.  A house in which everything happens at once is broken in
 * one place, and the check must name that.  A check that cannot fail would make the random test worthless.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "core/acd/priv.h"

/* A talks with 1, B is offered 2, C wraps up, D is ready for the other queue; 4 and 5 wait, 6 and 7 for A. */
static const struct acd_event events[] = {
	{ .type = ACD_EV_AGENT_ENTER, .agent = 'A', .queues = { { 1 } } },
	{ .type = ACD_EV_AGENT_ENTER, .agent = 'B', .queues = { { 1 } } },
	{ .type = ACD_EV_AGENT_ENTER, .agent = 'C', .queues = { { 1 } } },
	{ .type = ACD_EV_AGENT_ENTER, .agent = 'D', .queues = { { 2 } } },
	{ .type = ACD_EV_AGENT_READY, .agent = 'A' },
	{ .type = ACD_EV_AGENT_READY, .agent = 'C' },
	{ .type = ACD_EV_AGENT_READY, .agent = 'B' },
	{ .type = ACD_EV_AGENT_READY, .agent = 'D' },
	{ .type = ACD_EV_CALL_ARRIVE, .call = 1 },
	{ .type = ACD_EV_AGENT_ACCEPT, .agent = 'A', .call = 1 },
	{ .type = ACD_EV_CALL_ARRIVE, .call = 3 },
	{ .type = ACD_EV_AGENT_ACCEPT, .agent = 'C', .call = 3 },
	{ .type = ACD_EV_CALL_HANGUP, .call = 3 },
	{ .type = ACD_EV_CALL_ARRIVE, .call = 2 },
	{ .type = ACD_EV_CALL_ARRIVE, .call = 4 },
	{ .type = ACD_EV_CALL_ARRIVE, .call = 5 },
	{ .type = ACD_EV_CALL_ARRIVE, .call = 6, .agent = 'A', .prefer_ms = 9000 },
	{ .type = ACD_EV_CALL_ARRIVE, .call = 7, .agent = 'A', .prefer_ms = 9000 },
};

static struct acd acd;

static struct acd_agent *ag(uint64_t id)
{
	return agent_find(&acd, id);
}

static struct acd_call *call(uint64_t id)
{
	return call_find(&acd, id);
}

static struct acd_group *group(uint64_t id)
{
	return group_of(&acd, ag(id));
}

static struct acd_wait *wait(uint64_t id)
{
	return wait_of(&acd, call(id));
}

/* Each is one way to break it, by its number in the table below. */
static void break_call(int how)
{
	switch (how) {
	case 0: call(4)->state = ACD_CALL_OFFERED; break;
	case 1: call(5)->order = 1; break;
	case 2: acd.queues[0].n_waiting++; break;
	case 3: timer_stop(&acd, timer_of_call(&acd, call(4))); break;
	case 4: acd.queues[0].staff = 0; break;
	case 5: index_drop(&acd.call_ids, acd.calls, sizeof *acd.calls, 3); break;
	case 6: call(1)->agent = 0; break;
	case 7: call(1)->agent = agent_index(&acd, ag('B')) + 1; break;
	case 8: call(4)->wants_office = true; break;
	case 9: call(4)->is_held = true; break;
	case 10: call(1)->is_callback = true; break;
	case 11: call(1)->is_held = true; break;
	case 12: list_append(&acd.queues[1].waiting, &wait(1)->node); break;
	case 13: acd.queues[0].n_callbacks++; break;
	case 14: wait(1)->class = &acd.classes[0]; break;
	}
}

static void break_agent(int how)
{
	switch (how) {
	case 20: ag('D')->state = ACD_AGENT_PAUSE; break;
	case 21: group('D')->n_idle++; break;
	case 22: acd.idle_groups[0] = 0; break;
	case 23: acd.waiting_classes[0] = 0; break;
	case 24: memset(acd.class_bits, 0xFF, 8 * acd.class_words * acd.n_groups); break;
	case 25: memset(acd.group_bits, 0xFF, 8 * acd.n_classes); break;
	case 26: ag('A')->lacks = LACKS_LINE; break;
	case 27: ag('D')->lacks = LACKS_DESK; break;
	case 28: timer_set(&acd, timer_of_agent(&acd, ag('A')), 5); break;
	case 29: ag('A')->pause_after = ag('A')->work_after = true; break;
	case 30: ag('A')->n_preferring++; break;
	case 31: group('D')->profile.queues.w[0] = 3; break;
	case 32: ag('D')->call = call_index(&acd, call(4)) + 1; break;
	case 33: index_drop(&acd.agent_ids, acd.agents, sizeof *acd.agents, 0); break;
	case 34: list_append(&acd.spare_groups, &group('D')->spare); break;
	case 35: ag('D')->n_declined = 1; break;
	case 36: ag('C')->returns = true; break;
	case 37: group('D')->n_at_work = 0; break;
	case 38: ag('B')->state = ACD_AGENT_TALKING; break;
	case 39: call(7)->order = 1; break;
	case 40: timer_stop(&acd, timer_of_agent(&acd, ag('C'))); break;
	case 41: idle_remove(&acd, ag('D')); break;
	case 42: ag('D')->idle_prev = 1; break;
	case 43: group('D')->idle_last = 0; break;
	case 44: call_of(&acd, ag('B'))->sensitivity = 3; break;
	}
}

static const struct {
	int how;
	const char *words; /* with which the answer begins */
} cases[] = {
	{ 0, "a call that is not waiting" },
	{ 1, "a queue is not in the order" },
	{ 2, "a queue's length" },
	{ 3, "a waiting call has no end" },
	{ 4, "callers wait for nobody" },
	{ 5, "an unknown call" },
	{ 6, "a call's state and its agent" },
	{ 7, "a call's agent has another" },
	{ 8, "a call waits in a class" },
	{ 9, "a waiting call stands in no class" },
	{ 10, "somebody who talks" },
	{ 11, "a call is held that does not wait" },
	{ 12, "a call that is not waiting" },
	{ 13, "a queue's length" },
	{ 14, "a call is held and stands" },
	{ 20, "an agent is idle in another's" },
	{ 21, "a group's agents are miscounted" },
	{ 22, "a group's bit and its idle" },
	{ 23, "a class's bit" },
	{ 24, "the bits of a group" },
	{ 25, "the bits of a group" },
	{ 26, "an agent talks without a line" },
	{ 27, "an agent is ready that lacks" },
	{ 28, "a state that ends has no end" },
	{ 29, "an agent is to pause and to work" },
	{ 30, "who waits for an agent" },
	{ 31, "a ready agent and a waiting caller" },
	{ 32, "an agent's state and its call" },
	{ 33, "an agent cannot be found" },
	{ 34, "a group with agents is spare" },
	{ 35, "what was declined" },
	{ 36, "an agent is to return" },
	{ 37, "a group's agents are miscounted" },
	{ 38, "an agent and its call disagree" },
	{ 39, "a queue is not in the order" },
	{ 40, "a state that ends has no end" },
	{ 41, "an agent is ready and not idle" },
	{ 42, "the idle are not in order" },
	{ 43, "the idle are not in order" },
	{ 44, "an offer is against clearance" },
};

static void open_house(void)
{
	static const struct acd_queue_config q[2] = { { .max_waiting = 9,
							      .offer_ms = 20000,
							      .wrapup_ms = 10000,
							      .max_wait_ms = 600000,
							      .unstaffed_ms = 60000 },
		{ .max_waiting = 9 } };
	struct acd_limits limits = { .calls = 9, .agents = 4 };
	struct acd_actions acts;

	assert_int_equal(acd_init(&acd, q, 2, &limits), 0);
	for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
		acd_step(&acd, &events[i], &acts);
		assert_int_equal(acts.verdict, ACD_DONE);
	}
	assert_null(acd_check(&acd));
}

static void test_each_break_is_seen(void **state)
{
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *said = NULL;

		open_house();
		break_call(cases[i].how);
		break_agent(cases[i].how);
		/* one group's bits are looked at each time */
		for (int turn = 0; !said && turn < 2; turn++, acd.order++)
			said = acd_check(&acd);
		if (!said || strncmp(said, cases[i].words, strlen(cases[i].words)) != 0)
			fail_msg("break %d: \"%s\" instead of \"%s...\"", cases[i].how,
				said ? said : "all is well", cases[i].words);
		acd_close(&acd);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_break_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
