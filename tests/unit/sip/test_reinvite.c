/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Our own re-INVITE: accepted, refused, lost, and at the same moment as theirs.
 *
 * T1 is 50 ms, in the last cases 20; nothing here depends on how long anything took.
 */
#include "peer.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOVED PEER_OUR_SDP "a=x-moved\r\n"
#define AGAIN PEER_OUR_SDP "a=x-again\r\n"

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

static int setup_short(void **state)
{
	return open_with(state, 20);
}

static int teardown(void **state)
{
	peer_close(*state);
	return 0;
}

static void ended(struct peer *p, const struct call *c, enum trunk_end why)
{
	const struct peer_event *e = peer_await(p, PEER_ENDED);
	assert_int_equal(e->dialog, c->dialog);
	assert_int_equal(e->why, why);
}

static const struct peer_event *reinvited(
	struct peer *p, const struct call *c, uint16_t status)
{
	const struct peer_event *e = peer_await(p, PEER_REINVITED);
	assert_int_equal(e->dialog, c->dialog);
	assert_int_equal(e->status, status);
	return e;
}

static void begin(struct peer *p, struct call *c)
{
	*c = peer_call(p);
	peer_establish(p, c);
	trunk_reinvite(p->trunk, c->dialog, MOVED);
	peer_expect_request(p, "INVITE");
	assert_non_null(strstr(p->text, "\r\n\r\n" MOVED));
}

/* The call goes on, and ends as any. */
static void say_bye(struct peer *p, struct call *c)
{
	peer_request(p, c, "BYE", NULL);
	ended(p, c, TRUNK_END_BYE);
	trunk_release(p->trunk, c->dialog);
	peer_expect(p, NULL, 200, "BYE");
}

static void it_is_accepted(void **state)
{
	struct peer *p = *state;
	struct call c;
	char text[128], contact[96];
	begin(p, &c);
	snprintf(
		text, sizeof text, "INVITE sip:caller@127.0.0.1:%u SIP/2.0\r\n", p->port);
	assert_memory_equal(p->text, text, strlen(text));
	assert_non_null(strstr(peer_header(p, "From", 0), c.to_tag));
	assert_non_null(strstr(peer_header(p, "Contact", 0), "<sip:heimamt@127.0.0.1:"));
	assert_string_equal(peer_header(p, "Content-Type", 0), "application/sdp");
	long cseq = strtol(peer_header(p, "CSeq", 0), NULL, 10);
	static char invite[PEER_TEXT];
	snprintf(invite, sizeof invite, "%s", p->text);
	snprintf(contact, sizeof contact, "Contact: <sip:moved@127.0.0.1:%u>\r\n",
		p->port);
	for (int i = 0; i < 3;
		i++) { /* the 200 comes again, as if the ACK had been lost */
		snprintf(p->text, sizeof p->text, "%s", invite);
		peer_answer_with(p, 200, contact, PEER_SDP);
		peer_expect_request(p, "ACK");
		snprintf(text, sizeof text, "ACK sip:moved@127.0.0.1:%u SIP/2.0\r\n",
			p->port);
		assert_memory_equal(p->text, text, strlen(text));
		assert_int_equal(strtol(peer_header(p, "CSeq", 0), NULL, 10), cseq);
	}
	assert_string_equal(reinvited(p, &c, 200)->sdp, PEER_SDP);
	peer_request(p, &c, "INVITE", &(struct spec){ .no_contact = true });
	peer_expect(p, NULL, 200, "INVITE");
	assert_non_null(strstr(p->text, "\r\n\r\n" MOVED)); /* now the last description */
	peer_request(p, &c, "ACK", NULL);
	trunk_hangup(p->trunk, c.dialog);
	peer_expect_request(p, "BYE");
	snprintf(text, sizeof text, "BYE sip:moved@127.0.0.1:%u SIP/2.0\r\n", p->port);
	assert_memory_equal(p->text, text, strlen(text));
	assert_int_equal(strtol(peer_header(p, "CSeq", 0), NULL, 10), cseq + 1);
	peer_answer(p, 200);
	ended(p, &c, TRUNK_END_HANGUP);
	assert_int_equal(peer_count(p, PEER_REINVITED), 1);
}

static void along_the_route_set(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	char routes[128];
	snprintf(routes, sizeof routes, "Record-Route: <sip:127.0.0.1:%u;lr>\r\n",
		p->port);
	peer_invite(p, &c,
		&(struct spec){ .body = PEER_SDP,
			.headers = routes,
			.contact = "<sip:caller@unreachable.invalid>" });
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP);
	peer_expect(p, &c, 200, "INVITE");
	peer_request(p, &c, "ACK", NULL);
	peer_await(p, PEER_ACKED);
	trunk_reinvite(p->trunk, c.dialog, MOVED);
	peer_expect_request(p, "INVITE");
	assert_non_null(strstr(p->text, "INVITE sip:caller@unreachable.invalid "));
	assert_non_null(strstr(peer_header(p, "Route", 0), "<sip:127.0.0.1:"));
	peer_answer_with(p, 200, NULL, PEER_SDP);
	peer_expect_request(p, "ACK");
	assert_non_null(strstr(p->text, "ACK sip:caller@unreachable.invalid "));
	assert_non_null(strstr(peer_header(p, "Route", 0), "<sip:127.0.0.1:"));
	reinvited(p, &c, 200);
}

