// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * look -- how the pages look and sound on this device: scheme, language, single-letter keys, devices.
 *
 * With the check value of a PIN, and of whom the tour was shown to, the only thing that the pages store, under one name, in localStorage; nothing about
 * work or people.
 */
export const LOOK_KEY = "heimamt.look";
const THEMES = ["system", "light", "dark"];

/* What is unknown or broken becomes the default. */
export function look_clean(raw) {
	const o = raw && typeof raw === "object" ? raw : {};
	return {
		theme: THEMES.includes(o.theme) ? o.theme : "system",
		language: typeof o.language === "string" ? o.language.slice(0, 8) : "",
		letters: o.letters !== false,
		sound: o.sound && typeof o.sound === "object" ? o.sound : {}, /* see sound_clean() in ring.js */
		tour: typeof o.tour === "string" ? o.tour.slice(0, 99) : "", /* who has seen it: tour.js */
		pin: typeof o.pin === "string" ? o.pin.slice(0, 99) : "", /* see pin.js: a check value, never the PIN */
	};
}

export function look_load() {
	try {
		return look_clean(JSON.parse(localStorage.getItem(LOOK_KEY)));
	} catch {
		return look_clean(null);
	}
}

export function look_save(look) {
	try {
		localStorage.setItem(LOOK_KEY, JSON.stringify(look_clean(look)));
	} catch {
		// no storage: it holds for this page only
	}
}

export function look_apply(look) {
	const root = document.documentElement;
	if (look.theme === "system")
		delete root.dataset.theme;
	else
		root.dataset.theme = look.theme;
}
