/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* relay: numbering of what is sent, pacing of clips, port pairs; all with a virtual clock. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "relay/client.h"
#include "relay/clip.h"
#include "relay/media.h"
#include "relay/ports.h"
#include "relay/proto.h"

#define FRAME_US 20000
#define SSRC_A   0xA0A0A0A0u
#define SSRC_B   0xB0B0B0B0u

enum step { VOICE, EVENT, SKIP, CHANGE, CLIP };

/* One row is one packet (or a change before it); expected numbers are relative to the first ones. */
struct row {
	enum step step;
	uint32_t ssrc;
	uint16_t seq;
	uint32_t ts;
	int64_t after_ms; /* since the row before */
	bool sent;
	int seq_out;
	uint32_t ts_out;
	bool marker;
};

static const struct row continuity[] = {
	{ VOICE, SSRC_A, 65534, 0xFFFFFF60u, 20, true, 0, 0, true },
	{ VOICE, SSRC_A, 65535, 0, 20, true, 1, 160, false },
	{ VOICE, SSRC_A, 0, 160, 20, true, 2, 320, false },
	/* 1 and 2 are lost: the gap stays */
	{ VOICE, SSRC_A, 3, 640, 60, true, 5, 800, false },
	{ VOICE, SSRC_A, 2, 480, 1, true, 4, 640, false }, /* 2 was only late */
	{ VOICE, SSRC_A, 2, 480, 1, false, 0, 0,
		false }, /* never the same number twice */
	{ VOICE, SSRC_A, 3, 640, 1, false, 0, 0, false },
	{ VOICE, SSRC_A, 4, 800, 17, true, 6, 960, false },
};

static const struct row changes[] = {
	{ VOICE, SSRC_A, 100, 5000, 20, true, 0, 0, true },
	{ VOICE, SSRC_A, 101, 5160, 20, true, 1, 160, false },
	{ CHANGE, 0, 0, 0, 0, false, 0, 0, false },
	/* a clip half a second later: by the time that went by */
	{ CLIP, 0, 0, 0, 500, true, 2, 160 + 4000, true },
	{ CLIP, 0, 0, 0, 23, true, 3, 160 + 4160, false }, /* a clip's own clock */
	{ CHANGE, 0, 0, 0, 0, false, 0, 0, false },
	/* at once: never into the packet before */
	{ VOICE, SSRC_B, 9, 77, 1, true, 4, 160 + 4320, true },
	{ VOICE, SSRC_B, 8, 77 - 160, 1, false, 0, 0,
		false }, /* from before the change */
	{ VOICE, SSRC_B, 10, 77 + 160, 20, true, 5, 160 + 4480, false },
};

static const struct row restarts[] = {
	{ VOICE, SSRC_A, 100, 5000, 20, true, 0, 0, true },
	{ VOICE, SSRC_B, 40000, 900, 100, true, 1, 800, true }, /* another SSRC */
	{ VOICE, SSRC_B, 100, 900, 20, true, 2, 960, true }, /* a jump: no 25,000 lost */
	{ VOICE, SSRC_B, 101, 1060, 20, true, 3, 1120, false },
	{ VOICE, SSRC_B, 102, 0x50000000u, 20, true, 4, 1280,
		true }, /* only the clock jumped */
	{ VOICE, SSRC_B, 103, 0x500000A0u, 20, true, 5, 1440, false },
	{ VOICE, SSRC_B, 104, 0x500000A0u + 8160, 1020, true, 6, 1440 + 8160,
		false }, /* a pause */
};

