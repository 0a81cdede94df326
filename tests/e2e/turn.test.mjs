// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A home whose network lets no UDP out: the voice goes through coturn, by the configuration that the centre prints and
// with accounts that it gives; what is wrong with an account is refused there, and the desk says so.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { pageHears, startBrowser } from './lib/browser.mjs';
import { Caller } from './lib/caller.mjs';
import { Centre } from './lib/centre.mjs';
import { Coturn, passwordOf, relayOnly, turnConfig, turnSection } from './lib/coturn.mjs';
import { Desk } from './lib/desk.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { bindUdp } from './lib/ports.mjs';
import { until } from './lib/wait.mjs';

const CALLER_HZ = 1000, AGENT_HZ = 440;
const HEARD = -45; // dBov

async function house(t, options) {
	const turn = await turnSection(t, options);
	const centre = await Centre.start(t, { changes: { 'queue.greeting': '', 'queue.music': '' }, more: turn.section });
	return { turn, centre };
}

// The pair that carries the voice.
const pairOf = (page) => page.evaluate(async () => {
	const stats = await window.__probe.connections.at(-1).getStats();
	const transport = [...stats.values()].find((s) => s.type === 'transport');
	const pair = stats.get(transport.selectedCandidatePairId);
	const { candidateType, relayProtocol } = stats.get(pair.localCandidateId);
	return { candidateType, relayProtocol };
});

async function talk(t, centre, desk) {
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	const caller = await Caller.open(t, { sip: centre.sip() });
	caller.invite({ sdp: endpoint.sdp() });
	await desk.state('offered');
	await desk.click('accept');
	await desk.state('talking');
	endpoint.send(caller.remote, { frequency: CALLER_HZ });
	await pageHears(desk.page, CALLER_HZ, { above: HEARD });
	await endpoint.hears(AGENT_HZ, { above: HEARD });
	return caller;
}

for (const [what, urls, relayProtocol] of [['UDP', 'transport=udp', 'udp'], ['TCP', '^turn:.*transport=tcp', 'tcp'], ['TLS', '^turns:', 'tls']])
	test(`over TURN by ${what} a caller and an agent hear each other`, async (t) => {
		const { turn, centre } = await house(t, { tls: true });
		await Coturn.start(t, centre, turn);
		const desk = await Desk.ready(t, centre, 'anna', { frequency: AGENT_HZ, ...relayOnly({ urls }) });
		await talk(t, centre, desk);
		assert.deepEqual(await pairOf(desk.page), { candidateType: 'relay', relayProtocol });
	});

test('where the direct way leads there, it is taken, and nothing is said', async (t) => {
	const { turn, centre } = await house(t);
	const coturn = await Coturn.start(t, centre, turn);
	const desk = await Desk.ready(t, centre, 'anna', { frequency: AGENT_HZ });
	await talk(t, centre, desk);
	assert.notEqual((await pairOf(desk.page)).candidateType, 'relay');
	assert.equal(await desk.page.locator('.way').count(), 0);
	assert.ok((await desk.page.evaluate(() => window.__probe.connections.at(-1).getConfiguration().iceServers.length)) > 0);
	// and goes on without the server
	await coturn.stop();
	await pageHears(desk.page, CALLER_HZ, { above: HEARD });
	assert.equal((await desk.view(() => true)).line, 'up');
});

test('the sentence says it, each line has an account of its own, and nobody is named anywhere', async (t) => {
	const { turn, centre } = await house(t, { tls: true });
	const coturn = await Coturn.start(t, centre, turn);
	const desk = await Desk.ready(t, centre, 'anna', relayOnly({ urls: '^turns:' }));
	await desk.page.waitForSelector('.way[data-way="turn_tcp"]', { timeout: 20000 });
	const told = (await desk.messages()).filter((m) => m.t === 'turn');
	assert.ok(told.length >= 2);
	const users = told.map((m) => m.servers[0].username);
	assert.equal(new Set(users).size, users.length, 'each is another one');
	for (const [i, user] of users.entries()) {
		const [, expiry] = /^(\d+):[0-9a-f]{24}$/.exec(user);
		assert.ok(Math.abs(Number(expiry) - Date.now() / 1000 - 12 * 3600) < 120, user);
		assert.equal(told[i].servers[0].credential, passwordOf(turn.secret, user));
	}
	// what the line was made with is not among what a former one had
	const made = await desk.page.evaluate(() => window.__probe.connections.map((c) => c.getConfiguration().iceServers[0].username));
	assert.equal(new Set(made).size, made.length);
	for (const secret of [turn.secret, ...told.map((m) => m.servers[0].credential), ...users])
		assert.ok(!centre.log.some((l) => l.includes(secret)), 'the centre\'s log has no account');
	// and coturn's no agent, no session and no address but its own
	assert.ok(!coturn.log.some((l) => /anna|session \d|user <|remote/i.test(l)), coturn.log.join('\n'));
});

