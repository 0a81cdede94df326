// SPDX-License-Identifier: AGPL-3.0-or-later
/* words -- of the page of one's own data: own.* the page, the rest what the register names (store/own_table.c). */
import de from "./words/de.js";
import en from "./words/en.js";
import fr from "./words/fr.js";
import it from "./words/it.js";

export const OWN = { de, fr, it, en };
