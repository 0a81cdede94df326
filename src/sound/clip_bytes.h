/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * clip_bytes -- a clip in one codec, as control hands it to relays: its packets of 20 ms one after another, each behind its
 * length (16 bits in the machine's order; both ends are one machine).
 *
 * Who reads does not trust who wrote: clip_bytes_check() looks at all of it once, clip_bytes_next() never leaves it. Pure;
 * any thread.
 */
#ifndef SOUND_CLIP_BYTES_H
#define SOUND_CLIP_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sound/codec.h"

#define CLIP_BYTES_HEAD   2 /* a packet's length */
#define CLIP_BYTES_FRAMES 30000 /* ten minutes */
/* Of them in G.711 or G722, which are the largest: Opus as we write it has half of their bytes. */
#define CLIP_BYTES_MAX (CLIP_BYTES_FRAMES * (CLIP_BYTES_HEAD + 160))

/* Writes a packet at *at and moves it behind. ENOSPC; EINVAL: an empty packet or one above SOUND_BYTES_MAX. */
int clip_bytes_put(
	uint8_t *p, size_t cap, size_t *at, const uint8_t *packet, size_t n_bytes);

/* The packet at *at, which moves behind it. false, and nothing is touched: there is none, or the file is cut there. */
bool clip_bytes_next(
	const uint8_t *p, size_t n, size_t *at, const uint8_t **packet, size_t *n_bytes);

/* Are there packets of this codec and of 20 ms and nothing else? *packets: how many. EBADMSG: no, or none; EINVAL: no such
 * codec; EFBIG: above CLIP_BYTES_FRAMES. */
int clip_bytes_check(enum sound_codec c, const uint8_t *p, size_t n, size_t *packets);

#endif
