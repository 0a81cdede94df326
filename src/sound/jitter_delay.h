/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * jitter_delay -- how much longer than the quickest packets take, and so how long voice has to wait.
 *
 * Pure; time is an argument. A packet's transit is its arrival minus its media time, in two clocks that are not the same;
 * only differences of transits say anything.
 */
#ifndef SOUND_JITTER_DELAY_H
#define SOUND_JITTER_DELAY_H

#include <stdbool.h>
#include <stdint.h>

#define DELAY_BUCKETS   80
#define DELAY_BUCKET_US 5000 /* 80 of them are JITTER_MAX_MS */
#define DELAY_SPANS     5

struct jitter_delay {
	float share[DELAY_BUCKETS]; /* of the packets of late; all together 1 */
	int64_t base_us; /* transit at the lower edge of bucket 0 */
	uint32_t n; /* packets learnt from, up to what is remembered */
	int64_t low_us, high_us; /* least and greatest transit of late */
	struct {
		int64_t low_us, high_us;
	} span[DELAY_SPANS]; /* the newest at [at] */
	uint32_t at, in_span, spans;
	int64_t peak_at_us, peak_us,
		held_us; /* late ones: when, how late; what is held */
	uint32_t peaks; /* in a row; 0: none */
};

void jitter_delay_init(struct jitter_delay *d);
/* A packet has come. is_new_scale: media times were set anew a moment ago, so a quicker packet than ever corrects that
 * and says nothing about the network. */
void jitter_delay_add(struct jitter_delay *d, int64_t transit_us, bool is_new_scale);
/* A packet came too late for its turn, so much later than the quickest. */
void jitter_delay_late(struct jitter_delay *d, int64_t late_us, int64_t now_us);
/* How much later than the quickest a packet may come and still has to be waited for. */
int64_t jitter_delay_need_us(const struct jitter_delay *d, int64_t now_us);

#endif
