/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * quality -- what a leg was worth between two moments, in both directions: from a relay's counters to figures.
 *
 * Pure.  A relay counts from a leg's creation on, so a talk's figures are the difference of two points.  Towards the
 * centre (STORE_IN) we measured ourselves; from it (STORE_OUT) the far side's reports say it, where it sends any.
 * docs/quality.md has the formulas.
 */
#ifndef APP_QUALITY_H
#define APP_QUALITY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/stats/e_model.h"
#include "relay/proto.h"
#include "sound/codec.h"
#include "store/store.h"
#include "web/desk.h"

/* A leg's counters at a moment. */
struct quality_point {
	uint64_t expected, lost; /* packets towards us */
	uint64_t restored,
		bursts; /* of the lost: repeated by others; how often the rest of them, in a row */
	uint64_t sent; /* packets from us */
	uint64_t remote_expected,
		remote_lost; /* of these, as the far side tells; 0: it tells nothing */
	uint64_t frames,
		concealed; /* of 20 ms, of our jitter buffer: 0 where there is none */
	uint32_t jitter_us, remote_jitter_us, round_trip_us, delay_ms;
	uint8_t rx_codec, tx_codec; /* enum sound_codec */
	uint8_t path, why; /* what the relay does with the voice: RP_PATH_ and RP_WHY_ */
};

/* One direction between two points. */
struct quality_way {
	uint8_t codec; /* enum sound_codec */
	bool is_known; /* else nothing but `expected` is: nobody reported */
	uint64_t expected, lost; /* lost <= expected */
	uint64_t missing; /* of the lost: not restored */
	double burst; /* BurstR of these (G.107); 0: nobody counts them */
	uint64_t frames, concealed; /* concealed <= frames; 0 where nobody counts them */
	uint32_t jitter_us,
		round_trip_us; /* at the second point; round trip 0: unknown */
	uint32_t delay_ms; /* of our jitter buffer */
	bool has_worth; /* something came, and its codec is known */
	struct e_model_worth narrow, wide;
};

void quality_point_of(struct quality_point *out, const struct rp_stats *s);
/* ways[STORE_IN] and ways[STORE_OUT]. Counters that went back (another source) count from 0 on. */
void quality_between(struct quality_way ways[2], const struct quality_point *from,
	const struct quality_point *to);

/* Its figures for the records, and for the desk; the rest of *q is the caller's. */
void quality_record(struct store_quality *q, const struct quality_way *w);
/* Codes for the desk: what the relay does with the voice that is sent to the leg, and why; "": nothing, or unknown. */
const char *quality_path_word(uint8_t path);
const char *quality_why_word(uint8_t why);
void quality_show(struct desk_way *d, const struct quality_way *w);

#endif
