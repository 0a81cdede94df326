/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sign_on -- the way in; see sign_on.h. */
#include "app/sign_on.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/log.h"
#include "base/text.h"
#include "store/sealer.h"

#define URL_MAX  4096
#define SECRET   32
#define AGENT_AT 9 /* behind mark and time */
#define TEXT_AT  17
#define PLAIN    (TEXT_AT + SECRET)
#define SEALED   (PLAIN + SEALER_MORE)
#define MARK     'S' /* app/device.c has another, and another length */

/* What was begun in this browser. */
struct attempt {
	int64_t until_ms; /* since 1970: it may outlive this process */
	uint64_t agent; /* who links its account; 0: somebody logs in */
	uint8_t secret[SECRET];
};

static bool is_on(struct proof *p)
{
	if (p->app->cfg.sign_on && p->app->ports.sign_on)
		return true;
	prove_refuse(p, 404, "no_sign_on");
	return false;
}

void prove_ways(struct proof *p)
{
	const struct app_sign_on_config *s = p->app->cfg.sign_on;

	prove_answer(p,
		json_pack("{s:b, s:o}", "password", !s || s->has_passwords, "sign_on",
			s ? json_string(s->name) : json_null()));
}

/* --- the cookie --- */

static int seal(const struct proof *p, const struct attempt *a, char out[WEB_SIGN_ON_MAX])
{
	uint8_t plain[PLAIN] = { MARK }, sealed[SEALED];
	struct wbuf w = wbuf_of(out, WEB_SIGN_ON_MAX);
	int err;

	_Static_assert(BASE64_SIZE(SEALED) < WEB_SIGN_ON_MAX, "it fits");
	be64_put(plain + 1, (uint64_t)a->until_ms);
	be64_put(plain + AGENT_AT, a->agent);
	memcpy(plain + TEXT_AT, a->secret, SECRET);
	err = p->app->ports.seal(p->app->ports.arg, 0, plain, sizeof plain, sealed);
	OPENSSL_cleanse(plain, sizeof plain);
	base64_write(&w, BASE64_URL, slice_of(sealed, sizeof sealed));
	wbuf_u8(&w, 0);
	return err;
}

static bool unseal(const struct proof *p, struct attempt *a)
{
	uint8_t sealed[SEALED], plain[PLAIN];
	size_t n = 0;

	if (base64_read(sealed, sizeof sealed, &n, BASE64_URL, slice_str(p->sign_on)) ||
		n != sizeof sealed ||
		p->app->ports.unseal(
			p->app->ports.arg, 0, sealed, sizeof sealed, plain) ||
		plain[0] != MARK)
		return false;
	a->until_ms = (int64_t)be64_get(plain + 1);
	a->agent = be64_get(plain + AGENT_AT);
	memcpy(a->secret, plain + TEXT_AT, SECRET);
	OPENSSL_cleanse(plain, sizeof plain);
	return true;
}

/* SHA-256 of two texts, the second of n bytes. */
static void hash_two(uint8_t out[32], const char *first, const void *p, size_t n)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();

	if (!md || !EVP_DigestInit_ex(md, EVP_sha256(), NULL) ||
		!EVP_DigestUpdate(md, first, strlen(first) + 1) ||
		!EVP_DigestUpdate(md, p, n) || !EVP_DigestFinal_ex(md, out, NULL))
		abort(); /* OpenSSL without SHA-256 or memory: nobody could be told apart */
	EVP_MD_CTX_free(md);
}

void sign_on_hash(const struct app *app, const char *text, uint8_t hash[STORE_HASH_SIZE])
{
	hash_two(hash, app->cfg.sign_on->rules->issuer, text, strlen(text));
}

static void to_text(char out[SIGN_ON_TEXT], const uint8_t bytes[32])
{
	struct wbuf w = wbuf_of(out, SIGN_ON_TEXT);

	base64_write(&w, BASE64_URL, slice_of(bytes, 32));
	wbuf_u8(&w, 0);
}

