/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * index -- finds an agent or a call by its id.
 *
 * Open addressing with linear probing over indices of 32 bits; the id stands in the entry itself, which
 * whoever asks for it reads anyway.  Half full at most; removal closes the gap, so there are no tombstones
 * and a long day leaves it as fast as it was.  The id 0 is none.  Part of acd (see acd.h).
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
static uint32_t home(const struct acd_index *ix, uint64_t id)
{
	return (uint32_t)((id * 0x9E3779B97F4A7C15ULL) >> 32) & ix->mask;
}

static uint64_t id_at(
	const struct acd_index *ix, const void *entries, size_t size, uint32_t i)
{
	const char *entry = (const char *)entries + (ix->slots[i] - 1) * size;

	return *(const uint64_t *)(const void *)entry;
}

void *index_find(
	const struct acd_index *ix, const void *entries, size_t size, uint64_t id)
{
	if (id == 0)
		return NULL;
	for (uint32_t i = home(ix, id); ix->slots[i]; i = (i + 1) & ix->mask)
		if (id_at(ix, entries, size, i) == id)
			return (char *)(uintptr_t)entries + (ix->slots[i] - 1) * size;
	return NULL;
}

void index_put(struct acd_index *ix, const void *entries, size_t size, uint32_t entry)
{
	uint64_t id = *(
		const uint64_t *)(const void *)((const char *)entries + entry * size);
	uint32_t i = home(ix, id);

	while (ix->slots[i])
		i = (i + 1) & ix->mask;
	ix->slots[i] = entry + 1;
}

/* Move later members of the run into the gap as long as their home is not behind it. */
static void close_gap(
	struct acd_index *ix, const void *entries, size_t size, uint32_t gap)
{
	for (uint32_t i = (gap + 1) & ix->mask; ix->slots[i]; i = (i + 1) & ix->mask) {
		uint32_t from_home = (i - home(ix, id_at(ix, entries, size, i))) &
			ix->mask;
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
	uint64_t id = *(
		const uint64_t *)(const void *)((const char *)entries + entry * size);
	uint32_t i = home(ix, id);

	while (ix->slots[i] != entry + 1)
		i = (i + 1) & ix->mask;
	ix->slots[i] = 0;
	close_gap(ix, entries, size, i);
}
