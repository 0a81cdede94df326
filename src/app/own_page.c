/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * own_page -- GET /api/own: everything held about who asks, and nobody else may ask for it [RULES N6].  Part of app.
 *
 * What memory holds is taken on the loop, the rows are read on the reader's thread, of one moment.  /api/own/file is
 * the same, to be saved.
 */
#include "app/own.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/priv.h"
#include "base/ids.h"
#include "base/text.h"

static const char *const states[] = {
	[DESK_STATE_OUT] = "out",
	[DESK_STATE_AWAY] = "away",
	[DESK_STATE_READY] = "ready",
	[DESK_STATE_OFFERED] = "offered",
	[DESK_STATE_TALKING] = "talking",
	[DESK_STATE_INTERRUPTED] = "interrupted",
	[DESK_STATE_WRAPUP] = "wrapup",
	[DESK_STATE_PAUSE] = "pause",
	[DESK_STATE_WORK] = "work",
};

/* What memory holds of an agent. Ages in ms; -1: there is no such thing. */
struct own_now {
	struct store_agent agent;
	enum desk_state state;
	int64_t since_ms, declared_ms;
	uint64_t call; /* 0: none */
	bool at_home, desk, line, door;
};

unsigned own_prepare(struct app *app, struct api_ask *ask)
{
	const struct app_agent *ag = app_agent_find(app, ask->agent);
	struct acd_agent_info info = { .since_ms = app_now_ms(app) };
	struct own_now *n = calloc(1, sizeof *n);
	const struct home_shift *shift = &ag->home.shift;

	if (!n)
		return 503;
	(void)acd_agent(&app->acd, ag->cfg.id, &info); /* unknown: no shift */
	n->agent.id = ag->cfg.id;
	(void)text_copy(n->agent.login, sizeof n->agent.login, ag->cfg.login);
	(void)text_copy(n->agent.name, sizeof n->agent.name, ag->cfg.name);
	n->state = app_agent_state(app, ag);
	n->since_ms = app_now_ms(app) - info.since_ms;
	n->declared_ms = shift->declaration.is_made
		? app_now_ms(app) - shift->declaration.at_ms
		: -1;
	n->call = info.call;
	n->at_home = shift->at_home;
	n->desk = ag->conn != 0;
	n->line = ag->line.state != DESK_LINE_NONE;
	n->door = ag->door.is_on;
	ask->known = n;
	return 0;
}

static json_t *age_json(int64_t ms)
{
	return ms < 0 ? json_null() : json_integer((json_int_t)ms);
}

static json_t *now_json(const struct own_now *n)
{
	char call[IDS_TEXT_SIZE];

	ids_text(call, n->call);
	return json_pack("{s:s, s:o, s:s, s:o, s:o, s:b, s:b, s:b}", "state",
		states[n->state], "since_ms", age_json(n->since_ms), "workplace",
		n->at_home ? "home" : "office", "declared_since_ms",
		age_json(n->declared_ms), "call",
		n->call ? json_string(call) : json_null(), "desk", n->desk, "line",
		n->line, "door", n->door);
}

int own_run(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out)
{
	const struct own_now *n = ask->known;
	struct own_export x = { 0 };
	json_t *now = NULL;
	int err = own_export_begin(&x, &n->agent, ask->wall_ms);

	if (!err)
		err = own_read(db, ask->agent, own_export_row, &x);
	if (!err && !(now = now_json(n)))
		err = ENOMEM;
	if (!err && json_object_set_new(x.root, "now", now))
		err = ENOMEM;
	if (!err) {
		api_answer_json(out, 200, own_export_end(&x));
		if (strcmp(ask->rest, "file") == 0)
			err = text_format(
				out->file, sizeof out->file, "heimamt-own-data.json");
	}
	own_export_close(&x);
	return err;
}
