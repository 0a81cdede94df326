// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A backup while a hundred calls a minute come and go; brought back in another place, where a centre goes on with it:
// every call that had ended is there, and all that is proved still is.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { Centre, HEIMAMT } from './lib/centre.mjs';
import { CallerFarm, farmAgents, LineFarm, toneOf } from './lib/farm.mjs';
import { records } from './lib/records.mjs';
import { sleep, until } from './lib/wait.mjs';

const CALLS_A_MINUTE = 100, BACKUPS = 3;
const CALLS_BEFORE = 12, CALLS_BETWEEN = 5; // of each backup

// Beside the test, whose callers go on.
function run(...args) {
	return new Promise((resolve) => {
		const child = spawn(HEIMAMT, args, { stdio: ['ignore', 'pipe', 'pipe'] });
		const told = { stdout: '', stderr: '' };
		for (const name of Object.keys(told))
			child[name].on('data', (text) => (told[name] += text));
		child.on('close', (status) => resolve({ status, ...told }));
	});
}

function folder(t) {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'heimamt-backup-'));
	t.after(() => fs.rmSync(dir, { recursive: true, force: true }));
	return dir;
}

const ENDED = 'SELECT id, why, answered_ms, ended_ms, (SELECT count(*) FROM call_event e WHERE e.call = c.id) AS n ' +
	'FROM call c WHERE ended_ms IS NOT NULL ORDER BY id';

test('backup: the two commands have help with examples, and name what is wrong', async () => {
	for (const command of ['backup', 'restore']) {
		const { status, stdout } = await run(command, '--help');
		assert.equal(status, 0);
		assert.match(stdout, new RegExp(`Examples:\n +heimamt ${command} `));
		assert.equal((await run(command)).status, 2);
	}
	assert.match((await run('restore', '/nowhere')).stderr, /this is no backup/);
});

test(`backup: taken during ${CALLS_A_MINUTE} calls a minute, restored elsewhere, every ended call is there`, { timeout: 240000 }, async (t) => {
	const { agents, more } = farmAgents(4);
	const centre = await Centre.start(t, { more, changes: { 'queue.greeting': '', 'ledger.name': 'heimamt.test' } });
	const lines = await LineFarm.start(t), callers = await CallerFarm.start(t);
	await lines.login(centre, agents, { habits: { accept: 50, wrapup: 0 } });
	let n = 0, over = false;
	const begun = performance.now();
	const come = (async () => {
		for (; !over; n++) {
			callers.call(`c${n}`, centre.sip(), { hz: toneOf(20 + n % 100), talk: 400 + 200 * (n % 5) });
			await sleep(60000 / CALLS_A_MINUTE);
		}
	})();
	// who was told that the call is over, with an answer to its BYE or by ours
	const ended = () => new Set(callers.events.filter((e) => e.event === 'state' && e.is === 'ended').map((e) => e.caller)).size;
	const place = folder(t), taken = [];
	for (let i = 0; i < BACKUPS; i++) {
		const calls = CALLS_BEFORE + i * CALLS_BETWEEN;
		await until(`${calls} calls to end`, () => ended() >= calls, { timeout: 60000 });
		const before = { told: ended(), rows: records(centre, ENDED) };
		const to = path.join(place, `backup-${i}`);
		const { status, stdout, stderr } = await run('backup', to, '--json', '--config', path.join(centre.folder, 'heimamt.conf'),
			'--state', centre.state);
		assert.equal(status, 0, stderr);
		taken.push({ to, before, said: JSON.parse(stdout) });
	}
	over = true;
	await come;
	const minutes = (performance.now() - begun) / 60000;
	await callers.all('state', Array.from({ length: n }, (_, i) => `c${i}`), (e) => e.is === 'ended', { timeout: 60000 });
	t.diagnostic(`${n} calls, ${(n / minutes).toFixed(0)} a minute; backups of ${taken.map((b) => b.said.calls).join(', ')} calls`);
	assert.ok(n / minutes > CALLS_A_MINUTE / 2, 'calls came all the while');
	const talked = new Set(callers.events.filter((e) => e.event === 'hears' && e.what === 'tone').map((e) => e.caller));
	assert.equal(talked.size, n, 'no call suffered from it');
	await centre.stop();

	for (const { to, before, said } of taken) {
		const state = `${to}-state`;
		assert.equal((await run('backup', to, '--verify')).status, 0);
		const { status, stderr } = await run('restore', to, '--state', state, '--config', `${to}-etc/heimamt.conf`);
		assert.equal(status, 0, stderr);
		const rows = records({ state }, ENDED);
		assert.ok(before.told >= CALLS_BEFORE);
		assert.ok(rows.length >= before.told, `${rows.length} of ${before.told} ended calls`);
		const is = new Map(rows.map((r) => [r.id, r]));
		for (const row of before.rows)
			assert.deepEqual(is.get(row.id), row);
		assert.equal(records({ state }, 'SELECT count(*) AS n FROM call')[0].n, said.calls);
		// each entry that a record stands for is in the ledger that came with it
		for (const { entry, segment } of records({ state }, 'SELECT entry, segment FROM ledger_entry'))
			assert.equal(spawnSync(HEIMAMT, ['ledger', 'prove', path.join(state, `ledger/ledger-${String(segment).padStart(6, '0')}`),
				String(entry)]).status, 0);
	}

	// elsewhere: another centre, with all that was saved and nothing else
	const last = taken.at(-1);
	const other = await Centre.start(t, { more, folder: folder(t), changes: { 'queue.greeting': '', 'ledger.name': 'heimamt.test' } });
	await other.stop();
	fs.renameSync(other.state, `${other.state}-own`);
	assert.equal((await run('restore', last.to, '--state', other.state, '--config', path.join(other.folder, 'heimamt.conf'))).status, 0);
	await other.begin();
	other.apps = centre.apps; // the authenticator apps of before still open the door
	const again = await LineFarm.start(t);
	await again.login(other, agents, { habits: { accept: 50, wrapup: 0 } });
	callers.call('after', other.sip(), { hz: 1000, talk: 500 });
	await callers.event({ event: 'state', caller: 'after', is: 'ended' });
	const rows = new Map(records(other, ENDED).map((r) => [r.id, r]));
	for (const row of last.before.rows)
		assert.deepEqual(rows.get(row.id), row);
	assert.equal(rows.size, last.said.calls + 1, 'those that were on have an end now, and one came');
	await other.stop();
	const key = spawnSync(HEIMAMT, ['ledger', 'key', path.join(other.state, 'house.key'), '--name', 'heimamt.test/1'], { encoding: 'utf8' });
	const found = spawnSync(HEIMAMT, ['ledger', 'verify', path.join(other.state, 'ledger/ledger-000001'), '--key', key.stdout.trim(), '--json'],
		{ encoding: 'utf8' });
	assert.equal(found.status, 0, found.stderr);
	assert.equal(JSON.parse(found.stdout).result, 'good');
});
