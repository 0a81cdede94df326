/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* acd: memory is refused to acd_init() at each point in turn, and asked for nowhere else. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>

#include "story.h"

/* Linked with --wrap=calloc. */
void *__wrap_calloc(size_t n, size_t size);
void *__real_calloc(size_t n, size_t size);

static int allowed = -1; /* so many more; -1: all */
static int asked;

void *__wrap_calloc(size_t n, size_t size)
{
	asked++;
	if (allowed == 0)
		return NULL;
	if (allowed > 0)
		allowed--;
	return __real_calloc(n, size);
}

static void test_each_refused(void **state)
{
	struct acd_limits limits = { .calls = 4, .agents = 2 };
	struct acd acd;
	int n = 0, err;

	do {
		allowed = n++;
		err = acd_init(&acd, story_queues, STORY_QUEUES, &limits);
		allowed = -1;
		assert_true(err == 0 || err == ENOMEM);
	} while (err);
	assert_true(n > 10);
	acd_close(&acd);
}

static void test_none_later(void **state)
{
	struct acd_limits limits = { .calls = 4, .agents = 2 };
	struct acd_event ev = { .queues = { { 1 } }, .agent = 'A', .call = 1 };
	struct acd_actions acts;
	struct acd acd;

	assert_int_equal(acd_init(&acd, story_queues, STORY_QUEUES, &limits), 0);
	asked = 0;
	ev.type = ACD_EV_AGENT_ENTER;
	acd_step(&acd, &ev, &acts);
	for (int t = 0; t < ACD_EVENTS; t++) {
		ev.type = (enum acd_event_type)t;
		acd_step(&acd, &ev, &acts);
	}
	assert_int_equal(asked, 0);
	acd_close(&acd);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_refused),
		cmocka_unit_test(test_none_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
