// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * room_sense -- what the room check makes of what it hears and of what the browser knows; pure.
 *
 * Levels are in decibels of full scale (dB FS): what the microphone gives, not what a sound meter in the room would
 * show.  So its words are rough on purpose, and hints only [RULES N2].
 */
export const FLOOR_DB = -100; /* digital silence */
const QUIET_DB = -55; /* a closed room with a headset */
const LOUD_DB = -38; /* talk beside it, a television, a road */
const VOICE_OVER_DB = 12; /* speech stands so far above the room's own noise */
const VOICE_LEAST_DB = -50;
const VOICE_LEAST = 3; /* looks in a row: a key or a cup is shorter */
const REMEMBERED = 40; /* looks; the noise is the lower part of them */
const NOISE_PART = 0.25;

/* Root mean square of samples of -1..1. */
export function room_db(samples) {
	let sum = 0;
	for (const x of samples)
		sum += x * x;
	const rms = Math.sqrt(sum / Math.max(1, samples.length));
	return rms > 0 ? Math.max(FLOOR_DB, 20 * Math.log10(rms)) : FLOOR_DB;
}

/* "none": the microphone gives nothing at all; quiet, audible, loud. */
export function noise_word(db) {
	if (db <= FLOOR_DB)
		return "none";
	if (db < QUIET_DB)
		return "quiet";
	return db < LOUD_DB ? "audible" : "loud";
}

export const ear_begin = () => ({ levels: [], noise: FLOOR_DB, above: 0, speaks: false });

/* The ear after another look.  The noise is what remains between the words: a low part of the last two seconds. */
export function ear_hear(ear, db) {
	const levels = [...ear.levels, db].slice(-REMEMBERED);
	const sorted = [...levels].sort((a, b) => a - b);
	const noise = sorted[Math.floor((sorted.length - 1) * NOISE_PART)];
	const is_voice = db > Math.max(noise + VOICE_OVER_DB, VOICE_LEAST_DB);
	const above = is_voice ? ear.above + 1 : 0;
	return { levels, noise, above, speaks: above >= VOICE_LEAST };
}

/* What a device is, by its name and nothing better: "headset", "loudspeaker" or "unknown". */
const HEADSETS =
	/head(set|phone)|kopfh|hörer|casque|écouteur|oreillette|cuffi|auricolar|ear(phone|bud|pod|piece)|airpods|buds\b|hands-?free|jabra|plantronics|\bpoly\b|epos|sennheiser/i;
const LOUDSPEAKERS = /speaker|lautsprecher|haut-parleur|altoparlant|display|monitor|hdmi|tv\b|laptop|soundbar/i;

export function output_word(label) {
	if (HEADSETS.test(label ?? ""))
		return "headset";
	return LOUDSPEAKERS.test(label ?? "") ? "loudspeaker" : "unknown";
}

/* screen.isExtended, where there is such a thing. */
export const screen_word = (is_extended) =>
	is_extended === undefined ? "unknown" : is_extended ? "second" : "one";
