/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* probe -- see probe.h. */
#include "web/probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "web/addr.h"

#define HEAD_MAX (256 + PROBE_FIELD_MAX)
#define BACKLOG  16

struct probe_conn {
	struct probe *probe; /* NULL: the slot is free */
	uv_tcp_t tcp;
	uv_timer_t life;
	uv_write_t write;
	unsigned n_open; /* handles that are not closed yet */
	struct sockaddr_storage addr;
	char request[PROBE_REQUEST_MAX];
	size_t n;
	char head[HEAD_MAX];
	char *body; /* owned */
	bool is_closing, is_answered;
};

struct probe {
	struct probe_handler h;
	uv_tcp_t listener;
	unsigned n_open; /* handles; freed with the last one */
	bool is_ended;
	struct probe_conn conns[]; /* h.n_conns */
};

static void let_go(struct probe *p)
{
	if (--p->n_open == 0 && p->is_ended)
		free(p);
}

static void on_listener_closed(uv_handle_t *h)
{
	let_go(h->data);
}

static void on_closed(uv_handle_t *h)
{
	struct probe_conn *c = h->data;
	struct probe *p = c->probe;

	if (--c->n_open == 0) {
		free(c->body);
		c->body = NULL;
		c->probe = NULL;
	}
	let_go(p);
}

static void close_conn(struct probe_conn *c)
{
	if (c->is_closing)
		return;
	c->is_closing = true;
	uv_close((uv_handle_t *)&c->tcp, on_closed);
	uv_close((uv_handle_t *)&c->life, on_closed);
}

static void on_life(uv_timer_t *t)
{
	close_conn(t->data);
}

static void on_written(uv_write_t *w, int status)
{
	close_conn(w->data);
}

static const char *reason_of(unsigned status)
{
	switch (status) {
	case 200: return "OK";
	case 308: return "Permanent Redirect";
	case 404: return "Not Found";
	case 405: return "Method Not Allowed";
	case 414: return "URI Too Long";
	case 431: return "Request Header Fields Too Large";
	case 503: return "Service Unavailable";
	default: return "Bad Request";
	}
}

static void answer(struct probe_conn *c, const struct probe_answer *a)
{
	uv_buf_t bufs[2];
	int err = text_format(c->head, sizeof c->head,
		"HTTP/1.1 %u %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
		"Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
		"Connection: close\r\n%s%s\r\n",
		a->status, reason_of(a->status), a->type, a->body ? a->n : 0, a->field,
		*a->field ? "\r\n" : "");

	c->is_answered = true;
	c->body = a->body;
	bufs[0] = uv_buf_init(c->head, (unsigned)strlen(c->head));
	bufs[1] = uv_buf_init(c->body, c->body ? (unsigned)a->n : 0);
	c->write.data = c;
	uv_read_stop((uv_stream_t *)&c->tcp);
	if (err ||
		uv_write(&c->write, (uv_stream_t *)&c->tcp, bufs,
			c->body && !a->is_head ? 2 : 1, on_written))
		close_conn(c);
}

static void respond(struct probe_conn *c, unsigned status, const char *path)
{
	struct probe_answer a = { .status = status, .type = "text/plain" };

	if (status == 200) {
		a.status = 404;
		c->probe->h.get(c->probe->h.arg, path, &a);
		if (a.status == 200 && !a.body)
			a.status = 503;
	}
	answer(c, &a);
}

static void ask(struct probe_conn *c)
{
	struct probe_answer a = { .type = "text/plain" };

	c->probe->h.ask(c->probe->h.arg, c->request, c->n, &a);
	if (a.status)
		answer(c, &a);
}

static void on_room(uv_handle_t *h, size_t suggested, uv_buf_t *buf)
{
	struct probe_conn *c = h->data;

	*buf = uv_buf_init(c->request + c->n, (unsigned)(sizeof c->request - c->n));
}

static void on_read(uv_stream_t *s, ssize_t got, const uv_buf_t *buf)
{
	struct probe_conn *c = s->data;
	char path[PROBE_PATH_MAX];
	unsigned status;

	if (got < 0) {
		close_conn(c);
		return;
	}
	c->n += (size_t)got;
	if (c->is_answered)
		return;
	if (c->probe->h.ask) {
		ask(c);
		return;
	}
	status = probe_parse(c->request, c->n, path);
	if (status)
		respond(c, status, path);
}

