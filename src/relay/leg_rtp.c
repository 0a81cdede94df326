/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * leg_rtp -- a plain RTP leg: a socket pair of its own, which latches on a source and then locks.
 *
 * Until then it sends where the SDP said.  The first well-formed packet of a known payload type decides
 * the source (symmetric RTP, RFC 4961: NAT makes the SDP's address wrong more often than right); whatever
 * comes from elsewhere afterwards is counted and dropped.  RTCP latches on the same host's first
 * valid report.  Who could send before the caller does, could take the leg's voice; on a carrier trunk
 * that is the same trust as plain RTP itself.
 */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "relay/leg.h"

#define TRIES_MAX 64 /* ports taken by strangers that are stepped over before giving up */

/* 0.0.0.0, "" or a family that this socket does not speak: unknown. */
static int set_target(const struct relay *r, struct leg_rtp *t, const char *addr,
	size_t cap, uint16_t port, uint16_t rtcp_port)
{
	struct udp_addr a = { 0 };

	if (!memchr(addr, 0, cap))
		return EINVAL;
	if (addr[0] && udp_addr_parse(&a, addr, port))
		return EINVAL;
	if (udp_addr_is_any(&a) || !port || a.u.sa.sa_family != r->line_at.u.sa.sa_family)
		a = (struct udp_addr){ 0 };
	t->to = t->rtcp_to = a;
	if (a.u.sa.sa_family)
		udp_addr_set_port(
			&t->rtcp_to, rtcp_port ? rtcp_port : (uint16_t)(port + 1));
	t->locked = t->rtcp_locked = false;
	return 0;
}

static int open_pair(struct relay *r, struct leg *l, uint16_t port)
{
	struct udp_addr at = r->line_at;
	int err;

	udp_addr_set_port(&at, port);
	err = udp_sock_open(&l->rtp.rtp, &at, 0);
	if (err)
		return err;
	udp_addr_set_port(&at, (uint16_t)(port + 1)); /* RFC 3550 section 11 */
	err = udp_sock_open(&l->rtp.rtcp, &at, 0);
	if (!err)
		err = relay_watch(r, l->rtp.rtp.fd, SOURCE_RTP, l->index);
	if (!err)
		err = relay_watch(r, l->rtp.rtcp.fd, SOURCE_RTCP, l->index);
	if (err) {
		udp_sock_close(&r->udp, &l->rtp.rtp);
		udp_sock_close(&r->udp, &l->rtp.rtcp);
	}
	return err;
}

static int open_sockets(struct relay *r, struct leg *l)
{
	int err = EADDRINUSE;

	for (int i = 0; i < TRIES_MAX && err == EADDRINUSE; i++) {
		uint16_t port = ports_take(&r->ports, r->now_us);

		if (!port)
			return EADDRNOTAVAIL;
		err = open_pair(r, l, port);
		if (err)
			ports_give(&r->ports, port, r->now_us);
		else
			l->rtp.port = port;
	}
	return err;
}

int leg_rtp_open(struct relay *r, struct leg *l, const struct rp_leg_rtp *m)
{
	int err = set_target(r, &l->rtp, m->addr, sizeof m->addr, m->port, m->rtcp_port);

	if (err)
		return err;
	if (m->pt > 127 || m->dtmf_pt > 127 || m->pt == m->dtmf_pt)
		return EINVAL;
	l->pt = m->pt;
	l->dtmf_pt = m->dtmf_pt;
	err = open_sockets(r, l);
	l->ok.port = l->rtp.port;
	return err;
}

void leg_rtp_close(struct relay *r, struct leg *l)
{
	udp_sock_close(&r->udp, &l->rtp.rtp);
	udp_sock_close(&r->udp, &l->rtp.rtcp);
	if (l->rtp.port)
		ports_give(&r->ports, l->rtp.port, r->now_us);
}

int leg_rtp_remote(struct relay *r, struct leg *l, const struct rp_leg_remote *m)
{
	if (l->is_web)
		return EINVAL;
	return set_target(r, &l->rtp, m->addr, sizeof m->addr, m->port, m->rtcp_port);
}

/* Reports are believed from the host that the voice comes from. */
static void take_rtcp(struct relay *r, struct leg *l, const uint8_t *p, size_t n,
	const struct udp_addr *from, bool muxed)
{
	struct leg_rtp *t = &l->rtp;
	struct rtcp_compound c;

	if (!t->locked || !udp_addr_same_host(from, &t->to) ||
		(!muxed && t->rtcp_locked && !udp_addr_eq(from, &t->rtcp_to)) ||
		rtcp_parse(&c, p, n)) {
		l->stats.rx_bad++;
		return;
	}
	if (!muxed && !t->rtcp_locked) {
		t->rtcp_to = *from;
		t->rtcp_locked = true;
	}
	report_in(r, l, &c);
}

static void take_rtp(struct relay *r, struct leg *l, const uint8_t *p, size_t n,
	const struct udp_addr *from)
{
	struct leg_rtp *t = &l->rtp;
	struct rtp_packet pkt;

	if ((t->locked && !udp_addr_eq(from, &t->to)) || rtp_parse(&pkt, p, n) ||
		!pkt.payload.n || !leg_knows_pt(l, pkt.pt)) {
		l->stats.rx_bad++;
		return;
	}
	if (!t->locked) {
		/* the SDP's RTCP port stands for a host that is not the source's */
		if (!udp_addr_same_host(from, &t->to)) {
			t->rtcp_to = *from;
			udp_addr_set_port(
				&t->rtcp_to, (uint16_t)(udp_addr_port(from) + 1));
		}
		t->to = *from;
		t->locked = true;
		leg_up(r, l);
	}
	leg_voice(r, l, &pkt);
}

struct arrival {
	struct relay *r;
	struct leg *l;
};

static void rtp_arrived(void *arg, uint8_t *p, size_t n, const struct udp_addr *from)
{
	struct arrival *a = arg;

	leg_rtp_packet(a->r, a->l, p, n, from, false);
}

static void rtcp_arrived(void *arg, uint8_t *p, size_t n, const struct udp_addr *from)
{
	struct arrival *a = arg;

	leg_rtp_packet(a->r, a->l, p, n, from, true);
}

void leg_rtp_packet(struct relay *r, struct leg *l, const uint8_t *p, size_t n,
	const struct udp_addr *from, bool on_rtcp_port)
{
	if (!l->id || l->is_web)
		return;
	if (n < 2)
		l->stats.rx_bad++;
	else if (on_rtcp_port)
		take_rtcp(r, l, p, n, from, false);
	else if (rtp_is_rtcp(p, n))
		take_rtcp(r, l, p, n, from, true);
	else
		take_rtp(r, l, p, n, from);
}

void leg_rtp_receive(struct relay *r, struct leg *l, bool is_rtcp)
{
	struct arrival a = { r, l };

	udp_recv(&r->udp, is_rtcp ? &l->rtp.rtcp : &l->rtp.rtp,
		is_rtcp ? rtcp_arrived : rtp_arrived, &a);
}
