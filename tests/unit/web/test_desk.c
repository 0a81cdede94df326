/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* desk: what a page may say is read, everything else is refused; what it is shown is written. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ids.h"
#include "web/desk.h"

#define CALL      "0ekxnb3w40001"
#define CALL_JSON "\"call\":\"" CALL "\""

static uint64_t call_id(void)
{
	uint64_t id = 0;

	assert_int_equal(ids_parse(CALL, &id), 0);
	return id;
}

static int parse(struct desk_parsed **p, struct desk_msg *m, const char *text)
{
	return desk_parse(p, m, text, strlen(text));
}

static void test_each_message(void **state)
{
	static const struct {
		const char *text;
		enum desk_msg_type type;
	} cases[] = {
		{ "{\"t\":\"hello\",\"protocol\":1}", DESK_HELLO },
		{ "{\"t\":\"hello\",\"protocol\":1,\"line\":true}", DESK_HELLO },
		{ "{\"t\":\"line.offer\",\"sdp\":\"v=0\",\"ref\":\"1\"}",
			DESK_LINE_OFFER },
		{ "{\"t\":\"line.test\",\"on\":true}", DESK_LINE_TEST },
		{ "{\"t\":\"line.stats\",\"ref\":\"2\"}", DESK_LINE_STATS },
		{ "{\"t\":\"shift.start\"}", DESK_SHIFT_START },
		{ "{\"t\":\"shift.end\"}", DESK_SHIFT_END },
		{ "{\"t\":\"ready\"}", DESK_READY },
		{ "{\"t\":\"pause\"}", DESK_PAUSE },
		{ "{\"t\":\"accept\"," CALL_JSON "}", DESK_ACCEPT },
		{ "{\"t\":\"decline\"," CALL_JSON "}", DESK_DECLINE },
		{ "{\"t\":\"hangup\"," CALL_JSON "}", DESK_HANGUP },
		{ "{\"t\":\"hangup\"}", DESK_HANGUP },
		{ "{\"t\":\"wrapup.done\"}", DESK_WRAPUP_DONE },
		{ "{\"t\":\"logout\"}", DESK_LOGOUT },
		{ "{\"t\":\"call\",\"sdp\":\"v=0\",\"ref\":\"1\"}", DESK_CALL },
		/* unknown members are ignored */
		{ "{\"t\":\"ready\",\"x\":[{\"y\":\"]]}}\\\"\"}]}", DESK_READY },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct desk_parsed *p = NULL;
		struct desk_msg m;

		assert_int_equal(parse(&p, &m, cases[i].text), 0);
		assert_int_equal(m.type, cases[i].type);
		desk_parsed_free(p);
	}
}

static void test_members_arrive(void **state)
{
	struct desk_parsed *p = NULL;
	struct desk_msg m;

	assert_int_equal(parse(&p, &m, "{\"t\":\"hello\",\"protocol\":7}"), 0);
	assert_int_equal(m.protocol, 7);
	assert_null(m.sdp);
	assert_string_equal(m.ref, "");
	desk_parsed_free(p);
	assert_int_equal(parse(&p, &m, "{\"t\":\"line.test\",\"on\":false}"), 0);
	assert_false(m.on);
	desk_parsed_free(p);
	assert_int_equal(parse(&p, &m, "{\"t\":\"line.test\",\"on\":true}"), 0);
	assert_true(m.on);
	desk_parsed_free(p);
	assert_int_equal(
		parse(&p, &m, "{\"t\":\"call\",\"sdp\":\"v=0\\r\\no=x\",\"ref\":\"a7\"}"),
		0);
	assert_string_equal(m.sdp, "v=0\r\no=x");
	assert_string_equal(m.ref, "a7");
	assert_true(m.call == 0);
	desk_parsed_free(p);
	assert_int_equal(parse(&p, &m, "{\"t\":\"accept\"," CALL_JSON "}"), 0);
	assert_true(m.call == call_id());
	desk_parsed_free(p);
}

