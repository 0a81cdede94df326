/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * keep -- writes with each leg what a later control process needs to go on.  Part of app.
 *
 * Commands to one relay arrive in order, so a blob that was sent before an act is there when the act can be
 * seen; what a relay that is gone has, nobody needs.
 */
#include "app/priv.h"

#include <string.h>

#include "base/text.h"

static void send_blob(struct app *app, const struct app_leg *leg, union rp_any *m)
{
	(void)app_leg_send(app, leg, m, RP_BLOB);
}

static void save_sip(const struct app_call *call, struct saved_call *s)
{
	s->dialog = call->dialog;
	s->sdp_id = call->sdp_id;
	s->sdp_version = call->sdp_version;
	memcpy(s->remote_addr, call->remote.addr, sizeof s->remote_addr);
	s->remote_port = call->remote.port;
	s->remote_rtcp_port = call->remote.rtcp_port;
	s->dir = (uint8_t)call->dir;
	s->is_held = call->is_held;
	s->awaits_answer = call->awaits_answer;
	s->is_moving = call->is_moving;
	s->srtp = (uint8_t)call->srtp;
	s->suite = (uint8_t)call->crypto.suite;
	s->n_codecs = (uint8_t)call->n_codecs;
	for (size_t i = 0; i < call->n_codecs; i++)
		s->codecs[i] = (struct saved_codec){ (uint8_t)call->codecs[i].id,
			call->codecs[i].pt };
}

/* Where it was handed to, while it waits or rings there. */
static void save_handing(const struct app_call *call, const struct acd_call_info *info,
	struct saved_call *s)
{
	uint64_t at = info->state == ACD_CALL_OFFERED ? info->agent : info->waits_for;

	if (call->handed.to && at == call->handed.to)
		s->handed_until_ms = info->waits_until_ms;
}

/* What the core knows comes first: it has decided what this process is only about to do. */
static void save_place(
	const struct app *app, const struct app_call *call, struct saved_call *s)
{
	struct acd_call_info info;

	s->state = (uint8_t)call->state;
	s->arrived_ms = call->arrived_ms;
	s->since_ms = call->since_ms;
	(void)text_copy(s->why, sizeof s->why, call->end_why);
	if (call->state != CALL_QUEUED)
		return;
	if (!acd_call(&app->acd, call->id, &info)) {
		if (*call->end_why)
			s->state = CALL_FAREWELL; /* about to be ended, see app_step() */
		else
			s->wait_left_ms =
				INT64_MAX; /* about to enter; the core brings it down */
		return;
	}
	s->arrived_ms = info.arrived_ms;
	s->since_ms = info.since_ms;
	s->wait_left_ms = info.wait_left_ms;
	s->queue = app->queues[info.queue].id; /* to which it is only about to be sent */
	s->is_settled = info.is_settled;
	s->sensitivity = info.sensitivity;
	save_handing(call, &info, s);
	s->tries = info.tries;
	s->retry_at_ms = info.retry_at_ms;
	s->is_interrupted = info.state == ACD_CALL_INTERRUPTED;
	if (info.state == ACD_CALL_TALKING || info.state == ACD_CALL_INTERRUPTED ||
		info.state == ACD_CALL_ON_HOLD)
		s->agent = info.agent;
	s->on_hold_until_ms = info.on_hold_until_ms;
	s->on_hold_ms = info.on_hold_until_ms ? call->on_hold_ms : 0;
}

void app_keep_call(struct app *app, struct app_call *call)
{
	union rp_any m = { .blob = { .len = 0 } };
	struct saved_call s = {
		.id = call->id,
		.queue = app->queues[call->queue].id,
		.first_queue = app->queues[call->first_queue].id,
		.told_wait = (uint8_t)call->told_wait,
		.menu = call->menu,
		.menu_by = (uint8_t)call->menu_by,
		.kind = (uint8_t)call->kind,
		.hop_near = call->hop_near.id,
		.hop_far = call->hop_far.id,
		.arrived_wall_ms = call->arrived_wall_ms,
		.accepted_ms = call->accepted_ms,
		.accepted_by = call->accepted_by,
		.accepted_waited_ms = call->accepted_waited_ms,
		.left_by = call->left.by,
		.left_at_ms = call->left.at_ms,
		.left_talk_ms = call->left.talk_ms,
		.left_why = (uint8_t)call->left.why,
		.handed_by = call->handed.by,
		.handed_to = call->handed.to,
		.handed_at_ms = call->handed.at_ms,
		.ended_ms = call->ended_ms,
	};

	if (!call->leg.id)
		return;
	save_sip(call, &s);
	save_place(app, call, &s);
	app_callback_saved(call, &s);
	saved_write_call(&m.blob, &s, call->state_bytes, call->state_len, call->sdp_sent);
	send_blob(app, &call->leg, &m);
	explicit_bzero(&m, sizeof m); /* our key is in the description */
}

void app_keep_line(struct app *app, struct app_agent *ag)
{
	struct acd_agent_info info = { .until_ms = -1 };
	union rp_any m = { .blob = { .len = 0 } };
	struct saved_line s = { .agent = ag->cfg.id,
		.seat = ag->seat,
		.queue = app->queues[ag->call_queue].id,
		.waited_ms = ag->call_waited_ms,
		.arrived_ms = ag->call_arrived_ms };

	if (!ag->line.leg.id)
		return;
	(void)acd_agent(&app->acd, ag->cfg.id, &info); /* unknown: out */
	s.call = info.call;
	/* ready again should it be back in time, and what a new control takes is not its fault */
	s.state = (uint8_t)(info.returns ? ACD_AGENT_READY : info.state);
	s.why = (uint8_t)info.why;
	s.since_ms = info.since_ms;
	s.until_ms = info.until_ms;
	s.idle_since_ms = info.idle_since_ms;
	s.at_home = ag->home.shift.at_home;
	s.is_declared = ag->home.shift.declaration.is_made;
	s.declared_ms = ag->home.shift.declaration.at_ms;
	s.has_two_factors = ag->home.has_two_factors;
	s.pause_after = info.pause_after;
	s.work_after = info.work_after;
	s.stops = ag->stops;
	app_door_save(ag, &s);
	saved_write_line(&m.blob, &s);
	send_blob(app, &ag->line.leg, &m);
}

void app_keep_hop(struct app *app, const struct app_leg *leg, const struct app_call *call)
{
	union rp_any m = { .blob = { .len = 0 } };
	struct saved_hop s = { .call = call->id };

	saved_write_hop(&m.blob, &s);
	send_blob(app, leg, &m);
}
