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
#include "core/home/agreement.h"
#include "web/desk.h"

#define CALL      "0ekxnb3w40001"
#define CALL_JSON "\"call\":\"" CALL "\""

#define SIGN(version)                                                               \
	"{\"t\":\"agreement.sign\"," version "\"language\":\"de\",\"hash\":\"aa\"," \
	"\"nonce\":\"bb\",\"key\":\"cc\",\"signature\":\"dd\"}"

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
		{ "{\"t\":\"line.codec\",\"sdp\":\"v=0\",\"ref\":\"1\"}",
			DESK_LINE_CODEC },
		{ "{\"t\":\"line.test\",\"on\":true}", DESK_LINE_TEST },
		{ "{\"t\":\"line.stats\",\"ref\":\"2\"}", DESK_LINE_STATS },
		{ "{\"t\":\"shift.start\"}", DESK_SHIFT_START },
		{ "{\"t\":\"shift.end\"}", DESK_SHIFT_END },
		{ "{\"t\":\"shift.end\",\"hand_over\":true}", DESK_SHIFT_END },
		{ "{\"t\":\"ready\"}", DESK_READY },
		{ "{\"t\":\"pause\"}", DESK_PAUSE },
		{ "{\"t\":\"accept\"," CALL_JSON "}", DESK_ACCEPT },
		{ "{\"t\":\"decline\"," CALL_JSON "}", DESK_DECLINE },
		{ "{\"t\":\"hangup\"," CALL_JSON "}", DESK_HANGUP },
		{ "{\"t\":\"hangup\"}", DESK_HANGUP },
		{ "{\"t\":\"transfer\"," CALL_JSON ",\"agent\":\"" CALL "\"}",
			DESK_TRANSFER },
		{ "{\"t\":\"transfer\"," CALL_JSON ",\"queue\":\"" CALL "\"}",
			DESK_TRANSFER },
		{ "{\"t\":\"hold\"," CALL_JSON "}", DESK_HOLD },
		{ "{\"t\":\"resume\"," CALL_JSON "}", DESK_RESUME },
		{ "{\"t\":\"hand_over\"," CALL_JSON "}", DESK_HAND_OVER },
		{ "{\"t\":\"targets\",\"ref\":\"t1\"}", DESK_TARGETS },
		{ "{\"t\":\"key\"," CALL_JSON ",\"key\":\"#\"}", DESK_KEY },
		{ "{\"t\":\"place\"}", DESK_PLACE },
		{ "{\"t\":\"wrapup.done\"}", DESK_WRAPUP_DONE },
		{ "{\"t\":\"door.open\",\"ref\":\"d\"}", DESK_DOOR_OPEN },
		{ "{\"t\":\"door.end\"}", DESK_DOOR_END },
		{ "{\"t\":\"door.back\",\"minutes\":0}", DESK_DOOR_BACK },
		{ "{\"t\":\"door.back\",\"minutes\":240}", DESK_DOOR_BACK },
		{ "{\"t\":\"logout\"}", DESK_LOGOUT },
		{ "{\"t\":\"workplace\",\"at\":\"home\"}", DESK_WORKPLACE },
		{ "{\"t\":\"declare\"}", DESK_DECLARE },
		{ "{\"t\":\"agreement.read\",\"language\":\"it\"}", DESK_AGREEMENT_READ },
		{ "{\"t\":\"agreement.enrol\",\"code\":\"A-1\",\"key\":\"04\"}",
			DESK_AGREEMENT_ENROL },
		{ SIGN("\"version\":3,"), DESK_AGREEMENT_SIGN },
		{ "{\"t\":\"agreement.end\",\"changed\":true}", DESK_AGREEMENT_END },
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
	assert_null(m.token);
	assert_null(m.language);
	desk_parsed_free(p);
	assert_int_equal(parse(&p, &m,
				 "{\"t\":\"call\",\"sdp\":\"v=0\",\"token\":\"1.b.c\","
				 "\"language\":\"it\"}"),
		0);
	assert_string_equal(m.token, "1.b.c");
	assert_string_equal(m.language, "it");
	desk_parsed_free(p);
	assert_int_equal(parse(&p, &m, "{\"t\":\"key\"," CALL_JSON ",\"key\":\"*\"}"), 0);
	assert_int_equal(m.digit, 10);
	assert_true(m.call == call_id());
	desk_parsed_free(p);
	assert_int_equal(parse(&p, &m, "{\"t\":\"accept\"," CALL_JSON "}"), 0);
	assert_true(m.call == call_id());
	desk_parsed_free(p);
	assert_int_equal(parse(&p, &m, SIGN("\"version\":3,")), 0);
	assert_int_equal(m.version, 3);
	assert_string_equal(m.language, "de");
	assert_string_equal(m.hash, "aa");
	assert_string_equal(m.nonce, "bb");
	assert_string_equal(m.key, "cc");
	assert_string_equal(m.signature, "dd");
	desk_parsed_free(p);
	assert_int_equal(
		parse(&p, &m,
			"{\"t\":\"transfer\"," CALL_JSON ",\"agent\":\"0000000000007\"}"),
		0);
	assert_true(m.call == call_id() && m.to_agent == 7 && m.to_queue == 0);
	desk_parsed_free(p);
	assert_int_equal(
		parse(&p, &m,
			"{\"t\":\"transfer\"," CALL_JSON ",\"queue\":\"000000000000a\"}"),
		0);
	assert_true(m.to_agent == 0 && m.to_queue == 10);
	desk_parsed_free(p);
	assert_int_equal(parse(&p, &m, "{\"t\":\"door.back\",\"minutes\":15}"), 0);
	assert_int_equal(m.minutes, 15);
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
		{ "back without minutes", "{\"t\":\"door.back\"}", EINVAL },
		{ "back before now", "{\"t\":\"door.back\",\"minutes\":-1}", EINVAL },
		{ "back after the shift", "{\"t\":\"door.back\",\"minutes\":241}",
			EINVAL },
		{ "back in words", "{\"t\":\"door.back\",\"minutes\":\"15\"}", EINVAL },
		{ "back in part of a minute", "{\"t\":\"door.back\",\"minutes\":1.5}",
			EINVAL },
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
		{ "no sdp with a codec", "{\"t\":\"line.codec\"}", EINVAL },
		{ "sdp is null", "{\"t\":\"line.offer\",\"sdp\":null}", EINVAL },
		{ "sdp is empty", "{\"t\":\"call\",\"sdp\":\"\"}", EINVAL },
		{ "no on", "{\"t\":\"line.test\"}", EINVAL },
		{ "on is a number", "{\"t\":\"line.test\",\"on\":1}", EINVAL },
		{ "no call", "{\"t\":\"accept\"}", EINVAL },
		{ "a hold of nothing", "{\"t\":\"hold\"}", EINVAL },
		{ "call is a number", "{\"t\":\"accept\",\"call\":5}", EINVAL },
		{ "call is short", "{\"t\":\"accept\",\"call\":\"0ekxnb3w4000\"}",
			EINVAL },
		{ "call has a bad letter",
			"{\"t\":\"accept\",\"call\":\"0ekxnb3w4000u\"}", EINVAL },
		{ "call is zero", "{\"t\":\"decline\",\"call\":\"0000000000000\"}",
			EINVAL },
		{ "call of a hangup is bad", "{\"t\":\"hangup\",\"call\":\"\"}", EINVAL },
		{ "a transfer without a call",
			"{\"t\":\"transfer\",\"agent\":\"" CALL "\"}", EINVAL },
		{ "a transfer to nobody", "{\"t\":\"transfer\"," CALL_JSON "}", EINVAL },
		{ "a transfer to both",
			"{\"t\":\"transfer\"," CALL_JSON ",\"agent\":\"" CALL
			"\",\"queue\":\"" CALL "\"}",
			EINVAL },
		{ "a transfer to a number",
			"{\"t\":\"transfer\"," CALL_JSON ",\"queue\":7}", EINVAL },
		{ "a transfer to a name",
			"{\"t\":\"transfer\"," CALL_JSON ",\"agent\":\"beat\"}", EINVAL },
		{ "a transfer to zero",
			"{\"t\":\"transfer\"," CALL_JSON ",\"agent\":\"0000000000000\"}",
			EINVAL },
		{ "a transfer to an id that goes on",
			"{\"t\":\"transfer\"," CALL_JSON ",\"queue\":\"" CALL "0\"}",
			EINVAL },
		{ "ref is a number", "{\"t\":\"line.stats\",\"ref\":2}", EINVAL },
		{ "ref has a line end", "{\"t\":\"line.stats\",\"ref\":\"a\\n\"}",
			EINVAL },
		{ "ref is long",
			"{\"t\":\"ready\",\"ref\":\"0123456789abcdef0123456789abcdef\"}",
			EINVAL },
		{ "a workplace that is none", "{\"t\":\"workplace\",\"at\":\"beach\"}",
			EINVAL },
		{ "no workplace", "{\"t\":\"workplace\",\"at\":true}", EINVAL },
		{ "no language", "{\"t\":\"agreement.read\"}", EINVAL },
		{ "a code without a key", "{\"t\":\"agreement.enrol\",\"code\":\"A\"}",
			EINVAL },
		{ "a key without a code",
			"{\"t\":\"agreement.enrol\",\"code\":\"\",\"key\":\"04\"}",
			EINVAL },
		{ "signed without a version", SIGN(""), EINVAL },
		{ "a version below the first", SIGN("\"version\":0,"), EINVAL },
		{ "a version that is huge", SIGN("\"version\":4294967297,"), EINVAL },
		{ "an end of unknown kind", "{\"t\":\"agreement.end\"}", EINVAL },
		{ "deeper than any message", "{\"t\":\"ready\",\"x\":[[[[[[[[1]]]]]]]]}",
			EBADMSG },
		{ "a key without a call", "{\"t\":\"key\",\"key\":\"1\"}", EINVAL },
		{ "a key that is none", "{\"t\":\"key\"," CALL_JSON ",\"key\":\"A\"}",
			EINVAL },
		{ "two keys", "{\"t\":\"key\"," CALL_JSON ",\"key\":\"12\"}", EINVAL },
		{ "no key", "{\"t\":\"key\"," CALL_JSON ",\"key\":\"\"}", EINVAL },
		{ "a key that is a number", "{\"t\":\"key\"," CALL_JSON ",\"key\":1}",
			EINVAL },
		{ "a token that is a number",
			"{\"t\":\"call\",\"sdp\":\"v=0\",\"token\":1}", EINVAL },
		{ "an empty language",
			"{\"t\":\"call\",\"sdp\":\"v=0\",\"language\":\"\"}", EINVAL },
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
		.home = { HOME_NOT_SIGNED | HOME_NO_DECLARATION, 2, 3, true },
		.queues = { "Auskunft", "Spenden" },
		.n_queues = 2,
		.state = DESK_STATE_OFFERED,
		.why = "",
		.seat = 7,
		.since_ms = 1200,
		.ends_ms = 18800,
		.line = DESK_LINE_UP,
		.codec = "G722",
		.pause_after = true,
		.stop_after = true,
		.call = call_id(),
		.queue = "Auskunft",
		.language = "de",
		.call_codec = "PCMU",
		.waited_ms = 31000,
		.from = "Beat",
		.has_door = true,
		.door_pages = 2,
		.callback = true,
		.voice = "plain",
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
		"\"home\":{\"missing\":[\"not_signed\",\"no_declaration\"],"
		"\"in_force\":2,\"to_sign\":3,\"has_key\":true,\"factor_always\":false},"
		"\"state\":\"offered\",\"why\":\"\",\"since_ms\":1200,\"ends_ms\":18800,"
		"\"line\":\"up\",\"testing\":false,\"codec\":\"G722\",\"pause_after\":"
		"true,"
		"\"stop_after\":true,\"call\":{\"id\":"
		"\"" CALL "\",\"queue\":\"Auskunft\",\"language\":\"de\",\"codec\":"
		"\"PCMU\",\"waited_ms\":31000,\"from\":\"Beat\",\"callback\":true,"
		"\"voice\":\"plain\"},"
		"\"door\":{\"pages\":2,\"back_at\":null}}");
	check_text(desk_write_view(&(struct desk_view){ .ends_ms = -1, .name = "\xff" }),
		"{\"t\":\"view\",\"protocol\":1,\"seat\":\"0000000000000\",\"agent\":{"
		"\"name\":\"?\",\"workplace\":"
		"\"office\",\"queues\":[]},\"home\":{\"missing\":[],\"in_force\":0,"
		"\"to_sign\":0,\"has_key\":false,\"factor_always\":false},\"state\":"
		"\"out\",\"why\":\"\",\"since_"
		"ms\":0,"
		"\"ends_ms\":null,\"line\":\"none\",\"testing\":false,\"codec\":\"\","
		"\"pause_after\":"
		"false,\"stop_after\":false,"
		"\"call\":null,\"door\":null}");
}