static void test_refused(void **state)
{
	static const struct {
		const char *what, *text;
		int err;
	} cases[] = {
		{ "nothing", "", EBADMSG },
		{ "not JSON", "ready", EBADMSG },
		{ "cut", "{\"t\":\"ready\"", EBADMSG },
		{ "more after it", "{\"t\":\"ready\"}{}", EBADMSG },
		{ "an array", "[\"ready\"]", EBADMSG },
		{ "a string", "\"ready\"", EBADMSG },
		{ "no t", "{}", EBADMSG },
		{ "t is a number", "{\"t\":1}", EBADMSG },
		{ "unknown t", "{\"t\":\"record\"}", EBADMSG },
		{ "t twice", "{\"t\":\"ready\",\"t\":\"pause\"}", EBADMSG },
		{ "not UTF-8", "{\"t\":\"re\xff\"}", EBADMSG },
		{ "a zero in a string", "{\"t\":\"ready\\u0000\"}", EBADMSG },
		{ "half a surrogate", "{\"t\":\"\\ud800\"}", EBADMSG },
		{ "hello without protocol", "{\"t\":\"hello\"}", EINVAL },
		{ "seat is a number", "{\"t\":\"hello\",\"protocol\":1,\"seat\":7}",
			EINVAL },
		{ "seat is none", "{\"t\":\"hello\",\"protocol\":1,\"seat\":\"x\"}",
			EINVAL },
		{ "line is text", "{\"t\":\"hello\",\"protocol\":1,\"line\":\"up\"}",
			EINVAL },
		{ "protocol is text", "{\"t\":\"hello\",\"protocol\":\"1\"}", EINVAL },
		{ "protocol is a fraction", "{\"t\":\"hello\",\"protocol\":1.5}",
			EINVAL },
		{ "protocol is zero", "{\"t\":\"hello\",\"protocol\":0}", EINVAL },
		{ "protocol is below", "{\"t\":\"hello\",\"protocol\":-1}", EINVAL },
		{ "protocol is huge", "{\"t\":\"hello\",\"protocol\":4294967297}",
			EINVAL },
		{ "protocol is past 64 bits",
			"{\"t\":\"hello\",\"protocol\":99999999999999999999}", EBADMSG },
		{ "no sdp", "{\"t\":\"line.offer\",\"ref\":\"1\"}", EINVAL },
		{ "sdp is null", "{\"t\":\"line.offer\",\"sdp\":null}", EINVAL },
		{ "sdp is empty", "{\"t\":\"call\",\"sdp\":\"\"}", EINVAL },
		{ "no on", "{\"t\":\"line.test\"}", EINVAL },
		{ "on is a number", "{\"t\":\"line.test\",\"on\":1}", EINVAL },
		{ "no call", "{\"t\":\"accept\"}", EINVAL },
		{ "call is a number", "{\"t\":\"accept\",\"call\":5}", EINVAL },
		{ "call is short", "{\"t\":\"accept\",\"call\":\"0ekxnb3w4000\"}",
			EINVAL },
		{ "call has a bad letter",
			"{\"t\":\"accept\",\"call\":\"0ekxnb3w4000u\"}", EINVAL },
		{ "call is zero", "{\"t\":\"decline\",\"call\":\"0000000000000\"}",
			EINVAL },
		{ "call of a hangup is bad", "{\"t\":\"hangup\",\"call\":\"\"}", EINVAL },
		{ "ref is a number", "{\"t\":\"line.stats\",\"ref\":2}", EINVAL },
		{ "ref has a line end", "{\"t\":\"line.stats\",\"ref\":\"a\\n\"}",
			EINVAL },
		{ "ref is long",
			"{\"t\":\"ready\",\"ref\":\"0123456789abcdef0123456789abcdef\"}",
			EINVAL },
		{ "deeper than any message", "{\"t\":\"ready\",\"x\":[[[[[[[[1]]]]]]]]}",
			EBADMSG },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct desk_parsed *p = NULL;
		struct desk_msg m = { .protocol = 99 };
		int err = parse(&p, &m, cases[i].text);

		if (err != cases[i].err)
			print_error("%s: %d\n", cases[i].what, err);
		assert_int_equal(err, cases[i].err);
		assert_null(p);
		assert_int_equal(m.protocol, 99);
	}
}

