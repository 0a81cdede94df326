/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * relay_floor -- what the kernel alone costs: packets from one socket to another, unread and unchanged.
 *
 * The system calls of our relay and nothing else: one socket for all lines, one for each caller, epoll,
 * recvmmsg, one sendmmsg per socket and turn.  No relay on sockets is cheaper.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "relay_server.h"

#define TALKS_MAX  500
#define BATCH      64
#define PACKET_MAX 256
#define LINES      TALKS_MAX /* the index of the lines' socket */

struct floor_batch {
	struct mmsghdr m[BATCH];
	struct iovec iov[BATCH];
	struct sockaddr_in at[BATCH];
	uint8_t bytes[BATCH][PACKET_MAX];
};

struct own {
	int fd[TALKS_MAX + 1];
	struct sockaddr_in line[TALKS_MAX], end[TALKS_MAX];
	uint16_t talk_of[65536]; /* by a line's port */
	struct floor_batch in, lines; /* lines: what goes to them in this turn */
	unsigned int n, n_lines;
};

static uint16_t open_socket(int *fd)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof a;
	int size = 4 << 20;

	*fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	must(*fd >= 0 && !bind(*fd, (struct sockaddr *)&a, sizeof a) &&
			!getsockname(*fd, (struct sockaddr *)&a, &len),
		"floor", "no socket");
	(void)setsockopt(*fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
	return ntohs(a.sin_port);
}

static uint16_t port_of(int fd)
{
	struct sockaddr_in a;
	socklen_t len = sizeof a;

	must(!getsockname(fd, (struct sockaddr *)&a, &len), "floor", "no port");
	return ntohs(a.sin_port);
}

static void prepare(struct floor_batch *b)
{
	for (int i = 0; i < BATCH; i++) {
		b->iov[i] = (struct iovec){ b->bytes[i], PACKET_MAX };
		b->m[i].msg_hdr = (struct msghdr){ .msg_name = &b->at[i],
			.msg_namelen = sizeof b->at[i],
			.msg_iov = &b->iov[i],
			.msg_iovlen = 1 };
	}
}

static void start(struct server *s)
{
	s->own = calloc(1, sizeof(struct own));
	must(s->own, s->name, "no memory");
	(void)open_socket(&((struct own *)s->own)->fd[LINES]);
}

static void talk(struct server *s, struct talk *t, unsigned int i)
{
	struct own *o = s->own;

	rtp_end_to(t->end, open_socket(&o->fd[i]));
	rtp_end_to(t->plain, port_of(o->fd[LINES]));
	o->line[i] = t->end->to;
	o->line[i].sin_port = htons(t->plain->port);
	o->end[i] = t->end->to;
	o->end[i].sin_port = htons(t->end->port);
	o->talk_of[t->plain->port] = (uint16_t)i;
	o->n = i + 1;
}

static void flush_lines(struct own *o)
{
	if (o->n_lines)
		(void)sendmmsg(o->fd[LINES], o->lines.m, o->n_lines, MSG_DONTWAIT);
	o->n_lines = 0;
}

static void from_end(struct own *o, unsigned int talk, const struct mmsghdr *m)
{
	struct mmsghdr *out = &o->lines.m[o->n_lines];

	memcpy(o->lines.bytes[o->n_lines], m->msg_hdr.msg_iov->iov_base, m->msg_len);
	out->msg_hdr.msg_iov->iov_len = m->msg_len;
	o->lines.at[o->n_lines] = o->line[talk];
	if (++o->n_lines == BATCH)
		flush_lines(o);
}

static void from_line(struct own *o, struct mmsghdr *m)
{
	struct sockaddr_in *at = m->msg_hdr.msg_name;
	unsigned int talk = o->talk_of[ntohs(at->sin_port)];

	*at = o->end[talk];
	m->msg_hdr.msg_iov->iov_len = m->msg_len;
	(void)sendmmsg(o->fd[talk], m, 1, MSG_DONTWAIT);
	m->msg_hdr.msg_iov->iov_len = PACKET_MAX;
}

static void serve(struct own *o, unsigned int index)
{
	int n = recvmmsg(o->fd[index], o->in.m, BATCH, MSG_DONTWAIT, NULL);

	for (int i = 0; i < n; i++)
		if (index == LINES)
			from_line(o, &o->in.m[i]);
		else
			from_end(o, index, &o->in.m[i]);
}

static void watch(const struct own *o, int epoll_fd, unsigned int index)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u32 = index };

	must(!epoll_ctl(epoll_fd, EPOLL_CTL_ADD, o->fd[index], &ev), "floor", "no epoll");
}

static void run(struct own *o)
{
	struct epoll_event events[256];
	int epoll_fd = epoll_create1(EPOLL_CLOEXEC);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prepare(&o->in);
	prepare(&o->lines);
	for (unsigned int i = 0; i < o->n; i++)
		watch(o, epoll_fd, i);
	watch(o, epoll_fd, LINES);
	for (;;) {
		int n = epoll_wait(epoll_fd, events, 256, -1);

		for (int i = 0; i < n; i++)
			serve(o, events[i].data.u32);
		flush_lines(o);
	}
}

static void begin(struct server *s, const struct talk *talks, unsigned int n)
{
	s->pid = fork();
	must(s->pid >= 0, s->name, "does not fork");
	if (!s->pid)
		run(s->own);
}

static void stop(struct server *s)
{
	struct own *o = s->own;

	server_kill(s);
	for (unsigned int i = 0; i < o->n; i++)
		close(o->fd[i]);
	close(o->fd[LINES]);
	free(o);
}

const struct server server_floor = {
	.name = "floor",
	.start = start,
	.talk = talk,
	.begin = begin,
	.stop = stop,
};
