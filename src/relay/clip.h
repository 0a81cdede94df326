/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * clip -- announcements: A-law bytes in sealed memory, and a player that says when the next 20 ms are due.
 *
 * A clip is mapped read-only from control's memfd; the seals are checked, so the bytes cannot change or
 * shrink under us.  The player's decisions are pure: time is an argument.  Thread: the relay's.
 */
#ifndef RELAY_CLIP_H
#define RELAY_CLIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLIP_FRAME    160 /* 20 ms at 8,000 Hz, RFC 3551 section 4.2 */
#define CLIP_FRAME_US 20000
#define CLIP_CATCH_UP 5 /* frames sent at once after a stall; more are skipped in time */
#define CLIP_FILL     0xD5 /* A-law silence behind the last part of a frame */

struct clip {
	const uint8_t *p; /* owned mapping; NULL: not loaded */
	size_t n;
};

/* Takes n bytes from fd, which stays the caller's. EPERM: not sealed against change; EINVAL: empty,
 * too long or shorter than n; ENOMEM. The clip that was there is given back on success. */
int clip_load(struct clip *c, int fd, size_t n);
void clip_close(struct clip *c);

struct clip_player {
	uint32_t clip;
	bool loop;
	size_t at;
	int64_t next_us; /* 0: not begun */
};

void clip_player_start(struct clip_player *p, uint32_t clip, bool loop);
/* How many frames to send at this tick (0..CLIP_CATCH_UP). *skipped: time was lost, so the timestamp has
 * to be taken from the clock again. */
unsigned int clip_player_due(struct clip_player *p, int64_t now_us, bool *skipped);
/* The next frame; false at the end of a clip that does not loop. */
bool clip_player_frame(
	struct clip_player *p, const struct clip *c, uint8_t out[CLIP_FRAME]);

#endif
