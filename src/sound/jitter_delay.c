/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * jitter_delay -- see jitter_delay.h
 *
 * The idea is that of WebRTC's NetEq (its delay manager and relative arrival delay tracker): a histogram that forgets,
 * of delays against the quickest packet of the last seconds, and a quantile of it; and that what is late twice within
 * some seconds is a habit (its former peak detector). The code is our own and differs: buckets are finer, and the histogram
 * is moved along when the quickest changes, so that a route that becomes longer is not taken for jitter; and
 * nothing is waited for that no packet of the last 20 s needed.
 */
#include "sound/jitter_delay.h"

#include <string.h>

#include "sound/jitter.h"

#define MEMORY       1500 /* packets: 30 s of 20 ms, as NetEq's forget factor */
#define SPAN         100 /* packets; five spans are 10 s */
#define LATE_SHARE   0.01F /* of the packets may need longer than the quantile */
#define PEAK_HOLD_US (20 * INT64_C(1000000))
#define PEAK_GAP_US  200000 /* what is late within it is one event */
/* Until something is known: NetEq starts with 80 ms and lines from browsers rarely need it. */
#define START_US 35000
#define START    25 /* packets */

void jitter_delay_init(struct jitter_delay *d)
{
	*d = (struct jitter_delay){ 0 };
}

/* The histogram by so many buckets up (or down); what falls off stays in the last one. */
static void shift(struct jitter_delay *d, int64_t by)
{
	float moved[DELAY_BUCKETS] = { 0 };

	for (int64_t i = 0; i < DELAY_BUCKETS; i++) {
		int64_t to = i + by;

		to = to < 0 ? 0 : to >= DELAY_BUCKETS ? DELAY_BUCKETS - 1 : to;
		moved[to] += d->share[i];
	}
	memcpy(d->share, moved, sizeof moved);
}

/* Bucket 0 is where the quickest are. */
static void follow(struct jitter_delay *d)
{
	int64_t off = d->low_us - d->base_us, by = 0;

	if (off < 0)
		by = -((-off + DELAY_BUCKET_US - 1) / DELAY_BUCKET_US);
	else
		by = off / DELAY_BUCKET_US;
	if (by) {
		shift(d,
			by > DELAY_BUCKETS            ? -DELAY_BUCKETS
				: by < -DELAY_BUCKETS ? DELAY_BUCKETS
						      : -by);
		d->base_us += by * DELAY_BUCKET_US;
	}
}

static void look_back(struct jitter_delay *d)
{
	d->low_us = d->span[d->at].low_us;
	d->high_us = d->span[d->at].high_us;
	for (uint32_t i = 0; i < d->spans; i++) {
		if (d->span[i].low_us < d->low_us)
			d->low_us = d->span[i].low_us;
		if (d->span[i].high_us > d->high_us)
			d->high_us = d->span[i].high_us;
	}
}

static void count_span(struct jitter_delay *d, int64_t transit_us)
{
	if (d->in_span >= SPAN) {
		d->at = (d->at + 1) % DELAY_SPANS;
		d->in_span = 0;
	}
	if (d->spans <= d->at)
		d->spans = d->at + 1;
	if (d->in_span == 0 || transit_us < d->span[d->at].low_us)
		d->span[d->at].low_us = transit_us;
	if (d->in_span == 0 || transit_us > d->span[d->at].high_us)
		d->span[d->at].high_us = transit_us;
	d->in_span++;
	look_back(d);
}

/* The scale of all transits was wrong by so much. */
static void correct(struct jitter_delay *d, int64_t by_us)
{
	for (uint32_t i = 0; i < d->spans; i++) {
		d->span[i].low_us += by_us;
		d->span[i].high_us += by_us;
	}
	d->base_us += by_us;
}

static void learn(struct jitter_delay *d, int64_t late_us)
{
	int64_t i = late_us / DELAY_BUCKET_US;
	float weight = 1 / (float)(d->n + 1);

	if (i >= DELAY_BUCKETS)
		i = DELAY_BUCKETS - 1;
	for (uint32_t k = 0; k < DELAY_BUCKETS; k++)
		d->share[k] *= 1 - weight;
	d->share[i] += weight;
	if (d->n < MEMORY - 1)
		d->n++;
}

void jitter_delay_add(struct jitter_delay *d, int64_t transit_us, bool is_new_scale)
{
	if (is_new_scale && d->n && transit_us < d->low_us)
		correct(d, transit_us - d->low_us);
	count_span(d, transit_us);
	if (d->n == 0)
		d->base_us = d->low_us;
	follow(d);
	learn(d, transit_us - d->base_us);
}

void jitter_delay_late(struct jitter_delay *d, int64_t late_us, int64_t now_us)
{
	int64_t since = now_us - d->peak_at_us;
	bool in_row = d->peaks && since < PEAK_HOLD_US;

	if (!in_row)
		d->peak_us = d->held_us = 0;
	if (!in_row)
		d->peaks = 1;
	else if (since > PEAK_GAP_US)
		d->peaks++;
	if (late_us > d->peak_us)
		d->peak_us = late_us;
	if (d->peaks > 1)
		d->held_us = d->peak_us;
	d->peak_at_us = now_us;
}

/* Upper edge of the bucket above which only LATE_SHARE lies. */
static int64_t quantile_us(const struct jitter_delay *d)
{
	float above = 0;
	int64_t i = DELAY_BUCKETS - 1;

	for (; i > 0; i--) {
		above += d->share[i];
		if (above > LATE_SHARE)
			break;
	}
	return d->base_us + (i + 1) * DELAY_BUCKET_US - d->low_us;
}

int64_t jitter_delay_need_us(const struct jitter_delay *d, int64_t now_us)
{
	int64_t need = d->n ? quantile_us(d) : START_US, most = d->high_us - d->low_us;

	/* what has not been needed for so long is over, whatever the histogram still knows */
	if (d->n && need > most)
		need = most;
	if (d->n < START && need < START_US)
		need = START_US;
	if (d->held_us > need && now_us - d->peak_at_us < PEAK_HOLD_US)
		need = d->held_us;
	return need;
}
