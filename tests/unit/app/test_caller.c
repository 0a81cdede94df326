/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The caller page: tokens of the house's own site, and who is kept out. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/caller_token.h"
#include "base/text.h"
#include "house.h"

#define N(a)   (sizeof(a) / sizeof *(a))
#define SECRET "0123456789abcdef0123456789abcdef"
#define NONCE  "AbCdEfGhIjKlMnOp"
#define NOW    INT64_C(1800000000)
/* printf %s 1800000300.AbCdEfGhIjKlMnOp | openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef */
#define MAC  "ed647c02ed06488044febc455d009c753dc4a4c66533e15833a2b570d88f53ff"
#define GOOD "1800000300." NONCE "." MAC

static const struct {
	const char *what, *text;
	enum caller_token is;
} forms[] = {
	{ "as a site makes it", GOOD, CALLER_TOKEN_GOOD },
	{ "none", NULL, CALLER_TOKEN_BAD },
	{ "an empty one", "", CALLER_TOKEN_BAD },
	{ "dots alone", "..", CALLER_TOKEN_BAD },
	{ "no MAC", "1800000300." NONCE ".", CALLER_TOKEN_BAD },
	{ "a MAC that is cut", "1800000300." NONCE ".00", CALLER_TOKEN_BAD },
	{ "something after it", GOOD ".1", CALLER_TOKEN_BAD },
	{ "a digit more", GOOD "0", CALLER_TOKEN_BAD },
	{ "another time", "1800000301." NONCE "." MAC, CALLER_TOKEN_BAD },
	{ "another nonce", "1800000300.AbCdEfGhIjKlMnOq." MAC, CALLER_TOKEN_BAD },
	{ "a nonce that is too short", "1800000300.AbC." MAC, CALLER_TOKEN_BAD },
	{ "a nonce with a sign", "1800000300.AbCdEfGhIjKlMnO!." MAC, CALLER_TOKEN_BAD },
	{ "a time with a sign", "-1800000300." NONCE "." MAC, CALLER_TOKEN_BAD },
	{ "a time of many digits", "1800000300000." NONCE "." MAC, CALLER_TOKEN_BAD },
	{ "no time", "." NONCE "." MAC, CALLER_TOKEN_BAD },
};

static void test_forms(void **state)
{
	static struct caller_tokens t;
	size_t n_failed = 0;

	for (size_t i = 0; i < N(forms); i++) {
		enum caller_token is;

		assert_int_equal(caller_tokens_init(&t, SECRET), 0);
		is = caller_token_use(&t, forms[i].text, NOW);
		if (is == forms[i].is)
			continue;
		print_error("%s: %d\n", forms[i].what, is);
		n_failed++;
	}
	assert_int_equal(n_failed, 0);
	assert_int_equal(caller_tokens_init(&t, "too short"), EINVAL);
	assert_int_equal(caller_tokens_init(&t, SECRET "x"), 0);
	assert_int_equal(caller_token_use(&t, GOOD, NOW), CALLER_TOKEN_BAD);
}

static void test_times(void **state)
{
	static const struct {
		int64_t now_s; /* after NOW; it is good until 300 */
		enum caller_token is;
	} rows[] = { { 0, CALLER_TOKEN_GOOD }, { 300, CALLER_TOKEN_GOOD },
		{ 360, CALLER_TOKEN_GOOD }, { 361, CALLER_TOKEN_EXPIRED },
		{ 300 - 3660, CALLER_TOKEN_GOOD }, { 300 - 3661, CALLER_TOKEN_BAD } };
	static struct caller_tokens t;

	for (size_t i = 0; i < N(rows); i++) {
		assert_int_equal(caller_tokens_init(&t, SECRET), 0);
		assert_int_equal(
			caller_token_use(&t, GOOD, NOW + rows[i].now_s), rows[i].is);
	}
}

