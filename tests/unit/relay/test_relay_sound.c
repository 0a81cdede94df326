/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * relay: what each party hears of the others -- every pair of codecs, three at a time, clips over speech, a lossy line, a
 * codec that changes in mid-talk, keys. Voices go through real sockets, time is the test's.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "inner.h"
#include "wire/g711.h"

#define HERE     "127.0.0.1"
#define PORTS    28000
#define RATE     16000 /* of what the parties speak and hear */
#define FRAME    (RATE / 50)
#define SECONDS  3
#define HEARD    (RATE * SECONDS)
#define DTMF_PT  101
#define TONE_DB  (-20.0)
#define N_EVENTS 64
#define RED_PT   63

/* The far end of a plain leg: it speaks a tone and keeps what it hears, as samples. */
struct party {
	struct leg *l;
	int fd;
	uint16_t port;
	enum sound_codec codec; /* that it speaks */
	struct sound_encoder *enc;
	struct sound_decoder *dec[SOUND_CODECS];
	double hz;
	bool is_voiced; /* like a vowel with syllables, which Opus takes for speech */
	uint32_t n; /* samples spoken */
	uint8_t before
		[SOUND_BYTES_MAX]; /* what was said last, and is said again where l->red_pt is set */
	size_t n_before;
	uint16_t seq;
	uint32_t ts, ssrc;
	struct jitter *phone; /* owned; NULL: what came is not played in time */
	/* what came */
	int16_t heard[HEARD];
	size_t n_heard;
	uint32_t packets[SOUND_CODECS];
	uint32_t twice; /* packets that repeated the one before */
	uint8_t last[SOUND_BYTES_MAX];
	size_t n_last;
	bool has_seq;
	uint16_t last_seq;
	uint32_t last_ts;
	uint32_t gaps;
	struct {
		uint8_t key;
		bool end, marker;
		uint16_t duration;
		uint32_t ts;
	} events[N_EVENTS];
	size_t n_events;
};

/* The relay looks at the true clock when it tells of a first packet: this one is ahead of it, and never goes back. */
static int64_t now_us;

static int setup(void **state)
{
	int err = inner_open(state, PORTS);
	struct inner *f = *state;

	if (!err)
		now_us = f->r->now_us + 3600 * SECOND;
	return err;
}

static uint8_t pt_of(enum sound_codec c)
{
	static const uint8_t pts[] = {
		[SOUND_PCMA] = 8, [SOUND_PCMU] = 0, [SOUND_G722] = 9, [SOUND_OPUS] = 96
	};

	return pts[c];
}

static struct rp_codec listed(enum sound_codec c)
{
	return c ? (struct rp_codec){ (uint8_t)c, pt_of(c) } : (struct rp_codec){ 0 };
}

static void speak_in(struct party *p, enum sound_codec c)
{
	sound_encoder_free(p->enc);
	p->codec = c;
	assert_int_equal(sound_encoder_new(&p->enc, c, RATE), 0);
}

static void party_open(struct inner *f, struct party *p, uint64_t id, double hz,
	enum sound_codec first, enum sound_codec second)
{
	struct rp_leg_rtp m = { .head = { .leg = id },
		.addr = HERE,
		.dtmf_pt = DTMF_PT,
		.codecs = { listed(first), listed(second) } };
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t size = sizeof at;

