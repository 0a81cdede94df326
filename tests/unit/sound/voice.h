/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* voice -- something like a voice, the same each time, and chance. */
#ifndef TEST_SOUND_VOICE_H
#define TEST_SOUND_VOICE_H

#include <stdbool.h>
#include <stdint.h>

struct voice {
	uint32_t rate, seed;
	uint64_t at; /* samples so far */
	double phase; /* of the pulses */
	double filter[4];
};

void voice_init(struct voice *v, uint32_t rate, uint32_t seed);
/* The next sample: pulses of 106 to 174 a second through two resonances that move, in syllables; with pauses of a second and
 * a half every six seconds, if wanted. */
double voice_next(struct voice *v, bool with_pauses);
/* Evenly between 0 and 1. */
double voice_chance(uint32_t *seed);

#endif
