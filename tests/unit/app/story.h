/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * story -- what goes into the centre and what must come out of it, as text.
 *
 * A story is a list of lines:
 *   "> input"      something happens; the words are in story_*.c
 *   "text"         the next thing that the centre did, exactly; a "*" at the end stands for any rest
 *   "..."          anything may stand here, or nothing
 *   "! text"       nothing that followed this input contains the text
 * Without "..." what followed an input must be told whole and in order.
 */
#ifndef UNIT_APP_STORY_H
#define UNIT_APP_STORY_H

#include <stddef.h>

#define STORY_LINES_MAX 80

struct story {
	const char *what;
	const char *lines[STORY_LINES_MAX]; /* ends with NULL */
	unsigned relays; /* 0: one */
};

extern const struct story door_stories[], call_stories[], media_stories[],
	regain_stories[], move_stories[], keep_stories[], adopt_stories[],
	divert_stories[], callback_stories[], hours_stories[], announce_stories[],
	agent_stories[], home_stories[], transfer_stories[], page_stories[],
	login_stories[], display_stories[], hold_stories[], stop_stories[],
	people_stories[], sdes_stories[], quality_stories[],
	menu_stories[]; /* each ends with no `what` */

/* Fails the running test where the centre does otherwise. */
void story_play(const struct story *s);

#endif
