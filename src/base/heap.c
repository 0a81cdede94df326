/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* heap -- see heap.h */
#include "base/heap.h"

#include <assert.h>
#include <errno.h>

void heap_init(struct heap *h, struct heap_node **slots, size_t cap)
{
	*h = (struct heap){ .slots = slots, .cap = cap };
}

static bool before(const struct heap_node *a, const struct heap_node *b)
{
	return a->key != b->key ? a->key < b->key : a->tie < b->tie;
}

static void place(struct heap *h, size_t i, struct heap_node *node)
{
	h->slots[i] = node;
	node->pos = i + 1;
}

static void sift_up(struct heap *h, size_t i)
{
	struct heap_node *node = h->slots[i];

	while (i > 0 && before(node, h->slots[(i - 1) / 2])) {
		place(h, i, h->slots[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	place(h, i, node);
}

static void sift_down(struct heap *h, size_t i)
{
	struct heap_node *node = h->slots[i];

	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= h->n)
			break;
		if (child + 1 < h->n && before(h->slots[child + 1], h->slots[child]))
			child++;
		if (!before(h->slots[child], node))
			break;
		place(h, i, h->slots[child]);
		i = child;
	}
	place(h, i, node);
}

int heap_push(struct heap *h, struct heap_node *node, int64_t key, uint64_t tie)
{
	assert(node->pos == 0);
	if (h->n == h->cap)
		return ENOSPC;
	node->key = key;
	node->tie = tie;
	place(h, h->n++, node);
	sift_up(h, h->n - 1);
	return 0;
}

void heap_remove(struct heap *h, struct heap_node *node)
{
	size_t i;

	if (node->pos == 0)
		return;
	i = node->pos - 1;
	assert(i < h->n && h->slots[i] == node);
	node->pos = 0;
	h->n--;
	if (i == h->n)
		return;
	place(h, i, h->slots[h->n]);
	sift_up(h, i);
	sift_down(h, h->slots[i]->pos - 1);
}

struct heap_node *heap_min(const struct heap *h)
{
	return h->n ? h->slots[0] : NULL;
}
