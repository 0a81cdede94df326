/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* saved -- what is written with a leg is read again, and nothing else is. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "app/priv.h"
#include "app/saved.h"

#define STATE "dialog state\0with a NUL" /* bytes, not text */

static struct saved_call a_call(void)
{
	return (struct saved_call){ .id = 0x0123456789abcdef,
		.queue = 10,
		.agent = 1,
		.dialog = 7,
		.hop_near = 21,
		.hop_far = 22,
		.sdp_id = UINT64_MAX >> 2,
		.sdp_version = 3,
		.arrived_ms = 1000,
		.since_ms = 2000,
		.wait_left_ms = 198000,
		.arrived_wall_ms = 1800000000000,
		.accepted_ms = 2000,
		.accepted_by = 1,
		.accepted_waited_ms = 500,
		.left_by = 2,
		.left_at_ms = 1500,
		.left_talk_ms = 500,
		.left_why = ACD_WHY_TRANSFERRED,
		.handed_by = 2,
		.handed_to = 1,
		.handed_at_ms = 1500,
		.handed_until_ms = 31500,
		.sensitivity = 1,
		.remote_addr = "192.0.2.7",
		.remote_port = 4000,
		.remote_rtcp_port = 4001,
		.srtp = TRUNK_SRTP_REQUIRED,
		.suite = SDESC_SUITE_GCM,
		.kind = STORE_CALL_SIP,
		.state = CALL_QUEUED,
		.dir = SDESC_RECVONLY,
		.is_held = 1,
		.n_codecs = 2,
		.codecs = { { SDESC_CODEC_PCMA, 8 }, { SDESC_CODEC_DTMF, 101 } },
		.why = "max_wait",
		.first_queue = 20,
		.is_settled = 1,
		.told_wait = ANNOUNCE_LONGER };
}

static struct saved_line a_line(void)
{
	return (struct saved_line){ .agent = 1,
		.call = 7,
		.queue = 10,
		.waited_ms = 5000,
		.arrived_ms = 1000,
		.since_ms = 6000,
		.until_ms = -1,
		.idle_since_ms = 500,
		.state = ACD_AGENT_TALKING,
		.why = ACD_WHY_NONE,
		.pause_after = 1,
		.stops = 1,
		.has_door = 1,
		.back_at_ms = 1800000000000,
		.door_hash = { 0xd0, 0x0e } };
}

static void test_call(void **state)
{
	struct saved_call c = a_call();
	struct rp_blob blob;
	struct saved s;

	saved_write_call(&blob, &c, STATE, sizeof STATE, "v=0\r\n");
	assert_int_equal(blob.len, sizeof c + sizeof STATE + 5);
	assert_int_equal(saved_read(&s, blob.bytes, blob.len), 0);
	assert_int_equal(s.head.kind, SAVED_CALL);
	assert_memory_equal(&s.call, &c, sizeof c);
	assert_int_equal(s.call.state_len, sizeof STATE);
	assert_memory_equal(s.state, STATE, sizeof STATE);
	assert_string_equal(s.sdp, "v=0\r\n");
}

static void test_call_alone(void **state)
{
	struct saved_call c = a_call();
	struct rp_blob blob;
	struct saved s;

	saved_write_call(&blob, &c, NULL, 0, NULL);
	assert_int_equal(blob.len, sizeof c);
	assert_int_equal(saved_read(&s, blob.bytes, blob.len), 0);
	assert_int_equal(s.call.state_len, 0);
	assert_string_equal(s.sdp, "");
}

static void test_line(void **state)
{
	struct saved_line l = a_line();
	struct rp_blob blob;
	struct saved s;

	saved_write_line(&blob, &l);
	assert_int_equal(saved_read(&s, blob.bytes, blob.len), 0);
	assert_int_equal(s.head.kind, SAVED_LINE);
	assert_memory_equal(&s.line, &l, sizeof l);
}

