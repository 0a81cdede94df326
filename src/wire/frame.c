/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* frame -- see frame.h. */
#include "wire/frame.h"

#include <stdbool.h>
#include <string.h>

/* Until `to` holds `want` bytes, of which `have` are there. */
static bool fill(uint8_t *to, size_t have, size_t want, struct slice *in)
{
	size_t n = want - have < in->n ? want - have : in->n;

	if (n)
		memcpy(to + have, in->p, n);
	*in = slice_of(in->p + n, in->n - n);
	return have + n == want;
}

enum frame_step frame_read(struct frame_reader *r, struct slice *in)
{
	size_t before = in->n;

	if (r->n >= FRAME_HEAD && r->n == FRAME_HEAD + r->size)
		r->n = r->size = 0; /* the one before was given out */
	if (r->n < FRAME_HEAD) {
		bool is_known = fill(r->head, r->n, FRAME_HEAD, in);

		r->n += before - in->n;
		if (!is_known)
			return FRAME_MORE;
		before = in->n;
		r->size = (size_t)(r->head[0] << 8 | r->head[1]);
	}
	if (r->size > FRAME_MAX)
		return FRAME_BROKEN;
	bool is_whole = fill(r->packet, r->n - FRAME_HEAD, r->size, in);

	r->n += before - in->n;
	return is_whole ? FRAME_WHOLE : FRAME_MORE;
}

size_t frame_write(uint8_t *out, size_t cap, struct slice packet)
{
	if (packet.n > FRAME_MAX || packet.n + FRAME_HEAD > cap)
		return 0;
	out[0] = (uint8_t)(packet.n >> 8);
	out[1] = (uint8_t)packet.n;
	if (packet.n)
		memcpy(out + FRAME_HEAD, packet.p, packet.n);
	return packet.n + FRAME_HEAD;
}
