/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tones -- signals whose level and frequency are known, and how to measure them again. */
#ifndef TEST_SOUND_TONES_H
#define TEST_SOUND_TONES_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

/* Adds a tone of this amplitude (of 32,768) to n samples, the first of which is sample `from` of the signal. */
static inline void tone_add(
	int16_t *x, size_t n, size_t from, double hz, double amplitude, uint32_t rate)
{
	for (size_t i = 0; i < n; i++)
		x[i] = (int16_t)lrint(x[i] +
			amplitude * sin(2 * M_PI * hz * (double)(from + i) / rate));
}

/* What n samples have at hz, seen through Hann's window: amplitude and phase at their middle. */
static inline double tone_look(
	const int16_t *x, size_t n, double hz, uint32_t rate, double *phase)
{
	double re = 0, im = 0, sum = 0;

	for (size_t i = 0; i < n; i++) {
		double w = 0.5 - 0.5 * cos(2 * M_PI * ((double)i + 0.5) / (double)n);
		double at = ((double)i - (double)n / 2) / rate;

		re += w * x[i] * cos(2 * M_PI * hz * at);
		im -= w * x[i] * sin(2 * M_PI * hz * at);
		sum += w;
	}
	if (phase)
		*phase = atan2(im, re);
	return 2 * hypot(re, im) / sum;
}

/* In dB against an amplitude. */
static inline double tone_level(
	const int16_t *x, size_t n, double hz, uint32_t rate, double amplitude)
{
	return 20 * log10(tone_look(x, n, hz, rate, NULL) / amplitude + 1e-9);
}

/* The frequency of a tone that is within 10 Hz of hz: how far its phase goes in 50 ms. */
static inline double tone_frequency(const int16_t *x, size_t n, double hz, uint32_t rate)
{
	size_t step = rate / 20;
	double a, b, turns;

	tone_look(x, n - step, hz, rate, &a);
	tone_look(x + step, n - step, hz, rate, &b);
	turns = (b - a) / (2 * M_PI) - hz * (double)step / rate;
	return hz + (turns - rint(turns)) * rate / (double)step;
}

/* Hiss between -1 and 1, the same each time. */
static inline double hiss(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (double)*seed / 2147483648.0 - 1;
}

/* Segmental signal-to-noise ratio in dB: the mean over frames of step samples, each within 0 to 35 dB (N. Jayant and
 * P. Noll, "Digital Coding of Waveforms", 1984, appendix E), of frames louder than 30 of 32,768. */
static inline double segmental_snr(
	const int16_t *is, const int16_t *should, size_t n, size_t step)
{
	double sum = 0;
	size_t frames = 0;

	for (size_t f = 0; f + step <= n; f += step) {
		double signal = 0, noise = 1e-9;

		for (size_t i = f; i < f + step; i++) {
			signal += (double)should[i] * should[i];
			noise += ((double)is[i] - should[i]) *
				((double)is[i] - should[i]);
		}
		if (signal < 900.0 * (double)step)
			continue;
		sum += fmin(fmax(10 * log10(signal / noise), 0), 35);
		frames++;
	}
	return frames ? sum / (double)frames : 0;
}

#endif