static void test_hop(void **state)
{
	struct saved_hop hop = { .call = 7 };
	struct rp_blob blob;
	struct saved s;

	saved_write_hop(&blob, &hop);
	assert_int_equal(saved_read(&s, blob.bytes, blob.len), 0);
	assert_int_equal(s.head.kind, SAVED_HOP);
	assert_int_equal(s.hop.call, 7);
}

/* The longest that fits, and one byte more, which is left out. */
static void test_room(void **state)
{
	static char sdp[RP_BLOB_MAX];
	static uint8_t bytes[TRUNK_STATE_MAX + 1];
	size_t room = RP_BLOB_MAX - sizeof(struct saved_call) - TRUNK_STATE_MAX;
	struct saved_call c = a_call();
	struct rp_blob blob;
	struct saved s;

	memset(bytes, 0xa5, sizeof bytes);
	memset(sdp, 'x', room);
	saved_write_call(&blob, &c, bytes, TRUNK_STATE_MAX, sdp);
	assert_int_equal(blob.len, RP_BLOB_MAX);
	assert_int_equal(saved_read(&s, blob.bytes, blob.len), 0);
	assert_int_equal(strlen(s.sdp), room);
	assert_memory_equal(s.state, bytes, TRUNK_STATE_MAX);

	sdp[room] = 'x';
	saved_write_call(&blob, &c, bytes, TRUNK_STATE_MAX, sdp);
	assert_int_equal(saved_read(&s, blob.bytes, blob.len), 0);
	assert_string_equal(s.sdp, "");
	assert_int_equal(s.call.state_len, TRUNK_STATE_MAX);

	saved_write_call(&blob, &c, bytes, TRUNK_STATE_MAX + 1, "v=0");
	assert_int_equal(saved_read(&s, blob.bytes, blob.len), 0);
	assert_int_equal(s.call.state_len, 0);
	assert_string_equal(s.sdp, "v=0");
}

static void test_none(void **state)
{
	struct saved s;
	uint8_t bytes[RP_BLOB_MAX + 1] = { 0 };

	assert_int_equal(saved_read(&s, bytes, 0), ENODATA);
	assert_int_equal(saved_read(&s, bytes, sizeof bytes), EPROTO);
	assert_int_equal(saved_read(&s, bytes, RP_BLOB_MAX), EPROTO);
}

/* Each blob cut at each length, and with a byte too many, is nothing. */
static void test_cut(void **state)
{
	struct saved_call c = a_call();
	struct saved_line l = a_line();
	struct saved_hop hop = { .call = 7 };
	struct rp_blob blobs[3];
	struct saved s;

	memset(blobs, 0, sizeof blobs);
	saved_write_call(&blobs[0], &c, STATE, sizeof STATE, "v=0");
	saved_write_line(&blobs[1], &l);
	saved_write_hop(&blobs[2], &hop);
	for (size_t i = 0; i < 3; i++) {
		for (size_t n = 1; n < blobs[i].len; n++)
			assert_int_equal(saved_read(&s, blobs[i].bytes, n), EPROTO);
		assert_int_equal(
			saved_read(&s, blobs[i].bytes, blobs[i].len + 1), EPROTO);
	}
}

#define OF(type, member, value)                               \
#member " is " #value, offsetof(struct type, member), \
		sizeof((struct type){ .head = { 0 } }.member), (value)

