// SPDX-License-Identifier: AGPL-3.0-or-later
//
// clips -- a folder of a house's own recordings, each a tone, so that a test hears which one plays.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { tone, writeWav } from './sound.mjs';

const SAID = 600, COUNTED = 3000; // what no test listens for
export const WAITS = ['under', '1', '2', '3', '5', '10', '15', '20', '30', 'longer'];

// own: { name: [hz, seconds] }, besides or instead of what a house needs in German and English. Gone after the test.
export function clipsFolder(t, own) {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'heimamt-clips-'));
	t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
	const all = { ring: [425, 2], music: [SAID, 4] };
	for (const language of ['de', 'en']) {
		for (const name of ['greeting', 'apology', 'transfer', 'hold', 'closed'])
			all[`${name}-${language}`] = [SAID, 0.6];
		for (let i = 1; i <= 10; i++)
			all[`position-${i}-${language}`] = [COUNTED, 0.3];
		for (const word of WAITS)
			all[`wait-${word}-${language}`] = [COUNTED, 0.3];
	}
	for (const [name, [hz, seconds]] of Object.entries({ ...all, ...own }))
		writeWav(path.join(folder, `${name}.wav`), tone(hz, seconds, { dbov: -16 }), 8000);
	return folder;
}
