/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* farm_agent_inner -- between the agent's two halves: farm_agent.c the desk, farm_agent_line.c the line. */
#ifndef TOOLS_FARM_AGENT_INNER_H
#define TOOLS_FARM_AGENT_INNER_H

#include "tools/farm_agent.h"
#include "tools/farm_figures.h"

/* Takes the message over. */
int farm_agent_send(struct farm_agent *a, json_t *message);

void farm_agent_line_init(struct farm_agent *a);
/* The view's word on the line, or its state, changed. */
void farm_agent_line_told(struct farm_agent *a, int64_t now_us);
void farm_agent_line_answer(struct farm_agent *a, const char *ref, const char *sdp);
void farm_agent_line_refused(struct farm_agent *a, const char *ref);
/* Takes in what has come: a gap is none while its end lies in the socket. */
void farm_agent_line_poll(struct farm_agent *a);
void farm_agent_line_turn(struct farm_agent *a, int64_t now_us, struct tone_wave *wave);

#endif
