// SPDX-License-Identifier: AGPL-3.0-or-later
/* words -- the words of the caller page, apart from the common ones. */
export const more_words = (language) => import(`./i18n/${language}.js`);
