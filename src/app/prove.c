/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* prove -- see prove.h. */
#include "app/prove.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "app/device.h"
#include "app/sign_on.h"
#include "base/base64.h"
#include "base/log.h"
#include "base/text.h"

#define JSON_TYPE "application/json"

/* --- what is known of credentials --- */

static struct store_credentials *all(const struct app *app)
{
	return app->credentials;
}

struct store_credential *prove_find(
	struct app *app, uint64_t agent, enum store_credential_kind kind)
{
	for (size_t i = 0; i < all(app)->n; i++)
		if (all(app)->v[i].agent == agent && all(app)->v[i].kind == kind)
			return &all(app)->v[i];
	return NULL;
}

struct store_credential *prove_find_passkey(struct app *app, struct slice id)
{
	for (size_t i = 0; i < all(app)->n; i++) {
		struct store_credential *c = &all(app)->v[i];

		if (c->kind == STORE_PASSKEY &&
			slice_eq(id, (struct slice){ c->id, c->n_id }))
			return c;
	}
	return NULL;
}

bool prove_has_second(struct app *app, uint64_t agent)
{
	return prove_find(app, agent, STORE_TOTP) ||
		prove_find(app, agent, STORE_PASSKEY);
}

/* What was written, in memory too; false: no room. */
static bool follow(struct app *app, const struct store_credential *c, bool drops)
{
	struct store_credentials *now = all(app);
	struct store_credential *more;
	size_t i = 0;

	while (i < now->n && !store_credential_is(&now->v[i], c))
		i++;
	if (drops) {
		if (i < now->n)
			now->v[i] = now->v[--now->n];
		return true;
	}
	if (i < now->n) {
		now->v[i] = *c;
		return true;
	}
	more = reallocarray(now->v, now->n + 1, sizeof *more);
	if (!more)
		return false;
	now->v = more;
	now->v[now->n++] = *c;
	return true;
}

/* What was used up since it was read stays used up. */
static void keep_counters(
	const struct store_credentials *old, struct store_credentials *fresh)
{
	for (size_t i = 0; old && i < old->n; i++)
		for (size_t k = 0; k < fresh->n; k++)
			if (store_credential_is(&old->v[i], &fresh->v[k]) &&
				fresh->v[k].counter < old->v[i].counter &&
				fresh->v[k].made_ms == old->v[i].made_ms)
				fresh->v[k].counter = old->v[i].counter;
}

/* An administrator took all of them away: whoever is in by them is out. */
void app_credentials(struct app *app, struct store_credentials *c)
{
	app_clock(app);
	keep_counters(app->credentials, c);
	for (size_t i = 0; i < app->n_sessions && app->credentials; i++) {
		const struct store_session *s = &app->sessions[i].s;
		bool had = s->agent && prove_has_second(app, s->agent), has = false;

		for (size_t k = 0; k < c->n; k++)
			has = has ||
				(c->v[k].agent == s->agent &&
					c->v[k].kind != STORE_PASSWORD);
		if (had && !has)
			app_session_drop(app, s->agent);
	}
	store_credentials_free(app->credentials);
	app->credentials = c;
}

struct store_credential prove_new(const struct proof *p, enum store_credential_kind kind)
{
	struct store_credential c = { .agent = p->agent, .kind = kind };

	c.made_ms = p->app->ports.wall_ms(p->app->ports.arg);
	prove_month(p, &c);
	return c;
}

void prove_month(const struct proof *p, struct store_credential *c)
{
	int64_t now_ms = p->app->ports.wall_ms(p->app->ports.arg);

	c->month_ms = now_ms - now_ms % STORE_CREDENTIAL_MONTH_MS;
}

/* --- reading a question --- */

const char *prove_text(const struct proof *p, const char *name)
{
	const char *v = json_string_value(json_object_get(p->body, name));

	return v ? v : "";
}

bool prove_bytes(const struct proof *p, const char *name, uint8_t *out, size_t cap,
	struct slice *s)
{
	const char *v = prove_text(p, name);
	size_t n = 0;

	if (base64_read(out, cap, &n, BASE64_URL, slice_str(v)) || n == 0)
		return false;
	*s = (struct slice){ out, n };
	return true;
}

/* --- answering --- */

void prove_free(void *arg)
{
	struct proof *p = arg;

	if (!p)
		return;
	json_decref(p->body);
	free(p->origin);
	free(p->form);
	if (p->work_there)
		oidc_forget(p->work_there);
	free(p->work_there);
	OPENSSL_cleanse(p, sizeof *p);
	free(p);
}