static const struct row events[] = {
	{ VOICE, SSRC_A, 10, 1000, 20, true, 0, 0, true },
	{ EVENT, SSRC_A, 11, 1160, 20, true, 1, 160, true },
	{ EVENT, SSRC_A, 12, 1160, 20, true, 2, 160, false },
	{ EVENT, SSRC_A, 13, 1160, 5000, true, 3, 160, false }, /* a long key */
	{ VOICE, SSRC_A, 14, 1160 + 40320, 20, true, 4, 160 + 40320, false },
	{ SKIP, SSRC_A, 15, 41640, 20, false, 0, 0, false }, /* no event pt there */
	{ SKIP, SSRC_A, 16, 41640, 20, false, 0, 0, false },
	{ VOICE, SSRC_A, 17, 1160 + 40320 + 480, 20, true, 5, 160 + 40800, false },
	{ SKIP, SSRC_A, 19, 0, 20, false, 0, 0, false }, /* 18 is lost and stays a gap */
	{ VOICE, SSRC_A, 20, 1160 + 40320 + 960, 20, true, 7, 160 + 41280, false },
};

static const struct {
	const char *what;
	const struct row *rows;
	size_t n;
} tables[] = {
	{ "continuity", continuity, sizeof continuity / sizeof *continuity },
	{ "changes", changes, sizeof changes / sizeof *changes },
	{ "restarts", restarts, sizeof restarts / sizeof *restarts },
	{ "events", events, sizeof events / sizeof *events },
};

static bool run_row(
	struct media_tx *tx, const struct row *r, int64_t now, struct media_slot *out)
{
	struct media_packet p = { .ssrc = r->ssrc,
		.seq = r->seq,
		.ts = r->ts,
		.ticks = 160,
		.clock = 8,
		.is_event = r->step != VOICE,
		.marker = r->step == EVENT && r->marker };

	switch (r->step) {
	case CHANGE: media_tx_change(tx); return false;
	case SKIP: media_tx_skip(tx, &p); return false;
	case CLIP: media_tx_next(tx, 20, 8, now, out); return true;
	default: return media_tx_map(tx, &p, now, out);
	}
}

static void test_numbers(void **state)
{
	for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
		struct media_tx tx;
		int64_t now = 1000000;

		media_tx_init(&tx, 1, 65530, 0xFFFFFF00u);
		for (size_t i = 0; i < tables[t].n; i++) {
			const struct row *r = &tables[t].rows[i];
			struct media_slot out = { 0 };

			now += r->after_ms * 1000;
			if (run_row(&tx, r, now, &out) != r->sent)
				fail_msg("%s row %zu: sent or not", tables[t].what, i);
			if (!r->sent)
				continue;
			if (out.seq != (uint16_t)(65531 + r->seq_out) ||
				out.ts != 0xFFFFFF00u + r->ts_out ||
				out.marker != r->marker)
				fail_msg("%s row %zu: seq %d ts %u marker %d",
					tables[t].what, i, (int16_t)(out.seq - 65531),
					out.ts - 0xFFFFFF00u, out.marker);
		}
	}
}

/* Whatever comes, no number is used twice (SRTP: the same key stream) and none runs backwards far. */
static void test_numbers_are_never_repeated(void **state)
{
	static uint32_t
		used_at[65536]; /* the extended number that had these 16 bits last */
	struct media_tx tx;
	uint16_t seq = 0;
	uint32_t n = 0;
	int64_t now = 0;

	srandom(4711);
	memset(used_at, 0, sizeof used_at);
	media_tx_init(&tx, 1, 60000, 0);
	for (int i = 0; i < 400000; i++) {
		long dice = random() % 1000;
		struct media_packet p = {
			.ssrc = 1, .ticks = 160, .clock = 8, .is_event = dice < 100
		};
		struct media_slot out;
		bool sent = true;

		now += random() % 40000;
		if (dice < 2)
			media_tx_change(&tx);
		if (dice > 998)
			seq = (uint16_t)random();
		p.seq = (uint16_t)(seq + random() % 4 -
			(dice > 800 ? random() % 120 : 0));
		if ((int16_t)(p.seq - seq) > 0)
			seq = p.seq;
		p.ts = p.seq * 160u;
		if (dice >= 300 && dice < 310)
			media_tx_change(&tx), media_tx_next(&tx, 20, 8, now, &out),
				media_tx_change(&tx);
		else if (p.is_event && dice & 1)
			sent = false, media_tx_skip(&tx, &p);
		else
			sent = media_tx_map(&tx, &p, now, &out);
		if (!sent)
			continue;
		uint32_t full = tx.seq - (uint16_t)(tx.seq - out.seq);

		n++;
		assert_int_not_equal(used_at[out.seq], full);
		used_at[out.seq] = full;
	}
	assert_true(n > 200000);
}

