/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * move -- a call whose relay died goes on in another one, or in the same when it was started again.  Part of app.
 *
 * It gets a new leg, is fed there at once with what it heard before, and a re-INVITE tells the far side where
 * to send (RFC 3264 section 8.3.1).  The core notices nothing: its agent is only lost when its line was in that
 * relay too.  Where no relay comes in time or the far side does not agree, the call ends.
 */
#include "app/priv.h"

#include <errno.h>

#include "base/log.h"

static void too_late(struct app *app, void *owner)
{
	app_call_end(app, owner, "relay_lost");
}

static void try(struct app *app, struct app_call *call)
{
	switch (app_sip_make_leg(app, call)) {
	case 0: app_keep_call(app, call); break;
	case EAGAIN: break; /* until app_relay_up() */
	default: app_call_end(app, call, "relay_lost");
	}
}

void app_move_start(struct app *app, struct app_call *call)
{
	if (app_dial_leg_lost(app, call))
		return;
	app_timer_stop(app, &call->join);
	app_hop_close(app, call);
	app_leg_close(app, &call->leg);
	/* it has been told nothing yet */
	if (call->dialog && call->state == CALL_SETUP) {
		app_call_await_relay(app, call);
		app_call_try_relay(app, call);
		return;
	}
	/* a browser would have to be told by its page */
	if (call->dialog && call->state == CALL_MENU) {
		uint64_t id = call->id;

		app_menu_give_up(app, call); /* it is asked nothing a second time */
		if (!map_find(&app->call_by_id, id))
			return;
	}
	if (!call->dialog || call->state != CALL_QUEUED) {
		app_call_end(app, call, "relay_lost");
		return;
	}
	call->is_moving = call->has_moved = true;
	app_srtp_move(app, call);
	app_call_silence_rule(app, call);
	app_timer_set(app, &call->timer, MOVE_MS, too_late, call);
	try(app, call);
}

void app_move_try_all(struct app *app)
{
	list_each_safe(it, &app->calls)
	{
		struct app_call *call = list_entry(it, struct app_call, node);

		if (call->is_moving && !call->leg.id)
			try(app, call);
		else if (call->awaits_relay)
			app_call_try_relay(app, call);
	}
}

/* The far side is told where its voice shall go. False: the call is over. */
static bool tell(struct app *app, struct app_call *call)
{
	char sdp[SDESC_TEXT_MAX], id[IDS_TEXT_SIZE];

	if (app_sip_describe(app, call, sdp, sizeof sdp)) {
		app_call_end(app, call, "no_media");
		return false;
	}
	ids_text(id, call->id);
	log_info("call %s: moves to relay %u", id, call->leg.relay);
	app_keep_call(app, call);
	call->n_reinvites++;
	app->ports.sip_reinvite(app->ports.arg, call->dialog, sdp);
	call->is_silent = true; /* until the far side sends there */
	return true;
}

void app_move_leg_made(struct app *app, struct app_call *call)
{
	if (tell(app, call))
		app_call_feed(app, call);
}

bool app_move_go_on(struct app *app, struct app_call *call)
{
	call->has_moved = true;
	app_timer_set(app, &call->timer, MOVE_MS, too_late, call);
	return tell(app, call);
}
