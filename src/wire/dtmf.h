/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * dtmf -- keys of a telephone as RTP events (RFC 4733), read and told once each.
 *
 * A key is sent in many packets that share its timestamp, the last one repeated; any of them may be lost, late
 * or doubled.  Of a key that is held so long that its duration does not fit, the sender makes segments with
 * timestamps of their own (section 2.5.1.3): they are one key.
 *
 * Hostile input: length-checked; only the sixteen keys of a telephone are keys.  Pure; any thread.
 */
#ifndef WIRE_DTMF_H
#define WIRE_DTMF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

#define DTMF_STAR 10
#define DTMF_HASH 11
#define DTMF_KEYS 16 /* 0 to 9, *, #, A to D: section 3.2, table 3 */

struct dtmf_event {
	uint8_t key; /* below DTMF_KEYS */
	bool end;
	uint16_t duration; /* in ticks of the stream's clock */
};

/* EBADMSG: not four bytes (several events in one packet are RFC 2198's, which is not offered), or an event
 * that is no key. */
int dtmf_parse(struct dtmf_event *out, struct slice payload);

/* What was heard of one sender; zeroed: nothing. */
struct dtmf_heard {
	bool started;
	uint32_t ssrc, ts; /* of the newest key */
	struct dtmf_event last;
};

/* Is it a key pressed anew? ssrc and ts are the packet's. A repetition, a segment and what is late are not. */
bool dtmf_is_new(
	struct dtmf_heard *h, uint32_t ssrc, uint32_t ts, const struct dtmf_event *ev);

#endif
