// SPDX-License-Identifier: AGPL-3.0-or-later
//
// heimamt trace: what happens to a call, while it happens, for who runs the server; masked, and nothing while nobody asks.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import test from 'node:test';
import { Caller } from './lib/caller.mjs';
import { Centre, HEIMAMT } from './lib/centre.mjs';
import { Desk } from './lib/desk.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { Program } from './lib/process.mjs';
import { sleep, until } from './lib/wait.mjs';

const NUMBER = '+41791234567', NAME = 'Rosa Zumstein';
// Neither the number nor its end (shorter ones may be in a time), nor the name, nor a key.
const PERSONAL = [NUMBER, '1234567', '234567', 'Rosa', 'Zumstein', 'crypto', 'inline:'];

function trace(t, centre, ...args) {
	const program = new Program(HEIMAMT, ['trace', '--state', centre.state, ...args]);
	t.after(() => program.stop('SIGKILL'));
	return program;
}

// Once the centre knows of it.
async function asked(t, centre, ...args) {
	const before = centre.log.filter((l) => /trace \d+: user/.test(l)).length;
	const program = trace(t, centre, ...args);
	await until('the trace in the log', () => centre.log.filter((l) => /trace \d+: user/.test(l)).length > before);
	return program;
}

async function call(t, centre, number = '100', { secure = false } = {}) {
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	if (secure)
		endpoint.secure('AES_CM_128_HMAC_SHA1_80');
	const caller = await Caller.open(t, { sip: centre.sip(number), from: NUMBER, name: NAME });
	caller.invite({ sdp: endpoint.sdp() });
	return { caller, endpoint };
}

const events = (program) => program.lines.filter((l) => l.startsWith('{')).map((l) => JSON.parse(l));
// The events as words, in their order: "sip< INVITE", "call offered", "voice first" ...
const words = (all) => all.map((e) => `${e.layer}${e.layer === 'sip' ? { in: '<', out: '>' }[e.way] : ''} ${e.what}${e.to ? ` ${e.to}` : ''}`);

function assertMasked(text) {
	for (const p of PERSONAL)
		assert.ok(!text.includes(p), `"${p}" is in the output:\n${text}`);
}

// Each of `wanted` after the one before.
function assertOrder(told, wanted) {
	let from = 0;
	for (const w of wanted) {
		const at = told.indexOf(w, from);
		assert.ok(at >= 0, `"${w}" is missing behind ${wanted[wanted.indexOf(w) - 1]} in:\n${told.join('\n')}`);
		from = at + 1;
	}
}

test('trace: the next call, from its INVITE to what its lines were worth, without a number or a name', async (t) => {
	const centre = await Centre.start(t);
	const desk = await Desk.ready(t, centre, 'anna');
	const program = await asked(t, centre, '--next', '1', '--json');
	const people = await asked(t, centre, '--next', '1');
	const { caller, endpoint } = await call(t, centre, '100', { secure: true });
	await caller.answer('INVITE');
	endpoint.answered(caller.messages.find((m) => m.status === 200).body);
	endpoint.send(caller.remote);
	await desk.state('offered');
	await desk.click('accept');
	await desk.state('talking');
	await sleep(1500);
	caller.hangUp();
	await caller.answer('BYE');
	assert.deepEqual(await program.ended(), { code: 0, signal: null });
	assert.deepEqual(await people.ended(), { code: 0, signal: null });

	const all = events(program), told = words(all);
	assertOrder(told, ['sip< INVITE', 'voice made', 'call arrived', 'sip> 200 INVITE', 'sip< ACK', 'call accepted', 'call joined', 'sip< BYE', 'call ended', 'sum call']);
	assertOrder(told, ['call offered', 'voice first', 'sum quality', 'sum call']);
	assertOrder(told, ['sip< BYE', 'sip> 200 BYE', 'sum call']);
	assert.ok(told.includes('voice up'), told.join('\n'));
	const [invite] = all, id = all.find((e) => e.what === 'arrived').call;
	assert.equal(id.length, 13);
	assert.ok(all.every((e) => e.call === id), 'one call, and its id from the first line on');
	assert.match(invite.caller, /^\*+67$/);
	assert.match(invite.at, /^127\.0\.0\.0\/24$/);
	assert.equal(invite.by, 'udp');
	assert.equal(invite.peer, 'peer');
	assert.equal(invite.codecs, 'PCMA telephone-event');
	assert.equal(invite.port, endpoint.port);
	assert.equal(invite.protection, 'srtp');
	assert.ok(all.find((e) => e.what === 'first' && e.leg === 'caller').after_us > 0);
	assert.equal(all.find((e) => e.what === 'ended').why, 'caller_hung_up');
	const quality = all.filter((e) => e.what === 'quality');
	assert.deepEqual([...new Set(quality.map((e) => e.leg))].sort(), ['agent', 'caller']);
	assert.ok(quality.find((e) => e.leg === 'caller' && e.way === 'in').expected >= 50);
	assert.ok(all.at(-1).messages >= 5);
	assertMasked(program.lines.join('\n'));
	assertMasked(people.lines.join('\n'));
	assert.match(people.lines[0], /^\d\d:\d\d:\d\d\.\d{3} {2}[0-9a-z]{13} {2}sip< {3}INVITE {2}cseq 1 {2}caller \*+67 /);
	t.diagnostic(`\n${people.lines.join('\n')}`);

	// who looked, at what, is in the log; afterwards nobody looks
	assert.ok(centre.log.some((l) => /notice: trace 1: user \d+ asks for the next 1 calls, for 10 minutes/.test(l)));
	assert.ok(centre.log.some((l) => new RegExp(`notice: call ${id}: shown to user ${process.getuid()} in trace 1`).test(l)));
	await until('its end in the log', () => centre.log.some((l) => /trace 1 is over: 1 calls were shown/.test(l)));
});

