/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What a request of a peer is refused with, and what is read out of one that is not: one row a case.
 */
#include "peer.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TEN     "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static int open_with(void **state, uint32_t t1_ms)
{
	static const struct trunk_peer peer = { .addr = "127.0.0.1", .prefix_bits = 32 };
	const struct trunk_config cfg = {
		.addr = "127.0.0.1", .peers = &peer, .n_peers = 1, .t1_ms = t1_ms
	};
	*state = peer_open(&cfg, "127.0.0.1");
	return 0;
}

static int setup(void **state)
{
	return open_with(state, 50);
}

/* No call is given up while the house fills. */
static int setup_long(void **state)
{
	return open_with(state, 500);
}

static int teardown(void **state)
{
	peer_close(*state);
	return 0;
}

static const struct {
	const char *what, *method;
	struct spec spec;
	int status;
	const char *header, *value; /* value: a part of it */
} outside[] = {
	{ "options", "OPTIONS", { .cseq = 1 }, 200, "Allow",
		"INVITE, ACK, CANCEL, BYE, OPTIONS" },
	{ "options say what is accepted", "OPTIONS", { .cseq = 1 }, 200, "Accept",
		"application/sdp" },
	{ "a bye of no call", "BYE", { .cseq = 1 }, 481, "Server", "heimamt" },
	{ "another's tag", "INVITE", { .to = "<sip:1@h>;tag=foreign", .body = PEER_SDP },
		481, "To", "tag=foreign" },
	{ "options in no dialog", "OPTIONS", { .to = "<sip:1@h>;tag=foreign" }, 481,
		"CSeq", "1 OPTIONS" },
	{ "info", "INFO", { .cseq = 1 }, 405, "Allow", "INVITE" },
	{ "an update of no call", "UPDATE", { .cseq = 1 }, 481, "Server", "heimamt" },
	{ "message", "MESSAGE", { .body = "hello", .type = "text/plain" }, 405, "Allow",
		"INVITE" },
	{ "subscribe", "SUBSCRIBE", { .cseq = 1 }, 405, "Allow", "INVITE" },
	{ "refer", "REFER", { .cseq = 1 }, 405, "Allow", "INVITE" },
	{ "prack", "PRACK", { .cseq = 1 }, 405, "Allow", "INVITE" },
	{ "a method that nobody knows", "DANCE", { .cseq = 1 }, 501, "Allow", "INVITE" },
	{ "register without a credential in the house", "REGISTER", { .cseq = 1 }, 403,
		"CSeq", "1 REGISTER" },
	{ "required extensions", "INVITE",
		{ .body = PEER_SDP, .headers = "Require: 100rel, timer\r\n" }, 420,
		"Unsupported", "100rel, timer" },
	{ "required in options too", "OPTIONS", { .headers = "Require: x\r\n" }, 420,
		"Unsupported", "x" },
	{ "a body that is no description", "INVITE",
		{ .body = "x", .type = "text/plain" }, 415, "Accept", "application/sdp" },
	{ "two bodies in one", "INVITE",
		{ .body = "--a\r\n\r\n--a--\r\n", .type = "multipart/mixed;boundary=a" },
		415, "Accept", "application/sdp" },
	{ "a squeezed body", "INVITE",
		{ .body = PEER_SDP, .headers = "Content-Encoding: gzip\r\n" }, 415,
		"Accept-Encoding", "identity" },
	{ "tel", "INVITE", { .uri = "tel:+41441234567", .body = PEER_SDP }, 416, "CSeq",
		"INVITE" },
	{ "http", "INVITE", { .uri = "http://127.0.0.1/", .body = PEER_SDP }, 416, "CSeq",
		"INVITE" },
	{ "a scheme of its own", "INVITE", { .uri = "nobody:knows", .body = PEER_SDP },
		416, "CSeq", "INVITE" },
	{ "no contact", "INVITE", { .no_contact = true, .body = PEER_SDP }, 400, "CSeq",
		"INVITE" },
	{ "contact *", "INVITE", { .contact = "*", .body = PEER_SDP }, 400, "CSeq",
		"INVITE" },
	{ "contact tel", "INVITE", { .contact = "<tel:+41441234567>", .body = PEER_SDP },
		400, "CSeq", "INVITE" },
	{ "a number too big", "INVITE", { .cseq = 2147483648u, .body = PEER_SDP }, 400,
		"CSeq", "2147483648" },
	{ "nobody called", "INVITE", { .uri = "sip:127.0.0.1", .body = PEER_SDP }, 404,
		"CSeq", "INVITE" },
	{ "not printable", "INVITE", { .uri = "sip:10%0000@127.0.0.1", .body = PEER_SDP },
		404, "CSeq", "INVITE" },
	{ "not ASCII", "INVITE", { .uri = "sip:10%c3%a4@127.0.0.1", .body = PEER_SDP },
		404, "CSeq", "INVITE" },
	{ "too long a name", "INVITE",
		{ .uri = "sip:" HUNDRED TEN TEN TEN "@127.0.0.1", .body = PEER_SDP }, 414,
		"CSeq", "INVITE" },
};

