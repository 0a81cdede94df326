/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Their UPDATE (RFC 3311): in each state of a call, with a description and without.
 *
 * T1 is half a second, so nothing is sent again and an UPDATE may wait for ten; where a time-out is waited for, 20 ms.
 */
#include "far.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THEIRS PEER_SDP "a=x-theirs\r\n"

static int setup(void **state)
{
	return far_open(state, 500, NULL);
}

static int setup_short(void **state)
{
	return far_open(state, 20, NULL);
}

static void ended(struct peer *p, const struct call *c, enum trunk_end why)
{
	const struct peer_event *e = peer_await(p, PEER_ENDED);
	assert_int_equal(e->dialog, c->dialog);
	assert_int_equal(e->why, why);
}

static void update(struct peer *p, struct call *c, const char *sdp)
{
	peer_request(p, c, "UPDATE", &(struct spec){ .body = sdp });
}

static void hang_up(struct peer *p, const struct call *c)
{
	trunk_hangup(p->trunk, c->dialog);
	peer_expect_request(p, "BYE");
	peer_answer(p, 200);
	ended(p, c, TRUNK_END_HANGUP);
}

static void without_a_description_the_target_moves(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	char contact[96];
	peer_establish(p, &c);
	size_t changed = p->n_changed;
	snprintf(contact, sizeof contact, "<sip:moved@127.0.0.1:%u>", p->port);
	peer_request(p, &c, "UPDATE", &(struct spec){ .contact = contact });
	peer_expect(p, NULL, 200, "UPDATE");
	assert_string_equal(peer_header(p, "Content-Type", 0), "");
	assert_non_null(strstr(peer_header(p, "Contact", 0), "<sip:heimamt@127.0.0.1:"));
	assert_non_null(strstr(peer_header(p, "Allow", 0), "UPDATE"));
	trunk_hangup(p->trunk, c.dialog);
	peer_expect_request(p, "BYE");
	assert_non_null(strstr(p->text, "BYE sip:moved@127.0.0.1:"));
	peer_answer(p, 200);
	ended(p, &c, TRUNK_END_HANGUP);
	assert_int_equal(peer_count(p, PEER_REOFFER), 0);
	assert_true(p->n_changed > changed); /* a later process knows the target */
}

static void with_one_the_application_answers(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_establish(p, &c);
	update(p, &c, THEIRS);
	assert_string_equal(peer_await(p, PEER_REOFFER)->sdp, THEIRS);
	trunk_answer(p->trunk, c.dialog, MOVED);
	peer_expect(p, NULL, 200, "UPDATE");
	assert_non_null(strstr(p->text, "\r\n\r\n" MOVED));
	peer_expect_silence(p, 0); /* nothing waits for an ACK */
	peer_request(p, &c, "INVITE", NULL); /* it is the last description now */
	peer_expect(p, NULL, 200, "INVITE");
	assert_non_null(strstr(p->text, "\r\n\r\n" MOVED));
	peer_request(p, &c, "ACK", NULL);
	hang_up(p, &c);
}

static void refused_the_call_goes_on(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_establish(p, &c);
	update(p, &c, THEIRS);
	peer_await(p, PEER_REOFFER);
	trunk_reject(p->trunk, c.dialog, 488, NULL, 0);
	peer_expect(p, NULL, 488, "UPDATE");
	update(p, &c, THEIRS);
	peer_await(p, PEER_REOFFER);
	trunk_reject(p->trunk, c.dialog, 500, "Later", 7);
	peer_expect(p, NULL, 500, "UPDATE");
	assert_string_equal(peer_header(p, "Retry-After", 0), "7");
	hang_up(p, &c);
}

static void unanswered_it_is_refused_in_time(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_establish(p, &c);
	update(p, &c, THEIRS);
	peer_await(p, PEER_REOFFER);
	peer_expect(p, NULL, 504, "UPDATE");
	trunk_answer(p->trunk, c.dialog, MOVED); /* too late, and harmless */
	update(p, &c, NULL);
	peer_expect(p, NULL, 200, "UPDATE");
	hang_up(p, &c);
}

static void while_another_waits(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_establish(p, &c);
	update(p, &c, THEIRS);
	peer_await(p, PEER_REOFFER);
	update(p, &c, THEIRS);
	peer_expect(p, NULL, 500, "UPDATE");
	assert_in_range(strtol(peer_header(p, "Retry-After", 0), NULL, 10), 1, 10);
	peer_request(p, &c, "INVITE", &(struct spec){ .body = THEIRS });
	peer_expect(p, NULL, 500, "INVITE");
	peer_request(p, &c, "ACK", &(struct spec){ .branch = c.branch });
	update(p, &c, NULL);
	peer_expect(p, NULL, 200, "UPDATE");
	trunk_answer(p->trunk, c.dialog, MOVED);
	peer_expect(p, NULL, 200, "UPDATE");
	assert_non_null(strstr(p->text, "\r\n\r\n" MOVED));
	hang_up(p, &c);
}

