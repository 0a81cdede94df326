/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* inner -- see inner.h. */
#include "inner.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

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
	const struct rp_leg_rtp m = { .head = { .leg = id }, .pt = 8 };
	struct leg *l = NULL;

	assert_int_equal(leg_rtp_new(f->r, &m, &l), 0);
	return l;
}
