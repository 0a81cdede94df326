/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * rtp_end -- a plain RTP endpoint for tests: what a caller's gateway is to the relay.
 *
 * A non-blocking RTP/RTCP socket pair on 127.0.0.1.  The owner calls rtp_end_send() every 20 ms (or as the
 * test wants) and rtp_end_poll() to take in what came.  Heap: the struct is large; it owns its sockets.
 */
#ifndef TOOLS_RTP_END_H
#define TOOLS_RTP_END_H

#include "tools/tone.h"

#include <netinet/in.h>

#include "wire/rtp.h"

/* A voice packet came at at_us (stamp.h); instead of being logged. */
typedef void rtp_end_heard_h(void *arg, const struct rtp_packet *p, int64_t at_us);

struct rtp_end {
	int rtp, rtcp;
	uint16_t port; /* of rtp; rtcp has one more */
	struct sockaddr_in to; /* the relay's leg */
	uint32_t ssrc, ts;
	uint16_t seq;
	uint8_t pt, dtmf_pt;
	double phase;
	struct tone_log log;
	size_t n_rtcp; /* well-formed compounds */
	uint32_t rtcp_packets; /* of the last sender report */
	uint32_t rtcp_report_ssrc; /* whom its first block reports on */
	bool bye;
	rtp_end_heard_h *heard; /* NULL: the log */
	void *arg;
};

struct rtp_end *rtp_end_new(void); /* NULL and errno */
void rtp_end_free(struct rtp_end *e);
void rtp_end_to(struct rtp_end *e, uint16_t port);
/* One packet of 20 ms: a tone, or silence for 0. */
void rtp_end_send(struct rtp_end *e, double hz);
/* The same with TONE_FRAME samples of the caller's. */
void rtp_end_voice(struct rtp_end *e, const uint8_t *alaw);
/* Tells each voice packet from now on; the struct's log stays as it is. */
void rtp_end_listen(struct rtp_end *e, rtp_end_heard_h *heard, void *arg);
/* One telephone-event packet (RFC 4733): the timestamp does not move. */
void rtp_end_event(struct rtp_end *e, uint8_t key, bool first, bool last, uint16_t ticks);
void rtp_end_raw(struct rtp_end *e, const void *p, size_t n);
/* A sender report of its own, from its RTCP port to the leg's. */
void rtp_end_report(struct rtp_end *e);
void rtp_end_poll(struct rtp_end *e);

#endif
