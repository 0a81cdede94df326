/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Session timers on the wire (RFC 4028), and challenges to what we send within a dialog.
 *
 * T1 is 20 ms, so a second of a session is 40: of 90 s the refresh is due after 1.8, the end after 2.4;
 * where it must not end, 150 s: 3 and 4.72.
 */
#include "far.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KNOWS "Supported: timer\r\n"
#define ALLOW "Allow: INVITE, ACK, BYE, UPDATE\r\n"

static int open_with(void **state, const char *user)
{
	static const struct trunk_peer peer = { .addr = "127.0.0.1", .prefix_bits = 32 };
	const struct trunk_outbound outbound = { .addr = "127.0.0.1",
		.host = "carrier.example",
		.caller = "+41440000000",
		.user = user,
		.password = user ? "zanzibar" : NULL };
	const struct trunk_config cfg = { .addr = "127.0.0.1",
		.peers = &peer,
		.n_peers = 1,
		.t1_ms = 20,
		.session_s = 1800,
		.outbound = &outbound };
	struct peer *p = peer_open(&cfg, "127.0.0.1");
	p->once = true; /* T1 is short */
	*state = p;
	return 0;
}

static int setup(void **state)
{
	return open_with(state, NULL);
}

static int setup_account(void **state)
{
	return open_with(state, "anna");
}

static void ended(struct peer *p, const struct call *c, enum trunk_end why)
{
	const struct peer_event *e = peer_await(p, PEER_ENDED);
	assert_int_equal(e->dialog, c->dialog);
	assert_int_equal(e->why, why);
}

static void header_is(const struct peer *p, const char *name, const char *value)
{
	const char *got = peer_header(p, name, 0);
	if (strcmp(got, value) != 0)
		fail_msg("%s: \"%s\" instead of \"%s\" in:\n%s", name, got, value,
			p->text);
}

/* Their call with these headers, answered; its 200 is in p->text. */
static void establish(struct peer *p, struct call *c, const char *headers)
{
	*c = peer_call(p);
	peer_invite(p, c, &(struct spec){ .body = PEER_SDP, .headers = headers });
	trunk_answer(p->trunk, c->dialog, PEER_OUR_SDP);
	peer_expect(p, c, 200, "INVITE");
	static char answer[PEER_TEXT];
	snprintf(answer, sizeof answer, "%s", p->text);
	peer_request(p, c, "ACK", NULL);
	peer_await(p, PEER_ACKED);
	snprintf(p->text, sizeof p->text, "%s", answer);
}

static void hang_up(struct peer *p, const struct call *c)
{
	trunk_hangup(p->trunk, c->dialog);
	peer_expect_request(p, "BYE");
	header_is(p, "Reason", "");
	peer_answer(p, 200);
	ended(p, c, TRUNK_END_HANGUP);
}

static void lapses(struct peer *p, const struct call *c)
{
	peer_expect_request(p, "BYE");
	header_is(p, "Reason", "SIP;cause=408;text=\"Session expired\"");
	peer_answer(p, 200);
	ended(p, c, TRUNK_END_EXPIRED);
}

static const struct {
	const char *headers, *expires, *require;
} told[] = {
	{ "", "", "" },
	{ KNOWS, "1800;refresher=uas", "timer" },
	{ "k: timer\r\nx: 600;refresher=uac\r\n", "600;refresher=uac", "timer" },
	{ "Require: timer\r\nSession-Expires: 600 ;refresher=UAS\r\n",
		"600;refresher=uas", "timer" },
	{ "Session-Expires: 600\r\n", "600;refresher=uas", "" },
	{ KNOWS "Min-SE: 3600\r\n", "3600;refresher=uas", "timer" },
	{ KNOWS "Session-Expires: 4294967295;refresher=uac\r\n",
		"4294967295;refresher=uac", "timer" },
	{ "Session-Expires: 30\r\n", "", "" },
};

