/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * commands -- what each command of control does.
 *
 * A message is checked for version, type and size before its handler sees it, and a handler checks its
 * content: control is our own program, but the relay outlives its mistakes.  One table; every
 * command gets exactly one reply (a snapshot: its legs, then the end).
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "relay/control.h"
#include "relay/leg.h"
#include "relay/relay.h"

#define REPLIED (-1) /* the handler has answered */

struct command {
	struct relay *r;
	struct control_conn *conn;
	const union rp_any *m;
	struct leg *leg; /* head.leg's, where `needs_leg` */
	int fd;
};

static int hello(const struct command *c)
{
	union rp_any out = { .hello_ok = { .head = c->m->head,
				     .pid = (uint32_t)getpid(),
				     .n_legs = (uint32_t)c->r->n_legs,
				     .port = udp_addr_port(&c->r->line_at),
				     .is_draining = c->r->is_draining,
				     .tcp_port = c->r->gate.port } };

	if (c->m->head.epoch < c->r->control.epoch)
		return ESTALE;
	control_lead(c->r, c->conn, c->m->head.epoch);
	memcpy(out.hello_ok.addr, c->r->media_address, sizeof out.hello_ok.addr);
	memcpy(out.hello_ok.fingerprint, dtls_ctx_fingerprint(c->r->dtls),
		sizeof out.hello_ok.fingerprint);
	control_send(c->r, c->conn, &out, RP_HELLO_OK);
	return REPLIED;
}

static int answer_leg(const struct command *c, struct leg *l)
{
	union rp_any out = { .leg_ok = l->ok };

	out.head = c->m->head;
	control_send(c->r, c->conn, &out, RP_LEG_OK);
	return REPLIED;
}

static int make_rtp(const struct command *c)
{
	struct leg *l;
	int err = leg_rtp_new(c->r, &c->m->leg_rtp, &l);

	return err ? err : answer_leg(c, l);
}

static int make_web(const struct command *c)
{
	struct leg *l;
	int err = leg_web_new(c->r, &c->m->leg_web, &l);

	return err ? err : answer_leg(c, l);
}

static int remote(const struct command *c)
{
	return leg_rtp_remote(c->r, c->leg, &c->m->leg_remote);
}

static int end_leg(const struct command *c)
{
	struct leg *l = leg_find(c->r, c->m->head.leg);

	if (l)
		leg_close(c->r, l);
	return 0; /* gone already is as good */
}

static int join(const struct command *c)
{
	struct leg *other = leg_find(c->r, c->m->join.other);

	return other ? leg_join(c->r, c->leg, other) : ENOENT;
}

static int part(const struct command *c)
{
	leg_part(c->r, c->leg);
	return 0;
}

static int mix(const struct command *c)
{
	struct leg *b = leg_find(c->r, c->m->mix.others[0]);
	struct leg *d = leg_find(c->r, c->m->mix.others[1]);

	return b && d ? leg_mix(c->r, c->leg, b, d) : ENOENT;
}

static int key(const struct command *c)
{
	return leg_key(c->r, c->leg, c->m->key.key, c->m->key.ms);
}

static int play(const struct command *c)
{
	return leg_play(c->r, c->leg, &c->m->play);
}

static int stop(const struct command *c)
{
	leg_stop(c->r, c->leg);
	return 0;
}

static int echo(const struct command *c)
{
	return leg_echo(c->r, c->leg, c->m->echo.on != 0);
}

static int load_clip(const struct command *c)
{
	uint32_t i = c->m->clip.clip;

	if (i >= RP_CLIPS_MAX || c->fd < 0)
		return EINVAL;
	enum sound_codec codec = c->m->clip.codec < SOUND_CODECS ? c->m->clip.codec
								 : SOUND_NONE;
	int err = clip_load(&c->r->clips[i], codec, c->fd, c->m->clip.bytes);

	if (!err)
		leg_clip_changed(c->r, i, codec);
	return err;
}

