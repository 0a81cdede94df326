/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * out -- lines that wait for a reader, bounded: whoever reads slowly misses events and is told how many.
 *
 * Each line begins with a mark: TRACE_LINE what is to be printed, TRACE_REFUSED why there is no trace, TRACE_DONE the end.
 * The last two, and the word about what was left out, have room of their own.  Pure; memory: in the caller.
 */
#ifndef CORE_TRACE_OUT_H
#define CORE_TRACE_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRACE_LINE    ' '
#define TRACE_REFUSED '!'
#define TRACE_DONE    '.'

#define TRACE_OUT_MAX  65536 /* some four hundred lines: several calls */
#define TRACE_OUT_LAST 512 /* kept free for what must be said */

struct trace_out {
	bool json;
	size_t n;
	uint64_t left_out; /* since the last line that found room */
	char bytes[TRACE_OUT_MAX];
};

void trace_out_init(struct trace_out *o, bool json);
/* An event's line, or one more that is left out. */
void trace_out_put(struct trace_out *o, const char *line, size_t n);
/* So many more were lost before they came here. */
void trace_out_lost(struct trace_out *o, uint64_t n);
/* Its last words; mark: TRACE_REFUSED or TRACE_DONE. */
void trace_out_end(struct trace_out *o, char mark, const char *text);
/* What waits is taken out; how many bytes. */
size_t trace_out_take(struct trace_out *o, char out[TRACE_OUT_MAX]);

#endif
