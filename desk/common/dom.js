// SPDX-License-Identifier: AGPL-3.0-or-later
// Preact and htm under the names that our pages use.
import { h, render } from "../lib/preact.js";
import htm from "../lib/htm.js";

export const html = htm.bind(h);
export { render };
