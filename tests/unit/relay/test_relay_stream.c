/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* relay: browser lines by TCP, over real sockets; the clock is the test's. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "inner.h"
#include "wire/stun.h"

#define N(a) (sizeof(a) / sizeof *(a))

static int setup(void **state)
{
	return inner_open(state, 23000);
}

/* A home's end, connected; the relay has taken it in. */
static int dial(struct inner *f)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct udp_addr at = f->r->line_at;

	udp_addr_set_port(&at, f->r->gate.port);
	assert_int_equal(connect(fd, &at.u.sa, udp_addr_len(&at)), 0);
	relay_turn(f->r, 0);
	return fd;
}

static void say(struct inner *f, int fd, const void *p, size_t n)
{
	uint8_t out[FRAME_HEAD + FRAME_MAX];
	size_t size = frame_write(out, sizeof out, slice_of(p, n));

	assert_true(size > 0);
	assert_int_equal(send(fd, out, size, MSG_NOSIGNAL), size);
	relay_turn(f->r, 0);
}

static size_t check_of(const struct leg *l, bool is_good, uint8_t *p, size_t cap)
{
	struct stunmsg_check_request q = { .priority = 1, .use_candidate = true };
	char user[64];
	size_t n;

	snprintf(user, sizeof user, "%s:abcd", l->ok.ufrag);
	q.username = user;
	assert_int_equal(stunmsg_write_check(p, cap, &n, &q,
				 is_good ? slice_str(l->ok.pwd) : slice_str("another")),
		0);
	return n;
}

static void check(struct inner *f, int fd, const struct leg *l)
{
	uint8_t p[512];

	say(f, fd, p, check_of(l, true, p, sizeof p));
}

/* The next packet to the home's end; its size, 0: the connection is over, -1: nothing came. */
static ssize_t hear(struct inner *f, int fd, uint8_t *p, size_t cap)
{
	uint8_t head[FRAME_HEAD];
	ssize_t n;

	relay_turn(f->r, 0);
	n = recv(fd, head, sizeof head, MSG_DONTWAIT);
	if (n <= 0)
		return n < 0 && errno == EAGAIN ? -1 : 0;
	assert_int_equal(n, FRAME_HEAD);
	size_t size = (size_t)(head[0] << 8 | head[1]);

	assert_true(size <= cap);
	assert_int_equal(recv(fd, p, size, 0), size);
	return (ssize_t)size;
}

static bool is_over(struct inner *f, int fd)
{
	uint8_t p[FRAME_MAX];
	ssize_t n;

	while ((n = hear(f, fd, p, sizeof p)) > 0)
		;
	return n == 0;
}

/* A check is answered by the same connection, and makes it the line's path; voice goes both ways over it. */
static void test_talk(void **state)
{
	struct inner *f = *state;
	struct leg *l = inner_web(f, 9);
	uint8_t p[FRAME_MAX];
	int fd = dial(f);

	check(f, fd, l);
	struct stunmsg m;
	ssize_t n = hear(f, fd, p, sizeof p);

	assert_true(n > 0 && !stunmsg_parse(&m, p, (size_t)n));
	assert_int_equal(m.cls, STUNMSG_SUCCESS);
	assert_non_null(l->web.active);
	assert_true(l->web.active->addr.stream != 0);

	struct srtp_session *browser = inner_up(f, l);
	union rp_any on = { .echo = { .on = 1 } };

	assert_int_equal(leg_echo(f->r, l, on.echo.on), 0);
	say(f, fd, p, inner_packet(browser, 1, p, sizeof p));
	assert_int_equal(l->stats.rx, 1);
	n = hear(f, fd, p, sizeof p);
	assert_true(n > RTP_HEADER + 160); /* sealed */
	assert_int_equal(l->stats.tx, 1);
	assert_int_equal(f->r->counters.left_out, 0);
	srtp_session_free(browser);
	leg_close(f->r, l);
	assert_true(is_over(f, fd));
	assert_int_equal(f->r->by_addr.n, 0);
	close(fd);
}

/* An address that a datagram and a connection share is two paths. */
static void test_same_port_as_udp(void **state)
{
	struct inner *f = *state;
	struct leg *l = inner_web(f, 9), *other = inner_web(f, 10);
	struct udp_addr mine = { 0 };
	socklen_t n = sizeof mine.u;
	int fd = dial(f);

	assert_int_equal(getsockname(fd, &mine.u.sa, &n), 0);
	check(f, fd, l);
	inner_check(f, other, udp_addr_port(&mine));
	assert_int_equal(f->r->by_addr.n, 2);
	assert_int_equal(other->web.active->addr.stream, 0);
	assert_true(l->web.active && l->web.active->addr.stream);
	close(fd);
}

/* Whoever hangs up takes the path along, and a line that has no other waits for the next check. */
static void test_hang_up(void **state)
{
	struct inner *f = *state;
	struct leg *l = inner_web(f, 9);
	int fd = dial(f);

	check(f, fd, l);
	struct srtp_session *browser = inner_up(f, l);

	close(fd);
	relay_turn(f->r, 0);
	assert_null(l->web.active);
	assert_false(leg_can_send(l));
	assert_int_equal(f->r->by_addr.n, 0);
	fd = dial(f);
	check(f, fd, l);
	assert_true(leg_can_send(l));
	srtp_session_free(browser);
	close(fd);
}

