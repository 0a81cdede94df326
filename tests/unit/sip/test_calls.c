/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Calls as a peer sees them: set up, retransmissions, ends, and the races between them.
 *
 * T1 is 50 ms, so 64*T1 is 3.2 s; nothing here depends on how long anything took.
 */
#include "peer.h"
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <stdio.h>
#include <string.h>
#include "sip/dialog.h"
#include "sip/stack.h"

#define T1 50

static int setup(void **state)
{
	static const struct trunk_peer peer = { .addr = "127.0.0.1", .prefix_bits = 32 };
	const struct trunk_config cfg = {
		.addr = "127.0.0.1", .peers = &peer, .n_peers = 1, .t1_ms = T1
	};
	*state = peer_open(&cfg, "127.0.0.1");
	return 0;
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

static void a_call_rings_is_answered_and_ends(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_request(p, &c, "INVITE", &(struct spec){ .body = PEER_SDP });
	assert_int_equal(peer_receive(p, PEER_WAIT_MS), 100);
	const struct peer_event *e = peer_await(p, PEER_INVITE);
	c.dialog = e->dialog;
	assert_string_equal(e->called, "1000");
	assert_string_equal(e->caller, "+41441234567");
	assert_string_equal(e->sdp, PEER_SDP);
	trunk_ring(p->trunk, c.dialog);
	peer_expect(p, &c, 180, "INVITE");
	char tag[64];
	snprintf(tag, sizeof tag, "%s", c.to_tag);
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP);
	peer_expect(p, &c, 200, "INVITE");
	assert_string_equal(c.to_tag, tag);
	assert_non_null(strstr(p->text, "\r\n\r\n" PEER_OUR_SDP));
	assert_string_equal(peer_header(p, "Content-Type", 0), "application/sdp");
	assert_non_null(strstr(peer_header(p, "Contact", 0), "<sip:heimamt@127.0.0.1:"));
	assert_string_equal(
		peer_header(p, "Allow", 0), "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE");
	assert_non_null(strstr(p->text, "\r\nSupported:"));
	assert_string_equal(peer_header(p, "Server", 0), "heimamt");
	peer_request(p, &c, "ACK", NULL);
	e = peer_await(p, PEER_ACKED);
	assert_false(e->has_sdp);
	peer_request(p, &c, "BYE", NULL);
	peer_expect(p, NULL, 200, "BYE");
	ended(p, &c, TRUNK_END_BYE);
}

static void the_200_comes_again_until_the_ack(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_invite(p, &c, NULL);
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP);
	for (int i = 0; i < 4; i++) {
		peer_expect(p, &c, 200, "INVITE");
		assert_non_null(strstr(p->text, PEER_OUR_SDP));
	}
	peer_request(p, &c, "ACK", NULL);
	peer_await(p, PEER_ACKED);
	peer_still_alive(p); /* so the ACK was read, and what was sent before it too */
	peer_expect_silence(p, 0);
	peer_request(p, &c, "ACK", NULL); /* a second one does no harm */
	peer_expect_silence(p, 0);
	assert_int_equal(peer_count(p, PEER_ACKED), 1);
}

static void without_an_ack_the_call_is_hung_up(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_invite(p, &c, NULL);
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP);
	peer_expect(p, &c, 200, "INVITE");
	peer_expect_request(p, "BYE");
	char from[256];
	snprintf(from, sizeof from, "%s", peer_header(p, "From", 0));
	assert_non_null(strstr(from, c.to_tag));
	assert_string_equal(peer_header(p, "User-Agent", 0), "heimamt");
	peer_answer(p, 200);
	ended(p, &c, TRUNK_END_TIMEOUT);
	peer_request(p, &c, "ACK", NULL); /* much too late */
	peer_still_alive(p);
	assert_int_equal(peer_count(p, PEER_ACKED), 0);
}

static void a_bye_before_the_ack_is_accepted(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_invite(p, &c, NULL);
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP);
	peer_expect(p, &c, 200, "INVITE");
	peer_request(p, &c, "BYE", NULL);
	peer_expect(p, NULL, 200, "BYE");
	ended(p, &c, TRUNK_END_BYE);
	peer_expect_silence(p, 0); /* who says BYE has had our 200 */
	peer_request(p, &c, "ACK", &(struct spec){ .cseq = 1 });
	peer_still_alive(p);
	assert_int_equal(peer_count(p, PEER_ACKED), 0);
}

static void a_bye_before_the_answer_ends_the_invite(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_invite(p, &c, NULL);
	trunk_ring(p->trunk, c.dialog);
	peer_expect(p, &c, 180, "INVITE");
	peer_request(p, &c, "BYE", NULL);
	peer_expect(p, NULL, 200, "BYE");
	peer_expect(p, &c, 487, "INVITE");
	ended(p, &c, TRUNK_END_BYE);
}

