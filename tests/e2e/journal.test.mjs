// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The journal of the routing, as the real centre writes it: a day with calls runs again action by action, a call is
// explained in one screen, what was torn or altered is said, and nobody's name or number is in it.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { Centre, HEIMAMT, killed } from './lib/centre.mjs';
import { CallerFarm, farmAgents, LineFarm, toneOf } from './lib/farm.mjs';
import { freeTcpPort, freeUdpPort } from './lib/ports.mjs';
import { until } from './lib/wait.mjs';

const folder = (centre) => path.join(centre.state, 'journal');
const files = (centre, ending) => fs.readdirSync(folder(centre)).filter((f) => f.endsWith(ending)).sort()
	.map((f) => path.join(folder(centre), f));

function heimamt(...args) {
	const { status, stdout, stderr } = spawnSync(HEIMAMT, args, { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } });
	return { status, stdout, stderr };
}

// The id of the n-th call that this was said of in the log.
const idOf = (centre, word, n = 0) => centre.log.map((l) => new RegExp(`call ([0-9a-z]{13}): ${word}`).exec(l)?.[1]).filter(Boolean)[n];

test('a morning runs again, and each of its calls is explained', async (t) => {
	const { agents, more } = farmAgents(2);
	const ports = { 'sip.port': await freeUdpPort(), 'web.port': await freeTcpPort() };
	const centre = await Centre.start(t, { more, changes: { ...ports, 'queue.greeting': '' } });
	const lines = await LineFarm.start(t), callers = await CallerFarm.start(t);
	await lines.login(centre, agents, { habits: { accept: 100, wrapup: 0 } });
	for (const name of ['c0', 'c1'])
		callers.call(name, centre.sip(), { hz: toneOf(50) });
	await callers.all('hears', ['c0', 'c1'], (e) => e.what === 'tone');
	callers.call('c2', centre.sip(), { hz: toneOf(52) });
	await callers.event({ event: 'hears', caller: 'c2', what: 'sound' });
	callers.do('hangup', { caller: 'c0' });
	await callers.event({ event: 'hears', caller: 'c2', what: 'tone' });

	// while it runs
	const live = heimamt('replay', centre.state, '--json');
	assert.equal(live.status, 0, live.stderr);
	const [segment] = JSON.parse(live.stdout);
	assert.equal(segment.result, 'same');
	assert.equal(segment.ended, false);
	assert.ok(segment.events >= 12 && segment.actions >= 12, live.stdout);

	// the third call waited for an agent
	const id = idOf(centre, 'arrived', 2);
	const text = heimamt('explain', id, '--state', centre.state);
	assert.equal(text.status, 0, text.stderr);
	t.diagnostic(`\n${text.stdout}`);
	const rows = text.stdout.trimEnd().split('\n');
	assert.ok(rows.length <= 24 && rows.every((r) => r.length <= 100), 'one screen');
	assert.match(rows[0], new RegExp(`^Call ${id}, queue .+ \\(priority 1, to be answered within 20\\.0 s\\)$`));
	assert.match(text.stdout, /^\d\d:\d\d:\d\d\.\d{3} {2}arrived$/m);
	assert.match(text.stdout, /offered to agent \d+; could have had it: [01] at home, [01] at the office/);
	assert.match(text.stdout, /^ {2}eligible +1: [01] at home, [01] at the office$/m);
	assert.match(text.stdout, /^ {2}not eligible +\d+: .*talking 1/m);
	assert.match(text.stdout, /^ {2}this agent +the only one who was eligible$/m);
	assert.match(text.stdout, /^ {2}this call +no other waited that this agent could have had$/m);
	for (const { name } of agents)
		assert.ok(!text.stdout.toLowerCase().includes(name), 'no name');
	const told = JSON.parse(heimamt('explain', id, '--state', centre.state, '--json').stdout);
	assert.equal(told.call, id);
	assert.deepEqual(told.moments.map((m) => m.what), ['arrived', 'offer', 'join']);
	assert.equal(told.moments[0].decision.not_eligible.talking.home + told.moments[0].decision.not_eligible.talking.office, 2);
	const { could, decision } = told.moments[1];
	assert.deepEqual(could, decision.eligible);

	// killed in mid-talk, and the next process: the call is in both segments, under different names
	await killed(centre);
	await centre.begin();
	await until('its segment', () => files(centre, '.journal').length === 2);
	callers.do('hangup', { caller: 'c2' });
	await callers.event({ event: 'state', caller: 'c2', is: 'ended' });
	await until('its end to be explained', () => heimamt('explain', id, '--state', centre.state).stdout.includes('caller_left'));
	const whole = JSON.parse(heimamt('explain', id, '--state', centre.state, '--json').stdout);
	assert.deepEqual(whole.moments.map((m) => m.what), ['arrived', 'offer', 'join', 'taken_over', 'part', 'end']);
	await centre.stop();
	const both = heimamt('replay', centre.state);
	assert.equal(both.status, 0, both.stderr);
	assert.equal(both.stdout.match(/all the same/g).length, 2, both.stdout);

	// who may read it, and what is in it
	assert.equal(fs.statSync(folder(centre)).mode & 0o777, 0o700);
	for (const f of [...files(centre, '.journal'), ...files(centre, '.key')])
		assert.equal(fs.statSync(f).mode & 0o777, 0o600);
	assert.equal(files(centre, '.key').length, 2);
	for (const f of files(centre, '.journal')) {
		const bytes = fs.readFileSync(f).toString('latin1').toLowerCase();
		for (const word of ['farm', 'anna', 'sip:', '127.0.0.1'])
			assert.ok(!bytes.includes(word), `"${word}" is in ${f}`);
	}

	// altered, torn, and not for it
	const [first] = files(centre, '.journal'), good = fs.readFileSync(first);
	const bad = path.join(centre.folder, 'bad.journal');
	const flip = (at) => {
		const copy = Buffer.from(good);
		copy[at] ^= 1;
		return copy;
	};
	fs.writeFileSync(bad, flip(good.length - 40));
	const altered = heimamt('replay', bad);
	assert.equal(altered.status, 2);
	assert.match(altered.stderr, /what follows was altered\. The last good event is number \d+ \(\d+ ms: \w+/);
	fs.writeFileSync(bad, good.subarray(0, good.length - 3));
	const torn = heimamt('replay', bad, '--json');
	assert.equal(torn.status, 2);
	assert.match(torn.stderr, /is not whole\. The last good event is number \d+/);
	assert.equal(JSON.parse(torn.stdout)[0].result, 'torn');
	fs.writeFileSync(bad, flip(20));
	assert.match(heimamt('replay', bad).stderr, /There is no good event|is no journal/);
	fs.writeFileSync(bad, 'something else\n'.repeat(9));
	const foreign = heimamt('replay', bad);
	assert.deepEqual([foreign.status, /is no journal/.test(foreign.stderr)], [2, true], foreign.stderr);
	assert.equal(heimamt('replay').status, 2);
	assert.equal(heimamt('replay', path.join(centre.folder, 'nowhere')).status, 1);

	// unknown calls, and a day later
	assert.equal(heimamt('explain', 'anna', '--state', centre.state).status, 2);
	const unknown = heimamt('explain', '0000000000009', '--state', centre.state);
	assert.deepEqual([unknown.status, /does not know the call/.test(unknown.stderr)], [1, true]);
	for (const f of files(centre, '.key'))
		fs.rmSync(f);
	const late = heimamt('explain', id, '--state', centre.state);
	assert.equal(late.status, 1);
	assert.match(late.stderr, /of 2 the key is gone/);
	assert.equal(heimamt('replay', centre.state).status, 0);
});
