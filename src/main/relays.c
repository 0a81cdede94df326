/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * relays -- starts relay processes where none listen, and keeps a connection to each.
 *
 * A relay runs in a session of its own, so that a Ctrl-C meant for control does not end the voice, and it
 * lingers when control is gone.  A connection that breaks is made again, with a new process where the old
 * one is dead.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "main/centre.h"

static void connect_again(struct centre_relay *r);

/* The program: as asked for, or beside this one. */
static int find_program(const struct centre *c, char *out, size_t cap)
{
	char self[OPTIONS_PATH_MAX];
	char *slash;
	ssize_t n;

	if (c->options.relay)
		return text_copy(out, cap, c->options.relay);
	n = readlink("/proc/self/exe", self, sizeof self - 1);
	if (n < 0)
		return errno;
	self[n] = 0;
	slash = strrchr(self, '/');
	if (!slash)
		return EINVAL;
	*slash = 0;
	return text_format(out, cap, "%s/heimamt-relay", self);
}

/* In the child: no return. */
static void become_relay(const struct centre_relay *r, const char *program)
{
	const struct config *c = &r->centre->config;
	unsigned share = (c->rtp_high - c->rtp_low + 1u) / c->n_relays;
	unsigned low = c->rtp_low + r->index * share;
	char range[32], port[16], linger[16];
	sigset_t none;

	(void)text_format(range, sizeof range, "%u-%u", low, low + share - 1);
	(void)text_format(
		port, sizeof port, "%u", c->relay_port ? c->relay_port + r->index : 0);
	(void)text_format(linger, sizeof linger, "%d", RELAY_LINGER_S);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	execl(program, "heimamt-relay", "--socket", r->path, "--media-address",
		c->relay_addr, "--port", port, "--rtp-ports", range, "--linger", linger,
		(char *)NULL);
	log_error("%s cannot be started: %s", program, strerror(errno));
	_exit(127);
}

static int spawn(struct centre_relay *r)
{
	char program[OPTIONS_PATH_MAX];
	int err = find_program(r->centre, program, sizeof program);

	if (err)
		return err;
	if (access(program, X_OK)) {
		err = errno;
		log_error("%s is no program: %s. Give another with --relay.", program,
			strerror(err));
		return err;
	}
	r->pid = fork();
	if (r->pid < 0) {
		r->pid = 0;
		return errno;
	}
	if (r->pid == 0)
		become_relay(r, program);
	return 0;
}

static uint16_t pending_take(struct centre_relay *r, uint32_t seq)
{
	while (r->n_pending) {
		struct pending p = r->pending[r->pending_head];

		/* a snapshot has several replies; nothing else has */
		if (p.seq > seq)
			break;
		r->pending_head = (r->pending_head + 1) % PENDING_MAX;
		r->n_pending--;
		if (p.seq == seq)
			return p.type;
	}
	return 0;
}

static int command(
	struct centre_relay *r, union rp_any *m, uint16_t type, uint64_t leg, int fd)
{
	struct pending p = { .type = type };
	int err;

	if (!r->client)
		return ENOTCONN;
	if (r->n_pending == PENDING_MAX)
		return ENOBUFS;
	err = relayc_send(r->client, m, type, leg, fd, &p.seq);
	if (err)
		return err;
	r->pending[(r->pending_head + r->n_pending++) % PENDING_MAX] = p;
	return 0;
}

int relays_send(
	struct centre *c, unsigned relay, union rp_any *m, uint16_t type, uint64_t leg)
{
	struct centre_relay *r = &c->relays[relay];

	return r->is_up ? command(r, m, type, leg, -1) : ENOTCONN;
}

static int send_clips(struct centre_relay *r)
{
	const struct clips *cl = &r->centre->clips;
	int err = 0;

	for (size_t i = 0; !err && i < cl->n; i++) {
		union rp_any m = { .clip = { .clip = (uint32_t)i,
					   .bytes = cl->clips[i].bytes } };

		err = command(r, &m, RP_CLIP, 0, cl->clips[i].fd);
	}
	return err;
}

static void came_up(struct centre_relay *r, const struct rp_hello_ok *hello)
{
	int err = send_clips(r);

	if (err)
		log_error("relay %u could not be given its clips: %s", r->index,
			strerror(err));
	log_info("relay %u is up: process %u, %s port %u", r->index, hello->pid,
		hello->addr, hello->port);
	r->is_up = true;
	r->tries = 0;
	app_relay_up(r->centre->app, r->index, hello);
	centre_tell(r->centre);
}

static void on_reply(void *arg, const union rp_any *m)
{
	struct centre_relay *r = arg;
	uint16_t type = pending_take(r, m->head.seq);

	if (m->head.type == RP_HELLO_OK)
		came_up(r, &m->hello_ok);
	else if (type == RP_HELLO)
		log_error("relay %u does not serve us: %s", r->index,
			strerror(m->head.err));
	else if (type == RP_CLIP && m->head.err)
		log_error("relay %u refused a clip: %s", r->index, strerror(m->head.err));
	else if (r->is_up)
		app_relay_reply(r->centre->app, r->index, type, m);
}

