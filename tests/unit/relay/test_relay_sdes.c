/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* relay: an RTP leg with keys of SDES; what is heard of it, what it sends, and what a re-INVITE changes. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/slice.h"
#include "inner.h"

#define N_OF(a) (sizeof(a) / sizeof *(a))
#define HERE    "127.0.0.1"
#define SSRC    0x51u
#define FRAME   160
#define PORT    5000 /* of the far side, as the relay sees it */

/* What a telephone does; two of them for a change of key. */
struct far {
	struct rp_srtp keys; /* as control tells them */
	struct srtp_session *tx, *rx;
};

static int setup(void **state)
{
	return inner_open(state, 29000);
}

static struct rp_srtp keys_of(enum srtp_suite suite, uint8_t first, uint8_t mki_size)
{
	struct rp_srtp k = { .suite = (uint8_t)suite, .mki_size = mki_size };

	memset(k.rx_key, first, sizeof k.rx_key);
	memset(k.tx_key, first + 1, sizeof k.tx_key);
	memset(k.rx_salt, first + 2, srtp_salt_size(suite));
	memset(k.tx_salt, first + 3, srtp_salt_size(suite));
	memset(k.mki, 0xAB, mki_size);
	return k;
}

static void far_open(struct far *far, const struct rp_srtp *k)
{
	far->keys = *k;
	assert_int_equal(srtp_session_new(&far->tx, k->suite, k->rx_key, k->rx_salt), 0);
	assert_int_equal(srtp_session_new(&far->rx, k->suite, k->tx_key, k->tx_salt), 0);
	assert_int_equal(srtp_session_mki(far->tx, k->mki, k->mki_size), 0);
	assert_int_equal(srtp_session_mki(far->rx, k->mki, k->mki_size), 0);
}

static void far_close(struct far *far)
{
	srtp_session_free(far->tx);
	srtp_session_free(far->rx);
}

static struct leg *leg_with(struct inner *f, uint64_t id, const struct rp_srtp *k)
{
	const struct rp_leg_rtp m = {
		.head = { .leg = id }, .codecs = { { SOUND_PCMA, 8 } }, .srtp = *k
	};
	struct leg *l = NULL;

	assert_int_equal(leg_rtp_new(f->r, &m, &l), 0);
	return l;
}

static void arrives(
	struct inner *f, struct leg *l, uint8_t *p, size_t n, uint16_t port, bool rtcp)
{
	struct udp_addr from;

	assert_int_equal(udp_addr_parse(&from, HERE, port), 0);
	leg_rtp_packet(f->r, l, p, n, &from, rtcp);
}

static size_t sealed(const struct far *far, uint32_t ssrc, uint16_t seq, uint8_t *p)
{
	size_t n = RTP_HEADER + FRAME;

	memset(p, 0xD5, n);
	rtp_write_header(p, false, 8, seq, seq * FRAME, ssrc);
	assert_int_equal(srtp_protect(far->tx, p, &n, UDP_PACKET_MAX), 0);
	return n;
}

static bool hears(struct inner *f, struct leg *l, uint8_t *p, size_t n, uint16_t port)
{
	uint64_t rx = l->stats.rx, bad = l->stats.rx_bad;

	arrives(f, l, p, n, port, false);
	assert_int_equal(l->stats.rx + l->stats.rx_bad, rx + bad + 1);
	return l->stats.rx > rx;
}

static bool speaks(struct inner *f, struct leg *l, const struct far *far, uint16_t seq)
{
	uint8_t p[UDP_PACKET_MAX];
	size_t n = sealed(far, SSRC, seq, p);

	return hears(f, l, p, n, PORT);
}

static bool speaks_plainly(struct inner *f, struct leg *l, uint16_t seq)
{
	uint8_t p[UDP_PACKET_MAX] = { 0 };

	rtp_write_header(p, false, 8, seq, seq * FRAME, SSRC);
	return hears(f, l, p, RTP_HEADER + FRAME, PORT);
}

static int tell(struct inner *f, struct leg *l, uint16_t port, const struct rp_srtp *k)
{
	struct rp_leg_remote m = { .addr = HERE, .port = port };

	if (k)
		m.srtp = *k;
	return leg_rtp_remote(f->r, l, &m);
}

/* Where the far side listens; both its ports, one after the other. */
static int listener(uint16_t *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval patience = { .tv_sec = 20 };
	socklen_t n = sizeof at;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	*port = ntohs(at.sin_port);
	return fd;
}

