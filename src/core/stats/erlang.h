/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * erlang -- how long callers wait, for a given number of agents: Erlang B, C and A in their steady state.
 *
 * Pure.  Calls arrive as a Poisson process, are answered in the order of arrival, last exponentially long and,
 * with a patience, hang up after an exponentially long wait of their own (M/M/n and M/M/n+M; Palm 1957;
 * Garnett, Mandelbaum & Reiman, MSOM 4(3), 2002).  docs/plan.md has the formulas and what they assume.
 *
 * Numbers: relative to the chain's likeliest state, so that nothing overflows whatever the load.  Figures are
 * good to about 1e-10 (absolute for shares) up to the limits below; tests/unit/stats says so.
 *
 * Cost: Erlang B takes a step per agent; the queue takes some ten steps per square root of
 * calls/s * patience, and some tens per 1 - load/agents where that is fewer.
 *
 * Memory: the caller's, nothing is allocated.  Any thread; no state.
 */
#ifndef CORE_ERLANG_H
#define CORE_ERLANG_H

#define ERLANG_AGENTS_MAX 100000 /* ten times the largest houses */
/* agents/aht * patience and calls/s * patience: what comes and goes while a caller is patient */
#define ERLANG_QUEUE_MAX 1e12 /* some seconds of work */
#define ERLANG_QUEUE_MIN 1e-200 /* still far from the end of a double */

/* What arrives, and what is asked about it. */
struct erlang_demand {
	double calls_per_s;
	double aht_s; /* mean handling time: talk and wrap-up */
	double patience_s; /* mean time until a waiting caller hangs up; 0: nobody does (Erlang C) */
	double within_s; /* "answered within" */
};

/* Shares are of all arrivals, from 0 to 1. */
struct erlang_figures {
	double service_level; /* answered within within_s */
	double p_wait; /* not answered at once */
	double p_abandon; /* hung up before the answer */
	double wait_s; /* mean time in the queue, of all arrivals */
	double answered_wait_s; /* the same, of those who were answered */
	double occupancy; /* share of their time that agents spend on calls */
	double queue_length; /* mean number of waiting calls */
};

/* Offered load in erlangs: calls that would be handled at once if nobody had to wait. */
double erlang_load(const struct erlang_demand *d);

/* Erlang B: the share of arrivals that finds all agents busy, where who does is turned away. */
double erlang_b(unsigned agents, double load);

/*
 * The figures for so many agents.  Without calls everything is zero but the service level, which is 1.
 * EINVAL: a number that is negative, not finite or, for the handling time, zero; no agents for calls, or more than
 * ERLANG_AGENTS_MAX.  EDOM: no steady state, since nobody hangs up and the load is not below the agents.
 * ERANGE: beyond ERLANG_QUEUE_MIN and _MAX.
 */
int erlang_solve(
	struct erlang_figures *out, const struct erlang_demand *d, unsigned agents);

#endif
