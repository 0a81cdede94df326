/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * follow -- which calls a trace follows, and when it is over.
 *
 * A call is known by its own id, by its SIP dialog's, or first by one and later by both.  One that is over is
 * followed a little longer, for its last messages and figures come after its end.
 *
 * Pure; memory: struct trace_follow lives in the caller.
 */
#ifndef CORE_TRACE_FOLLOW_H
#define CORE_TRACE_FOLLOW_H

#include "core/trace/ask.h"

/* What comes after a call's end: the answer to its BYE within one second (sip/dialog.h), figures within two
 * (app/measure.c). */
#define TRACE_LINGER_MS 3000

struct trace_leg {
	uint8_t path, why, rx, tx; /* as last told */
};

struct trace_call {
	uint64_t call, dialog; /* 0: not known yet, or there is none */
	int64_t began_ms, ended_ms; /* ended_ms 0: it goes on */
	unsigned n_messages;
	bool has_arrived; /* a record of it came: it was let in */
	bool is_told; /* its summary is */
	char why[48]; /* it ended; "": nobody said */
	struct trace_leg legs[2]; /* the caller's, and the agent's line */
};

struct trace_follow {
	struct trace_ask ask;
	int64_t until_ms;
	size_t n;
	struct trace_call calls[TRACE_CALLS_MAX];
};

/* What is known of the call to which something happened. */
struct trace_sight {
	uint64_t call, dialog; /* 0: not known */
	const char *number, *name; /* of its queue; NULL: not known */
	bool begins; /* it is a new one */
};

void trace_follow_init(
	struct trace_follow *f, const struct trace_ask *ask, int64_t now_ms);
/* The call, if it is followed or is to be from now on; NULL. */
struct trace_call *trace_wants(
	struct trace_follow *f, const struct trace_sight *s, int64_t now_ms);
/* It ended; the first word counts. */
void trace_ended(struct trace_call *c, const char *why, int64_t now_ms);
/* One of which the summary is due; it is given once. NULL: none. */
struct trace_call *trace_due(struct trace_follow *f, int64_t now_ms);
/* Nothing more comes: all calls were told, or the time is over. */
bool trace_is_over(const struct trace_follow *f, int64_t now_ms);

#endif
