/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* srtp: the replay window against a naive model, and everything that must be refused. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/slice.h"
#include "relay/srtp.h"
#include "relay/srtp_box.h"
#include "relay/srtp_source.h"

#define N_OF(a) (sizeof(a) / sizeof *(a))
#define CAP     512

static const uint8_t key[SRTP_KEY_SIZE] = "sixteen bytes k";
static const uint8_t salt[SRTP_SALT_SIZE] = "fourteen of s";

static enum srtp_suite suite; /* of the test that runs; see EACH_SUITE() */

/* What each suite appends: RFC 3711 section 4.2, RFC 4568 section 6.2, RFC 7714 section 13. */
static const struct {
	size_t rtp, rtcp;
} trailers[] = { [SRTP_AES_CM_80] = { 10, 14 },
	[SRTP_AES_CM_32] = { 4, 14 },
	[SRTP_GCM] = { 16, 20 } };

struct packet {
	uint8_t p[CAP];
	size_t n;
};

static void test_index_guess(void **state)
{
	static const struct {
		const char *what;
		bool known;
		uint64_t top;
		uint16_t seq;
		uint64_t index;
	} cases[] = {
		{ "a new source is in round 0", false, 0, 65535, 65535 },
		{ "the next", true, 0x10005, 6, 0x10006 },
		{ "one before", true, 0x10005, 4, 0x10004 },
		{ "over the wrap", true, 0x1FFFE, 1, 0x20001 },
		{ "back over the wrap", true, 0x20001, 0xFFFE, 0x1FFFE },
		{ "half a round ahead", true, 0x10000, 0x8000, 0x18000 },
		{ "more is the round before", true, 0x10000, 0x8001, 0x8001 },
		{ "half a round back", true, 0x18000, 0, 0x10000 },
		{ "more is the next round", true, 0x18001, 0, 0x20000 },
		{ "nothing is before round 0", true, 3, 0xFFFA, 0xFFFA },
		{ "the last round", true, 0xFFFFFFFFFFFF, 0, 0x1000000000000 },
	};

	for (size_t i = 0; i < N_OF(cases); i++) {
		struct srtp_source s = { .known = true, .top = cases[i].top };

		print_message("# %s\n", cases[i].what);
		assert_true(srtp_source_guess(cases[i].known ? &s : NULL, cases[i].seq) ==
			cases[i].index);
	}
}

static void test_what_may_be_sent(void **state)
{
	static const struct {
		const char *what;
		uint32_t ssrc;
		uint64_t index, max;
		int err;
	} cases[] = {
		{ "the next", 1, 1001, SRTP_INDEX_MAX, 0 },
		{ "the same again", 1, 1000, SRTP_INDEX_MAX, EALREADY },
		{ "one that was left out", 1, 999, SRTP_INDEX_MAX, 0 },
		{ "the oldest of the window", 1, 1000 - SRTP_WINDOW + 1, SRTP_INDEX_MAX,
			0 },
		{ "older", 1, 1000 - SRTP_WINDOW, SRTP_INDEX_MAX, EALREADY },
		{ "the last of all", 1, SRTP_INDEX_MAX, SRTP_INDEX_MAX, 0 },
		{ "one more", 1, SRTP_INDEX_MAX + 1, SRTP_INDEX_MAX, EOVERFLOW },
		{ "one more of SRTCP", 1, SRTCP_INDEX_MAX + 1, SRTCP_INDEX_MAX,
			EOVERFLOW },
		{ "an SSRC too many", 99, 0, SRTP_INDEX_MAX, ENOBUFS },
	};
	struct srtp_sources t = { 0 };

	for (uint32_t ssrc = 1; ssrc <= SRTP_SOURCES_MAX; ssrc++) {
		assert_int_equal(srtp_source_may_send(&t, ssrc, 1000, SRTP_INDEX_MAX), 0);
		srtp_source_record(&t, ssrc, 1000);
	}
	for (size_t i = 0; i < N_OF(cases); i++) {
		print_message("# %s\n", cases[i].what);
		assert_int_equal(srtp_source_may_send(
					 &t, cases[i].ssrc, cases[i].index, cases[i].max),
			cases[i].err);
	}
}

static uint32_t next_random(uint32_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 17;
	return *x ^= *x << 5;
}

