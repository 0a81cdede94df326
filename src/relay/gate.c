/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* gate -- see stream.h: the port, who may come in, and for how long. */
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "relay/leg.h"
#include "relay/stream.h"

#define BACKLOG    128
#define ACCEPT_MAX 64 /* per turn */
/* What the kernel keeps unsent, some 0.3 s of voice: whatever is older is better left out. */
#define SEND_BUFFER 8192

_Static_assert((STREAMS_MAX & (STREAMS_MAX - 1)) == 0, "the low bits of a name");
_Static_assert(FRAME_MAX == UDP_PACKET_MAX, "line_packet() may use all of it");

static uint32_t place_of(const struct gate *g, const struct stream *s)
{
	return (uint32_t)(s - g->streams);
}

struct stream *stream_find(struct relay *r, uint32_t name)
{
	struct stream *s;

	if (!r->gate.streams)
		return NULL;
	s = &r->gate.streams[name & (STREAMS_MAX - 1)];
	return s->fd >= 0 && s->from.stream == name ? s : NULL;
}

void stream_close(struct relay *r, struct stream *s)
{
	struct web_path *path;

	if (s->fd < 0)
		return;
	path = web_path_find(r, &s->from);
	close(s->fd);
	s->fd = -1;
	r->gate.n_unproven -= !s->is_proven;
	list_remove(&s->node);
	list_append(&r->gate.free, &s->node);
	if (path)
		web_path_drop(r, path);
}

void stream_proved(struct relay *r, uint32_t name)
{
	struct stream *s = stream_find(r, name);

	if (!s)
		return;
	r->gate.n_unproven -= !s->is_proven;
	s->is_proven = true;
	s->at_us = r->now_us;
	list_remove(&s->node);
	list_append(&r->gate.proven, &s->node);
}

static struct stream *oldest(struct list *of)
{
	return list_is_empty(of) ? NULL : list_entry(of->next, struct stream, node);
}

static void close_oldest_of(struct relay *r, const struct udp_addr *host)
{
	struct stream *first = NULL;
	size_t n = 0;

	list_each(it, &r->gate.unproven)
	{
		struct stream *s = list_entry(it, struct stream, node);

		if (!udp_addr_same_host(&s->from, host))
			continue;
		first = first ? first : s;
		n++;
	}
	if (n >= STREAM_HOST_MAX)
		stream_close(r, first);
}

/* For one more connection of this host; NULL: every place is taken by one that is proven. */
static struct stream *make_room(struct relay *r, const struct udp_addr *host)
{
	struct gate *g = &r->gate;

	close_oldest_of(r, host);
	if (g->n_unproven &&
		(g->n_unproven >= STREAM_UNPROVEN_MAX || list_is_empty(&g->free)))
		stream_close(r, oldest(&g->unproven));
	return oldest(&g->free);
}

/* Not given again before this place was taken four million times more. */
static uint32_t next_name(struct gate *g, struct stream *s)
{
	s->round = s->round < UINT32_MAX / STREAMS_MAX ? s->round + 1 : 1;
	return s->round * STREAMS_MAX + place_of(g, s);
}

static void take_in(struct relay *r, int fd, const struct udp_addr *from)
{
	struct gate *g = &r->gate;
	struct stream *s = make_room(r, from);

	if (!s || relay_watch(r, fd, SOURCE_STREAM, place_of(g, s))) {
		close(fd);
		return;
	}
	s->fd = fd;
	s->from = *from;
	s->from.stream = next_name(g, s);
	s->at_us = r->now_us;
	s->is_proven = false;
	s->packets = 0;
	s->in.n = s->in.size = s->rest_n = 0;
	list_remove(&s->node);
	list_append(&g->unproven, &s->node);
	g->n_unproven++;
}

/* Nobody can be taken in: whoever has proved nothing yet makes way, or the port rests a moment. */
static void run_short(struct relay *r)
{
	struct gate *g = &r->gate;

	if (g->n_unproven) {
		stream_close(r, oldest(&g->unproven));
		return;
	}
	g->rests = true;
	relay_watch_for(r, g->fd, SOURCE_GATE, 0, 0);
}

