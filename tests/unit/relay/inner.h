/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * inner -- the relay in the test's own process: its clock is the test's, its control a socket pair.
 *
 * Time moves by inner_at() only; relay_turn() serves what came and takes the true clock again.
 */
#ifndef RELAY_INNER_H
#define RELAY_INNER_H

#include "relay/leg.h"

#define SECOND INT64_C(1000000)

struct inner {
	struct relay *r; /* owned */
	int fd; /* control's end; 0: none */
};

#define INNER_PORTS 1000

/* For cmocka: *state is a struct inner at 127.0.0.1. Programs that run at once want ports of their own. */
int inner_setup(void **state); /* from 22000 */
int inner_open(void **state, uint16_t low);
int inner_teardown(void **state);

/* A control that says hello; the one before is gone. */
void inner_control(struct inner *f, uint32_t epoch);
/* The next message; false when there is none. */
bool inner_next(struct inner *f, union rp_any *m);
bool inner_next_of(struct inner *f, uint16_t type, union rp_any *m);
void inner_at(struct inner *f, int64_t us);
/* A plain leg that was told nothing. */
struct leg *inner_rtp(struct inner *f, uint64_t id);
/* One packet of a plain leg's voice, from this port of 127.0.0.1. */
void inner_speaks(struct inner *f, struct leg *l, uint16_t port);

/* A line; a check from this port; keys as if DTLS were done: what the browser seals with, the caller's. */
struct leg *inner_web(struct inner *f, uint64_t id);
void inner_check(struct inner *f, const struct leg *l, uint16_t port);
struct srtp_session *inner_up(struct inner *f, struct leg *l);
/* A sealed packet of silence; bytes that come to the lines' port; both at once. */
#define INNER_SSRC 77
size_t inner_packet(struct srtp_session *browser, uint16_t seq, uint8_t *p, size_t cap);
void inner_arrives(struct inner *f, const uint8_t *p, size_t n, uint16_t port);
void inner_voice(
	struct inner *f, struct srtp_session *browser, uint16_t seq, uint16_t port);

/* A sealed clip of n samples of A-law, whole frames, at most four seconds; and how many bytes it has. */
int inner_clip_fd(const uint8_t *frames, size_t n);
uint32_t inner_clip_bytes(size_t n);
void inner_clip(
	struct inner *f, uint32_t clip, size_t n); /* n bytes, at most two seconds */
/* Written to the socket; the relay's next turn takes it. */
void inner_command(struct inner *f, union rp_any *m, uint16_t type, uint64_t leg);

#endif