/* 200,000 steps of every size around 64 and SRTP_WINDOW, against one byte per index. */
static void test_window_is_exact(void **state)
{
	enum { INDEXES = 1 << 21 };
	uint8_t *seen = calloc(1, INDEXES);
	struct srtp_sources t = { 0 };
	uint64_t top = 1000;
	uint32_t x = 2463534242u;
	int fresh = 0;

	assert_non_null(seen);
	srtp_source_record(&t, 7, top);
	seen[top] = 1;
	for (int i = 0; i < 200000; i++) {
		uint64_t index = top + 20 - next_random(&x) % 180;
		bool ok = index > top || (top - index < SRTP_WINDOW && !seen[index]);

		if (index > top && next_random(&x) % 50 == 0)
			index = top + next_random(&x) % 300 + 1;
		assert_true(index < INDEXES);
		assert_int_equal(srtp_source_check(srtp_source_find(&t, 7), index),
			ok ? 0 : EALREADY);
		if (!ok)
			continue;
		srtp_source_record(&t, 7, index);
		seen[index] = 1;
		top = index > top ? index : top;
		fresh++;
	}
	assert_in_range(fresh, 10000, 190000); /* both outcomes were tried */
	free(seen);
}

static struct srtp_session *session(void)
{
	struct srtp_session *s;

	assert_int_equal(srtp_session_new(&s, suite, key, salt), 0);
	return s;
}

/* With one CSRC, an extension of one word and 21 bytes of voice: every part that a header can have. */
static struct packet rtp(uint32_t ssrc, uint16_t seq)
{
	struct packet k = { .n = 12 + 4 + 8 + 21 };

	memset(k.p, 0x5A, k.n);
	be16_put(k.p, 0x9108);
	be16_put(k.p + 2, seq);
	be32_put(k.p + 8, ssrc);
	be32_put(k.p + 16, 0xBEDE0001);
	return k;
}

static struct packet rtcp(uint32_t ssrc)
{
	struct packet k = { .n = 32 };

	memset(k.p, 0x5A, k.n);
	be32_put(k.p, 0x81C90007);
	be32_put(k.p + 4, ssrc);
	return k;
}

/* RTP or RTCP by the second byte, as on the wire; from a block of exactly n bytes, for the sanitizer. */
static int unprotect(struct srtp_session *s, const struct packet *k, struct packet *out)
{
	bool is_rtcp = k->n > 1 && k->p[1] == 0xC9;
	uint8_t *p = malloc(k->n ? k->n : 1);
	size_t n = k->n;
	int err;

	assert_non_null(p);
	memcpy(p, k->p, k->n);
	err = is_rtcp ? srtcp_unprotect(s, p, &n) : srtp_unprotect(s, p, &n);
	if (err) {
		assert_int_equal(n, k->n);
	} else if (out) {
		memcpy(out->p, p, n);
		out->n = n;
	}
	free(p);
	return err;
}

static void protect(struct srtp_session *s, struct packet *k)
{
	bool is_rtcp = k->p[1] == 0xC9;
	size_t n = k->n;

	assert_int_equal(is_rtcp ? srtcp_protect(s, k->p, &k->n, CAP)
				 : srtp_protect(s, k->p, &k->n, CAP),
		0);
	assert_int_equal(k->n - n, is_rtcp ? trailers[suite].rtcp : trailers[suite].rtp);
}

static void test_there_and_back(void **state)
{
	struct srtp_session *tx = session(), *rx = session();

	for (int i = 0; i < 4; i++) {
		struct packet plain = i % 2 ? rtcp(5) : rtp(5, (uint16_t)i), k = plain,
			      back;
		size_t clear = i % 2 ? 8 : 24;

		protect(tx, &k);
		assert_memory_equal(k.p, plain.p, clear);
		assert_memory_not_equal(k.p + clear, plain.p + clear, plain.n - clear);
		assert_int_equal(unprotect(rx, &k, &back), 0);
		assert_int_equal(back.n, plain.n);
		assert_memory_equal(back.p, plain.p, plain.n);
		assert_int_equal(unprotect(rx, &k, NULL), EALREADY);
	}
	srtp_session_free(tx);
	srtp_session_free(rx);
	srtp_session_free(NULL);
}

/* Every bit, then the packet itself: what was refused left no trace. */
static void test_every_bit_counts(void **state)
{
	for (int i = 0; i < 2; i++) {
		struct srtp_session *tx = session(), *rx = session();
		struct packet k = i ? rtcp(5) : rtp(5, 1),
			      first = i ? rtcp(5) : rtp(5, 0);

		protect(tx, &first);
		protect(tx, &k);
		for (int fresh = 0; fresh < 2;
			fresh++) { /* of a known SSRC and of a new one */
			for (size_t bit = 0; bit < k.n * 8; bit++) {
				struct packet bad = k;

				if (bit / 8 == 1 && i)
					continue; /* the byte that makes it RTCP, see below */
				bad.p[bit / 8] ^= (uint8_t)(1u << bit % 8);

				int err = unprotect(rx, &bad, NULL);

				assert_true(err == EACCES || err == EBADMSG ||
					err == EALREADY);
			}
			assert_int_equal(unprotect(rx, fresh ? &k : &first, NULL), 0);
			assert_int_equal(
				unprotect(rx, fresh ? &k : &first, NULL), EALREADY);
		}
		srtp_session_free(tx);
		srtp_session_free(rx);
	}
}

