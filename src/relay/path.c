/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* path -- see path.h */
#include "relay/path.h"

int path_pt(const struct rp_codec *codecs, size_t n, enum sound_codec codec)
{
	for (size_t i = 0; i < n; i++)
		if (codecs[i].codec == codec)
			return codecs[i].pt;
	return -1;
}

static bool has(const struct path_end *to, enum sound_codec codec)
{
	return path_pt(to->codecs, to->n_codecs, codec) >= 0;
}

static bool wants_correction(const struct path_end *to)
{
	return to->is_lossy && has(to, SOUND_OPUS);
}

enum rp_why path_why(const struct path_end *to, enum sound_codec codec, bool from_lossy)
{
	if (to->feed == RP_FEED_ECHO)
		return RP_WHY_NONE; /* a line test hears the line as it is */
	if (to->feed == RP_FEED_MIX)
		return RP_WHY_MIX;
	if (to->is_over)
		return RP_WHY_OVER;
	if (codec != SOUND_OPUS && wants_correction(to))
		return RP_WHY_LOSSY;
	if (has(to, codec))
		return RP_WHY_NONE;
	return from_lossy ? RP_WHY_LOSSY : RP_WHY_CODEC;
}

enum path_step path_step(enum rp_why now, enum rp_why why, bool is_newest)
{
	bool is_pcm = now != RP_WHY_NONE, to_be_pcm = why != RP_WHY_NONE;

	if (!is_newest && to_be_pcm != is_pcm)
		return PATH_DROP;
	if (to_be_pcm)
		return PATH_DECODE;
	return is_pcm ? PATH_LEAVE : PATH_FORWARD;
}

bool path_carries_keys(enum rp_why now, enum rp_feed feed)
{
	return now == RP_WHY_NONE && feed != RP_FEED_MIX;
}

enum sound_codec path_codec(const struct path_end *to, uint32_t rate)
{
	if (wants_correction(to))
		return SOUND_OPUS;
	for (size_t i = 0; i < to->n_codecs; i++)
		if (sound_rate(to->codecs[i].codec) >= rate)
			return to->codecs[i].codec;
	return to->codecs[0].codec;
}

uint32_t path_rate(const struct path_end *to, enum sound_codec codec)
{
	uint32_t best = SOUND_NARROW;

	if (to->feed == RP_FEED_MIX)
		return SOUND_WIDE;
	for (size_t i = 0; i < to->n_codecs; i++)
		if (sound_rate(to->codecs[i].codec) > best)
			best = sound_rate(to->codecs[i].codec);
	return sound_rate(codec) < best ? sound_rate(codec) : best;
}