static void it_is_refused_and_the_call_goes_on(void **state)
{
	struct peer *p = *state;
	struct call c;
	begin(p, &c);
	peer_answer(p, 488);
	peer_expect_request(p, "ACK");
	reinvited(p, &c, 488);
	peer_request(p, &c, "INVITE", NULL); /* the description of before is in force */
	peer_expect(p, NULL, 200, "INVITE");
	assert_non_null(strstr(p->text, "\r\n\r\n" PEER_OUR_SDP));
	assert_null(strstr(p->text, "x-moved"));
	peer_request(p, &c, "ACK", NULL);
	say_bye(p, &c);
}

static void an_accepted_one_without_an_answer(void **state)
{
	struct peer *p = *state;
	struct call c;
	begin(p, &c);
	peer_answer(p, 200);
	peer_expect_request(p, "ACK");
	assert_false(reinvited(p, &c, 200)->has_sdp);
}

static const struct {
	int status;
	const char *headers;
} for_now[] = {
	{ 491, NULL },
	{ 500, "Retry-After: 10\r\n" }, /* no longer than 4 T1 */
	{ 491, "Retry-After: 4294967295\r\n" },
	{ 500, "Retry-After: 0\r\n" },
};

static void refused_for_now_it_is_tried_again(void **state)
{
	struct peer *p = *state;
	struct call c;
	begin(p, &c);
	for (size_t i = 0; i < sizeof for_now / sizeof for_now[0]; i++) {
		long cseq = strtol(peer_header(p, "CSeq", 0), NULL, 10);
		peer_answer_with(p, for_now[i].status, for_now[i].headers, NULL);
		peer_expect_request(p, "ACK");
		peer_expect_request(p, "INVITE");
		assert_int_equal(strtol(peer_header(p, "CSeq", 0), NULL, 10), cseq + 1);
		assert_non_null(strstr(p->text, "\r\n\r\n" MOVED));
	}
	peer_answer_with(p, 200, NULL, PEER_SDP);
	peer_expect_request(p, "ACK");
	reinvited(p, &c, 200);
	assert_int_equal(peer_count(p, PEER_REINVITED), 1);
}

static void try_for_ever(struct peer *p, int status, const char *headers)
{
	struct call c;
	int tries = 1;
	begin(p, &c);
	for (;; tries++) {
		peer_answer_with(p, status, headers, NULL);
		peer_expect_request(p, "ACK");
		if (peer_receive(p, 20 * 50) < 0) /* longer than 4 T1 */
			break;
		if (strncmp(p->text, "INVITE ", 7) != 0)
			peer_expect_request(p, "INVITE");
	}
	assert_in_range(tries, 5, 20);
	reinvited(p, &c, (uint16_t)status);
	say_bye(p, &c);
}

static void with_491_for_ever_it_is_given_up(void **state)
{
	try_for_ever(*state, 491, NULL);
}

static void with_500_for_ever_it_is_given_up(void **state)
{
	try_for_ever(*state, 500, "Retry-After: 1\r\n");
}

static void with_500_alone_it_is_refused(void **state)
{
	struct peer *p = *state;
	struct call c;
	begin(p, &c);
	peer_answer(p, 500);
	peer_expect_request(p, "ACK");
	reinvited(p, &c, 500);
	say_bye(p, &c);
}

static void with_481_the_call_is_over(void **state)
{
	struct peer *p = *state;
	struct call c;
	begin(p, &c);
	peer_answer(p, 481);
	peer_expect_request(p, "ACK");
	peer_expect_request(p, "BYE");
	peer_answer(p, 481);
	reinvited(p, &c, 481);
	ended(p, &c, TRUNK_END_FAILED);
}

static void nobody_answers_it(void **state)
{
	struct peer *p = *state;
	struct call c;
	begin(p, &c);
	peer_expect_request(p, "BYE");
	peer_answer(p, 200);
	reinvited(p, &c, 408);
	ended(p, &c, TRUNK_END_FAILED);
}

static void nobody_answers_it_finally(void **state)
{
	struct peer *p = *state;
	struct call c;
	begin(p, &c);
	peer_answer(p, 100);
	peer_expect_request(p, "BYE");
	peer_answer(p, 200);
	reinvited(p, &c, 408);
	ended(p, &c, TRUNK_END_FAILED);
}

static void theirs_comes_while_ours_is_out(void **state)
{
	struct peer *p = *state;
	struct call c;
	static char ours[PEER_TEXT];
	begin(p, &c);
	snprintf(ours, sizeof ours, "%s", p->text);
	peer_request(p, &c, "INVITE", &(struct spec){ .body = PEER_SDP });
	peer_expect(p, NULL, 491, "INVITE");
	snprintf(p->text, sizeof p->text, "%s", ours);
	peer_answer_with(p, 200, NULL, PEER_SDP);
	peer_expect_request(p, "ACK");
	reinvited(p, &c, 200);
	peer_request(p, &c, "INVITE", &(struct spec){ .body = PEER_SDP }); /* again */
	peer_await(p, PEER_REOFFER);
	assert_int_equal(peer_count(p, PEER_REOFFER), 1);
}

