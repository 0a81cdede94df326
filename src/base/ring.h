/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * ring -- a bounded queue of fixed-size slots between one writing and one reading thread.
 *
 * Lock-free (one acquire, one release per operation); it never blocks and never allocates after
 * ring_init().  Waking the reader is the caller's business (uv_async, eventfd, condition variable).
 */
#ifndef BASE_RING_H
#define BASE_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ring {
	uint8_t *slots; /* owned */
	size_t slot_size;
	size_t cap; /* a power of two */
	_Atomic size_t head; /* next to write */
	_Atomic size_t tail; /* next to read */
};

/* cap: a power of two. ENOMEM, EINVAL. */
int ring_init(struct ring *r, size_t slot_size, size_t cap);
void ring_close(struct ring *r);
/* Copies slot_size bytes in; EAGAIN when full. The writing thread only. */
int ring_put(struct ring *r, const void *slot);
/* Copies slot_size bytes out; EAGAIN when empty. The reading thread only. */
int ring_get(struct ring *r, void *slot);
/* The oldest slot, which stays in. EAGAIN when empty. The writing thread only: as nobody else overwrites
 * slots, the copy is whole even when the reader takes it out meanwhile. */
int ring_peek(const struct ring *r, void *slot);
size_t ring_count(const struct ring *r); /* a moment's figure; any thread */

#endif
