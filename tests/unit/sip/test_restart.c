/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The process of the trunk is killed and another rebuilds its dialogs; and states that nobody wrote.
 *
 * T1 is 50 ms, 20 or a minute; nothing here depends on how long anything took.
 */
#include "peer.h"
#include "sip/dialog.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* No 100 for as long as these tests take on any machine: that comes after 24 s. */
static int setup_long(void **state)
{
	return open_with(state, 60000);
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

/* What the loop was told so far is kept, then the process is killed. */
static void kill_and_restart(struct peer *p, const char *sdp)
{
	peer_still_alive(p); /* so what was sent before is worked off */
	trunk_poll(p->trunk);
	peer_restart(p, sdp);
}

static void expect_bye(struct peer *p, const struct call *c, const char *uri)
{
	char text[160];
	peer_expect_request(p, "BYE");
	snprintf(text, sizeof text, "BYE %s SIP/2.0\r\n", uri);
	assert_memory_equal(p->text, text, strlen(text));
	snprintf(text, sizeof text, ";tag=%s", c->to_tag);
	assert_non_null(strstr(peer_header(p, "From", 0), text));
	snprintf(text, sizeof text, ";tag=f%u", c->id);
	assert_non_null(strstr(peer_header(p, "To", 0), text));
	snprintf(text, sizeof text, "call-%u@test", c->id);
	assert_string_equal(peer_header(p, "Call-ID", 0), text);
}

static void the_far_side_goes_on(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_establish(p, &c);
	kill_and_restart(p, PEER_OUR_SDP);
	peer_request(p, &c, "OPTIONS", NULL);
	peer_expect(p, NULL, 200, "OPTIONS");
	peer_request(p, &c, "INFO", NULL);
	peer_expect(p, NULL, 405, "INFO");
	peer_request(p, &c, "INVITE", NULL);
	peer_expect(p, NULL, 200, "INVITE");
	assert_non_null(strstr(p->text, "\r\n\r\n" PEER_OUR_SDP));
	peer_request(p, &c, "ACK", NULL);
	peer_request(p, &c, "INVITE", &(struct spec){ .body = PEER_SDP });
	assert_int_equal(peer_await(p, PEER_REOFFER)->dialog, c.dialog);
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP "a=sendonly\r\n");
	peer_expect(p, NULL, 200, "INVITE");
	peer_request(p, &c, "ACK", NULL);
	peer_request(p, &c, "BYE", NULL);
	ended(p, &c, TRUNK_END_BYE);
	trunk_release(p->trunk, c.dialog);
	peer_expect(p, NULL, 200, "BYE");
	assert_int_equal(peer_count(p, PEER_ACKED), 1);
	assert_int_equal(peer_count(p, PEER_INVITE), 1);
	assert_int_equal(p->n_states, 0);
}

static void we_hang_up_along_the_route_set(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	char routes[256];
	snprintf(routes, sizeof routes,
		"Record-Route: <sip:127.0.0.1:%u;lr>\r\n"
		"Record-Route: <sip:far.invalid;lr;x=y>\r\n",
		p->port);
	peer_invite(p, &c,
		&(struct spec){ .body = PEER_SDP,
			.headers = routes,
			.contact = "\"A \\\" B\" <sip:caller@unreachable.invalid;x=y>" });
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP);
	peer_expect(p, &c, 200, "INVITE");
	kill_and_restart(p, PEER_OUR_SDP); /* while the Record-Route is in the state */
	peer_expect(p, NULL, 200, "INVITE");
	assert_non_null(strstr(p->text, "Record-Route: <sip:far.invalid;lr;x=y>"));
	peer_request(p, &c, "ACK", NULL);
	peer_await(p, PEER_ACKED);
	kill_and_restart(p, PEER_OUR_SDP); /* now the route set */
	trunk_hangup(p->trunk, c.dialog);
	expect_bye(p, &c, "sip:caller@unreachable.invalid;x=y");
	const char *far = strstr(p->text, "<sip:far.invalid;lr;x=y>");
	const char *near = strstr(p->text, "Route: <sip:127.0.0.1:");
	assert_true(near && far && near < far);
	peer_answer(p, 200);
	ended(p, &c, TRUNK_END_HANGUP);
}