/* {"t":"call","sdp":"xxx..."} with an SDP of n bytes */
static char *call_with_sdp(size_t n)
{
	static const char head[] = "{\"t\":\"call\",\"sdp\":\"", tail[] = "\"}";
	char *s = malloc(sizeof head + n + sizeof tail);

	assert_non_null(s);
	memcpy(s, head, sizeof head);
	memset(s + sizeof head - 1, 'x', n);
	memcpy(s + sizeof head - 1 + n, tail, sizeof tail);
	return s;
}

static void test_sizes(void **state)
{
	static const struct {
		size_t sdp;
		int err;
	} cases[] = {
		{ DESK_SDP_MAX, 0 },
		{ DESK_SDP_MAX + 1, EINVAL },
		{ DESK_MESSAGE_MAX, EMSGSIZE },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *text = call_with_sdp(cases[i].sdp);
		struct desk_parsed *p = NULL;
		struct desk_msg m;

		assert_int_equal(parse(&p, &m, text), cases[i].err);
		desk_parsed_free(p);
		free(text);
	}
}

static void test_depth_bomb(void **state)
{
	char text[DESK_MESSAGE_MAX];
	struct desk_parsed *p = NULL;
	struct desk_msg m;

	memset(text, '[', sizeof text);
	assert_int_equal(desk_parse(&p, &m, text, sizeof text), EBADMSG);
	for (size_t i = 0; i + 5 <= sizeof text; i += 5)
		memcpy(text + i, "{\"a\":", 5);
	assert_int_equal(desk_parse(&p, &m, text, sizeof text), EBADMSG);
}

static struct desk_view some_view(void)
{
	return (struct desk_view){
		.name = "Anna \"A\" M\xc3\xbcller",
		.at_home = true,
		.queues = { "Auskunft", "Spenden" },
		.n_queues = 2,
		.state = DESK_STATE_OFFERED,
		.why = "",
		.seat = 7,
		.since_ms = 1200,
		.ends_ms = 18800,
		.line = DESK_LINE_UP,
		.pause_after = true,
		.call = call_id(),
		.queue = "Auskunft",
		.language = "de",
		.waited_ms = 31000,
		.callback = true,
	};
}

static void check_text(char *got, const char *want)
{
	assert_non_null(got);
	assert_string_equal(got, want);
	free(got);
}

static void test_view(void **state)
{
	struct desk_view v = some_view();

	check_text(desk_write_view(&v),
		"{\"t\":\"view\",\"protocol\":1,\"seat\":\"0000000000007\",\"agent\":{"
		"\"name\":\"Anna \\\"A\\\" "
		"M\xc3\xbcller\",\"workplace\":\"home\",\"queues\":[\"Auskunft\","
		"\"Spenden\"]},"
		"\"state\":\"offered\",\"why\":\"\",\"since_ms\":1200,\"ends_ms\":18800,"
		"\"line\":\"up\",\"testing\":false,\"pause_after\":true,\"call\":{\"id\":"
		"\"" CALL
		"\",\"queue\":\"Auskunft\",\"language\":\"de\",\"waited_ms\":31000,"
		"\"callback\":true}}");
	check_text(desk_write_view(&(struct desk_view){ .ends_ms = -1, .name = "\xff" }),
		"{\"t\":\"view\",\"protocol\":1,\"seat\":\"0000000000000\",\"agent\":{"
		"\"name\":\"?\",\"workplace\":"
		"\"office\",\"queues\":[]},\"state\":\"out\",\"why\":\"\",\"since_ms\":0,"
		"\"ends_ms\":null,\"line\":\"none\",\"testing\":false,\"pause_after\":"
		"false,"
		"\"call\":null}");
}

