/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* request: hosts, origins, cookies, tokens; files: what is found and what is not. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "web/files.h"
#include "web/request.h"
#include "folder.h"

#define T1 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define T2 "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"

static void test_host(void **state)
{
	static const struct {
		const char *host;
		uint16_t port;
		bool ours;
	} cases[] = {
		{ "127.0.0.1:8470", 8470, true },
		{ "localhost:8470", 8470, true },
		{ "LocalHost:8470", 8470, true },
		{ "[::1]:8470", 8470, true },
		{ "localhost", 80, true },
		{ "localhost", 8470, false },
		{ "localhost:8471", 8470, false },
		{ "localhost:8470 ", 8470, false },
		{ "localhost:84700", 8470, false },
		{ "evil.example:8470", 8470, false },
		{ "localhost.evil.example:8470", 8470, false },
		{ "127.0.0.2:8470", 8470, false },
		{ "", 8470, false },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(
			request_is_our_host(cases[i].host, cases[i].port), cases[i].ours);
}

static void test_origin(void **state)
{
	assert_true(request_is_same_origin("http://localhost:1", "localhost:1"));
	assert_false(request_is_same_origin("http://localhost:2", "localhost:1"));
	assert_false(request_is_same_origin("https://localhost:1", "localhost:1"));
	assert_false(request_is_same_origin("http://127.0.0.1:1", "localhost:1"));
	assert_false(request_is_same_origin("http://localhost:1/", "localhost:1"));
	assert_false(request_is_same_origin("null", "localhost:1"));
	assert_false(request_is_same_origin("", "localhost:1"));
}

static void test_session(void **state)
{
	static const struct {
		const char *cookies, *token;
	} cases[] = {
		{ "heimamt_session=" T1, T1 },
		{ "a=b; heimamt_session=" T1 "; c=d", T1 },
		{ "heimamt_session=" T1 "; heimamt_session=" T1, T1 },
		{ "heimamt_session=" T1 "; heimamt_session=" T2, NULL },
		{ "heimamt_session=" T1 "0", NULL },
		{ "heimamt_session=", NULL },
		{ "heimamt_session", NULL },
		{ "xheimamt_session=" T1, NULL },
		{ "heimamt_session=\"" T1 "\"", NULL },
		{ ";;;", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char token[WEB_TOKEN_SIZE] = "untouched";
		bool found = request_session(cases[i].cookies, token);

		assert_int_equal(found, cases[i].token != NULL);
		assert_string_equal(token, found ? cases[i].token : "untouched");
	}
}

static void test_login_token(void **state)
{
	static const struct {
		const char *body;
		int err;
	} cases[] = {
		{ "{\"token\":\"" T1 "\"}", 0 },
		{ "{\"token\":\"abc\"}", EACCES },
		{ "{\"token\":\"" T1 "0\"}", EACCES },
		{ "{\"token\":\"\"}", EACCES },
		{ "{\"token\":7}", EBADMSG },
		{ "{}", EBADMSG },
		{ "[]", EBADMSG },
		{ "", EBADMSG },
		{ "token=" T1, EBADMSG },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char token[WEB_TOKEN_SIZE] = "untouched";
		const char *body = cases[i].body;

		assert_int_equal(
			request_login_token(body, strlen(body), token), cases[i].err);
		assert_string_equal(token, cases[i].err ? "untouched" : T1);
	}
}

static void test_small_questions(void **state)
{
	uint64_t n = 0;

	assert_true(request_is_token(T1));
	assert_false(request_is_token(
		"0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789"
		"ABCDEF"));
	assert_true(request_is_login_link("/login/" T1));
	assert_false(request_is_login_link("/login/" T1 "/x"));
	assert_false(request_is_login_link("/login/"));
	assert_true(request_is_calendar("/ical/" T1 ".ics"));
	assert_false(request_is_calendar("/ical/" T1));
	assert_false(request_is_calendar("/ical/" T1 ".icsx"));
	assert_false(request_is_calendar("/ical/" T1 "/ics"));
	assert_false(request_is_calendar("/ical/.ics"));
	assert_false(request_is_calendar("/ical/A" T1 ".ics"));
	assert_true(request_has_etag("\"a\"", "\"a\""));
	assert_true(request_has_etag("\"b\", W/\"a\"", "\"a\""));
	assert_true(request_has_etag("*", "\"a\""));
	assert_false(request_has_etag("\"b\"", "\"a\""));
	assert_false(request_has_etag("", "\"a\""));
	assert_true(request_is_json("application/json"));
	assert_true(request_is_json("Application/JSON ; charset=utf-8"));
	assert_false(request_is_json("text/plain"));
	assert_false(request_is_json("application/json2"));
	assert_true(request_is_csv("text/csv; charset=utf-8; header=present"));
	assert_false(request_is_csv("text/plain"));
	assert_true(request_length("17", 100, &n) && n == 17);
	assert_false(request_length("-1", 100, &n));
	assert_false(request_length("+1", 100, &n));
	assert_false(request_length("101", 100, &n));
	assert_false(request_length("1, 1", 100, &n));
}

static void test_files(void **state)
{
	static const struct {
		const char *path, *type;
		bool hashed;
	} cases[] = {
		{ "/desk/", "text/html; charset=utf-8", false },
		{ "/desk/index.html", "text/html; charset=utf-8", false },
		{ "/desk/app.js", "text/javascript; charset=utf-8", false },
		{ "/desk/app-3f9c2b71.js", "text/javascript; charset=utf-8", true },
		{ "/desk/app-decadedeface.js", "text/javascript; charset=utf-8", false },
		{ "/lib/x.mjs", "text/javascript; charset=utf-8", false },
		{ "/lib/style.css", "text/css; charset=utf-8", false },
		{ "/lib/icon.svg", "image/svg+xml", false },
		{ "/lib/words.json", "application/json", false },
		{ "/lib/guard.wasm", "application/wasm", false },
		{ "/lib/ring.wav", "audio/wav", false },
		{ "/lib/m.webmanifest", "application/manifest+json", false },
		{ "/lib/other", "application/octet-stream", false },
		{ "/desk", NULL, false },
		{ "/", NULL, false },
		{ "", NULL, false },
		{ "/desk/.secret", NULL, false },
		{ "/.git/config", NULL, false },
		{ "/desk/link.txt", NULL, false },
		{ "/desk/../outside.txt", NULL, false },
		{ "/../outside.txt", NULL, false },
		{ "desk/app.js", NULL, false },
		{ "/desk//app.js", NULL, false },
		{ "/desk/fifo", NULL, false },
	};
	char *root = folder_make();
	struct files f;

	assert_int_equal(files_init(&f, folder_files()), 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct file *one = files_find(&f, cases[i].path);

		if (!one != !cases[i].type)
			print_error("%s\n", cases[i].path);
		assert_int_equal(one != NULL, cases[i].type != NULL);
		if (one) {
			assert_string_equal(one->type, cases[i].type);
			assert_int_equal(one->hashed, cases[i].hashed);
		}
	}
	assert_true(files_is_folder(&f, "/desk"));
	assert_false(files_is_folder(&f, "/lib"));
	assert_string_not_equal(
		files_find(&f, "/lib/x.mjs")->etag, files_find(&f, "/desk/app.js")->etag);
	files_close(&f);
	assert_int_equal(files_init(&f, "/nowhere/at/all"), ENOENT);
	folder_remove(root);
}

static void test_too_deep(void **state)
{
	char *root = folder_make();
	struct files f;

	folder_add_deep(FILES_DEPTH_MAX + 1);
	assert_int_equal(files_init(&f, folder_files()), EFBIG);
	folder_remove(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_host),
		cmocka_unit_test(test_origin),
		cmocka_unit_test(test_session),
		cmocka_unit_test(test_login_token),
		cmocka_unit_test(test_small_questions),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_too_deep),
	};

	log_init("test", LOG_LEVEL_NONE);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
