/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * client -- see client.h.
 *
 * A command goes straight to the socket; only while the socket is busy does it wait in `queue`.  What
 * was accepted and not yet answered stands in `pending`, in order, so that each command gets its reply
 * even when the relay dies: relayc_poll() then answers the rest with RP_DONE and EPIPE.
 * relayc_free() from inside a callback is allowed: the memory goes when relayc_poll() returns.
 */
#include "relay/client.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/list.h"

#define POLL_BATCH 256 /* messages per relayc_poll(): the loop has others to serve */

struct waiting {
	struct list node;
	int fd; /* ours, duplicated; -1: none */
	uint32_t n;
	uint8_t bytes[];
};

struct pending {
	uint64_t leg;
	uint32_t seq;
	uint16_t type;
};

struct relayc {
	int fd;
	uint32_t epoch, seq;
	struct relayc_handler handler;
	struct list queue; /* of waiting; owned */
	struct pending *pending; /* ring of RELAYC_QUEUE_MAX */
	size_t n_pending, pending_at;
	int broken; /* errno; told by the next relayc_poll() */
	bool told, polling, freed;
};

static int connect_to(const char *path, int *out)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof un.sun_path)
		return ENAMETOOLONG;
	memcpy(un.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return errno;
	if (connect(fd, (const struct sockaddr *)&un, sizeof un)) {
		int err = errno;

		close(fd);
		return err;
	}
	*out = fd;
	return 0;
}

int relayc_new(struct relayc **out, const char *path, uint32_t epoch,
	const struct relayc_handler *handler)
{
	struct relayc *rc = calloc(1, sizeof *rc);
	int err = ENOMEM;

	if (!rc)
		return ENOMEM;
	rc->fd = -1;
	rc->epoch = epoch;
	rc->handler = *handler;
	list_init(&rc->queue);
	rc->pending = calloc(RELAYC_QUEUE_MAX, sizeof *rc->pending);
	if (!rc->pending)
		goto out;
	err = connect_to(path, &rc->fd);
	if (err)
		goto out;
	*out = rc;
	rc = NULL; /* handed over */
out:
	relayc_free(rc);
	return err;
}

static void waiting_free(struct waiting *w)
{
	list_remove(&w->node);
	if (w->fd >= 0)
		close(w->fd);
	explicit_bzero(w->bytes, w->n); /* keys, perhaps */
	free(w);
}

static void queue_clear(struct relayc *rc)
{
	list_each_safe(it, &rc->queue) waiting_free(list_entry(it, struct waiting, node));
}

void relayc_free(struct relayc *rc)
{
	if (!rc)
		return;
	rc->freed = true;
	if (rc->polling)
		return; /* relayc_poll() comes back here */
	queue_clear(rc);
	if (rc->fd >= 0)
		close(rc->fd);
	free(rc->pending);
	free(rc);
}

int relayc_fd(const struct relayc *rc)
{
	return rc->fd;
}

bool relayc_wants_write(const struct relayc *rc)
{
	return !rc->broken && !list_is_empty(&rc->queue);
}

static int send_now(int sock, const void *p, size_t n, int fd)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec iov = { .iov_base = (void *)(uintptr_t)p, .iov_len = n };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (fd >= 0) {
		m.msg_control = control.room;
		m.msg_controllen = sizeof control.room;
		struct cmsghdr *c = CMSG_FIRSTHDR(&m);

		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof fd);
		memcpy(CMSG_DATA(c), &fd, sizeof fd);
	}
	return sendmsg(sock, &m, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? errno : 0;
}

static bool is_busy(int err)
{
	return err == EAGAIN || err == EWOULDBLOCK || err == ENOBUFS || err == EINTR;
}

static int queue_put(struct relayc *rc, const void *p, uint32_t n, int fd)
{
	struct waiting *w = malloc(sizeof *w + n);

	if (!w)
		return ENOBUFS;
	w->node = (struct list){ 0 };
	w->n = n;
	w->fd = -1;
	memcpy(w->bytes, p, n);
	if (fd >= 0) {
		w->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		if (w->fd < 0) {
			free(w);
			return ENOBUFS;
		}
	}
	list_append(&rc->queue, &w->node);
	return 0;
}

static void pending_put(struct relayc *rc, const struct rp_head *h)
{
	rc->pending[(rc->pending_at + rc->n_pending++) % RELAYC_QUEUE_MAX] =
		(struct pending){ .leg = h->leg, .seq = h->seq, .type = h->type };
}

int relayc_send(struct relayc *rc, union rp_any *m, uint16_t type, uint64_t leg, int fd,
	uint32_t *seq)
{
	uint32_t n = rp_size(type);
	int err = EAGAIN;

	if (!n || type >= RP_DONE)
		return EINVAL;
	if (rc->broken)
		return EPIPE;
	if (rc->n_pending == RELAYC_QUEUE_MAX)
		return ENOBUFS;
	if (++rc->seq == 0) /* 0 is for events */
		rc->seq = 1;
	m->head = (struct rp_head){ .version = RP_VERSION,
		.type = type,
		.epoch = rc->epoch,
		.leg = leg,
		.seq = rc->seq };
	if (list_is_empty(&rc->queue))
		err = send_now(rc->fd, m, n, fd);
	if (is_busy(err))
		err = queue_put(rc, m, n, fd);
	else if (err)
		rc->broken = err = EPIPE;
	if (err)
		return err;
	pending_put(rc, &m->head);
	if (seq)
		*seq = rc->seq;
	return 0;
}

