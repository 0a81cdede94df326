/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * jitter_place -- when was it spoken? From a packet's timestamp, as long as timestamps are sane.
 *
 * They are not when a source restarts (a new SSRC, a gateway that numbers anew within one), changes to a codec with another
 * clock, or stood still through a pause. Then the packet is put where the one before ended, or, if that was long ago, where
 * its arrival says.
 */
#include "sound/jitter_inner.h"

#define DROPOUT_MAX  3000 /* RFC 3550 appendix A.1: a larger step is a restart */
#define MISORDER_MAX 100 /* the same backwards */
/* A packet that is later than this could not be waited for, so its timestamp is not believed. */
#define LATE_MAX_US  ((JITTER_MAX_MS - JITTER_MIN_MS) * INT64_C(1000))
#define EARLY_MAX_US INT64_C(1000000) /* nor one that was sent so long before its time */
#define AHEAD_MAX_US 60000 /* nor a leap of a timestamp for which no time went by */
#define PAUSE_US     100000 /* less is jitter, and no gap is made of it */
#define WINDOW       64 /* packets that are known by number; more are never kept */
#define SETTLE_US    1000000
#define FIRST        50 /* packets that are no correction: from them the network is learnt */

static bool is_restart(
	const struct jitter_source_state *s, const struct jitter_packet *p, int d)
{
	return !s->is_known || p->ssrc != s->ssrc || d > DROPOUT_MAX || d < -MISORDER_MAX;
}

/* Where a packet belongs whose timestamp says nothing: d packets after the newest. */
static int64_t anchor(struct jitter *j, int d, int64_t length, int64_t now_us)
{
	struct jitter_source_state *s = &j->source;
	int64_t quick = jitter_samples(j, now_us - j->delay.low_us);
	int64_t next = s->end + (d > 1 && d < JITTER_SLOTS ? (d - 1) * length : 0);

	s->settled_us = now_us + SETTLE_US;
	if (j->delay.n == 0)
		return 0;
	if (s->is_known && quick - next < jitter_samples(j, PAUSE_US))
		return next;
	return quick > s->end ? quick : s->end;
}

/* Is this what the timestamp of a packet that comes d after the newest may say? */
static bool is_sane(const struct jitter *j, int64_t media, int64_t now_us)
{
	const struct jitter_source_state *s = &j->source;
	int64_t late = now_us - jitter_us(j, media) - j->delay.low_us;

	if (media < s->end || late > LATE_MAX_US || late < -EARLY_MAX_US)
		return false;
	return late >= -AHEAD_MAX_US || media <= s->end + j->per_ms;
}

static void take_over(struct jitter *j, const struct jitter_packet *p, int d,
	int64_t media, int64_t length)
{
	struct jitter_source_state *s = &j->source;

	s->is_known = true;
	s->seen = (d >= WINDOW ? 0 : s->seen << d) | 1;
	s->codec = p->codec;
	s->ssrc = p->ssrc;
	s->seq = p->seq;
	s->ts = p->ts;
	s->media = media;
	s->end = media + length;
}

static void learn(struct jitter *j, int64_t media, int64_t now_us)
{
	jitter_delay_add(&j->delay, now_us - jitter_us(j, media), now_us,
		now_us < j->source.settled_us && j->delay.n > FIRST);
}

/* An older packet than the newest, in its place; false: it has been here, or is older than the window. */
static bool place_older(struct jitter *j, const struct jitter_packet *p, int back,
	int64_t scaled, int64_t now_us, int64_t *media)
{
	struct jitter_source_state *s = &j->source;

	if (back >= WINDOW || s->seen >> back & 1 || scaled >= s->media ||
		sound_ticks_per_ms(p->codec) != sound_ticks_per_ms(s->codec))
		return false;
	s->seen |= UINT64_C(1) << back;
	if (!p->is_restored)
		learn(j, scaled, now_us);
	*media = scaled;
	return true;
}

bool jitter_place(struct jitter *j, const struct jitter_packet *p, uint32_t ms,
	int64_t now_us, int64_t *media)
{
	struct jitter_source_state *s = &j->source;
	const int64_t ticks = sound_ticks_per_ms(p->codec),
		      length = (int64_t)ms * j->per_ms;
	int d = (int16_t)(uint16_t)(p->seq - s->seq);
	int64_t m = s->media + (int64_t)(int32_t)(p->ts - s->ts) * j->per_ms / ticks;

	if (is_restart(s, p, d)) {
		s->series++;
		s->seen = 0;
		d = 1;
		m = anchor(j, 1, length, now_us);
	} else if (d <= 0) {
		return place_older(j, p, -d, m, now_us, media);
	} else {
		if (ticks != sound_ticks_per_ms(s->codec) || !is_sane(j, m, now_us))
			m = anchor(j, d, length, now_us);
	}
	if (!p->is_restored)
		learn(j, m, now_us);
	take_over(j, p, d, m, length);
	*media = m;
	return true;
}
