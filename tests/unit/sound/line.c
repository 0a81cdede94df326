/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* line -- see line.h */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "line.h"

void line_open(struct line *l, uint32_t rate, uint32_t seed)
{
	*l = (struct line){ .rate = rate, .seed = seed, .ssrc = 7, .now_us = 1000000 };
	voice_init(&l->voice, rate, seed);
	l->ts = seed * 2654435761u;
	l->seq = (uint16_t)(65400 + seed); /* soon past the end of its numbers */
	l->next_us = 1000000 + 1000 * (double)(seed % 20);
	assert_int_equal(jitter_new(&l->jitter, rate), 0);
}

void line_close(struct line *l)
{
	jitter_free(l->jitter);
	sound_encoder_free(l->encoder);
}

void line_speak(struct line *l, int16_t *pcm, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double v = 0;

		if (l->way.signal == LINE_VOICE || l->way.signal == LINE_VOWELS)
			v = voice_next(&l->voice, l->way.signal == LINE_VOICE);
		else if (l->way.signal == LINE_TONE)
			v = 8000 *
				sin(2 * M_PI * l->way.hz * (double)l->sample / l->rate);
		l->sample++;
		pcm[i] = (int16_t)lrint(fmax(-32000, fmin(32000, v)));
	}
}

static void encoder_for(struct line *l)
{
	if (l->encoder_codec != l->way.codec) {
		sound_encoder_free(l->encoder);
		assert_int_equal(
			sound_encoder_new(&l->encoder, l->way.codec, l->rate), 0);
		l->encoder_codec = l->way.codec;
		l->encoder_loss = 0;
		l->n_bytes = 0;
	}
	if (l->encoder_loss != l->way.expect_loss) {
		sound_encoder_expect_loss(l->encoder, l->way.expect_loss);
		l->encoder_loss = l->way.expect_loss;
	}
}

/* One packet's bytes: frames of 20 ms are encoded and, but for Opus, cut where packets end. */
static size_t encode(struct line *l, uint8_t *out)
{
	size_t want = (size_t)l->way.packet_ms * 8, n = 0;
	int16_t pcm[SOUND_FRAME_MAX];

	encoder_for(l);
	while (l->n_bytes < want && (l->way.codec != SOUND_OPUS || l->n_bytes == 0)) {
		line_speak(l, pcm, l->rate / 50);
		if (l->spoken)
			l->spoken(l->arg, pcm, l->rate / 50);
		assert_int_equal(sound_encode(l->encoder, pcm, l->bytes + l->n_bytes,
					 sizeof l->bytes - l->n_bytes, &n),
			0);
		l->n_bytes += n;
	}
	if (l->way.codec == SOUND_OPUS)
		want = n;
	memcpy(out, l->bytes, want);
	memmove(l->bytes, l->bytes + want, l->n_bytes - want);
	l->n_bytes -= want;
	return want;
}

/* Gilbert's model (Bell System Technical Journal 39, 1960): two states, in one of which all is lost. */
static bool is_lost(struct line *l)
{
	double burst = l->way.burst > 1 ? l->way.burst : 1;
	double into = l->way.loss / (burst * (1 - l->way.loss));

	if (burst <= 1)
		return voice_chance(&l->seed) < l->way.loss;
	l->is_losing = voice_chance(&l->seed) < (l->is_losing ? 1 - 1 / burst : into);
	return l->is_losing;
}

static struct line_packet *room(struct line *l)
{
	for (size_t i = 0; i < LINE_FLIGHT; i++)
		if (!l->flight[i].is_used)
			return &l->flight[i];
	fail();
	return NULL;
}

static void send(struct line *l)
{
	const struct line_way *w = &l->way;
	struct line_packet *k = room(l);
	int64_t late = w->base_us +
		(int64_t)(voice_chance(&l->seed) * (double)w->jitter_us);

	k->p = (struct jitter_packet){ w->codec, l->ssrc, l->ts, l->seq, k->bytes,
		encode(l, k->bytes) };
	k->due_us = (int64_t)l->next_us + late;
	k->is_used = !w->is_mute && !w->is_paused;
	if (!w->is_paused)
		l->ts += w->packet_ms * sound_ticks_per_ms(w->codec);
	if (!k->is_used)
		return;
	l->seq++;
	l->sent++;
	if (is_lost(l)) {
		l->lost++;
		k->is_used = false;
	}
}

static void deliver(struct line *l)
{
	for (;;) {
		struct line_packet *first = NULL;

		for (size_t i = 0; i < LINE_FLIGHT; i++) {
			struct line_packet *k = &l->flight[i];

			if (k->is_used && k->due_us <= l->now_us &&
				(!first || k->due_us < first->due_us))
				first = k;
		}
		if (!first)
			return;
		jitter_put(l->jitter, &first->p, first->due_us);
		first->is_used = false;
	}
}

void line_run(struct line *l, const struct line_way *way, uint32_t ms)
{
	int16_t pcm[SOUND_FRAME_MAX];

	l->way = *way;
	for (uint32_t t = 0; t < ms; t += SOUND_FRAME_MS) {
		while (l->next_us <= (double)l->now_us) {
			send(l);
			l->next_us += 1000 * way->packet_ms * (1 - way->ppm * 1e-6);
		}
		deliver(l);

		enum jitter_source from = jitter_take(l->jitter, pcm, l->now_us);

		if (l->heard)
			l->heard(l->arg, pcm, l->rate / 50, from);
		l->now_us += 20000;
	}
}
