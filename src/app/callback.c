/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * callback -- callers who are called back in their turn.  Part of app.
 *
 * asked: a rule of the queue has it that the caller hears the offer, and may press 1 -> wished: it did; the row is
 * written, the core has it as a callback, it hears that it will be called -> waiting: its line was let go, and
 * the row in the records is all that there is outside the core -> dialling: its agent listens while it is called ->
 * reached, and a call as any; or not, and waiting again, until the core ends it.
 *
 * The line is not let go before the row is on disk, and the row goes when the call is reached or ended.  Somebody
 * whose agent becomes free while its line is still there is not called: it is reached.
 */
#include "app/priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"

#define YES          1 /* the key */
#define NUMBER_LEAST 3 /* digits: what is shorter is no telephone of a caller's */

int app_callback_put_row(struct app *app, const struct app_call *call)
{
	struct store_callback row = {
		.call = call->id,
		.queue = app->queues[call->queue].id,
		.arrived_ms = call->arrived_wall_ms,
		.asked_ms = call->asked_wall_ms,
	};
	struct acd_call_info info;

	(void)text_copy(row.number, sizeof row.number, call->number);
	if (acd_call(&app->acd, call->id, &info) && info.is_callback) {
		row.tries = info.tries;
		if (info.retry_at_ms)
			row.due_ms = call->arrived_wall_ms +
				(info.retry_at_ms - call->arrived_ms);
	}
	return app->ports.store_put_callback(app->ports.arg, &row);
}

void app_callback_drop_row(struct app *app, struct app_call *call)
{
	if (call->callback < CALLBACK_WISHED)
		return;
	/* what cannot even be asked for goes with its age, see store.h */
	(void)app->ports.store_drop_callback(app->ports.arg, call->id);
	call->callback = CALLBACK_NONE;
}

bool app_callback_may_call(const char *number)
{
	size_t n = strspn(number + (*number == '+'), "0123456789");

	return n >= NUMBER_LEAST && number[(*number == '+') + n] == '\0' &&
		strlen(number) < STORE_PHONE_MAX;
}

/* --- the offer --- */

/* One key, and another one after one that says nothing; for as long as it waits. */
static void ask(struct app_call *call)
{
	keypad_open(&call->asked, &(struct keypad_rules){ .most = 1 });
}

void app_call_offer_callback(struct app *app, struct app_call *call)
{
	uint32_t clip = app->queues[call->queue].callback_offer;

	if (!app->ports.sip_dial || call->kind != STORE_CALL_SIP ||
		call->callback != CALLBACK_NONE || clip == APP_NO_CLIP ||
		!app_callback_may_call(call->number))
		return; /* it waits on, and hears no promise that cannot be kept */
	call->callback = CALLBACK_ASKED;
	call->asked_queue = call->queue;
	ask(call);
	app_keep_call(app, call);
	if (call->is_greeted && call->plays == APP_NO_CLIP)
		app_call_play(app, call, clip);
	else
		call->is_offer_due = true; /* after what is just said */
}

/* Everything of the line that it called on, or was called on. */
void app_callback_drop_line(struct app *app, struct app_call *call)
{
	uint64_t dialog = call->dialog;

	app_timer_stop(app, &call->timer);
	app_timer_stop(app, &call->silence);
	call->dialog = 0;
	if (dialog) {
		map_drop(&app->call_by_dialog, dialog);
		if (call->is_line_gone)
			app->ports.sip_release(app->ports.arg, dialog);
		else
			app->ports.sip_hangup(app->ports.arg, dialog);
	}
	app_leg_close(app, &call->leg);
	app_srtp_wipe_text(call->sdp_sent);
	free(call->state_bytes);
	call->sdp_sent = NULL;
	call->state_bytes = NULL;
	call->state_len = 0;
	call->is_line_gone = call->is_moving = call->is_held = call->has_moved = false;
	call->is_called = call->awaits_answer = false;
	call->plays = call->next_clip = APP_NO_CLIP;
	call->n_reinvites = 0;
	explicit_bzero(&call->remote, sizeof call->remote);
	explicit_bzero(&call->crypto, sizeof call->crypto);
}

/* The line goes when it is said what there is to say, and when the row is on disk. */
static void let_go(struct app *app, struct app_call *call)
{
	struct store_marks m;

	if (call->callback != CALLBACK_WISHED ||
		(call->plays != APP_NO_CLIP && !call->is_line_gone))
		return;
	app->ports.store_marks(app->ports.arg, &m);
	if (call->callback_mark > m.kept)
		return;
	call->callback = CALLBACK_WAITING;
	app_callback_drop_line(app, call);
}

void app_callbacks_kept(struct app *app)
{
	list_each_safe(it, &app->calls)
		let_go(app, list_entry(it, struct app_call, node));
}

