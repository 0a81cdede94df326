/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * world -- the whole centre in a test: simulated ports, a virtual clock, people who behave as people do.
 *
 * Callers come by SIP and from the page, lose patience, hold, fall silent, hang up at any moment; agents
 * accept, decline, overlook, pause, log out, lose their line, close their desk or open a second one; relays
 * answer late, refuse, are full, drain, go away and come back; words between page and centre are late, repeated
 * or lost with their connection; the disk is full, the clock jumps; control is stopped for a while, or killed in the
 * middle of anything and started again.  Everything comes out of one seed.  While it runs the world keeps
 * its own books (who talks with whom, what was recorded, what is on disk) and stops at the first
 * contradiction, naming what is wrong.
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include <stddef.h>
#include <stdint.h>

#define WORLD_WHYS_MAX 24 /* distinct causes of an end */

/* What may go wrong or otherwise than usual; each has a chance and is counted when it happened. */
enum trouble {
	/* at an offer */
	T_DECLINED,
	T_OVERLOOKED,
	/* of an agent's line, each half second */
	T_LINE_SILENT, /* and heard again */
	T_LINE_DOWN,
	T_LINE_FAILED, /* while it connects; at each creation */
	/* of a desk, each half second */
	T_DESK_CLOSED,
	T_DESK_GONE, /* for longer than the shift waits */
	T_DESK_RELOADED, /* and its line with it */
	/* at the end of a talk, instead of hanging up */
	T_TRANSFERRED,
	T_SHIFT_ENDED, /* after it, or the caller handed to its queue */
	T_ON_HOLD, /* and what follows of that */
	T_HELD_TOO_LONG,
	/* at a turn of an agent */
	T_SECOND_TAB,
	T_LOGGED_OUT,
	/* at a word of an agent's page */
	T_WORD_LATE,
	T_WORD_TWICE,
	T_WORD_LOST, /* with its connection, which the centre may notice late */
	/* ... or for it */
	T_VIEW_LATE,
	/* of a caller */
	T_WEB_CALLER,
	T_PAGE_CLOSED, /* instead of hanging up */
	T_LATE_OFFER, /* ours, answered in the ACK */
	T_BAD_ACK,
	T_NEVER_HEARD,
	T_HOLD,
	T_MUTE_AFTER_HOLD,
	T_BAD_REOFFER,
	/* at a re-INVITE of ours */
	T_MOVED, /* none of these three */
	T_MOVE_REFUSED,
	T_MOVE_UNKNOWN, /* 481 */
	T_MOVE_UNANSWERED,
	T_RELAY_GONE_AGAIN, /* the new one too */
	/* of a caller's leg, each half second */
	T_CALLER_SILENT, /* and heard again */
	T_CALLER_MUTE, /* for good */
	T_CALLER_DOWN,
	/* of a relay, at each command */
	T_LEG_REFUSED,
	T_JOIN_REFUSED,
	T_RELAY_FULL, /* of all but parting, closing and what is kept */
	T_RELAY_SLOW, /* at each word of it */
	/* each half second */
	T_RELAY_GONE,
	T_RELAY_DRAINS,
	T_RECORDS_ILL,
	T_RECORD_REFUSED, /* each one, while they are ill */
	T_JOURNAL_FULL, /* at each record and each beginning */
	T_CLOCK_JUMPS,
	T_SUSPENDED, /* control stands still for some seconds */
	T_CONTROL_KILLED,
	T_KILLED_AGAIN, /* while it starts */
	/* once, near the end */
	T_STOPPED,
	TROUBLES,
};

struct world_config {
	uint64_t seed;
	size_t n_calls;
	size_t n_agents;
	unsigned n_relays;
	int64_t mean_gap_ms; /* between arrivals */
	int64_t mean_patience_ms; /* of a caller */
	int64_t mean_talk_ms;
	unsigned chance[TROUBLES]; /* in 10,000 */
};

struct world_why {
	char word[48];
	size_t n;
};

struct world_report {
	size_t arrived, refused, offered, answered, returned;
	size_t interrupted, resumed;
	size_t held, handed_over,
		hold_over; /* the latter two: from hold, or out of a talk; by time */
	size_t diverted, announced; /* calls sent elsewhere; clips of announcements */
	size_t adopted, adopted_talks; /* by later controls */
	size_t segments,
		replayed; /* of the journal, and events of it that were run again */
	size_t troubles[TROUBLES];
	struct world_why
		whys[WORLD_WHYS_MAX]; /* of recorded ends, in order of appearance */
	size_t steps; /* inputs of the centre */
	int64_t virtual_ms;
};

const char *world_trouble_word(enum trouble t);

/* Runs until every call is over and the agents had time to come back. The first broken promise, or NULL;
 * the text is static. */
const char *world_run(const struct world_config *cfg, struct world_report *report);

#endif
