/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * board -- what a wall in the office may say of those who work: how many are free, and how many are not.
 *
 * Of the house as a whole, in the four words that a door display has, and only while at least five are in a shift:
 * with fewer a count would be somebody's state [RULES N5].  Who is present is a list of names and nothing beside
 * them; since when, and what was before, nobody keeps [N11].  Pure; any thread.
 */
#ifndef CORE_HOME_BOARD_H
#define CORE_HOME_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/acd/acd.h"

#define BOARD_LEAST 5 /* persons [RULES N5] */

enum board_word {
	BOARD_FREE, /* ready, or an offer rings */
	BOARD_CALL,
	BOARD_WORK, /* wrap-up and written work */
	BOARD_BREAK, /* a pause, or away: which of them is nobody's business */
	BOARD_WORDS,
};

struct board_staff {
	uint32_t present; /* in a shift */
	uint32_t n[BOARD_WORDS];
};

/* One more agent, whatever its state. */
void board_add(struct board_staff *staff, enum acd_agent_state state);
/* May n be told? */
bool board_may_tell(const struct board_staff *staff);

#endif