/* What does not prove itself has to go, by time, by number of packets, or at once. */
static void test_strangers(void **state)
{
	static const uint8_t too_long[] = { 0xFF, 0xFF };
	struct inner *f = *state;
	struct leg *l = inner_web(f, 9);
	uint8_t p[512];
	int silent = dial(f), wrong = dial(f), loud = dial(f), broken = dial(f);

	assert_int_equal(f->r->gate.n_unproven, 4);
	say(f, wrong, p, check_of(l, false, p, sizeof p));
	assert_int_equal(f->r->gate.n_unproven, 4); /* answered with 401 */
	assert_null(l->web.active);
	for (int i = 0; i <= STREAM_PROVE_PACKETS && f->r->gate.n_unproven == 4; i++)
		say(f, loud, "x", 1);
	assert_true(is_over(f, loud));
	assert_int_equal(
		f->r->counters.garbage + f->r->counters.stun_bad, STREAM_PROVE_PACKETS);
	assert_int_equal(send(broken, too_long, sizeof too_long, 0), sizeof too_long);
	assert_true(is_over(f, broken));
	inner_at(f, f->r->now_us + STREAM_PROVE_US - SECOND);
	assert_int_equal(f->r->gate.n_unproven, 2);
	inner_at(f, f->r->now_us + 2 * SECOND);
	assert_int_equal(f->r->gate.n_unproven, 0);
	assert_true(is_over(f, silent) && is_over(f, wrong));
	close(silent);
	close(wrong);
	close(loud);
	close(broken);
}

/* Also of a relay without legs, which sleeps: it would do so for ever here. */
static void test_stranger_at_rest(void **state)
{
	struct inner *f = *state;
	int fd = dial(f);

	f->r->tick_at_us = f->r->now_us + SECOND / 10;
	list_entry(f->r->gate.unproven.next, struct stream, node)->at_us -=
		STREAM_PROVE_US;
	while (f->r->gate.n_unproven)
		relay_turn(f->r, -1);
	assert_true(is_over(f, fd));
	close(fd);
}

/* RFC 7675: nothing is sent to where nobody asked for it again. */
static void test_consent(void **state)
{
	struct inner *f = *state;
	struct leg *l = inner_web(f, 9);
	int fd = dial(f);

	check(f, fd, l);
	inner_at(f, f->r->now_us + LEG_CONSENT_US - SECOND);
	assert_non_null(l->web.active);
	inner_at(f, f->r->now_us + 2 * SECOND);
	assert_null(l->web.active);
	assert_true(is_over(f, fd));
	close(fd);
}

/* One host's crowd pushes out its own, not a line that stands. */
static void test_crowd(void **state)
{
	struct inner *f = *state;
	struct leg *l = inner_web(f, 9);
	int line = dial(f), crowd[STREAM_HOST_MAX + 4];

	check(f, line, l);
	for (size_t i = 0; i < N(crowd); i++)
		crowd[i] = dial(f);
	assert_int_equal(f->r->gate.n_unproven, STREAM_HOST_MAX);
	for (size_t i = 0; i < N(crowd); i++)
		assert_int_equal(is_over(f, crowd[i]), i < N(crowd) - STREAM_HOST_MAX);
	assert_true(l->web.active && l->web.active->addr.stream);
	for (size_t i = 0; i < N(crowd); i++)
		close(crowd[i]);
	close(line);
}

/* A home that takes nothing any more: packets are left out whole, and what comes after it is in step again. */
static void test_choked(void **state)
{
	struct inner *f = *state;
	struct leg *l = inner_web(f, 9);
	static uint8_t p[FRAME_MAX], back[FRAME_MAX];
	int fd = dial(f), sent = 0, heard = 0;

	check(f, fd, l);
	memset(p, 0x5A, sizeof p);
	assert_true(hear(f, fd, back, sizeof back) > 0);
	while (!f->r->counters.left_out && sent < 100000) {
		stream_send(f->r, l->web.active->addr.stream, slice_of(p, 1000));
		sent++;
	}
	assert_true(f->r->counters.left_out > 0);
	for (ssize_t n; (n = hear(f, fd, back, sizeof back)) > 0; heard++) {
		assert_int_equal(n, 1000);
		assert_memory_equal(back, p, 1000);
	}
	assert_int_equal(heard, sent - (int)f->r->counters.left_out);
	stream_send(f->r, l->web.active->addr.stream, slice_of(p, 10));
	assert_int_equal(hear(f, fd, back, sizeof back), 10);
	close(fd);
}

/* A name outlives its connection without harm. */
static void test_names(void **state)
{
	struct inner *f = *state;
	struct leg *l = inner_web(f, 9);
	int fd = dial(f);

	check(f, fd, l);
	uint32_t before = l->web.active->addr.stream;

	close(fd);
	relay_turn(f->r, 0);
	for (int i = 0; i < STREAMS_MAX + 2; i++) {
		fd = dial(f);
		assert_null(stream_find(f->r, before));
		stream_send(f->r, before, slice_str("late"));
		close(fd);
		relay_turn(f->r, 0);
	}
	assert_int_equal(f->r->gate.n_unproven, 0);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, inner_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_talk),
		TEST(test_same_port_as_udp),
		TEST(test_hang_up),
		TEST(test_strangers),
		TEST(test_stranger_at_rest),
		TEST(test_consent),
		TEST(test_crowd),
		TEST(test_choked),
		TEST(test_names),
	};

	return cmocka_run_group_tests_name("relay-stream", tests, NULL, NULL);
}
