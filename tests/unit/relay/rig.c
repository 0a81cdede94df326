/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* rig -- see rig.h. */
#include "rig.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void on_reply(void *arg, uint16_t command, const union rp_any *m)
{
	struct rig *g = arg;

	g->answered = command;
	if (m->head.type == RP_LEG_STATE) {
		if (g->n_states < sizeof g->states / sizeof *g->states)
			g->states[g->n_states] = m->leg_state;
		g->n_states++;
		return;
	}
	memcpy(&g->reply, m, rp_size(m->head.type));
	if (m->head.seq == g->waiting)
		g->waiting = 0;
}

static void on_event(void *arg, const union rp_any *m)
{
	struct rig *g = arg;

	if (g->n_events < RIG_EVENTS_MAX)
		memcpy(&g->events[g->n_events++], m, rp_size(m->head.type));
}

static void on_gone(void *arg, int err)
{
	struct rig *g = arg;

	g->gone = true;
}

static void on_drain(void *arg)
{
	struct rig *g = arg;

	g->drains++;
}

void rig_spawn(struct rig *g, const char *exe, const char *option, const char *value)
{
	g->pid = fork();
	assert_true(g->pid >= 0);
	if (!g->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* also when the test itself dies */
		execl(exe, exe, "--socket", g->path, "--media-address", "127.0.0.1",
			"--rtp-ports", "21000-21999", option, value, (char *)NULL);
		_exit(127);
	}
}

void rig_start(struct rig *g, const char *exe, const char *linger)
{
	*g = (struct rig){ .dir = "/tmp/heimamt-rig-XXXXXX" };
	assert_non_null(mkdtemp(g->dir));
	snprintf(g->path, sizeof g->path, "%s/relay", g->dir);
	rig_spawn(g, exe, linger ? "--linger" : NULL, linger);
}

void rig_stop(struct rig *g)
{
	int status = 0;

	relayc_free(g->rc);
	for (size_t i = 0; i < RIG_ENDS_MAX; i++) {
		rtp_end_free(g->ends[i]);
		line_client_free(g->lines[i]);
	}
	if (g->pid > 0) {
		kill(g->pid, SIGTERM);
		waitpid(g->pid, &status, 0);
	}
	unlink(g->path);
	rmdir(g->dir);
	/* the sanitizers' findings end the daemon with another status */
	if (g->pid > 0 && (!WIFEXITED(status) || WEXITSTATUS(status)))
		fail_msg("the relay ended with status %x", (unsigned int)status);
	*g = (struct rig){ 0 };
}

int rig_open(void **state, const char *exe, uint32_t epoch)
{
	struct rig *g = calloc(1, sizeof *g);

	if (!g)
		return -1;
	*state = g;
	rig_start(g, exe, NULL);
	rig_control(g, epoch);
	return 0;
}

int rig_close(void **state)
{
	rig_stop(*state);
	free(*state);
	return 0;
}

void rig_control(struct rig *g, uint32_t epoch)
{
	const struct relayc_handler h = { on_reply, on_event, on_gone, g, on_drain };
	int64_t end = now_ms() + RIG_WAIT_S * 1000;
	int err;

	relayc_free(g->rc);
	g->rc = NULL;
	g->gone = false;
	while ((err = relayc_new(&g->rc, g->path, epoch, &h)) && now_ms() < end)
		usleep(10000); /* the daemon is starting */
	assert_int_equal(err, 0);
	(void)rig_do(g, RP_HELLO, 0);
}

void rig_drop_control(struct rig *g)
{
	relayc_free(g->rc);
	g->rc = NULL;
}

void rig_pump(struct rig *g, int ms)
{
	struct pollfd fds[1 + 2 * RIG_ENDS_MAX];
	nfds_t n = 0;

	if (g->rc)
		fds[n++] = (struct pollfd){ relayc_fd(g->rc),
			(short)(POLLIN | (relayc_wants_write(g->rc) ? POLLOUT : 0)), 0 };
	for (size_t i = 0; i < RIG_ENDS_MAX; i++) {
		if (g->ends[i])
			fds[n++] = (struct pollfd){ g->ends[i]->rtp, POLLIN, 0 };
		if (g->lines[i])
			fds[n++] = (struct pollfd){ line_client_fd(g->lines[i]), POLLIN,
				0 };
	}
	(void)poll(fds, n, ms);
	if (g->rc)
		relayc_poll(g->rc);
	for (size_t i = 0; i < RIG_ENDS_MAX; i++) {
		if (g->ends[i])
			rtp_end_poll(g->ends[i]);
		if (g->lines[i])
			line_client_poll(g->lines[i]);
	}
}

int rig_call(struct rig *g, union rp_any *m, uint16_t type, uint64_t leg, int fd)
{
	int64_t end = now_ms() + RIG_WAIT_S * 1000;

	g->n_states = 0;
	assert_int_equal(relayc_send(g->rc, m, type, leg, fd, &g->waiting), 0);
	while (g->waiting && now_ms() < end)
		rig_pump(g, 10);
	assert_int_equal(g->waiting, 0);
	return g->reply.head.err;
}

