/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* stun: the vectors of RFC 5769, hostile messages, and what we write read back. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "wire/stun.h"

#define N(a) (sizeof(a) / sizeof *(a))
/* A literal without its NUL, as pointer and length. */
#define LIT(s)   (const uint8_t *)(s), sizeof(s) - 1
#define PASSWORD "VOkJxbRl1RmTxUk/WvJxBt"
#define TID      "\xB7\xE7\xA7\x01\xBC\x34\xD6\x86\xFA\x87\xDF\xAE"
#define COOKIE   "\x21\x12\xA4\x42"

/* RFC 5769 section 2.1 */
#define REQUEST                                                                        \
	"\x00\x01\x00\x58" COOKIE TID "\x80\x22\x00\x10"                               \
	"STUN test client"                                                             \
	"\x00\x24\x00\x04\x6E\x00\x01\xFF"                                             \
	"\x80\x29\x00\x08\x93\x2F\xF9\xB1\x51\x26\x3B\x36"                             \
	"\x00\x06\x00\x09"                                                             \
	"evtj:h6vY   "                                                                 \
	"\x00\x08\x00\x14\x9A\xEA\xA7\x0C\xBF\xD8\xCB\x56\x78\x1E\xF2\xB5\xB2\xD3\xF2" \
	"\x49\xC1\xB5\x71\xA2"                                                         \
	"\x80\x28\x00\x04\xE5\x7A\x3B\xCF"
/* section 2.2 */
#define RESPONSE4                                                                      \
	"\x01\x01\x00\x3C" COOKIE TID "\x80\x22\x00\x0B"                               \
	"test vector "                                                                 \
	"\x00\x20\x00\x08\x00\x01\xA1\x47\xE1\x12\xA6\x43"                             \
	"\x00\x08\x00\x14\x2B\x91\xF5\x99\xFD\x9E\x90\xC3\x8C\x74\x89\xF9\x2A\xF9\xBA" \
	"\x53\xF0\x6B\xE7\xD7"                                                         \
	"\x80\x28\x00\x04\xC0\x7D\x4C\x96"
/* section 2.3 */
#define RESPONSE6                                                                      \
	"\x01\x01\x00\x48" COOKIE TID "\x80\x22\x00\x0B"                               \
	"test vector "                                                                 \
	"\x00\x20\x00\x14\x00\x02\xA1\x47\x01\x13\xA9\xFA\xA5\xD3\xF1\x79\xBC\x25\xF4" \
	"\xB5\xBE\xD2\xB9\xD9"                                                         \
	"\x00\x08\x00\x14\xA3\x82\x95\x4E\x4B\xE6\x7B\xF1\x17\x84\xC9\x7C\x82\x92\xC2" \
	"\x75\xBF\xE3\xED\x41"                                                         \
	"\x80\x28\x00\x04\xC8\xFB\x0B\x4C"
/* section 2.4: long-term credentials, which ICE does not use; the same HMAC under another key */
#define LONG_TERM                                                                      \
	"\x00\x01\x00\x60" COOKIE "\x78\xAD\x34\x33\xC6\xAD\x72\xC0\x29\xDA\x41\x2E"   \
	"\x00\x06\x00\x12"                                                             \
	"\xE3\x83\x9E\xE3\x83\x88\xE3\x83\xAA\xE3\x83\x83\xE3\x82\xAF\xE3\x82\xB9"     \
	"\x00\x00\x00\x15\x00\x1C"                                                     \
	"f//499k954d6OL34oL9FSTvy64sA"                                                 \
	"\x00\x14\x00\x0B"                                                             \
	"example.org\x00"                                                              \
	"\x00\x08\x00\x14\xF6\x70\x24\x65\x6D\xD6\x4A\x3E\x02\xB8\xE0\x71\x2E\x85\xC9" \
	"\xA2\x8C\xA8\x96\x66"

static const uint8_t tid[STUNMSG_TID_SIZE] = "0123456789a";

