/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* web over HTTP: what each request gets, from raw clients on loopback. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "folder.h"
#include "site.h"

#define H      "Host: @H\r\n"
#define O      "Origin: http://@H\r\n"
#define JSON   "Content-Type: application/json\r\n"
#define GET(p) "GET " p " HTTP/1.1\r\n" H "\r\n"
/* {"token":"64 digits"} */
#define GOOD_BODY "{\"token\":\"" SITE_GOOD_LINK "\"}"
#define BAD_BODY  "{\"token\":\"" SITE_SESSION "\"}"

#define CSP                                                                             \
	"content-security-policy: default-src 'none'; script-src 'self'; style-src "    \
	"'self'; "                                                                      \
	"img-src 'self' data:; media-src 'self' blob:; connect-src 'self'; worker-src " \
	"'self'; "                                                                      \
	"manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors "    \
	"'none'\r\n"

static const char *const everywhere[] = {
	(CSP),
	"x-content-type-options: nosniff\r\n",
	"referrer-policy: no-referrer\r\n",
	"cross-origin-opener-policy: same-origin\r\n",
	"cross-origin-resource-policy: same-origin\r\n",
	"permissions-policy: microphone=(self), camera=(), geolocation=(), "
	"display-capture=()\r\n",
};

struct ask {
	const char *what, *request;
	int status;
	const char *has; /* in head or body; NULL: nothing particular */
};

