/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * relay_server -- what bench/relay measures: a process that carries talks, ours, rtpengine, or the bare floor.
 *
 * Each is a table of functions.  A talk has two ends that send to it and hear from it; whatever goes wrong
 * ends the run with a word, for a benchmark that half works says nothing.
 */
#ifndef BENCH_RELAY_SERVER_H
#define BENCH_RELAY_SERVER_H

#include <stdbool.h>
#include <sys/types.h>

#include "tools/line_client.h"
#include "tools/rtp_end.h"

struct talk {
	struct line_client *line; /* DTLS-SRTP; NULL at the floor, which has: */
	struct rtp_end *plain;
	struct rtp_end *end; /* the caller's side, plain RTP */
};

struct server {
	const char *name;
	const char *path; /* of its program */
	void (*start)(struct server *s);
	/* The i-th talk, from 0, with both ends; up when it returns. */
	void (*talk)(struct server *s, struct talk *t, unsigned int i);
	/* All talks are there; from now on the ends listen. NULL: nothing to do. */
	void (*begin)(struct server *s, const struct talk *talks, unsigned int n);
	void (*stop)(struct server *s);
	pid_t pid;
	void *own;
};

extern const struct server server_heimamt, server_rtpengine, server_floor;

void must(bool ok, const char *who, const char *what);
/* Starts a program whose output goes nowhere and that dies with this one. */
pid_t server_spawn(const char *path, const char *const argv[]);
void server_kill(struct server *s);
/* Until the line stands, at most five seconds. */
void server_wait_line(struct server *s, struct line_client *line);

#endif
