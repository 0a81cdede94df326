/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * caller_codec -- a caller's voice in PCMU or G722, for a farm that otherwise knows A-law only: its tone, coded in advance,
 * and what it hears as A-law.
 *
 * Heap, one owner: 8 KB of packets and two coders. Coding the tone takes a millisecond or two, once.
 */
#ifndef TOOLS_CALLER_CODEC_H
#define TOOLS_CALLER_CODEC_H

#include "base/slice.h"
#include "tools/tone.h"
#include "wire/sdesc.h"

struct caller_codec;

/* PCMA, PCMU or G722 by its name; false: another. */
bool caller_codec_named(const char *name, struct sdesc_codec *out);
/* The tone at hz, 0 is silence. EINVAL: not PCMU or G722; ENOMEM. */
int caller_codec_new(struct caller_codec **out, enum sdesc_codec_id id, double hz);
void caller_codec_free(struct caller_codec *c);
/* The next packet of the tone: TONE_FRAME bytes, as a packet of 20 ms has in each of them; borrowed. */
const uint8_t *caller_codec_next(struct caller_codec *c);
/* A packet of 20 ms as A-law: TONE_FRAME bytes, borrowed until the next one. Empty: it is none. */
struct slice caller_codec_heard(struct caller_codec *c, struct slice payload);

#endif
