/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * rtp -- the RTP header (RFC 3550 section 5.1), read and written.
 *
 * Hostile input: CSRCs, extension and padding are length-checked; the payload slice points into the
 * packet.  Pure; any thread.
 */
#ifndef WIRE_RTP_H
#define WIRE_RTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

#define RTP_HEADER 12 /* without CSRCs */
#define RTP_MAX    1500

struct rtp_packet {
	bool marker;
	uint8_t pt;
	uint16_t seq;
	uint32_t ts, ssrc;
	size_t header_size; /* up to the payload, CSRCs and extension included */
	struct slice payload; /* without padding */
};

/* EBADMSG: version is not 2, lengths do not fit, padding longer than the payload, RTCP by its
 * payload type (RFC 5761 section 4: 64..95 after the marker bit). */
int rtp_parse(struct rtp_packet *out, const uint8_t *p, size_t n);

/* 12 bytes: version 2, no padding, no extension, no CSRC. */
void rtp_write_header(uint8_t p[RTP_HEADER], bool marker, uint8_t pt, uint16_t seq,
	uint32_t ts, uint32_t ssrc);

/* RTP or RTCP on one port, RFC 5761 section 4: second byte 192..223 is RTCP. n >= 2. */
bool rtp_is_rtcp(const uint8_t *p, size_t n);

#endif
