// SPDX-License-Identifier: AGPL-3.0-or-later
/* caller_state -- what the caller's page shows in each state of its call; pure. */
export const CALLER_STATES = {
	none: { shape: "out", action: "call" },
	connecting: { shape: "away", action: "hangup" },
	waiting: { shape: "pause", action: "hangup" },
	offered: { shape: "offered", action: "hangup" },
	talking: { shape: "talking", action: "hangup" },
	ended: { shape: "out", action: "again" },
};

/* The microphone is let through in the talk only: nobody listens to somebody who waits. */
export function caller_track_enabled(view) {
	return view !== null && view.state === "talking";
}

/* Reasons of the centre that mean the same to a caller. */
const SAME = {
	caller_hung_up: "hung_up",
	caller_left: "hung_up",
	nobody_free: "max_wait",
	no_connection: "failed",
	no_media: "failed",
	relay_lost: "line_lost",
	caller_line_lost: "line_lost",
	caller_silent: "line_lost",
};

/* Which words tell why a call ended; "" when there is nothing to add. */
export function caller_about(t, view) {
	if (view.state === "ended")
		return t("caller.why." + (SAME[view.why] ?? view.why));
	return t(`caller.${view.state}.about`);
}
