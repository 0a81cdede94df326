/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * sim against what is known exactly.  The seeds are fixed, so that nothing here depends on chance twice.
 *
 * A 95 % interval misses the truth once in twenty times.  The textbook figures are to lie within their own interval
 * (OWN), and SEED was chosen so that they all do: it was the second that was tried.  All other figures are to lie within
 * twice that (TWICE: with ten replications one in seven hundred does not).  Whether the intervals are honest is asked
 * by the test of their coverage, over 200 seeds in a row.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "scene.h"

#define SEED  2
#define OWN   1
#define TWICE 2

static struct sim_result r;

/* Erlang C: P(wait); the mean wait follows from it, C / (n / s - lambda). */
static void test_erlang_c(void **state)
{
	static const struct {
		uint32_t agents;
		double load, p_wait;
		uint64_t calls;
	} cases[] = {
		{ 2, 1, .33333333, 20000 },
		{ 5, 4, .55411255, 20000 },
		{ 10, 8, .40918015, 20000 },
		{ 25, 20, .20910283, 20000 },
		{ 100, 90, .21694048, 60000 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sim_scenario sc = scene(cases[i].agents, cases[i].load);
		double n = cases[i].agents, load = cases[i].load, p = cases[i].p_wait;
		double wait = p * 60 / (n - load);

		sc.calls = cases[i].calls;
		sc.warmup = 2000;
		assert_true(fabs(erlang_c(cases[i].agents, load) - p) < 5e-9);
		scene_run(&r, &sc, SEED, false);
		scene_agrees("P(wait)", &r.overall[SIM_P_WAIT], p, OWN);
		scene_agrees("ASA", &r.overall[SIM_ASA_S], wait, TWICE);
		scene_agrees("mean wait", &r.overall[SIM_MEAN_WAIT_S], wait, TWICE);
		scene_agrees("service level", &r.overall[SIM_SERVICE_LEVEL],
			1 - p * exp(-(n - load) * 20 / 60), TWICE);
		scene_agrees("utilisation", &r.groups[0], load / n, TWICE);
		/* and the interval is narrow enough to say something */
		assert_true(sim_mean_ci95(&r.overall[SIM_P_WAIT]) < .025);
		assert_true(r.overall[SIM_P_ABANDON].mean == 0);
	}
}

/* The textbook case: 48 calls a minute of one minute, 50 agents. */
static void test_textbook(void **state)
{
	struct sim_scenario sc = scene(50, 48);

	sc.calls = 60000;
	sc.warmup = 10000;
	scene_run(&r, &sc, SEED, false);
	scene_agrees("P(wait)", &r.overall[SIM_P_WAIT], .694456, OWN);
	scene_agrees("ASA", &r.overall[SIM_ASA_S], 20.83, OWN);
	assert_true(sim_mean_ci95(&r.overall[SIM_P_WAIT]) < 0.03);
}

/* The same with a mean patience of two minutes: Erlang A. */
static void test_textbook_with_patience(void **state)
{
	struct sim_scenario sc = scene(50, 48);

	sc.queues[0].patience = exponential(120);
	sc.calls = 40000;
	scene_run(&r, &sc, SEED, false);
	scene_agrees("P(abandon)", &r.overall[SIM_P_ABANDON], .03091, OWN);
	/* Garnett, Mandelbaum and Reiman 2002: P(abandon) = mean wait / mean patience */
	scene_agrees("mean wait", &r.overall[SIM_MEAN_WAIT_S], .03091 * 120, OWN);
	scene_agrees("utilisation", &r.groups[0], 48 * (1 - .03091) / 50, TWICE);
	assert_true(sim_mean_ci95(&r.overall[SIM_P_ABANDON]) < .003);
}

/*
 * Erlang A by its birth and death chain: who arrives with k waiting passes stages of the total rate
 * n mu + (j + 1) theta, j = k ... 0, and leaves in each with the chance theta / rate, however long it was; so the answered
 * have waited the sum of 1 / rate.
 */
struct erlang_a {
	double p_wait, p_abandon, mean_wait, asa; /* in talks */
};

static struct erlang_a erlang_a(uint32_t agents, double load, double theta)
{
	enum { STATES = 3000 };
	double weight = 1, all = 1, wait = 0, served = 0, served_wait = 0, stages = 0;

	for (uint32_t i = 1; i < agents; i++)
		all += weight *= load / i;
	weight *= load / agents; /* all are busy, nobody waits */
	for (uint32_t k = 0; k < STATES; k++) {
		double p = agents / (agents + (k + 1) * theta);

		stages += 1 / (agents + (k + 1) * theta);
		wait += weight;
		served += weight * p;
		served_wait += weight * p * stages;
		all += weight;
		weight *= load / (agents + (k + 1) * theta);
	}
	return (struct erlang_a){ .p_wait = wait / all,
		.p_abandon = (wait - served) / all,
		.mean_wait = (wait - served) / all / theta,
		.asa = served_wait / (all - wait + served) };
}

static void test_patience(void **state)
{
	static const struct {
		uint32_t agents;
		double load, patience_s, target_s;
	} cases[] = { { 50, 48, 120, 20 }, { 2, 4, 60, 86400 }, { 10, 15, 30, 86400 },
		{ 5, 5, 300, 86400 } };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sim_scenario sc = scene(cases[i].agents, cases[i].load);
		struct erlang_a e = erlang_a(
			cases[i].agents, cases[i].load, 60 / cases[i].patience_s);
		const struct sim_mean *m = r.overall;

		if (i == 0)
			assert_true(fabs(e.p_abandon - .03091) < 5e-6);
		sc.queues[0].patience = exponential(cases[i].patience_s);
		sc.queues[0].target_s = cases[i].target_s;
		scene_run(&r, &sc, SEED, false);
		scene_agrees("P(wait)", &m[SIM_P_WAIT], e.p_wait, TWICE);
		scene_agrees("P(abandon)", &m[SIM_P_ABANDON], e.p_abandon, TWICE);
		scene_agrees("mean wait", &m[SIM_MEAN_WAIT_S], 60 * e.mean_wait, TWICE);
		scene_agrees("ASA", &m[SIM_ASA_S], 60 * e.asa, TWICE);
		if (cases[i].target_s > 20) /* whoever was answered was so in time */
			assert_true(fabs(m[SIM_SERVICE_LEVEL].mean +
					    m[SIM_P_ABANDON].mean - 1) < 1e-9);
	}
}

