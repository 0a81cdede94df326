/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Calls that we make, to a far side of raw text: answered, refused, given up, forked, killed.
 *
 * T1 is 50 ms, where a time-out is waited for 20; nothing here depends on how long anything took.
 */
#include "far.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int setup(void **state)
{
	return far_open(state, 50, NULL);
}

static int setup_short(void **state)
{
	return far_open(state, 20, NULL);
}

/* --- answered --- */

static void it_is_answered(void **state)
{
	struct peer *p = *state;
	struct far f;
	far_dial(p, &f);
	static const char start[] = "INVITE sip:" NUMBER "@carrier.example SIP/2.0\r\n";
	assert_memory_equal(p->text, start, strlen(start));
	assert_non_null(strstr(
		peer_header(p, "From", 0), "<sip:+41440000000@carrier.example>;tag="));
	assert_string_equal(peer_header(p, "To", 0), "<sip:" NUMBER "@carrier.example>");
	assert_non_null(strstr(peer_header(p, "Contact", 0), "<sip:heimamt@127.0.0.1:"));
	assert_string_equal(peer_header(p, "CSeq", 0), "2 INVITE");
	assert_non_null(strstr(p->text, "\r\n\r\n" PEER_OUR_SDP));
	far_respond(p, &f, 100, NULL, NULL);
	far_respond(p, &f, 180, far_contact(p, "far"), NULL);
	assert_int_equal(peer_await(p, PEER_RANG)->dialog, f.dialog);
	far_respond(p, &f, 183, far_contact(p, "far"),
		PEER_SDP); /* early media is not taken */
	far_accept(p, &f);
	far_reached(p, &f);
	peer_expect_silence(p, 0); /* no ACK before it is kept */
	trunk_confirm(p->trunk, f.dialog);
	far_expect_ack(p, &f, "far");
	trunk_confirm(p->trunk, f.dialog);
	far_hang_up(p, &f);
	assert_int_equal(peer_count(p, PEER_RANG), 1);
}

static void whatever_is_said_of_it_confirms_it(void **state)
{
	struct peer *p = *state;
	struct far f;
	far_dial(p, &f);
	far_accept(p, &f);
	far_reached(p, &f);
	trunk_hangup(p->trunk, f.dialog); /* no BYE before the ACK */
	far_expect_ack(p, &f, "far");
	far_expect_bye(p, &f);
	far_ended(p, &f, TRUNK_END_HANGUP);
}

static void each_200_gets_its_ack(void **state)
{
	struct peer *p = *state;
	struct far f;
	far_dial(p, &f);
	far_accept(p, &f);
	far_reached(p, &f);
	for (int i = 0; i < 3; i++) { /* the first one confirms, too */
		far_accept(p, &f);
		far_expect_ack(p, &f, "far");
	}
	far_hang_up(p, &f);
	far_accept(p, &f); /* as if our ACK had been lost, and was overtaken by the BYE */
	far_expect_ack(p, &f, "far");
	peer_expect_silence(p, 0);
	assert_int_equal(peer_count(p, PEER_REACHED), 1);
}

static void they_hang_up(void **state)
{
	struct peer *p = *state;
	struct far f;
	far_establish(p, &f);
	far_request(p, &f, "BYE", NULL);
	far_ended(p, &f, TRUNK_END_BYE);
	trunk_release(p->trunk, f.dialog);
	peer_expect(p, NULL, 200, "BYE");
}

static void both_sides_reinvite(void **state)
{
	struct peer *p = *state;
	struct far f;
	far_establish(p, &f);
	far_request(p, &f, "INVITE", PEER_SDP);
	assert_int_equal(peer_await(p, PEER_REOFFER)->dialog, f.dialog);
	trunk_answer(p->trunk, f.dialog, PEER_OUR_SDP);
	peer_expect(p, NULL, 200, "INVITE");
	far_request(p, &f, "ACK", NULL);
	trunk_reinvite(p->trunk, f.dialog, MOVED);
	peer_expect_request(p, "INVITE");
	assert_string_equal(peer_header(p, "CSeq", 0), "3 INVITE");
	peer_answer_with(p, 200, far_contact(p, "far"), PEER_SDP);
	peer_expect_request(p, "ACK");
	assert_int_equal(peer_await(p, PEER_REINVITED)->status, 200);
	far_request(p, &f, "INVITE", NULL); /* gets the last description */
	peer_expect(p, NULL, 200, "INVITE");
	assert_non_null(strstr(p->text, "\r\n\r\n" MOVED));
	far_request(p, &f, "ACK", NULL);
	far_hang_up(p, &f);
}

