/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * relay: how a stream ends and begins -- no gap where a source stops, a line that rests, silence ahead of the next source.
 * What was sent is taken from real sockets; time is the test's.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "inner.h"
#include "wire/g711.h"

#define PORTS   30000
#define STEP_US 20000
#define SENT    128
#define VOICE   0x11 /* a byte that is no silence in any codec of these tests */
#define AHEAD   3 /* frames to a line, where a source stops and where one begins */
#define TAIL    25 /* more of them, before it rests */

struct sent {
	uint16_t seq;
	uint32_t ts;
	uint8_t pt, first; /* first: of the payload */
	bool marker;
	size_t n;
	int64_t at_us;
};

/* Whom a leg sends to. */
struct receiver {
	struct leg *l;
	int fd;
	uint16_t port;
	struct srtp_session *keys; /* NULL: plain */
	struct sent sent[SENT];
	size_t n;
};

static const struct rp_codec all[RP_CODECS_MAX] = { { SOUND_PCMA, 8 }, { SOUND_PCMU, 0 },
	{ SOUND_G722, 9 }, { SOUND_OPUS, 111 } };

static const struct rp_codec only_pcmu[RP_CODECS_MAX] = { { SOUND_PCMU, 0 } };

static int setup(void **state)
{
	return inner_open(state, PORTS);
}

static void open_socket(struct receiver *c)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t size = sizeof at;

	*c = (struct receiver){ .fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0) };
	assert_true(c->fd >= 0 && inet_pton(AF_INET, "127.0.0.1", &at.sin_addr) == 1);
	assert_int_equal(bind(c->fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(getsockname(c->fd, (struct sockaddr *)&at, &size), 0);
	c->port = ntohs(at.sin_port);
}

static void open_line(struct inner *f, struct receiver *c, uint64_t id)
{
	open_socket(c);
	c->l = inner_web(f, id);
	assert_int_equal(leg_set_codecs(c->l, all, 0), 0);
	inner_check(f, c->l, c->port);
	c->keys = inner_up(f, c->l);
}

static void open_plain(
	struct inner *f, struct receiver *c, uint64_t id, struct rp_codec codec)
{
	struct rp_leg_rtp m = {
		.head = { .leg = id }, .addr = "127.0.0.1", .codecs = { codec }
	};

	open_socket(c);
	m.port = c->port;
	assert_int_equal(leg_rtp_new(f->r, &m, &c->l), 0);
}

static void close_receiver(struct inner *f, struct receiver *c)
{
	leg_close(f->r, c->l);
	close(c->fd);
	srtp_session_free(c->keys);
}

static void take(struct inner *f, struct receiver *c)
{
	uint8_t p[2000];
	struct rtp_packet r;
	ssize_t got;

	udp_flush(&f->r->udp);
	while ((got = recv(c->fd, p, sizeof p, 0)) > 0) {
		size_t n = (size_t)got;

		if (p[0] >> 6 != 2 || rtp_is_rtcp(p, n))
			continue; /* an answer to a check, a report */
		assert_true(!c->keys || !srtp_unprotect(c->keys, p, &n));
		assert_int_equal(rtp_parse(&r, p, n), 0);
		assert_true(c->n < SENT);
		c->sent[c->n++] = (struct sent){ .seq = r.seq,
			.ts = r.ts,
			.pt = r.pt,
			.first = r.payload.p[0],
			.marker = r.marker,
			.n = r.payload.n,
			.at_us = f->r->now_us };
	}
}

/* So much time, with both timers of the relay. */
static void pass(struct inner *f, struct receiver *c, int64_t us)
{
	for (int64_t end = f->r->now_us + us; f->r->now_us < end;) {
		f->r->now_us += STEP_US;
		relay_frames(f->r);
		if (f->r->now_us / RELAY_TICK_US !=
			(f->r->now_us - STEP_US) / RELAY_TICK_US)
			relay_tick(f->r);
		take(f, c);
	}
}

/* A packet of 20 ms of voice from a plain leg's far side. */
static void speak(struct inner *f, struct leg *from, uint8_t pt)
{
	uint8_t p[RTP_HEADER + 160];
	struct udp_addr at;

	memset(p, VOICE, sizeof p);
	rtp_write_header(p, false, pt, (uint16_t)(from->source.max_seq + 1),
		from->clock.ts + 160, 7);
	assert_int_equal(udp_addr_parse(&at, "127.0.0.1", 9), 0);
	leg_rtp_packet(f->r, from, p, sizeof p, &at, false);
}

/* So many packets of voice, and what came of them is forgotten but for the last one. */
static struct sent talk(
	struct inner *f, struct leg *from, struct receiver *to, uint8_t pt, int packets)
{
	while (packets--) {
		f->r->now_us += STEP_US;
		speak(f, from, pt);
		take(f, to);
	}
	assert_true(to->n > 0);
	struct sent last = to->sent[to->n - 1];

	assert_int_equal(last.first, VOICE);
	to->n = 0;
	return last;
}

/* The next number, and not a sample between them. */
static void assert_follows(const struct sent *a, const struct sent *b, const char *what)
{
	if ((uint16_t)(b->seq - a->seq) != 1)
		fail_msg("%s: number %u follows %u", what, b->seq, a->seq);
	if (b->ts - a->ts != 20 * MEDIA_TICKS_PER_MS)
		fail_msg("%s: %u ticks", what, b->ts - a->ts);
}

static void assert_silence(const struct sent *s, size_t n, uint8_t pt, uint8_t byte)
{
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(s[i].pt, pt);
		assert_int_equal(s[i].n, 160);
		assert_int_equal(s[i].first, byte);
		assert_false(s[i].marker);
		if (i)
			assert_follows(&s[i - 1], &s[i], "silence");
	}
}

