/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* prove: passwords, codes and what a session of one factor may change; the answers as pages get them.  Hashes and seals
 * are the house's simple ones, so that what is decided stands alone; passkeys' own checks are in test_passkey.c. */
#include "house.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <jansson.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "app/totp.h"
#include "base/text.h"
#include "store/credential.h"

#define N(a) (sizeof(a) / sizeof *(a))
#define GOOD "vier blaue Kamele"

/* Who asks, of what ask() does not say. */
static struct {
	uint64_t from;
	char device[WEB_DEVICE_MAX];
	bool is_throttled;
} asker = { .from = 1 };

/* The status of the answer, which came by the time it returns. */
static unsigned ask(
	struct house *h, const char *token, const char *path, const char *body)
{
	struct web_ask a = { .request = 9,
		.session = app_session_number(h->app, token),
		.from = asker.from,
		.device = asker.device,
		.is_throttled = asker.is_throttled,
		.origin = "http://localhost:8080",
		.is_post = true,
		.path = path,
		.body = body,
		.n = strlen(body) };

	h->proved = (struct web_answer){ .status = 0 };
	h->n_lines = 0;
	app_prove(h->app, &a);
	house_work(h);
	assert_int_not_equal(h->proved.status, 0);
	return h->proved.status;
}

static bool says(const struct house *h, const char *text)
{
	return strstr(h->proved_body, text) != NULL;
}

static void log_in(struct house *h, const char *token, uint64_t agent, uint8_t factors)
{
	struct store_session s = {
		.agent = agent, .expires_ms = INT64_MAX, .factors = factors
	};

	app_token_hash(s.hash, token);
	app_load_session(h->app, &s);
}

/* The code of the secret that the draft showed, `ahead` steps from now. */
static void code_body(const struct house *h, char *body, size_t cap, int ahead)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	const char *at = strstr(h->proved_body, "\"secret\":\"") + 10;
	int64_t step = (HOUSE_WALL_MS + h->now_us / 1000) / 30000 + ahead;
	uint8_t secret[TOTP_SECRET];
	uint64_t held = 0;

	for (size_t i = 0, n = 0; i < 32; i++) {
		held = held << 5 | (uint64_t)(strchr(letters, at[i]) - letters);
		if (i % 8 == 7)
			for (int k = 4; k >= 0; k--)
				secret[n++] = (uint8_t)(held >> 8 * k);
	}
	(void)snprintf(
		body, cap, "{\"code\":\"%06u\"}", totp_code(secret, (uint64_t)step));
}

static void test_code(void **state)
{
	struct house h;
	char now[64], next[64], wrong[] = "{\"code\":\"12345\"}", token[65];

	house_open(&h, 1);
	log_in(&h, "one", 2, 1);
	assert_int_equal(ask(&h, "one", "account/code", wrong), 409);
	assert_int_equal(ask(&h, "one", "account/code/draft", "{}"), 200);
	assert_true(says(&h, "otpauth://totp/Heimamt:beat?secret="));
	code_body(&h, now, sizeof now, 0);
	code_body(&h, next, sizeof next, 1);
	assert_int_equal(ask(&h, "one", "account/code", wrong), 403);
	assert_true(h.proved.is_wrong);
	assert_int_equal(ask(&h, "one", "account/code", now), 200);
	assert_true(says(&h, "\"factors\":2") && says(&h, "\"totp\""));
	/* under another token from now on */
	assert_int_equal(text_copy(token, sizeof token, h.proved.session), 0);
	assert_int_equal(app_session(h.app, "one"), 0);
	assert_int_equal(app_session(h.app, token), 2);
	assert_int_equal(ask(&h, token, "account/state", "{}"), 200);
	assert_true(says(&h, "\"factors\":2") && says(&h, "\"totp\":true") &&
		says(&h, "\"password\":false") && says(&h, "\"rp\":\"localhost\""));

	/* another session: one factor, until it has a code that was not used */
	log_in(&h, "two", 2, 1);
	assert_int_equal(ask(&h, "two", "account/state", "{}"), 200);
	assert_true(says(&h, "\"factors\":1"));
	assert_int_equal(ask(&h, "two", "login/code", now), 403);
	assert_int_equal(ask(&h, "two", "login/code", next), 200);
	assert_true(says(&h, "\"factors\":2"));
	house_close(&h);
}

/* Where there is a second factor, a session of one changes nothing. */
static void test_second_first(void **state)
{
	static const struct {
		const char *path, *body;
	} rows[] = { { "account/password", "{\"password\":\"" GOOD "\"}" },
		{ "account/code/draft", "{}" }, { "account/code", "{}" },
		{ "account/code/remove", "{}" }, { "account/passkey/draft", "{}" },
		{ "account/passkey", "{}" }, { "account/passkey/remove", "{}" } };
	struct house h;
	char now[64];

	house_open(&h, 1);
	log_in(&h, "one", 2, 1);
	assert_int_equal(ask(&h, "one", "account/code/draft", "{}"), 200);
	code_body(&h, now, sizeof now, 0);
	assert_int_equal(ask(&h, "one", "account/code", now), 200);
	log_in(&h, "two", 2, 1);
	for (size_t i = 0; i < N(rows); i++) {
		assert_int_equal(ask(&h, "two", rows[i].path, rows[i].body), 403);
		assert_true(says(&h, "second_first"));
		assert_int_equal(ask(&h, "none", rows[i].path, rows[i].body), 401);
	}
	house_close(&h);
}

