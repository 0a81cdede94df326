/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* api -- which routes there are, who may take them, and their way to the records and back; see api.h. */
#include "app/api.h"

#include <stdlib.h>
#include <string.h>

#include "app/api_paper.h"
#include "app/own.h"
#include "app/people_api.h"
#include "app/priv.h"
#include "app/week.h"
#include "base/log.h"
#include "base/text.h"

#define JSON_TYPE "application/json"

void api_answer_json(struct web_answer *out, unsigned status, json_t *j)
{
	char *text = j ? json_dumps(j, JSON_COMPACT) : NULL;

	json_decref(j);
	free(out->body);
	*out = (struct web_answer){ .status = text ? status : 500,
		.type = JSON_TYPE,
		.body = text,
		.n = text ? strlen(text) : 0 };
}

void api_answer_error(struct web_answer *out, unsigned status, const char *code)
{
	api_answer_json(out, status, json_pack("{s:s}", "error", code));
}

json_t *api_body(const struct api_ask *ask, struct web_answer *out)
{
	json_t *j = json_loadb(ask->body, ask->n, JSON_REJECT_DUPLICATES, NULL);

	if (json_is_object(j))
		return j;
	json_decref(j);
	api_answer_error(out, 400, "bad_message");
	return NULL;
}

static json_t *role_words(unsigned roles)
{
	json_t *words = json_array();

	for (unsigned i = 0; i < STORE_ROLES_N; i++)
		if (roles & 1u << i)
			json_array_append_new(words, json_string(store_role_word(i)));
	return words;
}

/* Who is logged in here. */
static unsigned prepare_me(struct app *app, struct api_ask *ask)
{
	const struct app_agent *ag = app_agent_find(app, ask->agent);

	ask->known = json_pack("{s:I, s:s, s:s, s:o}", "id", (json_int_t)ag->cfg.id,
		"login", ag->cfg.login, "name", ag->cfg.name, "roles",
		role_words(ag->cfg.roles));
	return 0;
}

#define LEADS (STORE_ROLE_LEAD | STORE_ROLE_ADMIN)
/* Of the week plans: who may, and whether it is a POST and writes. */
#define WEEK(name_, roles_, is_post_, writes_, run_)                            \
	{                                                                       \
		.name = (name_), .roles = (roles_), .is_post = (is_post_),      \
		.writes = (writes_), .prepare = app_week_prepare, .run = (run_) \
	}

#define ADMIN    STORE_ROLE_ADMIN
#define OFFICERS (STORE_ROLE_OFFICER | STORE_ROLE_ADMIN)

/* Of two names that fit a path the first counts. */
static const struct api_route routes[] = {
	{ .name = "me", .roles = STORE_ROLES, .prepare = prepare_me },
	{ .name = "board", .roles = STORE_ROLES, .prepare = api_board },
	{ .name = "pulse",
		.roles = STORE_ROLES,
		.prepare = api_pulse_known,
		.run = api_pulse_read },
	{ .is_post = true,
		.name = "pulse",
		.roles = STORE_ROLES,
		.prepare = api_pulse_asked,
		.run = api_pulse_check,
		.then = api_pulse_take },
	{ .name = "own", .roles = STORE_ROLES, .prepare = own_prepare, .run = own_run },
	{ .is_post = true,
		.name = "configuration/read",
		.roles = ADMIN,
		.prepare = api_configuration_read },
	{ .name = "configuration", .roles = ADMIN, .prepare = api_configuration },
	{ .name = "people", .roles = ADMIN, .run = people_api_list },
	{ true, "people-preview", ADMIN, .prepare = people_api_prepare,
		.run = people_api_preview },
	{ true, "people-import", ADMIN, true, people_api_prepare, people_api_import },
	{ true, "people-invite", ADMIN, true, people_api_prepare, people_api_invite },
	{ true, "people-leave", ADMIN, true, people_api_prepare, people_api_leave },
	{ .name = "approvals",
		.roles = ADMIN | STORE_ROLE_OFFICER | STORE_ROLE_STAFF,
		.run = approvals_api_list },
	{ true, "approvals-code", ADMIN, true, people_api_prepare, approvals_api_code },
	{ true, "approvals-enrol", STORE_ROLE_STAFF, true, .run = approvals_api_enrol },
	{ true, "approvals-sign", STORE_ROLE_STAFF, true, .run = approvals_api_sign },
	{ true, "approvals-withdraw", STORE_ROLE_STAFF, true,
		.run = approvals_api_withdraw },
	{ true, "approvals-consult", ADMIN, true, .run = approvals_api_consult },
	WEEK("week/all", LEADS, false, false, app_week_all),
	WEEK("week/check", STORE_ROLE_AGENT | LEADS, true, false, app_week_check),
	WEEK("week/save", STORE_ROLE_AGENT | LEADS, true, true, app_week_save),
	WEEK("week/today", STORE_ROLE_AGENT, true, true, app_week_today),
	WEEK("week/swap", STORE_ROLE_AGENT, true, true, app_week_swap),
	WEEK("week/take", STORE_ROLE_AGENT, true, true, app_week_take),
	WEEK("week/drop", STORE_ROLE_AGENT, true, true, app_week_drop),
	WEEK("week/wish", STORE_ROLE_AGENT, true, true, app_week_wish),
	WEEK("week/feed", STORE_ROLE_AGENT, true, true, app_week_feed),
	WEEK("week/way", STORE_ROLE_AGENT, true, true, app_week_way),
	WEEK("week", STORE_ROLE_AGENT | LEADS, false, false, app_week_get),
	{ .name = "ical",
		.is_open = true,
		.prepare = app_week_prepare,
		.run = app_week_ical },
	{ .name = "agreement/pdf",
		.roles = STORE_ROLES,
		.prepare = api_paper_prepare,
		.run = api_paper_get },
	{ .name = "devices", .roles = STORE_ROLES, .prepare = api_devices_prepare },
	{ .is_post = true,
		.name = "devices/revoke",
		.roles = STORE_ROLES,
		.writes = true,
		.run = api_devices_revoke,
		.then = api_devices_revoked },
	{ .name = "ledger",
		.roles = OFFICERS,
		.prepare = api_paper_prepare,
		.run = api_ledger_get },
	{ .is_post = true,
		.name = "ledger/acknowledge",
		.roles = OFFICERS,
		.writes = true,
		.prepare = api_paper_prepare,
		.run = api_ledger_acknowledge },
};

