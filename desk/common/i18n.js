// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * i18n -- the pages' words.  A language is a file in common/i18n/, desk/i18n/ and caller/i18n/, and a name here; all
 * have the same keys.
 */
export const LANGUAGES = { de: "Deutsch", fr: "Français", it: "Italiano", en: "English" };
const load = (language) => import(`./i18n/${language}.js`);
const FALLBACK = "de";

/* wanted: the reader's languages, best first ("de-CH", "en"). */
export function language_pick(wanted, offered = Object.keys(LANGUAGES)) {
	for (const w of wanted) {
		const base = String(w).toLowerCase().split("-")[0];
		if (offered.includes(base))
			return base;
	}
	return FALLBACK;
}

/* Returns t(key, values): "{name}" in a text is replaced by values.name. A text that is missing, as for a code
 * that a newer centre sends, is "". */
export function words_of(language, texts) {
	function t(key, values) {
		const text = texts[key] ?? "";
		return values ? text.replace(/\{(\w+)\}/g, (_, k) => String(values[k] ?? "")) : text;
	}
	t.language = language;
	return t;
}

/* more(language): further words of a page, or nothing. */
export async function words_load(language, more) {
	const files = await Promise.all([load(language), more?.(language)]);
	document.documentElement.lang = language;
	return words_of(language, Object.assign({}, ...files.map((f) => f?.default)));
}

/* "fr" in the reader's words: "Französisch". */
export function language_name(t, code) {
	if (!code)
		return t("call.language_unknown");
	try {
		return new Intl.DisplayNames([t.language], { type: "language" }).of(code) ?? code;
	} catch {
		return code;
	}
}
