/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* relay: the real daemon with plain RTP legs: join, part, clips, latching, reports, silence. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rig.h"
#include "wire/g711.h"

#define A 0x100001u
#define B 0x100002u

static const char *relay_exe;

static int setup(void **state)
{
	return rig_open(state, relay_exe, 1);
}

/* One stream: one SSRC, a sequence without a step, timestamps never back, marker only on the first. */
static void assert_continuous(const struct tone_log *log, size_t from, size_t to)
{
	assert_true(to <= log->n && to <= TONE_LOG_MAX);
	for (size_t i = from + 1; i < to; i++) {
		const struct tone_packet *p = &log->packets[i];

		assert_int_equal((uint16_t)(p->seq - p[-1].seq), 1);
		assert_int_equal(p->ssrc, p[-1].ssrc);
		assert_true((int32_t)(p->ts - p[-1].ts) > 0);
	}
}

static int load_tone(struct rig *g, uint32_t clip, double hz, size_t frames)
{
	union rp_any m = { .clip = { .clip = clip, .codec = SOUND_PCMA } };
	size_t cap = frames * (CLIP_BYTES_HEAD + TONE_FRAME), n = 0;
	uint8_t *bytes = calloc(1, cap), frame[TONE_FRAME];
	double phase = 0;

	assert_non_null(bytes);
	while (n < cap) {
		tone_make(frame, sizeof frame, hz, &phase);
		assert_int_equal(clip_bytes_put(bytes, cap, &n, frame, sizeof frame), 0);
	}
	int fd = relayc_memfd("clip", bytes, n);

	assert_true(fd >= 0);
	m.clip.bytes = (uint32_t)n;
	int err = rig_call(g, &m, RP_CLIP, 0, fd);

	close(fd);
	free(bytes);
	return err;
}

static int play(struct rig *g, uint64_t leg, uint32_t clip, uint32_t loop)
{
	union rp_any m = { .play = { .clip = clip, .loop = loop } };

	return rig_call(g, &m, RP_PLAY, leg, -1);
}

/* All that was sent to a leg until now has come, for the reply may be the first. */
static size_t heard_all(struct rig *g, uint64_t leg, const struct tone_log *log)
{
	size_t n = rig_stats(g, leg).tx;

	assert_true(rig_heard(g, log, n));
	return n;
}

static void test_two_legs_talk(void **state)
{
	struct rig *g = *state;
	struct rtp_end *a = rig_rtp(g, A, true, 101), *b = rig_rtp(g, B, false, 101);
	uint32_t ssrc = g->reply.leg_ok.ssrc;
	union rp_any ev;

	rig_talk(g, 3, (double[]){ 1000, 440, -1, -1 }, NULL); /* before the join */
	assert_true(rig_event(g, 0, RP_EV_UP, A, NULL));
	assert_true(rig_event(g, 0, RP_EV_UP, B, NULL));
	assert_true(rig_took(g, A, 3) && rig_took(g, B, 3));
	assert_int_equal(a->log.n + b->log.n, 0);
	rig_join(g, A, B);
	rig_join(g, B, A); /* again, from the other side: stands */
	rig_talk(g, 50, (double[]){ 1000, 440, -1, -1 }, NULL);
	assert_true(rig_heard(g, &a->log, 50) && rig_heard(g, &b->log, 50));
	assert_int_equal(a->log.n, 50);
	assert_int_equal(b->log.n, 50);
	assert_true(tone_log_share(&a->log, 0, 50, 8, 440) > 0.99);
	assert_true(tone_log_share(&b->log, 0, 50, 8, 1000) > 0.99);
	assert_continuous(&a->log, 0, 50);
	assert_continuous(&b->log, 0, 50);
	assert_true(b->log.packets[0].marker);
	assert_false(b->log.packets[1].marker);
	assert_int_equal(b->log.packets[0].ssrc, ssrc);
	assert_int_equal(b->log.packets[49].ts - b->log.packets[0].ts, 49 * TONE_FRAME);
	assert_true(rig_event(g, 0, RP_EV_FIRST, A, &ev));
	assert_true(ev.first.at_us > ev.first.after_us);
	assert_true(rig_event(g, 0, RP_EV_FIRST, B, NULL));
	struct rp_stats s = rig_stats(g, A);

	assert_int_equal(s.rx, 53);
	assert_int_equal(s.rx_bytes, 53 * TONE_FRAME);
	assert_int_equal(s.rx_forwarded, 50);
	assert_int_equal(s.rx_discarded, 3);
	assert_int_equal(s.rx_discarded_sound, 3);
	assert_int_equal(s.tx, 50);
	assert_int_equal(s.rx_bad, 0);
}