static void on_event(void *arg, const union rp_any *m)
{
	struct centre_relay *r = arg;

	if (r->is_up)
		app_relay_event(r->centre->app, r->index, m);
}

static void on_retry(uv_timer_t *t)
{
	connect_again(t->data);
}

static void disconnect(struct centre_relay *r)
{
	if (r->is_polled)
		uv_poll_stop(&r->poll);
	relayc_free(r->client);
	r->client = NULL;
	r->n_pending = 0;
}

static void on_gone(void *arg, int err)
{
	struct centre_relay *r = arg;
	bool was_up = r->is_up;

	if (r->centre->is_ending)
		return;
	log_error("relay %u is gone: %s", r->index, strerror(err));
	r->is_up = false;
	disconnect(r);
	if (was_up)
		app_relay_gone(r->centre->app, r->index);
	uv_timer_start(&r->retry, on_retry, 0, 0);
}

static void watch(struct centre_relay *r);

static void on_poll(uv_poll_t *p, int status, int events)
{
	struct centre_relay *r = p->data;

	if (r->client)
		relayc_poll(r->client);
	if (r->client)
		watch(r);
}

static void watch(struct centre_relay *r)
{
	int events = UV_READABLE | (relayc_wants_write(r->client) ? UV_WRITABLE : 0);

	uv_poll_start(&r->poll, events, on_poll);
}

/* A poll handle is for one descriptor; the old one is closed before a new one is made. */
static void on_poll_closed(uv_handle_t *h)
{
	struct centre_relay *r = h->data;

	r->is_polled = false;
	if (!r->centre->is_ending)
		connect_again(r);
}

static int greet(struct centre_relay *r)
{
	union rp_any m = { 0 };
	int err = uv_poll_init(&r->centre->loop, &r->poll, relayc_fd(r->client));

	if (err)
		return -err;
	r->poll.data = r;
	r->is_polled = true;
	err = command(r, &m, RP_HELLO, 0, -1);
	watch(r);
	return err;
}

static void try_later(struct centre_relay *r)
{
	/* one that was just started answers within milliseconds */
	uv_timer_start(
		&r->retry, on_retry, r->tries < 10 ? RELAY_SOON_MS : RELAY_RETRY_MS, 0);
}

static void connect_again(struct centre_relay *r)
{
	struct relayc_handler h = { on_reply, on_event, on_gone, r };
	int err;

	if (r->is_polled) {
		if (!uv_is_closing((uv_handle_t *)&r->poll))
			uv_close((uv_handle_t *)&r->poll, on_poll_closed);
		return;
	}
	err = relayc_new(&r->client, r->path, r->centre->epoch, &h);
	if (!err)
		err = greet(r);
	if (!err)
		return;
	disconnect(r);
	/* nobody listens: start one, unless ours is just starting */
	if ((err == ENOENT || err == ECONNREFUSED) && r->pid == 0)
		err = spawn(r);
	if (++r->tries % RELAY_START_TRIES == 0)
		log_error("relay %u does not come up: %s", r->index, strerror(err));
	try_later(r);
}

int relays_start(struct centre *c)
{
	for (unsigned i = 0; i < c->config.n_relays; i++) {
		struct centre_relay *r = &c->relays[i];
		char name[32];

		r->centre = c;
		r->index = i;
		(void)text_format(name, sizeof name, "relay-%u.sock", i);
		if (options_path(r->path, c->options.state, name))
			return ENAMETOOLONG;
		r->pending = calloc(PENDING_MAX, sizeof *r->pending);
		if (!r->pending)
			return ENOMEM;
		uv_timer_init(&c->loop, &r->retry);
		r->retry.data = r;
		connect_again(r);
	}
	return 0;
}

bool relays_are_up(const struct centre *c)
{
	for (unsigned i = 0; i < c->config.n_relays; i++)
		if (!c->relays[i].is_up)
			return false;
	return true;
}

void relays_reap(struct centre *c)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (unsigned i = 0; i < c->config.n_relays; i++)
			if (c->relays[i].pid == pid)
				c->relays[i].pid = 0;
}

/* A relay that does not go when asked is killed: nothing shall be left of a centre that was ended. */
static void end_process(struct centre_relay *r)
{
	for (int i = 0; i < 40; i++) {
		if (waitpid(r->pid, NULL, WNOHANG) != 0)
			return;
		usleep(50000);
	}
	kill(r->pid, SIGKILL);
	waitpid(r->pid, NULL, 0);
}

void relays_stop(struct centre *c)
{
	for (unsigned i = 0; i < c->config.n_relays; i++) {
		struct centre_relay *r = &c->relays[i];
		union rp_any m = { 0 };

		if (!r->centre)
			continue;
		if (r->client && r->pid)
			(void)command(r, &m, RP_QUIT, 0, -1);
		disconnect(r);
		if (r->is_polled && !uv_is_closing((uv_handle_t *)&r->poll))
			uv_close((uv_handle_t *)&r->poll, on_poll_closed);
		uv_close((uv_handle_t *)&r->retry, NULL);
		if (r->pid) {
			if (!r->is_up)
				kill(r->pid, SIGTERM);
			end_process(r);
		}
		free(r->pending);
	}
}