static void along_the_route_set(void **state)
{
	struct peer *p = *state;
	struct far f;
	char headers[320];
	far_dial(p, &f);
	snprintf(headers, sizeof headers,
		"Record-Route: <sip:far.invalid;lr>\r\n"
		"Record-Route: <sip:127.0.0.1:%u;lr>\r\n"
		"Contact: <sip:far@unreachable.invalid>\r\n",
		p->port);
	far_respond(p, &f, 200, headers, PEER_SDP);
	far_reached(p, &f);
	trunk_confirm(p->trunk, f.dialog);
	peer_expect_request(p, "ACK");
	assert_non_null(strstr(p->text, "ACK sip:far@unreachable.invalid "));
	const char *far = strstr(p->text, "<sip:far.invalid;lr>");
	const char *near = strstr(p->text, "Route: <sip:127.0.0.1:");
	assert_true(near && far && near < far); /* reversed, section 12.1.2 */
	far_hang_up(p, &f);
}

/* --- not answered --- */

static const struct {
	int status;
	const char *headers;
} refusals[] = {
	{ 486, NULL },
	{ 404, NULL },
	{ 480, NULL },
	{ 603, NULL },
	{ 503, "Retry-After: 60\r\n" },
	{ 302, "Contact: <sip:elsewhere@127.0.0.1:9>\r\n" },
	{ 305, "Contact: <sip:127.0.0.1:9>\r\n" },
	{ 401, "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n" },
	{ 407, "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n" },
	{ 401, NULL },
	{ 699, NULL },
};

static void it_is_refused(void **state)
{
	struct peer *p = *state;
	struct far f;
	char via[256];
	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
		far_dial(p, &f);
		snprintf(via, sizeof via, "%s", peer_header(p, "Via", 0));
		for (int k = 0; k < 2; k++) { /* it comes again: the ACK was lost */
			far_respond(p, &f, refusals[i].status, refusals[i].headers, NULL);
			peer_expect_request(p, "ACK");
			const char *branch = strstr(via, "branch=");
			assert_non_null(branch);
			char value[64];
			snprintf(value, sizeof value, "%.*s", (int)strcspn(branch, ";"),
				branch);
			assert_non_null(strstr(peer_header(p, "Via", 0), value));
			assert_non_null(strstr(peer_header(p, "To", 0), ";tag=far"));
			assert_string_equal(peer_header(p, "CSeq", 0), "2 ACK");
		}
		far_unreached(p, &f, refusals[i].status);
		peer_expect_silence(p, 0); /* and no other INVITE */
	}
	peer_still_alive(p);
}

static void a_200_after_a_refusal(void **state)
{
	struct peer *p = *state;
	struct far f;
	far_dial(p, &f);
	far_respond(p, &f, 486, NULL, NULL);
	peer_expect_request(p, "ACK");
	far_unreached(p, &f, 486);
	far_accept(p, &f);
	peer_expect_silence(p, 0);
}

static void a_refusal_after_a_200(void **state)
{
	struct peer *p = *state;
	struct far f;
	far_establish(p, &f);
	far_respond(p, &f, 486, NULL, NULL);
	peer_expect_silence(p, 0);
	far_hang_up(p, &f);
}

static void lost_invites_are_repeated(void **state)
{
	struct peer *p = *state;
	struct far f, again;
	far_dial(p, &f);
	for (int i = 0; i < 3; i++) {
		peer_expect_request(p, "INVITE");
		far_remember(p, &again);
		assert_string_equal(again.invite, f.invite);
	}
	far_respond(p, &f, 100, NULL, NULL);
	peer_still_alive(p);
	while (peer_receive(p, PEER_SILENCE_MS) == 0)
		; /* what was under way */
	peer_expect_silence(p, 0);
	far_accept(p, &f);
	far_reached(p, &f);
	far_hang_up(p, &f);
}

static void nobody_is_there(void **state)
{
	struct peer *p = *state;
	struct far f;
	far_dial(p, &f);
	far_unreached(p, &f, 408);
	far_accept(p, &f); /* much too late: of a call that nobody knows any more */
	far_expect_ack(p, &f, "far");
	far_expect_bye(p, &f);
}

static void it_rings_for_ever(void **state)
{
	struct peer *p = *state;
	struct far f;
	far_dial(p, &f);
	far_respond(p, &f, 180, far_contact(p, "far"), NULL);
	peer_await(p, PEER_RANG);
	peer_expect_request(p, "CANCEL");
	peer_answer(p, 200);
	far_respond(p, &f, 487, NULL, NULL);
	peer_expect_request(p, "ACK");
	far_unreached(p, &f, 408);
}

/* --- given up --- */

