// SPDX-License-Identifier: AGPL-3.0-or-later
// records -- what the centre has written down, read by sqlite3 past the centre.

import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { until } from './wait.mjs';

// Rows as objects.
export function records(centre, sql) {
	const text = execFileSync('sqlite3', ['-json', path.join(centre.state, 'heimamt.db'), sql], { encoding: 'utf8' });
	return text.trim() ? JSON.parse(text) : [];
}

// How the calls ended: { caller_hung_up: 3, ... }; null: not at all.
export function ends(centre) {
	return Object.fromEntries(records(centre, 'SELECT why, count(*) AS n FROM call GROUP BY why').map((r) => [r.why, r.n]));
}

// How they ended when so many, or more, have, and none goes on.  A call's row comes some time after the call.
export const ended = (centre, n) => until(`${n} ends in the records`, () => {
	const how = ends(centre);
	return !('null' in how) && Object.values(how).reduce((sum, x) => sum + x, 0) >= n && how;
});
