/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * approval -- is an evaluation switched on?  Every one ships switched off [RULES N7].
 *
 * The staff body's approval switches one on: for a scope (all of the house, or one team), from a moment to an end,
 * until it is withdrawn.  Where there is no staff body a documented consultation of all agents takes its place, if
 * they said yes; where there is one, it never does.
 *
 * What is signed are lines of ASCII, each ended by LF, in one order, so that anybody can write them again from the
 * records.  Times are of the wall clock, ms since 1970.  Pure; any thread.
 */
#ifndef CORE_APPROVAL_APPROVAL_H
#define CORE_APPROVAL_APPROVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define APPROVAL_NONCE         32
#define APPROVAL_STATEMENT_MAX 320
/* Nobody approves for good: the question comes up anew. Two years, and a day for the leap. */
#define APPROVAL_LONGEST_MS (731 * INT64_C(86400000))
/* A signature is of now; between the device's clock and ours. */
#define APPROVAL_CLOCK_MS (10 * INT64_C(60000))

enum evaluation {
	EVALUATION_PULSE, /* the weekly question to the staff */
	EVALUATION_COMPARISON, /* home and office, as figures of at least five */
	EVALUATION_METRICS, /* how many of all agents are free, for whoever watches the server */
	EVALUATIONS,
};
/* "pulse" ...; and back: EVALUATIONS, no such word. */
const char *evaluation_word(enum evaluation e);
enum evaluation evaluation_of(const char *word);

struct approval {
	enum evaluation evaluation;
	bool is_consultation; /* of all agents, and they said yes */
	uint64_t scope; /* a queue's id; 0: all of the house */
	int64_t from_ms, until_ms;
	int64_t withdrawn_ms; /* 0: it is not */
};

/* At that moment, for that scope; what is on for the house is on for each team. */
bool approval_is_on(const struct approval *a, size_t n, bool has_body,
	enum evaluation evaluation, uint64_t scope, int64_t at_ms);

/* What the staff body signs. */
struct approval_statement {
	enum evaluation evaluation;
	uint64_t scope;
	int64_t from_ms, until_ms, signed_ms;
	const uint8_t *nonce; /* the device's, used once */
};
/* NULL, or the code of what is wrong with these times. */
const char *approval_refuses(const struct approval_statement *s, int64_t now_ms);
/* With NUL; the length without it. */
size_t approval_statement_write(
	char out[APPROVAL_STATEMENT_MAX], const struct approval_statement *s);
/* The same of a withdrawal of the approval with this number. */
size_t approval_withdrawal_write(char out[APPROVAL_STATEMENT_MAX], uint64_t approval,
	int64_t signed_ms, const uint8_t *nonce);

#endif
