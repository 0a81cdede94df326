// SPDX-License-Identifier: AGPL-3.0-or-later
/* How long to wait before the n-th new attempt (n from 0): doubling, bounded, and spread by a quarter,
 * so that a centre that comes back is not met by all its desks in the same moment. */
export const BACKOFF_FIRST_MS = 500;
export const BACKOFF_MAX_MS = 5000;

export function backoff_ms(n, random = Math.random) {
	const whole = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(n, 16));
	return Math.round(whole * (0.75 + 0.25 * random()));
}
