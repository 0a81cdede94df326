/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* relay: what takes a minute in life, with the relay in this process and a clock that the test sets. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "inner.h"

#define MANY 300 /* lines: more than fit into a socket's buffer as snapshots */

static void test_handshake_limit(void **state)
{
	struct inner *f = *state;
	union rp_any m;

	inner_control(f, 1);
	struct leg *l = inner_web(f, 9);
	int64_t t0 = l->made_us;

	inner_check(f, l, 4000);
	inner_at(f, t0 + 30 * SECOND);
	assert_int_equal(l->id, 9);
	inner_at(f, t0 + 30 * SECOND + 1);
	assert_int_equal(l->id, 0);
	assert_null(leg_find(f->r, 9));
	assert_true(inner_next_of(f, RP_EV_DOWN, &m));
	assert_int_equal(m.head.leg, 9);
	assert_int_equal(m.head.err, ETIMEDOUT);
}

static void test_consent_ends(void **state)
{
	struct inner *f = *state;
	union rp_any m;

	inner_control(f, 1);
	struct leg *l = inner_web(f, 9);
	int64_t t0 = f->r->now_us;

	inner_check(f, l, 4000);
	leg_up(f->r, l); /* as if DTLS were done */
	f->r->now_us = t0 + 20 * SECOND;
	inner_check(f, l, 4000);
	inner_at(f, t0 + 50 * SECOND); /* RFC 7675: 30 s after the last check */
	assert_int_equal(l->id, 9);
	inner_at(f, t0 + 50 * SECOND + 1);
	assert_int_equal(l->id, 0);
	assert_true(inner_next_of(f, RP_EV_DOWN, &m));
	assert_int_equal(m.head.err, ETIMEDOUT);
}

static void test_paths_are_bounded(void **state)
{
	struct inner *f = *state;
	struct leg *l = inner_web(f, 9), *other = inner_web(f, 10);
	struct udp_addr a;

	for (uint16_t port = 4000; port < 4100; port++) {
		f->r->now_us++;
		inner_check(f, l, port);
	}
	assert_int_equal(f->r->by_addr.n, LEG_PATHS_MAX);
	assert_int_equal(udp_addr_port(&l->web.active->addr), 4000); /* being used */
	assert_int_equal(udp_addr_parse(&a, "127.0.0.1", 4099), 0);
	assert_ptr_equal(web_path_find(f->r, &a)->leg, l);
	inner_check(f, other, 4099); /* a NAT gave the port to another */
	assert_ptr_equal(web_path_find(f->r, &a)->leg, other);
	leg_close(f->r, l);
	leg_close(f->r, other);
	assert_int_equal(f->r->by_addr.n, 0);
	assert_int_equal(f->r->by_ufrag.n, 0);
	assert_int_equal(f->r->n_legs, 0);
}

/* Two interfaces at once: the newest voice decides, a late packet does not. */
static void test_voice_moves_the_path(void **state)
{
	static const struct {
		uint16_t seq, port, active;
	} steps[] = {
		{ 10, 4000, 4000 }, { 12, 4001, 4001 }, { 11, 4000, 4001 }, /* late */
		{ 13, 4001, 4001 }, { 14, 4000, 4000 }, /* back */
		{ 15, 4002, 4002 }, /* from where no check came */
	};
	struct inner *f = *state;
	struct leg *l = inner_web(f, 9);

	inner_check(f, l, 4000);
	inner_check(f, l, 4001);
	struct srtp_session *browser = inner_up(f, l);

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		inner_voice(f, browser, steps[i].seq, steps[i].port);
		assert_int_equal(udp_addr_port(&l->web.active->addr), steps[i].active);
	}
	assert_int_equal(l->stats.rx, 6);
	assert_int_equal(f->r->counters.moved, 1);
	srtp_session_free(browser);
}

static void test_dtls_needs_a_check(void **state)
{
	struct inner *f = *state;
	struct leg *l = inner_web(f, 9);
	uint8_t hello[100] = { 22, 0xFE, 0xFF };
	struct udp_addr from;

	assert_int_equal(udp_addr_parse(&from, "127.0.0.1", 4000), 0);
	line_packet(f->r, hello, sizeof hello, &from);
	assert_int_equal(f->r->counters.stray, 1);
	/* an address that only voice told of is no better */
	struct web_path *path = web_path_add(f->r, l, &from);

	assert_non_null(path);
	line_packet(f->r, hello, sizeof hello, &from);
	assert_int_equal(f->r->counters.stray, 2);
	inner_check(f, l, 4000);
	line_packet(f->r, hello, sizeof hello, &from);
	assert_int_equal(f->r->counters.stray, 2);
	assert_int_equal(f->r->counters.stun_ok, 1);
}

