/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* caller_codec -- see caller_codec.h. */
#include "tools/caller_codec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sound/codec.h"
#include "wire/g711.h"

#define SETTLE 50 /* packets, a second, in which the coder finds its step */
#define KEPT \
	50 /* a second again and again: whole periods of every multiple of TONE_STEP_HZ */

struct caller_codec {
	struct sound_decoder *ear;
	uint8_t packets[KEPT][TONE_FRAME], heard[TONE_FRAME];
	unsigned int at;
};

static const struct {
	const char *name;
	enum sound_codec sound;
	struct sdesc_codec told;
} known[] = {
	{ "PCMA", SOUND_PCMA, { SDESC_CODEC_PCMA, 8, 8000, 1 } }, /* RFC 3551 table 4 */
	{ "PCMU", SOUND_PCMU, { SDESC_CODEC_PCMU, 0, 8000, 1 } },
	{ "G722", SOUND_G722, { SDESC_CODEC_G722, 9, 8000, 1 } },
};
#define KNOWN (sizeof known / sizeof *known)

bool caller_codec_named(const char *name, struct sdesc_codec *out)
{
	for (size_t i = 0; i < KNOWN; i++)
		if (strcasecmp(known[i].name, name) == 0) {
			*out = known[i].told;
			return true;
		}
	return false;
}

static int say(struct caller_codec *c, enum sound_codec sound, double hz)
{
	uint8_t alaw[TONE_FRAME], packet[SOUND_BYTES_MAX];
	int16_t pcm[TONE_FRAME];
	struct sound_encoder *e;
	double phase = 0;
	int err = sound_encoder_new(&e, sound, SOUND_NARROW);

	for (unsigned int i = 0; i < SETTLE + KEPT && !err; i++) {
		size_t n = 0;

		tone_make(alaw, TONE_FRAME, hz, &phase);
		for (size_t k = 0; k < TONE_FRAME; k++)
			pcm[k] = hz > 0 ? g711_alaw_decode(alaw[k]) : 0;
		err = sound_encode(e, pcm, packet, sizeof packet, &n);
		if (!err && n != TONE_FRAME)
			err = EINVAL;
		if (!err && i >= SETTLE)
			memcpy(c->packets[i - SETTLE], packet, TONE_FRAME);
	}
	sound_encoder_free(e);
	return err;
}

int caller_codec_new(struct caller_codec **out, enum sdesc_codec_id id, double hz)
{
	struct caller_codec *c = calloc(1, sizeof *c);
	enum sound_codec sound = SOUND_NONE;
	int err;

	if (!c)
		return ENOMEM;
	for (size_t i = 0; i < KNOWN; i++)
		if (known[i].told.id == id)
			sound = known[i].sound;
	(void)((err = sound_decoder_new(&c->ear, sound, SOUND_NARROW)) ||
		(err = say(c, sound, hz)));
	if (err) {
		caller_codec_free(c);
		return err;
	}
	*out = c;
	return 0;
}

void caller_codec_free(struct caller_codec *c)
{
	if (!c)
		return;
	sound_decoder_free(c->ear);
	free(c);
}

const uint8_t *caller_codec_next(struct caller_codec *c)
{
	const uint8_t *packet = c->packets[c->at];

	c->at = (c->at + 1) % KEPT;
	return packet;
}

struct slice caller_codec_heard(struct caller_codec *c, struct slice payload)
{
	int16_t pcm[SOUND_PACKET_MAX];
	size_t n = 0;

	if (sound_decode(c->ear, payload.p, payload.n, pcm, &n) || n != TONE_FRAME)
		return slice_of(NULL, 0);
	for (size_t i = 0; i < TONE_FRAME; i++)
		c->heard[i] = g711_alaw_encode(pcm[i]);
	return slice_of(c->heard, TONE_FRAME);
}