static struct desk_targets *some_targets(void)
{
	struct desk_targets *t = calloc(1, sizeof *t);

	assert_non_null(t);
	t->ref = "t1";
	t->n_queues = 4;
	for (unsigned i = 0; i < 4; i++) {
		t->queues[i].id = 10 + i;
		t->queues[i].name = "Spenden";
		t->queues[i].language = "fr";
		t->queues[i].state = i;
	}
	t->n_agents = 2;
	t->agents[0].id = 1;
	t->agents[0].name = "Beat";
	t->agents[0].is_free = true;
	t->agents[1].id = 2;
	t->agents[1].name = "\xff";
	return t;
}

#define A_QUEUE(id, state)                                                         \
	"{\"id\":\"000000000000" id "\",\"name\":\"Spenden\",\"language\":\"fr\"," \
	"\"state\":\"" state "\"}"

static void check_targets(void)
{
	struct desk_targets *t = some_targets();

	check_text(desk_write_targets(t),
		"{\"t\":\"targets\",\"queues\":[" A_QUEUE("a", "open") "," A_QUEUE(
			"b", "closed") "," A_QUEUE("c", "unstaffed") "," A_QUEUE("d",
			"full") "],\"agents\":[{\"id\":\"0000000000001\",\"name\":"
				"\"Beat\",\"free\":true},{\"id\":\"0000000000002\","
				"\"name\":\"?\",\"free\":false}],\"ref\":\"t1\"}");
	t->n_queues = t->n_agents = 0;
	t->ref = "";
	check_text(desk_write_targets(t),
		"{\"t\":\"targets\",\"queues\":[],\"agents\":[],\"ref\":\"\"}");
	free(t);
}

