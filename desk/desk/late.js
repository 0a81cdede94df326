// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * late -- what the desk's first picture does without, in one: see later() in main.js.
 */
import { html } from "../common/dom.js";
import { door_new as display_new } from "./door.js";
import { meter_new } from "./meter.js";
import { own_section } from "./own.js";
import { track_enabled } from "./track.js";

export { cover_new } from "./cover.js";
export { devices_new } from "./devices.js";
export { home_new } from "./home.js";
export { counts_new, line_test } from "./test.js";
export { transfer_new } from "./transfer.js";

/* The door display, and below it the way to one's own data. */
export function door_new(m, send, changed) {
	const display = display_new(m, send, changed);
	return { ...display, section: () => html`${display.section()}${own_section(m)}` };
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
