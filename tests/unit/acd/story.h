/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * story -- stories of events and the actions that they must cause.
 *
 * A story is a list of steps; a step is one event and the actions expected of it, written as one line:
 *   offer 1>A(home,office)   withdraw 1>A why   join 1>A   part 1>A why   wait 1 why   end 1 why
 *   interrupt 1>A why until seconds   resume 1>A   A=state[/why]   callback 1>A(home,office)
 *   dial 1>A until seconds   hold 1>A until seconds   divert 1>queue1 why   divert 1>message7 why   divert 1>callback0 why
 * or the verdict in brackets when it is not "done".  Agents A and B serve queue 0, C serves 0 and 1; A is
 * at home.  What is lost comes back within 15 s, unless the story says never.
 */
#ifndef TESTS_ACD_STORY_H
#define TESTS_ACD_STORY_H

#include "core/acd/acd.h"

enum {
	TICK,
	ARRIVE,
	HANGUP,
	ENTER,
	LEAVE,
	READY,
	PAUSE,
	ACCEPT,
	DECLINE,
	END,
	LOST,
	BACK,
	DONE
};

struct step {
	int event; /* in the order of enum acd_event_type */
	int at_s;
	int call;
	char agent;
	int queue; /* HANGUP, LOST, BACK: which of the causes is meant; see story.c */
	const char *expected;
};

#define STORY_STEPS_MAX 24

struct story {
	const char *what;
	struct step steps[STORY_STEPS_MAX];
	bool never_regains;
};

/* How A comes to talk with caller 1, from 1 s on; and how its line is lost in that talk at 3 s. */
#define A_TALKS                                                                          \
	{ ENTER, 0, 0, 'A', 0, "A=away/new_shift" }, { READY, 0, 0, 'A', 0, "A=ready" }, \
		{ ARRIVE, 0, 1, 0, 0, "offer 1>A(1,0) A=offered" },                      \
	{                                                                                \
		ACCEPT, 1, 1, 'A', 0, "A=talking join 1>A"                               \
	}
#define A_IS_CUT_OFF                                                               \
	{                                                                          \
		LOST, 3, 0, 'A', 0,                                                \
			"interrupt 1>A line_lost until 18 A=interrupted/line_lost" \
	}

#define STORY_QUEUES 2
extern const struct acd_queue_config story_queues[STORY_QUEUES];

/* A queue for the story of a rule: what is not said of it. */
struct acd_queue_config story_with_base(struct acd_queue_config q);
/* A house of two such queues; groups 0: the default. */
void story_open(struct acd *acd, const struct acd_queue_config q[2], size_t groups);

struct acd_event story_event(const struct step *s);
/* The actions as one line. */
void story_write(char *line, size_t cap, const struct acd_actions *acts);
/* Fails the test, with the story's name and step, where it goes another way. */
void story_tell(const struct story *s);

#endif