test('trace: a call that goes on, one of a queue, and one that is refused', async (t) => {
	const centre = await Centre.start(t);
	await Desk.ready(t, centre, 'anna'); // who is offered it, and lets it ring
	const { caller, endpoint } = await call(t, centre);
	await caller.answer('INVITE');
	const [, id] = await centre.program.line(/call ([0-9a-z]{13}): arrived/);
	const late = await asked(t, centre, '--call', id, '--json');
	const english = await asked(t, centre, '--queue', '200', '--next', '2', '--json');
	endpoint.send(caller.remote);
	await late.line(/"layer":"voice","what":"up"/);
	caller.hangUp();
	assert.equal((await late.ended()).code, 0);
	assert.ok(events(late).every((e) => e.call === id));
	assertOrder(words(events(late)), ['voice up', 'sip< BYE', 'call ended', 'sip> 200 BYE', 'sum call']);

	const second = await call(t, centre, '200');
	await second.caller.answer('INVITE');
	const [, other] = await english.line(/"call":"([0-9a-z]{13})","layer":"call","what":"arrived"/);
	assert.ok(events(english).every((e) => e.call === other), 'nothing of the other queue');
	assert.equal(events(english)[0].what, 'INVITE');

	const refused = await asked(t, centre, '--json');
	const nowhere = await call(t, centre, '999');
	assert.equal((await nowhere.caller.answer('INVITE')).status, 404);
	assert.equal((await refused.ended()).code, 0);
	assertOrder(words(events(refused)), ['sip< INVITE', 'sip> 404 INVITE', 'sip< ACK', 'sum call']);
	assert.equal(events(refused).at(-1).ended, 'refused');
	for (const program of [late, english, refused])
		assertMasked(program.lines.join('\n'));
});

test('trace: who may not ask is refused, four ask at a time, and nothing of that reaches the centre', async (t) => {
	const centre = await Centre.start(t);
	const socket = path.join(centre.state, 'trace.sock');
	assert.equal(fs.statSync(socket).mode & 0o777, 0o600);

	const wrong = spawnSync(HEIMAMT, ['trace', '--state', centre.state, '--call', '0000000000a01'], { encoding: 'utf8' });
	assert.equal(wrong.status, 1);
	assert.match(wrong.stderr, /no call with this id goes on/);
	for (const args of [['--next', '33'], ['--minutes', '61'], ['--call', 'x'], ['--call', '0000000000a01', '--next', '2'], ['word']])
		assert.equal(spawnSync(HEIMAMT, ['trace', '--state', centre.state, ...args]).status, 2, args.join(' '));
	const nobody = spawnSync(HEIMAMT, ['trace', '--state', centre.folder], { encoding: 'utf8' });
	assert.equal(nobody.status, 1);
	assert.match(nobody.stderr, /no centre runs there/);

	await centre.program.line(/trace 1: user/); // the wrong one's, not the first's of these
	const four = [];
	for (let i = 0; i < 4; i++)
		four.push(await asked(t, centre));
	const fifth = spawnSync(HEIMAMT, ['trace', '--state', centre.state], { encoding: 'utf8', timeout: 20000 });
	assert.equal(fifth.status, 1);
	assert.match(fifth.stderr, /four traces run already/);
	four[0].kill('SIGKILL');
	await until('a free place', () => centre.log.some((l) => /trace \d+ is over/.test(l)));
	await asked(t, centre);

	// nonsense, and silence
	for (const text of ['GET / HTTP/1.1\r\n\r\n', 'x'.repeat(5000), '\n', 'trace 1 next=99 minutes=10\n'])
		await new Promise((resolve) => {
			const c = net.connect(socket, () => c.write(text));
			c.on('error', () => {});
			c.on('data', () => {});
			c.on('close', resolve);
		});
	const { caller } = await call(t, centre, '999');
	assert.equal((await caller.answer('INVITE')).status, 404);
});

