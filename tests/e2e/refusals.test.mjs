// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Bad input at the real centre: each gets its right answer and a line in the log with masked numbers, and a
// good call goes through all the same.

import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import dgram from 'node:dgram';
import test from 'node:test';
import { Caller } from './lib/caller.mjs';
import { Centre } from './lib/centre.mjs';
import { Desk } from './lib/desk.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { sleep, until } from './lib/wait.mjs';

const NUMBER = '0791234567';

async function opened(t) {
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	return endpoint;
}

// The final status of an INVITE with this description.
async function invited(t, centre, { sdp, number, headers } = {}) {
	const caller = await Caller.open(t, { sip: centre.sip(number), from: NUMBER });
	caller.invite({ sdp, headers });
	return { caller, answer: await caller.answer('INVITE') };
}

test('SIP: what cannot be served is refused with its status, and nothing else is disturbed', async (t) => {
	const centre = await Centre.start(t, { changes: { 'queue.max-waiting': 1 } });
	const desk = await Desk.open(t, centre, 'anna');
	await desk.click('line');
	await desk.view((v) => v.line === 'up');
	await desk.click('start');
	await desk.state('away');
	const endpoint = await opened(t);
	const good = endpoint.sdp();
	const cases = [
		['a description that is none', { sdp: 'hello' }, 400],
		['a broken media line', { sdp: good.replace(/m=audio \d+/, 'm=audio 99999') }, 400],
		['a line that once made a parser loop', { sdp: 'v=0\r\nm=audio 49217 RTP/AcP ;;;;\r\n' }, 400],
		['no codec in common', { sdp: good.replace('RTP/AVP 8 101', 'RTP/AVP 3 18').replace(/a=rtpmap:8 .*\r\n/, '') }, 488],
		['video only', { sdp: good.replace('m=audio', 'm=video') }, 488],
		['voice in a form that is not spoken here', { sdp: good.replace('RTP/AVP', 'RTP/SAVP') }, 488],
		['a number that nobody has', { sdp: good, number: '999' }, 404],
	];
	for (const [what, input, status] of cases)
		assert.equal((await invited(t, centre, input)).answer.status, status, what);

	const { answer, caller } = await invited(t, centre, { sdp: good });
	assert.equal(answer.status, 200, 'a good call after all that');
	assert.equal((await invited(t, centre, { sdp: good })).answer.status, 486, 'the queue is full');
	caller.hangUp();
	assert.equal((await caller.answer('BYE')).status, 200);

	const said = centre.log.filter((l) => /was refused with \d+/.test(l));
	assert.ok(said.length >= cases.length, 'each refusal is in the log');
	assert.ok(!centre.log.some((l) => l.includes(NUMBER)), 'no number is');
	await desk.view((v) => v.state === 'away');
});

test('SIP: a stranger gets 403', async (t) => {
	const centre = await Centre.start(t, { changes: { 'sip.peers': ['192.0.2.1'] } });
	const endpoint = await opened(t);
	assert.equal((await invited(t, centre, { sdp: endpoint.sdp() })).answer.status, 403);
});

test('SIP: an INVITE without a description is answered with our offer, and its answer is in the ACK', async (t) => {
	const centre = await Centre.start(t);
	await Desk.ready(t, centre, 'anna');
	const endpoint = await opened(t);
	const caller = await Caller.open(t, { sip: centre.sip(), sendAck: false });
	caller.invite();
	const ok = await caller.answer('INVITE');
	assert.equal(ok.status, 200);
	assert.match(ok.body, /m=audio \d+ RTP\/AVP 8 0 9 101\r/);
	caller.ack(ok, ['Content-Type: application/sdp'], endpoint.sdp());
	await until('the greeting', () => endpoint.levels([440]).rms > -50);
	caller.hangUp();
	assert.equal((await caller.answer('BYE')).status, 200);
});

function digest(challenge, { user, password, method, uri }) {
	const value = (name) => new RegExp(`${name}="?([^",]+)"?`).exec(challenge)?.[1];
	const algorithm = value('algorithm') ?? 'MD5';
	const hash = (s) => crypto.createHash(algorithm === 'SHA-256' ? 'sha256' : 'md5').update(s).digest('hex');
	const [realm, nonce, cnonce, nc] = [value('realm'), value('nonce'), 'c0ffee', '00000001'];
	const response = hash([hash(`${user}:${realm}:${password}`), nonce, nc, cnonce, 'auth', hash(`${method}:${uri}`)].join(':'));
	return `Authorization: Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", ` +
		`response="${response}", algorithm=${algorithm}, qop=auth, nc=${nc}, cnonce="${cnonce}"`;
}

