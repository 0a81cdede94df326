/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* rtp_end -- see rtp_end.h. */
#include "tools/rtp_end.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/slice.h"
#include "tools/stamp.h"
#include "wire/rtcp.h"
#include "wire/rtp.h"

#define TRIES 64 /* for an even port with a free neighbour */

static int bound(uint16_t port, uint16_t *got)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof a;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (bind(fd, (struct sockaddr *)&a, sizeof a) ||
		getsockname(fd, (struct sockaddr *)&a, &len)) {
		close(fd);
		return -1;
	}
	*got = ntohs(a.sin_port);
	return fd;
}

static int bind_pair(struct rtp_end *e)
{
	uint16_t next;

	for (int i = 0; i < TRIES; i++) {
		e->rtp = bound(0, &e->port);
		if (e->rtp < 0)
			return errno;
		e->rtcp = e->port & 1 ? -1 : bound((uint16_t)(e->port + 1), &next);
		if (e->rtcp >= 0)
			return 0;
		close(e->rtp);
		e->rtp = -1;
	}
	return EADDRINUSE;
}

struct rtp_end *rtp_end_new(void)
{
	struct rtp_end *e = calloc(1, sizeof *e);

	if (!e)
		return NULL;
	e->rtp = e->rtcp = -1;
	e->pt = 8;
	e->dtmf_pt = 101;
	e->ssrc = (uint32_t)random();
	e->seq = (uint16_t)random();
	e->ts = (uint32_t)random();
	if (bind_pair(e)) {
		rtp_end_free(e);
		return NULL;
	}
	return e;
}

void rtp_end_free(struct rtp_end *e)
{
	if (!e)
		return;
	if (e->rtp >= 0)
		close(e->rtp);
	if (e->rtcp >= 0)
		close(e->rtcp);
	free(e);
}

void rtp_end_to(struct rtp_end *e, uint16_t port)
{
	e->to = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

void rtp_end_raw(struct rtp_end *e, const void *p, size_t n)
{
	(void)sendto(e->rtp, p, n, 0, (const struct sockaddr *)&e->to, sizeof e->to);
}

void rtp_end_voice(struct rtp_end *e, const uint8_t *alaw)
{
	uint8_t p[RTP_HEADER + TONE_FRAME];

	rtp_write_header(p, false, e->pt, e->seq++, e->ts, e->ssrc);
	memcpy(p + RTP_HEADER, alaw, TONE_FRAME);
	e->ts += TONE_FRAME;
	rtp_end_raw(e, p, sizeof p);
}

void rtp_end_send(struct rtp_end *e, double hz)
{
	uint8_t alaw[TONE_FRAME];

	tone_make(alaw, TONE_FRAME, hz, &e->phase);
	rtp_end_voice(e, alaw);
}

void rtp_end_listen(struct rtp_end *e, rtp_end_heard_h *heard, void *arg)
{
	stamp_on(e->rtp);
	e->heard = heard;
	e->arg = arg;
}

void rtp_end_event(struct rtp_end *e, uint8_t key, bool first, bool last, uint16_t ticks)
{
	uint8_t p[RTP_HEADER + 4];

	rtp_write_header(p, first, e->dtmf_pt, e->seq++, e->ts, e->ssrc);
	p[RTP_HEADER] = key;
	p[RTP_HEADER + 1] = (uint8_t)((last ? 0x80 : 0) | 10); /* RFC 4733 section 2.3 */
	be16_put(p + RTP_HEADER + 2, ticks);
	rtp_end_raw(e, p, sizeof p);
}

void rtp_end_report(struct rtp_end *e)
{
	struct rtcp_write w = { .has_sender = true,
		.ssrc = e->ssrc,
		.ntp = (uint64_t)0xE0000000u << 32,
		.cname = "caller" };
	struct sockaddr_in to = e->to;
	uint8_t p[RTCP_MAX];
	size_t n;

	to.sin_port = htons((uint16_t)(ntohs(to.sin_port) + 1));
	if (!rtcp_write(&w, p, sizeof p, &n))
		(void)sendto(e->rtcp, p, n, 0, (struct sockaddr *)&to, sizeof to);
}

static void take_rtcp(struct rtp_end *e, const uint8_t *p, size_t n)
{
	struct rtcp_compound c;

	if (rtcp_parse(&c, p, n))
		return;
	e->n_rtcp++;
	e->bye |= c.bye;
	if (c.has_sender)
		e->rtcp_packets = c.packets;
	if (c.n_reports)
		e->rtcp_report_ssrc = c.reports[0].ssrc;
}

static void take_rtp(struct rtp_end *e, const uint8_t *p, size_t n, int64_t at_us)
{
	struct rtp_packet r;

	if (!e->heard)
		(void)tone_log_add(&e->log, p, n);
	else if (!rtp_parse(&r, p, n))
		e->heard(e->arg, &r, at_us);
}

void rtp_end_poll(struct rtp_end *e)
{
	uint8_t p[RTP_MAX];
	int64_t at_us;
	ssize_t n;

	while ((n = stamp_recv(e->rtp, p, sizeof p, &at_us)) >= 0)
		take_rtp(e, p, (size_t)n, at_us);
	while ((n = recv(e->rtcp, p, sizeof p, 0)) >= 0)
		take_rtcp(e, p, (size_t)n);
}
