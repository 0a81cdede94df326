// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * words -- the words of the caller page, apart from the desk's.  The desk's common ones are in German and English only; the
 * files of the other languages have what of them this page needs.
 */
import { LANGUAGES, words_of } from "../common/i18n.js";

const FILES = {
	de: () => import("./i18n/de.js"),
	fr: () => import("./i18n/fr.js"),
	it: () => import("./i18n/it.js"),
	en: () => import("./i18n/en.js"),
};
export const CALLER_LANGUAGES = { de: "Deutsch", fr: "Français", it: "Italiano", en: "English" };

export const more_words = (language) => FILES[language]();

export async function caller_words(language) {
	const files = await Promise.all([LANGUAGES[language]?.load(), more_words(language)]);
	document.documentElement.lang = language;
	return words_of(language, Object.assign({}, ...files.map((f) => f?.default)));
}