static void test_part_is_silence(void **state)
{
	struct rig *g = *state;
	struct rtp_end *a = rig_rtp(g, A, true, 0), *b = rig_rtp(g, B, true, 0);

	rig_join(g, A, B);
	rig_talk(g, 5, (double[]){ 1000, 440, -1, -1 }, NULL);
	assert_true(rig_heard(g, &a->log, 5) && rig_heard(g, &b->log, 5));
	assert_int_equal(rig_do(g, RP_PART, B), 0);
	assert_int_equal(rig_do(g, RP_PART, B), 0); /* again */
	size_t na = a->log.n, nb = b->log.n;

	rig_talk(g, 10, (double[]){ 1000, 0, -1, -1 }, NULL);
	assert_true(rig_took(g, A, 15) && rig_took(g, B, 15));
	struct rp_stats sa = rig_stats(g, A), sb = rig_stats(g, B);

	/* it goes on, for who waits for packets */
	assert_true(rig_heard(g, &a->log, na + 5) && rig_heard(g, &b->log, nb + 5));
	assert_int_equal(tone_log_next(&a->log, 5, true), a->log.n);
	assert_int_equal(tone_log_next(&b->log, 5, true), b->log.n);
	assert_int_equal(sa.rx_discarded, 10);
	assert_int_equal(sa.rx_discarded_sound, 10);
	assert_int_equal(sb.rx_discarded, 10);
	assert_int_equal(sb.rx_discarded_sound, 0); /* silence is not sound */
	assert_int_equal(sa.rx, sa.rx_forwarded + sa.rx_discarded);
}

static void test_strangers_are_not_heard(void **state)
{
	struct rig *g = *state;
	struct rtp_end *a = rig_rtp(g, A, true, 0), *b = rig_rtp(g, B, true, 0);
	struct rtp_end *evil = rtp_end_new();

	g->ends[2] = evil;
	rtp_end_to(evil, ntohs(a->to.sin_port));
	rig_join(g, A, B);
	rig_talk(g, 5, (double[]){ 1000, 440, -1, -1 }, NULL);
	assert_true(rig_heard(g, &a->log, 5) && rig_heard(g, &b->log, 5));
	rig_talk(g, 10, (double[]){ 1000, 440, 2000, -1 }, NULL);
	a->pt = 0; /* a payload type that was not agreed */
	rig_talk(g, 4, (double[]){ 1000, 440, -1, -1 }, NULL);
	rtp_end_raw(a, "\x80", 1);
	rtp_end_raw(a, "garbage garbage garbage", 23);
	a->pt = 8;
	rig_talk(g, 10, (double[]){ 1000, 440, -1, -1 }, NULL);
	assert_true(rig_heard(g, &b->log, 25) && rig_heard(g, &a->log, 29));
	assert_int_equal(b->log.n, 25);
	assert_int_equal(evil->log.n, 0);
	assert_true(tone_log_share(&b->log, 0, 25, 8, 1000) > 0.9);
	assert_true(tone_log_share(&b->log, 5, 15, 8, 2000) < 0.01);
	assert_int_equal(rig_stats(g, A).rx_bad, 10 + 4 + 2);
}

static void test_new_remote_latches_anew(void **state)
{
	struct rig *g = *state;
	struct rtp_end *a = rig_rtp(g, A, true, 0), *b = rig_rtp(g, B, true, 0);
	struct rtp_end *moved = rtp_end_new();
	union rp_any m = { .leg_remote = { .port = moved->port } };

	g->ends[2] = moved;
	rtp_end_to(moved, ntohs(a->to.sin_port));
	rig_join(g, A, B);
	rig_talk(g, 5, (double[]){ 1000, 440, -1, -1 }, NULL);
	assert_true(rig_heard(g, &a->log, 5) && rig_heard(g, &b->log, 5));
	snprintf(m.leg_remote.addr, sizeof m.leg_remote.addr, "127.0.0.1");
	assert_int_equal(rig_call(g, &m, RP_LEG_REMOTE, A, -1), 0);
	size_t na = a->log.n;

	rig_talk(g, 5, (double[]){ -1, 440, -1, -1 }, NULL); /* to the new SDP address */
	assert_true(rig_heard(g, &moved->log, 5));
	rig_talk(g, 5, (double[]){ -1, 440, 1000, -1 }, NULL); /* locks there */
	rig_talk(g, 5, (double[]){ 2000, 440, 1000, -1 },
		NULL); /* the old one is a stranger */
	assert_true(rig_heard(g, &moved->log, 15) && rig_heard(g, &b->log, 15));
	assert_int_equal(a->log.n, na);
	assert_int_equal(rig_stats(g, A).rx_bad, 5);
	assert_true(tone_log_share(&b->log, 5, 15, 8, 1000) > 0.99);
	/* the receiver saw one stream, though the sender is another */
	assert_continuous(&b->log, 0, 15);
	snprintf(m.leg_remote.addr, sizeof m.leg_remote.addr, "not an address");
	assert_int_equal(rig_call(g, &m, RP_LEG_REMOTE, A, -1), EINVAL);
}

