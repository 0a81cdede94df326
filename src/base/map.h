/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * map -- ids to pointers, in a table of fixed size.
 *
 * Open addressing with linear probing; removal closes the gap, so there are no tombstones and a full
 * day of coming and going leaves it as fast as it was.  Memory is allocated in map_init() only.
 * It owns the table, never what is pointed to.  The key 0 is no id.  Find, put and drop cost O(1) as the
 * table is kept at most half full.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stddef.h>
#include <stdint.h>

struct map_slot {
	uint64_t key; /* 0: free */
	void *value;
};

struct map {
	struct map_slot *slots; /* owned */
	size_t mask, n, max;
};

int map_init(struct map *m, size_t max); /* ENOMEM, EINVAL for 0 */
void map_close(struct map *m);
void *map_find(const struct map *m, uint64_t key); /* borrowed; NULL */
/* ENOSPC at max, EEXIST, EINVAL for the key 0. */
int map_put(struct map *m, uint64_t key, void *value);
void *map_drop(struct map *m, uint64_t key); /* what was there, or NULL */

#endif
