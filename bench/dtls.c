/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * bench/dtls -- what a line's handshake costs the relay: CPU time of the server's side alone (the best
 * and the middle of HANDSHAKES), datagrams, and memory before and after dtls_trim().
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "dtls_peer.h"
#include "relay/dtls.h"

#define HANDSHAKES 300

/* One line: its server, its client, what the server has spent. */
struct line {
	struct dtls *d;
	struct peer peer;
	struct datagrams out;
	enum dtls_state state;
	double spent; /* ns */
	size_t held, trimmed; /* bytes of the server's side */
	int datagrams;
};

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "bench/dtls: %s failed\n", what);
	exit(1);
}

static double cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* One datagram to the server, with its time and its memory on the server's bill. */
static void feed(struct line *l, const struct datagram *g)
{
	size_t before = mallinfo2().uordblks;
	double t0 = cpu_ns();

	l->state = dtls_feed(l->d, g->p, g->n);
	l->spent += cpu_ns() - t0;
	l->held += mallinfo2().uordblks - before;
	l->datagrams++;
}

static void open_line(struct line *l, struct dtls_ctx *ctx)
{
	must(peer_open(&l->peer, &(struct peer_options){ .alpn = 1000 }), "peer_open");

	size_t before = mallinfo2().uordblks;
	double t0 = cpu_ns();

	must(dtls_new(&l->d, ctx, l->peer.fingerprint, datagrams_put, &l->out) == 0,
		"dtls_new");
	l->spent = cpu_ns() - t0;
	l->held = mallinfo2().uordblks - before;
}

static void shake(struct line *l)
{
	struct datagram g;

	peer_begin(&l->peer);
	for (;;)
		if (datagrams_take(&l->peer.out, &g)) {
			feed(l, &g);
		} else if (datagrams_take(&l->out, &g)) {
			l->datagrams++;
			peer_feed(&l->peer, &g);
		} else {
			break;
		}
	must(l->state == DTLS_CONNECTED && l->peer.state == PEER_CONNECTED, "handshake");
}

static void finish(struct line *l)
{
	struct dtls_keys k;
	size_t before;
	double t0 = cpu_ns();

	must(dtls_export(l->d, &k) == 0, "dtls_export");
	l->spent += cpu_ns() - t0;
	before = mallinfo2().uordblks;
	dtls_trim(l->d);
	l->trimmed = l->held - (before - mallinfo2().uordblks);
}

static int by_time(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(void)
{
	static double spent[HANDSHAKES];
	struct line *l = calloc(1, sizeof *l);
	struct dtls_ctx *ctx;
	double t0 = cpu_ns();

	must(l && dtls_ctx_new(&ctx) == 0, "dtls_ctx_new");
	printf("%-42s %8.0f us\n", "context and certificate, once",
		(cpu_ns() - t0) / 1000);
	for (int i = 0; i < HANDSHAKES; i++) {
		*l = (struct line){ 0 };
		open_line(l, ctx);
		shake(l);
		finish(l);
		spent[i] = l->spent;
		dtls_free(l->d);
		peer_close(&l->peer);
	}
	qsort(spent, HANDSHAKES, sizeof *spent, by_time);
	printf("%-42s %8.0f us\n", "handshake and keys, the middle",
		spent[HANDSHAKES / 2] / 1000);
	printf("%-42s %8.0f us\n", "handshake and keys, the best", spent[0] / 1000);
	printf("%-42s %8d\n", "datagrams, both ways", l->datagrams);
	printf("%-42s %8zu bytes\n", "memory after the handshake", l->held);
	printf("%-42s %8zu bytes\n", "memory after dtls_trim()", l->trimmed);
	dtls_ctx_free(ctx);
	free(l);
	return 0;
}
