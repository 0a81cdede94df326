/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Calls that we make: challenges, answers that nobody should send, numbers that are none.
 */
#include "far.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sip/digest.h"

static int setup(void **state)
{
	return far_open(state, 50, NULL);
}

static int setup_digest(void **state)
{
	return far_open(state, 50, "heimamt");
}

/* --- challenged --- */

/* A parameter of the answer to the challenge, without quotes. */
static const char *param(
	const struct peer *p, const char *header, const char *name, char out[128])
{
	const char *v = strstr(peer_header(p, header, 0), name);
	assert_non_null(v);
	v += strlen(name);
	v += *v == '"';
	snprintf(out, 128, "%.*s", (int)strcspn(v, "\","), v);
	return out;
}

static void check_answer(
	struct peer *p, const char *header, enum digest_alg alg, bool qop)
{
	char b[7][128], ha1[DIGEST_HEX_MAX], want[DIGEST_HEX_MAX];
	const struct digest_answer a = {
		.username = param(p, header, "username=", b[0]),
		.realm = param(p, header, "realm=", b[1]),
		.nonce = param(p, header, " nonce=", b[2]),
		.uri = param(p, header, "uri=", b[3]),
		.cnonce = qop ? param(p, header, "cnonce=", b[4]) : NULL,
		.nc = qop ? param(p, header, "nc=", b[5]) : NULL,
		.qop = qop ? param(p, header, "qop=", b[6]) : NULL,
	};
	char got[128];
	assert_string_equal(a.username, "heimamt");
	assert_string_equal(a.uri, "sip:" NUMBER "@carrier.example");
	if (qop)
		assert_string_equal(a.qop, "auth");
	assert_int_equal(digest_ha1(ha1, alg, a.username, a.realm, "zanzibar"), 0);
	assert_int_equal(digest_response(want, alg, ha1, "INVITE", &a), 0);
	assert_string_equal(param(p, header, "response=", got), want);
}

static const struct {
	int status;
	const char *challenge;
	enum digest_alg alg;
	bool qop;
} challenges[] = {
	{ 401, "WWW-Authenticate: Digest realm=\"c\", nonce=\"n1\", qop=\"auth\"\r\n",
		DIGEST_MD5, true },
	{ 401, "WWW-Authenticate: Digest realm=\"c\", nonce=\"n1\"\r\n", DIGEST_MD5,
		false },
	{ 401,
		"WWW-Authenticate: Digest realm=\"c\", nonce=\"n1\", algorithm=MD5, "
		"qop=\"auth-int,auth\", opaque=\"o\"\r\n"
		"WWW-Authenticate: Digest realm=\"c\", nonce=\"n2\", algorithm=SHA-256, "
		"qop=\"auth\"\r\n",
		DIGEST_SHA256, true },
	{ 407,
		"Proxy-Authenticate: Digest realm=\"c\", nonce=\"n0\", "
		"algorithm=SHA-512\r\n"
		"Proxy-Authenticate: Digest realm=\"c\", nonce=\"n1\", algorithm=MD5, "
		"qop=\"auth\"\r\n",
		DIGEST_MD5, true },
};

static void a_challenge_is_answered(void **state)
{
	struct peer *p = *state;
	for (size_t i = 0; i < sizeof challenges / sizeof challenges[0]; i++) {
		struct far f;
		char first_via[256];
		far_dial(p, &f);
		snprintf(first_via, sizeof first_via, "%s", peer_header(p, "Via", 0));
		far_respond(p, &f, challenges[i].status, challenges[i].challenge, NULL);
		peer_expect_request(p, "ACK");
		peer_expect_request(p, "INVITE");
		far_remember(p, &f);
		assert_string_equal(peer_header(p, "CSeq", 0), "3 INVITE");
		assert_string_not_equal(peer_header(p, "Via", 0), first_via);
		assert_non_null(strstr(p->text, "\r\n\r\n" PEER_OUR_SDP));
		check_answer(p,
			challenges[i].status == 401 ? "Authorization"
						    : "Proxy-Authorization",
			challenges[i].alg, challenges[i].qop);
		far_accept(p, &f);
		far_reached(p, &f);
		far_hang_up(p, &f);
	}
}

