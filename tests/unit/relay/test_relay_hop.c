/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* relay: whom a plain leg hears -- latching, locking, a session refresh, and a hop of two relays. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "inner.h"

#define HERE   "127.0.0.1"
#define SIZE   172 /* 20 ms */
#define PORTS  25000
#define HALVES 24000 /* of two relays more; no other program's range */

static int setup(void **state)
{
	return inner_open(state, PORTS);
}

static struct rp_leg_remote told(const char *addr, uint16_t port, uint8_t lock)
{
	struct rp_leg_remote m = { .port = port, .lock = lock };

	snprintf(m.addr, sizeof m.addr, "%s", addr);
	return m;
}

static void write_packet(uint8_t p[SIZE], uint16_t seq)
{
	memset(p, 0xD5, SIZE);
	rtp_write_header(p, false, 8, seq, seq * 160u, 77);
}

/* Was it taken as this leg's voice? */
static bool is_heard(struct inner *f, struct leg *l, const char *addr, uint16_t port)
{
	uint64_t rx = l->stats.rx, bad = l->stats.rx_bad;
	struct udp_addr from;
	uint8_t p[SIZE];

	write_packet(p, (uint16_t)(rx + 1));
	assert_int_equal(udp_addr_parse(&from, addr, port), 0);
	leg_rtp_packet(f->r, l, p, sizeof p, &from, false);
	assert_int_equal(l->stats.rx + l->stats.rx_bad, rx + bad + 1);
	return l->stats.rx > rx;
}

static bool reports(
	struct inner *f, struct leg *l, const char *addr, uint16_t port, bool muxed)
{
	const struct rtcp_write w = { .ssrc = 1, .cname = "x" };
	uint64_t bad = l->stats.rx_bad;
	uint8_t p[RTCP_MAX];
	struct udp_addr from;
	size_t n;

	assert_int_equal(rtcp_write(&w, p, sizeof p, &n), 0);
	assert_int_equal(udp_addr_parse(&from, addr, port), 0);
	leg_rtp_packet(f->r, l, p, n, &from, !muxed);
	return l->stats.rx_bad == bad;
}

/* One leg's life: who is told to it, who sends, where it then sends itself. */
static const struct {
	const char *what;
	enum { TOLD, LOCKED, SENDS, DROPPED } step;
	const char *addr;
	uint16_t port, target;
} life[] = {
	{ "the SDP", TOLD, "10.0.0.7", 4000, 4000 },
	{ "NAT: another address sends first", SENDS, HERE, 5000, 5000 },
	{ "a stranger", DROPPED, HERE, 5002, 5000 },
	{ "a session refresh: the same SDP", TOLD, "10.0.0.7", 4000, 5000 },
	{ "a stranger after it", DROPPED, HERE, 5002, 5000 },
	{ "the caller after it", SENDS, HERE, 5000, 5000 },
	{ "the SDP is put right", TOLD, HERE, 5000, 5000 },
	{ "a stranger after that", DROPPED, HERE, 5002, 5000 },
	{ "another port", TOLD, HERE, 6000, 6000 },
	{ "latches anew", SENDS, HERE, 6002, 6002 },
	{ "the first is a stranger", DROPPED, HERE, 5000, 6002 },
	{ "whom the SDP named is there after all", SENDS, HERE, 6000, 6000 },
	{ "who was first is a stranger", DROPPED, HERE, 6002, 6000 },
	{ "whom the SDP named goes on", SENDS, HERE, 6000, 6000 },
	{ "locked", LOCKED, HERE, 7000, 7000 },
	{ "a stranger before the first packet", DROPPED, HERE, 7002, 7000 },
	{ "the one before is a stranger", DROPPED, HERE, 6002, 7000 },
	{ "the same port of another host", DROPPED, "127.0.0.2", 7000, 7000 },
	{ "the right one", SENDS, HERE, 7000, 7000 },
	{ "a stranger after it", DROPPED, HERE, 7002, 7000 },
	{ "locked again", LOCKED, HERE, 7000, 7000 },
	{ "the right one again", SENDS, HERE, 7000, 7000 },
	{ "told the same without a lock", TOLD, HERE, 7000, 7000 },
	{ "a stranger", DROPPED, HERE, 7002, 7000 },
	{ "locked on nobody", LOCKED, "", 0, 0 },
	{ "nobody is heard", DROPPED, HERE, 7000, 0 },
	{ "told without a lock", TOLD, HERE, 8000, 8000 },
	{ "latches as ever", SENDS, HERE, 8002, 8002 },
	{ "locked on what was told", LOCKED, HERE, 8000, 8000 },
	{ "whom it latched on is a stranger", DROPPED, HERE, 8002, 8000 },
};

