/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * clip_sound -- a recording becomes a clip as callers hear it: one channel, at either rate at which voices meet, as loud as
 * all others, and from there its packets in each codec.
 *
 * Whatever the house recorded, speech comes at the same level (ITU-T P.56), and a caller need not reach for the volume
 * between greeting and music. Pure but for the allocation; any thread.
 */
#ifndef MAIN_CLIP_SOUND_H
#define MAIN_CLIP_SOUND_H

#include <stddef.h>
#include <stdint.h>

#include "sound/codec.h"
#include "wire/wav.h"

#define CLIP_LEVEL_DBOV \
	(-26.0) /* active speech level that networks are planned for (ITU-T P.830) */
#define CLIP_SILENT_DBOV (-60.0) /* a recording that is softer was a mistake */
#define CLIP_SHORT_DB    1.0 /* so much softer a clip may be, that its peaks are whole */

/* Whole frames of SOUND_FRAME_MS; what is short of the last is silent. */
struct clip_sound {
	int16_t *narrow,
		*wide; /* of SOUND_NARROW and SOUND_WIDE samples a second; owned */
	size_t frames;
};

/* ENODATA: nothing is in it; ENOMSG: it is silent; EDOM: its peaks stand too far above the rest; EFBIG: above so many
 * frames; ENOMEM. */
int clip_sound(struct clip_sound *out, const struct wav *w, size_t frames_max);
void clip_sound_close(struct clip_sound *s);

/*
 * As sound/clip_bytes.h has it: *n bytes, to be freed. ENOMEM.
 *
 * The codec's own delay is taken off. A clip that sounds to its end, as music does, is made to go round without a seam; one
 * that ends in silence, to be heard from the beginning.
 */
int clip_sound_encode(
	const struct clip_sound *s, enum sound_codec c, uint8_t **out, size_t *n);

#endif
