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
#include "web/addr.h"
#include "web/files.h"
#include "web/request.h"
#include "folder.h"

#define T1 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define T2 "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"

static void test_host(void **state)
{
	static const struct {
		const char *host;
		bool plain, secure; /* ours then */
	} cases[] = {
		{ "127.0.0.1:8470", true, true },
		{ "localhost:8470", true, true },
		{ "LocalHost:8470", true, true },
		{ "[::1]:8470", true, true },
		{ "localhost", false, false },
		{ "localhost:8471", false, false },
		{ "localhost:8470 ", false, false },
		{ "localhost:84700", false, false },
		{ "evil.example:8470", false, false },
		{ "localhost.evil.example:8470", false, false },
		{ "127.0.0.2:8470", false, false },
		{ "", false, false },
		/* the house's own names: over TLS only */
		{ "desk.example.org:8470", false, true },
		{ "desk.example.org", false, true }, /* where a proxy leads on */
		{ "Desk.Example.Org", false, true },
		{ "desk.example.org:8471", false, false },
		{ "desk.example.org.", false, false },
		{ "desk.example.org.evil.example", false, false },
		{ "evil-desk.example.org", false, false },
		{ "front.example.org:8443", false, true },
		{ "front.example.org", false, false },
		{ "front.example.org:8470", false, false },
		{ "usual.example.org:443", false, true },
		{ "usual.example.org", false, true },
		{ "[2001:db8::7]", false, true },
		{ "[2001:db8::7]:8470", false, true },
		{ "[2001:db8::8]", false, false },
	};
	static const struct request_house house = {
		.names = { "desk.example.org", "front.example.org:8443",
			"usual.example.org:443", "[2001:db8::7]" },
		.n = 4,
		.port = 8470,
	};
	static const struct request_house usual = { .port = 80 };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(request_is_our_host(cases[i].host, &house, false),
			cases[i].plain);
		assert_int_equal(request_is_our_host(cases[i].host, &house, true),
			cases[i].secure);
	}
	assert_true(request_is_our_host("localhost", &usual, false));
	assert_false(request_is_our_host("localhost", &usual, true));
}

static void test_name(void **state)
{
	static const struct {
		const char *name;
		const char *host; /* NULL: it is none */
	} cases[] = {
		{ "desk.example.org", "desk.example.org" },
		{ "desk.example.org:8443", "desk.example.org" },
		{ "192.0.2.7", "192.0.2.7" },
		{ "[2001:db8::7]", "2001:db8::7" },
		{ "[2001:db8::7]:443", "2001:db8::7" },
		{ "", NULL },
		{ ":443", NULL },
		{ "Desk.example.org", NULL },
		{ "https://desk.example.org", NULL },
		{ "desk.example.org/", NULL },
		{ "desk.example.org:", NULL },
		{ "desk.example.org:0", NULL },
		{ "desk.example.org:65536", NULL },
		{ "2001:db8::7", NULL },
		{ "[2001:db8::7", NULL },
		{ "[]", NULL },
		{ "*.example.org", NULL },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char host[WEB_NAME_MAX];

		assert_int_equal(request_is_name(cases[i].name), cases[i].host != NULL);
		if (!cases[i].host)
			continue;
		request_host(cases[i].name, host);
		assert_string_equal(host, cases[i].host);
	}
}

static void test_origin(void **state)
{
	static const struct {
		const char *origin, *host;
		bool plain, secure;
	} cases[] = {
		{ "http://localhost:1", "localhost:1", true, false },
		{ "https://localhost:1", "localhost:1", false, true },
		{ "http://localhost:2", "localhost:1", false, false },
		{ "http://127.0.0.1:1", "localhost:1", false, false },
		{ "http://localhost:1/", "localhost:1", false, false },
		{ "https://desk.example.org", "desk.example.org", false, true },
		{ "https://desk.example.org:443", "desk.example.org", false, false },
		{ "https://evil.example", "desk.example.org", false, false },
		{ "null", "localhost:1", false, false },
		{ "", "localhost:1", false, false },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(
			request_is_same_origin(cases[i].origin, cases[i].host, false),
			cases[i].plain);
		assert_int_equal(
			request_is_same_origin(cases[i].origin, cases[i].host, true),
			cases[i].secure);
	}
}

