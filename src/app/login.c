/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * login -- one-time links become sessions; sessions and pages.  Part of app.
 *
 * Tokens are 32 random bytes in hexadecimal.  Only their SHA-256 is kept, in memory and in the records: who
 * reads those cannot log in.  (A plain hash is enough for a secret of full entropy.)
 */
#include "app/priv.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"

void app_token_hash(uint8_t hash[STORE_HASH_SIZE], const char *token)
{
	if (!EVP_Digest(token, strlen(token), hash, NULL, EVP_sha256(), NULL))
		abort(); /* OpenSSL without SHA-256 or memory: nobody could be told apart */
}

void app_login(struct app *app, uint64_t request, const char *token)
{
	uint8_t hash[STORE_HASH_SIZE];

	app_clock(app);
	app_token_hash(hash, token);
	if (app->ports.store_use_link(
		    app->ports.arg, hash, app->ports.wall_ms(app->ports.arg), request))
		app->ports.login_done(app->ports.arg, request, NULL, 0);
}

static bool is_live(const struct app *app, const struct app_session *s)
{
	return s->s.agent && s->s.expires_ms > app->ports.wall_ms(app->ports.arg);
}

/* A free or dead place, or the one that ends soonest. */
static struct app_session *session_place(struct app *app)
{
	struct app_session *oldest = &app->sessions[0];

	for (size_t i = 0; i < app->n_sessions; i++) {
		if (!is_live(app, &app->sessions[i]))
			return &app->sessions[i];
		if (app->sessions[i].s.expires_ms < oldest->s.expires_ms)
			oldest = &app->sessions[i];
	}
	return app->n_sessions < SESSIONS_MAX ? &app->sessions[app->n_sessions++]
					      : oldest;
}

/* What it owns, and that it ever was. */
static void forget(struct app_session *s)
{
	if (s->more)
		OPENSSL_cleanse(s->more, strlen(s->more));
	free(s->more);
	OPENSSL_cleanse(s, sizeof *s);
}

static void put_session(struct app *app, const struct store_session *s)
{
	struct app_session *place = session_place(app);

	forget(place);
	*place = (struct app_session){
		.number = ++app->session_serial, .s = *s, .until_ms = s->expires_ms
	};
}

void app_load_session(struct app *app, const struct store_session *s)
{
	if (!map_find(&app->agent_by_id, s->agent))
		return;
	put_session(app, s);
	app_sign_on_watch(app);
}

/* A new token, and its hash into s. */
static void draw_token(struct app *app, struct store_session *s, char token[65])
{
	uint8_t secret[32];

	app->ports.random(app->ports.arg, secret, sizeof secret);
	text_hex(token, 65, secret, sizeof secret);
	app_token_hash(s->hash, token);
	OPENSSL_cleanse(secret, sizeof secret);
}

static void record_session(struct app *app, const struct store_session *s)
{
	if (app->ports.store_add_session(app->ports.arg, s))
		log_warn("a session will not outlive this process: the records are full");
}

/* So long it lives without another's word. */
static int64_t life_ms(const struct app *app, const struct store_session *s)
{
	static const uint8_t nobody[STORE_HASH_SIZE];
	int64_t all_ms = (int64_t)app->cfg.session_s * 1000;

	return app->cfg.sign_on && memcmp(s->provider, nobody, sizeof nobody) != 0 &&
			app->cfg.sign_on->unchecked_ms < all_ms
		? app->cfg.sign_on->unchecked_ms
		: all_ms;
}

uint32_t app_session_begin(
	struct app *app, const struct store_session *as, char token[65])
{
	struct store_session s = *as;
	int64_t now_ms = app->ports.wall_ms(app->ports.arg);

	draw_token(app, &s, token);
	s.expires_ms = now_ms + life_ms(app, &s);
	put_session(app, &s);
	app_session_find(app, app->session_serial)->until_ms = now_ms +
		(int64_t)app->cfg.session_s * 1000;
	record_session(app, &s);
	return app->cfg.session_s;
}

/* Another token, so that one that somebody saw before is worth nothing more. */
uint32_t app_session_raise(struct app *app, uint64_t number, char token[65])
{
	struct app_session *s = app_session_find(app, number);
	uint8_t old[STORE_HASH_SIZE];
	struct app_agent *ag;

	if (!s)
		return 0;
	memcpy(old, s->s.hash, sizeof old);
	draw_token(app, &s->s, token);
	s->s.factors = 2;
	record_session(app, &s->s);
	(void)app->ports.store_drop_session(app->ports.arg, old);
	ag = app_agent_find(app, s->s.agent);
	if (ag && ag->session == number)
		app_home_session(app, ag);
	return (uint32_t)((s->s.expires_ms - app->ports.wall_ms(app->ports.arg)) / 1000 +
		1);
}

