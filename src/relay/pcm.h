/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * pcm -- the PCM path: what a leg is sent is decoded, buffered, mixed, limited and encoded here.
 *
 * A leg may be a source (what comes from it goes through a jitter buffer) and a destination (it is sent a frame every
 * 20 ms). Both are made when the first packet needs them and given back when the packet path is enough again, or when
 * what the leg hears changes; so a talk on the packet path costs nothing here.
 *
 * Thread: the relay's.
 */
#ifndef RELAY_PCM_H
#define RELAY_PCM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "relay/clip.h"
#include "relay/proto.h"
#include "sound/codec.h"
#include "sound/jitter.h"
#include "sound/mix.h"

struct relay;
struct leg;
struct rtp_packet;

struct pcm {
	/* the source */
	struct jitter *jitter; /* owned; NULL: it is none */
	uint32_t rate; /* of the jitter buffer */
	uint64_t frame_no; /* relay->frame of `frame` */
	enum jitter_source got;
	int16_t frame[SOUND_FRAME_MAX];
	struct jitter_stats before; /* of buffers that were given back */
	/* the destination */
	enum rp_why why; /* RP_WHY_NONE: it is none */
	struct list node; /* relay->pcm, while it is one */
	struct sound_encoder *encoder; /* owned; NULL before the first frame */
	enum sound_codec codec; /* of the encoder */
	uint32_t encoder_rate;
	struct mix_limit limit;
	/* a clip over the voice */
	bool is_over;
	struct clip_player over;
	struct sound_decoder *over_decoder; /* owned */
	uint32_t over_rate;
};

/* How a packet of this codec has to go: path.h. */
enum rp_why pcm_why(const struct leg *from, const struct leg *to, enum sound_codec codec);
/* A packet for `to` and, in a mix, for the other one. ENOMEM: it is lost. */
int pcm_put(struct relay *r, struct leg *from, struct leg *to, enum rp_why why,
	enum sound_codec codec, const struct rtp_packet *p, bool is_restored);
/* A clip over what the leg hears from now on. ENOENT: it is not loaded in PCMA, from which it is taken. */
int pcm_over(struct relay *r, struct leg *to, const struct rp_play *m);
void pcm_over_stop(struct relay *r, struct leg *to);
/* The packet path from now on. */
void pcm_leave(struct relay *r, struct leg *to);
/* Nothing of a leg is decoded any more. */
void pcm_forget(struct leg *from);
/* The frames that are due. */
void pcm_tick(struct relay *r);
/* Of a source, in its whole life. */
struct jitter_stats pcm_stats(const struct leg *from);

#endif
