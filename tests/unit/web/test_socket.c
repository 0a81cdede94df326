/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* web over WebSocket: who may open one, messages in parts, limits, pings, slow pages, the end. */
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
#include "site.h"

#define READY "{\"t\":\"ready\"}"

enum { OP_CONT, OP_TEXT, OP_BINARY, OP_CLOSE = 8, OP_PING, OP_PONG };

/* the head of an upgrade, without Origin, subprotocol and version */
#define UP(path)                                                      \
	"GET " path " HTTP/1.1\r\nHost: @H\r\nUpgrade: websocket\r\n" \
	"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define O "Origin: http://@H\r\n"
#define V "Sec-WebSocket-Version: 13\r\n"
#define P "Sec-WebSocket-Protocol: heimamt\r\n"

static void test_who_may(void **state)
{
	static const struct {
		const char *what, *request;
		int status;
	} cases[] = {
		{ "an agent", UP("/ws/desk") O V P SITE_COOKIE "\r\n", 101 },
		{ "a caller", UP("/ws/caller") O V P "\r\n", 101 },
		{ "a door", UP("/ws/door/" SITE_DOOR) O V P "\r\n", 101 },
		{ "a door's token that has ended",
			UP("/ws/door/" SITE_SESSION) O V P SITE_COOKIE "\r\n", 401 },
		{ "a door without a token", UP("/ws/door/") O V P SITE_COOKIE "\r\n",
			401 },
		{ "a door of foreign origin",
			UP("/ws/door/" SITE_DOOR) "Origin: http://evil.example\r\n" V P
						  "\r\n",
			403 },
		{ "a door's token opens no desk",
			UP("/ws/desk") O V P "Cookie: heimamt_session=" SITE_DOOR
					     "\r\n\r\n",
			401 },
		{ "no session", UP("/ws/desk") O V P "\r\n", 401 },
		{ "a wrong session",
			UP("/ws/desk") O V P "Cookie: heimamt_session=" SITE_GOOD_LINK
					     "\r\n\r\n",
			401 },
		{ "no origin", UP("/ws/desk") V P SITE_COOKIE "\r\n", 403 },
		{ "a foreign origin",
			UP("/ws/desk") "Origin: http://evil.example\r\n" V P SITE_COOKIE
				       "\r\n",
			403 },
		{ "a caller of foreign origin",
			UP("/ws/caller") "Origin: http://evil.example\r\n" V P "\r\n",
			403 },
		{ "a neighbour's origin",
			UP("/ws/desk") "Origin: http://localhost:@P\r\n" V P SITE_COOKIE
				       "\r\n",
			403 },
		{ "no origin that counts",
			UP("/ws/desk") "Origin: null\r\n" V P SITE_COOKIE "\r\n", 403 },
		{ "another path", UP("/ws/other") O V P SITE_COOKIE "\r\n", 404 },
		{ "no subprotocol", UP("/ws/desk") O V SITE_COOKIE "\r\n", 400 },
		{ "another subprotocol",
			UP("/ws/desk") O V "Sec-WebSocket-Protocol: http\r\n" SITE_COOKIE
					   "\r\n",
			400 },
		{ "an old version",
			UP("/ws/desk") O "Sec-WebSocket-Version: 8\r\n" P SITE_COOKIE
					 "\r\n",
			426 },
		{ "a foreign host",
			"GET /ws/desk HTTP/1.1\r\nHost: evil.example:@P\r\n"
			"Origin: http://evil.example:@P\r\nUpgrade: websocket\r\n"
			"Connection: Upgrade\r\n"
			"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" V P SITE_COOKIE
			"\r\n",
			421 },
		{ "no key",
			"GET /ws/desk HTTP/1.1\r\nHost: @H\r\nUpgrade: websocket\r\n"
			"Connection: Upgrade\r\n" O V P SITE_COOKIE "\r\n",
			0 },
	};
	struct web_limits lim = site_limits();
	struct site s;

	site_start(&s, &lim, true);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int status = site_ask(&s, cases[i].request, NULL);

		if (status != cases[i].status)
			print_error("%s: %d\n", cases[i].what, status);
		assert_int_equal(status, cases[i].status);
	}
	assert_int_equal(s.opened, 3);
	site_until(&s, s.closed == 3);
	site_stop(&s);
}