static void a_stale_nonce_and_a_proxy_too(void **state)
{
	struct peer *p = *state;
	struct far f;
	far_dial(p, &f);
	far_respond(p, &f, 401, challenges[0].challenge, NULL);
	peer_expect_request(p, "ACK");
	peer_expect_request(p, "INVITE");
	far_remember(p, &f);
	far_respond(p, &f, 401,
		"WWW-Authenticate: Digest realm=\"c\", nonce=\"n9\", stale=TRUE, "
		"qop=\"auth\"\r\n",
		NULL);
	peer_expect_request(p, "ACK");
	peer_expect_request(p, "INVITE");
	far_remember(p, &f);
	check_answer(p, "Authorization", DIGEST_MD5, true);
	assert_non_null(strstr(peer_header(p, "Authorization", 0), "nonce=\"n9\""));
	far_respond(p, &f, 407, challenges[3].challenge, NULL);
	peer_expect_request(p, "ACK");
	peer_expect_request(p, "INVITE");
	far_remember(p, &f);
	assert_non_null(strstr(peer_header(p, "Authorization", 0), "nonce=\"n9\""));
	check_answer(p, "Proxy-Authorization", DIGEST_MD5, true);
	far_respond(p, &f, 180, far_contact(p, "far"), NULL);
	peer_await(p, PEER_RANG);
	trunk_hangup(p->trunk, f.dialog);
	far_ended(p, &f, TRUNK_END_HANGUP);
	peer_expect_request(p, "CANCEL");
	assert_string_equal(peer_header(p, "CSeq", 0), "5 CANCEL");
	peer_answer(p, 200);
	far_respond(p, &f, 487, NULL, NULL);
	peer_expect_request(p, "ACK");
}

static const char *const wrong[] = {
	"WWW-Authenticate: Digest realm=\"c\", nonce=\"n2\", "
	"qop=\"auth\"\r\n", /* again */
	"WWW-Authenticate: Digest realm=\"c\", nonce=\"n\", "
	"algorithm=MD5-sess\r\n",
	"WWW-Authenticate: Digest realm=\"c\", nonce=\"n\", "
	"qop=\"auth-int\"\r\n",
	"WWW-Authenticate: Digest realm=\"c\"\r\n",
	"WWW-Authenticate: Digest realm=\"a\\\"b\", nonce=\"n\"\r\n",
	"WWW-Authenticate: Basic realm=\"c\"\r\n",
	"WWW-Authenticate: \r\n",
	"Proxy-Authenticate: Digest realm=\"c\", nonce=\"n\"\r\n",
	NULL,
};

static void a_challenge_that_cannot_be_met(void **state)
{
	struct peer *p = *state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct far f;
		far_dial(p, &f);
		if (i == 0) { /* the credential is wrong */
			far_respond(p, &f, 401, challenges[0].challenge, NULL);
			peer_expect_request(p, "ACK");
			peer_expect_request(p, "INVITE");
			far_remember(p, &f);
		}
		far_respond(p, &f, 401, wrong[i], NULL);
		peer_expect_request(p, "ACK");
		far_unreached(p, &f, 401);
	}
	peer_expect_silence(p, 0);
}

/* --- malformed --- */

/* Answers with a 200 that cannot make a call. */
static const struct {
	const char *headers, *sdp;
} useless[] = {
	{ "Contact: <sip:far@127.0.0.1:5>\r\n", NULL },
	{ "Contact: <sip:far@127.0.0.1:5>\r\nContent-Type: text/plain\r\n", NULL },
	{ NULL, NULL },
	{ "Content-Encoding: gzip\r\n", PEER_SDP },
};

