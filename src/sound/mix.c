/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * mix -- see mix.h
 *
 * The limiter works on a block in two passes. The first finds, from the block's end to its beginning, how far the gain
 * must be down at each sample so that the next loud one is met at the limit; with the whole block at hand that costs
 * no delay. The second lets the gain rise slowly. What is loud at a block's very first sample had no time before it: the
 * gain then falls at once, a click at worst, never a sample above the limit.
 */
#include "sound/mix.h"

#include <math.h>
#include <string.h>

/*
 * Why this limit. What a headset makes of a number nobody here knows: it has a volume of its own. Assumed is the level
 * at which telephone listening tests are held, speech of -26 dBov at 79 dB SPL (ITU-T P.800 annex B), so that a tone of
 * x dBov is x + 105 dB SPL at the ear's reference point. The limits of the field: 118 dBA there (ITU-T P.360, ETSI EG 202 518),
 * which no signal in 16 bits reaches, and against startle 102 dB SPL at the eardrum (ACIF G616), where the ear canal
 * adds about 10 dB to a shriek at 3 kHz: -12 to -13 dBov, the RMS of a sine with a peak 9 dB below full scale. Speech of
 * -26 dBov has its peaks 15 to 18 dB above its level, so of it next to nothing is touched. Who turns the headset up
 * by 10 dB has 10 dB less protection: the headset's own limiter stays the last word.
 */
#define LIMIT     11626 /* -9 dB of 32768 */
#define ATTACK_S  0.002 /* within a block; the time in which the gain comes down */
#define RELEASE_S 0.2 /* time constant of its way back */
/* A gain above it is 1: else the last of an exponential way would never be bit-exact again. */
#define OPEN 0.999F

void mix_add(int16_t *a, const int16_t *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int v = a[i] + b[i];

		a[i] = (int16_t)(v > INT16_MAX  ? INT16_MAX
				: v < INT16_MIN ? INT16_MIN
						: v);
	}
}

void mix_fade(int16_t *x, size_t n, float from, float to)
{
	float step = n ? (to - from) / (float)n : 0;

	for (size_t i = 0; i < n; i++)
		x[i] = (int16_t)lrintf((float)x[i] * (from + step * (float)i));
}

void mix_limit_init(struct mix_limit *l, uint32_t rate)
{
	*l = (struct mix_limit){ .rate = rate, .envelope = 0, .gain = 1 };
}

static int magnitude(int16_t v)
{
	return v < 0 ? -(int)v : v;
}

static int peak(const int16_t *x, size_t n)
{
	int top = 0;

	for (size_t i = 0; i < n; i++)
		if (magnitude(x[i]) > top)
			top = magnitude(x[i]);
	return top;
}

#define PART 320 /* samples at a time: 20 ms at the higher rate, a sensible stack */

static void limit_part(struct mix_limit *l, int16_t *x, size_t n)
{
	float ceiling
		[PART]; /* of the gain, so that it may fall no faster than the attack */
	float fall = 1 / ((float)l->rate * (float)ATTACK_S), next = 1;
	float rise = 1 - expf(-1 / ((float)l->rate * (float)RELEASE_S));

	for (size_t i = n; i-- > 0;) {
		int m = magnitude(x[i]);
		float need = m > LIMIT ? (float)LIMIT / (float)m : 1;

		next = fminf(need, next + fall);
		ceiling[i] = next;
	}
	for (size_t i = 0; i < n; i++) {
		l->gain += (1 - l->gain) * rise;
		if (l->gain > OPEN)
			l->gain = 1;
		l->gain = fminf(l->gain, ceiling[i]);
		if (l->gain <
			1) /* towards zero, so that nothing is rounded above the limit */
			x[i] = (int16_t)((float)x[i] * l->gain);
	}
}

void mix_limit(struct mix_limit *l, int16_t *x, size_t n)
{
	int top = peak(x, n);

	l->envelope = (float)top / 32768;
	if (top <= LIMIT && l->gain >= 1)
		return; /* nearly always */
	while (n > 0) {
		size_t m = n < PART ? n : PART;

		limit_part(l, x, m);
		x += m;
		n -= m;
	}
}