void prove_send(struct proof *p, struct web_answer *a, json_t *j)
{
	struct app_ports *ports = &p->app->ports;

	a->type = JSON_TYPE;
	a->body = j ? json_dumps(j, JSON_COMPACT) : NULL;
	a->n = a->body ? strlen(a->body) : 0;
	json_decref(j);
	ports->api_done(ports->arg, p->request, a);
	OPENSSL_cleanse(a->session, sizeof a->session);
	prove_free(p);
}

void prove_refuse(struct proof *p, unsigned status, const char *code)
{
	prove_send(p, &(struct web_answer){ .status = status },
		json_pack("{s:s}", "error", code));
}

void prove_wrong(struct proof *p, const char *code)
{
	log_warn("a proof of who one is was refused: %s", code);
	prove_send(p, &(struct web_answer){ .status = 403, .is_wrong = true },
		json_pack("{s:s}", "error", code));
}

void prove_answer(struct proof *p, json_t *j)
{
	prove_send(p, &(struct web_answer){ .status = 200 }, j ? j : json_object());
}

static const char *const second_words[] = {
	[STORE_TOTP] = "totp", [STORE_PASSKEY] = "passkey"
};

/* Those by which a session of one factor may become one of two. */
static json_t *seconds_of(struct app *app, uint64_t agent)
{
	json_t *words = json_array();

	for (unsigned k = STORE_TOTP; k <= STORE_PASSKEY; k++)
		if (prove_find(app, agent, (enum store_credential_kind)k))
			json_array_append_new(words, json_string(second_words[k]));
	return words;
}

void prove_let_in(struct proof *p)
{
	struct web_answer a = { .status = 200, .drops_sign_on = p->work_there != NULL };
	struct store_session s = { .agent = p->agent, .factors = (uint8_t)p->factors };

	if (p->work_there) {
		const struct sign_on_claims *c = &p->work_there->claims;

		sign_on_hash(p->app, c->subject, s.provider);
		if (*c->session)
			sign_on_hash(p->app, c->session, s.provider_session);
	}
	if (p->session)
		a.max_age_s = app_session_raise(p->app, p->session, a.session);
	else
		a.max_age_s = app_session_begin(p->app, &s, a.session);
	if (p->work_there)
		sign_on_began(p->app, a.session, p->work_there);
	if (a.max_age_s == 0) {
		prove_refuse(p, 401, "no_session");
		return;
	}
	device_make(p->app, p->agent, a.device);
	prove_send(p, &a,
		json_pack("{s:i, s:o}", "factors", (int)p->factors, "second",
			seconds_of(p->app, p->agent)));
}

bool prove_has_no_local(struct proof *p)
{
	const struct app_sign_on_config *s = p->app->cfg.sign_on;

	if (!s || s->has_passwords)
		return false;
	prove_refuse(p, 403, "sign_on_only");
	return true;
}

/* --- writing --- */

static int write_change(struct sqlite3 *db, void *arg)
{
	struct proof *p = arg;

	return p->drops ? credential_drop(db, &p->change)
			: credential_put(db, &p->change);
}

static void written(void *arg, int err)
{
	struct proof *p = arg;

	app_clock(p->app);
	if (!err && !follow(p->app, &p->change, p->drops))
		err = ENOMEM;
	if (err)
		prove_refuse(p, err == EEXIST ? 409 : 503,
			err == EEXIST ? "passkey_taken" : "no_records");
	else
		p->then(p);
}

void prove_write(struct proof *p, void (*then)(struct proof *p))
{
	struct store_job job = { true, write_change, written, prove_free, p };

	p->then = then;
	if (p->app->ports.store_ask(p->app->ports.arg, &job))
		prove_refuse(p, 503, "no_records");
}

static void just_answer(struct proof *p)
{
	prove_answer(p, NULL);
}

void prove_write_and_answer(struct proof *p, bool drops)
{
	p->drops = drops;
	prove_write(p, just_answer);
}

/* --- routes --- */

static json_t *passkeys_of(struct app *app, uint64_t agent)
{
	json_t *list = json_array();

	for (size_t i = 0; i < all(app)->n; i++) {
		const struct store_credential *c = &all(app)->v[i];
		char id[BASE64_SIZE(STORE_CREDENTIAL_ID_MAX) + 1];
		struct wbuf w = wbuf_of(id, sizeof id);

		if (c->agent != agent || c->kind != STORE_PASSKEY)
			continue;
		base64_write(&w, BASE64_URL, (struct slice){ c->id, c->n_id });
		wbuf_u8(&w, 0);
		json_array_append_new(list,
			json_pack("{s:s, s:s, s:I}", "id", id, "name", c->name, "made_ms",
				(json_int_t)c->made_ms));
	}
	return list;
}

