/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * dtls against an OpenSSL client, over datagrams in memory that can be lost, doubled, cut and joined by
 * garbage.  Time is this file's: gettimeofday() below hides libc's, so no test waits.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include <openssl/rand.h>
#include <openssl/x509.h>

#include "dtls_peer.h"
#include "relay/dtls.h"

#define N_OF(a)   (sizeof(a) / sizeof *(a))
#define TURNS_MAX 200

static int64_t now_us = 1000000000000000; /* what OpenSSL takes for the time */

int gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	tv->tv_sec = now_us / 1000000;
	tv->tv_usec = now_us % 1000000;
	return 0;
}

/* One client and one server. Datagrams are counted from 1 over both directions; 0 means none. */
struct world {
	struct dtls_ctx *ctx;
	struct dtls *d;
	struct peer peer;
	struct datagrams out; /* of the server */
	enum dtls_state state;
	int from_peer, from_server;
	int lose_from_peer, lose_from_server;
	bool twice;
	bool connected_before_loss; /* the server's state when the wanted loss happened */
	void (*before)(struct world *w, const struct datagram *real);
};

static void world_open(struct world *w, const struct peer_options *o)
{
	memset(w, 0, sizeof *w);
	assert_int_equal(dtls_ctx_new(&w->ctx), 0);
	assert_true(peer_open(&w->peer, o));
	assert_int_equal(
		dtls_new(&w->d, w->ctx, w->peer.fingerprint, datagrams_put, &w->out), 0);
}

static void world_close(struct world *w)
{
	dtls_free(w->d);
	peer_close(&w->peer);
	dtls_ctx_free(w->ctx);
}

static void to_server(struct world *w, const struct datagram *g)
{
	if (++w->from_peer == w->lose_from_peer)
		return;
	if (w->before)
		w->before(w, g);
	w->state = dtls_feed(w->d, g->p, g->n);
	if (w->twice)
		w->state = dtls_feed(w->d, g->p, g->n);
}

static void to_peer(struct world *w, const struct datagram *g)
{
	assert_in_range(g->n, 1, DTLS_MTU);
	if (++w->from_server == w->lose_from_server) {
		w->connected_before_loss = w->state == DTLS_CONNECTED;
		return;
	}
	peer_feed(&w->peer, g);
	if (w->twice)
		peer_feed(&w->peer, g);
}

/* Until nothing is under way. */
static void flow(struct world *w)
{
	struct datagram g;

	for (int turn = 0; turn < TURNS_MAX; turn++) {
		if (datagrams_take(&w->peer.out, &g))
			to_server(w, &g);
		else if (datagrams_take(&w->out, &g))
			to_peer(w, &g);
		else
			return;
	}
	fail_msg("the two never came to rest");
}

static bool is_over(const struct world *w)
{
	return w->state == DTLS_FAILED || w->peer.state == PEER_FAILED ||
		(w->state == DTLS_CONNECTED && w->peer.state == PEER_CONNECTED);
}

/* The next timer of either side. */
static void pass_time(struct world *w)
{
	int64_t ours = dtls_timeout_us(w->d), theirs = peer_timeout_us(&w->peer);
	int64_t wait = ours < 0 || (theirs >= 0 && theirs < ours) ? theirs : ours;

	assert_true(wait >= 0);
	now_us += wait;
	if (ours >= 0 && ours <= wait)
		w->state = dtls_timeout(w->d);
	if (theirs >= 0 && theirs <= wait)
		peer_timeout(&w->peer);
}

static void settle(struct world *w)
{
	peer_begin(&w->peer);
	flow(w);
	for (int turn = 0; !is_over(w); turn++) {
		assert_true(turn < TURNS_MAX);
		pass_time(w);
		flow(w);
	}
}

