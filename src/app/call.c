/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * call -- the life of a call, whether it came by SIP or from the caller page.  Part of app.
 *
 * setup: its leg is made and, on the caller page, its line connects -> perhaps a menu, where it chooses its queue ->
 * queued: the acd has it -> gone, or first a farewell: a last clip, then gone.  Whoever ends it, it is recorded once and its leg is closed.
 */
#include "app/priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"

static void leg_too_late(struct app *app, void *owner)
{
	struct app_call *call = owner;

	app_relay_avoid(app, call->leg.relay);
	app_call_end(app, call, "no_media");
}

struct app_call *app_call_add(
	struct app *app, uint64_t id, enum store_call_kind kind, uint32_t queue)
{
	struct app_call *call;

	if (app->n_calls >= APP_CALLS_MAX)
		return NULL;
	call = calloc(1, sizeof *call);
	if (!call)
		return NULL;
	call->id = id;
	call->kind = kind;
	call->state = CALL_SETUP;
	call->queue = call->first_queue = queue;
	call->plays = call->next_clip = call->message = APP_NO_CLIP;
	call->arrived_ms = call->since_ms = app_now_ms(app);
	call->arrived_wall_ms = app->ports.wall_ms(app->ports.arg);
	if (map_put(&app->call_by_id, call->id, call)) {
		free(call);
		return NULL;
	}
	list_append(&app->calls, &call->node);
	app->n_calls++;
	return call;
}

struct app_call *app_call_new(struct app *app, enum store_call_kind kind, uint32_t queue)
{
	struct app_call *call = app_call_add(app, app_new_id(app), kind, queue);

	if (call)
		app_timer_set(app, &call->timer, LEG_CREATE_MS, leg_too_late, call);
	return call;
}

static void ask_again(struct app *app, void *owner);

static void arm(struct app *app, struct app_call *call)
{
	int64_t left = call->await_until_ms - app_now_ms(app);

	app_timer_set(app, &call->timer, left < RELAY_AGAIN_MS ? left : RELAY_AGAIN_MS,
		ask_again, call);
}

static void ask_again(struct app *app, void *owner)
{
	struct app_call *call = owner;

	if (app_now_ms(app) < call->await_until_ms) {
		app_call_try_relay(app, call);
		if (call->awaits_relay)
			arm(app, call);
	} else if (call->kind == STORE_CALL_SIP) {
		app_sip_no_relay(app, call);
	} else {
		app_caller_no_relay(app, call);
	}
}

void app_call_await_relay(struct app *app, struct app_call *call)
{
	call->awaits_relay = true;
	call->await_until_ms = app_now_ms(app) + RELAY_WAIT_MS;
	arm(app, call);
}

void app_call_try_relay(struct app *app, struct app_call *call)
{
	int err = call->kind == STORE_CALL_SIP ? app_sip_make_leg(app, call)
					       : app_caller_make_leg(app, call);

	if (err)
		return;
	call->awaits_relay = false;
	app_timer_set(app, &call->timer, LEG_CREATE_MS, leg_too_late, call);
	app_keep_call(app, call);
}

/* Out of every table: nothing that happens finds it any more. */
static void forget(struct app *app, struct app_call *call)
{
	app_timer_stop(app, &call->timer);
	app_timer_stop(app, &call->silence);
	app_timer_stop(app, &call->join);
	app_timer_stop(app, &call->announce);
	app_measure_end(app, call);
	app_hop_close(app, call);
	map_drop(&app->call_by_id, call->id);
	if (call->dialog)
		map_drop(&app->call_by_dialog, call->dialog);
	if (call->leg.id)
		map_drop(&app->leg_by_id, call->leg.id);
	app_callback_drop_row(app, call);
	list_remove(&call->node);
	app->n_calls--;
	if (call->is_recorded)
		app_ended_put(app, call);
	else
		app_call_free(app, call);
}

