// SPDX-License-Identifier: AGPL-3.0-or-later
/* How long to wait before the n-th new attempt (n from 0): doubling, bounded, and spread by a quarter,
 * so that a centre that comes back is not met by all its desks in the same moment. */
export const BACKOFF_FIRST_MS = 500;
export const BACKOFF_MAX_MS = 5000;

export function backoff_ms(n, random = Math.random) {
	const whole = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(n, 16));
	return Math.round(whole * (0.75 + 0.25 * random()));
}

/* A bound on attempts that holds whatever happens: a few at once, then one in so many ms, so at most 20 in a
 * minute.  due: what the attempt before gave, at first 0.  Returns how long to wait, and the next `due`
 * (of an attempt at now + wait). */
export const PACE_BURST = 8;
export const PACE_EVERY_MS = 5000;

export function pace(due, now) {
	const wait_ms = Math.max(0, due - (PACE_BURST - 1) * PACE_EVERY_MS - now);
	return { wait_ms, due: Math.max(due, now + wait_ms) + PACE_EVERY_MS };
}
