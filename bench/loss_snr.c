/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* loss_snr -- see loss_snr.h. */
#include "loss_snr.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>

#define NEAR      120 /* samples that a segment may move against the one before */
#define FAR       4000
#define GOOD_SNR  3.0 /* dB: found */
#define SPEECH_DB (-45.0)
#define SNR_MIN   (-10.0)
#define SNR_MAX   35.0
#define NOWHERE   LONG_MIN

static double energy(const int16_t *x)
{
	double sum = 0;

	for (int i = 0; i < SNR_SEGMENT; i++)
		sum += (double)x[i] * x[i];
	return sum;
}

static double snr_of(double signal, double error)
{
	return fmin(SNR_MAX, fmax(SNR_MIN, 10 * log10(signal / (error + 1))));
}

static double wave_error(const int16_t *ref, const int16_t *x)
{
	double sum = 0;

	for (int i = 0; i < SNR_SEGMENT; i++) {
		double d = (double)ref[i] - x[i];

		sum += d * d;
	}
	return sum;
}

static double wave_snr(const int16_t *ref, const int16_t *x)
{
	return snr_of(energy(ref), wave_error(ref, x));
}

static void magnitudes(const int16_t *x, double out[SNR_SEGMENT / 2])
{
	static double cosine[SNR_SEGMENT];

	if (cosine[0] <= 0)
		for (int i = 0; i < SNR_SEGMENT; i++)
			cosine[i] = cos(2 * M_PI * i / SNR_SEGMENT);
	for (int k = 0; k < SNR_SEGMENT / 2; k++) {
		double re = 0, im = 0;

		for (int i = 0; i < SNR_SEGMENT; i++) {
			double v = x[i] * (0.5 - 0.5 * cosine[i]);

			re += v * cosine[k * i % SNR_SEGMENT];
			im += v * cosine[(k * i + SNR_SEGMENT / 4) % SNR_SEGMENT];
		}
		out[k] = hypot(re, im);
	}
}

static double magnitude_snr(const int16_t *ref, const int16_t *x)
{
	double a[SNR_SEGMENT / 2], b[SNR_SEGMENT / 2], signal = 0, error = 0;

	magnitudes(ref, a);
	magnitudes(x, b);
	for (int k = 1; k < SNR_SEGMENT / 2; k++) {
		signal += a[k] * a[k];
		error += (a[k] - b[k]) * (a[k] - b[k]);
	}
	return snr_of(signal, error);
}

static bool fits(const struct snr_wave *w, long at)
{
	return at >= 0 && at + SNR_SEGMENT <= (long)w->n;
}

static bool is_speech(const int16_t *x)
{
	return energy(x) >= pow(10, SPEECH_DB / 10) * 32768.0 * 32768 * SNR_SEGMENT;
}

/* How far behind the original the segment is heard best, from lag - reach to lag + reach; its SNR there. */
static long best_lag(const struct snr_wave *ref, const struct snr_wave *w, size_t at,
	long lag, long reach, double *snr)
{
	long best = lag;
	double least = INFINITY;

	for (long k = lag - reach; k <= lag + reach; k++) {
		double e;

		if (!fits(w, (long)at + k))
			continue;
		e = wave_error(ref->pcm + at, w->pcm + (long)at + k);
		if (e < least) {
			least = e;
			best = k;
		}
	}
	*snr = snr_of(energy(ref->pcm + at), least);
	return best;
}

/* The lag of each segment of speech that lost nothing; NOWHERE: of any other. */
static void find_lags(long *lags, size_t n, const struct snr_wave *ref,
	const struct snr_wave *w, snr_is_hurt *is_hurt, const void *arg)
{
	long lag = 0;

	for (size_t s = 0; s < n; s++) {
		size_t at = s * SNR_SEGMENT;
		double snr;
		long found;

		lags[s] = NOWHERE;
		if (!is_speech(ref->pcm + at) || is_hurt(arg, at))
			continue;
		found = best_lag(ref, w, at, lag, NEAR, &snr);
		if (snr < GOOD_SNR)
			found = best_lag(ref, w, at, lag, FAR, &snr);
		if (snr < GOOD_SNR)
			continue;
		lag = lags[s] = found;
	}
}