/* What the core is told: our own causes by their name, everything else is that the caller left. */
static enum acd_why why_of(const char *word)
{
	for (int why = ACD_WHY_NONE + 1; why < ACD_WHYS; why++)
		if (strcmp(acd_why_word((enum acd_why)why), word) == 0)
			return (enum acd_why)why;
	return ACD_WHY_CALLER_LEFT;
}

void app_call_over(struct app *app, struct app_call *call, int64_t at_ms, const char *why)
{
	char id[IDS_TEXT_SIZE];

	call->state = CALL_ENDED;
	call->ended_ms = at_ms;
	if (why != call->end_why)
		(void)text_copy(call->end_why, sizeof call->end_why, why);
	app_keep_call(app, call);
	ids_text(id, call->id);
	log_info("call %s: %s, %s", id, store_event_word(STORE_ENDED), call->end_why);
	app_count(app, call, STORE_ENDED, call->end_why);
	app_record_at(app, call, at_ms, STORE_ENDED, 0, -1, call->end_why);
	forget(app, call);
}

/* tell: the far side does not know yet. */
static void finish(struct app *app, struct app_call *call, const char *why, bool tell)
{
	bool was_queued = call->state == CALL_QUEUED;
	struct app_page *page = map_find(&app->page_by_conn, call->conn);
	struct desk_caller_view v = { .state = DESK_CALL_ENDED,
		.why = why,
		.queue = app->queues[call->queue].name };

	app_menu_left(app, call);
	call->state = CALL_ENDED;
	call->ended_ms = app_now_ms(app);
	(void)text_copy(call->end_why, sizeof call->end_why, why);
	app_keep_call(app, call);
	if (tell && call->dialog)
		app->ports.sip_hangup(app->ports.arg, call->dialog);
	if (was_queued)
		(void)app_step(app,
			(struct acd_event){ .type = ACD_EV_CALL_HANGUP,
				.call = call->id,
				.why = why_of(why) });
	if (call->is_recorded)
		app_record(app, call, STORE_ENDED, 0, -1, why);
	if (page) {
		page->call = NULL;
		app->ports.caller_view(app->ports.arg, call->conn, &v);
	}
	forget(app, call);
}

void app_call_gone(struct app *app, struct app_call *call, const char *why)
{
	finish(app, call, why, false);
}

void app_call_end(struct app *app, struct app_call *call, const char *why)
{
	finish(app, call, why, true);
}

void app_call_join_failed(struct app *app, struct app_call *call)
{
	struct app_agent *ag = call->is_talking ? app_agent_find(app, call->agent) : NULL;

	if (!ag)
		return;
	if (++call->n_join_failures > 1) {
		app_call_end(app, call, "no_media");
		return;
	}
	app_line_lost(app, ag);
	app_line_close(app, ag);
}

static void join_failed(struct app *app, void *owner)
{
	app_call_join_failed(app, owner);
}

void app_call_join_failed_soon(struct app *app, struct app_call *call)
{
	app_timer_set(app, &call->join, 0, join_failed, call);
}

static void farewell_over(struct app *app, void *owner)
{
	struct app_call *call = owner;
	char why[STORE_DETAIL_MAX];

	(void)text_copy(why, sizeof why, call->end_why);
	app_call_end(app, call, why);
}

void app_call_farewell(struct app *app, struct app_call *call, const char *why)
{
	uint32_t clip = call->message != APP_NO_CLIP ? call->message
						     : app->queues[call->queue].farewell;
	union rp_any m = { .play = { .clip = clip } };

	call->state = CALL_FAREWELL;
	(void)text_copy(call->end_why, sizeof call->end_why, why);
	app_timer_stop(app, &call->silence);
	bool is_heard = call->leg.is_made && !call->is_moving &&
		(call->kind == STORE_CALL_SIP || call->leg.is_up);

	if (clip == APP_NO_CLIP || !is_heard) {
		app_call_end(app, call, why);
		return;
	}
	app_keep_call(app, call);
	call->plays = clip;
	if (app_leg_send(app, &call->leg, &m, RP_PLAY)) {
		app_call_end(app, call, why);
		return;
	}
	app_call_await_farewell(app, call, FAREWELL_MS);
	app_call_show(app, call);
}

