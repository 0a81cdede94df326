/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* relay: control dies, stays away, comes back, comes twice; what goes on, what ends, and what is told. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "inner.h"

#define LINE   9u
#define CALLER 1u
#define MANY   300u /* legs: more than fit into a socket's buffer as snapshots */

static int setup(void **state)
{
	return inner_open(state, 26000);
}

static void control_dies(struct inner *f)
{
	close(f->fd);
	f->fd = 0;
	relay_turn(f->r, 0);
	assert_false(control_is_led(f->r));
}

/* The leg as the snapshot shows it; false: it is not in it. */
static bool shown(struct inner *f, uint64_t leg, struct rp_leg_state *out)
{
	union rp_any m = { .head = { 0 } };
	bool found = false;

	inner_command(f, &m, RP_SNAPSHOT, 0);
	for (int turn = 0; turn < 1000; turn++) {
		relay_turn(f->r, 0);
		while (inner_next(f, &m)) {
			if (m.head.type == RP_SNAPSHOT_END)
				return found;
			if (m.head.type != RP_LEG_STATE || m.head.leg != leg)
				continue;
			*out = m.leg_state;
			found = true;
		}
	}
	fail_msg("the snapshot does not end");
	return false;
}

static void claims(struct inner *f, uint64_t leg)
{
	union rp_any m = { .head = { 0 } };

	inner_command(f, &m, RP_CLAIM, leg);
	relay_turn(f->r, 0);
	assert_true(inner_next_of(f, RP_DONE, &m));
	assert_int_equal(m.head.err, 0);
}

static bool is_told_down(struct inner *f, uint64_t leg, int err)
{
	union rp_any m;

	inner_at(f, f->r->now_us);
	return inner_next_of(f, RP_EV_DOWN, &m) && m.head.leg == leg && m.head.err == err;
}

static void test_what_feeds_a_leg_is_shown(void **state)
{
	struct inner *f = *state;
	struct rp_leg_state s;

	inner_control(f, 1);
	struct leg *l = inner_rtp(f, CALLER), *other = inner_rtp(f, 2);

	inner_clip(f, 5, 800);
	assert_true(shown(f, CALLER, &s));
	assert_int_equal(s.feed, RP_FEED_NONE);
	for (int loop = 0; loop < 2; loop++) {
		assert_int_equal(
			leg_play(f->r, l,
				&(struct rp_play){ .clip = 5, .loop = (uint32_t)loop }),
			0);
		assert_true(shown(f, CALLER, &s));
		assert_int_equal(s.feed, RP_FEED_CLIP);
		assert_int_equal(s.clip, 5);
		assert_int_equal(s.loops, loop);
	}
	assert_int_equal(leg_echo(f->r, l, true), 0);
	assert_true(shown(f, CALLER, &s));
	assert_int_equal(s.feed, RP_FEED_ECHO);
	assert_int_equal(leg_join(f->r, l, other), 0);
	assert_true(shown(f, CALLER, &s));
	assert_int_equal(s.feed, RP_FEED_JOIN);
	assert_int_equal(s.joined, 2);
	assert_int_equal(s.clip + s.loops, 0);
}

/* A line that ends while nobody commands it stays in the snapshot, and is told after the claim. */
static void test_a_line_lost_meanwhile_is_told(void **state)
{
	struct inner *f = *state;
	struct rp_leg_state s;
	union rp_any m = { .blob = { .len = 5, .bytes = "agent" } };

	inner_control(f, 1);
	struct leg *l = inner_web(f, LINE), *caller = inner_rtp(f, CALLER);

	inner_command(f, &m, RP_BLOB, LINE);
	relay_turn(f->r, 0);
	inner_check(f, l, 4000);
	struct srtp_session *browser = inner_up(f, l);

	inner_voice(f, browser, 1, 4000);
	srtp_session_free(browser);
	assert_int_equal(leg_join(f->r, l, caller), 0);
	control_dies(f);
	inner_at(f, l->web.checked_us + LEG_CONSENT_US + 1);
	assert_int_equal(f->r->n_legs, 2);
	assert_null(caller->peer);
	assert_int_equal(f->r->by_addr.n + f->r->by_ufrag.n + f->r->by_ssrc.n, 0);
	assert_null(l->web.dtls); /* what it held is given back */
	inner_control(f, 2);
	assert_true(shown(f, LINE, &s));
	assert_false(s.is_up);
	assert_int_equal(s.joined, 0);
	assert_int_equal(s.len, 5);
	assert_memory_equal(s.blob, "agent", 5);
	assert_int_equal(strlen(s.ok.ufrag), LEG_UFRAG);
	assert_false(is_told_down(f, LINE, ETIMEDOUT)); /* not before the claim */
	claims(f, LINE);
	assert_true(is_told_down(f, LINE, ETIMEDOUT));
	assert_null(leg_find(f->r, LINE));
	assert_false(shown(f, LINE, &s));
}

