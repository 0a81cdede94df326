/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What is told of a call's messages while somebody watches: each of them, in order, and nothing personal in it.
 *
 * T1 is a minute: nothing is sent again and no 100 goes out by itself, however late anything is.
 */
#include "far.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define T1     60000
#define CALLER "+41441234567"
#define KEY    "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz"
#define SECURE_SDP                                                                  \
	"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=Rosa Zumstein\r\nc=IN IP4 "           \
	"10.9.8.7\r\nt=0 0\r\n"                                                     \
	"m=audio 4000 RTP/SAVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\n"    \
	"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" KEY "\r\na=ice-pwd:geheim\r\n" \
	"a=sendonly\r\n"

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

static int setup_far(void **state)
{
	return far_open(state, T1, NULL);
}

/* "<INVITE >100/INVITE >200/INVITE <ACK ..." without repetitions. */
static void course(const struct peer *p, char *out, size_t cap)
{
	char last[40] = "", one[40];
	size_t n = 0;
	out[0] = 0;
	for (size_t i = 0; i < p->n_seen; i++) {
		const struct trunk_seen *s = &p->seen[i];
		if (s->status)
			snprintf(one, sizeof one, "%c%u/%s", s->is_ours ? '>' : '<',
				s->status, s->method);
		else
			snprintf(one, sizeof one, "%c%s", s->is_ours ? '>' : '<',
				s->method);
		if (strcmp(one, last) != 0)
			n += (size_t)snprintf(
				out + n, cap - n, "%s%s", n ? " " : "", one);
		memcpy(last, one, sizeof last);
	}
}

static void expect_course(struct peer *p, const char *want)
{
	char got[1024];
	for (int i = 0; i < 100; i++) {
		course(p, got, sizeof got);
		if (strcmp(got, want) == 0)
			break;
		peer_expect_silence(p, 200); /* polls */
	}
	assert_string_equal(got, want);
}

/* In all that was told there are these bytes nowhere. */
static void expect_nowhere(const struct peer *p, const char *text)
{
	const char *all = (const char *)p + offsetof(struct peer, seen);
	assert_null(memmem(all, sizeof p->seen, text, strlen(text)));
}

static void a_call_is_told_masked(void **state)
{
	static const char *const secrets[] = { CALLER, "1234567", "567", "Rosa",
		"Zumstein", KEY, "inline", "crypto", "geheim", "10.9.8.7", "127.0.0.1" };
	struct peer *p = *state;
	struct call c = peer_call(p);
	trunk_watch(p->trunk, true);
	peer_request(p, &c, "INVITE",
		&(struct spec){ .body = SECURE_SDP,
			.from = "\"Rosa Zumstein\" <sip:" CALLER "@test>;tag=rosa" });
	c.dialog = peer_await(p, PEER_INVITE)->dialog;
	trunk_answer(p->trunk, c.dialog, PEER_OUR_SDP);
	peer_expect(p, &c, 200, "INVITE");
	peer_request(p, &c, "ACK",
		&(struct spec){
			.from = "\"Rosa Zumstein\" <sip:" CALLER "@test>;tag=rosa" });
	peer_await(p, PEER_ACKED);
	peer_request(p, &c, "BYE",
		&(struct spec){
			.from = "\"Rosa Zumstein\" <sip:" CALLER "@test>;tag=rosa" });
	peer_await(p, PEER_ENDED);
	trunk_release(p->trunk, c.dialog);
	peer_expect(p, NULL, 200, "BYE");
	expect_course(p, "<INVITE >200/INVITE <ACK <BYE >200/BYE");

	const struct trunk_seen *s = &p->seen[0];
	assert_true(s->begins);
	assert_false(p->seen[1].begins);
	for (size_t i = 0; i < p->n_seen; i++)
		assert_int_equal(p->seen[i].dialog, c.dialog);
	assert_string_equal(s->from, "**********67");
	assert_string_equal(s->uri, "****");
	assert_string_equal(s->peer, "peer");
	assert_string_equal(s->addr, "127.0.0.0/24");
	assert_int_equal(s->transport, TRUNK_UDP);
	assert_true(s->has_sdp);
	assert_string_equal(s->codecs, "PCMA PCMU telephone-event");
	assert_string_equal(s->media_addr, "10.9.8.0/24");
	assert_int_equal(s->media_port, 4000);
	assert_string_equal(s->direction, "sendonly");
	assert_string_equal(s->protection, "srtp");
	for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
		expect_nowhere(p, secrets[i]);
}