static void test_agents_and_callers(void **state)
{
	struct web_limits lim = site_limits();
	struct client a, b, d;
	struct site s;

	site_start(&s, &lim, true);
	assert_int_equal(socket_dial(&a, &s, "/ws/desk", SITE_COOKIE), 101);
	assert_int_equal(s.opened, 1);
	assert_int_equal(s.page, WEB_DESK);
	assert_int_equal(s.agent, SITE_AGENT);
	assert_int_equal(socket_dial(&b, &s, "/ws/caller", SITE_COOKIE), 101);
	assert_int_equal(s.opened, 2);
	assert_int_equal(s.page, WEB_CALLER);
	assert_int_equal(s.agent, 0);
	assert_true(s.conns[0] != s.conns[1]);
	assert_int_equal(socket_dial(&d, &s, "/ws/door/" SITE_DOOR, SITE_COOKIE), 101);
	assert_int_equal(s.opened, 3);
	assert_int_equal(s.page, WEB_DOOR);
	assert_int_equal(s.agent, SITE_AGENT);
	client_close(&a);
	client_close(&b);
	client_close(&d);
	site_until(&s, s.closed == 3);
	site_stop(&s);
}

static void check_frame(struct client *c, int op, const char *text)
{
	struct frame f;

	assert_true(socket_read(c, &f));
	assert_int_equal(f.op, op);
	assert_true(f.fin);
	assert_string_equal((char *)f.p, text);
	free(f.p);
}

static void test_messages(void **state)
{
	static const char ready[] = READY;
	struct web_limits lim = site_limits();
	struct client c;
	struct site s;

	site_start(&s, &lim, false);
	s.echo = true;
	assert_int_equal(socket_dial(&c, &s, "/ws/desk", SITE_COOKIE), 101);
	socket_text(&c, "{\"t\":\"line.stats\",\"ref\":\"9\"}");
	check_frame(&c, OP_TEXT, "{\"t\":\"error\",\"code\":\"echo\",\"ref\":\"9\"}");
	assert_int_equal(s.last_type, DESK_LINE_STATS);
	socket_text(&c, "{\"t\":\"nonsense\"}");
	check_frame(
		&c, OP_TEXT, "{\"t\":\"error\",\"code\":\"bad_message\",\"ref\":\"\"}");
	assert_int_equal(s.last_bad, EBADMSG);
	socket_text(&c, "{\"t\":\"accept\"}");
	check_frame(
		&c, OP_TEXT, "{\"t\":\"error\",\"code\":\"bad_message\",\"ref\":\"\"}");
	assert_int_equal(s.last_bad, EINVAL);
	socket_text(&c, "");
	check_frame(
		&c, OP_TEXT, "{\"t\":\"error\",\"code\":\"bad_message\",\"ref\":\"\"}");
	/* a letter at a time, a ping between them, and an empty part at the end */
	for (size_t i = 0; ready[i]; i++) {
		socket_say(&c, i ? OP_CONT : OP_TEXT, false, ready + i, 1);
		if (i == 5)
			socket_say(&c, OP_PING, true, "p", 1);
	}
	check_frame(&c, OP_PONG, "p");
	assert_int_equal(s.messages, 1);
	socket_say(&c, OP_CONT, true, "", 0);
	check_frame(&c, OP_TEXT, "{\"t\":\"error\",\"code\":\"echo\",\"ref\":\"\"}");
	assert_int_equal(s.last_type, DESK_READY);
	assert_int_equal(s.messages, 2);
	assert_int_equal(s.bad, 3);
	client_close(&c);
	site_stop(&s);
}

/* {"t":"call","sdp":"aaa..."} of exactly n bytes */
static char *long_call(size_t n)
{
	static const char head[] = "{\"t\":\"call\",\"sdp\":\"", tail[] = "\"}";
	size_t h = sizeof head - 1, t = sizeof tail - 1;
	char *s = malloc(n);

	assert_non_null(s);
	memset(s, 'a', n);
	memcpy(s, head, h);
	memcpy(s + n - t, tail, t);
	return s;
}

