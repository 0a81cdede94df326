/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ws_client -- see ws_client.h. */
#include "tools/ws_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/slice.h"
#include "base/text.h"
#include "tools/stamp.h"

#define ANSWER_US    5000000 /* an attempt that has no answer by then is a failed one */
#define HEAD_MAX     14 /* of a frame */
#define COOKIE       "heimamt_session="
#define CODE_SESSION 4001 /* docs/desk-protocol.md: these two do not connect again */
#define CODE_TAKEN   4002

enum opcode { OP_MORE, OP_TEXT, OP_CLOSE = 8, OP_PING, OP_PONG };

static void drop(struct ws_client *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
	w->in_n = w->out_n = w->message_n = 0;
}

static void lost(struct ws_client *w, unsigned int code)
{
	bool over = code == CODE_SESSION || code == CODE_TAKEN || code == 401 ||
		code == 403;
	int64_t pause = WS_AGAIN_MIN_US << (w->tries < 4 ? w->tries : 4);

	drop(w);
	w->tries++;
	w->again_us = stamp_now_us() +
		(pause < WS_AGAIN_MAX_US ? pause : WS_AGAIN_MAX_US);
	w->state = over ? WS_ENDED : WS_WAIT;
	w->h.closed(w->h.arg, code, over);
}

static void flush(struct ws_client *w)
{
	ssize_t n = send(w->fd, w->out, w->out_n, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n > 0) {
		w->out_n -= (size_t)n;
		memmove(w->out, w->out + n, w->out_n);
	}
	farm_rewatch(w->farm, w->fd, &w->source, w->out_n ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static int frame(struct ws_client *w, enum opcode op, const char *p, size_t n)
{
	struct wbuf b = wbuf_of(w->out + w->out_n, sizeof w->out - w->out_n);
	uint8_t mask[4];

	be32_put(mask, (uint32_t)random()); /* RFC 6455 section 5.3 */
	wbuf_u8(&b, (uint8_t)(0x80 | op));
	wbuf_u8(&b, (uint8_t)(0x80 | (n < 126 ? n : 126)));
	if (n >= 126)
		wbuf_be16(&b, (uint16_t)n);
	wbuf_put(&b, mask, sizeof mask);
	for (size_t i = 0; i < n; i++)
		wbuf_u8(&b, (uint8_t)p[i] ^ mask[i & 3]);
	if (b.full)
		return EMSGSIZE;
	w->out_n += b.n;
	flush(w);
	return 0;
}

int ws_client_send(struct ws_client *w, const char *text, size_t n)
{
	if (w->state != WS_OPEN || w->away)
		return ENOTCONN;
	return n + HEAD_MAX > sizeof w->out ? EMSGSIZE : frame(w, OP_TEXT, text, n);
}

static int dial(struct ws_client *w, enum ws_state state)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	drop(w);
	if (fd < 0)
		return errno;
	w->fd = fd;
	w->state = state;
	w->since_us = stamp_now_us();
	if (connect(fd, (struct sockaddr *)&w->at, sizeof w->at) && errno != EINPROGRESS)
		return errno;
	return farm_watch(w->farm, fd, &w->source, EPOLLIN | EPOLLOUT);
}

static int ask_login(struct ws_client *w)
{
	char body[128];
	int err = text_format(body, sizeof body, "{\"token\":\"%s\"}", w->token);

	if (!err)
		err = dial(w, WS_LOGIN);
	if (err)
		return err;
	err = text_format(w->out, sizeof w->out,
		"POST /login HTTP/1.1\r\nHost: %s\r\nOrigin: http://%s\r\n"
		"Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
		w->host, w->host, strlen(body), body);
	w->out_n = strlen(w->out);
	return err;
}

static int ask_upgrade(struct ws_client *w)
{
	int err = dial(w, WS_UPGRADE);

	if (err)
		return err;
	err = text_format(w->out, sizeof w->out,
		"GET /ws/desk HTTP/1.1\r\nHost: %s\r\nOrigin: "
		"http://%s\r\nCookie: " COOKIE
		"%s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
		"MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
		"Sec-WebSocket-Protocol: heimamt\r\n\r\n",
		w->host, w->host, w->session);
	w->out_n = strlen(w->out);
	return err;
}

static void attempt(struct ws_client *w)
{
	if (*w->session ? ask_upgrade(w) : ask_login(w))
		lost(w, 0);
}

static void take_cookie(struct ws_client *w, const char *head)
{
	const char *c = strstr(head, COOKIE);
	struct slice rest = slice_str(c ? c + sizeof COOKIE - 1 : "");

	(void)slice_copy(slice_cut(&rest, ';'), w->session, sizeof w->session);
}

/* An answer's head is whole: what did it say? */
static void take_head(struct ws_client *w, const char *head, size_t n)
{
	unsigned int status = (unsigned int)strtoul(head + strlen("HTTP/1.1 "), NULL, 10);

	if (w->state == WS_LOGIN && status == 204) {
		take_cookie(w, head);
		attempt(w);
	} else if (w->state == WS_UPGRADE && status == 101) {
		w->state = WS_OPEN;
		w->in_n -= n;
		memmove(w->in, w->in + n, w->in_n);
		w->h.opened(w->h.arg);
	} else {
		lost(w, status);
	}
}

static void take_answer(struct ws_client *w)
{
	char *end = memmem(w->in, w->in_n, "\r\n\r\n", 4);

	if (!end)
		return;
	*end = 0;
	take_head(w, w->in, (size_t)(end - w->in) + 4);
}

static void take_text(struct ws_client *w, const char *p, size_t n, bool is_last)
{
	if (n > sizeof w->message - w->message_n) {
		lost(w, 0);
		return;
	}
	memcpy(w->message + w->message_n, p, n);
	w->message_n += n;
	if (!is_last)
		return;
	n = w->message_n;
	w->message_n = 0;
	w->tries =
		0; /* not when it opens: a centre that lets in and throws out is not back */
	w->h.text(w->h.arg, w->message, n);
}

static void take_frame(struct ws_client *w, uint8_t first, const char *p, size_t n)
{
	switch ((enum opcode)(first & 15)) {
	case OP_MORE:
	case OP_TEXT: take_text(w, p, n, first & 0x80); break;
	case OP_PING: (void)frame(w, OP_PONG, p, n); break;
	case OP_CLOSE: {
		unsigned int code = n >= 2 ? be16_get((const uint8_t *)p) : 0;

		(void)frame(w, OP_CLOSE, p, n);
		lost(w, code);
		break;
	}
	case OP_PONG: break;
	}
}

/* The first whole frame; false when there is none. */
static bool next_frame(struct ws_client *w)
{
	const uint8_t *p = (const uint8_t *)w->in;
	char payload[WS_TEXT_MAX];
	size_t head = 2, n;

	if (w->in_n < 4)
		return false;
	n = p[1] &
		127; /* a server does not mask; 127 would be more than a view ever is */
	if (n == 126) {
		n = be16_get(p + 2);
		head = 4;
	}
	if (w->in_n < head + n)
		return false;
	uint8_t first = p[0];

	memcpy(payload, p + head, n);
	w->in_n -= head + n;
	memmove(w->in, w->in + head + n, w->in_n);
	take_frame(w, first, payload, n);
	return true;
}

static void take_in(struct ws_client *w)
{
	ssize_t n = recv(w->fd, w->in + w->in_n, sizeof w->in - w->in_n, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		lost(w, 0);
		return;
	}
	w->in_n += (size_t)n;
	if (w->state == WS_LOGIN || w->state == WS_UPGRADE)
		take_answer(w);
	while (w->state == WS_OPEN && next_frame(w))
		;
}

static void ready(void *arg, uint32_t events)
{
	struct ws_client *w = arg;

	if (w->fd < 0 || w->away)
		return;
	if (events & EPOLLOUT)
		flush(w);
	if (events & (EPOLLIN | EPOLLERR | EPOLLHUP))
		take_in(w);
}

void ws_client_init(struct ws_client *w, struct farm *farm, const struct ws_handler *h)
{
	*w = (struct ws_client){
		.farm = farm, .h = *h, .source = { ready, w }, .fd = -1
	};
}

int ws_client_login(struct ws_client *w, const char *link)
{
	char addr[32];
	unsigned int port;

	char kind[8], token[80];

	if (sscanf(link, "http://%31[0-9.]:%u/%7[a-z]/%79[0-9a-f]", addr, &port, kind,
		    token) != 4 ||
		port > 65535 || text_format(w->host, sizeof w->host, "%s:%u", addr, port))
		return EINVAL;
	w->at = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port) };
	if (inet_pton(AF_INET, addr, &w->at.sin_addr) != 1)
		return EINVAL;
	*w->session = *w->token = 0;
	if (text_copy(strcmp(kind, "session") == 0 ? w->session : w->token,
		    sizeof w->token, token))
		return EINVAL;
	w->tries = 0;
	attempt(w);
	return 0;
}

void ws_client_turn(struct ws_client *w, int64_t now_us)
{
	if (w->away)
		return;
	if (w->state == WS_WAIT && now_us >= w->again_us)
		attempt(w);
	else if ((w->state == WS_LOGIN || w->state == WS_UPGRADE) &&
		now_us > w->since_us + ANSWER_US)
		lost(w, 0);
}

void ws_client_cut(struct ws_client *w)
{
	if (w->fd >= 0)
		lost(w, 0);
}

void ws_client_away(struct ws_client *w, bool away)
{
	if (w->away == away)
		return;
	w->away = away;
	if (w->fd >= 0 && away)
		farm_rewatch(w->farm, w->fd, &w->source,
			EPOLLET); /* else its end would be told for ever */
	else if (w->fd >= 0)
		lost(w, 0);
}

void ws_client_close(struct ws_client *w)
{
	drop(w);
	w->state = WS_OFF;
}