static const struct ask asks[] = {
	{ "the root leads to the desk", GET("/"), 303, "location: /desk/\r\n" },
	{ "a folder's index", GET("/desk/"), 200, "<title>desk</title>" },
	{ "its type", GET("/desk/"), 200, "content-type: text/html; charset=utf-8\r\n" },
	{ "it is asked for anew", GET("/desk/"), 200, "cache-control: no-cache\r\n" },
	{ "a folder without slash", GET("/desk"), 308, "location: /desk/\r\n" },
	{ "a script", GET("/desk/app.js"), 200,
		"content-type: text/javascript; charset=utf-8\r\n" },
	{ "a module", GET("/lib/x.mjs"), 200,
		"content-type: text/javascript; charset=utf-8\r\n" },
	{ "with arguments", GET("/lib/x.mjs?v=1"), 200, "export const x" },
	{ "a script is asked for anew", GET("/desk/app.js"), 200,
		"cache-control: no-cache\r\n" },
	{ "a hashed name is kept", GET("/desk/app-3f9c2b71.js"), 200, "immutable\r\n" },
	{ "an empty file", GET("/desk/empty.css"), 200, "content-length: 0\r\n" },
	{ "wasm", GET("/lib/guard.wasm"), 200, "content-type: application/wasm\r\n" },
	{ "head only", "HEAD /desk/app.js HTTP/1.1\r\n" H "\r\n", 200,
		"content-length: 22\r\n" },
	{ "health", GET("/health"), 200, "ok\n" },
	{ "a login link is a page", GET("/login/" SITE_GOOD_LINK), 200,
		"<title>login</title>" },
	{ "its folder", GET("/login/"), 200, "<title>login</title>" },
	{ "not any name", GET("/login/abc"), 404, NULL },
	{ "the caller's page", GET("/caller/"), 200, "<title>caller</title>" },
	{ "nothing there", GET("/desk/none.js"), 404, "404 Not Found\n" },
	{ "no list of a folder", GET("/lib/"), 404, NULL },
	{ "dot file", GET("/desk/.secret"), 404, NULL },
	{ "dot folder", GET("/.git/config"), 404, NULL },
	{ "link to the outside", GET("/desk/link.txt"), 404, NULL },
	{ "fifo", GET("/desk/fifo"), 404, NULL },
	{ "up and out", GET("/desk/../../outside.txt"), 404, NULL },
	{ "up and out, encoded", GET("/desk/%2e%2e/%2e%2e/outside.txt"), 404, NULL },
	{ "up and out, slashes encoded", GET("/..%2foutside.txt"), 404, NULL },
	{ "up and out, twice encoded", GET("/%252e%252e/outside.txt"), 404, NULL },
	{ "up and out, backslash", GET("/..\\outside.txt"), 404, NULL },
	{ "an absolute path", GET("//etc/passwd"), 404, NULL },
	{ "no host", "GET /desk/ HTTP/1.1\r\n\r\n", 400, NULL },
	{ "a foreign host", "GET /desk/ HTTP/1.1\r\nHost: evil.example:@P\r\n\r\n", 421,
		NULL },
	{ "a host with the wrong port",
		"GET /desk/ HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n", 421, NULL },
	{ "two hosts", "GET /desk/ HTTP/1.1\r\n" H "Host: evil.example\r\n\r\n", 421,
		NULL },
	{ "localhost", "GET /health HTTP/1.1\r\nHost: localhost:@P\r\n\r\n", 200, NULL },
	{ "IPv6 loopback", "GET /health HTTP/1.1\r\nHost: [::1]:@P\r\n\r\n", 200, NULL },
	{ "PUT", "PUT /desk/ HTTP/1.1\r\n" H "Content-Length: 2\r\n\r\nhi", 405,
		"allow: GET, HEAD\r\n" },
	{ "DELETE", "DELETE /desk/ HTTP/1.1\r\n" H "\r\n", 405, "allow: " },
	{ "OPTIONS", "OPTIONS / HTTP/1.1\r\n" H "\r\n", 405, NULL },
	{ "POST to a file", "POST /desk/ HTTP/1.1\r\n" H O "Content-Length: 0\r\n\r\n",
		405, NULL },
	{ "POST to nothing", "POST /none HTTP/1.1\r\n" H O "Content-Length: 0\r\n\r\n",
		404, NULL },
	{ "GET of what is posted", GET("/logout"), 405, "allow: POST\r\n" },
	{ "GET with a body", "GET /desk/ HTTP/1.1\r\n" H "Content-Length: 2\r\n\r\nhi",
		400, NULL },
	{ "login",
		"POST /login HTTP/1.1\r\n" H O JSON
		"Content-Length: 76\r\n\r\n" GOOD_BODY,
		204,
		"set-cookie: heimamt_session=" SITE_SESSION
		"; HttpOnly; SameSite=Strict; Path=/; Max-Age=3600\r\n" },
	{ "a used or wrong link",
		"POST /login HTTP/1.1\r\n" H O JSON "Content-Length: 76\r\n\r\n" BAD_BODY,
		403, NULL },
	{ "no token at all",
		"POST /login HTTP/1.1\r\n" H O JSON "Content-Length: 2\r\n\r\n{}", 400,
		NULL },
	{ "a token of a wrong shape",
		"POST /login HTTP/1.1\r\n" H O JSON
		"Content-Length: 13\r\n\r\n{\"token\":\"a\"}",
		403, NULL },
	{ "an empty body",
		"POST /login HTTP/1.1\r\n" H O JSON "Content-Length: 0\r\n\r\n", 400,
		NULL },
	{ "login from elsewhere",
		"POST /login HTTP/1.1\r\n" H "Origin: http://evil.example\r\n" JSON
		"Content-Length: 76\r\n\r\n" GOOD_BODY,
		403, "connection: close\r\n" },
	{ "login without origin",
		"POST /login HTTP/1.1\r\n" H JSON "Content-Length: 76\r\n\r\n" GOOD_BODY,
		403, NULL },
	{ "login as a form",
		"POST /login HTTP/1.1\r\n" H O
		"Content-Type: application/x-www-form-urlencoded\r\n"
		"Content-Length: 76\r\n\r\n" GOOD_BODY,
		415, NULL },
	{ "login without length", "POST /login HTTP/1.1\r\n" H O JSON "\r\n", 411, NULL },
	{ "login in chunks",
		"POST /login HTTP/1.1\r\n" H O JSON
		"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		411, NULL },
	{ "a length that is none",
		"POST /login HTTP/1.1\r\n" H O JSON "Content-Length: -5\r\n\r\n", 400,
		NULL },
	{ "a body of a gigabyte",
		"POST /login HTTP/1.1\r\n" H O JSON "Content-Length: 1073741824\r\n\r\n",
		413, NULL },
	{ "logout", "POST /logout HTTP/1.1\r\n" H O "Content-Length: 0\r\n\r\n", 204,
		"set-cookie: heimamt_session=; HttpOnly; SameSite=Strict; Path=/; "
		"Max-Age=0\r\n" },
	{ "logout from elsewhere",
		"POST /logout HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n", 403, NULL },
	{ "a session asked for plainly", "GET /ws/desk HTTP/1.1\r\n" H SITE_COOKIE "\r\n",
		426, "upgrade: websocket\r\n" },
	{ "no session", GET("/ws/desk"), 401, NULL },
	{ "a door's token asked for plainly", GET("/ws/door/" SITE_DOOR), 426,
		"upgrade: websocket\r\n" },
	{ "a door's token that has ended", GET("/ws/door/" SITE_SESSION), 401, NULL },
	{ "what is no token gets the same", GET("/ws/door/abc"), 401, NULL },
	{ "no token at a door", GET("/ws/door/"), 401, NULL },
	{ "more than a token", GET("/ws/door/" SITE_DOOR "/"), 401, NULL },
	{ "a session is no door's token",
		"GET /ws/door/ HTTP/1.1\r\n" H SITE_COOKIE "\r\n", 401, NULL },
	{ "a door that is none", GET("/ws/door"), 404, NULL },
	{ "a caller's path", GET("/ws/caller"), 426, NULL },
	{ "a page asks", "GET /api/me/and/more HTTP/1.1\r\n" H SITE_COOKIE "\r\n", 200,
		"get me/and/more 42 |" },
	{ "its type", "GET /api/me HTTP/1.1\r\n" H SITE_COOKIE "\r\n", 200,
		"content-type: application/json\r\n" },
	{ "it is kept nowhere", "GET /api/me HTTP/1.1\r\n" H SITE_COOKIE "\r\n", 200,
		"cache-control: no-store\r\n" },
	{ "what is to be saved", "GET /api/file HTTP/1.1\r\n" H SITE_COOKIE "\r\n", 200,
		"content-disposition: attachment; filename=\"own.json\"\r\n" },
	{ "the app knows no such thing",
		"GET /api/none HTTP/1.1\r\n" H SITE_COOKIE "\r\n", 404,
		"404 Not Found\n" },
	{ "a proof without a session",
		"POST /login/password HTTP/1.1\r\n" H O JSON
		"Content-Length: 2\r\n\r\n{}",
		200, "login/password 0 0 ://127.0.0.1:" },
	{ "and with one",
		"POST /account/state HTTP/1.1\r\n" H O SITE_COOKIE JSON
		"Content-Length: 2\r\n\r\n{}",
		200, "account/state 42 7 " },
	{ "a proof that lets in",
		"POST /login/password HTTP/1.1\r\n" H O JSON
		"Content-Length: 4\r\n\r\n\"in\"",
		200,
		"set-cookie: heimamt_session=" SITE_SESSION
		"; HttpOnly; SameSite=Strict; Path=/; Max-Age=60\r\n" },
	{ "a proof from elsewhere",
		"POST /login/password HTTP/1.1\r\n" H JSON "Content-Length: 2\r\n\r\n{}",
		403, NULL },
	{ "a proof that is no JSON",
		"POST /login/password HTTP/1.1\r\n" H O "Content-Length: 2\r\n\r\n{}",
		415, NULL },
	{ "a proof that is too long",
		"POST /login/password HTTP/1.1\r\n" H O JSON
		"Content-Length: 70000\r\n\r\n",
		413, NULL },
	{ "a proof that is asked for", GET("/login/password"), 404, NULL },
	{ "a page asks without a session", GET("/api/me"), 401, NULL },
	{ "a calendar is asked for without one", GET("/ical/" SITE_SESSION ".ics"), 200,
		"\r\n\r\nget ical/" SITE_SESSION " 0 |" },
	{ "no calendar's address", GET("/ical/" SITE_SESSION), 404, NULL },
	{ "its head alone", "HEAD /ical/" SITE_SESSION ".ics HTTP/1.1\r\n" H "\r\n", 405,
		NULL },
	{ "its head alone", "HEAD /api/me HTTP/1.1\r\n" H SITE_COOKIE "\r\n", 405, NULL },
	{ "a page wishes",
		"POST /api/put HTTP/1.1\r\n" H O SITE_COOKIE JSON
		"Content-Length: 2\r\n\r\n{}",
		200, "post put 42 {}|" },
	{ "a list",
		"POST /api/put HTTP/1.1\r\n" H O SITE_COOKIE
		"Content-Type: text/csv\r\nContent-Length: 3\r\n\r\na,b",
		200, "post put 42 a,b|" },
	{ "a wish without a session",
		"POST /api/put HTTP/1.1\r\n" H O JSON "Content-Length: 2\r\n\r\n{}", 401,
		NULL },
	{ "a wish from elsewhere",
		"POST /api/put HTTP/1.1\r\n" H SITE_COOKIE JSON
		"Origin: http://evil.example\r\nContent-Length: 2\r\n\r\n{}",
		403, NULL },
	{ "a wish as a form",
		"POST /api/put HTTP/1.1\r\n" H O SITE_COOKIE
		"Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}",
		415, NULL },
	{ "a wish that is too long",
		"POST /api/put HTTP/1.1\r\n" H O SITE_COOKIE JSON
		"Content-Length: 262145\r\n\r\n",
		413, NULL },
	{ "an upgrade to HTTP/2",
		"GET /desk/ HTTP/1.1\r\n" H
		"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n"
		"HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n",
		400, NULL },
	{ "no HTTP at all", "HELP\r\n\r\n", 403, NULL },
};

static void test_each_request(void **state)
{
	struct web_limits lim = site_limits();
	struct site s;

	site_start(&s, &lim, true);
	for (size_t i = 0; i < sizeof asks / sizeof *asks; i++) {
		const char *head = "";
		int status = site_ask(&s, asks[i].request, &head);
		bool has = !asks[i].has || strstr(head, asks[i].has);

		if (status != asks[i].status || !has)
			print_error("%s: %d\n%s\n", asks[i].what, status, head);
		assert_int_equal(status, asks[i].status);
		assert_true(has);
		for (size_t k = 0; k < sizeof everywhere / sizeof *everywhere; k++)
			assert_non_null(strstr(head, everywhere[k]));
	}
	assert_int_equal(s.logins, 2);
	assert_int_equal(s.asked, 11);
	site_stop(&s);
}

/* Libwebsockets hangs up or refuses, as its version goes. */
static void test_zero_in_path(void **state)
{
	struct web_limits lim = site_limits();
	struct site s;
	int status;

	site_start(&s, &lim, true);
	status = site_ask(&s, GET("/desk/app.js%00.html"), NULL);
	assert_true(status == 0 || (status >= 400 && status <= 404));
	site_stop(&s);
}

static void test_no_caller_page(void **state)
{
	static const char *const paths[] = { "/caller", "/caller/", "/caller/index.html",
		"/ws/caller" };
	struct web_limits lim = site_limits();
	struct site s;

	site_start(&s, &lim, false);
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		char request[128];

		snprintf(request, sizeof request, "GET %s HTTP/1.1\r\n" H "\r\n",
			paths[i]);
		assert_int_equal(site_ask(&s, request, NULL), 404);
	}
	site_stop(&s);
}