static void test_unclaimed_legs_end(void **state)
{
	struct inner *f = *state;
	struct rp_head claim = {
		.version = RP_VERSION, .type = RP_CLAIM, .epoch = 2, .leg = 1, .seq = 2
	};
	union rp_any m;

	inner_control(f, 1);
	inner_rtp(f, 1);
	inner_rtp(f, 2);
	inner_control(f, 2);
	inner_rtp(f, 3); /* made by the new one */
	assert_int_equal(send(f->fd, &claim, sizeof claim, 0), sizeof claim);
	relay_turn(f->r, 0);
	inner_at(f, f->r->claim_at_us - 1);
	assert_int_equal(f->r->n_legs, 3);
	inner_at(f, f->r->claim_at_us);
	assert_int_equal(f->r->n_legs, 2);
	assert_null(leg_find(f->r, 2));
	assert_true(inner_next_of(f, RP_EV_DOWN, &m));
	assert_int_equal(m.head.leg, 2);
	/* nobody returns: all end */
	close(f->fd);
	f->fd = 0;
	relay_turn(f->r, 0);
	assert_false(control_is_led(f->r));
	int64_t kept = leg_find(f->r, 1)->kept_us;

	inner_at(f, kept + RP_CLAIM_S * SECOND - SECOND);
	assert_int_equal(f->r->n_legs, 2);
	inner_at(f, kept + RP_CLAIM_S * SECOND);
	assert_int_equal(f->r->n_legs, 0);
}

static void test_a_control_that_does_not_listen(void **state)
{
	struct inner *f = *state;
	int told = 0;

	inner_control(f, 1);
	struct leg *l = inner_rtp(f, 1);

	while (control_is_led(f->r) && told < 100000) {
		control_event(f->r, l, RP_EV_HEARD, 0);
		told++;
	}
	assert_true(told > CONTROL_QUEUE_MAX); /* as many wait, then it is closed */
	assert_true(told < CONTROL_QUEUE_MAX + 2000);
	assert_int_equal(f->r->n_legs, 1);
	inner_control(f, 1); /* the same control returns: its legs are its own */
	inner_at(f, f->r->claim_at_us);
	assert_int_equal(f->r->n_legs, 1);
}

static void test_large_snapshot(void **state)
{
	struct inner *f = *state;
	struct rp_head h = {
		.version = RP_VERSION, .type = RP_SNAPSHOT, .epoch = 1, .seq = 7
	};
	union rp_any m;
	size_t n = 0, last = 0;

	inner_control(f, 1);
	assert_true(inner_next(f, &m)); /* RP_HELLO_OK */
	for (uint64_t i = 1; i <= MANY; i++) {
		struct leg *l = inner_rtp(f, i);

		l->blob_len = RP_BLOB_MAX;
		memset(l->blob, (int)i, sizeof l->blob);
	}
	assert_int_equal(send(f->fd, &h, sizeof h, 0), sizeof h);
	h.type = RP_STATS; /* waits for its turn behind the snapshot */
	h.leg = 1;
	h.seq = 8;
	assert_int_equal(send(f->fd, &h, sizeof h, 0), sizeof h);
	for (int turn = 0; turn < 10000 && last != RP_STATS_OK; turn++) {
		relay_turn(f->r, 0);
		while (inner_next(f, &m)) {
			if (m.head.type == RP_LEG_STATE) {
				n++;
				assert_int_equal(m.leg_state.blob[RP_BLOB_MAX - 1],
					(uint8_t)m.head.leg);
			} else if (m.head.type == RP_STATS_OK) {
				assert_int_equal(last, RP_SNAPSHOT_END);
			}
			last = m.head.type;
		}
	}
	assert_int_equal(n, MANY);
	assert_int_equal(last, RP_STATS_OK);
}

static void test_silence_by_the_clock(void **state)
{
	struct inner *f = *state;
	uint8_t p[172] = { 0x80, 8 };
	struct udp_addr from;
	union rp_any m;

	inner_control(f, 1);
	struct leg *l = inner_rtp(f, 1);
	int64_t t0 = f->r->now_us;

	assert_int_equal(udp_addr_parse(&from, "127.0.0.1", 4000), 0);
	inner_at(f, t0 + 5 * SECOND);
	assert_false(inner_next_of(f, RP_EV_SILENT, &m)); /* it never spoke */
	leg_rtp_packet(f->r, l, p, sizeof p, &from, false);
	inner_at(f, t0 + 6 * SECOND - 1);
	assert_false(inner_next_of(f, RP_EV_SILENT, &m));
	inner_at(f, t0 + 6 * SECOND);
	assert_true(inner_next_of(f, RP_EV_SILENT, &m));
	inner_at(f, t0 + 9 * SECOND);
	assert_false(inner_next_of(f, RP_EV_SILENT, &m)); /* told once */
	p[3]++;
	leg_rtp_packet(f->r, l, p, sizeof p, &from, false);
	assert_true(inner_next_of(f, RP_EV_HEARD, &m));
}