static size_t receive(struct inner *f, int fd, uint8_t p[UDP_PACKET_MAX])
{
	udp_flush(&f->r->udp);

	ssize_t n = recv(fd, p, UDP_PACKET_MAX, 0);

	assert_true(n > 0);
	return (size_t)n;
}

/* Every suite, with and without an MKI: heard, sent, reported. */
static void test_both_ways(void **state)
{
	static const struct {
		enum srtp_suite suite;
		uint8_t mki;
	} cases[] = { { SRTP_AES_CM_80, 0 }, { SRTP_AES_CM_32, 0 }, { SRTP_GCM, 0 },
		{ SRTP_AES_CM_80, 4 }, { SRTP_GCM, RP_MKI_MAX } };
	struct inner *f = *state;

	for (size_t i = 0; i < N_OF(cases); i++) {
		struct rp_srtp k = keys_of(cases[i].suite, 1, cases[i].mki);
		struct leg *l = leg_with(f, 1, &k), *other = inner_rtp(f, 2);
		struct far far;
		uint8_t p[UDP_PACKET_MAX];
		uint16_t port;
		int fd = listener(&port);
		size_t n;

		print_message("# suite %d, MKI of %d\n", cases[i].suite, cases[i].mki);
		far_open(&far, &k);
		assert_int_equal(tell(f, l, port, &k), 0);
		assert_int_equal(leg_join(f->r, l, other), 0);
		n = sealed(&far, SSRC, 7, p);
		assert_true(hears(f, l, p, n, port));
		assert_true(l->rtp.locked);
		inner_speaks(f, other, 6000);
		n = receive(f, fd, p);
		assert_true(n > RTP_HEADER + FRAME);
		assert_int_equal(srtp_unprotect(far.rx, p, &n), 0);
		assert_int_equal(n, RTP_HEADER + FRAME);
		assert_int_equal(be32_get(p + 8), l->tx.ssrc);
		leg_close(f->r, l); /* its BYE goes to the next port */
		leg_close(f->r, other);
		udp_flush(&f->r->udp);
		far_close(&far);
		close(fd);
	}
}

/* Nobody without the keys makes it latch, or is heard after it has. */
static void test_plain_is_not_heard(void **state)
{
	struct inner *f = *state;
	struct rp_srtp k = keys_of(SRTP_GCM, 1, 0), wrong = keys_of(SRTP_GCM, 9, 0);
	struct leg *l = leg_with(f, 1, &k);
	struct far far, stranger;

	far_open(&far, &k);
	far_open(&stranger, &wrong);
	assert_false(speaks_plainly(f, l, 1));
	assert_false(speaks(f, l, &stranger, 2));
	assert_false(l->rtp.locked || l->is_up);
	assert_true(speaks(f, l, &far, 3));
	assert_true(l->rtp.locked && l->is_up);
	assert_false(speaks_plainly(f, l, 4));
	assert_false(speaks(f, l, &stranger, 5));
	assert_int_equal(l->stats.rx_bad, 4);
	far_close(&far);
	far_close(&stranger);
}

static void test_reports_are_sealed(void **state)
{
	struct inner *f = *state;
	struct rp_srtp k = keys_of(SRTP_AES_CM_80, 1, 2);
	struct leg *l = leg_with(f, 1, &k);
	struct rtcp_report b = { .ssrc = l->tx.ssrc, .lost = 3 };
	struct rtcp_write w = {
		.ssrc = SSRC, .reports = &b, .n_reports = 1, .cname = "x"
	};
	struct far far;
	uint8_t p[UDP_PACKET_MAX];
	struct rtcp_compound c;
	uint16_t port;
	int fd = listener(&port);
	size_t n;

	far_open(&far, &k);
	assert_true(speaks(f, l, &far, 1));
	for (int is_sealed = 0; is_sealed < 2; is_sealed++) {
		assert_int_equal(rtcp_write(&w, p, RTCP_MAX, &n), 0);
		if (is_sealed)
			assert_int_equal(srtcp_protect(far.tx, p, &n, sizeof p), 0);
		arrives(f, l, p, n, PORT + 1, true);
		assert_int_equal(l->stats.rx_bad, 1);
		assert_int_equal(l->stats.remote_lost, is_sealed ? 3 : 0);
	}
	assert_int_equal(udp_addr_parse(&l->rtp.to.rtcp, HERE, port), 0);
	report_bye(f->r, l);
	n = receive(f, fd, p);
	assert_int_equal(srtcp_unprotect(far.rx, p, &n), 0);
	assert_int_equal(rtcp_parse(&c, p, n), 0);
	assert_int_equal(c.ssrc, l->tx.ssrc);
	far_close(&far);
	close(fd);
}