void app_call_clip_failed(struct app *app, struct app_call *call)
{
	bool had_music = call->plays == APP_NO_CLIP;

	call->plays = APP_NO_CLIP;
	if (call->state == CALL_FAREWELL)
		farewell_over(app, call);
	else if (call->state == CALL_MENU)
		(void)app_menu_clip_done(app, call);
	else if (call->state == CALL_QUEUED && !call->is_talking && !had_music &&
		!app_callback_clip_done(app, call))
		app_call_music(app, call, APP_NO_CLIP);
}

void app_call_await_farewell(struct app *app, struct app_call *call, int64_t ms)
{
	app_timer_set(app, &call->timer, ms, farewell_over, call);
}

void app_call_music(struct app *app, struct app_call *call, uint32_t first)
{
	call->next_clip = call->plays = APP_NO_CLIP;
	call->is_greeted = true;
	if (first != APP_NO_CLIP)
		app_call_play(app, call, first); /* music follows at its end */
	else
		app_leg_play(app, &call->leg, app->queues[call->queue].music, true);
}

void app_call_play(struct app *app, struct app_call *call, uint32_t clip)
{
	uint32_t music = app->queues[call->queue].music;
	union rp_any m = { .play = { .clip = clip,
				   .then = music == APP_NO_CLIP ? 0 : music + 1 } };

	call->plays = clip;
	if (clip != APP_NO_CLIP)
		(void)app_leg_send(app, &call->leg, &m, RP_PLAY);
}

/* A move waits for its leg; the joining of two legs that are joined already changes nothing. */
void app_call_feed(struct app *app, struct app_call *call)
{
	const struct app_agent *ag = call->is_talking ? app_agent_find(app, call->agent)
						      : NULL;

	call->accepted_us = app->now_us; /* its first voice is counted from here */
	if (!ag)
		app_call_music(app, call, APP_NO_CLIP);
	else if (app_hop_join(app, call, &ag->line.leg))
		app_call_join_failed_soon(app, call);
	else
		app_measure_begin(app, call, ag);
}

void app_call_leg_made(struct app *app, struct app_call *call)
{
	if (call->is_moving)
		app_move_leg_made(app, call);
	else if (call->kind == STORE_CALL_SIP)
		app_sip_leg_made(app, call);
	else
		app_caller_leg_made(app, call);
}

/* What the core made of its arrival. False: it is over, or about to be. */
static bool arrive(struct app *app, struct app_call *call)
{
	uint64_t id = call->id;
	enum acd_verdict verdict = app_step(app,
		(struct acd_event){ .type = ACD_EV_CALL_ARRIVE,
			.call = call->id,
			.queue = call->queue });

	if (!map_find(&app->call_by_id, id) || call->state != CALL_QUEUED)
		return false; /* a message, or the end of it where there is no clip */
	app_keep_call(app, call);
	if (verdict == ACD_DONE)
		return true;
	/* the door was open when it knocked and closed meanwhile */
	call->state = CALL_FAREWELL;
	app_call_farewell(app, call, acd_verdict_word(verdict));
	return false;
}

void app_call_enter(struct app *app, struct app_call *call)
{

	app_timer_stop(app, &call->timer);
	if (call->state == CALL_SETUP)
		call->is_silent = !call->leg.is_up;
	call->state = CALL_QUEUED;
	call->arrived_ms = call->since_ms = app_now_ms(app);
	call->arrived_wall_ms = app->ports.wall_ms(app->ports.arg);
	call->is_recorded = true;
	call->voice = app_call_voice(call);
	app_keep_call(app, call); /* who dies here tells the same arrival again */
	app_record(app, call, STORE_ARRIVED, 0, -1, "");
	app_menu_record(app, call);
	if (!arrive(app, call))
		return;
	/* of the queue in which it is now */
	app_call_music(app, call, app->queues[call->queue].greeting);
	app_announce_start(app, call);
	app_call_silence_rule(app, call);
	app_call_show(app, call);
}