/* The place in w of segment s: its own, or of the nearest with one before or after it, whichever fits better. */
static long place(const long *lags, size_t n, size_t s, const struct snr_wave *ref,
	const struct snr_wave *w)
{
	long at = (long)(s * SNR_SEGMENT), best = -1;
	double least = INFINITY;
	size_t from[2] = { s, s };

	while (from[0] > 0 && lags[from[0]] == NOWHERE)
		from[0]--;
	while (from[1] + 1 < n && lags[from[1]] == NOWHERE)
		from[1]++;
	for (int i = 0; i < 2; i++) {
		long lag = lags[from[i]];
		double e;

		if (lag == NOWHERE || !fits(w, at + lag))
			continue;
		e = wave_error(ref->pcm + at, w->pcm + at + lag);
		if (e < least) {
			least = e;
			best = at + lag;
		}
	}
	return best;
}

struct sum {
	double all, hurt;
	size_t n, n_hurt;
};

static void add(struct sum *s, double snr, bool is_hurt)
{
	s->all += snr;
	s->n++;
	if (is_hurt) {
		s->hurt += snr;
		s->n_hurt++;
	}
}

static struct snr_mean mean(const struct sum *s)
{
	return (struct snr_mean){ s->n ? s->all / (double)s->n : NAN,
		s->n_hurt ? s->hurt / (double)s->n_hurt : NAN };
}

static bool never(const void *arg, size_t at)
{
	(void)arg;
	(void)at;
	return false;
}

static int by_size(const void *a, const void *b)
{
	const long *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The lag that the middle segment has; 0: none has any. Sorts them. */
static long median(long *lags, size_t n)
{
	size_t from = 0;

	qsort(lags, n, sizeof *lags, by_size);
	while (from < n && lags[from] == NOWHERE)
		from++;
	return from < n ? lags[from + (n - from) / 2] : 0;
}

/* The clean wave so that its samples have the original's places: without loss it is late by as much all the time. */
static struct snr_wave in_place(const struct snr_wave *original,
	const struct snr_wave *clean, long *lags, size_t n)
{
	long lag;

	find_lags(lags, n, original, clean, never, NULL);
	lag = median(lags, n);
	if (lag < 0 || lag > (long)clean->n)
		lag = 0;
	return (struct snr_wave){ clean->pcm + lag, clean->n - (size_t)lag };
}

int snr_compare(struct snr *out, const struct snr_wave *original,
	const struct snr_wave *clean, const struct snr_wave *heard, snr_is_hurt *is_hurt,
	const void *arg)
{
	size_t n = original->n / SNR_SEGMENT;
	long *lags = calloc(n + 1, sizeof *lags), *whole = calloc(n + 1, sizeof *whole);
	struct sum a = { 0 }, b = { 0 }, c = { 0 };
	struct snr_wave same;
	int err = lags && whole ? 0 : ENOMEM;

	if (err)
		goto out;
	same = in_place(original, clean, whole, n);
	n = same.n / SNR_SEGMENT < n ? same.n / SNR_SEGMENT : n;
	find_lags(lags, n, original, heard, is_hurt, arg);
	find_lags(whole, n, &same, heard, is_hurt, arg);
	for (size_t s = 0; s < n; s++) {
		size_t at = s * SNR_SEGMENT;
		bool hurt = is_hurt(arg, at);
		long in_original, in_clean;

		if (!is_speech(original->pcm + at))
			continue;
		in_original = place(lags, n, s, original, heard);
		in_clean = place(whole, n, s, &same, heard);
		if (in_original < 0 || in_clean < 0)
			continue;
		add(&a, wave_snr(original->pcm + at, heard->pcm + in_original), hurt);
		add(&b, wave_snr(same.pcm + at, heard->pcm + in_clean), hurt);
		add(&c, magnitude_snr(original->pcm + at, heard->pcm + in_clean), hurt);
	}
	*out = (struct snr){ mean(&a), mean(&b), mean(&c) };
out:
	free(lags);
	free(whole);
	return err;
}