/* The caller page may be framed by the sites that are named, everything else by nobody. */
static void test_frames(void **state)
{
	static const struct {
		const char *request, *policy;
	} rows[] = {
		{ GET("/caller/"),
			"\r\ncontent-security-policy: frame-ancestors 'self' "
			"https://www.example.org https://a.example\r\n" },
		{ GET("/desk/"),
			"\r\ncontent-security-policy: frame-ancestors 'none'\r\n" },
		{ GET("/desk/none"),
			"\r\ncontent-security-policy: frame-ancestors 'none'\r\n" },
	};
	struct web_limits lim = site_limits();
	struct site s;

	site_start_framed(&s, &lim, "https://www.example.org https://a.example");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *head = NULL;

		(void)site_ask(&s, rows[i].request, &head);
		assert_non_null(head);
		assert_non_null(strstr(head, rows[i].policy));
		assert_non_null(strstr(
			head, "\r\ncontent-security-policy: default-src 'none'; "));
		assert_non_null(strstr(head, "form-action 'self'\r\n"));
	}
	site_stop(&s);
}

static void test_not_modified(void **state)
{
	struct web_limits lim = site_limits();
	const char *head, *etag;
	char request[512], value[64];
	struct site s;

	site_start(&s, &lim, false);
	assert_int_equal(site_ask(&s, GET("/desk/app.js"), &head), 200);
	etag = strstr(head, "etag: ");
	assert_non_null(etag);
	assert_int_equal(sscanf(etag, "etag: %63s", value), 1);
	snprintf(request, sizeof request,
		"GET /desk/app.js HTTP/1.1\r\n" H "If-None-Match: \"x\", %s\r\n\r\n",
		value);
	assert_int_equal(site_ask(&s, request, &head), 304);
	assert_non_null(strstr(head, value));
	assert_null(strstr(head, "content-length"));
	snprintf(request, sizeof request,
		"GET /lib/x.mjs HTTP/1.1\r\n" H "If-None-Match: %s\r\n\r\n", value);
	assert_int_equal(site_ask(&s, request, &head), 200);
	site_stop(&s);
}

