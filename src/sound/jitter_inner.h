/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * jitter's inner state, shared by jitter.c (what comes and goes), jitter_place.c (when a packet was spoken) and
 * jitter_play.c (what is heard).
 *
 * Media time is in samples at the buffer's rate, counted from the first packet. At the moment now, what is heard was
 * delayed by now - low - (end - len): low is the transit of the quickest packets, end the media time up to which there are
 * samples, len how many of these still wait. So a period more or less in the queue changes the delay, and nothing else does.
 */
#ifndef SOUND_JITTER_INNER_H
#define SOUND_JITTER_INNER_H

#include "sound/jitter.h"
#include "sound/jitter_delay.h"
#include "sound/stretch.h"

/* JITTER_MAX_MS of the shortest packets (10 ms) and a third more for what comes in bursts. */
#define JITTER_SLOTS 64
/* A frame that is nearly full, the longest packet decoded to it, one more decoded ahead to find two periods in, a
 * period stretched. */
#define JITTER_QUEUE (SOUND_FRAME_MAX + 2 * SOUND_PACKET_MAX + STRETCH_LAG_MAX)

struct jitter_slot {
	bool is_used, is_restored;
	enum sound_codec codec;
	uint16_t seq;
	uint32_t series; /* of sequence numbers; a new one begins with a new source */
	int64_t media;
	int64_t length; /* in samples */
	int64_t at_us; /* arrival */
	size_t n; /* bytes, which lie apart: slots are looked through often */
};

/* The newest packet of the source. */
struct jitter_source_state {
	bool is_known;
	enum sound_codec codec;
	uint32_t ssrc, ts, series;
	uint16_t seq;
	int64_t media, end; /* of it */
	uint64_t seen; /* bit k: seq - k has come */
	int64_t settled_us; /* until then media times that were set anew may be corrected */
};

struct jitter {
	uint32_t rate, per_ms;
	size_t frame; /* samples */
	struct sound_decoder *decoders[SOUND_CODECS];
	struct jitter_source_state source;
	struct jitter_delay delay;
	struct jitter_slot slots[JITTER_SLOTS];
	uint8_t bytes[JITTER_SLOTS][SOUND_BYTES_MAX];

	/* what is heard */
	int64_t clock_us; /* of the frames taken, smoothed; 0: none yet */
	int64_t end,
		voiced; /* media time: up to where there are samples; up to where there was real voice */
	bool rests; /* nobody speaks: the delay may be set without a sound */
	bool has_jumped; /* voice was left out before what comes next */
	bool has_last; /* of the newest packet played: */
	enum sound_codec last_codec;
	uint16_t last_seq;
	uint32_t last_series;
	float loss; /* share of late that had not come when its turn was */
	bool waits; /* longer, for the packet after a lost one, which may correct it */
	uint32_t gap; /* samples made up since */
	bool gap_is_silent; /* there was silence before it */
	int64_t shrunk_us; /* when last */
	struct stretch stretch;
	int16_t pcm[STRETCH_PAST_MAX +
		JITTER_QUEUE]; /* what was heard last, then the queue */
	uint8_t from[JITTER_QUEUE]; /* enum jitter_source of each sample of the queue */
	size_t len;

	struct jitter_stats stats;
	int64_t delay_us; /* smoothed */
	uint64_t concealed; /* samples */
};

static inline int64_t jitter_us(const struct jitter *j, int64_t samples)
{
	return samples * 1000 / j->per_ms;
}

static inline int64_t jitter_samples(const struct jitter *j, int64_t us)
{
	return us * j->per_ms / 1000;
}

static inline uint8_t *jitter_bytes(struct jitter *j, const struct jitter_slot *s)
{
	return j->bytes[s - j->slots];
}

/* The delay that is wanted. */
int64_t jitter_target_us(const struct jitter *j, int64_t now_us);
/* The delay of what is heard at now_us. */
int64_t jitter_delay_us(const struct jitter *j, int64_t now_us);

/* jitter_place.c: the media time of a packet of so many milliseconds, and what it says about the network is learnt.
 * false: it is a repetition, or too old to tell. */
bool jitter_place(struct jitter *j, const struct jitter_packet *p, uint32_t ms,
	int64_t now_us, int64_t *media);

/* jitter_play.c: at least a frame in the queue, with the delay nearer to what is wanted. */
void jitter_fill(struct jitter *j);

#endif
