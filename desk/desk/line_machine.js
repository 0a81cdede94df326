// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * line_machine -- the states of the agent's line as this page sees it; pure.
 *
 *   off         no microphone, or not wanted
 *   offering    our offer is at the centre
 *   connecting  answered; ICE and DTLS are under way
 *   up          voice can flow
 *   shaky       was up; the browser hears nothing from the centre, which has not complained
 *   silent      was up; the centre hears nothing from us
 *   wait        broken; a new attempt follows
 *
 * shaky and silent may heal by themselves: Wi-Fi changes its station, and the relay follows an address.
 */
const BROKEN = { failed: "wait", server_lost: "wait", timeout: "wait", stop: "off" };
const NEXT = {
	off: { want: "offering" },
	offering: { answered: "connecting", cut: "wait", timeout: "wait", failed: "wait", stop: "off" },
	connecting: { ...BROKEN, connected: "up" },
	up: { ...BROKEN, disconnected: "shaky", server_silent: "silent" },
	shaky: { ...BROKEN, connected: "up", server_silent: "silent", nudge: "wait" },
	silent: { ...BROKEN, server_up: "up", nudge: "wait" },
	wait: { retry: "offering", healed: "up", stop: "off" },
};

/* How long a state may last before "timeout", after so many attempts that led to nothing; undefined: for ever. The centre keeps
 * a caller for 15 s: a line that it does not hear must be given up early enough for a new one. But each further attempt has more time, or
 * a network that is slow in earnest would never have a line; below the 20 s that the centre waits for it. */
const LIMIT_MS = { offering: 5000, connecting: 6000, shaky: 6000, silent: 2500 };
export const limit_ms = (phase, tries) => LIMIT_MS[phase] && LIMIT_MS[phase] * Math.min(1 + tries / 2, 3);

/* The state after an event; the same state when the event means nothing there. */
export function line_next(phase, event) {
	return NEXT[phase][event] ?? phase;
}

/* What the agent is told, from this page's phase and the centre's word: none, connecting, up, silent, lost. */
export function line_shown(phase, view) {
	const there = view?.line;
	if (phase === "off")
		return there === "lost" ? "lost" : "none";
	if (phase === "wait" || there === "lost")
		return "lost";
	if (phase === "shaky" || phase === "silent")
		return "silent";
	return phase === "up" && (there === "up" || there === "silent") ? there : "connecting";
}

/* The state that the page shows: a lost line is one of its own where it stands in the way. */
export function state_shown(view, phase) {
	const lost = line_shown(phase, view) === "lost";
	return lost && ["away", "talking", "offered"].includes(view.state) ? "lost" : view.state;
}