void app_link_used(struct app *app, uint64_t request, int err, uint64_t agent)
{
	char token[65];

	app_clock(app);
	if (err || !app_people_may_enter(app, agent)) {
		log_warn("a login link was refused: unknown, used or expired");
		app->ports.login_done(app->ports.arg, request, NULL, 0);
		return;
	}
	/* somebody handed it over: one factor [RULES T4] */
	(void)app_session_begin(
		app, &(struct store_session){ .agent = agent, .factors = 1 }, token);
	app->ports.login_done(app->ports.arg, request, token, app->cfg.session_s);
	OPENSSL_cleanse(token, sizeof token);
}

static const struct app_session *by_token(struct app *app, const char *token)
{
	uint8_t hash[STORE_HASH_SIZE];

	app_token_hash(hash, token);
	for (size_t i = 0; i < app->n_sessions; i++)
		if (is_live(app, &app->sessions[i]) &&
			CRYPTO_memcmp(hash, app->sessions[i].s.hash, sizeof hash) == 0)
			return &app->sessions[i];
	return NULL;
}

uint64_t app_session(struct app *app, const char *token)
{
	const struct app_session *s = by_token(app, token);

	return s ? s->s.agent : 0;
}

uint64_t app_session_number(struct app *app, const char *token)
{
	const struct app_session *s = by_token(app, token);

	return s ? s->number : 0;
}

struct app_session *app_session_find(struct app *app, uint64_t number)
{
	for (size_t i = 0; number && i < app->n_sessions; i++)
		if (app->sessions[i].number == number && is_live(app, &app->sessions[i]))
			return &app->sessions[i];
	return NULL;
}

void app_session_end(struct app *app, struct app_session *s)
{
	/* expired ones are cleared by the store itself in time, should this one not fit */
	(void)app->ports.store_drop_session(app->ports.arg, s->s.hash);
	forget(s);
}

void app_sessions_free(struct app *app)
{
	for (size_t i = 0; app->sessions && i < app->n_sessions; i++)
		forget(&app->sessions[i]);
	free(app->sessions);
}

void app_session_drop(struct app *app, uint64_t agent)
{
	for (size_t i = 0; i < app->n_sessions; i++)
		if (app->sessions[i].s.agent == agent)
			app_session_end(app, &app->sessions[i]);
}

void app_page_opened(struct app *app, uint64_t conn, uint64_t agent, uint64_t session)
{
	struct app_page *page = calloc(1, sizeof *page);

	app_clock(app);
	if (!page || map_put(&app->page_by_conn, conn, page)) {
		free(page);
		app->ports.page_close(app->ports.arg, conn, CLOSE_PROTOCOL, "no room");
		return;
	}
	page->conn = conn;
	page->session = agent ? session : 0;
	page->from = agent ? 0 : session;
	page->agent = agent ? app_agent_find(app, agent) : NULL;
}

void app_page_message(struct app *app, uint64_t conn, const struct desk_msg *m)
{
	struct app_page *page = map_find(&app->page_by_conn, conn);

	app_clock(app);
	if (!page)
		return;
	if (m->type == DESK_HELLO && m->protocol != DESK_PROTOCOL)
		app->ports.page_close(
			app->ports.arg, conn, CLOSE_PROTOCOL, "another protocol");
	else if (page->is_door)
		app_door_message(app, page, m);
	else if (page->agent)
		app_agent_message(app, page, m);
	else
		app_caller_message(app, page, m);
}

void app_page_bad_message(struct app *app, uint64_t conn, int err)
{
	app_clock(app);
	log_warn("a page sent a message that is none: %s", strerror(err));
	app->ports.page_error(app->ports.arg, conn, "bad_message", "");
}

void app_page_closed(struct app *app, uint64_t conn)
{
	struct app_page *page = map_drop(&app->page_by_conn, conn);

	app_clock(app);
	if (!page)
		return;
	if (page->is_door)
		app_door_closed(app, page);
	else if (page->agent && page->agent->conn == conn)
		app_agent_desk_closed(app, page->agent);
	if (page->call) {
		page->call->conn = 0;
		app_call_end(app, page->call, "caller_hung_up");
	}
	free(page);
}