static struct probe_conn *free_slot(struct probe *p)
{
	for (size_t i = 0; i < p->h.n_conns; i++)
		if (!p->conns[i].probe)
			return &p->conns[i];
	return NULL;
}

/* Has its address as many as it may? */
static bool is_crowded(const struct probe *p, const struct probe_conn *c)
{
	unsigned n = 0;

	for (size_t i = 0; i < p->h.n_conns; i++)
		n += p->conns[i].probe && addr_is_same(&p->conns[i].addr, &c->addr);
	return p->h.n_here && n > p->h.n_here;
}

static void begin(struct probe *p, struct probe_conn *c)
{
	int n = sizeof c->addr;

	memset(c, 0, sizeof *c);
	c->probe = p;
	c->tcp.data = c->life.data = c;
	uv_tcp_init(p->listener.loop, &c->tcp);
	uv_timer_init(p->listener.loop, &c->life);
	c->n_open = 2;
	p->n_open += 2;
	if (uv_accept((uv_stream_t *)&p->listener, (uv_stream_t *)&c->tcp) ||
		uv_tcp_getpeername(&c->tcp, (struct sockaddr *)&c->addr, &n) ||
		is_crowded(p, c) ||
		uv_read_start((uv_stream_t *)&c->tcp, on_room, on_read)) {
		close_conn(c);
		return;
	}
	uv_timer_start(&c->life, on_life, PROBE_LIFE_MS, 0);
}

static void on_refused(uv_handle_t *h)
{
	struct probe *p = h->data;

	free(h);
	let_go(p);
}

/* It must be taken to be gone. */
static void refuse(struct probe *p)
{
	uv_tcp_t *tcp = malloc(sizeof *tcp);

	if (!tcp)
		return; /* it waits in the kernel's queue */
	uv_tcp_init(p->listener.loop, tcp);
	tcp->data = p;
	p->n_open++;
	(void)uv_accept((uv_stream_t *)&p->listener, (uv_stream_t *)tcp);
	uv_close((uv_handle_t *)tcp, on_refused);
}

static void on_connection(uv_stream_t *s, int status)
{
	struct probe *p = s->data;
	struct probe_conn *c = free_slot(p);

	if (status)
		return;
	if (c)
		begin(p, c);
	else
		refuse(p);
}

static int set_address(const char *addr, uint16_t port, struct sockaddr_storage *out)
{
	memset(out, 0, sizeof *out);
	if (!uv_ip4_addr(addr, port, (struct sockaddr_in *)out))
		return 0;
	return uv_ip6_addr(addr, port, (struct sockaddr_in6 *)out) ? EINVAL : 0;
}

int probe_new(struct probe **out, uv_loop_t *loop, const char *addr, uint16_t port,
	const struct probe_handler *h)
{
	const unsigned n = h->n_conns ? h->n_conns : PROBE_CONNS_MAX;
	struct probe *p = calloc(1, sizeof *p + n * sizeof *p->conns);
	struct sockaddr_storage sa;
	int err = p ? set_address(addr, port, &sa) : ENOMEM;

	if (err) {
		free(p);
		return err;
	}
	p->h = *h;
	p->h.n_conns = n;
	uv_tcp_init(loop, &p->listener);
	p->listener.data = p;
	p->n_open = 1;
	err = -uv_tcp_bind(&p->listener, (const struct sockaddr *)&sa, 0);
	if (!err)
		err = -uv_listen((uv_stream_t *)&p->listener, BACKLOG, on_connection);
	if (err)
		probe_free(p); /* gone when the loop has run */
	else
		*out = p;
	return err;
}

uint16_t probe_port(const struct probe *p)
{
	struct sockaddr_storage sa;
	int n = sizeof sa;

	if (uv_tcp_getsockname(&p->listener, (struct sockaddr *)&sa, &n))
		return 0;
	return ntohs(sa.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&sa)->sin6_port
					      : ((struct sockaddr_in *)&sa)->sin_port);
}

void probe_free(struct probe *p)
{
	if (!p)
		return;
	p->is_ended = true;
	uv_close((uv_handle_t *)&p->listener, on_listener_closed);
	for (size_t i = 0; i < p->h.n_conns; i++)
		if (p->conns[i].probe)
			close_conn(&p->conns[i]);
}