static void what_is_told_back(void **state)
{
	struct peer *p = *state;
	struct call c;
	for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
		establish(p, &c, told[i].headers);
		header_is(p, "Session-Expires", told[i].expires);
		header_is(p, "Require", told[i].require);
		header_is(p, "Supported", "timer");
		hang_up(p, &c);
	}
}

static void too_small(void **state)
{
	static const char headers[] = KNOWS "Session-Expires: 89\r\n";
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_request(
		p, &c, "INVITE", &(struct spec){ .body = PEER_SDP, .headers = headers });
	peer_expect(p, NULL, 422, "INVITE");
	header_is(p, "Min-SE", "90");
	assert_int_equal(peer_count(p, PEER_INVITE), 0);
	establish(p, &c, KNOWS);
	peer_request(p, &c, "UPDATE", &(struct spec){ .headers = headers });
	peer_expect(p, NULL, 422, "UPDATE");
	header_is(p, "Min-SE", "90");
	peer_request(
		p, &c, "INVITE", &(struct spec){ .body = PEER_SDP, .headers = headers });
	peer_expect(p, NULL, 422, "INVITE");
	peer_request(p, &c, "ACK", &(struct spec){ .branch = c.branch });
	hang_up(p, &c);
}

#define OURS   KNOWS "Session-Expires: 90;refresher=uas\r\n"
#define LONG   KNOWS "Session-Expires: 150;refresher=uas\r\n"
#define THEIRS KNOWS "Session-Expires: 90;refresher=uac\r\n"

static void nobody_refreshes(void **state)
{
	struct peer *p = *state;
	struct call c;
	establish(p, &c, THEIRS);
	lapses(p, &c);
}

static void they_refresh(void **state)
{
	struct peer *p = *state;
	struct call c;
	establish(p, &c, THEIRS ALLOW);
	for (int i = 0; i < 3; i++) { /* longer than an interval in all */
		assert_int_equal(peer_receive(p, 1200), -1);
		peer_request(p, &c, "UPDATE", &(struct spec){ .headers = THEIRS });
		peer_expect(p, NULL, 200, "UPDATE");
		header_is(p, "Session-Expires", "90;refresher=uac");
	}
	lapses(p, &c);
	assert_int_equal(peer_count(p, PEER_REOFFER), 0);
}

static void we_refresh_by_update(void **state)
{
	struct peer *p = *state;
	struct call c;
	establish(p, &c, LONG ALLOW);
	for (int i = 0; i < 2; i++) {
		peer_expect_request(p, "UPDATE");
		header_is(p, "Session-Expires", "150;refresher=uac");
		header_is(p, "Min-SE", "90");
		header_is(p, "Supported", "timer");
		header_is(p, "Content-Type", "");
		assert_non_null(strstr(peer_header(p, "Contact", 0), "<sip:heimamt@"));
		peer_answer_with(p, 200, "Session-Expires: 150;refresher=uac\r\n", NULL);
	}
	hang_up(p, &c);
	assert_int_equal(peer_count(p, PEER_REINVITED), 0);
	assert_int_equal(peer_count(p, PEER_REFRESHED), 0);
}

static void we_refresh_by_invite(void **state)
{
	struct peer *p = *state;
	struct call c;
	establish(p, &c, LONG);
	for (int i = 0; i < 2; i++) {
		peer_expect_request(p, "INVITE");
		header_is(p, "Session-Expires", "150;refresher=uac");
		assert_non_null(strstr(p->text, "\r\n\r\n" PEER_OUR_SDP));
		peer_answer_with(
			p, 200, "Session-Expires: 150;refresher=uac\r\n", PEER_SDP);
		peer_expect_request(p, "ACK");
		assert_string_equal(peer_await(p, PEER_REFRESHED)->sdp, PEER_SDP);
	}
	hang_up(p, &c);
	assert_int_equal(peer_count(p, PEER_REINVITED), 0);
	assert_int_equal(peer_count(p, PEER_REFRESHED), 2);
}

