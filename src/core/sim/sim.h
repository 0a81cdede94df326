/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * sim -- one replication of a scenario: invented callers and agents around the real acd_step().
 *
 * Pure, like all of the core: the time is virtual, randomness a seed.  It allocates in sim_init() and nowhere else.  The
 * same scenario, seed and replication give the same figures.
 *
 * Time: a tick is a microsecond, and the core is given ticks where its events and limits say "ms"; it does not care
 * what its unit is, as long as all have the same.  Durations are drawn as doubles and rounded to the nearest tick, which
 * changes the mean m of an exponential one by m * (tick / m)^2 / 24: for the shortest mean that is allowed, 1 ms, by
 * 4 parts in 10^8.  Milliseconds would change that one by 4 %.
 *
 * Calls: arrivals are numbered over all queues.  The first `warmup` are not counted, the next `calls` are, and callers go
 * on arriving until the last counted one is done, so that neither the empty beginning nor the end bends a figure.
 *
 * Agents are ready from the beginning, accept each offer after the group's answer time, end each talk when its work
 * is done, and are ready again after the queue's wrap-up.  Callers arrive by Poisson processes and leave when their patience
 * ends before an agent has accepted.
 *
 * Cost: a few hundred nanoseconds a call, most of it the core's.  Memory: of the core, and 64 bytes a call and an agent.
 * Thread: any; one at a time.
 */
#ifndef CORE_SIM_H
#define CORE_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/acd/acd.h"
#include "core/sim/agenda.h"
#include "core/sim/rand.h"
#include "core/sim/stats.h"

#define SIM_QUEUES_MAX ACD_QUEUES_MAX
#define SIM_GROUPS_MAX 64
#define SIM_NAME_MAX   64 /* bytes with NUL */
#define SIM_AGENTS_MAX 100000 /* all groups together */

/* How confidential a queue's calls are, and what a workplace is cleared for. */
enum sim_secrecy { SIM_GENERAL, SIM_CONFIDENTIAL, SIM_STRICT, SIM_SECRECIES };

struct sim_queue {
	char name[SIM_NAME_MAX];
	double rate_per_s;
	struct sim_dist service, patience; /* service at speed 1; patience NONE: no end */
	double target_s; /* an answer within it is good service */
	double wrapup_s;
	uint32_t priority; /* 1 ... ACD_PRIORITY_MAX */
	uint32_t max_waiting; /* UINT32_MAX: no limit */
	struct acd_skills skills; /* least levels */
	uint8_t n_relax; /* steps in which they become less */
	struct {
		double after_s;
		struct acd_skills skills;
	} relax[ACD_RELAX_MAX];
	enum sim_secrecy sensitivity;
};

/* Agents that are alike. */
struct sim_group {
	char name[SIM_NAME_MAX];
	uint32_t count;
	double speed; /* the service takes its time divided by this */
	double answer_s; /* from the offer to the acceptance */
	struct acd_skills skills; /* levels had */
	enum acd_workplace workplace;
	enum sim_secrecy clearance;
};

struct sim_scenario {
	uint64_t calls, warmup; /* of each replication */
	uint32_t replications;
	size_t n_queues, n_groups;
	struct sim_queue queues[SIM_QUEUES_MAX];
	struct sim_group groups[SIM_GROUPS_MAX];
};

/* What can be said of a scenario beforehand. */
enum sim_flaw {
	SIM_SOUND,
	SIM_NO_AGENT, /* a queue that no agent may serve */
	SIM_OVERLOAD, /* queues without patience or limit, and more work than agents: their waits grow for ever */
};

struct sim_verdict {
	enum sim_flaw flaw;
	bool queues[SIM_QUEUES_MAX]; /* those that it is about */
	double load,
		agents; /* OVERLOAD: the work that arrives, and the agents (by speed) who may do it */
};

/* May the group's agents have the queue's calls, be it after a wait? */
bool sim_may(const struct sim_group *g, const struct sim_queue *q);
/* A necessary condition, exact where neither wrap-up nor answer time meets differing speeds: what passes may still not be
 * stable under the routing's rules, and then sim_run() ends with ENOSPC sooner or later. */
struct sim_verdict sim_judge(const struct sim_scenario *sc);

enum sim_figure {
	SIM_P_WAIT, /* no agent was free at once */
	SIM_MEAN_WAIT_S, /* until the answer or the leaving, over all arrivals */
	SIM_ASA_S, /* over the answered */
	SIM_P_ABANDON,
	SIM_SERVICE_LEVEL, /* answered within the target, over all arrivals */
	SIM_P_REFUSED, /* the queue was full */
	SIM_QUEUE_LENGTH, /* callers not yet answered, averaged over time */
	SIM_FIGURES
};

/* What a replication has seen; or several, see sim_result_add(). */
struct sim_result {
	struct sim_mean overall[SIM_FIGURES];
	struct sim_mean queues[SIM_QUEUES_MAX][SIM_FIGURES];
	struct sim_mean groups
		[SIM_GROUPS_MAX]; /* utilisation: offer, talk and wrap-up, of all agents' time */
};

struct sim_sums {
	uint64_t arrived, queued, answered, abandoned, within, refused;
	double wait, answered_wait; /* ticks */
};

struct sim_desk;
struct sim_call;

struct sim_source {
	struct sim_rand rand[SIM_PURPOSES];
	struct sim_draw gap, service, patience;
	int64_t target;
	struct sim_sums sums;
	struct sim_gauge waiting;
	double counted_area; /* of it, from the first counted arrival to the last */
};

struct sim {
	const struct sim_scenario *sc; /* borrowed */
	struct acd acd;
	struct acd_event ev;
	struct acd_actions out;
	int64_t now, from, to; /* the counted arrivals' first and last moment */
	uint64_t arrived, open; /* callers so far; counted ones not yet done */
	struct sim_source sources[SIM_QUEUES_MAX];
	struct sim_gauge busy[SIM_GROUPS_MAX];
	double counted_area[SIM_GROUPS_MAX];
	struct sim_desk *desks; /* owned, one an agent */
	struct sim_call *calls; /* owned */
	uint32_t *ringing; /* owned: agents who accept in this very moment */
	size_t n_agents, n_ringing;
	uint32_t free_call; /* index of the first; calls_max: none */
	size_t calls_max;
	struct sim_agenda agenda;
	bool checks;
	const char *broken;
};

/* calls_max: how many may be in the centre at a time; checks: acd_check() after each step, which is slow.
 * ENOMEM. sim_close() is due whatever came out. */
int sim_init(struct sim *s, const struct sim_scenario *sc, uint64_t seed,
	uint32_t replication, size_t calls_max, bool checks);
void sim_close(struct sim *s);
/* Goes on until so many callers have arrived, or all is done; then *done. ENOSPC: more calls at a time than calls_max;
 * EPROTO: the core broke the promise s->broken. */
int sim_run(struct sim *s, uint64_t arrived, bool *done);
/* Adds the figures of a replication that is done, each as one observation. */
void sim_result_add(struct sim_result *r, const struct sim *s);

#endif
