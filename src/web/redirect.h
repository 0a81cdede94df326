/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * redirect -- plain HTTP, for nothing but to lead to HTTPS: GET and HEAD get 308, everything else a refusal.
 *
 * Where it leads is the configuration's: the Host header chooses among the house's names, and is never written back.
 * With a folder it serves what proves to a certificate authority whose name this is (RFC 8555 section 8.3), so that a
 * certificate is renewed without another server.  No body is read, and of a request only its first line and Host.
 * Memory: struct redirect on the heap, one owner.  On the control loop; a challenge is a small file, read at once.
 */
#ifndef WEB_REDIRECT_H
#define WEB_REDIRECT_H

#include "web/probe.h"
#include "web/request.h"

#define REDIRECT_TARGET_MAX \
	1024 /* of path and query, with NUL: a link of ours has 100 bytes */
#define REDIRECT_CONNS_MAX 128
#define REDIRECT_HERE_MAX  32 /* of one address: an office may share it */
#define REDIRECT_TOKEN_MAX \
	128 /* ours have 43 (RFC 8555 section 8.1: 128 bits at least) */
#define REDIRECT_CHALLENGE_MAX \
	4096 /* bytes of a file; a key authorization has about 90 */

struct redirect_request {
	char target[REDIRECT_TARGET_MAX]; /* "/desk/?x=1" */
	char host
		[WEB_NAME_MAX]; /* without its port; "": none, or none that could be ours */
	bool is_head;
};

/* 0: not all of it is there yet; 200; or 400, 405, 414, 431. Pure. */
unsigned redirect_parse(const char *bytes, size_t n, struct redirect_request *out);
/* The token of a path under /.well-known/acme-challenge/; NULL: it has another path, or what could be no token. */
const char *redirect_token(const char *target);
/* house->port: our HTTPS. ENAMETOOLONG. */
int redirect_location(const struct request_house *house,
	const struct redirect_request *rq, char *out, size_t cap);

struct redirect;

/* folder: "" for none. As probe_new(). */
int redirect_new(struct redirect **out, uv_loop_t *loop, const char *addr, uint16_t port,
	const struct request_house *house, const char *folder);
uint16_t redirect_port(const struct redirect *r);
/* NULL allowed; the loop must then be run until nothing is left in it. */
void redirect_free(struct redirect *r);

#endif
