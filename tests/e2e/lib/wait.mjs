// SPDX-License-Identifier: AGPL-3.0-or-later
// wait -- for what must become true; with generous ends, for machines that are busy.

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// The first truthy answer of check(); fails with what it was waited for.
export async function until(what, check, { timeout = 20000, every = 20 } = {}) {
	const end = performance.now() + timeout;
	for (;;) {
		const answer = await check();
		if (answer)
			return answer;
		if (performance.now() > end)
			throw new Error(`not within ${timeout / 1000} s: ${what}`);
		await sleep(every);
	}
}

// A promise that fails when it is not settled in time.
export function within(what, promise, timeout = 20000) {
	let timer;
	const late = new Promise((_, reject) => {
		timer = setTimeout(() => reject(new Error(`not within ${timeout / 1000} s: ${what}`)), timeout);
	});
	return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
