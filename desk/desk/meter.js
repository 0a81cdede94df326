// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * meter -- the agent's own level: read from the microphone's track in this page's memory, shown, forgotten.
 *
 * Loaded after the first picture.  place(): the meter that is drawn now, or null; is_let_through(): while it is
 * not, the level is nothing; on_speech(): louder than a quiet room.
 */
import { level_fall, level_new, level_show, LEVEL_SPEECH } from "../common/level.js";

const LEVEL_MS = 66;

export function meter_new({ place, is_let_through, on_speech }) {
	let level = null;
	let shown = 0;

	function show() {
		const el = place();
		if (!level || !el)
			return;
		const now = is_let_through() ? level.read() : 0;
		shown = level_fall(shown, now);
		level_show(el, shown);
		if (now > LEVEL_SPEECH)
			on_speech();
	}

	setInterval(show, LEVEL_MS);
	return {
		/* stream: null, when the microphone was closed */
		use(context, stream) {
			level?.close();
			level = stream ? level_new(context, stream) : null;
		},
	};
}