static void a_cancel_before_the_answer(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_invite(p, &c, NULL);
	peer_request(p, &c, "CANCEL", NULL);
	peer_expect(p, &c, 200, "CANCEL");
	char tag[64];
	snprintf(tag, sizeof tag, "%s", c.to_tag);
	peer_expect(p, &c, 487, "INVITE");
	assert_string_equal(tag, c.to_tag);
	ended(p, &c, TRUNK_END_CANCEL);
	peer_expect(p, &c, 487, "INVITE"); /* again, as no ACK came */
	peer_request(p, &c, "ACK", &(struct spec){ .branch = c.branch });
	peer_still_alive(p); /* so the ACK was read, and what was sent before it too */
	peer_expect_silence(p, 0);
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP); /* crossed the CANCEL: nothing */
	peer_expect_silence(p, 0);
}

static void a_cancel_that_crosses_our_200(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_invite(p, &c, NULL);
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP);
	peer_expect(p, &c, 200, "INVITE");
	peer_request(p, &c, "CANCEL", NULL);
	peer_expect(p, NULL, 200, "CANCEL");
	peer_request(p, &c, "ACK", &(struct spec){ .cseq = 1, .branch = "z9hG4bK-ack" });
	peer_await(p, PEER_ACKED);
	assert_int_equal(peer_count(p, PEER_ENDED), 0);
	peer_request(p, &c, "BYE", NULL);
	peer_expect(p, NULL, 200, "BYE");
	ended(p, &c, TRUNK_END_BYE);
}

static void a_cancel_of_nothing(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_request(p, &c, "CANCEL", &(struct spec){ .cseq = 1, .branch = "z9hG4bK-x" });
	peer_expect(p, NULL, 481, "CANCEL");
}

static void an_invite_that_comes_again_is_one_call(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	const struct spec same = {
		.cseq = 1, .branch = "z9hG4bK-same", .body = PEER_SDP
	};
	peer_request(p, &c, "INVITE", &same);
	c.dialog = peer_await(p, PEER_INVITE)->dialog;
	peer_request(p, &c, "INVITE", &same);
	trunk_ring(p->trunk, c.dialog);
	peer_expect(p, NULL, 180,
		"INVITE"); /* c keeps no tag: the same INVITE goes out again */
	peer_request(p, &c, "INVITE", &same);
	struct call other = peer_call(p);
	peer_request(p, &other, "OPTIONS", NULL);
	assert_int_equal(peer_receive(p, PEER_WAIT_MS),
		180); /* so it came for the second INVITE */
	peer_expect(p, &other, 200, "OPTIONS");
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP);
	peer_expect(p, NULL, 200, "INVITE");
	peer_request(p, &c, "INVITE", &same);
	peer_expect(p, &c, 200, "INVITE");
	peer_request(p, &c, "ACK", NULL);
	peer_await(p, PEER_ACKED);
	struct call late = { .id = c.id };
	peer_request(p, &late, "INVITE", &same);
	peer_still_alive(p);
	assert_int_equal(peer_count(p, PEER_INVITE), 1);
}

static void a_merged_invite_is_told_so(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p), other;
	peer_invite(p, &c, NULL);
	other = (struct call){ .id = c.id };
	peer_request(p, &other, "INVITE",
		&(struct spec){ .branch = "z9hG4bK-way2", .body = PEER_SDP });
	peer_expect(p, NULL, 482, "INVITE");
	assert_int_equal(peer_count(p, PEER_INVITE), 1);
}

static void our_reject_and_its_ack(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_invite(p, &c, NULL);
	trunk_reject(p->trunk, c.dialog, 486, "All Agents Busy", 30);
	peer_expect(p, &c, 486, "INVITE");
	assert_non_null(strstr(p->text, "SIP/2.0 486 All Agents Busy\r\n"));
	assert_string_equal(peer_header(p, "Retry-After", 0), "30");
	ended(p, &c, TRUNK_END_REJECT);
	peer_request(p, &c, "ACK", &(struct spec){ .branch = c.branch });
	peer_still_alive(p); /* so the ACK was read, and what was sent before it too */
	peer_expect_silence(p, 0);
}

static void our_reject_without_any_word(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_invite(p, &c, NULL);
	trunk_reject(p->trunk, c.dialog, 12, "split\r\nX-Evil: 1", 0);
	peer_expect(p, &c, 500, "INVITE");
	assert_null(strstr(p->text, "X-Evil"));
	ended(p, &c, TRUNK_END_REJECT);
}

