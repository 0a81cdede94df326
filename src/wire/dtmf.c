/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* dtmf -- see dtmf.h. */
#include "wire/dtmf.h"

#include <errno.h>

#define EVENT_SIZE 4 /* section 2.3 */
/* Older than the newest key by less than this is late; by more: the sender's clock began anew. 5 s, longer than
 * any network keeps a packet. */
#define LATE_TICKS 40000

int dtmf_parse(struct dtmf_event *out, struct slice payload)
{
	const uint8_t *p = payload.p;

	if (payload.n != EVENT_SIZE || p[0] >= DTMF_KEYS)
		return EBADMSG;
	*out = (struct dtmf_event){
		.key = p[0], .end = p[1] & 0x80, .duration = (uint16_t)(p[2] << 8 | p[3])
	};
	return 0;
}

/* Section 2.5.1.3: the next segment begins where the one before ended. */
static bool is_segment(
	const struct dtmf_heard *h, uint32_t step, const struct dtmf_event *ev)
{
	return !h->last.end && ev->key == h->last.key && step == h->last.duration;
}

bool dtmf_is_new(
	struct dtmf_heard *h, uint32_t ssrc, uint32_t ts, const struct dtmf_event *ev)
{
	bool same = h->started && h->ssrc == ssrc;
	uint32_t step = ts - h->ts;

	if (same && step == 0) {
		h->last.end |= ev->end;
		if (ev->duration > h->last.duration)
			h->last.duration = ev->duration;
		return false;
	}
	if (same && -step < LATE_TICKS)
		return false;
	bool is_new = !same || !is_segment(h, step, ev);

	*h = (struct dtmf_heard){ true, ssrc, ts, *ev };
	return is_new;
}
