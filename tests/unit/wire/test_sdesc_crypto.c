/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sdesc: a=crypto lines read (RFC 4568), and written. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "wire/sdesc.h"

#define N(a) (sizeof(a) / sizeof *(a))
#define HEAD "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\n"
#define SAVP "m=audio 4000 RTP/SAVP 8\r\n"
#define CM   "AES_CM_128_HMAC_SHA1_80"
/* bytes 0 to 29, and 0 to 27: 16 of a key and 14, or 12, of a salt */
#define K30 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd"
#define K28 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGw=="
#define K29 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxw="

static const struct sdesc_codec pcma = { SDESC_CODEC_PCMA, 8, 8000, 1 };

/* What a section with these lines is left with. */
static struct sdesc_crypto read_lines(const char *lines)
{
	char text[2000];
	struct sdesc d;

	snprintf(text, sizeof text, "%s%s%s", HEAD, SAVP, lines);
	assert_int_equal(sdesc_parse(&d, text, strlen(text)), 0);
	assert_int_equal(d.n_media, 1);
	return d.media[0].crypto;
}

static void test_lines(void **state)
{
	static const struct {
		const char *what, *line;
		enum sdesc_suite suite; /* SDESC_SUITE_NONE: unusable */
		uint32_t tag;
		uint64_t life, mki;
		uint8_t mki_size;
	} cases[] = {
		{ "the least", "1 " CM " inline:" K30, SDESC_SUITE_AES_CM_80, 1, 0, 0,
			0 },
		{ "the short tag", "2 AES_CM_128_HMAC_SHA1_32 inline:" K30,
			SDESC_SUITE_AES_CM_32, 2, 0, 0, 0 },
		{ "GCM", "3 AEAD_AES_128_GCM inline:" K28, SDESC_SUITE_GCM, 3, 0, 0, 0 },
		{ "a tag of nine digits", "999999999 " CM " inline:" K30,
			SDESC_SUITE_AES_CM_80, 999999999, 0, 0, 0 },
		{ "a tag of ten", "1000000000 " CM " inline:" K30, 0, 0, 0, 0, 0 },
		{ "a tag that is none", "a " CM " inline:" K30, 0, 0, 0, 0, 0 },
		{ "no tag", CM " inline:" K30, 0, 0, 0, 0, 0 },
		{ "another suite", "1 F8_128_HMAC_SHA1_80 inline:" K30, 0, 0, 0, 0, 0 },
		{ "a longer key", "1 AEAD_AES_256_GCM inline:" K30, 0, 0, 0, 0, 0 },
		{ "names in small letters", "1 aes_cm_128_hmac_sha1_80 INLINE:" K30,
			SDESC_SUITE_AES_CM_80, 1, 0, 0, 0 },
		{ "a key by other means", "1 " CM " uri:" K30, 0, 0, 0, 0, 0 },
		{ "no key", "1 " CM, 0, 0, 0, 0, 0 },
		{ "an empty key", "1 " CM " inline:", 0, 0, 0, 0, 0 },
		{ "a byte short", "1 " CM " inline:" K29, 0, 0, 0, 0, 0 },
		{ "GCM's salt with AES-CM", "1 " CM " inline:" K28, 0, 0, 0, 0, 0 },
		{ "AES-CM's with GCM", "1 AEAD_AES_128_GCM inline:" K30, 0, 0, 0, 0, 0 },
		{ "longer", "1 " CM " inline:" K30 "AAAA", 0, 0, 0, 0, 0 },
		{ "no base64", "1 " CM " inline:*" K30, 0, 0, 0, 0, 0 },
		{ "two keys", "1 " CM " inline:" K30 "|1:4;inline:" K30 "|2:4", 0, 0, 0,
			0, 0 },
		{ "a life", "1 " CM " inline:" K30 "|2^20", SDESC_SUITE_AES_CM_80, 1,
			1 << 20, 0, 0 },
		{ "in decimal", "1 " CM " inline:" K30 "|1000", SDESC_SUITE_AES_CM_80, 1,
			1000, 0, 0 },
		{ "of one packet", "1 " CM " inline:" K30 "|2^0", SDESC_SUITE_AES_CM_80,
			1, 1, 0, 0 },
		{ "the longest", "1 " CM " inline:" K30 "|2^48", SDESC_SUITE_AES_CM_80, 1,
			UINT64_C(1) << 48, 0, 0 },
		{ "the longest in decimal", "1 " CM " inline:" K30 "|281474976710656",
			SDESC_SUITE_AES_CM_80, 1, UINT64_C(1) << 48, 0, 0 },
		{ "longer", "1 " CM " inline:" K30 "|2^49", 0, 0, 0, 0, 0 },
		{ "longer by one", "1 " CM " inline:" K30 "|281474976710657", 0, 0, 0, 0,
			0 },
		{ "none", "1 " CM " inline:" K30 "|0", 0, 0, 0, 0, 0 },
		{ "a life that is no number", "1 " CM " inline:" K30 "|2^", 0, 0, 0, 0,
			0 },
		{ "an MKI", "1 " CM " inline:" K30 "|1:4", SDESC_SUITE_AES_CM_80, 1, 0, 1,
			4 },
		{ "life and MKI", "1 " CM " inline:" K30 "|2^31|258:2",
			SDESC_SUITE_AES_CM_80, 1, UINT64_C(1) << 31, 258, 2 },
		{ "the longest MKI", "1 " CM " inline:" K30 "|1:128",
			SDESC_SUITE_AES_CM_80, 1, 0, 1, 128 },
		{ "a longer one", "1 " CM " inline:" K30 "|1:129", 0, 0, 0, 0, 0 },
		{ "of no bytes", "1 " CM " inline:" K30 "|0:0", 0, 0, 0, 0, 0 },
		{ "that fits just", "1 " CM " inline:" K30 "|255:1",
			SDESC_SUITE_AES_CM_80, 1, 0, 255, 1 },
		{ "that does not", "1 " CM " inline:" K30 "|256:1", 0, 0, 0, 0, 0 },
		{ "eight bytes", "1 " CM " inline:" K30 "|18446744073709551615:8",
			SDESC_SUITE_AES_CM_80, 1, 0, UINT64_MAX, 8 },
		{ "a number past them", "1 " CM " inline:" K30 "|18446744073709551616:9",
			0, 0, 0, 0, 0 },
		{ "an MKI before the life", "1 " CM " inline:" K30 "|1:4|2^20", 0, 0, 0,
			0, 0 },
		{ "a bar at the end", "1 " CM " inline:" K30 "|", 0, 0, 0, 0, 0 },
		{ "two bars", "1 " CM " inline:" K30 "||1:4", 0, 0, 0, 0, 0 },
		{ "three parts", "1 " CM " inline:" K30 "|2^20|1:4|1:4", 0, 0, 0, 0, 0 },
		{ "no key derivation", "1 " CM " inline:" K30 " KDR=0",
			SDESC_SUITE_AES_CM_80, 1, 0, 0, 0 },
		{ "key derivation", "1 " CM " inline:" K30 " KDR=1", 0, 0, 0, 0, 0 },
		{ "RTP in clear", "1 " CM " inline:" K30 " UNENCRYPTED_SRTP", 0, 0, 0, 0,
			0 },
		{ "RTCP in clear", "1 " CM " inline:" K30 " UNENCRYPTED_SRTCP", 0, 0, 0,
			0, 0 },
		{ "without tags", "1 " CM " inline:" K30 " UNAUTHENTICATED_SRTP", 0, 0, 0,
			0, 0 },
		{ "a window", "1 " CM " inline:" K30 " WSH=128", SDESC_SUITE_AES_CM_80, 1,
			0, 0, 0 },
		{ "one that is too small", "1 " CM " inline:" K30 " WSH=63", 0, 0, 0, 0,
			0 },
		{ "what need not be known", "1 " CM " inline:" K30 " -FOO=bar KDR=0",
			SDESC_SUITE_AES_CM_80, 1, 0, 0, 0 },
		{ "what must be", "1 " CM " inline:" K30 " KDR=0 FOO", 0, 0, 0, 0, 0 },
		{ "FEC", "1 " CM " inline:" K30 " FEC_ORDER=SRTP_FEC", 0, 0, 0, 0, 0 },
		{ "blanks", "1   " CM "  inline:" K30 "  KDR=0 ", SDESC_SUITE_AES_CM_80,
			1, 0, 0, 0 },
	};
	uint8_t raw[30];

	for (size_t i = 0; i < sizeof raw; i++)
		raw[i] = (uint8_t)i;
	for (size_t i = 0; i < N(cases); i++) {
		char line[300];
		struct sdesc_crypto c;

		print_message("# %s\n", cases[i].what);
		snprintf(line, sizeof line, "a=crypto:%s\r\n", cases[i].line);
		c = read_lines(line);
		assert_int_equal(c.suite, cases[i].suite);
		assert_int_equal(c.tag, cases[i].tag);
		assert_true(c.life == cases[i].life && c.mki == cases[i].mki);
		assert_int_equal(c.mki_size, cases[i].mki_size);
		if (!c.suite)
			continue;
		assert_memory_equal(c.key, raw, 16);
		assert_memory_equal(c.salt, raw + 16, sdesc_salt_size(c.suite));
	}
}

