/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a trace says of each kind of event; above all what it does not say [RULES C1, C6, N5]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "app/trace.h"
#include "sound/codec.h"

#define NOW INT64_C(1790000000000)

/* What stands behind the layer. */
static const char *said(const struct trace_event *e)
{
	static char line[TRACE_LINE_MAX];

	(void)trace_text(e, line);
	return line + strlen("hh:mm:ss.mmm  0000000000000  ");
}

static void records(void **state)
{
	static const struct {
		struct store_call_event ev;
		const char *said;
	} cases[] = {
		{ { .event = STORE_ARRIVED, .voice = STORE_VOICE_SRTP, .number = -1 },
			"call   arrived  queue 100  kind sip  protection srtp" },
		{ { .event = STORE_OFFERED,
			  .agent = 1,
			  .number = -1,
			  .detail = "home=1 office=0" },
			"call   offered  agent 0000000000001" },
		{ { .event = STORE_JOINED, .agent = 1, .number = 52195 },
			"call   joined  agent 0000000000001  first_voice_ms 52.195" },
		{ { .event = STORE_LEFT,
			  .agent = 1,
			  .number = 1591,
			  .detail = "caller_left" },
			"call   left  agent 0000000000001  why caller_left  had_ms "
			"1591" },
		{ { .event = STORE_LEFT, .agent = 1, .number = -1 },
			"call   left  agent 0000000000001" },
		{ { .event = STORE_DIVERTED, .number = 2, .detail = "closed" },
			"call   diverted  why closed  to_queue 0000000000002" },
		{ { .event = STORE_ENDED, .number = -1, .detail = "caller_hung_up" },
			"call   ended  why caller_hung_up" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct trace_event e;
		struct store_call_event ev = cases[i].ev;

		ev.call = 1;
		ev.at_ms = NOW;
		app_trace_record(&e, &ev, "100");
		assert_string_equal(said(&e), cases[i].said);
	}
}

static void relays(void **state)
{
	static const struct {
		union rp_any m;
		const char *said; /* NULL: nothing */
	} cases[] = {
		{ { .leg_ok = { .head.type = RP_LEG_OK, .port = 40000 } },
			"voice  made  leg caller  port 40000" },
		{ { .head = { .type = RP_EV_UP } }, "voice  up  leg caller" },
		{ { .head = { .type = RP_EV_DOWN, .err = 110 } },
			"voice  down  leg caller  error 110" },
		{ { .head = { .type = RP_EV_SILENT } }, "voice  silent  leg caller" },
		{ { .head = { .type = RP_EV_HEARD } }, "voice  heard  leg caller" },
		{ { .first = { .head.type = RP_EV_FIRST, .after_us = 1234 } },
			"voice  first  leg caller  after_us 1234" },
		{ { .digit = { .head.type = RP_EV_DIGIT, .digit = 7 } },
			"voice  key  leg caller" },
		{ { .lossy = { .head.type = RP_EV_LOSSY, .on = 1, .percent = 12 } },
			"voice  lossy  leg caller  is on  percent 12" },
		{ { .head = { .type = RP_DONE, .err = 16 } },
			"voice  refused  leg caller  error 16" },
		{ { .head = { .type = RP_DONE } }, NULL },
		{ { .head = { .type = RP_LEG_STATE } }, NULL },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct trace_call c = { .call = 1 };
		struct trace_event e;
		bool is_said = app_trace_relay(
			&e, NOW, &c, STORE_LEG_CALLER, &cases[i].m);

		assert_int_equal(is_said, cases[i].said != NULL);
		if (is_said)
			assert_string_equal(said(&e), cases[i].said);
	}
}

/* Counters come every five seconds; a line comes when the way of the voice is another. */
static void the_path_is_told_when_it_changes(void **state)
{
	union rp_any m = { .stats = { .head.type = RP_STATS_OK,
				   .path = RP_PATH_PACKET,
				   .rx_codec = SOUND_PCMA,
				   .tx_codec = SOUND_PCMA,
				   .rx = 5,
				   .tx = 6 } };
	struct trace_call c = { .call = 1 };
	struct trace_event e;

	assert_true(app_trace_relay(&e, NOW, &c, STORE_LEG_LINE, &m));
	assert_string_equal(said(&e),
		"voice  path  leg agent  path packet  from_codec PCMA  to_codec PCMA  "
		"packets_in 5  packets_out 6  lost 0  bad 0");
	m.stats.rx = 99;
	assert_false(app_trace_relay(&e, NOW, &c, STORE_LEG_LINE, &m));
	m.stats.path = RP_PATH_PCM;
	m.stats.why = RP_WHY_LOSSY;
	assert_true(app_trace_relay(&e, NOW, &c, STORE_LEG_LINE, &m));
	assert_non_null(strstr(said(&e), "path pcm  why lossy"));
	assert_true(app_trace_relay(&e, NOW, &c, STORE_LEG_CALLER, &m));
}

static void messages(void **state)
{
	/* as from a stack that forgot to mask: the event does */
	struct trunk_seen s = { .at_ms = NOW,
		.cseq = 2,
		.method = "INVITE",
		.from = "+41791234567",
		.to = "100",
		.peer = "telco",
		.addr = "192.0.2.7:5061",
		.transport = TRUNK_TLS };
	struct trace_call c = { .call = 1 };
	struct trace_event e;

	app_trace_sip(&e, &s, &c);
	assert_string_equal(said(&e),
		"sip<   INVITE  cseq 2  caller **********67  called ***  by tls  peer "
		"telco  at 192.0.2.7:5061");
	s.is_ours = true;
	s.status = 488;
	s.has_sdp = true;
	app_trace_sip(&e, &s, &c);
	assert_string_equal(said(&e),
		"sip>   488  to INVITE  cseq 2  caller **********67  called ***  by tls  "
		"peer telco  at 192.0.2.7:5061  codecs none  port 0");
}

static void figures(void **state)
{
	struct store_quality q = { .call = 1,
		.leg = STORE_LEG_LINE,
		.direction = STORE_OUT,
		.codec = "opus",
		.expected = 80,
		.lost = STORE_UNKNOWN,
		.jitter_us = STORE_UNKNOWN,
		.round_trip_us = STORE_UNKNOWN,
		.delay_ms = STORE_UNKNOWN,
		.frames = STORE_UNKNOWN,
		.concealed = STORE_UNKNOWN,
		.r_narrow_10 = STORE_UNKNOWN,
		.mos_narrow_100 = STORE_UNKNOWN };
	struct trace_event e;

	app_trace_quality(&e, NOW, &q);
	assert_string_equal(said(&e),
		"sum    quality  leg agent  way out  whole no  codec opus  expected 80");
	q.lost = 3;
	q.r_narrow_10 = 925;
	q.mos_narrow_100 = 405;
	app_trace_quality(&e, NOW, &q);
	assert_non_null(strstr(said(&e), "lost 3  r 92.5  mos 4.05"));
}

static void the_end(void **state)
{
	struct trace_call c = { .call = 1, .began_ms = NOW, .n_messages = 5 };
	struct trace_event e;

	app_trace_summary(&e, NOW + 70, &c);
	assert_string_equal(
		said(&e), "sum    call  traced_ms 70  messages 5  ended not_yet");
	trace_ended(&c, "refused", NOW + 50);
	app_trace_summary(&e, NOW + 70, &c);
	assert_string_equal(
		said(&e), "sum    call  traced_ms 50  messages 5  ended refused");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records),
		cmocka_unit_test(relays),
		cmocka_unit_test(the_path_is_told_when_it_changes),
		cmocka_unit_test(messages),
		cmocka_unit_test(figures),
		cmocka_unit_test(the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
