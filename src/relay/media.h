/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * media -- the numbering of what one leg sends: one SSRC, its own sequence numbers and timestamps.
 *
 * Whatever feeds the leg (the joined leg, a clip, its own echo), the receiver sees one stream: after a
 * change of source the sequence goes on by one, the timestamp by the time that went by, and the first
 * packet carries the marker.  Within a source, gaps and order are kept, so real loss stays visible.
 * No sequence number is ever given out twice, also to a source that repeats itself: under SRTP a second
 * packet with the same number would use the same key stream (RFC 3711 section 9.1).
 *
 * Where the codec changes, the clock may: timestamps then go on in the new one's ticks from the newest of the old
 * (RFC 7160 section 4.1).
 *
 * Pure: time is an argument.  Any thread.
 */
#ifndef RELAY_MEDIA_H
#define RELAY_MEDIA_H

#include <stdbool.h>
#include <stdint.h>

#define MEDIA_TICKS_PER_MS \
	8 /* the RTP clock of G.711 (RFC 3551 section 4.5.14); where none else is known */
#define MEDIA_DROPOUT_MAX  3000 /* RFC 3550 appendix A.1: a larger step is a restart */
#define MEDIA_MISORDER_MAX 100 /* the same backwards */
#define MEDIA_WINDOW       64 /* late packets within this are still sent, in their place */
/* A voice timestamp that runs away from the clock by this is mapped anew: some gateways restart their
 * timestamps and keep the SSRC, and a receiver would wait for hours. */
#define MEDIA_DRIFT_MS 2000
/* By so much a source that follows another may come late and still follow it without a gap: as long as a packet, since
 * sources do not beat together. */
#define MEDIA_SLACK_MS 20

struct media_tx {
	uint32_t ssrc;
	uint32_t seq; /* of the newest packet sent; the low 16 bits go on the wire */
	uint64_t sent; /* bit k: seq - k was used */
	uint32_t base; /* first seq of this source */
	uint32_t ts; /* of the newest voice packet */
	int64_t at_us; /* when it was sent */
	uint32_t ticks; /* its length */
	uint32_t clock; /* ticks per millisecond of ts and ticks */
	bool started; /* something was sent */
	/* the source */
	bool mapped;
	bool voiced; /* src_ts and src_us hold */
	uint32_t src_ssrc, ts_off, src_ts, src_clock;
	int64_t src_us;
	uint16_t src_seq; /* highest so far; corresponds to seq */
};

struct media_packet {
	uint32_t ssrc, ts;
	uint16_t seq;
	bool marker;
	bool is_event; /* telephone-event: its timestamp stands still (RFC 4733 section 2.2) */
	bool is_restored; /* it was lost, and the one after it repeats it */
	uint32_t ticks; /* length of a voice packet */
	uint32_t clock; /* ticks per millisecond of a voice packet: 8 or 48 */
};

struct media_slot {
	uint16_t seq;
	uint32_t ts;
	bool marker;
};

/* seq and ts: random starts (RFC 3550 section 5.1). */
void media_tx_init(struct media_tx *tx, uint32_t ssrc, uint16_t seq, uint32_t ts);
/* Another source from now on. */
void media_tx_change(struct media_tx *tx);
/* What media_tx_next() numbers from now on is what the source goes over into: no gap, no marker. */
void media_tx_go_on(struct media_tx *tx);
/* Number a packet of the source; false: do not send it (repeated, or older than this source). */
bool media_tx_map(struct media_tx *tx, const struct media_packet *in, int64_t now_us,
	struct media_slot *out);
/* A packet of the source is not for this receiver: close the gap that it would leave. */
void media_tx_skip(struct media_tx *tx, const struct media_packet *in);
/* Number the next packet of a source without numbers of its own (a clip, a mix): ms long, in this clock. */
void media_tx_next(struct media_tx *tx, uint32_t ms, uint32_t clock, int64_t now_us,
	struct media_slot *out);
/* Number a packet of our own between those of the source, without voice: its timestamp is the stream's of now. Late
 * packets of the source are not sent any more. */
void media_tx_insert(struct media_tx *tx, int64_t now_us, struct media_slot *out);
/* What the stream's timestamp is now, for a sender report. */
uint32_t media_tx_ts(const struct media_tx *tx, int64_t now_us);

#endif
