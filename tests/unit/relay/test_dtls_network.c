/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* dtls on a bad network: datagrams lost, doubled, cut, changed, and foreign ones between them. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include <openssl/rand.h>

#include "dtls_world.h"

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
	world_now_us += DTLS_TIMEOUT_US;
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
		world_now_us += peer_timeout_us(&w.peer);
		peer_timeout(&w.peer);
		flow(&w);
		assert_same_keys(&w);
		world_close(&w);
	}
}

static void reverse(struct datagrams *q)
{
	for (size_t i = 0; i < q->n / 2; i++) {
		struct datagram g = q->at[i];

		q->at[i] = q->at[q->n - 1 - i];
		q->at[q->n - 1 - i] = g;
	}
}

/* Each flight arrives last datagram first. */
static void test_backwards(void **state)
{
	struct world w;

	world_open(&w, &(struct peer_options){ .alpn = 1200, .mtu = 400 });
	peer_begin(&w.peer);
	assert_true(w.peer.out.n > 3);
	for (int turn = 0; turn < 4; turn++) {
		struct datagram g;

		reverse(&w.peer.out);
		while (datagrams_take(&w.peer.out, &g))
			to_server(&w, &g);
		reverse(&w.out);
		while (datagrams_take(&w.out, &g))
			peer_feed(&w.peer, &g);
	}
	settle(&w); /* what was sealed ahead of its keys is sent again */
	assert_same_keys(&w);
	world_close(&w);
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
		world_now_us += waits[i];
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_single_loss_is_repaired),
		cmocka_unit_test(test_lost_first_flight),
		cmocka_unit_test(test_lost_last_flight),
		cmocka_unit_test(test_backwards),
		cmocka_unit_test(test_everything_twice),
		cmocka_unit_test(test_gives_up),
		cmocka_unit_test(test_garbage_at_any_time),
		cmocka_unit_test(test_tampered_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