test('--lan: a telephone calls with the credential that was printed, and not without', async (t) => {
	const centre = await Centre.start(t, { args: ['--lan=127.0.0.1'] });
	await Desk.ready(t, centre, 'anna');
	const { user, password } = centre.told.sip_credential;
	const endpoint = await opened(t);
	const { answer } = await invited(t, centre, { sdp: endpoint.sdp() });
	assert.equal(answer.status, 401);
	const uri = `sip:100@${centre.sip().addr}:${centre.sip().port}`;
	for (const challenge of answer.headers['www-authenticate']) {
		const wrong = digest(challenge, { user, password: 'guess', method: 'INVITE', uri });
		assert.equal((await invited(t, centre, { sdp: endpoint.sdp(), headers: [wrong] })).answer.status, 401);
		const { answer: again } = await invited(t, centre, { sdp: endpoint.sdp() });
		assert.equal(again.status, 401);
		const fresh = again.headers['www-authenticate'].find((c) => /SHA-256/.test(c) === /SHA-256/.test(challenge));
		const right = digest(fresh, { user, password, method: 'INVITE', uri });
		const authorised = await invited(t, centre, { sdp: endpoint.sdp(), headers: [right] });
		assert.equal(authorised.answer.status, 200);
		authorised.caller.hangUp();
		await authorised.caller.answer('BYE');
	}
});

test('web: a wrong login link is refused; a desk message that is none is answered, and the desk goes on', async (t) => {
	const centre = await Centre.start(t);
	const post = (token) => fetch(`${centre.told.base}/login`, { method: 'POST', redirect: 'manual',
		headers: { 'content-type': 'application/json', origin: centre.told.base }, body: JSON.stringify({ token }) });
	assert.equal((await post('0'.repeat(64))).status, 403);
	const token = centre.link('beat').split('/').at(-1);
	assert.equal((await post(token)).status, 204);
	assert.equal((await post(token)).status, 403, 'a link works once');

	const desk = await Desk.open(t, centre, 'anna');
	for (const bad of [{}, { t: 'dance' }, { t: 'accept', call: 7 }, { t: 'line.offer' }, [1]])
		await desk.send(bad);
	await until('five errors', async () => (await desk.messages()).filter((m) => m.t === 'error' && m.code === 'bad_message').length === 5);
	await desk.send({ t: 'accept', call: '0000000000001' });
	await until('a refusal', async () => (await desk.messages()).some((m) => m.t === 'error' && m.code === 'no_line'));
	await desk.click('line');
	await desk.view((v) => v.line === 'up');
});

test('relay: garbage on its ports changes nothing', async (t) => {
	const centre = await Centre.start(t);
	const desk = await Desk.ready(t, centre, 'anna');
	const endpoint = await opened(t);
	const { caller } = await invited(t, centre, { sdp: endpoint.sdp() });
	await desk.state('offered');
	await desk.click('accept');
	await desk.state('talking');
	endpoint.send(caller.remote, { frequency: 1000 });
	await endpoint.hears(440, { above: -45 });
	const line = Number(/port (\d+)/.exec(centre.log.find((l) => / is up: process /.test(l)))[1]);
	const foreign = dgram.createSocket('udp4');
	t.after(() => foreign.close());
	for (let i = 0; i < 2000; i++) {
		const bytes = crypto.randomBytes(1 + (i * 7) % 1300);
		bytes[0] = [0, 1, 20, 22, 63, 128, 144, 255][i % 8]; // STUN, DTLS, RTP and nothing
		foreign.send(bytes, i % 2 ? line : caller.remote.port, '127.0.0.1');
	}
	await sleep(500);
	await endpoint.hears(440, { above: -45 });
	assert.equal((await desk.view(() => true)).state, 'talking');
	caller.hangUp();
	await desk.state('wrapup');
});

test('the caller hears a greeting, then music, and the agent only when accepted', async (t) => {
	const centre = await Centre.start(t);
	await Desk.ready(t, centre, 'anna');
	const endpoint = await opened(t);
	const { caller } = await invited(t, centre, { sdp: endpoint.sdp() });
	await until('the greeting', () => endpoint.levels([440]).rms > -40);
	// the German greeting takes some seconds; what comes then is music, and it goes on
	await until('music after the greeting', () => centre.log && endpoint.voice().length > 600 &&
		endpoint.levels([440], performance.now() - 1000).rms > -40, { timeout: 30000 });
	assert.equal(endpoint.loss().lost, 0);
	caller.hangUp();
	await caller.answer('BYE');
});
