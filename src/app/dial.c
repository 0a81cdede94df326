/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * dial -- a callback is called, its agent listening.  Part of app; see callback.c.
 *
 * A leg, then the INVITE with its description; the far side's ringing is heard on the agent's line.  Answered, it is
 * a call as any, joined in the same step.  Whatever else happens is CALL_FAILED, and the core's WITHDRAW takes
 * the line down again.
 */
#include "app/priv.h"

#include "base/log.h"

static void reached(struct app *app, struct app_call *call)
{
	app_timer_stop(app, &call->timer);
	app_callback_drop_row(app, call);
	call->is_called = false;
	call->since_ms = app_now_ms(app);
	call->plays = APP_NO_CLIP;
	if (app_step(app,
		    (struct acd_event){ .type = ACD_EV_CALL_REACHED,
			    .call = call->id }) != ACD_DONE) {
		app_call_end(app, call, acd_why_word(ACD_WHY_NOT_REACHED));
		return;
	}
	app_call_silence_rule(app, call);
}

/* The core says whether it is tried again; see app_dial_withdrawn(). */
static void failed(struct app *app, void *owner)
{
	const struct app_call *call = owner;

	(void)app_step(
		app, (struct acd_event){ .type = ACD_EV_CALL_FAILED, .call = call->id });
}

static void reached_at_once(struct app *app, void *owner)
{
	const struct app_call *call = owner;

	if (call->is_line_gone)
		failed(app, owner);
	else
		reached(app, owner);
}

void app_dial(struct app *app, const struct acd_action *a)
{
	struct app_call *call = map_find(&app->call_by_id, a->call);
	struct app_agent *ag = app_agent_find(app, a->agent);
	bool has_line = call->callback == CALLBACK_WISHED && !call->is_line_gone;

	app_leg_stop(app, &ag->line.leg); /* the offer's sound */
	app_record(app, call, STORE_DIALLED, a->agent, -1, "");
	call->callback = CALLBACK_DIALLING;
	if (has_line) {
		app_timer_set(app, &call->timer, 0, reached_at_once, call);
		return;
	}
	app_callback_drop_line(app, call);
	call->is_called = true;
	if (app_sip_make_call_leg(app, call)) {
		app_timer_set(app, &call->timer, 0, failed, call);
		return;
	}
	app_keep_call(app, call);
	app_timer_set(app, &call->timer, LEG_CREATE_MS, failed, call);
}

bool app_dial_leg_made(struct app *app, struct app_call *call)
{
	char sdp[SDESC_TEXT_MAX];

	if (call->callback != CALLBACK_DIALLING)
		return false;
	app_timer_stop(app, &call->timer);
	/* the carrier may be gone from the configuration since */
	if (app->ports.sip_dial && !app_sip_describe(app, call, sdp, sizeof sdp))
		call->dialog = app->ports.sip_dial(app->ports.arg, call->number, sdp);
	if (!call->dialog || map_put(&app->call_by_dialog, call->dialog, call))
		failed(app, call);
	return true;
}

bool app_dial_leg_lost(struct app *app, struct app_call *call)
{
	if (!call->is_called)
		return false;
	failed(app, call);
	return true;
}

void app_dial_withdrawn(struct app *app, struct app_call *call)
{
	if (call->callback != CALLBACK_DIALLING)
		return;
	app_timer_stop(app, &call->timer);
	if (call->is_called || call->is_line_gone) {
		app_callback_drop_line(app, call);
		call->callback = CALLBACK_WAITING;
	} else {
		call->callback =
			CALLBACK_WISHED; /* it never was called: its line is there */
	}
	if (call->state == CALL_QUEUED)
		(void)app_callback_put_row(
			app, call); /* an older one only tries too often */
}

void app_sip_rang(struct app *app, uint64_t dialog)
{
	struct app_call *call = map_find(&app->call_by_dialog, dialog);
	const struct app_agent *ag = call ? app_agent_find(app, call->agent) : NULL;

	app_clock(app);
	if (ag && call->is_called)
		app_leg_play(app, &ag->line.leg, app->cfg.ringback_clip, true);
}

void app_sip_reached(struct app *app, uint64_t dialog, const char *sdp, size_t n,
	const void *state, size_t state_len)
{
	struct app_call *call = map_find(&app->call_by_dialog, dialog);
	uint64_t id;

	app_clock(app);
	if (!call || !call->is_called)
		return; /* it was given up, and hung up */
	if (app_sip_take_answer(app, call, sdp, n, state, state_len)) {
		failed(app, call);
		return;
	}
	id = call->id;
	call->is_silent = !call->leg.is_up;
	app_voice_look(app, call);
	reached(app, call);
	/* its blob was sent before it was joined; now the far side may rely on us */
	if (map_find(&app->call_by_id, id))
		app->ports.sip_confirm(app->ports.arg, dialog);
}

void app_sip_unreached(struct app *app, uint64_t dialog, uint16_t status)
{
	const struct app_call *call = map_find(&app->call_by_dialog, dialog);
	char id[IDS_TEXT_SIZE];

	if (!call)
		return;
	ids_text(id, call->id);
	log_info("call %s: the callback was not taken, %u", id, status);
}
