/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* site -- see site.h */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "folder.h"
#include "site.h"

#define OP_CLOSE 8

int64_t site_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void on_login(void *arg, uint64_t request, const char *token)
{
	struct site *s = arg;

	s->logins++;
	s->request = request;
	if (!s->hold_logins)
		web_login_done(s->web, request,
			strcmp(token, SITE_GOOD_LINK) == 0 ? SITE_SESSION : NULL, 3600);
}

static uint64_t on_session(void *arg, const char *token, uint64_t *number)
{
	*number = strcmp(token, SITE_SESSION) == 0 ? SITE_NUMBER : 0;
	return strcmp(token, SITE_SESSION) == 0 ? SITE_AGENT : 0;
}

static uint64_t on_door(void *arg, const char *token)
{
	((struct site *)arg)->doors++;
	return strcmp(token, SITE_DOOR) == 0 ? SITE_AGENT : 0;
}

static void on_opened(
	void *arg, uint64_t conn, enum web_page page, uint64_t agent, uint64_t session)
{
	struct site *s = arg;

	if (s->opened < SITE_CONNS)
		s->conns[s->opened] = conn;
	s->opened++;
	s->page = page;
	s->agent = agent;
	s->session = session;
}

static void on_message(void *arg, uint64_t conn, const struct desk_msg *m)
{
	struct site *s = arg;

	s->messages++;
	s->last_type = m->type;
	s->last_sdp = m->sdp ? strlen(m->sdp) : 0;
	if (s->echo)
		web_send(s->web, conn, desk_write_error("echo", m->ref));
}

static void on_bad(void *arg, uint64_t conn, int err)
{
	struct site *s = arg;

	s->bad++;
	s->last_bad = err;
	web_send(s->web, conn, desk_write_error("bad_message", ""));
}

static void on_closed(void *arg, uint64_t conn)
{
	((struct site *)arg)->closed++;
}

/* What was asked, and by whom; "none": 404; the file is for "file". */
static void on_api(void *arg, const struct web_ask *ask)
{
	struct site *s = arg;
	struct web_answer a = { .status = 200, .type = "application/json" };

	s->asked++;
	if (strcmp(ask->path, "none") == 0) {
		web_api_done(s->web, ask->request, &(struct web_answer){ .status = 404 });
		return;
	}
	const size_t cap = 64 + strlen(ask->path) + ask->n;

	a.body = malloc(cap);
	assert_non_null(a.body);
	a.n = (size_t)snprintf(a.body, cap, "%s %s %u %.*s|",
		ask->is_post ? "post" : "get", ask->path, (unsigned)ask->agent,
		(int)ask->n, ask->body);
	if (strcmp(ask->path, "file") == 0)
		(void)snprintf(a.file, sizeof a.file, "own.json");
	web_api_done(s->web, ask->request, &a);
}

/* Tells what it was asked, as a cookie where the body is "in", and takes "wrong" for a guess. */
static void on_prove(void *arg, const struct web_ask *ask)
{
	struct site *s = arg;
	struct web_answer a = { .status = 200, .type = "application/json" };

	s->asked++;
	if (ask->n == 4 && memcmp(ask->body, "\"in\"", 4) == 0) {
		(void)snprintf(a.session, sizeof a.session, "%s", SITE_SESSION);
		a.max_age_s = 60;
	}
	a.is_wrong = ask->n == 7;
	assert_true(ask->from != 0 && ask->is_post);
	a.body = malloc(256);
	assert_non_null(a.body);
	a.n = (size_t)snprintf(a.body, 256, "%s %u %u %s|", ask->path,
		(unsigned)ask->agent, (unsigned)ask->session, strchr(ask->origin, ':'));
	web_api_done(s->web, ask->request, &a);
}

struct web_limits site_limits(void)
{
	struct web_limits lim = web_default_limits;

	lim.tick_ms = 20;
	lim.request = 100000; /* the tests set what they test */
	lim.body = 100000;
	lim.fresh = 100000;
	lim.silent = 100000;
	lim.ping = 90000;
	lim.closing = 100000;
	return lim;
}

