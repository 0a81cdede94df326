/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * agent -- an agent's desk: what it says becomes events, and what it is shown.  Part of app.
 */
#include "app/priv.h"

struct app_agent *app_agent_find(struct app *app, uint64_t id)
{
	return map_find(&app->agent_by_id, id);
}

static enum desk_state desk_state_of(enum acd_agent_state state)
{
	static const enum desk_state states[ACD_AGENT_STATES] = {
		[ACD_AGENT_OUT] = DESK_STATE_OUT,
		[ACD_AGENT_AWAY] = DESK_STATE_AWAY,
		[ACD_AGENT_READY] = DESK_STATE_READY,
		[ACD_AGENT_OFFERED] = DESK_STATE_OFFERED,
		[ACD_AGENT_TALKING] = DESK_STATE_TALKING,
		[ACD_AGENT_INTERRUPTED] = DESK_STATE_INTERRUPTED,
		[ACD_AGENT_WRAPUP] = DESK_STATE_WRAPUP,
		[ACD_AGENT_PAUSE] = DESK_STATE_PAUSE,
		[ACD_AGENT_WORK] = DESK_STATE_WORK,
		[ACD_AGENT_DIALLING] = DESK_STATE_TALKING, /* likewise */
		[ACD_AGENT_HOLDING] = DESK_STATE_HOLD,
	};

	return states[state];
}

static void fill_queues(struct app *app, const struct app_agent *ag, struct desk_view *v)
{
	for (uint32_t i = 0; i < app->cfg.n_queues; i++)
		if (acd_queues_have(&ag->cfg.queues, i) && !app->queues[i].is_gone)
			v->queues[v->n_queues++] = app->queues[i].name;
}

static void fill_call(struct app *app, const struct app_agent *ag,
	const struct acd_agent_info *info, struct desk_view *v)
{
	const struct app_call *call = map_find(&app->call_by_id, info->call);
	struct acd_call_info core;

	v->call = info->call;
	v->callback = acd_call(&app->acd, info->call, &core) && core.is_callback;
	v->queue = app->queues[ag->call_queue].name;
	v->language = app->queues[ag->call_queue].language;
	v->call_codec = app_codec_of_call(app, ag, info->call);
	v->waited_ms = info->state == ACD_AGENT_OFFERED
		? app_now_ms(app) - ag->call_arrived_ms
		: ag->call_waited_ms;
	/* in the wrap-up the call is somebody else's */
	if (!call || call->agent != ag->cfg.id)
		return;
	v->from = app_transfer_from(app, call);
	v->voice = store_voice_word(app_call_voice(call));
}

enum desk_state app_agent_state(const struct app *app, const struct app_agent *ag)
{
	struct acd_agent_info info = { 0 };

	(void)acd_agent(&app->acd, ag->cfg.id, &info); /* unknown: out */
	return desk_state_of(info.state);
}

void app_agent_show(struct app *app, struct app_agent *ag)
{
	struct acd_agent_info info = { .until_ms = -1, .since_ms = app_now_ms(app) };
	struct desk_view v = { .name = ag->cfg.name,
		.at_home = ag->home.shift.at_home,
		.seat = ag->seat,
		.home = { .missing = ag->home.answer.missing,
			.in_force = ag->home.answer.in_force,
			.to_sign = ag->home.answer.to_sign,
			.has_key = ag->home.has_key,
			.factor_always = app->cfg.two_factors_always } };

	app_door_show(app, ag);
	if (!ag->conn)
		return;
	(void)acd_agent(&app->acd, ag->cfg.id, &info); /* unknown: out */
	v.state = desk_state_of(info.state);
	v.why = acd_why_word(v.state == DESK_STATE_OUT && ag->has_ended
			? ACD_WHY_SHIFT_ENDED
			: info.why);
	v.since_ms = app_now_ms(app) - info.since_ms;
	v.ends_ms = info.until_ms < 0 ? -1 : info.until_ms - app_now_ms(app);
	if (info.until_ms >= 0 && v.ends_ms < 0)
		v.ends_ms = 0;
	v.line = ag->line.state;
	v.testing = ag->line.is_testing;
	v.codec = app_codec_of_talk(app, ag);
	v.pause_after = info.pause_after && !ag->stops; /* it has that wish beside it */
	v.stop_after = ag->stops;
	app_door_fill(ag, &v);
	fill_queues(app, ag, &v);
	if (info.call)
		fill_call(app, ag, &info, &v);
	app->ports.desk_view(app->ports.arg, ag->conn, &v);
}

