/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * trace_line -- one asker of heimamt trace at the other end of a Unix socket: its question, what waits for it, its end.
 *
 * It never holds the loop: what it does not read is left out (core/trace/out.h).  It ends when the asker goes, when it was
 * told its last word, or when it does not take that for TRACE_LINE_END_MS.
 *
 * Memory: made by trace_line_new(), freed by the loop after its `gone`.  Thread: the control loop's.
 */
#ifndef MAIN_TRACE_LINE_H
#define MAIN_TRACE_LINE_H

#include <sys/types.h>
#include <uv.h>

#include "core/trace/ask.h"
#include "core/trace/out.h"

#define TRACE_LINE_ASK_MS 5000 /* for the question, which a program asks */
#define TRACE_LINE_END_MS 5000 /* for the last word */

struct trace_line;
struct trace_line_handler {
	/* It asked. Once. */
	void (*asked)(void *arg, const struct trace_ask *ask);
	/* It is over; nothing more is said to it. Once, from the loop. */
	void (*gone)(void *arg);
	void *arg;
};

/* From a listener that has a connection. EACCES: neither this process's user nor root; ENOMEM, and others: it is
 * closed. */
int trace_line_new(struct trace_line **out, uv_stream_t *listener,
	const struct trace_line_handler *h);
uid_t trace_line_uid(const struct trace_line *l);
void trace_line_format(struct trace_line *l, bool json);
void trace_line_say(struct trace_line *l, const char *text, size_t n);
void trace_line_lost(struct trace_line *l, uint64_t n);
/* The last word; see trace_out_end(). */
void trace_line_end(struct trace_line *l, char mark, const char *text);
/* Called a few times a second: whoever is too slow to ask or to hear the end is let go. */
void trace_line_look(struct trace_line *l, int64_t now_ms);
void trace_line_close(struct trace_line *l);

#endif