static void start(struct site *s, const struct web_limits *lim, bool caller_page,
	const char *frames)
{
	struct web_handler h = { on_login, on_session, on_door, on_opened, on_message,
		on_bad, on_closed, on_api, on_prove, s };
	struct web_config cfg = {
		.addr = "127.0.0.1", .caller_page = caller_page, .caller_frames = frames
	};

	*s = (struct site){ .root = folder_make() };
	cfg.files = folder_files();
	assert_int_equal(uv_loop_init(&s->loop), 0);
	assert_int_equal(web_new_limited(&s->web, &s->loop, &cfg, &h, lim), 0);
	s->port = web_port(s->web);
	assert_int_not_equal(s->port, 0);
}

void site_start(struct site *s, const struct web_limits *lim, bool caller_page)
{
	start(s, lim, caller_page, NULL);
}

void site_start_framed(struct site *s, const struct web_limits *lim, const char *frames)
{
	start(s, lim, true, frames);
}

void site_stop(struct site *s)
{
	unsigned closed = s->closed;

	web_free(s->web);
	uv_run(&s->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&s->loop), 0);
	assert_int_equal(s->closed, closed); /* no callback from it */
	folder_remove(s->root);
}

void site_turn(struct site *s, int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	uv_run(&s->loop, UV_RUN_NOWAIT);
	poll(&p, 1, 1);
}

void client_open(struct client *c, struct site *s, const char *from)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(s->port) };
	struct sockaddr_in me = { .sin_family = AF_INET };
	int small = 4096;

	*c = (struct client){ .s = s,
		.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) };
	assert_true(c->fd >= 0);
	/* so that a reader who does not read is noticed soon */
	setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	inet_pton(AF_INET, from ? from : "127.0.0.1", &me.sin_addr);
	assert_int_equal(bind(c->fd, (void *)&me, sizeof me), 0);
	assert_int_equal(connect(c->fd, (void *)&to, sizeof to), 0);
	fcntl(c->fd, F_SETFL, O_NONBLOCK);
}

void client_close(struct client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	free(c->buf);
	*c = (struct client){ .fd = -1 };
}

void client_send(struct client *c, const void *p, size_t n)
{
	const uint8_t *at = p;
	int64_t end = site_now() + SITE_PATIENCE_MS;

	while (n) {
		ssize_t put = send(c->fd, at, n, MSG_NOSIGNAL);

		if (put < 0 && errno != EAGAIN)
			return; /* it closed: the test reads that */
		if (put > 0) {
			at += put;
			n -= (size_t)put;
		}
		if (site_now() > end)
			fail_msg("the server does not read");
		if (n)
			site_turn(c->s, -1);
	}
}

void client_say(struct client *c, const char *request)
{
	char out[32768];
	size_t n = 0;

	for (const char *p = request; *p; p++) {
		assert_true(n < sizeof out - 32);
		if (p[0] == '@' && (p[1] == 'H' || p[1] == 'P')) {
			n += (size_t)snprintf(out + n, 32, "%s%u",
				p[1] == 'H' ? "127.0.0.1:" : "", c->s->port);
			p++;
		} else {
			out[n++] = *p;
		}
	}
	client_send(c, out, n);
}

void client_read(struct client *c)
{
	for (;;) {
		ssize_t n;

		if (c->cap - c->n < 65536) {
			c->cap = 2 * c->cap + 65536;
			c->buf = realloc(c->buf, c->cap);
			assert_non_null(c->buf);
		}
		n = recv(c->fd, c->buf + c->n, c->cap - c->n - 1, 0);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0) {
			c->ended = true;
			return;
		}
		c->n += (size_t)n;
		c->buf[c->n] = 0;
	}
}

void client_drop(struct client *c, size_t n)
{
	c->n -= n;
	memmove(c->buf, c->buf + n, c->n);
	c->buf[c->n] = 0;
}

/* Turns the loop until n bytes are there; false: it ended before. */
static bool read_n(struct client *c, size_t n)
{
	int64_t end = site_now() + SITE_PATIENCE_MS;

	for (;;) {
		client_read(c);
		if (c->n >= n || c->ended)
			return c->n >= n;
		if (site_now() > end)
			fail_msg("no answer");
		site_turn(c->s, c->fd);
	}
}

