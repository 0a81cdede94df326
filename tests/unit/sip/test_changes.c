/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Calls that change: our own offer, re-INVITEs, targets and route sets, and what nobody answers in time.
 *
 * T1 is 50 ms, in the last cases 20; nothing here depends on how long anything took.
 */
#include "peer.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define T1    50
#define SHORT 20

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
	return open_with(state, T1);
}

static int setup_short(void **state)
{
	return open_with(state, SHORT);
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

static void without_an_offer_ours_goes_out(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_request(p, &c, "INVITE", NULL);
	const struct peer_event *e = peer_await(p, PEER_INVITE);
	assert_false(e->has_sdp);
	c.dialog = e->dialog;
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP);
	peer_expect(p, &c, 200, "INVITE");
	peer_request(p, &c, "ACK", &(struct spec){ .body = PEER_SDP });
	e = peer_await(p, PEER_ACKED);
	assert_string_equal(e->sdp, PEER_SDP);
}

static void our_offer_without_an_answer_is_no_call(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_invite(p, &c, &(struct spec){ .uri = NULL });
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP);
	peer_expect(p, &c, 200, "INVITE");
	peer_request(p, &c, "ACK", NULL);
	peer_expect_request(p, "BYE");
	peer_answer(p, 200);
	ended(p, &c, TRUNK_END_FAILED);
}

static void a_reoffer_is_answered(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	char contact[64];
	peer_establish(p, &c);
	snprintf(contact, sizeof contact, "<sip:moved@127.0.0.1:%u>", p->port);
	peer_request(
		p, &c, "INVITE", &(struct spec){ .body = PEER_SDP, .contact = contact });
	assert_string_equal(peer_await(p, PEER_REOFFER)->sdp, PEER_SDP);
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP "a=sendonly\r\n");
	peer_expect(p, &c, 200, "INVITE");
	assert_non_null(strstr(p->text, "a=sendonly"));
	peer_expect(p, &c, 200, "INVITE"); /* until the ACK, as the first one */
	peer_request(p, &c, "ACK", NULL);
	peer_still_alive(p); /* so the ACK was read, and what was sent before it too */
	assert_int_equal(peer_count(p, PEER_ACKED), 1);
	trunk_hangup(p->trunk, c.dialog); /* the remote target moved with the 200 */
	peer_expect_request(p, "BYE");
	assert_non_null(strstr(p->text, "BYE sip:moved@127.0.0.1"));
	peer_answer(p, 200);
}

static void a_reoffer_is_refused_and_the_call_goes_on(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_establish(p, &c);
	peer_request(p, &c, "INVITE", &(struct spec){ .body = PEER_SDP });
	peer_await(p, PEER_REOFFER);
	trunk_reject(p->trunk, c.dialog, 488, NULL, 0);
	peer_expect(p, &c, 488, "INVITE");
	peer_request(p, &c, "ACK", &(struct spec){ .branch = c.branch });
	assert_int_equal(peer_count(p, PEER_ENDED), 0);
	peer_request(p, &c, "BYE", NULL);
	peer_expect(p, NULL, 200, "BYE");
	ended(p, &c, TRUNK_END_BYE);
}

static void a_reinvite_without_offer_gets_the_last_description(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_establish(p, &c);
	peer_request(p, &c, "INVITE", NULL);
	peer_expect(p, &c, 200, "INVITE");
	assert_non_null(strstr(p->text, "\r\n\r\n" PEER_OUR_SDP));
	peer_request(p, &c, "ACK", &(struct spec){ .body = PEER_SDP });
	assert_int_equal(peer_count(p, PEER_REOFFER), 0);
	peer_request(p, &c, "BYE", NULL);
	peer_expect(p, NULL, 200, "BYE");
	ended(p, &c, TRUNK_END_BYE);
}

