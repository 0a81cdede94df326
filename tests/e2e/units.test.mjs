// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The systemd units, without systemd: their command lines, in folders of this test, and what stop, restart and a
// killed process do.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { Centre, ROOT } from './lib/centre.mjs';
import { freeUdpPort } from './lib/ports.mjs';
import { Program } from './lib/process.mjs';
import { until } from './lib/wait.mjs';

const HEIMAMT = process.env.HEIMAMT ?? path.join(ROOT, 'build/release/heimamt');

// The words of a unit's ExecStart, with its variables and folders replaced; $NAME that is not set is no word (systemd.service).
function execStart(unit, replace) {
	const text = fs.readFileSync(path.join(ROOT, 'dist/systemd', unit), 'utf8');
	const [, line] = /^ExecStart=(.*)$/m.exec(text);
	return line.split(' ').map((word) => Object.entries(replace).reduce((w, [from, to]) => w.replace(from, to), word))
		.filter((word) => !/^\$\w+$/.test(word));
}

// The relay with number 0, as its unit starts it.
function startRelay(folder, port) {
	const [, ...args] = execStart('heimamt-relay@.service', { '/run/heimamt': folder, '%i': '0',
		'${MEDIA_ADDRESS}': '127.0.0.1', '${PORT}': String(port), '${RTP_PORTS}': '40002-44999' });
	return new Program(path.join(path.dirname(HEIMAMT), 'heimamt-relay'), args);
}

test('units: control adopts the relay that systemd started, and starts none of its own', async (t) => {
	const folder = fs.mkdtempSync('/tmp/heimamt-units-'), port = await freeUdpPort();
	const state = path.join(folder, 'var'), run = path.join(folder, 'run');
	fs.mkdirSync(state);
	fs.mkdirSync(run);
	fs.symlinkSync(path.join(run, 'relay-0.sock'), path.join(state, 'relay-0.sock')); // dist/systemd/heimamt.tmpfiles
	const [, , ...args] = execStart('heimamt.service', {});
	const ours = args.slice(args.indexOf('--state') + 2);
	assert.deepEqual(ours, ['--relay', 'none']);
	let relay;
	t.after(() => relay?.stop('SIGKILL'));
	const beginning = Centre.start(t, { folder, changes: { 'relay.port': port }, args: ours });
	// it waits for the relay, whichever comes first
	await until('control', () => fs.existsSync(path.join(state, 'heimamt.db')));
	relay = startRelay(run, port);
	const centre = await beginning;
	const adopted = () => centre.log.map((l) => /relay 0 is up: process (\d+)( that ran before)?,/.exec(l)).filter(Boolean).at(-1);
	assert.equal(Number(adopted()[1]), relay.pid);
	assert.ok(adopted()[2]);

	// Restart=always: the one that was killed is started again, and not by control
	await relay.stop('SIGKILL');
	await centre.program.line(/relay 0 is gone/);
	relay = startRelay(run, port);
	await until('the next relay', () => Number(adopted()[1]) === relay.pid);
	assert.ok(!centre.log.some((l) => /cannot be started/.test(l)), 'nor does it try');
});
