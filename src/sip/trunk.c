/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * trunk -- the public interface (trunk.h): starts and ends the SIP thread, passes commands down and
 * events up.
 *
 * Memory: trunk_new() makes it, trunk_free() releases it; the SIP thread owns its struct station.
 * Thread: the control loop's, but for thread_main().
 */
#include "sip/trunk.h"
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/log.h"
#include "sip/dial.h"
#include "sip/link.h"
#include "sip/station.h"

struct trunk {
	struct link link;
	pthread_t thread;
	bool running;
	uint16_t port, tls_port;
	/* the start only: the SIP thread says how it went */
	pthread_mutex_t lock;
	pthread_cond_t started;
	bool answered;
	int start_err;
	const struct trunk_config *cfg;
	bool may_dial;
	struct ids ids; /* of the dialogs that trunk_dial() makes */
};

static void report_start(struct trunk *t, int err, const struct station *st)
{
	pthread_mutex_lock(&t->lock);
	t->answered = true;
	t->start_err = err;
	if (!err) {
		t->port = station_port(st, TRUNK_UDP);
		t->tls_port = station_port(st, TRUNK_TLS);
	}
	pthread_cond_signal(&t->started);
	pthread_mutex_unlock(&t->lock);
}

static void *thread_main(void *arg)
{
	struct trunk *t = arg;
	struct station *st = NULL;
	int err = station_new(&st, t->cfg, &t->link);
	report_start(t, err, st);
	if (!err)
		station_run(st);
	station_free(st);
	return NULL;
}

static int await_start(struct trunk *t)
{
	pthread_mutex_lock(&t->lock);
	while (!t->answered)
		pthread_cond_wait(&t->started, &t->lock);
	pthread_mutex_unlock(&t->lock);
	return t->start_err;
}

/* Signals belong to the loop. */
static int start_thread(struct trunk *t)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int err = pthread_create(&t->thread, NULL, thread_main, t);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (err)
		return err;
	t->running = true;
	return await_start(t);
}

/* Above those of a former process. */
static void begin_ids(struct trunk *t, const struct trunk_config *cfg)
{
	t->may_dial = cfg->outbound != NULL;
	ids_init(&t->ids, cfg->node);
	for (size_t i = 0; i < cfg->n_saved; i++) {
		if (cfg->saved[i].dialog & LINK_DIALLED)
			ids_above(&t->ids, cfg->saved[i].dialog & ~LINK_DIALLED);
	}
}

int trunk_new(
	struct trunk **out, const struct trunk_config *cfg, const struct trunk_handler *h)
{
	struct trunk *t = calloc(1, sizeof *t);
	if (!t)
		return ENOMEM;
	t->cfg = cfg;
	begin_ids(t, cfg);
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->started, NULL);
	int err = link_init(&t->link, h);
	if (err)
		goto out;
	err = start_thread(t);
	if (err)
		goto out;
	t->cfg = NULL; /* the caller's; the station has its copy */
	*out = t;
	t = NULL;
out:
	trunk_free(t);
	return err;
}

void trunk_leave(struct trunk *t)
{
	if (t)
		atomic_store(&t->link.leave, true);
	trunk_free(t);
}

