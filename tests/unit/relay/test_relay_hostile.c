/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* relay: packets from strangers, replays and floods: what they move, what they cost, what they get. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "inner.h"
#include "wire/stun.h"

#define LINE   9u
#define CALLER 1u

static int setup(void **state)
{
	return inner_open(state, 27000);
}

/* Bytes that wait to be sent from the lines' port; they go nowhere, and the count begins anew. */
static size_t would_send(struct inner *f)
{
	size_t n = 0;

	for (const struct udp_slot *s = f->r->line.first; s; s = s->next)
		n += s->n;
	udp_flush(&f->r->udp);
	return n;
}

static struct leg *line_up(struct inner *f, struct srtp_session **browser)
{
	struct leg *l = inner_web(f, LINE);

	inner_check(f, l, 4000);
	*browser = inner_up(f, l);
	(void)would_send(f);
	return l;
}

/* A NAT that rebinds is followed by one fresh packet; the same packet again from elsewhere moves nothing. */
static void test_a_replay_moves_nothing(void **state)
{
	struct inner *f = *state;
	struct srtp_session *browser;
	struct leg *l = line_up(f, &browser);
	uint8_t old[UDP_PACKET_MAX], fresh[UDP_PACKET_MAX];
	size_t n_old = inner_packet(browser, 1, old, sizeof old), n;

	inner_arrives(f, old, n_old, 4000);
	for (uint16_t seq = 2; seq < 10; seq++)
		inner_voice(f, browser, seq, 4000);
	n = inner_packet(browser, 10, fresh, sizeof fresh);
	inner_arrives(f, fresh, n, 4500); /* the NAT has another port for it */
	assert_int_equal(udp_addr_port(&l->web.active->addr), 4500);
	f->r->now_us += 10 * LEG_MOVE_US;
	inner_arrives(f, fresh, n, 4666);
	inner_arrives(f, old, n_old, 4666);
	for (uint16_t seq = 11; seq < 11 + 2 * SRTP_WINDOW; seq++)
		inner_voice(f, browser, seq, 4500);
	inner_arrives(f, old, n_old, 4666); /* older than the window */
	fresh[n - 1] ^= 1;
	inner_arrives(f, fresh, n, 4666); /* forged */
	assert_int_equal(udp_addr_port(&l->web.active->addr), 4500);
	assert_int_equal(l->stats.rx_bad, 4);
	assert_int_equal(l->stats.rx, 10 + 2 * SRTP_WINDOW);
	assert_int_equal(f->r->counters.moved, 1);
	assert_int_equal(f->r->by_addr.n, 2); /* no place was taken by 4666 */
	srtp_session_free(browser);
}

/* Who can catch packets and send each first, from a new address each time, moves the line twice a second. */
static void test_moves_are_bounded(void **state)
{
	struct inner *f = *state;
	struct srtp_session *browser;
	struct leg *l = line_up(f, &browser);

	inner_voice(f, browser, 0, 4000);
	for (uint16_t seq = 1; seq <= 100; seq++) { /* two seconds */
		inner_voice(f, browser, seq, (uint16_t)(5000 + seq));
		f->r->now_us += 20000;
	}
	assert_int_equal(f->r->counters.moved, 4);
	assert_int_equal(
		l->stats.rx, 101); /* the voice itself is good wherever it comes from */
	inner_voice(f, browser, 101, 4000); /* home is open at any time */
	assert_int_equal(udp_addr_port(&l->web.active->addr), 4000);
	f->r->now_us += LEG_MOVE_US;
	inner_voice(f, browser, 102, 4700);
	assert_int_equal(udp_addr_port(&l->web.active->addr), 4700);
	inner_check(f, l, 4800); /* with the right password, not nominated */
	inner_voice(f, browser, 103, 4800);
	assert_int_equal(udp_addr_port(&l->web.active->addr), 4800); /* at once */
	srtp_session_free(browser);
}