static void each_refusal(void **state)
{
	struct peer *p = *state;
	for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
		struct call c = peer_call(p);
		print_message("# %s\n", outside[i].what);
		peer_request(p, &c, outside[i].method, &outside[i].spec);
		peer_expect(p, NULL, outside[i].status, outside[i].method);
		const char *got = peer_header(p, outside[i].header, 0);
		if (!strstr(got, outside[i].value))
			fail_msg("%s: \"%s\" in:\n%s", outside[i].header, got, p->text);
		if (outside[i].status > 100)
			assert_non_null(strstr(peer_header(p, "To", 0), ";tag="));
	}
	assert_int_equal(peer_count(p, PEER_INVITE), 0);
	struct trunk_counters n;
	trunk_counters(p->trunk, &n);
	assert_true(n.bad_requests > 0);
}

static const struct {
	const char *what, *method;
	struct spec spec;
	int status;
	const char *header, *value;
} inside[] = {
	{ "options", "OPTIONS", { .headers = "" }, 200, "Allow", "INVITE" },
	{ "info", "INFO", { .body = "x", .type = "text/plain" }, 405, "Allow", "INVITE" },
	{ "an update with text", "UPDATE", { .body = "x", .type = "text/plain" }, 415,
		"Accept", "application/sdp" },
	{ "an update with a required extension", "UPDATE",
		{ .headers = "Require: timer\r\n" }, 420, "Unsupported", "timer" },
	{ "a re-INVITE with a required extension", "INVITE",
		{ .body = PEER_SDP, .headers = "Require: timer\r\n" }, 420, "Unsupported",
		"timer" },
	{ "a re-INVITE with text", "INVITE", { .body = "x", .type = "text/plain" }, 415,
		"Accept", "application/sdp" },
};

static void each_refusal_in_a_call(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_establish(p, &c);
	for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++) {
		print_message("# %s\n", inside[i].what);
		peer_request(p, &c, inside[i].method, &inside[i].spec);
		peer_expect(p, NULL, inside[i].status, inside[i].method);
		const char *got = peer_header(p, inside[i].header, 0);
		if (!strstr(got, inside[i].value))
			fail_msg("%s: \"%s\" in:\n%s", inside[i].header, got, p->text);
		peer_request(p, &c, "ACK", &(struct spec){ .branch = c.branch });
	}
	struct call old = c;
	peer_request(p, &old, "OPTIONS", &(struct spec){ .cseq = 1 });
	peer_expect(p, NULL, 500, "OPTIONS"); /* RFC 3261 section 12.2.2 */
	char from[64];
	struct call guessed = peer_call(
		p); /* our tag and the caller's, but another Call-ID */
	snprintf(from, sizeof from, "<sip:a@h>;tag=f%u", c.id);
	snprintf(guessed.to_tag, sizeof guessed.to_tag, "%s", c.to_tag);
	peer_request(p, &guessed, "BYE", &(struct spec){ .from = from, .cseq = 99 });
	peer_expect(p, NULL, 481, "BYE");
	peer_request(p, &c, "BYE", NULL);
	peer_expect(p, NULL, 200, "BYE");
	assert_int_equal(peer_await(p, PEER_ENDED)->why, TRUNK_END_BYE);
	peer_request(p, &c, "INVITE", &(struct spec){ .body = PEER_SDP });
	peer_expect(p, NULL, 481, "INVITE");
}

static void a_body_too_large(void **state)
{
	struct peer *p = *state;
	static char body[TRUNK_BODY_MAX + 2];
	struct call c = peer_call(p), fits = peer_call(p);
	memset(body, 'v', sizeof body - 1);
	peer_request(p, &c, "INVITE", &(struct spec){ .body = body });
	peer_expect(p, NULL, 413, "INVITE");
	body[TRUNK_BODY_MAX] = 0;
	peer_invite(p, &fits, &(struct spec){ .body = body });
	assert_int_equal(strlen(p->events[0].sdp), TRUNK_BODY_MAX);
}