static void test_rfc5769_request(void **state)
{
	static const uint8_t v[] = REQUEST;
	struct stunmsg m;

	assert_true(stunmsg_is_likely(LIT(REQUEST)));
	assert_int_equal(stunmsg_parse(&m, v, sizeof v - 1), 0);
	assert_int_equal(m.cls, STUNMSG_REQUEST);
	assert_int_equal(m.method, STUNMSG_BINDING);
	assert_memory_equal(m.tid, TID, sizeof m.tid);
	assert_true(slice_is(m.username, "evtj:h6vY"));
	assert_true(m.has_priority && m.has_controlled && !m.has_controlling);
	assert_int_equal(m.priority, 0x6E0001FF);
	assert_int_equal(m.tie_breaker, 0x932FF9B151263B36);
	assert_false(m.use_candidate || m.has_mapped);
	assert_true(m.has_integrity && m.has_fingerprint);
	assert_int_equal(m.n_unknown, 0); /* SOFTWARE is optional */
	assert_true(stunmsg_check(&m, v, sizeof v - 1, slice_str(PASSWORD)));
	assert_false(
		stunmsg_check(&m, v, sizeof v - 1, slice_str("VOkJxbRl1RmTxUk/WvJxBs")));
	assert_false(stunmsg_check(&m, v, sizeof v - 1, slice_str("")));
	assert_false(stunmsg_check(&m, v, m.integrity_at + 23, slice_str(PASSWORD)));
}

static void test_rfc5769_response4(void **state)
{
	static const uint8_t v[] = RESPONSE4;
	struct stunmsg m;
	const struct sockaddr_in *a = (const struct sockaddr_in *)(const void *)&m.mapped;

	assert_int_equal(stunmsg_parse(&m, v, sizeof v - 1), 0);
	assert_int_equal(m.cls, STUNMSG_SUCCESS);
	assert_true(m.has_mapped);
	assert_int_equal(a->sin_family, AF_INET);
	assert_int_equal(ntohs(a->sin_port), 32853);
	assert_int_equal(ntohl(a->sin_addr.s_addr), 0xC0000201); /* 192.0.2.1 */
	assert_true(stunmsg_check(&m, v, sizeof v - 1, slice_str(PASSWORD)));
}

static void test_rfc5769_response6(void **state)
{
	static const uint8_t v[] = RESPONSE6;
	struct stunmsg m;
	const struct sockaddr_in6 *a =
		(const struct sockaddr_in6 *)(const void *)&m.mapped;
	char text[INET6_ADDRSTRLEN];

	assert_int_equal(stunmsg_parse(&m, v, sizeof v - 1), 0);
	assert_int_equal(a->sin6_family, AF_INET6);
	assert_int_equal(ntohs(a->sin6_port), 32853);
	assert_string_equal(inet_ntop(AF_INET6, &a->sin6_addr, text, sizeof text),
		"2001:db8:1234:5678:11:2233:4455:6677");
	assert_true(stunmsg_check(&m, v, sizeof v - 1, slice_str(PASSWORD)));
}

static void test_rfc5769_long_term(void **state)
{
	/* MD5("<user>:example.org:TheMatrIX"), RFC 8489 section 9.2.2 */
	static const uint8_t key[] = "\xE8\xCA\x7A\xD5\x9D\x5E\xB0\x51"
				     "\x8E\x31\x29\x11\xD2\xDA\xB2\xA9";
	static const uint8_t v[] = LONG_TERM;
	struct stunmsg m;

	assert_int_equal(stunmsg_parse(&m, v, sizeof v - 1), 0);
	assert_int_equal(m.username.n, 18);
	assert_false(m.has_fingerprint);
	assert_int_equal(m.n_unknown, 0);
	assert_true(stunmsg_check(&m, v, sizeof v - 1, slice_of(key, 16)));
}

/* With any bit changed the fingerprint no longer holds: the message is refused, or the change hid the
 * fingerprint from the walk.  The integrity then still holds only if the change came behind it. */
static void test_every_bit_counts(void **state)
{
	static const struct {
		const uint8_t *p;
		size_t n;
	} vectors[] = { { LIT(REQUEST) }, { LIT(RESPONSE4) }, { LIT(RESPONSE6) } };

	for (size_t i = 0; i < N(vectors); i++)
		for (size_t bit = 0; bit < 8 * vectors[i].n; bit++) {
			uint8_t copy[128];
			struct stunmsg m;

			memcpy(copy, vectors[i].p, vectors[i].n);
			copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
			if (stunmsg_parse(&m, copy, vectors[i].n))
				continue;
			assert_false(m.has_fingerprint);
			if (bit / 8 < vectors[i].n - 8)
				assert_false(stunmsg_check(
					&m, copy, vectors[i].n, slice_str(PASSWORD)));
		}
}