static void our_reinvite_refreshes_too(void **state)
{
	struct peer *p = *state;
	struct call c;
	establish(p, &c, THEIRS);
	trunk_reinvite(p->trunk, c.dialog, MOVED);
	peer_expect_request(p, "INVITE");
	header_is(p, "Session-Expires", "90;refresher=uas"); /* theirs as before */
	peer_answer_with(p, 200, NULL, PEER_SDP); /* without: no timer any more */
	peer_expect_request(p, "ACK");
	assert_int_equal(peer_await(p, PEER_REINVITED)->status, 200);
	assert_int_equal(peer_receive(p, 2800), -1);
	hang_up(p, &c);
}

static void a_change_is_refused_and_the_refresh_comes(void **state)
{
	struct peer *p = *state;
	struct call c;
	establish(p, &c, LONG ALLOW);
	trunk_reinvite(p->trunk, c.dialog, MOVED);
	peer_expect_request(p, "INVITE");
	header_is(p, "Session-Expires", "150;refresher=uac");
	peer_answer(p, 488);
	peer_expect_request(p, "ACK");
	assert_int_equal(peer_await(p, PEER_REINVITED)->status, 488);
	peer_expect_request(p, "UPDATE");
	peer_answer_with(p, 200, "Session-Expires: 150;refresher=uac\r\n", NULL);
	hang_up(p, &c);
}

/* How a refresh is refused, and what comes next. */
static const struct {
	const char *what;
	int status;
	const char *headers, *next, *expires;
} refused[] = {
	{ "it takes no UPDATE", 405, "", "INVITE", "120;refresher=uac" },
	{ "it knows no UPDATE", 501, "", "INVITE", "120;refresher=uac" },
	{ "too small", 422, "Min-SE: 150\r\n", "UPDATE", "150;refresher=uac" },
	{ "both at once", 491, "", "UPDATE", "120;refresher=uac" },
	{ "not now", 500, "Retry-After: 1\r\n", "UPDATE", "120;refresher=uac" },
	{ "for another reason", 503, "", "UPDATE", "120;refresher=uac" },
	{ "of no call", 481, "", "BYE", "" },
	{ "nothing came", 408, "", "BYE", "" },
};

static void a_refresh_is_refused(void **state)
{
	struct peer *p = *state;
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		struct call c;
		print_message("# %s\n", refused[i].what);
		establish(p, &c, KNOWS ALLOW "Session-Expires: 120;refresher=uas\r\n");
		peer_expect_request(p, "UPDATE");
		peer_answer_with(p, refused[i].status, refused[i].headers, NULL);
		peer_expect_request(p, refused[i].next);
		header_is(p, "Session-Expires", refused[i].expires);
		peer_answer_with(p, 200, NULL, NULL);
		if (strcmp(refused[i].next, "BYE") == 0) {
			ended(p, &c, TRUNK_END_FAILED);
			continue;
		}
		if (strcmp(refused[i].next, "INVITE") == 0)
			peer_expect_request(p, "ACK");
		hang_up(p, &c);
	}
}

static void refused_until_the_end(void **state)
{
	struct peer *p = *state;
	struct call c;
	establish(p, &c, OURS ALLOW);
	for (;;) {
		int got = peer_receive(p, PEER_WAIT_MS);
		if (got == 0 && strncmp(p->text, "UPDATE ", 7) == 0)
			peer_answer(p, 603);
		else
			break;
	}
	assert_memory_equal(p->text, "BYE ", 4);
	peer_answer(p, 200);
	ended(p, &c, TRUNK_END_EXPIRED);
}

static void nothing_answers_our_refresh(void **state)
{
	struct peer *p = *state;
	struct call c;
	establish(p, &c, KNOWS ALLOW "Session-Expires: 200;refresher=uas\r\n");
	peer_expect_request(p, "UPDATE");
	peer_expect_request(p, "BYE");
	peer_answer(p, 200);
	ended(p, &c, TRUNK_END_FAILED);
}

