/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * srtp beside libsrtp2: the same bytes out, and the same verdict on everything that comes in -- random
 * packets, several SSRCs, loss, reordering and doubling over the wrap of the sequence number.
 * The random numbers are the same at each run.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "base/slice.h"
#include "libsrtp.h"
#include "relay/srtp.h"

#define PAYLOAD_MAX 1200
#define CAP         (12 + 60 + 4 + 80 + PAYLOAD_MAX + LIBSRTP_ROOM)
#define SENT_MAX    8192
#define AHEAD       64 /* how far a packet may be late on the way */

/* Every suite, and how many bytes of its tag end a packet (SRTCP of GCM ends with the index). */
static const struct suite {
	enum srtp_suite ours;
	enum libsrtp_suite lib;
	uint32_t tag[2]; /* [0] RTP, [1] RTCP */
} suites[] = {
	{ SRTP_AES_CM_80, LIBSRTP_CM_80, { 10, 10 } },
	{ SRTP_AES_CM_32, LIBSRTP_CM_32, { 4, 10 } },
	{ SRTP_GCM, LIBSRTP_GCM, { 16, 0 } },
};

static const struct suite *suite = &suites[0];
static uint8_t key[30];
static uint32_t seed;

struct packet {
	uint8_t p[CAP];
	size_t n;
};

struct fixture {
	struct srtp_session *tx, *rx;
	struct libsrtp *lib_tx, *lib_rx;
};

static uint32_t rnd(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % below;
}

static int setup(void **state)
{
	static struct fixture f;

	seed = 88172645;
	for (size_t i = 0; i < sizeof key; i++)
		key[i] = (uint8_t)rnd(256);
	assert_int_equal(
		srtp_session_new(&f.tx, suite->ours, key, key + SRTP_KEY_SIZE), 0);
	assert_int_equal(
		srtp_session_new(&f.rx, suite->ours, key, key + SRTP_KEY_SIZE), 0);
	assert_int_equal(libsrtp_new(&f.lib_tx, suite->lib, key, SRTP_WINDOW, true), 0);
	assert_int_equal(libsrtp_new(&f.lib_rx, suite->lib, key, SRTP_WINDOW, false), 0);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	srtp_session_free(f->tx);
	srtp_session_free(f->rx);
	libsrtp_free(f->lib_tx);
	libsrtp_free(f->lib_rx);
	return 0;
}

static void fill_random(uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)rnd(256);
}

/* Any header: 0 to 15 CSRCs, 0 to 20 words of extension; 0 to PAYLOAD_MAX bytes. */
static void random_rtp(struct packet *k, uint32_t ssrc, uint16_t seq)
{
	uint32_t csrcs = rnd(4) ? 0 : rnd(16), words = rnd(21);
	bool extended = rnd(3) == 0;
	size_t at = 12 + 4 * csrcs;

	k->n = at + (extended ? 4 + 4 * words : 0) + rnd(rnd(8) ? 300 : PAYLOAD_MAX + 1);
	fill_random(k->p, k->n);
	k->p[0] = (uint8_t)(0x80 | (extended ? 0x10 : 0) | csrcs);
	be16_put(k->p + 2, seq);
	be32_put(k->p + 8, ssrc);
	if (extended) {
		be16_put(k->p + at, 0xABCD); /* no profile that libsrtp2 knows */
		be16_put(k->p + at + 2, (uint16_t)words);
	}
}

static void random_rtcp(struct packet *k, uint32_t ssrc)
{
	k->n = 8 + 4 * rnd(60);
	fill_random(k->p, k->n);
	be16_put(k->p, 0x80C8);
	be16_put(k->p + 2, (uint16_t)(k->n / 4 - 1));
	be32_put(k->p + 4, ssrc);
}

/* What either receiver makes of it, and that both make the same of it. */
enum verdict { TAKEN, REPLAYED, FORGED };

static enum verdict judge(struct fixture *f, bool rtcp, const struct packet *sealed,
	const struct packet *plain)
{
	struct packet a = *sealed, b = *sealed;
	int err = rtcp ? srtcp_unprotect(f->rx, a.p, &a.n)
		       : srtp_unprotect(f->rx, a.p, &a.n);
	int st = libsrtp_unprotect(f->lib_rx, rtcp, b.p, &b.n);

	if (err) {
		assert_int_not_equal(st, 0);
		assert_int_equal(libsrtp_is_replay(st), err == EALREADY);
		assert_int_equal(libsrtp_is_forged(st), err == EACCES);
		return err == EALREADY ? REPLAYED : FORGED;
	}
	assert_int_equal(st, 0);
	assert_int_equal(a.n, plain->n);
	assert_int_equal(b.n, plain->n);
	assert_memory_equal(a.p, plain->p, plain->n);
	assert_memory_equal(b.p, plain->p, plain->n);
	return TAKEN;
}