static void our_numbers_grow_from_life_to_life(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_establish(p, &c);
	for (int i = 0; i < 3; i++)
		kill_and_restart(p, PEER_OUR_SDP);
	trunk_hangup(p->trunk, c.dialog);
	peer_expect_request(p, "BYE");
	/* 1, and 100 for each process whose requests may not have been told */
	assert_string_equal(peer_header(p, "CSeq", 0), "302 BYE");
	peer_answer(p, 200);
}

static void a_number_that_was_not_told_is_not_used_again(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_establish(p, &c);
	p->is_deaf = true;
	trunk_reinvite(p->trunk, c.dialog, PEER_OUR_SDP);
	peer_expect_request(p, "INVITE");
	long told = strtol(peer_header(p, "CSeq", 0), NULL, 10);
	peer_answer(p, 488);
	peer_expect_request(p, "ACK");
	kill_and_restart(p, PEER_OUR_SDP);
	trunk_hangup(p->trunk, c.dialog);
	peer_expect_request(p, "BYE");
	assert_true(strtol(peer_header(p, "CSeq", 0), NULL, 10) > told);
	peer_answer(p, 200);
}

static void the_200_goes_on_until_the_ack(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	const struct spec same = {
		.cseq = 1, .branch = "z9hG4bK-same", .body = PEER_SDP
	};
	peer_invite(p, &c, &same);
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP);
	peer_expect(p, NULL, 200, "INVITE"); /* c keeps no tag */
	kill_and_restart(p, PEER_OUR_SDP);
	for (int i = 0; i < 3; i++) { /* by itself, and as the INVITE comes again */
		peer_request(p, &c, "INVITE", &same);
		peer_expect(p, NULL, 200, "INVITE");
		assert_non_null(strstr(p->text, "\r\n\r\n" PEER_OUR_SDP));
	}
	peer_expect(p, &c, 200, "INVITE");
	peer_request(p, &c, "ACK", NULL);
	assert_int_equal(peer_await(p, PEER_ACKED)->dialog, c.dialog);
	peer_still_alive(p);
	peer_expect_silence(p, 0);
	kill_and_restart(p, PEER_OUR_SDP);
	struct call late = { .id = c.id };
	peer_request(p, &late, "INVITE", &same); /* absorbed, as its 200 has its ACK */
	peer_still_alive(p);
	peer_expect_silence(p, 0);
	assert_int_equal(peer_count(p, PEER_INVITE), 1);
	assert_int_equal(peer_count(p, PEER_ACKED), 1);
}

static void our_offer_waits_for_its_answer(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_request(p, &c, "INVITE", NULL);
	c.dialog = peer_await(p, PEER_INVITE)->dialog;
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP);
	peer_expect(p, &c, 200, "INVITE");
	kill_and_restart(p, PEER_OUR_SDP);
	peer_request(p, &c, "ACK", &(struct spec){ .body = PEER_SDP });
	assert_string_equal(peer_await(p, PEER_ACKED)->sdp, PEER_SDP);
}

static void an_answer_that_was_not_recorded(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_invite(p, &c, NULL);
	p->is_deaf = true;
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP);
	peer_expect(p, &c, 200, "INVITE");
	peer_request(p, &c, "ACK", NULL);
	peer_await(p, PEER_ACKED);
	p->is_deaf = false;
	peer_restart(p, PEER_OUR_SDP); /* its state says that it rings */
	peer_expect(p, NULL, 200, "INVITE");
	peer_request(p, &c, "ACK", NULL);
	assert_int_equal(peer_await(p, PEER_ACKED)->dialog, c.dialog);
	peer_request(p, &c, "BYE", NULL);
	ended(p, &c, TRUNK_END_BYE);
}

