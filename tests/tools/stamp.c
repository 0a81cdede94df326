/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* stamp -- see stamp.h. */
#include "tools/stamp.h"

#include <string.h>
#include <sys/socket.h>
#include <time.h>

static int64_t clock_us(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t stamp_now_us(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

void stamp_on(int fd)
{
	int on = 1;

	(void)setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
}

static int64_t stamp_of(struct msghdr *m)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(m);
	int64_t now = stamp_now_us();
	struct timespec ts;

	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
		return now;
	memcpy(&ts, CMSG_DATA(c), sizeof ts);
	/* its age, by the clock that it is of */
	return now - clock_us(CLOCK_REALTIME) + (int64_t)ts.tv_sec * 1000000 +
		ts.tv_nsec / 1000;
}

ssize_t stamp_recv(int fd, void *p, size_t cap, int64_t *at_us)
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(struct timespec))];
	} control;
	struct iovec iov = { p, cap };
	struct msghdr m = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof control };
	ssize_t n = recvmsg(fd, &m, MSG_DONTWAIT);

	if (n >= 0)
		*at_us = stamp_of(&m);
	return n;
}
