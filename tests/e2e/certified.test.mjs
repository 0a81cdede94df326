// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A peer by its TLS certificate alone: the address that it comes from is nobody's.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import tls from 'node:tls';
import { parseSip } from './lib/caller.mjs';
import { Centre } from './lib/centre.mjs';
import { makePair } from './lib/certificate.mjs';
import { freeTcpPort } from './lib/ports.mjs';
import { until } from './lib/wait.mjs';

const PEER = 'sbc.example.org';

// The status of an OPTIONS by TLS with this pair; an error where there is no connection.
async function asked(port, pair) {
	const got = [];
	const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false,
		...(pair && { cert: fs.readFileSync(pair.certificate), key: fs.readFileSync(pair.key) }) });
	socket.on('error', () => got.push({ status: 'no connection' }));
	socket.on('close', () => got.push({ status: 'no connection' }));
	socket.on('data', (bytes) => got.push(parseSip(bytes.toString())));
	socket.on('secureConnect', () => socket.write([`OPTIONS sip:100@127.0.0.1:${port} SIP/2.0`,
		`Via: SIP/2.0/TLS 127.0.0.1:${socket.localPort};branch=z9hG4bK${Math.random()};rport`, 'Max-Forwards: 70',
		'From: <sip:a@peer>;tag=1', 'To: <sip:100@centre>', `Call-ID: ${Math.random()}`, 'CSeq: 1 OPTIONS', 'Content-Length: 0', '', ''].join('\r\n')));
	const [first] = await until('an answer', () => got.length && got);
	socket.destroy();
	return first.status;
}

test('a peer by its certificate', async (t) => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'heimamt-peer-'));
	t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
	const pair = (as, names) => makePair(folder, { names, as });
	const own = pair('own', ['house.example.org']), peer = pair('peer', [PEER]), other = pair('other', ['other.example.org']),
		wild = pair('wild', ['*.example.org']), stranger = pair('stranger', [PEER]);
	const authorities = path.join(folder, 'authorities.pem');
	fs.writeFileSync(authorities, [peer, other, wild].map((p) => fs.readFileSync(p.certificate, 'utf8')).join(''));
	const port = await freeTcpPort();
	await Centre.start(t, { changes: { 'sip.peers': [`certificate=${PEER}`], 'sip.tls-port': port, 'sip.certificate': own.certificate,
		'sip.key': own.key, 'sip.authorities': authorities, 'sip.tls-clients': true } });
	assert.equal(await asked(port, peer), 200);
	assert.equal(await asked(port, other), 403, 'of another name');
	assert.equal(await asked(port, wild), 403, 'of any name');
	assert.equal(await asked(port, stranger), 'no connection', 'of the right name, by nobody who is believed');
	assert.equal(await asked(port, null), 'no connection', 'without one');
});
