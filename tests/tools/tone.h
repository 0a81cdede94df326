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

/* A-law samples of a sine at amplitude 8000; *phase goes on between calls. hz 0: digital silence. */
void tone_make(uint8_t *out, size_t n, double hz, double *phase);
/* Share of the power in n A-law samples that is at hz, 0..1; 0 when there is no sound at all. */
double tone_share(const uint8_t *p, size_t n, double hz);

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
/* The tone's share in the voice packets (payload type pt) of [from, to). */
double tone_log_share(
	const struct tone_log *log, size_t from, size_t to, uint8_t pt, double hz);

#endif
