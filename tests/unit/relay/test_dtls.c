/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* dtls: what is agreed on, what is refused, how it ends. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <time.h>

#include <openssl/x509.h>

#include "dtls_world.h"

static void test_handshakes(void **state)
{
	static const struct {
		const char *what;
		struct peer_options o;
		int least_from_peer; /* datagrams */
	} cases[] = {
		{ "as a browser", { 0 }, 2 },
		{ "a ClientHello in two datagrams", { .alpn = 1200 }, 3 },
		{ "a ClientHello in many", { .alpn = 900, .mtu = 300 }, 6 },
		{ "our profile after another",
			{ .profiles = "SRTP_AES128_CM_SHA1_32:SRTP_AES128_CM_SHA1_80" },
			2 },
		{ "AES-256", { .ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384" }, 2 },
		{ "ChaCha20", { .ciphers = "ECDHE-ECDSA-CHACHA20-POLY1305" }, 2 },
	};

	for (size_t i = 0; i < N_OF(cases); i++) {
		struct world w;

		print_message("# %s\n", cases[i].what);
		world_open(&w, &cases[i].o);
		settle(&w);
		assert_same_keys(&w);
		assert_true(w.from_peer >= cases[i].least_from_peer);
		assert_int_equal(SSL_version(w.peer.ssl), DTLS1_2_VERSION);
		world_close(&w);
	}
}

/* The order is ours, whatever the client's is. */
static void test_profiles(void **state)
{
	static const struct {
		const char *profiles;
		enum srtp_suite suite;
	} cases[] = {
		{ "SRTP_AES128_CM_SHA1_80", SRTP_AES_CM_80 },
		{ "SRTP_AEAD_AES_128_GCM", SRTP_GCM },
		{ "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80", SRTP_GCM },
		{ "SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_128_GCM", SRTP_GCM },
		{ "SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80:SRTP_AES128_CM_SHA1_32",
			SRTP_AES_CM_80 },
	};

	for (size_t i = 0; i < N_OF(cases); i++) {
		struct peer_options o = { .profiles = cases[i].profiles };
		struct dtls_keys k;
		struct world w;

		print_message("# %s\n", cases[i].profiles);
		world_open(&w, &o);
		settle(&w);
		assert_same_keys(&w);
		assert_int_equal(dtls_export(w.d, &k), 0);
		assert_int_equal(k.suite, cases[i].suite);
		world_close(&w);
	}
}

static void test_refusals(void **state)
{
	static const char no_profile[] = "client offers no SRTP profile that we have";
	static const struct {
		const char *what;
		struct peer_options o;
		const char *failure;
		int alert;
	} cases[] = {
		{ "no use_srtp", { .profiles = "" }, no_profile,
			SSL_AD_HANDSHAKE_FAILURE },
		{ "a shorter tag only", { .profiles = "SRTP_AES128_CM_SHA1_32" },
			no_profile, SSL_AD_HANDSHAKE_FAILURE },
		{ "a longer key only", { .profiles = "SRTP_AEAD_AES_256_GCM" },
			no_profile, SSL_AD_HANDSHAKE_FAILURE },
		{ "no certificate", { .no_certificate = true },
			"peer did not return a certificate", SSL_AD_HANDSHAKE_FAILURE },
		{ "NULL ciphers", { .ciphers = "eNULL" }, "no shared cipher",
			SSL_AD_HANDSHAKE_FAILURE },
		{ "no forward secrecy", { .ciphers = "AES128-GCM-SHA256" },
			"no shared cipher", SSL_AD_HANDSHAKE_FAILURE },
		{ "CBC", { .ciphers = "ECDHE-ECDSA-AES128-SHA" }, "no shared cipher",
			SSL_AD_HANDSHAKE_FAILURE },
		{ "DTLS 1.0", { .version = DTLS1_VERSION, .ciphers = "ALL" },
			"unsupported protocol", SSL_AD_PROTOCOL_VERSION },
	};

	for (size_t i = 0; i < N_OF(cases); i++) {
		struct dtls_keys k;
		struct world w;

		print_message("# %s\n", cases[i].what);
		world_open(&w, &cases[i].o);
		settle(&w);
		flow(&w);
		assert_int_equal(w.state, DTLS_FAILED);
		assert_string_equal(dtls_failure(w.d), cases[i].failure);
		assert_int_equal(w.peer.state, PEER_FAILED);
		assert_int_equal(w.peer.alert, cases[i].alert);
		assert_int_equal(dtls_export(w.d, &k), EINVAL);
		assert_int_equal(dtls_timeout_us(w.d), -1);
		world_close(&w);
	}
}

static void test_wrong_fingerprint(void **state)
{
	for (size_t byte = 0; byte < DTLS_FINGERPRINT; byte += 31) {
		struct world w;
		uint8_t wrong[DTLS_FINGERPRINT];

		world_open(&w, &(struct peer_options){ 0 });
		memcpy(wrong, w.peer.fingerprint, sizeof wrong);
		wrong[byte] ^= 1;
		dtls_free(w.d);
		assert_int_equal(dtls_new(&w.d, w.ctx, wrong, datagrams_put, &w.out), 0);
		settle(&w);
		flow(&w);
		assert_int_equal(w.state, DTLS_FAILED);
		assert_string_equal(dtls_failure(w.d),
			"certificate does not have the promised fingerprint");
		assert_int_equal(w.peer.alert, SSL_AD_BAD_CERTIFICATE);
		assert_int_not_equal(w.peer.state, PEER_CONNECTED);
		world_close(&w);
	}
}

/* Our certificate, as the client sees it. */
static void test_own_certificate(void **state)
{
	struct world w[2];
	uint8_t fp[DTLS_FINGERPRINT];
	char cn[32];

	for (int i = 0; i < 2; i++) {
		world_open(&w[i], &(struct peer_options){ 0 });
		settle(&w[i]);
	}

	X509 *a = SSL_get0_peer_certificate(w[0].peer.ssl);
	X509 *b = SSL_get0_peer_certificate(w[1].peer.ssl);
	time_t real = time(NULL), in29 = real + 29L * 86400, in31 = real + 31L * 86400;

	X509_digest(a, EVP_sha256(), fp, NULL);
	assert_memory_equal(fp, dtls_ctx_fingerprint(w[0].ctx), sizeof fp);
	X509_NAME_get_text_by_NID(
		X509_get_subject_name(a), NID_commonName, cn, sizeof cn);
	assert_string_equal(cn, "heimamt");
	assert_int_equal(X509_cmp_time(X509_get0_notBefore(a), &real), -1);
	assert_int_equal(X509_cmp_time(X509_get0_notAfter(a), &in29), 1);
	assert_int_equal(X509_cmp_time(X509_get0_notAfter(a), &in31), -1);
	assert_int_not_equal(
		ASN1_INTEGER_cmp(X509_get0_serialNumber(a), X509_get0_serialNumber(b)),
		0);
	assert_memory_not_equal(
		fp, dtls_ctx_fingerprint(w[1].ctx), sizeof fp); /* a key of its own */
	for (int i = 0; i < 2; i++)
		world_close(&w[i]);
}

static void test_close_is_seen_and_not_forged(void **state)
{
	static const uint8_t forged[] = { 21, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 99, 0, 2,
		2, 40 };
	struct dtls_keys k;
	struct world w;

	world_open(&w, &(struct peer_options){ 0 });
	settle(&w);
	assert_int_equal(dtls_feed(w.d, forged, sizeof forged), DTLS_CONNECTED);
	assert_same_keys(&w);
	SSL_shutdown(w.peer.ssl);
	flow(&w);
	assert_int_equal(w.state, DTLS_FAILED);
	assert_string_equal(dtls_failure(w.d), "closed by the peer");
	assert_int_equal(dtls_export(w.d, &k), EINVAL);
	world_close(&w);
}

static void test_no_renegotiation(void **state)
{
	struct dtls_keys before, after;
	struct datagram g;
	struct world w;

	world_open(&w, &(struct peer_options){ 0 });
	settle(&w);
	assert_int_equal(dtls_export(w.d, &before), 0);
	assert_int_equal(SSL_renegotiate(w.peer.ssl), 1);
	SSL_do_handshake(w.peer.ssl);
	assert_true(datagrams_take(&w.peer.out, &g)); /* a sealed ClientHello */
	to_server(&w, &g);
	assert_int_equal(w.state, DTLS_CONNECTED);
	assert_int_equal(dtls_export(w.d, &after), 0);
	assert_memory_equal(&before, &after, sizeof before);
	assert_true(datagrams_take(&w.out, &g));
	assert_int_equal(g.p[0], 21); /* an alert, which is the no; not a ServerHello */
	assert_int_equal(w.out.n, 0);
	world_close(&w);
}

/* No ticket, no cache: every association is a full handshake with a certificate. */
static void test_no_resumption(void **state)
{
	struct world first, second;

	world_open(&first, &(struct peer_options){ 0 });
	settle(&first);

	SSL_SESSION *session = SSL_get1_session(first.peer.ssl);

	assert_false(SSL_SESSION_has_ticket(session));
	world_open(&second, &(struct peer_options){ .session = session });
	dtls_free(second.d); /* the same server process */
	assert_int_equal(dtls_new(&second.d, first.ctx, second.peer.fingerprint,
				 datagrams_put, &second.out),
		0);
	settle(&second);
	assert_same_keys(&second);
	assert_false(SSL_session_reused(second.peer.ssl));
	SSL_SESSION_free(session);
	world_close(&second);
	world_close(&first);
}

static void test_before_anything(void **state)
{
	struct dtls_keys k;
	struct world w;

	world_open(&w, &(struct peer_options){ 0 });
	assert_int_equal(dtls_export(w.d, &k), EINVAL);
	assert_int_equal(dtls_timeout(w.d), DTLS_HANDSHAKE);
	assert_int_equal(dtls_feed(w.d, NULL, 0), DTLS_HANDSHAKE);
	dtls_trim(w.d);
	settle(&w);
	assert_same_keys(&w);
	world_close(&w);
	dtls_free(NULL);
	dtls_ctx_free(NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_handshakes),
		cmocka_unit_test(test_profiles),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_wrong_fingerprint),
		cmocka_unit_test(test_own_certificate),
		cmocka_unit_test(test_close_is_seen_and_not_forged),
		cmocka_unit_test(test_no_renegotiation),
		cmocka_unit_test(test_no_resumption),
		cmocka_unit_test(test_before_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
