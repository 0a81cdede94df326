/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * fuzz: codec.  The first byte says codec and rate; then packets, each after a byte that says what is done with it and two
 * of its length. What a decoder makes has the length that the packet said; nothing passes its buffers.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sound/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LOST = 1, NOTHING = 2 };

static void decode(struct sound_decoder *d, enum sound_codec c, uint32_t rate,
	uint8_t how, const uint8_t *packet, size_t size)
{
	uint8_t *p = malloc(
		size + !size); /* of exactly its size: a byte too far is seen */
	int16_t *pcm = calloc(SOUND_PACKET_MAX, sizeof *pcm);
	size_t n = 0;

	if (!p || !pcm)
		goto out;
	memcpy(p, packet, size);
	uint32_t ms = sound_packet_ms(c, p, size);

	if (how & NOTHING) {
		int err = sound_decode_nothing(d, pcm, &n);

		assert(err == (c == SOUND_OPUS ? 0 : ENOTSUP));
		assert(err || n == rate / 50);
	}
	if (how & LOST) {
		int err = sound_decode_lost(d, p, size, pcm, &n);

		assert(err == 0 || err == ENOENT);
		assert(err || (c == SOUND_OPUS && n == rate / 50));
	}
	int err = sound_decode(d, p, size, pcm, &n);

	assert(err == 0 || err == EBADMSG || err == EMSGSIZE);
	assert(err || (n > 0 && n <= SOUND_PACKET_MAX));
	assert(err || !ms || n == ms * rate / 1000);
	assert(ms <= SOUND_PACKET_MS || err);
out:
	free(p);
	free(pcm);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sound_decoder *d = NULL;

	if (!size)
		return 0;
	enum sound_codec c = (enum sound_codec)(data[0] % SOUND_CODECS);
	uint32_t rate = data[0] & 0x80 ? SOUND_WIDE : SOUND_NARROW;
	int err = sound_decoder_new(&d, c, rate);

	assert(err == (c == SOUND_NONE ? EINVAL : 0) || err == ENOMEM);
	for (size_t at = 1; !err && at + 3 <= size;) {
		size_t n = data[at + 1] | (size_t)data[at + 2] << 8;

		if (n > size - at - 3)
			n = size - at - 3;
		decode(d, c, rate, data[at], data + at + 3, n);
		at += 3 + n;
	}
	sound_decoder_free(d);
	return 0;
}
