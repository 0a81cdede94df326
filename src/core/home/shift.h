/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * shift -- where an agent says to work this shift, and what the acd may send there.
 *
 * The workplace is declared, never located [RULES N1]; it and the declaration live for the shift, in memory
 * only [N10].  Clearance follows from them (DESIGN, "Words").  Pure; any thread.
 */
#ifndef CORE_HOME_SHIFT_H
#define CORE_HOME_SHIFT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/home/agreement.h"

/* Levels of sensitivity and clearance. */
enum home_level {
	HOME_GENERAL,
	HOME_CONFIDENTIAL,
	HOME_STRICT,
};

struct home_shift {
	bool at_home;
	struct home_declaration declaration; /* of this shift, at home */
};

struct home_limits {
	uint8_t office; /* what the configuration gives the site; an open-plan floor need not be strict */
	uint8_t agent; /* the agent's own limit, wherever it works */
	bool two_factors; /* the house wants them at the office, too */
};

struct home_clearance {
	bool is_none; /* no calls at all */
	uint8_t level;
};

/* The office is always open [P2: an office seat remains], but where the house wants two factors there, too; home as far as nothing is missing, and never more than
 * confidential. */
struct home_clearance home_clearance(const struct home_shift *shift,
	const struct home_limits *limits, unsigned missing);

/* Another shift, or none: nothing of the last one is left [N10]. */
void home_shift_end(struct home_shift *shift, bool usually_at_home);
/* The one statement: all points of the checklist together [N10, P3]. False: the office needs none. */
bool home_shift_declare(struct home_shift *shift, int64_t mono_ms);
/* Where; a declaration for another place is none. */
void home_shift_at(struct home_shift *shift, bool at_home);

#endif
