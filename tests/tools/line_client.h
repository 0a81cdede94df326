/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * line_client -- a browser's line without the browser: ICE checks, DTLS client, SRTP, as Chromium does it.
 *
 * One non-blocking UDP socket.  The owner calls line_client_poll() often (it takes in packets, repeats lost
 * checks and flights and keeps the consent fresh) and line_client_send() for each packet of voice.
 * For tests and benchmarks; heap, one owner, one thread.
 */
#ifndef TOOLS_LINE_CLIENT_H
#define TOOLS_LINE_CLIENT_H

#include "tools/tone.h"
#include "wire/rtp.h"

struct line_client;

/* A voice packet came at at_us (stamp.h); instead of being logged. */
typedef void line_client_heard_h(void *arg, const struct rtp_packet *p, int64_t at_us);

enum line_client_state {
	LINE_NEW,
	LINE_CHECKING, /* no answer to a check yet */
	LINE_HANDSHAKE,
	LINE_UP,
	LINE_FAILED
};

struct line_client_identity {
	char ufrag[8], pwd[32];
	uint8_t fingerprint[32];
};

int line_client_new(struct line_client **out);
void line_client_free(struct line_client *c);
const struct line_client_identity *line_client_identity(const struct line_client *c);

#define LINE_CLIENT_SDP 1024
/* Its offer: what Chromium says with PCMA as the only codec, as far as an answer depends on it. */
int line_client_offer(const struct line_client *c, char sdp[LINE_CLIENT_SDP]);
/* Begins with what the answer says. EBADMSG: it is none, or without ICE or fingerprint. */
int line_client_answer(struct line_client *c, const char *sdp, size_t n);
/* The same without a description. */
void line_client_connect(struct line_client *c, const char *addr, uint16_t port,
	const char *ufrag, const char *pwd, const uint8_t fingerprint[32]);
void line_client_poll(struct line_client *c);
/* For who polls only when line_client_fd() is readable: what is due of itself, 20 times a second or more. */
void line_client_timers(struct line_client *c);
void line_client_listen(struct line_client *c, line_client_heard_h *heard, void *arg);
/* Before it connects: which SRTP profiles it offers, in OpenSSL's names; as made: those of Chromium that the relay
 * has. EINVAL. */
int line_client_profiles(struct line_client *c, const char *profiles);
/* The profile that was chosen; "" before LINE_UP. */
const char *line_client_profile(const struct line_client *c);
enum line_client_state line_client_state(const struct line_client *c);
int line_client_fd(const struct line_client *c);
uint16_t line_client_port(const struct line_client *c); /* its own */

/* 20 ms of a tone, 0: silence; LINE_UP only. */
void line_client_send(struct line_client *c, double hz);
/* The same with TONE_FRAME samples of the caller's. */
void line_client_voice(struct line_client *c, const uint8_t *alaw);
/* Any bytes from its socket to the relay. */
void line_client_raw(struct line_client *c, const void *p, size_t n);
/* From another port from now on, as after a change of network. checks: whether it tells by STUN. */
int line_client_move(struct line_client *c, bool checks);
/* Answer no consent any more (its checks stop). */
void line_client_mute_checks(struct line_client *c);
/* Its network is away: nothing leaves it and nothing reaches it. */
void line_client_away(struct line_client *c, bool away);
/* DTLS close_notify, as when the page closes. */
void line_client_shutdown(struct line_client *c);
/* The next SRTP packet that line_client_send() would send, for tampering; n <= cap. */
size_t line_client_packet(struct line_client *c, double hz, uint8_t *p, size_t cap);

struct tone_log *line_client_log(struct line_client *c); /* what was heard */

struct line_client_counts {
	size_t checks_answered, checks_refused;
	uint16_t last_error; /* STUN */
	size_t rtcp, bad; /* authenticated compounds; packets that failed */
	uint32_t rtcp_reported_ssrc, rtcp_lsr; /* of its last report block */
	uint32_t ssrc;
};
struct line_client_counts line_client_counts(const struct line_client *c);
/* An SRTCP sender report to the relay. */
void line_client_report(struct line_client *c, uint64_t ntp);

#endif
