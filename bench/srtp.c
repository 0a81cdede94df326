/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * bench/srtp -- CPU per packet of SRTP and SRTCP here and in libsrtp2, in one run, and the ratio; AES_CM
 * and, beside it, AEAD_AES_128_GCM.
 *
 * RTP is 172 bytes: a header and 20 ms of G.711; RTCP is 64 bytes.  Each figure is the best of ROUNDS
 * rounds of process CPU time, so that a busy machine disturbs it little.  Also: what a session of one
 * direction costs in time and memory, and what a packet costs while many lines take turns, as in a
 * relay: one session alone flatters whoever looks its state up.
 */
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/slice.h"
#include "libsrtp.h"
#include "relay/srtp.h"

#define PACKETS   20000
#define ROUNDS    9
#define SESSIONS  100
#define TURNS     20 /* packets of each line and direction that are measured */
#define LINES_MAX 1000 /* what a core carries */
#define RTP_SIZE  172
#define RTCP_SIZE 64

static const uint8_t key[SRTP_KEY_SIZE + SRTP_SALT_SIZE] = { 0x7E, 0x11, 0x92, 0x04, 0xA5,
	0x36, 0xC7, 0x48, 0xD9, 0x6A, 0x0B, 0xFC, 0x8D, 0x5E, 0x2F, 0x10, 0x21, 0x32,
	0x43, 0x54, 0x65, 0x76, 0x87, 0x98, 0xA9, 0xBA, 0xCB, 0xDC, 0xED, 0xFE };

/* What a line and a telephone speak with; the short tag costs what the long one does. */
static const struct suite {
	const char *name;
	enum srtp_suite ours;
	enum libsrtp_suite lib;
} suites[] = {
	{ "AES_CM_128_HMAC_SHA1_80", SRTP_AES_CM_80, LIBSRTP_CM_80 },
	{ "AEAD_AES_128_GCM", SRTP_GCM, LIBSRTP_GCM },
};

static const struct suite *suite;

struct packet {
	uint8_t p[RTP_SIZE + LIBSRTP_ROOM];
	size_t n;
};

/* Either side as one table; anything but 0 ends the run. */
struct side {
	const char *name;
	int (*open)(void **out, bool sends);
	void (*close)(void *s);
	int (*protect)(void *s, bool rtcp, struct packet *k);
	int (*unprotect)(void *s, bool rtcp, struct packet *k);
};

struct figures {
	double protect[2], unprotect[2]; /* ns; [0] RTP, [1] RTCP */
	double open; /* us */
	double bytes;
};

static int our_open(void **out, bool sends)
{
	struct srtp_session *s;
	int err = srtp_session_new(&s, suite->ours, key, key + SRTP_KEY_SIZE);

	if (!err)
		*out = s;
	return err;
}

static void our_close(void *s)
{
	srtp_session_free(s);
}

static int our_protect(void *s, bool rtcp, struct packet *k)
{
	return rtcp ? srtcp_protect(s, k->p, &k->n, sizeof k->p)
		    : srtp_protect(s, k->p, &k->n, sizeof k->p);
}

static int our_unprotect(void *s, bool rtcp, struct packet *k)
{
	return rtcp ? srtcp_unprotect(s, k->p, &k->n) : srtp_unprotect(s, k->p, &k->n);
}

static int lib_open(void **out, bool sends)
{
	struct libsrtp *s;
	int err = libsrtp_new(&s, suite->lib, key, SRTP_WINDOW, sends);

	if (!err)
		*out = s;
	return err;
}

static void lib_close(void *s)
{
	libsrtp_free(s);
}

static int lib_protect(void *s, bool rtcp, struct packet *k)
{
	return libsrtp_protect(s, rtcp, k->p, &k->n);
}

static int lib_unprotect(void *s, bool rtcp, struct packet *k)
{
	return libsrtp_unprotect(s, rtcp, k->p, &k->n);
}

static const struct side sides[] = {
	{ "heimamt", our_open, our_close, our_protect, our_unprotect },
	{ "libsrtp2", lib_open, lib_close, lib_protect, lib_unprotect },
};

static void must(int err, const char *what)
{
	if (!err)
		return;
	fprintf(stderr, "bench/srtp: %s: %d\n", what, err);
	exit(1);
}

static double cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void keep_best(double *best, double v)
{
	if (*best <= 0 || v < *best)
		*best = v;
}

static void fill(struct packet *k, bool rtcp, uint16_t seq)
{
	k->n = rtcp ? RTCP_SIZE : RTP_SIZE;
	memset(k->p, 0x55, k->n);
	be32_put(k->p, rtcp ? 0x80C8000F : 0x80080000u | seq);
	be32_put(k->p + (rtcp ? 4 : 8), 0x1234ABCD);
}

static void measure_packets(
	const struct side *side, bool rtcp, struct packet *k, struct figures *out)
{
	void *tx, *rx;

	must(side->open(&tx, true), "open");
	must(side->open(&rx, false), "open");
	for (int i = 0; i < PACKETS; i++)
		fill(&k[i], rtcp, (uint16_t)i);

	double t0 = cpu_ns();

	for (int i = 0; i < PACKETS; i++)
		must(side->protect(tx, rtcp, &k[i]), "protect");

	double t1 = cpu_ns();

	for (int i = 0; i < PACKETS; i++)
		must(side->unprotect(rx, rtcp, &k[i]), "unprotect");
	keep_best(&out->protect[rtcp], (t1 - t0) / PACKETS);
	keep_best(&out->unprotect[rtcp], (cpu_ns() - t1) / PACKETS);
	side->close(tx);
	side->close(rx);
}