/* The packet type of RTCP is authenticated, too. */
static void test_rtcp_type_counts(void **state)
{
	struct srtp_session *tx = session(), *rx = session();
	struct packet k = rtcp(5);
	size_t n = k.n;

	protect(tx, &k);
	n = k.n;
	k.p[1] ^= 1;
	assert_int_equal(srtcp_unprotect(rx, k.p, &n), EACCES);
	srtp_session_free(tx);
	srtp_session_free(rx);
}

static void test_every_truncation(void **state)
{
	for (int i = 0; i < 2; i++) {
		struct srtp_session *tx = session(), *rx = session();
		struct packet k = i ? rtcp(5) : rtp(5, 1);

		protect(tx, &k);
		for (size_t n = 0; n < k.n; n++) {
			struct packet cut = k;
			int err;

			cut.n = n;
			err = unprotect(rx, &cut, NULL);
			assert_true(err == EACCES || err == EBADMSG);
		}
		assert_int_equal(unprotect(rx, &k, NULL), 0);
		srtp_session_free(tx);
		srtp_session_free(rx);
	}
}

static void test_malformed(void **state)
{
	static const struct {
		const char *what;
		uint8_t p[28];
		size_t n;
		int room; /* of the buffer behind n, beside what the suite appends */
		bool rtcp;
		int err;
	} cases[] = {
		{ "empty", { 0 }, 0, 8, false, EBADMSG },
		{ "less than a header", { 0x80 }, 11, 8, false, EBADMSG },
		{ "version 1", { 0x40 }, 12, 8, false, EBADMSG },
		{ "CSRCs past the end", { 0x82 }, 19, 8, false, EBADMSG },
		{ "no room for an extension", { 0x90 }, 12, 0, false, EBADMSG },
		{ "extension past the end", { [0] = 0x90, [15] = 1 }, 19, 8, false,
			EBADMSG },
		{ "no room for the tag", { 0x80 }, 12, -1, false, EMSGSIZE },
		{ "just room", { 0x80 }, 12, 0, false, 0 },
		{ "half a header of RTCP", { 0x80, 200 }, 7, 8, true, EBADMSG },
		{ "version 3", { 0xC0, 200 }, 8, 8, true, EBADMSG },
		{ "no room for the trailer", { 0x80, 200 }, 8, -1, true, EMSGSIZE },
		{ "just room for it", { 0x80, 200 }, 8, 0, true, 0 },
	};

	for (size_t i = 0; i < N_OF(cases); i++) {
		struct srtp_session *s = session();
		bool rtcp = cases[i].rtcp;
		size_t trailer = rtcp ? trailers[suite].rtcp : trailers[suite].rtp;
		size_t n = cases[i].n,
		       cap = (size_t)((long)(n + trailer) + cases[i].room);
		uint8_t *p = malloc(cap); /* of exactly its size, for the sanitizer */
		int err;

		print_message("# %s\n", cases[i].what);
		assert_non_null(p);
		memcpy(p, cases[i].p, n);
		err = rtcp ? srtcp_protect(s, p, &n, cap) : srtp_protect(s, p, &n, cap);
		assert_int_equal(err, cases[i].err);
		assert_int_equal(n > cases[i].n, err == 0);
		free(p);
		srtp_session_free(s);
	}
}

/* A size past its own buffer. */
static void test_size_past_the_buffer(void **state)
{
	struct srtp_session *s = session();
	uint8_t p[12] = { 0x80 };
	size_t n = sizeof p;

	assert_int_equal(srtp_protect(s, p, &n, sizeof p - 1), EMSGSIZE);
	srtp_session_free(s);
}

/* The same keystream must not be used twice, whatever the sender wants. */
static void test_sends_nothing_twice(void **state)
{
	struct srtp_session *tx = session();
	struct packet k = rtp(5, 200), again = rtp(5, 200),
		      old = rtp(5, 200 - SRTP_WINDOW);

	protect(tx, &k);
	assert_int_equal(srtp_protect(tx, again.p, &again.n, CAP), EALREADY);
	assert_int_equal(srtp_protect(tx, old.p, &old.n, CAP), EALREADY);
	for (uint32_t ssrc = 6; ssrc < 5 + SRTP_SOURCES_MAX; ssrc++) {
		k = rtp(ssrc, 200);
		protect(tx, &k);
	}
	k = rtp(99, 0);
	assert_int_equal(srtp_protect(tx, k.p, &k.n, CAP), ENOBUFS);
	srtp_session_free(tx);
}

