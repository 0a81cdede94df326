/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * hop -- joins a caller's leg with a line, also when they live in different relays.  Part of app.
 *
 * Within one relay it is one command.  Between two it takes a hop: a plain RTP leg in each, pointed at one
 * another over loopback and deaf to everybody else, each joined with its party.  Both hop legs belong to the
 * call and end with the talk.  Relays on other machines will need SRTP here [RULES T2].
 */
#include "app/priv.h"

#include <string.h>

static int join(struct app *app, const struct app_leg *leg, uint64_t other)
{
	union rp_any m = { .join = { .other = other } };

	return app_leg_send(app, leg, &m, RP_JOIN);
}

static int make_end(
	struct app *app, struct app_call *call, struct app_leg *leg, unsigned relay)
{
	/* both ends are ours, so whatever one side speaks goes through as it is */
	static const enum sdesc_codec_id all[] = { SDESC_CODEC_PCMA, SDESC_CODEC_PCMU,
		SDESC_CODEC_G722, SDESC_CODEC_OPUS, SDESC_CODEC_DTMF };
	struct sdesc_codec codecs[sizeof all / sizeof *all];
	union rp_any m = { .leg_rtp = { .local = 1, .lock = 1 } };

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		codecs[i] = app_codec_offered(all[i]);
	app_codecs_tell(
		codecs, sizeof all / sizeof *all, m.leg_rtp.codecs, &m.leg_rtp.dtmf_pt);
	int err = app_leg_make_in(app, relay, leg, LEG_OF_HOP, call, &m, RP_LEG_RTP);

	if (!err)
		app_keep_hop(app, leg, call);
	return err;
}

int app_hop_join(struct app *app, struct app_call *call, const struct app_leg *line)
{
	int err;

	if (!call->leg.is_made)
		return 0; /* it moves: when its new leg is there, app_call_feed() comes here again */
	app_hop_close(app, call);
	if (call->leg.relay == line->relay)
		return join(app, &call->leg, line->id);
	err = make_end(app, call, &call->hop_near, call->leg.relay);
	if (!err)
		err = make_end(app, call, &call->hop_far, line->relay);
	if (err)
		app_hop_close(app, call);
	else
		app_keep_call(app, call); /* it names its hop */
	return err;
}

void app_hop_close(struct app *app, struct app_call *call)
{
	app_leg_close(app, &call->hop_near);
	app_leg_close(app, &call->hop_far);
}

static int point(struct app *app, const struct app_leg *from, const struct app_leg *to)
{
	union rp_any m = { .leg_remote = { .port = to->ok.port, .lock = 1 } };

	memcpy(m.leg_remote.addr, to->ok.addr, sizeof m.leg_remote.addr);
	return app_leg_send(app, from, &m, RP_LEG_REMOTE);
}

int app_hop_leg_made(struct app *app, struct app_call *call)
{
	const struct app_leg *near = &call->hop_near, *far = &call->hop_far;
	const struct app_agent *ag = app_agent_find(app, call->agent);
	int err;

	if (!near->is_made || !far->is_made || !ag)
		return 0;
	err = point(app, near, far);
	if (!err)
		err = point(app, far, near);
	if (!err)
		err = join(app, &call->leg, near->id);
	if (!err)
		err = join(app, far, ag->line.leg.id);
	return err;
}