/* From 8 to 48 ticks a millisecond and back: timestamps go on from the newest by the time that passed, numbers by one
 * (RFC 7160 section 4.1). */
static void test_codec_change(void **state)
{
	static const struct {
		uint32_t ts, clock;
		uint16_t seq;
		uint32_t step; /* of the timestamp that is sent, from the one before */
		bool marker;
	} rows[] = {
		{ 1000, 8, 10, 0, true },
		{ 1160, 8, 11, 160, false },
		{ 70000, 48, 12, 960, true },
		{ 70960, 48, 13, 960, false },
		{ 72880, 48, 15, 1920, false }, /* one was lost */
		{ 5000, 8, 16, 160, true },
		{ 5160, 8, 17, 160, false },
	};
	struct media_tx tx;
	struct media_slot out, before = { 0 };
	struct media_packet late = {
		.ssrc = 1, .seq = 15, .ts = 71920, .ticks = 960, .clock = 48
	};

	media_tx_init(&tx, 1, 100, 500);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct media_packet p = { .ssrc = 1,
			.seq = rows[i].seq,
			.ts = rows[i].ts,
			.ticks = 20 * rows[i].clock,
			.clock = rows[i].clock };

		assert_true(media_tx_map(
			&tx, &p, 1000000 + (rows[i].seq - 10) * 20000, &out));
		if (i) {
			assert_int_equal(out.ts - before.ts, rows[i].step);
			assert_int_equal(
				out.seq - before.seq, rows[i].seq - rows[i - 1].seq);
		}
		assert_int_equal(out.marker, rows[i].marker);
		before = out;
	}
	/* of the time before the change: its timestamp would mean another moment */
	late.seq = 14;
	assert_false(media_tx_map(&tx, &late, 1200000, &out));
	/* a frame of our own in another clock */
	media_tx_next(&tx, 20, 48, 1000000 + 8 * 20000, &out);
	assert_int_equal(out.ts - before.ts, 960);
	assert_true(out.marker);
	media_tx_next(&tx, 20, 48, 1000000 + 9 * 20000, &out);
	assert_false(out.marker);
	/* a packet between them takes a number and no time */
	before = out;
	media_tx_insert(&tx, 1000000 + 9 * 20000, &out);
	assert_int_equal((uint16_t)(out.seq - before.seq), 1);
	assert_int_equal(out.ts, before.ts);
	media_tx_next(&tx, 20, 48, 1000000 + 10 * 20000, &out);
	assert_int_equal((uint16_t)(out.seq - before.seq), 2);
	assert_int_equal(out.ts - before.ts, 960);
}

static void test_report_time(void **state)
{
	struct media_tx tx;
	struct media_slot out;

	media_tx_init(&tx, 1, 0, 500);
	assert_int_equal(media_tx_ts(&tx, 123456), 500); /* nothing sent yet */
	media_tx_next(&tx, 20, 8, 1000000, &out);
	assert_int_equal(media_tx_ts(&tx, 1000000 + 7500), out.ts + 60);
}

