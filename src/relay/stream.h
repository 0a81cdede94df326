/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * stream -- browser lines by TCP, for homes whose network lets no UDP through (RFC 6544).
 *
 * One port takes the connections of all lines.  What comes by one is framed (wire/frame.h) and goes the way of a
 * datagram: line_packet(), with the connection in the sender's address, so that a path of a line is a connection like
 * any other address.  Voice does not wait: what a connection does not take at once is left out, whole packets at a time.
 *
 * A connection has to prove itself by a check that carries a line's password, within STREAM_PROVE_US and
 * STREAM_PROVE_PACKETS, and again every LEG_CONSENT_US.  Of those that did not yet, there are STREAM_HOST_MAX from one host and
 * STREAM_UNPROVEN_MAX in all; one more takes the place of the oldest of them, never of one that did.
 *
 * struct gate owns the port and a pool of STREAMS_MAX, allocated once.  A connection's name is never given twice soon, so
 * what still has one that was closed sends nowhere.  Thread: the relay's.
 */
#ifndef RELAY_STREAM_H
#define RELAY_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "relay/udp.h"
#include "wire/frame.h"

#define STREAMS_MAX          1024 /* a power of two: the low bits of a name are its place */
#define STREAM_UNPROVEN_MAX  256
#define STREAM_HOST_MAX      16
#define STREAM_PROVE_US      (10 * INT64_C(1000000))
#define STREAM_PROVE_PACKETS 8

struct relay;

struct stream {
	struct list node; /* gate->free, unproven or proven */
	int fd; /* -1: free */
	uint32_t round; /* of its place's names */
	struct udp_addr from; /* its name included */
	int64_t at_us; /* opened; once it is proven, its last valid check */
	bool is_proven;
	uint8_t packets; /* before it was proven */
	struct frame_reader in;
	uint8_t rest[FRAME_HEAD + FRAME_MAX]; /* of a packet that was sent in part */
	size_t rest_at, rest_n;
};

struct gate {
	int fd; /* -1: no TCP */
	uint16_t port; /* 0: no TCP */
	bool rests; /* no descriptors are left: until the next coarse tick */
	struct stream *streams; /* owned */
	struct list free, unproven, proven; /* the oldest first */
	size_t n_unproven;
};

/* gate.c. port 0: the lines' number, or any if that one is taken. EADDRINUSE, EACCES, ENOMEM ... */
int gate_open(struct relay *r, uint16_t port);
void gate_close(struct relay *r);
void gate_accept(struct relay *r);
void gate_tick(struct relay *r);
bool gate_waits(const struct relay *r); /* for a time: the coarse tick has to come */

/* The line whose path this connection is has proved itself over it once more. */
void stream_proved(struct relay *r, uint32_t name);
void stream_close(struct relay *r, struct stream *s); /* its path goes with it */
struct stream *stream_find(struct relay *r, uint32_t name); /* NULL: it is closed */

/* stream.c */
void stream_ready(struct relay *r, uint32_t place, uint32_t events);
void stream_send(struct relay *r, uint32_t name, struct slice packet);

#endif