static void make(char *out, size_t cap, int64_t expiry_s, unsigned n)
{
	char nonce[32];

	assert_int_equal(text_format(nonce, sizeof nonce, "nonce-%010u", n), 0);
	assert_int_equal(caller_token_make(SECRET, expiry_s, nonce, out, cap), 0);
}

static void test_uses(void **state)
{
	static struct caller_tokens t;
	char token[CALLER_TOKEN_MAX];

	assert_int_equal(
		caller_token_make(SECRET, 1800000300, NONCE, token, sizeof token), 0);
	assert_string_equal(token, GOOD);
	assert_int_equal(
		caller_token_make(SECRET, 1, "short", token, sizeof token), EINVAL);
	assert_int_equal(caller_tokens_init(&t, SECRET), 0);
	for (int i = 0; i < CALLER_TOKEN_CALLS; i++)
		assert_int_equal(caller_token_use(&t, GOOD, NOW), CALLER_TOKEN_GOOD);
	assert_int_equal(caller_token_use(&t, GOOD, NOW), CALLER_TOKEN_USED);
	make(token, sizeof token, NOW + 300, 1);
	assert_int_equal(caller_token_use(&t, token, NOW), CALLER_TOKEN_GOOD);
	/* to the last moment of its life it stays used */
	assert_int_equal(caller_token_use(&t, GOOD, NOW + 360), CALLER_TOKEN_USED);
}

static void test_no_room(void **state)
{
	static struct caller_tokens t;
	char token[CALLER_TOKEN_MAX];

	assert_int_equal(caller_tokens_init(&t, SECRET), 0);
	for (unsigned i = 0; i < CALLER_TOKENS_KEPT; i++) {
		make(token, sizeof token, NOW + (i ? 300 : 100), i);
		assert_int_equal(caller_token_use(&t, token, NOW), CALLER_TOKEN_GOOD);
	}
	make(token, sizeof token, NOW + 1000, 9999);
	assert_int_equal(caller_token_use(&t, token, NOW), CALLER_TOKEN_USED);
	make(token, sizeof token, NOW + 300, 5);
	assert_int_equal(caller_token_use(&t, token, NOW), CALLER_TOKEN_GOOD);
	make(token, sizeof token, NOW + 1000, 9999);
	assert_int_equal(caller_token_use(&t, token, NOW + 161), CALLER_TOKEN_GOOD);
}

/* --- the page --- */

#define SDP                                                                     \
	"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"                   \
	"m=audio 9 UDP/TLS/RTP/SAVPF 8\r\nc=IN IP4 0.0.0.0\r\n"                 \
	"a=mid:0\r\na=rtcp-mux\r\na=setup:actpass\r\na=ice-ufrag:abcd\r\n"      \
	"a=ice-pwd:0123456789012345678901\r\na=fingerprint:sha-256 "            \
	"00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:" \
	"77:88:99:AA:BB:CC:DD:EE:FF\r\n"

static struct house h;

static void say(const char *who, struct desk_msg m)
{
	h.n_lines = 0;
	m.protocol = DESK_PROTOCOL;
	(void)text_copy(h.subject, sizeof h.subject, who);
	app_page_message(h.app, house_conn(who), &m);
}

/* The relay has done what it was told, and hears the browser. */
static void line_up(const char *who)
{
	const struct house_name *leg = house_leg(&h, who);
	union rp_any ok = { .head = { .type = RP_LEG_OK, .leg = leg->id } };
	union rp_any up = { .head = { .type = RP_EV_UP, .leg = leg->id } };

	house_leg_ok(&ok.leg_ok, leg);
	ok.head.type = RP_LEG_OK;
	ok.head.leg = leg->id;
	app_relay_reply(h.app, leg->relay, RP_LEG_WEB, &ok);
	app_relay_event(h.app, leg->relay, &up);
}

