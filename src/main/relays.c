/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * relays -- starts relay processes where none listen, and keeps a connection to each.
 *
 * A relay lingers when control is gone; the next control finds it listening, asks what it carries and adopts it,
 * unless it runs with other settings than the configured ones.  A connection that breaks is made again, with a new process where
 * the old one is dead.  A relay that answers nothing for RELAY_HUNG_LOOKS seconds is killed.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "main/centre.h"
#include "main/spawn.h"

static void connect_again(struct centre_relay *r);
static void on_retry(uv_timer_t *t);

static unsigned configured_port(const struct centre_relay *r)
{
	const struct config *c = &r->centre->config;

	return c->relay_port ? c->relay_port + r->index : 0;
}

static unsigned configured_tcp_port(const struct centre_relay *r)
{
	const struct config *c = &r->centre->config;

	return c->relay_tcp_port ? c->relay_tcp_port + r->index : configured_port(r);
}

static int spawn(struct centre_relay *r)
{
	const struct centre *c = r->centre;
	unsigned share = (c->config.rtp_high - c->config.rtp_low + 1u) /
		c->config.n_relays;
	char program[OPTIONS_PATH_MAX];
	struct spawn_relay what = {
		.program = program,
		.socket = r->path,
		.media_addr = c->config.relay_addr,
		.port = configured_port(r),
		.no_tcp = !c->config.relay_tcp,
		.tcp_port = configured_tcp_port(r),
		.rtp_low = c->config.rtp_low + r->index * share,
		.rtp_high = c->config.rtp_low + (r->index + 1) * share - 1,
		.linger_s = RELAY_LINGER_S,
		.no_sandbox = !c->config.relay_sandbox,
	};
	int err = c->options.relay ? text_copy(program, sizeof program, c->options.relay)
				   : options_beside(program, "heimamt-relay");

	if (!err)
		err = spawn_relay(&r->pid, &what);
	if (err && r->tries % RELAY_START_TRIES == 0)
		log_error("%s cannot be started: %s. Give another with --relay.", program,
			strerror(err));
	return err;
}

/* The process at the other end, whoever started it; 0: not known. */
static pid_t process_of(const struct centre_relay *r)
{
	struct ucred cred;
	socklen_t n = sizeof cred;

	if (r->pid || !r->client)
		return r->pid;
	if (getsockopt(relayc_fd(r->client), SOL_SOCKET, SO_PEERCRED, &cred, &n) ||
		cred.uid != geteuid())
		return 0;
	return cred.pid;
}

static void kill_process(const struct centre_relay *r)
{
	pid_t pid = process_of(r);

	if (pid > 0)
		kill(pid, SIGKILL);
}

static void on_look(uv_timer_t *t)
{
	struct centre_relay *r = t->data;
	uint32_t oldest;

	if (r->client)
		relayc_poll(r->client); /* perhaps it was this process that stood still */
	oldest = r->client ? relayc_oldest(r->client) : 0;
	if (r->is_choked && r->client) {
		log_error("relay %u does not take its commands; its process is killed",
			r->index);
		kill_process(r);
		relayc_break(r->client, ENOBUFS);
	} else if (!oldest) {
		uv_timer_stop(t);
	} else if (oldest != r->unanswered) {
		r->unanswered = oldest;
		r->looks = 0;
	} else if (++r->looks >= RELAY_HUNG_LOOKS) {
		log_error("relay %u answers nothing; its process is killed", r->index);
		kill_process(r);
		relayc_break(r->client, ETIMEDOUT);
	}
}

static void on_poll(uv_poll_t *p, int status, int events);

static void watch(struct centre_relay *r)
{
	int events = UV_READABLE | (relayc_wants_write(r->client) ? UV_WRITABLE : 0);

	uv_poll_start(&r->poll, events, on_poll);
}

static int command(
	struct centre_relay *r, union rp_any *m, uint16_t type, uint64_t leg, int fd)
{
	int err = r->client ? relayc_send(r->client, m, type, leg, fd, NULL) : ENOTCONN;

	r->is_choked = r->is_choked || err == ENOBUFS;
	if (err || r->centre->is_ending)
		return err;
	if (!uv_is_active((uv_handle_t *)&r->watchdog))
		uv_timer_start(&r->watchdog, on_look, RELAY_LOOK_MS, RELAY_LOOK_MS);
	if (relayc_wants_write(r->client))
		watch(r);
	return 0;
}