static void ours_waits_for_theirs(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_establish(p, &c);
	peer_request(p, &c, "INVITE", &(struct spec){ .body = PEER_SDP });
	peer_await(p, PEER_REOFFER);
	trunk_reinvite(p->trunk, c.dialog, MOVED);
	trunk_reinvite(p->trunk, c.dialog, AGAIN); /* takes its place */
	reinvited(p, &c, 491);
	peer_still_alive(p);
	peer_expect_silence(p, 100);
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP);
	peer_expect(p, NULL, 200, "INVITE");
	peer_expect_silence(p, 200); /* not before the ACK */
	peer_request(p, &c, "ACK", NULL);
	peer_expect_request(p, "INVITE");
	assert_non_null(strstr(p->text, "\r\n\r\n" AGAIN));
	peer_answer_with(p, 200, NULL, PEER_SDP);
	peer_expect_request(p, "ACK");
	reinvited(p, &c, 200);
}

static void ours_waits_for_the_first_ack(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_invite(p, &c, NULL);
	trunk_reinvite(p->trunk, c.dialog, AGAIN); /* unanswered: there is nothing yet */
	reinvited(p, &c, 500);
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP);
	trunk_reinvite(p->trunk, c.dialog, MOVED);
	peer_expect(p, &c, 200, "INVITE");
	peer_expect_silence(p, 200);
	peer_request(p, &c, "ACK", NULL);
	peer_await(p, PEER_ACKED);
	peer_expect_request(p, "INVITE");
	assert_non_null(strstr(p->text, "\r\n\r\n" MOVED));
}

static void their_bye_crosses_ours(void **state)
{
	struct peer *p = *state;
	struct call c;
	static char ours[PEER_TEXT];
	begin(p, &c);
	snprintf(ours, sizeof ours, "%s", p->text);
	say_bye(p, &c);
	snprintf(p->text, sizeof p->text, "%s", ours);
	peer_answer(p, 487);
	peer_expect_request(p, "ACK");
	peer_still_alive(p);
	assert_int_equal(peer_count(p, PEER_REINVITED), 0);
}

static void their_bye_crosses_ours_after_a_200(void **state)
{
	struct peer *p = *state;
	struct call c;
	static char ours[PEER_TEXT];
	begin(p, &c);
	snprintf(ours, sizeof ours, "%s", p->text);
	say_bye(p, &c);
	snprintf(p->text, sizeof p->text, "%s", ours);
	peer_answer_with(p, 200, NULL, PEER_SDP); /* sent before, came after */
	peer_expect_request(p, "ACK");
	peer_still_alive(p);
	assert_int_equal(peer_count(p, PEER_REINVITED), 0);
}

static void we_hang_up_in_the_midst(void **state)
{
	struct peer *p = *state;
	struct call c;
	begin(p, &c);
	trunk_hangup(p->trunk, c.dialog);
	peer_expect_request(p, "BYE");
	peer_answer(p, 200);
	ended(p, &c, TRUNK_END_HANGUP);
	trunk_reinvite(p->trunk, c.dialog, AGAIN); /* crossed the end: nothing */
	peer_still_alive(p);
	assert_int_equal(peer_count(p, PEER_REINVITED), 0);
}

static void one_too_long_to_be_sent(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	static char sdp[TRUNK_BODY_MAX + 2];
	peer_establish(p, &c);
	memset(sdp, 'v', sizeof sdp - 1);
	trunk_reinvite(p->trunk, c.dialog, sdp);
	reinvited(p, &c, 500);
	say_bye(p, &c);
}

#define CASE(f)  cmocka_unit_test_setup_teardown(f, setup, teardown)
#define QUICK(f) cmocka_unit_test_setup_teardown(f, setup_short, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(it_is_accepted),
		CASE(along_the_route_set),
		CASE(it_is_refused_and_the_call_goes_on),
		CASE(an_accepted_one_without_an_answer),
		CASE(refused_for_now_it_is_tried_again),
		QUICK(with_491_for_ever_it_is_given_up),
		QUICK(with_500_for_ever_it_is_given_up),
		CASE(with_500_alone_it_is_refused),
		CASE(with_481_the_call_is_over),
		CASE(theirs_comes_while_ours_is_out),
		CASE(ours_waits_for_theirs),
		CASE(ours_waits_for_the_first_ack),
		CASE(their_bye_crosses_ours),
		CASE(their_bye_crosses_ours_after_a_200),
		CASE(we_hang_up_in_the_midst),
		CASE(one_too_long_to_be_sent),
		QUICK(nobody_answers_it),
		QUICK(nobody_answers_it_finally),
	};
	return cmocka_run_group_tests_name("sip reinvite", tests, NULL, NULL);
}