static void test_sizes(void **state)
{
	struct web_limits lim = site_limits();
	char *text = long_call(8000), *most = long_call(DESK_MESSAGE_MAX);
	char *more = long_call(DESK_MESSAGE_MAX + 1);
	struct client c;
	struct site s;

	site_start(&s, &lim, false);
	s.echo = true;
	assert_int_equal(socket_dial(&c, &s, "/ws/desk", SITE_COOKIE), 101);
	socket_say(&c, OP_TEXT, true, text, 8000);
	check_frame(&c, OP_TEXT, "{\"t\":\"error\",\"code\":\"echo\",\"ref\":\"\"}");
	assert_int_equal(s.last_sdp, 8000 - 21);
	/* the largest message is read, though its SDP is refused */
	socket_say(&c, OP_TEXT, true, most, DESK_MESSAGE_MAX);
	check_frame(
		&c, OP_TEXT, "{\"t\":\"error\",\"code\":\"bad_message\",\"ref\":\"\"}");
	assert_int_equal(s.last_bad, EINVAL);
	socket_say(&c, OP_TEXT, true, more, DESK_MESSAGE_MAX + 1);
	assert_int_equal(socket_close_code(&c), 1009);
	client_close(&c);
	assert_int_equal(socket_dial(&c, &s, "/ws/desk", SITE_COOKIE), 101);
	socket_say(&c, OP_TEXT, false, most, DESK_MESSAGE_MAX);
	socket_say(&c, OP_CONT, false, "x", 1);
	assert_int_equal(socket_close_code(&c), 1009);
	client_close(&c);
	site_until(&s, s.closed == 2);
	assert_int_equal(s.messages, 1);
	assert_int_equal(s.bad, 1);
	free(text);
	free(most);
	free(more);
	site_stop(&s);
}

static void test_wrong_frames(void **state)
{
	static const struct {
		const char *what;
		int op;
		bool fin;
		const char *bytes;
		size_t n;
		int code;
	} cases[] = {
		{ "binary", OP_BINARY, true, READY, sizeof READY - 1, 1003 },
		{ "not UTF-8", OP_TEXT, true, "\"\xff\"", 3, 1007 },
		{ "a part of nothing", OP_CONT, true, READY, sizeof READY - 1, 1002 },
		{ "an unknown kind", 3, true, "x", 1, 1002 },
		{ "a ping in parts", OP_PING, false, "x", 1, 1002 },
	};
	struct web_limits lim = site_limits();
	struct site s;

	site_start(&s, &lim, false);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct client c;
		int code;

		assert_int_equal(socket_dial(&c, &s, "/ws/desk", SITE_COOKIE), 101);
		socket_say(&c, cases[i].op, cases[i].fin, cases[i].bytes, cases[i].n);
		code = socket_close_code(&c);
		if (code != cases[i].code)
			print_error("%s: %d\n", cases[i].what, code);
		assert_int_equal(code, cases[i].code);
		client_close(&c);
		site_until(&s, s.closed == i + 1);
	}
	assert_int_equal(s.messages + s.bad, 0);
	site_stop(&s);
}

