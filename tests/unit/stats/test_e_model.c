/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* e_model: against published points, and against the shape that the Recommendations promise. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <math.h>

#include "core/stats/e_model.h"

static struct e_model_worth narrow(enum e_model_codec c, double loss, double delay_ms)
{
	struct e_model_worth w = { -1, -1 };

	assert_int_equal(
		e_model_narrow(&w, &(struct e_model_line){ c, loss, delay_ms, 1 }), 0);
	return w;
}

static struct e_model_worth wide(enum e_model_codec c, double loss, double delay_ms)
{
	struct e_model_worth w = { -1, -1 };

	assert_int_equal(
		e_model_wide(&w, &(struct e_model_line){ c, loss, delay_ms, 1 }), 0);
	return w;
}

static void is_near(const char *what, double got, double want, double by)
{
	if (!(fabs(got - want) <= by))
		fail_msg("%s: %.4f, not %.4f", what, got, want);
}

/* Published: R and MOS of the defaults (G.107 clause 7.7 and Annex B); the pairs of R and MOS of G.107 Table B.1; the
 * delay's cost (Cole & Rosenbluth, ACM CCR 31(2), 2001: their line through the model's curve, 0.024 d + 0.11 (d - 177.3)
 * above 177.3 ms, from 150 to 300 ms); what G.113 (02/2001) Table I.4 had measured for G.711 with concealment and random
 * loss, before Bpl summed it up. */
static void test_published(void **state)
{
	static const struct {
		double r, mos;
	} pairs[] = { { 90, 4.34 }, { 80, 4.03 }, { 70, 3.60 }, { 60, 3.10 },
		{ 50, 2.58 }, { 100, 4.5 }, { 93.2, 4.41 } };
	static const struct {
		double delay_ms, r;
	} delays[] = { { 150, 93.2 - 3.6 }, { 175, 93.2 - 4.2 }, { 200, 93.2 - 7.3 },
		{ 250, 93.2 - 14 }, { 300, 93.2 - 20.7 } };
	static const struct {
		double loss, ie;
	} losses[] = { { 1, 5 }, { 2, 7 }, { 3, 10 }, { 5, 15 }, { 7, 20 }, { 10, 25 },
		{ 15, 35 }, { 20, 45 } };

	is_near("R of the defaults", narrow(E_MODEL_PCMA, 0, 0).r, 93.2, .05);
	is_near("its MOS", narrow(E_MODEL_PCMA, 0, 0).mos, 4.41, .005);
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		is_near("MOS", e_model_mos(pairs[i].r), pairs[i].mos, .0065);
	for (size_t i = 0; i < sizeof delays / sizeof *delays; i++)
		is_near("R over delay", narrow(E_MODEL_PCMA, 0, delays[i].delay_ms).r,
			delays[i].r, 1);
	for (size_t i = 0; i < sizeof losses / sizeof *losses; i++)
		is_near("Ie,eff over loss",
			narrow(E_MODEL_PCMA, 0, 0).r -
				narrow(E_MODEL_PCMA, losses[i].loss, 0).r,
			losses[i].ie, 3);
}

/* Worked out by hand from eq. (7-29): 95 * 2 / (2 + 4.3), and with bursts of twice the length 95 * 2 / (1 + 4.3). */
static void test_loss(void **state)
{
	struct e_model_worth w;

	is_near("without concealment",
		narrow(E_MODEL_PCM_BARE, 0, 0).r - narrow(E_MODEL_PCM_BARE, 2, 0).r,
		30.1587, 1e-4);
	assert_int_equal(
		e_model_narrow(&w, &(struct e_model_line){ E_MODEL_PCM_BARE, 2, 0, 2 }),
		0);
	is_near("in bursts", narrow(E_MODEL_PCM_BARE, 0, 0).r - w.r, 35.8491, 1e-4);
	/* eq. (7-15) of G.107.1: 13 + 82 * 5 / (5 + 4.3) */
	is_near("G.722", wide(E_MODEL_G722, 0, 0).r - wide(E_MODEL_G722, 5, 0).r, 44.0860,
		1e-4);
}

