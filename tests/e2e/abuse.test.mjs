// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Somebody at one address does all that a stranger can do to the pages, while an agent talks and another logs in: wrong
// logins by the thousand, connections that never get to the point, bodies and messages that are too large, and ten
// thousand connections that say nothing.  Nobody else notices.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import test from 'node:test';
import { Caller } from './lib/caller.mjs';
import { Centre } from './lib/centre.mjs';
import { makePair, withTls } from './lib/certificate.mjs';
import { Desk } from './lib/desk.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { Crowd, STRANGE_ADDR } from './lib/stranger.mjs';
import { sleep, until } from './lib/wait.mjs';

const PASSWORD = 'vier blaue Kamele';
const OTHER_ADDR = '127.0.0.8';

// One request from an address; { status, headers, cookies }.  0: no answer.
function ask(centre, { from, at = '/health', method = 'GET', headers = {}, body } = {}) {
	const { base, web_port: port } = centre.told;
	return new Promise((resolve) => {
		const request = http.request({ host: '127.0.0.1', port, localAddress: from, path: at, method, agent: false,
			headers: { host: new URL(base).host, ...headers } }, (answer) => {
			answer.resume();
			answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, cookies: answer.headers['set-cookie'] ?? [] }));
		});
		request.on('error', () => resolve({ status: 0, headers: {}, cookies: [] }));
		request.setTimeout(60000, () => request.destroy());
		request.end(body);
	});
}

const post = (centre, at, body, more = {}) => ask(centre, { at, method: 'POST', body: JSON.stringify(body), ...more,
	headers: { origin: centre.told.base, 'content-type': 'application/json', ...more.headers } });
const logIn = (centre, login, password, more) => post(centre, '/login/password', { login, password }, more);

// Again while it is answered with 503: a hash took longer than an answer may, on a machine that has other work.
const notBusy = (once) => until('an answer other than 503', async () => {
	const answer = await once();
	return answer.status !== 503 && answer;
}, { timeout: 60000, every: 500 });

// The agent talks with a caller who sends a tone; gaps says what the caller missed of the agent's.
async function talking(t, centre) {
	const desk = await Desk.ready(t, centre, 'beat');
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	const caller = await Caller.open(t, { sip: centre.sip(), from: '0791234567' });
	caller.invite({ sdp: endpoint.sdp() });
	assert.equal((await caller.answer('INVITE')).status, 200);
	await desk.state('offered');
	await desk.click('accept');
	await desk.state('talking');
	endpoint.send(caller.remote, { frequency: 1000 });
	await endpoint.hears(440, { above: -45 });
	return { desk, caller, endpoint };
}

// A few times in a row: the tone is there.
async function goesOn(talk, what) {
	for (let i = 0; i < 3; i++) {
		await talk.endpoint.hears(440, { above: -45 });
		await sleep(200);
	}
	assert.equal(await talk.desk.page.locator('.now[data-state="talking"]').count(), 1, what);
	assert.equal(await talk.desk.page.evaluate(() => window.__desk.opened), 1, `${what}: its WebSocket was never lost`);
}

// Sends byte after byte of something that never ends: { ms, heard } when the far side has had enough.
function trickle(port, first, { byte = 'x', from = STRANGE_ADDR } = {}) {
	const began = Date.now();
	return new Promise((resolve) => {
		let heard = '';
		const socket = net.connect({ host: '127.0.0.1', port, localAddress: from }, () => socket.write(first));
		const timer = setInterval(() => socket.write(byte), 500);
		socket.on('data', (d) => (heard += d));
		socket.on('error', () => {});
		socket.on('close', () => {
			clearInterval(timer);
			resolve({ ms: Date.now() - began, heard });
		});
	});
}

// RFC 6455 section 5.2: a text frame of a client, masked with zeros.
function frame(text, first = 0x81) {
	const head = text.length < 126 ? [first, 0x80 | text.length] : [first, 0xfe, text.length >> 8, text.length & 255];
	return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), Buffer.from(text)]);
}

// With which code a caller page is closed that says all this at once.
function closeCode(port, centre, frames) {
	return new Promise((resolve) => {
		const request = http.request({ host: '127.0.0.1', port, localAddress: STRANGE_ADDR, path: '/ws/caller', headers: {
			origin: centre.told.base, connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13',
			'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-protocol': 'heimamt' } });
		request.on('upgrade', (answer, socket, rest) => {
			let heard = rest;
			socket.on('data', (d) => {
				heard = Buffer.concat([heard, d]);
				for (let at = 0; at + 4 <= heard.length;) {
					const n = heard[at + 1] < 126 ? heard[at + 1] : heard.readUInt16BE(at + 2);
					const head = heard[at + 1] < 126 ? 2 : 4;
					if (heard[at] === 0x88) {
						resolve(heard.readUInt16BE(at + head));
						socket.destroy();
						return;
					}
					at += head + n;
				}
			});
			socket.on('error', () => {});
			socket.on('close', () => resolve(0));
			socket.write(Buffer.concat(frames));
		});
		request.on('error', () => resolve(-1));
		request.end();
	});
}

