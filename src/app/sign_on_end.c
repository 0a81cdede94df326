/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * sign_on_end -- the way out; see sign_on.h.
 *
 * Somebody who came by the provider is out when it says so by itself (Back-Channel Logout 1.0), when it confirms the
 * person no more, or when it gives no role any more.  It is asked by a refresh token and not by sending the browser
 * there again: a desk that leaves its page loses its line, and with it a caller.  Refresh tokens are in memory alone; a
 * provider that gives none, one that is away, and a centre that was started anew leave a session until it was
 * unconfirmed for too long (`unchecked`), which no session outlives.
 *
 * The session ends at once, and so do its pages.  A talk is finished first, for the caller never pays: its page stays
 * for that talk and gets no other.
 */
#include "app/sign_on.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/log.h"
#include "base/text.h"

#define LOOK_MS  5000 /* between two looks at all sessions */
#define AGAIN_MS 60000 /* a provider that was away is asked again */
#define TOKEN    "logout_token="

static const uint8_t nobody[STORE_HASH_SIZE];

static bool is_by_provider(const struct app_session *s)
{
	return s->s.agent && memcmp(s->s.provider, nobody, sizeof nobody) != 0;
}

/* --- the end of a session --- */

static void out(struct app *app, void *owner)
{
	struct app_agent *ag = owner;

	if (ag->is_signed_out && ag->cfg.id && app_agent_logout(app, ag))
		ag->is_signed_out = false;
}

void app_sign_on_look(struct app *app, struct app_agent *ag)
{
	if (ag->is_signed_out)
		app_timer_set(app, &ag->signed_out, 0, out,
			ag); /* perhaps from inside an action */
}

void app_sign_on_back(struct app *app, struct app_agent *ag, uint64_t session)
{
	if (!ag->is_signed_out || !app_session_find(app, session))
		return; /* the page that finishes its talk says hello, too */
	ag->is_signed_out = ag->stops = false;
	app_timer_stop(app, &ag->signed_out);
	app_home_again(app, ag);
}

/* Its desk, after the talk that it may have. */
static void end_desk(struct app *app, struct app_agent *ag)
{
	ag->is_signed_out = true;
	app_stop_after(app, ag);
	app_home_again(app, ag); /* nothing is offered any more */
	app_sign_on_look(app, ag);
}

static void end_session(struct app *app, struct app_session *s)
{
	struct app_agent *ag = app_agent_find(app, s->s.agent);
	uint64_t number = s->number;

	log_info("a session has ended by the provider's word");
	app_session_end(app, s);
	for (size_t i = 0; app->page_by_conn.slots && i <= app->page_by_conn.mask; i++) {
		const struct app_page *page = app->page_by_conn.slots[i].value;

		if (page && page->session == number && page->agent &&
			page->conn != page->agent->conn)
			app->ports.page_close(app->ports.arg, page->conn,
				CLOSE_SESSION_ENDED, "signed out");
	}
	if (ag && ag->session == number)
		end_desk(app, ag);
}

/* --- is somebody still there? --- */

struct check {
	struct app *app;
	uint64_t session; /* its number */
	struct sign_on_giving giving;
	struct store_sign_on who;
	struct oidc_work work;
};

static void check_free(void *arg)
{
	struct check *c = arg;

	oidc_forget(&c->work);
	free(c);
}

static int give(struct sqlite3 *db, void *arg)
{
	struct check *c = arg;

	return sign_on_give(db, &c->who);
}

static void given(void *arg, int err)
{
	if (err)
		log_warn("sign-on: roles could not be written");
	check_free(arg);
}

static void hold(struct app *app, struct app_session *s, const char *more)
{
	char *next = *more ? strdup(more) : NULL;

	if (s->more)
		OPENSSL_cleanse(s->more, strlen(s->more));
	free(s->more);
	s->more = next;
	s->check_ms = app_now_ms(app) + app->cfg.sign_on->check_ms;
}

/* Confirmed: it lives on, no longer than any session. */
static void prolong(struct app *app, struct app_session *s)
{
	int64_t until_ms = app->ports.wall_ms(app->ports.arg) +
		app->cfg.sign_on->unchecked_ms;

	s->s.expires_ms = until_ms < s->until_ms ? until_ms : s->until_ms;
	if (app->ports.store_add_session(app->ports.arg, &s->s))
		log_warn("a session will not outlive this process: the records are full");
}

