/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* agenda -- see agenda.h */
#include "core/sim/agenda.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

int sim_agenda_init(struct sim_agenda *a, size_t n_slots)
{
	*a = (struct sim_agenda){ 0 };
	a->heap = calloc(n_slots, sizeof *a->heap);
	a->place = calloc(n_slots, sizeof *a->place);
	if (a->heap && a->place)
		return 0;
	sim_agenda_close(a);
	return ENOMEM;
}

void sim_agenda_close(struct sim_agenda *a)
{
	if (!a)
		return;
	free(a->heap);
	free(a->place);
	memset(a, 0, sizeof *a);
}

static bool before(const struct sim_due *a, const struct sim_due *b)
{
	return a->at != b->at ? a->at < b->at : a->order < b->order;
}

static void put(struct sim_agenda *a, uint32_t i, const struct sim_due *due)
{
	a->heap[i] = *due;
	a->place[due->slot] = i + 1;
}

/* Puts `due` at i or above it. */
static void rise(struct sim_agenda *a, uint32_t i, const struct sim_due *due)
{
	while (i > 0) {
		uint32_t parent = (i - 1) / 4;

		if (!before(due, &a->heap[parent]))
			break;
		put(a, i, &a->heap[parent]);
		i = parent;
	}
	put(a, i, due);
}

static uint32_t first_child(const struct sim_agenda *a, uint32_t i)
{
	uint32_t first = 4 * i + 1, end = first + 4 < a->n ? first + 4 : a->n;

	for (uint32_t k = first + 1; k < end; k++)
		if (before(&a->heap[k], &a->heap[first]))
			first = k;
	return first;
}

/* Puts `due` at i or below it. */
static void sink(struct sim_agenda *a, uint32_t i, const struct sim_due *due)
{
	while (4 * i + 1 < a->n) {
		uint32_t child = first_child(a, i);

		if (!before(&a->heap[child], due))
			break;
		put(a, i, &a->heap[child]);
		i = child;
	}
	put(a, i, due);
}

static void settle(struct sim_agenda *a, uint32_t i, const struct sim_due *due)
{
	if (i > 0 && before(due, &a->heap[(i - 1) / 4]))
		rise(a, i, due);
	else
		sink(a, i, due);
}

void sim_agenda_set(struct sim_agenda *a, uint32_t slot, int64_t at)
{
	struct sim_due due = { .at = at, .order = a->order++, .slot = slot };

	if (a->place[slot])
		settle(a, a->place[slot] - 1, &due);
	else
		rise(a, a->n++, &due);
}

void sim_agenda_drop(struct sim_agenda *a, uint32_t slot)
{
	uint32_t i = a->place[slot];
	struct sim_due last;

	if (i == 0)
		return;
	a->place[slot] = 0;
	last = a->heap[--a->n];
	if (i - 1 < a->n)
		settle(a, i - 1, &last);
}