/* SRTP_SOURCES_MAX are remembered; one more, if it is genuine, takes the place of the oldest. */
static void test_sources_give_way(void **state)
{
	struct srtp_session *rx = session();
	struct packet k[SRTP_SOURCES_MAX + 1], bad;

	for (size_t i = 0; i <= SRTP_SOURCES_MAX; i++) {
		struct srtp_session *tx = session();

		k[i] = rtp((uint32_t)i + 1, 9);
		protect(tx, &k[i]);
		srtp_session_free(tx);
	}
	for (size_t i = 0; i < SRTP_SOURCES_MAX; i++)
		assert_int_equal(unprotect(rx, &k[i], NULL), 0);
	bad = k[SRTP_SOURCES_MAX];
	bad.p[bad.n - 1] ^= 1;
	assert_int_equal(unprotect(rx, &bad, NULL), EACCES);
	for (size_t i = 0; i < SRTP_SOURCES_MAX; i++) /* a forgery moved nobody */
		assert_int_equal(unprotect(rx, &k[i], NULL), EALREADY);
	assert_int_equal(unprotect(rx, &k[SRTP_SOURCES_MAX], NULL), 0);
	for (size_t i = 1; i <= SRTP_SOURCES_MAX; i++)
		assert_int_equal(unprotect(rx, &k[i], NULL), EALREADY);
	assert_int_equal(unprotect(rx, &k[0], NULL), 0); /* the oldest was forgotten */
	srtp_session_free(rx);
}

/* RTCP with a right tag and E not set: authenticated, but in clear. */
static void test_no_clear_rtcp(void **state)
{
	struct srtp_session *rx = session();
	struct srtp_box b;
	struct srtp_mki none = { .n = 0 };

	assert_int_equal(srtp_box_init(&b, suite, true, key, salt), 0);
	for (uint32_t e = 0; e < 2; e++) { /* with E set the same packet is taken */
		struct packet k = rtcp(5);
		struct srtp_text t = {
			.ssrc = 5, .index = 7, .p = k.p, .clear = 8, .end = k.n
		};

		assert_int_equal(srtp_box_seal(&b, &t, &none), 0);
		k.n += srtp_box_trailer(&b, &none);
		if (!e)
			k.p[t.end + srtp_box_word(&b)] &= 0x7F;
		assert_int_equal(unprotect(rx, &k, NULL), e ? 0 : EBADMSG);
	}
	srtp_box_close(&b);
	srtp_session_free(rx);
}

/* Over the wrap of the sequence number, with a packet of the round before that came late. */
static void test_roc_wraps(void **state)
{
	struct srtp_session *tx = session(), *rx = session();
	struct packet k[6];

	for (uint16_t i = 0; i < N_OF(k); i++) {
		k[i] = rtp(5, (uint16_t)(65533 + i));
		protect(tx, &k[i]);
	}
	for (size_t i = 0; i < N_OF(k); i++)
		if (i != 2)
			assert_int_equal(unprotect(rx, &k[i], NULL), 0);
	assert_int_equal(unprotect(rx, &k[2], NULL), 0);
	for (size_t i = 0; i < N_OF(k); i++)
		assert_int_equal(unprotect(rx, &k[i], NULL), EALREADY);
	srtp_session_free(tx);
	srtp_session_free(rx);
}

/* Where it stands, RFC 3711 figures 1 and 2 and RFC 7714 sections 8.2 and 9.2; and that another one, a shorter one
 * and none are refused. */