static void after_a_restart(void **state)
{
	struct peer *p = *state;
	struct call ours, theirs;
	establish(p, &ours, KNOWS ALLOW "Session-Expires: 1200;refresher=uas\r\n");
	peer_restart(p, PEER_OUR_SDP);
	/* within 30 of the 600 s that it would take */
	peer_expect_request(p, "UPDATE");
	header_is(p, "Session-Expires", "1200;refresher=uac");
	peer_answer_with(p, 200, "Session-Expires: 1200;refresher=uac\r\n", NULL);
	hang_up(p, &ours);
	establish(p, &theirs, THEIRS);
	peer_restart(p, PEER_OUR_SDP);
	lapses(p, &theirs);
}

/* --- calls that we make --- */

static void we_call_and_they_want_it_longer(void **state)
{
	struct peer *p = *state;
	struct far f;
	far_dial(p, &f);
	header_is(p, "Supported", "timer");
	header_is(p, "Session-Expires", "1800");
	header_is(p, "Min-SE", "90");
	far_respond(p, &f, 422, "Min-SE: 3600\r\n", NULL);
	peer_expect_request(p, "ACK");
	peer_expect_request(p, "INVITE");
	far_remember(p, &f);
	header_is(p, "Session-Expires", "3600");
	header_is(p, "Min-SE", "3600");
	far_respond(p, &f, 422, "Min-SE: 7200\r\n", NULL); /* once is enough */
	peer_expect_request(p, "ACK");
	far_unreached(p, &f, 422);
}

static void we_call_and_refresh(void **state)
{
	struct peer *p = *state;
	struct far f;
	char headers[256];
	far_dial(p, &f);
	snprintf(headers, sizeof headers,
		"%sRequire: timer\r\nSession-Expires: 90;refresher=uac\r\n" ALLOW,
		far_contact(p, f.tag));
	far_respond(p, &f, 200, headers, PEER_SDP);
	far_reached(p, &f);
	trunk_confirm(p->trunk, f.dialog);
	far_expect_ack(p, &f, f.tag);
	peer_expect_request(p, "UPDATE");
	header_is(p, "Session-Expires", "90;refresher=uac");
	peer_answer_with(p, 200, "Session-Expires: 90;refresher=uas\r\n", NULL);
	peer_expect_request(p, "BYE"); /* they took it over, and did not */
	peer_answer(p, 200);
	far_ended(p, &f, TRUNK_END_EXPIRED);
}

/* --- challenges within the dialog --- */

#define CHALLENGE(nonce, more)                                   \
	"Proxy-Authenticate: Digest realm=\"r\", nonce=\"" nonce \
	"\", qop=\"auth\", algorithm=SHA-256" more "\r\n"

static void expect_proof(struct peer *p, const char *method, const char *nonce, long cseq)
{
	char text[64];
	peer_expect_request(p, method);
	const char *got = peer_header(p, "Proxy-Authorization", 0);
	snprintf(text, sizeof text, "nonce=\"%s\"", nonce);
	assert_non_null(strstr(got, text));
	assert_non_null(strstr(got, "username=\"anna\""));
	snprintf(text, sizeof text, "uri=\"sip:far@127.0.0.1:%u\"", p->port);
	assert_non_null(strstr(got, text));
	snprintf(text, sizeof text, "%ld %s", cseq, method);
	header_is(p, "CSeq", text);
	assert_string_equal(peer_header(p, "Via", 1), "");
}

static long number(const struct peer *p)
{
	return strtol(peer_header(p, "CSeq", 0), NULL, 10);
}

static void a_bye_is_challenged(void **state)
{
	struct peer *p = *state;
	struct far f;
	far_establish(p, &f);
	trunk_hangup(p->trunk, f.dialog);
	peer_expect_request(p, "BYE");
	header_is(p, "Proxy-Authorization", "");
	long cseq = number(p);
	peer_answer_with(p, 407, CHALLENGE("one", ""), NULL);
	expect_proof(p, "BYE", "one", cseq + 1);
	peer_answer_with(p, 407, CHALLENGE("two", ", stale=true"), NULL);
	expect_proof(p, "BYE", "two", cseq + 2);
	peer_answer_with(p, 407, CHALLENGE("three", ", stale=true"), NULL);
	peer_expect_silence(p, 0); /* that is enough */
	far_ended(p, &f, TRUNK_END_HANGUP);
}

