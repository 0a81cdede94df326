/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * halfband -- 16,000 samples a second from 8,000 and back, by one linear-phase FIR filter.
 *
 * Flat within 0.02 dB up to 3,400 Hz, below -55 dB from 4,600 Hz on: what lies above the telephone's band neither
 * folds into it nor is made up. Either way delays by HALFBAND_DELAY samples of 16,000 a second (1.4 ms).
 *
 * Pure; the memory is the caller's, zeroed at first: silence came before. One thread at a time.
 */
#ifndef SOUND_HALFBAND_H
#define SOUND_HALFBAND_H

#include <stddef.h>
#include <stdint.h>

#define HALFBAND_PAIRS \
	12 /* coefficients on either side of the middle that are not zero */
#define HALFBAND_DELAY (2 * HALFBAND_PAIRS - 1)
#define HALFBAND_TAPS  (2 * HALFBAND_DELAY + 1)
#define HALFBAND_MAX   960 /* samples of 16,000 a second at once: 60 ms */

extern const float halfband_pairs[HALFBAND_PAIRS]; /* at 1, 3, 5 ... from the middle */

struct halfband_down {
	float past[HALFBAND_TAPS - 1];
};
struct halfband_up {
	float past[2 * HALFBAND_PAIRS - 1];
};

/* n samples (even, at most HALFBAND_MAX) become n / 2 at out, which may be in. */
void halfband_down(struct halfband_down *s, const int16_t *in, size_t n, int16_t *out);
/* n samples (at most HALFBAND_MAX / 2) become 2 n at out, which may be in. */
void halfband_up(struct halfband_up *s, const int16_t *in, size_t n, int16_t *out);

#endif
