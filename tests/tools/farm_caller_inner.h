/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* farm_caller_inner -- between the caller's parts: farm_caller.c its state, _sip.c its messages, _voice.c its voice. */
#ifndef TOOLS_FARM_CALLER_INNER_H
#define TOOLS_FARM_CALLER_INNER_H

#include "tools/farm_caller.h"

void caller_end(struct farm_caller *c, const char *by, unsigned int status);
void caller_enter(struct farm_caller *c, enum caller_state state, unsigned int status);

/* Sends and repeats; without its answer in time it counts as one of 408. sdp NULL: no body. */
void caller_ask(struct farm_caller *c, const char *method, const char *sdp);
void caller_cancel(struct farm_caller *c);
void caller_repeat(struct farm_caller *c, int64_t now_us);

int caller_voice_open(struct farm_caller *c, const struct caller_call *call);
/* Our description; answering `offer` unless NULL. ENOSPC, EINVAL. */
int caller_voice_sdp(struct farm_caller *c, const struct sdesc *offer, enum sdesc_dir dir,
	char *buf, size_t cap);
/* Where their description wants the voice from now on; tells of a change. EBADMSG. */
int caller_voice_to(struct farm_caller *c, struct slice sdp);
void caller_voice_turn(struct farm_caller *c, int64_t now_us);
void caller_voice_end(struct farm_caller *c, int64_t now_us);
json_t *caller_voice_report(struct farm_caller *c, int64_t now_us);

#endif
