// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * level -- how loud a stream is, 0 to 1, read in this page's memory and kept nowhere.
 */
const FLOOR_DB = -60;

/* Samples of -1..1 to 0..1, linear in decibels from the floor to full scale. */
export function level_of(samples) {
	let sum = 0;
	for (const x of samples)
		sum += x * x;
	const rms = Math.sqrt(sum / Math.max(1, samples.length));
	const db = rms > 0 ? 20 * Math.log10(rms) : FLOOR_DB;
	return Math.min(1, Math.max(0, 1 - db / FLOOR_DB));
}

/* Above this somebody speaks; a quiet room stays below. */
export const LEVEL_SPEECH = 0.3;

/* What a meter shows after `shown`: up at once, down slowly, so that the eye can follow. */
export function level_fall(shown, now) {
	return Math.max(now, shown < 0.01 ? 0 : shown * 0.93);
}

/* read() gives the level of now; close() lets go. ctx: made after getUserMedia, or it stays suspended. */
export function level_new(ctx, stream) {
	const source = ctx.createMediaStreamSource(stream);
	const analyser = ctx.createAnalyser();
	analyser.fftSize = 1024;
	const samples = new Float32Array(analyser.fftSize);
	source.connect(analyser);
	return {
		read() {
			analyser.getFloatTimeDomainData(samples);
			return level_of(samples);
		},
		close() {
			source.disconnect();
		},
	};
}

/* Moves a meter() of the page; the number for assistive technology changes in steps of a tenth only. */
export function level_show(el, level) {
	el.style.setProperty("--level", level.toFixed(3));
	const tenths = String(Math.round(level * 10) * 10);
	if (el.getAttribute("aria-valuenow") !== tenths)
		el.setAttribute("aria-valuenow", tenths);
}
