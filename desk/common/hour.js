// SPDX-License-Identifier: AGPL-3.0-or-later
/* 14:05, on this device's clock; ms since 1970 UTC. */
export function hour(ms) {
	const at = new Date(ms);
	const two = (n) => String(n).padStart(2, "0");
	return two(at.getHours()) + ":" + two(at.getMinutes());
}
