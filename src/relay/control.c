/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* control -- see control.h: sockets, queues and snapshots; what commands do is in commands.c. */
#include "relay/control.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "relay/leg.h"
#include "relay/relay.h"

#define FDS_MAX \
	4 /* descriptors taken from one message; the kernel closes more, we all but one */

/* Somebody answers at this path. */
static bool is_taken(const struct sockaddr_un *un)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	bool taken = fd >= 0 && !connect(fd, (const struct sockaddr *)un, sizeof *un);

	if (fd >= 0)
		close(fd);
	return taken;
}

static int listen_at(struct relay *r, const struct sockaddr_un *un)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int err = 0;

	if (fd < 0)
		return errno;
	/* only the same user commands the voice */
	mode_t mask = umask(0177);
	int bound = bind(fd, (const struct sockaddr *)un, sizeof *un);

	err = bound ? errno : 0;
	umask(mask);
	if (!err && listen(fd, CONTROL_CONNS))
		err = errno;
	if (!err)
		err = relay_watch(r, fd, SOURCE_LISTEN, 0);
	if (err)
		close(fd);
	else
		r->control.listen_fd = fd;
	return err;
}

int control_open(struct relay *r, const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct stat st;
	int err = text_copy(un.sun_path, sizeof un.sun_path, path);

	if (err)
		return err;
	if (is_taken(&un))
		return EADDRINUSE;
	if (!lstat(path, &st)) {
		if (!S_ISSOCK(st.st_mode))
			return EEXIST; /* never remove what is not ours */
		(void)unlink(path); /* left behind by one that was killed */
	}
	return listen_at(r, &un);
}

static void conn_close(struct relay *r, struct control_conn *c)
{
	if (c->fd < 0)
		return;
	close(c->fd);
	free(c->queue);
	bool led = c->leads;

	*c = (struct control_conn){ .fd = -1 };
	if (!led)
		return;
	log_info("control left; %zu legs stay as they are", r->n_legs);
	r->claim_at_us = 0;
	if (r->opt.linger_s >= 0)
		r->linger_at_us = r->now_us + r->opt.linger_s * INT64_C(1000000);
}

void control_close(struct relay *r)
{
	for (size_t i = 0; i < CONTROL_CONNS; i++) {
		r->control.conns[i].leads = false;
		conn_close(r, &r->control.conns[i]);
	}
	if (r->control.listen_fd >= 0)
		close(r->control.listen_fd);
	r->control.listen_fd = -1;
}

static uint32_t conn_index(const struct relay *r, const struct control_conn *c)
{
	return (uint32_t)(c - r->control.conns);
}

int control_adopt(struct relay *r, int fd)
{
	for (uint32_t i = 0; i < CONTROL_CONNS; i++) {
		struct control_conn *c = &r->control.conns[i];

		if (c->fd >= 0)
			continue;
		int err = relay_watch(r, fd, SOURCE_CONN, i);

		if (!err)
			*c = (struct control_conn){ .fd = fd };
		return err;
	}
	return ENFILE;
}

void control_accept(struct relay *r)
{
	int fd = accept4(r->control.listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0)
		return;
	if (control_adopt(r, fd)) {
		log_warn("too many control connections; refused one");
		close(fd);
	}
}

/* The first descriptor of a message, -1 when there is none; others are closed. */
static int take_fd(struct msghdr *m)
{
	int first = -1;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		for (size_t i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
			if (first < 0)
				first = fd;
			else
				close(fd);
		}
	}
	return first;
}

/* false: nothing more for now, or the connection is gone. */
static bool read_one(struct relay *r, struct control_conn *c)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(FDS_MAX * sizeof(int))];
	} control;
	union rp_any m;
	struct iovec iov = { &m, sizeof m };
	struct msghdr h = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof control.room };
	ssize_t n = recvmsg(c->fd, &h, MSG_DONTWAIT | MSG_CMSG_CLOEXEC | MSG_TRUNC);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0) { /* an empty message is none of ours, so it counts as the end */
		conn_close(r, c);
		return false;
	}
	int fd = take_fd(&h);

	control_message(r, c, &m, (size_t)n, fd);
	if (m.head.type == RP_LEG_RTP || m.head.type == RP_LEG_REMOTE)
		explicit_bzero(&m, sizeof m); /* its keys are the leg's now */
	if (fd >= 0)
		close(fd);
	return c->fd >= 0 && !c->q_n;
}

void control_readable(struct relay *r, uint32_t conn)
{
	struct control_conn *c = &r->control.conns[conn];

	for (int i = 0; i < CONTROL_BATCH && c->fd >= 0; i++)
		if (!read_one(r, c))
			return;
}

