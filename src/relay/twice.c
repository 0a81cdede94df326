/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * twice -- packets of Opus that say the frame before them once more (RFC 2198), so that one lost alone is not missed.
 *
 * What a line says twice is taken apart before anything else looks at it: what follows sees packets of Opus, and of a lost one
 * that it came late by one packet. Thread: the relay's.
 */
#include <string.h>

#include "relay/leg.h"

bool leg_twice_open(const struct leg *l, struct rtp_packet *p, struct red *red)
{
	const struct red_block *own;

	red->n = 0;
	if (!l->red_pt || p->pt != l->red_pt)
		return true;
	if (red_parse(red, p->payload))
		return false;
	own = &red->blocks[red->n - 1];
	if (own->pt == l->red_pt)
		return false;
	p->pt = own->pt;
	p->payload = own->bytes;
	return true;
}

void leg_send_twice(struct relay *r, struct leg *l, const struct media_slot *slot,
	uint8_t pt, struct slice payload)
{
	struct leg_said *said = &l->said;
	uint8_t bytes[RED_HEADERS + 2 * SOUND_BYTES_MAX];
	uint32_t ago = slot->ts - said->ts;
	size_t n = 0;

	if (said->n && slot->seq == (uint16_t)(said->seq + 1) && ago <= RED_OFFSET_MAX &&
		!red_write(&(struct red_block){ pt, (uint16_t)ago,
				   slice_of(said->bytes, said->n) },
			&(struct red_block){ .pt = pt, .bytes = payload }, bytes,
			sizeof bytes, &n))
		leg_send_voice(r, l, slot, l->red_pt, slice_of(bytes, n));
	else
		leg_send_voice(r, l, slot, pt, payload);
	said->n = payload.n <= sizeof said->bytes ? payload.n : 0;
	memcpy(said->bytes, payload.p, said->n);
	said->seq = slot->seq;
	said->ts = slot->ts;
}
