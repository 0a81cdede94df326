/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * clip -- announcements: frames of a codec in sealed memory, and a player that says when the next 20 ms are due.
 *
 * A clip is mapped read-only from control's memfds, one for each codec; the seals are checked, so the bytes cannot
 * change or shrink under us.  The player's decisions are pure: time is an argument.  Thread: the relay's.
 */
#ifndef RELAY_CLIP_H
#define RELAY_CLIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "sound/codec.h"

#define CLIP_FRAME_US 20000
#define CLIP_CATCH_UP 5 /* frames sent at once after a stall; more are skipped in time */

struct clip {
	struct {
		const uint8_t *p; /* owned mapping; NULL: not loaded in this codec */
		size_t n;
	} in[SOUND_CODECS];
};

/* Takes n bytes in this codec from fd, which stays the caller's. EPERM: not sealed against change; EINVAL: empty,
 * too long or shorter than n, no such codec, or not its frames; ENOMEM. What was there is given back on success. */
int clip_load(struct clip *c, enum sound_codec codec, int fd, size_t n);
void clip_close(struct clip *c);
bool clip_has(const struct clip *c, enum sound_codec codec);

/* 20 ms beats of a clock that may stall. */
struct clip_beat {
	int64_t next_us; /* 0: not begun */
};

struct clip_player {
	uint32_t clip;
	enum sound_codec codec;
	bool loop;
	size_t at;
	struct clip_beat beat;
};

void clip_player_start(
	struct clip_player *p, uint32_t clip, enum sound_codec codec, bool loop);
/* How many frames to send at this tick (0..CLIP_CATCH_UP). *skipped: time was lost, so the timestamp has
 * to be taken from the clock again. */
unsigned int clip_beat_due(struct clip_beat *b, int64_t now_us, bool *skipped);
/* The next frame, within the clip; false at the end of a clip that does not loop. */
bool clip_player_frame(struct clip_player *p, const struct clip *c, struct slice *out);

#endif