static void before_our_answer(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_invite(p, &c, NULL);
	trunk_ring(p->trunk, c.dialog);
	peer_expect(p, &c, 180, "INVITE");
	update(p, &c, NULL);
	peer_expect(p, NULL, 200, "UPDATE");
	assert_string_equal(peer_header(p, "Content-Type", 0), "");
	update(p, &c, THEIRS);
	peer_expect(p, NULL, 500, "UPDATE");
	assert_in_range(strtol(peer_header(p, "Retry-After", 0), NULL, 10), 1, 10);
	struct call ack = c;
	ack.cseq = 1; /* of the INVITE */
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP);
	peer_expect(p, &c, 200, "INVITE");
	peer_request(p, &ack, "ACK", NULL);
	peer_await(p, PEER_ACKED);
	hang_up(p, &c);
	assert_int_equal(peer_count(p, PEER_REOFFER), 0);
}

/* Our 200 to an INVITE without a description is an offer, which only the ACK answers. */
static void while_our_offer_in_a_200_is_open(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_establish(p, &c);
	peer_request(p, &c, "INVITE", NULL);
	peer_expect(p, NULL, 200, "INVITE");
	struct call ack = c;
	update(p, &c, THEIRS);
	peer_expect(p, NULL, 491, "UPDATE");
	peer_request(p, &ack, "ACK", NULL);
	update(p, &c, THEIRS);
	peer_await(p, PEER_REOFFER);
	trunk_answer(p->trunk, c.dialog, MOVED);
	peer_expect(p, NULL, 200, "UPDATE");
	hang_up(p, &c);
}

static void while_our_own_is_out(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	static char invite[PEER_TEXT];
	peer_establish(p, &c);
	trunk_reinvite(p->trunk, c.dialog, MOVED);
	peer_expect_request(p, "INVITE");
	snprintf(invite, sizeof invite, "%s", p->text);
	update(p, &c, THEIRS);
	peer_expect(p, NULL, 491, "UPDATE");
	update(p, &c, NULL);
	peer_expect(p, NULL, 200, "UPDATE");
	snprintf(p->text, sizeof p->text, "%s", invite);
	peer_answer_with(p, 200, NULL, PEER_SDP);
	peer_expect_request(p, "ACK");
	assert_int_equal(peer_await(p, PEER_REINVITED)->status, 200);
	hang_up(p, &c);
}

static void the_end_crosses_it(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_establish(p, &c);
	update(p, &c, THEIRS);
	peer_await(p, PEER_REOFFER);
	peer_request(p, &c, "BYE", NULL);
	peer_expect(p, NULL, 487, "UPDATE");
	ended(p, &c, TRUNK_END_BYE);
	trunk_release(p->trunk, c.dialog);
	peer_expect(p, NULL, 200, "BYE");
	update(p, &c, NULL);
	peer_expect(p, NULL, 481, "UPDATE");
	c = peer_call(p);
	peer_establish(p, &c);
	update(p, &c, THEIRS);
	peer_await(p, PEER_REOFFER);
	trunk_hangup(p->trunk, c.dialog);
	peer_expect_request(p, "BYE");
	peer_answer(p, 200);
	ended(p, &c, TRUNK_END_HANGUP);
}

/* What waited is asked again of the next process, by the same number. */
static void killed_while_one_waits(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_establish(p, &c);
	const struct spec same = {
		.body = THEIRS, .cseq = c.cseq + 1, .branch = "z9hG4bK-same-update"
	};
	peer_request(p, &c, "UPDATE", &same);
	peer_await(p, PEER_REOFFER);
	peer_restart(p, PEER_OUR_SDP);
	peer_request(p, &c, "UPDATE", &same);
	assert_string_equal(peer_await(p, PEER_REOFFER)->sdp, THEIRS);
	trunk_answer(p->trunk, c.dialog, MOVED);
	peer_expect(p, NULL, 200, "UPDATE");
	hang_up(p, &c);
}

/* Of the far side that we call, before it answered: it knows our tag only. */
static void before_their_answer(void **state)
{
	struct peer *p = *state;
	struct far f;
	far_dial(p, &f);
	far_respond(p, &f, 180, far_contact(p, "far"), NULL);
	assert_int_equal(peer_await(p, PEER_RANG)->dialog, f.dialog);
	far_request(p, &f, "UPDATE", NULL);
	peer_expect(p, NULL, 200, "UPDATE");
	far_request(p, &f, "UPDATE", PEER_SDP); /* ours is unanswered */
	peer_expect(p, NULL, 491, "UPDATE");
	far_accept(p, &f);
	far_reached(p, &f);
	trunk_confirm(p->trunk, f.dialog);
	far_expect_ack(p, &f, f.tag);
	far_hang_up(p, &f);
}

#define CASE(f)  cmocka_unit_test_setup_teardown(f, setup, far_teardown)
#define QUICK(f) cmocka_unit_test_setup_teardown(f, setup_short, far_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(without_a_description_the_target_moves),
		CASE(with_one_the_application_answers),
		CASE(refused_the_call_goes_on),
		QUICK(unanswered_it_is_refused_in_time),
		CASE(while_another_waits),
		CASE(before_our_answer),
		CASE(while_our_offer_in_a_200_is_open),
		CASE(while_our_own_is_out),
		CASE(the_end_crosses_it),
		CASE(killed_while_one_waits),
		CASE(before_their_answer),
	};
	return cmocka_run_group_tests_name("sip update", tests, NULL, NULL);
}