static void a_second_reinvite_has_to_wait(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_establish(p, &c);
	peer_request(p, &c, "INVITE", &(struct spec){ .body = PEER_SDP });
	peer_await(p, PEER_REOFFER);
	struct call second = c;
	peer_request(p, &second, "INVITE", &(struct spec){ .body = PEER_SDP });
	peer_expect(p, NULL, 500, "INVITE"); /* RFC 3261 section 14.2 */
	assert_in_range(strtol(peer_header(p, "Retry-After", 0), NULL, 10), 1, 10);
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP);
	peer_expect(p, &c, 200, "INVITE");
	assert_int_equal(peer_count(p, PEER_REOFFER), 1);
}

static void a_reinvite_before_the_first_ack_has_to_wait(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_invite(p, &c, NULL);
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP);
	peer_expect(p, &c, 200, "INVITE");
	peer_request(p, &c, "INVITE", &(struct spec){ .body = PEER_SDP });
	for (;;) {
		int got = peer_receive(p, PEER_WAIT_MS);
		assert_true(
			got == 200 || got == 500); /* the first 200 still comes again */
		if (got == 500)
			break;
	}
	assert_in_range(strtol(peer_header(p, "Retry-After", 0), NULL, 10), 1, 10);
	assert_int_equal(peer_count(p, PEER_REOFFER), 0);
	peer_request(p, &c, "ACK", &(struct spec){ .cseq = 1 });
	peer_await(p, PEER_ACKED);
}

static void a_reoffer_is_cancelled_and_the_call_goes_on(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_establish(p, &c);
	peer_request(p, &c, "INVITE", &(struct spec){ .body = PEER_SDP });
	peer_await(p, PEER_REOFFER);
	char to[128];
	snprintf(to, sizeof to, "<sip:1000@127.0.0.1>;tag=%s", c.to_tag);
	peer_request(p, &c, "CANCEL", &(struct spec){ .to = to });
	peer_expect(p, NULL, 200, "CANCEL");
	peer_expect(p, NULL, 487, "INVITE");
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP); /* crossed: nothing */
	peer_request(p, &c, "BYE", NULL);
	peer_expect(p, NULL, 200, "BYE");
	ended(p, &c, TRUNK_END_BYE);
}

static void a_bye_while_a_reoffer_waits(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_establish(p, &c);
	peer_request(p, &c, "INVITE", &(struct spec){ .body = PEER_SDP });
	peer_await(p, PEER_REOFFER);
	peer_request(p, &c, "BYE", NULL);
	peer_expect(p, NULL, 200, "BYE");
	peer_expect(p, NULL, 487, "INVITE");
	ended(p, &c, TRUNK_END_BYE);
}

static void a_route_set_is_followed(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	char routes[256];
	snprintf(routes, sizeof routes,
		"Record-Route: <sip:127.0.0.1:%u;lr>\r\nRecord-Route: "
		"<sip:far.invalid;lr>\r\n",
		p->port);
	peer_invite(p, &c,
		&(struct spec){ .body = PEER_SDP,
			.headers = routes,
			.contact = "<sip:caller@unreachable.invalid>" });
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP);
	peer_expect(p, &c, 200, "INVITE");
	assert_non_null(strstr(p->text, "\r\nRecord-Route:"));
	peer_request(p, &c, "ACK", NULL);
	peer_await(p, PEER_ACKED);
	trunk_hangup(p->trunk, c.dialog);
	peer_expect_request(p, "BYE");
	assert_non_null(strstr(p->text, "BYE sip:caller@unreachable.invalid SIP/2.0"));
	assert_non_null(strstr(p->text, "Route: <sip:127.0.0.1:"));
	assert_non_null(strstr(p->text, "<sip:far.invalid;lr>"));
	peer_answer(p, 200);
}

static void a_contact_by_name_is_reached_where_the_call_came_from(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_invite(p, &c,
		&(struct spec){
			.body = PEER_SDP, .contact = "<sip:caller@pbx.invalid>" });
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP);
	peer_expect(p, &c, 200, "INVITE");
	peer_request(p, &c, "ACK", NULL);
	peer_await(p, PEER_ACKED);
	trunk_hangup(p->trunk, c.dialog);
	peer_expect_request(p, "BYE");
	assert_non_null(strstr(p->text, "BYE sip:caller@pbx.invalid SIP/2.0"));
	peer_answer(p, 200);
}

