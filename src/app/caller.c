/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * caller -- the caller page: a browser line that arrives in a queue like any call.  Part of app.
 *
 * Anybody who has the page may call, so a house says who: with a token of its own site (caller_token.h), so many at once
 * and in a minute from one address, so many in all.  Of an address a number is compared, which says nothing of it, is in
 * memory alone and in no log.  The page's language leads to a queue, or else a menu asks for a key.
 */
#include "app/priv.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
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

/* Where a call leads; with a menu, the queue of who chooses nothing there. */
struct way {
	uint32_t queue;
	uint8_t menu; /* 0: straight to the queue */
};

static struct way way_of(const struct app *app, const struct desk_msg *m)
{
	const struct app_caller_config *cfg = &app->cfg.caller;

	for (size_t i = 0; m->language && i < cfg->n_languages; i++)
		if (strcmp(cfg->by_language[i].language, m->language) == 0)
			return (struct way){ cfg->by_language[i].queue, 0 };
	return (struct way){ app->cfg.caller_page_queue, cfg->menu };
}

static const char *door(const struct app *app, struct way way)
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
	return words[way.menu ? app_menu_admits(app, way.menu)
			      : acd_admits(&app->acd, way.queue)];
}

/* Calls that came from here: a talk lasts longer than any count of tries. */
static const char *crowd(const struct app *app, uint64_t from)
{
	const struct app_caller_config *cfg = &app->cfg.caller;
	unsigned here = 0, all = 0;

	list_each(it, &app->calls)
	{
		const struct app_call *c = list_entry(it, struct app_call, node);

		all += c->kind == STORE_CALL_WEB;
		here += c->kind == STORE_CALL_WEB && c->from == from;
	}
	if (cfg->per_address && here >= cfg->per_address)
		return "too_many";
	return cfg->most && all >= cfg->most ? "busy" : NULL;
}

static const char *token(struct app *app, const struct desk_msg *m)
{
	static const char *const words[] = {
		[CALLER_TOKEN_GOOD] = NULL,
		[CALLER_TOKEN_BAD] = "token_bad",
		[CALLER_TOKEN_EXPIRED] = "token_expired",
		[CALLER_TOKEN_USED] = "token_used",
	};

	return app->caller_tokens ? words[caller_token_use(app->caller_tokens, m->token,
					    app->ports.wall_ms(app->ports.arg) / 1000)]
				  : NULL;
}

/* Why it may not call, or NULL. What costs nothing comes first, and a token is used up last. */
static const char *refusal(
	struct app *app, uint64_t from, struct way way, const struct desk_msg *m)
{
	const char *why;

	if (app->cfg.caller.per_minute &&
		!tries_take(&app->tries_caller, from, app_now_ms(app)))
		return "too_often";
	why = crowd(app, from);
	if (!why)
		why = door(app, way);
	return why ? why : token(app, m);
}

int app_caller_make_leg(struct app *app, struct app_call *call)
{
	union rp_any cmd = { 0 };
	int err = app_line_command(&cmd.leg_web, call->offer, true);

	return err ? err
		   : app_leg_make(app, &call->leg, LEG_OF_CALL, call, &cmd, RP_LEG_WEB);
}

void app_caller_no_relay(struct app *app, struct app_call *call)
{
	app_call_end(app, call, "failed");
}

static void start(
	struct app *app, struct app_page *page, struct way way, const struct desk_msg *m)
{
	union rp_any cmd = { 0 };
	struct app_call *c;
	int err;

	if (app_line_command(&cmd.leg_web, m->sdp, true)) {
		app->ports.page_error(app->ports.arg, page->conn, "bad_sdp", m->ref);
		return;
	}
	c = app_call_new(app, STORE_CALL_WEB, way.queue);
	if (!c) {
		show_refusal(app, page->conn, "failed");
		return;
	}
	page->call = c;
	c->menu = way.menu;
	c->conn = page->conn;
	c->from = page->from;
	c->offer = strdup(m->sdp);
	(void)text_copy(c->ref, sizeof c->ref, m->ref);
	err = c->offer ? app_caller_make_leg(app, c) : ENOMEM;
	if (err && err != EAGAIN) {
		app_call_end(app, c, "failed");
		return;
	}
	if (err)
		app_call_await_relay(app, c);
	app_call_show(app, c);
}

static void call(struct app *app, struct app_page *page, const struct desk_msg *m)
{
	struct way way = way_of(app, m);
	const char *why;

	if (page->call) {
		app->ports.page_error(app->ports.arg, page->conn, "not_now", m->ref);
		return;
	}
	why = refusal(app, page->from, way, m);
	if (!why) {
		start(app, page, way, m);
		return;
	}
	log_info("a call from the caller page was refused: %s", why);
	show_refusal(app, page->conn, why);
}

/* Its place may be another since; it asks every few seconds. */
static void place(struct app *app, struct app_page *page, const struct desk_msg *m)
{
	if (!page->call)
		app->ports.page_error(app->ports.arg, page->conn, "not_now", m->ref);
	else if (page->place_ms && app_now_ms(app) < page->place_ms + TARGETS_MS)
		app->ports.page_error(app->ports.arg, page->conn, "too_soon", m->ref);
	else {
		page->place_ms = app_now_ms(app);
		app_call_show(app, page->call);
	}
}

void app_caller_fill_place(
	const struct app *app, const struct app_call *c, struct desk_caller_view *v)
{
	struct acd_outlook outlook;
	struct announce a;

	if (v->state != DESK_CALL_WAITING || !acd_outlook(&app->acd, c->id, &outlook))
		return;
	a = announce_of(&outlook, ANNOUNCE_NOTHING);
	v->place = a.position;
	v->wait = announce_wait_word(a.wait);
}

void app_caller_leg_made(struct app *app, struct app_call *c)
{
	char sdp[DESK_SDP_MAX];
	struct desk_line_answer a = { .sdp = sdp, .ref = c->ref };

	if (app_line_answer(app, &c->leg, c->offer, 1, sdp, sizeof sdp)) {
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
	case DESK_PLACE: place(app, page, m); break;
	case DESK_HANGUP:
		if (page->call)
			app_call_end(app, page->call, "caller_hung_up");
		break;
	default: app->ports.page_error(app->ports.arg, page->conn, "not_here", m->ref);
	}
}