// What coturn refuses: the account of nobody, of somebody else's secret, of yesterday.
const REFUSED = [
	['another password', () => ({ credential: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' })],
	['an account that has ended', ({ secret }) => {
		const username = `${Math.floor(Date.now() / 1000) - 60}:000000000000000000000000`;
		return { username, credential: passwordOf(secret, username) };
	}],
];
test('a wrong account and an old one are refused, and the desk says so', { timeout: 180000 }, async (t) => {
	const { turn, centre } = await house(t);
	await Coturn.start(t, centre, turn);
	const names = ['anna', 'beat'];
	await Promise.all(REFUSED.map(async ([what, account], i) => {
		const desk = await Desk.open(t, centre, names[i], relayOnly({ account: account(turn) }));
		await desk.click('line');
		await desk.page.waitForSelector('[data-notice="line_blocked_refused"]', { timeout: 150000 });
		assert.match(await desk.page.innerText('[data-notice="line_blocked_refused"]'), /weist die Anmeldung dieser Seite ab/, what);
		const views = (await desk.messages()).filter((m) => m.t === 'view');
		assert.ok(views.every((v) => v.line !== 'up'), `${what}: no line`);
	}));
});

// The way out of an allocation, measured by who would be reached: the relays' address, and no other.
test('an account leads to the relays and nowhere else', async (t) => {
	const { turn, centre } = await house(t);
	await Coturn.start(t, centre, turn);
	const { page } = await startBrowser(t);
	await page.goto(`${centre.told.base}/login/`);
	const username = `${Math.floor(Date.now() / 1000) + 600}:000000000000000000000000`;
	const server = { urls: `turn:127.0.0.1:${turn.port}?transport=udp`, username, credential: passwordOf(turn.secret, username) };
	const heard = { '127.0.0.1': 0, '127.0.0.2': 0 }, ports = {};
	for (const addr of Object.keys(heard)) {
		const socket = await bindUdp(0, addr);
		t.after(() => socket.close());
		ports[addr] = socket.address().port;
		socket.on('message', () => heard[addr]++);
	}
	// checks of a connection whose other side is said to be at both
	await page.evaluate(async ([iceServers, at]) => {
		const pc = new RTCPeerConnection({ iceServers, iceTransportPolicy: 'relay' }), other = new RTCPeerConnection();
		window.kept = [pc, other];
		pc.createDataChannel('x');
		await pc.setLocalDescription();
		await other.setRemoteDescription(pc.localDescription);
		await other.setLocalDescription();
		const answer = other.localDescription.sdp.replace(/^a=candidate:.*\r\n/gm, '');
		await pc.setRemoteDescription({ type: 'answer', sdp: answer });
		for (const [addr, port] of Object.entries(at))
			await pc.addIceCandidate({ candidate: `candidate:${port} 1 udp 2122260223 ${addr} ${port} typ host`, sdpMid: '0' });
	}, [[server], ports]);
	await until('the allowed one to be reached', () => heard['127.0.0.1'] > 3);
	assert.equal(heard['127.0.0.2'], 0);
});

test('the secret is changed while agents work: a reload, and the next account is good', async (t) => {
	const { turn, centre } = await house(t);
	const desk = await Desk.ready(t, centre, 'anna');
	const secret = 'f'.repeat(64);
	fs.writeFileSync(turn.file, `${secret}\n`);
	centre.program.kill('SIGHUP');
	await centre.program.line(/was read anew/);
	const had = (await desk.messages()).length;
	await desk.send({ t: 'hello', protocol: 1, line: true, seat: (await desk.view(() => true)).seat });
	const { username, credential } = await until('another account', async () =>
		(await desk.messages()).slice(had).find((m) => m.t === 'turn')?.servers[0]);
	assert.equal(credential, passwordOf(secret, username));
	assert.match(turnConfig(centre.folder), new RegExp(`^static-auth-secret=${secret}$`, 'm'));
});

test('what is printed for coturn has what keeps it shut', async (t) => {
	const { turn, centre } = await house(t, { tls: true, more: '\tpublic = "203.0.113.5"\n' });
	const lines = turnConfig(centre.folder).split('\n');
	for (const line of ['use-auth-secret', `static-auth-secret=${turn.secret}`, 'realm=example.org', 'fingerprint', 'no-cli', 'no-multicast-peers',
		'no-tcp-relay', 'no-tlsv1', 'no-tlsv1_1', 'no-dtls', 'syslog', 'user-quota=12', 'total-quota=2048', `listening-port=${turn.port}`,
		`tls-listening-port=${turn.tlsPort}`, 'external-ip=203.0.113.5/127.0.0.1', 'denied-peer-ip=0.0.0.0-255.255.255.255'])
		assert.ok(lines.includes(line), line);
	assert.deepEqual(lines.filter((l) => l.startsWith('allowed-peer-ip=')), ['allowed-peer-ip=127.0.0.1']);
	assert.ok(!lines.some((l) => /^(no-auth|allow-loopback-peers|verbose|cli-)/.test(l)));
});