static void test_first_usable_line_counts(void **state)
{
	struct sdesc_crypto c = read_lines(
		"a=crypto:1 AEAD_AES_256_GCM inline:" K30 "\r\na=crypto:2 " CM
		" inline:" K30 " UNENCRYPTED_SRTP\r\n"
		"a=crypto:3 AEAD_AES_128_GCM inline:" K28 "\r\na=crypto:4 " CM
		" inline:" K30 "\r\n");

	assert_int_equal(c.tag, 3);
	assert_int_equal(c.suite, SDESC_SUITE_GCM);
}

/* A key for all sections would be one keystream for several streams: RFC 4568 section 4 has none. */
static void test_none_for_the_session(void **state)
{
	static const char text[] = HEAD "a=crypto:1 " CM " inline:" K30 "\r\n" SAVP
					"a=crypto:2 " CM " inline:" K30
					"\r\nm=audio 4002 RTP/AVP 8\r\n";
	struct sdesc d;

	assert_int_equal(sdesc_parse(&d, text, strlen(text)), 0);
	assert_int_equal(d.media[0].crypto.tag, 2);
	assert_int_equal(d.media[1].crypto.suite, SDESC_SUITE_NONE);
}

static void test_mki_bytes(void **state)
{
	static const struct {
		uint64_t mki;
		uint8_t size;
		const char *bytes;
	} cases[] = {
		{ 1, 1, "\1" },
		{ 0x0102, 4, "\0\0\1\2" },
		{ UINT64_C(0x0102030405060708), 10, "\0\0\1\2\3\4\5\6\7\10" },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct sdesc_crypto c = { .mki = cases[i].mki,
			.mki_size = cases[i].size };
		uint8_t out[SDESC_MKI_MAX];

		sdesc_mki_bytes(&c, out);
		assert_memory_equal(out, cases[i].bytes, cases[i].size);
	}
}

