/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * stamp -- datagrams with the moment at which the kernel got them.
 *
 * A tester that the scheduler let wait would else measure its own lateness as a gap in the voice.  The
 * kernel stamps by the wall clock; what comes out is monotonic microseconds.  Any thread; no state.
 */
#ifndef TOOLS_STAMP_H
#define TOOLS_STAMP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

int64_t stamp_now_us(void); /* CLOCK_MONOTONIC */
void stamp_on(int fd); /* from the next datagram on */
/* As recv() without waiting; *at_us is now where the kernel gave no stamp. */
ssize_t stamp_recv(int fd, void *p, size_t cap, int64_t *at_us);

#endif