/* Between its RP_HELLO and its claim a new control does not know the leg yet either. */
static void test_a_line_lost_before_its_claim_is_told(void **state)
{
	struct inner *f = *state;

	inner_control(f, 1);
	struct leg *l = inner_web(f, LINE);

	inner_control(f, 2);
	leg_lost(f->r, l, ECONNRESET);
	assert_false(is_told_down(f, LINE, ECONNRESET));
	assert_int_equal(leg_join(f->r, l, inner_rtp(f, CALLER)), 0); /* harmless */
	claims(f, LINE);
	assert_true(is_told_down(f, LINE, ECONNRESET));
	assert_null(leg_find(f->r, CALLER)->peer);
}

static void test_a_control_that_only_lost_its_socket_is_told(void **state)
{
	struct inner *f = *state;

	inner_control(f, 1);
	struct leg *l = inner_web(f, LINE);

	control_dies(f);
	leg_lost(f->r, l, ECONNRESET);
	inner_control(f, 1); /* the same epoch: its legs are its own */
	assert_true(is_told_down(f, LINE, ECONNRESET));
}

static void test_an_unclaimed_lost_line_ends(void **state)
{
	struct inner *f = *state;

	inner_control(f, 1);
	struct leg *l = inner_web(f, LINE);

	inner_control(f, 2);
	leg_lost(f->r, l, ECONNRESET);
	inner_at(f, f->r->claim_at_us);
	assert_int_equal(f->r->n_legs, 0);
	/* with nobody there, too */
	l = inner_web(f, LINE);
	control_dies(f);
	leg_lost(f->r, l, ECONNRESET);
	inner_at(f, l->kept_us + RELAY_ALONE_US);
	assert_int_equal(f->r->n_legs, 0);
}

static void test_silence_is_in_the_snapshot(void **state)
{
	struct inner *f = *state;
	struct rp_leg_state s;

	inner_control(f, 1);
	struct leg *l = inner_rtp(f, CALLER);

	inner_speaks(f, l, 4000);
	control_dies(f);
	inner_at(f, l->heard_us + RP_SILENT_MS * INT64_C(1000));
	inner_control(f, 2);
	assert_true(shown(f, CALLER, &s));
	assert_true(s.is_up && s.is_silent);
}

static void test_clips_without_a_control(void **state)
{
	struct inner *f = *state;
	struct rp_leg_state s;

	inner_control(f, 1);
	struct leg *music = inner_rtp(f, CALLER), *greeting = inner_rtp(f, 2);

	inner_clip(f, 0, 800);
	inner_speaks(f, music, 4000); /* so that there is somebody to send to */
	assert_int_equal(leg_play(f->r, music,
				 &(struct rp_play){ .clip = 0, .loop = 1, .then = 0 }),
		0);
	assert_int_equal(leg_play(f->r, greeting,
				 &(struct rp_play){ .clip = 0, .loop = 0, .then = 0 }),
		0);
	control_dies(f);
	for (int i = 0; i < 20; i++) {
		f->r->now_us += CLIP_FRAME_US;
		relay_frames(f->r);
	}
	assert_true(music->stats.tx >= 20); /* four times round */
	inner_control(f, 2);
	assert_true(shown(f, CALLER, &s));
	assert_int_equal(s.feed, RP_FEED_CLIP);
	assert_true(shown(f, 2, &s));
	assert_int_equal(s.feed, RP_FEED_NONE); /* it came to its end */
}