static void given_up_while_it_rings(void **state)
{
	struct peer *p = *state;
	struct far f;
	char via[256];
	far_dial(p, &f);
	snprintf(via, sizeof via, "%s", peer_header(p, "Via", 0));
	far_respond(p, &f, 180, far_contact(p, "far"), NULL);
	peer_await(p, PEER_RANG);
	trunk_hangup(p->trunk, f.dialog);
	far_ended(p, &f, TRUNK_END_HANGUP);
	peer_expect_request(p, "CANCEL");
	assert_string_equal(peer_header(p, "Via", 0), via);
	assert_string_equal(peer_header(p, "CSeq", 0), "2 CANCEL");
	assert_null(strstr(peer_header(p, "To", 0), "tag="));
	static const char start[] = "CANCEL sip:" NUMBER "@carrier.example SIP/2.0\r\n";
	assert_memory_equal(p->text, start, strlen(start));
	peer_expect_request(p, "CANCEL"); /* it was lost */
	peer_answer(p, 200);
	far_respond(p, &f, 487, NULL, NULL);
	peer_expect_request(p, "ACK");
	assert_int_equal(peer_count(p, PEER_UNREACHED), 0);
}

static void given_up_before_anything_came(void **state)
{
	struct peer *p = *state;
	struct far f;
	far_dial(p, &f);
	trunk_hangup(p->trunk, f.dialog);
	far_ended(p, &f, TRUNK_END_HANGUP);
	while (peer_receive(p, PEER_SILENCE_MS) == 0)
		assert_memory_equal(p->text, "INVITE ", 7); /* no CANCEL yet (9.1) */
	far_respond(p, &f, 100, NULL, NULL);
	peer_expect_request(p, "CANCEL");
	peer_answer(p, 200);
	far_respond(p, &f, 487, NULL, NULL);
	peer_expect_request(p, "ACK");
	peer_still_alive(p);
}

static void a_200_crosses_the_cancel(void **state)
{
	struct peer *p = *state;
	struct far f;
	far_dial(p, &f);
	far_respond(p, &f, 180, far_contact(p, "far"), NULL);
	peer_await(p, PEER_RANG);
	trunk_hangup(p->trunk, f.dialog);
	peer_expect_request(p, "CANCEL");
	peer_answer(p, 200);
	for (int i = 0; i < 2; i++) {
		far_accept(p, &f);
		far_expect_ack(p, &f, "far");
		far_expect_bye(p, &f);
	}
	far_ended(p, &f, TRUNK_END_HANGUP);
	assert_int_equal(peer_count(p, PEER_REACHED), 0);
}

static void a_200_crosses_a_giving_up_without_cancel(void **state)
{
	struct peer *p = *state;
	struct far f;
	far_dial(p, &f);
	trunk_hangup(p->trunk, f.dialog);
	far_ended(p, &f, TRUNK_END_HANGUP);
	far_accept(p, &f);
	far_expect_ack(p, &f, "far");
	far_expect_bye(p, &f);
	peer_still_alive(p);
	assert_int_equal(peer_count(p, PEER_REACHED), 0);
}

/* --- forked --- */

static void it_forked(void **state)
{
	struct peer *p = *state;
	struct far f, other;
	far_dial(p, &f);
	other = f;
	other.tag = "other";
	far_respond(p, &f, 180, far_contact(p, "far"), NULL);
	far_respond(p, &other, 180, far_contact(p, "other"), NULL);
	peer_await(p, PEER_RANG);
	far_accept(p, &f);
	far_reached(p, &f);
	trunk_confirm(p->trunk, f.dialog);
	far_expect_ack(p, &f, "far");
	for (int i = 0; i < 2; i++) {
		far_accept(p, &other);
		far_expect_ack(p, &other, "other");
		far_expect_bye(p, &other);
	}
	far_accept(p, &f); /* the first one's comes again, and it goes on */
	far_expect_ack(p, &f, "far");
	peer_expect_silence(p, 0);
	far_request(p, &other, "BYE", NULL);
	peer_expect(p, NULL, 481, "BYE");
	far_hang_up(p, &f);
	assert_int_equal(peer_count(p, PEER_REACHED), 1);
	assert_int_equal(peer_count(p, PEER_RANG), 1);
}

/* --- killed --- */

static void kill_and_restart(struct peer *p, const char *sdp)
{
	peer_still_alive(p);
	trunk_poll(p->trunk);
	peer_restart(p, sdp);
}

