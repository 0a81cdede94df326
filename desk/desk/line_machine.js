// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * line_machine -- the states of the agent's line as this page sees it; pure.
 *
 *   off         no microphone, or not wanted
 *   offering    our offer is at the centre
 *   connecting  answered; ICE and DTLS are under way
 *   up          voice can flow
 *   shaky       was up, gives no sign; it may come back by itself
 *   wait        broken; a new attempt follows
 */
const NEXT = {
	off: { want: "offering" },
	offering: { answered: "connecting", timeout: "wait", failed: "wait", stop: "off" },
	connecting: { connected: "up", timeout: "wait", failed: "wait", stop: "off" },
	up: { disconnected: "shaky", failed: "wait", server_lost: "wait", stop: "off" },
	shaky: { connected: "up", timeout: "wait", failed: "wait", server_lost: "wait", stop: "off" },
	wait: { retry: "offering", stop: "off" },
};

/* How long a state may last before "timeout". */
export const LIMIT_MS = { offering: 5000, connecting: 10000, shaky: 2000 };

/* The state after an event; the same state when the event means nothing there. */
export function line_next(phase, event) {
	return NEXT[phase][event] ?? phase;
}

/* What the agent is told, from this page's phase and the centre's word: none, connecting, up, lost. */
export function line_shown(phase, view) {
	if (phase === "off")
		return view && view.line === "lost" ? "lost" : "none";
	if (phase === "wait" || phase === "shaky")
		return "lost";
	if (phase === "up" && view && view.line === "up")
		return "up";
	return view && view.line === "lost" ? "lost" : "connecting";
}

/* The state that the page shows: a lost line is one of its own where it stands in the way. */
export function state_shown(view, phase) {
	const lost = line_shown(phase, view) === "lost";
	return lost && ["away", "talking", "offered"].includes(view.state) ? "lost" : view.state;
}
