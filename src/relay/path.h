/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * path -- which way a voice goes to a leg, in which codec, at which rate, and why.
 *
 * Two paths (docs/relay.md): packets go on as they are, or they are decoded and encoded again. Here it is decided, in pcm.c and
 * voice.c it is done.
 *
 * Pure: no leg, no socket, no clock, no memory. Any thread.
 */
#ifndef RELAY_PATH_H
#define RELAY_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "relay/proto.h"
#include "sound/codec.h"

/* What of a leg decides how it is sent something. */
struct path_end {
	enum rp_feed feed;
	bool is_lossy; /* it gets error correction, where it has Opus */
	bool is_over; /* a clip plays over what it hears */
	const struct rp_codec
		*codecs; /* agreed, in their order; at least one. Borrowed */
	size_t n_codecs;
};

/* The payload type of a codec; -1: it was not agreed. */
int path_pt(const struct rp_codec *codecs, size_t n, enum sound_codec codec);

/* Why a packet of this codec has to be decoded for `to`; RP_WHY_NONE: it goes as it is. from_lossy: who sent it is a lossy line. */
enum rp_why path_why(const struct path_end *to, enum sound_codec codec, bool from_lossy);

enum path_step {
	PATH_FORWARD, /* as it is */
	PATH_LEAVE, /* the PCM path ends with this packet, which goes as it is */
	PATH_DECODE,
	PATH_DROP,
};
/* What happens to a voice packet that has this reason, when what `to` hears goes another way, or the same, at the moment (now).
 * A late one goes the way of the newest, or nowhere. */
enum path_step path_step(enum rp_why now, enum rp_why why, bool is_newest);
/* A key's packets have a place in what is sent; false: it has to be pressed again. */
bool path_carries_keys(enum rp_why now, enum rp_feed feed);

/* What `to` is sent on the PCM path: error correction on a lossy line, else the first of its codecs that is as wide as the
 * voice, else its first. */
enum sound_codec path_codec(const struct path_end *to, uint32_t rate);
/* The rate at which a voice in this codec and `to` meet: of the poorer one; three always in full, for one of them may be
 * wide. */
uint32_t path_rate(const struct path_end *to, enum sound_codec codec);

#endif