	*p = (struct party){
		.hz = hz, .ssrc = (uint32_t)id * 1000, .seq = 65500, .ts = 0xFFFFF000
	};
	p->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	assert_true(p->fd >= 0 && inet_pton(AF_INET, HERE, &at.sin_addr) == 1);
	assert_int_equal(bind(p->fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(getsockname(p->fd, (struct sockaddr *)&at, &size), 0);
	p->port = m.port = ntohs(at.sin_port);
	assert_int_equal(leg_rtp_new(f->r, &m, &p->l), 0);
	speak_in(p, first);
	for (int c = SOUND_PCMA; c < SOUND_CODECS; c++)
		assert_int_equal(sound_decoder_new(&p->dec[c], c, RATE), 0);
}

static void party_close(struct inner *f, struct party *p)
{
	leg_close(f->r, p->l);
	close(p->fd);
	sound_encoder_free(p->enc);
	for (int c = SOUND_PCMA; c < SOUND_CODECS; c++)
		sound_decoder_free(p->dec[c]);
}

/* As a line's packet does, once its SRTP is open. */
static void arrive_twice(struct inner *f, struct party *p, uint8_t *bytes, size_t n)
{
	struct rtp_packet r;
	struct red red;

	assert_int_equal(rtp_parse(&r, bytes, n), 0);
	assert_true(leg_twice_open(p->l, &r, &red));
	leg_voice(f->r, p->l, &r, &red);
}

static void arrive(struct inner *f, struct party *p, uint8_t *bytes, size_t n)
{
	struct udp_addr from;

	f->r->now_us = now_us;
	if (p->l->red_pt) {
		arrive_twice(f, p, bytes, n);
		return;
	}
	assert_int_equal(udp_addr_parse(&from, HERE, p->port), 0);
	leg_rtp_packet(f->r, p->l, bytes, n, &from, false);
}

/* -1 to 1, about. */
static double wave_of(const struct party *p, double t)
{
	double x = 0;

	if (!p->is_voiced)
		return sin(2 * M_PI * p->hz * t);
	for (int k = 1; k * p->hz < 3000; k++)
		x += sin(2 * M_PI * k * p->hz * t) / k;
	return x * (0.55 + 0.45 * sin(2 * M_PI * 4 * t));
}

static void speak(struct inner *f, struct party *p, bool is_lost)
{
	int16_t pcm[FRAME];
	uint8_t packet[RTP_HEADER + RED_HEADERS + 2 * SOUND_BYTES_MAX];
	uint8_t said[SOUND_BYTES_MAX], pt = pt_of(p->codec);
	bool twice = p->l->red_pt && p->codec == SOUND_OPUS;
	size_t n = 0, n_said;

	for (size_t i = 0; i < FRAME; i++, p->n++)
		pcm[i] = (int16_t)lrint(32768 * M_SQRT2 * pow(10, TONE_DB / 20) *
			wave_of(p, (double)p->n / RATE));
	assert_int_equal(sound_encode(p->enc, pcm, said, sizeof said, &n), 0);
	n_said = n;
	memcpy(packet + RTP_HEADER, said, n);
	if (twice) {
		const struct red_block before = { pt, 960,
			slice_of(p->before, p->n_before) };
		const struct red_block now = { .pt = pt, .bytes = slice_of(said, n) };

		assert_int_equal(red_write(&before, &now, packet + RTP_HEADER,
					 sizeof packet - RTP_HEADER, &n),
			0);
	}
	memcpy(p->before, said, n_said);
	p->n_before = n_said;
	rtp_write_header(
		packet, false, twice ? p->l->red_pt : pt, p->seq++, p->ts, p->ssrc);
	p->ts += 20 * sound_ticks_per_ms(p->codec);
	if (!is_lost)
		arrive(f, p, packet, RTP_HEADER + n);
}

static void keep(struct party *p, const struct rtp_packet *r)
{
	static const enum sound_codec by_pt[128] = {
		[0] = SOUND_PCMU, [8] = SOUND_PCMA, [9] = SOUND_G722, [96] = SOUND_OPUS
	};
	enum sound_codec c = by_pt[r->pt];
	int16_t pcm[SOUND_PACKET_MAX];
	size_t n = 0;

	assert_true(c != SOUND_NONE);
	p->packets[c]++;
	assert_true(r->payload.n <= sizeof p->last);
	memcpy(p->last, r->payload.p, r->payload.n);
	p->n_last = r->payload.n;
	if (p->phone)
		jitter_put(p->phone,
			&(struct jitter_packet){ .codec = c,
				.ssrc = r->ssrc,
				.ts = r->ts,
				.seq = r->seq,
				.p = r->payload.p,
				.n = r->payload.n },
			now_us);
	assert_int_equal(sound_decode(p->dec[c], r->payload.p, r->payload.n, pcm, &n), 0);
	for (size_t i = 0; i < n && p->n_heard < HEARD; i++)
		p->heard[p->n_heard++] = pcm[i];
}

static void keep_event(struct party *p, const struct rtp_packet *r)
{
	struct dtmf_event ev;

	assert_int_equal(dtmf_parse(&ev, r->payload), 0);
	assert_true(p->n_events < N_EVENTS);
	p->events[p->n_events].key = ev.key;
	p->events[p->n_events].end = ev.end;
	p->events[p->n_events].marker = r->marker;
	p->events[p->n_events].duration = ev.duration;
	p->events[p->n_events++].ts = r->ts;
}

/* What is repeated is what came just before. */
static void once(struct party *p, struct rtp_packet *r)
{
	struct red red;

	assert_int_equal(red_parse(&red, r->payload), 0);
	assert_int_equal(red.n, 2);
	assert_int_equal(red.blocks[0].offset, 960);
	assert_int_equal(red.blocks[0].bytes.n, p->n_last);
	assert_memory_equal(red.blocks[0].bytes.p, p->last, p->n_last);
	r->pt = red.blocks[1].pt;
	r->payload = red.blocks[1].bytes;
	p->twice++;
}

static void hear(struct party *p)
{
	uint8_t bytes[2000];
	struct rtp_packet r;
	ssize_t n;

	while ((n = recv(p->fd, bytes, sizeof bytes, 0)) > 0) {
		if (rtp_is_rtcp(bytes, (size_t)n))
			continue;
		assert_int_equal(rtp_parse(&r, bytes, (size_t)n), 0);
		if (p->has_seq && (uint16_t)(r.seq - p->last_seq) != 1)
			p->gaps++;
		p->has_seq = true;
		p->last_seq = r.seq;
		p->last_ts = r.ts;
		if (p->l->red_pt && r.pt == p->l->red_pt)
			once(p, &r);
		if (r.pt == DTMF_PT)
			keep_event(p, &r);
		else
			keep(p, &r);
	}
}

/* 20 ms of everybody's time; whose bit is in `lost` is not heard. */
static void step(struct inner *f, struct party *p, size_t n, unsigned lost)
{
	now_us += 20000;
	for (size_t i = 0; i < n; i++)
		speak(f, &p[i], lost >> i & 1);
	f->r->now_us = now_us;
	relay_frames(f->r);
	udp_flush(&f->r->udp);
	for (size_t i = 0; i < n; i++)
		hear(&p[i]);
}

static void run(struct inner *f, struct party *p, size_t n, int frames)
{
	while (frames-- > 0)
		step(f, p, n, 0);
}

static void forget(struct party *p)
{
	p->n_heard = p->gaps = p->twice = 0;
	memset(p->packets, 0, sizeof p->packets);
}

/* A tone's level in dBov, and its frequency: by the turn of its phase between the halves. */
static double level_of(const int16_t *x, int n, double hz, double *found)
{
	double re[2] = { 0 }, im[2] = { 0 };
	int half = n / 2;

	for (int i = 0; i < 2 * half; i++) {
		double w = 0.5 - 0.5 * cos(2 * M_PI * (i % half + 0.5) / half);

		re[i / half] += w * x[i] * cos(2 * M_PI * hz * i / RATE);
		im[i / half] -= w * x[i] * sin(2 * M_PI * hz * i / RATE);
	}
	double turn = atan2(im[1], re[1]) - atan2(im[0], re[0]);

	if (found)
		*found = hz + remainder(turn, 2 * M_PI) / (2 * M_PI) * RATE / half;
	/* the window halves it; a sine of amplitude a has a / sqrt(2) */
	return 20 * log10(hypot(re[0], im[0]) * 2 / half * 2 / M_SQRT2 / 32768 + 1e-9);
}

static void assert_hears(const char *who, const struct party *p, double hz)
{
	double found, db;

	if (p->n_heard <= RATE)
		fail_msg("%s hears %zu samples", who, p->n_heard);
	db = level_of(p->heard + p->n_heard - RATE, RATE, hz, &found);
	if (fabs(db - TONE_DB) > 1 || fabs(found - hz) > 1)
		fail_msg("%s: %.2f dBov, %.2f Hz instead of %.0f", who, db, found, hz);
}

static void assert_silent_at(const char *who, const struct party *p, double hz)
{
	double db = level_of(p->heard + p->n_heard - RATE, RATE, hz, NULL);

	if (db > TONE_DB - 40)
		fail_msg("%s hears %.0f Hz at %.2f dBov", who, hz, db);
}

static const char *pair_of(enum sound_codec a, enum sound_codec b)
{
	static char text[32];

	snprintf(text, sizeof text, "%s to %s", sound_name(a), sound_name(b));
	return text;
}

static void test_each_pair_of_codecs(void **state)
{
	struct inner *f = *state;
	static struct party p[2];

	for (int a = SOUND_PCMA; a < SOUND_CODECS; a++)
		for (int b = SOUND_PCMA; b < SOUND_CODECS; b++) {
			struct rp_stats s;

			party_open(f, &p[0], 1, 1004, a, SOUND_NONE);
			party_open(f, &p[1], 2, 700, b, SOUND_NONE);
			assert_int_equal(leg_join(f->r, p[0].l, p[1].l), 0);
			run(f, p, 2, 100);
			assert_hears(pair_of(a, b), &p[1], 1004);
			assert_hears(pair_of(b, a), &p[0], 700);
			assert_silent_at(pair_of(a, a), &p[0], 1004);
			assert_int_equal(p[0].gaps + p[1].gaps, 0);
			leg_stats(p[1].l, &s);
			assert_int_equal(s.path, a == b ? RP_PATH_PACKET : RP_PATH_PCM);
			assert_int_equal(s.why, a == b ? RP_WHY_NONE : RP_WHY_CODEC);
			assert_int_equal(s.tx_codec, b);
			assert_int_equal(s.rx_codec, b);
			assert_int_equal(s.concealed, 0);
			assert_int_equal(s.frames > 50, a != b);
			party_close(f, &p[0]);
			party_close(f, &p[1]);
			assert_true(list_is_empty(&f->r->pcm));
			assert_int_equal(f->r->n_ticking, 0);
		}
}

/* On the packet path nothing is touched. */
static void test_same_codec_is_passed_on(void **state)
{
	struct inner *f = *state;
	static struct party p[2];

	party_open(f, &p[0], 1, 1000, SOUND_OPUS, SOUND_NONE);
	party_open(f, &p[1], 2, 700, SOUND_PCMA, SOUND_OPUS);
	assert_int_equal(leg_join(f->r, p[0].l, p[1].l), 0);
	for (int i = 0; i < 10; i++) {
		uint8_t packet[RTP_HEADER + 7] = { 0 };

		now_us += 20000;
		rtp_write_header(packet, false, 96, (uint16_t)i, (uint32_t)i * 960, 5);
		memset(packet + RTP_HEADER, 0x08, 7); /* a packet of Opus, SILK 20 ms */
		packet[RTP_HEADER + 1] = (uint8_t)i;
		arrive(f, &p[0], packet, sizeof packet);
		relay_frames(f->r);
		udp_flush(&f->r->udp);
		hear(&p[1]);
		assert_int_equal(p[1].n_last, 7);
		assert_memory_equal(p[1].last, packet + RTP_HEADER, 7);
	}
	party_close(f, &p[0]);
	party_close(f, &p[1]);
}

/* The same codec as the caller's, whichever it is, ten calls in a row on one line: no frame is decoded. */
static void test_codec_changes_on_a_line(void **state)
{
	static const enum sound_codec calls[] = { SOUND_PCMA, SOUND_G722, SOUND_PCMU,
		SOUND_G722, SOUND_PCMA, SOUND_PCMU, SOUND_G722, SOUND_PCMA, SOUND_PCMU,
		SOUND_PCMA };
	struct inner *f = *state;
	const struct rp_codec all[] = { listed(SOUND_PCMA), listed(SOUND_PCMU),
		listed(SOUND_G722), listed(SOUND_OPUS) };
	static struct party p[2]; /* the caller, the line */
	struct rp_stats s;

	party_open(f, &p[1], 2, 700, SOUND_PCMA, SOUND_NONE);
	assert_int_equal(leg_set_codecs(p[1].l, all, DTMF_PT), 0);
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		party_open(f, &p[0], 10 + i, 1004, calls[i], SOUND_NONE);
		speak_in(&p[1], calls[i]);
		assert_int_equal(leg_join(f->r, p[0].l, p[1].l), 0);
		forget(&p[1]);
		run(f, p, 2, 60);
		assert_hears("line", &p[1], 1004);
		assert_hears("caller", &p[0], 700);
		assert_int_equal(p[1].packets[calls[i]], 60);
		assert_int_equal(p[1].gaps, 0);
		leg_stats(p[1].l, &s);
		assert_int_equal(s.path, RP_PATH_PACKET);
		assert_int_equal(s.frames + s.concealed, 0);
		leg_part(f->r, p[1].l);
		party_close(f, &p[0]);
	}
	party_close(f, &p[1]);
}

/* The browser is slow to follow: until it does, what it sends is decoded. */
static void test_codec_follows_late(void **state)
{
	struct inner *f = *state;
	const struct rp_codec all[] = { listed(SOUND_PCMA), listed(SOUND_PCMU),
		listed(SOUND_G722), listed(SOUND_OPUS) };
	static struct party p[2];
	struct rp_stats s;

	party_open(f, &p[0], 1, 1004, SOUND_G722, SOUND_NONE);
	party_open(f, &p[1], 2, 700, SOUND_PCMA, SOUND_NONE);
	assert_int_equal(leg_set_codecs(p[1].l, all, DTMF_PT), 0);
	assert_int_equal(leg_join(f->r, p[0].l, p[1].l), 0);
	run(f, p, 2, 20);
	leg_stats(p[0].l, &s);
	assert_int_equal(s.path, RP_PATH_PCM);
	speak_in(&p[1], SOUND_G722);
	run(f, p, 2, 5);
	leg_stats(p[0].l, &s);
	assert_int_equal(s.path, RP_PATH_PACKET);
	forget(&p[0]);
	run(f, p, 2, 60);
	assert_hears("caller", &p[0], 700);
	assert_int_equal(p[0].packets[SOUND_G722], 60);
	assert_true(list_is_empty(&f->r->pcm));
	party_close(f, &p[0]);
	party_close(f, &p[1]);
}

static void test_three_hear_the_two_others(void **state)
{
	static const double hz[] = { 500, 1004, 1700 };
	static const enum sound_codec codecs[] = { SOUND_PCMA, SOUND_OPUS, SOUND_G722 };
	struct inner *f = *state;
	static struct party p[3];
	struct rp_stats s;

	for (size_t i = 0; i < 3; i++)
		party_open(f, &p[i], i + 1, hz[i], codecs[i], SOUND_NONE);
	assert_int_equal(leg_join(f->r, p[0].l, p[1].l), 0);
	run(f, p, 3, 10);
	assert_int_equal(leg_mix(f->r, p[0].l, p[1].l, p[1].l), EINVAL);
	assert_int_equal(leg_mix(f->r, p[0].l, p[1].l, p[2].l), 0);
	assert_int_equal(leg_mix(f->r, p[2].l, p[0].l, p[1].l), 0); /* stands */
	run(f, p, 3, 120);
	for (size_t i = 0; i < 3; i++)
		for (size_t k = 0; k < 3; k++) {
			if (i == k)
				assert_silent_at(sound_name(codecs[i]), &p[i], hz[i]);
			else
				assert_hears(sound_name(codecs[i]), &p[i], hz[k]);
		}
	leg_stats(p[0].l, &s);
	assert_int_equal(s.path, RP_PATH_PCM);
	assert_int_equal(s.why, RP_WHY_MIX);
	/* one leaves: the others are joined */
	leg_part(f->r, p[1].l);
	assert_ptr_equal(p[0].l->peer, p[2].l);
	assert_null(p[0].l->third);
	forget(&p[0]);
	forget(&p[1]);
	run(f, p, 3, 120);
	assert_hears("who stays", &p[0], hz[2]);
	assert_silent_at("who stays", &p[0], hz[1]);
	for (size_t i = 0; i < 3; i++)
		assert_silent_at("who left", &p[1], hz[i]);
	for (size_t i = 0; i < 3; i++)
		party_close(f, &p[i]);
	assert_true(list_is_empty(&f->r->pcm));
}

static void load_tone(struct inner *f, uint32_t clip, double hz, size_t frames)
{
	static uint8_t bytes[160 * 100];
	int fd;

	for (size_t i = 0; i < frames * 160; i++)
		bytes[i] = g711_alaw_encode((int16_t)lrint(32768 * M_SQRT2 *
			pow(10, TONE_DB / 20) * sin(2 * M_PI * hz * (double)i / 8000)));
	fd = inner_clip_fd(bytes, frames * 160);
	assert_true(fd >= 0);
	assert_int_equal(clip_load(&f->r->clips[clip], SOUND_PCMA, fd,
				 inner_clip_bytes(frames * 160)),
		0);
	close(fd);
}

static void test_clip_over_the_voice(void **state)
{
	const struct rp_play once = { .clip = 3, .over = 1 }, instead = { .clip = 3 };
	struct inner *f = *state;
	static struct party p[2];
	struct rp_stats s;
	union rp_any m;

	inner_control(f, 1);
	load_tone(f, 3, 400, 100);
	party_open(f, &p[0], 1, 1004, SOUND_PCMA, SOUND_NONE);
	party_open(f, &p[1], 2, 700, SOUND_PCMA, SOUND_NONE);
	assert_int_equal(leg_join(f->r, p[0].l, p[1].l), 0);
	run(f, p, 2, 10);
	assert_int_equal(leg_play(f->r, p[1].l, &instead), EBUSY);
	assert_int_equal(
		leg_play(f->r, p[1].l, &(struct rp_play){ .clip = 4, .over = 1 }),
		ENOENT);
	assert_int_equal(leg_play(f->r, p[1].l, &once), 0);
	forget(&p[1]);
	run(f, p, 2, 90);
	assert_hears("who is told", &p[1], 400);
	assert_hears("who is told", &p[1], 1004);
	assert_silent_at("the other", &p[0], 400);
	leg_stats(p[1].l, &s);
	assert_int_equal(s.why, RP_WHY_OVER);
	run(f, p, 2, 20);
	assert_true(inner_next_of(f, RP_EV_CLIP_DONE, &m));
	assert_int_equal(m.head.leg, 2);
	leg_stats(p[1].l, &s);
	assert_int_equal(s.path, RP_PATH_PACKET);
	party_close(f, &p[0]);
	party_close(f, &p[1]);
}

/* What a lossy line hears is Opus, what it says comes without gaps, and who asks is told why. */
static void test_lossy_line(void **state)
{
	struct inner *f = *state;
	static struct party p[2];
	struct rp_stats s, before;

	party_open(f, &p[0], 1, 1004, SOUND_PCMA, SOUND_NONE);
	party_open(f, &p[1], 2, 700, SOUND_PCMA, SOUND_OPUS);
	assert_int_equal(leg_join(f->r, p[0].l, p[1].l), 0);
	run(f, p, 2, 20);
	p[1].l->is_lossy = true;
	speak_in(&p[1], SOUND_OPUS);
	sound_encoder_expect_loss(p[1].enc, 10);
	p[1].is_voiced = true;
	p[1].hz = 140;
	/* it learns first that it is worth to wait for the packet behind a lost one */
	for (int i = 0; i < 300; i++)
		step(f, p, 2, i % 10 == 3 ? 2 : 0);
	leg_stats(p[1].l, &before);
	forget(&p[0]);
	forget(&p[1]);
	for (int i = 0; i < 300; i++)
		step(f, p, 2, i % 10 == 3 ? 2 : 0);
	assert_int_equal(p[1].packets[SOUND_PCMA], 0);
	assert_int_equal(p[1].gaps, 0);
	assert_hears("line", &p[1], 1004);
	assert_int_equal(p[0].gaps, 0); /* the caller's network sees no loss */
	leg_stats(p[1].l, &s);
	assert_int_equal(s.why, RP_WHY_LOSSY);
	/* what is lost touches two frames of ours; between syllables Opus repeats nothing */
	assert_in_range(s.corrected - before.corrected, 30, 60);
	assert_in_range(s.concealed - before.concealed, 0, 30);
	leg_stats(p[0].l, &s);
	assert_int_equal(s.path, RP_PATH_PCM);
	assert_int_equal(s.why, RP_WHY_LOSSY);
	/* and back, as soon as it is well */
	p[1].l->is_lossy = false;
	speak_in(&p[1], SOUND_PCMA);
	run(f, p, 2, 10);
	leg_stats(p[0].l, &s);
	assert_int_equal(s.path, RP_PATH_PACKET);
	leg_stats(p[1].l, &s);
	assert_int_equal(s.path, RP_PATH_PACKET);
	party_close(f, &p[0]);
	party_close(f, &p[1]);
}

/* A line that says everything twice: one lost alone is as if it had come, and what it hears is said twice, too. */
static void test_said_twice(void **state)
{
	struct inner *f = *state;
	static struct party p[2];
	struct rp_stats s, before;

	party_open(f, &p[0], 1, 1004, SOUND_PCMA, SOUND_NONE);
	party_open(f, &p[1], 2, 700, SOUND_PCMA, SOUND_OPUS);
	assert_int_equal(leg_join(f->r, p[0].l, p[1].l), 0);
	p[1].l->red_pt = RED_PT;
	run(f, p, 2, 20);
	assert_int_equal(p[1].twice, 0); /* nothing is, while nothing is lost */
	p[1].l->is_lossy = true;
	speak_in(&p[1], SOUND_OPUS);
	for (int i = 0; i < 300; i++)
		step(f, p, 2, i % 10 == 3 ? 2 : 0);
	leg_stats(p[1].l, &before);
	forget(&p[0]);
	forget(&p[1]);
	for (int i = 0; i < 300; i++)
		step(f, p, 2, i % 10 == 3 ? 2 : 0);
	leg_stats(p[1].l, &s);
	assert_int_equal(s.lost - before.lost, 30);
	assert_int_equal(s.restored - before.restored, 30);
	assert_int_equal(s.bursts, 0);
	assert_int_equal(s.corrected - before.corrected, 0);
	assert_int_equal(s.concealed - before.concealed, 0);
	assert_int_equal(p[0].gaps, 0);
	assert_hears("caller", &p[0], 700);
	assert_int_equal(p[1].twice, p[1].packets[SOUND_OPUS]);
	assert_hears("line", &p[1], 1004);
	party_close(f, &p[0]);
	party_close(f, &p[1]);
}

/* So many packets in a row are lost that nothing is left to make up: the caller's stream goes on in time, silent, or its telephone
 * would take all that follows for late. */
static void test_a_long_gap_is_silence(void **state)
{
	struct inner *f = *state;
	static struct party p[2];
	uint32_t ts;

	party_open(f, &p[0], 1, 1004, SOUND_PCMA, SOUND_NONE);
	party_open(f, &p[1], 2, 700, SOUND_PCMA, SOUND_OPUS);
	assert_int_equal(leg_join(f->r, p[0].l, p[1].l), 0);
	p[1].l->red_pt = RED_PT;
	p[1].l->is_lossy = true;
	speak_in(&p[1], SOUND_OPUS);
	run(f, p, 2, 50);
	forget(&p[0]);
	ts = p[0].last_ts;
	for (int i = 0; i < 100; i++)
		step(f, p, 2, i >= 20 && i < 40 ? 2 : 0);
	assert_int_equal(p[0].packets[SOUND_PCMA], 100);
	assert_int_equal(p[0].last_ts - ts, 100 * 20 * sound_ticks_per_ms(SOUND_PCMA));
	assert_int_equal(p[0].gaps, 0);
	party_close(f, &p[0]);
	party_close(f, &p[1]);
}

/* The same to one that takes Opus as it is: each packet once, and the lost ones in their places. */
static void test_said_twice_to_opus(void **state)
{
	struct inner *f = *state;
	static struct party p[2];
	struct rp_stats s;

	party_open(f, &p[0], 1, 1004, SOUND_OPUS, SOUND_NONE);
	party_open(f, &p[1], 2, 700, SOUND_OPUS, SOUND_NONE);
	assert_int_equal(leg_join(f->r, p[0].l, p[1].l), 0);
	p[1].l->red_pt = RED_PT;
	for (int i = 0; i < 100; i++)
		step(f, p, 2, i % 10 == 3 ? 2 : 0);
	leg_stats(p[0].l, &s);
	assert_int_equal(s.path, RP_PATH_PACKET);
	assert_int_equal(p[0].packets[SOUND_OPUS], 100);
	assert_int_equal(p[0].gaps, 0);
	/* of two in a row the second */
	for (int i = 0; i < 20; i++)
		step(f, p, 2, i == 5 || i == 6 ? 2 : 0);
	assert_int_equal(p[0].gaps, 1);
	leg_stats(p[1].l, &s);
	assert_int_equal(s.restored, 11);
	assert_int_equal(s.bursts, 1);
	party_close(f, &p[0]);
	party_close(f, &p[1]);
}

/* What the caller's telephone and the relay make up, in ms, of 20 s of a voice on a line that loses `percent`: always the same ones. */
static uint64_t made_up(struct inner *f, bool rule, uint32_t percent)
{
	static struct party p[2];
	struct rp_stats s;
	int16_t pcm[FRAME];
	uint32_t seed = 7;
	uint64_t ms;

	party_open(f, &p[0], 1, 1004, SOUND_PCMA, SOUND_NONE);
	party_open(f, &p[1], 2, 140, SOUND_PCMA, SOUND_OPUS);
	assert_int_equal(jitter_new(&p[0].phone, RATE), 0);
	assert_int_equal(leg_join(f->r, p[0].l, p[1].l), 0);
	p[1].is_voiced = true;
	p[1].l->red_pt = RED_PT;
	p[1].l->is_lossy = rule;
	speak_in(&p[1], rule ? SOUND_OPUS : SOUND_PCMA);
	for (int i = 0; i < 1000; i++) {
		seed = seed * 1664525 + 1013904223; /* Numerical Recipes, 7.1 */
		step(f, p, 2, (seed >> 16) % 100 < percent ? 2 : 0);
		(void)jitter_take(p[0].phone, pcm, now_us + 10000);
	}
	leg_stats(p[1].l, &s);
	assert_int_equal(s.path, rule ? RP_PATH_PCM : RP_PATH_PACKET);
	ms = jitter_stats(p[0].phone).concealed_ms + s.concealed * SOUND_FRAME_MS;
	jitter_free(p[0].phone);
	party_close(f, &p[0]);
	party_close(f, &p[1]);
	return ms;
}

static void test_the_rule_helps(void **state)
{
	uint64_t off = made_up(*state, false, 5), on = made_up(*state, true, 5);

	print_message("# 5 %% of 20 s lost: %u ms made up, with the rule %u\n",
		(unsigned)off, (unsigned)on);
	assert_in_range(off, 600, 1400);
	assert_true(on * 5 < off);
	assert_int_equal(made_up(*state, false, 0), 0);
}

/* A line that loses nothing: what its browser said reaches the caller byte for byte. */
static void test_nothing_lost_nothing_changed(void **state)
{
	struct inner *f = *state;
	static struct party p[2];
	struct rp_stats s;

	party_open(f, &p[0], 1, 1004, SOUND_PCMA, SOUND_NONE);
	party_open(f, &p[1], 2, 700, SOUND_PCMA, SOUND_OPUS);
	p[1].l->red_pt = RED_PT;
	assert_int_equal(leg_join(f->r, p[0].l, p[1].l), 0);
	for (int i = 0; i < 100; i++) {
		step(f, p, 2, 0);
		assert_int_equal(p[0].n_last, p[1].n_before);
		assert_memory_equal(p[0].last, p[1].before, p[0].n_last);
		assert_int_equal(p[1].n_last, p[0].n_before);
		assert_memory_equal(p[1].last, p[0].before, p[1].n_last);
	}
	leg_stats(p[1].l, &s);
	assert_int_equal(s.path, RP_PATH_PACKET);
	party_close(f, &p[0]);
	party_close(f, &p[1]);
}

/* What the carrier lost leaves gaps in what a line is sent; its browser reports them, and they are not the line's. */
static void test_the_carriers_loss_is_not_the_lines(void **state)
{
	struct inner *f = *state;
	static struct party p[2];
	struct rtcp_compound c = { .ssrc = 2, .n_reports = 1 };
	struct rp_stats s;

	party_open(f, &p[0], 1, 1004, SOUND_PCMA, SOUND_NONE);
	party_open(f, &p[1], 2, 700, SOUND_PCMA, SOUND_NONE);
	assert_int_equal(leg_join(f->r, p[0].l, p[1].l), 0);
	for (int i = 0; i < 100; i++)
		step(f, p, 2, i % 10 == 3 ? 1 : 0);
	c.reports[0] = (struct rtcp_report){ .ssrc = p[1].l->tx.ssrc,
		.lost = 10 + 3,
		.ext_seq = (uint16_t)p[1].l->first_seq + 99 };
	report_in(f->r, p[1].l, &c);
	leg_stats(p[1].l, &s);
	assert_int_equal(s.remote_lost, 3);
	assert_int_equal(s.remote_expected, 90);
	leg_stats(p[0].l, &s);
	assert_int_equal(s.lost, 10);
	assert_int_equal(s.expected, 100);
	party_close(f, &p[0]);
	party_close(f, &p[1]);
}

static void test_keys_are_sent(void **state)
{
	struct inner *f = *state;
	static struct party p[2];
	size_t n;

	party_open(f, &p[0], 1, 1004, SOUND_PCMA, SOUND_NONE);
	party_open(f, &p[1], 2, 700, SOUND_PCMA, SOUND_NONE);
	assert_int_equal(leg_join(f->r, p[0].l, p[1].l), 0);
	run(f, p, 2, 10);
	assert_int_equal(leg_key(f->r, p[0].l, 16, 0), EINVAL);
	assert_int_equal(leg_key(f->r, p[0].l, 5, 39), EINVAL);
	assert_int_equal(leg_key(f->r, p[0].l, 5, 100), 0);
	assert_int_equal(leg_key(f->r, p[0].l, 5, 0), 0);
	forget(&p[0]);
	run(f, p, 2, 40);
	assert_int_equal(p[0].gaps, 0);
	/* 100 ms: five packets, the last one three times; then 120 ms */
	n = 5 + 2 + 6 + 2;
	assert_int_equal(p[0].n_events, n);
	for (size_t i = 0; i < n; i++) {
		size_t k = i < 7 ? i : i - 7, steps = i < 7 ? 5 : 6;

		assert_int_equal(p[0].events[i].key, 5);
		assert_int_equal(p[0].events[i].marker, k == 0);
		assert_int_equal(p[0].events[i].end, k + 1 >= steps);
		assert_int_equal(
			p[0].events[i].duration, (k + 1 < steps ? k + 1 : steps) * 160);
		assert_int_equal(p[0].events[i].ts, p[0].events[i < 7 ? 0 : 7].ts);
	}
	assert_true(p[0].events[7].ts - p[0].events[0].ts > 5 * 160);
	/* meanwhile no voice, else all of it */
	assert_int_equal(p[0].packets[SOUND_PCMA], 40 - n);
	assert_int_equal(f->r->n_ticking, 0);
	for (int i = 0; i < LEG_KEYS_MAX; i++)
		assert_int_equal(leg_key(f->r, p[0].l, 1, 0), 0);
	assert_int_equal(leg_key(f->r, p[0].l, 1, 0), ENOBUFS);
	party_close(f, &p[0]);
	assert_int_equal(f->r->n_ticking, 1); /* silence to who is left */
	p[1].l->dtmf_pt = 0;
	assert_int_equal(leg_key(f->r, p[1].l, 1, 0), ENOTSUP);
	party_close(f, &p[1]);
	assert_int_equal(f->r->n_ticking, 0);
}

static const struct {
	const char *what;
	struct rp_codec codecs[RP_CODECS_MAX];
	uint8_t dtmf_pt;
	int err;
} lists[] = {
	{ "one", { { SOUND_PCMA, 8 } }, 0, 0 },
	{ "all",
		{ { SOUND_OPUS, 96 }, { SOUND_PCMA, 8 }, { SOUND_PCMU, 0 },
			{ SOUND_G722, 9 } },
		101, 0 },
	{ "none", { { 0 } }, 101, EINVAL },
	{ "unknown", { { SOUND_CODECS, 8 } }, 0, EINVAL },
	{ "a codec twice", { { SOUND_PCMA, 8 }, { SOUND_PCMA, 9 } }, 0, EINVAL },
	{ "a payload type twice", { { SOUND_PCMA, 8 }, { SOUND_PCMU, 8 } }, 0, EINVAL },
	{ "the keys' payload type", { { SOUND_PCMA, 8 } }, 8, EINVAL },
	{ "a payload type of eight bits", { { SOUND_PCMA, 128 } }, 0, EINVAL },
	{ "keys of eight bits", { { SOUND_PCMA, 8 } }, 128, EINVAL },
};

static void test_lists_of_codecs(void **state)
{
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		struct leg l = { 0 };

		if (leg_set_codecs(&l, lists[i].codecs, lists[i].dtmf_pt) != lists[i].err)
			fail_msg("%s", lists[i].what);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists_of_codecs),
		cmocka_unit_test_setup_teardown(
			test_each_pair_of_codecs, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_same_codec_is_passed_on, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_codec_changes_on_a_line, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_codec_follows_late, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_three_hear_the_two_others, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_clip_over_the_voice, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(test_lossy_line, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(test_said_twice, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_the_rule_helps, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_nothing_lost_nothing_changed, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_a_long_gap_is_silence, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_said_twice_to_opus, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_the_carriers_loss_is_not_the_lines, setup, inner_teardown),
		cmocka_unit_test_setup_teardown(
			test_keys_are_sent, setup, inner_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
