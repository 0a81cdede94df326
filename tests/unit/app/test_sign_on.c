/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sign_on: the way to the provider and back, whose account it is, and the way out by its word or for want of it.  The
 * provider is what the test says; accounts are in a database of its own. */
#include "house.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define N(a)  (sizeof(a) / sizeof *(a))
#define BEAT  2 /* at the office; anna is 1 */
#define SHORT 900000 /* ms that a session lives without a word */

static const struct sign_on_rules rules = { .issuer = "https://login.example.org",
	.client = "heimamt",
	.maps = { { "desk", STORE_ROLE_AGENT }, { "it", STORE_ROLE_ADMIN } },
	.n_maps = 2 };

static const char schema[] =
	"CREATE TABLE agent (id INTEGER PRIMARY KEY, login TEXT, roles INTEGER, origin "
	"TEXT,"
	" left_ms INTEGER);"
	"CREATE TABLE sign_on (agent INTEGER PRIMARY KEY, issuer TEXT, subject TEXT,"
	" linked_ms INTEGER, UNIQUE (issuer, subject));"
	"INSERT INTO agent VALUES (1, 'anna', 3, 'configuration', NULL),"
	" (2, 'beat', 17, 'people', NULL), (3, 'carla', 1, 'people', 5);";

struct place {
	struct house h;
	struct app_sign_on_config cfg;
	sqlite3 *db;
	char cookie[WEB_SIGN_ON_MAX];
	char state[64], nonce[64];
};