/* One connection, one answer after the other, also after a big file, until the client has enough. */
static void test_keeps_the_connection(void **state)
{
	struct web_limits lim = site_limits();
	const char *head;
	struct client c;
	struct site s;
	size_t n;

	site_start(&s, &lim, false);
	client_open(&c, &s, NULL);
	client_say(&c, GET("/desk/app.js"));
	assert_int_equal(client_answer(&c, false, NULL, NULL), 200);
	client_say(&c, "HEAD /desk/app.js HTTP/1.1\r\n" H "\r\n");
	assert_int_equal(client_answer(&c, true, NULL, NULL), 200);
	client_say(&c, GET("/none"));
	assert_int_equal(client_answer(&c, false, NULL, NULL), 404);
	client_say(&c, GET("/health"));
	assert_int_equal(client_answer(&c, false, &head, NULL), 200);
	assert_non_null(strstr(head, "ok\n"));
	client_say(&c, GET("/desk/big.wav"));
	assert_int_equal(client_answer(&c, false, NULL, &n), 200);
	assert_int_equal(n, FOLDER_BIG);
	client_say(&c, "GET /health HTTP/1.1\r\n" H "Connection: close\r\n\r\n");
	assert_int_equal(client_answer(&c, false, NULL, NULL), 200);
	assert_int_equal(client_answer(&c, false, NULL, NULL), 0);
	client_close(&c);
	site_stop(&s);
}

/* A connection asks on; a body of some size comes back whole. */
static void test_asks_on(void **state)
{
	enum { LONG = 200000 };
	struct web_limits lim = site_limits();
	static char body[LONG];
	const char *head;
	struct client c;
	struct site s;
	size_t n;

	site_start(&s, &lim, false);
	client_open(&c, &s, NULL);
	for (int i = 0; i < 3; i++) {
		client_say(&c, "GET /api/me HTTP/1.1\r\n" H SITE_COOKIE "\r\n");
		assert_int_equal(client_answer(&c, false, &head, NULL), 200);
		assert_non_null(strstr(head, "get me 42 |"));
	}
	client_say(&c,
		"POST /api/put HTTP/1.1\r\n" H O SITE_COOKIE JSON
		"Content-Length: 200000\r\n\r\n");
	memset(body, 'x', sizeof body);
	client_send(&c, body, sizeof body);
	assert_int_equal(client_answer(&c, false, NULL, &n), 200);
	assert_int_equal(n, strlen("post put 42 |") + LONG);
	assert_int_equal(client_answer(&c, false, NULL, NULL), 0);
	client_close(&c);
	site_stop(&s);
}

