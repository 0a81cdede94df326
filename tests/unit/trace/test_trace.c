/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a trace may be asked, what it may show, whom it follows, and that a slow reader costs nothing but events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/ids.h"
#include "core/trace/event.h"
#include "core/trace/follow.h"
#include "core/trace/out.h"

#define CALL_TEXT "0000000000a01"
#define NOW       INT64_C(1790000000000)

static uint64_t call_id(void)
{
	uint64_t id = 0;

	assert_int_equal(ids_parse(CALL_TEXT, &id), 0);
	return id;
}

/* --- the question --- */

static void questions(void **state)
{
	static const struct {
		const char *line;
		unsigned next, minutes; /* minutes 0: it is none */
		bool has_call, json;
		const char *queue;
	} cases[] = {
		{ "trace 1 next=1 minutes=10", 1, 10, false, false, "" },
		{ "trace 1 next=32 minutes=60 json", 32, 60, false, true, "" },
		{ "trace 1 call=" CALL_TEXT " minutes=5", 1, 5, true, false, "" },
		{ "trace 1 next=2 minutes=1 queue=100", 2, 1, false, false, "100" },
		{ "trace 1 next=2 minutes=1 json queue=Post und Pakete", 2, 1, false,
			true, "Post und Pakete" },
		{ "trace 1 next=1 minutes=1 queue=a json", 1, 1, false, false, "a json" },
		{ "", 0 },
		{ "trace 1 ", 0 },
		{ "trace 2 next=1 minutes=10", 0 },
		{ "trace 1 next=1", 0 },
		{ "trace 1 minutes=10", 0 },
		{ "trace 1 next=0 minutes=10", 0 },
		{ "trace 1 next=33 minutes=10", 0 },
		{ "trace 1 next=1 minutes=61", 0 },
		{ "trace 1 next=1 minutes=0", 0 },
		{ "trace 1 next=-1 minutes=10", 0 },
		{ "trace 1 next=1  minutes=10", 0 },
		{ "trace 1 next=1 minutes=10 ", 1, 10, false, false, "" },
		{ "trace 1 next=1 minutes=10 all", 0 },
		{ "trace 1 next=1 minutes=10 queue=", 0 },
		{ "trace 1 next=1 minutes=10 queue=a\tb", 0 },
		{ "trace 1 call=" CALL_TEXT " next=1 minutes=10", 0 },
		{ "trace 1 call=" CALL_TEXT " minutes=10 queue=a", 0 },
		{ "trace 1 call=../../etc/passwd minutes=10", 0 },
		{ "trace 1 call=0000000000000 minutes=10", 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct trace_ask a = { .minutes = 99 }, again;
		char text[TRACE_ASK_MAX];
		int err = trace_ask_read(&a, slice_str(cases[i].line));

		print_message("# %s\n", cases[i].line);
		assert_int_equal(err == 0, cases[i].minutes != 0);
		if (err) {
			assert_int_equal(a.minutes, 99);
			continue;
		}
		assert_int_equal(a.next, cases[i].next);
		assert_int_equal(a.minutes, cases[i].minutes);
		assert_int_equal(a.json, cases[i].json);
		assert_int_equal(a.call, cases[i].has_call ? call_id() : 0);
		assert_string_equal(a.queue, cases[i].queue);
		if (a.call)
			a.next = 0; /* as who asks has it */
		assert_int_equal(trace_ask_write(&a, text, sizeof text), 0);
		assert_int_equal(
			trace_ask_read(&again, slice_of(text, strlen(text) - 1)), 0);
		assert_string_equal(again.queue, a.queue);
		assert_int_equal(again.call, a.call);
	}
}

static void a_question_has_an_end(void **state)
{
	char line[TRACE_ASK_MAX + 40] = "trace 1 next=1 minutes=1 queue=";
	struct trace_ask a = { .minutes = 99 };
	size_t n = strlen(line);

	memset(line + n, 'q', TRACE_QUEUE_MAX);
	assert_int_not_equal(trace_ask_read(&a, slice_str(line)), 0);
	line[n + TRACE_QUEUE_MAX - 1] = 0;
	assert_int_equal(trace_ask_read(&a, slice_str(line)), 0);
	memset(line + n, 'q', sizeof line - n - 1);
	assert_int_not_equal(trace_ask_read(&a, slice_str(line)), 0);
}

/* --- what is shown --- */

static void phones_come_out_masked(void **state)
{
	static const struct {
		const char *given, *shown; /* shown NULL: there is no such field */
	} cases[] = {
		{ "+41791234567", "**********67" },
		{ "0791234567", "********67" },
		{ "100", "***" },
		{ "anonymous", "*******us" },
		{ "Rosa Zumstein", "**********in" },
		{ "**********67", "**********67" }, /* again: as it was */
		{ "123456789012345678901234567890", "**********90" },
		{ "", NULL },
		{ NULL, NULL },
		{ "-", NULL },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct trace_event e;
		char line[TRACE_LINE_MAX], want[64] = "";

		trace_event_init(&e, TRACE_HEARD, NOW, call_id(), "INVITE");
		trace_phone(&e, "caller", cases[i].given);
		(void)trace_text(&e, line);
		if (cases[i].shown)
			snprintf(want, sizeof want, "  caller %s", cases[i].shown);
		assert_string_equal(strstr(line, "INVITE") + 6, want);
	}
}

/* A word from outside ends neither a line nor a string, whatever is in it. */
static void words_are_plain(void **state)
{
	static const struct {
		const char *given, *shown;
	} cases[] = {
		{ "PCMA PCMU", "PCMA PCMU" },
		{ "192.0.2.0/24", "192.0.2.0/24" },
		{ "[2001:db8::1]:5061", "[2001:db8::1]:5061" },
		{ "a\"b", "a?b" },
		{ "a\\b", "a?b" },
		{ "a\nb\r\x7f", "a?b??" },
		{ "a<b>@c", "a?b??c" },
		{ "\xc3\xa4", "??" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct trace_event e;
		char line[TRACE_LINE_MAX], want[160];

		trace_event_init(&e, TRACE_SENT, NOW, 0, cases[i].given);
		trace_word(&e, "x", cases[i].given);
		(void)trace_json(&e, line);
		snprintf(want, sizeof want,
			"{\"at_ms\":1790000000000,\"call\":\"\",\"layer\":\"sip\","
			"\"way\":\"out\",\"what\":\"%s\",\"x\":\"%s\"}",
			cases[i].shown, cases[i].shown);
		assert_string_equal(line, want);
	}
}

static void a_line_for_people(void **state)
{
	struct trace_event e;
	char line[TRACE_LINE_MAX];

	trace_event_init(&e, TRACE_CORE, NOW + 3723045, call_id(), "joined");
	trace_number(&e, "cseq", -7);
	trace_ms(&e, "first_voice_ms", 12034);
	trace_id(&e, "agent", call_id());
	trace_id(&e, "nobody", 0);
	trace_word(&e, "nothing", "");
	(void)trace_text(&e, line);
	assert_string_equal(line,
		"15:15:23.045  " CALL_TEXT "  call   joined  cseq -7  "
		"first_voice_ms 12.034  agent " CALL_TEXT);
	(void)trace_json(&e, line);
	assert_non_null(
		strstr(line, "\"cseq\":-7,\"first_voice_ms\":12.034,\"agent\":\""));
}

static void the_longest_event_fits(void **state)
{
	struct trace_event e;
	char line[TRACE_LINE_MAX], word[2 * TRACE_WORD_MAX];
	size_t n;

	memset(word, 'w', sizeof word - 1);
	word[sizeof word - 1] = 0;
	trace_event_init(&e, TRACE_HEARD, NOW, call_id(), word);
	for (int i = 0; i < 2 * TRACE_FIELDS_MAX; i++)
		trace_word(&e, "a_name_of_a_field", word);
	assert_int_equal(e.n, TRACE_FIELDS_MAX);
	n = trace_json(&e, line);
	assert_int_equal(n, strlen(line));
	assert_int_equal(line[n - 1], '}');
	n = trace_text(&e, line);
	assert_int_equal(line[n - 1], 'w');
	assert_int_equal(n, strlen(line));
}

/* --- whom it follows --- */

static struct trace_follow follows(const char *line)
{
	struct trace_follow f;
	struct trace_ask a;

	assert_int_equal(trace_ask_read(&a, slice_str(line)), 0);
	trace_follow_init(&f, &a, NOW);
	return f;
}

static bool wants(struct trace_follow *f, struct trace_sight s)
{
	return trace_wants(f, &s, NOW) != NULL;
}

static void the_next_calls(void **state)
{
	struct trace_follow f = follows("trace 1 next=2 minutes=10");

	assert_false(wants(&f, (struct trace_sight){ .call = 1, .dialog = 11 }));
	assert_true(wants(&f, (struct trace_sight){ .dialog = 12, .begins = true }));
	assert_true(wants(&f, (struct trace_sight){ .call = 2, .dialog = 12 }));
	assert_true(wants(&f, (struct trace_sight){ .call = 2 }));
	assert_int_equal(f.n, 1);
	assert_true(wants(&f, (struct trace_sight){ .call = 3, .begins = true }));
	assert_false(wants(&f, (struct trace_sight){ .call = 4, .begins = true }));
	assert_false(wants(&f, (struct trace_sight){ 0 }));
	assert_true(wants(&f, (struct trace_sight){ .dialog = 12 }));
}

static void the_next_calls_of_a_queue(void **state)
{
	struct trace_follow f = follows("trace 1 next=3 minutes=10 queue=Post");

	assert_false(wants(&f, (struct trace_sight){ .call = 1, .begins = true }));
	assert_false(wants(&f,
		(struct trace_sight){
			.call = 2, .number = "1", .name = "Postx", .begins = true }));
	assert_true(wants(&f,
		(struct trace_sight){
			.call = 3, .number = "1", .name = "Post", .begins = true }));
	/* it stays, wherever it is sent */
	assert_true(wants(
		&f, (struct trace_sight){ .call = 3, .number = "2", .name = "Bank" }));
	assert_true(wants(&f,
		(struct trace_sight){
			.call = 4, .number = "Post", .name = "x", .begins = true }));
}

static void one_call_alone(void **state)
{
	struct trace_follow f = follows("trace 1 call=" CALL_TEXT " minutes=10");

	assert_false(wants(&f, (struct trace_sight){ .call = 1, .begins = true }));
	assert_true(wants(&f, (struct trace_sight){ .call = call_id(), .dialog = 7 }));
	assert_true(wants(&f, (struct trace_sight){ .dialog = 7 }));
	assert_false(wants(&f, (struct trace_sight){ .dialog = 8, .begins = true }));
}

static void a_trace_ends(void **state)
{
	struct trace_follow f = follows("trace 1 next=2 minutes=1");
	struct trace_call *c;

	assert_false(trace_is_over(&f, NOW));
	c = trace_wants(&f, &(struct trace_sight){ .call = 5, .begins = true }, NOW);
	trace_ended(c, "caller_hung_up", NOW + 1000);
	trace_ended(c, "refused", NOW + 2000); /* the first word counts */
	assert_null(trace_due(&f, NOW + 1000 + TRACE_LINGER_MS - 1));
	assert_ptr_equal(trace_due(&f, NOW + 1000 + TRACE_LINGER_MS), c);
	assert_null(trace_due(&f, NOW + 9000));
	assert_string_equal(c->why, "caller_hung_up");
	assert_false(trace_is_over(&f, NOW + 9000)); /* another one may come */
	c = trace_wants(&f, &(struct trace_sight){ .call = 6, .begins = true }, NOW);
	assert_null(trace_due(&f, NOW + 59999));
	assert_ptr_equal(
		trace_due(&f, NOW + 60000), c); /* it goes on, its trace does not */
	assert_true(trace_is_over(&f, NOW + 60000));
}

static void a_trace_without_a_call_ends(void **state)
{
	struct trace_follow f = follows("trace 1 next=1 minutes=1");

	assert_null(trace_due(&f, NOW + 60000));
	assert_false(trace_is_over(&f, NOW + 59999));
	assert_true(trace_is_over(&f, NOW + 60000));
}

/* --- what waits for a reader --- */

static void a_slow_reader_misses_events(void **state)
{
	struct trace_out *o = malloc(sizeof *o);
	char *taken = malloc(TRACE_OUT_MAX), line[200], note[64];
	size_t put = 0, n;

	assert_non_null(o);
	assert_non_null(taken);
	trace_out_init(o, false);
	memset(line, 'x', sizeof line);
	for (; !o->left_out; put++)
		trace_out_put(o, line, sizeof line);
	for (int i = 0; i < 4; i++)
		trace_out_put(o, line, sizeof line);
	trace_out_lost(o, 10);
	n = trace_out_take(o, taken);
	assert_int_equal(n, (put - 1) * (sizeof line + 2));
	assert_true(n <= TRACE_OUT_MAX - TRACE_OUT_LAST);
	trace_out_put(o, "a", 1);
	n = trace_out_take(o, taken);
	taken[n] = 0;
	snprintf(note, sizeof note, " %d events left out\n a\n", 1 + 4 + 10);
	assert_string_equal(taken, note);
	assert_int_equal(trace_out_take(o, taken), 0);
	free(taken);
	free(o);
}

static void the_last_word_finds_room(void **state)
{
	struct trace_out *o = malloc(sizeof *o);
	char *taken = malloc(TRACE_OUT_MAX + 1), line[200];
	size_t n;

	assert_non_null(o);
	assert_non_null(taken);
	trace_out_init(o, true);
	memset(line, 'x', sizeof line);
	for (int i = 0; i < 400; i++)
		trace_out_put(o, line, sizeof line);
	trace_out_end(o, TRACE_DONE, "the time is over");
	n = trace_out_take(o, taken);
	assert_true(n <= TRACE_OUT_MAX);
	taken[n] = 0;
	assert_non_null(strstr(taken, " {\"left_out\":"));
	assert_string_equal(strrchr(taken, '.'), ".the time is over\n");
	free(taken);
	free(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(questions),
		cmocka_unit_test(a_question_has_an_end),
		cmocka_unit_test(phones_come_out_masked),
		cmocka_unit_test(words_are_plain),
		cmocka_unit_test(a_line_for_people),
		cmocka_unit_test(the_longest_event_fits),
		cmocka_unit_test(the_next_calls),
		cmocka_unit_test(the_next_calls_of_a_queue),
		cmocka_unit_test(one_call_alone),
		cmocka_unit_test(a_trace_ends),
		cmocka_unit_test(a_trace_without_a_call_ends),
		cmocka_unit_test(a_slow_reader_misses_events),
		cmocka_unit_test(the_last_word_finds_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
