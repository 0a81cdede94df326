/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * mix -- several voices become one, and none is ever painfully loud.
 *
 * Pure; no memory but the caller's. Any thread.
 */
#ifndef SOUND_MIX_H
#define SOUND_MIX_H

#include <stddef.h>
#include <stdint.h>

/* Level limit of what a headset is given. */
struct mix_limit {
	uint32_t rate; /* samples a second */
	float envelope; /* peak of the newest block before the limit, 0 .. 1 */
	float gain; /* in use, 0 .. 1 */
};

/* a += b, n samples, saturating. */
void mix_add(int16_t *a, const int16_t *b, size_t n);
/* x by a factor of 0 to 1, from one value to another over n samples (no click). */
void mix_fade(int16_t *x, size_t n, float from, float to);

void mix_limit_init(struct mix_limit *l, uint32_t rate);
/* In place: what is below the limit is left as it is, to the bit. */
void mix_limit(struct mix_limit *l, int16_t *x, size_t n);

#endif