static void test_big_file_is_whole(void **state)
{
	struct web_limits lim = site_limits();
	struct client c;
	struct site s;
	const char *end;

	site_start(&s, &lim, false);
	client_open(&c, &s, NULL);
	client_say(&c, "GET /desk/big.wav HTTP/1.1\r\n" H "Connection: close\r\n\r\n");
	while (!c.ended) {
		client_read(&c);
		site_turn(&s, c.fd);
	}
	end = strstr((char *)c.buf, "\r\n\r\n");
	assert_non_null(end);
	client_drop(&c, (size_t)(end + 4 - (char *)c.buf));
	assert_int_equal(c.n, FOLDER_BIG);
	for (size_t i = 0; i < c.n; i++)
		assert_true(c.buf[i] == (uint8_t)(i >> 8));
	client_close(&c);
	site_stop(&s);
}

/* a header of n bytes in a request that is otherwise good */
static void ask_with_long(struct client *c, const char *name, size_t n)
{
	char *value = malloc(n + 1), *request = malloc(n + 256);

	assert_non_null(value);
	assert_non_null(request);
	memset(value, 'a', n);
	value[n] = 0;
	snprintf(request, n + 256, "GET /health HTTP/1.1\r\n" H "%s: %s\r\n\r\n", name,
		value);
	client_say(c, request);
	free(value);
	free(request);
}

static void test_long_headers(void **state)
{
	static const struct {
		const char *name;
		size_t n;
		int status;
	} cases[] = {
		{ "Cookie", 2000, 200 },
		{ "Cookie", 9000, 431 },
		{ "Cookie", 30000, 0 }, /* libwebsockets hangs up */
		{ "X-Unknown", 30000, 0 },
	};
	struct web_limits lim = site_limits();
	struct site s;

	site_start(&s, &lim, false);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct client c;

		client_open(&c, &s, NULL);
		ask_with_long(&c, cases[i].name, cases[i].n);
		assert_int_equal(client_answer(&c, false, NULL, NULL), cases[i].status);
		client_close(&c);
	}
	site_stop(&s);
}

static void test_long_path(void **state)
{
	char request[1200] = "GET /desk/";
	struct web_limits lim = site_limits();
	struct site s;

	site_start(&s, &lim, false);
	memset(request + 10, 'a', 400);
	snprintf(request + 410, 200, "%s", " HTTP/1.1\r\n" H "\r\n");
	assert_int_equal(site_ask(&s, request, NULL), 414);
	site_stop(&s);
}

/* A refused body is read to its end, so that the answer arrives. */
static void test_refused_body_is_drained(void **state)
{
	struct web_limits lim = site_limits();
	char *body = calloc(1, 60000);
	struct client c;
	struct site s;

	assert_non_null(body);
	site_start(&s, &lim, false);
	client_open(&c, &s, NULL);
	client_say(
		&c, "POST /login HTTP/1.1\r\n" H O JSON "Content-Length: 60000\r\n\r\n");
	for (int i = 0; i < 20; i++)
		site_turn(&s, -1);
	client_read(&c);
	assert_int_equal(c.n, 0);
	client_send(&c, body, 60000);
	assert_int_equal(client_answer(&c, false, NULL, NULL), 413);
	client_close(&c);
	free(body);
	site_stop(&s);
}

#define GOOD_LOGIN \
	"POST /login HTTP/1.1\r\n" H O JSON "Content-Length: 76\r\n\r\n" GOOD_BODY

/* The app may answer a login later, once, and also when nobody waits any more. */
static void test_late_login(void **state)
{
	struct web_limits lim = site_limits();
	const char *head;
	uint64_t first;
	struct client c;
	struct site s;

	site_start(&s, &lim, false);
	s.hold_logins = true;
	client_open(&c, &s, NULL);
	client_say(&c, GET("/"));
	assert_int_equal(client_answer(&c, false, NULL, NULL), 303);
	client_say(&c, GOOD_LOGIN);
	site_until(&s, s.logins == 1);
	for (int i = 0; i < 20; i++)
		site_turn(&s, -1);
	client_read(&c);
	assert_int_equal(c.n, 0);
	first = s.request;
	web_login_done(s.web, first + SLOTS_MAX, SITE_SESSION, 1);
	web_login_done(s.web, 0, SITE_SESSION, 1);
	web_login_done(s.web, first, SITE_SESSION, 60);
	web_login_done(s.web, first, NULL, 60);
	assert_int_equal(client_answer(&c, false, &head, NULL), 204);
	assert_non_null(strstr(head, "Max-Age=60\r\n"));
	client_close(&c);
	client_open(&c, &s, NULL);
	client_say(&c, GOOD_LOGIN);
	site_until(&s, s.logins == 2);
	client_close(&c);
	assert_true(s.request != first);
	site_until(&s, s.web->n_conns == 0);
	web_login_done(s.web, s.request, SITE_SESSION, 60);
	site_stop(&s);
}

