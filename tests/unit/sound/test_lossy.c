/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* lossy: how soon it says so, how rarely it is wrong, and that it does not go to and fro. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>

#include "sound/lossy.h"
#include "voice.h"

#define STEP_US  500000 /* 25 packets at a time */
#define PER_STEP 25
#define N(array) (sizeof(array) / sizeof *(array))

struct line {
	struct lossy l;
	int64_t now_us;
	uint32_t seed;
};

static void begin(struct line *k, uint32_t seed)
{
	lossy_init(&k->l);
	k->now_us = 5000000;
	k->seed = seed;
	for (int i = 0; i < 10; i++)
		voice_chance(&k->seed);
}

/* Half a second at this loss. */
static bool step(struct line *k, double loss)
{
	uint32_t lost = 0;

	for (int i = 0; i < PER_STEP; i++)
		lost += voice_chance(&k->seed) < loss;
	k->now_us += STEP_US;
	return lossy_add(&k->l, PER_STEP, lost, k->now_us);
}

/* An hour each, ten lines each. */
static void test_hour(void **state)
{
	static const struct {
		double loss;
		unsigned most; /* turns in an hour, in the mean */
		double least_on, most_on; /* share of the time */
	} cases[] = {
		{ 0, 0, 0, 0 },
		{ 0.002, 0, 0, 0 },
		{ 0.005, 2, 0, 0.02 },
		{ 0.01, 10, 0, 1 },
		{ 0.015, 3, 0.9, 1 },
		{ 0.02, 2, 0.98, 1 },
		{ 0.03, 1, 0.99, 1 },
		{ 0.05, 1, 0.99, 1 },
		{ 0.1, 1, 0.99, 1 },
	};

	for (size_t c = 0; c < N(cases); c++) {
		unsigned turns = 0, on = 0, most = 0;

		for (uint32_t line = 0; line < 10; line++) {
			struct line k;
			unsigned its = 0;

			begin(&k, 100 + line);
			for (int s = 0; s < 7200; s++) {
				its += step(&k, cases[c].loss);
				on += k.l.is_lossy;
			}
			turns += its;
			most = its > most ? its : most;
		}
		print_message("# %.1f %% for an hour: %.1f turns in the mean, %u at "
			      "most, on %.2f %% of the time\n",
			100 * cases[c].loss, turns / 10.0, most, on / 720.0);
		assert_true(turns <= 10 * cases[c].most);
		assert_true(on >= 72000 * cases[c].least_on);
		assert_true(on <= 72000 * cases[c].most_on);
	}
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* After ten quiet seconds the loss begins: how long until it is known? Of two hundred lines. */
static void test_soon(void **state)
{
	static const struct {
		double loss, median_s, most_of_them_s;
	} cases[] = { { 0.03, 6, 13 }, { 0.04, 4, 8 }, { 0.05, 3, 6 },
		{ 0.1, 1.5, 2.5 } };

	for (size_t c = 0; c < N(cases); c++) {
		double took[200];
		unsigned within = 0;

		for (uint32_t line = 0; line < N(took); line++) {
			struct line k;

			begin(&k, 1000 + line);
			for (int s = 0; s < 20; s++)
				assert_false(step(&k, 0));
			for (took[line] = 0.5;
				!step(&k, cases[c].loss) && took[line] < 60;)
				took[line] += 0.5;
			within += took[line] <= 5;
		}
		qsort(took, N(took), sizeof *took, compare);
		print_message("# %.0f %%: half of the lines within %.1f s, 90 %% within "
			      "%.1f, 99 %% within %.1f; %.0f %% within 5 s\n",
			100 * cases[c].loss, took[N(took) / 2], took[N(took) * 9 / 10],
			took[N(took) * 99 / 100], 100.0 * within / N(took));
		assert_true(took[N(took) / 2] <= cases[c].median_s);
		assert_true(took[N(took) * 9 / 10] <= cases[c].most_of_them_s);
	}
}

/* When the loss ends it stays on for half a minute, and then is off for good. */
static void test_back(void **state)
{
	struct line k;
	int s = 0;

	begin(&k, 9);
	for (int i = 0; i < 60; i++)
		step(&k, 0.08);
	assert_true(k.l.is_lossy);
	assert_in_range(k.l.percent, 4, 12);
	while (!step(&k, 0) && s < 1000)
		s++;
	print_message("# off %.1f s after the last loss\n", s / 2.0);
	assert_in_range(s, 58, 90);
	assert_false(k.l.is_lossy);
	assert_int_equal(k.l.percent, 0);
	for (int i = 0; i < 7200; i++)
		assert_false(step(&k, 0));
}

/* Reports of any kind: more lost than expected, nothing expected, huge, a clock that goes back, a pause of a day. */
static void test_odd(void **state)
{
	struct lossy l;

	lossy_init(&l);
	assert_false(lossy_add(&l, 0, 0, 0));
	assert_false(lossy_add(&l, 0, 5, 1000));
	assert_int_equal(l.percent, 0);
	assert_false(lossy_add(&l, 1, 2, 2000)); /* one packet, lost: too little to say */
	assert_true(lossy_add(&l, 50, 70, 3000));
	assert_int_equal(l.percent, 100);
	/* nothing comes for a day: nothing is learnt */
	assert_false(lossy_add(&l, 0, 0, 86400000000));
	assert_true(l.is_lossy);
	assert_false(lossy_add(&l, 0, 0, 5));
	assert_false(lossy_add(&l, UINT32_MAX, UINT32_MAX, 6));
	assert_true(l.is_lossy);
	for (int i = 0; i < 1000; i++)
		lossy_add(&l, UINT32_MAX / 3, i & 1 ? UINT32_MAX : 0, i * INT64_C(10000));
	assert_true(l.percent <= 100);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hour),
		cmocka_unit_test(test_soon),
		cmocka_unit_test(test_back),
		cmocka_unit_test(test_odd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
