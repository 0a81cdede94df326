/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ring -- see ring.h */
#include "base/ring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int ring_init(struct ring *r, size_t slot_size, size_t cap)
{
	if (cap == 0 || (cap & (cap - 1)) != 0 || slot_size == 0)
		return EINVAL;
	*r = (struct ring){ .slot_size = slot_size, .cap = cap };
	r->slots = calloc(cap, slot_size);
	return r->slots ? 0 : ENOMEM;
}

void ring_close(struct ring *r)
{
	if (!r)
		return;
	free(r->slots);
	*r = (struct ring){ 0 };
}

static uint8_t *slot_at(const struct ring *r, size_t i)
{
	return r->slots + (i & (r->cap - 1)) * r->slot_size;
}

int ring_put(struct ring *r, const void *slot)
{
	size_t head = atomic_load_explicit(&r->head, memory_order_relaxed);

	if (head - atomic_load_explicit(&r->tail, memory_order_acquire) == r->cap)
		return EAGAIN;
	memcpy(slot_at(r, head), slot, r->slot_size);
	atomic_store_explicit(&r->head, head + 1, memory_order_release);
	return 0;
}

int ring_get(struct ring *r, void *slot)
{
	size_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);

	if (tail == atomic_load_explicit(&r->head, memory_order_acquire))
		return EAGAIN;
	memcpy(slot, slot_at(r, tail), r->slot_size);
	atomic_store_explicit(&r->tail, tail + 1, memory_order_release);
	return 0;
}

int ring_peek(const struct ring *r, void *slot)
{
	size_t tail = atomic_load_explicit(&r->tail, memory_order_acquire);

	if (tail == atomic_load_explicit(&r->head, memory_order_relaxed))
		return EAGAIN;
	memcpy(slot, slot_at(r, tail), r->slot_size);
	return 0;
}

size_t ring_count(const struct ring *r)
{
	return atomic_load_explicit(&r->head, memory_order_acquire) -
		atomic_load_explicit(&r->tail, memory_order_acquire);
}
