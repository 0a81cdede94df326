/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * ear -- what one receiver of A-law heard: gaps between packets, losses, and whose tone it was.
 *
 * The farms' tones are multiples of TONE_STEP_HZ, so two packets hold whole periods of each and one tone is
 * told from its neighbour.  A tone is loud (tone.h) and alone; music, speech and beeps are softer, and are
 * EAR_SOUND.  Pure: time arrives with the packet.  The struct is the caller's; nothing to close.
 */
#ifndef TOOLS_EAR_H
#define TOOLS_EAR_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/tone.h"
#include "wire/rtp.h"

#define EAR_NOTHING_US 200000 /* without a packet for so long it hears nothing */

enum ear_what { EAR_NOTHING, EAR_SILENCE, EAR_SOUND, EAR_TONE };

struct ear_figures {
	uint64_t packets, lost;
	int64_t gap_us; /* the longest between two packets, whatever is in them */
	int64_t tone_gap_us; /* the longest between two packets with a tone, from the first one on */
};

struct ear {
	enum ear_what what;
	double hz; /* with EAR_TONE */
	struct ear_figures f; /* since ear_reset() */
	int64_t at_us,
		tone_at_us; /* the last packet, the last with a tone; 0: none yet */
	uint32_t ssrc;
	uint16_t seq;
	bool has_stream;
	double tone_hz; /* of the last tone, which may go on after a word of something else */
	int16_t pcm[TONE_PERIOD]; /* of the packets since the last look */
	unsigned int n;
	bool goes_on; /* in each of them */
};

/* Figures from zero; the first packet after it has no gap before it. */
void ear_reset(struct ear *e);
/* Figures from zero in mid-stream: a gap that has begun goes on. */
void ear_mark(struct ear *e);
/* Each is true when `what` or `hz` changed. Packets of another size than 20 ms count but have no sound. */
bool ear_packet(struct ear *e, const struct rtp_packet *p, int64_t at_us);
bool ear_tick(struct ear *e, int64_t now_us);
/* ear_tick() would change something, unless a packet lies unread in the socket. */
bool ear_is_late(const struct ear *e, int64_t now_us);
/* With the gap that is open now; in a talk, that is, where another packet is due. */
struct ear_figures ear_figures(const struct ear *e, int64_t now_us);
const char *ear_word(enum ear_what what);

#endif
