// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The configuration read anew by SIGHUP, in a talk and with a caller who waits: greeting, hours, queues and skills count
// at once, no talk and no place is lost, a bad file changes nothing, and the journal runs again through all of it.  Every
// clip is a tone of its own.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { Caller } from './lib/caller.mjs';
import { Centre, HEIMAMT } from './lib/centre.mjs';
import { clipsFolder } from './lib/clips.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { LineFarm } from './lib/farm.mjs';
import { until } from './lib/wait.mjs';

const HELLO = 600, MUSIC = 800, OTHER = 1000, NEW_HELLO = 1250;
const EVA = 450;

const queue = (title, number, more) => `\nqueue "${title}" {\n\tnumber = "${number}"\n\tname = "${title}"\n` +
	`\tlanguage = "de"\n\tannounce = 0\n\twrap-up = 0\n${more.map((l) => `\t${l}\n`).join('')}}\n`;
const agent = (name, queues) => `\nagent "${name}" {\n\tname = "${name}"\n\tqueues = { ${queues.map((q) => `"${q}"`).join(', ')} }\n}\n`;

async function called(t, centre, number) {
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	const caller = await Caller.open(t, { sip: centre.sip(number) });
	caller.invite({ sdp: endpoint.sdp() });
	const answer = await caller.answer('INVITE');
	if (answer.status === 200)
		endpoint.send(caller.remote, { frequency: 350, dbov: -30 });
	return { caller, endpoint, answer };
}

const status = async (t, centre, number) => {
	const { answer, caller } = await called(t, centre, number);
	if (answer.status === 200)
		caller.hangUp();
	return answer.status;
};

// Another file, and SIGHUP; returns when the log says what came of it.
async function read_anew(centre, more, says) {
	const file = path.join(centre.folder, 'heimamt.conf');
	const before = centre.log.length;
	fs.writeFileSync(file, centre.base + more);
	centre.program.kill('SIGHUP');
	await until(`the log says ${says}`, () => centre.log.slice(before).some((l) => says.test(l)), { timeout: 60000 });
	return centre.log.slice(before).join('\n');
}

// Asks the pages' API as that person.
async function session(centre, login) {
	const { base } = centre.told;
	const token = new URL(centre.link(login)).pathname.split('/').at(-1);
	const headers = { Origin: base, 'Content-Type': 'application/json' };
	const answer = await fetch(`${base}/login`, { method: 'POST', headers, body: JSON.stringify({ token }) });
	assert.equal(answer.status, 204);
	const cookie = answer.headers.getSetCookie().map((c) => c.split(';')[0]).join('; ');
	return async (name, body) => {
		const got = await fetch(`${base}/api/${name}`, { method: body ? 'POST' : 'GET', headers: { ...headers, cookie }, body: body && JSON.stringify(body) });
		assert.equal(got.status, 200, name);
		return got.json();
	};
}

