/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * agenda -- what happens next: one pending moment for each of a fixed number of slots.
 *
 * A heap of four children a node, of small entries that hold their moment, so that a move touches no memory
 * of the things that wait; each slot knows its place, so that a moment can be moved and dropped.  Equal
 * moments come in the order in which they were set, so that a run is the same each time.
 *
 * Cost: O(log n) to set and drop, O(1) to look; no allocation after init.  24 bytes a slot.
 * Memory: sim_agenda_close() releases what it holds.
 */
#ifndef CORE_SIM_AGENDA_H
#define CORE_SIM_AGENDA_H

#include <stddef.h>
#include <stdint.h>

struct sim_due {
	int64_t at;
	uint32_t order, slot;
};

struct sim_agenda {
	struct sim_due *heap; /* owned */
	uint32_t *place; /* owned, by slot: index + 1; 0: nothing is due */
	uint32_t n, order;
};

/* ENOMEM. */
int sim_agenda_init(struct sim_agenda *a, size_t n_slots);
void sim_agenda_close(struct sim_agenda *a);
/* Sets the slot's moment, whether it had one or not. */
void sim_agenda_set(struct sim_agenda *a, uint32_t slot, int64_t at);
void sim_agenda_drop(
	struct sim_agenda *a, uint32_t slot); /* nothing when nothing is due */
/* The earliest; something must be due. */
static inline struct sim_due sim_agenda_first(const struct sim_agenda *a)
{
	return a->heap[0];
}

#endif