/* A session refresh in the second round of the sequence number: the round is known on, and what was there. */
static void test_same_key_goes_on(void **state)
{
	struct inner *f = *state;
	struct rp_srtp k = keys_of(SRTP_AES_CM_80, 1, 0);
	struct leg *l = leg_with(f, 1, &k);
	struct srtp_session *rx, *tx;
	struct far far;
	uint8_t p[UDP_PACKET_MAX];
	size_t n;

	far_open(&far, &k);
	for (uint16_t seq = 65533; seq != 3; seq++)
		assert_true(speaks(f, l, &far, seq));
	rx = l->rtp.srtp.rx;
	tx = l->rtp.srtp.tx;
	n = sealed(&far, SSRC, 3, p);
	assert_int_equal(tell(f, l, 4000, &k), 0);
	assert_ptr_equal(l->rtp.srtp.rx, rx);
	assert_ptr_equal(l->rtp.srtp.tx, tx);
	assert_true(hears(f, l, p, n, PORT));
	memset(p, 0, sizeof p);
	assert_false(hears(f, l, p, n, PORT));
	assert_true(speaks(f, l, &far, 4));
	n = sealed(&far, SSRC, 5, p);
	uint8_t again[UDP_PACKET_MAX];

	memcpy(again, p, n);
	assert_true(hears(f, l, p, n, PORT));
	assert_int_equal(tell(f, l, 4000, &k), 0);
	assert_false(hears(f, l, again, n, PORT)); /* replayed */
	far_close(&far);
}

/* What is under way with the key before is taken until the new one was heard, and for ten seconds at most. */
static void test_new_key(void **state)
{
	for (int is_late = 0; is_late < 2; is_late++) {
		struct inner *f = *state;
		struct rp_srtp k = keys_of(SRTP_AES_CM_80, 1, 0),
			       k2 = keys_of(SRTP_GCM, 20, 3);
		struct leg *l = leg_with(f, 1, &k);
		struct far far, next;

		memcpy(k2.tx_key, k.tx_key, sizeof k.tx_key);
		far_open(&far, &k);
		far_open(&next, &k2);
		for (uint16_t seq = 65533; seq != 3; seq++)
			assert_true(speaks(f, l, &far, seq));
		assert_int_equal(tell(f, l, PORT, &k2), 0);
		assert_true(l->rtp.locked);
		assert_true(speaks(f, l, &far, 3));
		f->r->now_us += is_late ? 11 * SECOND : 9 * SECOND;
		assert_int_equal(speaks(f, l, &far, 4), !is_late);
		assert_true(speaks(f, l, &next, 5)); /* ROC 0 again */
		assert_false(speaks(f, l, &far, 6));
		assert_null(l->rtp.srtp.rx_before);
		assert_true(speaks(f, l, &next, 7));
		far_close(&far);
		far_close(&next);
		leg_close(f->r, l);
	}
}

static void test_new_source_begins_at_zero(void **state)
{
	struct inner *f = *state;
	struct rp_srtp k = keys_of(SRTP_GCM, 1, 0);
	struct leg *l = leg_with(f, 1, &k);
	struct far far;
	uint8_t p[UDP_PACKET_MAX];
	size_t n;

	far_open(&far, &k);
	for (uint16_t seq = 65533; seq != 3; seq++)
		assert_true(speaks(f, l, &far, seq));
	n = sealed(&far, SSRC + 1, 3, p);
	assert_true(hears(f, l, p, n, PORT));
	assert_true(speaks(f, l, &far, 3));
	far_close(&far);
}

static void test_life_ends(void **state)
{
	struct inner *f = *state;
	struct rp_srtp k = keys_of(SRTP_AES_CM_80, 1, 0), k2 = keys_of(SRTP_GCM, 20, 0);
	struct leg *l;
	struct far far, next;

	k.rx_life = 2;
	l = leg_with(f, 1, &k);
	far_open(&far, &k);
	far_open(&next, &k2);
	assert_true(speaks(f, l, &far, 1));
	assert_true(speaks(f, l, &far, 2));
	assert_false(speaks(f, l, &far, 3));
	assert_int_equal(tell(f, l, PORT, &k2), 0);
	assert_true(speaks(f, l, &next, 4));
	far_close(&far);
	far_close(&next);
}

