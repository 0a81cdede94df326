/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The parts of sim: random numbers, agenda, intervals, and the judgement beforehand. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <math.h>

#include "scene.h"

/* The first outputs of the authors' xoshiro256starstar.c for the state 1, 2, 3, 4. */
static void test_generator(void **state)
{
	static const uint64_t out[] = { 11520, 0, 1509978240, 1215971899390074240,
		1216172134540287360, 607988272756665600, 16172922978634559625ULL,
		8476171486693032832, 10595114339597558777ULL, 2904607092377533576 };
	struct sim_rand rnd = { { 1, 2, 3, 4 } };

	for (size_t i = 0; i < sizeof out / sizeof *out; i++)
		assert_int_equal(sim_rand_next(&rnd), out[i]);
}

/* Every argument makes another stream. */
static void test_streams(void **state)
{
	uint64_t first[3 * 3 * SIM_PURPOSES * 3];
	size_t n = 0;

	for (uint64_t seed = 0; seed < 3; seed++)
		for (uint32_t replication = 0; replication < 3; replication++)
			for (int p = 0; p < SIM_PURPOSES; p++)
				for (uint32_t queue = 0; queue < 3; queue++) {
					struct sim_rand rnd;

					sim_rand_seed(&rnd, seed, replication,
						(enum sim_purpose)p, queue);
					first[n++] = sim_rand_next(&rnd);
				}
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			assert_int_not_equal(first[i], first[k]);
}

/* Mean and standard deviation of many draws, each within five standard errors. */
static void test_distributions(void **state)
{
	static const struct {
		struct sim_dist dist;
		double deviation, kurtosis;
	} cases[] = {
		{ { SIM_EXP, 60, 0 }, 60, 9 },
		{ { SIM_LOGNORMAL, 60, .5 }, 30, 8.04 },
		{ { SIM_DETERMINISTIC, 60, 0 }, 0, 1 },
	};
	enum { N = 200000 };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sim_draw d = sim_draw_of(&cases[i].dist);
		double s = cases[i].deviation, variance;
		struct sim_mean m = { 0 };
		struct sim_rand rnd;

		sim_rand_seed(&rnd, 7, 0, SIM_FOR_SERVICE, 0);
		for (int k = 0; k < N; k++)
			sim_mean_add(&m, sim_draw(&d, &rnd) / SIM_TICKS_PER_S);
		variance = m.squares / (N - 1);
		assert_true(fabs(m.mean - 60) <= 5 * s / sqrt(N));
		assert_true(fabs(variance - s * s) <=
			5 * s * s * sqrt((cases[i].kurtosis - 1) / N));
	}
	assert_true(sim_draw(&(struct sim_draw){ .kind = SIM_NONE }, NULL) ==
		(double)SIM_NEVER);
}

/* The median of an exponential is ln 2 means; of a lognormal mean / sqrt(1 + cv^2). */
static void test_medians(void **state)
{
	static const struct sim_dist dists[] = { { SIM_EXP, 60, 0 },
		{ SIM_LOGNORMAL, 60, 2 } };
	const double medians[] = { 60 * log(2), 60 / sqrt(5) };
	enum { N = 100000 };

	for (size_t i = 0; i < 2; i++) {
		struct sim_draw d = sim_draw_of(&dists[i]);
		struct sim_rand rnd;
		int below = 0;

		sim_rand_seed(&rnd, 11, 0, SIM_FOR_PATIENCE, 0);
		for (int k = 0; k < N; k++)
			below += sim_draw(&d, &rnd) < medians[i] * SIM_TICKS_PER_S;
		assert_true(fabs(below - N / 2.0) < 5 * sqrt(N / 4.0));
	}
}

/* The agenda against a plain table of what is due. */
static void test_agenda(void **state)
{
	enum { SLOTS = 37, STEPS = 40000 };
	struct {
		int64_t at;
		unsigned order;
	} due[SLOTS] = { 0 };
	struct sim_agenda a;
	struct sim_rand rnd;
	unsigned n = 0;

	sim_rand_seed(&rnd, 3, 0, SIM_FOR_ARRIVAL, 0);
	assert_int_equal(sim_agenda_init(&a, SLOTS), 0);
	for (unsigned step = 1; step <= STEPS; step++) {
		uint32_t slot = (uint32_t)(sim_rand_next(&rnd) % SLOTS), first = SLOTS;

		if (sim_rand_next(&rnd) % 3) {
			int64_t at = (int64_t)(sim_rand_next(&rnd) % 50);

			n += !due[slot].order;
			due[slot].at = at;
			due[slot].order = step;
			sim_agenda_set(&a, slot, at);
		} else {
			n -= due[slot].order > 0;
			due[slot].order = 0;
			sim_agenda_drop(&a, slot);
		}
		assert_int_equal(a.n, n);
		for (uint32_t i = 0; i < SLOTS; i++)
			if (due[i].order &&
				(first == SLOTS || due[i].at < due[first].at ||
					(due[i].at == due[first].at &&
						due[i].order < due[first].order)))
				first = i;
		if (n)
			assert_int_equal(sim_agenda_first(&a).slot, first);
	}
	sim_agenda_close(&a);
	sim_agenda_close(NULL);
}

/* Of any table of Student's distribution; for many degrees of freedom nearly the normal one's 1.95996. */
static void test_student(void **state)
{
	static const struct {
		uint32_t freedom;
		double t;
	} rows[] = { { 1, 12.7062 }, { 2, 4.30265 }, { 3, 3.18245 }, { 4, 2.77645 },
		{ 9, 2.26216 }, { 10, 2.22814 }, { 29, 2.04523 }, { 30, 2.04227 },
		{ 100, 1.98397 }, { 9999, 1.96020 } };

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_true(fabs(sim_student95(rows[i].freedom) - rows[i].t) < 6e-5);
}

