/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * dtls_world -- our server and an OpenSSL client, with datagrams in memory between them that a test can
 * lose, double or accompany.
 *
 * Time is the test's: gettimeofday() in dtls_world.c hides libc's from OpenSSL, so nothing waits.
 */
#ifndef TESTS_DTLS_WORLD_H
#define TESTS_DTLS_WORLD_H

#include "dtls_peer.h"
#include "relay/dtls.h"

#define N_OF(a) (sizeof(a) / sizeof *(a))

extern int64_t world_now_us; /* what OpenSSL takes for the time */

/* One client and one server. Datagrams are counted from 1 in each direction; losing 0 loses none. */
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

void world_open(struct world *w, const struct peer_options *o);
void world_close(struct world *w);
void to_server(struct world *w, const struct datagram *g);
void flow(struct world *w); /* until nothing is under way */
void settle(struct world *w); /* a handshake to its end, good or bad, with timers */
void assert_same_keys(struct world *w); /* both connected, and agreed */

#endif
