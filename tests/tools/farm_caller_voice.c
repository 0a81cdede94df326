/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* farm_caller_voice -- what a caller sends and hears, and the descriptions that say where. */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

#include "tools/farm_caller_inner.h"
#include "tools/farm_figures.h"

static void on_heard(void *arg, const struct rtp_packet *p, int64_t at_us)
{
	struct farm_caller *c = arg;
	struct rtp_packet heard = *p;
	bool changed;

	if (p->pt != c->end->pt || c->state != CALLER_ANSWERED)
		return;
	if (c->codec)
		heard.payload = caller_codec_heard(c->codec, p->payload);
	changed = ear_packet(&c->ear, &heard, at_us);
	if (changed)
		farm_hears("caller", c->name, &c->ear);
	if (!changed || c->ear.what != EAR_TONE || c->tone_us)
		return;
	c->tone_us = at_us; /* the talk begins */
	c->wait = c->ear.f;
	ear_mark(&c->ear);
}

static void on_ready(void *arg, uint32_t events)
{
	struct farm_caller *c = arg;

	if (c->end)
		rtp_end_poll(c->end);
}

int caller_voice_open(struct farm_caller *c, const struct caller_call *call)
{
	c->source = (struct farm_source){ on_ready, c };
	c->told = call->codec;
	if (c->told.id == SDESC_CODEC_PCMA) {
		tone_wave_init(&c->wave, call->hz);
	} else {
		int err = caller_codec_new(&c->codec, c->told.id, call->hz);

		if (err)
			return err;
	}
	c->end = rtp_end_new();
	if (!c->end)
		return errno;
	c->end->pt = c->told.pt;
	rtp_end_listen(c->end, on_heard, c);
	return farm_watch(c->farm, c->end->rtp, &c->source, EPOLLIN);
}

int caller_voice_sdp(struct farm_caller *c, const struct sdesc *offer, enum sdesc_dir dir,
	char *buf, size_t cap)
{
	const struct sdesc_codec codecs[] = {
		c->told,
		{ SDESC_CODEC_DTMF, 101, 8000, 1 },
	};
	struct sdesc_plain d = { .session_id = c->end->ssrc,
		.version = ++c->sdp_version,
		.addr = "127.0.0.1",
		.port = c->end->port,
		.codecs = codecs,
		.n_codecs = offer ? 1
				  : 2, /* what the centre never offers is not answered */
		.dir = dir,
		.offer = offer };
	size_t n;

	return sdesc_write_plain(&d, buf, cap, &n);
}

static bool is_new(const struct farm_caller *c, const struct sockaddr_in *to)
{
	return c->end->to.sin_port != to->sin_port ||
		c->end->to.sin_addr.s_addr != to->sin_addr.s_addr;
}

int caller_voice_to(struct farm_caller *c, struct slice sdp)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	const struct sdesc_media *m;
	struct sdesc d;

	if (sdesc_parse(&d, (const char *)sdp.p, sdp.n) || d.audio < 0)
		return EBADMSG;
	m = &d.media[d.audio];
	to.sin_port = htons(m->port);
	if (inet_pton(AF_INET, m->addr, &to.sin_addr) != 1)
		return EBADMSG;
	if (!is_new(c, &to))
		return 0;
	c->end->to = to;
	farm_say("media",
		json_pack("{s:s, s:s, s:i}", "caller", c->name, "addr", m->addr, "port",
			(int)m->port));
	return 0;
}

void caller_voice_turn(struct farm_caller *c, int64_t now_us)
{
	const uint8_t *frame = c->codec ? caller_codec_next(c->codec)
					: tone_wave_next(&c->wave);

	if (!c->end)
		return;
	if (c->speaks && !c->is_quiet && c->end->to.sin_port)
		rtp_end_voice(c->end, frame);
	if (!ear_is_late(&c->ear, now_us))
		return;
	rtp_end_poll(c->end); /* its end may only not have been read yet */
	if (ear_tick(&c->ear, now_us))
		farm_hears("caller", c->name, &c->ear);
}

json_t *caller_voice_report(struct farm_caller *c, int64_t now_us)
{
	json_t *o = json_object();
	struct ear_figures f;

	if (c->end)
		rtp_end_poll(c->end);
	f = c->end ? ear_figures(&c->ear, now_us) : c->ear.f;

	if (c->tone_us)
		(void)json_object_set_new(o, "talk", farm_figures(&c->ear, &f));
	(void)json_object_set_new(
		o, "wait", farm_figures(NULL, c->tone_us ? &c->wait : &f));
	return o;
}

void caller_voice_end(struct farm_caller *c, int64_t now_us)
{
	json_t *o = json_pack("{s:s}", "caller", c->name);

	(void)json_object_update_new(o, caller_voice_report(c, now_us));
	farm_say("heard", o);
	c->ear.f = ear_figures(&c->ear, now_us);
	rtp_end_free(c->end);
	c->end = NULL;
}