/* Whom it latched on while it was plain has no keys; and back. */
static void test_plain_and_back(void **state)
{
	struct inner *f = *state;
	struct leg *l = inner_rtp(f, 1);
	struct rp_srtp k = keys_of(SRTP_GCM, 1, 0);
	struct far far;
	uint8_t p[UDP_PACKET_MAX];
	size_t n;

	far_open(&far, &k);
	assert_int_equal(tell(f, l, 4000, NULL), 0);
	assert_true(speaks_plainly(f, l, 1));
	assert_true(l->rtp.locked);
	assert_int_equal(tell(f, l, 4000, &k), 0);
	assert_false(l->rtp.locked);
	assert_false(speaks_plainly(f, l, 2));
	n = sealed(&far, SSRC, 3, p);
	assert_true(hears(f, l, p, n, 7000));
	assert_int_equal(udp_addr_port(&l->rtp.to.rtp), 7000);
	assert_int_equal(tell(f, l, PORT, NULL), 0);
	assert_true(speaks_plainly(f, l, 4));
	far_close(&far);
}

/* An offer of ours that is not answered yet: locked on nobody, then told the keys. */
static void test_keys_come_later(void **state)
{
	struct inner *f = *state;
	const struct rp_leg_rtp m = {
		.head = { .leg = 1 }, .codecs = { { SOUND_PCMA, 8 } }, .lock = 1
	};
	struct rp_srtp k = keys_of(SRTP_AES_CM_80, 1, 0);
	struct leg *l = NULL;
	struct far far;

	far_open(&far, &k);
	assert_int_equal(leg_rtp_new(f->r, &m, &l), 0);
	assert_false(speaks_plainly(f, l, 1));
	assert_false(speaks(f, l, &far, 2));
	assert_int_equal(tell(f, l, 4000, &k), 0);
	assert_false(speaks_plainly(f, l, 3));
	assert_true(speaks(f, l, &far, 4));
	far_close(&far);
}

/* The far side has spoken for so many turns of its sequence numbers; less than 2^15 at a time. */
static void ages(const struct far *far, unsigned turns)
{
	uint8_t p[UDP_PACKET_MAX];

	for (unsigned i = 0; i <= 4 * turns; i++)
		(void)sealed(far, SSRC, (uint16_t)(i * 16384), p);
}

/* The relay before is gone, and with it the roll-over counter. */
static void test_counter_of_another_relay(void **state)
{
	static const struct {
		unsigned turns;
		uint8_t bound;
		bool is_heard;
	} cases[] = { { 0, 0, true }, { 0, 2, true }, { 1, 0, false }, { 1, 2, true },
		{ 2, 2, true }, { 3, 2, false }, { 22, 46, true },
		{ SRTP_ROCS_MAX, SRTP_ROCS_MAX, true },
		{ SRTP_ROCS_MAX + 1, UINT8_MAX, false } };
	static const enum srtp_suite suites[] = { SRTP_AES_CM_80, SRTP_AES_CM_32,
		SRTP_GCM };
	struct inner *f = *state;
	size_t n_failed = 0;

	for (size_t i = 0; i < N_OF(cases) * N_OF(suites); i++) {
		struct rp_srtp k = keys_of(suites[i / N_OF(cases)], 1, i % 2 ? 4 : 0);
		unsigned turns = cases[i % N_OF(cases)].turns;
		bool want = cases[i % N_OF(cases)].is_heard;
		struct leg *l;
		struct far far;

		k.rx_rocs = cases[i % N_OF(cases)].bound;
		l = leg_with(f, 1, &k);
		far_open(&far, &k);
		ages(&far, turns);
		if (speaks(f, l, &far, 1) != want || speaks(f, l, &far, 2) != want ||
			l->is_up != want) {
			print_error(
				"suite %d, turn %u of %u\n", k.suite, turns, k.rx_rocs);
			n_failed++;
		}
		far_close(&far);
		leg_close(f->r, l);
	}
	assert_int_equal(n_failed, 0);
}

/* One search in the time of a packet, whoever makes it necessary; and none where all is as it should be. */
static void test_search_is_bounded(void **state)
{
	struct inner *f = *state;
	struct rp_srtp k = keys_of(SRTP_GCM, 1, 0), wrong = keys_of(SRTP_GCM, 9, 0);
	struct far far, stranger;
	struct leg *l;

	k.rx_rocs = 8;
	l = leg_with(f, 1, &k);
	far_open(&far, &k);
	far_open(&stranger, &wrong);
	ages(&far, 3);
	f->r->now_us += SECOND;
	assert_false(speaks(f, l, &stranger, 1));
	assert_false(speaks(f, l, &far, 1));
	f->r->now_us += 19999;
	assert_false(speaks(f, l, &far, 2));
	f->r->now_us += 1;
	assert_true(speaks(f, l, &far, 3));
	assert_true(speaks(f, l, &far, 4)); /* known now */
	assert_false(speaks(f, l, &stranger, 5));
	assert_true(speaks(f, l, &far, 6));
	assert_int_equal(l->stats.rx_bad, 4);
	far_close(&far);
	far_close(&stranger);
}

