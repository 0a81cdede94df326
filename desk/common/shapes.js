// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * shapes -- one shape per state, the same on desk, board and door display; told apart without colour.
 *
 * Drawn in a square of 24, filled with the colour that the place gives.
 */
export const SHAPES = {
	/* ring: nothing begun */
	out: "M12 2.5a9.5 9.5 0 1 1 0 19a9.5 9.5 0 0 1 0-19zm0 3.5a6 6 0 1 0 0 12a6 6 0 0 0 0-12z",
	/* open diamond */
	away: "M12 1.5 22.5 12 12 22.5 1.5 12zM12 6.5 6.5 12 12 17.5 17.5 12z",
	/* disc */
	ready: "M12 2.5a9.5 9.5 0 1 1 0 19a9.5 9.5 0 0 1 0-19z",
	/* bell */
	offered:
		"M12 2.5a1.5 1.5 0 0 1 1.5 1.5v.6A6 6 0 0 1 18 10.5V15l2 2.5V18.5H4V17.5L6 15V10.5" +
		"A6 6 0 0 1 10.5 4.6V4A1.5 1.5 0 0 1 12 2.5zM9.5 20h5a2.5 2.5 0 0 1-5 0z",
	/* speech */
	talking: "M5 4h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-7l-5 4.5V16H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2z",
	/* speech, cut in two */
	interrupted:
		"M5 4h6.5L6.6 16H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2zM14.2 4H19a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-7l-4.4 4z",
	/* speech with two bars */
	hold:
		"M5 4h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-7l-5 4.5V16H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2z" +
		"M8.5 6.5v7h2.3v-7zM13.2 6.5v7h2.3v-7z",
	/* pencil */
	wrapup: "M15.2 4.2 18 1.4 22.6 6 19.8 8.8zM13.6 5.8 18.2 10.4 7.6 21 2 22l1-5.6z",
	/* two bars */
	pause: "M6 4h4.5v16H6zM13.5 4H18v16h-4.5z",
	/* sheet with lines */
	work: "M5 2h9.5L19 6.5V22H5zM8 9v1.8h8V9zM8 13v1.8h8V13zM8 17v1.8h5V17z",
	/* cross */
	lost: "M5.3 3 12 9.7 18.7 3 21 5.3 14.3 12 21 18.7 18.7 21 12 14.3 5.3 21 3 18.7 9.7 12 3 5.3z",
};

/* The tab's picture; a data address, because it changes with the state. Colours as in tokens.css. */
const ICON_COLOURS = {
	out: "#5b646c",
	away: "#8a5a00",
	ready: "#1b7340",
	offered: "#b54708",
	talking: "#0b6670",
	interrupted: "#b3261e",
	hold: "#5c6300",
	wrapup: "#6b3fa0",
	pause: "#4a6178",
	work: "#7a4d16",
	lost: "#b3261e",
};

export function icon_of(state) {
	const svg =
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">` +
		`<rect width="32" height="32" rx="6" fill="${ICON_COLOURS[state]}"/>` +
		`<path transform="translate(4 4)" fill="#fff" fill-rule="evenodd" d="${SHAPES[state]}"/></svg>`;
	return "data:image/svg+xml," + encodeURIComponent(svg);
}
