// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * keys -- which key means which action; pure but for keys_mac().
 *
 * What touches a call is a chord; letters are for the rest, never while typing, and can be switched off
 * (WCAG 2.1.4).  Ctrl+Enter and Ctrl+Backspace are free in browsers and screen readers outside text fields.
 */
/* Of what is no action of a state: the line test, and sound that the browser holds back. */
export const TEST_KEY = "T";
export const SOUND_KEY = "A";
/* Somebody came in: a key by itself, from anywhere. Free in browsers, and types nothing. */
export const COVER_KEY = "F8";

export function keys_mac() {
	return /Mac|iPhone|iPad/.test(navigator.userAgentData?.platform ?? navigator.platform ?? "");
}

/* ev: a keydown. spec: "R", "Shift+E", "Ctrl+Enter", "?". Cmd counts as Ctrl. */
export function key_matches(spec, ev) {
	if (ev.repeat || ev.isComposing || ev.altKey)
		return false;
	if (spec === "?")
		return ev.key === "?" && !ev.ctrlKey && !ev.metaKey;
	const parts = spec.split("+");
	const key = parts.pop();
	return (
		ev.key.toLowerCase() === key.toLowerCase() &&
		(ev.ctrlKey || ev.metaKey) === parts.includes("Ctrl") &&
		ev.shiftKey === parts.includes("Shift")
	);
}

export function key_is_chord(spec) {
	return spec.startsWith("Ctrl+");
}

/* field: "" , "text" (typing), "choice" (a list or radio that uses letters itself). */
export function key_allowed(spec, field, letters) {
	if (key_is_chord(spec))
		return field !== "text" || spec === "Ctrl+Enter";
	return letters && field === "";
}

export function field_of(el) {
	if (el?.closest?.("textarea, [contenteditable], input:not([type=radio], [type=checkbox])"))
		return "text";
	return el?.closest?.("select, input") ? "choice" : "";
}

/* What is printed beside an action. */
export function key_cap(spec, mac) {
	const caps = { Ctrl: mac ? "⌘" : "Ctrl", Shift: "⇧", Enter: "⏎", Backspace: "⌫" };
	return spec
		.split("+")
		.map((k) => caps[k] ?? k)
		.join(" ");
}

/* For aria-keyshortcuts. */
export function key_aria(spec, mac) {
	return spec.replace("Ctrl", mac ? "Meta" : "Control");
}

/* For speech and messages: "Ctrl + Enter". */
export function key_words(spec, mac) {
	return spec.replace("Ctrl", mac ? "Cmd" : "Ctrl").replaceAll("+", " + ");
}