/* What is not known is not there. */
static void check_quality(void)
{
	struct desk_quality q = { .for_ms = 5000,
		.line = { .is_there = true,
			.in = { .codec = "opus",
				.is_known = true,
				.expected = 250,
				.lost = 10,
				.jitter_us = 3000,
				.frames = 250,
				.concealed = 4,
				.has_worth = true,
				.is_wide = true,
				.r_10 = 1041,
				.mos_100 = 406 },
			.out = { .codec = "PCMA", .expected = 249 },
			.round_trip_us = 50000,
			.delay_ms = 60,
			.path = "pcm",
			.why = "lossy" } };

	check_text(desk_write_quality(&q),
		"{\"t\":\"quality\",\"for_ms\":5000,\"line\":{\"in\":{\"codec\":\"opus\","
		"\"expected\":250,\"lost\":10,\"jitter_us\":3000,\"frames\":250,"
		"\"concealed\":4,\"wide\":true,\"r_10\":1041,\"mos_100\":406},"
		"\"out\":{\"codec\":\"PCMA\",\"expected\":249},\"round_trip_us\":50000,"
		"\"delay_ms\":60,\"path\":\"pcm\",\"why\":\"lossy\"}}");
	q.caller = q.line;
	q.line.is_there = false;
	char *text = desk_write_quality(&q);

	assert_non_null(text);
	assert_non_null(strstr(text, "\"caller\":{\"in\""));
	assert_null(strstr(text, "\"line\""));
	free(text);
}

