/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * world -- the whole centre in a test: simulated ports, a virtual clock, people who behave as people do.
 *
 * Callers arrive, lose patience, hang up at any moment; agents accept, decline, overlook, pause, lose their
 * line or close their desk; the relay answers late and sometimes refuses.  Everything comes out of one
 * seed.  While it runs the world keeps its own books (who talks with whom, what was recorded) and
 * stops at the first contradiction, naming seed, time and what is wrong.
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include <stddef.h>
#include <stdint.h>

struct world;

struct world_config {
	uint64_t seed;
	size_t n_calls;
	size_t n_agents;
	unsigned n_relays;
	int64_t mean_gap_ms; /* between arrivals */
	int64_t mean_patience_ms; /* of a caller */
	int64_t mean_talk_ms;
	/* chances in 1000 */
	unsigned decline, overlook, line_lost, desk_closed, relay_refuses, join_refused;
};

struct world_report {
	size_t arrived, refused, answered, abandoned, sent_off, returned;
	size_t declines, timeouts, lines_lost, desks_closed;
	int64_t virtual_ms;
};

/* Runs until every call is over and the agents had time to come back. The first broken promise, or NULL;
 * the text is static. */
const char *world_run(const struct world_config *cfg, struct world_report *report);

#endif