void app_call_show(struct app *app, struct app_call *call)
{
	struct desk_caller_view v = {
		.state = DESK_CALL_CONNECTING,
		.why = "",
		.queue = app->queues[call->queue].name,
		.since_ms = app_now_ms(app) - call->since_ms,
	};

	if (!call->conn)
		return;
	if (call->is_talking)
		v.state = DESK_CALL_TALKING;
	else if (call->agent && !call->is_interrupted && !call->on_hold_ms)
		v.state = DESK_CALL_OFFERED;
	else if (call->state == CALL_MENU)
		v.state = DESK_CALL_MENU;
	else if (call->state != CALL_SETUP)
		v.state = DESK_CALL_WAITING;
	app_caller_fill_place(app, call, &v);
	app->ports.caller_view(app->ports.arg, call->conn, &v);
}

static void silent_too_long(struct app *app, void *owner)
{
	app_call_end(app, owner, "caller_silent");
}

/* A caller who sends nothing, and did not say that it would, is gone after a while: also one who never
 * sent anything at all. */
void app_call_silence_rule(struct app *app, struct app_call *call)
{
	bool is_wanted = call->state == CALL_QUEUED && call->is_silent &&
		!call->is_held && !call->is_moving && call->callback < CALLBACK_WISHED;

	if (!is_wanted)
		app_timer_stop(app, &call->silence);
	else if (!heap_is_member(&call->silence.node))
		app_timer_set(app, &call->silence, app->cfg.caller_silent_ms,
			silent_too_long, call);
}

static void set_silent(struct app *app, struct app_call *call, bool is_silent)
{
	call->is_silent = is_silent;
	app_call_silence_rule(app, call);
}

static void clip_done(struct app *app, struct app_call *call, uint32_t clip)
{
	if (clip != call->plays)
		return; /* something else plays since */
	call->plays = APP_NO_CLIP;
	if (call->state == CALL_FAREWELL)
		farewell_over(app, call);
	else if (!app_menu_clip_done(app, call) && call->state == CALL_QUEUED &&
		!call->is_talking && !app_callback_clip_done(app, call) &&
		!app_announce_next(app, call))
		app_call_music(app, call, APP_NO_CLIP);
}

/* The agent is heard. How long that took is what the caller notices of the exchange. */
static void first_voice(
	struct app *app, struct app_call *call, const struct rp_first *first)
{
	int64_t us = (int64_t)first->at_us - call->accepted_us;
	char text[IDS_TEXT_SIZE];

	if (!call->is_talking)
		return;
	call->n_join_failures = 0;
	ids_text(text, call->id);
	log_info("call %s: first voice after %.1f ms", text, (double)us / 1000);
	if (call->accepted_us / 1000 == call->accepted_ms) /* not after an interruption */
		app_record(app, call, STORE_JOINED, call->agent, us, "");
}

/* A browser's line is there, and with it the call. */
static void connected(struct app *app, struct app_call *call)
{
	if (call->menu)
		app_menu_begin(app, call);
	else
		app_call_enter(app, call);
}

void app_call_leg_event(struct app *app, struct app_call *call, const union rp_any *m)
{
	switch (m->head.type) {
	case RP_EV_UP:
		if (call->state == CALL_SETUP && call->kind == STORE_CALL_WEB)
			connected(app, call);
		else
			set_silent(app, call, false);
		break;
	case RP_EV_DOWN: app_call_end(app, call, "caller_line_lost"); break;
	case RP_EV_SILENT: set_silent(app, call, true); break;
	case RP_EV_HEARD: set_silent(app, call, false); break;
	case RP_EV_CLIP_DONE: clip_done(app, call, m->clip_done.clip); break;
	case RP_EV_FIRST: first_voice(app, call, &m->first); break;
	case RP_EV_DIGIT:
		if (call->state == CALL_MENU)
			app_menu_key(app, call, m->digit.digit);
		else
			app_callback_key(app, call, m->digit.digit);
		break;
	}
}
