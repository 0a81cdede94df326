// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * notices -- what failed, what it means for the caller, and what to do now; pure, the gravest first.
 *
 * Each is { id, grave, action }: the words are notice.<id>, notice.<id>.about, and the action's label.
 */
import { line_shown, state_shown } from "./line_machine.js";

const MIC_WRONG = ["denied", "missing", "busy", "insecure", "ended", "muted"];
const MIC_RETRY = ["denied", "busy", "missing", "ended"];

/* Codes of docs/desk-protocol.md that say "too late"; every other one is told in general words. */
const TOO_LATE = ["not_now", "no_line"];

export function notices_of(m) {
	const out = [];
	if (m.socket === "waiting" || (m.socket === "connecting" && m.was_open))
		out.push({ id: "centre", grave: true, action: "now" });
	if (MIC_WRONG.includes(m.mic))
		out.push({
			id: "mic_" + m.mic,
			grave: true,
			action: MIC_RETRY.includes(m.mic) ? "retry" : null,
		});
	if (m.line_refused)
		out.push({ id: "line_failed", grave: true, action: null });
	else if (line_is_lost(m) && state_shown(m.view, m.phase) !== "lost")
		out.push({ id: "line", grave: true, action: null }); /* else the panel itself says it */
	if (m.error)
		out.push({ id: TOO_LATE.includes(m.error) ? "refused" : "failed", grave: false });
	if (m.sound_held)
		out.push({ id: "sound", grave: false });
	return out;
}

/* While the microphone is away there is a notice already, and before it was turned on there is no line. */
function line_is_lost(m) {
	if (!m.view || m.phase === "off")
		return false;
	return line_shown(m.phase, m.view) === "lost";
}
