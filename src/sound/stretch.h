/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * stretch -- voice a little longer or shorter, by a pitch period, and voice made up where some is missing.
 *
 * Pure; no memory but the caller's. Samples at 8,000 or 16,000 a second. One thread at a time per struct.
 * Cost: a search for the pitch, some microseconds, per call of stretch_longer() and stretch_shorter() and once per gap.
 */
#ifndef SOUND_STRETCH_H
#define SOUND_STRETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STRETCH_PAST_MS \
	50 /* three of the longest periods and a quarter, as in G.711 I.2.2 */
#define STRETCH_LAG_MS   15 /* longest period: 67 Hz */
#define STRETCH_PAST_MAX 800 /* samples at the higher rate */
#define STRETCH_LAG_MAX  240

/* How alike two periods must be at least, from 1 to -1 (normalised cross-correlation); silence is always alike. */
#define STRETCH_ANY (-2.0F)

/*
 * One period more at the beginning of x. The STRETCH_LAG_MS before x are what was heard last and are read; x has n
 * samples, at least STRETCH_LAG_MS, and room for as many more. How many came in; 0: nothing is alike enough, all is as it was.
 */
size_t stretch_longer(uint32_t rate, int16_t *x, size_t n, float least);
/* One period less within the first 2 * STRETCH_LAG_MS of x, or within n where that is shorter. How many went; 0: as above. */
size_t stretch_shorter(uint32_t rate, int16_t *x, size_t n, float least);

/* A gap and how it is filled. */
struct stretch {
	uint32_t rate;
	int16_t past
		[STRETCH_PAST_MAX]; /* real voice before the gap, at the end of the array */
	size_t lag; /* the period */
	int at; /* next sample to repeat, below 0: from the end of past */
	int back; /* how far the next turn begins before the end of past */
	float step; /* height of the seam before the first sample */
	uint32_t made; /* samples made up in this gap; 0: there is none */
};

void stretch_init(struct stretch *s, uint32_t rate);
/* n samples that go on where past (STRETCH_PAST_MS, the newest last) ends. Only a gap's first call looks at past. */
void stretch_conceal(struct stretch *s, const int16_t *past, int16_t *x, size_t n);
/* All that is made up from now on is silence. */
bool stretch_is_faded(const struct stretch *s);
/* The gap is over: x, n samples of real voice, comes in over what would have been made up next. Without a gap: nothing. */
void stretch_merge(struct stretch *s, int16_t *x, size_t n);
/* Is it so soft that nobody hears where it is cut? */
bool stretch_is_silent(const int16_t *x, size_t n);

#endif
