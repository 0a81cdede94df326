/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * probe -- a listener of its own for whoever watches the server: GET of a few paths, plain HTTP, one answer a connection.
 * redirect.c stands on it, too.
 *
 * Apart from the pages, so that what a monitor does cannot hold up a desk, and so that nobody reaches it who reaches the
 * pages.  On the control loop (libuv): when the loop stands still nothing answers, which is what a monitor wants to know.
 * Memory: struct probe on the heap, one owner.
 */
#ifndef WEB_PROBE_H
#define WEB_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#define PROBE_CONNS_MAX 16 /* a few monitors; one more is closed at once */
#define PROBE_REQUEST_MAX \
	4096 /* monitors send 300 bytes, browsers 1,000 without cookies */
#define PROBE_LIFE_MS   5000 /* from accepting to the last byte: a slow one goes */
#define PROBE_PATH_MAX  64
#define PROBE_FIELD_MAX 1280 /* "Location: https://NAME/TARGET" */

/* What was asked. 0: not all of it is there yet; else the status that the request alone leads to: 200 with *path, or
 * 400, 405 (another method than GET), 414 (a longer path). A query behind the path is left out. Pure. */
unsigned probe_parse(const char *bytes, size_t n, char path[PROBE_PATH_MAX]);

struct probe_answer {
	unsigned status;
	const char *type; /* static: Content-Type */
	char *body; /* malloc()ed; taken over; NULL: 503 */
	size_t n;
	char field[PROBE_FIELD_MAX]; /* one more, "Allow: GET"; "": none */
	bool is_head; /* the body is not sent */
};

struct probe_handler {
	/* status 404 is set before: an unknown path is left alone */
	void (*get)(void *arg, const char *path, struct probe_answer *out);
	void *arg;
	/* instead of get: reads what has come so far by itself; leaves status 0 as long as that is not all */
	void (*ask)(void *arg, const char *bytes, size_t n, struct probe_answer *out);
	unsigned n_conns,
		n_here; /* at once, and of one address; 0: PROBE_CONNS_MAX, any */
};

struct probe;

/* EADDRINUSE, EADDRNOTAVAIL, EACCES, EINVAL: no address, ENOMEM. */
int probe_new(struct probe **out, uv_loop_t *loop, const char *addr, uint16_t port,
	const struct probe_handler *h);
uint16_t probe_port(const struct probe *p);
/* NULL allowed; the loop must then be run until nothing is left in it. */
void probe_free(struct probe *p);

#endif