int relays_send(
	struct centre *c, unsigned relay, union rp_any *m, uint16_t type, uint64_t leg)
{
	struct centre_relay *r = &c->relays[relay];

	return r->is_up ? command(r, m, type, leg, -1) : ENOTCONN;
}

/* In every codec, so that a clip goes to each leg as it is. */
static int send_clips(struct centre_relay *r, size_t first)
{
	const struct clips *cl = &r->centre->clips;
	int err = 0;

	for (size_t i = first; i < cl->n; i++)
		for (uint32_t c = SOUND_PCMA; !err && c < SOUND_CODECS; c++) {
			const struct clip_file *f = &cl->clips[i].in[c];
			union rp_any m = { .clip = { .clip = (uint32_t)i,
						   .bytes = f->bytes,
						   .codec = c } };

			err = command(r, &m, RP_CLIP, 0, f->fd);
		}
	return err;
}

void relays_clips(struct centre *c, size_t first)
{
	for (unsigned i = 0; i < c->config.n_relays; i++) {
		int err = c->relays[i].is_up ? send_clips(&c->relays[i], first) : 0;

		if (err)
			log_error("relay %u could not be given its new clips: %s", i,
				strerror(err));
	}
}

static void disconnect(struct centre_relay *r)
{
	if (r->is_polled)
		uv_poll_stop(&r->poll);
	relayc_free(r->client);
	r->client = NULL;
	r->is_choked = false;
	r->unanswered = 0;
	r->looks = 0;
}

/* A relay of a former version has none, and may carry its talks to their end. */
static bool is_tcp_as_configured(
	const struct centre_relay *r, const struct rp_hello_ok *hello)
{
	unsigned port = configured_tcp_port(r);

	return !hello->tcp_port ||
		(r->centre->config.relay_tcp && (!port || port == hello->tcp_port));
}

/* It runs with what the configuration says (the RTP ports it does not tell). */
static bool is_as_configured(
	const struct centre_relay *r, const struct rp_hello_ok *hello)
{
	unsigned port = configured_port(r);

	return strncmp(hello->addr, r->centre->config.relay_addr, sizeof hello->addr) ==
		0 &&
		(!port || port == hello->port) && is_tcp_as_configured(r, hello);
}

/* Whatever it still carries has lost its control anyway. on_gone() starts a new one. */
static void replace(struct centre_relay *r, const struct rp_hello_ok *hello)
{
	union rp_any m = { 0 };
	int err = command(r, &m, RP_QUIT, 0, -1);

	log_warn("relay %u ran before with %s port %u, not as configured: process %u is "
		 "ended and a new one started",
		r->index, hello->addr, hello->port, hello->pid);
	if (err)
		log_error(
			"relay %u could not be told to end: %s", r->index, strerror(err));
}

static void came_up(struct centre_relay *r, const struct rp_hello_ok *hello)
{
	union rp_any m = { 0 };
	int err = send_clips(r, 0);

	if (err)
		log_error("relay %u could not be given its clips: %s", r->index,
			strerror(err));
	if (command(r, &m, RP_SNAPSHOT, 0, -1))
		log_error("relay %u could not be asked what it carries", r->index);
	log_info("relay %u is up: process %u%s, %s port %u", r->index, hello->pid,
		r->pid ? "" : " that ran before", hello->addr, hello->port);
	r->is_up = true;
	r->tries = r->refusals = 0;
	app_relay_up(r->centre->app, r->index, hello);
	centre_tell(r->centre);
}

/* The app does not know the leg yet. Bounded: what does not fit is shown by the leg's later events. */
static void hold(struct centre_relay *r, const union rp_any *m)
{
	size_t room = RELAY_HELD_MAX;

	if (m->head.type != RP_EV_DOWN)
		room -= RP_LEGS_MAX; /* it comes once a leg, and nothing after it */
	if (!r->held)
		r->held = calloc(RELAY_HELD_MAX, sizeof *r->held);
	if (r->held && r->n_held < room)
		r->held[r->n_held++] = *m;
}

static void let_go(struct centre_relay *r)
{
	free(r->held);
	r->held = NULL;
	r->n_held = 0;
}

