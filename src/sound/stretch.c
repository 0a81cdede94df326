/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * stretch -- see stretch.h
 *
 * Longer and shorter: overlap-add of two neighbouring periods, as in pitch-synchronous OLA (Moulines and Charpentier,
 * Speech Communication 9, 1990) and WSOLA (Verhelst and Roelands, ICASSP 1993).
 *
 * Made up: the principle is ITU-T G.711 appendix I: the last period is repeated; after 10 ms the last two, after 20 ms the
 * last three, so that it does not buzz; from 10 ms on it fades by a fifth every 10 ms. What differs: nothing is held
 * back by 3.75 ms to smooth the first seam, its step is spread over the first quarter of a period instead; the lag may
 * be as short as 2.5 ms, found by normalised correlation at 4,000 samples a second and then at the full rate; and what
 * has no period is repeated by the longest lag, so that noise does not become a tone.
 */
#include "sound/stretch.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define LAG_MIN_US  2500 /* 400 Hz */
#define COARSE_RATE 4000
#define SILENT_RMS  33 /* -60 dBov: below the idle noise of many a line */
#define REDUCED_BITS \
	11 /* of a sample that is correlated: 320 products fit into 32 bits */
#define PITCH_MS 20 /* window in which a gap's pitch is looked for, G.711 I.2.3 */
#define PERIODIC 0.4F /* less alike: noise */
#define HOLD_MS  10 /* of a gap before it fades, G.711 I.2.7 */
#define FADED_MS 60 /* then all is silence */
#define MERGE_MAX_MS \
	10 /* G.711 I.2.8: a quarter of a period, and 4 ms more for each 10 ms of the gap */
#define WORK_MAX (2 * STRETCH_LAG_MAX + 320)

static size_t samples(uint32_t rate, uint32_t ms)
{
	return (size_t)rate / 1000 * ms;
}

static uint64_t energy(const int16_t *x, size_t n)
{
	uint64_t e = 0;

	for (size_t i = 0; i < n; i++)
		e += (uint64_t)((int32_t)x[i] * x[i]);
	return e;
}

bool stretch_is_silent(const int16_t *x, size_t n)
{
	return energy(x, n) <= (uint64_t)n * SILENT_RMS * SILENT_RMS;
}

/* n samples as small integers, so that sums of their products stay within 32 bits and are quick. */
static void reduce(int16_t *out, const int16_t *x, size_t n)
{
	unsigned top = 0, shift = 0;

	for (size_t i = 0; i < n; i++)
		top |= (unsigned)(x[i] < 0 ? ~x[i] : x[i]);
	while (top >> shift >> REDUCED_BITS)
		shift++;
	for (size_t i = 0; i < n; i++)
		out[i] = (int16_t)(x[i] >> shift);
}

/* How alike n samples at a and at b are. */
static float alike(const int16_t *a, const int16_t *b, size_t n)
{
	int32_t ab = 0, aa = 0, bb = 0;

	for (size_t i = 0; i < n; i++) {
		ab += a[i] * b[i];
		aa += a[i] * a[i];
		bb += b[i] * b[i];
	}
	return aa > 0 && bb > 0 ? (float)ab / sqrtf((float)aa * (float)bb) : 0;
}

/* The lag from lo to hi at which the window of n samples at `at` is most like what lies the lag later in z. */
static size_t best_lag(const int16_t *z, size_t n, size_t lo, size_t hi, float *how)
{
	size_t best = lo;

	*how = STRETCH_ANY;
	for (size_t lag = lo; lag <= hi; lag++) {
		float a = alike(z, z + lag, n);

		if (a > *how) {
			*how = a;
			best = lag;
		}
	}
	return best;
}

/*
 * The period of x: n + hi samples, of which windows of n are compared, hi being the longest lag. First at a quarter or half
 * of the rate (a mean of neighbours is filter enough for voices), then around what was found.
 */
static size_t find_lag(const int16_t *x, size_t n, size_t hi, uint32_t rate, float *how)
{
	const size_t by = rate / COARSE_RATE,
		     lo = (size_t)(rate / 1000 * LAG_MIN_US / 1000);
	int16_t z[WORK_MAX], coarse[WORK_MAX / 2];

	assert(n + hi <= WORK_MAX);
	reduce(z, x, n + hi);
	for (size_t i = 0; i < (n + hi) / by; i++) {
		int sum = 0;

		for (size_t k = 0; k < by; k++)
			sum += z[i * by + k];
		coarse[i] = (int16_t)(sum / (int)by);
	}

	size_t near = by * best_lag(coarse, n / by, lo / by, hi / by, how);

	return best_lag(z, n, near > lo + by ? near - by : lo,
		near + by < hi ? near + by : hi, how);
}

/* From a to b within n samples; in a straight line, since the two are alike. */
static void cross_fade(int16_t *out, const int16_t *a, const int16_t *b, size_t n)
{
	float step = 1 / (float)(n + 1);

	for (size_t i = 0; i < n; i++) {
		float w = step * (float)(i + 1);

		out[i] = (int16_t)lrintf((1 - w) * (float)a[i] + w * (float)b[i]);
	}
}