/* A centre with such rules, Beat in a shift but not ready; w1, w2 and w3 are at one address, w4 and w5 elsewhere. */
static void begin(const struct app_caller_config *rules)
{
	static const char *const pages[] = { "w1", "w2", "w3", "w4", "w5" };

	house_open(&h, 1);
	house_kill(&h);
	h.caller = *rules;
	house_start(&h);
	house_relay_up(&h, 0, false);
	app_adopt(h.app);
	app_page_opened(
		h.app, house_conn("beat"), 2, app_session_number(h.app, HOUSE_DESK));
	say("beat", (struct desk_msg){ .type = DESK_HELLO });
	say("beat", (struct desk_msg){ .type = DESK_LINE_OFFER, .sdp = SDP });
	line_up("beat");
	say("beat", (struct desk_msg){ .type = DESK_SHIFT_START });
	for (uint64_t i = 0; i < N(pages); i++)
		app_page_opened(h.app, house_conn(pages[i]), 0, i < 3 ? 7 : 7 + i);
}

/* "" when it was let in, else why not. */
static const char *calls(const char *who, const char *token, const char *language)
{
	static char why[32];

	say(who,
		(struct desk_msg){ .type = DESK_CALL,
			.sdp = SDP,
			.token = token,
			.language = language });
	*why = '\0';
	for (size_t i = 0; i < h.n_lines; i++) {
		const char *at = strstr(h.lines[i], "ended (");

		if (at)
			(void)sscanf(at, "ended (%31[a-z_]", why);
	}
	return why;
}

static void hangs_up(const char *who)
{
	say(who, (struct desk_msg){ .type = DESK_HANGUP });
}

static void test_at_once(void **state)
{
	begin(&(struct app_caller_config){ .per_address = 2, .most = 3 });
	assert_string_equal(calls("w1", NULL, NULL), "");
	assert_string_equal(calls("w2", NULL, NULL), "");
	assert_string_equal(calls("w3", NULL, NULL), "too_many");
	assert_string_equal(calls("w4", NULL, NULL), "");
	assert_string_equal(calls("w5", NULL, NULL), "busy");
	hangs_up("w1");
	assert_string_equal(calls("w3", NULL, NULL), "");
	assert_string_equal(calls("w5", NULL, NULL), "busy");
	house_close(&h);
}

static void test_often(void **state)
{
	begin(&(struct app_caller_config){ .per_minute = 2 });
	for (int i = 0; i < 2; i++) {
		assert_string_equal(calls("w1", NULL, NULL), "");
		hangs_up("w1");
	}
	assert_string_equal(calls("w2", NULL, NULL), "too_often");
	assert_string_equal(calls("w4", NULL, NULL), "");
	house_wait(&h, 29999);
	assert_string_equal(calls("w2", NULL, NULL), "too_often");
	house_wait(&h, 1);
	assert_string_equal(calls("w2", NULL, NULL), "");
	house_close(&h);
}

static void test_tokens(void **state)
{
	char token[CALLER_TOKEN_MAX];

	begin(&(struct app_caller_config){ .secret = SECRET });
	assert_string_equal(calls("w1", NULL, NULL), "token_bad");
	assert_string_equal(calls("w1", "1.2.3", NULL), "token_bad");
	make(token, sizeof token, HOUSE_WALL_MS / 1000 - 61, 1);
	assert_string_equal(calls("w1", token, NULL), "token_expired");
	make(token, sizeof token, HOUSE_WALL_MS / 1000 + 300, 2);
	for (int i = 0; i < CALLER_TOKEN_CALLS; i++) {
		assert_string_equal(calls("w1", token, NULL), "");
		hangs_up("w1");
	}
	assert_string_equal(calls("w1", token, NULL), "token_used");
	house_close(&h);
}

/* Who is turned away for another reason has its token still. */
static void test_token_is_kept(void **state)
{
	char token[CALLER_TOKEN_MAX];

	begin(&(struct app_caller_config){ .secret = SECRET });
	make(token, sizeof token, HOUSE_WALL_MS / 1000 + 300, 2);
	say("beat", (struct desk_msg){ .type = DESK_SHIFT_END });
	for (int i = 0; i < 2 * CALLER_TOKEN_CALLS; i++)
		assert_string_equal(calls("w1", token, NULL), "no_agent");
	house_close(&h);
}

