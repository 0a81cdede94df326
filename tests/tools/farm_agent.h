/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * farm_agent -- one agent of a line farm: desk, line and habits, without a browser.
 *
 * It logs in, makes its line, starts a shift, is ready, accepts, talks in its own tone, hangs up, does its
 * paperwork, and mends what breaks as the desk's page does (desk/desk/line_machine.js).  Outside a talk
 * its microphone is silent.  Heap, one owner; lives as long as its farm.
 */
#ifndef TOOLS_FARM_AGENT_H
#define TOOLS_FARM_AGENT_H

#include "tools/ear.h"
#include "tools/farm.h"
#include "tools/line_client.h"
#include "tools/ws_client.h"

#define AGENT_NEVER (-1) /* of a habit */

enum agent_phase { LINE_OFF, LINE_OFFERING, LINE_CONNECTING, LINE_STANDS, LINE_WAITS };

struct farm_habits {
	double hz; /* a multiple of TONE_STEP_HZ */
	bool ready; /* wants calls */
	int64_t accept_ms, talk_ms, wrapup_ms; /* after so long; AGENT_NEVER */
};

struct farm_agent {
	struct farm *farm;
	char name[32];
	struct ws_client ws;
	struct farm_source line_source;
	struct line_client *line; /* NULL: none yet */
	enum agent_phase phase;
	int64_t phase_us, silent_us;
	unsigned int ref, tries, lines; /* lines: that came up */
	struct farm_habits habits;
	char state[16], word[16], call[16]; /* the last view: state, line, call */
	int64_t state_us;
	char seat[16]; /* of the last view */
	char said[16]; /* not again within half a second, unless the state changes */
	int64_t said_us;
	bool must_declare;
	struct tone_wave wave, silence;
	struct ear ear;
	char talk[16]; /* the call that the ear's figures are of */
	int64_t talk_us;
	unsigned int talks;
	struct ear_figures
		worst; /* of all talks since the last report that forgot; counts are sums */
};

int farm_agent_new(struct farm_agent **out, struct farm *farm, const char *name);
void farm_agent_free(struct farm_agent *a);
int farm_agent_login(struct farm_agent *a, const char *link);
void farm_agent_habits(struct farm_agent *a, const struct farm_habits *h);
/* Once in 20 ms: sends a packet, does what is due. */
void farm_agent_turn(struct farm_agent *a, int64_t now_us);
/* A message that names no more than its type and, where it needs one, the call. ENOTCONN. */
int farm_agent_say(struct farm_agent *a, const char *type);
/* "off", "on", "moved", "new"; "off", "on", "closed". EINVAL. */
int farm_agent_line(struct farm_agent *a, const char *is);
int farm_agent_desk(struct farm_agent *a, const char *is);
json_t *farm_agent_report(struct farm_agent *a, int64_t now_us, bool forget);

#endif