static void measure_sessions(
	const struct side *side, struct packet *k, struct figures *out)
{
	void *s[SESSIONS];
	size_t before = mallinfo2().uordblks;
	double t0 = cpu_ns();

	for (int i = 0; i < SESSIONS; i++)
		must(side->open(&s[i], true), "open");
	keep_best(&out->open, (cpu_ns() - t0) / SESSIONS / 1000);
	for (int i = 0; i < SESSIONS; i++) { /* streams come with their first packet */
		fill(k, false, 0);
		must(side->protect(s[i], false, k), "protect");
	}
	keep_best(&out->bytes, (double)(mallinfo2().uordblks - before) / SESSIONS);
	for (int i = 0; i < SESSIONS; i++)
		side->close(s[i]);
}

/* A line as the relay has it: one session receives, one sends, and both have had a report. */
struct both {
	void *rx, *tx;
};

static void open_both(const struct side *side, struct both *b)
{
	struct packet k;

	must(side->open(&b->rx, false), "open");
	must(side->open(&b->tx, true), "open");
	fill(&k, true, 0);
	must(side->protect(b->tx, true, &k), "protect");
	must(side->unprotect(b->rx, true, &k), "unprotect");
}

/* What every line receives; the keys are the same, and it is made by us: libsrtp2 would count it. */
static void fill_protected(struct packet *k, size_t n)
{
	void *tx;

	must(our_open(&tx, true), "open");
	for (size_t i = 0; i < n; i++) {
		fill(&k[i], false, (uint16_t)i);
		must(our_protect(tx, false, &k[i]), "protect");
	}
	our_close(tx);
}

static void take_turns(const struct side *side, const struct both *lines, size_t n,
	const struct packet *in, uint16_t seq)
{
	struct packet k;

	for (size_t i = 0; i < n; i++) {
		k = *in;
		must(side->unprotect(lines[i].rx, false, &k), "unprotect");
		fill(&k, false, seq);
		must(side->protect(lines[i].tx, false, &k), "protect");
	}
}

/* ns a packet, of both directions */
static double measure_lines(const struct side *side, struct both *lines, size_t n)
{
	/* few lines take more turns, or the clock's grain shows */
	size_t turns = n < LINES_MAX / 10 ? TURNS * 10 : TURNS;
	struct packet in[TURNS * 10 + 1];

	fill_protected(in, turns + 1);
	for (size_t i = 0; i < n; i++)
		open_both(side, &lines[i]);
	take_turns(side, lines, n, &in[0], 0); /* a stream comes with its first packet */
	double t0 = cpu_ns();

	for (size_t i = 1; i <= turns; i++)
		take_turns(side, lines, n, &in[i], (uint16_t)i);
	double spent = cpu_ns() - t0;

	for (size_t i = 0; i < n; i++) {
		side->close(lines[i].rx);
		side->close(lines[i].tx);
	}
	return spent / (double)(2 * n * turns);
}

static void line(const char *what, double ours, double lib)
{
	printf("%-34s %9.0f %9.0f   %5.1f\n", what, ours, lib, lib / ours);
}

static void print_lines(void)
{
	static const size_t counts[] = { 1, 10, 100, 300, LINES_MAX };
	struct both *lines = calloc(LINES_MAX, sizeof *lines);
	char what[64];

	must(lines ? 0 : 1, "memory");
	for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
		double best[2] = { 0 };

		for (int round = 0; round < ROUNDS / 3; round++)
			for (int i = 0; i < 2; i++)
				keep_best(&best[i],
					measure_lines(&sides[i], lines, counts[c]));
		snprintf(
			what, sizeof what, "a packet, %4zu lines in turn, ns", counts[c]);
		line(what, best[0], best[1]);
	}
	free(lines);
}

static void measure_suite(struct packet *k)
{
	struct figures f[2] = { 0 };

	for (int round = 0; round < ROUNDS; round++)
		for (int i = 0; i < 2; i++) {
			measure_packets(&sides[i], false, k, &f[i]);
			measure_packets(&sides[i], true, k, &f[i]);
			measure_sessions(&sides[i], k, &f[i]);
		}
	printf("%-34s %9s %9s   %5s\n", suite->name, sides[0].name, sides[1].name,
		"ratio");
	line("protect RTP 172 bytes, ns", f[0].protect[0], f[1].protect[0]);
	line("unprotect RTP 172 bytes, ns", f[0].unprotect[0], f[1].unprotect[0]);
	line("protect RTCP 64 bytes, ns", f[0].protect[1], f[1].protect[1]);
	line("unprotect RTCP 64 bytes, ns", f[0].unprotect[1], f[1].unprotect[1]);
	line("new session (one direction), us", f[0].open, f[1].open);
	line("a session's memory, bytes", f[0].bytes, f[1].bytes);
	print_lines();
}

int main(void)
{
	struct packet *k = calloc(PACKETS, sizeof *k);

	must(k ? 0 : 1, "memory");
	for (suite = suites; suite < suites + sizeof suites / sizeof *suites; suite++)
		measure_suite(k);
	free(k);
	return 0;
}
