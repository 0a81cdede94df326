/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* codec -- see codec.h */
#include "sound/codec.h"

#include <assert.h>

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