/* Who sends on before the answer to a login is cut off, instead of being hoarded. */
static void test_more_than_a_login(void **state)
{
	struct web_limits lim = site_limits();
	struct client c;
	struct site s;

	site_start(&s, &lim, false);
	s.hold_logins = true;
	client_open(&c, &s, NULL);
	client_say(&c, GOOD_LOGIN);
	site_until(&s, s.logins == 1);
	client_say(&c, GET("/health"));
	assert_int_equal(client_answer(&c, false, NULL, NULL), 0);
	assert_int_equal(s.logins, 1);
	client_close(&c);
	site_stop(&s);
}

/* Who sends on while not reading a file is cut off soon, long before it is too slow. */
static void test_sends_but_does_not_read(void **state)
{
	struct web_limits lim = site_limits();
	struct client c;
	struct site s;

	site_start(&s, &lim, false);
	client_open(&c, &s, NULL);
	client_say(&c, GET("/desk/big.wav"));
	site_until(&s, s.web->conns[0] && s.web->conns[0]->file);
	client_say(&c, "more");
	site_until(&s, s.web->n_conns == 0);
	client_close(&c);
	site_stop(&s);
}

/* The peer has closed it. */
static bool has_ended(struct client *c)
{
	site_until(c->s, (client_read(c), c->ended));
	return c->n == 0;
}

static int health(struct client *c)
{
	client_say(c, GET("/health"));
	return client_answer(c, false, NULL, NULL);
}

static void test_crowd(void **state)
{
	struct web_limits lim = site_limits();
	struct client c[6];
	struct site s;

	lim.crowd = (struct crowd_limits){ 4, 3, 2 };
	site_start(&s, &lim, false);
	client_open(&c[0], &s, NULL);
	assert_int_equal(health(&c[0]), 200);
	client_open(&c[1], &s, NULL);
	client_say(&c[1], "GET /api/who HTTP/1.1\r\n" H SITE_COOKIE "\r\n");
	assert_int_equal(client_answer(&c[1], false, NULL, NULL), 200);
	/* a third: the known one is no stranger */
	client_open(&c[2], &s, NULL);
	assert_int_equal(health(&c[2]), 200);
	/* a fourth is one stranger too many: the oldest goes */
	client_open(&c[3], &s, NULL);
	assert_int_equal(health(&c[3]), 200);
	assert_true(has_ended(&c[0]));
	/* another address has its own share */
	client_open(&c[4], &s, "127.0.0.2");
	assert_int_equal(health(&c[4]), 200);
	/* the house is full: of the greediest address the oldest goes, and never who is known */
	client_open(&c[5], &s, "127.0.0.3");
	assert_int_equal(health(&c[5]), 200);
	assert_true(has_ended(&c[2]));
	assert_int_equal(health(&c[1]), 200);
	assert_int_equal(health(&c[3]), 200);
	for (int i = 0; i < 6; i++)
		client_close(&c[i]);
	site_stop(&s);
}

/* Each second gives one back, and a slow test takes seconds: so it asks on until it is refused. */
#define GIVEN_BACK_MAX 1000

/* How often it was answered 200 before it was refused with 429; *head is the refusal's. */
static int asked_until_refused(struct site *s, const char *request, const char **head)
{
	for (int n = 0; n < GIVEN_BACK_MAX; n++) {
		int got = site_ask(s, request, head);

		if (got == 429)
			return n;
		assert_int_equal(got, 200);
	}
	fail_msg("it was never refused");
	return 0;
}

/* Who may no longer connect is not even heard. */
static void test_accepts(void **state)
{
	struct web_limits lim = site_limits();
	struct client c;
	struct site s;
	int n = 0;

	lim.accepts = (struct bucket_rate){ 3, 1 };
	site_start(&s, &lim, false);
	for (;; n++) {
		assert_true(n < GIVEN_BACK_MAX);
		client_open(&c, &s, NULL);
		int got = health(&c);

		if (got != 200)
			break;
		client_close(&c);
	}
	assert_true(n >= 3);
	assert_true(has_ended(&c));
	client_close(&c);
	client_open(&c, &s, "127.0.0.2");
	assert_int_equal(health(&c), 200);
	client_close(&c);
	site_stop(&s);
}

