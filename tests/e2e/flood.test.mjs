// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Strangers at every door while a talk goes on: SIP, the relay's ports, the pages.  They are told little, change
// nothing, and keep nobody out; and what comes back to a forged address is never more than what was sent.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { pageHears } from './lib/browser.mjs';
import { Caller } from './lib/caller.mjs';
import { Centre } from './lib/centre.mjs';
import { Desk } from './lib/desk.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { levels } from './lib/probe.mjs';
import { clientHello, Crowd, rtpTone, STRANGE_ADDR, Stranger, stunCheck } from './lib/stranger.mjs';
import { message } from './lib/torture.mjs';
import { until } from './lib/wait.mjs';

const CALLER_HZ = 1000, AGENT_HZ = 440, STRANGER_HZ = 2500;
const SILENT = -60, HEARD = -45; // dBov, see first-call.test.mjs
const ONE_ADDRESS_MAX = 1024; // docs/web.md
// What a process may keep of a flood, in MB: of datagrams next to nothing; of a thousand connections at once what malloc
// does not give back; of a second thousand less, for a connection that was never freed would be some 8 KB.
const KEPT = { datagrams: 4, connections: 16, again: 10 };

function memory(pid) {
	const text = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
	return Number(/VmRSS:\s+(\d+) kB/.exec(text)[1]) / 1024;
}

// The sanitizers keep what was freed for a while: their memory says nothing.
const isSanitized = (pid) => /lib[au]+san/.test(fs.readFileSync(`/proc/${pid}/maps`, 'utf8'));

// Each call: how much these processes have grown since the call before.
function watchMemory(t, processes) {
	const now = () => Object.entries(processes).map(([name, pid]) => ({ name, pid, mb: memory(pid) }));
	let before = now();
	return (what) => {
		const after = now();
		for (const [i, { name, pid, mb }] of after.entries()) {
			const kept = mb - before[i].mb;
			t.diagnostic(`memory of ${name}: ${mb.toFixed(1)} MB, ${kept.toFixed(1)} more by ${what}`);
			assert.ok(isSanitized(pid) || kept < KEPT[what], `${name} keeps ${kept.toFixed(1)} MB of ${what}`);
		}
		before = after;
	};
}

function relayOf(centre) {
	const [, pid, port] = centre.log.map((l) => /relay 0 is up: process (\d+), \S+ port (\d+)/.exec(l)).find(Boolean);
	return { pid: Number(pid), addr: '127.0.0.1', port: Number(port) };
}

// A talk, heard at both ends.
async function talking(t, centre) {
	const desk = await Desk.ready(t, centre, 'anna', { frequency: AGENT_HZ });
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	const caller = await Caller.open(t, { sip: centre.sip() });
	caller.invite({ sdp: endpoint.sdp() });
	await desk.state('offered');
	await desk.click('accept');
	await desk.state('talking');
	endpoint.send(caller.remote, { frequency: CALLER_HZ });
	const talk = { desk, endpoint, caller };
	await stillTalking(talk);
	return talk;
}

async function stillTalking({ desk, endpoint }) {
	await endpoint.hears(AGENT_HZ, { above: HEARD });
	await pageHears(desk.page, CALLER_HZ, { above: HEARD });
	assert.equal((await desk.view(() => true)).state, 'talking');
}

// Nobody hears a stranger's voice, now or since `from`.
async function assertNotHeard({ desk, endpoint }, from) {
	const inPage = await levels(desk.page, [STRANGER_HZ]);
	assert.ok(inPage[STRANGER_HZ] < SILENT, `the agent hears ${inPage[STRANGER_HZ].toFixed(1)} dBov of a stranger`);
	const atCaller = endpoint.levels([STRANGER_HZ], from);
	assert.ok(atCaller[STRANGER_HZ] < SILENT, `the caller hears ${atCaller[STRANGER_HZ].toFixed(1)} dBov of a stranger`);
}

function assertNoMore(t, what, stranger) {
	t.diagnostic(`${what}: ${stranger.n} datagrams, ${stranger.sent} bytes; back ${stranger.answers}, ${stranger.received} bytes`);
	assert.ok(stranger.received <= stranger.sent, `${what}: ${stranger.received} bytes for ${stranger.sent}`);
}

// How many the centre says it has refused: each such line tells of those before it.
const refused = (centre) => centre.log.map((l) => /sip: .* refused: .* (\d+) more since the last such line/.exec(l))
	.filter(Boolean).reduce((n, [, more]) => n + 1 + Number(more), 0);

async function floodSip(t, centre) {
	const sip = centre.sip(), stranger = await Stranger.open(t), sdp = 'v=0\r\n'.repeat(40);
	const at = `${sip.addr}:${sip.port}`;
	const makes = [
		(c) => message(c, {}),
		(c) => message(c, { method: 'OPTIONS' }),
		(c) => message(c, { method: 'REGISTER' }),
		(c) => message(c, { method: 'BYE', to: `To: <sip:100@${at}>;tag=none` }),
		(c) => message(c, { method: 'CANCEL' }),
		(c) => message(c, { method: 'ACK' }),
		(c) => message(c, { via: 'Via: ;;;' }),
		() => Buffer.alloc(700, 0xff),
	];
	await stranger.flood(sip, 8000, (i) => makes[i % makes.length]({ at, me: stranger.me, sdp, id: `flood${i}` }));
	await until('an answer', () => stranger.answers > 0);
	await until('the refusals in the log', async () => {
		await stranger.flood(sip, 1, () => message({ at, me: stranger.me, sdp, id: `late${Math.random()}` }, {}));
		return refused(centre) > 1000;
	}, { every: 300 });
	assertNoMore(t, 'SIP', stranger);
	t.diagnostic(`SIP: ${refused(centre)} refusals in the log, ${centre.log.filter((l) => /refused: not a peer/.test(l)).length} lines`);
	assert.ok(!centre.log.some((l) => l.includes('0791234567')));
	assert.equal(centre.log.filter((l) => /call .*arrived/.test(l) && l.includes('flood')).length, 0);
}

