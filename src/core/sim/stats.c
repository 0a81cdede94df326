/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* stats -- see stats.h */
#include "core/sim/stats.h"

#include <math.h>

#define HALF_PI 1.5707963267948966

void sim_mean_add(struct sim_mean *m, double x)
{
	double off = x - m->mean;

	if (isnan(x))
		return;
	m->n++;
	m->mean += off / m->n;
	m->squares += off * (x - m->mean);
}

double sim_mean_of(const struct sim_mean *m)
{
	return m->n ? m->mean : (double)NAN;
}

double sim_mean_ci95(const struct sim_mean *m)
{
	if (m->n < 2)
		return (double)NAN;
	return sim_student95(m->n - 1) * sqrt(m->squares / (m->n - 1) / m->n);
}

/* P(|T| < sqrt(freedom) tan(angle)): Abramowitz and Stegun, 26.7.3 and 26.7.4, finite sums. */
static double student_within(uint32_t freedom, double angle)
{
	double c = cos(angle), s = sin(angle), sum = 0, term = freedom % 2 ? c : 1;

	for (uint32_t k = freedom % 2 ? 3 : 2; k <= freedom; k += 2) {
		sum += term;
		term *= c * c * (k - 1) / k;
	}
	return freedom % 2 ? (angle + s * sum) / HALF_PI : s * sum;
}

double sim_student95(uint32_t freedom)
{
	double low = 0, high = HALF_PI;

	for (int i = 0; i < 60; i++) {
		double middle = (low + high) / 2;

		if (student_within(freedom, middle) < 0.95)
			low = middle;
		else
			high = middle;
	}
	return sqrt(freedom) * sin(low) / cos(low);
}
