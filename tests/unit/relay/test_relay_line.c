/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* relay: the real daemon with browser lines: ICE-lite, DTLS, SRTP, echo, join, addresses that change. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "rig.h"
#include "wire/stun.h"

#define LEAD   3 /* packets of silence ahead of a source: relay/quiet.c */
#define LINE   0x200001u
#define CALLER 0x200002u

static const char *relay_exe;

static int setup(void **state)
{
	return rig_open(state, relay_exe, 1);
}

static struct line_client *line_up(struct rig *g, uint64_t leg)
{
	struct line_client *c = rig_line(g, leg);

	assert_true(rig_event(g, 0, RP_EV_UP, leg, NULL));
	for (int i = 0; i < RIG_WAIT_S * 100 && line_client_state(c) < LINE_UP; i++)
		rig_pump(g, 10);
	assert_int_equal(line_client_state(c), LINE_UP);
	return c;
}

static void assert_continuous(const struct tone_log *log)
{
	for (size_t i = 1; i < log->n; i++) {
		const struct tone_packet *p = &log->packets[i];

		assert_int_equal((uint16_t)(p->seq - p[-1].seq), 1);
		assert_int_equal(p->ssrc, p[-1].ssrc);
		assert_true((int32_t)(p->ts - p[-1].ts) > 0);
	}
}

static void test_line_talks_with_a_caller(void **state)
{
	struct rig *g = *state;
	struct line_client *c = line_up(g, LINE);
	struct tone_log *heard = line_client_log(c);
	struct rtp_end *e = rig_rtp(g, CALLER, true, 101);

	/* outside a talk the line sends silence, and it goes nowhere */
	rig_talk(g, 10, (double[]){ 1000, -1, -1, -1 }, (double[]){ 0, -1, -1, -1 });
	rig_talk(g, 5, NULL, (double[]){ 440, -1, -1, -1 }); /* a microphone left open */
	assert_true(rig_took(g, LINE, 15) && rig_took(g, CALLER, 10));
	struct rp_stats s = rig_stats(g, LINE);

	assert_int_equal(s.rx, 15);
	assert_int_equal(s.rx_discarded, 15);
	assert_int_equal(s.rx_discarded_sound, 5);
	assert_int_equal(heard->n + e->log.n, 0);
	rig_join(g, LINE, CALLER);
	rig_talk(g, 50, (double[]){ 1000, -1, -1, -1 }, (double[]){ 440, -1, -1, -1 });
	assert_true(rig_heard(g, heard, LEAD + 50) && rig_heard(g, &e->log, 50));
	assert_int_equal(tone_log_next(heard, 0, true), LEAD);
	assert_true(tone_log_share(heard, LEAD, LEAD + 50, 8, 1000) > 0.99);
	assert_true(tone_log_share(&e->log, 0, 50, 8, 440) > 0.99);
	assert_continuous(heard);
	assert_continuous(&e->log);
	assert_true(rig_event(g, 0, RP_EV_FIRST, LINE, NULL));
	assert_true(rig_event(g, 0, RP_EV_FIRST, CALLER, NULL));
	assert_int_equal(rig_do(g, RP_PART, CALLER), 0);
	rig_talk(g, 10, (double[]){ 1000, -1, -1, -1 }, (double[]){ 0, -1, -1, -1 });
	assert_true(rig_took(g, LINE, 75) && rig_took(g, CALLER, 70));
	assert_true(rig_heard(g, heard, LEAD + 51) && rig_heard(g, &e->log, 51));
	assert_int_equal(tone_log_next(heard, LEAD + 50, true), heard->n);
	assert_int_equal(tone_log_next(&e->log, 50, true), e->log.n);
	s = rig_stats(g, LINE);
	assert_int_equal(s.rx, 75);
	assert_int_equal(s.rx_forwarded, 50);
	assert_int_equal(s.rx_discarded_sound, 5);
	assert_int_equal(s.rx_bad, 0);
	assert_int_equal(line_client_counts(c).bad, 0);
}

static void test_two_lines_talk(void **state)
{
	struct rig *g = *state;
	struct line_client *a = line_up(g, LINE), *b = line_up(g, CALLER);

	rig_join(g, LINE, CALLER);
	rig_talk(g, 20, NULL, (double[]){ 440, 1000, -1, -1 });
	assert_true(rig_heard(g, line_client_log(a), 20));
	assert_true(rig_heard(g, line_client_log(b), 20));
	assert_true(tone_log_share(line_client_log(a), 0, 20, 8, 1000) > 0.99);
	assert_true(tone_log_share(line_client_log(b), 0, 20, 8, 440) > 0.99);
}

