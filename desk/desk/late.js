// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * late -- what the desk's first picture does without, in one: see later() in main.js.
 */
import { keypad_new } from "./keypad.js";
import { home_new as at_home } from "./home.js";
import { meter_new } from "./meter.js";
import { stop_new } from "./stop.js";
import { track_enabled } from "./track.js";
import { transfer_new as to_others } from "./transfer.js";
import { speech_new as line_speech } from "./speech.js";
import { voice_line } from "./voice.js";
import { way_new } from "./way.js";
import { worth_new as line_worth } from "./worth.js";

export { aside_new as door_new } from "./aside.js";
export { cover_new } from "./cover.js";
export { devices_new } from "./devices.js";
export { hid_new } from "./hid.js";
export { ring_new } from "./ring.js";
export { sound_new } from "./sound.js";
export { counts_new, line_test } from "./test.js";

/* The centre's messages that are for the parts in here. */
export const messages = (m) => ({
	"line.answer": m.speech.answer,
	"line.stats": m.counts.came,
	agreement: m.home.came,
	targets: m.transfer.list,
	"door.token": m.door.came,
	quality: m.worth.came,
});

/* Below its card stands what a talk has beside its actions; above it, once, the tour. */
export function home_new(m, ...rest) {
	const home = at_home(m, ...rest);
	return { ...home, card: () => [m.sound?.tour(), home.card(), m.transfer?.more()] };
}

/* What follows the line: the codec that it is spoken in, and the way that it takes. */
export function speech_new(m, place) {
	const speech = line_speech(m, place);
	m.way = way_new(m, place);
	return {
		...speech,
		settle() {
			speech.settle();
			m.way.settle();
		},
	};
}

/* What there is to say of the line, below its state. */
export function worth_new(m) {
	const worth = line_worth(m);
	return { ...worth, sign: () => [worth.sign(), m.way?.sign(), voice_line(m)] };
}

/* What a talk may lead to: keys for its other side, the caller is handed on, or the shift ends.  At most one dialog is open. */
export function transfer_new(m, place) {
	const to = to_others(m, place);
	const end = stop_new(m, place);
	const keys = keypad_new(m, place);
	return {
		...to,
		transfer: to.open,
		stop: end.open,
		more: keys.button,
		refused: (msg) => keys.refused(msg) || end.refused(msg) || to.refused(msg),
		view(v) {
			to.view(v);
			end.view(v);
			keys.view(v);
		},
		dialog: () => [to.dialog(), end.dialog(), keys.dialog()],
	};
}

/* The agent's own level; m.heard: something was heard in the line test.  place: see meter.js. */
export function own_level(m, place, draw) {
	function on_speech() {
		if (!m.view.testing || m.heard)
			return;
		m.heard = true;
		draw();
	}

	return meter_new({ place, is_let_through: () => track_enabled(m.view, m.muted), on_speech });
}