static void a_call_that_rings_goes_on_ringing(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p), other = peer_call(p);
	const struct spec same = {
		.cseq = 1, .branch = "z9hG4bK-same", .body = PEER_SDP
	};
	peer_invite(p, &c, &same);
	peer_invite(p, &other, NULL);
	kill_and_restart(p, NULL);
	peer_request(p, &c, "INVITE", &same);
	assert_int_equal(peer_receive(p, PEER_WAIT_MS), 100);
	trunk_ring(p->trunk, c.dialog);
	peer_expect(p, NULL, 180, "INVITE");
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP);
	peer_expect(p, &c, 200, "INVITE");
	peer_request(p, &c, "ACK", NULL);
	peer_await(p, PEER_ACKED);
	trunk_reject(p->trunk, other.dialog, 486, NULL, 0);
	peer_expect(p, &other, 486, "INVITE");
	ended(p, &other, TRUNK_END_REJECT);
	assert_int_equal(peer_count(p, PEER_INVITE), 2);
	struct call fresh = peer_call(p);
	peer_invite(p, &fresh, NULL);
	assert_true(fresh.dialog > other.dialog); /* ids of before are not given again */
}

static void its_180_comes_again_by_itself(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_invite(p, &c, NULL);
	trunk_ring(p->trunk, c.dialog);
	peer_expect(p, &c, 180, "INVITE");
	kill_and_restart(p, NULL);
	for (int i = 0; i < 2; i++) /* at once, and after a minute of 120 T1 */
		peer_expect(p, &c, 180, "INVITE");
	trunk_reject(p->trunk, c.dialog, 486, NULL, 0);
	peer_expect(p, &c, 486, "INVITE");
	ended(p, &c, TRUNK_END_REJECT);
}

static void after_a_reinvite(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	char contact[64];
	peer_establish(p, &c);
	snprintf(contact, sizeof contact, "<sip:moved@127.0.0.1:%u>", p->port);
	peer_request(p, &c, "INVITE",
		&(struct spec){ .body = PEER_SDP, .contact = contact, .cseq = 7 });
	peer_await(p, PEER_REOFFER);
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP "a=sendonly\r\n");
	peer_expect(p, NULL, 200, "INVITE");
	kill_and_restart(p, PEER_OUR_SDP "a=sendonly\r\n");
	peer_expect(p, NULL, 200, "INVITE"); /* that of the re-INVITE goes on */
	assert_string_equal(peer_header(p, "CSeq", 0), "7 INVITE");
	assert_non_null(strstr(p->text, "a=sendonly"));
	peer_request(p, &c, "ACK", NULL);
	kill_and_restart(p, PEER_OUR_SDP "a=sendonly\r\n");
	peer_request(p, &c, "OPTIONS", &(struct spec){ .cseq = 6 });
	peer_expect(p, NULL, 500, "OPTIONS"); /* their number is known */
	peer_expect_silence(p, 0);
	trunk_hangup(p->trunk, c.dialog);
	snprintf(contact, sizeof contact, "sip:moved@127.0.0.1:%u", p->port);
	expect_bye(p, &c, contact);
	peer_answer(p, 200);
	ended(p, &c, TRUNK_END_HANGUP);
	assert_int_equal(peer_count(p, PEER_ACKED), 1);
}

static void a_reoffer_in_the_midst_is_asked_for_again(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_establish(p, &c);
	peer_request(p, &c, "INVITE", &(struct spec){ .body = PEER_SDP });
	peer_await(p, PEER_REOFFER);
	kill_and_restart(p, PEER_OUR_SDP);
	peer_expect(p, NULL, 491, "INVITE");
	peer_request(p, &c, "ACK", &(struct spec){ .branch = c.branch });
	peer_request(p, &c, "INVITE", &(struct spec){ .body = PEER_SDP });
	peer_await(p, PEER_REOFFER);
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP);
	peer_expect(p, NULL, 200, "INVITE");
}

static void a_200_for_the_former_process(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	static char invite[PEER_TEXT];
	peer_establish(p, &c);
	trunk_reinvite(p->trunk, c.dialog, PEER_OUR_SDP);
	peer_expect_request(p, "INVITE");
	snprintf(invite, sizeof invite, "%s", p->text);
	trunk_poll(p->trunk);
	peer_restart(p, PEER_OUR_SDP);
	for (int i = 0; i < 2; i++) {
		snprintf(p->text, sizeof p->text, "%s", invite);
		long cseq = strtol(peer_header(p, "CSeq", 0), NULL, 10);
		peer_answer_with(p, 200, NULL, PEER_SDP);
		peer_expect_request(p, "ACK");
		assert_int_equal(strtol(peer_header(p, "CSeq", 0), NULL, 10), cseq);
	}
	peer_still_alive(p);
	assert_int_equal(peer_count(p, PEER_REINVITED), 0);
}