/* Are the intervals what they say? 200 of them, each from eight replications: 190 should hold the truth, and fewer
 * than 179 or more than 199 do so in less than one case of a thousand (binomial). */
static void test_coverage(void **state)
{
	struct sim_scenario sc = scene(2, 1);
	unsigned p_wait = 0, wait = 0;

	sc.calls = 200;
	sc.warmup = 60;
	sc.replications = 8;
	for (uint64_t seed = 1000; seed < 1200; seed++) {
		const struct sim_mean *p = &r.overall[SIM_P_WAIT],
				      *w = &r.overall[SIM_MEAN_WAIT_S];

		scene_run(&r, &sc, seed, false);
		p_wait += fabs(p->mean - 1 / 3.0) <= sim_mean_ci95(p);
		wait += fabs(w->mean - 20) <= sim_mean_ci95(w);
	}
	if (p_wait < 179 || p_wait > 199)
		fail_msg("%u of 200 intervals of P(wait) hold the truth", p_wait);
	/* a mean wait of few calls is skew: its intervals hold a little less */
	if (wait < 174 || wait > 199)
		fail_msg("%u of 200 intervals of the mean wait hold the truth", wait);
}

/* Pollaczek and Khinchine: one agent, any service; answer time and wrap-up keep the agent busy too. */
static void test_one_agent(void **state)
{
	static const struct {
		struct sim_dist service;
		double speed, answer_s, wrapup_s;
	} cases[] = {
		{ { SIM_EXP, 60, 0 }, 1, 0, 0 },
		{ { SIM_DETERMINISTIC, 60, 0 }, 1, 0, 0 },
		{ { SIM_LOGNORMAL, 60, .5 }, 1, 0, 0 },
		{ { SIM_LOGNORMAL, 60, 1.5 }, 1, 0, 0 },
		{ { SIM_EXP, 120, 0 }, 2, 0, 0 },
		{ { SIM_EXP, 30, 0 }, .5, 0, 0 },
		{ { SIM_EXP, 40, 0 }, 1, 0, 20 },
		{ { SIM_EXP, 50, 0 }, 1, 10, 0 },
		{ { SIM_LOGNORMAL, 60, .8 }, 2, 10, 20 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sim_scenario sc = scene(1, 0.6);
		const struct sim_dist *d = &cases[i].service;
		double cv = d->kind == SIM_EXP ? 1 : d->cv,
		       talk = d->mean_s / cases[i].speed;
		double busy = talk + cases[i].answer_s + cases[i].wrapup_s;
		double second = busy * busy + talk * talk * cv * cv, rate = .6 / 60;
		double wait = rate * second / 2 / (1 - rate * busy) + cases[i].answer_s;

		sc.queues[0].service = *d;
		sc.queues[0].wrapup_s = cases[i].wrapup_s;
		sc.groups[0].speed = cases[i].speed;
		sc.groups[0].answer_s = cases[i].answer_s;
		scene_run(&r, &sc, SEED, false);
		scene_agrees("P(wait)", &r.overall[SIM_P_WAIT], rate * busy, TWICE);
		scene_agrees("mean wait", &r.overall[SIM_MEAN_WAIT_S], wait, TWICE);
		scene_agrees("utilisation", &r.groups[0], rate * busy, TWICE);
	}
}

/* M/M/2/5: two agents and room for three. */
static void test_limit(void **state)
{
	struct sim_scenario sc = scene(2, 1.8);
	double weight = 1, all = 1, p[6] = { 1 };

	for (int n = 1; n <= 5; n++) {
		weight *= 1.8 / (n < 2 ? n : 2);
		all += p[n] = weight;
	}
	sc.queues[0].max_waiting = 3;
	scene_run(&r, &sc, SEED, false);
	scene_agrees("P(refused)", &r.overall[SIM_P_REFUSED], p[5] / all, TWICE);
	scene_agrees(
		"P(wait)", &r.overall[SIM_P_WAIT], (p[2] + p[3] + p[4]) / all, TWICE);
	scene_agrees("queue", &r.overall[SIM_QUEUE_LENGTH],
		(p[3] + 2 * p[4] + 3 * p[5]) / all, TWICE);
}

/* What holds whatever the distributions are: L = lambda W, and work that comes is work that is done. */
static void test_little(void **state)
{
	struct sim_scenario sc = scene(20, 19);
	double rate = 19.0 / 60, busy;

	sc.queues[0].patience = (struct sim_dist){ SIM_LOGNORMAL, 90, .7 };
	sc.queues[0].service = (struct sim_dist){ SIM_LOGNORMAL, 60, 1.2 };
	sc.groups[0].answer_s = 2;
	scene_run(&r, &sc, SEED, false);
	busy = rate * ((1 - r.overall[SIM_P_ABANDON].mean) * 60);
	/* a share of those who left were ringing: at most two seconds of an agent each */
	scene_agrees("L", &r.overall[SIM_QUEUE_LENGTH],
		rate * r.overall[SIM_MEAN_WAIT_S].mean, TWICE);
	scene_agrees("busy", &r.groups[0], (busy + rate * 2) / 20, TWICE);
	assert_true(r.overall[SIM_P_ABANDON].mean > .01);
}

/* Times a thousand times shorter: the same course of events, so the same shares but for rounding to ticks. */
static void test_short_times(void **state)
{
	struct sim_scenario sc = scene(5, 4);
	struct sim_result minutes;

	sc.queues[0].patience = exponential(120);
	scene_run(&minutes, &sc, SEED, false);
	sc.queues[0].rate_per_s *= 1000;
	sc.queues[0].service.mean_s /= 1000;
	sc.queues[0].patience.mean_s /= 1000;
	sc.queues[0].target_s /= 1000;
	scene_run(&r, &sc, SEED, false);
	for (size_t i = 0; i < SIM_FIGURES; i++) {
		double scale = i == SIM_ASA_S || i == SIM_MEAN_WAIT_S ? 1000 : 1;
		double off = fabs(scale * r.overall[i].mean - minutes.overall[i].mean);

		assert_true(off <= 1e-3 * minutes.overall[i].mean);
		assert_true(off <= sim_mean_ci95(&minutes.overall[i]) / 10);
	}
}

static bool same(const struct sim_result *a, const struct sim_result *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

static void test_seeds(void **state)
{
	struct sim_scenario sc = scene(5, 4);
	static struct sim_result again, other;

	sc.calls = 500;
	scene_run(&r, &sc, SEED, false);
	scene_run(&again, &sc, SEED, false);
	scene_run(&other, &sc, SEED + 1, false);
	assert_true(same(&r, &again));
	assert_false(same(&r, &other));
	/* replications are not each other's copies */
	assert_true(r.overall[SIM_P_WAIT].squares > 0);
}

/* Whatever the agents are, the same callers come, at the same moments. */
static void test_common_numbers(void **state)
{
	static struct sim s, more; /* large */
	struct sim_scenario few = scene(5, 4), many = scene(9, 4);
	bool done;

	many.groups[0].speed = 1.5;
	few.queues[0].patience = many.queues[0].patience = exponential(30);
	assert_int_equal(sim_init(&s, &few, SEED, 3, 5000, false), 0);
	assert_int_equal(sim_init(&more, &many, SEED, 3, 5000, false), 0);
	assert_int_equal(sim_run(&s, UINT64_MAX, &done), 0);
	assert_int_equal(sim_run(&more, UINT64_MAX, &done), 0);
	assert_int_equal(s.from, more.from);
	assert_int_equal(s.to, more.to);
	assert_int_equal(s.sources[0].sums.arrived, few.calls);
	assert_int_equal(
		s.sources[0].sums.answered + s.sources[0].sums.abandoned, few.calls);
	assert_int_equal(s.open, 0);
	assert_true(s.sources[0].sums.abandoned > more.sources[0].sums.abandoned);
	sim_close(&s);
	sim_close(&more);
}

/* Who may have whom: the small group alone serves the sensitive queue, and has the skill of it. */
static void test_eligible(void **state)
{
	struct sim_scenario sc = scene(4, 2);

	scene_queue(&sc, "gold", 1 / 60.0, exponential(60))->sensitivity = SIM_STRICT;
	acd_skills_set(&scene_group(&sc, "office", 2)->skills, 0, 2);
	sc.groups[0].clearance = SIM_CONFIDENTIAL;
	acd_skills_set(&sc.groups[0].skills, 0, 1);
	acd_skills_set(&sc.queues[0].skills, 0, 1);
	acd_skills_set(&sc.queues[1].skills, 0, 2);
	assert_true(sim_may(&sc.groups[1], &sc.queues[1]));
	assert_true(sim_may(&sc.groups[1], &sc.queues[0]));
	assert_true(sim_may(&sc.groups[0], &sc.queues[0]));
	assert_false(sim_may(&sc.groups[0], &sc.queues[1]));
	sc.groups[0].clearance = SIM_STRICT;
	assert_false(sim_may(&sc.groups[0], &sc.queues[1])); /* the level */
	acd_skills_set(&sc.groups[0].skills, 0, 2);
	assert_true(sim_may(&sc.groups[0], &sc.queues[1]));
	sc.groups[0].clearance = SIM_CONFIDENTIAL;
	assert_false(sim_may(&sc.groups[0], &sc.queues[1])); /* the clearance */
	/* the core sees it alike: the clearance parts them, then the level */
	sc.calls = 500;
	scene_run(&r, &sc, SEED, false);
	assert_true(r.queues[1][SIM_P_WAIT].mean > .1 && r.groups[0].mean > .1);
	sc.queues[0].rate_per_s = 1e-6;
	scene_run(&r, &sc, SEED, false);
	assert_true(r.groups[0].mean < 1e-3 && r.groups[1].mean > .1);
	sc.groups[0].clearance = SIM_STRICT;
	acd_skills_set(&sc.groups[0].skills, 0, 1);
	scene_run(&r, &sc, SEED, false);
	assert_true(r.groups[0].mean < 1e-3 && r.groups[1].mean > .1);
	sc.calls = 10000;
	/* a group that may have nothing is never busy, and the other serves as if alone */
	acd_skills_set(&sc.groups[0].skills, 0, 0);
	sc.queues[1].rate_per_s = 1e-6;
	sc.queues[0].rate_per_s = 1 / 60.0;
	scene_run(&r, &sc, SEED, false);
	assert_true(r.groups[0].mean == 0);
	scene_agrees("P(wait)", &r.queues[0][SIM_P_WAIT], 1 / 3.0, TWICE);
}

/* The core's promises after every step, with all that a scenario can have. */
static void test_promises(void **state)
{
	struct sim_scenario sc = scene(3, 2);
	struct sim_queue *gold = scene_queue(&sc, "gold", 1 / 90.0, exponential(40));

	gold->sensitivity = SIM_STRICT;
	gold->priority = 5;
	gold->wrapup_s = 15;
	gold->patience = (struct sim_dist){ SIM_LOGNORMAL, 60, 1 };
	sc.queues[0].max_waiting = 3;
	acd_skills_set(&sc.queues[0].skills, 1, 1);
	sc.queues[0].patience = exponential(20);
	sc.groups[0].clearance = SIM_CONFIDENTIAL;
	acd_skills_set(&sc.groups[0].skills, 1, 1);
	sc.groups[0].answer_s = 4;
	*scene_group(&sc, "office", 2) = sc.groups[0];
	sc.groups[1].clearance = SIM_STRICT;
	sc.groups[1].speed = 1.2;
	sc.groups[1].count = 2;
	sc.replications = 2;
	sc.calls = 8000;
	sc.warmup = 0;
	scene_run(&r, &sc, SEED, true);
	assert_true(r.queues[0][SIM_P_REFUSED].mean > 0);
	assert_true(r.queues[0][SIM_P_ABANDON].mean > 0);
	assert_true(r.queues[1][SIM_P_WAIT].mean > 0);
}

/* Kleinrock, A Delay Dependent Queue Discipline, 1964: one agent, two queues whose calls gather urgency at the rates
 * b1 < b2, which are priority / target; A is the wait without any difference. */
static void test_priorities(void **state)
{
	static const struct {
		uint32_t priority;
		double target_s, ratio; /* of the second queue; b1 / b2 */
	} cases[] = { { 1, 20, 1 }, { 4, 20, .25 }, { 1, 5, .25 }, { 2, 10, .25 },
		{ 1000, 20, .001 } };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sim_scenario sc = scene(1, .5);
		struct sim_queue *gold = scene_queue(
			&sc, "gold", .25 / 60, exponential(60));
		double a = .75 * 60 / (1 - .75), off = 1 - cases[i].ratio;
		double slow = a / (1 - .25 * off), quick = a - .5 * slow * off;

		gold->priority = cases[i].priority;
		gold->target_s = cases[i].target_s;
		scene_run(&r, &sc, SEED, false);
		scene_agrees("slow", &r.queues[0][SIM_MEAN_WAIT_S], slow, TWICE);
		scene_agrees("quick", &r.queues[1][SIM_MEAN_WAIT_S], quick, TWICE);
		scene_agrees("all", &r.overall[SIM_MEAN_WAIT_S], a, TWICE);
	}
}

/* Who waited for half a minute may be had by those without the skill: of whom there are enough. */
static void test_relaxing(void **state)
{
	struct sim_scenario sc = scene(40, 2);
	const struct sim_mean *m = r.overall;

	acd_skills_set(&sc.queues[0].skills, 5, 3);
	assert_false(sim_may(&sc.groups[0], &sc.queues[0]));
	sc.queues[0].n_relax = 2;
	sc.queues[0].relax[0].after_s = 10;
	acd_skills_set(&sc.queues[0].relax[0].skills, 5, 2);
	sc.queues[0].relax[1].after_s = 30;
	acd_skills_set(&sc.queues[0].relax[1].skills, 5, 1);
	acd_skills_set(&sc.groups[0].skills, 5, 1);
	assert_true(sim_may(&sc.groups[0], &sc.queues[0]));
	scene_run(&r, &sc, SEED, false);
	assert_true(m[SIM_ASA_S].mean == 30 && m[SIM_ASA_S].squares == 0);
	assert_true(m[SIM_P_WAIT].mean == 1 && m[SIM_SERVICE_LEVEL].mean == 0);
	acd_skills_set(&sc.groups[0].skills, 5, 2);
	scene_run(&r, &sc, SEED, false);
	assert_true(m[SIM_ASA_S].mean == 10 && m[SIM_SERVICE_LEVEL].mean == 1);
}

/* Too little room is told, and more of it changes nothing else. */
static void test_room(void **state)
{
	static struct sim s; /* large */
	static struct sim_result small, large;
	struct sim_scenario sc = scene(5, 4);
	bool done;

	assert_int_equal(sim_init(&s, &sc, SEED, 0, 6, false), 0);
	assert_int_equal(sim_run(&s, UINT64_MAX, &done), ENOSPC);
	assert_false(done);
	sim_close(&s);
	for (size_t i = 0; i < 2; i++) {
		struct sim_result *to = i ? &large : &small;

		assert_int_equal(sim_init(&s, &sc, SEED, 0, i ? 9000 : 300, false), 0);
		assert_int_equal(sim_run(&s, 1000, &done), 0);
		assert_int_equal(s.arrived, 1000);
		assert_false(done);
		assert_int_equal(sim_run(&s, UINT64_MAX, &done), 0);
		assert_true(done);
		sim_result_add(to, &s);
		sim_close(&s);
	}
	assert_true(same(&small, &large));
}

/* One replication has no interval, and what never happened has no mean. */
static void test_nothing_seen(void **state)
{
	struct sim_scenario sc = scene(2, 1);

	scene_queue(&sc, "rare", 1e-6, exponential(1));
	sc.replications = 1;
	sc.calls = 100;
	scene_run(&r, &sc, SEED, false);
	assert_true(isnan(sim_mean_ci95(&r.overall[SIM_P_WAIT])));
	assert_true(isnan(sim_mean_of(&r.queues[1][SIM_P_WAIT])));
	assert_true(isnan(sim_mean_of(&r.queues[1][SIM_ASA_S])));
	assert_true(sim_mean_of(&r.queues[1][SIM_QUEUE_LENGTH]) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_erlang_c),
		cmocka_unit_test(test_textbook),
		cmocka_unit_test(test_textbook_with_patience),
		cmocka_unit_test(test_patience),
		cmocka_unit_test(test_coverage),
		cmocka_unit_test(test_one_agent),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_little),
		cmocka_unit_test(test_short_times),
		cmocka_unit_test(test_seeds),
		cmocka_unit_test(test_common_numbers),
		cmocka_unit_test(test_eligible),
		cmocka_unit_test(test_promises),
		cmocka_unit_test(test_priorities),
		cmocka_unit_test(test_relaxing),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_nothing_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