static void test_whom_a_leg_hears(void **state)
{
	struct inner *f = *state;
	struct leg *l = inner_rtp(f, 1);

	for (size_t i = 0; i < sizeof life / sizeof *life; i++) {
		struct rp_leg_remote m = told(
			life[i].addr, life[i].port, life[i].step == LOCKED);
		bool right;

		if (life[i].step == SENDS || life[i].step == DROPPED)
			right = is_heard(f, l, life[i].addr, life[i].port) ==
				(life[i].step == SENDS);
		else
			right = leg_rtp_remote(f->r, l, &m) == 0;
		if (!right || udp_addr_port(&l->rtp.to.rtp) != life[i].target)
			fail_msg("%s: sends to %u", life[i].what,
				udp_addr_port(&l->rtp.to.rtp));
	}
}

/* Made with a lock and no address: nobody can come before control has said who. */
static void test_made_locked(void **state)
{
	const struct rp_leg_rtp m = {
		.head = { .leg = 1 }, .codecs = { { SOUND_PCMA, 8 } }, .lock = 1
	};
	struct rp_leg_remote far = told(HERE, 7000, 1);
	struct inner *f = *state;
	struct leg *l = NULL;

	assert_int_equal(leg_rtp_new(f->r, &m, &l), 0);
	assert_false(is_heard(f, l, HERE, 7002));
	assert_false(is_heard(f, l, HERE, 7000));
	assert_false(leg_can_send(l));
	assert_int_equal(leg_rtp_remote(f->r, l, &far), 0);
	assert_true(leg_can_send(l)); /* at once */
	assert_false(is_heard(f, l, HERE, 7002));
	assert_false(l->is_up);
	assert_true(is_heard(f, l, HERE, 7000));
	assert_true(l->is_up);
}

static void test_reports_of_a_locked_leg(void **state)
{
	struct inner *f = *state;
	struct rp_leg_remote far = told(HERE, 7000, 1);
	struct leg *l = inner_rtp(f, 1);

	assert_int_equal(leg_rtp_remote(f->r, l, &far), 0);
	assert_false(reports(f, l, HERE, 7003, false));
	assert_true(reports(f, l, HERE, 7001, false));
	assert_false(reports(f, l, HERE, 7003, false));
	assert_false(reports(f, l, HERE, 7002, true)); /* on the voice's port */
	assert_true(reports(f, l, HERE, 7000, true));
	assert_int_equal(udp_addr_port(&l->rtp.to.rtcp), 7001);
}

static void test_what_is_refused(void **state)
{
	static const struct rp_leg_rtp made[] = {
		{ .codecs = { { SOUND_PCMA, 8 } }, .lock = 2 },
		{ .codecs = { { SOUND_PCMA, 8 } }, .local = 2 },
		{ .codecs = { { SOUND_PCMA, 8 } },
			.lock = 1,
			.addr = "0.0.0.0",
			.port = 4000 },
	};
	static const struct rp_leg_remote remotes[] = {
		{ .addr = HERE, .port = 4000, .lock = 2 },
		{ .addr = HERE, .port = 0, .lock = 1 },
		{ .addr = "0.0.0.0", .port = 4000, .lock = 1 },
		{ .addr = "::1", .port = 4000, .lock = 1 }, /* these sockets cannot */
	};
	struct inner *f = *state;
	struct leg *l;

	for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
		struct rp_leg_rtp m = made[i];

		m.head.leg = 2;
		assert_int_equal(leg_rtp_new(f->r, &m, &l), EINVAL);
		assert_null(leg_find(f->r, 2));
	}
	l = inner_rtp(f, 1);
	assert_true(is_heard(f, l, HERE, 5000));
	for (size_t i = 0; i < sizeof remotes / sizeof *remotes; i++) {
		assert_int_equal(leg_rtp_remote(f->r, l, &remotes[i]), EINVAL);
		assert_false(is_heard(f, l, HERE, 5002)); /* nothing changed */
	}
	assert_true(is_heard(f, l, HERE, 5000));
}

/* With the first valid packet, not with what was dropped before it, and once. */
static void test_up_is_the_first_packet(void **state)
{
	for (uint8_t lock = 0; lock < 2; lock++) {
		struct inner *f = *state;
		struct rp_leg_remote far = told(HERE, 7000, lock);
		struct leg *l = inner_rtp(f, 1);
		struct udp_addr from;
		uint8_t p[SIZE];
		union rp_any m;

		inner_control(f, 1 + lock);
		assert_int_equal(leg_rtp_remote(f->r, l, &far), 0);
		assert_int_equal(udp_addr_parse(&from, HERE, 7000), 0);
		write_packet(p, 1);
		p[1] = 9; /* not agreed */
		leg_rtp_packet(f->r, l, p, sizeof p, &from, false);
		leg_rtp_packet(f->r, l, p, 11, &from, false); /* cut */
		assert_int_equal(l->stats.rx_bad, 2);
		assert_false(l->is_up || inner_next_of(f, RP_EV_UP, &m));
		assert_true(is_heard(f, l, HERE, 7000));
		assert_true(inner_next_of(f, RP_EV_UP, &m));
		assert_int_equal(m.head.leg, 1);
		assert_true(is_heard(f, l, HERE, 7000));
		far.port = 7100; /* it moves: no second one */
		assert_int_equal(leg_rtp_remote(f->r, l, &far), 0);
		assert_true(is_heard(f, l, HERE, 7100));
		assert_false(inner_next_of(f, RP_EV_UP, &m));
		leg_close(f->r, l);
	}
}