test('a talk and a new login go on under all of it', { timeout: 400000 }, async (t) => {
	const centre = await Centre.start(t, { more: '\nagent "carla" { name = "Carla Probe" skills = { "en=2" } queues = { "post" } }\n' });
	const { web_port: port } = centre.told;
	const talk = await talking(t, centre);

	// Anna has a password and has been here with a device
	const session = (await post(centre, '/login', { token: centre.link('anna').split('/').at(-1) })).cookies[0].split(';')[0];
	assert.equal((await notBusy(() => post(centre, '/account/password', { password: PASSWORD }, { headers: { cookie: session } }))).status, 200);
	const right = await notBusy(() => logIn(centre, 'anna', PASSWORD, { from: OTHER_ADDR }));
	assert.equal(right.status, 200);
	const device = right.cookies.find((c) => c.startsWith('heimamt_device=')).split(';')[0];

	await t.test('1,000 wrong logins', async () => {
		const statuses = {};
		let left = 1000;
		await Promise.all(Array.from({ length: 20 }, async () => {
			while (left-- > 0) {
				const { status, headers } = await logIn(centre, 'anna', 'wrong', { from: STRANGE_ADDR });
				statuses[status] = (statuses[status] ?? 0) + 1;
				if (status === 429)
					assert.ok(Number(headers['retry-after']) > 0);
			}
		}));
		// 503: the hash took longer than an answer may, on a machine that has other work
		assert.equal((statuses[403] ?? 0) + statuses[429] + (statuses[503] ?? 0), 1000, JSON.stringify(statuses));
		assert.ok(1000 - statuses[429] < 20, `few were looked at: ${JSON.stringify(statuses)}`);
		assert.equal((await notBusy(() => logIn(centre, 'anna', PASSWORD, { from: OTHER_ADDR }))).status, 200, 'from elsewhere');
		assert.equal((await notBusy(() => logIn(centre, 'anna', PASSWORD, { from: STRANGE_ADDR, headers: { cookie: device } }))).status, 200,
			'a known device, even there');
		await goesOn(talk, 'wrong logins');
	});

	await t.test('bodies, headers and messages that are too large or too many', async () => {
		const big = (n, more) => ask(centre, { from: STRANGE_ADDR, method: 'POST', body: 'x'.repeat(n),
			headers: { origin: centre.told.base, 'content-type': 'application/json' }, ...more });
		assert.equal((await big(2000, { at: '/login' })).status, 413);
		assert.equal((await big(60000, { at: '/login/password' })).status, 413);
		assert.ok([413, 0].includes((await big(5000000, { at: '/login/password' })).status));
		assert.equal((await ask(centre, { from: STRANGE_ADDR, headers: { cookie: 'x'.repeat(9000) } })).status, 431);
		assert.equal(await closeCode(port, centre, [frame('x'.repeat(20000))]), 1009);
		// parts of a message that never ends
		assert.equal(await closeCode(port, centre, [frame('{', 1), ...Array.from({ length: 1000 }, () => frame('', 0))]), 1008);
		await goesOn(talk, 'sizes');
	});

	await t.test('headers and bodies that trickle end, each within its time', async () => {
		const head = `POST /login HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: ${centre.told.base}\r\n` +
			'Content-Type: application/json\r\nContent-Length: 900\r\n\r\n';
		const ends = [trickle(port, 'GET /health HTTP/1.1\r\nX-A: '), trickle(port, head)];
		const [header, body] = await Promise.all(ends);
		assert.ok(header.ms < 60000 && body.ms < 60000);
		assert.match(body.heard, /^HTTP\/1\.1 408 /);
	});

	await t.test('10,000 idle connections', async () => {
		const crowd = await Crowd.open(t, { port }, 10000);
		await until('most are sent away', () => crowd.open < 1100, { timeout: 60000 });
		assert.equal((await notBusy(() => logIn(centre, 'anna', PASSWORD, { from: OTHER_ADDR }))).status, 200);
		await Desk.open(t, centre, 'carla'); // in a browser, with all its files
		await goesOn(talk, 'a crowd');
		crowd.leave();
	});

	talk.caller.hangUp();
	assert.equal((await talk.caller.answer('BYE')).status, 200);
});

test('TLS: a handshake that trickles ends, and connections that never begin one keep nobody out', { timeout: 200000 }, async (t) => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'heimamt-tls-'));
	t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
	const centre = await Centre.start(t, { changes: withTls(makePair(folder)) });
	const { web_port: port } = centre.told;
	const slow = trickle(port, Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc]), { byte: '\0', from: '127.0.0.7' }); // a ClientHello's beginning
	const crowd = await Crowd.open(t, { port }, 2000);
	await until('most are sent away', () => crowd.open < 1100, { timeout: 60000 });
	const version = await new Promise((resolve, reject) => {
		const socket = tls.connect({ host: '127.0.0.1', port, localAddress: OTHER_ADDR, rejectUnauthorized: false }, () => {
			resolve(socket.getProtocol());
			socket.destroy();
		});
		socket.on('error', reject);
	});
	assert.equal(version, 'TLSv1.3');
	assert.ok((await slow).ms < 60000);
});
