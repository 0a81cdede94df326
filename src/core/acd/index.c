/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * index -- finds an agent or a call by its id.
 *
 * Open addressing with linear probing over slots of 32 bits: 22 for the entry's index plus one (0: free), 10
 * of the id's hash, so that a wrong entry is read once in a thousand times; the id itself stands in the entry,
 * which whoever asks for it reads anyway.  Half full at most; removal closes the gap, so there are no
 * tombstones and a long day leaves it as fast as it was.  The id 0 is none.  Part of acd (see acd.h).
 */
#include "core/acd/priv.h"

#include <errno.h>
#include <stdlib.h>

int index_init(struct acd_index *ix, size_t max)
{
	size_t size = 4;

	while (size < 2 * max)
		size *= 2;
	ix->mask = (uint32_t)(size - 1);
	ix->slots = calloc(size, sizeof *ix->slots);
	return ix->slots ? 0 : ENOMEM;
}

void index_close(struct acd_index *ix)
{
	free(ix->slots);
	*ix = (struct acd_index){ 0 };
}

/* Ids are timestamps with a sequence: multiply so that neighbours spread (Knuth's golden ratio). */
static uint64_t hash(uint64_t id)
{
	return id * 0x9E3779B97F4A7C15ULL;
}

static uint32_t home(const struct acd_index *ix, uint64_t h)
{
	return (uint32_t)(h >> 32) & ix->mask;
}

static uint32_t tag(uint64_t h)
{
	return (uint32_t)(h >> 22) & ~ACD_ENTRIES_MAX;
}

static const char *entry_at(
	const struct acd_index *ix, const void *entries, size_t size, uint32_t i)
{
	return (const char *)entries + ((ix->slots[i] & ACD_ENTRIES_MAX) - 1) * size;
}

static uint64_t id_of(const char *entry)
{
	return *(const uint64_t *)(const void *)entry;
}

void *index_find(
	const struct acd_index *ix, const void *entries, size_t size, uint64_t id)
{
	uint64_t h = hash(id);

	if (id == 0)
		return NULL;
	for (uint32_t i = home(ix, h); ix->slots[i]; i = (i + 1) & ix->mask) {
		const char *entry = entry_at(ix, entries, size, i);

		if ((ix->slots[i] & ~ACD_ENTRIES_MAX) != tag(h))
			continue;
		__builtin_prefetch(entry + CACHE_LINE, 1);
		if (id_of(entry) == id)
			return (void *)(uintptr_t)entry;
	}
	return NULL;
}

void index_put(struct acd_index *ix, const void *entries, size_t size, uint32_t entry)
{
	uint64_t h = hash(id_of((const char *)entries + entry * size));
	uint32_t i = home(ix, h);

	while (ix->slots[i])
		i = (i + 1) & ix->mask;
	ix->slots[i] = tag(h) | (entry + 1);
}

/* Move later members of the run into the gap as long as their home is not behind it. */
static void close_gap(
	struct acd_index *ix, const void *entries, size_t size, uint32_t gap)
{
	for (uint32_t i = (gap + 1) & ix->mask; ix->slots[i]; i = (i + 1) & ix->mask) {
		uint64_t h = hash(id_of(entry_at(ix, entries, size, i)));
		uint32_t from_home = (i - home(ix, h)) & ix->mask;
		uint32_t from_gap = (i - gap) & ix->mask;

		if (from_home < from_gap)
			continue;
		ix->slots[gap] = ix->slots[i];
		ix->slots[i] = 0;
		gap = i;
	}
}

void index_drop(struct acd_index *ix, const void *entries, size_t size, uint32_t entry)
{
	uint32_t i = home(ix, hash(id_of((const char *)entries + entry * size)));

	while ((ix->slots[i] & ACD_ENTRIES_MAX) != entry + 1)
		i = (i + 1) & ix->mask;
	ix->slots[i] = 0;
	close_gap(ix, entries, size, i);
}