/* A socket at an address of this machine; port 0: any, read back. */
static int open_end(const char *addr, uint16_t *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t n = sizeof at;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0 && inet_pton(AF_INET, addr, &at.sin_addr) == 1);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

static void send_to(int fd, const struct leg *l, uint16_t seq)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(l->ok.port) };
	uint8_t p[SIZE];

	write_packet(p, seq);
	assert_int_equal(inet_pton(AF_INET, l->ok.addr, &to.sin_addr), 1);
	assert_int_equal(sendto(fd, p, SIZE, 0, (struct sockaddr *)&to, sizeof to), SIZE);
}

static struct relay *new_relay(const char *addr, uint16_t low)
{
	const struct relay_options opt = { .media_address = addr,
		.rtp_low = low,
		.rtp_high = (uint16_t)(low + 99),
		.linger_s = -1 };
	struct relay *r = NULL;

	assert_int_equal(relay_new(&r, &opt), 0);
	return r;
}

/* The legs of one relay: a party's, and the hop's that is joined with it. */
struct half {
	struct relay *r;
	struct leg *party, *hop;
	int end; /* the party's socket */
};

static void make_half(struct half *h, const char *addr, uint16_t low)
{
	struct rp_leg_rtp m = { .head = { .leg = 1 }, .codecs = { { SOUND_PCMA, 8 } } };
	uint16_t port;

	h->r = new_relay(addr, low);
	h->end = open_end(HERE, &port);
	snprintf(m.addr, sizeof m.addr, HERE);
	m.port = port;
	assert_int_equal(leg_rtp_new(h->r, &m, &h->party), 0);
	m = (struct rp_leg_rtp){ .head = { .leg = 2 },
		.codecs = { { SOUND_PCMA, 8 } },
		.local = 1,
		.lock = 1 };
	assert_int_equal(leg_rtp_new(h->r, &m, &h->hop), 0);
	assert_string_equal(h->party->ok.addr, addr);
	assert_string_equal(h->hop->ok.addr, HERE);
}

static void point_half(struct half *h, const struct half *at)
{
	struct rp_leg_remote m = told(at->hop->ok.addr, at->hop->ok.port, 1);

	assert_int_equal(leg_rtp_remote(h->r, h->hop, &m), 0);
	assert_int_equal(leg_join(h->r, h->party, h->hop), 0);
}

static void free_half(struct half *h)
{
	relay_free(h->r);
	close(h->end);
}

/* Loopback delivers before send returns; the turns are the relays' own. */
static void turn_both(struct half h[2])
{
	for (int i = 0; i < 4; i++)
		relay_turn(h[i % 2].r, 0);
}

static void test_a_hop_of_two_relays(void **state)
{
	struct half h[2] = { { .end = -1 }, { .end = -1 } };
	uint8_t p[UDP_PACKET_MAX];
	uint16_t port;
	int evil = open_end(HERE, &port);

	make_half(&h[0], "127.0.0.2", HALVES);
	make_half(&h[1], "127.0.0.3", HALVES + 200);
	send_to(evil, h[1].hop, 1); /* before it is pointed anywhere */
	turn_both(h);
	for (int i = 0; i < 2; i++)
		point_half(&h[i], &h[!i]);
	send_to(evil, h[1].hop, 2); /* before the first packet */
	turn_both(h);
	for (uint16_t seq = 1; seq <= 5; seq++) {
		send_to(h[0].end, h[0].party, seq);
		send_to(h[1].end, h[1].party, seq);
		send_to(evil, h[1].hop, (uint16_t)(2 + seq));
		turn_both(h);
	}
	for (int i = 0; i < 2; i++) {
		assert_int_equal(h[i].hop->stats.rx, 5);
		assert_int_equal(h[i].hop->stats.rx_forwarded, 5);
		for (int k = 0; k < 5; k++)
			assert_int_equal(recv(h[i].end, p, sizeof p, MSG_DONTWAIT), SIZE);
		assert_true(recv(h[i].end, p, sizeof p, MSG_DONTWAIT) < 0);
	}
	assert_int_equal(h[0].hop->stats.rx_bad, 0);
	assert_int_equal(h[1].hop->stats.rx_bad, 7);
	assert_true(recv(evil, p, sizeof p, MSG_DONTWAIT) < 0);
	free_half(&h[0]);
	free_half(&h[1]);
	close(evil);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_whom_a_leg_hears, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(test_made_locked, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_reports_of_a_locked_leg, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_what_is_refused, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_up_is_the_first_packet, setup, inner_teardown),
		cmocka_unit_test(test_a_hop_of_two_relays),
	};

	return cmocka_run_group_tests_name("relay_hop", tests, NULL, NULL);
}