static void test_cut_anywhere(void **state)
{
	for (size_t n = 0; n < sizeof(REQUEST) - 1; n++) {
		uint8_t *copy = malloc(n ? n : 1);
		struct stunmsg m;

		assert_non_null(copy);
		memcpy(copy, REQUEST, n);
		assert_int_equal(stunmsg_parse(&m, copy, n), EBADMSG);
		if (n >= 4) { /* also with a length that fits */
			copy[2] = 0;
			copy[3] = (uint8_t)(n - STUNMSG_HEADER);
			int err = stunmsg_parse(&m, copy, n);

			assert_true(err == EBADMSG || !m.has_fingerprint);
		}
		free(copy);
	}
}

/* Messages after "00 01 <length> cookie tid". */
static void test_attributes(void **state)
{
	static const struct {
		const char *what;
		const uint8_t *p;
		size_t n;
		int err;
		uint16_t unknown; /* the first */
	} cases[] = {
		{ "none", LIT(""), 0, 0 },
		{ "half a header", LIT("\x80\x22"), EBADMSG, 0 },
		{ "longer than the message", LIT("\x80\x22\x00\x05xxxx"), EBADMSG, 0 },
		{ "as long as a length goes", LIT("\x80\x22\xFF\xFFxxxx"), EBADMSG, 0 },
		{ "empty and optional", LIT("\x80\x22\x00\x00"), 0, 0 },
		{ "padded", LIT("\x80\x22\x00\x01x\xFF\xFF\xFF"), 0, 0 },
		{ "Chromium's", LIT("\xC0\x57\x00\x04\x00\x01\x00\x0A"), 0, 0 },
		{ "unknown and required", LIT("\x7F\xFF\x00\x00"), 0, 0x7FFF },
		{ "the first optional one", LIT("\x80\x00\x00\x00"), 0, 0 },
		{ "priority of 3", LIT("\x00\x24\x00\x03xxx\0"), EBADMSG, 0 },
		{ "priority of 8", LIT("\x00\x24\x00\x08xxxxxxxx"), EBADMSG, 0 },
		{ "controlling of 4", LIT("\x80\x2A\x00\x04xxxx"), EBADMSG, 0 },
		{ "controlled of 4", LIT("\x80\x29\x00\x04xxxx"), EBADMSG, 0 },
		{ "use-candidate of 4", LIT("\x00\x25\x00\x04xxxx"), EBADMSG, 0 },
		{ "integrity of 16", LIT("\x00\x08\x00\x10xxxxxxxxxxxxxxxx"), EBADMSG,
			0 },
		{ "a wrong fingerprint", LIT("\x80\x28\x00\x04xxxx"), EBADMSG, 0 },
		{ "an early fingerprint", LIT("\x80\x28\x00\x04xxxx\x80\x22\x00\x00"),
			EBADMSG, 0 },
		{ "an error without number", LIT("\x00\x09\x00\x00"), EBADMSG, 0 },
		{ "error 2xx", LIT("\x00\x09\x00\x04\0\0\x02\x00"), EBADMSG, 0 },
		{ "error 7xx", LIT("\x00\x09\x00\x04\0\0\x07\x00"), EBADMSG, 0 },
		{ "error 3..100", LIT("\x00\x09\x00\x04\0\0\x03\x64"), EBADMSG, 0 },
		{ "error 699", LIT("\x00\x09\x00\x04\0\0\x06\x63"), 0, 0 },
		{ "mapped of no family", LIT("\x00\x20\x00\x08\0\x03xxxxxx"), EBADMSG,
			0 },
		{ "mapped, IPv6 of 4", LIT("\x00\x20\x00\x08\0\x02xxxxxx"), EBADMSG, 0 },
		{ "mapped, nothing", LIT("\x00\x20\x00\x00"), EBADMSG, 0 },
		{ "SHA-256 alone", LIT("\x00\x1C\x00\x04xxxx"), 0, 0x001C },
		{ "SHA-256 after SHA-1",
			LIT("\x00\x08\x00\x14xxxxxxxxxxxxxxxxxxxx\x00\x1C\x00\x04xxxx"),
			0, 0 },
	};

	for (size_t i = 0; i < N(cases); i++) {
		uint8_t b[100] = "\x00\x01\x00\x00" COOKIE TID;
		struct stunmsg m = { .n_unknown = 99 };

		b[3] = (uint8_t)cases[i].n;
		memcpy(b + STUNMSG_HEADER, cases[i].p, cases[i].n);
		if (stunmsg_parse(&m, b, STUNMSG_HEADER + cases[i].n) != cases[i].err)
			fail_msg("%s", cases[i].what);
		if (cases[i].err)
			assert_int_equal(m.n_unknown, 99); /* untouched */
		else if (cases[i].unknown)
			assert_true(m.n_unknown == 1 && m.unknown[0] == cases[i].unknown);
		else
			assert_int_equal(m.n_unknown, 0);
	}
}

