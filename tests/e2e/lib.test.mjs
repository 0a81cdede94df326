// SPDX-License-Identifier: AGPL-3.0-or-later
// The tools of the end-to-end tests, tested against themselves: what measures must measure right, and must
// notice what is not there.

import test from 'node:test';
import assert from 'node:assert/strict';
import http from 'node:http';
import { Endpoint } from './lib/endpoint.mjs';
import { Caller, parseSip } from './lib/caller.mjs';
import { Program } from './lib/process.mjs';
import { CM, GCM, Srtp, derive } from './lib/srtp.mjs';
import { Sipp } from './lib/sipp.mjs';
import { bindUdp, freeUdpPort } from './lib/ports.mjs';
import { alawEncode, fromAlaw, level, rms, tone } from './lib/sound.mjs';
import { pageHears, startBrowser } from './lib/browser.mjs';
import { errors, levels, stats } from './lib/probe.mjs';
import { sleep, until } from './lib/wait.mjs';
import { demoConfig } from './lib/centre.mjs';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const near = (actual, expected, by, what = '') =>
	assert.ok(Math.abs(actual - expected) <= by, `${what} ${actual}, expected ${expected} ± ${by}`);

test('sound: every A-law byte comes back as itself', () => {
	for (let byte = 0; byte < 256; byte++)
		assert.equal(alawEncode(fromAlaw([byte])[0]), byte);
	assert.equal(alawEncode(0), 0xd5);
	assert.equal(alawEncode(1), 0xaa);
	assert.equal(alawEncode(-1), 0x2a);
});

test('sound: a tone has its level at its frequency and none elsewhere', () => {
	const t = tone(1000, 0.4, { dbov: -13 });
	near(rms(t), -13, 0.1, 'rms');
	near(level(t, 1000), -13, 0.1, '1000 Hz');
	assert.ok(level(t, 440) < -60);
	assert.ok(level(new Float64Array(3200), 1000) < -100);
	const coded = fromAlaw(t.map(alawEncode));
	near(level(coded, 1000), -13, 0.2, '1000 Hz through A-law');
});

test('srtp: the derived keys of RFC 3711 appendix B.3', () => {
	const key = Buffer.from('e1f97a0d3e018be0d64fa32c06de4139', 'hex'), salt = Buffer.from('0ec675ad498afeebb6960b3aabe6', 'hex');
	assert.equal(derive(key, salt, 0, 16).toString('hex'), 'c61e7a93744f39ee10734afe3ff7a087');
	assert.equal(derive(key, salt, 2, 14).toString('hex'), '30cbbc08863d8c85d49db34a9ae1');
	assert.equal(derive(key, salt, 1, 20).toString('hex'), 'cebe321f6ff7716b6fd4ab49af256a156d38baa4');
});

test('srtp: there and back over the wrap of the sequence, and every bit counts', () => {
	for (const suite of [CM, GCM]) {
		const tx = new Srtp(suite), rx = Srtp.fromSdp(`v=0\r\n${tx.line(3)}\r\n`);
		assert.equal(rx.tag, 3);
		for (const seq of [65534, 65535, 0, 1]) {
			const packet = Buffer.alloc(172, seq & 255);
			packet[0] = 0x80;
			packet.writeUInt16BE(seq, 2);
			const sealed = tx.protect(packet);
			assert.equal(sealed.length, 172 + (suite === GCM ? 16 : 10));
			for (const at of [1, 12, sealed.length - 1]) {
				const bad = Buffer.from(sealed);
				bad[at] ^= 1;
				assert.equal(rx.unprotect(bad), null);
			}
			assert.deepEqual(rx.unprotect(sealed), packet);
		}
	}
	assert.equal(Srtp.fromSdp('v=0\r\n'), null);
});

async function pair(t) {
	const ends = [await Endpoint.open(), await Endpoint.open()];
	t.after(() => Promise.all(ends.map((e) => e.close())));
	return ends;
}

test('endpoint: two talk to each other', async (t) => {
	const [a, b] = await pair(t);
	a.send({ addr: b.addr, port: b.port }, { frequency: 1000 });
	b.send({ addr: a.addr, port: a.port }, { frequency: 440 });
	await a.hears(440);
	await b.hears(1000);
	await sleep(600);
	await until('a at b, as loud as it was sent', () => Math.abs(b.levels([1000])[1000] + 13) <= 1);
	assert.ok(b.levels([440])[440] < -50, 'no echo of 440 Hz');
	assert.equal(b.loss().lost, 0);
	assert.equal(b.loss().received, b.packets.length);
	assert.ok(a.port % 2 === 0);
});