static void leave(struct app *app, void *owner)
{
	struct app_agent *ag = owner;

	if (app_stop_now(app, ag) == ACD_REFUSED)
		app_timer_set(app, &ag->gone, LEAVE_AGAIN_MS, leave, ag);
}

void app_agent_adopted(struct app *app, struct app_agent *ag)
{
	if (ag->line.state == DESK_LINE_CONNECTING)
		app_line_await(app, ag);
	app_timer_set(app, &ag->gone, app->cfg.desk_gone_ms, leave, ag);
}

void app_agent_desk_closed(struct app *app, struct app_agent *ag)
{
	ag->conn = 0;
	(void)app_step(app,
		(struct acd_event){ .type = ACD_EV_AGENT_LOST,
			.agent = ag->cfg.id,
			.why = ACD_WHY_DESK_LOST });
	app_timer_set(app, &ag->gone, app->cfg.desk_gone_ms, leave, ag);
}

static void hello(struct app *app, struct app_page *page, const struct desk_msg *m)
{
	struct app_agent *ag = page->agent;

	if (!ag->cfg.id || ag->is_leaving) {
		app->ports.page_close(app->ports.arg, page->conn, CLOSE_LEFT, "left");
		return;
	}
	if (m->seat && ag->seat && m->seat != ag->seat) {
		/* it slept, or its network was away, while another one took over: its microphone stays off */
		app->ports.page_close(
			app->ports.arg, page->conn, CLOSE_TAKEN_OVER, "taken over");
		return;
	}
	app_sign_on_back(app, ag, page->session);
	ag->seat = m->seat ? m->seat : app_new_id(app);
	if (ag->conn && ag->conn != page->conn)
		app->ports.page_close(
			app->ports.arg, ag->conn, CLOSE_TAKEN_OVER, "taken over");
	ag->session = page->session;
	app_home_session(app, ag); /* before the view that follows */
	ag->conn = page->conn;
	app_timer_stop(app, &ag->gone);
	if (!m->has_line && ag->line.leg.id) {
		/* a page that was loaded anew: nobody is at the other end of its line */
		app_line_lost(app, ag);
		app_line_close(app, ag);
	}
	(void)app_step(app,
		(struct acd_event){ .type = ACD_EV_AGENT_BACK,
			.agent = ag->cfg.id,
			.why = ACD_WHY_DESK_LOST });
	app_keep_line(app, ag);
	app_turn_tell(app, ag);
	app_agent_show(app, ag);
}

static enum acd_verdict step(
	struct app *app, struct app_agent *ag, enum acd_event_type type, uint64_t call)
{
	struct acd_event ev = { .type = type, .agent = ag->cfg.id, .call = call };

	app_home_profile(ag, &ev);
	return app_step(app, ev);
}

/* What changes an agent's state: message, event, whether it needs a line that works. */
static const struct {
	enum desk_msg_type msg;
	enum acd_event_type event;
	bool needs_line;
} moves[] = {
	{ DESK_SHIFT_START, ACD_EV_AGENT_ENTER, true },
	{ DESK_READY, ACD_EV_AGENT_READY, true },
	{ DESK_WRAPUP_DONE, ACD_EV_AGENT_WRAPUP_DONE, false },
	{ DESK_PAUSE, ACD_EV_AGENT_PAUSE, false },
	{ DESK_WORK, ACD_EV_AGENT_WORK, false },
	{ DESK_ACCEPT, ACD_EV_AGENT_ACCEPT, true },
	{ DESK_DECLINE, ACD_EV_AGENT_DECLINE, false },
	{ DESK_HANGUP, ACD_EV_AGENT_HANGUP, false },
	{ DESK_HOLD, ACD_EV_AGENT_HOLD, false },
	{ DESK_RESUME, ACD_EV_AGENT_RESUME, true },
	{ DESK_HAND_OVER, ACD_EV_AGENT_HAND_OVER, false },
};

