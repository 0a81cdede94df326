// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Control dies and comes back: the relay that it left is adopted, replaced or waited for, and a relay that hangs
// is no relay.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { Caller } from './lib/caller.mjs';
import { Centre, demoConfig, killed, killIfThere } from './lib/centre.mjs';
import { Desk } from './lib/desk.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { freeTcpPort, freeUdpPort } from './lib/ports.mjs';
import { ended } from './lib/records.mjs';
import { sleep, until } from './lib/wait.mjs';

const RTP = { low: 40000, high: 44999 }; // the demo's

// Processes of relays whose command line names this state.
function relaysOf(state) {
	return fs.readdirSync('/proc').filter((p) => {
		try {
			const words = fs.readFileSync(`/proc/${p}/cmdline`, 'utf8').split('\0');
			return words[0].endsWith('heimamt-relay') && words.some((w) => w.startsWith(`${state}/`));
		} catch {
			return false;
		}
	}).map(Number);
}

// It runs, and none beside it any more.
const onlyRelay = (centre, pid) => until(`the relay ${pid} alone`, () => relaysOf(centre.state).join() === String(pid));

async function started(t, changes = {}) {
	const centre = await Centre.start(t, { changes });
	t.after(() => {
		for (const pid of relaysOf(centre.state))
			killIfThere(pid);
	});
	return centre;
}

// The only relay, as the newest log has it.
function relay(centre) {
	const [, pid, before, port] = centre.log.map((l) => /relay 0 is up: process (\d+)( that ran before)?, \S+ port (\d+)/.exec(l))
		.filter(Boolean).at(-1);
	return { pid: Number(pid), adopted: Boolean(before), port: Number(port) };
}

