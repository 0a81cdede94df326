/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * clip_sound -- a recording becomes a clip as callers hear it: one channel, the telephone's rate, and as loud as all others.
 *
 * Whatever the house recorded, speech comes at the same level (ITU-T P.56), and a caller need not reach for the volume
 * between greeting and music. Pure but for the allocation; any thread.
 */
#ifndef MAIN_CLIP_SOUND_H
#define MAIN_CLIP_SOUND_H

#include <stddef.h>
#include <stdint.h>

#include "wire/wav.h"

#define CLIP_RATE 8000
#define CLIP_LEVEL_DBOV \
	(-26.0) /* active speech level that networks are planned for (ITU-T P.830) */
#define CLIP_SILENT_DBOV (-60.0) /* a recording that is softer was a mistake */
#define CLIP_SHORT_DB    1.0 /* so much softer a clip may be, that its peaks are whole */

/* A-law, *n bytes, to be freed. ENODATA: nothing is in it; ENOMSG: it is silent; EDOM: its peaks stand too far above the
 * rest; EFBIG: above cap bytes; ENOMEM. */
int clip_sound(const struct wav *w, size_t cap, uint8_t **alaw, size_t *n);

#endif
