/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * leg_rtp -- an RTP leg, plain or SRTP by SDES: a socket pair of its own, which latches on a source and then locks.
 *
 * Until then it sends where the SDP said.  The first well-formed packet of a known payload type decides
 * the source (symmetric RTP, RFC 4961: NAT makes the SDP's address wrong more often than right); whatever
 * comes from elsewhere afterwards is counted and dropped, but for what the SDP itself named: that is its far side for
 * certain, and whoever came first was not.  RTCP latches on the same host's first
 * valid report.  Who could send before the caller does, could take the leg's voice; on a carrier trunk
 * that is the same trust as plain RTP itself.  Between two relays the far end is known for certain, so
 * a hop's legs do not latch: control locks them.  With keys (leg_srtp.c) only what authenticates is heard at all, so
 * nobody but who has them can make the leg latch.
 */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "relay/leg.h"

#define TRIES_MAX 64 /* ports taken by strangers that are stepped over before giving up */
#define LOCAL     "127.0.0.1"

/* What a command says of the far side; only its body's fields count. */
static int read_target(
	const struct leg_rtp *t, const struct rp_leg_remote *m, struct leg_target *out)
{
	struct udp_addr a = { 0 };

	if (!memchr(m->addr, 0, sizeof m->addr) || m->lock > 1 || m->deaf > 1)
		return EINVAL;
	if (m->addr[0] && udp_addr_parse(&a, m->addr, m->port))
		return EINVAL;
	/* 0.0.0.0 (a hold of old), or a family that these sockets do not speak: unknown */
	if (udp_addr_is_any(&a) || !m->port || a.u.sa.sa_family != t->at.u.sa.sa_family)
		a = (struct udp_addr){ 0 };
	if (m->lock && m->addr[0] && !a.u.sa.sa_family)
		return EINVAL;
	out->rtp = out->rtcp = a;
	if (a.u.sa.sa_family)
		udp_addr_set_port(&out->rtcp,
			m->rtcp_port ? m->rtcp_port : (uint16_t)(m->port + 1));
	return 0;
}

/* A SIP session refresh tells the old address again; were the leg unlocked by it, a stranger could
 * take the talk each time (RFC 4028 has one every few minutes). */
static bool is_known(const struct leg_rtp *t, const struct udp_addr *rtp)
{
	return udp_addr_eq(rtp, &t->told.rtp) || udp_addr_eq(rtp, &t->to.rtp);
}

static void aim(struct leg_rtp *t, const struct leg_target *told, bool lock)
{
	bool stays = !lock && t->locked && is_known(t, &told->rtp);

	t->told = *told;
	if (stays)
		return;
	t->to = *told;
	t->latches = !lock;
	t->locked = t->rtcp_locked = lock && told->rtp.u.sa.sa_family;
}

static int open_pair(struct relay *r, struct leg *l, uint16_t port)
{
	struct udp_addr at = l->rtp.at;
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

/* The address of the leg's sockets: a hop within this machine is on no network. */
static int choose_address(const struct relay *r, struct leg *l, bool local)
{
	l->rtp.at = r->line_at;
	if (!local)
		return 0;
	int err = udp_addr_parse(&l->rtp.at, LOCAL, 0);

	return err ? err : text_copy(l->ok.addr, sizeof l->ok.addr, LOCAL);
}

int leg_rtp_open(struct relay *r, struct leg *l, const struct rp_leg_rtp *m)
{
	struct rp_leg_remote far = {
		.port = m->port,
		.rtcp_port = m->rtcp_port,
		.lock = m->lock,
		.deaf = m->deaf,
	};
	struct leg_target told;
	int err;

	if (m->local > 1 || leg_set_codecs(l, m->codecs, m->dtmf_pt))
		return EINVAL;
	memcpy(far.addr, m->addr, sizeof far.addr);
	(void)((err = choose_address(r, l, m->local)) ||
		(err = read_target(&l->rtp, &far, &told)));
	if (err)
		return err;
	err = leg_srtp_set(r, l, &m->srtp);
	if (err)
		return err;
	aim(&l->rtp, &told, m->lock);
	l->rtp.deaf = m->deaf;
	err = open_sockets(r, l);
	l->ok.port = l->rtp.port;
	return err;
}

void leg_rtp_close(struct relay *r, struct leg *l)
{
	udp_sock_close(&r->udp, &l->rtp.rtp);
	udp_sock_close(&r->udp, &l->rtp.rtcp);
	leg_srtp_close(l);
	if (l->rtp.port)
		ports_give(&r->ports, l->rtp.port, r->now_us);
}

/* Whoever hears again is told nothing of what went on meanwhile: the stream goes on where it stopped. */
static void set_deaf(struct relay *r, struct leg *l, bool deaf)
{
	if (l->rtp.deaf == deaf)
		return;
	l->rtp.deaf = deaf;
	l->joined_us = 0; /* how soon it heard somebody says nothing now */
	leg_key_stop(r, l);
	if (deaf)
		return;
	media_tx_change(&l->tx);
	leg_quiet(r, l);
}

int leg_rtp_remote(struct relay *r, struct leg *l, const struct rp_leg_remote *m)
{
	struct leg_target told;

	if (l->is_web)
		return EINVAL;
	int err = read_target(&l->rtp, m, &told);

	if (!err && m->codecs[0].codec != SOUND_NONE)
		err = leg_set_codecs(l, m->codecs, m->dtmf_pt);
	if (!err)
		err = leg_srtp_set(r, l, &m->srtp);
	if (err)
		return err;
	aim(&l->rtp, &told, m->lock);
	set_deaf(r, l, m->deaf);
	return 0;
}

/* Reports are believed from the host that the voice comes from; on the voice's port, from its port. */
static bool may_report(const struct leg_rtp *t, const struct udp_addr *from, bool muxed)
{
	if (!t->locked)
		return false;
	if (muxed)
		return udp_addr_eq(from, &t->to.rtp);
	return t->rtcp_locked ? udp_addr_eq(from, &t->to.rtcp)
			      : udp_addr_same_host(from, &t->to.rtp);
}

static void take_rtcp(struct relay *r, struct leg *l, uint8_t *p, size_t n,
	const struct udp_addr *from, bool muxed)
{
	struct leg_rtp *t = &l->rtp;
	struct rtcp_compound c;

	if (!may_report(t, from, muxed) || !leg_srtp_open(r, l, true, p, &n) ||
		rtcp_parse(&c, p, n)) {
		l->stats.rx_bad++;
		return;
	}
	if (!muxed && !t->rtcp_locked) {
		t->to.rtcp = *from;
		t->rtcp_locked = true;
	}
	report_in(r, l, &c);
}

static void latch(struct leg_rtp *t, const struct udp_addr *from)
{
	/* the SDP's RTCP port stands for a host that is not the source's */
	if (!udp_addr_same_host(from, &t->to.rtp)) {
		t->to.rtcp = *from;
		udp_addr_set_port(&t->to.rtcp, (uint16_t)(udp_addr_port(from) + 1));
	}
	t->to.rtp = *from;
	t->locked = true;
}

/* Once: from then on nobody else is heard. */
static void believe(struct leg_rtp *t)
{
	t->to = t->told;
	t->rtcp_locked = false;
}

static bool may_be_heard(const struct leg_rtp *t, const struct udp_addr *from)
{
	if (!t->locked)
		return t->latches;
	return udp_addr_eq(from, &t->to.rtp) ||
		(t->latches && udp_addr_eq(from, &t->told.rtp));
}

static void take_rtp(
	struct relay *r, struct leg *l, uint8_t *p, size_t n, const struct udp_addr *from)
{
	struct leg_rtp *t = &l->rtp;
	struct rtp_packet pkt;

	if (!may_be_heard(t, from) || !leg_srtp_open(r, l, false, p, &n) ||
		rtp_parse(&pkt, p, n) || !pkt.payload.n || !leg_knows_pt(l, pkt.pt)) {
		l->stats.rx_bad++;
		return;
	}
	if (!t->locked)
		latch(t, from);
	else if (!udp_addr_eq(from, &t->to.rtp))
		believe(t);
	leg_up(r, l);
	leg_voice(r, l, &pkt, NULL);
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

void leg_rtp_packet(struct relay *r, struct leg *l, uint8_t *p, size_t n,
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
