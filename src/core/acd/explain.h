/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * explain -- why a call was offered to this agent and not to others, and why it was this call's turn.
 *
 * Asked of a core that has just offered the call, or of one where it waits: rules first, then who is busy with
 * what, each agent counted once, under the first that applies.  Numbers, no names; of a single agent only how
 * long it had been idle, against the next one, since that is the rule.  Part of acd (see acd.h); reads only.
 * Cost: each agent and each waiting call is looked at; for questions, not for the live core.
 */
#ifndef CORE_ACD_EXPLAIN_H
#define CORE_ACD_EXPLAIN_H

#include "core/acd/acd.h"

/* In the order in which they are looked at. */
enum acd_bar {
	ACD_BAR_NONE, /* eligible */
	ACD_BAR_OTHER, /* the call waits for one agent alone, who is not this one */
	ACD_BAR_QUEUE, /* does not serve it */
	ACD_BAR_SKILL,
	ACD_BAR_CLEARANCE,
	ACD_BAR_OFFICE, /* the caller wishes for somebody at the office */
	ACD_BAR_DECLINED, /* this very call, a while ago */
	ACD_BAR_AWAY,
	ACD_BAR_PAUSE,
	ACD_BAR_WORK,
	ACD_BAR_OFFERED, /* another call */
	ACD_BAR_TALKING, /* or calling somebody back, or cut off in a talk */
	ACD_BAR_WRAPUP,
	ACD_BARS,
};
const char *acd_bar_word(enum acd_bar bar);

struct acd_rival {
	uint32_t queue;
	int64_t waited_ms;
	double urgency; /* priority * waited / target: of two calls the greater is served first */
};

struct acd_explanation {
	struct acd_rival call; /* itself */
	uint8_t sensitivity;
	bool wants_office;
	struct acd_skills needs; /* at this moment */
	unsigned step, n_steps; /* so many of so many steps of relaxing are done */
	uint64_t waits_for; /* one agent alone; 0: no */
	uint32_t n[ACD_BARS]
		  [2]; /* by enum acd_workplace; the chosen one under BAR_NONE */
	uint32_t lacks
		[ACD_SKILLS_MAX]; /* of those under BAR_SKILL, the first skill that is missing */
	/* how long the chosen one had been idle, and the next one; -1: there is none */
	int64_t idle_ms, next_idle_ms;
	/* other calls that the chosen one could have had, and the most urgent of them */
	uint32_t n_rivals;
	struct acd_rival rival;
};

/* Did the call wait for this agent alone when the event brought it there? The agent, or 0. before: acd_call_info
 * .waits_for, before the step. */
uint64_t acd_waited_for(const struct acd_event *ev, uint64_t agent, uint64_t before);

/* agent: to whom it was offered; 0: it waits. waited_for: by acd_waited_for(), or for whom it waits. False: no such
 * call, or agent. */
bool acd_explain(const struct acd *acd, uint64_t call, uint64_t agent,
	uint64_t waited_for, struct acd_explanation *out);

#endif