void gate_accept(struct relay *r)
{
	for (int i = 0; i < ACCEPT_MAX && !r->gate.rests; i++) {
		struct udp_addr from = { 0 };
		socklen_t n = sizeof from.u;
		int fd = accept4(
			r->gate.fd, &from.u.sa, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd >= 0)
			take_in(r, fd, &from);
		else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
			errno == ENOMEM)
			run_short(r);
		else if (errno != ECONNABORTED && errno != EINTR)
			return;
	}
}

static void close_older(struct relay *r, struct list *of, int64_t us)
{
	list_each_safe(it, of)
	{
		struct stream *s = list_entry(it, struct stream, node);

		if (r->now_us - s->at_us <= us)
			return; /* the oldest come first */
		stream_close(r, s);
	}
}

void gate_tick(struct relay *r)
{
	struct gate *g = &r->gate;

	if (g->fd < 0)
		return;
	close_older(r, &g->unproven, STREAM_PROVE_US);
	close_older(r, &g->proven, LEG_CONSENT_US);
	if (!g->rests)
		return;
	g->rests = false;
	relay_watch_for(r, g->fd, SOURCE_GATE, 0, EPOLLIN);
}

bool gate_waits(const struct relay *r)
{
	const struct gate *g = &r->gate;

	return g->fd >= 0 &&
		(g->rests || !list_is_empty(&g->unproven) || !list_is_empty(&g->proven));
}

/* What a connection that comes in has from its listener. Best effort but for the first. */
static int set_up(int fd, const struct udp_addr *at)
{
	static const int on = 1, buffer = SEND_BUFFER;

	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on))
		return errno;
	if (at->u.sa.sa_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
	udp_mark(fd, at->u.sa.sa_family);
	return 0;
}

static int listen_at(int fd, struct udp_addr *at)
{
	socklen_t n = sizeof at->u;

	if (bind(fd, &at->u.sa, udp_addr_len(at)) || listen(fd, BACKLOG))
		return errno;
	return getsockname(fd, &at->u.sa, &n) ? errno : 0;
}

static int open_port(int *out, struct udp_addr *at)
{
	int fd = socket(
		at->u.sa.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int err = fd < 0 ? errno : set_up(fd, at);

	if (!err)
		err = listen_at(fd, at);
	if (err && fd >= 0)
		close(fd);
	else
		*out = fd;
	return err;
}

static int open_pool(struct gate *g)
{
	g->streams = calloc(STREAMS_MAX, sizeof *g->streams);
	if (!g->streams)
		return ENOMEM;
	list_init(&g->free);
	list_init(&g->unproven);
	list_init(&g->proven);
	for (size_t i = 0; i < STREAMS_MAX; i++) {
		g->streams[i].fd = -1;
		list_append(&g->free, &g->streams[i].node);
	}
	return 0;
}

int gate_open(struct relay *r, uint16_t port)
{
	struct gate *g = &r->gate;
	struct udp_addr at = r->line_at;
	int err;

	if (port)
		udp_addr_set_port(&at, port);
	err = open_port(&g->fd, &at);
	if (err == EADDRINUSE && !port && !r->opt.port) {
		udp_addr_set_port(&at, 0);
		err = open_port(&g->fd, &at);
	}
	if (!err)
		err = open_pool(g);
	if (err)
		return err;
	g->port = udp_addr_port(&at);
	return relay_watch(r, g->fd, SOURCE_GATE, 0);
}

void gate_close(struct relay *r)
{
	struct gate *g = &r->gate;

	for (size_t i = 0; g->streams && i < STREAMS_MAX; i++)
		stream_close(r, &g->streams[i]);
	if (g->fd >= 0)
		close(g->fd);
	free(g->streams);
	*g = (struct gate){ .fd = -1 };
}