static void test_header(void **state)
{
	static const uint8_t good[] = "\x00\x01\x00\x00" COOKIE TID;
	static const struct {
		size_t at;
		uint8_t v;
		bool likely;
		int err;
	} cases[] = {
		{ 0, 0x00, true, 0 },
		{ 0, 0x3E, true, 0 },
		{ 0, 0x40, false, EBADMSG }, /* the first two bits, RFC 8489 section 5 */
		{ 0, 0x80, false, EBADMSG },
		{ 3, 4, true, EBADMSG },
		{ 4, 0x20, false, EBADMSG }, /* the cookie */
		{ 7, 0x43, false, EBADMSG },
	};

	for (size_t i = 0; i < N(cases); i++) {
		uint8_t b[STUNMSG_HEADER];
		struct stunmsg m;

		memcpy(b, good, sizeof b);
		b[cases[i].at] = cases[i].v;
		assert_int_equal(stunmsg_is_likely(b, sizeof b), cases[i].likely);
		assert_int_equal(stunmsg_parse(&m, b, sizeof b), cases[i].err);
	}
	assert_false(stunmsg_is_likely(good, STUNMSG_HEADER - 1));
}

static void test_class_and_method(void **state)
{
	static const struct {
		uint16_t type;
		enum stunmsg_class cls;
		uint16_t method;
	} cases[] = {
		{ 0x0001, STUNMSG_REQUEST, 1 },
		{ 0x0011, STUNMSG_INDICATION, 1 },
		{ 0x0101, STUNMSG_SUCCESS, 1 },
		{ 0x0111, STUNMSG_ERROR, 1 },
		{ 0x0003, STUNMSG_REQUEST, 3 }, /* Allocate */
		{ 0x3EEF, STUNMSG_REQUEST, 0xFFF },
		{ 0x3FFF, STUNMSG_ERROR, 0xFFF },
	};

	for (size_t i = 0; i < N(cases); i++) {
		uint8_t b[] = "\x00\x01\x00\x00" COOKIE TID;
		struct stunmsg m;

		be16_put(b, cases[i].type);
		assert_int_equal(stunmsg_parse(&m, b, STUNMSG_HEADER), 0);
		assert_int_equal(m.cls, cases[i].cls);
		assert_int_equal(m.method, cases[i].method);
	}
}

/* A message of the longest kind, of n bytes in all, that holds one optional attribute. */
static size_t big_message(uint8_t *b, size_t n)
{
	memcpy(b, "\x00\x01\x00\x00" COOKIE TID, STUNMSG_HEADER);
	be16_put(b + 2, (uint16_t)(n - STUNMSG_HEADER));
	be16_put(b + 20, 0x8022);
	be16_put(b + 22, (uint16_t)(n - STUNMSG_HEADER - 4));
	return n;
}

static void test_limits(void **state)
{
	static uint8_t b[STUNMSG_MAX + 4];
	struct stunmsg m;

	assert_int_equal(stunmsg_parse(&m, b, big_message(b, STUNMSG_MAX)), 0);
	assert_int_equal(stunmsg_parse(&m, b, big_message(b, STUNMSG_MAX + 4)), EBADMSG);
	/* USERNAME: fewer than 509 bytes */
	for (uint16_t len = 505; len <= 512; len++) {
		big_message(b, STUNMSG_HEADER + 4 + 512);
		be16_put(b + 20, 0x0006);
		be16_put(b + 22, len);
		size_t n = STUNMSG_HEADER + 4 + ((len + 3u) & ~3u);

		be16_put(b + 2, (uint16_t)(n - STUNMSG_HEADER));
		assert_int_equal(stunmsg_parse(&m, b, n), len > 508 ? EBADMSG : 0);
	}
	/* more unknown ones than can be listed */
	big_message(b, STUNMSG_HEADER + 4 * (STUNMSG_UNKNOWN_MAX + 1));
	for (size_t i = 0; i <= STUNMSG_UNKNOWN_MAX; i++)
		be32_put(b + STUNMSG_HEADER + 4 * i, (uint32_t)(0x7000 + i) << 16);
	assert_int_equal(
		stunmsg_parse(&m, b, STUNMSG_HEADER + 4 * (STUNMSG_UNKNOWN_MAX + 1)), 0);
	assert_int_equal(m.n_unknown, STUNMSG_UNKNOWN_MAX);
	assert_int_equal(m.unknown[STUNMSG_UNKNOWN_MAX - 1], 0x7007);
}