static void press(struct rig *g, struct rtp_end *e, uint8_t key)
{
	for (uint16_t i = 1; i <= 4; i++) { /* its end is sent twice */
		rtp_end_event(e, key, i == 1, i >= 3, (uint16_t)(i * TONE_FRAME));
		rig_pump(g, 2);
	}
	e->ts += 5 * TONE_FRAME;
}

static int tell_deaf(struct rig *g, const struct rtp_end *e, uint8_t deaf)
{
	union rp_any m = { .leg_remote = { .port = e->port, .deaf = deaf } };

	snprintf(m.leg_remote.addr, sizeof m.leg_remote.addr, "127.0.0.1");
	return rig_call(g, &m, RP_LEG_REMOTE, A, -1);
}

/* A telephone that puts us on hold (sendonly): it is heard and sent nothing, and then the stream goes on where it stopped. */
static void test_who_takes_no_voice_is_sent_none(void **state)
{
	struct rig *g = *state;
	struct rtp_end *a = rig_rtp(g, A, true, 101), *b = rig_rtp(g, B, true, 101);

	rig_join(g, A, B);
	rig_talk(g, 5, (double[]){ 1000, 440, -1, -1 }, NULL);
	assert_true(rig_heard(g, &a->log, 5) && rig_heard(g, &b->log, 5));
	assert_int_equal(tell_deaf(g, a, 2), EINVAL);
	assert_int_equal(tell_deaf(g, a, 1), 0);
	size_t na = a->log.n, nb = b->log.n;

	rig_talk(g, 10, (double[]){ 1000, 440, -1, -1 }, NULL);
	press(g, b, 5);
	assert_true(rig_took(g, B, 19));
	assert_int_equal(tell_deaf(g, a, 0), 0);
	rig_talk(g, 10, (double[]){ 1000, 440, -1, -1 }, NULL);
	assert_true(rig_heard(g, &a->log, na + 10));
	assert_continuous(&a->log, 0, a->log.n);
	assert_true(a->log.packets[na].marker);

	assert_int_equal(tell_deaf(g, a, 1), 0);
	na = heard_all(g, A, &a->log);
	assert_int_equal(rig_do(g, RP_PART, A), 0);
	assert_int_equal(load_tone(g, 7, 600, 10), 0);
	assert_int_equal(play(g, A, 7, 0), 0); /* its time passes all the same */
	assert_true(rig_event(g, 0, RP_EV_CLIP_DONE, A, NULL));
	rig_join(g, A, B);
	rtp_end_report(a);
	for (int i = 0; i < RIG_WAIT_S * 50 && !a->n_rtcp; i++)
		rig_pump(g, 20);
	assert_true(a->n_rtcp > 0);
	assert_int_equal(a->log.n, na);
	assert_true(tone_log_share(&b->log, nb, nb + 10, 8, 1000) > 0.99);

	assert_int_equal(tell_deaf(g, a, 0), 0);
	rig_talk(g, 10, (double[]){ 1000, 440, -1, -1 }, NULL);
	assert_true(rig_heard(g, &a->log, na + 10));
	assert_continuous(&a->log, 0, a->log.n);
	assert_true(a->log.packets[na].marker);
	assert_true(rig_took(g, B, 39));
	size_t sent = heard_all(g, A, &a->log);

	assert_int_equal(sent, a->log.n); /* nothing that waited, no key */
}

