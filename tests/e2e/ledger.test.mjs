// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The ledger as the real centre writes it: verified, proved and witnessed from its files alone; what was altered, cut
// away or forked is named.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { Centre, HEIMAMT, killed } from './lib/centre.mjs';
import { until } from './lib/wait.mjs';

function ledger(...args) {
	const { status, stdout, stderr } = spawnSync(HEIMAMT, ['ledger', ...args], { encoding: 'utf8' });
	return { status, stdout, stderr };
}

function good(...args) {
	const { status, stdout, stderr } = ledger(...args);
	assert.equal(status, 0, stderr);
	return stdout;
}

function folder(t) {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'heimamt-ledger-'));
	t.after(() => fs.rmSync(dir, { recursive: true, force: true }));
	return dir;
}

const sizeOf = (file) => JSON.parse(good('verify', file, '--json')).entries;

// Until so many entries stand and are signed for: a start only hands its entry to who writes.
const written = (file, n) => until(`${n} entries`, () => JSON.parse(ledger('verify', file, '--json').stdout || '{}').checkpoint?.size === n);

// A house whose configuration changed a few times: one entry each, behind the first one.
async function house(t, changes = 3) {
	const centre = await Centre.start(t, { changes: { 'ledger.name': 'heimamt.test' } });
	const config = path.join(centre.folder, 'heimamt.conf');
	const file = path.join(centre.state, 'ledger', 'ledger-000001');
	await written(file, 2);
	for (let i = 1; i < changes; i++) {
		await centre.stop();
		fs.appendFileSync(config, `# change ${i}\n`);
		await centre.begin();
		await written(file, i + 2);
	}
	const key = good('key', path.join(centre.state, 'house.key'), '--name', 'heimamt.test/1').trim();
	return { centre, config, file, key };
}

test('ledger: help has examples', () => {
	const { status, stdout } = ledger('--help');
	assert.equal(status, 0);
	assert.match(stdout, /Examples:\n +heimamt ledger verify/);
	assert.equal(ledger().status, 2);
	assert.equal(ledger('verify').status, 2);
	assert.equal(ledger('frobnicate', 'x').status, 2);
});

test('each change of the configuration is an entry, and a start without one is none', async (t) => {
	const { centre, file, key } = await house(t, 3);
	const found = JSON.parse(good('verify', file, '--key', key, '--json'));
	assert.deepEqual({ ...found, root: '' }, { file, origin: 'heimamt.test/1', entries: 4, root: '', erased: 0,
		result: 'good', checkpoint: { size: 4, stands: true, signed: true } });
	const text = good('verify', file);
	assert.match(text, /4 entries, each of them good/);
	assert.match(text, /signature: not looked at/);
	await centre.stop();
	await centre.begin();
	assert.equal(sizeOf(file), 4);
	// killed, it goes on as well
	await killed(centre);
	await centre.begin();
	assert.equal(sizeOf(file), 4);
	assert.ok(!centre.log.some((l) => /ledger.*damage/.test(l)));
});

test('an entry is proved to whoever has the proof and the key', async (t) => {
	const { file, key } = await house(t, 3);
	const proof = path.join(folder(t), 'mine.proof');
	fs.writeFileSync(proof, good('prove', file, '2'));
	const text = good('verify', proof, '--key', key);
	assert.match(text, /entry 2 of heimamt\.test\/1 \(configuration\) stands in the ledger of 4 entries/);
	assert.match(text, /signature: good/);
	assert.match(text, /text: \{"sha256":"[0-9a-f]{64}"\}/);
	const bytes = fs.readFileSync(proof, 'utf8');
	const lines = bytes.split('\n');
	// each line of it counts
	for (const [i, line] of lines.entries()) {
		if (!line)
			continue;
		const at = Math.floor(line.length / 2);
		const other = line[at] === 'A' ? 'B' : 'A';
		fs.writeFileSync(proof, [...lines.slice(0, i), line.slice(0, at) + other + line.slice(at + 1), ...lines.slice(i + 1)].join('\n'));
		assert.equal(ledger('verify', proof, '--key', key).status, 2, line);
	}
	for (const [entry, why] of [['4', /says nothing about entry 4/], ['x', /by its number/], ['', /by its number/]])
		assert.match(ledger('prove', file, entry).stderr, why);
});