/* What was captured an hour ago and is sent again authenticates, but it does not keep the true voice out. */
static void test_old_packet_comes_first(void **state)
{
	struct inner *f = *state;
	struct rp_srtp k = keys_of(SRTP_AES_CM_80, 1, 0);
	uint8_t old[UDP_PACKET_MAX], again[UDP_PACKET_MAX];
	struct far far;
	struct leg *l;
	size_t n;

	k.rx_rocs = 8;
	l = leg_with(f, 1, &k);
	far_open(&far, &k);
	ages(&far, 2);
	n = sealed(&far, SSRC, 9, old);
	memcpy(again, old, n);
	for (unsigned i = 9; i <= 16; i++)
		(void)sealed(&far, SSRC, (uint16_t)(i * 16384),
			(uint8_t[UDP_PACKET_MAX]){ 0 });
	assert_true(hears(f, l, old, n, PORT));
	f->r->now_us += SECOND;
	assert_true(speaks(f, l, &far, 10));
	f->r->now_us += SECOND;
	assert_false(hears(f, l, again, n, PORT));
	assert_true(speaks(f, l, &far, 11));
	far_close(&far);
}

/* A refresh before anything was heard, by a process that knows of no move. */
static void test_bound_stays_with_the_key(void **state)
{
	struct inner *f = *state;
	struct rp_srtp k = keys_of(SRTP_GCM, 1, 0), k2 = keys_of(SRTP_GCM, 20, 0);
	struct far far;
	struct leg *l;

	k.rx_rocs = 4;
	l = leg_with(f, 1, &k);
	far_open(&far, &k);
	ages(&far, 2);
	k.rx_rocs = 0;
	assert_int_equal(tell(f, l, PORT, &k), 0);
	assert_true(speaks(f, l, &far, 1));
	assert_int_equal(tell(f, l, PORT, &k2), 0);
	assert_int_equal(l->rtp.srtp.told.rx_rocs, 0);
	far_close(&far);
}

static void test_what_control_may_not_say(void **state)
{
	struct inner *f = *state;
	struct rp_srtp k = keys_of(SRTP_GCM, 1, 0), bad[2] = { k, k };
	struct rp_leg_rtp m = { .head = { .leg = 2 }, .codecs = { { SOUND_PCMA, 8 } } };
	struct leg *l = leg_with(f, 1, &k), *none = NULL;
	struct far far;

	far_open(&far, &k);
	bad[0].suite = 4;
	bad[0].rx_key[0]++;
	bad[1].mki_size = RP_MKI_MAX + 1;
	for (size_t i = 0; i < N_OF(bad); i++) {
		assert_int_equal(tell(f, l, PORT, &bad[i]), EINVAL);
		m.srtp = bad[i];
		assert_int_equal(leg_rtp_new(f->r, &m, &none), EINVAL);
		assert_null(none);
		assert_true(speaks(f, l, &far, (uint16_t)i)); /* as before */
	}
	far_close(&far);
}

static void test_keys_are_wiped(void **state)
{
	static const struct leg_srtp none;
	struct inner *f = *state;
	struct rp_srtp k = keys_of(SRTP_GCM, 1, 0);
	struct leg *l = leg_with(f, 1, &k);

	assert_memory_not_equal(&l->rtp.srtp, &none, sizeof none);
	assert_int_equal(tell(f, l, PORT, NULL), 0);
	assert_memory_equal(&l->rtp.srtp, &none, sizeof none);
	assert_int_equal(tell(f, l, PORT, &k), 0);
	leg_close(f->r, l);
	assert_memory_equal(&l->rtp.srtp, &none, sizeof none);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_both_ways, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_plain_is_not_heard, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_reports_are_sealed, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_same_key_goes_on, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(test_new_key, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_new_source_begins_at_zero, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(test_life_ends, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_plain_and_back, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_keys_come_later, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_counter_of_another_relay, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_search_is_bounded, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_old_packet_comes_first, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_bound_stays_with_the_key, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_what_control_may_not_say, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_keys_are_wiped, setup, inner_teardown),
	};

	return cmocka_run_group_tests_name("relay_sdes", tests, NULL, NULL);
}