/* EAGAIN: the socket is busy. */
static int send_now(const struct control_conn *c, const union rp_any *m)
{
	size_t n = rp_size(m->head.type);

	if (send(c->fd, m, n, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
		return 0;
	return errno == ENOBUFS || errno == EINTR || errno == EWOULDBLOCK ? EAGAIN
									  : errno;
}

/* While messages wait, the socket is watched for room only: no command is read before its forerunners'
 * answers are out, so a control that does not listen cannot make the relay work for it. */
static int queue_put(struct relay *r, struct control_conn *c, const union rp_any *m)
{
	if (!c->queue)
		c->queue = calloc(CONTROL_QUEUE_MAX, sizeof *c->queue);
	if (!c->queue || c->q_n == CONTROL_QUEUE_MAX)
		return ENOBUFS;
	memcpy(&c->queue[(c->q_at + c->q_n++) % CONTROL_QUEUE_MAX], m,
		rp_size(m->head.type));
	if (!c->writing)
		relay_watch_for(r, c->fd, SOURCE_CONN, conn_index(r, c), EPOLLOUT);
	c->writing = true;
	return 0;
}

void control_send(struct relay *r, struct control_conn *c, union rp_any *m, uint16_t type)
{
	int err = EAGAIN;

	if (c->fd < 0)
		return;
	m->head.version = RP_VERSION;
	m->head.type = type;
	m->head.epoch = r->control.epoch;
	if (!c->q_n)
		err = send_now(c, m);
	if (err == EAGAIN)
		err = queue_put(r, c, m);
	if (err) {
		log_warn("control does not take its messages; closing it");
		conn_close(r, c);
	}
}

void control_done(
	struct relay *r, struct control_conn *c, const struct rp_head *cmd, int err)
{
	union rp_any m = { .head = *cmd };

	m.head.err = err;
	control_send(r, c, &m, RP_DONE);
}

/* As much of the snapshot as the socket takes; the rest when it has room again. */
static void snapshot_run(struct relay *r, struct control_conn *c)
{
	while (c->snapshotting && c->fd >= 0 && !c->q_n) {
		union rp_any m = { .head = { 0 } };
		uint16_t type = RP_SNAPSHOT_END;

		while (c->snapshot_at < RP_LEGS_MAX && !r->legs[c->snapshot_at].id)
			c->snapshot_at++;
		if (c->snapshot_at < RP_LEGS_MAX) {
			leg_state(&r->legs[c->snapshot_at++], &m.leg_state);
			type = RP_LEG_STATE;
		} else {
			c->snapshotting = false;
		}
		m.head.seq = c->snapshot.seq;
		control_send(r, c, &m, type);
	}
}

void control_snapshot(struct relay *r, struct control_conn *c, const struct rp_head *cmd)
{
	c->snapshotting = true;
	c->snapshot = *cmd;
	c->snapshot_at = 0;
	snapshot_run(r, c);
}

void control_writable(struct relay *r, uint32_t conn)
{
	struct control_conn *c = &r->control.conns[conn];

	while (c->fd >= 0 && c->q_n) {
		int err = send_now(c, &c->queue[c->q_at]);

		if (err == EAGAIN)
			return;
		if (err) {
			conn_close(r, c);
			return;
		}
		c->q_at = (c->q_at + 1) % CONTROL_QUEUE_MAX;
		c->q_n--;
	}
	snapshot_run(r, c);
	if (c->fd < 0 || c->q_n)
		return;
	c->q_at = 0; /* so that the memory used stays small */
	if (c->writing)
		relay_watch_for(r, c->fd, SOURCE_CONN, conn, EPOLLIN);
	else
		conn_close(r, c); /* woken without having asked: hung up */
	c->writing = false;
}

static struct control_conn *leader(struct relay *r)
{
	for (size_t i = 0; i < CONTROL_CONNS; i++)
		if (r->control.conns[i].fd >= 0 && r->control.conns[i].leads)
			return &r->control.conns[i];
	return NULL;
}

bool control_is_led(const struct relay *r)
{
	return leader((struct relay *)(uintptr_t)r) != NULL;
}

void control_event_body(struct relay *r, union rp_any *m, uint16_t type, uint64_t leg)
{
	struct control_conn *c = leader(r);

	if (!c)
		return;
	m->head = (struct rp_head){ .leg = leg, .err = m->head.err };
	control_send(r, c, m, type);
}

void control_event(struct relay *r, const struct leg *l, uint16_t type, int err)
{
	union rp_any m = { .head = { .err = err } };

	control_event_body(r, &m, type, l->id);
}

void control_lead(struct relay *r, struct control_conn *c, uint32_t epoch)
{
	struct control_conn *old = leader(r);

	if (old && old != c) {
		old->leads = false;
		conn_close(r, old);
	}
	if (!c->leads || epoch != r->control.epoch)
		r->claim_at_us = r->now_us + RP_CLAIM_S * INT64_C(1000000);
	c->leads = true;
	r->control.epoch = epoch;
	r->linger_at_us = 0;
}
