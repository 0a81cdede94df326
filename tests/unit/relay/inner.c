/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* inner -- see inner.h. */
#include "inner.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "relay/client.h"
#include "wire/stun.h"

int inner_open(void **state, uint16_t low)
{
	struct inner *f = calloc(1, sizeof *f);
	const struct relay_options opt = { .media_address = "127.0.0.1",
		.rtp_low = low,
		.rtp_high = (uint16_t)(low + INNER_PORTS - 1),
		.linger_s = -1 };

	*state = f;
	return !f || relay_new(&f->r, &opt) ? -1 : 0;
}

int inner_setup(void **state)
{
	return inner_open(state, 22000);
}

int inner_teardown(void **state)
{
	struct inner *f = *state;

	relay_free(f->r);
	if (f->fd > 0)
		close(f->fd);
	free(f);
	return 0;
}

void inner_control(struct inner *f, uint32_t epoch)
{
	struct rp_head h = {
		.version = RP_VERSION, .type = RP_HELLO, .epoch = epoch, .seq = 1
	};
	int sv[2];

	if (f->fd > 0)
		close(f->fd);
	relay_turn(f->r, 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, sv), 0);
	f->fd = sv[0];
	assert_int_equal(control_adopt(f->r, sv[1]), 0);
	assert_int_equal(send(f->fd, &h, sizeof h, 0), sizeof h);
	relay_turn(f->r, 0);
	assert_true(control_is_led(f->r));
}

bool inner_next(struct inner *f, union rp_any *m)
{
	ssize_t n = recv(f->fd, m, sizeof *m, MSG_DONTWAIT);

	return n > 0 && (size_t)n == rp_size(m->head.type);
}

bool inner_next_of(struct inner *f, uint16_t type, union rp_any *m)
{
	while (inner_next(f, m))
		if (m->head.type == type)
			return true;
	return false;
}

void inner_at(struct inner *f, int64_t us)
{
	f->r->now_us = us;
	relay_tick(f->r);
}

struct leg *inner_rtp(struct inner *f, uint64_t id)
{
	const struct rp_leg_rtp m = { .head = { .leg = id },
		.codecs = { { SOUND_PCMA, 8 } } };
	struct leg *l = NULL;

	assert_int_equal(leg_rtp_new(f->r, &m, &l), 0);
	return l;
}

struct leg *inner_web(struct inner *f, uint64_t id)
{
	const struct rp_leg_web m = { .head = { .leg = id },
		.ufrag = "abcd",
		.pwd = "secret",
		.codecs = { { SOUND_PCMA, 8 } } };
	struct leg *l = NULL;

	assert_int_equal(leg_web_new(f->r, &m, &l), 0);
	return l;
}

void inner_check(struct inner *f, const struct leg *l, uint16_t port)
{
	struct stunmsg_check_request q = { .priority = 1 };
	struct udp_addr from;
	uint8_t p[UDP_PACKET_MAX];
	char user[64];
	size_t n;

	snprintf(user, sizeof user, "%s:abcd", l->ok.ufrag);
	q.username = user;
	assert_int_equal(
		stunmsg_write_check(p, sizeof p, &n, &q, slice_str(l->ok.pwd)), 0);
	assert_int_equal(udp_addr_parse(&from, "127.0.0.1", port), 0);
	line_packet(f->r, p, n, &from);
}

size_t inner_packet(struct srtp_session *browser, uint16_t seq, uint8_t *p, size_t cap)
{
	size_t n = RTP_HEADER + 160;

	memset(p, 0xD5, n); /* a muted microphone: A-law silence */
	rtp_write_header(p, false, 8, seq, seq * 160u, INNER_SSRC);
	assert_int_equal(srtp_protect(browser, p, &n, cap), 0);
	return n;
}

void inner_arrives(struct inner *f, const uint8_t *p, size_t n, uint16_t port)
{
	uint8_t copy[UDP_PACKET_MAX]; /* it is decrypted in place */
	struct udp_addr from;

	memcpy(copy, p, n);
	assert_int_equal(udp_addr_parse(&from, "127.0.0.1", port), 0);
	line_packet(f->r, copy, n, &from);
}

void inner_voice(
	struct inner *f, struct srtp_session *browser, uint16_t seq, uint16_t port)
{
	uint8_t p[UDP_PACKET_MAX];

	inner_arrives(f, p, inner_packet(browser, seq, p, sizeof p), port);
}

struct srtp_session *inner_up(struct inner *f, struct leg *l)
{
	static const uint8_t key[SRTP_KEY_SIZE] = "k", salt[SRTP_SALT_SIZE] = "s";
	struct srtp_session *browser = NULL;

	assert_int_equal(srtp_session_new(&browser, key, salt), 0);
	assert_int_equal(srtp_session_new(&l->web.rx, key, salt), 0);
	assert_int_equal(srtp_session_new(&l->web.tx, key, salt), 0);
	leg_up(f->r, l);
	return browser;
}

void inner_speaks(struct inner *f, struct leg *l, uint16_t port)
{
	uint8_t p[172] = { 0x80, 8 };
	struct udp_addr from;

	be16_put(p + 2, (uint16_t)(l->source.max_seq + 1));
	assert_int_equal(udp_addr_parse(&from, "127.0.0.1", port), 0);
	leg_rtp_packet(f->r, l, p, sizeof p, &from, false);
}

int inner_clip_fd(const uint8_t *frames, size_t n)
{
	static uint8_t bytes[200 * (CLIP_BYTES_HEAD + 160)];
	size_t at = 0;

	for (size_t i = 0; i + 160 <= n; i += 160)
		assert_int_equal(
			clip_bytes_put(bytes, sizeof bytes, &at, frames + i, 160), 0);
	return relayc_memfd("clip", bytes, at);
}

uint32_t inner_clip_bytes(size_t n)
{
	return (uint32_t)(n / 160 * (CLIP_BYTES_HEAD + 160));
}

void inner_clip(struct inner *f, uint32_t clip, size_t n)
{
	static const uint8_t sound[16000] = { 1 };
	int fd = inner_clip_fd(sound, n);

	assert_true(fd >= 0 && n <= sizeof sound);
	assert_int_equal(
		clip_load(&f->r->clips[clip], SOUND_PCMA, fd, inner_clip_bytes(n)), 0);
	close(fd);
}

void inner_command(struct inner *f, union rp_any *m, uint16_t type, uint64_t leg)
{
	m->head = (struct rp_head){ .version = RP_VERSION,
		.type = type,
		.epoch = f->r->control.epoch,
		.leg = leg,
		.seq = 2 };
	assert_int_equal(send(f->fd, m, rp_size(type), 0), rp_size(type));
}
