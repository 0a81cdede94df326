/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * house -- a scenario in the core's words: the one place that knows how acd is configured.  Part of sim.
 */
#ifndef CORE_SIM_HOUSE_H
#define CORE_SIM_HOUSE_H

#include "core/sim/sim.h"

/* Ids of the core from indices: 0 is none there. */
static inline uint64_t house_id(uint32_t index)
{
	return (uint64_t)index + 1;
}

static inline uint32_t house_index(uint64_t id)
{
	return (uint32_t)(id - 1);
}

/* acd_init() with the scenario's queues. ENOMEM. */
int house_init(struct acd *acd, const struct sim_scenario *sc, size_t n_agents,
	size_t calls_max);
/* The event by which an agent of the group begins its shift. */
struct acd_event house_enter(
	const struct sim_scenario *sc, uint32_t group, uint32_t agent);

#endif