/* One line with each profile, and they talk with each other. */
static void test_both_profiles(void **state)
{
	struct rig *g = *state;
	struct line_client *a, *b;

	g->profiles = "SRTP_AES128_CM_SHA1_80";
	a = line_up(g, LINE);
	g->profiles = "SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_128_GCM";
	b = line_up(g, CALLER);
	g->profiles = NULL;
	assert_string_equal(line_client_profile(a), "SRTP_AES128_CM_SHA1_80");
	assert_string_equal(line_client_profile(b), "SRTP_AEAD_AES_128_GCM");
	rig_join(g, LINE, CALLER);
	rig_talk(g, 20, NULL, (double[]){ 440, 1000, -1, -1 });
	assert_true(rig_heard(g, line_client_log(a), 20));
	assert_true(rig_heard(g, line_client_log(b), 20));
	assert_true(tone_log_share(line_client_log(a), 0, 20, 8, 1000) > 0.99);
	assert_true(tone_log_share(line_client_log(b), 0, 20, 8, 440) > 0.99);
	assert_int_equal(rig_stats(g, LINE).rx_bad + rig_stats(g, CALLER).rx_bad, 0);
}

static void test_echo(void **state)
{
	struct rig *g = *state;
	struct line_client *c = line_up(g, LINE);
	struct tone_log *heard = line_client_log(c);
	struct rtp_end *e = rig_rtp(g, CALLER, true, 0);
	union rp_any m = { .echo = { .on = 1 } };

	assert_int_equal(rig_call(g, &m, RP_ECHO, LINE, -1), 0);
	rig_talk(g, 20, NULL, (double[]){ 440, -1, -1, -1 });
	assert_true(rig_heard(g, heard, 20));
	assert_true(tone_log_share(heard, 0, 20, 8, 440) > 0.99);
	m.echo.on = 0;
	assert_int_equal(rig_call(g, &m, RP_ECHO, LINE, -1), 0);
	rig_talk(g, 5, NULL, (double[]){ 440, -1, -1, -1 });
	assert_true(rig_took(g, LINE, 25));
	assert_int_equal(rig_stats(g, LINE).rx_discarded, 5);
	assert_int_equal(tone_log_next(heard, 20, true), heard->n);
	m.echo.on = 1;
	assert_int_equal(rig_call(g, &m, RP_ECHO, LINE, -1), 0);
	rig_join(g, CALLER, LINE); /* ends the echo */
	m.echo.on = 1;
	assert_int_equal(rig_call(g, &m, RP_ECHO, LINE, -1), EBUSY);
	rig_talk(g, 20, (double[]){ 1000, -1, -1, -1 }, (double[]){ 440, -1, -1, -1 });
	assert_true(rig_heard(g, &e->log, 20));
	/* the voice is what sounds after the silence, and ends the log */
	for (int i = 0; i < RIG_WAIT_S * 100; i++) {
		if (heard->n >= tone_log_next(heard, 20, true) + 20)
			break;
		rig_pump(g, 10);
	}
	size_t at = tone_log_next(heard, 20, true);

	assert_true(heard->n >= at + 20);
	assert_true(tone_log_share(heard, at, at + 20, 8, 1000) > 0.99);
	assert_true(tone_log_share(heard, at, at + 20, 8, 440) < 0.01);
	assert_continuous(heard);
	assert_true(e->log.n >= 20);
}

/* checks: the move is told by STUN; otherwise only the voice tells it. */
static void move_and_talk(struct rig *g, bool checks)
{
	struct line_client *c = line_up(g, LINE);
	struct tone_log *heard = line_client_log(c);
	struct rtp_end *e = rig_rtp(g, CALLER, true, 0);
	const double end[] = { 1000, -1, -1, -1 }, line[] = { 440, -1, -1, -1 };

	rig_join(g, LINE, CALLER);
	rig_talk(g, 10, end, line);
	assert_true(rig_heard(g, heard, LEAD + 10) && rig_heard(g, &e->log, 10));
	size_t answered = line_client_counts(c).checks_answered;

	assert_int_equal(line_client_move(c, checks), 0);
	if (!checks) /* one packet tells it; without it what follows goes to the old address */
		rig_talk(g, 1, NULL, line);
	for (int i = 0; checks && i < RIG_WAIT_S * 100 &&
		line_client_counts(c).checks_answered == answered;
		i++)
		rig_pump(g, 10);
	assert_true(rig_took(g, LINE, checks ? 10 : 11));
	rig_talk(g, checks ? 20 : 19, end, line);
	assert_true(rig_heard(g, &e->log, 30));
	assert_int_equal(e->log.n, 30);
	assert_true(rig_heard(g, heard, LEAD + 29)); /* none is lost any more */
	assert_true(tone_log_share(&e->log, 0, 30, 8, 440) > 0.99);
	assert_int_equal(rig_stats(g, LINE).rx_bad, 0);
}