/* In this order: a row without a callback does no harm, a callback without a row would be forgotten. */
static void wish(struct app *app, struct app_call *call)
{
	struct store_marks m;
	uint32_t clip = app->queues[call->asked_queue].callback_yes;

	call->asked_wall_ms = app->ports.wall_ms(app->ports.arg);
	if (app_callback_put_row(app, call))
		return; /* the records are full; it waits on */
	if (app_step(app,
		    (struct acd_event){ .type = ACD_EV_CALL_CALLBACK,
			    .call = call->id }) != ACD_DONE) {
		/* it rings at somebody's desk */
		(void)app->ports.store_drop_callback(app->ports.arg, call->id);
		return;
	}
	app->ports.store_marks(app->ports.arg, &m);
	call->callback = CALLBACK_WISHED;
	call->callback_mark = m.given;
	call->is_offer_due = call->is_announce_due = false;
	app_timer_stop(app, &call->announce);
	app_call_silence_rule(app, call);
	app_keep_call(app, call);
	app_record(app, call, STORE_CALLBACK, 0, -1, "");
	call->next_clip = call->plays = APP_NO_CLIP;
	app_leg_stop(app, &call->leg);
	if (clip != APP_NO_CLIP)
		app_call_play(app, call, clip);
	let_go(app, call);
}

void app_callback_key(struct app *app, struct app_call *call, uint32_t key)
{
	if (call->callback != CALLBACK_ASKED || call->state != CALL_QUEUED || call->agent)
		return;
	if (keypad_key(&call->asked, key, app_now_ms(app)) != KEYPAD_COMPLETE)
		return;
	if (call->asked.keys[0] == YES)
		wish(app, call);
	else
		ask(call);
}

bool app_callback_clip_done(struct app *app, struct app_call *call)
{
	if (call->callback >= CALLBACK_WISHED) {
		let_go(app, call);
		return true;
	}
	if (!call->is_offer_due)
		return false;
	call->is_offer_due = false;
	app_call_play(app, call, app->queues[call->asked_queue].callback_offer);
	return true;
}

bool app_callback_line_gone(struct app *app, struct app_call *call)
{
	if (call->callback < CALLBACK_WISHED)
		return false;
	call->is_line_gone = true;
	if (call->callback == CALLBACK_WISHED)
		let_go(app, call);
	else if (call->is_called)
		(void)app_dial_leg_lost(app, call);
	return true; /* or its agent has just said yes: reached_at_once() sees it */
}

void app_callback_stop(struct app *app, struct app_call *call)
{
	if (call->callback < CALLBACK_WISHED)
		return;
	app_callback_drop_line(app, call);
	call->callback = CALLBACK_WAITING;
}

/* --- after a restart --- */

void app_callback_saved(const struct app_call *call, struct saved_call *s)
{
	s->callback = (uint8_t)call->callback;
	s->is_called = call->is_called;
	s->asked_wall_ms = call->asked_wall_ms;
	(void)text_copy(s->number, sizeof s->number, call->number);
}

void app_callback_read(struct app_call *call, const struct saved_call *s)
{
	call->callback = s->callback;
	ask(call);
	call->asked_wall_ms = s->asked_wall_ms;
	(void)text_copy(call->number, sizeof call->number, s->number);
}

void app_callback_adopted(struct app *app, struct app_call *call)
{
	struct store_marks m;

	(void)app_callback_put_row(
		app, call); /* the former one may not have been on disk */
	app->ports.store_marks(app->ports.arg, &m);
	call->callback_mark = m.given;
	call->plays = APP_NO_CLIP; /* said or not: its line shall not hang */
	let_go(app, call);
}

/* What a row says, as if a leg had kept it. */
static struct saved_call saved_of(struct app *app, const struct store_callback *row)
{
	int64_t now_ms = app_now_ms(app), wall_ms = app->ports.wall_ms(app->ports.arg);
	struct saved_call s = {
		.id = row->call,
		.queue = row->queue,
		.first_queue = row->queue,
		.kind = STORE_CALL_SIP,
		.state = CALL_QUEUED,
		.callback = CALLBACK_WAITING,
		.arrived_ms = now_ms - (wall_ms - row->arrived_ms),
		.arrived_wall_ms = row->arrived_ms,
		.asked_wall_ms = row->asked_ms,
		.since_ms = now_ms,
		.tries = row->tries,
	};

	if (row->due_ms > wall_ms)
		s.retry_at_ms = now_ms + (row->due_ms - wall_ms);
	(void)text_copy(s.number, sizeof s.number, row->number);
	return s;
}

/* Since it wished it; the core knows no wall clock. */
static int64_t wait_left(
	const struct app *app, uint32_t queue, const struct saved_call *s)
{
	int64_t ms = app->queues[queue].acd.callback_ms;
	int64_t gone_ms = app->ports.wall_ms(app->ports.arg) - s->asked_wall_ms;

	ms = (ms ? ms : ACD_CALLBACK_MS) - gone_ms;
	return ms > 0 ? ms : 0;
}

void app_found_callback(struct app *app, const struct store_callback *row)
{
	struct rp_leg_state leg = { .head = { .leg = 0 } };
	struct rp_blob blob;
	struct saved_call s;

	app_clock(app);
	s = saved_of(app, row);
	saved_write_call(&blob, &s, NULL, 0, NULL);
	leg.len = blob.len;
	memcpy(leg.blob, blob.bytes, blob.len);
	app_found_leg(app, APP_RELAYS_MAX, &leg);
}

struct acd_saved_call app_callback_place(
	const struct app *app, uint32_t queue, const struct saved_call *s)
{
	return (struct acd_saved_call){ .arrived_ms = s->arrived_ms,
		.since_ms = app_now_ms(app),
		.wait_left_ms = wait_left(app, queue, s),
		.is_callback = true,
		.is_settled = s->is_settled,
		.tries = s->tries,
		.retry_at_ms = s->retry_at_ms };
}