static void test_loss_stays_visible_and_keys_pass(void **state)
{
	struct rig *g = *state;
	struct rtp_end *a = rig_rtp(g, A, true, 101), *b = rig_rtp(g, B, true, 96);
	const double hz[] = { 1000, 0, -1, -1 };

	rig_join(g, A, B);
	rig_talk(g, 5, hz, NULL);
	a->seq += 2; /* two are lost on the way */
	a->ts += 2 * TONE_FRAME;
	rig_talk(g, 5, hz, NULL);
	assert_true(rig_heard(g, &b->log, 10));
	assert_int_equal((uint16_t)(b->log.packets[5].seq - b->log.packets[4].seq), 3);
	assert_int_equal(b->log.packets[5].ts - b->log.packets[4].ts, 3 * TONE_FRAME);
	for (uint16_t i = 1; i <= 3; i++) { /* a key: one timestamp, three packets */
		rtp_end_event(a, 5, i == 1, i == 3, (uint16_t)(i * TONE_FRAME));
		rig_pump(g, 5);
	}
	a->ts += 3 * TONE_FRAME;
	rig_talk(g, 3, hz, NULL);
	assert_true(rig_heard(g, &b->log, 16));
	const struct tone_packet *key = &b->log.packets[10];

	for (int i = 0; i < 3; i++) {
		assert_int_equal(key[i].pt, 96);
		assert_int_equal(key[i].ts, b->log.packets[9].ts + TONE_FRAME);
		assert_int_equal(key[i].payload[0], 5);
		assert_int_equal(key[i].marker, i == 0);
	}
	assert_int_equal(b->log.packets[13].ts, b->log.packets[12].ts + 3 * TONE_FRAME);
	assert_int_equal((uint16_t)(b->log.packets[15].seq - b->log.packets[0].seq), 17);
	assert_int_equal(rig_stats(g, A).lost, 2);
}

static void test_clip_join_clip(void **state)
{
	struct rig *g = *state;
	struct rtp_end *a = rig_rtp(g, A, true, 0), *b = rig_rtp(g, B, true, 0);
	union rp_any ev;

	assert_int_equal(play(g, A, 7, 0), ENOENT);
	assert_int_equal(load_tone(g, 7, 600, 10), 0);
	assert_int_equal(load_tone(g, 8, 1500, 7), 0);
	assert_int_equal(play(g, A, 7, 0), 0);
	assert_true(rig_event(g, 0, RP_EV_CLIP_DONE, A, &ev));
	assert_int_equal(ev.clip_done.clip, 7);
	assert_true(rig_heard(g, &a->log, 10));
	assert_int_equal(tone_log_next(&a->log, 0, false), 10);
	assert_true(tone_log_share(&a->log, 0, 10, 8, 600) > 0.99);
	assert_int_equal(play(g, A, 8, 1), 0); /* music, for as long as it takes */
	assert_true(rig_heard(g, &a->log, 40));
	rig_join(g, A, B); /* ends the music */
	assert_int_equal(play(g, A, 8, 1), EBUSY);
	assert_true(rig_heard(g, &a->log, heard_all(g, A, &a->log) + 1));
	size_t music = tone_log_next(&a->log, 10, true);
	size_t quiet = tone_log_next(&a->log, music, false);

	assert_true(quiet < a->log.n);
	rig_talk(g, 20, (double[]){ 1000, 440, -1, -1 }, NULL);
	assert_true(rig_heard(g, &b->log, 20) && rig_took(g, B, 20));
	assert_int_equal(rig_do(g, RP_PART, A), 0);
	size_t from = g->n_events;

	assert_int_equal(play(g, A, 7, 0), 0);
	assert_true(rig_event(g, from, RP_EV_CLIP_DONE, A, &ev));
	/* silence between them: after a source has gone, until the next one is heard */
	size_t talk = tone_log_next(&a->log, quiet, true);
	size_t silence = tone_log_next(&a->log, talk, false);
	size_t clip = tone_log_next(&a->log, silence, true);

	assert_true(rig_heard(g, &a->log, clip + 11));
	assert_int_equal(silence - talk, 20);
	assert_int_equal(tone_log_next(&a->log, clip, false) - clip, 10);
	assert_true(tone_log_share(&a->log, music, quiet, 8, 1500) > 0.95);
	assert_true(tone_log_share(&a->log, talk, silence, 8, 440) > 0.99);
	assert_true(tone_log_share(&a->log, clip, clip + 10, 8, 600) > 0.99);
	/* five sources, one stream; each change is marked */
	assert_continuous(&a->log, 0, clip + 11);
	const size_t marked[] = { 0, music, talk, clip };

	for (size_t i = 0; i < sizeof marked / sizeof *marked; i++)
		assert_true(a->log.packets[marked[i]].marker);
	assert_false(a->log.packets[talk + 1].marker);
	size_t marks =
		0; /* a relay that came late skips, and marks it; not with each frame */

	for (size_t i = 1; i < 10; i++)
		marks += a->log.packets[i].marker;
	assert_true(marks < 9);
	assert_int_equal(play(g, A, 8, 1), 0);
	assert_int_equal(rig_do(g, RP_STOP, A), 0);
	size_t n = heard_all(g, A, &a->log);

	assert_true(rig_heard(g, &a->log, n + 5));
	assert_int_equal(tone_log_next(&a->log, n, true), a->log.n);
	assert_int_equal(tone_log_next(&b->log, 20, true), b->log.n);
}