static void test_clip_pacing(void **state)
{
	struct clip_beat b = { 0 };
	unsigned int sent = 0;
	bool skipped;

	/* ticks that come up to 8 ms late, as an epoll loop's do: one frame each, none lost */
	for (int i = 0; i < 500; i++) {
		int64_t now = 5000000 + i * FRAME_US + (i * 7919) % 8000;

		assert_int_equal(clip_beat_due(&b, now, &skipped), 1);
		assert_false(skipped);
		sent++;
	}
	/* 70 ms without a tick: what is missing goes at once */
	int64_t now = 5000000 + 503 * FRAME_US;

	assert_int_equal(clip_beat_due(&b, now, &skipped), 4);
	assert_false(skipped);
	assert_int_equal(clip_beat_due(&b, now + 1000, &skipped), 0);
	/* a second: no burst, time is skipped */
	assert_int_equal(clip_beat_due(&b, now + 1000000, &skipped), 1);
	assert_true(skipped);
	assert_int_equal(clip_beat_due(&b, now + 1000000 + FRAME_US, &skipped), 1);
	assert_false(skipped);
	assert_int_equal(sent, 500);
}

/* Packets of any length, each behind its own; a loop has no seam. */
static void test_clip_frames(void **state)
{
	static const uint8_t first[3] = { 7, 8, 9 }, second[1] = { 5 };
	uint8_t bytes[8];
	size_t n = 0;
	struct clip c = { 0 };
	struct clip_player p;
	struct slice frame;

	assert_int_equal(clip_bytes_put(bytes, sizeof bytes, &n, first, 3), 0);
	assert_int_equal(clip_bytes_put(bytes, sizeof bytes, &n, second, 1), 0);
	c.in[SOUND_OPUS].p = bytes;
	c.in[SOUND_OPUS].n = n;
	clip_player_start(&p, 0, SOUND_OPUS, true);
	for (int round = 0; round < 2; round++) {
		assert_true(clip_player_frame(&p, &c, &frame));
		assert_int_equal(frame.n, 3);
		assert_int_equal(frame.p[2], 9);
		assert_true(clip_player_frame(&p, &c, &frame));
		assert_int_equal(frame.n, 1);
		assert_int_equal(frame.p[0], 5);
	}
	clip_player_start(&p, 0, SOUND_OPUS, false);
	assert_true(clip_player_frame(&p, &c, &frame));
	assert_true(clip_player_frame(&p, &c, &frame));
	assert_false(clip_player_frame(&p, &c, &frame));
	clip_player_start(&p, 0, SOUND_PCMA, true); /* not loaded in it */
	assert_false(clip_player_frame(&p, &c, &frame));
}