static const struct {
	const char *what, *headers, *from, *uri, *called, *caller;
} parties[] = {
	{ "plain", NULL, NULL, NULL, "1000", "+41441234567" },
	{ "escaped", NULL, "<sip:%2b4144@h>;tag=a", "sip:%31%30%30@127.0.0.1", "100",
		"+4144" },
	{ "a host only", NULL, "<sip:h.example>;tag=a", NULL, "1000", "" },
	{ "anonymous", NULL, "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=a",
		NULL, "1000", "" },
	{ "withheld by its host", NULL, "<sip:4144@anonymous.invalid>;tag=a", NULL,
		"1000", "" },
	{ "asserted", "P-Asserted-Identity: \"A\" <sip:+41791111111@carrier>\r\n", NULL,
		NULL, "1000", "+41791111111" },
	{ "asserted by tel", "P-Asserted-Identity: <tel:+41792222222>\r\n", NULL, NULL,
		"1000", "+41792222222" },
	{ "asserted for an anonymous one",
		"P-Asserted-Identity: <sip:+41793333333@carrier>\r\n",
		"<sip:anonymous@anonymous.invalid>;tag=a", NULL, "1000", "+41793333333" },
	{ "asserted but private",
		"P-Asserted-Identity: <sip:+41794444444@carrier>\r\nPrivacy: id\r\n",
		NULL, NULL, "1000", "" },
	{ "private among others", "Privacy: critical;user\r\n", NULL, NULL, "1000", "" },
	{ "privacy none", "Privacy: none\r\n", NULL, NULL, "1000", "+41441234567" },
	{ "asserted garbage", "P-Asserted-Identity: ,,\"\r\n", NULL, NULL, "1000",
		"+41441234567" },
	{ "not printable", NULL, "<sip:41%0d%0a44@h>;tag=a", NULL, "1000", "" },
	{ "without a tag (RFC 2543)", NULL, "<sip:4144@h>", NULL, "1000", "4144" },
};

static void who_calls_whom(void **state)
{
	struct peer *p = *state;
	for (size_t i = 0; i < sizeof parties / sizeof parties[0]; i++) {
		struct call c = peer_call(p);
		print_message("# %s\n", parties[i].what);
		peer_request(p, &c, "INVITE",
			&(struct spec){ .headers = parties[i].headers,
				.from = parties[i].from,
				.uri = parties[i].uri,
				.body = PEER_SDP });
		const struct peer_event *e = peer_await(p, PEER_INVITE);
		assert_string_equal(e->called, parties[i].called);
		assert_string_equal(e->caller, parties[i].caller);
		char id[32];
		snprintf(id, sizeof id, "call-%u@test", c.id);
		assert_string_equal(e->call_id, id);
	}
}

static uint64_t decided(const struct trunk_counters *n)
{
	return n->invites + n->refused_busy + n->refused_behind;
}

/* One more call, let in or refused: one by one, so that no socket overflows. */
static struct trunk_counters one_more(struct peer *p)
{
	struct trunk_counters before, after;
	struct call c = peer_call(p);
	while (recv(p->fd, p->text, sizeof p->text, MSG_DONTWAIT) > 0)
		; /* what came for the others */
	trunk_counters(p->trunk, &before);
	peer_request(p, &c, "INVITE", &(struct spec){ .body = PEER_SDP });
	do
		trunk_counters(p->trunk, &after);
	while (decided(&after) == decided(&before));
	return after;
}

/* Reads on until this comes, without the loop. */
static void read_until(struct peer *p, const char *status_line)
{
	while (recv(p->fd, p->text, sizeof p->text, 0) <= 0 ||
		strncmp(p->text, status_line, strlen(status_line)) != 0)
		;
}

static void a_full_house(void **state)
{
	struct peer *p = *state;
	struct trunk_counters n;
	for (int i = 0; i < TRUNK_DIALOGS_MAX + 4; i++) {
		(void)one_more(p);
		p->n_events = 0;
		trunk_poll(p->trunk);
	}
	trunk_counters(p->trunk, &n);
	assert_int_equal(n.invites, TRUNK_DIALOGS_MAX);
	assert_int_equal(n.dialogs, TRUNK_DIALOGS_MAX);
	assert_int_equal(n.refused_busy, 4);
	read_until(p, "SIP/2.0 503 ");
	assert_true(strtol(peer_header(p, "Retry-After", 0), NULL, 10) > 0);
}

static void nobody_polls(void **state)
{
	struct peer *p = *state;
	struct call first = peer_call(p);
	struct trunk_counters n = { .invites = 0 };
	peer_establish(p, &first);
	while (!n.refused_behind)
		n = one_more(p);
	/* an older event than LINK_BEHIND_MS does the same, on a slow machine */
	assert_in_range(n.invites, 2, 1 + TRUNK_RING / 4);
	read_until(p, "SIP/2.0 503 ");
	assert_in_range(strtol(peer_header(p, "Retry-After", 0), NULL, 10), 2, 5);
	peer_request(p, &first, "OPTIONS", NULL); /* who is in is not refused */
	read_until(p, "SIP/2.0 200 ");
	p->is_deaf = true;
	trunk_poll(p->trunk);
	assert_int_equal(one_more(p).invites, n.invites + 1);
}

static void an_old_event_unread(void **state)
{
	struct peer *p = *state;
	struct trunk_counters n = one_more(p);
	while (!n.refused_behind) { /* sooner or later */
		usleep(100000);
		n = one_more(p);
	}
	assert_true(n.invites < TRUNK_RING / 4);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(each_refusal),
		CASE(each_refusal_in_a_call),
		CASE(a_body_too_large),
		CASE(who_calls_whom),
		cmocka_unit_test_setup_teardown(a_full_house, setup_long, teardown),
		CASE(nobody_polls),
		CASE(an_old_event_unread),
	};
	return cmocka_run_group_tests_name("sip refusals", tests, NULL, NULL);
}
