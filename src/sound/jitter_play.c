/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * jitter_play -- what is heard next: the packet whose turn it is, its correction, something made up, or silence.
 */
#include <assert.h>
#include <string.h>

#include "sound/jitter_inner.h"
#include "sound/mix.h"

/* A packet belongs where the one before ended if its timestamp says so within this: some senders round. */
#define TOLERANCE_MS 5
/* The decoder's own making up ends after so long; then it would hum. */
#define DECODER_GAP_MS 100

/* From this share of losses on a packet of Opus waits for the next one, which may correct it; below the other no longer. */
#define CORRECT_FROM 0.01F
#define CORRECT_TO   0.004F
#define LOSS_MEMORY  250 /* packets: 5 s */

/* The delay is let be between a little too short and a little too long; outside, whatever is more and more alike is
 * taken. Missing delay means gaps, so there the demands fall soon. */
#define SHORT_US 3000
#define LONG_US  6000
/* While not much too long, it is shrunk so rarely that nobody notices. */
#define SHRINK_EVERY_US 500000
#define SHRINK_SOON_US  60000 /* too long by so much: every frame */

struct demand {
	int64_t above_us;
	float least;
};
/* Largest first. */
static const struct demand longer[] = { { 15000, STRETCH_ANY }, { 8000, 0.5F },
	{ SHORT_US, 0.85F } };
static const struct demand shorter[] = { { 200000, STRETCH_ANY }, { 100000, 0.3F },
	{ 40000, 0.6F }, { LONG_US, 0.85F } };

static int16_t *queue(struct jitter *j)
{
	return j->pcm + STRETCH_PAST_MAX;
}

static void mark(struct jitter *j, size_t at, size_t n, enum jitter_source from)
{
	memset(j->from + at, (int)from, n);
}

/* n samples that were written behind the queue belong to it. */
static void append(struct jitter *j, size_t n, enum jitter_source from)
{
	assert(j->len + n <= JITTER_QUEUE);
	mark(j, j->len, n, from);
	j->len += n;
	j->end += (int64_t)n;
}

static int16_t *behind(struct jitter *j)
{
	return queue(j) + j->len;
}

static const int16_t *past(struct jitter *j)
{
	return behind(j) - (size_t)j->per_ms * STRETCH_PAST_MS;
}

/* The packet that comes next; what is older than what was heard is forgotten. */
static struct jitter_slot *earliest(struct jitter *j)
{
	struct jitter_slot *best = NULL;

	for (size_t i = 0; i < JITTER_SLOTS; i++) {
		struct jitter_slot *s = &j->slots[i];

		if (s->is_used && s->media < j->voiced) {
			s->is_used = false;
			j->stats.discarded++;
		} else if (s->is_used && (!best || s->media < best->media)) {
			best = s;
		}
	}
	return best;
}

/* Nothing was lost between what was heard last and this: its sender was silent. */
static bool follows(const struct jitter *j, const struct jitter_slot *s)
{
	return !j->has_last || s->series != j->last_series ||
		s->seq == (uint16_t)(j->last_seq + 1);
}

/* The newest of d packets was played, and had come by itself or not. What is corrected or restored costs a packet's length of
 * delay, so it must be worth it. */
static void learn_loss(struct jitter *j, int d, bool is_restored)
{
	if (d > LOSS_MEMORY)
		d = LOSS_MEMORY;
	j->loss += ((float)(d - !is_restored) - (float)d * j->loss) / LOSS_MEMORY;
	j->waits = j->last_codec == SOUND_OPUS &&
		j->loss > (j->waits ? CORRECT_TO : CORRECT_FROM);
}

static void count_lost(struct jitter *j, const struct jitter_slot *s)
{
	int d = (int16_t)(uint16_t)(s->seq - j->last_seq);

	if (j->has_last && s->series == j->last_series) {
		if (d <= 0)
			return;
		j->stats.lost += (uint64_t)(d - 1);
		learn_loss(j, d, s->is_restored);
	}
	j->has_last = true;
	j->last_codec = s->codec;
	j->last_seq = s->seq;
	j->last_series = s->series;
}

