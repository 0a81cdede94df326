/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* jitter -- see jitter.h and jitter_inner.h. One heap block, and a decoder per codec that came. */
#include "sound/jitter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sound/jitter_inner.h"

/* So much longer than what nearly all packets need: a frame that is played at once needs all of its packet, wherever in
 * it the frame begins; and what the clocks' grain and a delay that is let be short take away. */
#define FRAME_US  (SOUND_FRAME_MS * INT64_C(1000))
#define MARGIN_US 5000
/* Room below the longest delay, so that it is not reached while a target at its end is pursued. */
#define TARGET_MAX_US ((JITTER_MAX_MS - 20) * INT64_C(1000))
/* A clock that was away for so long begins anew. */
#define CLOCK_JUMP_US 100000
#define CLOCK_SMOOTH  16

int jitter_new(struct jitter **out, uint32_t rate)
{
	struct jitter *j;

	if (rate != SOUND_NARROW && rate != SOUND_WIDE)
		return EINVAL;
	j = calloc(1, sizeof *j);
	if (!j)
		return ENOMEM;
	j->rate = rate;
	j->per_ms = rate / 1000;
	j->frame = (size_t)j->per_ms * SOUND_FRAME_MS;
	j->rests = true;
	j->voiced = INT64_MIN;
	jitter_delay_init(&j->delay);
	stretch_init(&j->stretch, rate);
	*out = j;
	return 0;
}

void jitter_free(struct jitter *j)
{
	if (!j)
		return;
	for (size_t c = 0; c < SOUND_CODECS; c++)
		sound_decoder_free(j->decoders[c]);
	free(j);
}

int64_t jitter_target_us(const struct jitter *j, int64_t now_us)
{
	int64_t us = FRAME_US + MARGIN_US + jitter_delay_need_us(&j->delay, now_us);

	if (j->waits)
		us += FRAME_US;
	return us < TARGET_MAX_US ? us : TARGET_MAX_US;
}

int64_t jitter_delay_us(const struct jitter *j, int64_t now_us)
{
	return now_us - j->delay.low_us - jitter_us(j, j->end - (int64_t)j->len);
}

/* The decoder of a codec, made when it first comes. */
static bool has_decoder(struct jitter *j, enum sound_codec c)
{
	return j->decoders[c] || sound_decoder_new(&j->decoders[c], c, j->rate) == 0;
}

/* A place for a packet; where there is none, the oldest gives way. */
static struct jitter_slot *free_slot(struct jitter *j)
{
	struct jitter_slot *oldest = &j->slots[0];

	for (size_t i = 0; i < JITTER_SLOTS; i++) {
		struct jitter_slot *s = &j->slots[i];

		if (!s->is_used)
			return s;
		if (s->media < oldest->media)
			oldest = s;
	}
	j->stats.discarded++;
	return oldest;
}

static void store(struct jitter *j, const struct jitter_packet *p, uint32_t ms,
	int64_t media, int64_t now_us)
{
	struct jitter_slot *s = free_slot(j);

	s->is_used = true;
	s->is_restored = p->is_restored;
	s->codec = p->codec;
	s->seq = p->seq;
	s->series = j->source.series;
	s->media = media;
	s->length = (int64_t)ms * j->per_ms;
	s->at_us = now_us;
	s->n = p->n;
	memcpy(jitter_bytes(j, s), p->p, p->n);
}

/*
 * A packet after its turn. If nothing real was heard since, what was made up meanwhile becomes an insertion instead of a
 * replacement: the voice is heard, and the delay has grown by as much as was needed. false: it is too late for that.
 */
static bool take_back(struct jitter *j, int64_t media, bool is_restored, int64_t now_us)
{
	int64_t late_us = now_us - jitter_us(j, media) - j->delay.low_us;

	j->stats.late++;
	if (!is_restored)
		jitter_delay_late(&j->delay, late_us, now_us);
	if (media < j->voiced ||
		late_us + jitter_us(j, (int64_t)j->len) > JITTER_MAX_MS * INT64_C(1000))
		return false;
	j->end = media;
	return true;
}

void jitter_put(struct jitter *j, const struct jitter_packet *p, int64_t now_us)
{
	uint32_t ms = 0;
	int64_t media;

	j->stats.packets++;
	if (p->codec > SOUND_NONE && p->codec < SOUND_CODECS && p->n <= SOUND_BYTES_MAX)
		ms = sound_packet_ms(p->codec, p->p, p->n);
	if (ms == 0 || ms > SOUND_PACKET_MS || !has_decoder(j, p->codec) ||
		!jitter_place(j, p, ms, now_us, &media)) {
		j->stats.discarded++;
		return;
	}
	if (j->clock_us && media < j->end && !take_back(j, media, p->is_restored, now_us))
		return;
	store(j, p, ms, media, now_us);
}

/* What counts is when frames are due, not when somebody found the time to take them. */
static void tick(struct jitter *j, int64_t now_us)
{
	int64_t off = now_us - (j->clock_us + FRAME_US);

	if (j->clock_us == 0 || off > CLOCK_JUMP_US || off < -CLOCK_JUMP_US)
		j->clock_us = now_us;
	else
		j->clock_us += FRAME_US + off / CLOCK_SMOOTH;
}

/* Also counts what was made up of it. */
static enum jitter_source worst(struct jitter *j)
{
	uint8_t w = JITTER_NOTHING;
	uint32_t concealed = 0;

	for (size_t i = 0; i < j->frame; i++) {
		w = j->from[i] > w ? j->from[i] : w;
		concealed += j->from[i] == JITTER_CONCEALED;
	}
	j->concealed += concealed;
	return (enum jitter_source)w;
}

static void count(struct jitter *j, enum jitter_source from)
{
	j->stats.frames += from != JITTER_NOTHING;
	j->stats.corrected += from == JITTER_CORRECTED;
	j->stats.concealed += from == JITTER_CONCEALED;
}

enum jitter_source jitter_take(struct jitter *j, int16_t *pcm, int64_t now_us)
{
	enum jitter_source from;

	tick(j, now_us);
	if (j->delay.n == 0) { /* nobody has come yet */
		memset(pcm, 0, j->frame * sizeof *pcm);
		return JITTER_NOTHING;
	}
	jitter_fill(j);
	from = worst(j);
	count(j, from);
	memcpy(pcm, j->pcm + STRETCH_PAST_MAX, j->frame * sizeof *pcm);
	j->len -= j->frame;
	memmove(j->pcm, j->pcm + j->frame, (STRETCH_PAST_MAX + j->len) * sizeof *pcm);
	memmove(j->from, j->from + j->frame, j->len);
	return from;
}

struct jitter_stats jitter_stats(const struct jitter *j)
{
	struct jitter_stats s = j->stats;

	s.concealed_ms = j->concealed / j->per_ms;
	s.delay_ms = (uint32_t)((j->delay_us > 0 ? j->delay_us : 0) / 1000);
	s.target_ms = (uint32_t)(jitter_target_us(j, j->clock_us) / 1000);
	return s;
}
