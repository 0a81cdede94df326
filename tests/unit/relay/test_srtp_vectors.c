/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* srtp_crypto and srtp_box: the vectors of RFC 3711, RFC 2202 and RFC 7714. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "relay/srtp_box.h"

#define N_OF(a) (sizeof(a) / sizeof *(a))

static const uint8_t key[SRTP_KEY_SIZE],
	salt[SRTP_SALT_SIZE]; /* where they do not matter */

static void unhex(uint8_t *out, size_t n, const char *hex)
{
	assert_int_equal(text_unhex(out, n, hex), 0);
}

/* RFC 3711 appendix B.2: 1,044,512 bytes of keystream, its beginning and its end */
static void test_keystream(void **state)
{
	enum { SIZE = 1044512 };
	struct srtp_crypto c;
	uint8_t k[16], s[14], head[48], tail[48], auth[SRTP_AUTH_KEY_SIZE] = { 0 };
	uint8_t *stream = calloc(1, SIZE);

	unhex(k, 16, "2B7E151628AED2A6ABF7158809CF4F3C");
	unhex(s, 14, "F0F1F2F3F4F5F6F7F8F9FAFBFCFD");
	unhex(head, 48,
		"E03EAD0935C95E80E166B16DD92B4EB4D23513162B02D0F72A43A2FE4A5F97AB"
		"41E95B3BB0A2E8DD477901E4FCA894C0");
	unhex(tail, 48,
		"EC8CDF7398607CB0F2D21675EA9EA1E4362B7C3C6773516318A077D7FC5073AE"
		"6A2CC3787889374FBEB4C81B17BA6C44");
	assert_non_null(stream);
	assert_int_equal(srtp_crypto_init(&c, k, auth, s), 0);
	assert_int_equal(srtp_crypto_xor(&c, 0, 0, stream, SIZE), 0);
	assert_memory_equal(stream, head, 48);
	assert_memory_equal(stream + SIZE - 48, tail, 48);
	srtp_crypto_close(&c);
	free(stream);
}

/* RFC 3711 appendix B.3, with all 94 bytes of the auth key */
static void test_key_derivation(void **state)
{
	static const struct {
		enum srtp_label label;
		size_t n;
		const char *hex;
	} cases[] = {
		{ SRTP_LABEL_RTP_KEY, 16, "C61E7A93744F39EE10734AFE3FF7A087" },
		{ SRTP_LABEL_RTP_SALT, 14, "30CBBC08863D8C85D49DB34A9AE1" },
		{ SRTP_LABEL_RTP_AUTH, 94,
			"CEBE321F6FF7716B6FD4AB49AF256A156D38BAA48F0A0ACF3C34E2359E6CDBCE"
			"E049646C43D9327AD175578EF72270986371C10C9A369AC2F94A8C5FBCDDDC25"
			"6D6E919A48B610EF17C2041E474035766B68642C59BBFC2F34DB60DBDFB2" },
	};
	uint8_t k[16], s[14];

	unhex(k, 16, "E1F97A0D3E018BE0D64FA32C06DE4139");
	unhex(s, 14, "0EC675AD498AFEEBB6960B3AABE6");
	for (size_t i = 0; i < N_OF(cases); i++) {
		uint8_t got[94], want[94];

		unhex(want, cases[i].n, cases[i].hex);
		assert_int_equal(srtp_derive(k, s, cases[i].label, got, cases[i].n), 0);
		assert_memory_equal(got, want, cases[i].n);
	}
}

/* RFC 2202 section 3, the cases with a key of our length; twice, since the context is wound back */
static void test_hmac(void **state)
{
	static const struct {
		uint8_t key;
		const char *data; /* or 50 times dd */
		const char *tag;
	} cases[] = {
		{ 0x0b, "Hi There", "b617318655057264e28b" },
		{ 0xaa, NULL, "125d7342b9ac11cd91a3" },
	};

	for (size_t i = 0; i < N_OF(cases); i++) {
		uint8_t auth[SRTP_AUTH_KEY_SIZE], got[SRTP_TAG_SIZE], want[SRTP_TAG_SIZE],
			data[50];
		size_t n = cases[i].data ? strlen(cases[i].data) : sizeof data;
		struct srtp_crypto c;

		memset(auth, cases[i].key, sizeof auth);
		memset(data, 0xdd, sizeof data);
		if (cases[i].data)
			memcpy(data, cases[i].data, n);
		unhex(want, sizeof want, cases[i].tag);
		assert_int_equal(srtp_crypto_init(&c, key, auth, salt), 0);
		for (int twice = 0; twice < 2; twice++) {
			assert_int_equal(srtp_crypto_tag(&c, data, n, got), 0);
			assert_memory_equal(got, want, sizeof want);
		}
		srtp_crypto_close(&c);
	}
}

/* RFC 7714 sections 16.1 and 17.1: sealed, and 16.1.2 and 17.2: opened, with session keys. */
static void test_gcm(void **state)
{
	static const struct {
		const char *what;
		bool is_rtcp;
		uint32_t ssrc;
		uint64_t index;
		size_t clear;
		const char *plain, *sealed;
	} cases[] = {
		{ "16.1, a packet", false, 0x5501a0b2, 0xf17b, 12,
			"8040f17b8041f8d35501a0b2"
			"47616c6c696120657374206f6d6e6973206469766973612069"
			"6e207061727465732074726573",
			"8040f17b8041f8d35501a0b2"
			"f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42"
			"a5f47a51c7d19b36de3adf8833"
			"899d7f27beb16a9152cf765ee4390cce" },
		{ "17.1, a report", true, 0x4d617273, 0x5d4, 8,
			"81c8000d4d617273"
			"4e5450314e545032525450200000042a0000e9304c756e61"
			"deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
			"81c8000d4d617273"
			"63e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32d"
			"c676a5f1730d6fda4ce09b4686303ded0bb9275b"
			"c84aa45896cf4d2fc5abf87245d9eade800005d4" },
	};
	uint8_t k[16], s[12];

	unhex(k, 16, "000102030405060708090a0b0c0d0e0f");
	unhex(s, 12, "517569642070726f2071756f");
	for (size_t i = 0; i < N_OF(cases); i++) {
		size_t n = strlen(cases[i].plain) / 2, m = strlen(cases[i].sealed) / 2;
		struct srtp_box b = { .suite = SRTP_GCM, .is_rtcp = cases[i].is_rtcp };
		struct srtp_mki none = { .n = 0 };
		uint8_t p[96], plain[96], sealed[96];
		struct srtp_text t = { .ssrc = cases[i].ssrc,
			.index = cases[i].index,
			.p = p,
			.clear = cases[i].clear,
			.end = n };

		print_message("# %s\n", cases[i].what);
		unhex(plain, n, cases[i].plain);
		unhex(sealed, m, cases[i].sealed);
		memcpy(p, plain, n);
		assert_int_equal(srtp_box_key(&b, k, NULL, s), 0);
		assert_int_equal(srtp_box_trailer(&b, &none), m - n);
		assert_int_equal(srtp_box_seal(&b, &t, &none), 0);
		assert_memory_equal(p, sealed, m);
		assert_int_equal(srtp_box_open(&b, &t, &none), 0);
		assert_memory_equal(p, plain, n);
		srtp_box_close(&b);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keystream),
		cmocka_unit_test(test_key_derivation),
		cmocka_unit_test(test_hmac),
		cmocka_unit_test(test_gcm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
