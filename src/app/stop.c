/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * stop -- the end of a shift: now, or as soon as the talk is over, and for no reason [RULES N4].  Part of app.
 *
 * "I must stop for today" is one word of the desk in whatever state.  With it end the declaration, the door's
 * token and the line.  Nobody is cut off: a talk is finished first, or the caller is handed to its queue, where
 * it stands before all who came later.  The wish lives in memory and in the blob of the line, and it is recorded
 * nowhere.
 */
#include "app/priv.h"

static bool is_busy(enum acd_agent_state state)
{
	return state == ACD_AGENT_TALKING || state == ACD_AGENT_INTERRUPTED ||
		state == ACD_AGENT_HOLDING || state == ACD_AGENT_DIALLING;
}

enum acd_verdict app_stop_now(struct app *app, struct app_agent *ag)
{
	enum acd_verdict verdict = app_step(app,
		(struct acd_event){ .type = ACD_EV_AGENT_LEAVE, .agent = ag->cfg.id });

	if (verdict == ACD_REFUSED)
		return verdict;
	app_line_close(app, ag);
	ag->line.state = DESK_LINE_NONE;
	app_home_begin(app, ag);
	return verdict;
}

/* The wish is kept; the core takes it for one of a pause, so that nothing is offered in between. */
static const char *stop_after(struct app *app, struct app_agent *ag)
{
	if (app_step(app,
		    (struct acd_event){ .type = ACD_EV_AGENT_PAUSE,
			    .agent = ag->cfg.id }) != ACD_DONE)
		return "not_now";
	ag->stops = true;
	app_keep_line(app, ag);
	return NULL;
}

static const char *end_shift(struct app *app, struct app_agent *ag, bool hands_over)
{
	struct acd_agent_info info = { 0 };
	const char *code;

	(void)acd_agent(&app->acd, ag->cfg.id, &info); /* unknown: out */
	if (is_busy(info.state) && !hands_over)
		return stop_after(app, ag);
	code = is_busy(info.state) ? app_transfer_back(app, ag, info.call) : NULL;
	if (code)
		return code;
	return app_stop_now(app, ag) == ACD_DONE ? NULL : "not_now";
}

void app_stop_after(struct app *app, struct app_agent *ag)
{
	struct acd_agent_info info = { 0 };

	(void)acd_agent(&app->acd, ag->cfg.id, &info); /* unknown: out */
	if (is_busy(info.state))
		(void)stop_after(app, ag);
}

void app_stop_wish(struct app *app, struct app_agent *ag, const struct desk_msg *m)
{
	const char *code = end_shift(app, ag, m->on);

	if (code)
		app->ports.page_error(app->ports.arg, ag->conn, code, m->ref);
	app_agent_show(app, ag);
}

static void due(struct app *app, void *owner)
{
	struct app_agent *ag = owner;

	if (ag->stops && app_stop_now(app, ag) != ACD_REFUSED)
		app_agent_show(app, ag);
}

void app_stop_look(struct app *app, struct app_agent *ag)
{
	struct acd_agent_info info = { 0 };

	(void)acd_agent(&app->acd, ag->cfg.id, &info);
	if (info.state == ACD_AGENT_OUT)
		ag->stops = false;
	if (ag->stops && !is_busy(info.state))
		app_timer_set(app, &ag->stop, 0, due, ag);
	if (!is_busy(info.state))
		app_sign_on_look(app, ag);
}
