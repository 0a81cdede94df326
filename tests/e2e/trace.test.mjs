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
// Neither the number nor its end of more than two digits, nor the name, nor a key.
const PERSONAL = [NUMBER, '234567', '4567', '567', 'Rosa', 'Zumstein', 'crypto', 'inline:'];

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
const words = (all) => all.map((e) => `${e.layer}${e.way === 'in' ? '<' : e.way === 'out' ? '>' : ''} ${e.what}${e.to ? ` ${e.to}` : ''}`);

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
	assertOrder(told, ['call offered', 'voice first', 'sip> 200 BYE', 'sum quality', 'sum call']);
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
	assert.ok(all.at(-1).messages >= 6);
	assertMasked(program.lines.join('\n'));
	assertMasked(people.lines.join('\n'));
	assert.match(people.lines[0], /^\d\d:\d\d:\d\d\.\d{3} {2}[0-9a-z]{13} {2}sip< {3}INVITE {2}cseq 1 {2}caller \*+67 /);
	t.diagnostic(`\n${people.lines.join('\n')}`);

	// who looked, at what, is in the log; afterwards nobody looks
	assert.ok(centre.log.some((l) => /notice: trace 1: user \d+ asks for the next 1 calls, for 10 minutes/.test(l)));
	assert.ok(centre.log.some((l) => new RegExp(`notice: call ${id}: shown to user ${process.getuid()} in trace 1`).test(l)));
	await until('its end in the log', () => centre.log.some((l) => /trace 1 is over: 1 calls were shown/.test(l)));
});