static void a_200_without_a_description(void **state)
{
	struct peer *p = *state;
	for (size_t i = 0; i < sizeof useless / sizeof useless[0]; i++) {
		struct far f;
		char headers[256];
		far_dial(p, &f);
		snprintf(headers, sizeof headers, "%s%s",
			i < 2 ? far_contact(p, "far") : "",
			useless[i].headers && !strstr(useless[i].headers, "Contact")
				? useless[i].headers
				: "");
		far_respond(p, &f, 200, headers, useless[i].sdp);
		peer_expect_request(p, "ACK");
		far_expect_bye(p, &f);
		far_unreached(p, &f, 488);
	}
	assert_int_equal(peer_count(p, PEER_REACHED), 0);
}

static void a_description_that_is_too_long(void **state)
{
	struct peer *p = *state;
	struct far f;
	static char sdp[TRUNK_BODY_MAX + 2];
	memset(sdp, 'v', sizeof sdp - 1);
	far_dial(p, &f);
	far_respond(p, &f, 200, far_contact(p, "far"), sdp);
	far_expect_ack(p, &f, "far");
	far_expect_bye(p, &f);
	far_unreached(p, &f, 488);
}

static void a_200_without_contact_or_tag(void **state)
{
	struct peer *p = *state;
	struct far f;
	far_dial(p, &f);
	far_respond(p, &f, 200, NULL, PEER_SDP);
	far_reached(p, &f);
	trunk_confirm(p->trunk, f.dialog);
	peer_expect_request(p, "ACK");
	assert_non_null(strstr(p->text, "ACK sip:" NUMBER "@carrier.example "));
	far_hang_up(p, &f);
	far_dial(p, &f);
	f.tag = NULL;
	far_respond(p, &f, 200, far_contact(p, "far"), PEER_SDP);
	far_reached(p, &f);
	trunk_hangup(p->trunk, f.dialog);
	peer_expect_request(p, "ACK");
	peer_expect_request(p, "BYE");
	peer_answer(p, 200);
	far_ended(p, &f, TRUNK_END_HANGUP);
}

/* What replaces a line of the 200: its beginning, and what stands there then. */
static const struct {
	const char *line, *instead;
} broken[] = {
	{ "Via:", "" },
	{ "Via:", "Via: nonsense\r\n" },
	{ "Via:", "Via: SIP/2.0/UDP 127.0.0.1:1;branch=z9hG4bKother\r\n" },
	{ "To:", "" },
	{ "To:", "To: <sip:\r\n" },
	{ "From:", "" },
	{ "Call-ID:", "" },
	{ "CSeq:", "" },
	{ "CSeq:", "CSeq: 1 BYE\r\n" },
	{ "CSeq:", "CSeq: 99999999999999999999 INVITE\r\n" },
	{ "CSeq:", "CSeq: 2 INVITE\r\n" },
	{ "Contact:", "Contact: <tel:+41790001122>\r\n" },
	{ "Contact:", "Contact: *\r\n" },
	{ "Contact:", "Contact: <sip:[::1>\r\n" },
	{ "Contact:", "Contact: <sip:a@b>\r\nRecord-Route: <nonsense\r\n" },
	{ "Contact:", "Contact: <sip:a@b>\r\nRecord-Route: <tel:1>\r\n" },
	{ "SIP/2.0", "SIP/2.0 99 Low\r\n" },
	{ "SIP/2.0", "SIP/2.0 1000 High\r\n" },
	{ "SIP/2.0", "SIP/3.0 200 OK\r\n" },
	{ "Content-Length:", "Content-Length: 70000\r\n" },
	{ "Content-Length:", "Content-Length: -1\r\n" },
};

static void break_it(char *text, size_t room, const char *line, const char *instead)
{
	static char rest[16384];
	char *at = strncmp(text, line, strlen(line)) == 0 ? text : NULL;
	if (!at) {
		char wanted[32];
		snprintf(wanted, sizeof wanted, "\r\n%s", line);
		at = strstr(text, wanted);
		assert_non_null(at);
		at += 2;
	}
	snprintf(rest, sizeof rest, "%s", strstr(at, "\r\n") + 2);
	snprintf(at, room - (size_t)(at - text), "%s%s", instead, rest);
}

