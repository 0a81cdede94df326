/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* fuzz: what comes on the socket of heimamt trace.  What is taken is written and read again as the same; as a word of an event it
 * ends neither a line nor a string. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/trace/ask.h"
#include "core/trace/event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(struct slice line)
{
	struct trace_ask a, again;
	char text[TRACE_ASK_MAX];

	if (trace_ask_read(&a, line))
		return;
	assert(a.next >= 1 && a.next <= TRACE_CALLS_MAX);
	assert(a.minutes >= 1 && a.minutes <= TRACE_MINUTES_MAX);
	if (a.call)
		a.next = 0;
	/* a shorter line says the same */
	if (trace_ask_write(&a, text, sizeof text))
		abort();
	if (trace_ask_read(&again, slice_of(text, strlen(text) - 1)))
		abort();
	assert(again.call == a.call && again.json == a.json);
	assert(again.minutes == a.minutes && strcmp(again.queue, a.queue) == 0);
}

static void tell(const char *word)
{
	struct trace_event e;
	char line[TRACE_LINE_MAX];
	size_t n, quotes = 0;

	trace_event_init(&e, TRACE_HEARD, 0, 1, word);
	trace_word(&e, "word", word);
	trace_phone(&e, "caller", word);
	n = trace_json(&e, line);
	for (size_t i = 0; i < n; i++) {
		assert(line[i] >= 0x20 && line[i] < 0x7F && line[i] != '\\');
		quotes += line[i] == '"';
	}
	/* at_ms, and a pair of names and words for each of the rest */
	assert(quotes == 2 + 4 * (4 + e.n));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (!text)
		abort();
	memcpy(text, data, size);
	text[size] = 0;
	ask(slice_of(text, size));
	tell(text);
	free(text);
	return 0;
}
