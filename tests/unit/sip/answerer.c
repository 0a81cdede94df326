/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * answerer -- a trunk that answers every call, for scripts.
 *
 * Listens on a free port of 127.0.0.1, prints "port N", then runs until its standard input ends, and
 * prints what it counted: invites, acked, and the ends by kind.  No thread but the trunk's.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "base/log.h"
#include "sip/trunk.h"

static const char sdp[] =
	"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\n"
	"t=0 0\r\nm=audio 9 RTP/AVP 8\r\n";

struct centre {
	struct trunk *trunk;
	int wake_fd;
	unsigned invites, acked, ended[TRUNK_END_FAILED + 1];
};

static void on_invite(void *arg, const struct trunk_invite *inv)
{
	struct centre *c = arg;
	c->invites++;
	trunk_ring(c->trunk, inv->dialog);
	trunk_answer(c->trunk, inv->dialog, sdp);
}

static void on_acked(void *arg, uint64_t dialog, const char *answer, size_t n)
{
	struct centre *c = arg;
	c->acked++;
}

static void on_reoffer(void *arg, uint64_t dialog, const char *offer, size_t n)
{
	struct centre *c = arg;
	trunk_answer(c->trunk, dialog, sdp);
}

static void on_ended(void *arg, uint64_t dialog, enum trunk_end why)
{
	struct centre *c = arg;
	c->ended[why]++;
	trunk_release(c->trunk, dialog);
}

static void on_wake(void *arg)
{
	struct centre *c = arg;
	(void)eventfd_write(c->wake_fd, 1);
}

static void run(struct centre *c)
{
	struct pollfd p[2] = {
		{ .fd = c->wake_fd, .events = POLLIN },
		{ .fd = STDIN_FILENO, .events = POLLIN },
	};
	while (poll(p, 2, -1) >= 0) {
		eventfd_t n;
		char byte;
		if ((p[0].revents & POLLIN) && eventfd_read(c->wake_fd, &n) == 0)
			trunk_poll(c->trunk);
		if (p[1].revents && read(STDIN_FILENO, &byte, 1) <= 0)
			return;
	}
}

int main(void)
{
	struct centre c = { .wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC) };
	const struct trunk_peer peer = { .addr = "127.0.0.1", .prefix_bits = 32 };
	const struct trunk_config cfg = {
		.addr = "127.0.0.1", .peers = &peer, .n_peers = 1
	};
	const struct trunk_handler h = {
		.invite = on_invite,
		.acked = on_acked,
		.reoffer = on_reoffer,
		.ended = on_ended,
		.wake = on_wake,
		.arg = &c,
	};
	log_init("answerer", LOG_LEVEL_WARN);
	if (c.wake_fd < 0 || trunk_new(&c.trunk, &cfg, &h) != 0)
		return EXIT_FAILURE;
	printf("port %u\n", trunk_port(c.trunk));
	fflush(stdout);
	run(&c);
	trunk_poll(c.trunk);
	printf("invites %u acked %u bye %u other %u\n", c.invites, c.acked,
		c.ended[TRUNK_END_BYE],
		c.ended[TRUNK_END_CANCEL] + c.ended[TRUNK_END_HANGUP] +
			c.ended[TRUNK_END_REJECT] + c.ended[TRUNK_END_TIMEOUT] +
			c.ended[TRUNK_END_FAILED]);
	trunk_free(c.trunk);
	close(c.wake_fd);
	return EXIT_SUCCESS;
}