static void malformed_answers(void **state)
{
	struct peer *p = *state;
	for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
		struct far f;
		static char text[16384];
		far_dial(p, &f);
		snprintf(text, sizeof text, "SIP/2.0 200 OK\r\nVia: %s\r\n",
			peer_header(p, "Via", 0));
		static const char *const copied[] = { "From", "To", "Call-ID", "CSeq" };
		for (size_t k = 0; k < 4; k++) {
			size_t n = strlen(text);
			snprintf(text + n, sizeof text - n, "%s: %s%s\r\n", copied[k],
				peer_header(p, copied[k], 0), k == 1 ? ";tag=far" : "");
		}
		size_t n = strlen(text);
		snprintf(text + n, sizeof text - n,
			"%sContent-Type: application/sdp\r\nContent-Length: "
			"%zu\r\n\r\n%s",
			far_contact(p, "far"), strlen(PEER_SDP), PEER_SDP);
		break_it(text, sizeof text, broken[i].line, broken[i].instead);
		peer_send(p, text, strlen(text));
		peer_still_alive(p);
		trunk_hangup(p->trunk, f.dialog); /* whatever became of it */
		far_respond(p, &f, 487, NULL, NULL);
		peer_still_alive(p);
		trunk_poll(p->trunk);
		p->n_taken = p->n_events; /* reached or not, as long as it ends */
		assert_int_equal(p->events[p->n_events - 1].kind, PEER_ENDED);
		p->n_taken = p->n_events = 0;
	}
}

/* --- numbers --- */

static const char *const numbers[] = { "", "+", "anonymous", "+41 79", "0x12",
	"1;phone-context=x", "1@evil.example", "1234567890123456789012345678901234",
	"++41", "#1", "*21*0900#" };

static void no_number(void **state)
{
	struct peer *p = *state;
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		assert_true(trunk_dial(p->trunk, numbers[i], PEER_OUR_SDP) == 0);
	static char sdp[TRUNK_BODY_MAX + 2];
	memset(sdp, 'v', sizeof sdp - 1);
	assert_true(trunk_dial(p->trunk, NUMBER, sdp) == 0);
	peer_expect_silence(p, 0);
}

static const struct trunk_outbound impossible[] = {
	{ .addr = "carrier.example", .caller = "1" },
	{ .addr = "::1", .caller = "1" },
	{ .addr = "127.0.0.1", .caller = "" },
	{ .addr = "127.0.0.1", .caller = "front desk" },
	{ .addr = "127.0.0.1", .caller = "1", .host = "a@b" },
	{ .addr = "127.0.0.1", .caller = "1", .user = "a\"b", .password = "x" },
};

static void nowhere_to_call(void **state)
{
	struct trunk *t = NULL;
	const struct trunk_handler h = { .wake = NULL };
	for (size_t i = 0; i < sizeof impossible / sizeof impossible[0]; i++) {
		const struct trunk_config cfg = { .addr = "127.0.0.1",
			.outbound = &impossible[i] };
		assert_int_not_equal(trunk_new(&t, &cfg, &h), 0);
	}
	const struct trunk_config none = { .addr = "127.0.0.1" };
	assert_int_equal(trunk_new(&t, &none, &h), 0);
	assert_true(trunk_dial(t, NUMBER, PEER_OUR_SDP) == 0);
	trunk_free(t);
}

#define CASE(f)   cmocka_unit_test_setup_teardown(f, setup, far_teardown)
#define DIGEST(f) cmocka_unit_test_setup_teardown(f, setup_digest, far_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		DIGEST(a_challenge_is_answered),
		DIGEST(a_stale_nonce_and_a_proxy_too),
		DIGEST(a_challenge_that_cannot_be_met),
		CASE(a_200_without_a_description),
		CASE(a_description_that_is_too_long),
		CASE(a_200_without_contact_or_tag),
		CASE(malformed_answers),
		CASE(no_number),
		cmocka_unit_test(nowhere_to_call),
	};
	return cmocka_run_group_tests_name("sip dial odd", tests, NULL, NULL);
}