static void assert_same_keys(struct world *w)
{
	struct dtls_keys k;
	uint8_t raw[60];

	assert_int_equal(w->state, DTLS_CONNECTED);
	assert_int_equal(w->peer.state, PEER_CONNECTED);
	assert_string_equal(dtls_failure(w->d), "");
	assert_int_equal(dtls_timeout_us(w->d), -1);
	assert_int_equal(dtls_export(w->d, &k), 0);
	assert_true(peer_export(&w->peer, raw));
	assert_memory_equal(k.rx_key, raw, 16);
	assert_memory_equal(k.tx_key, raw + 16, 16);
	assert_memory_equal(k.rx_salt, raw + 32, 14);
	assert_memory_equal(k.tx_salt, raw + 46, 14);
	assert_memory_not_equal(k.rx_key, k.tx_key, 16);
}

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
			{ .profiles = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80" },
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

/* Each datagram of a handshake is lost once, in turn; a long ClientHello makes more of them. */
static void test_every_single_loss_is_repaired(void **state)
{
	const struct peer_options o = { .alpn = 1200, .mtu = 600 };
	struct world w;

	world_open(&w, &o);
	settle(&w);

	int from_peer = w.from_peer, from_server = w.from_server;

	world_close(&w);
	assert_true(from_peer >= 4 && from_server >= 2);
	for (int i = 1; i <= from_peer + from_server; i++) {
		world_open(&w, &o);
		if (i <= from_peer)
			w.lose_from_peer = i;
		else
			w.lose_from_server = i - from_peer;
		settle(&w);
		assert_same_keys(&w);
		world_close(&w);
	}
}

/* The server's first flight is repeated by our timer, not by OpenSSL's second. */
static void test_lost_first_flight(void **state)
{
	struct world w;

	world_open(&w, &(struct peer_options){ 0 });
	assert_int_equal(dtls_timeout_us(w.d), -1);
	w.lose_from_server = 1;
	peer_begin(&w.peer);
	flow(&w);
	assert_int_equal(w.state, DTLS_HANDSHAKE);
	assert_int_equal(dtls_timeout_us(w.d), DTLS_TIMEOUT_US);
	assert_int_equal(
		dtls_timeout(w.d), DTLS_HANDSHAKE); /* too early: nothing is sent */
	assert_int_equal(w.out.n, 0);
	now_us += DTLS_TIMEOUT_US;
	assert_int_equal(dtls_timeout_us(w.d), 0);
	assert_int_equal(dtls_timeout(w.d), DTLS_HANDSHAKE);
	assert_int_not_equal(w.out.n, 0);
	flow(&w);
	assert_same_keys(&w);
	world_close(&w);
}

static void test_lost_last_flight(void **state)
{
	for (int trim = 0; trim < 2; trim++) {
		struct world w;

		world_open(&w, &(struct peer_options){ 0 });
		w.lose_from_server = 2;
		peer_begin(&w.peer);
		flow(&w);
		assert_true(w.connected_before_loss);
		assert_int_equal(w.state, DTLS_CONNECTED);
		assert_int_equal(w.peer.state, PEER_HANDSHAKE);
		if (trim)
			dtls_trim(w.d);
		now_us += peer_timeout_us(&w.peer);
		peer_timeout(&w.peer);
		flow(&w);
		assert_same_keys(&w);
		world_close(&w);
	}
}

static void test_everything_twice(void **state)
{
	struct world w;

	world_open(&w, &(struct peer_options){ .alpn = 1200, .mtu = 600 });
	w.twice = true;
	settle(&w);
	assert_same_keys(&w);
	world_close(&w);
}

/* The peer falls silent: a stated number of repeats, at stated times, then the end. */
static void test_gives_up(void **state)
{
	static const int64_t waits[DTLS_REPEATS_MAX + 1] = { 150000, 300000, 600000,
		1000000, 1000000, 1000000, 1000000, 1000000, 1000000, 1000000, 1000000 };
	struct datagram g;
	struct world w;

	world_open(&w, &(struct peer_options){ 0 });
	peer_begin(&w.peer);
	assert_true(datagrams_take(&w.peer.out, &g));
	to_server(&w, &g);

	for (size_t i = 0; i < N_OF(waits); i++) {
		assert_int_not_equal(w.out.n, 0);
		w.out.n = 0;
		assert_int_equal(w.state, DTLS_HANDSHAKE);
		assert_int_equal(dtls_timeout_us(w.d), waits[i]);
		now_us += waits[i];
		w.state = dtls_timeout(w.d);
	}
	assert_int_equal(w.out.n, 0);
	assert_int_equal(w.state, DTLS_FAILED);
	assert_string_equal(dtls_failure(w.d), "no answer from the peer");
	assert_int_equal(dtls_feed(w.d, g.p, g.n), DTLS_FAILED);
	assert_int_equal(dtls_timeout(w.d), DTLS_FAILED);
	world_close(&w);
}

#define RECORD(type, epoch, size) type, 0xFE, 0xFD, 0, epoch, 0, 0, 0, 0, 0, 9, 0, size
/* Well-formed to a point: OpenSSL alone would end the handshake at most of these. */
static const struct {
	size_t n;
	uint8_t p[48];
} strays[] = {
	{ 15, { RECORD(22, 0, 3), 1, 1 } }, /* longer than the datagram */
	{ 13, { RECORD(22, 0, 0) } }, /* empty */
	{ 18, { RECORD(99, 0, 5) } }, /* no such content */
	{ 18, { RECORD(23, 0, 5) } }, /* application data in clear */
	{ 45, { RECORD(22, 7, 32) } }, /* an epoch to come */
	{ 45, { RECORD(22, 1, 32) } }, /* sealed by nobody */
	{ 14, { RECORD(20, 0, 1), 2 } }, /* not a ChangeCipherSpec */
	{ 16, { RECORD(21, 0, 3), 2, 40, 0 } }, /* not an alert */
	{ 15, { RECORD(21, 0, 2), 3, 40 } },
	{ 24, { RECORD(22, 0, 11), 1 } }, /* less than a message header */
	{ 25, { RECORD(22, 0, 12), 0 } }, /* HelloRequest: the server's */
	{ 25, { RECORD(22, 0, 12), 2 } }, /* ServerHello */
	{ 25, { RECORD(22, 0, 12), 20 } }, /* Finished in clear */
	{ 25, { RECORD(22, 0, 12), 1, 0xFF, 0xFF, 0xFF } }, /* too long a message */
	{ 25,
		{ RECORD(22, 0, 12), 1, 0, 0, 8, 0, 0, 0, 0, 9, 0, 0,
			0 } }, /* begins behind itself */
	{ 30,
		{ RECORD(22, 0, 17), 1, 0, 0, 8, 0, 0, 0, 0, 4, 0, 0,
			5 } }, /* ends behind itself */
	{ 25,
		{ RECORD(22, 0, 12), 1, 0, 0, 8, 0, 0, 0, 0, 4, 0, 0,
			4 } }, /* its bytes are not there */
};

/* What must change nothing: the state, and the handshake's success, as the caller goes on to check. */
static void feed_garbage(struct world *w, const struct datagram *real)
{
	struct datagram g;

	for (size_t n = 0; n < real->n; n++) /* every truncation */
		assert_int_equal(dtls_feed(w->d, real->p, n), w->state);
	for (int i = 0; i < 200; i++) {
		g.n = 1 + (size_t)(i * 7) % 1400;
		RAND_bytes(g.p, (int)g.n);
		g.p[0] = (uint8_t)(20 + i % 44); /* what the relay takes for DTLS */
		g.p[1] &= 0x7F; /* but not by chance a record of DTLS */
		assert_int_equal(dtls_feed(w->d, g.p, g.n), w->state);
	}
	for (size_t i = 0; i < N_OF(strays); i++)
		assert_int_equal(dtls_feed(w->d, strays[i].p, strays[i].n), w->state);
}

static void test_garbage_at_any_time(void **state)
{
	struct datagram g = { .n = 100 };
	struct world w;

	world_open(&w, &(struct peer_options){ .alpn = 1200 });
	w.before = feed_garbage;
	settle(&w);
	assert_same_keys(&w);
	memset(g.p, 0x16, g.n);
	feed_garbage(&w, &g);
	assert_same_keys(&w);
	world_close(&w);
}

/* Flips bits of sealed records: after the handshake they are all silence. */
static void test_tampered_records(void **state)
{
	struct datagram g, bad;
	struct world w;

	world_open(&w, &(struct peer_options){ 0 });
	settle(&w);
	SSL_write(w.peer.ssl, "nobody reads this", 17);
	assert_true(datagrams_take(&w.peer.out, &g));
	for (size_t bit = 0; bit < g.n * 8; bit++) {
		bad = g;
		bad.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(dtls_feed(w.d, bad.p, bad.n), DTLS_CONNECTED);
	}
	assert_int_equal(dtls_feed(w.d, g.p, g.n), DTLS_CONNECTED);
	assert_int_equal(w.out.n, 0);
	assert_same_keys(&w);
	world_close(&w);
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
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_wrong_fingerprint),
		cmocka_unit_test(test_own_certificate),
		cmocka_unit_test(test_every_single_loss_is_repaired),
		cmocka_unit_test(test_lost_first_flight),
		cmocka_unit_test(test_lost_last_flight),
		cmocka_unit_test(test_everything_twice),
		cmocka_unit_test(test_gives_up),
		cmocka_unit_test(test_garbage_at_any_time),
		cmocka_unit_test(test_tampered_records),
		cmocka_unit_test(test_close_is_seen_and_not_forged),
		cmocka_unit_test(test_no_renegotiation),
		cmocka_unit_test(test_no_resumption),
		cmocka_unit_test(test_before_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
