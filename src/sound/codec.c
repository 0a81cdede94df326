/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* codec -- see codec.h; encode.c and decode.c do the work. */
#include "sound/codec.h"

#include <assert.h>
#include <opus.h>

#include "sound/codec_inner.h"

static const struct {
	const char *name;
	uint32_t ticks_per_ms, rate;
} table[SOUND_CODECS] = {
	[SOUND_NONE] = { "", 8, SOUND_NARROW },
	[SOUND_PCMA] = { "PCMA", 8, SOUND_NARROW },
	[SOUND_PCMU] = { "PCMU", 8, SOUND_NARROW },
	[SOUND_G722] = { "G722", 8, SOUND_WIDE },
	[SOUND_OPUS] = { "opus", 48, SOUND_WIDE },
};

const char *sound_name(enum sound_codec c)
{
	assert(c < SOUND_CODECS);
	return table[c].name;
}

uint32_t sound_ticks_per_ms(enum sound_codec c)
{
	assert(c < SOUND_CODECS);
	return table[c].ticks_per_ms;
}

uint32_t sound_rate(enum sound_codec c)
{
	assert(c < SOUND_CODECS);
	return table[c].rate;
}

bool codec_is_possible(enum sound_codec c, uint32_t rate)
{
	return c > SOUND_NONE && c < SOUND_CODECS &&
		(rate == SOUND_NARROW || rate == SOUND_WIDE);
}

/* Opus takes either. G.722 is left at its own: spandsp's short cut for 8,000 Hz leaves out the filter, and what a
 * caller says at 4,100 Hz would be heard at 3,900. */
uint32_t codec_works_at(enum sound_codec c, uint32_t rate)
{
	return c == SOUND_OPUS ? rate : table[c].rate;
}

static uint32_t opus_ms(const uint8_t *p, size_t n)
{
	const uint32_t ticks = table[SOUND_OPUS].ticks_per_ms;
	int made = opus_packet_get_nb_samples(p, (opus_int32)n, 48000);

	return made > 0 && (uint32_t)made % ticks == 0 ? (uint32_t)made / ticks : 0;
}

uint32_t sound_packet_ms(enum sound_codec c, const uint8_t *p, size_t n)
{
	if (c <= SOUND_NONE || c >= SOUND_CODECS || !n || n > CODEC_PACKET_MAX)
		return 0;
	if (c == SOUND_OPUS)
		return opus_ms(p, n);
	return n % CODEC_BYTES_PER_MS ? 0 : (uint32_t)n / CODEC_BYTES_PER_MS;
}