static void open_place(struct place *p, bool links, bool has_passwords)
{
	memset(p, 0, sizeof *p);
	assert_int_equal(sqlite3_open(":memory:", &p->db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(p->db, schema, NULL, NULL, NULL), SQLITE_OK);
	p->cfg = (struct app_sign_on_config){ .rules = &rules,
		.name = "Muster AG",
		.scopes = "openid",
		.links_by_login = links,
		.has_passwords = has_passwords,
		.check_ms = 60000,
		.unchecked_ms = SHORT };
	house_open(&p->h, 1);
	house_kill(&p->h);
	p->h.sign_on = &p->cfg;
	p->h.db = p->db;
	house_start(&p->h);
	house_relay_up(&p->h, 0, false);
	app_adopt(p->h.app);
}

static void provider(struct place *p, enum oidc_outcome outcome);

/* What is still asked is answered, or it would be nobody's. */
static void close_place(struct place *p)
{
	if (p->h.asked)
		provider(p, OIDC_AWAY);
	house_close(&p->h);
	sqlite3_close(p->db);
}

static int64_t number(const struct place *p, const char *sql)
{
	sqlite3_stmt *s = NULL;
	int64_t v;

	assert_int_equal(sqlite3_prepare_v2(p->db, sql, -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	v = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return v;
}

static void say(struct place *p, const char *token, const char *path, const char *body)
{
	struct web_ask a = { .request = 9,
		.session = app_session_number(p->h.app, token),
		.from = 1,
		.device = "",
		.sign_on = p->cookie,
		.origin = "http://localhost:8080",
		.is_post = true,
		.path = path,
		.body = body,
		.n = strlen(body) };

	p->h.proved = (struct web_answer){ .status = 0 };
	p->h.n_lines = 0;
	app_prove(p->h.app, &a);
	house_work(&p->h);
}

/* The provider's answer to what it was asked. */
static void provider(struct place *p, enum oidc_outcome outcome)
{
	struct oidc_work *w = p->h.asked;

	assert_non_null(w);
	p->h.asked = NULL;
	w->outcome = outcome;
	w->why = "the test says so";
	(void)text_copy(
		w->authorize, sizeof w->authorize, "https://login.example.org/auth");
	w->done(w);
	house_work(&p->h);
}

static int64_t wall_s(const struct place *p)
{
	return (HOUSE_WALL_MS + p->h.now_us / 1000) / 1000;
}

static void claim(struct place *p, const char *subject, const char *login, unsigned roles)
{
	struct oidc_work *w = p->h.asked;

	assert_non_null(w);
	w->has_claims = true;
	w->claims = (struct sign_on_claims){ .is_for_us = true,
		.n_audience = 1,
		.has_nonce = true,
		.has_expiry = true,
		.has_issued = true,
		.issued_s = wall_s(p),
		.expires_s = wall_s(p) + 300,
		.roles = roles };
	(void)text_copy(w->claims.issuer, SIGN_ON_TEXT_MAX, rules.issuer);
	(void)text_copy(w->claims.subject, SIGN_ON_TEXT_MAX, subject);
	(void)text_copy(w->claims.login, SIGN_ON_LOGIN_MAX, login);
	(void)text_copy(w->claims.nonce, SIGN_ON_NONCE_MAX, p->nonce);
	(void)text_copy(w->claims.session, SIGN_ON_TEXT_MAX, "sid-1");
	(void)text_copy(w->more, sizeof w->more, "refresh-1");
}

/* A value of the address that the browser is sent to. */
static void take(const struct place *p, const char *name, char out[64])
{
	const char *at = strstr(p->h.proved_body, name);

	assert_non_null(at);
	(void)snprintf(out, 64, "%.43s", at + strlen(name));
}

static void begin(struct place *p, const char *token, const char *path)
{
	p->h.random++; /* the house's chance begins anew each 256 bytes */
	say(p, token, path, "{}");
	provider(p, OIDC_DONE);
	assert_int_equal(p->h.proved.status, 200);
	take(p, "&state=", p->state);
	take(p, "&nonce=", p->nonce);
	(void)text_copy(p->cookie, sizeof p->cookie, p->h.proved.sign_on);
}

static void back(struct place *p, const char *token)
{
	char body[256];

	(void)snprintf(body, sizeof body, "{\"state\":\"%s\",\"code\":\"c\"}", p->state);
	say(p, token, "login/sign-on/back", body);
}

/* The whole way; the answer's status. */
static unsigned come(
	struct place *p, const char *subject, const char *login, unsigned roles)
{
	begin(p, "", "login/sign-on");
	back(p, "");
	claim(p, subject, login, roles);
	provider(p, OIDC_DONE);
	return p->h.proved.status;
}

static bool says(const struct place *p, const char *text)
{
	return strstr(p->h.proved_body, text) != NULL;
}

static bool notes(const struct place *p, const char *text)
{
	for (size_t i = 0; i < p->h.n_lines; i++)
		if (strstr(p->h.lines[i], text))
			return true;
	return false;
}

static void test_come(void **state)
{
	struct place p;

	(void)state;
	open_place(&p, true, true);
	assert_int_equal(come(&p, "s2", "beat", 1), 200);
	assert_int_equal(app_session(p.h.app, p.h.proved.session), BEAT);
	assert_true(p.h.proved.drops_sign_on);
	assert_int_equal(
		number(&p, "SELECT agent FROM sign_on WHERE subject = 's2'"), BEAT);
	/* by the subject from now on, whatever it is called; the staff body's role is the house's to give */
	assert_int_equal(come(&p, "s2", "anna", STORE_ROLE_ADMIN), 200);
	assert_int_equal(app_session(p.h.app, p.h.proved.session), BEAT);
	assert_int_equal(number(&p, "SELECT roles FROM agent WHERE id = 2"),
		STORE_ROLE_STAFF | STORE_ROLE_ADMIN);
	/* a login has one subject */
	assert_int_equal(come(&p, "s9", "beat", 1), 403);
	assert_true(says(&p, "sign_on_unknown"));
	assert_int_equal(come(&p, "s9", "nobody", 1), 403);
	/* who has left */
	assert_int_equal(come(&p, "s3", "carla", 1), 403);
	assert_true(says(&p, "sign_on_unknown"));
	assert_int_equal(come(&p, "s2", "beat", 0), 403);
	assert_true(says(&p, "sign_on_role"));
	/* the configuration's people have its roles */
	assert_int_equal(come(&p, "s1", "anna", STORE_ROLE_ADMIN), 200);
	assert_int_equal(number(&p, "SELECT roles FROM agent WHERE id = 1"), 3);
	close_place(&p);
}

/* Without a name to go by, who is here links its own account, and nobody else's. */
static void test_link(void **state)
{
	struct place p;
	struct store_session s = { .agent = BEAT, .expires_ms = INT64_MAX, .factors = 1 };

	(void)state;
	open_place(&p, false, true);
	app_token_hash(s.hash, "beat's");
	app_load_session(p.h.app, &s);
	s.agent = 1;
	app_token_hash(s.hash, "anna's");
	app_load_session(p.h.app, &s);
	assert_int_equal(come(&p, "s2", "beat", 1), 403);
	/* somebody's session in the browser links nothing by itself */
	begin(&p, "", "login/sign-on");
	back(&p, "beat's");
	claim(&p, "s2", "beat", 1);
	provider(&p, OIDC_DONE);
	assert_int_equal(p.h.proved.status, 403);
	say(&p, "", "account/sign-on", "{}");
	assert_int_equal(p.h.proved.status, 401);
	/* begun by one, finished by another */
	begin(&p, "beat's", "account/sign-on");
	back(&p, "anna's");
	assert_int_equal(p.h.proved.status, 403);
	assert_true(says(&p, "sign_on_browser"));
	begin(&p, "beat's", "account/sign-on");
	back(&p, "beat's");
	claim(&p, "s2", "x", 1);
	provider(&p, OIDC_DONE);
	assert_int_equal(p.h.proved.status, 200);
	assert_int_equal(come(&p, "s2", "x", 1), 200);
	assert_int_equal(app_session(p.h.app, p.h.proved.session), BEAT);
	/* it is taken */
	begin(&p, "anna's", "account/sign-on");
	back(&p, "anna's");
	claim(&p, "s2", "x", 1);
	provider(&p, OIDC_DONE);
	assert_true(says(&p, "sign_on_taken"));
	close_place(&p);
}

static void test_attempts(void **state)
{
	struct place p;
	char cookie[WEB_SIGN_ON_MAX];

	(void)state;
	open_place(&p, true, true);
	/* no cookie, another state, too late, used */
	begin(&p, "", "login/sign-on");
	(void)text_copy(cookie, sizeof cookie, p.cookie);
	p.cookie[0] = 0;
	back(&p, "");
	assert_true(p.h.proved.status == 403 && says(&p, "sign_on_browser"));
	assert_true(p.h.proved.is_wrong && p.h.proved.drops_sign_on);
	(void)text_copy(p.cookie, sizeof p.cookie, cookie);
	p.state[0] ^= 1;
	back(&p, "");
	assert_true(p.h.proved.status == 403 && says(&p, "sign_on_browser"));
	p.state[0] ^= 1;
	back(&p, "");
	claim(&p, "s2", "beat", 1);
	provider(&p, OIDC_DONE);
	assert_int_equal(p.h.proved.status, 200);
	back(&p, "");
	assert_true(p.h.proved.status == 403 && says(&p, "sign_on_used"));
	begin(&p, "", "login/sign-on");
	house_wait(&p.h, (WEB_SIGN_ON_S + 1) * 1000);
	back(&p, "");
	assert_true(p.h.proved.status == 403 && says(&p, "sign_on_late"));
	close_place(&p);
}

/* What the provider's side comes to, as the page is told. */
static void test_outcomes(void **state)
{
	static const struct {
		enum oidc_outcome outcome;
		unsigned status;
		const char *code;
	} rows[] = { { OIDC_AWAY, 503, "sign_on_away" },
		{ OIDC_DENIED, 403, "sign_on_refused" },
		{ OIDC_BAD, 403, "sign_on_refused" },
		{ OIDC_CROWDED, 429, "too_often" } };
	struct place p;

	(void)state;
	open_place(&p, true, false);
	for (size_t i = 0; i < N(rows); i++) {
		say(&p, "", "login/sign-on", "{}");
		provider(&p, rows[i].outcome);
		assert_int_equal(p.h.proved.status, rows[i].status);
		assert_true(says(&p, rows[i].code));
		begin(&p, "", "login/sign-on");
		back(&p, "");
		provider(&p, rows[i].outcome);
		assert_int_equal(p.h.proved.status, rows[i].status);
		assert_true(says(&p, rows[i].code) && p.h.proved.drops_sign_on);
	}
	say(&p, "", "login/ways", "{}");
	assert_true(says(&p, "\"password\":false") && says(&p, "Muster AG"));
	say(&p, "", "login/password", "{\"login\":\"beat\",\"password\":\"x\"}");
	assert_true(p.h.proved.status == 403 && says(&p, "sign_on_only"));
	say(&p, "", "login/passkey", "{}");
	assert_true(p.h.proved.status == 403 && says(&p, "sign_on_only"));
	close_place(&p);
}

/* The house asks, and asks again with the next token; what it is told counts. */
static void test_checks(void **state)
{
	struct place p;
	char token[65];

	(void)state;
	open_place(&p, true, true);
	assert_int_equal(come(&p, "s2", "beat", 1), 200);
	(void)text_copy(token, sizeof token, p.h.proved.session);
	house_wait(&p.h, 59000);
	assert_null(p.h.asked);
	house_wait(&p.h, 6000);
	assert_non_null(p.h.asked);
	assert_string_equal(p.h.asked->more, "refresh-1");
	claim(&p, "s2", "beat", STORE_ROLE_ADMIN);
	(void)text_copy(p.h.asked->more, sizeof p.h.asked->more, "refresh-2");
	provider(&p, OIDC_DONE);
	assert_int_equal(number(&p, "SELECT roles FROM agent WHERE id = 2"),
		STORE_ROLE_STAFF | STORE_ROLE_ADMIN);
	/* away: asked again, and the session lives on, until it was unconfirmed for too long */
	house_wait(&p.h, 65000);
	assert_string_equal(p.h.asked->more, "refresh-2");
	provider(&p, OIDC_AWAY);
	assert_int_equal(app_session(p.h.app, token), BEAT);
	house_wait(&p.h, 65000);
	provider(&p, OIDC_DONE);
	house_wait(&p.h, SHORT - 70000);
	assert_int_equal(app_session(p.h.app, token), BEAT);
	provider(&p, OIDC_AWAY);
	house_wait(&p.h, 80000);
	assert_int_equal(app_session(p.h.app, token), 0);
	close_place(&p);
}

/* Whatever ends it, it is at once: the token, and the page. */
static void test_confirmed_no_more(void **state)
{
	static const struct {
		const char *subject;
		unsigned roles;
		enum oidc_outcome outcome;
	} rows[] = { { "s2", 0, OIDC_DONE }, { "s7", 1, OIDC_DONE },
		{ "s2", 1, OIDC_DENIED } };

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct place p;
		char token[65];

		open_place(&p, true, true);
		assert_int_equal(come(&p, "s2", "beat", 1), 200);
		(void)text_copy(token, sizeof token, p.h.proved.session);
		app_page_opened(p.h.app, house_conn("beat"), BEAT,
			app_session_number(p.h.app, token));
		house_wait(&p.h, 65000);
		claim(&p, rows[i].subject, "beat", rows[i].roles);
		provider(&p, rows[i].outcome);
		assert_int_equal(app_session(p.h.app, token), 0);
		assert_true(notes(&p, "close beat 4001"));
		app_page_closed(p.h.app, house_conn("beat"));
		close_place(&p);
	}
}

/* The provider's own word, of whom it is meant for and nobody else. */
static void test_logout(void **state)
{
	static const struct {
		const char *what, *subject, *session;
		bool ends;
	} rows[] = {
		{ "the person", "s2", "", true },
		{ "its session", "", "sid-1", true },
		{ "both", "s2", "sid-1", true },
		{ "another person", "s7", "", false },
		{ "another session of the person", "s2", "sid-2", false },
		{ "the session of another person", "s7", "sid-1", false },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct place p;
		char token[65];

		open_place(&p, true, true);
		assert_int_equal(come(&p, "s2", "beat", 1), 200);
		(void)text_copy(token, sizeof token, p.h.proved.session);
		say(&p, "", "login/sign-on/out", "x=y&logout_token=a.b.c");
		assert_string_equal(p.h.asked->token, "a.b.c");
		claim(&p, rows[i].subject, "", 0);
		p.h.asked->claims.has_nonce = false;
		p.h.asked->claims.is_logout = true;
		(void)text_copy(
			p.h.asked->claims.session, SIGN_ON_TEXT_MAX, rows[i].session);
		(void)text_copy(p.h.asked->claims.number, SIGN_ON_TEXT_MAX, "n");
		provider(&p, OIDC_DONE);
		if (p.h.proved.status != 200 ||
			!app_session(p.h.app, token) != rows[i].ends)
			fail_msg("%s: %u", rows[i].what, p.h.proved.status);
		/* once */
		say(&p, "", "login/sign-on/out", "logout_token=a.b.c");
		claim(&p, "s2", "", 0);
		p.h.asked->claims.has_nonce = false;
		p.h.asked->claims.is_logout = true;
		(void)text_copy(p.h.asked->claims.number, SIGN_ON_TEXT_MAX, "n");
		provider(&p, OIDC_DONE);
		assert_int_equal(p.h.proved.status, 400);
		say(&p, "", "login/sign-on/out", "token=a.b.c");
		assert_int_equal(p.h.proved.status, 400);
		close_place(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_come),
		cmocka_unit_test(test_link),
		cmocka_unit_test(test_attempts),
		cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_checks),
		cmocka_unit_test(test_confirmed_no_more),
		cmocka_unit_test(test_logout),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