void trunk_free(struct trunk *t)
{
	if (!t)
		return;
	if (t->running) {
		atomic_store(&t->link.stop, true);
		link_wake(&t->link);
		pthread_join(t->thread, NULL);
	}
	link_close(&t->link);
	pthread_cond_destroy(&t->started);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

uint16_t trunk_port(const struct trunk *t)
{
	return t->port;
}

uint16_t trunk_tls_port(const struct trunk *t)
{
	return t->tls_port;
}

size_t trunk_carriers(const struct trunk *t, struct trunk_carrier *out, size_t max)
{
	size_t n = atomic_load(&t->link.n_carriers);
	if (n > max)
		n = max;
	for (size_t i = 0; i < n; i++) {
		const struct link_carrier *c = &t->link.carrier[i];
		memcpy(out[i].name, c->name, sizeof out[i].name);
		out[i].state = atomic_load(&c->state);
		out[i].registers = c->registers;
		out[i].status = (uint16_t)atomic_load(&c->status);
	}
	return n;
}

static void deliver_dialled(const struct trunk_handler *h, const struct link_event *e)
{
	if (e->kind == LINK_RANG)
		h->rang(h->arg, e->dialog);
	else if (e->kind == LINK_REACHED)
		h->reached(h->arg, e->dialog, e->sdp, e->sdp_len, e->state, e->state_len);
	else
		h->unreached(h->arg, e->dialog, e->status);
}

static void deliver(const struct trunk_handler *h, const struct link_event *e)
{
	struct trunk_invite inv;
	switch (e->kind) {
	case LINK_INVITE:
		inv = (struct trunk_invite){
			.dialog = e->dialog,
			.called = e->call->called,
			.caller = e->call->caller,
			.call_id = e->call->call_id,
			.sdp = e->sdp,
			.sdp_len = e->sdp_len,
			.state = e->state,
			.state_len = e->state_len,
			.srtp = e->call->srtp,
		};
		h->invite(h->arg, &inv);
		break;
	case LINK_ACKED: h->acked(h->arg, e->dialog, e->sdp, e->sdp_len); break;
	case LINK_REOFFER: h->reoffer(h->arg, e->dialog, e->sdp, e->sdp_len); break;
	case LINK_CHANGED:
		if (h->changed)
			h->changed(h->arg, e->dialog, e->state, e->state_len);
		break;
	case LINK_REINVITED:
		if (h->reinvited)
			h->reinvited(h->arg, e->dialog, e->status, e->sdp, e->sdp_len);
		break;
	case LINK_REFRESHED:
		if (h->refreshed)
			h->refreshed(h->arg, e->dialog, e->sdp, e->sdp_len);
		break;
	case LINK_RANG:
	case LINK_REACHED:
	case LINK_UNREACHED: deliver_dialled(h, e); break;
	case LINK_ENDED: h->ended(h->arg, e->dialog, e->why); break;
	}
}

void trunk_watch(struct trunk *t, bool on)
{
	atomic_store(&t->link.watched, on);
}

uint64_t trunk_unseen(struct trunk *t)
{
	return atomic_exchange(&t->link.unseen, 0);
}

static void deliver_seen(struct trunk *t)
{
	const struct trunk_handler *h = &t->link.handler;
	struct trunk_seen s;
	while (ring_get(&t->link.seen, &s) == 0) {
		if (h->seen)
			h->seen(h->arg, &s);
	}
}

void trunk_poll(struct trunk *t)
{
	struct link_event e;
	deliver_seen(t);
	while (link_next_event(&t->link, &e)) {
		deliver(&t->link.handler, &e);
		link_event_free(&e);
	}
}

static int64_t wall_ms(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

uint64_t trunk_dial(struct trunk *t, const char *number, const char *sdp)
{
	struct link_command c = { .kind = LINK_DIAL };
	if (!t->may_dial || !dial_is_number(number) ||
		strnlen(sdp, TRUNK_BODY_MAX + 1) > TRUNK_BODY_MAX)
		return 0;
	c.text = strdup(sdp);
	c.number = strdup(number);
	if (!c.text || !c.number) {
		link_command_free(&c);
		return 0;
	}
	c.dialog = ids_next(&t->ids, wall_ms()) | LINK_DIALLED;
	link_command(&t->link, &c);
	return c.dialog;
}

void trunk_confirm(struct trunk *t, uint64_t dialog)
{
	link_command(&t->link,
		&(struct link_command){ .kind = LINK_CONFIRM, .dialog = dialog });
}

void trunk_ring(struct trunk *t, uint64_t dialog)
{
	link_command(
		&t->link, &(struct link_command){ .kind = LINK_RING, .dialog = dialog });
}

void trunk_answer(struct trunk *t, uint64_t dialog, const char *sdp)
{
	assert(sdp);
	struct link_command c = { .kind = LINK_ANSWER, .dialog = dialog };
	c.text = strnlen(sdp, TRUNK_BODY_MAX + 1) > TRUNK_BODY_MAX ? NULL : strdup(sdp);
	if (!c.text) {
		log_error("sip: a description cannot be sent: too long or no memory");
		c.kind = LINK_REJECT;
		c.status = 500;
	}
	link_command(&t->link, &c);
}

void trunk_reject(struct trunk *t, uint64_t dialog, uint16_t status, const char *reason,
	uint32_t retry_after_s)
{
	struct link_command c = {
		.kind = LINK_REJECT,
		.status = status,
		.dialog = dialog,
		.retry_after_s = retry_after_s,
		.text = reason ? strdup(reason)
			       : NULL, /* without memory: the standard phrase */
	};
	link_command(&t->link, &c);
}

void trunk_hangup(struct trunk *t, uint64_t dialog)
{
	link_command(&t->link,
		&(struct link_command){ .kind = LINK_HANGUP, .dialog = dialog });
}

void trunk_reinvite(struct trunk *t, uint64_t dialog, const char *sdp)
{
	assert(sdp);
	struct link_command c = { .kind = LINK_REINVITE, .dialog = dialog };
	/* what cannot be sent is told as refused, by the SIP thread */
	c.text = strnlen(sdp, TRUNK_BODY_MAX + 1) > TRUNK_BODY_MAX ? NULL : strdup(sdp);
	link_command(&t->link, &c);
}

void trunk_release(struct trunk *t, uint64_t dialog)
{
	link_command(&t->link,
		&(struct link_command){ .kind = LINK_RELEASE, .dialog = dialog });
}

void trunk_counters(const struct trunk *t, struct trunk_counters *out)
{
	const struct link *l = &t->link;
	*out = (struct trunk_counters){
		.invites = atomic_load(&l->invites),
		.refused_strangers = atomic_load(&l->strangers),
		.unanswered_strangers = atomic_load(&l->unanswered),
		.refused_busy = atomic_load(&l->busy),
		.refused_behind = atomic_load(&l->behind),
		.bad_requests = atomic_load(&l->bad) + atomic_load(&l->malformed),
		.dialogs = atomic_load(&l->dialogs),
	};
}
