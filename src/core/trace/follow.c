/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* follow -- see follow.h */
#include "core/trace/follow.h"

#include <string.h>

#include "base/text.h"

void trace_follow_init(
	struct trace_follow *f, const struct trace_ask *ask, int64_t now_ms)
{
	memset(f, 0, sizeof *f);
	f->ask = *ask;
	f->until_ms = now_ms + (int64_t)ask->minutes * 60000;
}

static struct trace_call *find(struct trace_follow *f, const struct trace_sight *s)
{
	for (size_t i = 0; i < f->n; i++) {
		struct trace_call *c = &f->calls[i];

		if ((s->call && c->call == s->call) ||
			(s->dialog && c->dialog == s->dialog))
			return c;
	}
	return NULL;
}

static bool is_of_queue(const struct trace_follow *f, const struct trace_sight *s)
{
	const char *queue = f->ask.queue;

	return !*queue || (s->number && strcmp(s->number, queue) == 0) ||
		(s->name && strcmp(s->name, queue) == 0);
}

static bool is_asked_for(const struct trace_follow *f, const struct trace_sight *s)
{
	if (f->n >= f->ask.next || f->n >= TRACE_CALLS_MAX)
		return false;
	if (f->ask.call)
		return s->call == f->ask.call;
	return s->begins && is_of_queue(f, s);
}

struct trace_call *trace_wants(
	struct trace_follow *f, const struct trace_sight *s, int64_t now_ms)
{
	struct trace_call *c = find(f, s);

	if (!c && !is_asked_for(f, s))
		return NULL;
	if (!c) {
		c = &f->calls[f->n++];
		*c = (struct trace_call){ .began_ms = now_ms };
	}
	if (s->call)
		c->call = s->call;
	if (s->dialog)
		c->dialog = s->dialog;
	return c;
}

void trace_ended(struct trace_call *c, const char *why, int64_t now_ms)
{
	if (c->ended_ms)
		return;
	c->ended_ms = now_ms;
	(void)text_copy(c->why, sizeof c->why, why);
}

struct trace_call *trace_due(struct trace_follow *f, int64_t now_ms)
{
	for (size_t i = 0; i < f->n; i++) {
		struct trace_call *c = &f->calls[i];
		bool is_over = c->ended_ms && now_ms >= c->ended_ms + TRACE_LINGER_MS;

		if (!c->is_told && (is_over || now_ms >= f->until_ms)) {
			c->is_told = true;
			return c;
		}
	}
	return NULL;
}

bool trace_is_over(const struct trace_follow *f, int64_t now_ms)
{
	size_t told = 0;

	for (size_t i = 0; i < f->n; i++)
		told += f->calls[i].is_told;
	return now_ms >= f->until_ms || told >= f->ask.next;
}