/* Reports come from the voice's host, and from one port of it. */
static void test_reports_latch(void **state)
{
	static const struct {
		const char *host;
		uint16_t port;
		bool good;
	} steps[] = {
		{ "127.0.0.2", 4001, false },
		{ "127.0.0.1", 4555, true },
		{ "127.0.0.1", 4777, false },
		{ "127.0.0.1", 4555, true },
	};
	const struct rtcp_write w = { .ssrc = 1, .cname = "x" };
	struct inner *f = *state;
	struct leg *l = inner_rtp(f, 1);
	uint8_t p[RTCP_MAX] = { 0x80, 8 };
	struct udp_addr from;
	uint64_t bad = 0;
	size_t n;

	assert_int_equal(udp_addr_parse(&from, "127.0.0.1", 4000), 0);
	leg_rtp_packet(f->r, l, p, 172, &from, false);
	assert_true(l->rtp.locked);
	assert_int_equal(udp_addr_port(&l->rtp.to.rtcp), 4001); /* until one is heard */
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		assert_int_equal(rtcp_write(&w, p, sizeof p, &n), 0);
		assert_int_equal(udp_addr_parse(&from, steps[i].host, steps[i].port), 0);
		leg_rtp_packet(f->r, l, p, n, &from, true);
		bad += !steps[i].good;
		assert_int_equal(l->stats.rx_bad, bad);
	}
	assert_int_equal(udp_addr_port(&l->rtp.to.rtcp), 4555);
}

static void test_addresses(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} cases[] = {
		{ "127.0.0.1", "127.0.0.1", true },
		{ "127.0.0.1", "127.0.0.2", false },
		{ "::1", "::1", true },
		{ "2001:db8::1", "2001:db8::2", false },
		{ "2001:db8::1", "2001:db9::1", false },
		{ "0.0.0.1", "::1", false },
	};
	struct udp_addr a, b;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(udp_addr_parse(&a, cases[i].a, 4000), 0);
		assert_int_equal(udp_addr_parse(&b, cases[i].b, 4000), 0);
		assert_int_equal(udp_addr_eq(&a, &b), cases[i].same);
		assert_int_equal(
			udp_addr_key(&a, 7) == udp_addr_key(&b, 7), cases[i].same);
		udp_addr_set_port(&b, 4001);
		assert_false(udp_addr_eq(&a, &b));
		assert_int_not_equal(udp_addr_key(&a, 7), udp_addr_key(&b, 7));
		assert_int_equal(udp_addr_same_host(&a, &b), cases[i].same);
	}
	assert_int_equal(udp_addr_parse(&a, "localhost", 1), EINVAL);
	assert_int_equal(udp_addr_parse(&a, "", 1), EINVAL);
	assert_int_equal(udp_addr_parse(&a, "::", 1), 0);
	assert_true(udp_addr_is_any(&a));
}

/* Everything once more over IPv6, where the machine has it. */
static void test_ipv6(void **state)
{
	const struct relay_options opt = { .media_address = "::1",
		.rtp_low = 22000,
		.rtp_high = 22999,
		.linger_s = -1 };
	const struct rp_leg_rtp m = { .head = { .leg = 1 },
		.codecs = { { SOUND_PCMA, 8 } } };
	const struct rp_leg_rtp hop = { .head = { .leg = 2 },
		.addr = "127.0.0.1",
		.port = 4000,
		.codecs = { { SOUND_PCMA, 8 } },
		.local = 1,
		.lock = 1 };
	uint8_t p[172] = { 0x80, 8 };
	struct relay *r = NULL;
	struct udp_addr from;
	struct leg *l;
	int err = relay_new(&r, &opt);

	if (err == EADDRNOTAVAIL || err == EAFNOSUPPORT)
		skip();
	assert_int_equal(err, 0);
	assert_int_equal(leg_rtp_new(r, &m, &l), 0);
	assert_string_equal(l->ok.addr, "::1");
	assert_int_equal(udp_addr_parse(&from, "::1", 4000), 0);
	leg_rtp_packet(r, l, p, sizeof p, &from, false);
	assert_true(l->rtp.locked && l->stats.rx == 1);
	/* within the machine a hop speaks IPv4, whatever the media address is */
	assert_int_equal(leg_rtp_new(r, &hop, &l), 0);
	assert_string_equal(l->ok.addr, "127.0.0.1");
	assert_true(leg_can_send(l));
	relay_free(r);
}