static void our_hangup_sends_a_bye(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_establish(p, &c);
	trunk_hangup(p->trunk, c.dialog);
	ended(p, &c, TRUNK_END_HANGUP);
	peer_expect_request(p, "BYE");
	char uri[128];
	snprintf(uri, sizeof uri, "BYE sip:caller@127.0.0.1:%u SIP/2.0\r\n", p->port);
	assert_non_null(strstr(p->text, uri));
	peer_answer(p, 200);
	trunk_hangup(p->trunk, c.dialog);
	trunk_ring(p->trunk, c.dialog);
	trunk_answer(p->trunk, c.dialog + 1, PEER_OUR_SDP);
	peer_still_alive(p);
	assert_int_equal(peer_count(p, PEER_ENDED), 1);
}

static void our_hangup_before_the_ack_waits_for_it(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_invite(p, &c, NULL);
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP);
	trunk_hangup(p->trunk, c.dialog);
	ended(p, &c, TRUNK_END_HANGUP);
	peer_expect(p, &c, 200, "INVITE");
	peer_expect_silence(p, 200); /* no BYE yet, RFC 3261 section 15 */
	peer_request(p, &c, "ACK", NULL);
	peer_expect_request(p, "BYE");
	peer_answer(p, 200);
	assert_int_equal(peer_count(p, PEER_ACKED), 0);
}

static void our_hangup_of_an_unanswered_call_refuses_it(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_invite(p, &c, NULL);
	trunk_hangup(p->trunk, c.dialog);
	peer_expect(p, &c, 480, "INVITE");
	ended(p, &c, TRUNK_END_HANGUP);
}

static void both_hang_up_at_once(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_establish(p, &c);
	trunk_hangup(p->trunk, c.dialog);
	peer_expect_request(p, "BYE");
	peer_request(p, &c, "BYE", NULL);
	peer_expect(p, NULL, 200, "BYE");
	ended(p, &c, TRUNK_END_HANGUP);
	assert_int_equal(peer_count(p, PEER_ENDED), 1);
}

static void a_bye_that_comes_again_is_answered_again(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	const struct spec same = { .cseq = 2, .branch = "z9hG4bK-bye" };
	peer_establish(p, &c);
	peer_request(p, &c, "BYE", &same);
	peer_expect(p, NULL, 200, "BYE");
	peer_request(p, &c, "BYE", &same);
	peer_expect(p, NULL, 200, "BYE");
	ended(p, &c, TRUNK_END_BYE);
	assert_int_equal(peer_count(p, PEER_ENDED), 1);
}

static void a_bye_is_answered_when_its_end_is_kept(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p), other = peer_call(p);
	const struct spec same = { .cseq = 2, .branch = "z9hG4bK-bye" };
	p->once = true;
	peer_establish(p, &c);
	int64_t asked_ms = peer_now_ms();
	peer_request(p, &c, "BYE", &same);
	ended(p, &c, TRUNK_END_BYE);
	peer_request(p, &c, "BYE", &same); /* absorbed */
	peer_request(p, &other, "OPTIONS", NULL);
	assert_int_equal(peer_receive(p, PEER_WAIT_MS), 200);
	if (strcmp(peer_header(p, "CSeq", 0), "2 BYE") == 0) {
		/* we were late: it goes out by itself after a while */
		assert_true(peer_now_ms() - asked_ms >= DIALOG_RELEASE_MS);
		peer_expect(p, &other, 200, "OPTIONS");
	} else {
		assert_string_equal(
			peer_header(p, "CSeq", 0), "1 OPTIONS"); /* overtook it */
		trunk_release(p->trunk, c.dialog);
		trunk_release(p->trunk, c.dialog);
		peer_expect(p, &c, 200, "BYE");
	}
	peer_still_alive(p);
	static const char *const late[] = { "OPTIONS", "BYE", "INVITE" };
	for (size_t i = 0; i < 3; i++) {
		peer_request(p, &c, late[i], NULL);
		peer_expect(p, &c, 481, late[i]);
	}
	assert_int_equal(peer_count(p, PEER_ENDED), 1);
}

static void nobody_keeps_its_end(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_establish(p, &c);
	peer_request(p, &c, "BYE", NULL);
	ended(p, &c, TRUNK_END_BYE);
	peer_expect(p, &c, 200, "BYE"); /* after DIALOG_RELEASE_MS */
}

