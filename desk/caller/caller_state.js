// SPDX-License-Identifier: AGPL-3.0-or-later
/* caller_state -- what the caller's page shows in each state of its call; pure. */
export const CALLER_STATES = {
	none: { shape: "out", action: "call" },
	connecting: { shape: "away", action: "hangup" },
	menu: { shape: "pause", action: "hangup" },
	waiting: { shape: "pause", action: "hangup" },
	offered: { shape: "offered", action: "hangup" },
	talking: { shape: "talking", action: "hangup" },
	ended: { shape: "out", action: "again" },
};

/* The microphone is let through in the talk only: nobody listens to somebody who waits.  checks: it is tried before a call,
 * where nobody is connected. */
export function caller_track_enabled(view, checks = false) {
	return view !== null && (view.state === "talking" || (checks && caller_is_idle(view)));
}

export const caller_is_idle = (view) => view.state === "none" || view.state === "ended";

/* What the house's own site gave along, which no server sees: "#TOKEN". */
export const caller_token = (hash) => /^#([\w.-]{1,160})$/.exec(hash)?.[1];

/* Its place and its wait, as far as they are known. */
export function caller_outlook(t, view) {
	const { place, wait } = view;
	const out = [];
	if (place > 0)
		out.push(t("caller.place", { n: place }));
	if (wait === "under" || wait === "1")
		out.push(t("caller.wait.under"));
	else if (wait === "longer")
		out.push(t("caller.wait.longer"));
	else if (wait)
		out.push(t("caller.wait.minutes", { n: wait }));
	return out.join(" ");
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
		return t("caller.why." + (SAME[view.why] ?? view.why)) || t("caller.why.failed");
	return t(`caller.${view.state}.about`);
}