size_t stretch_longer(uint32_t rate, int16_t *x, size_t n, float least)
{
	const size_t hi = samples(rate, STRETCH_LAG_MS);
	int16_t more[STRETCH_LAG_MAX];
	size_t lag = hi;
	float how = 1;

	assert(n >= hi);
	if (!stretch_is_silent(x - hi, 2 * hi)) {
		/* windows that end where x[hi] begins, so seen from the later one back */
		int16_t turned[2 * STRETCH_LAG_MAX];

		for (size_t i = 0; i < 2 * hi; i++)
			turned[i] = x[(ptrdiff_t)hi - 1 - (ptrdiff_t)i];
		lag = find_lag(turned, hi, hi, rate, &how);
	}
	if (how < least)
		return 0;
	/* from what comes next to what came a period before it; then what comes next, again */
	cross_fade(more, x, x - lag, lag);
	memmove(x + lag, x, n * sizeof *x);
	memcpy(x, more, lag * sizeof *x);
	return lag;
}

size_t stretch_shorter(uint32_t rate, int16_t *x, size_t n, float least)
{
	size_t hi = samples(rate, STRETCH_LAG_MS);
	float how = 1;

	if (n / 2 < hi)
		hi = n / 2;
	if (hi < samples(rate, 5))
		return 0; /* too little to see a period in */

	size_t lag = stretch_is_silent(x, 2 * hi) ? hi : find_lag(x, hi, hi, rate, &how);

	if (how < least)
		return 0;
	cross_fade(x, x, x + lag, lag);
	memmove(x + lag, x + 2 * lag, (n - 2 * lag) * sizeof *x);
	return lag;
}

void stretch_init(struct stretch *s, uint32_t rate)
{
	assert(rate == 8000 || rate == 16000);
	*s = (struct stretch){ .rate = rate };
}

/* Sample i of the past, from the end: -1 is the newest. */
static float past_at(const struct stretch *s, int i)
{
	return (float)s->past[STRETCH_PAST_MAX + i];
}

static void begin(struct stretch *s, const int16_t *past)
{
	const size_t n = samples(s->rate, STRETCH_PAST_MS);
	const size_t window = samples(s->rate, PITCH_MS);
	const size_t hi = samples(s->rate, STRETCH_LAG_MS);
	int16_t turned[WORK_MAX];
	float how;

	memcpy(s->past + STRETCH_PAST_MAX - n, past, n * sizeof *past);
	for (size_t i = 0; i < window + hi; i++)
		turned[i] = past[n - 1 - i];
	s->lag = find_lag(turned, window, hi, s->rate, &how);
	if (how < PERIODIC)
		s->lag = hi;
	s->at = -(int)s->lag;
	s->back = (int)s->lag;
	s->step = past_at(s, -1) - past_at(s, -(int)s->lag - 1);
}

/* One period at first, two from 10 ms on, then three. */
static int turn_length(const struct stretch *s)
{
	uint32_t turns = 1 + s->made * 1000 / s->rate / 10;

	return (int)s->lag * (int)(turns < 3 ? turns : 3);
}

/* The next repeated sample; the last quarter of a turn leads over into what comes before the next one's beginning. */
static float repeat(struct stretch *s)
{
	int quarter = (int)s->lag / 4;
	float v = past_at(s, s->at);

	if (s->at == -quarter)
		s->back = turn_length(s);
	if (s->at >= -quarter) {
		float w = (float)(s->at + quarter + 1) / (float)(quarter + 1);

		v = (1 - w) * v + w * past_at(s, s->at - s->back);
	}
	if (++s->at == 0)
		s->at = -s->back;
	return v;
}

static float level(const struct stretch *s)
{
	float ms = (float)s->made * 1000 / (float)s->rate;

	if (ms <= HOLD_MS)
		return 1;
	return fmaxf(0, 1 - (ms - HOLD_MS) / (FADED_MS - HOLD_MS));
}

static float next_sample(struct stretch *s)
{
	float seam = (float)s->lag / 4, v = 0;

	if (!stretch_is_faded(s)) {
		v = repeat(s);
		if ((float)s->made < seam)
			v += s->step * (1 - ((float)s->made + 1) / (seam + 1));
		v *= level(s);
		s->made++;
	}
	return fmaxf(INT16_MIN, fminf(INT16_MAX, v));
}

bool stretch_is_faded(const struct stretch *s)
{
	return s->made >= samples(s->rate, FADED_MS);
}

void stretch_conceal(struct stretch *s, const int16_t *past, int16_t *x, size_t n)
{
	if (s->made == 0 && n > 0)
		begin(s, past);
	for (size_t i = 0; i < n; i++)
		x[i] = (int16_t)lrintf(next_sample(s));
}

void stretch_merge(struct stretch *s, int16_t *x, size_t n)
{
	if (s->made == 0)
		return;

	size_t over = s->lag / 4 + (size_t)s->made * 4 / 10,
	       max = samples(s->rate, MERGE_MAX_MS);

	if (over > max)
		over = max;
	if (over > n)
		over = n;
	for (size_t i = 0; i < over; i++) {
		float w = (float)(i + 1) / (float)(over + 1);

		x[i] = (int16_t)lrintf((1 - w) * next_sample(s) + w * (float)x[i]);
	}
	s->made = 0;
}