static void nobody_watches_nothing_is_told(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	peer_establish(p, &c);
	trunk_watch(p->trunk, true);
	trunk_watch(p->trunk, false);
	peer_request(p, &c, "BYE", NULL);
	peer_await(p, PEER_ENDED);
	trunk_release(p->trunk, c.dialog);
	peer_expect(p, NULL, 200, "BYE");
	peer_still_alive(p);
	assert_int_equal(p->n_seen, 0);
	assert_int_equal(trunk_unseen(p->trunk), 0);
}

/* Registrations, questions and strangers are no calls. */
static void what_is_no_call_is_not_told(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	trunk_watch(p->trunk, true);
	peer_still_alive(p);
	peer_request(p, &c, "BYE", NULL);
	peer_expect(p, NULL, 481, "BYE");
	peer_still_alive(p);
	assert_int_equal(p->n_seen, 0);
}

static void a_refused_call_is_told(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	trunk_watch(p->trunk, true);
	peer_invite(p, &c, NULL);
	trunk_reject(p->trunk, c.dialog, 486, NULL, 0);
	peer_expect(p, &c, 486, "INVITE");
	peer_request(p, &c, "ACK", NULL);
	expect_course(p, "<INVITE >486/INVITE <ACK");
}

static void our_end_is_told(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	trunk_watch(p->trunk, true);
	peer_establish(p, &c);
	trunk_hangup(p->trunk, c.dialog);
	peer_expect_request(p, "BYE");
	peer_answer(p, 200);
	expect_course(p, "<INVITE >200/INVITE <ACK >BYE <200/BYE");
}

/* The reader is away: what finds no place is counted, and calls go on. */
static void what_finds_no_place_is_counted(void **state)
{
	struct peer *p = *state;
	struct call c = peer_call(p);
	struct trunk_seen s;
	peer_establish(p, &c);
	trunk_watch(p->trunk, true);
	p->is_busy = true;
	for (int i = 0; i < TRUNK_SEEN_RING;
		i++) { /* each is told twice: asked and answered */
		peer_request(p, &c, "OPTIONS", NULL);
		peer_expect(p, NULL, 200, "OPTIONS");
	}
	p->is_busy = false;
	peer_still_alive(p);
	assert_int_equal(p->n_seen, PEER_SEEN);
	s = p->seen[PEER_SEEN - 1];
	assert_int_equal(s.dialog, c.dialog);
	assert_int_equal(trunk_unseen(p->trunk), TRUNK_SEEN_RING);
	assert_int_equal(trunk_unseen(p->trunk), 0);
}

static void a_call_of_ours_is_told_masked(void **state)
{
	struct peer *p = *state;
	struct far f;
	trunk_watch(p->trunk, true);
	far_dial(p, &f);
	far_respond(p, &f, 180, far_contact(p, "far"), NULL);
	peer_await(p, PEER_RANG);
	far_accept(p, &f);
	far_reached(p, &f);
	trunk_confirm(p->trunk, f.dialog);
	far_expect_ack(p, &f, "far");
	far_hang_up(p, &f);
	expect_course(p, ">INVITE <180/INVITE <200/INVITE >ACK >BYE <200/BYE");
	assert_true(p->seen[0].begins);
	assert_int_equal(p->seen[0].dialog, f.dialog);
	assert_string_equal(p->seen[0].uri, "**********22");
	assert_string_equal(p->seen[0].from, "**********00");
	/* a carrier is the house's own business: it is named whole */
	assert_string_equal(p->seen[0].peer, "outbound");
	assert_memory_equal(p->seen[0].addr, "127.0.0.1:", 10);
	expect_nowhere(p, NUMBER);
	expect_nowhere(p, "1122");
	expect_nowhere(p, "41440000000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_call_is_told_masked, setup, teardown),
		cmocka_unit_test_setup_teardown(
			nobody_watches_nothing_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_is_no_call_is_not_told, setup, teardown),
		cmocka_unit_test_setup_teardown(a_refused_call_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(our_end_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_finds_no_place_is_counted, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_call_of_ours_is_told_masked, setup_far, far_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
