/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * line -- a sender, a network and a jitter buffer in virtual time, for the tests of the latter.
 *
 * All of it is made of a seed: the same line is heard the same again. One thread.
 */
#ifndef TEST_SOUND_LINE_H
#define TEST_SOUND_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sound/jitter.h"
#include "voice.h"

#define LINE_FLIGHT 256 /* packets under way */

/* Vowels are voice without pauses. */
enum line_signal { LINE_VOICE, LINE_VOWELS, LINE_TONE, LINE_SILENCE };

/* What a test may set before line_run(), and between. */
struct line_way {
	enum sound_codec codec;
	uint32_t packet_ms; /* 20 for Opus */
	enum line_signal signal;
	double hz; /* of a tone; its amplitude is 8,000 */
	double ppm; /* how much faster the sender's clock is */
	int64_t base_us, jitter_us; /* delay: base, and evenly between 0 and jitter */
	double loss; /* share of packets */
	double burst; /* mean length of losses in a row; 0 or 1: at random (Gilbert) */
	uint32_t expect_loss; /* what the encoder is told, percent */
	bool is_mute; /* sends nothing, its timestamps go on */
	bool is_paused; /* sends nothing, its timestamps stand still */
};

struct line_packet {
	bool is_used;
	struct jitter_packet p;
	int64_t due_us;
	uint8_t bytes[SOUND_BYTES_MAX];
};

struct line {
	struct line_way way;
	uint32_t rate;
	struct jitter *jitter;
	struct sound_encoder *encoder;
	enum sound_codec encoder_codec;
	uint32_t encoder_loss;
	uint8_t bytes[SOUND_BYTES_MAX + 160]; /* encoded and not sent yet */
	size_t n_bytes;
	uint64_t sample; /* of the signal, the next one */
	struct voice voice;
	uint32_t seed;
	bool is_losing;
	uint32_t ssrc, ts;
	uint16_t seq;
	int64_t now_us; /* of the next frame taken */
	double next_us; /* when the next packet is sent */
	uint64_t sent, lost;
	struct line_packet flight[LINE_FLIGHT];
	/* told of each frame; may be NULL */
	void (*heard)(void *arg, const int16_t *pcm, size_t n, enum jitter_source from);
	/* told of each frame that is spoken */
	void (*spoken)(void *arg, const int16_t *pcm, size_t n);
	void *arg;
};

void line_open(struct line *l, uint32_t rate, uint32_t seed);
void line_close(struct line *l);
/* So many milliseconds, a multiple of 20. */
void line_run(struct line *l, const struct line_way *way, uint32_t ms);
/* What the sender says next: n samples. */
void line_speak(struct line *l, int16_t *pcm, size_t n);

#endif
