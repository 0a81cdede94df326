// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * locale -- dates and figures in the form of a language: the Swiss one; English has none, and its days come first.
 *
 * Dates in figures are put together here: browsers write it-CH as 24/10/2026.  A when is a Date, or ms since 1970 UTC; the
 * device's clock counts.
 */
export const locale = (language) => (language === "en" ? "en-GB" : `${language}-CH`);

const two = (n) => String(n).padStart(2, "0");
const in_words = (language, when, form) => new Date(when).toLocaleDateString(locale(language), form);

/* 30.11., 30 Nov */
export function day(language, when) {
	const d = new Date(when);
	return language === "en" ? in_words(language, d, { day: "numeric", month: "short" }) : `${two(d.getDate())}.${two(d.getMonth() + 1)}.`;
}

/* 24.10.2026, 24 Oct 2026 */
export function date(language, when) {
	const year = new Date(when).getFullYear();
	return day(language, when) + (language === "en" ? " " : "") + year;
}

/* 24.10.2026, 14:05 */
export const date_time = (language, when, form = "short") =>
	`${date(language, when)}, ${new Date(when).toLocaleTimeString(locale(language), { timeStyle: form })}`;

/* 24. Oktober 2026 */
export const date_long = (language, when) => in_words(language, when, { dateStyle: "long" });
/* 24. Oktober 2026 um 14:05 */
export const date_time_long = (language, when) =>
	new Date(when).toLocaleString(locale(language), { dateStyle: "long", timeStyle: "short" });
/* Montag, 30. November */
export const day_long = (language, when) => in_words(language, when, { weekday: "long", day: "numeric", month: "long" });
/* November 2026 */
export const month = (language, when) => in_words(language, when, { month: "long", year: "numeric" });
/* Montag, Mo */
export const weekday = (language, when, form = "long") => in_words(language, when, { weekday: form });

/* 1,5 or 1.5 by the language, with that many digits behind the point: browsers disagree on de-CH. */
export const figure = (language, n, digits) => n.toFixed(digits).replace(".", language === "en" ? "." : ",");