test('a reload in a talk with a caller who waits', async (t) => {
	const folder = clipsFolder(t, { hello: [HELLO, 1], music: [MUSIC, 4], other: [OTHER, 4], 'new-hello': [NEW_HELLO, 1] });
	const one = (more = []) => queue('eins', 400, ['greeting = "hello"', 'music = "music"', ...more]);
	const two = queue('zwei', 410, ['music = "other"']);
	const people = (queues) => agent('eva', queues) + '\nagent "dora" {\n\tname = "Dora"\n\troles = { "administrator" }\n}\n';
	const centre = await Centre.start(t, { changes: { 'clips.folder': folder, 'queue.announce': 0, 'sip.user': 'phone', 'sip.password': 'not to be told' }, more: one() + two + people(['eins', 'zwei']) });
	centre.base = fs.readFileSync(path.join(centre.folder, 'heimamt.conf'), 'utf8').replace(one() + two + people(['eins', 'zwei']), '');
	const lines = await LineFarm.start(t);
	await lines.login(centre, [{ name: 'eva', hz: EVA }], { habits: { accept: 100, wrapup: 0 } });
	const talk = await called(t, centre, '400');
	await talk.endpoint.hears(EVA);
	const waits = await called(t, centre, '410');
	await waits.endpoint.hears(OTHER);

	await t.test('another greeting and a new queue count at once; the talk is untouched', async () => {
		const more = queue('eins', 400, ['greeting = "new-hello"', 'music = "music"']) + two + queue('drei', 420, ['greeting = "hello"', 'music = "music"']);
		const log = await read_anew(centre, more + people(['eins', 'zwei', 'drei']), /was read anew/);
		assert.match(log, /heimamt\.conf:\d+: queue "eins": greeting has changed/);
		const next = await called(t, centre, '400');
		await next.endpoint.hears(NEW_HELLO);
		next.caller.hangUp();
		const third = await until('the new queue takes calls', async () => (await status(t, centre, '420')) === 200, { timeout: 20000, every: 500 });
		assert.ok(third);
		await talk.endpoint.hears(EVA);
	});

	await t.test('a bad file is refused with its line, and nothing has changed', async () => {
		const log = await read_anew(centre, queue('eins', 400, ['offer = 1', 'greeting = "there is none"']) + people(['eins', 'nowhere']), /was not taken/);
		assert.match(log, /heimamt\.conf:\d+: queue "eins": offer must be a number from 3 to 600/);
		assert.match(log, /heimamt\.conf:\d+: agent: queues must be/, 'nobody is named in the log');
		assert.equal(await status(t, centre, '420'), 200);
		await talk.endpoint.hears(EVA);
	});

	await t.test('a queue that closes and one that is gone take nobody; who waits there is served', async () => {
		const closed = one(['special-days = { "01-01 closed" }', 'closed-days = { ' + days().map((d) => `"${d}"`).join(', ') + ' }']);
		await read_anew(centre, closed + people(['eins']), /was read anew/);
		assert.equal(await status(t, centre, '400'), 480, 'closed today');
		assert.equal(await status(t, centre, '410'), 404, 'gone');
		await talk.endpoint.hears(EVA);
		await waits.endpoint.hears(OTHER);
	});

	await t.test('the queue is back, and its caller has kept its place', async () => {
		await read_anew(centre, one() + two + people(['eins', 'zwei']), /was read anew/);
		await until('the queue takes calls again', async () => (await status(t, centre, '410')) === 200, { timeout: 20000, every: 500 });
		talk.caller.hangUp();
		await waits.endpoint.hears(EVA);
	});

	await t.test('what needs a restart is said by name and line', async () => {
		const file = path.join(centre.folder, 'heimamt.conf');
		centre.base = centre.base.replace(/^(\s*)caller-silent = .*$/m, '$1caller-silent = 61').replace(/^(\s*)srtp = "offered".*$|^(\s*)# srtp = "offered".*$/m, '\tsrtp = "never"');
		const log = await read_anew(centre, one() + two + people(['eins', 'zwei']), /was read anew/);
		assert.match(log, new RegExp(`${path.basename(file)}:\\d+: sip: srtp has changed, which counts after a restart`));
		assert.match(log, /sip: caller-silent has changed$/m);
	});

	await t.test('an administrator sees what counts, waits and was refused, and reads the file anew', async () => {
		const ask = await session(centre, 'dora');
		const shown = await ask('configuration');
		const option = (section, name) => shown.sections.find((x) => x.section === section).options.find((o) => o.option === name);
		assert.equal(option('sip', 'password').value, '***');
		assert.ok(!JSON.stringify(shown).includes('not to be told'));
		assert.deepEqual(shown.waiting.map((w) => [w.section, w.option, w.file]), [['sip', 'srtp', 'never']]);
		assert.ok(option('sip', 'caller-silent').line > 0);
		assert.ok(!shown.sections.some((x) => x.section === 'agent'), 'people are not here');
		fs.appendFileSync(path.join(centre.folder, 'heimamt.conf'), 'node = 5000\n');
		await ask('configuration/read', {});
		const bad = await until('what was refused', async () => {
			const now = await ask('configuration');
			return !now.reading && now.refused && now;
		});
		assert.match(bad.refused.complaints[0].text, /node must be a number/);
		assert.ok(bad.refused.complaints[0].line > 0);
		assert.equal(await (await fetch(`${centre.told.base}/api/configuration`)).status, 401);
	});

	waits.caller.hangUp();
	await centre.stop();
	const again = spawnSync(HEIMAMT, ['replay', centre.state], { encoding: 'utf8' });
	assert.equal(again.status, 0, again.stdout + again.stderr);
});

// Yesterday, today and tomorrow, whatever the zone: "2026-11-27".
function days() {
	return [-1, 0, 1].map((d) => new Date(Date.now() + d * 86400000).toISOString().slice(0, 10));
}