/* Nobody is there to say what follows a clip: the next one begins by itself. */
static void test_clip_and_what_follows(void **state)
{
	struct rig *g = *state;
	struct rtp_end *a = rig_rtp(g, A, true, 0);
	union rp_any m = { .play = { .clip = 7, .then = 8 + 1 } };

	assert_int_equal(load_tone(g, 7, 600, 10), 0);
	assert_int_equal(load_tone(g, 8, 1500, 7), 0);
	assert_int_equal(rig_call(g, &m, RP_PLAY, A, -1), 0);
	assert_true(rig_event(g, 0, RP_EV_CLIP_DONE, A, NULL));
	assert_true(rig_heard(g, &a->log, 40));
	size_t music = tone_log_next(&a->log, 10, true);

	assert_true(music <= 12); /* a frame of silence, or two */
	assert_true(tone_log_share(&a->log, 0, 10, 8, 600) > 0.99);
	assert_true(tone_log_share(&a->log, music, 40, 8, 1500) > 0.99);
	assert_continuous(&a->log, 0, 40);
	m.play = (struct rp_play){ .clip = 7, .then = 9 + 1 }; /* which is not there */
	size_t from = g->n_events;

	assert_int_equal(rig_call(g, &m, RP_PLAY, A, -1), 0);
	assert_true(rig_event(g, from, RP_EV_CLIP_DONE, A, NULL));
	assert_int_equal(rig_do(g, RP_STOP, A), 0);
}

static void test_reports_and_bye(void **state)
{
	struct rig *g = *state;
	struct rtp_end *a = rig_rtp(g, A, true, 0), *b = rig_rtp(g, B, true, 0);

	rig_join(g, A, B);
	rtp_end_report(a); /* before its voice: nobody knows whose it is */
	for (int i = 0; i < RIG_WAIT_S * 50 && !rig_stats(g, A).rx_bad; i++)
		rig_pump(g, 20);
	rig_talk(g, 10, (double[]){ 1000, 440, -1, -1 }, NULL);
	rtp_end_report(a);
	for (int i = 0; i < RIG_WAIT_S * 50 && !(a->rtcp_packets >= 10 && b->n_rtcp); i++)
		rig_pump(g, 20);
	assert_true(a->n_rtcp && b->n_rtcp);
	assert_int_equal(a->rtcp_report_ssrc, a->ssrc); /* it reports on what it hears */
	assert_true(a->rtcp_packets >= 10);
	assert_int_equal(rig_stats(g, A).rx_bad, 1);
	assert_false(a->bye);
	assert_int_equal(rig_do(g, RP_LEG_CLOSE, A), 0);
	for (int i = 0; i < RIG_WAIT_S * 50 && !a->bye; i++)
		rig_pump(g, 20);
	assert_true(a->bye);
	assert_int_equal(rig_do(g, RP_STATS, A), ENOENT);
	assert_int_equal(rig_do(g, RP_LEG_CLOSE, A), 0); /* gone already */
}

static void test_silence_is_told(void **state)
{
	struct rig *g = *state;

	rig_rtp(g, A, true, 0);
	rig_rtp(g, B, true, 0);
	rig_talk(g, 3, (double[]){ 0, -1, -1, -1 }, NULL); /* B never sends */
	assert_true(rig_event(g, 0, RP_EV_SILENT, A, NULL));
	rig_talk(g, 3, (double[]){ 0, -1, -1, -1 }, NULL);
	assert_true(rig_event(g, 0, RP_EV_HEARD, A, NULL));
	assert_false(rig_has_event(g, RP_EV_SILENT, B));
}

static size_t digits(const struct rig *g)
{
	size_t n = 0;

	for (size_t i = 0; i < g->n_events; i++)
		n += g->events[i].head.type == RP_EV_DIGIT;
	return n;
}