test('what was altered is named by its entry, and work goes on in another segment', async (t) => {
	const { centre, file } = await house(t, 4);
	await centre.stop();
	const bytes = fs.readFileSync(file);
	const at = bytes.indexOf('{"sha256"', bytes.indexOf('{"sha256"') + 1) + 20;
	bytes[at] ^= 1;
	fs.writeFileSync(file, bytes);
	const { status, stdout, stderr } = ledger('verify', file);
	assert.equal(status, 2);
	assert.match(stderr, /entry 2 is the first bad one: it was altered/);
	assert.match(stdout, /2 entries are good/);
	assert.equal(JSON.parse(ledger('verify', file, '--json').stdout).first_bad, 2);
	await centre.begin();
	const second = path.join(centre.state, 'ledger', 'ledger-000002');
	await until('the other segment', () => ledger('verify', second).status === 0);
	assert.match(good('verify', second), /heimamt\.test\/2/);
	await centre.program.line(/damage of segment 1, from entry 2 on, is not acknowledged/);
});

test('entries that were cut away are missed, also when the rest is good', async (t) => {
	const { centre, file, key } = await house(t, 3);
	await centre.stop();
	const kept = path.join(folder(t), 'kept.checkpoint');
	fs.copyFileSync(`${file}.checkpoint`, kept);
	const whole = fs.readFileSync(file);
	const cut = whole.subarray(0, whole.lastIndexOf('{"sha256"') - 80);
	fs.writeFileSync(file, cut);
	const { status, stdout } = ledger('verify', file, '--checkpoint', kept, '--key', key);
	assert.equal(status, 2);
	assert.match(stdout, /fewer: entries were CUT AWAY/);
});

test('a witness signs what goes on from what it saw, and refuses a fork', async (t) => {
	const { centre, config, file, key } = await house(t, 2);
	const dir = folder(t);
	const own = path.join(dir, 'witness.key'), seen = path.join(dir, 'seen'), proof = path.join(dir, 'proof');
	const witness = () => ledger('witness', proof, '--log', key, '--key', own, '--name', 'staff.test', '--state', seen);
	const prove = (from, of = file) => fs.writeFileSync(proof, good('prove', of, '--from', String(from)));

	prove(0);
	const first = witness();
	assert.equal(first.status, 0, first.stderr);
	assert.match(first.stdout, /^heimamt\.test\/1\n3\n/);
	const cosigned = path.join(dir, 'cosigned');
	fs.writeFileSync(cosigned, first.stdout);
	const public_ = good('key', own, 'witness', '--name', 'staff.test').trim();
	good('verify', file, '--checkpoint', cosigned, '--key', key, '--witness', public_);
	assert.match(ledger('verify', file, '--key', key, '--witness', public_).stderr, /staff\.test did not witness it/);

	// it grew
	const before = fs.readFileSync(file);
	await centre.stop();
	fs.appendFileSync(config, '# one more\n');
	await centre.begin();
	await written(file, 4);
	prove(0);
	assert.match(witness().stderr, /this witness knows 3\. Ask for heimamt ledger prove FILE --from 3/);
	prove(3);
	assert.equal(witness().status, 0);
	assert.match(fs.readFileSync(seen, 'utf8'), /^heimamt\.test\/1\n4\n/);

	// somebody goes back to an older copy and writes another history, with the house's own key
	await centre.stop();
	fs.writeFileSync(file, before);
	fs.rmSync(`${file}.checkpoint`);
	fs.appendFileSync(config, '# another\n');
	await centre.begin();
	await written(file, 4);
	await centre.stop();
	assert.equal(sizeOf(file), 4);
	prove(3);
	const fork = witness();
	assert.equal(fork.status, 2);
	assert.equal(fork.stdout, '');
	assert.match(fork.stderr, /A FORK: 4 entries were signed for before, and now there are others of the same number/);
	fs.appendFileSync(config, '# and one more\n');
	await centre.begin();
	await written(file, 5);
	prove(4);
	assert.match(witness().stderr, /A FORK: the ledger does not go on from the 4 entries/);
	assert.match(fs.readFileSync(seen, 'utf8'), /^heimamt\.test\/1\n4\n/);
});