/* Both seal the same packet; RTP must come out byte for byte the same. */
static void seal(struct fixture *f, bool rtcp, const struct packet *plain,
	struct packet *ours, struct packet *theirs)
{
	*ours = *plain;
	*theirs = *plain;
	assert_int_equal(rtcp ? srtcp_protect(f->tx, ours->p, &ours->n, CAP)
			      : srtp_protect(f->tx, ours->p, &ours->n, CAP),
		0);
	assert_int_equal(libsrtp_protect(f->lib_tx, rtcp, theirs->p, &theirs->n), 0);
	assert_int_equal(ours->n, theirs->n);
	if (!rtcp) /* SRTCP: the library counts from 1, RFC 3711 from 0 */
		assert_memory_equal(ours->p, theirs->p, ours->n);
}

/* 6,000 packets of three SSRCs with sequence numbers that run through several rounds. */
static void test_random_packets(void **state)
{
	static const uint32_t ssrcs[] = { 1, 0x80000000, 0xFFFFFFFF };
	uint16_t seq[] = { 0, 65000, 30000 };
	struct fixture *f = *state;
	struct packet plain, ours, theirs;

	for (int i = 0; i < 6000; i++) {
		uint32_t s = rnd(3);

		seq[s] = (uint16_t)(seq[s] + 1 + (rnd(5) ? 0 : rnd(2000)));
		random_rtp(&plain, ssrcs[s], seq[s]);
		seal(f, false, &plain, &ours, &theirs);
		assert_int_equal(judge(f, false, i % 2 ? &ours : &theirs, &plain), TAKEN);
	}
}

/* 4,000 reports, of whose two sealed forms one is delivered, some of them again and some late. */
static void test_random_reports(void **state)
{
	static struct packet sent[SENT_MAX], plain[SENT_MAX];
	int verdicts[3] = { 0 };
	struct fixture *f = *state;
	struct packet theirs;

	for (int i = 0; i < 4000; i++) {
		random_rtcp(&plain[i], 1 + rnd(2));
		seal(f, true, &plain[i], &sent[i], &theirs);
		if (rnd(3) == 0)
			sent[i] =
				theirs; /* an index that is one higher: sometimes a doublet */
		if (rnd(5) > 0)
			verdicts[judge(f, true, &sent[i], &plain[i])]++;

		int back = i - (int)rnd(300);

		if (back >= 0)
			verdicts[judge(f, true, &sent[back], &plain[back])]++;
	}
	assert_true(verdicts[TAKEN] > 2000);
	assert_true(verdicts[REPLAYED] > 2000);
	assert_int_equal(verdicts[FORGED], 0);
}

/*
 * A stream over a bad network: each packet is lost with 15 %, late by up to AHEAD places, doubled with
 * 5 %, and sometimes one from long ago comes again.  From a start just before the wrap on.
 */
static void test_bad_network(void **state)
{
	static struct packet plain[SENT_MAX], sent[SENT_MAX];
	static const struct {
		uint16_t from;
		uint32_t step; /* of the sequence number, at most */
	} cases[] = { { 65400, 1 }, { 0, 1 }, { 32700, 40 }, { 100, 1000 },
		{ 65535, 3000 } };
	int verdicts[3] = { 0 };

	for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
		struct packet theirs;
		struct fixture *f = *state;
		uint16_t seq = cases[c].from;

		for (int i = 0; i < 3000; i++) {
			random_rtp(&plain[i], 0x51, seq);
			seal(f, false, &plain[i], &sent[i], &theirs);
			seq = (uint16_t)(seq + 1 + rnd(cases[c].step));
		}
		verdicts[judge(f, false, &sent[0], &plain[0])]++;
		for (int i = 0; i < 3000; i++) {
			int at = i < AHEAD ? i : i - (int)(rnd(4) ? 0 : rnd(AHEAD));

			if (rnd(100) >= 15)
				verdicts[judge(f, false, &sent[at], &plain[at])]++;
			if (rnd(100) < 5)
				verdicts[judge(f, false, &sent[at], &plain[at])]++;
			if (rnd(50) == 0 && i > 0) {
				at = (int)rnd((uint32_t)i);
				verdicts[judge(f, false, &sent[at], &plain[at])]++;
			}
		}
		teardown(state); /* a new pair of sessions per case */
		setup(state);
		seed += (uint32_t)c;
	}
	assert_true(verdicts[TAKEN] > 10000);
	assert_true(verdicts[REPLAYED] > 500);
	print_message("# taken %d, replayed %d, forged %d\n", verdicts[TAKEN],
		verdicts[REPLAYED], verdicts[FORGED]);
}

