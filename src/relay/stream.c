/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* stream -- see stream.h: what comes by a connection, and what goes. */
#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "relay/leg.h"
#include "relay/stream.h"

#define READ_SIZE 4096
#define READS_MAX 8 /* before others are served */

/* False: the connection is closed. */
static bool deliver(struct relay *r, struct stream *s)
{
	const struct udp_addr from = s->from;

	if (!s->is_proven && ++s->packets > STREAM_PROVE_PACKETS) {
		stream_close(r, s);
		return false;
	}
	line_packet(r, s->in.packet, s->in.size, &from);
	return stream_find(r, from.stream) == s;
}

static bool take_bytes(struct relay *r, struct stream *s, struct slice in)
{
	for (;;) {
		switch (frame_read(&s->in, &in)) {
		case FRAME_MORE: return true;
		case FRAME_BROKEN: stream_close(r, s); return false;
		case FRAME_WHOLE:
			if (!deliver(r, s))
				return false;
		}
	}
}

static void receive(struct relay *r, struct stream *s)
{
	uint8_t bytes[READ_SIZE];

	for (int i = 0; i < READS_MAX; i++) {
		ssize_t n = read(s->fd, bytes, sizeof bytes);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0) {
			stream_close(r, s);
			return;
		}
		if (!take_bytes(r, s, slice_of(bytes, (size_t)n)) ||
			(size_t)n < sizeof bytes)
			return;
	}
}

static void watch(struct relay *r, const struct stream *s)
{
	relay_watch_for(r, s->fd, SOURCE_STREAM, (uint32_t)(s - r->gate.streams),
		EPOLLIN | (s->rest_n ? EPOLLOUT : 0));
}

/* 0 where nothing could be sent; an error shows when it is read from. */
static size_t put(const struct stream *s, const uint8_t *p, size_t n)
{
	ssize_t sent = send(s->fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);

	return sent > 0 ? (size_t)sent : 0;
}

static void send_rest(struct relay *r, struct stream *s)
{
	size_t sent = put(s, s->rest + s->rest_at, s->rest_n);

	s->rest_at += sent;
	s->rest_n -= sent;
	if (!s->rest_n)
		watch(r, s);
}

void stream_ready(struct relay *r, uint32_t place, uint32_t events)
{
	struct stream *s = &r->gate.streams[place];

	if (s->fd >= 0 && s->rest_n && (events & EPOLLOUT))
		send_rest(r, s);
	if (s->fd >= 0 && (events & ~(uint32_t)EPOLLOUT))
		receive(r, s);
}

void stream_send(struct relay *r, uint32_t name, struct slice packet)
{
	struct stream *s = stream_find(r, name);
	size_t sent, n;

	if (!s)
		return;
	if (s->rest_n) {
		r->counters.left_out++;
		return;
	}
	n = frame_write(s->rest, sizeof s->rest, packet);
	sent = put(s, s->rest, n);
	if (sent == n)
		return;
	if (!sent) {
		r->counters.left_out++;
		return;
	}
	s->rest_at = sent;
	s->rest_n = n - sent;
	watch(r, s);
}