/* n samples made up where something is missing; it may be more, up to `most`, where the codec does it by frames. */
static void make_up(struct jitter *j, size_t n, size_t most, enum jitter_source from)
{
	struct sound_decoder *d = j->decoders[j->last_codec];
	const uint32_t decoder_max = j->per_ms * DECODER_GAP_MS;
	size_t got = 0;

	if (j->gap == 0)
		j->gap_is_silent = stretch_is_silent(past(j), j->frame);
	if (d && most >= j->frame && j->stretch.made == 0 && j->gap < decoder_max &&
		sound_decode_nothing(d, behind(j), &got) == 0) {
		n = got;
		if (j->gap + n >= decoder_max)
			mix_fade(behind(j), n, 1, 0);
	} else if (j->gap >= decoder_max && j->stretch.made == 0) {
		memset(behind(j), 0, n * sizeof(int16_t));
	} else {
		stretch_conceal(&j->stretch, past(j), behind(j), n);
	}
	j->gap += (uint32_t)n;
	append(j, n, from);
}

static bool is_faded(const struct jitter *j)
{
	return j->stretch.made ? stretch_is_faded(&j->stretch)
			       : j->gap >= j->per_ms * DECODER_GAP_MS;
}

static void silence(struct jitter *j, size_t n)
{
	memset(behind(j), 0, n * sizeof(int16_t));
	append(j, n, JITTER_NOTHING);
}

/* Voice that does not go on where the queue ends comes in softly. */
static void soften(struct jitter *j)
{
	int16_t unheard;

	if (j->has_jumped && j->stretch.made == 0)
		stretch_conceal(&j->stretch, past(j), &unheard, 1);
	j->has_jumped = false;
}

static void smooth_delay(struct jitter *j, int64_t us)
{
	j->delay_us = j->delay_us ? j->delay_us + (us - j->delay_us) / 16 : us;
}

static void play(struct jitter *j, struct jitter_slot *s)
{
	int64_t turn_us = j->clock_us + jitter_us(j, (int64_t)j->len);
	size_t n = 0;

	count_lost(j, s);
	s->is_used = false;
	if (sound_decode(
		    j->decoders[s->codec], jitter_bytes(j, s), s->n, behind(j), &n) ||
		n == 0) {
		j->stats.discarded++;
		make_up(j, (size_t)s->length, (size_t)s->length, JITTER_CONCEALED);
		return;
	}
	soften(j);
	stretch_merge(&j->stretch, behind(j), n);
	j->end = s->media;
	append(j, n, JITTER_VOICE);
	j->voiced = j->end;
	j->rests = false;
	j->gap = 0;
	smooth_delay(j, turn_us - s->at_us);
}

/* The frame just before s, from what s says of it. */
static bool correct(struct jitter *j, const struct jitter_slot *s)
{
	int64_t gap = s->media - j->end, frame = (int64_t)j->frame;
	size_t n = 0;

	if (gap > frame + j->per_ms || gap < frame * 3 / 4)
		return false; /* more is missing, and that comes first; or some of it was made up */
	if (sound_decode_lost(
		    j->decoders[s->codec], jitter_bytes(j, s), s->n, behind(j), &n) ||
		n == 0)
		return false;
	stretch_merge(&j->stretch, behind(j), n);
	append(j, n, JITTER_CORRECTED);
	j->gap = 0;
	return true;
}

/* n samples, of a gap of so many, for which there is no packet. next: the one after them, or NULL. */
static void bridge(struct jitter *j, const struct jitter_slot *next, size_t n, size_t gap)
{
	if (j->rests) {
		silence(j, n);
	} else if (next && !follows(j, next)) {
		if (!correct(j, next))
			make_up(j, n, gap, JITTER_CONCEALED);
	} else {
		/* late, lost, or not spoken: without a packet nobody knows */
		make_up(j, n, gap, JITTER_NOTHING);
		if (!next && !j->gap_is_silent)
			mark(j, j->len - n, n, JITTER_CONCEALED);
		j->rests = is_faded(j) || j->gap_is_silent;
	}
}