/* Of whoever waits each key is told once; of a talk none: there they are the other side's. */
static void test_keys_are_told(void **state)
{
	struct rig *g = *state;
	struct rtp_end *a = rig_rtp(g, A, true, 101), *b = rig_rtp(g, B, true, 101);
	union rp_any ev;

	press(g, a, 7);
	assert_true(rig_event(g, 0, RP_EV_DIGIT, A, &ev));
	assert_int_equal(ev.digit.digit, 7);
	assert_int_equal(load_tone(g, 7, 600, 10), 0);
	assert_int_equal(play(g, A, 7, 1), 0); /* music is no one to speak with */
	size_t from = g->n_events;

	press(g, a, 11);
	assert_true(rig_event(g, from, RP_EV_DIGIT, A, &ev));
	assert_int_equal(ev.digit.digit, 11);
	rig_join(g, A, B);
	press(g, a, 1);
	assert_true(rig_heard(g, &b->log, 4));
	assert_int_equal(rig_do(g, RP_PART, A), 0);
	assert_int_equal(digits(g), 2);
}

/* A key as it sounds, ITU-T Q.23: 100 ms of it, then as much silence. */
static void sound(struct rig *g, struct rtp_end *e, double low_hz, double high_hz)
{
	for (int i = 0; i < 10; i++) {
		uint8_t alaw[TONE_FRAME];

		for (int k = 0; k < TONE_FRAME; k++) {
			double s = (i * TONE_FRAME + k) / 8000.0;
			double x = sin(2 * M_PI * low_hz * s) +
				sin(2 * M_PI * high_hz * s);

			alaw[k] = g711_alaw_encode(i < 5 ? (int16_t)(6000 * x) : 0);
		}
		rtp_end_voice(e, alaw);
		rig_pump(g, 2);
	}
}

/* A trunk that sends no events: its keys are heard in the voice, while nobody else hears it, and no more often. */
static void test_keys_are_heard(void **state)
{
	struct rig *g = *state;
	struct rtp_end *a = rig_rtp(g, A, true, 0), *b = rig_rtp(g, B, true, 101);
	union rp_any ev;

	for (int i = 0; i < 10; i++) {
		rtp_end_send(a, 440); /* a voice is no key */
		rig_pump(g, 2);
	}
	assert_true(
		rig_took(g, A, 10)); /* what it tells of them comes before the reply */
	assert_int_equal(digits(g), 0);
	sound(g, a, 852, 1209);
	assert_true(rig_event(g, 0, RP_EV_DIGIT, A, &ev));
	assert_int_equal(ev.digit.digit, 7);
	assert_true(rig_took(g, A, 20));
	assert_int_equal(digits(g), 1);
	size_t from = g->n_events;

	sound(g, a, 941, 1477);
	assert_true(rig_event(g, from, RP_EV_DIGIT, A, &ev));
	assert_int_equal(ev.digit.digit, 11);
	assert_true(rig_took(g, A, 30));
	assert_int_equal(digits(g), 2);
	sound(g, b, 852, 1209); /* it would send events */
	assert_true(rig_took(g, B, 10));
	assert_int_equal(digits(g), 2);
	rig_join(g, A, B);
	sound(g, a, 852, 1209);
	assert_true(rig_took(g, A, 40));
	assert_int_equal(digits(g), 2);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_two_legs_talk, setup, rig_close),
		cmocka_unit_test_setup_teardown(test_part_is_silence, setup, rig_close),
		cmocka_unit_test_setup_teardown(
			test_strangers_are_not_heard, setup, rig_close),
		cmocka_unit_test_setup_teardown(
			test_new_remote_latches_anew, setup, rig_close),
		cmocka_unit_test_setup_teardown(
			test_who_takes_no_voice_is_sent_none, setup, rig_close),
		cmocka_unit_test_setup_teardown(
			test_loss_stays_visible_and_keys_pass, setup, rig_close),
		cmocka_unit_test_setup_teardown(test_clip_join_clip, setup, rig_close),
		cmocka_unit_test_setup_teardown(
			test_clip_and_what_follows, setup, rig_close),
		cmocka_unit_test_setup_teardown(test_reports_and_bye, setup, rig_close),
		cmocka_unit_test_setup_teardown(test_silence_is_told, setup, rig_close),
		cmocka_unit_test_setup_teardown(test_keys_are_told, setup, rig_close),
		cmocka_unit_test_setup_teardown(test_keys_are_heard, setup, rig_close),
	};

	if (argc < 2)
		return 2;
	relay_exe = argv[1];
	return cmocka_run_group_tests_name("relay_rtp", tests, NULL, NULL);
}
