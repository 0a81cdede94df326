/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * codec -- voice between samples and packets, for end-to-end tests that speak what browsers do not.
 *
 *     codec encode|decode PCMA|PCMU|G722|opus RATE
 *
 * From standard input to standard output: samples of 16 bits in the machine's order, and packets as sound/clip_bytes.h has
 * them.  RATE: 8000 or 16000.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sound/clip_bytes.h"
#include "sound/codec.h"

static enum sound_codec named(const char *name)
{
	for (int c = SOUND_PCMA; c < SOUND_CODECS; c++)
		if (strcasecmp(name, sound_name((enum sound_codec)c)) == 0)
			return (enum sound_codec)c;
	return SOUND_NONE;
}

static int encode(enum sound_codec c, uint32_t rate)
{
	int16_t pcm[SOUND_FRAME_MAX];
	uint8_t packet[SOUND_BYTES_MAX], out[CLIP_BYTES_HEAD + SOUND_BYTES_MAX];
	struct sound_encoder *e;
	size_t frame = rate / 1000 * SOUND_FRAME_MS;

	if (sound_encoder_new(&e, c, rate))
		return 2;
	while (fread(pcm, sizeof *pcm, frame, stdin) == frame) {
		size_t n = 0, at = 0;

		if (sound_encode(e, pcm, packet, sizeof packet, &n) ||
			clip_bytes_put(out, sizeof out, &at, packet, n))
			return 1;
		(void)fwrite(out, 1, at, stdout);
	}
	sound_encoder_free(e);
	return 0;
}

static int decode(enum sound_codec c, uint32_t rate)
{
	int16_t pcm[SOUND_PACKET_MAX];
	uint8_t packet[SOUND_BYTES_MAX];
	struct sound_decoder *d;
	uint16_t len;

	if (sound_decoder_new(&d, c, rate))
		return 2;
	while (fread(&len, sizeof len, 1, stdin) == 1) {
		size_t n = 0;

		if (len > sizeof packet || fread(packet, 1, len, stdin) != len ||
			sound_decode(d, packet, len, pcm, &n))
			return 1;
		(void)fwrite(pcm, sizeof *pcm, n, stdout);
	}
	sound_decoder_free(d);
	return 0;
}

int main(int argc, char **argv)
{
	enum sound_codec c = argc == 4 ? named(argv[2]) : SOUND_NONE;
	uint32_t rate = argc == 4 ? (uint32_t)strtoul(argv[3], NULL, 10) : 0;

	if (c != SOUND_NONE && strcmp(argv[1], "encode") == 0)
		return encode(c, rate);
	if (c != SOUND_NONE && strcmp(argv[1], "decode") == 0)
		return decode(c, rate);
	fprintf(stderr, "codec encode|decode PCMA|PCMU|G722|opus 8000|16000\n");
	return 2;
}