/* Whom proxies bring, with 127.0.0.1 and 2001:db8::1 among the trusted. */
static void test_forwarded(void **state)
{
	static const struct {
		const char *what, *header, *client; /* NULL: nobody */
	} cases[] = {
		{ "one", "192.0.2.7", "192.0.2.7" },
		{ "what stands before it anybody may have written", "10.0.0.1, 192.0.2.7",
			"192.0.2.7" },
		{ "a trusted one behind it", "192.0.2.7, 127.0.0.1", "192.0.2.7" },
		{ "trusted ones alone", "127.0.0.1,2001:db8::1", NULL },
		{ "with a port", "192.0.2.7:4711", "192.0.2.7" },
		{ "IPv6", "2001:db8::7", "2001:db8::7" },
		{ "IPv6 in brackets", "[2001:db8::7]", "2001:db8::7" },
		{ "IPv6 with a port", "[2001:db8::7]:4711", "2001:db8::7" },
		{ "IPv4 within IPv6", "::ffff:192.0.2.7", "192.0.2.7" },
		{ "nothing", "", NULL },
		{ "a word", "unknown", NULL },
		{ "nothing at its end", "192.0.2.7,", NULL },
		{ "a word behind an address", "192.0.2.7, unknown", NULL },
		{ "a word behind what is trusted", "unknown, 127.0.0.1", NULL },
	};
	struct addr_proxies p = { 0 };

	assert_int_equal(addr_trust(&p, "localhost"), EINVAL);
	assert_int_equal(addr_trust(&p, "127.0.0.1"), 0);
	assert_int_equal(addr_trust(&p, "2001:db8::1"), 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sockaddr_storage got = { 0 }, wanted;
		bool is = addr_forwarded(&p, cases[i].header, &got);

		if (is != (cases[i].client != NULL))
			fail_msg("%s", cases[i].what);
		if (!is)
			continue;
		assert_int_equal(addr_read(&wanted, cases[i].client), 0);
		if (!addr_is_same(&got, &wanted))
			fail_msg("%s", cases[i].what);
	}
	while (p.n < ADDR_PROXIES_MAX)
		assert_int_equal(addr_trust(&p, "192.0.2.1"), 0);
	assert_int_equal(addr_trust(&p, "192.0.2.1"), ENOSPC);
}

static void test_device(void **state)
{
	static const struct {
		const char *cookies, *plain, *secure;
	} cases[] = {
		{ "heimamt_device=aZ_-9", "aZ_-9", "" },
		{ "a=b; __Host-heimamt_device=aZ_-9", "", "aZ_-9" },
		{ "heimamt_device=a+b", "", "" },
		{ "heimamt_device=\"ab\"", "", "" },
		{ "heimamt_device=", "", "" },
		{ "heimamt_device=" T1 T1, "", "" }, /* too long */
		{ "", "", "" },
	};
	char device[WEB_DEVICE_MAX];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		request_device(cases[i].cookies, false, device);
		assert_string_equal(device, cases[i].plain);
		request_device(cases[i].cookies, true, device);
		assert_string_equal(device, cases[i].secure);
	}
}

#define HOST_COOKIE "__Host-heimamt_session="