static void test_no_compression(void **state)
{
	struct web_limits lim = site_limits();
	const char *head;
	struct client c;
	struct site s;

	site_start(&s, &lim, false);
	client_open(&c, &s, NULL);
	client_say(&c,
		UP("/ws/desk") O V P SITE_COOKIE
		"Sec-WebSocket-Extensions: permessage-deflate; "
		"client_max_window_bits\r\n\r\n");
	assert_int_equal(client_answer(&c, false, &head, NULL), 101);
	assert_null(strcasestr(head, "extensions"));
	/* RFC 6455 section 1.3 gives key and answer */
	assert_non_null(
		strcasestr(head, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
	assert_non_null(strcasestr(head, "Sec-WebSocket-Protocol: heimamt"));
	client_close(&c);
	site_stop(&s);
}

static void test_close_codes(void **state)
{
	static const uint16_t codes[] = { 1000, 1008, 4001, 4002, 4004 };
	struct web_limits lim = site_limits();
	struct site s;

	site_start(&s, &lim, false);
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		struct client c;
		struct frame f;

		assert_int_equal(socket_dial(&c, &s, "/ws/desk", SITE_COOKIE), 101);
		web_send(s.web, s.conns[i], desk_write_error("first", ""));
		web_close(s.web, s.conns[i], codes[i], "why");
		web_close(s.web, s.conns[i], 1000, "again");
		web_send(s.web, s.conns[i], desk_write_error("too_late", ""));
		check_frame(
			&c, OP_TEXT, "{\"t\":\"error\",\"code\":\"first\",\"ref\":\"\"}");
		assert_true(socket_read(&c, &f));
		assert_int_equal(f.op, OP_CLOSE);
		assert_int_equal(f.p[0] << 8 | f.p[1], codes[i]);
		assert_string_equal((char *)f.p + 2, "why");
		/* it says something more before it answers: nobody hears it */
		socket_text(&c, READY);
		socket_say(&c, OP_CLOSE, true, f.p, 2);
		free(f.p);
		site_until(&s, s.closed == i + 1);
		client_close(&c);
		web_send(s.web, s.conns[i], desk_write_error("gone", ""));
		web_close(s.web, s.conns[i], 1000, NULL);
	}
	web_send(s.web, 0, desk_write_error("nobody", ""));
	web_send(s.web, UINT64_MAX, NULL);
	assert_int_equal(s.messages, 0);
	site_stop(&s);
}

static void test_no_memory_to_send(void **state)
{
	struct web_limits lim = site_limits();
	struct client c;
	struct site s;

	site_start(&s, &lim, false);
	assert_int_equal(socket_dial(&c, &s, "/ws/desk", SITE_COOKIE), 101);
	web_send(s.web, s.conns[0], NULL);
	assert_int_equal(socket_close_code(&c), 1011);
	client_close(&c);
	site_until(&s, s.closed == 1);
	site_stop(&s);
}

/* What the page said before it heard that it is closed, and what it says then, is not heard. */
static void test_deaf_after_close(void **state)
{
	struct web_limits lim = site_limits();
	struct client c;
	struct site s;

	site_start(&s, &lim, false);
	assert_int_equal(socket_dial(&c, &s, "/ws/desk", SITE_COOKIE), 101);
	socket_text(&c, READY);
	for (int i = 0; i < 3; i++)
		web_send(s.web, s.conns[0], desk_write_error("first", ""));
	web_close(s.web, s.conns[0], 4002, "taken");
	assert_int_equal(socket_close_code(&c), 4002);
	site_until(&s, s.closed == 1);
	assert_int_equal(s.messages + s.bad, 0);
	client_close(&c);
	site_stop(&s);
}

/* The peer closes first: its code comes back. */
static void test_peer_closes(void **state)
{
	struct web_limits lim = site_limits();
	struct client c;
	struct site s;

	site_start(&s, &lim, false);
	assert_int_equal(socket_dial(&c, &s, "/ws/desk", SITE_COOKIE), 101);
	socket_say(&c, OP_CLOSE, true, "\x03\xe8", 2);
	assert_int_equal(socket_close_code(&c), 1000);
	client_close(&c);
	site_until(&s, s.closed == 1);
	site_stop(&s);
}

static char *blank_text(size_t n)
{
	char *s = malloc(n + 1);

	assert_non_null(s);
	memset(s, ' ', n);
	s[n] = 0;
	return s;
}

/* One page does not read; another goes on as ever; the first is closed and finds out when it reads. */
static void test_slow_page(void **state)
{
	enum { SIZE = 300000 };
	struct web_limits lim = site_limits();
	struct client slow, quick;
	struct site s;
	struct conn *c;

	site_start(&s, &lim, true);
	s.echo = true;
	assert_int_equal(socket_dial(&slow, &s, "/ws/desk", SITE_COOKIE), 101);
	assert_int_equal(socket_dial(&quick, &s, "/ws/caller", ""), 101);
	c = conn_find(s.web, s.conns[0]);
	assert_non_null(c);
	for (int i = 0; i < 1000 && !c->close_code; i++) {
		web_send(s.web, s.conns[0], blank_text(SIZE));
		assert_true(c->out_n <= WEB_SEND_MAX);
		site_turn(&s, -1);
		if (i % 10)
			continue;
		socket_text(&quick, "{\"t\":\"ready\",\"ref\":\"q\"}");
		check_frame(&quick, OP_TEXT,
			"{\"t\":\"error\",\"code\":\"echo\",\"ref\":\"q\"}");
	}
	assert_int_equal(c->close_code, 4003);
	assert_int_equal(c->out_n, 0);
	assert_int_equal(s.closed, 0);
	assert_int_equal(socket_close_code(&slow), 4003);
	site_until(&s, s.closed == 1);
	socket_text(&quick, "{\"t\":\"ready\",\"ref\":\"q\"}");
	check_frame(&quick, OP_TEXT, "{\"t\":\"error\",\"code\":\"echo\",\"ref\":\"q\"}");
	client_close(&slow);
	client_close(&quick);
	site_stop(&s);
}

/* It never reads again, and not even the close frame leaves us: after a while it is closed all the same. */
static void test_slow_page_for_ever(void **state)
{
	struct web_limits lim = site_limits();
	struct client slow;
	struct site s;

	lim.closing = 10;
	site_start(&s, &lim, false);
	assert_int_equal(socket_dial(&slow, &s, "/ws/desk", SITE_COOKIE), 101);
	web_send(s.web, s.conns[0], blank_text(8000000)); /* more than sockets hold */
	site_turn(&s, -1);
	for (int i = 0; i <= WEB_SEND_MAX; i++)
		web_send(s.web, s.conns[0], blank_text(1));
	assert_int_equal(conn_find(s.web, s.conns[0])->close_code, 4003);
	site_until(&s, s.closed == 1);
	client_close(&slow);
	site_stop(&s);
}

/* Two pages: one answers pings, the other is silent.  Only the silent one goes. */
static void test_pings(void **state)
{
	struct web_limits lim = site_limits();
	struct client alive, silent;
	unsigned pings = 0;
	struct site s;

	lim.ping = 10;
	lim.silent = 25;
	site_start(&s, &lim, false);
	s.echo = true;
	assert_int_equal(socket_dial(&silent, &s, "/ws/desk", SITE_COOKIE), 101);
	assert_int_equal(socket_dial(&alive, &s, "/ws/desk", SITE_COOKIE), 101);
	while (s.closed == 0 || pings < 4) {
		struct frame f;

		assert_true(socket_read(&alive, &f));
		assert_int_equal(f.op, OP_PING);
		socket_say(&alive, OP_PONG, true, f.p, f.n);
		free(f.p);
		pings++;
		assert_in_range(pings, 1, 100);
	}
	assert_null(conn_find(s.web, s.conns[0]));
	assert_non_null(conn_find(s.web, s.conns[1]));
	check_frame(&silent, OP_PING, "p");
	check_frame(&silent, OP_PING, "p");
	assert_int_equal(socket_close_code(&silent), 0);
	assert_int_equal(s.closed, 1);
	client_close(&alive);
	client_close(&silent);
	site_stop(&s);
}

static void test_socket_limit(void **state)
{
	struct web_limits lim = site_limits();
	struct client c[3];
	struct site s;

	lim.sockets = 2;
	site_start(&s, &lim, true);
	for (int i = 0; i < 3; i++)
		assert_int_equal(
			socket_dial(&c[i], &s, "/ws/caller", ""), i < 2 ? 101 : 503);
	client_close(&c[0]);
	client_close(&c[2]);
	site_until(&s, s.web->n_sockets == 1);
	assert_int_equal(socket_dial(&c[0], &s, "/ws/caller", ""), 101);
	client_close(&c[0]);
	client_close(&c[1]);
	site_stop(&s);
}

/* Caller pages of one address, and all of them together, leave places to others. */
static void test_guests(void **state)
{
	static const int statuses[] = { 101, 101, 429 };
	struct web_limits lim = site_limits();
	struct client c[4];
	struct site s;

	lim.guests_here = 2;
	site_start(&s, &lim, true);
	for (int i = 0; i < 3; i++)
		assert_int_equal(socket_dial(&c[i], &s, "/ws/caller", ""), statuses[i]);
	assert_int_equal(socket_dial(&c[3], &s, "/ws/desk", SITE_COOKIE), 101);
	for (int i = 0; i < 4; i++)
		client_close(&c[i]);
	site_stop(&s);

	lim = site_limits();
	lim.guests = 2;
	site_start(&s, &lim, true);
	for (int i = 0; i < 3; i++)
		assert_int_equal(
			socket_dial(&c[i], &s, "/ws/caller", ""), i < 2 ? 101 : 503);
	assert_int_equal(socket_dial(&c[3], &s, "/ws/desk", SITE_COOKIE), 101);
	for (int i = 0; i < 4; i++)
		client_close(&c[i]);
	site_stop(&s);
}

static void test_tabs(void **state)
{
	struct web_limits lim = site_limits();
	struct client c[3];
	struct site s;

	lim.session_sockets = 2;
	site_start(&s, &lim, true);
	for (int i = 0; i < 3; i++)
		assert_int_equal(socket_dial(&c[i], &s, "/ws/desk", SITE_COOKIE),
			i < 2 ? 101 : 429);
	for (int i = 0; i < 3; i++)
		client_close(&c[i]);
	site_stop(&s);
}

#define TOO_MANY 100

/* Whole messages and parts of one alike; who closes is told why. */
static void test_too_many(void **state)
{
	struct web_limits lim = site_limits();
	struct client c;
	struct site s;

	lim.messages = (struct bucket_rate){ 5, 1 };
	site_start(&s, &lim, true);
	assert_int_equal(socket_dial(&c, &s, "/ws/desk", SITE_COOKIE), 101);
	/* each second one more is allowed: so many are sent that a slow test meets the bound too */
	for (int i = 0; i < TOO_MANY; i++)
		socket_text(&c, "{\"t\":\"ready\"}");
	assert_int_equal(socket_close_code(&c), 1008);
	assert_in_range(s.messages, 5, TOO_MANY - 1);
	client_close(&c);
	assert_int_equal(socket_dial(&c, &s, "/ws/desk", SITE_COOKIE), 101);
	for (int i = 0; i < TOO_MANY; i++)
		socket_say(&c, i ? 0 : 1, false, "", 0);
	assert_int_equal(socket_close_code(&c), 1008);
	client_close(&c);
	site_stop(&s);
}

/* Pages that answer, that do not answer, and that are gone already, when the process ends. */
static void test_going_away(void **state)
{
	struct web_limits lim = site_limits();

	for (int i = 0; i < 2; i++) {
		struct client c[3];
		struct site s;

		site_start(&s, &lim, true);
		for (int k = 0; k < 3; k++)
			assert_int_equal(socket_dial(&c[k], &s, "/ws/caller", ""), 101);
		client_close(&c[2]);
		web_send(s.web, s.conns[0], desk_write_error("last", ""));
		web_free(s.web);
		check_frame(&c[0], OP_TEXT,
			"{\"t\":\"error\",\"code\":\"last\",\"ref\":\"\"}");
		assert_int_equal(socket_close_code(&c[0]), 1001);
		/* site_stop() calls web_free() again: nothing more happens */
		site_stop(&s);
		assert_int_equal(s.closed, 0);
		client_close(&c[0]);
		client_close(&c[1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_may),
		cmocka_unit_test(test_agents_and_callers),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_wrong_frames),
		cmocka_unit_test(test_no_compression),
		cmocka_unit_test(test_close_codes),
		cmocka_unit_test(test_no_memory_to_send),
		cmocka_unit_test(test_deaf_after_close),
		cmocka_unit_test(test_peer_closes),
		cmocka_unit_test(test_slow_page),
		cmocka_unit_test(test_slow_page_for_ever),
		cmocka_unit_test(test_pings),
		cmocka_unit_test(test_socket_limit),
		cmocka_unit_test(test_guests),
		cmocka_unit_test(test_tabs),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_going_away),
	};

	log_init("test", LOG_LEVEL_NONE);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