static void test_others(void **state)
{
	check_text(desk_write_caller_view(&(struct desk_caller_view){
			   DESK_CALL_ENDED, "agent_hung_up", "Auskunft", 5, 0, NULL }),
		"{\"t\":\"caller\",\"state\":\"ended\",\"why\":\"agent_hung_up\","
		"\"queue\":\"Auskunft\",\"since_ms\":5,\"place\":0,\"wait\":\"\"}");
	check_text(desk_write_caller_view(&(struct desk_caller_view){
			   DESK_CALL_WAITING, "", "Auskunft", 5, 3, "under" }),
		"{\"t\":\"caller\",\"state\":\"waiting\",\"why\":\"\","
		"\"queue\":\"Auskunft\",\"since_ms\":5,\"place\":3,\"wait\":\"under\"}");
	check_text(desk_write_line_answer(&(struct desk_line_answer){ "v=0\r\n", "1" }),
		"{\"t\":\"line.answer\",\"sdp\":\"v=0\\r\\n\",\"ref\":\"1\"}");
	check_text(desk_write_turn(&(struct desk_turn){
			   { "turn:a:1?transport=udp", "turns:a:2?transport=tcp" }, 2,
			   "9:x", "p/+=" }),
		"{\"t\":\"turn\",\"servers\":[{\"urls\":[\"turn:a:1?transport=udp\","
		"\"turns:a:2?transport=tcp\"],\"username\":\"9:x\","
		"\"credential\":\"p/+=\"}]}");
	check_text(desk_write_line_stats(
			   &(struct desk_line_stats){ 1, 2, 3, 4, 5, 6, 7, 8, "2" }),
		"{\"t\":\"line.stats\",\"rx\":1,\"tx\":2,\"rx_forwarded\":3,"
		"\"rx_discarded\":4,\"rx_discarded_sound\":5,\"lost\":6,\"jitter_us\":7,"
		"\"round_trip_us\":8,\"ref\":\"2\"}");
	check_quality();
	check_targets();
	check_text(desk_write_door(&(struct desk_door){ DESK_DOOR_PAUSE, 1800000000000 }),
		"{\"t\":\"door\",\"protocol\":1,\"state\":\"pause\","
		"\"back_at\":1800000000000}");
	check_text(desk_write_door(&(struct desk_door){ DESK_DOOR_CALL, 0 }),
		"{\"t\":\"door\",\"protocol\":1,\"state\":\"call\",\"back_at\":null}");
	check_text(desk_write_door_token("00ff", "d"),
		"{\"t\":\"door.token\",\"token\":\"00ff\",\"ref\":\"d\"}");
	check_text(desk_write_error("bad_message", ""),
		"{\"t\":\"error\",\"code\":\"bad_message\",\"ref\":\"\"}");
}