void relays_go_on(struct centre *c)
{
	c->goes_on = true;
	for (unsigned i = 0; i < c->config.n_relays; i++) {
		struct centre_relay *r = &c->relays[i];

		for (size_t k = 0; k < r->n_held; k++)
			app_relay_event(c->app, i, &r->held[k]);
		let_go(r);
		if (r->drains)
			app_relay_drain(c->app, i);
	}
}

/* A relay that obeys a later control is not ours to end: this epoch comes from records that are older than
 * it. It ends by itself when its own control stays away. */
static void refused(struct centre_relay *r, int err)
{
	if (r->refusals++ % (RELAY_LINGER_S * 1000 / RELAY_RETRY_MS) == 0) {
		if (err == ESTALE)
			log_error(
				"relay %u obeys a later control than this one; were "
				"the records removed or put back? Waiting until it ends: "
				"%d s after its control and its last leg have gone",
				r->index, RELAY_LINGER_S);
		else
			log_error("relay %u does not serve us: %s; trying again",
				r->index, strerror(err));
	}
	disconnect(r);
	uv_timer_start(&r->retry, on_retry, RELAY_RETRY_MS, 0);
}

static void answer(struct centre_relay *r, uint16_t answered, const union rp_any *m)
{
	if (r->centre->n_traces)
		trace_relay(r->centre, r->index, m);
	app_relay_reply(r->centre->app, r->index, answered, m);
}

static void on_reply(void *arg, uint16_t answered, const union rp_any *m)
{
	struct centre_relay *r = arg;

	if (r->centre->is_ending)
		return;
	if (m->head.type == RP_HELLO_OK && !r->pid && !is_as_configured(r, &m->hello_ok))
		replace(r, &m->hello_ok);
	else if (m->head.type == RP_HELLO_OK)
		came_up(r, &m->hello_ok);
	else if (answered == RP_HELLO &&
		m->head.err != EPIPE) /* else on_gone() follows */
		refused(r, m->head.err);
	else if (m->head.type == RP_LEG_STATE)
		app_found_leg(r->centre->app, r->index, &m->leg_state);
	else if (answered == RP_SNAPSHOT)
		r->is_known = true;
	else if (answered == RP_CLIP && m->head.err)
		log_error("relay %u refused a clip: %s", r->index, strerror(m->head.err));
	else if (r->is_up)
		answer(r, answered, m);
}

static void on_event(void *arg, const union rp_any *m)
{
	struct centre_relay *r = arg;

	if (!r->is_up || r->centre->is_ending)
		return;
	if (r->centre->n_traces)
		trace_relay(r->centre, r->index, m);
	if (r->centre->goes_on)
		app_relay_event(r->centre->app, r->index, m);
	else
		hold(r, m);
}

static void on_drain(void *arg)
{
	struct centre_relay *r = arg;

	r->drains = true;
	if (r->is_up && r->centre->goes_on && !r->centre->is_ending)
		app_relay_drain(r->centre->app, r->index);
}

static void on_retry(uv_timer_t *t)
{
	connect_again(t->data);
}

static void on_gone(void *arg, int err)
{
	struct centre_relay *r = arg;
	bool was_up = r->is_up;

	r->has_ended = true;
	if (r->centre->is_ending)
		return;
	if (was_up || r->tries++ % RELAY_START_TRIES == 0)
		log_error("relay %u is gone: %s", r->index, strerror(err));
	r->is_up = r->is_known = r->drains = false;
	let_go(r);
	disconnect(r);
	if (was_up)
		app_relay_gone(r->centre->app, r->index);
	/* one that was killed may still be dying, one told to end taking its socket's name away */
	uv_timer_start(&r->retry, on_retry, was_up ? RELAY_SOON_MS : RELAY_RETRY_MS, 0);
}

