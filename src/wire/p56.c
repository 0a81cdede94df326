/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * p56 -- see p56.h. Owns nothing; any thread.
 *
 * The signal's envelope, smoothed twice, is compared with thresholds an octave apart. For each threshold there is a level: the
 * signal's energy over the time above it, with a hangover that bridges the pauses within speech. The active level is the
 * one that lies the margin above its own threshold, found between the two thresholds around it.
 */
#include "wire/p56.h"

#include <math.h>

/* ITU-T P.56, clause 7, table 1 (method B's parameters). */
#define TIME_CONSTANT_S 0.03
#define HANGOVER_S      0.2
#define MARGIN_DB       15.9
#define THRESHOLDS      15 /* of 16 bits: from 2^-15 of full scale to 2^-1 */

/* The envelope is slow, so thresholds are looked at so often: P.56 wants 694 times a second at least. */
#define LOOKS_PER_S 1000

struct meter {
	double p, q; /* the envelope, smoothed once and twice */
	uint32_t active[THRESHOLDS]; /* looks at or above */
	uint32_t hang[THRESHOLDS]; /* looks since, up to the hangover */
};

static double to_db(double power)
{
	return power > 1e-10 ? 10 * log10(power) : P56_SILENT;
}

static double threshold(unsigned j)
{
	return ldexp(1, (int)j - THRESHOLDS);
}

static void look(struct meter *m, uint32_t hangover)
{
	for (unsigned j = 0; j < THRESHOLDS; j++) {
		if (m->q >= threshold(j))
			m->hang[j] = 0;
		else if (m->hang[j] < hangover)
			m->hang[j]++;
		else
			continue;
		m->active[j]++;
	}
}

/* energy: the sum of squares; per_look: samples a look. */
static void find_level(
	const struct meter *m, double energy, double per_look, size_t n, struct p56 *out)
{
	double a_below = 0, over_below = 0; /* at the threshold below */

	for (unsigned j = 0; j < THRESHOLDS && m->active[j]; j++) {
		double a = to_db(energy / (m->active[j] * per_look));
		double over = a - 20 * log10(threshold(j));

		if (over <= MARGIN_DB) {
			double share = j ? (over_below - MARGIN_DB) / (over_below - over)
					 : 1;

			out->active_dbov = j ? a_below + share * (a - a_below) : a;
			out->activity = fmin(
				1, energy / (double)n / pow(10, out->active_dbov / 10));
			return;
		}
		a_below = a;
		over_below = over;
	}
}

struct p56 p56_measure(const float *x, size_t n, uint32_t rate)
{
	const double g = exp(-1 / (rate * TIME_CONSTANT_S));
	const uint32_t per_look = rate / LOOKS_PER_S;
	const uint32_t hangover = (uint32_t)(HANGOVER_S * rate / per_look);
	struct p56 out = { P56_SILENT, 0, P56_SILENT, 0 };
	struct meter m = { 0 };
	double energy = 0;

	for (unsigned j = 0; j < THRESHOLDS; j++)
		m.hang[j] = hangover; /* nothing was active before */
	for (size_t i = 0; i < n; i++) {
		double v = fabs((double)x[i]);

		energy += v * v;
		out.peak = fmax(out.peak, v);
		m.p = g * m.p + (1 - g) * v;
		m.q = g * m.q + (1 - g) * m.p;
		if (i % per_look == 0)
			look(&m, hangover);
	}
	if (n == 0)
		return out;
	out.rms_dbov = fmax(P56_SILENT, to_db(energy / (double)n));
	find_level(&m, energy, per_look, n, &out);
	return out;
}
