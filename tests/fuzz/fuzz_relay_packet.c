/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * fuzz: packets into the relay.  The bytes are a script: each record says where a packet enters (the lines'
 * port as it is, sealed by the line's keys, a checked STUN request, an RTP leg's two ports), from which
 * port, and what it holds.  A line is joined with an RTP leg; a third leg stands beside them, and whatever
 * comes, nothing is ever sent to it.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "relay/leg.h"
#include "wire/stun.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PACKETS 64 /* per script */

enum where { RAW, SEALED_RTP, SEALED_RTCP, CHECK, RTP_PORT, RTCP_PORT, TICK, WHERES };

struct fixture {
	struct relay *r;
	struct srtp_session *browser; /* what the browser would seal with */
	struct leg *line, *caller, *aside;
};

static void open_relay(struct fixture *f)
{
	const struct relay_options opt = { .media_address = "127.0.0.1",
		.rtp_low = 25000,
		.rtp_high = 25999,
		.linger_s = -1 };

	log_init("fuzz", LOG_LEVEL_NONE);
	if (relay_new(&f->r, &opt))
		abort();
	/* nothing goes out for real: packets to a closed socket vanish */
	udp_sock_close(&f->r->udp, &f->r->line);
}

static void open_legs(struct fixture *f)
{
	static const uint8_t key[SRTP_KEY_SIZE] = "fuzz", salt[SRTP_SALT_SIZE] = "line";
	const struct rp_leg_web web = {
		.head = { .leg = 1 }, .ufrag = "abcd", .pwd = "x", .codecs = { { SOUND_PCMA, 8 } }, .dtmf_pt = 101
	};
	struct rp_leg_rtp rtp = { .head = { .leg = 2 }, .codecs = { { SOUND_PCMA, 8 } }, .dtmf_pt = 96 };

	if (leg_web_new(f->r, &web, &f->line) || leg_rtp_new(f->r, &rtp, &f->caller))
		abort();
	rtp.head.leg = 3;
	if (leg_rtp_new(f->r, &rtp, &f->aside) ||
		srtp_session_new(&f->line->web.rx, key, salt) ||
		srtp_session_new(&f->line->web.tx, salt, salt) ||
		srtp_session_new(&f->browser, key, salt))
		abort();
	udp_sock_close(&f->r->udp, &f->caller->rtp.rtp);
	udp_sock_close(&f->r->udp, &f->caller->rtp.rtcp);
	leg_up(f->r, f->line);
	f->line->web.checked_us = f->r->now_us;
	(void)leg_join(f->r, f->line, f->caller);
}

static size_t make_check(const struct fixture *f, uint8_t *p, size_t cap)
{
	struct stunmsg_check_request q = { .priority = 1, .use_candidate = true };
	char user[64];
	size_t n = 0;

	snprintf(user, sizeof user, "%s:abcd", f->line->ok.ufrag);
	q.username = user;
	(void)stunmsg_write_check(p, cap, &n, &q, slice_str(f->line->ok.pwd));
	return n;
}

static void enter(
	struct fixture *f, enum where where, uint8_t port, const uint8_t *data, size_t n)
{
	uint8_t p[UDP_PACKET_MAX];
	struct udp_addr from;

	if (!f->line->id) /* the script waited too long */
		return;
	(void)udp_addr_parse(&from, "127.0.0.1", (uint16_t)(40000 + port % 8));
	memcpy(p, data, n);
	if (where == SEALED_RTP && srtp_protect(f->browser, p, &n, sizeof p))
		return;
	if (where == SEALED_RTCP && srtcp_protect(f->browser, p, &n, sizeof p))
		return;
	if (where == CHECK)
		n = make_check(f, p, sizeof p);
	if (where == TICK) {
		f->r->now_us += port *
			INT64_C(100000); /* up to 25 s: reports, silence, consent */
		relay_tick(f->r);
	}
	if (where == RTP_PORT || where == RTCP_PORT)
		leg_rtp_packet(f->r, f->caller, p, n, &from, where == RTCP_PORT);
	else if (where != TICK)
		line_packet(f->r, p, n, &from);
}

static void check_leg(const struct leg *l)
{
	assert(l->stats.rx == l->stats.rx_forwarded + l->stats.rx_discarded);
	assert(l->stats.rx_discarded_sound <= l->stats.rx_discarded);
}

static void close_legs(struct fixture *f)
{
	check_leg(f->line);
	check_leg(f->caller);
	assert(f->aside->stats.tx == 0); /* nobody's voice went astray */
	list_each_safe(it, &f->r->used_legs)
		leg_close(f->r, list_entry(it, struct leg, node));
	assert(f->r->by_addr.n == 0 && f->r->by_ssrc.n == 0 && f->r->timers.n == 0);
	srtp_session_free(f->browser);
	f->r->now_us += PORTS_REST_US;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fixture f; /* the relay is made once: it costs more than a script */

	if (!f.r)
		open_relay(&f);
	open_legs(&f);
	for (int i = 0; i < PACKETS && size >= 3; i++) {
		size_t n = data[2] < size - 3 ? data[2] : size - 3;

		enter(&f, (enum where)(data[0] % WHERES), data[1], data + 3, n);
		data += 3 + n;
		size -= 3 + n;
		f.r->now_us += 20000;
	}
	close_legs(&f);
	return 0;
}