static size_t head_length(struct client *c)
{
	const char *end;

	for (size_t n = 1; read_n(c, n); n = c->n + 1) {
		end = strstr((char *)c->buf, "\r\n\r\n");
		if (end)
			return (size_t)(end - (char *)c->buf) + 4;
	}
	return 0;
}

int client_answer(struct client *c, bool to_head, const char **head, size_t *body_n)
{
	static char kept[16384];
	size_t n = head_length(c), body = 0;
	const char *length;

	if (!n)
		return 0;
	assert_true(n < sizeof kept);
	memcpy(kept, c->buf, n);
	kept[n] = 0;
	if (head)
		*head = kept;
	length = strcasestr(kept, "\r\ncontent-length:");
	if (length && !to_head)
		body = strtoul(length + 17, NULL, 10);
	if (!read_n(c, n + body))
		return 0;
	if (body_n)
		*body_n = body;
	if (body && body < sizeof kept - n) {
		memcpy(kept + n, c->buf + n, body);
		kept[n + body] = 0;
	}
	client_drop(c, n + body);
	return (int)strtol(kept + strlen("HTTP/1.1 "), NULL, 10);
}

int site_ask(struct site *s, const char *request, const char **head)
{
	struct client c;
	int status;

	client_open(&c, s, NULL);
	client_say(&c, request);
	status = client_answer(&c, strncmp(request, "HEAD", 4) == 0, head, NULL);
	client_close(&c);
	return status;
}

int socket_dial(struct client *c, struct site *s, const char *path, const char *extra)
{
	char request[1024];

	client_open(c, s, NULL);
	snprintf(request, sizeof request,
		"GET %s HTTP/1.1\r\nHost: @H\r\nOrigin: http://@H\r\nUpgrade: "
		"websocket\r\n"
		"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: heimamt\r\n%s\r\n",
		path, extra);
	client_say(c, request);
	return client_answer(c, false, NULL, NULL);
}

void socket_say(struct client *c, int op, bool fin, const void *p, size_t n)
{
	static const uint8_t mask[4] = { 0x12, 0x34, 0x56, 0x78 };
	uint8_t head[8] = { (uint8_t)((fin ? 0x80 : 0) | op) };
	size_t h = n < 126 ? 2 : 4;
	uint8_t *out = malloc(n + 8);

	assert_non_null(out);
	assert_true(n < 65536);
	head[1] = (uint8_t)(0x80 | (n < 126 ? n : 126));
	head[2] = (uint8_t)(n >> 8);
	head[3] = (uint8_t)n;
	memcpy(head + h, mask, 4);
	memcpy(out, head, h + 4);
	for (size_t i = 0; i < n; i++)
		out[h + 4 + i] = ((const uint8_t *)p)[i] ^ mask[i & 3];
	client_send(c, out, h + 4 + n);
	free(out);
}

void socket_text(struct client *c, const char *text)
{
	socket_say(c, 1, true, text, strlen(text));
}

bool socket_read(struct client *c, struct frame *f)
{
	size_t n, head = 2;

	if (!read_n(c, 2))
		return false;
	n = c->buf[1];
	assert_true(n < 128); /* a server does not mask */
	if (n >= 126) {
		head = n == 126 ? 4 : 10;
		if (!read_n(c, head))
			return false;
		n = 0;
		for (size_t i = 2; i < head; i++)
			n = n << 8 | c->buf[i];
	}
	if (!read_n(c, head + n))
		return false;
	*f = (struct frame){ c->buf[0] & 15, c->buf[0] >> 7, malloc(n + 1), n };
	assert_non_null(f->p);
	memcpy(f->p, c->buf + head, n);
	f->p[n] = 0;
	client_drop(c, head + n);
	return true;
}

int socket_close_code(struct client *c)
{
	struct frame f;
	int code = 0;

	while (!code && socket_read(c, &f)) {
		if (f.op == OP_CLOSE && f.n >= 2) {
			code = f.p[0] << 8 | f.p[1];
			socket_say(c, OP_CLOSE, true, f.p, 2);
		}
		free(f.p);
	}
	return code;
}