/* Of an attribute that comes twice the first counts; after the integrity none does. */
static void test_twice_and_unprotected(void **state)
{
	static const uint8_t twice[] = "\x00\x01\x00\x10" COOKIE TID
				       "\x00\x24\x00\x04\x00\x00\x00\x01"
				       "\x00\x24\x00\x04\x00\x00\x00\x02";
	static const uint8_t after[] = "\x00\x01\x00\x20" COOKIE TID
				       "\x00\x08\x00\x14xxxxxxxxxxxxxxxxxxxx"
				       "\x00\x24\x00\x04\x00\x00\x00\x02";
	struct stunmsg m;

	assert_int_equal(stunmsg_parse(&m, twice, sizeof twice - 1), 0);
	assert_int_equal(m.priority, 1);
	assert_int_equal(stunmsg_parse(&m, after, sizeof after - 1), 0);
	assert_true(m.has_integrity && !m.has_priority);
}

static struct sockaddr_storage address(const char *text, uint16_t port)
{
	struct sockaddr_storage s = { 0 };
	struct sockaddr_in *a4 = (struct sockaddr_in *)(void *)&s;
	struct sockaddr_in6 *a6 = (struct sockaddr_in6 *)(void *)&s;

	if (inet_pton(AF_INET, text, &a4->sin_addr) == 1) {
		a4->sin_family = AF_INET;
		a4->sin_port = htons(port);
	} else {
		assert_int_equal(inet_pton(AF_INET6, text, &a6->sin6_addr), 1);
		a6->sin6_family = AF_INET6;
		a6->sin6_port = htons(port);
	}
	return s;
}

static void test_success_reads_back(void **state)
{
	static const struct {
		const char *from, *mapped;
		uint16_t port;
	} cases[] = {
		{ "192.0.2.1", "192.0.2.1", 32853 }, { "0.0.0.0", "0.0.0.0", 0 },
		{ "255.255.255.255", "255.255.255.255", 65535 },
		{ "2001:db8::1", "2001:db8::1", 1 },
		{ "::ffff:192.0.2.7", "192.0.2.7",
			5000 }, /* a dual-stack socket's IPv4 */
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct sockaddr_storage from = address(cases[i].from, cases[i].port),
					expected = address(
						cases[i].mapped, cases[i].port);
		uint8_t b[STUNMSG_MAX];
		struct stunmsg m;
		size_t n;

		assert_int_equal(
			stunmsg_write_success(b, sizeof b, &n, tid,
				(const struct sockaddr *)&from, slice_str(PASSWORD)),
			0);
		assert_int_equal(stunmsg_parse(&m, b, n), 0);
		assert_int_equal(m.cls, STUNMSG_SUCCESS);
		assert_memory_equal(m.tid, tid, sizeof tid);
		assert_true(m.has_mapped && m.has_integrity && m.has_fingerprint);
		assert_memory_equal(&m.mapped, &expected, sizeof expected);
		assert_true(stunmsg_check(&m, b, n, slice_str(PASSWORD)));
		assert_false(stunmsg_check(&m, b, n, slice_str("other")));
	}
	struct sockaddr_storage local = { .ss_family = AF_UNIX };
	uint8_t b[STUNMSG_MAX];
	size_t n;

	assert_int_equal(stunmsg_write_success(b, sizeof b, &n, tid,
				 (const struct sockaddr *)&local, slice_str(PASSWORD)),
		EAFNOSUPPORT);
}

