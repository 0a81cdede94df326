/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* turns -- see turns.h */
#include "core/access/turns.h"

/* Is a served before b? */
static bool is_before(const struct turns *t, size_t a, size_t b)
{
	if (t->v[a].is_known != t->v[b].is_known)
		return t->v[a].is_known;
	if (!t->v[a].is_known && t->v[a].tag != t->v[b].tag)
		return t->v[a].tag < t->v[b].tag;
	return t->v[a].order < t->v[b].order;
}

/* One more than what its address has waiting. */
static uint64_t tag_of(const struct turns *t, uint64_t from)
{
	uint64_t tag = t->now;

	for (size_t i = 0; i < TURNS_MAX; i++)
		if (t->v[i].is_taken && !t->v[i].is_known && t->v[i].from == from &&
			t->v[i].tag > tag)
			tag = t->v[i].tag;
	return tag + 1;
}

static size_t last(const struct turns *t)
{
	size_t at = TURNS_NONE;

	for (size_t i = 0; i < TURNS_MAX; i++)
		if (t->v[i].is_taken && (at == TURNS_NONE || is_before(t, at, i)))
			at = i;
	return at;
}

static size_t free_place(const struct turns *t)
{
	size_t i = 0;

	while (i < TURNS_MAX && t->v[i].is_taken)
		i++;
	return i;
}

enum turns_answer turns_add(struct turns *t, uint64_t from, bool is_known, size_t *place)
{
	uint64_t tag = tag_of(t, from);
	enum turns_answer answer = TURNS_WAITS;
	size_t at = free_place(t);

	if (at == TURNS_MAX) {
		answer = TURNS_INSTEAD;
		at = last(t);
		if (t->v[at].is_known || (!is_known && t->v[at].tag <= tag))
			return TURNS_NOT;
	}
	t->v[at].from = from;
	t->v[at].is_known = is_known;
	t->v[at].tag = tag;
	t->v[at].order = ++t->serial;
	t->v[at].is_taken = true;
	*place = at;
	return answer;
}

size_t turns_next(struct turns *t)
{
	size_t at = TURNS_NONE;

	for (size_t i = 0; i < TURNS_MAX; i++)
		if (t->v[i].is_taken && (at == TURNS_NONE || is_before(t, i, at)))
			at = i;
	if (at == TURNS_NONE)
		return at;
	t->v[at].is_taken = false;
	if (!t->v[at].is_known && t->v[at].tag > t->now)
		t->now = t->v[at].tag;
	return at;
}