static void move(
	struct app *app, struct app_agent *ag, size_t i, const struct desk_msg *m)
{
	if (moves[i].needs_line && ag->line.state != DESK_LINE_UP) {
		app->ports.page_error(app->ports.arg, ag->conn, "no_line", m->ref);
		return;
	}
	if (moves[i].event == ACD_EV_AGENT_READY && ag->line.is_testing)
		app_line_test(app, ag, false, "");
	if (moves[i].event == ACD_EV_AGENT_READY)
		ag->stops =
			false; /* like the wish for a pause that the core has beside it */
	if (step(app, ag, moves[i].event, m->call) != ACD_DONE)
		app->ports.page_error(app->ports.arg, ag->conn,
			m->type == DESK_READY && ag->home.clearance.is_none
				? "not_cleared"
				: "not_now",
			m->ref);
	/* also what the core did not tell: a pause that was asked for, and the truth for the page after each of
	 * its words */
	app_keep_line(app, ag);
	app_agent_show(app, ag);
}

bool app_agent_logout(struct app *app, struct app_agent *ag)
{
	if (app_stop_now(app, ag) == ACD_REFUSED)
		return false;
	ag->seat = 0;
	ag->has_ended = false;
	ag->home.has_two_factors = false;
	app_home_begin(app, ag);
	app_session_drop(app, ag->cfg.id);
	if (ag->conn)
		app->ports.page_close(
			app->ports.arg, ag->conn, CLOSE_SESSION_ENDED, "logged out");
	return true;
}

/* False: its far side would hear nothing of it. A browser's line may, as its offer had it; the relay knows. */
static bool understands_keys(const struct app_call *call)
{
	if (call->kind == STORE_CALL_WEB)
		return true;
	for (size_t i = 0; i < call->n_codecs; i++)
		if (call->codecs[i].id == SDESC_CODEC_DTMF)
			return true;
	return false;
}

/* A key for the caller's side, which may be a machine; nothing of it is kept [N1]. */
static void press(struct app *app, struct app_agent *ag, const struct desk_msg *m)
{
	struct app_call *call = map_find(&app->call_by_id, m->call);
	union rp_any key = { 0 };
	const char *code = NULL;

	key.key.key = m->digit;
	if (!call || call->agent != ag->cfg.id || !call->is_talking || call->is_moving)
		code = "not_now";
	else if (!understands_keys(call) || app_leg_send(app, &call->leg, &key, RP_KEY))
		code = "no_keys";
	if (code)
		app->ports.page_error(app->ports.arg, ag->conn, code, m->ref);
}

static void logout(struct app *app, struct app_page *page)
{
	if (!app_agent_logout(app, page->agent))
		app->ports.page_error(app->ports.arg, page->conn, "not_now", "");
}

void app_agent_message(struct app *app, struct app_page *page, const struct desk_msg *m)
{
	struct app_agent *ag = page->agent;

	if (m->type == DESK_HELLO) {
		hello(app, page, m);
		return;
	}
	if (ag->conn != page->conn) {
		/* before its hello, or a tab that was taken over and does not know it yet */
		app->ports.page_error(app->ports.arg, page->conn, "no_hello", m->ref);
		return;
	}
	if (app_home_message(app, ag, m))
		return;
	for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
		if (moves[i].msg == m->type) {
			move(app, ag, i, m);
			return;
		}
	switch (m->type) {
	case DESK_LINE_OFFER:
		app_line_offer(app, ag, m);
		app_turn_tell(app, ag);
		break;
	case DESK_LINE_CODEC: app_line_codec(app, ag, m); break;
	case DESK_SHIFT_END: app_stop_wish(app, ag, m); break;
	case DESK_LINE_TEST: app_line_test(app, ag, m->on, m->ref); break;
	case DESK_LINE_STATS: app_line_ask_stats(app, ag, m->ref); break;
	case DESK_TRANSFER: app_transfer(app, ag, m); break;
	case DESK_KEY: press(app, ag, m); break;
	case DESK_TARGETS: app_transfer_targets(app, ag, m); break;
	case DESK_DOOR_OPEN:
	case DESK_DOOR_END:
	case DESK_DOOR_BACK: app_door_command(app, ag, m); break;
	case DESK_LOGOUT: logout(app, page); break;
	default: app->ports.page_error(app->ports.arg, page->conn, "not_here", m->ref);
	}
}