static void test_mki(void **state)
{
	static const uint8_t mki[SRTP_MKI_MAX] = { 0xA1, 0xB2, 0xC3, [127] = 0xD4 };
	static const size_t sizes[] = { 1, 4, SRTP_MKI_MAX };

	for (size_t i = 0; i < N_OF(sizes); i++)
		for (int is_rtcp = 0; is_rtcp < 2; is_rtcp++) {
			struct srtp_session *tx = session(), *rx = session(),
					    *without = session();
			struct packet k = is_rtcp ? rtcp(5) : rtp(5, 1), back, plain = k;
			size_t n = sizes[i],
			       behind = suite == SRTP_GCM            ? 0
				: is_rtcp || suite != SRTP_AES_CM_32 ? 10
								     : 4;

			assert_int_equal(srtp_session_mki(tx, mki, n), 0);
			assert_int_equal(is_rtcp ? srtcp_protect(tx, k.p, &k.n, CAP)
						 : srtp_protect(tx, k.p, &k.n, CAP),
				0);
			assert_int_equal(k.n - plain.n - n,
				is_rtcp ? trailers[suite].rtcp : trailers[suite].rtp);
			assert_memory_equal(k.p + k.n - behind - n, mki, n);
			assert_int_not_equal(unprotect(without, &k, NULL), 0);
			assert_int_equal(srtp_session_mki(rx, mki + 1, n - 1), 0);
			assert_int_not_equal(unprotect(rx, &k, NULL), 0);
			assert_int_equal(srtp_session_mki(rx, mki, n), 0);
			k.p[k.n - behind - 1] ^= 1;
			assert_int_equal(unprotect(rx, &k, NULL), EACCES);
			k.p[k.n - behind - 1] ^= 1;
			assert_int_equal(unprotect(rx, &k, &back), 0);
			assert_memory_equal(back.p, plain.p, plain.n);
			srtp_session_free(tx);
			srtp_session_free(rx);
			srtp_session_free(without);
		}
}

/* After so many packets of a kind nothing is sent or taken; what did not authenticate does not count. */
static void test_life(void **state)
{
	struct srtp_session *tx = session(), *rx = session(), *free_tx = session();
	struct packet k, bad;

	srtp_session_life(tx, 3);
	srtp_session_life(rx, 3);
	for (uint16_t i = 0; i < 3; i++) {
		k = rtp(5, i);
		protect(tx, &k);
		bad = k;
		bad.p[bad.n - 1] ^= 1;
		assert_int_equal(unprotect(rx, &bad, NULL), EACCES);
		assert_int_equal(unprotect(rx, &k, NULL), 0);
	}
	k = rtp(5, 3);
	assert_int_equal(srtp_protect(tx, k.p, &k.n, CAP), EOVERFLOW);
	k = rtp(5, 3);
	protect(free_tx, &k);
	assert_int_equal(unprotect(rx, &k, NULL), EOVERFLOW);
	k = rtcp(5); /* has a count of its own */
	protect(tx, &k);
	assert_int_equal(unprotect(rx, &k, NULL), 0);
	srtp_session_life(rx, 0);
	k = rtp(5, 4);
	protect(free_tx, &k);
	assert_int_equal(unprotect(rx, &k, NULL), 0);
	srtp_session_free(tx);
	srtp_session_free(rx);
	srtp_session_free(free_tx);
}

static void test_no_such_suite(void **state)
{
	struct srtp_session *s;

	assert_int_equal(srtp_session_new(&s, SRTP_NONE, key, salt), EINVAL);
	assert_int_equal(
		srtp_session_new(&s, (enum srtp_suite)SRTP_SUITE_COUNT, key, salt),
		EINVAL);
	assert_int_equal(srtp_salt_size(SRTP_NONE), 0);
	assert_int_equal(srtp_salt_size(SRTP_AES_CM_32), 14);
	assert_int_equal(srtp_salt_size(SRTP_GCM), 12);
	suite = SRTP_GCM;
	s = session();
	assert_int_equal(srtp_session_mki(s, key, SRTP_MKI_MAX + 1), EINVAL);
	srtp_session_free(s);
}

static int with_cm_80(void **state)
{
	suite = SRTP_AES_CM_80;
	return 0;
}

static int with_cm_32(void **state)
{
	suite = SRTP_AES_CM_32;
	return 0;
}

static int with_gcm(void **state)
{
	suite = SRTP_GCM;
	return 0;
}

#define EACH_SUITE(t)                                           \
	{ #t " AES_CM_80", t, with_cm_80, NULL, NULL },         \
		{ #t " AES_CM_32", t, with_cm_32, NULL, NULL }, \
	{                                                       \
#t " GCM", t, with_gcm, NULL, NULL              \
	}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_index_guess),
		cmocka_unit_test(test_what_may_be_sent),
		cmocka_unit_test(test_window_is_exact),
		EACH_SUITE(test_there_and_back),
		EACH_SUITE(test_every_bit_counts),
		EACH_SUITE(test_rtcp_type_counts),
		EACH_SUITE(test_every_truncation),
		EACH_SUITE(test_malformed),
		EACH_SUITE(test_sends_nothing_twice),
		EACH_SUITE(test_sources_give_way),
		EACH_SUITE(test_no_clear_rtcp),
		EACH_SUITE(test_size_past_the_buffer),
		EACH_SUITE(test_roc_wraps),
		EACH_SUITE(test_mki),
		EACH_SUITE(test_life),
		cmocka_unit_test(test_no_such_suite),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