static void the_end_of_the_trunk_ends_its_calls(void **state)
{
	struct peer *p = *state;
	struct call talking = peer_call(p), ringing;
	peer_establish(p, &talking);
	ringing = peer_call(p);
	peer_invite(p, &ringing, NULL);
	struct trunk_counters n;
	trunk_counters(p->trunk, &n);
	assert_int_equal(n.invites, 2);
	assert_int_equal(n.dialogs, 2);
	trunk_free(p->trunk);
	p->trunk = NULL;
	bool bye = false, refused = false;
	char text[4096];
	for (;;) {
		ssize_t len = recv(p->fd, text, sizeof text - 1, MSG_DONTWAIT);
		if (len < 0)
			break;
		text[len] = 0;
		bye = bye || strncmp(text, "BYE ", 4) == 0;
		refused = refused || strncmp(text, "SIP/2.0 503 ", 12) == 0;
	}
	assert_true(bye);
	assert_true(refused);
	assert_int_equal(
		p->n_events, 3); /* two invites, one acked: no callback from it */
}

static _Atomic bool no_memory; /* for a server transaction */

nta_incoming_t *nta_incoming_create(nta_agent_t *agent, nta_leg_t *leg, msg_t *msg,
	sip_t *sip, tag_type_t tag, tag_value_t value, ...)
{
	__typeof__(nta_incoming_create) *real;
	*(void **)&real = dlsym(RTLD_NEXT, "nta_incoming_create");
	assert_non_null(real);
	if (!no_memory)
		return real(agent, leg, msg, sip, TAG_END());
	msg_destroy(msg);
	return NULL;
}

static void a_bye_that_cannot_be_held_is_answered_at_once(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_establish(p, &c);
	no_memory = true;
	peer_request(p, &c, "BYE", NULL);
	peer_expect(p, &c, 200, "BYE");
	no_memory = false;
	assert_int_equal(peer_await(p, PEER_ENDED)->why, TRUNK_END_BYE);
	trunk_release(p->trunk, c.dialog);
	peer_still_alive(p);
	peer_expect_silence(p, 0);
}

/* 127.0.0.2 is another country. */
static bool may_reach(const void *arg, const uint8_t addr[16])
{
	return addr[15] != 2;
}

static int setup_bound(void **state)
{
	static const struct trunk_peer peer = { .addr = "127.0.0.1", .prefix_bits = 32 };
	const struct trunk_config cfg = { .addr = "127.0.0.1",
		.peers = &peer,
		.n_peers = 1,
		.may_reach = may_reach,
		.t1_ms = T1 };
	*state = peer_open(&cfg, "127.0.0.1");
	return 0;
}

/* Its Contact, or the first of its route, is where nothing may be told: what we say goes to where the call is from. */
static void a_contact_out_of_bounds_is_told_nothing(void **state)
{
	struct peer *p = *state;
	static const char *const route[] = { NULL,
		"Record-Route: <sip:127.0.0.2:9;lr>\r\n" };
	for (size_t i = 0; i < 2; i++) {
		struct call c = peer_call(p);
		peer_request(p, &c, "INVITE",
			&(struct spec){ .body = PEER_SDP,
				.contact = "<sip:caller@127.0.0.2:9>",
				.headers = route[i] });
		c.dialog = peer_await(p, PEER_INVITE)->dialog;
		trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP);
		peer_expect(p, &c, 200, "INVITE");
		peer_request(p, &c, "ACK", NULL);
		peer_await(p, PEER_ACKED);
		trunk_hangup(p->trunk, c.dialog);
		peer_expect_request(p, "BYE");
		peer_answer(p, 200);
		ended(p, &c, TRUNK_END_HANGUP);
		trunk_release(p->trunk, c.dialog);
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_call_rings_is_answered_and_ends),
		CASE(the_200_comes_again_until_the_ack),
		CASE(without_an_ack_the_call_is_hung_up),
		CASE(a_bye_before_the_ack_is_accepted),
		CASE(a_bye_before_the_answer_ends_the_invite),
		CASE(a_cancel_before_the_answer),
		CASE(a_cancel_that_crosses_our_200),
		CASE(a_cancel_of_nothing),
		CASE(an_invite_that_comes_again_is_one_call),
		CASE(a_merged_invite_is_told_so),
		CASE(our_reject_and_its_ack),
		CASE(our_reject_without_any_word),
		CASE(our_hangup_sends_a_bye),
		cmocka_unit_test_setup_teardown(
			a_contact_out_of_bounds_is_told_nothing, setup_bound, teardown),
		CASE(our_hangup_before_the_ack_waits_for_it),
		CASE(our_hangup_of_an_unanswered_call_refuses_it),
		CASE(both_hang_up_at_once),
		CASE(a_bye_that_comes_again_is_answered_again),
		CASE(a_bye_is_answered_when_its_end_is_kept),
		CASE(nobody_keeps_its_end),
		CASE(a_bye_that_cannot_be_held_is_answered_at_once),
		CASE(the_end_of_the_trunk_ends_its_calls),
	};
	return cmocka_run_group_tests_name("sip calls", tests, NULL, NULL);
}