/* "state", "nonce" or "verifier", out of one secret: who sees one knows none of the others. */
static void derive(char out[SIGN_ON_TEXT], const struct attempt *a, const char *what)
{
	uint8_t hash[32];

	hash_two(hash, what, a->secret, sizeof a->secret);
	to_text(out, hash);
}

/* --- to the provider --- */

/* Takes p over. */
static void ask(struct proof *p, enum oidc_kind kind, void (*done)(struct oidc_work *w))
{
	p->work_there->kind = kind;
	p->work_there->from = p->from;
	p->work_there->is_known = p->session != 0;
	p->work_there->done = done;
	p->work_there->arg = p;
	if (p->app->ports.sign_on(p->app->ports.arg, p->work_there))
		prove_refuse(p, 503, "sign_on_away");
}

static bool make_work(struct proof *p)
{
	p->work_there = calloc(1, sizeof *p->work_there);
	if (p->work_there)
		return true;
	prove_refuse(p, 503, "no_records");
	return false;
}

/* The pages of this very host, for the browser's cookie is its. */
static int write_redirect(const struct proof *p, char out[OIDC_URL_MAX])
{
	return text_format(out, OIDC_URL_MAX, "%s/login/", p->origin);
}

static void add(struct wbuf *url, const char *name, const char *value)
{
	char text[3 * OIDC_URL_MAX];

	if (oidc_escape(text, sizeof text, value))
		url->full = true;
	else
		wbuf_printf(url, "%c%s=%s", memchr(url->p, '?', url->n) ? '&' : '?', name,
			text);
}

/* Core section 3.1.2.1, RFC 7636 section 4.3. */
static json_t *write_url(const struct proof *p, const struct attempt *a)
{
	const struct app_sign_on_config *s = p->app->cfg.sign_on;
	char text[URL_MAX], redirect[OIDC_URL_MAX], one[SIGN_ON_TEXT];
	struct wbuf url = wbuf_of(text, sizeof text);
	uint8_t hash[STORE_HASH_SIZE];

	if (write_redirect(p, redirect))
		return NULL;
	wbuf_str(&url, p->work_there->authorize);
	add(&url, "response_type", "code");
	add(&url, "client_id", s->rules->client);
	add(&url, "redirect_uri", redirect);
	add(&url, "scope", s->scopes);
	derive(one, a, "state");
	add(&url, "state", one);
	derive(one, a, "nonce");
	add(&url, "nonce", one);
	derive(one, a, "verifier");
	app_token_hash(hash, one); /* S256 */
	to_text(one, hash);
	add(&url, "code_challenge", one);
	add(&url, "code_challenge_method", "S256");
	return url.full ? NULL : json_stringn(text, url.n);
}

/* The work came to nothing; takes p over. */
static void fail(struct proof *p, const char *doing)
{
	static const struct {
		unsigned status;
		const char *code;
	} answers[] = {
		[OIDC_DONE] = { 500, "sign_on_refused" },
		[OIDC_AWAY] = { 503, "sign_on_away" },
		[OIDC_DENIED] = { 403, "sign_on_refused" },
		[OIDC_BAD] = { 403, "sign_on_refused" },
		[OIDC_CROWDED] = { 429, "too_often" },
	};
	const struct oidc_work *w = p->work_there;

	log_warn("sign-on: %s: %s", doing, w->why ? w->why : "too many wait");
	prove_send(p,
		&(struct web_answer){ .status = answers[w->outcome].status,
			.is_wrong = w->outcome == OIDC_DENIED,
			.drops_sign_on = w->kind == OIDC_EXCHANGE },
		json_pack("{s:s}", "error", answers[w->outcome].code));
}

