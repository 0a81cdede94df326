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
import { Caller } from './lib/caller.mjs';
import { Centre } from './lib/centre.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { LineFarm } from './lib/farm.mjs';
import { Kamailio, certificate } from './lib/kamailio.mjs';
import { Names } from './lib/names.mjs';
import { freeTcpPort, freeUdpPort } from './lib/ports.mjs';
import { records } from './lib/records.mjs';
import { sleep, until } from './lib/wait.mjs';

const DOMAIN = 'carrier.example.org';
const ACCOUNT = { user: 'house', password: 'zanzibar' };

const trunk = (title, options) => `\ntrunk "${title}" {\n${Object.entries({ transport: 'tls', 'caller-id': '+41440000000', ...options })
	.map(([key, value]) => `\t${key} = ${typeof value === 'string' ? JSON.stringify(value) : value}`).join('\n')}\n}\n`;

const account = { user: ACCOUNT.user, password: ACCOUNT.password, register: true, 'register-expires': 60 };

async function house(t, more, names, carrier) {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'heimamt-house-'));
	t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
	const own = certificate(folder, ['house.example.org']); // the carrier connects to us, too
	return Centre.start(t, { changes: { 'sip.certificate': own.certificate, 'sip.key': own.key, 'sip.authorities': carrier.pem.certificate,
		'sip.name-server': names.server }, more });
}

const AGENT_HZ = 450, PHONE_HZ = 1000;

// A queue that answers at once, and calls back who wants it.
const queue = '\nqueue "probe" {\n\tnumber = "370"\n\tname = "Probe"\n\tlanguage = "de"\n\tmusic = "music"\n\tannounce = 0\n\twrap-up = 0\n' +
	'\tcallback = "callback-de"\n\tcalled-back = "called-back-de"\n\tdivert { when = "waiting" limit = 0 after = 2 to = "callback" }\n}\n' +
	'\nagent "eva" {\n\tname = "Eva"\n\tqueues = { "probe" }\n}\n';

// The last second of a talk, both of whose directions have sound, is the agent's.  after: what the lines told before it.
async function talks(phone, n, lines, after) {
	await until('sound both ways', () => phone.program.lines.filter((l) => /Call established/.test(l)).length === n &&
		/audio=6\d{4}\/6\d{4}/.test(phone.program.lines.at(-1)));
	await lines.event({ event: 'hears', agent: 'eva', what: 'tone', hz: PHONE_HZ }, { after });
	await sleep(1500);
	await phone.command('hangup');
	await until('what the telephone heard', () => phone.heard(AGENT_HZ) > -40);
}

test('Kamailio by TLS, found by SRV past a dead server: registered, called from, called back through', async (t) => {
	const subscriber = await freeUdpPort();
	const carrier = await Kamailio.start(t, { domain: DOMAIN, account: ACCOUNT, subscriber });
	const names = await Names.open(t, {
		[`SRV _sips._tcp.${DOMAIN}`]: [{ priority: 10, port: await freeTcpPort(), target: `a.${DOMAIN}` },
			{ priority: 20, port: carrier.tls, target: `b.${DOMAIN}` }],
		[`A a.${DOMAIN}`]: ['127.0.0.1'], [`A b.${DOMAIN}`]: ['127.0.0.1'],
	});
	const centre = await house(t, queue + trunk('kamailio', { server: DOMAIN, identity: 'asserted', ...account }), names, carrier);
	await centre.program.line(/carrier kamailio: up/);
	await carrier.says(/registers house by tls for 60/);
	// a question whose answer is late is asked again
	assert.deepEqual([...new Set(names.asked)].slice(0, 3), [`SRV _sips._tcp.${DOMAIN}`, `A a.${DOMAIN}`, `A b.${DOMAIN}`]);

	const lines = await LineFarm.start(t);
	await lines.login(centre, [{ name: 'eva', hz: AGENT_HZ }], { habits: { ready: false, accept: 100, wrapup: 0 } });
	const phone = await Baresip.start(t, { port: subscriber, hz: PHONE_HZ,
		account: `<sip:phone@127.0.0.1:${carrier.udp}>;regint=0;auth_user=phone;auth_pass=${ACCOUNT.password};answermode=auto;audio_codecs=PCMA/8000/1` });
	// who waited and pressed 1 is called, by the carrier
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	const caller = await Caller.open(t, { sip: centre.sip('370'), from: '+41790001122' });
	caller.invite({ sdp: endpoint.sdp() });
	assert.equal((await caller.answer('INVITE')).status, 200);
	endpoint.send(caller.remote, { frequency: 0 });
	const pressing = setInterval(() => endpoint.press(1), 1500);
	t.after(() => clearInterval(pressing));
	await caller.got('BYE', { timeout: 40000 });
	clearInterval(pressing);
	const after = lines.events.length;
	lines.do('say', { agent: 'eva', t: 'ready' });
	await carrier.says(/calls \+41790001122 as house by tls; identity <sip:\+41440000000@carrier\.example\.org>/, { timeout: 40000 });
	await talks(phone, 1, lines, after);

	// and the other way
	const then = lines.events.length;
	await phone.command('dial', `sip:370@127.0.0.1:${carrier.udp}`);
	await talks(phone, 2, lines, then);
	await until('both ends in the records', () => records(centre, "SELECT id FROM call WHERE why = 'caller_hung_up'").length === 2);
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