static void test_requests(void **state)
{
	static const char known[] = "GET /desk/ HTTP/1.1\r\n" H SITE_COOKIE "\r\n";
	static const char dial[] = "GET /ws/desk HTTP/1.1\r\n" H O
				   "Upgrade: websocket\r\nConnection: Upgrade\r\n"
				   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
				   "Sec-WebSocket-Version: 13\r\n"
				   "Sec-WebSocket-Protocol: heimamt\r\n\r\n";
	struct web_limits lim = site_limits();
	const char *head = NULL;
	struct client c;
	struct site s;

	lim.requests = (struct bucket_rate){ 4, 1 };
	lim.session_requests = (struct bucket_rate){ 2, 1 };
	site_start(&s, &lim, false);
	assert_true(asked_until_refused(&s, GET("/desk/"), &head) >= 4);
	assert_non_null(strstr(head, "\r\nretry-after: 1\r\n"));
	/* 401: one was given back meanwhile, and it has no session */
	int got = 401;

	for (int i = 0; got == 401 && i < GIVEN_BACK_MAX; i++)
		got = site_ask(&s, dial, NULL);
	assert_int_equal(got, 429);
	/* who works behind that address works on, and not without an end */
	assert_true(asked_until_refused(&s, known, NULL) >= 2);
	client_open(&c, &s, "127.0.0.2");
	assert_int_equal(health(&c), 200);
	client_close(&c);
	site_stop(&s);
}

/* A session's requests of the app have a bound of their own. */
static void test_session_requests(void **state)
{
	static const char ask[] = "GET /api/who HTTP/1.1\r\n" H SITE_COOKIE "\r\n";
	struct web_limits lim = site_limits();
	struct site s;

	lim.session_requests = (struct bucket_rate){ 2, 1 };
	site_start(&s, &lim, false);
	int n = asked_until_refused(&s, ask, NULL);

	assert_true(n >= 2);
	assert_int_equal(s.asked, n);
	assert_int_equal(site_ask(&s, GET("/desk/"), NULL), 200);
	site_stop(&s);
}

#define WRONG_DOOR  GET("/ws/door/" SITE_SESSION)
#define RIGHT_DOOR  GET("/ws/door/" SITE_DOOR)
#define LOGIN(body) "POST /login HTTP/1.1\r\n" H O JSON "Content-Length: 76\r\n\r\n" body

/* Wrong tokens are bounded, whichever they are, and for one address only; right ones cost nothing. */
static void test_guesses(void **state)
{
	struct web_limits lim = site_limits();
	const char *head = NULL;
	struct client c;
	struct site s;

	lim.tick_ms = 3600000; /* none is given back */
	site_start(&s, &lim, false);
	for (int i = 0; i < 2 * GUESSES_MAX; i++)
		assert_int_equal(site_ask(&s, RIGHT_DOOR, NULL), 426);
	for (int i = 0; i < GUESSES_MAX / 2; i++) {
		assert_int_equal(site_ask(&s, WRONG_DOOR, NULL), 401);
		assert_int_equal(site_ask(&s, LOGIN(BAD_BODY), NULL), 403);
	}
	s.doors = s.logins = 0;
	assert_int_equal(site_ask(&s, WRONG_DOOR, &head), 429);
	assert_non_null(strstr(head, "retry-after: 1\r\n"));
	assert_int_equal(site_ask(&s, RIGHT_DOOR, NULL), 429);
	assert_int_equal(site_ask(&s, LOGIN(GOOD_BODY), NULL), 429);
	assert_int_equal(s.doors + s.logins, 0); /* nobody was asked */
	client_open(&c, &s, "127.0.0.2");
	client_say(&c, RIGHT_DOOR);
	assert_int_equal(client_answer(&c, false, NULL, NULL), 426);
	client_close(&c);
	site_stop(&s);
}

/* With each tick one more may be tried. */
static void test_guesses_return(void **state)
{
	struct web_limits lim = site_limits();
	struct site s;

	site_start(&s, &lim, false);
	s.web->guesses = (struct guesses){ .seed = s.web->guesses.seed };
	memset(s.web->guesses.used, GUESSES_MAX, sizeof s.web->guesses.used);
	site_until(&s, site_ask(&s, RIGHT_DOOR, NULL) == 426);
	site_stop(&s);
}

/* They say it and then nothing more; the server lets them go. */
static void check_let_go(const struct web_limits *lim, const char *const *says, size_t n)
{
	struct client c[8];
	struct site s;

	site_start(&s, lim, false);
	for (size_t i = 0; i < n; i++) {
		client_open(&c[i], &s, NULL);
		client_say(&c[i], says[i]);
	}
	site_until(&s, s.web->serial == n);
	site_until(&s, s.web->n_conns == 0);
	for (size_t i = 0; i < n; i++)
		client_close(&c[i]);
	site_stop(&s);
}

static void test_slow_headers(void **state)
{
	static const char *const says[] = {
		"", "GET /health HTT", "GET /health HTTP/1.1\r\n" H,
		GET("/health"), /* nothing after it */
	};
	struct web_limits lim = site_limits();

	lim.header_s = 1;
	lim.keepalive_s = 1;
	check_let_go(&lim, says, sizeof says / sizeof *says);
}