static void nobody_answers_the_call(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_invite(p, &c, NULL);
	trunk_ring(p->trunk, c.dialog);
	peer_expect(p, &c, 180, "INVITE");
	peer_expect(p, &c, 180, "INVITE"); /* after a minute, i.e. 120 T1 */
	peer_expect(p, &c, 480, "INVITE");
	ended(p, &c, TRUNK_END_TIMEOUT);
}

static void nobody_answers_the_reoffer(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_establish(p, &c);
	peer_request(p, &c, "INVITE", &(struct spec){ .body = PEER_SDP });
	peer_await(p, PEER_REOFFER);
	peer_expect(p, &c, 500, "INVITE");
	peer_request(p, &c, "ACK", &(struct spec){ .branch = c.branch });
	peer_request(p, &c, "BYE", NULL); /* the call went on */
	peer_expect(p, &c, 200, "BYE");
	ended(p, &c, TRUNK_END_BYE);
}

static void nobody_acknowledges_the_reanswer(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_establish(p, &c);
	peer_request(p, &c, "INVITE", NULL);
	peer_expect(p, &c, 200, "INVITE");
	peer_expect_request(p, "BYE");
	peer_answer(p, 200);
	ended(p, &c, TRUNK_END_TIMEOUT);
}

static void nobody_acknowledges_the_refusal(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_establish(p, &c);
	peer_request(p, &c, "INVITE", &(struct spec){ .body = PEER_SDP });
	peer_await(p, PEER_REOFFER);
	trunk_reject(p->trunk, c.dialog, 488, NULL, 0);
	peer_expect(p, &c, 488, "INVITE");
	while (peer_receive(p, 60 * SHORT) == 488)
		; /* until 64 T1 are over */
	peer_request(p, &c, "INVITE", &(struct spec){ .body = PEER_SDP });
	peer_await(p, PEER_REOFFER);
	assert_int_equal(peer_count(p, PEER_ENDED), 0);
}

static void an_ended_call_is_forgotten(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	struct trunk_counters n;
	p->once = true;
	peer_establish(p, &c);
	trunk_counters(p->trunk, &n);
	assert_int_equal(n.dialogs, 1);
	trunk_hangup(p->trunk, c.dialog);
	peer_expect_request(p, "BYE");
	peer_answer(p, 200);
	ended(p, &c, TRUNK_END_HANGUP);
	trunk_counters(p->trunk, &n);
	assert_int_equal(n.dialogs, 0);
	for (int i = 0; i < 1000; i++) { /* merged while it lingers */
		struct call same = { .id = c.id };
		peer_request(p, &same, "INVITE", &(struct spec){ .body = PEER_SDP });
		int got = peer_receive(p, PEER_WAIT_MS);
		if (got == 100)
			return;
		assert_int_equal(got, 482);
		(void)peer_receive(p, SHORT);
	}
	fail_msg("the call is still known");
}

#define CASE(f)  cmocka_unit_test_setup_teardown(f, setup, teardown)
#define QUICK(f) cmocka_unit_test_setup_teardown(f, setup_short, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(without_an_offer_ours_goes_out),
		CASE(our_offer_without_an_answer_is_no_call),
		CASE(a_reoffer_is_answered),
		CASE(a_reoffer_is_refused_and_the_call_goes_on),
		CASE(a_reinvite_without_offer_gets_the_last_description),
		CASE(a_second_reinvite_has_to_wait),
		CASE(a_reinvite_before_the_first_ack_has_to_wait),
		CASE(a_reoffer_is_cancelled_and_the_call_goes_on),
		CASE(a_bye_while_a_reoffer_waits),
		CASE(a_route_set_is_followed),
		CASE(a_contact_by_name_is_reached_where_the_call_came_from),
		QUICK(nobody_answers_the_call),
		QUICK(nobody_answers_the_reoffer),
		QUICK(nobody_acknowledges_the_reanswer),
		QUICK(nobody_acknowledges_the_refusal),
		QUICK(an_ended_call_is_forgotten),
	};
	return cmocka_run_group_tests_name("sip changes", tests, NULL, NULL);
}
