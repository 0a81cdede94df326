/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* dtls_world -- see dtls_world.h */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>
#include <sys/time.h>

#include "dtls_world.h"

#define TURNS_MAX 200

int64_t world_now_us = 1000000000000000; /* what OpenSSL takes for the time */

int gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	tv->tv_sec = world_now_us / 1000000;
	tv->tv_usec = world_now_us % 1000000;
	return 0;
}

void world_open(struct world *w, const struct peer_options *o)
{
	memset(w, 0, sizeof *w);
	assert_int_equal(dtls_ctx_new(&w->ctx), 0);
	assert_true(peer_open(&w->peer, o));
	assert_int_equal(
		dtls_new(&w->d, w->ctx, w->peer.fingerprint, datagrams_put, &w->out), 0);
}

void world_close(struct world *w)
{
	dtls_free(w->d);
	peer_close(&w->peer);
	dtls_ctx_free(w->ctx);
}

void to_server(struct world *w, const struct datagram *g)
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
void flow(struct world *w)
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
	world_now_us += wait;
	if (ours >= 0 && ours <= wait)
		w->state = dtls_timeout(w->d);
	if (theirs >= 0 && theirs <= wait)
		peer_timeout(&w->peer);
}

void settle(struct world *w)
{
	peer_begin(&w->peer);
	flow(w);
	for (int turn = 0; !is_over(w); turn++) {
		assert_true(turn < TURNS_MAX);
		pass_time(w);
		flow(w);
	}
}

void assert_same_keys(struct world *w)
{
	struct dtls_keys k;
	uint8_t raw[60];
	size_t salt;

	assert_int_equal(w->state, DTLS_CONNECTED);
	assert_int_equal(w->peer.state, PEER_CONNECTED);
	assert_string_equal(dtls_failure(w->d), "");
	assert_int_equal(dtls_timeout_us(w->d), -1);
	assert_int_equal(dtls_export(w->d, &k), 0);
	assert_true(peer_export(&w->peer, raw));
	assert_memory_equal(k.rx_key, raw, 16);
	assert_memory_equal(k.tx_key, raw + 16, 16);
	salt = srtp_salt_size(k.suite);
	assert_true(salt > 0);
	assert_memory_equal(k.rx_salt, raw + 32, salt);
	assert_memory_equal(k.tx_salt, raw + 32 + salt, salt);
	assert_memory_not_equal(k.rx_key, k.tx_key, 16);
}
