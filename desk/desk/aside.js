// SPDX-License-Identifier: AGPL-3.0-or-later
/* aside -- what the quiet column has besides line and queues: the door display and the room check.  Part of late.js. */
import { door_new } from "./door.js";
import { room_new } from "./room.js";

export function aside_new(m, send, changed) {
	const door = door_new(m, send, changed);
	const room = room_new(m, changed);
	return { came: door.came, section: () => [door.section(), room.section()] };
}
