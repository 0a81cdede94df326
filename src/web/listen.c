/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * listen -- the listening socket.
 *
 * We accept ourselves and hand the connection to libwebsockets, because so a taken port has its own
 * errno, the limits hold before anything is allocated, and the port is free the moment web_free() is called.
 * The control loop's thread, only.
 */
#include <errno.h>
#include <unistd.h>

#include "base/log.h"
#include "web/private.h"

#define BACKLOG 1024 /* who comes behind a flood must not be lost in it */
/* Per turn of the loop, so that a flood leaves time for others: a connection with TLS costs some 100 us, one that is
 * not let in some 10. */
#define ACCEPT_BATCH 32
#define REFUSE_BATCH 256

/* Beyond this machine only with TLS: what pages say and carry is nobody else's. */
static int read_addr(
	struct sockaddr_storage *sa, const struct web *w, const char *addr, uint16_t port)
{
	struct sockaddr_in *v4 = (void *)sa;
	struct sockaddr_in6 *v6 = (void *)sa;

	*sa = (struct sockaddr_storage){ 0 };
	if (uv_ip4_addr(addr, port, v4) && uv_ip6_addr(addr, port, v6))
		return EACCES;
	return w->tls.certificate || addr_is_loopback(sa) ? 0 : EACCES;
}

static uint16_t port_of(const struct sockaddr_storage *sa)
{
	if (sa->ss_family == AF_INET)
		return ntohs(((const struct sockaddr_in *)(const void *)sa)->sin_port);
	return ntohs(((const struct sockaddr_in6 *)(const void *)sa)->sin6_port);
}

static int bind_to(struct web *w, struct sockaddr_storage *sa)
{
	socklen_t n = sa->ss_family == AF_INET ? sizeof(struct sockaddr_in)
					       : sizeof(struct sockaddr_in6);
	int fd = socket(sa->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int one = 1;

	if (fd < 0)
		return EIO;
	w->listen_fd = fd;
	/* a restart must not wait for the last connections' TIME-WAIT */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one))
		return EIO;
	if (bind(fd, (void *)sa, n) || listen(fd, BACKLOG))
		return errno == EADDRINUSE || errno == EACCES ? errno : EIO;
	if (getsockname(fd, (void *)sa, &n))
		return EIO;
	w->house.port = port_of(sa);
	return 0;
}

int listen_init(struct web *w, const struct web_config *cfg)
{
	struct sockaddr_storage sa;
	int err = read_addr(&sa, w, cfg->addr, cfg->port);

	if (!err)
		err = bind_to(w, &sa);
	if (!err && uv_poll_init(w->loop, &w->listener, w->listen_fd))
		err = EIO;
	if (err && w->listen_fd >= 0) {
		close(w->listen_fd);
		w->listen_fd = -1;
	}
	if (err)
		return err;
	w->listener.data = w;
	w->handles++;
	return 0;
}

/* False: it was not let in. */
static bool adopt(struct web *w, int fd, const struct sockaddr_storage *addr)
{
	lws_adopt_desc_t how = {
		.vh = w->vh,
		.type = LWS_ADOPT_SOCKET | LWS_ADOPT_HTTP | LWS_ADOPT_ALLOW_SSL,
		.fd.sockfd = fd,
	};
	struct conn *c = conn_new(w, addr);

	if (!c) {
		close(fd);
		return false;
	}
	/* Takes fd over, also when it fails.  It learns of c only when it did not fail: otherwise it
	 * destroys its side at a time that we would not know. */
	c->wsi = lws_adopt_descriptor_vhost_via_info(&how);
	if (c->wsi)
		lws_set_opaque_user_data(c->wsi, c);
	else
		conn_free(c);
	return true;
}

static void on_readable(uv_poll_t *p, int status, int events)
{
	struct web *w = p->data;

	for (int taken = 0, refused = 0;
		taken < ACCEPT_BATCH && refused < REFUSE_BATCH;) {
		struct sockaddr_storage sa;
		socklen_t n = sizeof sa;
		int fd = accept4(
			w->listen_fd, (void *)&sa, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd >= 0) {
			addr_unmap(&sa);
			if (adopt(w, fd, &sa))
				taken++;
			else
				refused++;
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
			errno == ENOMEM) {
			/* the socket stays readable: rest until the next tick */
			log_error("web: no connection can be accepted: %s",
				uv_strerror(-errno));
			uv_poll_stop(&w->listener);
			w->listening = false;
		}
		if (errno != ECONNABORTED && errno != EINTR)
			return;
	}
}

void listen_start(struct web *w)
{
	if (!w->listening && w->listen_fd >= 0 &&
		uv_poll_start(&w->listener, UV_READABLE, on_readable) == 0)
		w->listening = true;
}

void listen_close(struct web *w)
{
	if (w->listen_fd < 0)
		return;
	uv_close((uv_handle_t *)&w->listener, web_handle_closed);
	close(w->listen_fd);
	w->listen_fd = -1;
	w->listening = false;
}
