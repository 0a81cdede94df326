/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * trace -- which call something happened to, and what a trace says of it.
 *
 * What is told of an agent is its internal id, of a caller nothing but what trunk_seen has, masked; no key that was
 * pressed, no key of SRTP [RULES C1, C6].  The events are pure; who asks for them is main/trace.c's to know.
 */
#ifndef APP_TRACE_H
#define APP_TRACE_H

#include "app/app.h"
#include "core/trace/event.h"
#include "core/trace/follow.h"

struct app_traced {
	uint64_t call, dialog; /* dialog 0: it has none */
	const char *number, *name; /* of its queue, borrowed */
	enum store_leg leg; /* whose; of app_traced_leg() */
};
/* False: there is none, or none any more. */
bool app_traced_call(const struct app *app, uint64_t call, struct app_traced *out);
bool app_traced_dialog(const struct app *app, uint64_t dialog, struct app_traced *out);
/* Of an agent's line the call that it is offered or in. */
bool app_traced_leg(
	const struct app *app, unsigned relay, uint64_t leg, struct app_traced *out);

void app_trace_sip(
	struct trace_event *e, const struct trunk_seen *s, const struct trace_call *c);
/* queue: its number; NULL: not known */
void app_trace_record(
	struct trace_event *e, const struct store_call_event *ev, const char *queue);
/* False: there is nothing to say of it. Of counters only what changed since *c was last told. */
bool app_trace_relay(struct trace_event *e, int64_t at_ms, struct trace_call *c,
	enum store_leg leg, const union rp_any *m);
void app_trace_quality(
	struct trace_event *e, int64_t at_ms, const struct store_quality *q);
void app_trace_summary(struct trace_event *e, int64_t at_ms, const struct trace_call *c);

#endif