async function floodLines(t, relay, desk) {
	const ufrag = /a=ice-ufrag:(\S+)/.exec((await desk.messages()).filter((m) => m.t === 'line.answer').at(-1).sdp)[1];
	const [knowing, stranger] = [await Stranger.open(t), await Stranger.open(t)];
	await knowing.flood(relay, 3000, () => stunCheck(`${ufrag}:abcd`));
	await until('who knows the name of a line to be told that its password is wrong', () => knowing.answers > 0);
	assertNoMore(t, 'STUN with a wrong password', knowing);
	const makes = [(i) => stunCheck(`none${i}:abcd`), () => clientHello(), (i) => rtpTone(STRANGER_HZ, i),
		(i) => Buffer.alloc(1 + (i % 1200), i)];
	await stranger.flood(relay, 12000, (i) => makes[i % makes.length](i >> 2));
	t.diagnostic(`the lines' port: ${stranger.n} datagrams, ${stranger.sent} bytes; back ${stranger.answers}`);
	assert.equal(stranger.answers, 0, 'who knows nothing is told nothing');
}

// Where the caller's voice arrives, from another address and from another port of the caller's own.
async function floodVoice(t, remote) {
	for (const addr of [STRANGE_ADDR, '127.0.0.1']) {
		const stranger = await Stranger.open(t, addr);
		await stranger.flood(remote, 3000, (i) => rtpTone(STRANGER_HZ, i));
		await stranger.flood({ ...remote, port: remote.port + 1 }, 300, () => Buffer.from([0x81, 203, 0, 1, 0, 0, 0x57, 0x42])); // RTCP BYE
		assert.equal(stranger.answers, 0, `voice from ${addr}`);
	}
}

async function floodPages(t, centre) {
	const { port, host } = new URL(centre.told.base);
	const request = (line, more = '') => `${line} HTTP/1.1\r\nHost: ${host}\r\n${more}\r\n`;
	const said = async (text, count, status) => {
		const crowd = await Crowd.open(t, { port }, count, text);
		await until(`${count} answers to ${text.slice(0, 40)}`, () => crowd.closed === count || crowd.heard.split('\n').length > count);
		const [first] = crowd.heard.split('\n');
		assert.match(first, status, text.slice(0, 60));
		crowd.leave();
	};
	await said(request('GET /ws/desk', 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
		'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: heimamt\r\n' +
		`Origin: ${centre.told.base}\r\n`), 200, / 401 /);
	await said(request('GET /desk/', `Cookie: ${'x'.repeat(900)}\r\n`.repeat(10)), 100, /^$| 431 /);
	await said(request('POST /login', `Origin: ${centre.told.base}\r\nContent-Type: application/json\r\nContent-Length: 10000000000\r\n`), 100, / 413 /);
	await said(`${'\xff'.repeat(3000)}\r\n\r\n`, 100, /^$| 4\d\d /);
	const idle = await Crowd.open(t, { port }, 500);
	const slow = await Crowd.open(t, { port }, 700, `GET /desk/ HTTP/1.1\r\nHost: ${host}\r\nX-Slow: `);
	await until('the limit of one address', () => idle.open + slow.open <= ONE_ADDRESS_MAX);
	t.diagnostic(`pages: of ${idle.sockets.length + slow.sockets.length} connections of one address ${idle.open + slow.open} stand`);
	return () => {
		idle.leave();
		slow.leave();
	};
}

// A caller and a desk that come while the strangers are there.
async function othersGetThrough(t, centre) {
	const beat = await Desk.ready(t, centre, 'beat', { frequency: 880 });
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	const caller = await Caller.open(t, { sip: centre.sip() });
	caller.invite({ sdp: endpoint.sdp() });
	assert.equal((await caller.answer('INVITE')).status, 200);
	await beat.state('offered');
	await beat.click('accept');
	await beat.state('talking');
	caller.hangUp();
	await beat.state('wrapup');
}

test('flood: strangers at every door of a talk', async (t) => {
	const centre = await Centre.start(t, { changes: { 'sip.peers': ['127.0.0.1'], 'queue.greeting': '', 'queue.music': '' } });
	const talk = await talking(t, centre);
	const relay = relayOf(centre), begun = performance.now();
	const assertKept = watchMemory(t, { control: centre.program.pid, relay: relay.pid });

	await t.test('SIP', (s) => floodSip(s, centre));
	await stillTalking(talk);
	await t.test('the lines\' port', (s) => floodLines(s, relay, talk.desk));
	await assertNotHeard(talk, begun);
	await stillTalking(talk);
	await t.test('the port of the caller\'s voice', async (s) => {
		await floodVoice(s, talk.caller.remote);
		await assertNotHeard(talk, begun);
	});
	await stillTalking(talk);
	assertKept('datagrams');
	await t.test('the pages', async (s) => {
		const leave = await floodPages(s, centre);
		await stillTalking(talk);
		await othersGetThrough(s, centre);
		leave();
		assertKept('connections');
		(await floodPages(s, centre))();
		assertKept('again');
	});
	await assertNotHeard(talk, begun);
	await stillTalking(talk);

	await talk.desk.click('hangup');
	await talk.caller.got('BYE');
	await talk.desk.state('wrapup');
});