/* Their BYE of a call, whose end nobody reads. False: we were late, and it was answered by itself. */
static bool an_unread_bye(struct peer *p, struct call *c, const struct spec *bye)
{
	struct call other = peer_call(p);
	peer_establish(p, c);
	peer_still_alive(p); /* so the record of the ACK is read */
	trunk_poll(p->trunk);
	p->is_busy = true;
	int64_t asked_ms = peer_now_ms();
	peer_request(p, c, "BYE", bye);
	peer_request(p, &other, "OPTIONS", NULL);
	assert_int_equal(peer_receive(p, PEER_WAIT_MS), 200);
	if (strcmp(peer_header(p, "CSeq", 0), "2 BYE") == 0) {
		assert_true(peer_now_ms() - asked_ms >= DIALOG_RELEASE_MS);
		peer_expect(p, &other, 200, "OPTIONS");
		p->is_busy = false;
		ended(p, c, TRUNK_END_BYE);
		return false;
	}
	assert_string_equal(peer_header(p, "CSeq", 0), "1 OPTIONS"); /* not the BYE's */
	return true;
}

static void a_bye_whose_end_was_not_kept(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	char branch[32] = "z9hG4bK-bye";
	const struct spec same = { .cseq = 2, .branch = branch };
	for (unsigned n = 1; !an_unread_bye(p, &c, &same); n++) {
		assert_true(n < 10);
		snprintf(branch, sizeof branch, "z9hG4bK-bye-%u", n);
		c = peer_call(p);
	}
	size_t heard = p->n_events;
	peer_restart(p, PEER_OUR_SDP);
	assert_int_equal(heard, p->n_taken); /* its end died with the process */
	p->is_busy = false;
	peer_expect_silence(p, 0); /* it left without a word */
	peer_request(p, &c, "BYE", &same);
	ended(p, &c, TRUNK_END_BYE);
	trunk_release(p->trunk, c.dialog);
	peer_expect(p, &c, 200, "BYE");
}

static void leaving_says_nothing(void **state)
{
	struct peer *p = *state;
	struct call talks = peer_call(p), rings = peer_call(p);
	peer_establish(p, &talks);
	peer_invite(p, &rings, NULL);
	peer_restart_with(p, NULL, 0);
	peer_still_alive(p);
	peer_expect_silence(p, 0);
	peer_request(p, &talks, "BYE", NULL);
	peer_expect(p, NULL, 481, "BYE");
}

static void nobody_acknowledges_after_the_restart(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_invite(p, &c, NULL);
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP);
	peer_expect(p, &c, 200, "INVITE");
	kill_and_restart(p, PEER_OUR_SDP);
	peer_expect_request(p, "BYE");
	peer_answer(p, 200);
	ended(p, &c, TRUNK_END_TIMEOUT);
}

static void headers_too_long_for_a_state(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	static char from[2000];
	snprintf(from, sizeof from, "\"%01300d\" <sip:4144@h>;tag=f%u", 0, c.id);
	peer_request(p, &c, "INVITE", &(struct spec){ .body = PEER_SDP, .from = from });
	c.dialog = peer_await(p, PEER_INVITE)->dialog;
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP);
	peer_expect(p, &c, 200, "INVITE");
	peer_request(p, &c, "ACK", &(struct spec){ .from = from });
	peer_await(p, PEER_ACKED);
	assert_int_equal(p->n_states, 1);
	assert_int_equal(p->states[0].n, 0);
	peer_restart(p, PEER_OUR_SDP);
	ended(p, &c, TRUNK_END_FAILED);
}

static void a_via_that_names_another_address(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_invite(p, &c,
		&(struct spec){
			.body = PEER_SDP, .branch = "z9hG4bK-m;maddr=127.0.0.1" });
	assert_int_equal(p->states[0].n, 0); /* while it rings nothing is left of it */
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP);
	peer_expect(p, &c, 200, "INVITE");
	kill_and_restart(p, PEER_OUR_SDP);
	peer_request(p, &c, "ACK", NULL);
	peer_request(p, &c, "BYE", NULL);
	ended(p, &c, TRUNK_END_BYE);
}