/* Takes c over. */
static void confirmed(struct check *c, struct app_session *s)
{
	struct app *app = c->app;
	struct store_job job = { true, give, given, check_free, c };

	hold(app, s, c->work.more);
	prolong(app, s);
	c->giving = (struct sign_on_giving){ app->cfg.sign_on->rules,
		c->work.claims.roles };
	c->who = (struct store_sign_on){ .issuer = "",
		.subject = "",
		.login = "",
		.agent = s->s.agent,
		.roles = c->work.has_claims && app->cfg.sign_on->rules->n_maps
			? sign_on_giving
			: NULL,
		.arg = &c->giving };
	if (!c->who.roles || app->ports.store_ask(app->ports.arg, &job))
		check_free(c);
}

static enum sign_on_verdict judge(const struct check *c, const struct app_session *s)
{
	const struct app *app = c->app;
	uint8_t hash[STORE_HASH_SIZE];

	if (!c->work.has_claims)
		return SIGN_ON_GOOD; /* Core section 12.2: it need not send one */
	sign_on_hash(app, c->work.claims.subject, hash);
	return sign_on_check_again(app->cfg.sign_on->rules, &c->work.claims,
		CRYPTO_memcmp(hash, s->s.provider, sizeof hash) == 0,
		app->ports.wall_ms(app->ports.arg) / 1000);
}

static void checked(struct oidc_work *w)
{
	struct check *c = w->arg;
	struct app *app = c->app;
	struct app_session *s;
	enum sign_on_verdict v;

	app_clock(app);
	s = app_session_find(app, c->session);
	if (!s) {
		check_free(c); /* it is over meanwhile */
		return;
	}
	s->is_checking = false;
	if (w->outcome == OIDC_DONE) {
		v = judge(c, s);
		if (!v) {
			confirmed(c, s);
			return;
		}
		log_info("sign-on: a session is confirmed no more: %s", sign_on_word(v));
		end_session(app, s);
	} else if (w->outcome == OIDC_DENIED) {
		log_info("sign-on: a session is confirmed no more");
		end_session(app, s);
	} else {
		log_warn("sign-on: a session could not be confirmed: %s",
			w->why ? w->why : "too many wait");
		s->check_ms = app_now_ms(app) + AGAIN_MS;
	}
	check_free(c);
}

static void check(struct app *app, struct app_session *s)
{
	struct check *c = calloc(1, sizeof *c);

	s->check_ms = app_now_ms(app) + AGAIN_MS;
	if (!c)
		return;
	c->app = app;
	c->session = s->number;
	c->work.kind = OIDC_REFRESH;
	c->work.is_known = true;
	c->work.done = checked;
	c->work.arg = c;
	/* one longer than there is room for was not kept */
	(void)text_copy(c->work.more, sizeof c->work.more, s->more);
	s->is_checking = app->ports.sign_on(app->ports.arg, &c->work) == 0;
	if (!s->is_checking)
		check_free(c);
}

static void look(struct app *app, void *owner)
{
	int64_t wall_ms = app->ports.wall_ms(app->ports.arg);
	bool has_any = false;

	for (size_t i = 0; i < app->n_sessions; i++) {
		struct app_session *s = &app->sessions[i];

		if (!is_by_provider(s))
			continue;
		has_any = true;
		if (s->s.expires_ms <= wall_ms)
			end_session(app, s);
		else if (s->more && !s->is_checking && s->check_ms <= app_now_ms(app))
			check(app, s);
	}
	if (has_any)
		app_timer_set(app, &app->sign_on_timer, LOOK_MS, look, NULL);
}

void app_sign_on_watch(struct app *app)
{
	if (app->cfg.sign_on)
		app_timer_set(app, &app->sign_on_timer, LOOK_MS, look, NULL);
}

void sign_on_began(struct app *app, const char *token, const struct oidc_work *w)
{
	struct app_session *s = app_session_find(app, app_session_number(app, token));

	if (!s)
		return;
	hold(app, s, w->more);
	app_sign_on_watch(app);
}

/* --- the provider's own word --- */

