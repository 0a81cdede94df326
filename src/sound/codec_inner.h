/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* codec_inner -- what encoders and decoders share; see codec.h. */
#ifndef SOUND_CODEC_INNER_H
#define SOUND_CODEC_INNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sound/codec.h"

#define CODEC_BYTES_PER_MS 8 /* of G.711 and G.722 */
#define CODEC_G722_BITS    64000
#define CODEC_PACKET_MAX   1500 /* what wire/rtp.h reads at most */

/* Is there such a codec, and a coder that works at this rate? */
bool codec_is_possible(enum sound_codec c, uint32_t rate);
/* The rate at which the codec itself works for a coder of this rate. */
uint32_t codec_works_at(enum sound_codec c, uint32_t rate);

/* Samples of one frame. */
static inline size_t codec_frame(uint32_t rate)
{
	return rate / 1000 * SOUND_FRAME_MS;
}

#endif