static void test_moves_by_check(void **state)
{
	move_and_talk(*state, true);
}

static void test_moves_by_voice_alone(void **state)
{
	move_and_talk(*state, false);
}

static void test_bad_media_is_dropped_and_counted(void **state)
{
	struct rig *g = *state;
	struct line_client *c = line_up(g, LINE);
	struct rtp_end *e = rig_rtp(g, CALLER, true, 0);
	uint8_t p[512];
	size_t n;

	rig_join(g, LINE, CALLER);
	rig_talk(g, 5, NULL, (double[]){ 440, -1, -1, -1 });
	n = line_client_packet(c, 440, p, sizeof p);
	p[40] ^= 1;
	line_client_raw(c, p, n); /* changed on the way */
	p[40] ^= 1;
	line_client_raw(c, p, n);
	line_client_raw(c, p, n); /* replayed */
	line_client_raw(c, p, 12);
	for (size_t i = 0; i < 64; i++)
		line_client_raw(c, (uint8_t[]){ (uint8_t)(i * 4), 1, 2, 3 }, i % 5);
	rig_talk(g, 5, NULL, (double[]){ 440, -1, -1, -1 });
	assert_true(rig_heard(g, &e->log, 11));
	assert_int_equal(e->log.n, 11);
	struct rp_stats s = rig_stats(g, LINE);

	assert_true(s.rx_bad >= 3);
	assert_int_equal(s.rx, 11);
	assert_true(rig_stats(g, 0).rx_bad > 0); /* what was nobody's */
}

static void test_plain_rtp_into_a_line_is_refused(void **state)
{
	struct rig *g = *state;
	struct line_client *c = line_up(g, LINE);
	struct rtp_end *e = rig_rtp(g, CALLER, true, 0);
	uint8_t p[172] = { 0x80, 8, 0, 1 };

	rig_join(g, LINE, CALLER);
	for (int i = 0; i < 5; i++) {
		p[3]++;
		line_client_raw(c, p, sizeof p); /* T1: no plain fallback */
	}
	rig_talk(g, 3, NULL, (double[]){ 440, -1, -1, -1 });
	assert_true(rig_heard(g, &e->log, 3));
	assert_int_equal(rig_stats(g, LINE).rx_bad, 5);
	assert_int_equal(rig_stats(g, LINE).rx, 3);
	assert_int_equal(e->log.n, 3);
}

static void test_closed_by_the_browser(void **state)
{
	struct rig *g = *state;
	struct line_client *c = line_up(g, LINE);
	union rp_any ev;

	line_client_shutdown(c);
	assert_true(rig_event(g, 0, RP_EV_DOWN, LINE, &ev));
	assert_int_equal(ev.head.err, ECONNRESET);
	assert_int_equal(rig_do(g, RP_STATS, LINE), ENOENT);
}

static void test_wrong_certificate(void **state)
{
	struct rig *g = *state;
	union rp_any m = { .leg_web = { .ufrag = "abcd",
				   .pwd = "0123456789012345678901",
				   .fingerprint = { 1, 2, 3 },
				   .codecs = { { SOUND_PCMA, 8 } } } };
	struct rp_leg_ok ok;
	union rp_any ev;

	assert_int_equal(rig_call(g, &m, RP_LEG_WEB, LINE, -1), 0);
	ok = g->reply.leg_ok;
	assert_int_equal(rig_do(g, RP_HELLO, 0), 0);
	assert_int_equal(line_client_new(&g->lines[0]), 0);
	line_client_connect(g->lines[0], ok.addr, ok.port, ok.ufrag, ok.pwd,
		g->reply.hello_ok.fingerprint);
	assert_true(rig_event(g, 0, RP_EV_DOWN, LINE, &ev));
	assert_int_equal(ev.head.err, EACCES);
	assert_int_not_equal(line_client_state(g->lines[0]), LINE_UP);
}

/* A STUN request as it may come; the answer's error code, 0 for success, -1 for none within so many 10 ms. */
static int ask_for(
	struct rig *g, const struct line_client *c, const uint8_t *p, size_t n, int turns)
{
	struct line_client_counts before = line_client_counts(c), after;

	line_client_raw((struct line_client *)(uintptr_t)c, p, n);
	for (int i = 0; i < turns; i++) {
		rig_pump(g, 10);
		after = line_client_counts(c);
		if (after.checks_refused > before.checks_refused)
			return after.last_error;
	}
	return -1;
}