const struct api_route *api_routes(size_t *n)
{
	*n = sizeof routes / sizeof *routes;
	return routes;
}

/* A question on its way. */
struct errand {
	struct app *app;
	uint64_t request;
	struct api_ask ask;
	struct web_answer out;
};

static void errand_free(void *arg)
{
	struct errand *e = arg;

	if (!e)
		return;
	free(e->ask.rest);
	free(e->ask.body);
	free(e->ask.known);
	free(e->out.body);
	free(e);
}

static const struct api_route *find_route(const struct web_ask *ask, bool *is_known)
{
	*is_known = false;
	for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
		size_t n = strlen(routes[i].name);

		if (strncmp(ask->path, routes[i].name, n) != 0 ||
			(ask->path[n] && ask->path[n] != '/'))
			continue;
		*is_known = true;
		if (routes[i].is_post == ask->is_post)
			return &routes[i];
	}
	return NULL;
}

static struct errand *errand_new(
	struct app *app, const struct web_ask *ask, const struct api_route *route)
{
	const struct app_agent *ag = app_agent_find(app, ask->agent);
	const char *rest = ask->path + strlen(route->name);
	struct errand *e = calloc(1, sizeof *e);

	if (!e)
		return NULL;
	e->app = app;
	e->request = ask->request;
	e->ask = (struct api_ask){ .agent = ask->agent,
		.session = ask->session,
		.roles = ag ? ag->cfg.roles : 0,
		.wall_ms = app->ports.wall_ms(app->ports.arg),
		.rest = strdup(*rest ? rest + 1 : ""),
		.body = malloc(ask->n + 1),
		.n = ask->n,
		.route = route };
	if (!e->ask.rest || !e->ask.body) {
		errand_free(e);
		return NULL;
	}
	memcpy(e->ask.body, ask->body, ask->n);
	e->ask.body[ask->n] = 0;
	return e;
}

/* Takes e over. */
static void finish(struct errand *e)
{
	struct app_ports *p = &e->app->ports;

	p->api_done(p->arg, e->request, &e->out);
	e->out.body = NULL; /* handed over */
	errand_free(e);
}

static void refuse(struct app *app, uint64_t request, unsigned status)
{
	app->ports.api_done(
		app->ports.arg, request, &(struct web_answer){ .status = status });
}

/* On a thread of the store. */
static int run(struct sqlite3 *db, void *arg)
{
	struct errand *e = arg;

	free(e->out.body);
	e->out = (struct web_answer){ 0 };
	return e->ask.route->run(db, &e->ask, &e->out);
}

static void done(void *arg, int err)
{
	struct errand *e = arg;
	const struct api_route *route = e->ask.route;

	app_clock(e->app);
	if (err && !e->out.status) {
		log_warn("what a page asked at /api/%s failed: %s", route->name,
			strerror(err));
		api_answer_error(&e->out, 500, "no_records");
	}
	if (!err && route->then)
		route->then(e->app, &e->ask, &e->out);
	finish(e);
}

/* What needs no records. */
static void answer_known(struct errand *e)
{
	json_t *j = e->ask.known;

	e->ask.known = NULL;
	api_answer_json(&e->out, 200, j);
	finish(e);
}

void app_api(struct app *app, const struct web_ask *ask)
{
	bool is_known;
	const struct api_route *route = find_route(ask, &is_known);
	struct errand *e;
	unsigned status;

	app_clock(app);
	if (!route) {
		refuse(app, ask->request, is_known ? 405 : 404);
		return;
	}
	e = errand_new(app, ask, route);
	status = !e                                                 ? 503
		: !route->is_open && !(e->ask.roles & route->roles) ? 403
		: route->prepare ? route->prepare(app, &e->ask)
				 : 0;
	if (status) {
		refuse(app, ask->request, status);
		errand_free(e);
		return;
	}
	if (!route->run) {
		answer_known(e);
		return;
	}
	if (app->ports.store_ask(app->ports.arg,
		    &(struct store_job){ route->writes, run, done, errand_free, e })) {
		refuse(app, ask->request, 503);
		errand_free(e);
	}
}