static void test_a_talk_goes_on_alone(void **state)
{
	struct inner *f = *state;

	inner_control(f, 1);
	struct leg *a = inner_rtp(f, 1), *b = inner_rtp(f, 2), *c = inner_rtp(f, 3);
	int64_t t0 = f->r->now_us;

	assert_int_equal(leg_join(f->r, a, b), 0);
	control_dies(f);
	for (int s = 0; s < 300; s++) {
		inner_at(f, t0 + s * SECOND);
		inner_speaks(f, a, 4000);
		assert_int_equal(f->r->n_legs, s < 60 ? 3 : 2);
	}
	assert_int_equal(c->id, 0); /* silent, and joined with nobody */
	assert_int_equal(b->id, 2); /* it listens */
	inner_at(f, a->heard_us + RELAY_ALONE_US - 1);
	assert_int_equal(f->r->n_legs, 2);
	inner_at(f, a->heard_us + RELAY_ALONE_US);
	assert_int_equal(f->r->n_legs, 0);
}

static void test_no_leg_lives_for_ever(void **state)
{
	struct inner *f = *state;

	inner_control(f, 1);
	struct leg *a = inner_rtp(f, CALLER);

	control_dies(f);
	int64_t end = a->kept_us + RELAY_ALONE_MAX_US;

	f->r->now_us = end - 1;
	inner_speaks(f, a, 4000);
	inner_at(f, end - 1);
	assert_int_equal(a->id, CALLER);
	inner_at(f, end);
	assert_int_equal(a->id, 0);
}

/* A control that comes and dies again and again without claiming keeps nothing alive. */
static void test_hello_alone_keeps_nothing(void **state)
{
	struct inner *f = *state;

	inner_control(f, 1);
	struct leg *a = inner_rtp(f, CALLER);
	int64_t kept = a->kept_us;

	inner_control(f, 2);
	inner_at(f, kept + 50 * SECOND);
	control_dies(f);
	inner_at(f, kept + RELAY_ALONE_US);
	assert_int_equal(f->r->n_legs, 0);
}

static void test_linger_waits_for_the_last_leg(void **state)
{
	struct inner *f = *state;

	f->r->opt.linger_s = 60;
	inner_control(f, 1);
	struct leg *a = inner_rtp(f, CALLER);

	control_dies(f);
	int64_t end = f->r->linger_at_us;

	f->r->now_us = end;
	inner_speaks(f, a, 4000);
	inner_at(f, end);
	assert_false(f->r->quit);
	leg_close(f->r, a);
	inner_at(f, end);
	assert_true(f->r->quit);
}

static void test_of_two_controls_the_newer_commands(void **state)
{
	static const uint32_t epochs[] = { 1, 2, 2 }; /* of equals the later */
	struct inner *f = *state;
	int before = 0;
	char byte;

	for (size_t i = 0; i < sizeof epochs / sizeof *epochs; i++) {
		f->fd = 0; /* the one before stays connected */
		inner_control(f, epochs[i]);
		if (before) {
			while (recv(before, &byte, 1, MSG_DONTWAIT) > 0)
				;
			assert_int_equal(recv(before, &byte, 1, MSG_DONTWAIT), 0);
			close(before);
		}
		before = f->fd;
	}
	size_t open = 0;

	for (size_t i = 0; i < CONTROL_CONNS; i++)
		open += f->r->control.conns[i].fd >= 0;
	assert_int_equal(open, 1);
}

static void many_legs(struct inner *f)
{
	for (uint64_t i = 1; i <= MANY; i++) {
		struct leg *l = inner_rtp(f, i);

		l->blob_len = RP_BLOB_MAX;
		memset(l->blob, (int)i, sizeof l->blob);
	}
}

/* A control that asks and does not read holds up one message, and no leg. */
static void test_a_snapshot_that_nobody_reads(void **state)
{
	struct inner *f = *state;
	union rp_any m = { .head = { 0 } };
	struct rp_leg_state s;

	inner_control(f, 1);
	many_legs(f);
	struct control_conn *c = &f->r->control.conns[0];

	inner_command(f, &m, RP_SNAPSHOT, 0);
	for (int turn = 0; turn < 50; turn++)
		relay_turn(f->r, 0);
	assert_true(c->snapshotting && c->writing);
	assert_int_equal(c->q_n, 1);
	assert_true(c->snapshot_at < MANY);
	/* what happens meanwhile waits in its turn behind it */
	control_event(f->r, leg_find(f->r, MANY), RP_EV_SILENT, 0);
	assert_int_equal(c->q_n, 2);
	/* killed in the middle of it: the next one gets all */
	control_dies(f);
	inner_control(f, 2);
	assert_true(shown(f, MANY, &s));
	assert_int_equal(s.blob[RP_BLOB_MAX - 1], (uint8_t)MANY);
	assert_true(shown(f, 1, &s));
	assert_int_equal(f->r->n_legs, MANY);
}

