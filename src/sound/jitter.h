/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * jitter -- packets that come as the network pleases become samples that leave every 20 ms.
 *
 * Packets are kept by sequence number and decoded when their turn comes. The delay follows the network: it is as long as
 * nearly all packets of the last seconds needed, and no longer. It grows and shrinks by whole pitch periods, where
 * that is not heard (stretch.h), so that a clock that runs a little fast or slow never leads to a gap. What is missing is
 * taken from the next packet's error correction (Opus), else made up and faded (concealment); what is missing for long
 * is silence.
 *
 * Memory is allocated by jitter_new() and when a packet of another codec comes first (its decoder), never else. Time is an
 * argument; pure otherwise. One thread at a time. Hostile packets: any sequence, timestamp and payload are safe.
 */
#ifndef SOUND_JITTER_H
#define SOUND_JITTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sound/codec.h"

#define JITTER_MAX_MS 400 /* longest delay; what would need more is lost */
#define JITTER_MIN_MS 20

struct jitter;

struct jitter_packet {
	enum sound_codec codec;
	uint32_t ssrc, ts; /* ts in the codec's clock */
	uint16_t seq;
	const uint8_t *p;
	size_t n; /* more than SOUND_BYTES_MAX: discarded */
	bool is_restored; /* it was lost, and the one after it repeats it (RFC 2198): its lateness says nothing of the network */
};

/* Where the samples of a frame came from; the worst of its parts. */
enum jitter_source {
	JITTER_NOTHING, /* nobody has spoken yet, or not for long: silence */
	JITTER_VOICE,
	JITTER_CORRECTED, /* by error correction */
	JITTER_CONCEALED,
};

/* Since the buffer was made. */
struct jitter_stats {
	uint64_t packets, late, lost, discarded; /* late: it came after its turn */
	uint64_t frames; /* taken, JITTER_NOTHING aside */
	uint64_t corrected,
		concealed; /* of them; a frame that is concealed in part counts */
	uint64_t concealed_ms; /* made up in all, to the millisecond; of frames * 20 */
	uint64_t longer, shorter; /* times at which the delay was stretched or shrunk */
	uint32_t
		delay_ms; /* of the newest frame, from its packet's arrival to its turn; smoothed */
	uint32_t target_ms;
};

/* rate: SOUND_NARROW or SOUND_WIDE. EINVAL, ENOMEM. */
int jitter_new(struct jitter **out, uint32_t rate);
void jitter_free(struct jitter *j);
void jitter_put(struct jitter *j, const struct jitter_packet *p, int64_t now_us);
/* One frame (rate / 50 samples), always filled. To be called every 20 ms on average. */
enum jitter_source jitter_take(struct jitter *j, int16_t *pcm, int64_t now_us);
struct jitter_stats jitter_stats(const struct jitter *j);

#endif
