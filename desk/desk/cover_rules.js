// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * cover_rules -- what the centre is told while the desk is covered, and which act uncovers it; no page in here.
 */
export const CHORD_MS = 1000; /* longer than a hand that falls on the keys */

/* What the centre is told while the desk is covered; messages, in their order. pure */
export function cover_words(v) {
	const call = v.call?.id ?? "";
	switch (v.state) {
		case "talking": /* who is still being called hears nobody yet */
			return v.call?.callback ? [] : [{ t: "hold", call }];
		case "interrupted":
			return [{ t: "hold", call }];
		case "offered":
			return [{ t: "decline", call }, { t: "pause" }];
		case "ready":
			return [{ t: "pause" }];
		default:
			return [];
	}
}

/* Two of the given, and nothing else, for a second: done().  Anything between begins anew. */
export function chord_new(keys, done) {
	const down = new Set();
	let timer = 0;

	function clear() {
		down.clear();
		clearTimeout(timer);
		timer = 0;
	}

	function press(key, is_repeat) {
		if (!keys.includes(key))
			return clear();
		if (is_repeat)
			return;
		down.add(key);
		if (down.size === keys.length && !timer)
			timer = setTimeout(() => {
				clear();
				done();
			}, CHORD_MS);
	}

	return { press, clear };
}
