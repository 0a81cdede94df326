/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * explain -- what happened to one call, and why, out of the journal: gathered here, told as text or JSON.
 *
 * Agents have the numbers in which they first come up; who an agent was is not told.
 */
#ifndef MAIN_EXPLAIN_H
#define MAIN_EXPLAIN_H

#include "core/acd/explain.h"
#include "main/segments.h"

#define EXPLAIN_MOMENTS_MAX \
	4096 /* of one call: a thousand offers; then it is cut, and says so */

enum moment_kind {
	MOMENT_ARRIVED, /* or was refused: verdict */
	MOMENT_GOES_ON, /* in the next segment */
	MOMENT_TAKEN_OVER, /* by the next process */
	MOMENT_CALLBACK, /* the caller wishes to be called back */
	MOMENT_ACTION,
};

struct moment {
	enum moment_kind kind;
	int64_t wall_ms;
	enum acd_verdict verdict;
	struct acd_action action;
	unsigned agent; /* its number; 0: none */
	bool is_explained;
	struct acd_explanation why;
	unsigned waits_for; /* the number of why.waits_for */
	const struct segment *in;
};

struct explained {
	const char *id; /* as it was asked for */
	struct moment *moments; /* owned */
	size_t n;
	bool is_cut;
	size_t n_segments, n_keyless; /* looked at; and those whose key is gone */
	struct segment **segments; /* owned: those in which the call comes up */
	size_t n_in;
	/* who is agent 1, 2 ... */
	struct {
		const struct segment *in;
		uint64_t alias;
	} * agents; /* owned */
	unsigned n_agents;
};

void explain_text(const struct explained *e);
void explain_json(const struct explained *e);

#endif