int rig_do(struct rig *g, uint16_t type, uint64_t leg)
{
	union rp_any m = { 0 };

	return rig_call(g, &m, type, leg, -1);
}

bool rig_event(struct rig *g, size_t from, uint16_t type, uint64_t leg, union rp_any *out)
{
	int64_t end = now_ms() + RIG_WAIT_S * 1000;

	do {
		for (size_t i = from; i < g->n_events; i++) {
			if (g->events[i].head.type != type ||
				g->events[i].head.leg != leg)
				continue;
			if (out)
				*out = g->events[i];
			return true;
		}
		rig_pump(g, 10);
	} while (now_ms() < end && !g->gone);
	return false;
}

bool rig_has_event(const struct rig *g, uint16_t type, uint64_t leg)
{
	for (size_t i = 0; i < g->n_events; i++)
		if (g->events[i].head.type == type && g->events[i].head.leg == leg)
			return true;
	return false;
}

static size_t free_place(void *const *places)
{
	size_t i = 0;

	while (i < RIG_ENDS_MAX && places[i])
		i++;
	assert_true(i < RIG_ENDS_MAX);
	return i;
}

struct rtp_end *rig_rtp(struct rig *g, uint64_t leg, bool told, uint8_t dtmf_pt)
{
	union rp_any m = { .leg_rtp = { .codecs = { { SOUND_PCMA, 8 } },
				   .dtmf_pt = dtmf_pt } };
	struct rtp_end *e = rtp_end_new();

	assert_non_null(e);
	g->ends[free_place((void **)g->ends)] = e;
	if (told) {
		snprintf(m.leg_rtp.addr, sizeof m.leg_rtp.addr, "127.0.0.1");
		m.leg_rtp.port = e->port;
	}
	assert_int_equal(rig_call(g, &m, RP_LEG_RTP, leg, -1), 0);
	assert_int_equal(g->reply.head.type, RP_LEG_OK);
	e->dtmf_pt = dtmf_pt;
	rtp_end_to(e, g->reply.leg_ok.port);
	return e;
}

/* The answer to RP_LEG_WEB is in g->reply; the hello's fingerprint is asked for anew. */
struct line_client *rig_line(struct rig *g, uint64_t leg)
{
	union rp_any m = { .leg_web = {
				   .codecs = { { SOUND_PCMA, 8 } }, .dtmf_pt = 101 } };
	struct line_client *c = NULL;
	struct rp_leg_ok ok;

	assert_int_equal(line_client_new(&c), 0);
	g->lines[free_place((void **)g->lines)] = c;
	if (g->profiles)
		assert_int_equal(line_client_profiles(c, g->profiles), 0);
	const struct line_client_identity *me = line_client_identity(c);

	snprintf(m.leg_web.ufrag, sizeof m.leg_web.ufrag, "%s", me->ufrag);
	snprintf(m.leg_web.pwd, sizeof m.leg_web.pwd, "%s", me->pwd);
	memcpy(m.leg_web.fingerprint, me->fingerprint, sizeof m.leg_web.fingerprint);
	assert_int_equal(rig_call(g, &m, RP_LEG_WEB, leg, -1), 0);
	ok = g->reply.leg_ok;
	assert_int_equal(rig_do(g, RP_HELLO, 0), 0);
	assert_int_equal(ok.port, g->reply.hello_ok.port);
	line_client_connect(
		c, ok.addr, ok.port, ok.ufrag, ok.pwd, g->reply.hello_ok.fingerprint);
	return c;
}

void rig_join(struct rig *g, uint64_t a, uint64_t b)
{
	union rp_any m = { .join = { .other = b } };

	assert_int_equal(rig_call(g, &m, RP_JOIN, a, -1), 0);
}

struct rp_stats rig_stats(struct rig *g, uint64_t leg)
{
	assert_int_equal(rig_do(g, RP_STATS, leg), 0);
	return g->reply.stats;
}

bool rig_took(struct rig *g, uint64_t leg, uint64_t n)
{
	int64_t end = now_ms() + RIG_WAIT_S * 1000;

	while (rig_stats(g, leg).rx < n && now_ms() < end)
		rig_pump(g, 10);
	return g->reply.stats.rx >= n;
}

void rig_talk(struct rig *g, int n, const double *end_hz, const double *line_hz)
{
	int64_t next = now_ms();

	for (int k = 0; k < n; k++) {
		for (size_t i = 0; i < RIG_ENDS_MAX; i++) {
			if (end_hz && g->ends[i] && end_hz[i] >= 0)
				rtp_end_send(g->ends[i], end_hz[i]);
			if (line_hz && g->lines[i] && line_hz[i] >= 0)
				line_client_send(g->lines[i], line_hz[i]);
		}
		for (next += 20; now_ms() < next;)
			rig_pump(g, (int)(next - now_ms()));
	}
}

bool rig_heard(struct rig *g, const struct tone_log *log, size_t n)
{
	int64_t end = now_ms() + RIG_WAIT_S * 1000;

	while (log->n < n && now_ms() < end)
		rig_pump(g, 10);
	return log->n >= n;
}