/* One member of a good blob is something else. */
static const struct damage {
	const char *what;
	size_t at, size;
	uint64_t value;
} call_damage[] = {
	{ OF(saved_call, head.version, SAVED_VERSION + 1) },
	{ OF(saved_call, head.version, 0) },
	{ OF(saved_call, head.kind, 0) },
	{ OF(saved_call, head.kind, SAVED_LINE) },
	{ OF(saved_call, head.kind, SAVED_HOP + 1) },
	{ OF(saved_call, head.kind, UINT16_MAX) },
	{ OF(saved_call, head.size, sizeof(struct saved_call) - 8) },
	{ OF(saved_call, head.size, UINT32_MAX) },
	{ OF(saved_call, id, 0) },
	{ OF(saved_call, state_len, 0) },
	{ OF(saved_call, state_len, TRUNK_STATE_MAX + 1) },
	{ OF(saved_call, sdp_len, 0) },
	{ OF(saved_call, sdp_len, UINT16_MAX) },
	{ OF(saved_call, kind, STORE_CALL_WEB + 1) },
	{ OF(saved_call, state, CALL_MENU + 1) },
	{ OF(saved_call, menu_by, MENU_BYS) },
	{ OF(saved_call, left_why, ACD_WHYS) },
	{ OF(saved_call, dir, SDESC_INACTIVE + 1) },
	{ OF(saved_call, told_wait, ANNOUNCE_WAITS) },
	{ OF(saved_call, sensitivity, ACD_SENSITIVITY_MAX + 1) },
	{ OF(saved_call, callback, CALLBACK_DIALLING + 1) },
	{ OF(saved_call, callback, CALLBACK_WAITING) }, /* without a number */
	{ OF(saved_call, n_codecs, 3) },
	{ OF(saved_call, codecs[0].id, SDESC_CODEC_CN + 1) },
	{ OF(saved_call, codecs[1].pt, 128) },
	{ OF(saved_call, srtp, TRUNK_SRTP_NEVER + 1) },
	{ OF(saved_call, suite, SDESC_SUITE_GCM + 1) },
}, line_damage[] = {
	{ OF(saved_line, head.kind, SAVED_HOP) },
	{ OF(saved_line, agent, 0) },
	{ OF(saved_line, state, ACD_AGENT_STATES) },
	{ OF(saved_line, why, ACD_WHYS) },
};

static void damaged(const struct rp_blob *good, const struct damage *d, size_t n)
{
	struct saved s;

	for (size_t i = 0; i < n; i++) {
		struct rp_blob blob = *good;

		memcpy(blob.bytes + d[i].at, &d[i].value, d[i].size);
		if (saved_read(&s, blob.bytes, blob.len) != EPROTO)
			fail_msg("taken although %s", d[i].what);
	}
}

static void test_damaged(void **state)
{
	struct saved_call c = a_call();
	struct saved_line l = a_line();
	struct rp_blob blob = { 0 };

	saved_write_call(&blob, &c, STATE, sizeof STATE, "v=0");
	damaged(&blob, call_damage, sizeof call_damage / sizeof *call_damage);
	saved_write_line(&blob, &l);
	damaged(&blob, line_damage, sizeof line_damage / sizeof *line_damage);
}

/* The lengths add up, but the state is longer than any. */
static void test_state_too_long(void **state)
{
	struct saved_call c = a_call();
	struct rp_blob blob;
	struct saved s;

	saved_write_call(&blob, &c, NULL, 0, NULL);
	memcpy(&c, blob.bytes, sizeof c);
	c.state_len = TRUNK_STATE_MAX + 1;
	memcpy(blob.bytes, &c, sizeof c);
	memset(blob.bytes + sizeof c, 0, TRUNK_STATE_MAX + 1);
	assert_int_equal(
		saved_read(&s, blob.bytes, sizeof c + TRUNK_STATE_MAX + 1), EPROTO);
}

static void test_strings_end(void **state)
{
	struct saved_call c = a_call();
	struct rp_blob blob;
	struct saved s;

	memset(c.remote_addr, 'x', sizeof c.remote_addr);
	saved_write_call(&blob, &c, NULL, 0, NULL);
	assert_int_equal(saved_read(&s, blob.bytes, blob.len), EPROTO);
	c = a_call();
	memset(c.why, 'x', sizeof c.why);
	saved_write_call(&blob, &c, NULL, 0, NULL);
	assert_int_equal(saved_read(&s, blob.bytes, blob.len), EPROTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_call),
		cmocka_unit_test(test_call_alone),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_hop),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_state_too_long),
		cmocka_unit_test(test_strings_end),
	};

	return cmocka_run_group_tests_name("saved", tests, NULL, NULL);
}