static void test_error_reads_back(void **state)
{
	static const uint16_t unknown[] = { 0x0033, 0x7FFF, 0x0044 };
	/* 420's attribute: three types, padded to a word (RFC 8489 section 14.10) */
	static const uint8_t listed[] =
		"\x00\x0A\x00\x06\x00\x33\x7F\xFF\x00\x44\x00\x00";
	uint8_t b[STUNMSG_MAX];
	struct stunmsg m;
	size_t n;

	assert_int_equal(stunmsg_write_error(b, sizeof b, &n, tid, 420, "Unknown",
				 unknown, 3, slice_str(PASSWORD)),
		0);
	assert_int_equal(stunmsg_parse(&m, b, n), 0);
	assert_int_equal(m.cls, STUNMSG_ERROR);
	assert_int_equal(m.error_code, 420);
	assert_true(stunmsg_check(&m, b, n, slice_str(PASSWORD)));
	assert_non_null(memmem(b, n, listed, sizeof listed - 1));
	assert_non_null(memmem(b, n, "\x04\x14Unknown\0", 10));

	assert_int_equal(stunmsg_write_error(
				 b, sizeof b, &n, tid, 401, "", NULL, 0, slice_str("")),
		0);
	assert_int_equal(n, STUNMSG_HEADER + 8 + 8);
	assert_int_equal(stunmsg_parse(&m, b, n), 0);
	assert_int_equal(m.error_code, 401);
	assert_true(m.has_fingerprint && !m.has_integrity);
	assert_false(stunmsg_check(&m, b, n, slice_str("")));
}

static void test_check_reads_back(void **state)
{
	for (int nominate = 0; nominate < 2; nominate++) {
		struct stunmsg_check_request r = { .username = "ours:theirs",
			.priority = 0x7E0000FF,
			.tie_breaker = UINT64_MAX - 1,
			.use_candidate = nominate };
		uint8_t b[STUNMSG_MAX];
		struct stunmsg m;
		size_t n;

		memcpy(r.tid, tid, sizeof tid);
		assert_int_equal(
			stunmsg_write_check(b, sizeof b, &n, &r, slice_str(PASSWORD)), 0);
		assert_int_equal(stunmsg_parse(&m, b, n), 0);
		assert_int_equal(m.cls, STUNMSG_REQUEST);
		assert_int_equal(m.method, STUNMSG_BINDING);
		assert_true(slice_is(m.username, r.username));
		assert_int_equal(m.priority, r.priority);
		assert_true(m.has_controlling && !m.has_controlled);
		assert_int_equal(m.tie_breaker, r.tie_breaker);
		assert_int_equal(m.use_candidate, nominate);
		assert_true(stunmsg_check(&m, b, n, slice_str(PASSWORD)));
	}
}

/* Each size too small, in memory of exactly that size. */
static void test_no_space(void **state)
{
	struct sockaddr_storage from = address("192.0.2.1", 1);
	struct stunmsg_check_request r = { .username = "a:b" };
	uint8_t whole[STUNMSG_MAX];
	size_t need[3];

	for (size_t cap = STUNMSG_MAX + 1; cap-- > 0;) {
		uint8_t *b = cap == STUNMSG_MAX ? whole : malloc(cap ? cap : 1);

		assert_non_null(b);
		for (int i = 0; i < 3; i++) {
			size_t n = 0;
			int err = i == 0 ? stunmsg_write_success(b, cap, &n, tid,
						   (const struct sockaddr *)&from,
						   slice_str(PASSWORD))
				: i == 1 ? stunmsg_write_error(b, cap, &n, tid, 400, "No",
						   NULL, 0, slice_str(PASSWORD))
					 : stunmsg_write_check(
						   b, cap, &n, &r, slice_str(PASSWORD));

			if (cap == STUNMSG_MAX)
				need[i] = n;
			assert_int_equal(err, cap >= need[i] ? 0 : ENOSPC);
		}
		if (b != whole)
			free(b);
	}
	char name[1300];

	memset(name, 'a', sizeof name - 1);
	name[sizeof name - 1] = 0;
	r.username = name;
	uint8_t large[2000]; /* room, but no message is longer than STUNMSG_MAX */
	size_t n;

	assert_int_equal(
		stunmsg_write_check(large, sizeof large, &n, &r, slice_str("p")), ENOSPC);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc5769_request),
		cmocka_unit_test(test_rfc5769_response4),
		cmocka_unit_test(test_rfc5769_response6),
		cmocka_unit_test(test_rfc5769_long_term),
		cmocka_unit_test(test_every_bit_counts),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_attributes),
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_class_and_method),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_twice_and_unprotected),
		cmocka_unit_test(test_success_reads_back),
		cmocka_unit_test(test_error_reads_back),
		cmocka_unit_test(test_check_reads_back),
		cmocka_unit_test(test_no_space),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