/* A request with nothing but what is asked for; its size. */
static size_t ask(
	uint8_t *p, size_t cap, const struct leg *l, const char *pwd, size_t padding)
{
	char user[64];
	size_t n = 20;

	snprintf(user, sizeof user, "%s:%s", l->ok.ufrag, padding ? "abcd" : "a");
	if (pwd) {
		struct stunmsg_check_request q = { .username = user, .priority = 1 };

		assert_int_equal(stunmsg_write_check(p, cap, &n, &q, slice_str(pwd)), 0);
		return n;
	}
	size_t len = strlen(user);

	memset(p, 0, cap);
	memcpy(p, "\x00\x01\x00\x00\x21\x12\xA4\x42tidtidtidtid\x00\x06", 22);
	p[23] = (uint8_t)len;
	memcpy(p + 24, user, len);
	n = 24 + ((len + 3) & ~(size_t)3);
	if (padding) { /* SOFTWARE */
		memcpy(p + n, "\x80\x22", 2);
		p[n + 3] = (uint8_t)padding;
		n += 4 + padding;
	}
	p[3] = (uint8_t)(n - 20);
	return n;
}

/* Whose address may be forged gets no more than he sent; who knows the password is answered in full. */
static void test_no_stranger_is_told_more_than_he_said(void **state)
{
	static const struct {
		const char *what, *pwd; /* "": the right one */
		size_t padding;
		bool answered;
	} cases[] = {
		{ "no proof, short", NULL, 0, false },
		{ "no proof, as long as the answer", NULL, 16, true },
		{ "a wrong password", "wrong", 1, true },
		{ "the right password", "", 1, true },
	};
	struct inner *f = *state;
	struct leg *l = inner_web(f, LINE);
	uint8_t p[200];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *pwd = cases[i].pwd && !*cases[i].pwd ? l->ok.pwd
								 : cases[i].pwd;
		size_t n = ask(p, sizeof p, l, pwd, cases[i].padding);

		inner_arrives(f, p, n, 4000);
		size_t got = would_send(f);

		if (!got == cases[i].answered)
			fail_msg("%s: %zu bytes", cases[i].what, got);
		if (got > n && pwd != l->ok.pwd)
			fail_msg("%s: %zu bytes for %zu", cases[i].what, got, n);
	}
}

/* Nobody's packets: each is counted, none is answered, nothing is kept. */
static void test_garbage_is_counted(void **state)
{
	static const struct {
		const char *bytes;
		size_t n, offset;
	} cases[] = {
#define COUNTS(member) offsetof(struct relay_counters, member)
		{ "", 0, COUNTS(garbage) },
		{ "x", 1, COUNTS(garbage) },
		{ "\xFF\xFF\xFF\xFF", 4, COUNTS(garbage) },
		{ "\x40\x00\x00\x00", 4, COUNTS(garbage) },
		{ "\x00\x01\x00\x00\x21\x12\xA4\x42tidtidtidtid", 20, COUNTS(stun_bad) },
		{ "\x00\x01\x00\x00", 4, COUNTS(stun_bad) },
		{ "\x16\xFE\xFF\x00\x00\x00\x00", 7, COUNTS(stray) },
		{ "\x80\x08\x00\x01\x00\x00\x00\xA0\x00\x00\x00\x4E", 12, COUNTS(stray) },
		{ "\x80\xC8\x00\x01\x00\x00\x00\x4E", 8, COUNTS(stray) },
		{ "\x80\x08", 2, COUNTS(stray) },
	};
	struct inner *f = *state;
	struct srtp_session *browser;
	struct leg *l = line_up(f, &browser);

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint64_t *counter = (uint64_t *)(void *)((char *)&f->r->counters +
			cases[i].offset);
		uint64_t before = *counter;

		for (uint16_t port = 6000; port < 6100; port++)
			inner_arrives(
				f, (const uint8_t *)cases[i].bytes, cases[i].n, port);
		assert_int_equal(*counter, before + 100);
	}
	assert_int_equal(would_send(f), 0);
	assert_int_equal(f->r->by_addr.n, 1);
	assert_int_equal(l->stats.rx + l->stats.rx_bad, 0);
	srtp_session_free(browser);
}

