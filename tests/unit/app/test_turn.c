/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* turn: accounts as the TURN server checks them, where a browser asks, and when a desk is told of them. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "app/turn.h"
#include "base/text.h"
#include "house.h"

#define N(a)   (sizeof(a) / sizeof *(a))
#define SECRET "0123456789abcdef0123456789abcdef"

/* printf %s USER | openssl dgst -sha1 -hmac SECRET -binary | base64 */
static const struct {
	const char *what, *secret;
	int64_t expiry_s;
	uint8_t name[TURN_NAME_SIZE];
	const char *user, *password;
} accounts[] = {
	{ "as any", SECRET, 1800043200, { 0 }, "1800043200:000000000000000000000000",
		"Viw2DgYmvtSj+V91A9VOidAJHFQ=" },
	{ "another name", SECRET, 1800043200, { [11] = 255 },
		"1800043200:0000000000000000000000ff", "cLrvPowdfgQoHxth0KCPhSu3zPw=" },
	{ "another time", SECRET, 1800043201, { 0 },
		"1800043201:000000000000000000000000", "7L3RW16kQxPBatzHBvaJCjEU7zU=" },
	{ "another secret", SECRET "x", 1800043200, { 0 },
		"1800043200:000000000000000000000000", "CP27EId8lHvt0TtSme3C1VPvn/U=" },
	{ "after 2286", SECRET, 99999999999, { 0 },
		"99999999999:000000000000000000000000", "XHEyVW7iUXCudBBzbjZb9JqiTo4=" },
};

static void test_accounts(void **state)
{
	for (size_t i = 0; i < N(accounts); i++) {
		struct turn_account a;

		assert_int_equal(turn_account(accounts[i].secret, accounts[i].expiry_s,
					 accounts[i].name, &a),
			0);
		if (strcmp(a.user, accounts[i].user) != 0 ||
			strcmp(a.password, accounts[i].password) != 0)
			fail_msg("%s: %s %s", accounts[i].what, a.user, a.password);
	}
}

static const struct {
	const char *what;
	struct app_turn_config cfg;
	const char *urls[TURN_URLS_MAX];
} ways[] = {
	{ "none", { .port = 3478, .tls_port = 5349 }, { 0 } },
	{ "without TLS", { .host = "turn.example.org", .port = 3478 },
		{ "turn:turn.example.org:3478?transport=udp",
			"turn:turn.example.org:3478?transport=tcp" } },
	{ "all", { .host = "192.0.2.7", .port = 3478, .tls_port = 443 },
		{ "turn:192.0.2.7:3478?transport=udp",
			"turn:192.0.2.7:3478?transport=tcp",
			"turns:192.0.2.7:443?transport=tcp" } },
};

static void test_ways(void **state)
{
	for (size_t i = 0; i < N(ways); i++) {
		char urls[TURN_URLS_MAX][TURN_URL_MAX];
		size_t n = turn_urls(&ways[i].cfg, urls), want = 0;

		while (want < TURN_URLS_MAX && ways[i].urls[want])
			want++;
		if (n != want)
			fail_msg("%s: %zu", ways[i].what, n);
		for (size_t k = 0; k < n; k++)
			assert_string_equal(urls[k], ways[i].urls[k]);
	}
}

/* The longest that a configuration may have. */
static void test_longest(void **state)
{
	struct app_turn_config cfg = { .port = 65535, .tls_port = 65535 };
	char urls[TURN_URLS_MAX][TURN_URL_MAX];

	memset(cfg.host, 'a', sizeof cfg.host - 1);
	assert_int_equal(turn_urls(&cfg, urls), 3);
	assert_non_null(strstr(urls[2], "a:65535?transport=tcp"));
}

/* --- the desk --- */

static struct house h;

static void say(const char *who, struct desk_msg m)
{
	h.n_lines = 0;
	m.protocol = DESK_PROTOCOL;
	app_page_message(h.app, house_conn(who), &m);
}

static void begin(const struct app_turn_config *turn)
{
	house_open(&h, 1);
	house_kill(&h);
	h.turn = *turn;
	house_start(&h);
	house_relay_up(&h, 0, false);
	app_adopt(h.app);
	app_page_opened(
		h.app, house_conn("anna"), 1, app_session_number(h.app, HOUSE_DESK));
	app_page_opened(h.app, house_conn("w1"), 0, 7);
	say("anna", (struct desk_msg){ .type = DESK_HELLO });
}

/* The place of the line that begins so, or -1. */
static int told(const char *what)
{
	for (size_t i = 0; i < h.n_lines; i++)
		if (strncmp(h.lines[i], what, strlen(what)) == 0)
			return (int)i;
	return -1;
}

static const struct app_turn_config turn = {
	.host = "turn.example.org",
	.port = 3478,
	.tls_port = 5349,
	.lifetime_s = 43200,
	.secret = SECRET,
};
#define SDP                                                                     \
	"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"                   \
	"m=audio 9 UDP/TLS/RTP/SAVPF 8\r\nc=IN IP4 0.0.0.0\r\n"                 \
	"a=mid:0\r\na=rtcp-mux\r\na=setup:actpass\r\na=ice-ufrag:abcd\r\n"      \
	"a=ice-pwd:0123456789012345678901\r\na=fingerprint:sha-256 "            \
	"00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:" \
	"77:88:99:AA:BB:CC:DD:EE:FF\r\n"

/* Before the view, upon which a page makes its line; another with each offer; and none has anything of Anna. */
static void test_told(void **state)
{
	char first[HOUSE_LINE_MAX];

	begin(&turn);
	assert_true(told("turn anna 18000432") >= 0); /* half a day after the wall */
	assert_true(told("turn anna ") < told("view anna"));
	assert_null(strstr(h.lines[told("turn anna")] + strlen("turn anna"), "nna"));
	assert_non_null(strstr(h.lines[told("turn anna")],
		" 3 turns:turn.example.org:5349?transport=tcp"));
	(void)text_copy(first, sizeof first, h.lines[told("turn anna")]);
	say("anna", (struct desk_msg){ .type = DESK_LINE_OFFER, .sdp = SDP });
	assert_true(told("turn anna ") >= 0);
	assert_string_not_equal(h.lines[told("turn anna")], first);
	house_close(&h);
}

/* A caller page, and a desk before its hello, are told nothing. */
static void test_not_told(void **state)
{
	begin(&turn);
	say("w1", (struct desk_msg){ .type = DESK_HELLO });
	assert_int_equal(told("turn"), -1);
	say("w1", (struct desk_msg){ .type = DESK_CALL, .sdp = SDP });
	assert_int_equal(told("turn"), -1);
	app_page_opened(
		h.app, house_conn("anna2"), 1, app_session_number(h.app, HOUSE_DESK));
	say("anna2", (struct desk_msg){ .type = DESK_LINE_OFFER, .sdp = SDP });
	assert_int_equal(told("turn"), -1);
	house_close(&h);
}

static void test_none(void **state)
{
	begin(&(struct app_turn_config){ 0 });
	assert_int_equal(told("turn"), -1);
	say("anna", (struct desk_msg){ .type = DESK_LINE_OFFER, .sdp = SDP });
	assert_int_equal(told("turn"), -1);
	house_close(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accounts),
		cmocka_unit_test(test_ways),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_not_told),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests_name("app_turn", tests, NULL, NULL);
}