static void a_wrong_password_is_not_repeated(void **state)
{
	struct peer *p = *state;
	struct far f;
	far_establish(p, &f);
	trunk_hangup(p->trunk, f.dialog);
	peer_expect_request(p, "BYE");
	long cseq = number(p);
	peer_answer_with(p, 407, CHALLENGE("one", ""), NULL);
	expect_proof(p, "BYE", "one", cseq + 1);
	peer_answer_with(p, 407, CHALLENGE("two", ""), NULL);
	peer_expect_silence(p, 0);
	far_ended(p, &f, TRUNK_END_HANGUP);
}

static void a_reinvite_is_challenged(void **state)
{
	struct peer *p = *state;
	struct far f;
	far_establish(p, &f);
	trunk_reinvite(p->trunk, f.dialog, MOVED);
	peer_expect_request(p, "INVITE");
	long cseq = number(p);
	peer_answer_with(p, 407, CHALLENGE("one", ""), NULL);
	peer_expect_request(p, "ACK");
	expect_proof(p, "INVITE", "one", cseq + 1);
	assert_non_null(strstr(p->text, "\r\n\r\n" MOVED));
	peer_answer_with(p, 200, NULL, PEER_SDP);
	peer_expect_request(p, "ACK");
	assert_int_equal(peer_await(p, PEER_REINVITED)->status, 200);
	trunk_reinvite(p->trunk, f.dialog, PEER_OUR_SDP);
	peer_expect_request(p, "INVITE");
	cseq = number(p);
	peer_answer_with(p, 407, CHALLENGE("one", ""), NULL);
	peer_expect_request(p, "ACK");
	expect_proof(p, "INVITE", "one", cseq + 1);
	peer_answer_with(p, 407, CHALLENGE("two", ""), NULL);
	peer_expect_request(p, "ACK");
	assert_int_equal(peer_await(p, PEER_REINVITED)->status, 407);
	far_hang_up(p, &f);
}

static void an_update_is_challenged(void **state)
{
	struct peer *p = *state;
	struct far f;
	char headers[256];
	far_dial(p, &f);
	snprintf(headers, sizeof headers,
		"%sSession-Expires: 150;refresher=uac\r\n" ALLOW, far_contact(p, f.tag));
	far_respond(p, &f, 200, headers, PEER_SDP);
	far_reached(p, &f);
	trunk_confirm(p->trunk, f.dialog);
	far_expect_ack(p, &f, f.tag);
	peer_expect_request(p, "UPDATE");
	long cseq = number(p);
	peer_answer_with(p, 407, CHALLENGE("one", ""), NULL);
	expect_proof(p, "UPDATE", "one", cseq + 1);
	peer_answer(p, 200);
	far_hang_up(p, &f);
}

#define CASE(f)    cmocka_unit_test_setup_teardown(f, setup, far_teardown)
#define ACCOUNT(f) cmocka_unit_test_setup_teardown(f, setup_account, far_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_is_told_back),
		CASE(too_small),
		CASE(nobody_refreshes),
		CASE(they_refresh),
		CASE(we_refresh_by_update),
		CASE(we_refresh_by_invite),
		CASE(our_reinvite_refreshes_too),
		CASE(a_change_is_refused_and_the_refresh_comes),
		CASE(a_refresh_is_refused),
		CASE(refused_until_the_end),
		CASE(nothing_answers_our_refresh),
		CASE(after_a_restart),
		CASE(we_call_and_they_want_it_longer),
		CASE(we_call_and_refresh),
		ACCOUNT(a_bye_is_challenged),
		ACCOUNT(a_wrong_password_is_not_repeated),
		ACCOUNT(a_reinvite_is_challenged),
		ACCOUNT(an_update_is_challenged),
	};
	return cmocka_run_group_tests_name("sip refresh", tests, NULL, NULL);
}