static void test_codes_are_few(void **state)
{
	struct house h;
	char now[64];
	unsigned n = 0;

	house_open(&h, 1);
	log_in(&h, "one", 2, 1);
	assert_int_equal(ask(&h, "one", "account/code/draft", "{}"), 200);
	code_body(&h, now, sizeof now, 0);
	while (ask(&h, "one", "account/code", "{\"code\":\"1\"}") == 403)
		n++;
	assert_int_equal(n, 5);
	assert_int_equal(ask(&h, "one", "account/code", now), 429);
	house_wait(&h, 300000);
	assert_int_equal(ask(&h, "one", "account/code", "{\"code\":\"1\"}"), 403);
	assert_int_equal(ask(&h, "one", "account/code", "{\"code\":\"1\"}"), 429);
	house_close(&h);
}

#define LOGIN(who, what) "{\"login\":\"" who "\",\"password\":\"" what "\"}"

static void test_password(void **state)
{
	struct house h;

	house_open(&h, 1);
	log_in(&h, "one", 2, 1);
	assert_int_equal(
		ask(&h, "one", "account/password", "{\"password\":\"kurz\"}"), 422);
	assert_true(says(&h, "password_short"));
	assert_int_equal(ask(&h, "", "login/password", LOGIN("beat", GOOD)), 403);
	assert_int_equal(
		ask(&h, "one", "account/password", "{\"password\":\"" GOOD "\"}"), 200);
	assert_int_equal(ask(&h, "", "login/password", LOGIN("beat", GOOD)), 200);
	assert_true(says(&h, "\"factors\":1"));
	assert_int_equal(app_session(h.app, h.proved.session), 2);
	/* a wrong one, an unknown login, and somebody without: alike */
	assert_int_equal(ask(&h, "", "login/password", LOGIN("beat", "x")), 403);
	assert_true(says(&h, "wrong_password") && h.proved.is_wrong);
	assert_int_equal(ask(&h, "", "login/password", LOGIN("nobody", GOOD)), 403);
	assert_true(says(&h, "wrong_password") && h.proved.is_wrong);
	assert_int_equal(ask(&h, "", "login/password", LOGIN("anna", GOOD)), 403);
	assert_true(says(&h, "wrong_password") && h.proved.is_wrong);
	/* another one only with the old one */
	assert_int_equal(ask(&h, "one", "account/password",
				 "{\"password\":\"fuenf rote Kamele\"}"),
		403);
	assert_int_equal(
		ask(&h, "one", "account/password",
			"{\"old\":\"" GOOD "\",\"password\":\"fuenf rote Kamele\"}"),
		200);
	assert_int_equal(ask(&h, "", "login/password", LOGIN("beat", GOOD)), 403);
	assert_int_equal(
		ask(&h, "", "login/password", LOGIN("beat", "fuenf rote Kamele")), 200);
	house_close(&h);
}

/* Five from one place; who comes from another is not held up by them, and an unknown login is held up alike. */
static void test_passwords_are_few(void **state)
{
	static const char *const logins[] = { LOGIN("beat", "x"), LOGIN("nobody", "x") };

	for (size_t i = 0; i < N(logins); i++) {
		struct house h;
		unsigned n = 0;

		house_open(&h, 1);
		while (ask(&h, "", "login/password", logins[i]) == 403)
			n++;
		assert_int_equal(n, 5);
		assert_true(says(&h, "too_often"));
		house_wait(&h, 15000);
		assert_int_equal(ask(&h, "", "login/password", logins[i]), 403);
		assert_int_equal(ask(&h, "", "login/password", logins[i]), 429);
		house_close(&h);
	}
}

