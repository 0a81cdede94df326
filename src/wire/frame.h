/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * frame -- packets in a stream: each behind its length of two bytes (RFC 4571 section 2), as ICE over TCP has them (RFC 6544
 * section 3).
 *
 * Hostile input: a length above FRAME_MAX ends the stream.  The reader owns the packet it puts together.  Pure; any thread.
 */
#ifndef WIRE_FRAME_H
#define WIRE_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

#define FRAME_MAX  1600 /* bytes of a packet: what the relay takes by UDP, too */
#define FRAME_HEAD 2

struct frame_reader {
	size_t n; /* bytes taken of what begins now, its length included */
	size_t size; /* of the packet, once its length is known */
	uint8_t head[FRAME_HEAD];
	uint8_t packet[FRAME_MAX];
};

enum frame_step {
	FRAME_MORE, /* all of *in was taken, and the packet is not whole */
	FRAME_WHOLE, /* reader->packet, reader->size bytes, until the next call; 0 is allowed and means nothing */
	FRAME_BROKEN, /* longer than FRAME_MAX: there is no finding back into this stream */
};

/* Takes bytes from the front of *in until one packet is whole. A reader begins as all zero. */
enum frame_step frame_read(struct frame_reader *r, struct slice *in);

/* The packet with its length before it; its size, or 0: longer than FRAME_MAX, or than cap with FRAME_HEAD. */
size_t frame_write(uint8_t *out, size_t cap, struct slice packet);

#endif
