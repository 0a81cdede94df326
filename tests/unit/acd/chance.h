/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * chance -- events as they might come, for a core with every kind of rule: what is possible most of the time,
 * nonsense now and then.  Time goes on with each; what is due comes first, as in the centre.
 */
#ifndef TESTS_ACD_CHANCE_H
#define TESTS_ACD_CHANCE_H

#include "core/acd/acd.h"

enum { CHANCE_AGENTS = 8, CHANCE_CALLS = 24, CHANCE_QUEUES = 3 };

extern const struct acd_queue_config chance_queues[CHANCE_QUEUES];
extern const struct acd_limits chance_limits;

struct chance {
	uint64_t random; /* not 0 */
	int64_t now_ms;
	uint64_t ids; /* of agents and calls: these plus 1 to the numbers above */
};

uint64_t chance_below(struct chance *c, uint64_t n);
struct acd_event chance_event(struct chance *c, const struct acd *acd);

#endif
