// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * aside -- what the quiet column has besides line and queues: sound and devices, the door display, the room check, and a link to the weekly
 * question while it waits for an answer, and the way to one's own data.  Part of late.js.
 */
import { get } from "../common/api.js";
import { html } from "../common/dom.js";
import { door_new } from "./door.js";
import { own_section } from "./own.js";
import { room_new } from "./room.js";

export function aside_new(m, send, changed) {
	const door = door_new(m, send, changed);
	const room = room_new(m, changed);
	let is_asked = false;

	/* Once: it is no reason to ask the centre again. */
	async function ask() {
		const { data } = await get("pulse");
		is_asked = data?.on === true && !data.answered;
		if (is_asked)
			changed();
	}

	const pulse = () =>
		is_asked &&
		html`<p><a href="/pulse/" target="_blank" rel="noopener" data-action="pulse">${m.t("pulse.link")}</a></p>`;

	ask();
	return { came: door.came, section: () => [m.sound?.section(), door.section(), room.section(), pulse(), own_section(m)] };
}