static void test_languages(void **state)
{
	const struct app_caller_config rules = {
		.by_language = { { "fr", 1 } },
		.n_languages = 1,
	};

	begin(&rules);
	assert_string_equal(calls("w1", NULL, "de"), "");
	assert_string_equal(calls("w2", NULL, "fr"), "no_agent"); /* 20 is Anna's */
	assert_string_equal(calls("w3", NULL, NULL), "");
	house_close(&h);
}

/* What a page is told of who waits, and that it may ask again, but not at once. */
static void test_place(void **state)
{
	begin(&(struct app_caller_config){ 0 });
	say("w1", (struct desk_msg){ .type = DESK_PLACE });
	assert_string_equal(h.lines[0], "error w1 not_now");
	assert_string_equal(calls("w1", NULL, NULL), "");
	line_up("w1");
	assert_string_equal(calls("w2", NULL, NULL), "");
	line_up("w2");
	say("w2", (struct desk_msg){ .type = DESK_PLACE });
	assert_string_equal(h.lines[0], "caller w2 waiting");
	assert_int_equal(h.place, 2);
	say("w2", (struct desk_msg){ .type = DESK_PLACE });
	assert_string_equal(h.lines[0], "error w2 too_soon");
	hangs_up("w1");
	house_wait(&h, 250);
	say("w2", (struct desk_msg){ .type = DESK_PLACE });
	assert_string_equal(h.lines[0], "caller w2 waiting");
	assert_int_equal(h.place, 1);
	house_close(&h);
}

static bool was(const char *line)
{
	for (size_t i = 0; i < h.n_lines; i++)
		if (strcmp(h.lines[i], line) == 0)
			return true;
	return false;
}

static void presses(const char *who, uint32_t key)
{
	const struct house_name *leg = house_leg(&h, who);
	union rp_any m = { .digit = { .head = { .type = RP_EV_DIGIT, .leg = leg->id },
				   .digit = key } };

	h.n_lines = 0;
	app_relay_event(h.app, leg->relay, &m);
}

/* The menu of 50: a key that leads nowhere has it asked again, a second one leads to 10; 2 leads to 40, which is Anna's. */
static void test_menu(void **state)
{
	const struct app_caller_config rules = {
		.by_language = { { "fr", 1 } },
		.n_languages = 1,
		.menu = 1,
	};

	begin(&rules);
	assert_string_equal(calls("w1", NULL, "fr"), "no_agent");
	assert_string_equal(calls("w1", NULL, "de"), "");
	h.n_lines = 0;
	line_up("w1");
	assert_true(was("caller w1 menu") && was("relay0 PLAY w1 menu"));
	assert_false(was("record w1 arrived"));
	presses("w1", 7);
	assert_true(was("relay0 PLAY w1 menu"));
	presses("w1", 8);
	assert_true(was("record w1 arrived") && was("caller w1 waiting"));
	assert_true(was("record w1 menu menu=welcome by=default"));
	presses("w1", 1); /* it waits: nobody has asked it anything */
	assert_int_equal(h.n_lines, 0);
	assert_string_equal(calls("w2", NULL, NULL), "");
	line_up("w2");
	presses("w2", 2);
	assert_true(was("record w2 menu menu=welcome by=key"));
	assert_string_equal(calls("w3", NULL, NULL), "");
	line_up("w3");
	h.n_lines = 0;
	hangs_up("w3");
	assert_true(was("record w3 menu menu=welcome by=nothing"));
	assert_true(was("caller w3 ended (caller_hung_up)"));
	house_close(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_uses),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_at_once),
		cmocka_unit_test(test_often),
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_token_is_kept),
		cmocka_unit_test(test_languages),
		cmocka_unit_test(test_place),
		cmocka_unit_test(test_menu),
	};

	return cmocka_run_group_tests_name("app_caller", tests, NULL, NULL);
}