static void test_agreement(void **state)
{
	uint8_t hash[32] = { 0xab }, nonce[32] = { 0xcd };

	check_text(desk_write_agreement(&(struct desk_agreement){
			   3, true, 5, "de", "eins\nzwei\n", hash, nonce, 7, "x", "r" }),
		"{\"t\":\"agreement\",\"version\":3,\"material\":true,\"effective_ms\":5,"
		"\"language\":\"de\",\"text\":\"eins\\nzwei\\n\",\"hash\":"
		"\"ab00000000000000000000000000000000000000000000000000000000000000\","
		"\"nonce\":"
		"\"cd00000000000000000000000000000000000000000000000000000000000000\","
		"\"agent\":\"0000000000007\",\"label\":\"x\",\"ref\":\"r\"}");
}

static void test_words(void **state)
{
	static const char *const states[] = { "out", "away", "ready", "offered",
		"talking", "interrupted", "wrapup", "pause", "work", "hold" };
	static const char *const lines[] = { "none", "connecting", "up", "silent",
		"lost" };
	static const char *const calls[] = { "none", "connecting", "waiting", "offered",
		"talking", "ended" };
	static const char *const doors[] = { "over", "free", "work", "call", "pause" };

	for (unsigned i = 0; i < sizeof states / sizeof *states; i++) {
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
	for (unsigned i = 0; i < sizeof doors / sizeof *doors; i++) {
		char *text = desk_write_door(&(struct desk_door){ .state = i });
		json_t *root = json_loads(text, 0, NULL);

		assert_string_equal(
			json_string_value(json_object_get(root, "state")), doors[i]);
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
	struct desk_targets *targets = some_targets();
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
	got = NULL;
	for (n = 0; !got && n < 1000; n++) {
		allowed = n;
		got = desk_write_targets(targets);
	}
	free(got);
	free(targets);
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
		cmocka_unit_test(test_agreement),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
