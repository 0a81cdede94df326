// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A real carrier in front: Debian's Kamailio by TLS, with digest, registration and Record-Route, found by a name server of
// the test; Debian's baresip calls through it.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { Baresip } from './lib/baresip.mjs';
import { Centre } from './lib/centre.mjs';
import { Kamailio, certificate } from './lib/kamailio.mjs';
import { Names } from './lib/names.mjs';
import { freeTcpPort, freeUdpPort } from './lib/ports.mjs';
import { records } from './lib/records.mjs';
import { until } from './lib/wait.mjs';

const DOMAIN = 'carrier.example.org';
const ACCOUNT = { user: 'house', password: 'zanzibar' };

const trunk = (title, options) => `\ntrunk "${title}" {\n${Object.entries({ transport: 'tls', 'caller-id': '+41440000000', ...options })
	.map(([key, value]) => `\t${key} = ${typeof value === 'string' ? JSON.stringify(value) : value}`).join('\n')}\n}\n`;

const account = { user: ACCOUNT.user, password: ACCOUNT.password, register: true, 'register-expires': 60 };

async function house(t, more, names, carrier) {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'heimamt-house-'));
	t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
	const own = certificate(folder, ['house.example.org']); // the carrier connects to us, too
	return Centre.start(t, { changes: { 'sip.certificate': own.certificate, 'sip.key': own.key, 'sip.peers': ['192.0.2.1'], 'sip.authorities': carrier.pem.certificate,
		'sip.name-server': names.server }, more });
}

test('Kamailio by TLS, found by SRV: registered, called through, and the next server when it is gone', async (t) => {
	const subscriber = await freeUdpPort();
	const carrier = await Kamailio.start(t, { domain: DOMAIN, account: ACCOUNT, subscriber });
	const dead = await freeTcpPort();
	const names = await Names.open(t, {
		[`SRV _sips._tcp.${DOMAIN}`]: [{ priority: 10, port: dead, target: `a.${DOMAIN}` }, { priority: 20, port: carrier.tls, target: `b.${DOMAIN}` }],
		[`A a.${DOMAIN}`]: ['127.0.0.1'], [`A b.${DOMAIN}`]: ['127.0.0.1'],
	});
	const centre = await house(t, trunk('kamailio', { server: DOMAIN, ...account }), names, carrier);
	await centre.program.line(/carrier kamailio: up/);
	await carrier.says(/registers house by tls for 60/);
	assert.deepEqual(names.asked.slice(0, 3), [`SRV _sips._tcp.${DOMAIN}`, `A a.${DOMAIN}`, `A b.${DOMAIN}`]);

	const phone = await Baresip.start(t, { port: subscriber,
		account: `<sip:phone@127.0.0.1:${carrier.udp}>;regint=0;auth_user=phone;auth_pass=${ACCOUNT.password};audio_codecs=PCMA/8000/1` });
	await phone.command('dial', `sip:100@127.0.0.1:${carrier.udp}`);
	await phone.says(/Call established/);
	const [call] = await until('the call in the records', () => {
		const rows = records(centre, "SELECT * FROM call");
		return rows.length ? rows : null;
	});
	assert.ok(call);
	await until('the greeting at the telephone', () => fs.existsSync(phone.heard) && fs.statSync(phone.heard).size > 16000);
	await phone.command('hangup');
	await until('the end in the records', () => records(centre, 'SELECT * FROM call').find((row) => row.ended_ms || row.ended));
	t.diagnostic(JSON.stringify(records(centre, 'SELECT * FROM call')));
});

test('a carrier whose certificate has another name is not spoken to, and a wrong password is told', async (t) => {
	const carrier = await Kamailio.start(t, { domain: DOMAIN, account: ACCOUNT, subscriber: await freeUdpPort() });
	const names = await Names.open(t, { 'A other.example.org': ['127.0.0.1'], [`A ${DOMAIN}`]: ['127.0.0.1'] });
	const centre = await house(t, trunk('imposter', { server: `other.example.org:${carrier.tls}`, ...account }) +
		trunk('forgetful', { server: `${DOMAIN}:${carrier.tls}`, ...account, password: 'wrong' }), names, carrier);
	await centre.program.line(/carrier forgetful: down: the registration is refused \(401\)/);
	await centre.program.line(/carrier imposter: down: nobody answers/);
	const asked = carrier.program.lines.filter((line) => /got REGISTER/.test(line));
	assert.equal(asked.length, 2, 'nothing but the two of the one with the right name'); // the first, and the answer to its challenge
});
