/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* map -- see map.h */
#include "base/map.h"

#include <errno.h>
#include <stdlib.h>

int map_init(struct map *m, size_t max)
{
	size_t size = 4;

	if (max == 0 || max > SIZE_MAX / 4 / sizeof *m->slots)
		return EINVAL;
	while (size < 2 * max)
		size *= 2;
	*m = (struct map){ .mask = size - 1, .max = max };
	m->slots = calloc(size, sizeof *m->slots);
	return m->slots ? 0 : ENOMEM;
}

void map_close(struct map *m)
{
	if (!m)
		return;
	free(m->slots);
	*m = (struct map){ 0 };
}

/* Ids are timestamps with a sequence: multiply so that neighbours spread (Knuth's golden ratio). */
static size_t home(const struct map *m, uint64_t key)
{
	return (size_t)((key * 0x9E3779B97F4A7C15ULL) >> 32) & m->mask;
}

static size_t probe(const struct map *m, uint64_t key)
{
	size_t i = home(m, key);

	while (m->slots[i].key && m->slots[i].key != key)
		i = (i + 1) & m->mask;
	return i;
}

void *map_find(const struct map *m, uint64_t key)
{
	if (!m->slots || key == 0)
		return NULL;
	return m->slots[probe(m, key)].value;
}

int map_put(struct map *m, uint64_t key, void *value)
{
	size_t i;

	if (key == 0)
		return EINVAL;
	i = probe(m, key);
	if (m->slots[i].key)
		return EEXIST;
	if (m->n == m->max)
		return ENOSPC;
	m->slots[i] = (struct map_slot){ key, value };
	m->n++;
	return 0;
}

/* Move later members of the run into the gap as long as their home is not behind it. */
static void close_gap(struct map *m, size_t gap)
{
	for (size_t i = (gap + 1) & m->mask; m->slots[i].key; i = (i + 1) & m->mask) {
		size_t from_home = (i - home(m, m->slots[i].key)) & m->mask;
		size_t from_gap = (i - gap) & m->mask;

		if (from_home < from_gap)
			continue;
		m->slots[gap] = m->slots[i];
		m->slots[i] = (struct map_slot){ 0 };
		gap = i;
	}
}

void *map_drop(struct map *m, uint64_t key)
{
	size_t i;
	void *value;

	if (!m->slots || key == 0)
		return NULL;
	i = probe(m, key);
	if (!m->slots[i].key)
		return NULL;
	value = m->slots[i].value;
	m->slots[i] = (struct map_slot){ 0 };
	m->n--;
	close_gap(m, i);
	return value;
}
