/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* board -- see board.h. */
#include "core/home/board.h"

void board_add(struct board_staff *staff, enum acd_agent_state state)
{
	static const enum board_word words[ACD_AGENT_STATES] = {
		[ACD_AGENT_AWAY] = BOARD_BREAK,
		[ACD_AGENT_READY] = BOARD_FREE,
		[ACD_AGENT_OFFERED] = BOARD_FREE,
		[ACD_AGENT_TALKING] = BOARD_CALL,
		[ACD_AGENT_INTERRUPTED] = BOARD_CALL,
		[ACD_AGENT_HOLDING] = BOARD_CALL,
		[ACD_AGENT_WRAPUP] = BOARD_WORK,
		[ACD_AGENT_PAUSE] = BOARD_BREAK,
		[ACD_AGENT_WORK] = BOARD_WORK,
		[ACD_AGENT_DIALLING] = BOARD_CALL,
	};

	if (state == ACD_AGENT_OUT)
		return;
	staff->present++;
	staff->n[words[state]]++;
}

bool board_may_tell(const struct board_staff *staff)
{
	return staff->present >= BOARD_LEAST;
}
