/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * ws_client -- an agent's page towards the centre, without the page: a login link becomes a session, the session
 * a WebSocket (RFC 6455), and a WebSocket that is lost comes back by itself.
 *
 * Plain HTTP to an IPv4 address, as on loopback.  No answer waits for anything: it lives in a farm's loop.  The
 * struct is the caller's and does not move.
 */
#ifndef TOOLS_WS_CLIENT_H
#define TOOLS_WS_CLIENT_H

#include <netinet/in.h>

#include "tools/farm.h"

#define WS_TEXT_MAX     32768 /* one message, either way */
#define WS_AGAIN_MIN_US 100000
#define WS_AGAIN_MAX_US 1000000

enum ws_state {
	WS_OFF,
	WS_LOGIN, /* the link's token is handed in */
	WS_UPGRADE,
	WS_OPEN,
	WS_WAIT, /* another attempt follows at again_us */
	WS_ENDED /* the centre does not want it any more */
};

struct ws_handler {
	void (*opened)(void *arg);
	void (*text)(void *arg, const char *p, size_t n);
	/* code: of the close frame, an HTTP status, or 0; is_over: it does not come back */
	void (*closed)(void *arg, unsigned int code, bool is_over);
	void *arg;
};

struct ws_client {
	struct farm *farm;
	struct ws_handler h;
	struct farm_source source;
	enum ws_state state;
	int fd;
	bool away;
	char host[64], token[80], session[80];
	struct sockaddr_in at;
	int64_t since_us, again_us;
	unsigned int tries;
	char in[WS_TEXT_MAX], out[WS_TEXT_MAX], message[WS_TEXT_MAX];
	size_t in_n, out_n, message_n;
};

void ws_client_init(struct ws_client *w, struct farm *farm, const struct ws_handler *h);
/* link: http://ADDRESS:PORT/login/TOKEN. EINVAL. */
int ws_client_login(struct ws_client *w, const char *link);
/* One text message. ENOTCONN, EMSGSIZE. */
int ws_client_send(struct ws_client *w, const char *text, size_t n);
void ws_client_turn(struct ws_client *w, int64_t now_us);
/* As when the page closes; it comes back. */
void ws_client_cut(struct ws_client *w);
/* As when the network is away: nothing is said and nothing heard. Back again, it connects anew. */
void ws_client_away(struct ws_client *w, bool away);
void ws_client_close(struct ws_client *w);

#endif
