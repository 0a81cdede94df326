// SPDX-License-Identifier: AGPL-3.0-or-later
/* Times and numbers as people here write them. */

/* 0:07, 12:34, 1:02:03 */
export function clock(ms) {
	const s = Math.max(0, Math.floor(ms / 1000));
	const two = (n) => String(n).padStart(2, "0");
	const h = Math.floor(s / 3600);
	const m = Math.floor(s / 60) % 60;
	return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}

/* What is left, rounded up: it reads 0:00 only when nothing is. */
export function clock_left(ms) {
	return clock(Math.ceil(Math.max(0, ms) / 1000) * 1000);
}

/* "seit 2 Min." */
export function since(t, ms) {
	const min = Math.floor(Math.max(0, ms) / 60000);
	if (min < 1)
		return t("since.now");
	if (min < 60)
		return t("since.minutes", { n: min });
	return t("since.hours", { h: Math.floor(min / 60), n: min % 60 });
}

/* 1'234 */
export function number(n) {
	return String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, "'");
}
