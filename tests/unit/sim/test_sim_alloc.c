/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sim: each allocation fails in turn; sim_init() says so, and nothing leaks. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>

#include "scene.h"

/* Linked with --wrap=calloc: all that the core asks for. */
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);

static unsigned asked, fail_at; /* fail_at 0: none */

void *__wrap_calloc(size_t n, size_t size)
{
	return ++asked == fail_at ? NULL : __real_calloc(n, size);
}

static void test_each_fails(void **state)
{
	static struct sim s; /* large */
	struct sim_scenario sc = scene(3, 2);
	unsigned all;
	bool done;

	sc.calls = 20;
	for (fail_at = 1, all = 1; fail_at <= all; fail_at++) {
		int err;

		asked = 0;
		err = sim_init(&s, &sc, 1, 0, 30, false);
		if (err == 0) /* it was the last one that failed before */
			break;
		assert_int_equal(err, ENOMEM);
		sim_close(&s);
		sim_close(&s); /* twice is once */
		all = fail_at + 1;
	}
	assert_true(fail_at >
		8); /* desks, calls, ringing, the agenda's two, and the core's */
	assert_int_equal(sim_run(&s, UINT64_MAX, &done), 0);
	assert_int_equal(asked, fail_at - 1); /* none after init */
	assert_true(done);
	sim_close(&s);
	sim_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_each_fails) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
