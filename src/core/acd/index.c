/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * index -- finds an agent or a call by its id.
 *
 * Open addressing with linear probing over slots of 32 bits: 22 for the entry's index plus one (0: free), 5 for
 * how far behind its home it stands, 5 of the id's hash.  So whoever is sought is hardly ever taken for another
 * (that needs the same home, and once in 32 the same hash), and another's entry hardly ever read; its own,
 * in which the id stands, whoever asks for it reads anyway.  Half full at most; removal closes the gap, so
 * there are no tombstones and a long day leaves it as fast as it was, and it knows by the slots alone who
 * may move.  The id 0 is none.  Part of acd (see acd.h).
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

#define TAG_SHIFT 22
#define OFF_SHIFT 27
#define OFF_MAX   31 /* or more: then the entry is asked */
/* NOLINTNEXTLINE(misc-redundant-expression): two that must stay alike */
_Static_assert(ACD_ENTRIES_MAX == (1u << TAG_SHIFT) - 1, "see above");

static uint32_t off_bits(uint32_t off)
{
	return (off < OFF_MAX ? off : OFF_MAX) << OFF_SHIFT;
}

static uint32_t tag_bits(uint64_t h)
{
	return (uint32_t)(h >> 59) << TAG_SHIFT;
}

static const char *entry_of(const void *entries, size_t size, uint32_t slot)
{
	return (const char *)entries + ((slot & ACD_ENTRIES_MAX) - 1) * size;
}

static uint64_t id_of(const char *entry)
{
	return *(const uint64_t *)(const void *)entry;
}

void *index_find(
	const struct acd_index *ix, const void *entries, size_t size, uint64_t id)
{
	uint64_t h = hash(id);
	uint32_t slot, i = home(ix, h);

	if (id == 0)
		return NULL;
	for (uint32_t off = 0; (slot = ix->slots[i]); off++, i = (i + 1) & ix->mask) {
		const char *entry = entry_of(entries, size, slot);

		if ((slot & ~ACD_ENTRIES_MAX) == (off_bits(off) | tag_bits(h)) &&
			id_of(entry) == id)
			return (void *)(uintptr_t)entry;
	}
	return NULL;
}

void index_fetch_slot(const struct acd_index *ix, uint64_t id)
{
	__builtin_prefetch(&ix->slots[home(ix, hash(id))], 1);
}

void index_fetch(
	const struct acd_index *ix, const void *entries, size_t size, uint64_t id)
{
	uint32_t slot = ix->slots[home(ix, hash(id))];

	if (slot)
		__builtin_prefetch(entry_of(entries, size, slot), 1);
}

void index_put(struct acd_index *ix, const void *entries, size_t size, uint32_t entry)
{
	uint64_t h = hash(id_of((const char *)entries + entry * size));
	uint32_t off = 0, i = home(ix, h);

	for (; ix->slots[i]; i = (i + 1) & ix->mask)
		off++;
	ix->slots[i] = off_bits(off) | tag_bits(h) | (entry + 1);
}

/* How far behind its home the entry of slot i stands. */
static uint32_t off_of(
	const struct acd_index *ix, const void *entries, size_t size, uint32_t i)
{
	uint32_t slot = ix->slots[i], off = slot >> OFF_SHIFT;

	if (off == OFF_MAX)
		off = (i - home(ix, hash(id_of(entry_of(entries, size, slot))))) &
			ix->mask;
	return off;
}

/* Move later members of the run into the gap as long as their home is not behind it. */
static void close_gap(
	struct acd_index *ix, const void *entries, size_t size, uint32_t gap)
{
	for (uint32_t i = (gap + 1) & ix->mask; ix->slots[i]; i = (i + 1) & ix->mask) {
		uint32_t from_home = off_of(ix, entries, size, i);
		uint32_t from_gap = (i - gap) & ix->mask;

		if (from_home < from_gap)
			continue;
		ix->slots[gap] = off_bits(from_home - from_gap) |
			(ix->slots[i] & ((1u << OFF_SHIFT) - 1));
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