static void a_later_process_goes_on(void **state)
{
	struct peer *p = *state;
	struct far f;
	far_establish(p, &f);
	kill_and_restart(p, PEER_OUR_SDP);
	far_accept(p, &f); /* the ACK was lost */
	far_expect_ack(p, &f, "far");
	far_request(p, &f, "INVITE", NULL);
	peer_expect(p, NULL, 200, "INVITE");
	assert_non_null(strstr(p->text, "\r\n\r\n" PEER_OUR_SDP));
	far_request(p, &f, "ACK", NULL);
	far_request(p, &f, "INVITE", PEER_SDP);
	peer_await(p, PEER_REOFFER);
	kill_and_restart(p, PEER_OUR_SDP);
	peer_expect(p, NULL, 491, "INVITE");
	far_request(p, &f, "ACK", NULL);
	trunk_reinvite(p->trunk, f.dialog, MOVED);
	peer_expect_request(p, "INVITE");
	assert_non_null(strstr(peer_header(p, "To", 0), ";tag=far"));
	assert_non_null(strstr(peer_header(p, "From", 0), f.ours));
	peer_answer_with(p, 200, far_contact(p, "moved"), PEER_SDP);
	peer_expect_request(p, "ACK");
	peer_await(p, PEER_REINVITED);
	kill_and_restart(p, MOVED);
	trunk_hangup(p->trunk, f.dialog);
	peer_expect_request(p, "BYE");
	char text[96];
	snprintf(text, sizeof text, "BYE sip:moved@127.0.0.1:%u SIP/2.0\r\n", p->port);
	assert_memory_equal(p->text, text, strlen(text));
	/* two requests, and 100 for each process */
	assert_string_equal(peer_header(p, "CSeq", 0), "304 BYE");
	peer_answer(p, 200);
	far_ended(p, &f, TRUNK_END_HANGUP);
	struct far next;
	far_dial(p, &next);
	assert_true(next.dialog > f.dialog);
	far_respond(p, &next, 486, NULL, NULL);
	peer_expect_request(p, "ACK");
	far_unreached(p, &next, 486);
}

static void killed_between_the_answer_and_its_ack(void **state)
{
	struct peer *p = *state;
	struct far f;
	far_dial(p, &f);
	far_accept(p, &f);
	far_reached(p, &f);
	kill_and_restart(p, PEER_OUR_SDP);
	far_accept(p, &f); /* it has no ACK, so it comes again */
	far_expect_ack(p, &f, "far");
	far_request(p, &f, "BYE", NULL);
	far_ended(p, &f, TRUNK_END_BYE);
	trunk_release(p->trunk, f.dialog);
	peer_expect(p, NULL, 200, "BYE");
}

static void killed_while_it_rang(void **state)
{
	struct peer *p = *state;
	struct far f;
	far_dial(p, &f);
	far_respond(p, &f, 180, far_contact(p, "far"), NULL);
	peer_await(p, PEER_RANG);
	peer_restart(p, NULL);
	const uint16_t port = p->port;
	int home = peer_speak_from(p, "127.0.0.9"); /* a stranger has heard of it */
	far_accept(p, &f);
	peer_expect_silence(p, 0);
	peer_speak_again(p, home);
	p->port = port;
	far_accept(p, &f);
	far_expect_ack(p, &f, "far");
	far_expect_bye(p, &f);
}

static void the_trunk_ends_while_it_rings(void **state)
{
	struct peer *p = *state;
	struct far f;
	far_dial(p, &f);
	far_respond(p, &f, 180, far_contact(p, "far"), NULL);
	peer_await(p, PEER_RANG);
	/* and peer_close() answers its CANCEL */
}

#define CASE(f)  cmocka_unit_test_setup_teardown(f, setup, far_teardown)
#define QUICK(f) cmocka_unit_test_setup_teardown(f, setup_short, far_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(it_is_answered),
		CASE(whatever_is_said_of_it_confirms_it),
		CASE(each_200_gets_its_ack),
		CASE(they_hang_up),
		CASE(both_sides_reinvite),
		CASE(along_the_route_set),
		CASE(it_is_refused),
		CASE(a_200_after_a_refusal),
		CASE(a_refusal_after_a_200),
		CASE(lost_invites_are_repeated),
		QUICK(nobody_is_there),
		QUICK(it_rings_for_ever),
		CASE(given_up_while_it_rings),
		CASE(given_up_before_anything_came),
		CASE(a_200_crosses_the_cancel),
		CASE(a_200_crosses_a_giving_up_without_cancel),
		CASE(it_forked),
		CASE(a_later_process_goes_on),
		CASE(killed_between_the_answer_and_its_ack),
		CASE(killed_while_it_rang),
		CASE(the_trunk_ends_while_it_rings),
	};
	return cmocka_run_group_tests_name("sip dial", tests, NULL, NULL);
}