static int ask(struct rig *g, const struct line_client *c, const uint8_t *p, size_t n)
{
	return ask_for(g, c, p, n, RIG_WAIT_S * 100);
}

static int ask_in_vain(
	struct rig *g, const struct line_client *c, const uint8_t *p, size_t n)
{
	return ask_for(g, c, p, n, 30);
}

static void test_stun_errors(void **state)
{
	struct rig *g = *state;
	struct line_client *c = line_up(g, LINE);
	union rp_any again = {
		.leg_web = { .ufrag = "x", .pwd = "x", .codecs = { { SOUND_PCMA, 8 } } }
	};
	struct stunmsg_check_request q = { .priority = 1 };
	char user[64];
	uint8_t p[STUNMSG_MAX];
	size_t n;

	assert_int_equal(rig_call(g, &again, RP_LEG_WEB, LINE, -1), 0);
	const struct rp_leg_ok ok = g->reply.leg_ok;

	snprintf(user, sizeof user, "%s:abcd", ok.ufrag);
	q.username = user;
	assert_int_equal(
		stunmsg_write_check(p, sizeof p, &n, &q, slice_str("wrong password")), 0);
	assert_int_equal(ask(g, c, p, n), 401);
	q.username = "nobodyxx:abcd";
	assert_int_equal(stunmsg_write_check(p, sizeof p, &n, &q, slice_str(ok.pwd)), 0);
	assert_int_equal(ask_in_vain(g, c, p, n), -1); /* strangers get no answer */
	/* no MESSAGE-INTEGRITY: the header and the user name; padded, for an answer may not be the longer */
	size_t len = strlen(user);

	memcpy(p, "\x00\x01\x00\x00\x21\x12\xA4\x42tidtidtidtid\x00\x06\x00", 23);
	p[23] = (uint8_t)len;
	memset(p + 24, 0, 100);
	memcpy(p + 24, user, len);
	n = 24 + ((len + 3) & ~(size_t)3);
	p[3] = (uint8_t)(n - 20);
	assert_int_equal(ask_in_vain(g, c, p, n), -1);
	memcpy(p + n, "\x80\x22\x00\x10", 4); /* SOFTWARE, sixteen bytes */
	p[3] = (uint8_t)(p[3] + 20);
	assert_int_equal(ask(g, c, p, n + 20), 400);
	assert_true(rig_stats(g, 0).rx_bad >= 3);
	/* nothing of it disturbed the line */
	rig_talk(g, 3, NULL, (double[]){ 0, -1, -1, -1 });
	assert_true(rig_took(g, LINE, 3));
	assert_int_equal(rig_stats(g, LINE).rx, 3);
}

static void test_reports(void **state)
{
	struct rig *g = *state;
	struct line_client *c = line_up(g, LINE);

	rig_talk(g, 5, NULL, (double[]){ 0, -1, -1, -1 });
	line_client_report(c, 0x1234567890ABCDEFu);
	/* the first one may have been under way before it */
	for (int i = 0; i < RIG_WAIT_S * 50 && !line_client_counts(c).rtcp_lsr; i++)
		rig_pump(g, 20);
	struct line_client_counts n = line_client_counts(c);

	assert_true(n.rtcp > 0);
	assert_int_equal(n.rtcp_reported_ssrc, n.ssrc);
	assert_int_equal(n.rtcp_lsr, 0x567890ABu); /* so the browser sees a round trip */
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_line_talks_with_a_caller, setup, rig_close),
		cmocka_unit_test_setup_teardown(test_two_lines_talk, setup, rig_close),
		cmocka_unit_test_setup_teardown(test_both_profiles, setup, rig_close),
		cmocka_unit_test_setup_teardown(test_echo, setup, rig_close),
		cmocka_unit_test_setup_teardown(test_moves_by_check, setup, rig_close),
		cmocka_unit_test_setup_teardown(
			test_moves_by_voice_alone, setup, rig_close),
		cmocka_unit_test_setup_teardown(
			test_bad_media_is_dropped_and_counted, setup, rig_close),
		cmocka_unit_test_setup_teardown(
			test_plain_rtp_into_a_line_is_refused, setup, rig_close),
		cmocka_unit_test_setup_teardown(
			test_closed_by_the_browser, setup, rig_close),
		cmocka_unit_test_setup_teardown(test_wrong_certificate, setup, rig_close),
		cmocka_unit_test_setup_teardown(test_stun_errors, setup, rig_close),
		cmocka_unit_test_setup_teardown(test_reports, setup, rig_close),
	};

	if (argc < 2)
		return 2;
	relay_exe = argv[1];
	return cmocka_run_group_tests_name("relay_line", tests, NULL, NULL);
}