/* Before a check: no byte of DTLS, however often it is asked for. */
static void test_no_dtls_to_strangers(void **state)
{
	struct inner *f = *state;
	uint8_t hello[100] = { 22, 0xFE, 0xFF };

	inner_web(f, LINE);
	for (int i = 0; i < 1000; i++)
		inner_arrives(f, hello, sizeof hello, 4000);
	assert_int_equal(would_send(f), 0);
	assert_int_equal(f->r->counters.stray, 1000);
	assert_int_equal(f->r->timers.n, 0);
}

/* One second without a voice packet in mid-talk is told, and nothing but voice ends it. */
static void test_silence_in_mid_talk(void **state)
{
	struct inner *f = *state;
	struct srtp_session *browser;
	uint8_t p[UDP_PACKET_MAX];
	union rp_any m;
	size_t n = 0;

	inner_control(f, 1);
	struct leg *l = line_up(f, &browser);
	uint16_t seq = 1;

	assert_int_equal(leg_join(f->r, l, inner_rtp(f, CALLER)), 0);
	/* a muted microphone sends silence, which is voice: nobody is gone */
	for (; seq <= 150; seq++) {
		n = inner_packet(browser, seq, p, sizeof p);
		inner_arrives(f, p, n, 4000);
		inner_at(f, f->r->now_us + 20000);
	}
	assert_int_equal(l->stats.rx_discarded_sound, 0);
	assert_false(inner_next_of(f, RP_EV_SILENT, &m));
	/* checks, replays and garbage go on; the voice does not */
	int64_t end = l->heard_us + RP_SILENT_MS * INT64_C(1000);

	for (int64_t at = f->r->now_us; at < end; at += 100000) {
		inner_check(f, l, 4000);
		inner_arrives(f, p, n, 4000);
		inner_arrives(f, (const uint8_t *)"\x80\x08junk", 6, 4000);
		inner_at(f, at);
		assert_false(inner_next_of(f, RP_EV_SILENT, &m));
	}
	inner_at(f, end);
	assert_true(inner_next_of(f, RP_EV_SILENT, &m));
	assert_int_equal(m.head.leg, LINE);
	inner_arrives(f, p, n, 4000);
	assert_false(inner_next_of(f, RP_EV_HEARD, &m));
	inner_voice(f, browser, seq, 4000);
	assert_true(inner_next_of(f, RP_EV_HEARD, &m));
	assert_int_equal(m.head.leg, LINE);
	srtp_session_free(browser);
}

/* Between the caller and a locked leg comes nobody: not from his host, not in his stream's numbers. */
static void test_nobody_enters_a_locked_leg(void **state)
{
	static const char *const hosts[] = { "127.0.0.1", "127.0.0.2" };
	struct inner *f = *state;
	struct leg *l = inner_rtp(f, CALLER), *other = inner_rtp(f, 2);
	uint8_t p[172] = { 0x80, 8 };
	struct udp_addr from;

	assert_int_equal(leg_join(f->r, l, other), 0);
	inner_speaks(f, l, 4000);
	inner_speaks(f, other, 4002);
	inner_speaks(f, l, 4000);
	udp_flush(&f->r->udp);
	uint64_t passed = other->stats.tx;

	for (int i = 0; i < 2000; i++) {
		be16_put(p + 2, (uint16_t)(l->source.max_seq + 1));
		assert_int_equal(
			udp_addr_parse(&from, hosts[i % 2], (uint16_t)(4001 + i)), 0);
		leg_rtp_packet(f->r, l, p, sizeof p, &from, false);
	}
	assert_int_equal(l->stats.rx_bad, 2000);
	assert_int_equal(other->stats.tx, passed);
	assert_int_equal(udp_addr_port(&l->rtp.to.rtp), 4000);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, inner_teardown)
	const struct CMUnitTest tests[] = {
		CASE(test_a_replay_moves_nothing),
		CASE(test_moves_are_bounded),
		CASE(test_no_stranger_is_told_more_than_he_said),
		CASE(test_garbage_is_counted),
		CASE(test_no_dtls_to_strangers),
		CASE(test_silence_in_mid_talk),
		CASE(test_nobody_enters_a_locked_leg),
	};

	return cmocka_run_group_tests_name("relay_hostile", tests, NULL, NULL);
}
