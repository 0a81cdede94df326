// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the product never does [DESIGN; RULES N1-N3, N10, V1, L1]: a whole shift in a real browser, all of its traffic, the
// schema and the files that it leaves.  tests/check/never.sh looks at the sources.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { ROOT } from './lib/centre.mjs';
import { documented, findings, forbidden, RULE_NAMES } from './lib/never.mjs';

const protocol = documented(fs.readFileSync(path.join(ROOT, 'docs/desk-protocol.md'), 'utf8'));
// A loopback, and one way out whose other end nobody reads: what takes it is counted, and reaches nobody. Without groups,
// because the kernel itself tells a network of those that a browser listens in (mDNS).
const WAY_OUT = `ip link set lo up && ip link add name out type veth peer name gone &&
	for end in out gone; do echo 1 >/proc/sys/net/ipv6/conf/$end/disable_ipv6 && ip link set $end arp off && ip link set $end up || exit; done &&
	echo 0 >/proc/sys/net/ipv4/igmp_max_memberships &&
	ip addr add 198.51.100.1/24 dev out && ip route add default dev out && exec "$@"`;
const NAMESPACE = ['unshare', '--map-root-user', '--net', '--', 'sh', '-c', WAY_OUT, 'sh'];
const canSeparate = spawnSync(NAMESPACE[0], [...NAMESPACE.slice(1), 'true']).status === 0;

// lib/shift.mjs in such a namespace, where the machine lets us make one.
function shift() {
	const program = [process.execPath, fileURLToPath(new URL('lib/shift.mjs', import.meta.url))];
	const [command, ...args] = canSeparate ? [...NAMESPACE, ...program] : program;
	const child = spawn(command, args, { env: { ...process.env, NEVER_NAMESPACE: canSeparate ? '1' : '' }, stdio: ['ignore', 'pipe', 'inherit'] });
	let text = '';
	child.stdout.on('data', (d) => (text += d));
	return new Promise((resolve, reject) => child.on('close', (status) => (status === 0 ? resolve(JSON.parse(text)) : reject(new Error(`the shift ended with ${status}`)))));
}

test('never: a whole shift at home sends, keeps and asks for nothing that it must not', { timeout: 600000 }, async (t) => {
	const all = { ...await shift(), protocol };
	const planted = all.phases.filter((p) => p.name === 'planted');
	const report = { ...all, phases: all.phases.filter((p) => p.name !== 'planted') };
	t.diagnostic(`${report.phases.length} phases, ${report.phases.flatMap((p) => p.sent).length} messages sent, ${report.phases.flatMap((p) => p.received).length} received, ` +
		`${report.phases.flatMap((p) => p.requests).length} requests, ${report.columns.length} columns`);
	t.diagnostic(canSeparate ? `peers of the house: ${all.peers.join(', ')}; packets that left: ${all.outside}` : 'no network namespace here: peers of processes were not watched');
	for (const p of report.phases.filter((x) => x.behaviour))
		t.diagnostic(`${p.name}, ${Math.round(p.ms / 1000)} s: ${p.sent.length} sent, ${p.received.length} received`);
	assert.deepEqual(findings(report), []);

	// It was a shift, and it was seen.
	const said = new Set(report.phases.flatMap((p) => p.sent.map((m) => m.t)));
	for (const t_ of ['hello', 'line.offer', 'declare', 'shift.start', 'ready', 'accept', 'targets', 'work', 'pause', 'shift.end', 'logout'])
		assert.ok(said.has(t_), `the shift said ${t_}`);
	const hands = report.phases.filter((p) => p.behaviour && /mouse/.test(p.name));
	assert.equal(hands.length, 3);
	assert.ok(all.rtc.remotes.length > 0 && all.rtc.captures.length > 0 && all.columns.length > 50 && all.files.length > 2);
	if (canSeparate)
		assert.ok(all.peers.length > 0);
	// What spied for a second was found, by its messages and by its request.
	const found = findings({ ...all, phases: planted }, ['messages', 'behaviour', 'requests']).join('\n');
	assert.match(found, /behaviour: planted: a keep-alive carries "mouse"/);
	assert.match(found, /messages: planted: "hello" has "mouse"/);
	assert.match(found, /requests: planted: a request POST \/planted/);
});

/* --- what is planted is found: each rule once, by a small report --- */

const table = { table: 'agent', purpose: 'p', goes: 'g', readers: ['agent'], columns: [{ name: 'id', what: 'w' }] };
const clean = () => ({
	protocol, base: 'http://127.0.0.1:1', peers: ['127.0.0.1', '::1'], outside: 0, columns: ['agent.id'], log: ['store: schema 0001-first'],
	phases: [{ name: 'x', behaviour: true, ms: 20000, sent: [{ t: 'hello', protocol: 1, line: true, seat: 's' }], received: [{ t: 'error', code: 'not_now', ref: '' }],
		requests: [], opened: ['ws://127.0.0.1:1/ws/desk'] },
	{ name: 'y', behaviour: false, ms: 1, sent: [], received: [], requests: [{ method: 'GET', origin: 'http://127.0.0.1:1', path: '/desk/main.js', type: 'script' }], opened: [] }],
	rtc: { servers: [], remotes: ['127.0.0.1'], media: ['audio'], channels: 0, captures: [{ kind: 'getUserMedia', video: false }], apis: [] },
	register: { tables: [structuredClone(table)] }, files: [{ name: 'heimamt.db', sound: false }],
	storage: { local: ['heimamt.look'], session: [], cookies: ['heimamt_session'] },
});