/* The first packet is the one that was sent after the wrap: it cannot be told from round 0. */
static void test_first_packet_after_a_wrap(void **state)
{
	struct fixture *f = *state;
	struct packet plain[4], sent[4], theirs;

	for (int i = 0; i < 4; i++) {
		random_rtp(&plain[i], 9, (uint16_t)(65534 + i));
		seal(f, false, &plain[i], &sent[i], &theirs);
	}
	assert_int_equal(judge(f, false, &sent[2], &plain[2]), FORGED);
	assert_int_equal(judge(f, false, &sent[0], &plain[0]), TAKEN);
	assert_int_equal(judge(f, false, &sent[2], &plain[2]), TAKEN);
	assert_int_equal(judge(f, false, &sent[1], &plain[1]), TAKEN);
	assert_int_equal(judge(f, false, &sent[3], &plain[3]), TAKEN);
}

/* The edge of the window, to the packet. */
static void test_window_edge(void **state)
{
	static struct packet plain[300], sent[300];
	struct fixture *f = *state;
	struct packet theirs;

	for (int i = 0; i < 300; i++) {
		random_rtp(&plain[i], 9, (uint16_t)(65400 + i));
		seal(f, false, &plain[i], &sent[i], &theirs);
	}
	assert_int_equal(judge(f, false, &sent[0], &plain[0]), TAKEN);
	assert_int_equal(judge(f, false, &sent[299], &plain[299]), TAKEN);
	assert_int_equal(judge(f, false, &sent[299 - SRTP_WINDOW], plain), REPLAYED);
	for (int i = 300 - SRTP_WINDOW; i < 299; i++)
		assert_int_equal(judge(f, false, &sent[i], &plain[i]), TAKEN);
	for (int i = 0; i < 300; i++)
		assert_int_equal(judge(f, false, &sent[i], &plain[i]), REPLAYED);
}

/* One bit of each of 2,000 packets, RTP and RTCP in turn; then the packet itself. */
static void test_forgeries(void **state)
{
	struct fixture *f = *state;
	struct packet plain, ours, theirs;

	for (int i = 0; i < 2000; i++) {
		bool rtcp = i % 2;

		if (rtcp)
			random_rtcp(&plain, 3);
		else
			random_rtp(&plain, 3, (uint16_t)(i + 64000));
		seal(f, rtcp, &plain, &ours, &theirs);

		struct packet bad = ours;
		size_t at = bad.n - 1 -
			(suite->tag[rtcp] ? rnd(suite->tag[rtcp]) : 4 + rnd(16));

		/* elsewhere in a header or the index the two may name the fault differently */
		if (rnd(2))
			at = !rtcp            ? 1
				: plain.n > 8 ? 8 + rnd((uint32_t)plain.n - 8)
					      : at;
		bad.p[at] ^= (uint8_t)(1u << rnd(8));
		assert_int_equal(judge(f, rtcp, &bad, &plain), FORGED);
		assert_int_equal(judge(f, rtcp, &ours, &plain), TAKEN);
	}
}

static int with_suite(void **state)
{
	suite = *state;
	return setup(state);
}

#define EACH_SUITE(t)                                                                \
	{ #t " AES_CM_80", t, with_suite, teardown, (void *)(uintptr_t)&suites[0] }, \
		{ #t " AES_CM_32", t, with_suite, teardown,                          \
			(void *)(uintptr_t)&suites[1] },                             \
	{                                                                            \
#t " GCM", t, with_suite, teardown, (void *)(uintptr_t)&suites[2]    \
	}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		EACH_SUITE(test_random_packets),
		EACH_SUITE(test_random_reports),
		EACH_SUITE(test_bad_network),
		EACH_SUITE(test_first_packet_after_a_wrap),
		EACH_SUITE(test_window_edge),
		EACH_SUITE(test_forgeries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
