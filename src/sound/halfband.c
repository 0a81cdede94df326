/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * halfband -- see halfband.h
 *
 * A half-band filter (Bellanger, Daguet, Lepagnol, "Interpolation, extrapolation, and reduction of computation speed
 * in digital filters", IEEE ASSP-22, 1974): with its edge at a quarter of the rate every second coefficient is zero,
 * save the middle one, which is 1/2. What is left is symmetric, so twelve products make a sample.
 */
#include "sound/halfband.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/*
 * At n = 1, 3, 5 ... 23: the ideal low-pass sin(pi n / 2) / (pi n) under Kaiser's window I0(b sqrt(1 - (n/24)^2)) / I0(b),
 * b = 5.3 (J. F. Kaiser, "Nonrecursive digital filter design using the I0-sinh window function", ISCAS 1974), scaled
 * so that they add up to 1/4: then the gain at 0 Hz is exactly 1. The test computes them again.
 */
const float halfband_pairs[HALFBAND_PAIRS] = {
	0.317206959f,
	-0.102277862f,
	0.0573828544f,
	-0.0370018393f,
	0.0250288291f,
	-0.0171020772f,
	0.0115503724f,
	-0.007582533f,
	0.00475689718f,
	-0.00278895427f,
	0.0014724451f,
	-0.000645091966f,
};

static int16_t to_sample(float x)
{
	if (x >= INT16_MAX)
		return INT16_MAX;
	if (x <= INT16_MIN)
		return INT16_MIN;
	return (int16_t)lrintf(x);
}

/* x: the samples on either side, left of the middle and right of it, each step apart. */
static float pairs(const float *left, const float *right, size_t step)
{
	float sum = 0;

	for (size_t k = 0; k < HALFBAND_PAIRS; k++)
		sum += halfband_pairs[k] * (*(left - k * step) + right[k * step]);
	return sum;
}

void halfband_down(struct halfband_down *s, const int16_t *in, size_t n, int16_t *out)
{
	float x[HALFBAND_TAPS - 1 + HALFBAND_MAX];

	assert(n <= HALFBAND_MAX && n % 2 == 0);
	memcpy(x, s->past, sizeof s->past);
	for (size_t i = 0; i < n; i++)
		x[HALFBAND_TAPS - 1 + i] = in[i];
	for (size_t i = 0; i < n / 2; i++) {
		const float *middle = x + HALFBAND_DELAY + 2 * i;

		out[i] = to_sample(*middle / 2 + pairs(middle - 1, middle + 1, 2));
	}
	memcpy(s->past, x + n, sizeof s->past);
}

/* Between two samples of the slow rate lies one that the filter makes; the other is the slow sample itself. */
void halfband_up(struct halfband_up *s, const int16_t *in, size_t n, int16_t *out)
{
	float x[2 * HALFBAND_PAIRS - 1 + HALFBAND_MAX / 2];

	assert(n <= HALFBAND_MAX / 2);
	memcpy(x, s->past, sizeof s->past);
	for (size_t i = 0; i < n; i++)
		x[2 * HALFBAND_PAIRS - 1 + i] = in[i];
	for (size_t i = 0; i < n; i++) {
		const float *left = x + HALFBAND_PAIRS - 1 + i;

		out[2 * i] = to_sample(2 * pairs(left, left + 1, 1));
		out[2 * i + 1] = to_sample(left[1]);
	}
	memcpy(s->past, x + n, sizeof s->past);
}
