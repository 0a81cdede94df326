/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* media -- see media.h. */
#include "relay/media.h"

static uint32_t ticks_of(int64_t us, uint32_t clock)
{
	return us <= 0 ? 0 : (uint32_t)((uint64_t)us * clock / 1000);
}

void media_tx_init(struct media_tx *tx, uint32_t ssrc, uint16_t seq, uint32_t ts)
{
	/* one turn ahead, so that counting back never passes zero */
	*tx = (struct media_tx){
		.ssrc = ssrc, .seq = 0x10000u + seq, .ts = ts, .clock = MEDIA_TICKS_PER_MS
	};
}

void media_tx_change(struct media_tx *tx)
{
	tx->mapped = false;
}

void media_tx_go_on(struct media_tx *tx)
{
	tx->mapped = tx->started;
}

uint32_t media_tx_ts(const struct media_tx *tx, int64_t now_us)
{
	return tx->started ? tx->ts + ticks_of(now_us - tx->at_us, tx->clock) : tx->ts;
}

/* The timestamp after a change: as much time as went by, and never into the packet before. Right behind it, where sources
 * follow each other: a gap of a part of a packet is one that the receiver would have to fill. */
static uint32_t fresh_ts(const struct media_tx *tx, uint32_t clock, int64_t now_us)
{
	uint32_t passed = tx->started ? ticks_of(now_us - tx->at_us, clock) : 0;
	uint32_t least = tx->ticks / tx->clock * clock;

	return tx->ts + (passed > least + MEDIA_SLACK_MS * clock ? passed : least);
}

static void advance(struct media_tx *tx, uint32_t by)
{
	tx->seq += by;
	tx->sent = (by >= MEDIA_WINDOW ? 0 : tx->sent << by) | 1;
}

static void anchor(
	struct media_tx *tx, uint32_t ts, uint32_t ticks, uint32_t clock, int64_t now_us)
{
	tx->ts = ts;
	tx->ticks = ticks;
	tx->clock = clock;
	tx->at_us = now_us;
	tx->started = true;
}

static void anchor_source(
	struct media_tx *tx, const struct media_packet *in, int64_t now_us)
{
	tx->src_ts = in->ts;
	tx->src_clock = in->clock;
	tx->src_us = now_us;
	tx->voiced = true;
}

static bool is_restart(const struct media_tx *tx, const struct media_packet *in)
{
	int d = (int16_t)(uint16_t)(in->seq - tx->src_seq);

	return !tx->mapped || in->ssrc != tx->src_ssrc || d > MEDIA_DROPOUT_MAX ||
		d < -MEDIA_MISORDER_MAX;
}

/* The offset between the two timestamps holds no longer: another clock, or one that was set. */
static bool has_drifted(
	const struct media_tx *tx, const struct media_packet *in, int64_t now_us)
{
	int64_t moved = (int32_t)(in->ts - tx->src_ts);
	int64_t off = moved - (int64_t)ticks_of(now_us - tx->src_us, in->clock);
	int64_t most = (int64_t)MEDIA_DRIFT_MS * in->clock;

	return tx->voiced && (in->clock != tx->src_clock || off > most || off < -most);
}

static void map_first(struct media_tx *tx, const struct media_packet *in, int64_t now_us,
	struct media_slot *out)
{
	uint32_t ts = fresh_ts(tx, in->is_event ? tx->clock : in->clock, now_us);

	advance(tx, 1);
	tx->base = tx->seq;
	tx->mapped = true;
	tx->voiced = false;
	tx->src_ssrc = in->ssrc;
	tx->src_seq = in->seq;
	tx->ts_off = ts - in->ts;
	if (!in->is_event)
		anchor(tx, ts, in->ticks, in->clock, now_us);
	else if (!tx->started)
		anchor(tx, ts, in->ticks, tx->clock, now_us);
	if (!in->is_event)
		anchor_source(tx, in, now_us);
	*out = (struct media_slot){ .seq = (uint16_t)tx->seq, .ts = ts, .marker = true };
}

static bool map_late(struct media_tx *tx, const struct media_packet *in, uint32_t back,
	struct media_slot *out)
{
	if (back >= MEDIA_WINDOW || tx->sent >> back & 1)
		return false;
	if (tx->seq - tx->base < back)
		return false; /* belongs before the change */
	tx->sent |= (uint64_t)1 << back;
	*out = (struct media_slot){ .seq = (uint16_t)(tx->seq - back),
		.ts = in->ts + tx->ts_off,
		.marker = in->marker };
	return true;
}

bool media_tx_map(struct media_tx *tx, const struct media_packet *in, int64_t now_us,
	struct media_slot *out)
{
	int d = (int16_t)(uint16_t)(in->seq - tx->src_seq);
	bool fresh = false;

	if (is_restart(tx, in)) {
		map_first(tx, in, now_us, out);
		return true;
	}
	if (d <= 0)
		return map_late(tx, in, (uint32_t)-d, out);
	if (!in->is_event && has_drifted(tx, in, now_us)) {
		tx->ts_off = fresh_ts(tx, in->clock, now_us) - in->ts;
		if (in->clock != tx->src_clock)
			tx->base = tx->seq +
				(uint32_t)d; /* late ones have the old clock */
		fresh = true;
	}
	advance(tx, (uint32_t)d);
	tx->src_seq = in->seq;
	if (!in->is_event) {
		anchor(tx, in->ts + tx->ts_off, in->ticks, in->clock, now_us);
		anchor_source(tx, in, now_us);
	}
	*out = (struct media_slot){ .seq = (uint16_t)tx->seq,
		.ts = in->ts + tx->ts_off,
		.marker = in->marker || fresh };
	return true;
}

void media_tx_skip(struct media_tx *tx, const struct media_packet *in)
{
	int d = (int16_t)(uint16_t)(in->seq - tx->src_seq);

	if (is_restart(tx, in) || d <= 0)
		return;
	/* what was lost just before it stays a gap; the packet itself leaves none */
	if (d > 1) {
		tx->seq += (uint32_t)d - 1;
		tx->sent = d - 1 >= MEDIA_WINDOW ? 0 : tx->sent << (d - 1);
	}
	tx->src_seq = in->seq;
}

void media_tx_insert(struct media_tx *tx, int64_t now_us, struct media_slot *out)
{
	advance(tx, 1);
	tx->base = tx->seq;
	*out = (struct media_slot){ .seq = (uint16_t)tx->seq,
		.ts = media_tx_ts(tx, now_us) };
}

void media_tx_next(struct media_tx *tx, uint32_t ms, uint32_t clock, int64_t now_us,
	struct media_slot *out)
{
	bool first = !tx->mapped || clock != tx->clock;
	uint32_t ts = first ? fresh_ts(tx, clock, now_us) : tx->ts + tx->ticks;

	advance(tx, 1);
	tx->mapped = true;
	tx->base = tx->seq;
	anchor(tx, ts, ms * clock, clock, now_us);
	*out = (struct media_slot){ .seq = (uint16_t)tx->seq, .ts = ts, .marker = first };
}
