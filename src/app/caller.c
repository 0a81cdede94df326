/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * caller -- the demo's caller page: a browser line that arrives in a queue like any call.  Part of app.
 */
#include "app/priv.h"

#include <string.h>

#include "base/text.h"

static void connect_too_late(struct app *app, void *owner)
{
	app_call_end(app, owner, "no_connection");
}

static void show_refusal(struct app *app, uint64_t conn, const char *why)
{
	struct desk_caller_view v = { .state = DESK_CALL_ENDED, .why = why, .queue = "" };

	app->ports.caller_view(app->ports.arg, conn, &v);
}

static const char *door(const struct app *app)
{
	static const char *const words[] = {
		[ACD_DONE] = NULL,
		[ACD_REFUSED] = "failed",
		[ACD_UNKNOWN] = "failed",
		[ACD_QUEUE_FULL] = "queue_full",
		[ACD_NO_AGENT] = "no_agent",
		[ACD_LIMIT] = "queue_full",
		[ACD_CLOSED] = "closed",
	};

	if (app->is_stopping || !app->ports.store_is_well(app->ports.arg))
		return "failed";
	return words[acd_admits(&app->acd, app->cfg.caller_page_queue)];
}

static void call(struct app *app, struct app_page *page, const struct desk_msg *m)
{
	union rp_any cmd = { 0 };
	const char *why = door(app);
	struct app_call *c;

	if (page->call) {
		app->ports.page_error(app->ports.arg, page->conn, "not_now", m->ref);
		return;
	}
	if (app_line_command(&cmd.leg_web, m->sdp, true)) {
		app->ports.page_error(app->ports.arg, page->conn, "bad_sdp", m->ref);
		return;
	}
	c = why ? NULL : app_call_new(app, STORE_CALL_WEB, app->cfg.caller_page_queue);
	if (!c) {
		show_refusal(app, page->conn, why ? why : "failed");
		return;
	}
	page->call = c;
	c->conn = page->conn;
	c->offer = strdup(m->sdp);
	(void)text_copy(c->ref, sizeof c->ref, m->ref);
	if (!c->offer || app_leg_make(app, &c->leg, LEG_OF_CALL, c, &cmd, RP_LEG_WEB))
		app_call_end(app, c, "failed");
	else
		app_call_show(app, c);
}

void app_caller_leg_made(struct app *app, struct app_call *c)
{
	char sdp[DESK_SDP_MAX];
	struct desk_line_answer a = { .sdp = sdp, .ref = c->ref };

	if (app_line_answer(app, &c->leg, c->offer, sdp, sizeof sdp)) {
		app_call_end(app, c, "failed");
		return;
	}
	app_timer_set(app, &c->timer, CALLER_CONNECT_MS, connect_too_late, c);
	app->ports.line_answer(app->ports.arg, c->conn, &a);
}

void app_caller_message(struct app *app, struct app_page *page, const struct desk_msg *m)
{
	struct desk_caller_view v = { .state = DESK_CALL_NONE, .why = "", .queue = "" };

	switch (m->type) {
	case DESK_HELLO:
		v.queue = app->queues[app->cfg.caller_page_queue].name;
		app->ports.caller_view(app->ports.arg, page->conn, &v);
		break;
	case DESK_CALL: call(app, page, m); break;
	case DESK_HANGUP:
		if (page->call)
			app_call_end(app, page->call, "caller_hung_up");
		break;
	default: app->ports.page_error(app->ports.arg, page->conn, "not_here", m->ref);
	}
}
