// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * notices -- what failed, what it means for the caller, and what to do now; pure, the gravest first.
 *
 * Each is { id, grave, action, values }: the words are notice.<id> and notice.<id>.about with the values put
 * in, and what can be done: "now", "retry", "keep", "sound" or nothing.
 */
import { line_shown, state_shown } from "./line_machine.js";

const MIC_WRONG = ["denied", "missing", "busy", "insecure", "ended", "muted"];
const MIC_RETRY = ["denied", "busy", "missing", "ended"];

/* So many attempts in a row in which no voice came through: it is not a moment's trouble. */
const BLOCKED = 3;

/* Codes of docs/desk-protocol.md that say "too late"; every other one is told in general words. */
const TOO_LATE = ["not_now", "no_line"];

export function notices_of(m) {
	const out = [];
	/* Before the microphone was turned on there is no line that could be lost. */
	const line = m.view && m.phase !== "off" ? line_shown(m.phase, m.view) : "none";
	const shown = m.view && state_shown(m.view, m.phase);
	const told = shown === "lost" || shown === "interrupted"; /* by the panel itself */
	const talks = m.view?.state === "talking";
	const cut = m.view?.state === "interrupted" || (talks && line === "lost");
	if (m.socket === "waiting" || (m.socket === "connecting" && m.was_open))
		out.push({ id: cut ? "network" : "centre", grave: true, action: "now" });
	if (MIC_WRONG.includes(m.mic))
		out.push({
			id: "mic_" + m.mic,
			grave: true,
			action: MIC_RETRY.includes(m.mic) ? "retry" : null,
		});
	out.push(...device_notices(m.devices));
	if (m.blocked >= BLOCKED && line !== "none" && line !== "up")
		out.push({ id: "line_blocked" + m.detour, grave: true });
	else if (m.line_refused && !told)
		out.push({ id: "line_failed", grave: true });
	else if (line === "lost" && !told)
		out.push({ id: "line", grave: true });
	else if (line === "silent" && !told)
		out.push({ id: talks ? "line_silent" : "line_silent_idle", grave: talks });
	if (m.error)
		out.push({ id: TOO_LATE.includes(m.error) ? "refused" : "failed", grave: false });
	if (m.sound_held)
		out.push({ id: "sound", grave: talks, action: "sound" });
	return out;
}

/* See state() in devices.js. */
function device_notices({ mic, output }) {
	const out = [];
	if (mic && output?.now && mic.gone === output.gone)
		return [{ id: "headset", grave: true, action: "keep", values: { ...mic, sound: output.now } }];
	if (mic)
		out.push({ id: "mic_other", grave: true, action: "keep", values: mic });
	if (output)
		out.push({
			id: output.now ? "output_other" : "output_gone",
			grave: true,
			action: output.now ? "keep" : null,
			values: output,
		});
	return out;
}