static void test_slow_bodies(void **state)
{
	static const char *const says[] = {
		"POST /login HTTP/1.1\r\n" H O JSON "Content-Length: 76\r\n\r\n{",
		"POST /login HTTP/1.1\r\n" H O JSON "Content-Length: 2000\r\n\r\n{",
		GET("/desk/big.wav"), /* not read */
	};
	struct web_limits lim = site_limits();

	lim.header_s = 10000;
	lim.request = lim.body = 20;
	check_let_go(&lim, says, sizeof says / sizeof *says);
}

/* It is told, and then it is over; a body that only trickles does not earn more time. */
static void test_late_body(void **state)
{
	static const char *const says[] = {
		"POST /login HTTP/1.1\r\n" H O JSON "Content-Length: 76\r\n\r\n{",
		"POST /none HTTP/1.1\r\n" H O JSON "Content-Length: 2000\r\n\r\n{",
	};
	struct web_limits lim = site_limits();
	struct client c;
	struct site s;

	lim.header_s = 10000;
	lim.body = 20;
	site_start(&s, &lim, false);
	for (size_t i = 0; i < sizeof says / sizeof *says; i++) {
		int64_t end = site_now() + SITE_PATIENCE_MS;

		client_open(&c, &s, NULL);
		client_say(&c, says[i]);
		while (!c.n && !c.ended && site_now() < end) {
			client_send(&c, " ", 1);
			for (int k = 0; k < 30 && !c.n; k++, client_read(&c))
				site_turn(&s, c.fd);
		}
		assert_int_equal(client_answer(&c, false, NULL, NULL), 408);
		assert_true(has_ended(&c));
		client_close(&c);
	}
	assert_int_equal(s.logins, 0);
	site_stop(&s);
}

static void test_start_failures(void **state)
{
	struct web_limits lim = site_limits();
	struct web_handler h = { 0 };
	struct web *w = NULL;
	struct site s;

	site_start(&s, &lim, false);
	struct {
		struct web_config cfg;
		int err;
	} cases[] = {
		{ { "127.0.0.1", s.port, folder_files(), false }, EADDRINUSE },
		{ { "0.0.0.0", 0, folder_files(), false }, EACCES },
		{ { "192.0.2.1", 0, folder_files(), false }, EACCES },
		{ { "::", 0, folder_files(), false }, EACCES },
		{ { "here", 0, folder_files(), false }, EACCES },
		{ { "127.0.0.1", 0, "/nowhere/at/all", false }, ENOENT },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(web_new(&w, &s.loop, &cases[i].cfg, &h), cases[i].err);
		assert_null(w);
	}
	assert_int_equal(site_ask(&s, GET("/health"), NULL), 200);
	site_stop(&s);
}

static void test_ipv6(void **state)
{
	struct web_config cfg = { .addr = "::1" };
	struct web_handler h = { 0 };
	char *root = folder_make();
	struct web *w = NULL;
	uv_loop_t loop;
	int err;

	cfg.files = folder_files();
	uv_loop_init(&loop);
	err = web_new(&w, &loop, &cfg, &h);
	assert_true(err == 0 || err == EIO); /* a machine without IPv6 */
	web_free(w);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	folder_remove(root);
}

/* Again and again on one loop, with connections in all states; the sanitizer looks for what is left. */
static void test_open_and_close(void **state)
{
	struct web_limits lim = site_limits();

	for (int i = 0; i < 10; i++) {
		struct client c[3];
		struct site s;

		site_start(&s, &lim, true);
		for (int k = 0; k < 3; k++)
			client_open(&c[k], &s, NULL);
		client_say(&c[0], "GET /he");
		client_say(&c[1], GET("/desk/big.wav"));
		s.hold_logins = true;
		client_say(&c[2],
			"POST /login HTTP/1.1\r\n" H O JSON
			"Content-Length: 76\r\n\r\n" GOOD_BODY);
		if (i % 2)
			site_until(&s, s.logins == 1);
		site_stop(&s);
		for (int k = 0; k < 3; k++)
			client_close(&c[k]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_request),
		cmocka_unit_test(test_zero_in_path),
		cmocka_unit_test(test_no_caller_page),
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_not_modified),
		cmocka_unit_test(test_keeps_the_connection),
		cmocka_unit_test(test_asks_on),
		cmocka_unit_test(test_big_file_is_whole),
		cmocka_unit_test(test_long_headers),
		cmocka_unit_test(test_long_path),
		cmocka_unit_test(test_refused_body_is_drained),
		cmocka_unit_test(test_late_login),
		cmocka_unit_test(test_more_than_a_login),
		cmocka_unit_test(test_sends_but_does_not_read),
		cmocka_unit_test(test_crowd),
		cmocka_unit_test(test_accepts),
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_session_requests),
		cmocka_unit_test(test_guesses),
		cmocka_unit_test(test_guesses_return),
		cmocka_unit_test(test_slow_headers),
		cmocka_unit_test(test_slow_bodies),
		cmocka_unit_test(test_late_body),
		cmocka_unit_test(test_start_failures),
		cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_open_and_close),
	};

	log_init("test", LOG_LEVEL_NONE);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
