/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * fuzz: dtls.  The bytes are a small programme: what happens, step by step, to the datagrams between our
 * server and a genuine client -- delivered, lost, cut, changed, joined by foreign ones, late.  So the
 * fuzzer reaches every stage of a handshake, not only its first record.  Keys are new at each run.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "base/slice.h"
#include "dtls_peer.h"
#include "relay/dtls.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STEPS_MAX 64

enum step {
	TO_SERVER, /* deliver */
	TO_PEER,
	LOSE, /* of the client's */
	CUT, /* two bytes: to this length */
	CHANGE, /* two bytes: where; one: XOR */
	FOREIGN, /* two bytes: length; the datagram */
	WAIT_SERVER, /* its timer */
	WAIT_PEER,
	TRIM,
	STEPS
};

static struct dtls_ctx *ctx;
static int64_t now_us = 1000000000000000; /* what OpenSSL takes for the time */

int gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	tv->tv_sec = now_us / 1000000;
	tv->tv_usec = now_us % 1000000;
	return 0;
}

struct world {
	struct dtls *d;
	struct peer peer;
	struct datagrams out;
	enum dtls_state state;
};

static uint16_t take16(struct slice *s)
{
	uint16_t v = s->n >= 2 ? be16_get(s->p) : 0;

	*s = slice_from(*s, 2);
	return v;
}

static uint8_t take8(struct slice *s)
{
	uint8_t v = s->n ? s->p[0] : 0;

	*s = slice_from(*s, 1);
	return v;
}

/* What holds whatever happens. */
static void see(struct world *w, enum dtls_state next)
{
	struct dtls_keys k;

	assert(w->state != DTLS_FAILED || next == DTLS_FAILED);
	assert(w->state != DTLS_CONNECTED || next != DTLS_HANDSHAKE);
	assert((next == DTLS_FAILED) == (*dtls_failure(w->d) != '\0'));
	assert((dtls_export(w->d, &k) == 0) == (next == DTLS_CONNECTED));
	assert(next == DTLS_HANDSHAKE || dtls_timeout_us(w->d) == -1);
	for (size_t i = 0; i < w->out.n; i++)
		assert(w->out.at[i].n <= DTLS_MTU);
	w->state = next;
}

static void feed(struct world *w, const uint8_t *p, size_t n)
{
	uint8_t *own = malloc(n ? n : 1); /* of exactly its size, for the sanitizer */

	if (!own)
		return;
	if (n)
		memcpy(own, p, n);
	see(w, dtls_feed(w->d, own, n));
	free(own);
}

static void wait_server(struct world *w)
{
	int64_t wait = dtls_timeout_us(w->d);

	now_us += wait > 0 ? wait : 0;
	see(w, dtls_timeout(w->d));
}

static void step(struct world *w, enum step what, struct slice *rest)
{
	struct datagram g = { .n = 0 };
	size_t at;

	if (what == TO_SERVER || what == LOSE || what == CUT || what == CHANGE)
		if (!datagrams_take(&w->peer.out, &g))
			return;
	switch (what) {
	case TO_SERVER: feed(w, g.p, g.n); break;
	case TO_PEER:
		if (datagrams_take(&w->out, &g))
			peer_feed(&w->peer, &g);
		break;
	case CUT:
		at = take16(rest);
		feed(w, g.p, at < g.n ? at : g.n);
		break;
	case CHANGE:
		at = take16(rest);
		g.p[at % g.n] ^= take8(rest);
		feed(w, g.p, g.n);
		break;
	case FOREIGN:
		at = take16(rest);
		at = at < rest->n ? at : rest->n;
		feed(w, rest->p, at);
		*rest = slice_from(*rest, at);
		break;
	case WAIT_SERVER: wait_server(w); break;
	case WAIT_PEER:
		now_us += 250000;
		peer_timeout(&w->peer);
		break;
	case TRIM: dtls_trim(w->d); break;
	default: break;
	}
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	if (dtls_ctx_new(&ctx))
		abort();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct world w; /* 256 KB of queues */
	struct slice rest = slice_of(data, size);

	memset(&w, 0, sizeof w);
	if (!peer_open(&w.peer, &(struct peer_options){ .alpn = size % 2 ? 1200 : 0 }) ||
		dtls_new(&w.d, ctx, w.peer.fingerprint, datagrams_put, &w.out))
		abort();
	peer_begin(&w.peer);
	for (int i = 0; i < STEPS_MAX && rest.n > 0; i++) {
		step(&w, take8(&rest) % STEPS, &rest);
		if (w.out.n > QUEUE_MAX / 2)
			w.out.n = 0;
		if (w.peer.out.n > QUEUE_MAX / 2)
			w.peer.out.n = 0;
	}
	dtls_free(w.d);
	peer_close(&w.peer);
	return 0;
}