_Static_assert(SIGN_ON_PRINT_SIZE == STORE_HASH_SIZE, "sign_on_hash() makes both");

static struct sign_on_who who_of(const struct app_session *s)
{
	struct sign_on_who w = { .has_person = is_by_provider(s),
		.has_session = memcmp(s->s.provider_session, nobody, sizeof nobody) !=
			0 };

	memcpy(w.person, s->s.provider, sizeof w.person);
	memcpy(w.session, s->s.provider_session, sizeof w.session);
	return w;
}

static void end_meant(struct app *app, const struct sign_on_claims *c)
{
	struct sign_on_who token = { .has_person = *c->subject,
		.has_session = *c->session };

	sign_on_hash(app, c->subject, token.person);
	sign_on_hash(app, c->session, token.session);
	for (size_t i = 0; i < app->n_sessions; i++) {
		const struct sign_on_who w = who_of(&app->sessions[i]);

		if (sign_on_is_meant(&token, &w))
			end_session(app, &app->sessions[i]);
	}
}

/* Section 2.6, point 8: sent once more it would end a session that began since. */
static bool is_new(struct app *app, const struct sign_on_claims *c)
{
	uint8_t hash[STORE_HASH_SIZE];

	sign_on_hash(app, c->number, hash);
	for (size_t i = 0; i < APP_LOGOUTS; i++)
		if (memcmp(app->logouts_used[i], hash, sizeof *app->logouts_used) == 0)
			return false;
	memcpy(app->logouts_used[app->n_logouts++ % APP_LOGOUTS], hash,
		sizeof *app->logouts_used);
	return true;
}

static void told(struct oidc_work *w)
{
	struct proof *p = w->arg;
	struct app *app = p->app;
	enum sign_on_verdict v = SIGN_ON_GOOD;

	app_clock(app);
	if (w->outcome == OIDC_DONE)
		v = sign_on_check_logout(app->cfg.sign_on->rules, &w->claims,
			app->ports.wall_ms(app->ports.arg) / 1000);
	if (w->outcome == OIDC_AWAY || w->outcome == OIDC_CROWDED) {
		log_warn("sign-on: a logout token could not be verified: %s",
			w->why ? w->why : "too many wait");
		prove_refuse(p, 503, "sign_on_away");
	} else if (w->outcome != OIDC_DONE || v || !is_new(app, &w->claims)) {
		log_warn("sign-on: a logout token is not taken: %s",
			w->outcome != OIDC_DONE ? w->why
				: v             ? sign_on_word(v)
						: "used before");
		prove_send(p, &(struct web_answer){ .status = 400, .is_wrong = true },
			json_pack("{s:s}", "error", "invalid_request"));
	} else {
		end_meant(app, &w->claims);
		prove_answer(p, NULL);
	}
}

/* Of a form; a token has no letter that a form writes otherwise (RFC 7515 section 7.1). */
static bool read_token(const char *form, char out[OIDC_TOKEN_MAX])
{
	struct slice rest = slice_str(form);

	while (rest.n) {
		struct slice one = slice_cut(&rest, '&');

		if (one.n > sizeof TOKEN - 1 &&
			memcmp(one.p, TOKEN, sizeof TOKEN - 1) == 0)
			return slice_copy(slice_from(one, sizeof TOKEN - 1), out,
				       OIDC_TOKEN_MAX) == 0;
	}
	return false;
}

void prove_sign_on_out(struct proof *p)
{
	if (!p->app->cfg.sign_on || !p->app->ports.sign_on) {
		prove_refuse(p, 404, "no_sign_on");
		return;
	}
	if (p->is_throttled) {
		prove_refuse(p, 429, "too_often");
		return;
	}
	p->work_there = calloc(1, sizeof *p->work_there);
	if (!p->work_there) {
		prove_refuse(p, 503, "no_records");
		return;
	}
	if (!read_token(p->form, p->work_there->token)) {
		prove_refuse(p, 400, "invalid_request");
		return;
	}
	p->work_there->kind = OIDC_LOGOUT;
	p->work_there->from = p->from;
	p->work_there->done = told;
	p->work_there->arg = p;
	if (p->app->ports.sign_on(p->app->ports.arg, p->work_there))
		prove_refuse(p, 503, "sign_on_away");
}
