// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * late -- what the desk's first picture does without, in one: see later() in main.js.
 */
export { devices_new } from "./devices.js";
export { meter_new } from "./meter.js";
export { line_test } from "./test.js";