test('trace: another user is refused by the mode, and by who it is', { skip: process.getuid() !== 0 && 'only root can be another user' }, async (t) => {
	const centre = await Centre.start(t);
	const socket = path.join(centre.state, 'trace.sock');
	const as = { uid: 65534, gid: 65534, encoding: 'utf8' };
	fs.chmodSync(centre.folder, 0o711);
	fs.chmodSync(centre.state, 0o711);
	// a copy that this user may run, wherever the build lies
	const program = path.join(centre.folder, 'heimamt');
	fs.copyFileSync(HEIMAMT, program);
	fs.chmodSync(program, 0o755);
	const byMode = spawnSync(program, ['trace', '--state', centre.state], as);
	assert.equal(byMode.status, 1, byMode.stderr);
	assert.match(byMode.stderr, /only the centre's user and root may ask/);
	fs.chmodSync(socket, 0o666);
	const byPeer = spawnSync(program, ['trace', '--state', centre.state], as);
	assert.equal(byPeer.status, 1, byPeer.stderr);
	assert.match(byPeer.stderr, /only the centre's user and root may ask/);
	await until('it in the log', () => centre.log.some((l) => /a trace was asked for and refused/.test(l)));
});

test('trace: one that is killed, and one that does not read, cost the centre nothing', async (t) => {
	const centre = await Centre.start(t);
	await Desk.ready(t, centre, 'anna'); // who is offered it, and lets it ring
	const killed = await asked(t, centre, '--next', '32', '--json');
	const before = centre.log.length;
	const deaf = spawn(HEIMAMT, ['trace', '--state', centre.state, '--next', '32', '--json'], { stdio: ['ignore', 'pipe', 'ignore'] });
	t.after(() => deaf.kill('SIGKILL'));
	await until('the deaf one in the log', () => centre.log.slice(before).some((l) => /asks for the next 32/.test(l)));
	deaf.kill('SIGSTOP');
	const { caller, endpoint } = await call(t, centre);
	await caller.answer('INVITE');
	endpoint.send(caller.remote);
	await killed.line(/"what":"arrived"/);
	killed.kill('SIGKILL');
	await until('its end in the log', () => centre.log.some((l) => /trace 1 is over: 1 calls were shown/.test(l)));

	// a socket and a buffer hold some two thousand lines; each question is two.  No more are under way than a socket holds.
	const answers = () => caller.messages.filter((m) => m.status === 200 && / OPTIONS$/.test(m.headers.cseq[0])).length;
	for (let i = 0; i < 4000; i++) {
		caller.optionsInside();
		if (i % 50 === 0)
			await until(`the answers to ${i} questions`, () => answers() >= i - 100, { timeout: 60000 });
	}
	await until('the answers', () => answers() > 3000, { timeout: 60000 });
	caller.hangUp();
	await caller.answer('BYE');

	let text = '';
	deaf.stdout.on('data', (d) => (text += d));
	deaf.kill('SIGCONT');
	const leftOut = await until('what was left out', () => /\{"left_out":(\d+)\}/.exec(text), { timeout: 30000 });
	t.diagnostic(`${leftOut[1]} events were left out, ${text.split('\n').length} lines came`);
	const again = await call(t, centre, '999');
	assert.equal((await again.caller.answer('INVITE')).status, 404);
	assertMasked(text);
	assert.ok(events({ lines: text.split('\n').slice(0, -1) }).length > 100, 'what came before is whole');
});