/* All of one's own account. */
static void show(struct proof *p)
{
	struct app *app = p->app;
	const struct app_agent *ag = app_agent_find(app, p->agent);
	char rp[PASSKEY_RP_MAX] = "";

	(void)passkey_rp(rp, p->origin);
	prove_answer(p,
		json_pack("{s:s, s:s, s:i, s:b, s:b, s:b, s:s, s:o, s:o}", "login",
			ag->cfg.login, "name", ag->cfg.name, "factors", (int)p->factors,
			"always", app->cfg.two_factors_always, "password",
			prove_find(app, p->agent, STORE_PASSWORD) != NULL, "totp",
			prove_find(app, p->agent, STORE_TOTP) != NULL, "rp", rp,
			"passkeys", passkeys_of(app, p->agent), "sign_on",
			app->cfg.sign_on ? json_string(app->cfg.sign_on->name)
					 : json_null()));
}

/* Everywhere, and here. */
static void end_sessions(struct proof *p)
{
	struct app_agent *ag = app_agent_find(p->app, p->agent);

	if (app_agent_logout(p->app, ag))
		prove_answer(p, NULL);
	else
		prove_refuse(p, 409, "not_now");
}

static const struct route {
	const char *path;
	void (*run)(struct proof *p);
	bool needs_session;
	bool is_form; /* the body is one, and not JSON */
	bool changes; /* needs a session of two factors where the agent has a second one */
} routes[] = {
	{ "login/password", prove_password, false, false, false },
	{ "login/code", prove_code, true, false, false },
	{ "login/passkey/ask", prove_passkey_ask, false, false, false },
	{ "login/passkey", prove_passkey, false, false, false },
	{ "login/ways", prove_ways, false, false, false },
	{ "login/sign-on", prove_sign_on, false, false, false },
	{ "login/sign-on/back", prove_sign_on_back, false, false, false },
	{ "login/sign-on/leave", prove_sign_on_leave, false, false, false },
	{ "login/sign-on/out", prove_sign_on_out, false, true, false },
	{ "account/sign-on", prove_sign_on_link, true, false, true },
	{ "account/state", show, true, false, false },
	{ "account/password", prove_set_password, true, false, true },
	{ "account/code/draft", prove_code_draft, true, false, true },
	{ "account/code", prove_code_confirm, true, false, true },
	{ "account/code/remove", prove_code_remove, true, false, true },
	{ "account/passkey/draft", prove_passkey_draft, true, false, true },
	{ "account/passkey", prove_passkey_add, true, false, true },
	{ "account/passkey/remove", prove_passkey_remove, true, false, true },
	{ "account/device", prove_device, true, false, false },
	{ "account/end", end_sessions, true, false, false },
};

static const struct route *find_route(const char *path)
{
	for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
		if (strcmp(routes[i].path, path) == 0)
			return &routes[i];
	return NULL;
}

static struct proof *proof_new(
	struct app *app, const struct web_ask *ask, const struct route *route)
{
	const struct app_session *s = app_session_find(app, ask->session);
	struct proof *p = calloc(1, sizeof *p);

	if (!p)
		return NULL;
	*p = (struct proof){ .app = app,
		.request = ask->request,
		.session = s ? s->number : 0,
		.agent = s ? s->s.agent : 0,
		.factors = s ? s->s.factors : 0,
		.from = ask->from,
		.is_throttled = ask->is_throttled,
		.origin = strdup(ask->origin),
		.body = json_loadb(ask->body, ask->n, JSON_REJECT_DUPLICATES, NULL) };
	if (ask->device)
		(void)text_copy(p->device, sizeof p->device, ask->device);
	if (ask->sign_on)
		(void)text_copy(p->sign_on, sizeof p->sign_on, ask->sign_on);
	if (route && route->is_form)
		p->form = strndup(ask->body, ask->n);
	if (p->origin && (!route || !route->is_form || p->form))
		return p;
	prove_free(p);
	return NULL;
}

void app_prove(struct app *app, const struct web_ask *ask)
{
	const struct route *route = find_route(ask->path);
	struct proof *p;

	app_clock(app);
	p = proof_new(app, ask, route);
	if (!p) {
		app->ports.api_done(app->ports.arg, ask->request,
			&(struct web_answer){ .status = 503 });
		return;
	}
	if (!route)
		prove_refuse(p, 404, "unknown");
	else if (!route->is_form && !json_is_object(p->body))
		prove_refuse(p, 400, "bad_message");
	else if (route->needs_session && !p->session)
		prove_refuse(p, 401, "no_session");
	else if (route->changes && p->factors < 2 && prove_has_second(app, p->agent))
		prove_refuse(p, 403, "second_first");
	else
		route->run(p);
}
