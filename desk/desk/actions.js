// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * actions -- what an agent can do in each state: at most three, the likely one first; pure.
 *
 * `msg` is what goes to the centre; without one it is the page's own affair.  `line`: only while the line is
 * up.  `kind`: go (the likely one), end (ends something for the caller), plain, or small: what comes after three.
 */
export const ACTIONS = {
	line: { kind: "go", key: "L" },
	start: { kind: "go", key: "S", line: true, msg: { t: "shift.start" } },
	ready: { kind: "go", key: "R", line: true, msg: { t: "ready" } },
	wrapup_done: { kind: "go", key: "R", line: true, label: "ready", msg: { t: "wrapup.done" } },
	pause: { kind: "plain", key: "P", msg: { t: "pause" } },
	pause_after: { kind: "plain", key: "P", msg: { t: "pause" } },
	pause_undo: { kind: "plain", key: "P", msg: { t: "ready" } },
	work: { kind: "plain", key: "W", msg: { t: "work" } },
	accept: { kind: "go", key: "Ctrl+Enter", call: true, msg: { t: "accept" } },
	decline: { kind: "end", key: "Ctrl+Backspace", call: true, msg: { t: "decline" } },
	hangup: { kind: "end", key: "Ctrl+Backspace", call: true, msg: { t: "hangup" } },
	mute: { kind: "plain", key: "M" },
	unmute: { kind: "go", key: "M" },
	transfer: { kind: "plain", key: "G" },
	hold: { kind: "plain", key: "H", call: true, msg: { t: "hold" } },
	resume: { kind: "go", key: "H", line: true, call: true, msg: { t: "resume" } },
	hand_over: { kind: "plain", key: "Shift+N", call: true, msg: { t: "hand_over" } },
	end: { kind: "plain", key: "Shift+E", msg: { t: "shift.end" } },
	stop: { kind: "plain", key: "Shift+E", label: "end" }, /* in a talk: stop.js asks how */
	stop_undo: { kind: "plain", key: "Shift+E", msg: { t: "ready" } },
	logout: { kind: "plain", key: "Shift+L", msg: { t: "logout" } },
};

const pause_in = (v) => (v.pause_after ? "pause_undo" : "pause_after");
const in_talk = (v, muted) => [
	"hangup",
	muted ? "unmute" : "mute",
	"transfer",
	...(v.call?.callback ? [] : ["hold"]), /* which is still being called */
	pause_in(v),
	v.stop_after ? "stop_undo" : "stop",
];

const BY_STATE = {
	out: () => ["start", "logout"],
	away: () => ["ready", "pause", "end"],
	ready: () => ["pause", "work", "end"],
	offered: () => ["accept", "decline", "pause", "end"],
	talking: in_talk,
	interrupted: in_talk,
	hold: (v) => ["resume", "hand_over", "hangup", "transfer", pause_in(v), v.stop_after ? "stop_undo" : "stop"],
	wrapup: () => ["wrapup_done", "pause", "work", "end"],
	pause: () => ["ready", "work", "end"],
	work: () => ["ready", "pause", "end"],
};

/* At home, and something is missing there: no calls (core/home says what). */
export const home_closed = (v) => v.agent?.workplace === "home" && v.home?.missing[0];

/* has_mic: it was turned on here; line_up: voice can flow. */
export function actions_of(view, { muted, has_mic, line_up }) {
	let ids = BY_STATE[view.state]?.(view, muted) ?? [];
	if (!has_mic && !["offered", "talking", "interrupted", "hold"].includes(view.state))
		ids = ["line", ...ids.filter((id) => !ACTIONS[id].line)];
	if (ids[0] === "line" && ids.length > 3) /* ready, and the microphone is gone */
		ids = ids.filter((id) => id !== "work");
	return ids.map((id, i) => {
		const a = ACTIONS[id];
		return {
			id,
			kind: i < 3 ? a.kind : "small",
			key: a.key,
			label: "action." + (a.label ?? id),
			remote: a.msg !== undefined,
			off: (a.line === true && !line_up) || (id === "ready" && !!home_closed(view)),
		};
	});
}

/* The message of an action, or null. */
export function action_message(id, view) {
	const a = ACTIONS[id];
	if (!a.msg)
		return null;
	return a.call ? { ...a.msg, call: view.call?.id ?? "" } : { ...a.msg };
}
