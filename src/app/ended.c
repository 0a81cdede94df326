/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * ended -- calls that are over and whose records are not on disk yet.  Part of app.
 *
 * Until then the leg stays in its relay, silent, with a blob that tells the end: a control process that is killed
 * here leaves nothing unrecorded, for the next one writes it again.  Then the far side's BYE is answered
 * and the leg goes.  With a disk that does not take records for long, the oldest is let go beyond ENDED_MAX.
 */
#include "app/priv.h"

#include <stdlib.h>
#include <string.h>

void app_call_free(struct app *app, struct app_call *call)
{
	app_leg_close(app, &call->leg);
	app_srtp_wipe_text(call->offer);
	app_srtp_wipe_text(call->sdp_sent);
	free(call->state_bytes);
	explicit_bzero(call, sizeof *call);
	free(call);
}

static void let_go(struct app *app, struct app_call *call)
{
	list_remove(&call->node);
	app->n_ended--;
	if (call->dialog)
		app->ports.sip_release(app->ports.arg, call->dialog);
	app_call_free(app, call);
}

void app_ended_put(struct app *app, struct app_call *call)
{
	struct store_marks m;
	union rp_any stop = { 0 };

	app->ports.store_marks(app->ports.arg, &m);
	(void)app_leg_send(app, &call->leg, &stop, RP_PART);
	app_leg_stop(app, &call->leg);
	call->mark = m.given;
	list_append(&app->ended, &call->node);
	if (++app->n_ended > ENDED_MAX)
		let_go(app, list_entry(app->ended.next, struct app_call, node));
	app_records_kept(app);
}

void app_records_kept(struct app *app)
{
	struct store_marks m;

	app->ports.store_marks(app->ports.arg, &m);
	app_callbacks_kept(app);
	list_each_safe(it, &app->ended)
	{
		struct app_call *call = list_entry(it, struct app_call, node);

		if (call->mark > m.kept)
			return;
		let_go(app, call);
	}
}