/* After a talk in PCMU: silence in it at once and for half a second, then five signs of life in two seconds, and the
 * timer of 20 ms is off. */
static void test_a_line_rests(void **state)
{
	struct inner *f = *state;
	static struct receiver line;
	struct leg *caller = inner_rtp(f, 2);
	struct sent last;

	open_line(f, &line, 1);
	assert_int_equal(leg_set_codecs(caller, only_pcmu, 0), 0);
	assert_int_equal(leg_join(f->r, caller, line.l), 0);
	take(f, &line);
	assert_int_equal(line.n, 0); /* what was not begun does not go on */
	last = talk(f, caller, &line, 0, 10);
	f->r->now_us += 13000; /* not on the beat */
	leg_part(f->r, caller);
	take(f, &line);
	assert_int_equal(line.n, AHEAD);
	pass(f, &line, TAIL * STEP_US + 2 * SECOND);
	assert_int_equal(f->r->n_ticking, 0);
	assert_follows(&last, &line.sent[0], "the first silence");
	assert_silence(line.sent, AHEAD + TAIL, 0, 0xFF);
	assert_in_range(line.n, AHEAD + TAIL + 5, AHEAD + TAIL + 6);
	for (size_t i = AHEAD + TAIL; i < line.n; i++) {
		const struct sent *s = &line.sent[i];

		assert_int_equal(s->pt, 111);
		assert_int_equal(s->n, 1); /* RFC 6716 section 3.2.1: no frame */
		assert_false(s->marker);
		assert_int_equal((uint16_t)(s->seq - s[-1].seq), 1);
		if (i > AHEAD + TAIL) {
			assert_in_range(s->at_us - s[-1].at_us, 400000, 500000);
			assert_int_equal(
				s->ts - s[-1].ts, (s->at_us - s[-1].at_us) / 1000 * 48);
		}
	}
	close_receiver(f, &line);
	leg_close(f->r, caller);
	assert_int_equal(f->r->n_ticking, 0);
}

/* From its rest: silence in the talk's codec ahead of the first packet, by the time that passed, and no gap behind. */
static void test_silence_leads(void **state)
{
	struct inner *f = *state;
	static struct receiver line;
	struct leg *caller = inner_rtp(f, 2);
	struct sent last;

	open_line(f, &line, 1);
	assert_int_equal(leg_join(f->r, caller, line.l), 0);
	talk(f, caller, &line, 8, 5);
	leg_part(f->r, caller);
	pass(f, &line, 2 * SECOND);
	last = line.sent[line.n - 1];
	assert_int_equal(last.n, 1);
	line.n = 0;
	assert_int_equal(leg_join(f->r, caller, line.l), 0);
	f->r->now_us = last.at_us + 250000;
	speak(f, caller, 8);
	take(f, &line);
	assert_int_equal(line.n, AHEAD + 1);
	assert_int_equal(line.sent[0].ts - last.ts, 250 * 8);
	assert_true(line.sent[0].marker);
	for (size_t i = 0; i < AHEAD; i++) {
		assert_int_equal(line.sent[i].first, G711_ALAW_SILENCE);
		assert_follows(&line.sent[i], &line.sent[i + 1], "what leads");
	}
	assert_int_equal(line.sent[AHEAD].first, VOICE);
	/* only the first one */
	line.n = 0;
	talk(f, caller, &line, 8, 1);
	close_receiver(f, &line);
	leg_close(f->r, caller);
}

