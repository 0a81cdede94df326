/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* relay_heimamt -- our relay, commanded as control does it: a line and a plain leg, joined. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "relay/client.h"
#include "relay_server.h"

struct own {
	char path[64];
	struct relayc *rc;
	union rp_any reply;
	bool answered;
};

static void on_reply(void *arg, uint16_t command, const union rp_any *m)
{
	struct own *o = arg;

	memcpy(&o->reply, m, rp_size(m->head.type));
	o->answered = true;
}

static void on_event(void *arg, const union rp_any *m)
{
}

static void on_gone(void *arg, int err)
{
	must(false, "heimamt-relay", "it is gone");
}

static const union rp_any *call(
	struct server *s, union rp_any *m, uint16_t type, uint64_t leg)
{
	struct own *o = s->own;

	o->answered = false;
	must(!relayc_send(o->rc, m, type, leg, -1, NULL), s->name, "cannot be told");
	while (!o->answered) {
		struct pollfd p = { relayc_fd(o->rc), POLLIN, 0 };

		(void)poll(&p, 1, 100);
		relayc_poll(o->rc);
	}
	must(!o->reply.head.err, s->name, strerror(o->reply.head.err));
	return &o->reply;
}

static void start(struct server *s)
{
	struct own *o = calloc(1, sizeof *o);

	must(o, s->name, "no memory");
	s->own = o;
	(void)snprintf(o->path, sizeof o->path, "/tmp/heimamt-bench-%d", (int)getpid());
	const char *const argv[] = { s->path, "--socket", o->path, "--media-address",
		"127.0.0.1", NULL };
	const struct relayc_handler h = { on_reply, on_event, on_gone, o };
	union rp_any m = { 0 };

	s->pid = server_spawn(s->path, argv);
	for (int i = 0; i < 500 && relayc_new(&o->rc, o->path, 1, &h); i++)
		usleep(10000);
	must(o->rc, s->name, "does not start");
	(void)call(s, &m, RP_HELLO, 0);
}

static void make_line(struct server *s, struct talk *t, uint64_t leg)
{
	const struct line_client_identity *me = line_client_identity(t->line);
	union rp_any m = { .leg_web = { .codecs = { { SOUND_PCMA, 8 } } } };
	struct rp_leg_ok ok;

	memcpy(m.leg_web.ufrag, me->ufrag, sizeof me->ufrag);
	memcpy(m.leg_web.pwd, me->pwd, sizeof me->pwd);
	memcpy(m.leg_web.fingerprint, me->fingerprint, sizeof me->fingerprint);
	ok = call(s, &m, RP_LEG_WEB, leg)->leg_ok;
	line_client_connect(t->line, ok.addr, ok.port, ok.ufrag, ok.pwd,
		call(s, &m, RP_HELLO, 0)->hello_ok.fingerprint);
	server_wait_line(s, t->line);
}

static void talk(struct server *s, struct talk *t, unsigned int i)
{
	union rp_any m = { .leg_rtp = { .codecs = { { SOUND_PCMA, 8 } } } };
	uint64_t leg = (uint64_t)i * 2 + 1;

	make_line(s, t, leg);
	rtp_end_to(t->end, call(s, &m, RP_LEG_RTP, leg + 1)->leg_ok.port);
	m = (union rp_any){ .join = { .other = leg + 1 } };
	(void)call(s, &m, RP_JOIN, leg);
}

static void stop(struct server *s)
{
	struct own *o = s->own;

	relayc_free(o->rc);
	server_kill(s);
	free(o);
}

const struct server server_heimamt = {
	.name = "heimamt",
	.start = start,
	.talk = talk,
	.stop = stop,
};
