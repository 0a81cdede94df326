/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* event -- see event.h */
#include "core/trace/event.h"

#include <inttypes.h>
#include <string.h>

#include "base/ids.h"
#include "base/mask.h"
#include "base/slice.h"
#include "base/text.h"

#define DAY_MS 86400000

static const char *const layers[] = {
	[TRACE_HEARD] = "sip<",
	[TRACE_SENT] = "sip>",
	[TRACE_CORE] = "call",
	[TRACE_RELAY] = "voice",
	[TRACE_SUM] = "sum",
};

/* What a word may have: neither what ends a line nor what ends a string of JSON. */
static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') || (c && strchr(" *_-.,:/[]+=", c));
}

static void copy_plain(char out[TRACE_WORD_MAX], const char *word)
{
	size_t n = 0;

	for (; n < TRACE_WORD_MAX - 1 && word[n]; n++)
		out[n] = is_plain(word[n]) ? word[n] : '?';
	out[n] = 0;
}

void trace_event_init(struct trace_event *e, enum trace_layer layer, int64_t at_ms,
	uint64_t call, const char *what)
{
	e->layer = layer;
	e->at_ms = at_ms;
	e->call = call;
	e->n = 0;
	copy_plain(e->what, what);
}

static void put(struct trace_event *e, const char *name, const char *text, bool is_number)
{
	struct trace_field *f = &e->fields[e->n];

	if (!text || !*text || e->n == TRACE_FIELDS_MAX)
		return;
	f->name = name;
	f->is_number = is_number;
	copy_plain(f->text, text);
	e->n++;
}

void trace_word(struct trace_event *e, const char *name, const char *word)
{
	put(e, name, word, false);
}

void trace_number(struct trace_event *e, const char *name, int64_t number)
{
	char text[24];

	(void)text_format(text, sizeof text, "%" PRId64, number);
	put(e, name, text, true);
}

void trace_ms(struct trace_event *e, const char *name, int64_t us)
{
	char text[24];

	us = us < 0 ? 0 : us;
	(void)text_format(
		text, sizeof text, "%" PRId64 ".%03d", us / 1000, (int)(us % 1000));
	put(e, name, text, true);
}

void trace_phone(struct trace_event *e, const char *name, const char *number)
{
	char masked[MASK_SIZE];

	if (number && *number && strcmp(number, "-") != 0)
		put(e, name, mask_number(masked, number), false);
}

void trace_id(struct trace_event *e, const char *name, uint64_t id)
{
	char text[IDS_TEXT_SIZE];

	ids_text(text, id);
	put(e, name, id ? text : NULL, false);
}

static void write_clock(struct wbuf *w, int64_t at_ms)
{
	int64_t ms = at_ms % DAY_MS;

	wbuf_printf(w, "%02d:%02d:%02d.%03d", (int)(ms / 3600000), (int)(ms / 60000 % 60),
		(int)(ms / 1000 % 60), (int)(ms % 1000));
}

static size_t end(struct wbuf *w, char *out)
{
	out[w->n] = 0;
	return w->n;
}

size_t trace_text(const struct trace_event *e, char out[TRACE_LINE_MAX])
{
	struct wbuf w = wbuf_of(out, TRACE_LINE_MAX - 1);
	char call[IDS_TEXT_SIZE];

	ids_text(call, e->call);
	write_clock(&w, e->at_ms);
	wbuf_printf(
		&w, "  %-13s  %-5s  %s", e->call ? call : "-", layers[e->layer], e->what);
	for (size_t i = 0; i < e->n; i++)
		wbuf_printf(&w, "  %s %s", e->fields[i].name, e->fields[i].text);
	return end(&w, out);
}

static const char *json_layer(enum trace_layer layer)
{
	return layer == TRACE_HEARD || layer == TRACE_SENT ? "sip" : layers[layer];
}

size_t trace_json(const struct trace_event *e, char out[TRACE_LINE_MAX])
{
	struct wbuf w = wbuf_of(out, TRACE_LINE_MAX - 1);
	char call[IDS_TEXT_SIZE];

	ids_text(call, e->call);
	wbuf_printf(&w, "{\"at_ms\":%" PRId64 ",\"call\":\"%s\",\"layer\":\"%s\"",
		e->at_ms, e->call ? call : "", json_layer(e->layer));
	if (e->layer == TRACE_HEARD || e->layer == TRACE_SENT)
		wbuf_printf(&w, ",\"way\":\"%s\"", e->layer == TRACE_SENT ? "out" : "in");
	wbuf_printf(&w, ",\"what\":\"%s\"", e->what);
	for (size_t i = 0; i < e->n; i++) {
		const char *quote = e->fields[i].is_number ? "" : "\"";

		wbuf_printf(&w, ",\"%s\":%s%s%s", e->fields[i].name, quote,
			e->fields[i].text, quote);
	}
	wbuf_str(&w, "}");
	return end(&w, out);
}
