/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* quality -- see quality.h */
#include "app/quality.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

#define FAR_BUFFER_MS \
	40. /* the far side's jitter buffer, which nobody tells: two packets */

#define BURST_MOST 300. /* as recorded: hundredths in 16 bits */

static const struct {
	bool is_known;
	enum e_model_codec model;
} codecs[SOUND_CODECS] = {
	[SOUND_PCMA] = { true, E_MODEL_PCMA },
	[SOUND_PCMU] = { true, E_MODEL_PCMA },
	[SOUND_G722] = { true, E_MODEL_G722 },
	[SOUND_OPUS] = { true, E_MODEL_OPUS },
};

void quality_point_of(struct quality_point *out, const struct rp_stats *s)
{
	*out = (struct quality_point){
		.expected = s->expected,
		.lost = s->lost,
		.restored = s->restored,
		.bursts = s->bursts,
		.sent = s->tx,
		.remote_expected = s->remote_expected,
		.remote_lost = s->remote_lost,
		.frames = s->frames,
		.concealed = s->concealed,
		.jitter_us = s->jitter_us,
		.remote_jitter_us = s->remote_jitter_us,
		.round_trip_us = s->round_trip_us,
		.delay_ms = s->delay_ms,
		.rx_codec = s->rx_codec,
		.tx_codec = s->tx_codec,
		.path = s->path,
		.why = s->why,
	};
}

static uint64_t grown(uint64_t from, uint64_t to, bool is_anew)
{
	if (is_anew)
		return to;
	return to > from ? to - from : 0; /* a late packet may take a loss back */
}

static uint64_t at_most(uint64_t n, uint64_t max)
{
	return n < max ? n : max;
}

static double share(const struct quality_way *w)
{
	return w->expected ? (double)w->missing / (double)w->expected : 0;
}

/* What was not heard, in percent: what was made up where somebody counts that, else what was lost. */
static double unheard(const struct quality_way *w)
{
	if (w->frames)
		return 100. * (double)w->concealed / (double)w->frames;
	return 100 * share(w);
}

static void rate(struct quality_way *w, double buffer_ms)
{
	double delay = w->round_trip_us / 2000. + SOUND_FRAME_MS + buffer_ms;
	struct e_model_line l = { .loss = unheard(w),
		.delay_ms = fmin(delay, E_MODEL_DELAY_MAX),
		.burst = w->burst > 0 ? w->burst : 1 };

	if (!w->is_known || !w->expected || w->codec >= SOUND_CODECS ||
		!codecs[w->codec].is_known)
		return;
	l.codec = codecs[w->codec].model;
	w->has_worth = e_model_narrow(&w->narrow, &l) == 0 &&
		e_model_wide(&w->wide, &l) == 0;
}

void quality_between(struct quality_way ways[2], const struct quality_point *from,
	const struct quality_point *to)
{
	bool in_anew = to->expected < from->expected;
	/* a report since then */
	bool is_told = to->remote_expected > from->remote_expected;
	struct quality_way *in = &ways[STORE_IN], *out = &ways[STORE_OUT];

	*in = (struct quality_way){ .codec = to->rx_codec,
		.is_known = true,
		.expected = grown(from->expected, to->expected, in_anew),
		.lost = grown(from->lost, to->lost, in_anew),
		.frames = grown(from->frames, to->frames, to->frames < from->frames),
		.concealed = grown(
			from->concealed, to->concealed, to->frames < from->frames),
		.jitter_us = to->jitter_us,
		.round_trip_us = to->round_trip_us,
		.delay_ms = to->delay_ms };
	in->lost = at_most(in->lost, in->expected);
	in->concealed = at_most(in->concealed, in->frames);
	in->missing = in->lost -
		at_most(in->lost, grown(from->restored, to->restored, in_anew));
	in->burst = e_model_burst(in->expected, in->missing,
		at_most(grown(from->bursts, to->bursts, in_anew), in->missing));
	rate(in, to->delay_ms);
	*out = (struct quality_way){ .codec = to->tx_codec,
		.is_known = is_told,
		.expected = is_told ? to->remote_expected - from->remote_expected
				    : grown(from->sent, to->sent, to->sent < from->sent),
		.lost = is_told ? grown(from->remote_lost, to->remote_lost, false) : 0,
		.jitter_us = to->remote_jitter_us,
		.round_trip_us = to->round_trip_us };
	out->lost = at_most(out->lost, out->expected);
	out->missing = out->lost;
	rate(out, FAR_BUFFER_MS);
}

static int32_t small(uint64_t n)
{
	return (int32_t)at_most(n, INT32_MAX);
}

/* In parts of one; R may be below 0, which is as good as 0. */
static int16_t parts(double x, double of)
{
	return (int16_t)lround(fmax(x, 0) * of);
}

void quality_record(struct store_quality *q, const struct quality_way *w)
{
	(void)text_copy(q->codec, sizeof q->codec,
		w->expected ? sound_name((enum sound_codec)w->codec) : "");
	q->expected = small(w->expected);
	q->lost = w->is_known ? small(w->lost) : STORE_UNKNOWN;
	q->jitter_us = w->is_known ? small(w->jitter_us) : STORE_UNKNOWN;
	q->round_trip_us = w->round_trip_us ? small(w->round_trip_us) : STORE_UNKNOWN;
	q->delay_ms = w->frames ? small(w->delay_ms) : STORE_UNKNOWN;
	q->frames = w->frames ? small(w->frames) : STORE_UNKNOWN;
	q->concealed = w->frames ? small(w->concealed) : STORE_UNKNOWN;
	q->burst_100 = w->burst > 0 && w->missing ? parts(fmin(w->burst, BURST_MOST), 100)
						  : STORE_UNKNOWN;
	q->r_narrow_10 = w->has_worth ? parts(w->narrow.r, 10) : STORE_UNKNOWN;
	q->mos_narrow_100 = w->has_worth ? parts(w->narrow.mos, 100) : STORE_UNKNOWN;
	q->r_wide_10 = w->has_worth ? parts(w->wide.r, 10) : STORE_UNKNOWN;
	q->mos_wide_100 = w->has_worth ? parts(w->wide.mos, 100) : STORE_UNKNOWN;
}

const char *quality_path_word(uint8_t path)
{
	return path == RP_PATH_PACKET ? "packet" : path == RP_PATH_PCM ? "pcm" : "";
}

const char *quality_why_word(uint8_t why)
{
	static const char *const words[] = {
		[RP_WHY_NONE] = "",
		[RP_WHY_CODEC] = "codec",
		[RP_WHY_LOSSY] = "lossy",
		[RP_WHY_MIX] = "mix",
		[RP_WHY_OVER] = "over",
	};

	return why < sizeof words / sizeof *words ? words[why] : "";
}

void quality_show(struct desk_way *d, const struct quality_way *w)
{
	bool is_wide = w->has_worth && e_model_is_wide(codecs[w->codec].model);
	const struct e_model_worth *worth = is_wide ? &w->wide : &w->narrow;

	*d = (struct desk_way){
		.codec = w->expected ? sound_name((enum sound_codec)w->codec) : "",
		.is_known = w->is_known,
		.expected = w->expected,
		.lost = w->lost,
		.frames = w->frames,
		.concealed = w->concealed,
		.jitter_us = w->jitter_us,
		.has_worth = w->has_worth,
		.is_wide = is_wide,
		.r_10 = w->has_worth ? parts(worth->r, 10) : 0,
		.mos_100 = w->has_worth ? parts(worth->mos, 100) : 0
	};
}