static int blob(const struct command *c)
{
	if (c->m->blob.len > RP_BLOB_MAX)
		return EINVAL;
	c->leg->blob_len = c->m->blob.len;
	memset(c->leg->blob, 0, sizeof c->leg->blob);
	memcpy(c->leg->blob, c->m->blob.bytes, c->m->blob.len);
	return 0;
}

static int claim(const struct command *c)
{
	c->leg->epoch = c->r->control.epoch;
	return 0;
}

static int snapshot(const struct command *c)
{
	control_snapshot(c->r, c->conn, &c->m->head);
	return REPLIED;
}

/* Of a leg; of leg 0: what arrived on the lines' port and belonged to nobody. */
static int stats(const struct command *c)
{
	const struct relay_counters *n = &c->r->counters;
	struct leg *l = leg_find(c->r, c->m->head.leg);
	union rp_any out = { .head = { 0 } };

	if (c->m->head.leg && !l)
		return ENOENT;
	if (l)
		leg_stats(l, &out.stats);
	else
		out.stats.rx_bad = n->stun_bad + n->stun_refused + n->stray + n->garbage;
	out.head = c->m->head;
	control_send(c->r, c->conn, &out, RP_STATS_OK);
	return REPLIED;
}

static int rest(const struct command *c)
{
	for (size_t i = 0; i < RP_REST_MAX; i++)
		ports_rest(&c->r->ports, c->m->rest.ports[i], c->r->now_us);
	return 0;
}

static int quit(const struct command *c)
{
	c->r->quit = true;
	return 0;
}

static const struct {
	int (*run)(const struct command *c);
	bool needs_leg;
} commands[RP_DONE] = {
	[RP_HELLO] = { hello, false },
	[RP_LEG_RTP] = { make_rtp, false },
	[RP_LEG_WEB] = { make_web, false },
	[RP_LEG_REMOTE] = { remote, true },
	[RP_LEG_CLOSE] = { end_leg, false },
	[RP_JOIN] = { join, true },
	[RP_PART] = { part, true },
	[RP_MIX] = { mix, true },
	[RP_KEY] = { key, true },
	[RP_PLAY] = { play, true },
	[RP_STOP] = { stop, true },
	[RP_ECHO] = { echo, true },
	[RP_CLIP] = { load_clip, false },
	[RP_BLOB] = { blob, true },
	[RP_CLAIM] = { claim, true },
	[RP_SNAPSHOT] = { snapshot, false },
	[RP_STATS] = { stats, false },
	[RP_REST] = { rest, false },
	[RP_QUIT] = { quit, false },
};

/* Who may command: RP_HELLO first, and nobody older than the newest control. */
static int check_order(const struct command *c)
{
	const struct rp_head *h = &c->m->head;

	if (h->type == RP_HELLO)
		return 0;
	if (h->epoch < c->r->control.epoch)
		return ESTALE;
	return c->conn->leads && h->epoch == c->r->control.epoch ? 0 : EPERM;
}

static int run(struct command *c)
{
	const struct rp_head *h = &c->m->head;
	int err = check_order(c);

	if (err)
		return err;
	c->leg = leg_find(c->r, h->leg);
	if (commands[h->type].needs_leg && !c->leg)
		return ENOENT;
	return commands[h->type].run(c);
}

static bool is_well_formed(const struct rp_head *h, size_t n)
{
	return h->version == RP_VERSION && h->type < RP_DONE && commands[h->type].run &&
		n == rp_size(h->type);
}

void control_message(
	struct relay *r, struct control_conn *conn, const void *p, size_t n, int fd)
{
	struct command c = { .r = r, .conn = conn, .m = p, .fd = fd };
	struct rp_head head = { 0 };
	int err = EPROTO;

	memcpy(&head, p, n < sizeof head ? 0 : sizeof head);
	if (n >= sizeof head && is_well_formed(&head, n))
		err = run(&c);
	if (err != REPLIED)
		control_done(r, conn, &head, err);
}