static void test_others(void **state)
{
	check_text(desk_write_caller_view(&(struct desk_caller_view){
			   DESK_CALL_ENDED, "agent_hung_up", "Auskunft", 5 }),
		"{\"t\":\"caller\",\"state\":\"ended\",\"why\":\"agent_hung_up\","
		"\"queue\":\"Auskunft\",\"since_ms\":5}");
	check_text(desk_write_line_answer(&(struct desk_line_answer){ "v=0\r\n", "1" }),
		"{\"t\":\"line.answer\",\"sdp\":\"v=0\\r\\n\",\"ref\":\"1\"}");
	check_text(desk_write_line_stats(
			   &(struct desk_line_stats){ 1, 2, 3, 4, 5, 6, 7, 8, "2" }),
		"{\"t\":\"line.stats\",\"rx\":1,\"tx\":2,\"rx_forwarded\":3,"
		"\"rx_discarded\":4,\"rx_discarded_sound\":5,\"lost\":6,\"jitter_us\":7,"
		"\"round_trip_us\":8,\"ref\":\"2\"}");
	check_text(desk_write_error("bad_message", ""),
		"{\"t\":\"error\",\"code\":\"bad_message\",\"ref\":\"\"}");
}

static void test_words(void **state)
{
	static const char *const states[] = { "out", "away", "ready", "offered",
		"talking", "interrupted", "wrapup", "pause", "work" };
	static const char *const lines[] = { "none", "connecting", "up", "silent",
		"lost" };
	static const char *const calls[] = { "none", "connecting", "waiting", "offered",
		"talking", "ended" };

	for (unsigned i = 0; i < 8; i++) {
		struct desk_view v = { .state = i, .line = i < 5 ? i : 0 };
		char *text = desk_write_view(&v);
		json_t *root = json_loads(text, 0, NULL);

		assert_string_equal(
			json_string_value(json_object_get(root, "state")), states[i]);
		if (i < 5)
			assert_string_equal(
				json_string_value(json_object_get(root, "line")),
				lines[i]);
		json_decref(root);
		free(text);
	}
	for (unsigned i = 0; i < 6; i++) {
		struct desk_caller_view v = { .state = i };
		char *text = desk_write_caller_view(&v);
		json_t *root = json_loads(text, 0, NULL);

		assert_string_equal(
			json_string_value(json_object_get(root, "state")), calls[i]);
		json_decref(root);
		free(text);
	}
}

static int allowed; /* allocations before the one that fails; below zero: all */

static void *failing_malloc(size_t n)
{
	if (allowed == 0)
		return NULL;
	if (allowed > 0)
		allowed--;
	return malloc(n);
}

/* Each allocation fails in turn: NULL or ENOMEM-like, nothing lost (the sanitizer looks). */
static void test_no_memory(void **state)
{
	static const char text[] = "{\"t\":\"accept\"," CALL_JSON ",\"ref\":\"1\"}";
	struct desk_view v = some_view();
	char *got = NULL;
	int n, err = EBADMSG;

	json_set_alloc_funcs(failing_malloc, free);
	for (n = 0; !got && n < 1000; n++) {
		allowed = n;
		got = desk_write_view(&v);
	}
	free(got);
	assert_in_range(n, 10, 999);
	for (n = 0; err && n < 1000; n++) {
		struct desk_parsed *p = NULL;
		struct desk_msg m;

		allowed = n;
		err = parse(&p, &m, text);
		assert_true(err == 0 || (!p && (err == ENOMEM || err == EBADMSG)));
		desk_parsed_free(p);
	}
	json_set_alloc_funcs(malloc, free);
	assert_in_range(n, 4, 999);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_message),
		cmocka_unit_test(test_members_arrive),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_depth_bomb),
		cmocka_unit_test(test_view),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
