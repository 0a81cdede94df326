/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* cose and webauthn: keys, authenticator data, attestation objects. Vectors: W3C Web Authentication Level 3,
 * section 16 ("none.ES256", "packed-self.ES256"). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "wire/webauthn.h"

#define N(a) (sizeof(a) / sizeof *(a))

#define X  "afefa16f97ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df61"
#define Y  "930a56b87a2fca66334b03458abf879717c12cc68ed73290af2e2664796b9220"
#define ED "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"

static struct slice unhex(uint8_t *buf, size_t cap, const char *hex)
{
	size_t n = strlen(hex) / 2;

	assert_true(n <= cap);
	assert_int_equal(text_unhex(buf, n, hex), 0);
	return (struct slice){ buf, n };
}

static void test_key(void **state)
{
	static const struct {
		const char *what, *hex;
		int err;
		int alg;
		const char *point;
	} cases[] = {
		{ "ES256", "a5010203262001215820" X "225820" Y, 0, COSE_ES256, "04" X Y },
		{ "members in another order", "a5200103260102215820" X "225820" Y, 0,
			COSE_ES256, "04" X Y },
		{ "EdDSA", "a4010103272006215820" ED, 0, COSE_EDDSA, ED },
		{ "a member that is not ours, key_ops",
			"a5010103272006215820" ED "04810"
			"2",
			0, COSE_EDDSA, ED },
		{ "RS256", "a401030339010020430100012142ffff", ENOTSUP, 0, "" },
		{ "ES256 on another curve", "a5010203262002215820" X "225820" Y, ENOTSUP,
			0, "" },
		{ "Ed448", "a4010103272007215820" ED, ENOTSUP, 0, "" },
		{ "no algorithm",
			"a40102200121"
			"5820" X "225820" Y,
			EBADMSG, 0, "" },
		{ "an algorithm that does not fit the type",
			"a501010326200121"
			"5820" X "225820" Y,
			EBADMSG, 0, "" },
		{ "no y", "a4010203262001215820" X, EBADMSG, 0, "" },
		{ "a y that is only a sign",
			"a501020326200121"
			"5820" X "22f5",
			EBADMSG, 0, "" },
		{ "a short x", "a50102032620012142aaaa225820" Y, EBADMSG, 0, "" },
		{ "x twice",
			"a601020326200121"
			"5820" X "215820" X "225820" Y,
			EBADMSG, 0, "" },
		{ "EdDSA with a y", "a5010103272006215820" ED "2140", EBADMSG, 0, "" },
		{ "no map", "80", EBADMSG, 0, "" },
		{ "cut", "a5010203262001215820" X "2258", EBADMSG, 0, "" },
	};

	for (size_t i = 0; i < N(cases); i++) {
		uint8_t buf[160];
		char hex[2 * COSE_POINT_MAX + 1] = "";
		struct slice rest = unhex(buf, sizeof buf, cases[i].hex);
		struct cose_key key = { 0 };
		int err = cose_key_read(&rest, &key);

		text_hex(hex, sizeof hex, key.point, key.n);
		if (err != cases[i].err || (int)key.alg != cases[i].alg ||
			strcmp(hex, cases[i].point) != 0)
			fail_msg("%s: %d %d %s", cases[i].what, err, (int)key.alg, hex);
		if (!err)
			assert_int_equal(key.n, cose_point_size(key.alg));
	}
	assert_int_equal(cose_point_size(-257), 0);
}

#define RP  "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b5"
#define ID  "f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4"
#define KEY "a5010203262001215820" X "225820" Y
#define NEW "8446ccb9ab1db374750b2367ff6f3a1f0020" ID KEY