static void test_memory_stays_here(void **state)
{
	struct rlimit lim;

	assert_int_equal(process_prepare(), 0);
	assert_int_equal(prctl(PR_GET_DUMPABLE), 0);
	assert_int_equal(getrlimit(RLIMIT_CORE, &lim), 0);
	assert_int_equal(lim.rlim_max, 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &lim), 0);
	assert_int_equal(lim.rlim_cur, lim.rlim_max);
	assert_int_equal(prctl(PR_SET_DUMPABLE, 1), 0); /* the test may be looked at */
}

static void test_pool_is_bounded(void **state)
{
	struct inner *f = *state;
	const struct rp_leg_web m = { .head = { .leg = 1 + RP_LEGS_MAX },
		.ufrag = "abcd",
		.pwd = "s",
		.codecs = { { SOUND_PCMA, 8 } } };
	struct rp_leg_rtp r = { .codecs = { { SOUND_PCMA, 8 } } };
	struct leg *l;
	int err = 0;

	/* the ports end first */
	for (r.head.leg = 1; r.head.leg < RP_LEGS_MAX && !err; r.head.leg++)
		err = leg_rtp_new(f->r, &r, &l);
	assert_int_equal(err, EADDRNOTAVAIL);
	assert_true(f->r->n_legs > 400);
	size_t n = f->r->n_legs;

	assert_int_equal(leg_web_new(f->r, &m, &l), 0); /* a line needs none */
	assert_int_equal(f->r->n_legs, n + 1);
}

static void press(struct inner *f, struct leg *l, uint32_t ts)
{
	uint8_t p[RTP_HEADER + 4] = { 0 };
	struct udp_addr from;

	rtp_write_header(p, true, 101, (uint16_t)(l->source.max_seq + 1), ts, 5);
	p[RTP_HEADER] = 3;
	assert_int_equal(udp_addr_parse(&from, "127.0.0.1", 4000), 0);
	leg_rtp_packet(f->r, l, p, sizeof p, &from, false);
}

static size_t digits(struct inner *f)
{
	union rp_any m;
	size_t n = 0;

	while (inner_next_of(f, RP_EV_DIGIT, &m))
		n += m.digit.digit == 3;
	return n;
}

/* More keys than fingers press do not become control's. */
static void test_keys_are_bounded(void **state)
{
	struct inner *f = *state;

	inner_control(f, 1);
	struct leg *l = inner_rtp(f, 9);

	l->dtmf_pt = 101;
	for (uint32_t i = 1; i <= 100; i++)
		press(f, l, i * 400);
	assert_int_equal(digits(f), LEG_DIGITS_MAX);
	inner_at(f, f->r->now_us + RELAY_TICK_US);
	for (uint32_t i = 101; i <= 200; i++)
		press(f, l, i * 400);
	assert_int_equal(digits(f), 1);
}

/* A caller's browser presses keys as a telephone does (RFC 4733); each is told once, and none while it talks. */
static void test_keys_of_a_browser(void **state)
{
	static const uint8_t key[] = { 3, 10, 0, 160 };
	struct inner *f = *state;
	uint8_t p[UDP_PACKET_MAX];

	inner_control(f, 1);
	struct leg *l = inner_web(f, 9), *other = inner_rtp(f, 10);

	l->dtmf_pt = 126;
	inner_check(f, l, 5000);
	struct srtp_session *browser = inner_up(f, l);

	for (uint16_t seq = 1; seq <= 9; seq++) {
		size_t n = RTP_HEADER + sizeof key;

		if (seq == 7)
			assert_int_equal(leg_join(f->r, l, other), 0);
		rtp_write_header(p, false, 126, seq, (seq - 1u) / 3 * 4000, INNER_SSRC);
		memcpy(p + RTP_HEADER, key, sizeof key);
		assert_int_equal(srtp_protect(browser, p, &n, sizeof p), 0);
		inner_arrives(f, p, n, 5000);
	}
	assert_int_equal(l->stats.rx, 9);
	assert_int_equal(digits(f), 2);
	srtp_session_free(browser);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_handshake_limit, inner_setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_consent_ends, inner_setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_paths_are_bounded, inner_setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_voice_moves_the_path, inner_setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_dtls_needs_a_check, inner_setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_unclaimed_legs_end, inner_setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_a_control_that_does_not_listen, inner_setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_large_snapshot, inner_setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_silence_by_the_clock, inner_setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_reports_latch, inner_setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_keys_are_bounded, inner_setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_keys_of_a_browser, inner_setup, inner_teardown),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_memory_stays_here),
		cmocka_unit_test_setup_teardown(
			test_pool_is_bounded, inner_setup, inner_teardown),
	};

	return cmocka_run_group_tests_name("relay_inner", tests, NULL, NULL);
}
