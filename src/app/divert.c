/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * divert -- a caller is sent elsewhere: to another queue, to a message, to the question of a callback.  Part of app.
 *
 * To a queue: it waits there, with that queue's greeting when it has only just come, else with its music.  To a
 * message: the core's END follows in the same step, and the call ends with the message instead of the farewell.
 */
#include "app/priv.h"

#include "base/text.h"

static void to_queue(struct app *app, struct app_call *call, uint32_t target)
{
	uint32_t music = app->queues[call->queue].music;

	call->queue = target;
	/* what has an end is heard to its end, and that queue's music follows */
	if (call->is_greeted && call->plays == APP_NO_CLIP &&
		music != app->queues[target].music)
		app_call_music(app, call, APP_NO_CLIP);
	if (call->is_greeted)
		app_announce_start(app, call);
	app_call_show(app, call);
}

static void record(
	struct app *app, const struct app_call *call, const struct acd_action *a)
{
	static const char *const targets[] = { [ACD_DIVERT_QUEUE] = "queue",
		[ACD_DIVERT_MESSAGE] = "message",
		[ACD_DIVERT_CALLBACK] = "callback" };
	char detail[STORE_DETAIL_MAX];

	(void)text_format(detail, sizeof detail, "to=%s why=%s", targets[a->divert],
		acd_why_word(a->why));
	app_record(app, call, STORE_DIVERTED, 0,
		a->divert == ACD_DIVERT_QUEUE ? (int64_t)app->queues[a->target].id : -1,
		detail);
}

void app_divert(struct app *app, const struct acd_action *a)
{
	struct app_call *call = map_find(&app->call_by_id, a->call);

	record(app, call, a);
	switch (a->divert) {
	case ACD_DIVERT_QUEUE: to_queue(app, call, a->target); break;
	case ACD_DIVERT_MESSAGE:
		call->message = app->queues[call->queue].messages[a->target];
		break;
	case ACD_DIVERT_CALLBACK: app_call_offer_callback(app, call); break;
	}
}

bool app_divert_has_message(const struct app_queue_config *q, uint32_t clip)
{
	for (size_t i = 0; i < q->acd.n_diversions; i++) {
		const struct acd_diversion *d = &q->acd.diversions[i];

		if (d->to == ACD_DIVERT_MESSAGE && q->messages[d->target] == clip)
			return true;
	}
	return false;
}