static void test_data(void **state)
{
	static const struct {
		const char *what, *hex;
		int err;
		bool is_present, is_verified, has_credential;
		uint32_t count;
	} cases[] = {
		{ "none.ES256, the new credential", RP "5900000000" NEW, 0, true, false,
			true, 0 },
		{ "none.ES256, its assertion", RP "1900000000", 0, true, false, false,
			0 },
		{ "verified, counted", RP "0500000102", 0, true, true, false, 258 },
		{ "nobody there", RP "0000000001", 0, false, false, false, 1 },
		{ "with extensions", RP "8500000001a16161f5", 0, true, true, false, 1 },
		{ "credential and extensions", RP "c100000001" NEW "a0", 0, true, false,
			true, 1 },
		{ "nothing", "", EBADMSG, 0 },
		{ "a byte short", RP "01000000", EBADMSG, 0 },
		{ "a byte behind", RP "010000000000", EBADMSG, 0 },
		{ "a credential that was not announced", RP "1900000000" NEW, EBADMSG,
			0 },
		{ "announced and not there", RP "5900000000", EBADMSG, 0 },
		{ "extensions that are none", RP "810000000001", EBADMSG, 0 },
		{ "an id without a byte",
			RP "4100000000"
			   "8446ccb9ab1db374750b2367ff6f3a1f0000" KEY,
			EBADMSG, 0 },
		{ "an id that is longer than all there is",
			RP "4100000000"
			   "8446ccb9ab1db374750b2367ff6f3a1f0080" ID KEY,
			EBADMSG, 0 },
		{ "a key that is not ours",
			RP "4100000000"
			   "8446ccb9ab1db374750b2367ff6f3a1f0001aa"
			   "a401030339010020430100012142ffff",
			ENOTSUP, 0 },
	};

	for (size_t i = 0; i < N(cases); i++) {
		uint8_t buf[256];
		struct slice bytes = unhex(buf, sizeof buf, cases[i].hex);
		struct webauthn_data d = { 0 };
		int err = webauthn_data_read(&d, bytes);

		if (err != cases[i].err || d.is_present != cases[i].is_present ||
			d.is_verified != cases[i].is_verified ||
			d.has_credential != cases[i].has_credential ||
			d.count != cases[i].count)
			fail_msg("%s: %d", cases[i].what, err);
		if (!err && d.has_credential)
			assert_true(d.id.n == 32 && d.id.p[0] == 0xf9 &&
				d.key.alg == COSE_ES256);
	}
}

static void test_attestation(void **state)
{
	static const struct {
		const char *what, *hex;
		int err;
		size_t n;
	} cases[] = {
		{ "none",
			"a363666d74646e6f6e656761747453746d74a0686175746844617461"
			"43aabbcc",
			0, 3 },
		{ "a statement is skipped",
			"a363666d74667061636b65646761747453746d74a263616c6726637369674101"
			"686175746844617461"
			"42aabb",
			0, 2 },
		{ "another order",
			"a2686175746844617461"
			"41aa"
			"63666d74646e6f6e65",
			0, 1 },
		{ "no authData", "a163666d74646e6f6e65", EBADMSG, 0 },
		{ "authData twice",
			"a2686175746844617461"
			"41aa"
			"686175746844617461"
			"41aa",
			EBADMSG, 0 },
		{ "authData as text",
			"a1686175746844617461"
			"61aa",
			EBADMSG, 0 },
		{ "a key that is no text", "a101686175746844617461", EBADMSG, 0 },
		{ "a byte behind",
			"a1686175746844617461"
			"41aa"
			"00",
			EBADMSG, 0 },
		{ "no map", "01", EBADMSG, 0 },
		{ "cut",
			"a2686175746844617461"
			"41aa",
			EBADMSG, 0 },
	};

	for (size_t i = 0; i < N(cases); i++) {
		uint8_t buf[128];
		struct slice data = { 0 };
		int err = webauthn_attestation_read(
			&data, unhex(buf, sizeof buf, cases[i].hex));

		if (err != cases[i].err || data.n != cases[i].n)
			fail_msg("%s: %d, %zu bytes", cases[i].what, err, data.n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_key),
		cmocka_unit_test(test_data),
		cmocka_unit_test(test_attestation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