test('endpoint: sending keeps time', async (t) => {
	const [a, b] = await pair(t);
	const start = performance.now();
	a.send({ addr: b.addr, port: b.port });
	await sleep(500);
	const busy = performance.now() + 200; // a loop that was held up catches up
	while (performance.now() < busy)
		;
	const due = () => (performance.now() - start) / 20;
	await until('what was held up to be sent', () => a.sent >= due() - 1);
	assert.ok(a.sent <= due() + 1, `${a.sent} packets where ${due()} were due`);
	a.mute();
	await until('all to arrive', () => b.packets.length === a.sent);
	const steps = new Set(b.packets.slice(1).map((p, i) => p.ts - b.packets[i].ts));
	assert.deepEqual([...steps], [160]);
});

test('endpoint: a burst is seen in its course, and silence is silence', async (t) => {
	const [a, b] = await pair(t);
	const start = performance.now();
	a.send({ addr: b.addr, port: b.port }, { frequency: 0 });
	await sleep(500);
	assert.ok(b.levels([440], start)[440] < -60, 'silence');
	a.tone(440);
	await sleep(300);
	a.tone(0);
	await sleep(300);
	const course = b.course([440], start);
	const loud = course.filter((s) => s[440] > -30).length;
	assert.ok(loud >= 1 && loud < course.length - 1, `${loud} loud steps of ${course.length}`);
});

test('endpoint: what is lost, doubled, late or foreign is counted', async (t) => {
	const [b] = await pair(t);
	const from = await bindUdp();
	t.after(() => from.close());
	const head = (seq) => Buffer.from([0x80, 8, seq >> 8, seq & 255, 0, 0, 0, 0, 1, 2, 3, 4]);
	const rtp = (seq) => Buffer.concat([head(seq), Buffer.alloc(160, 0xd5)]);
	for (const seq of [65533, 65534, 0, 65535, 1, 1, 5])
		from.send(rtp(seq), b.port, b.addr);
	from.send('no rtp', b.port, b.addr);
	await until('eight datagrams', () => b.packets.length === 7 && b.other === 1);
	assert.deepEqual(b.loss(), { received: 6, expected: 9, lost: 3, doubled: 1, reordered: 1 });
	assert.deepEqual(b.voice().map((p) => p.seq), [65533, 65534, 65535, 0, 1, 5]);
});

test('process: one that ends without its line is an error that shows why', async () => {
	const program = new Program('sh', ['-c', 'echo first; echo the reason >&2; exit 3']);
	await program.ended();
	await assert.rejects(program.line(/never said/), /the reason/);
	assert.equal((await program.line(/(fir)st/))[1], 'fir');
	assert.deepEqual(program.exit, { code: 3, signal: null });
});

// SIPp as the one who is called, for the callers below.
async function called(t, args = ['-sn', 'uas']) {
	const port = await freeUdpPort();
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'heimamt-uas-'));
	const program = new Program('sipp', [...args, '-i', '127.0.0.1', '-p', String(port), '-nostdin'],
		{ env: { ...process.env, TERM: 'dumb' }, cwd: folder });
	t.after(async () => {
		program.kill('SIGKILL');
		await program.ended();
		fs.rmSync(folder, { recursive: true, force: true });
	});
	return { number: '100', addr: '127.0.0.1', port };
}

test('sipp: a call is answered, and says where the voice goes', async (t) => {
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	const sipp = await Sipp.start(t, 'talk', { sip: await called(t), endpoint, talk: 300 });
	const remote = await sipp.remote();
	assert.equal(remote.addr, '127.0.0.1');
	assert.ok(remote.port > 0);
	await sipp.ended();
});

test('sipp: a call that should have been refused and was not is an error', async (t) => {
	const sipp = await Sipp.start(t, 'refused', { sip: await called(t), replace: { STATUS: 486 }, wait: 5000 });
	await assert.rejects(sipp.ended(), /status/);
});

test('sipp: OPTIONS', async (t) => {
	const uas = await bindUdp();
	t.after(() => uas.close());
	uas.on('message', (bytes, from) => {
		const m = parseSip(bytes.toString());
		const copy = ['via', 'from', 'to', 'call-id', 'cseq'].map((h) => `${h}: ${m.headers[h][0]}`);
		uas.send(['SIP/2.0 200 OK', ...copy, 'Content-Length: 0', '', ''].join('\r\n'), from.port, from.address);
	});
	const sip = { number: '100', addr: '127.0.0.1', port: uas.address().port };
	await (await Sipp.start(t, 'options', { sip, replace: { STATUS: 200 } })).ended();
	const caller = await Caller.open(t, { sip });
	caller.options();
	assert.equal((await caller.answer('OPTIONS')).status, 200);
});

test('caller: INVITE, 200, ACK, BYE with a real peer', async (t) => {
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	const caller = await Caller.open(t, { sip: await called(t) });
	caller.invite({ sdp: endpoint.sdp() });
	assert.equal((await caller.answer('INVITE')).status, 200);
	assert.ok(caller.remote.port > 0);
	caller.hangUp();
	assert.equal((await caller.answer('BYE')).status, 200);
});

const ANSWER = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 6000 RTP/AVP 8\r\n';