/* Who guesses keeps nobody out: not who comes from elsewhere, and not who comes with a device that was here before. */
static void test_device(void **state)
{
	static const char right[] = LOGIN("beat", GOOD), wrong[] = LOGIN("beat", "x");
	char device[WEB_DEVICE_MAX];
	struct house h;

	house_open(&h, 1);
	log_in(&h, "one", 2, 1);
	assert_int_equal(
		ask(&h, "one", "account/password", "{\"password\":\"" GOOD "\"}"), 200);
	assert_int_equal(ask(&h, "", "login/password", right), 200);
	assert_true(strlen(h.proved.device) > 40);
	assert_int_equal(text_copy(device, sizeof device, h.proved.device), 0);
	while (ask(&h, "", "login/password", wrong) == 403)
		assert_string_equal(h.proved.device, "");
	assert_int_equal(ask(&h, "", "login/password", right), 429);

	/* elsewhere */
	asker.from = 2;
	assert_int_equal(ask(&h, "", "login/password", right), 200);
	/* here, where everybody guesses at everything */
	asker.from = 1;
	asker.is_throttled = true;
	memcpy(asker.device, device, sizeof device);
	assert_int_equal(ask(&h, "", "login/password", right), 200);
	/* it is Beat's, and opens no other login; and it is not endless */
	assert_int_equal(ask(&h, "", "login/password", LOGIN("anna", "x")), 429);
	assert_int_equal(ask(&h, "", "login/password", LOGIN("nobody", "x")), 429);
	for (int i = 0; i < 5; i++)
		assert_int_equal(ask(&h, "", "login/password", wrong), 403);
	assert_int_equal(ask(&h, "", "login/password", right), 429);
	/* another one of Beat's, and none that was made up */
	asker.device[5] ^= 1;
	assert_int_equal(ask(&h, "", "login/password", right), 200);
	asker.device[0] ^= 1;
	assert_int_equal(ask(&h, "", "login/password", right), 429);
	asker.device[4] = 0;
	assert_int_equal(ask(&h, "", "login/password", right), 429);
	asker.device[0] = 0;
	asker.is_throttled = false;
	house_close(&h);
}

/* A crowd before the hash: who had to give way is told, and it was no guess. */
static void test_gave_way(void **state)
{
	static const char wrong[] = LOGIN("beat", "x");
	struct house h;

	house_open(&h, 1);
	h.gives_way = true;
	for (int i = 0; i < 10; i++) {
		assert_int_equal(ask(&h, "", "login/password", wrong), 429);
		assert_false(h.proved.is_wrong);
	}
	h.gives_way = false;
	assert_int_equal(ask(&h, "", "login/password", wrong), 403);
	house_close(&h);
}

/* A hash that costs less than today's is made anew with the next login. */
static void test_old_hash(void **state)
{
	struct store_credentials *all = calloc(1, sizeof *all);
	struct house h;

	house_open(&h, 1);
	assert_non_null(all);
	all->v = calloc(1, sizeof *all->v);
	assert_non_null(all->v);
	all->n = 1;
	all->v[0] = (struct store_credential){ .agent = 2, .kind = STORE_PASSWORD };
	(void)snprintf((char *)all->v[0].value, sizeof all->v[0].value, "old:%s", GOOD);
	app_credentials(h.app, all);
	assert_int_equal(ask(&h, "", "login/password", LOGIN("beat", GOOD)), 200);
	assert_string_equal((char *)all->v[0].value, "hash:" GOOD);
	assert_int_equal(ask(&h, "", "login/password", LOGIN("beat", GOOD)), 200);
	house_close(&h);
}

/* An administrator resets: whoever is in by a second factor is out. */
static void test_reset(void **state)
{
	struct store_credentials *none = calloc(1, sizeof *none);
	struct house h;
	char now[64], token[65];

	house_open(&h, 1);
	assert_non_null(none);
	log_in(&h, "one", 2, 1);
	assert_int_equal(ask(&h, "one", "account/code/draft", "{}"), 200);
	code_body(&h, now, sizeof now, 0);
	assert_int_equal(ask(&h, "one", "account/code", now), 200);
	assert_int_equal(text_copy(token, sizeof token, h.proved.session), 0);
	app_credentials(h.app, none);
	assert_int_equal(app_session(h.app, token), 0);
	house_close(&h);
}

static void test_bad(void **state)
{
	static const struct {
		const char *path, *body;
		unsigned status;
	} rows[] = { { "account/none", "{}", 404 }, { "account/state", "[]", 400 },
		{ "account/state", "", 400 },
		{ "account/state", "{\"a\":1,\"a\":1}", 400 },
		{ "login/code", "{}", 409 }, { "login/passkey", "{}", 403 },
		{ "account/passkey", "{}", 422 }, { "account/device", "{}", 422 },
		{ "account/passkey/remove", "{\"id\":\"AAAA\"}", 404 },
		{ "login/password", "{}", 403 },
		{ "login/password", "{\"login\":1}", 403 } };
	struct house h;

	house_open(&h, 1);
	log_in(&h, "one", 2, 1);
	for (size_t i = 0; i < N(rows); i++) {
		unsigned status = ask(&h, "one", rows[i].path, rows[i].body);

		if (status != rows[i].status)
			fail_msg("%s %s: %u", rows[i].path, rows[i].body, status);
	}
	h.is_sick = true;
	assert_int_equal(ask(&h, "one", "account/code/remove", "{}"), 503);
	house_close(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_code),
		cmocka_unit_test(test_second_first),
		cmocka_unit_test(test_codes_are_few),
		cmocka_unit_test(test_password),
		cmocka_unit_test(test_passwords_are_few),
		cmocka_unit_test(test_device),
		cmocka_unit_test(test_gave_way),
		cmocka_unit_test(test_old_hash),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