static void test_clip_must_be_sealed(void **state)
{
	uint8_t silence[160], bytes[2 * (CLIP_BYTES_HEAD + 160)];
	size_t n = 0;
	struct clip c = { 0 };
	char name[] = "/tmp/heimamt-clip-XXXXXX";
	int plain = mkstemp(name), sealed;

	memset(silence, 0x55, sizeof silence);
	while (n < sizeof bytes)
		assert_int_equal(
			clip_bytes_put(bytes, sizeof bytes, &n, silence, 160), 0);
	assert_true(plain >= 0 && unlink(name) == 0);
	assert_int_equal(write(plain, bytes, sizeof bytes), sizeof bytes);
	assert_int_equal(clip_load(&c, SOUND_PCMA, plain, sizeof bytes), EPERM);
	close(plain);
	plain = memfd_create("unsealed", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	assert_int_equal(write(plain, bytes, sizeof bytes), sizeof bytes);
	assert_int_equal(fcntl(plain, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW), 0);
	assert_int_equal(clip_load(&c, SOUND_PCMA, plain, sizeof bytes),
		EPERM); /* may still change */
	close(plain);
	sealed = relayc_memfd("clip", bytes, sizeof bytes);
	assert_true(sealed >= 0);
	assert_int_equal(write(sealed, bytes, 1), -1); /* it really is */
	assert_int_equal(clip_load(&c, SOUND_PCMA, sealed, sizeof bytes + 1), EINVAL);
	assert_int_equal(clip_load(&c, SOUND_PCMA, sealed, 0), EINVAL);
	assert_int_equal(
		clip_load(&c, SOUND_PCMA, sealed, (size_t)RP_CLIP_BYTES_MAX + 1), EINVAL);
	assert_int_equal(
		clip_load(&c, SOUND_PCMA, sealed, sizeof bytes - 1), EINVAL); /* cut */
	assert_int_equal(clip_load(&c, SOUND_NONE, sealed, sizeof bytes), EINVAL);
	assert_int_equal(clip_load(&c, SOUND_CODECS, sealed, sizeof bytes), EINVAL);
	assert_false(clip_has(&c, SOUND_PCMA));
	assert_int_equal(clip_load(&c, SOUND_PCMA, sealed, sizeof bytes), 0);
	close(sealed);
	assert_memory_equal(c.in[SOUND_PCMA].p, bytes, sizeof bytes);
	clip_close(&c);
}

static void test_ports(void **state)
{
	struct ports p = { 0 };
	int64_t now = 1000;

	assert_int_equal(ports_init(&p, 0, 100, 0), EINVAL);
	assert_int_equal(ports_init(&p, 101, 102, 0), EINVAL); /* no even/odd pair */
	assert_int_equal(ports_init(&p, 65534, 65535, 7), 0);
	assert_int_equal(ports_take(&p, now), 65534);
	assert_int_equal(ports_take(&p, now), 0);
	ports_close(&p);
	assert_int_equal(ports_init(&p, 20001, 20006, 4), 0); /* 20002 and 20004 */
	assert_int_equal(ports_take(&p, now), 20002);
	ports_give(&p, 20002, now);
	assert_int_equal(ports_take(&p, now), 20004);
	assert_int_equal(ports_take(&p, now + PORTS_REST_US - 1), 0); /* it rests */
	assert_int_equal(ports_take(&p, now + PORTS_REST_US), 20002);
	ports_give(&p, 99, now); /* not one of ours */
	ports_give(&p, 20008, now);
	ports_close(&p);

	assert_int_equal(ports_init(&p, 20000, 20009, 13), 0); /* begins at the fourth */
	ports_rest(&p, 20006, now); /* a process before had them */
	ports_rest(&p, 20000, now);
	ports_rest(&p, 0, now);
	ports_rest(&p, 20010, now);
	assert_int_equal(ports_take(&p, now), 20008);
	ports_rest(&p, 20008, now); /* in use here: nothing */
	assert_int_equal(ports_take(&p, now), 20002);
	assert_int_equal(ports_take(&p, now), 20004);
	assert_int_equal(ports_take(&p, now), 0);
	assert_int_equal(ports_take(&p, now + PORTS_REST_US - 1), 0);
	assert_int_equal(ports_take(&p, now + PORTS_REST_US), 20006);
	ports_close(&p);
}

static void test_sizes(void **state)
{
	assert_int_equal(rp_size(0), 0);
	assert_int_equal(rp_size(RP_EV_DRAIN + 1), 0);
	assert_int_equal(rp_size(65535), 0);
	for (uint16_t t = RP_HELLO; t <= RP_QUIT; t++)
		assert_true(rp_size(t) >= sizeof(struct rp_head));
	for (uint16_t t = RP_DONE; t <= RP_STATS_OK; t++)
		assert_true(rp_size(t) >= sizeof(struct rp_head));
	for (uint16_t t = RP_EV_UP; t <= RP_EV_DRAIN; t++)
		assert_true(rp_size(t) >= sizeof(struct rp_head));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_numbers_are_never_repeated),
		cmocka_unit_test(test_report_time),
		cmocka_unit_test(test_clip_pacing),
		cmocka_unit_test(test_clip_frames),
		cmocka_unit_test(test_codec_change),
		cmocka_unit_test(test_clip_must_be_sealed),
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests_name("relay_media", tests, NULL, NULL);
}