test('caller: the far side hangs up on it, and on SIPp', async (t) => {
	for (const kind of ['caller', 'sipp']) {
		const uas = await bindUdp();
		t.after(() => uas.close());
		let byeAnswered = false;
		uas.on('message', (bytes, from) => {
			const m = parseSip(bytes.toString());
			const send = (lines) => uas.send([...lines, '', ''].join('\r\n'), from.port, from.address);
			const h = (name) => m.headers[name]?.[0];
			const us = `127.0.0.1:${uas.address().port}`;
			if (m.method === 'INVITE')
				uas.send(['SIP/2.0 200 OK', ...['via', 'from', 'call-id', 'cseq'].map((n) => `${n}: ${h(n)}`),
					`To: ${h('to')};tag=x`, `Contact: <sip:${us}>`, 'Content-Type: application/sdp',
					`Content-Length: ${ANSWER.length}`, '', ANSWER].join('\r\n'), from.port, from.address);
			else if (m.method === 'ACK')
				send([`BYE sip:x@${from.address}:${from.port} SIP/2.0`, `Via: SIP/2.0/UDP ${us};branch=z9hG4bKbye${kind}`, 'Max-Forwards: 70',
					`From: ${h('to')}`, `To: ${h('from')}`, `Call-ID: ${h('call-id')}`, 'CSeq: 7 BYE', 'Content-Length: 0']);
			else if (m.status === 200 && h('cseq') === '7 BYE')
				byeAnswered = true;
		});
		const sip = { number: '100', addr: '127.0.0.1', port: uas.address().port };
		const endpoint = await Endpoint.open();
		t.after(() => endpoint.close());
		if (kind === 'caller') {
			const caller = await Caller.open(t, { sip });
			caller.invite({ sdp: endpoint.sdp() });
			await caller.got('BYE');
			assert.deepEqual(caller.remote, { addr: '127.0.0.1', port: 6000 });
		} else {
			await (await Sipp.start(t, 'wait-bye', { sip, endpoint })).ended();
		}
		await until('an answer to the BYE', () => byeAnswered);
	}
});

// A page that calls itself.
const PAGE = `<!doctype html><title>loop</title><script type="module">
const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
const stream = await navigator.mediaDevices.getUserMedia({ audio });
const a = new RTCPeerConnection(), b = new RTCPeerConnection();
a.onicecandidate = (e) => b.addIceCandidate(e.candidate);
b.onicecandidate = (e) => a.addIceCandidate(e.candidate);
stream.getTracks().forEach((t) => a.addTrack(t, stream));
window.track = stream.getTracks()[0];
await a.setLocalDescription();
await b.setRemoteDescription(a.localDescription);
await b.setLocalDescription();
await a.setRemoteDescription(b.localDescription);
</script>`;

test('browser: the probe hears the microphone through a connection, and its silence', async (t) => {
	const server = http.createServer((_, answer) => answer.setHeader('Content-Type', 'text/html').end(PAGE));
	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	t.after(() => new Promise((resolve) => server.close(resolve)));
	const { page } = await startBrowser(t, { frequency: 440 });
	for (const round of ['first', 'reloaded']) {
		await page.goto(`http://127.0.0.1:${server.address().port}/`);
		await pageHears(page, 440);
		await until(`the ${round} page to hear the tone as it is, and nothing else`, async () => {
			const now = await levels(page, [440, 1000]);
			return Math.abs(now[440] + 13) < 3 && now[1000] < -45;
		}, { every: 100 });
	}
	await page.evaluate(() => {
		window.track.enabled = false;
	});
	await until('silence', async () => (await levels(page, [440]))[440] < -60, { every: 100 });
	assert.ok((await stats(page))['inbound-rtp']?.[0].packetsReceived > 0);
	assert.deepEqual(await errors(page), []);
});

test('centre: a value of the configuration is replaced, and a missing one noticed', (t) => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'heimamt-conf-'));
	t.after(() => fs.rmSync(folder, { recursive: true }));
	const file = path.join(folder, 'x.conf');
	fs.writeFileSync(file, 'web {\n\tport = 8080 # any\n}\nqueue "a" {\n\toffer = 20\n}\nqueue "b" {\n\toffer = 20\n\t# x = 1\n}\n');
	assert.equal(demoConfig({ 'queue.offer': 3, 'queue b.x': ['y', 'z'] }, file),
		'web {\n\tport = 8080 # any\n}\nqueue "a" {\n\toffer = 3\n}\nqueue "b" {\n\toffer = 3\n\tx = { "y", "z" }\n}\n');
	assert.match(demoConfig({ 'web.port': 0, 'queue a.offer': 4 }, file), /port = 0\n[^]*offer = 4[^]*offer = 20/);
	assert.throws(() => demoConfig({ port: 1 }, file), /has no port/);
	assert.throws(() => demoConfig({ 'queue c.offer': 1 }, file), /has no queue c.offer/);
});