// The sockets of a process but its standard input, output and error: [{ inode, is }].
function socketsOf(pid) {
	const table = (name) => fs.readFileSync(`/proc/${pid}/net/${name}`, 'utf8').split('\n').slice(1).map((l) => l.trim().split(/\s+/));
	const names = new Map();
	for (const row of table('unix'))
		names.set(row[6], `unix ${row[7] ?? ''}`);
	for (const proto of ['udp', 'tcp'])
		for (const row of table(proto).filter((r) => r.length > 9))
			names.set(row[9], `${proto} ${parseInt(row[1].split(':')[1], 16)}`);
	return fs.readdirSync(`/proc/${pid}/fd`).filter((fd) => Number(fd) > 2).flatMap((fd) => {
		try {
			const inode = /^socket:\[(\d+)\]$/.exec(fs.readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
			return inode ? [{ inode, is: names.get(inode) ?? 'of another kind' }] : [];
		} catch {
			return []; // closed meanwhile
		}
	});
}

// Only its own: where control speaks to it, the lines' port by UDP and TCP, and ports of plain voice.
function assertOwnSockets(centre, { pid, port }) {
	const sockets = socketsOf(pid);
	const own = (is) => is === `unix ${path.join(centre.state, 'relay-0.sock')}` || is === `udp ${port}` || is === `tcp ${port}` ||
		(/^udp \d+$/.test(is) && Number(is.slice(4)) >= RTP.low && Number(is.slice(4)) <= RTP.high);
	assert.ok(sockets.length >= 3, 'it listens, is spoken to, and has its port');
	assert.deepEqual(sockets.map((s) => s.is).filter((is) => !own(is)), []);
	const ofControl = new Set(socketsOf(centre.program.pid).map((s) => s.inode));
	assert.deepEqual(sockets.filter((s) => ofControl.has(s.inode)), []);
}

async function assertCallWorks(t, centre) {
	const desk = await Desk.ready(t, centre, 'anna', { frequency: 440 });
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	const caller = await Caller.open(t, { sip: centre.sip() });
	caller.invite({ sdp: endpoint.sdp() });
	assert.equal((await caller.answer('INVITE')).status, 200);
	await desk.state('offered');
	await desk.click('accept');
	await desk.state('talking');
	endpoint.send(caller.remote, { frequency: 1000 });
	await endpoint.hears(440, { above: -45 });
	caller.hangUp();
	await desk.state('wrapup');
}

test('restart: a control that was killed comes back on its ports at once, with its relay, and calls work', async (t) => {
	const ports = { 'sip.port': await freeUdpPort(), 'web.port': await freeTcpPort() };
	const centre = await started(t, ports);
	const before = relay(centre);
	assert.equal(before.adopted, false);
	assertOwnSockets(centre, before);

	await killed(centre);
	assert.deepEqual(relaysOf(centre.state), [before.pid], 'the relay outlives control');
	await centre.begin();
	assert.equal(centre.told.sip_port, ports['sip.port']);
	assert.equal(new URL(centre.told.base).port, String(ports['web.port']));
	assert.deepEqual(relay(centre), { ...before, adopted: true });
	assertOwnSockets(centre, before);
	await assertCallWorks(t, centre);

	assert.deepEqual(await centre.stop(), { code: 0, signal: null });
	// which is nobody's child any more: its last word comes just before its end
	await until('an orderly stop ends an adopted relay', () => relaysOf(centre.state).length === 0);
});

test('restart: a relay that runs with other settings is replaced', async (t) => {
	const centre = await started(t);
	const before = relay(centre);
	await killed(centre);
	const port = await freeUdpPort();
	fs.writeFileSync(path.join(centre.folder, 'heimamt.conf'),
		demoConfig({ 'web.port': 0, 'sip.port': 0, 'relay.port': port }));
	await centre.begin();
	await centre.program.line(new RegExp(`relay 0 ran before with 127.0.0.1 port ${before.port}, not as configured: process ${before.pid} `));
	const now = relay(centre);
	assert.equal(now.port, port);
	assert.equal(now.adopted, false);
	await onlyRelay(centre, now.pid);

	await killed(centre);
	await centre.begin();
	assert.deepEqual(relay(centre), { ...now, adopted: true }, 'the configured port is the right one');
});

test('restart: a relay that obeys a later control is waited for, and said so', async (t) => {
	const centre = await started(t);
	await centre.stop();
	await centre.begin(); // epoch 2
	const before = relay(centre);
	await killed(centre);
	for (const file of fs.readdirSync(centre.state).filter((f) => f.startsWith('heimamt.db')))
		fs.rmSync(path.join(centre.state, file));
	const begun = centre.begin(); // epoch 1
	await centre.program.line(/relay 0 obeys a later control .* Waiting until it ends: 60 s/);
	assert.ok(!centre.log.some((l) => l.startsWith('{')), 'it is not open');
	assert.deepEqual(relaysOf(centre.state), [before.pid], 'it is not ours to end');
	process.kill(before.pid, 'SIGTERM'); // as it does itself, after its time
	await begun;
	assert.notEqual(relay(centre).pid, before.pid);
	await onlyRelay(centre, relay(centre).pid);
});

test('restart: a relay that hung when control came back is killed, and another started', async (t) => {
	const centre = await started(t);
	const before = relay(centre);
	await killed(centre);
	process.kill(before.pid, 'SIGSTOP');
	await centre.begin();
	await centre.program.line(/relay 0 answers nothing; its process is killed/);
	assert.notEqual(relay(centre).pid, before.pid);
	await onlyRelay(centre, relay(centre).pid);
});

test('restart: a relay that hangs in mid-work is killed, and the desk gets its line from the next one', async (t) => {
	const centre = await started(t);
	const desk = await Desk.open(t, centre, 'anna');
	await desk.click('line');
	await desk.view((v) => v.line === 'up');
	const before = relay(centre);
	process.kill(before.pid, 'SIGSTOP');
	await desk.send({ t: 'line.stats', ref: 'x' });
	await centre.program.line(/relay 0 answers nothing; its process is killed/);
	const now = await until('the next relay', () => relay(centre).pid !== before.pid && relay(centre));
	assert.equal(now.adopted, false);
	await onlyRelay(centre, now.pid);
	// the page tries again of itself
	await until('the line in the next relay', async () => {
		const lines = (await desk.messages()).filter((m) => m.t === 'view').map((m) => m.line);
		return lines.includes('lost') && lines.at(-1) === 'up';
	});
});

test('restart: who calls when the only relay has just died is answered by the next one', async (t) => {
	const centre = await started(t);
	await Desk.ready(t, centre, 'anna');
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	const before = relay(centre);
	for (const [i, wait] of [0, 20].entries()) { // before control knows of it, and after
		const caller = await Caller.open(t, { sip: centre.sip() });
		const { pid } = relay(centre);
		process.kill(pid, 'SIGKILL');
		await sleep(wait);
		caller.invite({ sdp: endpoint.sdp() });
		assert.equal((await caller.answer('INVITE')).status, 200);
		assert.notEqual(relay(centre).pid, pid);
		await until('music', () => endpoint.levels([], performance.now() - 300).rms > -60);
		caller.hangUp();
		await ended(centre, i + 1);
	}
	assert.notEqual(relay(centre).pid, before.pid);
	assert.deepEqual(await ended(centre, 2), { caller_hung_up: 2 });
});
