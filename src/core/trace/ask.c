/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ask -- see ask.h */
#include "core/trace/ask.h"

#include <errno.h>
#include <string.h>

#include "base/ids.h"
#include "base/text.h"

#define HEAD "trace 1 "

static bool read_count(struct slice text, unsigned most, unsigned *out)
{
	uint64_t n;

	if (!slice_u64(text, most, &n) || !n)
		return false;
	*out = (unsigned)n;
	return true;
}

static bool read_call(struct slice text, uint64_t *out)
{
	char id[IDS_TEXT_SIZE];

	return !slice_copy(text, id, sizeof id) && !ids_parse(id, out) && *out;
}

static bool read_word(struct trace_ask *a, struct slice word)
{
	struct slice value = word, name = slice_cut(&value, '=');

	if (slice_is(word, "json"))
		return a->json = true;
	if (slice_is(name, "call"))
		return read_call(value, &a->call);
	if (slice_is(name, "next"))
		return read_count(value, TRACE_CALLS_MAX, &a->next);
	if (slice_is(name, "minutes"))
		return read_count(value, TRACE_MINUTES_MAX, &a->minutes);
	return false;
}

static bool read_queue(struct trace_ask *a, struct slice rest)
{
	return rest.n && !slice_copy(rest, a->queue, sizeof a->queue) &&
		text_is_clean_utf8(a->queue);
}

/* One call that goes on, or some of those that come, perhaps to one queue. */
static bool is_sound(const struct trace_ask *a)
{
	return a->minutes && (a->call ? !a->next && !*a->queue : a->next > 0);
}

int trace_ask_read(struct trace_ask *out, struct slice line)
{
	struct trace_ask a = { 0 };
	size_t head = strlen(HEAD), queue = strlen("queue=");
	bool fits = line.n < TRACE_ASK_MAX && line.n > head &&
		memcmp(line.p, HEAD, head) == 0;
	struct slice rest = fits ? slice_from(line, head) : (struct slice){ 0 };

	while (fits && rest.n) {
		if (rest.n > queue && memcmp(rest.p, "queue=", queue) == 0) {
			fits = read_queue(&a, slice_from(rest, queue));
			break;
		}
		fits = read_word(&a, slice_cut(&rest, ' '));
	}
	if (!fits || !is_sound(&a))
		return EINVAL;
	a.next = a.call ? 1 : a.next;
	*out = a;
	return 0;
}

int trace_ask_write(const struct trace_ask *a, char *out, size_t cap)
{
	char call[IDS_TEXT_SIZE], which[40];
	struct trace_ask again;
	int err = is_sound(a) ? 0 : EINVAL;

	ids_text(call, a->call);
	if (!err)
		err = a->call ? text_format(which, sizeof which, "call=%s", call)
			      : text_format(which, sizeof which, "next=%u", a->next);
	if (!err)
		err = text_format(out, cap, HEAD "%s minutes=%u%s%s%s\n", which,
			a->minutes, a->json ? " json" : "", *a->queue ? " queue=" : "",
			a->queue);
	if (err)
		return err;
	return trace_ask_read(&again, slice_of(out, strlen(out) - 1));
}