static void on_poll(uv_poll_t *p, int status, int events)
{
	struct centre_relay *r = p->data;

	if (r->client)
		relayc_poll(r->client);
	if (r->client)
		watch(r);
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

/* systemd starts the relays where each is a unit of its own. */
static bool is_ours_to_start(const struct centre_relay *r)
{
	const char *program = r->centre->options.relay;

	return r->pid == 0 && !(program && strcmp(program, OPTIONS_NO_RELAY) == 0);
}

static void try_later(struct centre_relay *r)
{
	/* one that was just started answers within milliseconds */
	uv_timer_start(
		&r->retry, on_retry, r->tries < 10 ? RELAY_SOON_MS : RELAY_RETRY_MS, 0);
}

static void connect_again(struct centre_relay *r)
{
	struct relayc_handler h = { .reply = on_reply,
		.event = on_event,
		.gone = on_gone,
		.drain = on_drain,
		.arg = r };
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
	if ((err == ENOENT || err == ECONNREFUSED) && is_ours_to_start(r))
		err = spawn(r);
	if (++r->tries % RELAY_START_TRIES == 0)
		log_error("relay %u does not come up: %s", r->index, strerror(err));
	try_later(r);
}

static int make_path(struct centre_relay *r, const char *state)
{
	const struct sockaddr_un *un = NULL;
	char name[32];
	int err = text_format(name, sizeof name, "relay-%u.sock", r->index);

	if (!err)
		err = options_path(r->path, state, name);
	if (!err && strlen(r->path) >= sizeof un->sun_path)
		err = ENAMETOOLONG;
	if (err)
		fprintf(stderr,
			"%s: this path is too long: with /%s a socket's may have %zu "
			"bytes. Give a shorter one with --state.\n",
			state, name, sizeof un->sun_path - 1);
	return err;
}

int relays_start(struct centre *c)
{
	int err = 0;

	for (unsigned i = 0; !err && i < c->config.n_relays; i++) {
		struct centre_relay *r = &c->relays[i];

		r->centre = c;
		r->index = i;
		uv_timer_init(&c->loop, &r->retry);
		uv_timer_init(&c->loop, &r->watchdog);
		r->retry.data = r->watchdog.data = r;
		err = make_path(r, c->options.state);
		if (!err)
			connect_again(r);
	}
	return err;
}

bool relays_are_up(const struct centre *c)
{
	for (unsigned i = 0; i < c->config.n_relays; i++)
		if (!c->relays[i].is_up)
			return false;
	return true;
}

bool relays_are_known(const struct centre *c)
{
	for (unsigned i = 0; i < c->config.n_relays; i++)
		if (!c->relays[i].is_known)
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

static bool has_ended(struct centre_relay *r)
{
	if (r->client)
		relayc_poll(r->client); /* it obeys once its answers are read */
	return r->pid ? waitpid(r->pid, NULL, WNOHANG) != 0 : r->has_ended;
}

/* A relay that does not go when asked is killed: nothing shall be left of a centre that was ended. */
static void see_end(struct centre_relay *r)
{
	for (int i = 0; i < 40; i++) {
		if (has_ended(r))
			return;
		usleep(50000);
	}
	kill_process(r);
	if (r->pid)
		waitpid(r->pid, NULL, 0);
}

static void tell_end(struct centre_relay *r)
{
	union rp_any m = { 0 };

	r->has_ended = false;
	(void)command(r, &m, RP_QUIT, 0, -1); /* one that obeys another refuses */
	if (r->pid && !r->is_up)
		kill(r->pid, SIGTERM);
}

static void close_handles(struct centre_relay *r)
{
	disconnect(r);
	let_go(r);
	if (r->is_polled && !uv_is_closing((uv_handle_t *)&r->poll))
		uv_close((uv_handle_t *)&r->poll, on_poll_closed);
	uv_close((uv_handle_t *)&r->retry, NULL);
	uv_close((uv_handle_t *)&r->watchdog, NULL);
}

void relays_stop(struct centre *c)
{
	for (unsigned i = 0; i < c->config.n_relays; i++)
		if (c->relays[i].centre)
			tell_end(&c->relays[i]);
	for (unsigned i = 0; i < c->config.n_relays; i++) {
		struct centre_relay *r = &c->relays[i];

		if (!r->centre)
			continue;
		if (r->pid || r->is_up)
			see_end(r);
		close_handles(r);
	}
}

/* What was decided last is with its legs before the next control asks. */
static void flush(struct centre_relay *r)
{
	for (int i = 0; i < 200 && r->client && relayc_wants_write(r->client); i++) {
		usleep(5000);
		relayc_poll(r->client);
	}
}

void relays_leave(struct centre *c)
{
	for (unsigned i = 0; i < c->config.n_relays; i++) {
		struct centre_relay *r = &c->relays[i];

		if (!r->centre)
			continue;
		/* a start that failed leaves no process behind that it made for nothing */
		if (r->pid && !c->is_open && (!c->app || !app_relay_legs(c->app, i)))
			kill(r->pid, SIGTERM);
		flush(r);
		close_handles(r);
	}
}