static void test_wide(void **state)
{
	/* the scale's end is 129, less what the default listener echo costs */
	is_near("G.722 at its best", wide(E_MODEL_G722, 0, 0).r, 129 - 13, .2);
	is_near("G.711 is the same on both scales", wide(E_MODEL_PCMA, 0, 0).r,
		narrow(E_MODEL_PCMA, 0, 0).r, .2);
	is_near("MOS_CQEW of the scale's end", e_model_mos_wide(129), 4.5, 1e-9);
	is_near("MOS_CQEW, R / 1.29", e_model_mos_wide(1.29 * 70), e_model_mos(70), 1e-9);
	/* AMR-WB's published ends, Ie,wb 1 and 41: 4.49 and 3.51 */
	is_near("MOS_CQEW", e_model_mos_wide(129 - 1), 4.49, .005);
	is_near("MOS_CQEW", e_model_mos_wide(129 - 41), 3.51, .005);
	assert_true(wide(E_MODEL_G722, 0, 0).mos > wide(E_MODEL_PCMA, 0, 0).mos + .5);
	assert_true(e_model_is_wide(E_MODEL_OPUS) && e_model_is_wide(E_MODEL_G722));
	assert_false(e_model_is_wide(E_MODEL_PCMA));
	/* eq. (7-13): pure delay weighs 1.29 times as much */
	is_near("wide delay", wide(E_MODEL_PCMA, 0, 250).r, 79.85, .5);
}

/* More loss, more delay and longer bursts never make it better; MOS stays within 1 and 4.5. */
static void test_shape(void **state)
{
	for (unsigned c = 0; c < E_MODEL_CODECS; c++)
		for (double delay = 0; delay <= 1000; delay += 25)
			for (double loss = 0; loss <= 100; loss += 2.5) {
				struct e_model_worth n = narrow(c, loss, delay);
				struct e_model_worth w = wide(c, loss, delay);

				assert_true(n.mos >= 1 && n.mos <= 4.5);
				assert_true(w.mos >= 1 && w.mos <= 4.5);
				if (loss > 0)
					assert_true(n.r < narrow(c, loss - 2.5, delay).r);
				if (delay > 0) {
					assert_true(n.r < narrow(c, loss, delay - 25).r);
					assert_true(w.r < wide(c, loss, delay - 25).r);
				}
			}
}

static void test_ranges(void **state)
{
	static const struct {
		struct e_model_line l;
		int err;
	} cases[] = {
		{ { E_MODEL_PCMA, 0, 0, 1 }, 0 },
		{ { E_MODEL_OPUS, 100, E_MODEL_DELAY_MAX, 1e300 }, 0 },
		{ { E_MODEL_PCMA, 1, 0, -5 }, 0 }, /* as random loss */
		{ { E_MODEL_PCMA, 1, 0, INFINITY }, 0 },
		{ { E_MODEL_CODECS, 0, 0, 1 }, EINVAL },
		{ { (enum e_model_codec) - 1, 0, 0, 1 }, EINVAL },
		{ { E_MODEL_PCMA, -.1, 0, 1 }, EINVAL },
		{ { E_MODEL_PCMA, 100.1, 0, 1 }, EINVAL },
		{ { E_MODEL_PCMA, NAN, 0, 1 }, EINVAL },
		{ { E_MODEL_PCMA, 0, -1, 1 }, EINVAL },
		{ { E_MODEL_PCMA, 0, E_MODEL_DELAY_MAX + 1, 1 }, EINVAL },
		{ { E_MODEL_PCMA, 0, NAN, 1 }, EINVAL },
		{ { E_MODEL_PCMA, 0, 0, NAN }, EINVAL },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct e_model_worth w = { -77, -77 };

		assert_int_equal(e_model_narrow(&w, &cases[i].l), cases[i].err);
		assert_true((w.r == -77) == (cases[i].err != 0));
		assert_true(isfinite(w.r));
		w = (struct e_model_worth){ -77, -77 };
		assert_int_equal(e_model_wide(&w, &cases[i].l), cases[i].err);
		assert_true((w.r == -77) == (cases[i].err != 0));
		assert_true(isfinite(w.r));
	}
	assert_true(
		e_model_mos(NAN) == 1 && e_model_mos(-30) == 1 && e_model_mos(3) == 1);
	assert_false(e_model_is_wide(E_MODEL_CODECS));
}

static void test_burst(void **state)
{
	static const struct {
		const char *what;
		uint64_t expected, lost, bursts;
		double ratio;
	} cases[] = {
		{ "nothing came", 0, 0, 0, 1 },
		{ "nothing was lost", 1000, 0, 0, 1 },
		{ "each by itself: not below 1", 1000, 10, 10, 1 },
		{ "four at a time", 1000, 100, 25, 3.6 },
		{ "half of all, as chance has it", 1000, 500, 250, 1 },
		{ "all: no ratio", 1000, 1000, 1, 1 },
		{ "more bursts than losses: no count of ours", 1000, 3, 4, 1 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		is_near(cases[i].what,
			e_model_burst(cases[i].expected, cases[i].lost, cases[i].bursts),
			cases[i].ratio, 1e-9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_published),
		cmocka_unit_test(test_loss),
		cmocka_unit_test(test_wide),
		cmocka_unit_test(test_shape),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_burst),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
