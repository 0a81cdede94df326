/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* out -- see out.h */
#include "core/trace/out.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"

#define NOTE_MAX 64

void trace_out_init(struct trace_out *o, bool json)
{
	o->json = json;
	o->n = 0;
	o->left_out = 0;
}

/* Whether there is room is the caller's to know. */
static void add(struct trace_out *o, char mark, const char *text, size_t n)
{
	o->bytes[o->n++] = mark;
	memcpy(o->bytes + o->n, text, n);
	o->n += n;
	o->bytes[o->n++] = '\n';
}

static bool has_room(const struct trace_out *o, size_t n)
{
	return o->n + n + 2 + TRACE_OUT_LAST <= sizeof o->bytes;
}

static void note_left_out(struct trace_out *o)
{
	char note[NOTE_MAX];

	if (!o->left_out)
		return;
	(void)text_format(note, sizeof note,
		o->json ? "{\"left_out\":%" PRIu64 "}" : "%" PRIu64 " events left out",
		o->left_out);
	add(o, TRACE_LINE, note, strlen(note));
	o->left_out = 0;
}

void trace_out_put(struct trace_out *o, const char *line, size_t n)
{
	if (!has_room(o, n + NOTE_MAX)) {
		o->left_out++;
		return;
	}
	note_left_out(o);
	add(o, TRACE_LINE, line, n);
}

void trace_out_lost(struct trace_out *o, uint64_t n)
{
	o->left_out += n;
}

void trace_out_end(struct trace_out *o, char mark, const char *text)
{
	size_t n = strlen(text), most = TRACE_OUT_LAST - NOTE_MAX - 4;

	note_left_out(o);
	add(o, mark, text, n < most ? n : most);
}

size_t trace_out_take(struct trace_out *o, char out[TRACE_OUT_MAX])
{
	size_t n = o->n;

	memcpy(out, o->bytes, n);
	o->n = 0;
	return n;
}
