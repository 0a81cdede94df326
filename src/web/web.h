/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * web -- HTTP, WebSocket and sessions on libwebsockets, on the control loop (libuv).
 *
 * Serves the desk's files from one folder, GET /login/TOKEN (a page), POST /login, /login/... and /account/...,
 * GET and POST /api/...,
 * /ws/desk, /ws/door/TOKEN and /ws/caller.  Everything happens on the loop's thread.  A connection is a number that is never used
 * again; sending to one that is gone does nothing.  Who may log in is the app's decision: web asks.
 *
 * With a certificate it speaks TLS 1.2 and 1.3, and only then beyond loopback.
 * Every answer carries a strict Content-Security-Policy (the caller page may be framed by the sites that are configured), nosniff, no-referrer and same-origin isolation; a
 * WebSocket is refused (403) without the page's own Origin, and on /ws/desk without a session, on /ws/door
 * without a token that lives (401).  Wrong tokens are bounded per address (429).
 */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "web/addr.h"
#include "web/ask.h"
#include "web/desk.h"

#define WEB_CONNS_MAX  2048 /* agents' desks, second tabs and caller pages of one house */
#define WEB_TOKEN_SIZE 65 /* 32 random bytes in hexadecimal, with NUL */
#define WEB_SEND_MAX \
	64 /* messages waiting for one slow page; more: it is closed and may reconnect */
#define WEB_BODY_MAX 1024 /* of POST /login */
#define WEB_PROOF_MAX \
	8192 /* of POST /login/... and /account/...: a new passkey has 1 KB, with a statement 6 */

enum web_page { WEB_DESK, WEB_CALLER, WEB_DOOR };

struct web_handler {
	/* POST /login: answer with web_login_done(), now or later. */
	void (*login)(void *arg, uint64_t request, const char *token);
	/* A cookie's session; returns the agent's id or 0, and its number. */
	uint64_t (*session)(void *arg, const char *token, uint64_t *number);
	/* A door display's token; returns the agent's id or 0. */
	uint64_t (*door)(void *arg, const char *token);
	/* session: of a desk, its number; of a caller page, one for its address (IPv6: /64), which says nothing of it */
	void (*opened)(void *arg, uint64_t conn, enum web_page page, uint64_t agent,
		uint64_t session);
	void (*message)(void *arg, uint64_t conn, const struct desk_msg *m);
	/* a message that desk_parse() refused; answer with an error */
	void (*bad_message)(void *arg, uint64_t conn, int err);
	void (*closed)(void *arg, uint64_t conn);
	/* of somebody with a session; answer with web_api_done(), now or later */
	void (*api)(void *arg, const struct web_ask *ask);
	/* POST /login/... and /account/..., of anybody; likewise */
	void (*prove)(void *arg, const struct web_ask *ask);
	void *arg;
};

struct web_config {
	const char
		*addr; /* without a certificate loopback only: EACCES for anything else */
	uint16_t port; /* 0: any free one */
	const char *files; /* the desk's folder as built */
	uint32_t connections_here; /* of one address; 0: WEB_HERE_MAX */
	bool caller_page; /* serve /caller/ and /ws/caller */
	const char *
		caller_frames; /* origins whose pages may hold /caller/ in a frame; NULL, "": none */
	const char *certificate, *key; /* PEM files (web/pair.h); NULL, "": plain HTTP */
	/* by which browsers call the house beside localhost, over TLS only: "desk.example.org", or with a port that is
	 * not ours, as behind a proxy */
	char (*names)[WEB_NAME_MAX];
	size_t n_names; /* WEB_NAMES_MAX */
	/* in figures, of proxies whose X-Forwarded-For and X-Forwarded-Proto count */
	char (*proxies)[WEB_NAME_MAX];
	size_t n_proxies; /* ADDR_PROXIES_MAX */
	bool reads_forwarded; /* theirs is Forwarded (RFC 7239), and those two count for nothing */
};

struct web;

int web_new(struct web **out, uv_loop_t *loop, const struct web_config *cfg,
	const struct web_handler *
		h); /* EADDRINUSE, EACCES, ENOENT: no such folder, EFBIG: too much in it, EINVAL: no good certificate (said)
		     or no such name or proxy, ENOMEM, EIO */
/* Closes all connections (code 1001, going away). NULL allowed; no callback from it. The loop must then
 * be run until nothing is left in it. */
void web_free(struct web *w);
uint16_t web_port(const struct web *w);
/* Looks at the certificate's files now, as it does by itself when they change: new connections get the new one, those
 * that are there stay. A broken file is said and changes nothing. 0 also without TLS; EINVAL, ENOENT. */
int web_reload(struct web *w);

/* session_token: what the cookie will hold, or NULL: the link was not good (403). max_age_s: its life. */
void web_login_done(
	struct web *w, uint64_t request, const char *session_token, uint32_t max_age_s);

/* Takes the answer's body over. */
void web_api_done(struct web *w, uint64_t request, const struct web_answer *a);

/* Takes the text over (from desk_write_*()) and frees it; NULL is ENOMEM and closes the connection. */
void web_send(struct web *w, uint64_t conn, char *json);
/* After what waits was sent. code: RFC 6455 section 7.4; 4000..4999 are ours (docs/desk-protocol.md). */
void web_close(struct web *w, uint64_t conn, uint16_t code, const char *reason);

#endif