/* --- states that nobody wrote --- */

#define CUTS 40

static void what_is_cut_or_foreign_is_refused(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	static struct peer_state bad[CUTS + 3];
	struct trunk_saved saved[CUTS + 4];
	peer_establish(p, &c);
	const struct peer_state good = p->states[0];
	assert_in_range(good.n, CUTS + 40, TRUNK_STATE_MAX);
	for (size_t i = 0; i < CUTS + 3; i++) {
		bad[i] = good;
		if (i < CUTS)
			bad[i].n = good.n - 3 - i * (good.n - 4) / CUTS;
		saved[i] = (struct trunk_saved){ c.dialog, bad[i].bytes, bad[i].n,
			PEER_OUR_SDP };
	}
	bad[CUTS].bytes[0]++; /* another version */
	saved[CUTS + 1].dialog++; /* another's */
	saved[CUTS + 2].state = NULL;
	saved[CUTS + 3] = (struct trunk_saved){ c.dialog, good.bytes, good.n,
		PEER_OUR_SDP "a=x-good\r\n" };
	peer_restart_with(p, saved, CUTS + 4);
	trunk_poll(p->trunk);
	assert_int_equal(peer_count(p, PEER_ENDED), CUTS + 3);
	struct trunk_counters n;
	trunk_counters(p->trunk, &n);
	assert_int_equal(n.dialogs, 1);
	peer_request(p, &c, "INVITE", NULL); /* it is the good one, not one before it */
	peer_expect(p, NULL, 200, "INVITE");
	assert_non_null(strstr(p->text, "a=x-good"));
}

static void what_is_changed_harms_nobody(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	static struct peer_state changed[TRUNK_STATE_MAX];
	static struct trunk_saved saved[TRUNK_STATE_MAX];
	peer_establish(p, &c);
	p->is_deaf = true;
	const struct peer_state good = p->states[0];
	for (uint8_t bit = 1; bit; bit = (uint8_t)(bit << 1)) {
		for (size_t i = 0; i < good.n; i++) {
			changed[i] = good;
			changed[i].bytes[i] ^= bit;
			saved[i] = (struct trunk_saved){ c.dialog, changed[i].bytes,
				good.n, PEER_OUR_SDP };
		}
		peer_restart_with(p, saved, good.n);
		peer_still_alive(p);
	}
}

/* Bits of the second byte, as in state.h. */
enum {
	ANSWERED = 1,
	ACKED = 2,
	OFFERED = 4,
	RUNG = 8,
	PENDING = 16,
	ACCEPTED = 32,
	FIRST = 64
};

static const struct {
	const char *what;
	uint8_t flags;
} unwritten[] = {
	{ "an unknown bit", 128 | ANSWERED | ACKED | FIRST },
	{ "an unknown bit while it rings", 128 | PENDING | FIRST },
	{ "nothing at all", 0 },
	{ "unanswered and settled", FIRST },
	{ "unanswered and not the first", PENDING },
	{ "accepted and unanswered", PENDING | ACCEPTED | FIRST },
	{ "accepted, unanswered, rung", PENDING | ACCEPTED | FIRST | RUNG },
	{ "accepted, unanswered, not the first", PENDING | ACCEPTED },
	{ "accepted and settled", ANSWERED | ACCEPTED | FIRST },
	{ "accepted and settled after its ACK", ANSWERED | ACKED | ACCEPTED },
	{ "acknowledged and unanswered", ACKED | PENDING | FIRST },
	{ "acknowledged and nothing else", ACKED },
	{ "acknowledged, its 200 waits for the ACK",
		ANSWERED | ACKED | PENDING | ACCEPTED | FIRST },
	{ "answered without its 200", ANSWERED | PENDING | FIRST },
	{ "acknowledged without its 200", ANSWERED | ACKED | PENDING | FIRST },
	{ "the same with our offer", ANSWERED | PENDING | FIRST | OFFERED },
};

