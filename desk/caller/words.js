// SPDX-License-Identifier: AGPL-3.0-or-later
/* words -- the words of the caller page, apart from the desk's. */
const FILES = {
	de: () => import("./i18n/de.js"),
	en: () => import("./i18n/en.js"),
};

export const more_words = (language) => FILES[language]();