/* From one talk into the next: nothing is ahead but what runs, and the voice follows it. */
static void test_a_source_follows_silence(void **state)
{
	struct inner *f = *state;
	static struct receiver line;
	struct leg *caller = inner_rtp(f, 2);
	struct sent last;

	open_line(f, &line, 1);
	assert_int_equal(leg_join(f->r, caller, line.l), 0);
	talk(f, caller, &line, 8, 5);
	leg_part(f->r, caller);
	assert_int_equal(leg_join(f->r, caller, line.l), 0);
	pass(f, &line, 5 * STEP_US);
	assert_int_equal(line.n, AHEAD + 5);
	last = line.sent[line.n - 1];
	line.n = 0;
	f->r->now_us += 37000; /* the beat was late, and so was the source */
	speak(f, caller, 8);
	take(f, &line);
	assert_int_equal(line.n, 1);
	assert_int_equal(line.sent[0].first, VOICE);
	assert_true(line.sent[0].marker);
	assert_follows(&last, &line.sent[0], "voice");
	pass(f, &line, SECOND);
	assert_int_equal(line.n, 1); /* a source that is there speaks for itself */
	assert_int_equal(f->r->n_ticking, 0);
	close_receiver(f, &line);
	leg_close(f->r, caller);
}

/* Another codec: the silence that runs in the one before is no lead. */
static void test_another_codec_has_its_own_lead(void **state)
{
	struct inner *f = *state;
	static struct receiver line;
	struct leg *caller = inner_rtp(f, 2);

	open_line(f, &line, 1);
	assert_int_equal(leg_set_codecs(caller, all, 0), 0);
	assert_int_equal(leg_join(f->r, caller, line.l), 0);
	talk(f, caller, &line, 8, 5);
	leg_part(f->r, caller);
	assert_int_equal(leg_join(f->r, caller, line.l), 0);
	pass(f, &line, 2 * STEP_US);
	line.n = 0;
	speak(f, caller, 9);
	take(f, &line);
	assert_int_equal(line.n, AHEAD + 1);
	for (size_t i = 0; i <= AHEAD; i++)
		assert_int_equal(line.sent[i].pt, 9);
	assert_int_equal(line.sent[AHEAD].first, VOICE);
	close_receiver(f, &line);
	leg_close(f->r, caller);
}

/* To a telephone network silence goes on, also without Opus; one packet ahead, and none leads. */
static void test_a_plain_leg_never_stops(void **state)
{
	struct inner *f = *state;
	static struct receiver trunk;
	struct leg *other = inner_rtp(f, 2);
	struct sent last;

	open_plain(f, &trunk, 1, all[0]);
	assert_int_equal(leg_join(f->r, other, trunk.l), 0);
	last = talk(f, other, &trunk, 8, 5);
	leg_part(f->r, other);
	pass(f, &trunk, 2 * SECOND);
	assert_int_equal(trunk.n, 1 + 100);
	assert_follows(&last, &trunk.sent[0], "the first silence");
	assert_silence(trunk.sent, trunk.n, 8, G711_ALAW_SILENCE);
	last = trunk.sent[trunk.n - 1];
	trunk.n = 0;
	assert_int_equal(leg_join(f->r, other, trunk.l), 0);
	f->r->now_us += 11000;
	speak(f, other, 8);
	take(f, &trunk);
	assert_int_equal(trunk.n, 1);
	assert_follows(&last, &trunk.sent[0], "voice");
	/* its far side has another codec since: nothing in the one before */
	leg_part(f->r, other);
	assert_int_equal(leg_set_codecs(trunk.l, only_pcmu, 0), 0);
	trunk.n = 0;
	take(f, &trunk);
	trunk.n = 0;
	pass(f, &trunk, SECOND);
	assert_int_equal(trunk.n, 0);
	assert_int_equal(f->r->n_ticking, 0);
	close_receiver(f, &trunk);
	leg_close(f->r, other);
}

/* A clip is a source as well, and its end one. */
static void test_a_clip_ends_in_silence(void **state)
{
	struct inner *f = *state;
	static struct receiver line;

	open_line(f, &line, 1);
	inner_control(f, 1);
	inner_clip(f, 0, (size_t)4 * 160);
	assert_int_equal(leg_play(f->r, line.l, &(struct rp_play){ .clip = 0 }), 0);
	pass(f, &line, 5 * STEP_US);
	/* led, played, and gone on */
	assert_int_equal(line.n, AHEAD + 4 + AHEAD);
	assert_int_equal(line.l->feed, RP_FEED_NONE);
	for (size_t i = 1; i < line.n; i++)
		assert_follows(&line.sent[i - 1], &line.sent[i], "a clip");
	close_receiver(f, &line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_line_rests, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_silence_leads, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_a_source_follows_silence, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_another_codec_has_its_own_lead, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_a_plain_leg_never_stops, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_a_clip_ends_in_silence, setup, inner_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
