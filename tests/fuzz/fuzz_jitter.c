/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * fuzz: jitter.  The first byte is the rate; then packets, each after six bytes: codec and what else is odd, how far the
 * number, the timestamp and the clock go on, the length. Every 20 ms a frame is there, the target has its bounds, and
 * each packet is counted.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sound/jitter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HEAD     6
#define LEAP     0x80 /* of the timestamp */
#define SSRC     0x40
#define TAKES    16 /* at most, for one packet */
#define FRAME_US 20000

struct stream {
	struct jitter *j;
	uint32_t ssrc, ts;
	uint16_t seq;
	int64_t now_us, next_us;
	uint64_t packets, frames;
};

static void take(struct stream *s)
{
	int16_t pcm[SOUND_FRAME_MAX];
	enum jitter_source from = jitter_take(s->j, pcm, s->next_us);

	assert(from <= JITTER_CONCEALED);
	s->frames += from != JITTER_NOTHING;
	s->next_us += FRAME_US;
}

static void put(struct stream *s, const uint8_t *head, const uint8_t *bytes, size_t n)
{
	uint8_t *p = malloc(n + !n); /* of exactly its size: a byte too far is seen */
	struct jitter_packet k = {
		.codec = (enum sound_codec)(head[0] & 7), .p = p, .n = n
	};

	if (!p)
		return;
	memcpy(p, bytes, n);
	s->ssrc += !!(head[0] & SSRC);
	s->seq = (uint16_t)(s->seq + (int8_t)head[1]);
	s->ts += (uint32_t)(int8_t)head[2] * (head[0] & LEAP ? 0x01000193u : 8);
	k.ssrc = s->ssrc;
	k.seq = s->seq;
	k.ts = s->ts;
	jitter_put(s->j, &k, s->now_us);
	s->packets++;
	free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stream s = { .now_us = 1000000, .next_us = 1000000 };

	if (size == 0 || jitter_new(&s.j, data[0] & 1 ? SOUND_WIDE : SOUND_NARROW))
		return 0;
	data++;
	size--;
	while (size >= HEAD) {
		size_t n = (size_t)(data[4] & 1) << 8 | data[5];

		if (n > size - HEAD)
			n = size - HEAD;
		s.now_us += data[3] * 1000;
		put(&s, data, data + HEAD, n);
		for (int i = 0; i < TAKES && s.next_us <= s.now_us; i++)
			take(&s);
		data += HEAD + n;
		size -= HEAD + n;
	}
	for (int i = 0; i < TAKES; i++)
		take(&s);

	struct jitter_stats t = jitter_stats(s.j);

	assert(t.target_ms >= JITTER_MIN_MS && t.target_ms <= JITTER_MAX_MS);
	assert(t.packets == s.packets && t.frames == s.frames);
	assert(t.concealed + t.corrected <= t.frames);
	jitter_free(s.j);
	return 0;
}