static void begun(struct oidc_work *w)
{
	struct proof *p = w->arg;
	struct web_answer answer = { .status = 200 };
	struct attempt a = { .agent = p->links ? p->agent : 0 };
	json_t *url;

	app_clock(p->app);
	if (w->outcome != OIDC_DONE) {
		fail(p, "a login could not begin");
		return;
	}
	a.until_ms = p->app->ports.wall_ms(p->app->ports.arg) + WEB_SIGN_ON_S * 1000;
	p->app->ports.random(p->app->ports.arg, a.secret, sizeof a.secret);
	url = write_url(p, &a);
	if (!url || seal(p, &a, answer.sign_on)) {
		json_decref(url);
		prove_refuse(p, 503, "no_seal");
	} else {
		prove_send(p, &answer, json_pack("{s:o}", "url", url));
	}
	OPENSSL_cleanse(&a, sizeof a);
}

void prove_sign_on(struct proof *p)
{
	if (is_on(p) && make_work(p))
		ask(p, OIDC_BEGIN, begun);
}

void prove_sign_on_link(struct proof *p)
{
	p->links = true;
	prove_sign_on(p);
}

/* --- and back --- */

/* The attempt is over, whatever comes of it: its cookie goes. */
static void refuse(struct proof *p, unsigned status, const char *code, bool is_guess)
{
	log_warn("sign-on: somebody was not let in: %s", code);
	prove_send(p,
		&(struct web_answer){
			.status = status, .is_wrong = is_guess, .drops_sign_on = true },
		json_pack("{s:s}", "error", code));
}

static bool take(struct app *app, const struct attempt *a)
{
	for (size_t i = 0; i < APP_SIGN_ONS; i++)
		if (memcmp(app->sign_ons_used[i], a->secret,
			    sizeof *app->sign_ons_used) == 0)
			return false;
	memcpy(app->sign_ons_used[app->n_sign_ons++ % APP_SIGN_ONS], a->secret,
		sizeof *app->sign_ons_used);
	return true;
}

/* NULL, or why it does not go on: of what the browser brings. */
static const char *check_attempt(struct proof *p, struct attempt *a)
{
	const char *issuer = prove_text(p, "iss");
	char state[SIGN_ON_TEXT];

	if (!unseal(p, a))
		return "sign_on_browser";
	derive(state, a, "state");
	if (strlen(prove_text(p, "state")) != sizeof state - 1 ||
		CRYPTO_memcmp(prove_text(p, "state"), state, sizeof state) != 0)
		return "sign_on_browser";
	if (a->until_ms < p->app->ports.wall_ms(p->app->ports.arg))
		return "sign_on_late";
	if (!take(p->app, a))
		return "sign_on_used";
	if (a->agent && a->agent != p->agent)
		return "sign_on_browser";
	/* RFC 9207: a mix-up of two providers */
	return *issuer && strcmp(issuer, p->app->cfg.sign_on->rules->issuer) != 0
		? "sign_on_refused"
		: NULL;
}

/* Core section 3.1.2.6: what is the provider's trouble, and what is a no. */
static const char *word_of_error(const char *error)
{
	return strcmp(error, "temporarily_unavailable") == 0 ||
			strcmp(error, "server_error") == 0
		? "sign_on_away"
		: "sign_on_denied";
}

unsigned sign_on_giving(void *arg, unsigned before)
{
	const struct sign_on_giving *g = arg;

	return sign_on_roles_after(g->rules, before, g->given);
}

static int find(struct sqlite3 *db, void *arg)
{
	struct proof *p = arg;
	const struct app_sign_on_config *cfg = p->app->cfg.sign_on;
	const struct sign_on_claims *c = &p->work_there->claims;
	struct sign_on_giving giving = { cfg->rules, c->roles };
	struct store_sign_on s = { .issuer = c->issuer,
		.subject = c->subject,
		.login = cfg->links_by_login ? c->login : "",
		.agent = p->links ? p->agent : 0,
		.at_ms = p->at_ms,
		.roles = cfg->rules->n_maps ? sign_on_giving : NULL,
		.arg = &giving };
	int err = sign_on_find(db, &s);

	p->found = err ? 0 : s.agent;
	return err;
}