static void test_means(void **state)
{
	struct sim_mean m = { 0 };

	assert_true(isnan(sim_mean_of(&m)));
	sim_mean_add(&m, 3);
	sim_mean_add(&m, (double)NAN);
	assert_true(sim_mean_of(&m) == 3 && isnan(sim_mean_ci95(&m)));
	sim_mean_add(&m, 5);
	sim_mean_add(&m, 7);
	assert_true(fabs(m.mean - 5) < 1e-12);
	assert_true(fabs(sim_mean_ci95(&m) - 4.30265 * 2 / sqrt(3)) < 1e-4);
}

static void test_gauge(void **state)
{
	struct sim_gauge g = { 0 };

	sim_gauge_up(&g, 10);
	sim_gauge_up(&g, 20);
	sim_gauge_down(&g, 25);
	sim_gauge_settle(&g, 30);
	assert_true(g.area == 10 + 2 * 5 + 5);
	assert_int_equal(g.n, 1);
}

/* Two queues, a and b, and two groups: a's calls may go to both, b's to the second only. */
static void test_judge(void **state)
{
	static const struct {
		const char *what;
		double a, b; /* loads */
		double speed; /* of the second group */
		double patience_a, wrapup_b;
		enum sim_flaw flaw;
		bool of_a, of_b;
		double load, agents;
	} cases[] = {
		{ "enough", 3, 1, 1, 0, 0, SIM_SOUND },
		{ "as much as agents is too much", 4, 1, 1, 0, 0, SIM_OVERLOAD, true,
			true, 5, 5 },
		{ "just enough", 3.999, 1, 1, 0, 0, SIM_SOUND },
		{ "b alone is too much", 1, 2, 1, 0, 0, SIM_OVERLOAD, false, true, 2, 2 },
		{ "b takes what a gave the second", 3.5, 1.4, 1, 0, 0, SIM_SOUND },
		{ "both are too much", 3.5, 1.6, 1, 0, 0, SIM_OVERLOAD, true, true, 5.1,
			5 },
		{ "quick agents", 3.5, 2.4, 1.5, 0, 0, SIM_SOUND },
		{ "slow agents", 1, 1.1, .5, 0, 0, SIM_OVERLOAD, false, true, 1.1, 1 },
		{ "who leaves does not pile up", 30, 1, 1, 120, 0, SIM_SOUND },
		{ "wrap-up is work", 1, 1, 1, 0, 60, SIM_OVERLOAD, false, true, 2, 2 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sim_scenario sc = scene(3, cases[i].a);
		struct sim_queue *b = scene_queue(
			&sc, "b", cases[i].b / 60, exponential(60));
		struct sim_verdict v;

		scene_group(&sc, "second", 2)->speed = cases[i].speed;
		b->sensitivity = SIM_STRICT;
		b->wrapup_s = cases[i].wrapup_b;
		sc.groups[0].clearance = SIM_GENERAL;
		if (cases[i].patience_a > 0)
			sc.queues[0].patience = exponential(cases[i].patience_a);
		v = sim_judge(&sc);
		if (v.flaw != cases[i].flaw || v.queues[0] != cases[i].of_a ||
			v.queues[1] != cases[i].of_b ||
			fabs(v.load - cases[i].load) > 1e-6 ||
			fabs(v.agents - cases[i].agents) > 1e-6)
			fail_msg("%s: %d, %d %d, %g of %g", cases[i].what, v.flaw,
				v.queues[0], v.queues[1], v.load, v.agents);
	}
}

/* A chain in which each queue shares a group with the next: work must be shifted along the whole of it. */
static void test_judge_chain(void **state)
{
	enum { N = 20 };
	struct sim_scenario sc = { 0 };

	for (uint32_t i = 0; i < N; i++) {
		acd_skills_set(
			&scene_queue(&sc, "q", .98 / 60, exponential(60))->skills, i, 1);
		acd_skills_set(&scene_group(&sc, "g", 1)->skills, i, 1);
		acd_skills_set(&sc.groups[i].skills, i + 1, 1);
	}
	assert_int_equal(sim_judge(&sc).flaw, SIM_SOUND);
	/* the last queue has 1.3: what is too much passes from one to the next, up to the first */
	sc.queues[N - 1].rate_per_s = 1.3 / 60;
	assert_int_equal(sim_judge(&sc).flaw, SIM_SOUND);
	sc.queues[N - 1].rate_per_s = 1.39 / 60;
	assert_int_equal(sim_judge(&sc).flaw, SIM_OVERLOAD);
	assert_true(sim_judge(&sc).queues[0]);
}

static void test_judge_nobody(void **state)
{
	struct sim_scenario sc = scene(3, 1);
	struct sim_verdict v;

	acd_skills_set(&scene_queue(&sc, "fr", .01, exponential(60))->skills, 4, 1);
	v = sim_judge(&sc);
	assert_int_equal(v.flaw, SIM_NO_AGENT);
	assert_true(!v.queues[0] && v.queues[1]);
	acd_skills_set(&sc.queues[1].skills, 4, 0);
	sc.queues[1].max_waiting = 5;
	sc.queues[1].rate_per_s = 100; /* refused, not waiting for ever */
	assert_int_equal(sim_judge(&sc).flaw, SIM_SOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_generator),
		cmocka_unit_test(test_streams),
		cmocka_unit_test(test_distributions),
		cmocka_unit_test(test_medians),
		cmocka_unit_test(test_agenda),
		cmocka_unit_test(test_student),
		cmocka_unit_test(test_means),
		cmocka_unit_test(test_gauge),
		cmocka_unit_test(test_judge),
		cmocka_unit_test(test_judge_chain),
		cmocka_unit_test(test_judge_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