static void test_session(void **state)
{
	static const struct {
		const char *cookies, *plain, *secure; /* NULL: none */
	} cases[] = {
		{ "heimamt_session=" T1, T1, NULL },
		{ "a=b; heimamt_session=" T1 "; c=d", T1, NULL },
		{ "heimamt_session=" T1 "; heimamt_session=" T1, T1, NULL },
		{ "heimamt_session=" T1 "; heimamt_session=" T2, NULL, NULL },
		{ "heimamt_session=" T1 "0", NULL, NULL },
		{ "heimamt_session=", NULL, NULL },
		{ "heimamt_session", NULL, NULL },
		{ "xheimamt_session=" T1, NULL, NULL },
		{ "heimamt_session=\"" T1 "\"", NULL, NULL },
		{ HOST_COOKIE T1, NULL, T1 },
		/* another host of the domain may have set the one without the prefix */
		{ "heimamt_session=" T2 "; " HOST_COOKIE T1, T2, T1 },
		{ HOST_COOKIE T1 "; " HOST_COOKIE T2, NULL, NULL },
		{ "__host-heimamt_session=" T1, NULL, NULL },
		{ ";;;", NULL, NULL },
		{ "", NULL, NULL },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (int secure = 0; secure < 2; secure++) {
			const char *wanted = secure ? cases[i].secure : cases[i].plain;
			char token[WEB_TOKEN_SIZE] = "untouched";
			bool found = request_session(cases[i].cookies, secure, token);

			assert_int_equal(found, wanted != NULL);
			assert_string_equal(token, found ? wanted : "untouched");
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

/* Likewise, by Forwarded. */
static void test_forwarded_by(void **state)
{
	static const struct {
		const char *what, *header, *client; /* NULL: nobody */
		bool is_secure;
	} cases[] = {
		{ "one", "for=192.0.2.7;proto=https;by=203.0.113.43", "192.0.2.7", true },
		{ "by http", "for=192.0.2.7;proto=http", "192.0.2.7", false },
		{ "in any case, any order, with blanks",
			"Proto=HTTPS; host=desk.example.org ;FOR=192.0.2.7", "192.0.2.7",
			true },
		{ "what stands before it anybody may have written",
			"for=10.0.0.1;proto=https, for=192.0.2.7", "192.0.2.7", false },
		{ "an open quote before it hides nothing", "for=\"[::1], for=192.0.2.7",
			"192.0.2.7", false },
		{ "nonsense before it, either", "=;=, for=192.0.2.7", "192.0.2.7",
			false },
		{ "a trusted one behind it: how the client came counts",
			"for=192.0.2.7;proto=https, for=127.0.0.1;proto=http",
			"192.0.2.7", true },
		{ "trusted ones alone",
			"for=127.0.0.1;proto=https, for=\"[2001:db8::1]\"", NULL },
		{ "with a port", "for=\"192.0.2.7:4711\"", "192.0.2.7", false },
		{ "IPv6", "for=\"[2001:db8::7]\"", "2001:db8::7", false },
		{ "IPv6 with a port", "for=\"[2001:db8::7]:4711\";proto=https",
			"2001:db8::7", true },
		{ "a comma in quotes", "for=192.0.2.7;ext=\"a, for=192.0.2.9\"",
			"192.0.2.7", false },
		{ "a semicolon in quotes", "for=192.0.2.7;ext=\"a;for=192.0.2.9\"",
			"192.0.2.7", false },
		{ "a port without quotes", "for=192.0.2.7:4711", NULL },
		{ "IPv6 without brackets", "for=\"2001:db8::7\"", NULL },
		{ "IPv6 without quotes", "for=[2001:db8::7]", NULL },
		{ "unknown", "for=unknown", NULL },
		{ "hidden", "for=_gazonk", NULL },
		{ "hidden behind what is trusted", "for=_gazonk, for=127.0.0.1", NULL },
		{ "two of them", "for=192.0.2.7;for=192.0.2.9", NULL },
		{ "two protocols", "for=192.0.2.7;proto=http;proto=https", NULL },
		{ "an escape", "for=\"192.0.2.\\7\"", NULL },
		{ "none", "proto=https", NULL },
		{ "no value", "for=", NULL },
		{ "an empty one", "for=\"\"", NULL },
		{ "nothing", "", NULL },
		{ "nothing at its end", "for=192.0.2.7,", NULL },
		{ "an address alone", "192.0.2.7", NULL },
	};
	struct addr_proxies p = { 0 };

	assert_int_equal(addr_trust(&p, "127.0.0.1"), 0);
	assert_int_equal(addr_trust(&p, "2001:db8::1"), 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sockaddr_storage got = { 0 }, wanted;
		bool is_secure = false;
		bool is = addr_forwarded_by(&p, cases[i].header, &got, &is_secure);

		if (is != (cases[i].client != NULL) || is_secure != cases[i].is_secure)
			fail_msg("%s", cases[i].what);
		if (!is)
			continue;
		assert_int_equal(addr_read(&wanted, cases[i].client), 0);
		if (!addr_is_same(&got, &wanted))
			fail_msg("%s", cases[i].what);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_host),
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_device),
		cmocka_unit_test(test_origin),
		cmocka_unit_test(test_forwarded),
		cmocka_unit_test(test_forwarded_by),
		cmocka_unit_test(test_session),
		cmocka_unit_test(test_login_token),
		cmocka_unit_test(test_small_questions),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_too_deep),
	};

	log_init("test", LOG_LEVEL_NONE);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