/* While nobody speaks the delay is what is wanted, without a sound; but no voice is left out. */
static void set_delay(struct jitter *j)
{
	const struct jitter_slot *next = earliest(j);
	int64_t want = jitter_samples(
		j, j->clock_us - j->delay.low_us - jitter_target_us(j, j->clock_us));

	want += (int64_t)j->len;
	j->end = next && want > next->media ? next->media : want;
}

/* More delay than is ever allowed: the oldest voice is left out. */
static void cut(struct jitter *j)
{
	int64_t much = jitter_delay_us(j, j->clock_us);
	int64_t to = j->end + jitter_samples(j, much - jitter_target_us(j, j->clock_us));
	struct jitter_slot *next;

	if (much <= JITTER_MAX_MS * INT64_C(1000))
		return;
	while ((next = earliest(j)) && next->media + next->length <= to) {
		count_lost(j, next);
		next->is_used = false;
		j->stats.discarded++;
	}
	j->end = next && next->media < to ? next->media : to;
	if (j->voiced < j->end)
		j->voiced = j->end;
	j->has_jumped = true;
}

static bool may_stretch(const struct jitter *j, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (j->from[i] != JITTER_VOICE && j->from[i] != JITTER_CORRECTED)
			return false;
	return true;
}

/* least of the first row that off_us is above; false: of none. */
static bool demands(const struct demand *row, size_t n, int64_t off_us, float *least)
{
	for (size_t i = 0; i < n; i++)
		if (off_us > row[i].above_us) {
			*least = row[i].least;
			return true;
		}
	return false;
}

static void grow(struct jitter *j, float least)
{
	size_t n = may_stretch(j, j->frame)
		? stretch_longer(j->rate, queue(j), j->len, least)
		: 0;

	if (!n)
		return;
	memmove(j->from + n, j->from, j->len);
	mark(j, 0, n, JITTER_VOICE);
	j->len += n;
	j->stats.longer++;
}

/* Two periods must be in the queue: one packet more is decoded for it, if it is there. */
static void shrink(struct jitter *j, int64_t by, float least)
{
	struct jitter_slot *next = earliest(j);
	size_t wanted = 2 * (size_t)j->per_ms * STRETCH_LAG_MS, len = j->len;

	if (len < wanted && next && next->media == j->end && follows(j, next))
		play(j, next);
	len = j->len < wanted ? j->len : wanted;
	if ((int64_t)len > 2 * by)
		len = 2 * (size_t)by; /* never below what is wanted */

	size_t n = may_stretch(j, len) ? stretch_shorter(j->rate, queue(j), len, least)
				       : 0;

	if (!n)
		return;
	/* what stretch_shorter() moved was the first len samples */
	memmove(queue(j) + len - n, queue(j) + len, (j->len - len) * sizeof(int16_t));
	memmove(j->from, j->from + n, j->len - n);
	j->len -= n;
	j->shrunk_us = j->clock_us;
	j->stats.shorter++;
}

static void adapt(struct jitter *j)
{
	int64_t off = jitter_delay_us(j, j->clock_us) - jitter_target_us(j, j->clock_us);
	bool soon = off > SHRINK_SOON_US || j->clock_us - j->shrunk_us >= SHRINK_EVERY_US;
	float least;

	if (j->rests)
		return;
	if (demands(longer, sizeof longer / sizeof *longer, -off, &least))
		grow(j, least);
	else if (soon && demands(shorter, sizeof shorter / sizeof *shorter, off, &least))
		shrink(j, jitter_samples(j, off), least);
}

static void fill(struct jitter *j)
{
	while (j->len < j->frame) {
		struct jitter_slot *next = earliest(j);
		int64_t gap = next ? next->media - j->end : INT32_MAX;
		size_t room = j->frame - j->len;

		if (next && gap <= (int64_t)j->per_ms * (j->rests ? 0 : TOLERANCE_MS))
			play(j, next);
		else
			bridge(j, next, gap < (int64_t)room ? (size_t)gap : room,
				(size_t)gap);
	}
}

void jitter_fill(struct jitter *j)
{
	if (j->rests)
		set_delay(j);
	cut(j);
	fill(j);
	adapt(j);
	fill(j);
}
