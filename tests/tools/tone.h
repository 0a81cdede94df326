/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * tone -- test sounds in A-law, a log of received packets, and what sound is in it.
 *
 * For tests and benchmarks only.  One thread at a time.
 */
#ifndef TOOLS_TONE_H
#define TOOLS_TONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TONE_FRAME   160
#define TONE_LOG_MAX 2048 /* packets kept; later ones are only counted */
#define TONE_PAYLOAD 320
#define TONE_STEP_HZ 25 /* whole periods of its multiples fit into TONE_PERIOD samples */
#define TONE_PERIOD  (2 * TONE_FRAME)

/* A-law samples of a sine at amplitude 8000; *phase goes on between calls. hz 0: digital silence. */
void tone_make(uint8_t *out, size_t n, double hz, double *phase);
/* Share of the power in n A-law samples that is at hz, 0..1; 0 when there is no sound at all. */
double tone_share(const uint8_t *p, size_t n, double hz);

/* A tone made once and then only copied, for many at a time: 100 sines a frame are no small part of a core. */
struct tone_wave {
	uint8_t alaw[TONE_PERIOD];
	unsigned int at;
};
/* hz: a multiple of TONE_STEP_HZ; 0: digital silence. */
void tone_wave_init(struct tone_wave *w, double hz);
const uint8_t *tone_wave_next(struct tone_wave *w); /* TONE_FRAME samples, borrowed */

struct tone_packet {
	uint16_t seq;
	uint32_t ts, ssrc;
	uint8_t pt;
	bool marker;
	size_t n;
	uint8_t payload[TONE_PAYLOAD];
};

struct tone_log {
	size_t n; /* received, also when more than are kept */
	struct tone_packet packets[TONE_LOG_MAX];
};

/* A plain RTP packet into the log; false when it is none. */
bool tone_log_add(struct tone_log *log, const uint8_t *p, size_t n);
/* The first packet, from there on, that sounds, or is digital silence; log->n: there is none. */
size_t tone_log_next(const struct tone_log *log, size_t from, bool sounds);
/* The tone's share in the voice packets (payload type pt) of [from, to). */
double tone_log_share(
	const struct tone_log *log, size_t from, size_t to, uint8_t pt, double hz);

#endif
