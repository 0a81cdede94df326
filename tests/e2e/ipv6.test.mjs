// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Everything of SIP by IPv6, which on this machine is ::1: a call from a peer and its voice, a carrier by its address, by AAAA
// behind SRV, and by TLS under its name.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import tls from 'node:tls';
import { Caller, parseSip } from './lib/caller.mjs';
import { Centre } from './lib/centre.mjs';
import { makePair } from './lib/certificate.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { Names } from './lib/names.mjs';
import { bindUdp } from './lib/ports.mjs';
import { until } from './lib/wait.mjs';

const V6 = { 'sip.address': '::1', 'relay.address': '::1', 'sip.peers': ['::1'] };
const DOMAIN = 'carrier.example.org';

const trunk = (title, options) => `\ntrunk "${title}" {\n${Object.entries({ 'caller-id': '+41440000000', user: 'house', password: 'x',
	register: true, ...options }).map(([key, value]) => `\t${key} = ${JSON.stringify(value)}`).join('\n')}\n}\n`;

// A carrier that takes every REGISTER: what it got.
async function registrar(t) {
	const socket = await bindUdp(0, '::1');
	const got = [];
	socket.on('message', (bytes, from) => {
		const m = parseSip(bytes.toString());
		got.push(m);
		const copy = ['via', 'from', 'to', 'call-id', 'cseq', 'contact'].map((n) => `${n}: ${m.headers[n][0]}`);
		socket.send(['SIP/2.0 200 OK', ...copy, 'Expires: 600', 'Content-Length: 0', '', ''].join('\r\n'), from.port, from.address);
	});
	t.after(() => new Promise((resolve) => socket.close(resolve)));
	return { got, port: socket.address().port };
}

function isBracketed(m) {
	assert.match(m.headers.via[0], /^SIP\/2\.0\/(UDP|TLS) \[::1\]:\d+;/);
	assert.match(m.headers.contact[0], /<sip:heimamt@\[::1\]:\d+/);
}

// A queue that is closed: callers hear so, and nobody has to be there.
const day = new Intl.DateTimeFormat('en', { weekday: 'short' }).format(Date.now() + 3 * 86400000).slice(0, 2);
const QUEUE = '\nqueue "probe" {\n\tnumber = "370"\n\tname = "Probe"\n\tlanguage = "de"\n\tannounce = 0\n\t' +
	`open = { "${day} 08:00-09:00" }\n` +
	'\tdivert { when = "closed" to = "message" clip = "closed-de" }\n}\n';

test('a call from a peer by IPv6, and its voice', async (t) => {
	const centre = await Centre.start(t, { changes: V6, more: QUEUE });
	const endpoint = await Endpoint.open({ addr: '::1' });
	t.after(() => endpoint.close());
	const caller = await Caller.open(t, { sip: centre.sip('370') });
	caller.invite({ sdp: endpoint.sdp() });
	const ok = await caller.answer('INVITE');
	assert.equal(ok.status, 200);
	assert.match(ok.headers.contact[0], /<sip:heimamt@\[::1\]:\d+>/);
	assert.match(ok.body, /\r\no=- \d+ \d+ IN IP6 ::1\r\n/);
	assert.match(ok.body, /\r\nc=IN IP6 ::1\r\n/);
	endpoint.send(caller.remote, { frequency: 0 });
	await until('that it is closed', () => endpoint.levels([440]).rms > -50);
	caller.hangUp(); // to the Contact
	assert.equal((await caller.answer('BYE')).status, 200);

	const stranger = await Centre.start(t, { changes: { ...V6, 'sip.peers': ['2001:db8::/32', '127.0.0.0/8'] } });
	const refused = await Caller.open(t, { sip: stranger.sip() });
	refused.invite({ sdp: endpoint.sdp() });
	assert.equal((await refused.answer('INVITE')).status, 403);
});

test('carriers by IPv6: by address, and by AAAA behind SRV', async (t) => {
	const [literal, named] = [await registrar(t), await registrar(t)];
	const names = await Names.open(t, { [`SRV _sip._udp.${DOMAIN}`]: [{ priority: 10, port: named.port, target: `a.${DOMAIN}` }],
		[`AAAA a.${DOMAIN}`]: ['::1'], [`A a.${DOMAIN}`]: ['127.0.0.1'] });
	const centre = await Centre.start(t, { changes: { ...V6, 'sip.name-server': names.server },
		more: trunk('literal', { server: `[::1]:${literal.port}` }) + trunk('named', { server: DOMAIN }) });
	await centre.program.line(/carrier literal: up/);
	await centre.program.line(/carrier named: up/);
	isBracketed(literal.got[0]);
	isBracketed(named.got[0]);
	assert.match(literal.got[0].start, new RegExp(`^REGISTER sip:\\[::1\\]:${literal.port} `));
	assert.ok(!names.asked.some((q) => q.startsWith('A ')), 'no A record is asked for');
});

test('a carrier by TLS at an IPv6 address, under the name of its certificate', async (t) => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'heimamt-carrier-'));
	t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
	const pair = makePair(folder, { names: [DOMAIN] });
	const got = [];
	const server = tls.createServer({ cert: fs.readFileSync(pair.certificate), key: fs.readFileSync(pair.key) }, (socket) => {
		socket.on('data', (bytes) => got.push(parseSip(bytes.toString())));
		socket.on('error', () => {});
	});
	await new Promise((resolve) => server.listen(0, '::1', resolve));
	t.after(() => server.close());
	await Centre.start(t, { changes: { ...V6, 'sip.authorities': pair.certificate },
		more: trunk('secret', { server: `[::1]:${server.address().port}`, domain: DOMAIN, transport: 'tls' }) });
	await until('its REGISTER', () => got.some((m) => m.method === 'REGISTER'));
	isBracketed(got[0]);
});
