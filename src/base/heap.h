/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * heap -- a binary min-heap of deadlines, intrusive, with removal from the middle.
 *
 * The slots array is the caller's, allocated once for a stated maximum; the heap owns nothing.
 * Push, pop and remove cost O(log n), the earliest O(1).  Equal keys leave in the order of `tie`, so
 * that a replay sees the same order.
 */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct heap_node {
	int64_t key;
	uint64_t tie;
	size_t pos; /* index + 1; 0 while in no heap */
};

struct heap {
	struct heap_node **slots;
	size_t n, cap;
};

#define heap_entry(node, type, member) \
	((type *)(void *)((char *)(node)-offsetof(type, member)))

void heap_init(struct heap *h, struct heap_node **slots, size_t cap);
/* ENOSPC when full; the node must be in no heap. */
int heap_push(struct heap *h, struct heap_node *node, int64_t key, uint64_t tie);
void heap_remove(struct heap *h, struct heap_node *node); /* nothing when it is in none */
struct heap_node *heap_min(const struct heap *h); /* borrowed; NULL when empty */
static inline bool heap_is_member(const struct heap_node *node)
{
	return node->pos != 0;
}

#endif
