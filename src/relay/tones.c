/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * tones -- telephone keys in the voice of a leg that sends no telephone-events: a trunk that has them in-band alone.
 *
 * Only of a caller's leg, in G.711, and only while nobody hears it: then the keys are ours, and the voice is heard for
 * them and for nothing else.  The detector is made with the first such packet and freed with the leg.
 * Thread: the relay's.
 */
#include "relay/leg.h"
#include "sound/keys.h"
#include "wire/g711.h"

#define SAMPLES_MAX 960 /* 120 ms: longer packets nobody sends (RFC 3551 section 4.2) */

static size_t decode(enum sound_codec codec, struct slice payload, int16_t *pcm)
{
	int16_t (*of)(uint8_t code) = codec == SOUND_PCMA ? g711_alaw_decode
		: codec == SOUND_PCMU                     ? g711_ulaw_decode
							  : NULL;

	if (!of || payload.n > SAMPLES_MAX)
		return 0;
	for (size_t i = 0; i < payload.n; i++)
		pcm[i] = of(payload.p[i]);
	return payload.n;
}

void leg_tones_hear(
	struct relay *r, struct leg *l, enum sound_codec codec, struct slice payload)
{
	int16_t pcm[SAMPLES_MAX];
	uint8_t keys[KEYS_MAX];
	size_t n_keys = 0;

	if (l->is_web || l->dtmf_pt || !l->digits_left)
		return;
	size_t n = decode(codec, payload, pcm);

	if (!n || (!l->tones && keys_new(&l->tones)))
		return;
	keys_hear(l->tones, pcm, n, keys, &n_keys);
	for (size_t i = 0; i < n_keys; i++)
		leg_tell_key(r, l, keys[i]);
}

void leg_tones_free(struct leg *l)
{
	keys_free(l->tones);
	l->tones = NULL;
}