/* The state is written before the act; one stream, so it is there when the act is. */
static void test_a_blob_is_there_before_the_act(void **state)
{
	struct inner *f = *state;
	union rp_any m = { .blob = { .len = 3, .bytes = "one" } };
	struct rp_leg_state s;

	inner_control(f, 1);
	inner_rtp(f, CALLER);
	inner_rtp(f, 2);
	inner_command(f, &m, RP_BLOB, CALLER);
	m = (union rp_any){ .join = { .other = 2 } };
	inner_command(f, &m, RP_JOIN, CALLER);
	m = (union rp_any){ .blob = { .len = 5, .bytes = "three" } };
	inner_command(f, &m, RP_BLOB, CALLER);
	m = (union rp_any){ .head = { 0 } };
	inner_command(f, &m, RP_SNAPSHOT, 0);
	m = (union rp_any){ .blob = { .len = 4, .bytes = "four" } };
	inner_command(f, &m, RP_BLOB, CALLER);
	relay_turn(f->r, 0);
	assert_true(inner_next_of(f, RP_LEG_STATE, &m));
	assert_int_equal(m.leg_state.joined, 2);
	assert_int_equal(m.leg_state.len, 5);
	assert_memory_equal(
		m.leg_state.blob, "three", 6); /* and nothing of a longer one */
	while (inner_next(f, &m)) /* the rest of this snapshot */
		;
	assert_true(shown(f, CALLER, &s));
	assert_memory_equal(s.blob, "four", 5);
}

static void test_draining(void **state)
{
	const struct rp_leg_rtp rtp = { .head = { .leg = 2 },
		.codecs = { { SOUND_PCMA, 8 } } };
	const struct rp_leg_rtp hop = {
		.head = { .leg = 3 }, .codecs = { { SOUND_PCMA, 8 } }, .local = 1
	};
	const struct rp_leg_web web = { .head = { .leg = LINE },
		.ufrag = "abcd",
		.pwd = "s",
		.codecs = { { SOUND_PCMA, 8 } } };
	struct inner *f = *state;
	union rp_any m;
	struct leg *l;

	inner_control(f, 1);
	struct leg *a = inner_rtp(f, CALLER);

	relay_drain(f->r);
	relay_drain(f->r);
	assert_true(inner_next_of(f, RP_EV_DRAIN, &m));
	assert_int_equal(m.head.leg, 0);
	assert_false(inner_next_of(f, RP_EV_DRAIN, &m)); /* once */
	assert_int_equal(leg_rtp_new(f->r, &rtp, &l), ESHUTDOWN);
	assert_int_equal(leg_web_new(f->r, &web, &l), ESHUTDOWN);
	/* a hop: who waits here is joined with a line elsewhere */
	assert_int_equal(leg_rtp_new(f->r, &hop, &l), 0);
	assert_ptr_equal(inner_rtp(f, CALLER), a); /* that is there already */
	inner_speaks(f, a, 4000);
	assert_int_equal(a->stats.rx, 1);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, inner_teardown)
	const struct CMUnitTest tests[] = {
		CASE(test_what_feeds_a_leg_is_shown),
		CASE(test_a_line_lost_meanwhile_is_told),
		CASE(test_a_line_lost_before_its_claim_is_told),
		CASE(test_a_control_that_only_lost_its_socket_is_told),
		CASE(test_an_unclaimed_lost_line_ends),
		CASE(test_silence_is_in_the_snapshot),
		CASE(test_clips_without_a_control),
		CASE(test_a_talk_goes_on_alone),
		CASE(test_no_leg_lives_for_ever),
		CASE(test_hello_alone_keeps_nothing),
		CASE(test_linger_waits_for_the_last_leg),
		CASE(test_of_two_controls_the_newer_commands),
		CASE(test_a_snapshot_that_nobody_reads),
		CASE(test_a_blob_is_there_before_the_act),
		CASE(test_draining),
	};

	return cmocka_run_group_tests_name("relay_adopt", tests, NULL, NULL);
}