static void flags_that_no_state_has_are_refused(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_invite(p, &c, NULL);
	p->is_deaf = true;
	const struct peer_state rings = p->states[0];
	for (size_t i = 0; i < sizeof unwritten / sizeof unwritten[0]; i++) {
		for (int with = 0; with < 2; with++) {
			struct peer_state bad = rings;
			bad.bytes[1] = unwritten[i].flags;
			const struct trunk_saved saved = { c.dialog, bad.bytes, bad.n,
				with ? PEER_OUR_SDP : NULL };
			size_t before = peer_count(p, PEER_ENDED);
			peer_restart_with(p, &saved, 1);
			if (peer_count(p, PEER_ENDED) != before + 1)
				fail_msg("%s was taken", unwritten[i].what);
			trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP);
			peer_still_alive(p);
		}
	}
}

/* Each way to go on from what rang, with our tag shown before or not. */
static void what_rang_is_answered_or_ended(void **state)
{
	struct peer *p = *state;
	struct call calls[4];
	struct trunk_saved saved[4];
	static struct peer_state states[4];
	for (size_t i = 0; i < 4; i++) {
		calls[i] = peer_call(p);
		peer_invite(p, &calls[i], NULL);
		states[i] = p->states[i];
		assert_int_equal(states[i].bytes[1], PENDING | FIRST);
		states[i].bytes[1] |= i % 2 ? RUNG : 0;
		saved[i] = (struct trunk_saved){ calls[i].dialog, states[i].bytes,
			states[i].n, NULL };
	}
	peer_restart_with(p, saved, 4);
	for (size_t i = 0; i < 4; i++) {
		if (i < 2)
			trunk_answer(p->trunk, calls[i].dialog, PEER_OUR_SDP);
		else
			trunk_hangup(p->trunk, calls[i].dialog);
		peer_expect(p, &calls[i], i < 2 ? 200 : 480, "INVITE");
		peer_request(p, &calls[i], "ACK",
			&(struct spec){ .branch = i < 2 ? NULL : calls[i].branch });
		if (i < 2)
			assert_int_equal(
				peer_await(p, PEER_ACKED)->dialog, calls[i].dialog);
		else
			ended(p, &calls[i], TRUNK_END_HANGUP);
	}
}

/* Before its first word it has told the caller nothing, so the caller asks again. */
static void killed_before_its_first_word(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	const struct spec same = {
		.cseq = 1, .branch = "z9hG4bK-same", .body = PEER_SDP
	};
	peer_request(p, &c, "INVITE", &same);
	peer_await(p, PEER_INVITE);
	peer_expect_silence(p, 0);
	peer_restart_with(p, NULL, 0); /* the loop had not yet kept it */
	peer_request(p, &c, "INVITE", &same);
	c.dialog = peer_await(p, PEER_INVITE)->dialog;
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP);
	assert_int_equal(peer_receive(p, PEER_WAIT_MS), 200);
}

#define CASE(f)  cmocka_unit_test_setup_teardown(f, setup, teardown)
#define QUICK(f) cmocka_unit_test_setup_teardown(f, setup_short, teardown)
#define SLOW(f)  cmocka_unit_test_setup_teardown(f, setup_long, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(the_far_side_goes_on),
		CASE(we_hang_up_along_the_route_set),
		CASE(our_numbers_grow_from_life_to_life),
		CASE(a_number_that_was_not_told_is_not_used_again),
		CASE(the_200_goes_on_until_the_ack),
		CASE(our_offer_waits_for_its_answer),
		CASE(an_answer_that_was_not_recorded),
		CASE(a_call_that_rings_goes_on_ringing),
		CASE(after_a_reinvite),
		CASE(a_reoffer_in_the_midst_is_asked_for_again),
		CASE(a_200_for_the_former_process),
		CASE(a_bye_whose_end_was_not_kept),
		CASE(leaving_says_nothing),
		CASE(headers_too_long_for_a_state),
		CASE(a_via_that_names_another_address),
		CASE(what_is_cut_or_foreign_is_refused),
		CASE(what_is_changed_harms_nobody),
		CASE(flags_that_no_state_has_are_refused),
		CASE(what_rang_is_answered_or_ended),
		SLOW(killed_before_its_first_word),
		QUICK(its_180_comes_again_by_itself),
		QUICK(nobody_acknowledges_after_the_restart),
	};
	return cmocka_run_group_tests_name("sip restart", tests, NULL, NULL);
}
