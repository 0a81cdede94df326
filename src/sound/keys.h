/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * keys -- telephone keys heard as tones in the voice (ITU-T Q.23, Q.24), for trunks that send no events (RFC 4733).
 *
 * spandsp's detector. Memory is allocated when it is made. One thread at a time.
 */
#ifndef SOUND_KEYS_H
#define SOUND_KEYS_H

#include <stddef.h>
#include <stdint.h>

#define KEYS_MAX 8 /* pressed within one packet: no finger is as fast */

struct keys;

int keys_new(struct keys **out); /* ENOMEM */
void keys_free(struct keys *k);
/* n samples at 8,000 a second. *n_keys keys that were pressed, as RFC 4733 section 3.2 numbers them (0 to 9, 10 *, 11 #,
 * 12 to 15 A to D). */
void keys_hear(struct keys *k, const int16_t *pcm, size_t n, uint8_t out[KEYS_MAX],
	size_t *n_keys);

#endif