static void queue_flush(struct relayc *rc)
{
	list_each_safe(it, &rc->queue)
	{
		struct waiting *w = list_entry(it, struct waiting, node);
		int err = send_now(rc->fd, w->bytes, w->n, w->fd);

		if (is_busy(err))
			return;
		if (err) {
			rc->broken = err;
			return;
		}
		waiting_free(w);
	}
}

static void tell_drain(struct relayc *rc)
{
	if (rc->handler.drain && !rc->freed)
		rc->handler.drain(rc->handler.arg);
}

/* A snapshot is answered by many messages; only the last one ends it. */
static int take_reply(struct relayc *rc, const union rp_any *m)
{
	const struct pending *p = &rc->pending[rc->pending_at];
	uint16_t command = p->type;

	if (!rc->n_pending || p->seq != m->head.seq)
		return EPROTO;
	if (m->head.type != RP_LEG_STATE) {
		rc->pending_at = (rc->pending_at + 1) % RELAYC_QUEUE_MAX;
		rc->n_pending--;
	}
	rc->handler.reply(rc->handler.arg, command, m);
	if (m->head.type == RP_HELLO_OK && m->hello_ok.is_draining)
		tell_drain(rc);
	return 0;
}

static bool leg_ok_ends(const struct rp_leg_ok *ok)
{
	return memchr(ok->addr, 0, sizeof ok->addr) &&
		memchr(ok->ufrag, 0, sizeof ok->ufrag) &&
		memchr(ok->pwd, 0, sizeof ok->pwd) &&
		memchr(ok->cname, 0, sizeof ok->cname);
}

/* Texts end within their fields, whatever the other process is. */
static bool has_texts(const union rp_any *m)
{
	switch (m->head.type) {
	case RP_HELLO_OK:
		return memchr(m->hello_ok.addr, 0, sizeof m->hello_ok.addr) != NULL;
	case RP_LEG_OK: return leg_ok_ends(&m->leg_ok);
	case RP_LEG_STATE: return leg_ok_ends(&m->leg_state.ok);
	default: return true;
	}
}

static int take(struct relayc *rc, const union rp_any *m, size_t n)
{
	if (n < sizeof m->head || m->head.version != RP_VERSION ||
		n != rp_size(m->head.type) || !has_texts(m))
		return EPROTO;
	if (m->head.seq)
		return take_reply(rc, m);
	if (m->head.type < RP_EV_UP)
		return EPROTO;
	if (m->head.type == RP_EV_DRAIN)
		tell_drain(rc);
	else
		rc->handler.event(rc->handler.arg, m);
	return 0;
}

static int receive(struct relayc *rc)
{
	union rp_any m;

	for (size_t i = 0; i < POLL_BATCH && !rc->freed; i++) {
		ssize_t n = recv(rc->fd, &m, sizeof m, MSG_DONTWAIT | MSG_TRUNC);

		if (n == 0)
			return EPIPE; /* the relay closed; it sends no empty message */
		if (n < 0)
			return is_busy(errno) ? 0 : errno;
		int err = take(rc, &m, (size_t)n);

		if (err)
			return err;
	}
	return 0;
}

/* The relay is gone: every command that has no answer yet gets one, then the owner is told. */
static void give_up(struct relayc *rc)
{
	rc->told = true;
	queue_clear(rc);
	while (rc->n_pending && !rc->freed) {
		const struct pending p = rc->pending[rc->pending_at];
		union rp_any m = { .head = { .version = RP_VERSION,
					   .type = RP_DONE,
					   .epoch = rc->epoch,
					   .leg = p.leg,
					   .seq = p.seq,
					   .err = EPIPE } };

		rc->pending_at = (rc->pending_at + 1) % RELAYC_QUEUE_MAX;
		rc->n_pending--;
		rc->handler.reply(rc->handler.arg, p.type, &m);
	}
	if (!rc->freed)
		rc->handler.gone(rc->handler.arg, rc->broken);
}

void relayc_poll(struct relayc *rc)
{
	int err;

	if (rc->told || rc->polling)
		return;
	rc->polling = true;
	/* read first, also when writing failed: answers that came before the end are true */
	err = receive(rc);
	if (err)
		rc->broken = err;
	if (!rc->broken && !rc->freed)
		queue_flush(rc);
	if (rc->broken && !rc->freed)
		give_up(rc);
	rc->polling = false;
	if (rc->freed)
		relayc_free(rc);
}

uint32_t relayc_oldest(const struct relayc *rc)
{
	return rc->n_pending ? rc->pending[rc->pending_at].seq : 0;
}

void relayc_break(struct relayc *rc, int err)
{
	if (!rc->broken)
		rc->broken = err;
	relayc_poll(rc);
}

int relayc_memfd(const char *name, const void *p, size_t n)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING), saved;

	if (fd < 0)
		return -1;
	for (size_t at = 0; at < n;) {
		ssize_t w = write(fd, (const uint8_t *)p + at, n - at);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			goto out;
		at += (size_t)w;
	}
	if (!fcntl(fd, F_ADD_SEALS,
		    F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE))
		return fd;
out:
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}
