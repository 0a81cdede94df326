/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* udp -- see udp.h: buffers, sockets, batches. */
#include "relay/udp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DSCP_EF \
	0xB8 /* RFC 4594 section 4.1, RFC 8837: expedited forwarding, shifted by 2 */

int udp_init(struct udp *u)
{
	*u = (struct udp){ 0 };
	u->slots = calloc(UDP_SLOTS, sizeof *u->slots);
	u->out = calloc(UDP_SLOTS, sizeof *u->out);
	u->out_iov = calloc(UDP_SLOTS, sizeof *u->out_iov);
	u->bytes = calloc(UDP_BATCH, sizeof *u->bytes);
	if (!u->slots || !u->out || !u->out_iov || !u->bytes) {
		udp_close(u);
		return ENOMEM;
	}
	for (size_t i = 0; i < UDP_BATCH; i++) {
		u->in_iov[i] = (struct iovec){ u->bytes[i], UDP_PACKET_MAX };
		u->in[i].msg_hdr.msg_iov = &u->in_iov[i];
		u->in[i].msg_hdr.msg_iovlen = 1;
		u->in[i].msg_hdr.msg_name = &u->from[i];
	}
	return 0;
}

void udp_close(struct udp *u)
{
	free(u->slots);
	free(u->out);
	free(u->out_iov);
	free(u->bytes);
	*u = (struct udp){ 0 };
}

void udp_mark(int fd, int family)
{
	int tos = DSCP_EF;

	if (family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_TCLASS, &tos, sizeof tos);
	else
		(void)setsockopt(fd, IPPROTO_IP, IP_TOS, &tos, sizeof tos);
}

/* Best effort: a small buffer or no DSCP is worse voice, not an error. */
static void tune(int fd, int family, int buffer_bytes)
{
	udp_mark(fd, family);
	if (!buffer_bytes)
		return;
	for (int i = 0; i < 2; i++) {
		int force = i ? SO_SNDBUFFORCE : SO_RCVBUFFORCE;
		int plain = i ? SO_SNDBUF : SO_RCVBUF;

		if (setsockopt(fd, SOL_SOCKET, force, &buffer_bytes, sizeof buffer_bytes))
			(void)setsockopt(fd, SOL_SOCKET, plain, &buffer_bytes,
				sizeof buffer_bytes);
	}
}

int udp_sock_open(struct udp_sock *s, struct udp_addr *at, int buffer_bytes)
{
	int family = at->u.sa.sa_family;
	int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct udp_addr bound = { 0 };
	socklen_t len = sizeof bound.u;

	if (fd < 0)
		return errno;
	if (bind(fd, &at->u.sa, udp_addr_len(at)) || getsockname(fd, &bound.u.sa, &len)) {
		int err = errno;

		close(fd);
		return err;
	}
	tune(fd, family, buffer_bytes);
	*at = bound;
	*s = (struct udp_sock){ .fd = fd };
	return 0;
}

void udp_sock_close(struct udp *u, struct udp_sock *s)
{
	if (s->dirty)
		udp_flush(u);
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

struct udp_slot *udp_slot(struct udp *u)
{
	if (u->n_slots == UDP_SLOTS)
		udp_flush(u);
	return &u->slots[u->n_slots];
}

void udp_commit(struct udp *u, struct udp_sock *s, struct udp_slot *slot, size_t n,
	const struct udp_addr *to)
{
	if (s->fd < 0)
		return;
	u->n_slots++;
	slot->next = NULL;
	slot->n = n;
	slot->to = *to;
	if (s->last)
		s->last->next = slot;
	else
		s->first = slot;
	s->last = slot;
	if (!s->dirty) {
		s->dirty = true;
		s->next_dirty = u->dirty;
		u->dirty = s;
	}
}

static void send_all(struct udp *u, int fd, unsigned int n)
{
	for (unsigned int at = 0; at < n;) {
		int sent = sendmmsg(fd, u->out + at, n - at, MSG_DONTWAIT);

		if (sent > 0) {
			at += (unsigned int)sent;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno == EAGAIN || errno == ENOBUFS || errno == EBADF) {
			u->dropped += n - at; /* full: the rest would only come late */
			return;
		}
		u->dropped++; /* this one cannot be sent (no route, refused); the next may */
		at++;
	}
}

static void sock_flush(struct udp *u, struct udp_sock *s)
{
	unsigned int n = 0;

	for (struct udp_slot *o = s->first; o; o = o->next, n++) {
		u->out_iov[n] = (struct iovec){ o->p, o->n };
		u->out[n].msg_hdr = (struct msghdr){ .msg_name = &o->to.u.sa,
			.msg_namelen = udp_addr_len(&o->to),
			.msg_iov = &u->out_iov[n],
			.msg_iovlen = 1 };
	}
	send_all(u, s->fd, n);
	s->first = s->last = NULL;
	s->dirty = false;
}

void udp_flush(struct udp *u)
{
	struct udp_sock *next;

	for (struct udp_sock *s = u->dirty; s; s = next) {
		next = s->next_dirty;
		sock_flush(u, s);
	}
	u->dirty = NULL;
	u->n_slots = 0;
}

void udp_recv(struct udp *u, struct udp_sock *s, udp_recv_h *h, void *arg)
{
	for (int turn = 0; turn < UDP_TURNS && s->fd >= 0; turn++) {
		for (size_t i = 0; i < UDP_BATCH; i++)
			u->in[i].msg_hdr.msg_namelen = sizeof u->from[i].u;
		int n = recvmmsg(s->fd, u->in, UDP_BATCH, MSG_DONTWAIT, NULL);

		for (int i = 0; i < n; i++)
			if (!(u->in[i].msg_hdr.msg_flags & MSG_TRUNC))
				h(arg, u->bytes[i], u->in[i].msg_len, &u->from[i]);
		if (n < UDP_BATCH)
			return;
	}
}
