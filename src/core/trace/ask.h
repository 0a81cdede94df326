/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * ask -- what an administrator asks to see of calls, as one line on a socket.
 *
 *   trace 1 [call=ID | next=N] minutes=M [json] [queue=NUMBER OR NAME, to the end of the line]
 *
 * Hostile input: everything is bounded and checked.  Pure; any thread.
 */
#ifndef CORE_TRACE_ASK_H
#define CORE_TRACE_ASK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

#define TRACE_SOCKET  "trace.sock" /* in the state folder */
#define TRACE_ASK_MAX 160 /* with its line feed */
#define TRACE_CALLS_MAX \
	32 /* in one trace: more are a matter of figures, not of one fault */
#define TRACE_MINUTES     10
#define TRACE_MINUTES_MAX 60
#define TRACE_QUEUE_MAX   64

struct trace_ask {
	uint64_t call; /* the one that goes on; 0: the next ones */
	unsigned
		next; /* 1 to TRACE_CALLS_MAX; with a call 1 where it was read, 0 where it is written */
	unsigned minutes; /* 1 to TRACE_MINUTES_MAX */
	bool json;
	char queue[TRACE_QUEUE_MAX]; /* of the next ones; "": any */
};

/* line: without its line feed. EINVAL, and *out is as it was. */
int trace_ask_read(struct trace_ask *out, struct slice line);
/* With its line feed. ENAMETOOLONG; EINVAL: what trace_ask_read() would not take. */
int trace_ask_write(const struct trace_ask *a, char *out, size_t cap);

#endif