test('never: a clean report has no finding', () => assert.deepEqual(findings(clean()), []));

const PLANTED = [
	['messages', 'a message of its own', (r) => r.phases[0].received.push({ t: 'watch' }), /a message "watch"/],
	['messages', 'a member deep within', (r) => r.phases[0].received.push({ t: 'view', agent: { idle_ms: 4 } }), /"view" has "idle_ms"/],
	['names', 'a document that allows it', (r) => (r.protocol = documented('| `hello` | `{"t":"hello","keystrokes":1}` | x |')), /lets "hello" say "keystrokes"/],
	['behaviour', 'an activity told', (r) => r.phases[0].sent.push({ t: 'ready' }), /said "ready" by itself/],
	['behaviour', 'a keep-alive with a load', (r) => (r.phases[0].sent[0].focus = true), /carries "focus"/],
	['behaviour', 'a request at rest', (r) => r.phases[0].requests.push({ method: 'GET', origin: r.base, path: '/desk/x.js', type: 'fetch' }), /by itself/],
	['rhythm', 'more words than when at rest', (r) => r.phases[0].sent.push(...Array(9).fill({ t: 'hello' })), /10 messages in 20 s/],
	['requests', 'somebody else', (r) => r.phases[1].requests.push({ method: 'GET', origin: 'https://cdn.example.com', path: '/', type: 'script' }), /to https:\/\/cdn/],
	['requests', 'a beacon', (r) => r.phases[1].requests.push({ method: 'POST', origin: r.base, path: '/stats', type: 'ping' }), /POST \/stats/],
	['sockets', 'a second socket', (r) => r.phases[1].opened.push('wss://watch.example.com/'), /watch\.example/],
	['rtc', 'a server for STUN', (r) => r.rtc.servers.push({ urls: 'stun:stun.example.com' }), /STUN/],
	['rtc', 'a camera', (r) => r.rtc.captures.push({ kind: 'getUserMedia', video: true }), /capture/],
	['rtc', 'the screen', (r) => r.rtc.captures.push({ kind: 'getDisplayMedia', video: false }), /capture/],
	['rtc', 'a line to elsewhere', (r) => r.rtc.remotes.push('192.0.2.1'), /192\.0\.2\.1/],
	['rtc', 'a channel beside the voice', (r) => (r.rtc.channels = 1), /data channel/],
	['rtc', 'a detector of idleness', (r) => r.rtc.apis.push('IdleDetector'), /IdleDetector/],
	['peers', 'a connection of any process', (r) => r.peers.push('192.0.2.7'), /192\.0\.2\.7/],
	['outside', 'a packet that leaves', (r) => (r.outside = 1), /leave the machine/],
	['schema', 'a column', (r) => r.columns.push('agent.keystrokes'), /agent\.keystrokes/],
	['schema', 'a declaration', (r) => r.columns.push('shift.declared_ms'), /a column shift\.declared_ms$/],
	['schema', 'a column that the register was taught', (r) => {
		r.columns.push('agent.idle_ms');
		r.register.tables[0].columns.push({ name: 'idle_ms', what: 'w' });
	}, /a column agent\.idle_ms$/],
	['purposes', 'a column for nothing', (r) => (r.register.tables[0].columns[0].what = ''), /for nothing/],
	['files', 'a file of its own', (r) => r.files.push({ name: 'voice/1.wav', sound: false }), /voice\/1\.wav/],
	['files', 'sound in a known file', (r) => (r.files[0].sound = true), /sound in heimamt\.db/],
	['storage', 'something kept in the browser', (r) => r.storage.local.push('heimamt.idle_log'), /idle_log/],
	['storage', 'another cookie', (r) => r.storage.cookies.push('_ga'), /_ga/],
	['log', 'a declaration in the log', (r) => r.log.push('agent declared home'), /declared/],
];
for (const [rule, what, plant, says] of PLANTED)
	test(`never: found when planted, ${rule}: ${what}`, () => {
		const report = clean();
		plant(report);
		assert.match(findings(report, [rule]).join('\n'), says);
	});

test('never: each rule has its plant, and the document is read whole', () => {
	assert.deepEqual(RULE_NAMES.filter((r) => !PLANTED.some(([rule]) => rule === r)), []);
	for (const t of ['hello', 'transfer', 'door.back', 'agreement.sign', 'view', 'targets', 'line.stats', 'error', 'door'])
		assert.ok(protocol.has(t), t);
	assert.ok(protocol.get('view').has('missing') && protocol.get('hello').has('seat') && protocol.get('transfer').has('queue'));
	for (const name of ['idle_ms', 'screenShot', 'mouseMoves', 'agent.idle', 'key_strokes_typed', 'lastLocation'])
		assert.ok(name === 'screenShot' || forbidden(name), name);
	for (const name of ['has_key', 'public_key', 'expires_ms', 'why', 'number', 'line'])
		assert.equal(forbidden(name), null, name);
});
