/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * site -- web on a loop of its own with a handler that writes down what it is told, and raw clients.
 *
 * Everything runs in one thread: whoever waits for a client turns the loop meanwhile.  Waits end after
 * SITE_PATIENCE_MS at the latest, and then the test fails.
 */
#ifndef TESTS_WEB_SITE_H
#define TESTS_WEB_SITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "web/private.h"

#define SITE_PATIENCE_MS 60000
#define SITE_CONNS       64
#define SITE_AGENT       42
#define SITE_NUMBER      7
#define SITE_GOOD_LINK   "1111111111111111111111111111111111111111111111111111111111111111"
#define SITE_SESSION     "2222222222222222222222222222222222222222222222222222222222222222"
#define SITE_DOOR        "3333333333333333333333333333333333333333333333333333333333333333"
#define SITE_COOKIE      "Cookie: heimamt_session=" SITE_SESSION "\r\n"

struct site {
	uv_loop_t loop;
	struct web *web;
	uint16_t port;
	char *root;
	/* what the handler was told */
	unsigned opened, closed, logins, doors, asked;
	uint64_t conns[SITE_CONNS]; /* of opened(), in its order */
	enum web_page page;
	uint64_t agent, session;
	unsigned messages, bad;
	enum desk_msg_type last_type;
	size_t last_sdp; /* its length */
	int last_bad;
	uint64_t request; /* of a login that was not answered */
	/* what it does */
	bool hold_logins;
	bool echo; /* answers each message with an error "echo" that has its ref */
};

struct client {
	struct site *s;
	int fd;
	uint8_t *buf; /* owned */
	size_t n, cap;
	bool ended; /* the peer closed */
};

struct frame {
	int op;
	bool fin;
	uint8_t *p; /* owned */
	size_t n;
};

struct web_limits site_limits(void); /* the defaults with a short tick */
void site_start(struct site *s, const struct web_limits *lim, bool caller_page);
/* The same, with the caller page, which these sites may frame. */
void site_start_framed(struct site *s, const struct web_limits *lim, const char *frames);
void site_stop(struct site *s); /* checks that nothing is left in the loop */
void site_turn(struct site *s, int fd); /* one turn; waits a little for fd (or -1) */
/* turns the loop until cond is true; fails after SITE_PATIENCE_MS */
#define site_until(s, cond)                                            \
	do {                                                           \
		int64_t site_end = site_now() + SITE_PATIENCE_MS;      \
		while (!(cond)) {                                      \
			if (site_now() > site_end)                     \
				fail_msg("waited in vain for " #cond); \
			site_turn(s, -1);                              \
		}                                                      \
	} while (0)
int64_t site_now(void);

void client_open(struct client *c, struct site *s, const char *from);
void client_close(struct client *c);
void client_send(struct client *c, const void *p, size_t n);
/* "@H" becomes host:port, "@P" the port. */
void client_say(struct client *c, const char *request);
void client_read(struct client *c); /* what is there already */
void client_drop(struct client *c, size_t n); /* forget the first n bytes read */

/* Reads one answer with its body and cuts it off; returns the status, or 0: closed before.
 * head and body (may be NULL) are valid until the next call. */
int client_answer(struct client *c, bool to_head, const char **head, size_t *body_n);
/* One request on a connection of its own; the status. */
int site_ask(struct site *s, const char *request, const char **head);

/* Opens a WebSocket and reads the 101; returns the status. extra: header lines. */
int socket_dial(struct client *c, struct site *s, const char *path, const char *extra);
void socket_say(struct client *c, int op, bool fin, const void *p, size_t n);
void socket_text(struct client *c, const char *text);
/* The next frame; false: the peer closed. Free f->p. */
bool socket_read(struct client *c, struct frame *f);
/* Reads until a close frame: its code, 0 when the connection just ended. Answers it. */
int socket_close_code(struct client *c);

#endif
