/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * event -- one thing that happened to a call, as a line for people or as JSON.
 *
 * The last gate of what a trace shows [RULES C1]: whoever makes an event gives it numbers, words of ours, and
 * telephone numbers; the latter are masked here, whatever was done to them before, and of a word nothing is
 * written but letters, digits and a few signs.  There is no field for a name, a key or a description's text.
 *
 * Pure; any thread.  Names are static strings of ours.
 */
#ifndef CORE_TRACE_EVENT_H
#define CORE_TRACE_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRACE_FIELDS_MAX 16
#define TRACE_WORD_MAX   112
#define TRACE_LINE_MAX   2560 /* every field, with its name, and what JSON puts around it */

enum trace_layer {
	TRACE_HEARD, /* a SIP message that came */
	TRACE_SENT, /* one of ours */
	TRACE_CORE,
	TRACE_RELAY,
	TRACE_SUM, /* at the end */
};

struct trace_field {
	const char *name;
	bool is_number; /* JSON has no quotes around it */
	char text[TRACE_WORD_MAX];
};

struct trace_event {
	enum trace_layer layer;
	int64_t at_ms; /* since 1970 UTC */
	uint64_t call; /* 0: it was refused before it was one */
	char what[TRACE_WORD_MAX];
	struct trace_field fields[TRACE_FIELDS_MAX];
	size_t n;
};

/* what: as a word below. */
void trace_event_init(struct trace_event *e, enum trace_layer layer, int64_t at_ms,
	uint64_t call, const char *what);
/* Of a word that is "" or NULL there is no field; one that is too long is cut. */
void trace_word(struct trace_event *e, const char *name, const char *word);
void trace_number(struct trace_event *e, const char *name, int64_t number);
/* Milliseconds, with one digit of a thousandth's tenth: of microseconds. */
void trace_ms(struct trace_event *e, const char *name, int64_t us);
/* A number or a SIP user: mask_number() of it. */
void trace_phone(struct trace_event *e, const char *name, const char *number);
void trace_id(struct trace_event *e, const char *name, uint64_t id); /* 0: none */

/* Without a line feed; how long it is. The time is UTC. */
size_t trace_text(const struct trace_event *e, char out[TRACE_LINE_MAX]);
size_t trace_json(const struct trace_event *e, char out[TRACE_LINE_MAX]);

#endif