static void found(void *arg, int err)
{
	struct proof *p = arg;

	app_clock(p->app);
	if (err) {
		refuse(p, 503, "no_records", false);
	} else if (!p->found || !app_people_may_enter(p->app, p->found) ||
		(p->links && p->found != p->agent)) {
		refuse(p, 403, p->links ? "sign_on_taken" : "sign_on_unknown", false);
	} else {
		p->agent = p->found;
		p->session = 0; /* whoever was here before is not meant */
		p->factors = p->work_there->claims.has_second ? 2 : 1;
		prove_let_in(p);
	}
}

/* What the page says of a verdict. */
static const char *word_of(enum sign_on_verdict v)
{
	switch (v) {
	case SIGN_ON_CLOCK: return "sign_on_clock";
	case SIGN_ON_EXPIRED: return "sign_on_late";
	case SIGN_ON_NO_ROLE: return "sign_on_role";
	default: return "sign_on_refused";
	}
}

static void exchanged(struct oidc_work *w)
{
	struct proof *p = w->arg;
	struct store_job job = { true, find, found, prove_free, p };
	enum sign_on_verdict v;

	app_clock(p->app);
	if (w->outcome != OIDC_DONE) {
		fail(p, "somebody was not let in");
		return;
	}
	p->at_ms = p->app->ports.wall_ms(p->app->ports.arg);
	v = sign_on_check(
		p->app->cfg.sign_on->rules, &w->claims, p->nonce, p->at_ms / 1000);
	if (v) {
		log_warn("sign-on: the provider's token is not taken: %s",
			sign_on_word(v));
		refuse(p, 403, word_of(v), false);
	} else if (p->app->ports.store_ask(p->app->ports.arg, &job)) {
		refuse(p, 503, "no_records", false);
	}
}

void prove_sign_on_back(struct proof *p)
{
	const char *error = prove_text(p, "error"), *code = prove_text(p, "code"), *fault;
	struct attempt a;

	if (!is_on(p))
		return;
	fault = check_attempt(p, &a);
	if (fault) {
		refuse(p, 403, fault, true);
	} else if (*error) {
		fault = word_of_error(error);
		refuse(p, 403, fault, false);
	} else if (!*code || strlen(code) >= OIDC_CODE_MAX) {
		refuse(p, 400, "sign_on_refused", true);
	} else if (make_work(p)) {
		p->links = a.agent != 0;
		derive(p->nonce, &a, "nonce");
		derive(p->work_there->verifier, &a, "verifier");
		(void)text_copy(p->work_there->code, OIDC_CODE_MAX, code);
		/* it fitted when it began */
		(void)write_redirect(p, p->work_there->redirect);
		ask(p, OIDC_EXCHANGE, exchanged);
	}
	OPENSSL_cleanse(&a, sizeof a);
}

/* --- leaving the provider, too --- */

/* RP-Initiated Logout 1.0 section 2; without a token of who it was, which is not kept. */
static void known(struct oidc_work *w)
{
	struct proof *p = w->arg;
	char text[URL_MAX], back[OIDC_URL_MAX];
	struct wbuf url = wbuf_of(text, sizeof text);

	app_clock(p->app);
	if (w->outcome != OIDC_DONE || !*w->end || write_redirect(p, back)) {
		prove_answer(p, json_pack("{s:n}", "url"));
		return;
	}
	wbuf_str(&url, w->end);
	add(&url, "client_id", p->app->cfg.sign_on->rules->client);
	add(&url, "post_logout_redirect_uri", back);
	prove_answer(p,
		json_pack("{s:o}", "url",
			url.full ? json_null() : json_stringn(text, url.n)));
}

void prove_sign_on_leave(struct proof *p)
{
	if (is_on(p) && make_work(p))
		ask(p, OIDC_BEGIN, known);
}
