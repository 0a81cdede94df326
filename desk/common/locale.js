// SPDX-License-Identifier: AGPL-3.0-or-later
/* locale -- the form of dates and figures for a language: the Swiss one; English has none, and its days come first. */
export const locale = (language) => (language === "en" ? "en-GB" : `${language}-CH`);