static struct sdesc_plain plain(
	const struct sdesc *offer, const struct sdesc_crypto *crypto)
{
	return (struct sdesc_plain){ .session_id = 7,
		.version = 1,
		.addr = "192.0.2.5",
		.port = 40000,
		.codecs = &pcma,
		.n_codecs = 1,
		.crypto = crypto,
		.offer = offer };
}

static const struct sdesc_crypto ours = { .suite = SDESC_SUITE_GCM,
	.tag = 12,
	.key = { 0xFF },
	.salt = { 0xEE },
	.mki = 258,
	.mki_size = 4 };

static void test_answer(void **state)
{
	static const char *const profiles[] = { "RTP/SAVP", "RTP/SAVPF" };

	for (size_t i = 0; i < N(profiles); i++) {
		char text[500], buf[1000], want[100];
		struct sdesc offer, back;
		struct sdesc_plain d = plain(&offer, &ours);
		size_t n;

		snprintf(text, sizeof text,
			HEAD "m=audio 3000 RTP/AVP 8\r\nm=audio 4000 %s 8\r\n",
			profiles[i]);
		assert_int_equal(sdesc_parse(&offer, text, strlen(text)), 0);
		offer.audio = 1; /* the secure one */
		assert_int_equal(sdesc_write_plain(&d, buf, sizeof buf, &n), 0);
		snprintf(want, sizeof want,
			"m=audio 0 RTP/AVP 8\r\nm=audio 40000 %s 8\r\n"
			"a=crypto:12 AEAD_AES_128_GCM inline:/wAAAAAAAAAAAAAA",
			profiles[i]);
		assert_non_null(strstr(buf, want));
		assert_non_null(strstr(buf, "|258:4\r\n"));
		assert_int_equal(sdesc_parse(&back, buf, n), 0);
		assert_int_equal(back.audio, 1);
		assert_memory_equal(back.media[1].crypto.key, ours.key, sizeof ours.key);
	}
}

static void test_offer(void **state)
{
	struct sdesc_plain d = plain(NULL, &ours);
	struct sdesc back;
	char buf[1000];
	size_t n;

	assert_int_equal(sdesc_write_plain(&d, buf, sizeof buf, &n), 0);
	assert_non_null(strstr(buf, "m=audio 40000 RTP/SAVP 8\r\n"));
	assert_int_equal(sdesc_parse(&back, buf, n), 0);
	assert_int_equal(back.media[0].crypto.tag, 12);
}

/* A key for plain RTP, SRTP without one, DTLS with one. */
static void test_what_cannot_be_kept(void **state)
{
	static const struct {
		const char *proto;
		bool has_key;
		int err;
	} cases[] = {
		{ "RTP/AVP", false, 0 },
		{ "RTP/AVP", true, EINVAL },
		{ "RTP/SAVP", false, EINVAL },
		{ "RTP/SAVP", true, 0 },
		{ "UDP/TLS/RTP/SAVP", true, EINVAL },
	};
	static const struct sdesc_crypto none = { .suite = SDESC_SUITE_NONE };

	for (size_t i = 0; i < N(cases); i++) {
		struct sdesc offer;
		struct sdesc_plain d = plain(&offer, cases[i].has_key ? &ours : NULL);
		char text[300], buf[1000];
		size_t n;

		snprintf(text, sizeof text, HEAD "m=audio 4000 %s 8\r\n", cases[i].proto);
		assert_int_equal(sdesc_parse(&offer, text, strlen(text)), 0);
		assert_int_equal(
			sdesc_write_plain(&d, buf, sizeof buf, &n), cases[i].err);
		d.crypto = &none;
		assert_int_equal(sdesc_write_plain(&d, buf, sizeof buf, &n), EINVAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_first_usable_line_counts),
		cmocka_unit_test(test_none_for_the_session),
		cmocka_unit_test(test_mki_bytes),
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_offer),
		cmocka_unit_test(test_what_cannot_be_kept),
	};

	return cmocka_run_group_tests_name("sdesc_crypto", tests, NULL, NULL);
}
