// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Sound: whichever codec a caller has, it and the agent's browser hear each other at the level and the pitch that was
// spoken; a line changes its codec with each call and is never negotiated anew.

import assert from 'node:assert/strict';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import test from 'node:test';
import { pageHears } from './lib/browser.mjs';
import { Caller } from './lib/caller.mjs';
import { Centre } from './lib/centre.mjs';
import { Desk } from './lib/desk.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { CallerFarm, favourRelays } from './lib/farm.mjs';
import { levels, record, stats } from './lib/probe.mjs';
import { frequencyOf, level } from './lib/sound.mjs';
import { sleep, until } from './lib/wait.mjs';

const CALLER_HZ = 1000, AGENT_HZ = 440, DBOV = -13;
const TEN = ['PCMA', 'G722', 'PCMU', 'G722', 'PCMA', 'PCMU', 'PCMA', 'G722', 'G722', 'PCMU'];
const QUIET = { 'queue.greeting': '', 'queue.music': '', 'queue.wrap-up': 1 };

// The microphone as it is: what cleans up speech takes a steady tone away.
function plainMicrophone() {
	const native = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
	navigator.mediaDevices.getUserMedia = (c) => native({ ...c, audio: { ...c.audio, echoCancellation: false,
		noiseSuppression: false, autoGainControl: false } });
}

// A browser that knows nothing but PCMA and this codec, and sends this one whatever it is asked for.
function onlyCodec(name) {
	const native = RTCRtpReceiver.getCapabilities.bind(RTCRtpReceiver);
	const is = (c, n) => c.mimeType.toLowerCase() === `audio/${n.toLowerCase()}`;
	RTCRtpReceiver.getCapabilities = (kind) => ({ ...native(kind),
		codecs: native(kind).codecs.filter((c) => is(c, 'PCMA') || is(c, name)) });
	const set = RTCRtpSender.prototype.setParameters;
	RTCRtpSender.prototype.setParameters = function setParameters(p) {
		p.encodings[0].codec = p.codecs.find((c) => is(c, name));
		return set.call(this, p);
	};
}

// A browser that is asked for a codec of its sender and refuses, as one does that knows nothing of it.
function noCodecOfItsOwn() {
	const set = RTCRtpSender.prototype.setParameters;
	RTCRtpSender.prototype.setParameters = function setParameters(p) {
		return p.encodings.some((e) => e.codec) ? Promise.reject(new DOMException('no', 'InvalidModificationError')) : set.call(this, p);
	};
}

// What the browser sends in: "audio/PCMA" ...
async function sentIn(desk) {
	const all = await stats(desk.page);
	return all.codec.find((c) => c.id === all['outbound-rtp'][0].codecId)?.mimeType;
}

// ringing: what is waited for between the offer and its acceptance.
async function talk(t, centre, desk, codec, above = DBOV - 6, ringing = () => {}) {
	const endpoint = await Endpoint.open({ codec });
	t.after(() => endpoint.close());
	const caller = await Caller.open(t, { sip: centre.sip() });
	caller.invite({ sdp: endpoint.sdp() });
	endpoint.send(await until('an answer', () => caller.remote), { frequency: CALLER_HZ, dbov: DBOV });
	await desk.state('offered');
	await ringing();
	await desk.click('accept');
	await desk.state('talking');
	await endpoint.hears(AGENT_HZ, { above });
	return { endpoint, caller };
}

// Both directions: { agent, caller } as { dbov, hz }.
async function measureOnce(desk, endpoint) {
	const inPage = await record(desk.page, 1000), atCaller = endpoint.samples(performance.now() - 1000);
	return {
		agent: { dbov: level(inPage.samples, CALLER_HZ, inPage.rate), hz: frequencyOf(inPage.samples, CALLER_HZ, inPage.rate) },
		caller: { dbov: level(atCaller, AGENT_HZ, endpoint.rate), hz: frequencyOf(atCaller, AGENT_HZ, endpoint.rate) },
	};
}

// Within 1 dB and 1 Hz of what was spoken; otherwise a sentence.
function wrong(heard) {
	for (const [who, hz] of [['agent', CALLER_HZ], ['caller', AGENT_HZ]]) {
		if (Math.abs(heard[who].dbov - DBOV) > 1)
			return `the ${who} hears ${heard[who].dbov.toFixed(2)} dBov`;
		if (Math.abs(heard[who].hz - hz) > 1)
			return `the ${who} hears ${heard[who].hz.toFixed(2)} Hz`;
	}
	return '';
}

// A second that nothing else on this machine tore apart, of ten.
async function measure(desk, endpoint, what) {
	await sleep(1200);
	let heard = null;
	for (let i = 0; i < 10; i++) {
		heard = await measureOnce(desk, endpoint);
		if (!wrong(heard))
			return heard;
	}
	assert.fail(`${what}: ${wrong(heard)}`);
}

const told = (heard) => ['agent', 'caller'].map((who) => `${who} ${heard[who].dbov.toFixed(2)} dBov ${heard[who].hz.toFixed(2)} Hz`).join(', ');

async function over(desk, caller) {
	caller.bye();
	await desk.state('ready'); // after a second of wrap-up
}

test('ten calls in changing codecs on one line: the browser follows, and nothing is negotiated anew', async (t) => {
	const centre = await Centre.start(t, { changes: QUIET });
	const desk = await Desk.ready(t, centre, 'anna', { frequency: AGENT_HZ, before: (c) => c.addInitScript(plainMicrophone) });
	for (const codec of TEN) {
		const { endpoint, caller } = await talk(t, centre, desk, codec);
		const heard = await measure(desk, endpoint, codec);
		assert.equal(await sentIn(desk), `audio/${codec}`);
		t.diagnostic(`${codec}: ${told(heard)}`);
		await over(desk, caller);
	}
	assert.equal((await desk.sent()).filter((m) => m.t === 'line.offer').length, 1);
});

// Whatever the relay has told of this talk so far, once it has told something.
async function toldOf(desk, from) {
	return until('what the lines are worth', async () => {
		const all = (await desk.messages()).slice(from).filter((m) => m.t === 'quality' && m.caller && m.line);
		return all.length ? all : null;
	});
}

test('ten calls in changing codecs, by a browser that cannot change its own: while it rings the line is offered anew as it is', async (t) => {
	const centre = await Centre.start(t, { changes: QUIET });
	const desk = await Desk.ready(t, centre, 'anna', { frequency: AGENT_HZ, before: async (c) => {
		await c.addInitScript(plainMicrophone);
		await c.addInitScript(noCodecOfItsOwn);
	} });
	let changes = 0; // to the call's codec, and back
	for (const codec of ['G722', 'PCMA', 'PCMU', 'PCMA', 'G722', 'PCMU', 'PCMU', 'G722', 'PCMA', 'G722']) {
		const from = (await desk.messages()).length;
		const { caller } = await talk(t, centre, desk, codec, DBOV - 6, () =>
			until(`${codec} while it rings`, async () => await sentIn(desk) === `audio/${codec}`));
		for (const told of await toldOf(desk, from)) {
			assert.deepEqual([told.caller.path, told.line.path], ['packet', 'packet'], `${codec}: nothing is translated`);
			assert.deepEqual([told.line.in.codec, told.line.out.codec, told.caller.out.codec], [codec, codec, codec]);
		}
		await over(desk, caller);
		await until('PCMA outside the talk', async () => await sentIn(desk) === 'audio/PCMA');
		changes += codec === 'PCMA' ? 0 : 2;
	}
	const sent = await desk.sent(), offers = sent.filter((m) => m.sdp);
	assert.equal(sent.filter((m) => m.t === 'line.offer').length, 1);
	assert.equal(offers.length, 1 + changes);
	const transport = (sdp) => sdp.match(/^a=(ice-ufrag|ice-pwd|fingerprint):.*$/gm).sort().join(' ');
	assert.equal(new Set(offers.map((m) => transport(m.sdp))).size, 1, 'one ICE session, one DTLS session');
	assert.ok(!(await desk.messages()).some((m) => m.t === 'view' && ['lost', 'silent'].includes(m.line)), 'the line stood');
});

/* ---- what the browser makes up ---- */

const TRIES = 6; // of each call, on a machine that tears sound apart by itself
const TRIES_LATE = 20; // with those in which the sender or this process was late: they do not count
const LATE_MS = 20; // a browser's buffer has more, and what was made up then is the sender's
const LOOP_MS = 5;

// What was late by so many ms, at most: the sender, which comes before
// everything else where that is allowed, and this process, which waits as the browser does.
class Lateness {
	#callers;
	#loop = monitorEventLoopDelay({ resolution: LOOP_MS });

	static async begin(callers) {
		const lateness = new Lateness();
		lateness.#callers = callers;
		await callers.report({ forget: true });
		lateness.#loop.enable();
		return lateness;
	}

	async end() {
		this.#loop.disable();
		const { late_ms: sender } = await this.#callers.report({ forget: true });
		return { sender, here: Math.max(0, this.#loop.max / 1e6 - LOOP_MS) };
	}
}

const wasLate = ({ late }) => late.sender > LATE_MS || late.here > LATE_MS;

// What the browser made up so far, silent or not, and of how many packets it played; all zero before the first one.
async function madeUp(desk) {
	const s = (await stats(desk.page))['inbound-rtp']?.[0];
	return { concealed: s?.concealedSamples ?? 0, packets: s?.packetsReceived ?? 0 };
}

// From before it rings until after its end: what the browser made up, { concealed, packets, late }.
async function wholeCall(desk, callers, centre, codec, name) {
	const lateness = await Lateness.begin(callers);
	const before = await madeUp(desk);
	callers.call(name, centre.sip(), { hz: CALLER_HZ, codec });
	await desk.state('offered');
	await desk.click('accept');
	await desk.state('talking');
	await pageHears(desk.page, CALLER_HZ);
	await sleep(1200);
	callers.do('hangup', { caller: name });
	await desk.state('ready'); // after a second of wrap-up
	const late = await lateness.end();
	const now = await madeUp(desk);
	return { concealed: now.concealed - before.concealed, packets: now.packets - before.packets, late };
}

// Again while samples were made up: what each try told, { concealed, packets, late }.
async function tried(once) {
	const tries = [];
	do {
		tries.push(await once(tries.length));
	} while (tries.at(-1).concealed && tries.length < TRIES_LATE && tries.filter((x) => !wasLate(x)).length < TRIES);
	return tries;
}

// The last one was whole.
function assertWhole(t, what, tries) {
	const told = tries.map((x) => `${x.concealed} samples made up, the sender late by ${x.late.sender.toFixed(1)} ms, this process by ${x.late.here.toFixed(1)}`).join('; ');
	t.diagnostic(`${what}: ${told}`);
	assert.equal(tries.at(-1).concealed, 0, tries.every(wasLate) ?
		`${what}: this machine is too busy to tell: ${told}` : `${what}: ${told}`);
}

// Nobody talks for this long: { concealed, packets, late, ms }.
async function idle(desk, callers, ms) {
	const lateness = await Lateness.begin(callers);
	const begun = performance.now(), before = await madeUp(desk);
	await sleep(ms);
	const now = await madeUp(desk), lasted = performance.now() - begun;
	const late = await lateness.end();
	return { concealed: now.concealed - before.concealed, packets: now.packets - before.packets, late, ms: lasted };
}

// Ports of its own: a leg without a lock takes whoever speaks first for its caller, and other tests' callers may speak yet.
const OWN_PORTS = { 'relay.rtp-low': 47000, 'relay.rtp-high': 47999 };

test('ten calls in changing codecs on one line: not a sample is made up, in the talks, at their ends and between', async (t) => {
	const centre = await Centre.start(t, { changes: { ...QUIET, ...OWN_PORTS } });
	const desk = await Desk.ready(t, centre, 'anna', { frequency: 450, before: (c) => c.addInitScript(plainMicrophone) });
	const callers = await CallerFarm.start(t);
	t.diagnostic(`the relay comes before everything else: ${favourRelays(centre)}`);
	for (const [i, codec] of TEN.entries()) {
		const tries = await tried((n) => wholeCall(desk, callers, centre, codec, `${i}.${n}`));
		assert.ok(tries.at(-1).packets > 60, 'there was a talk');
		assertWhole(t, codec, tries);
	}
	// a standing line for longer than a browser makes noise of nothing without a packet
	const tries = await tried(() => idle(desk, callers, 3000));
	assertWhole(t, 'idle', tries);
	const { packets, ms } = tries.at(-1);
	assert.ok(packets > 0 && packets <= ms / 400 + 2, `a sign of life now and then: ${packets} packets in ${ms.toFixed(0)} ms`);
	assert.ok((await levels(desk.page, [])).rms < -60, 'silence');
	assert.equal((await desk.sent()).filter((m) => m.t === 'line.offer').length, 1);
});

test("the agent's keys reach the caller's side as events", async (t) => {
	const centre = await Centre.start(t, { changes: QUIET });
	const desk = await Desk.ready(t, centre, 'anna', { frequency: AGENT_HZ, before: (c) => c.addInitScript(plainMicrophone) });
	const { endpoint } = await talk(t, centre, desk, 'PCMA', -45);
	await desk.page.keyboard.press('k');
	await desk.page.keyboard.press('5');
	await desk.page.keyboard.press('#');
	const ended = (key) => endpoint.packets.filter((p) => p.pt === 101 && p.payload[0] === key && p.payload[1] & 0x80);
	await until('both keys', () => ended(5).length && ended(11).length);
	for (const key of [5, 11]) {
		assert.equal(new Set(ended(key).map((p) => p.ts)).size, 1, 'pressed once');
		assert.ok(ended(key)[0].payload.readUInt16BE(2) >= 40 * 8, 'as long as anybody must hear');
	}
	assert.ok(!centre.log.some((l) => /digit|key [0-9]/i.test(l)), 'no key in the log');
});

for (const line of ['PCMA', 'PCMU', 'G722', 'opus'])
	test(`a line that speaks ${line}, with each codec of a caller`, async (t) => {
		const centre = await Centre.start(t, { changes: QUIET });
		const desk = await Desk.ready(t, centre, 'anna', { frequency: AGENT_HZ, before: async (c) => {
			await c.addInitScript(plainMicrophone);
			await c.addInitScript(onlyCodec, line);
		} });
		for (const codec of ['PCMA', 'PCMU', 'G722']) {
			const { endpoint, caller } = await talk(t, centre, desk, codec);
			await until(`${line} from the browser`, async () => (await sentIn(desk))?.toLowerCase() === `audio/${line.toLowerCase()}`);
			const heard = await measure(desk, endpoint, `${line} and ${codec}`);
			t.diagnostic(`${line} and ${codec}: ${told(heard)}`);
			await over(desk, caller);
			}
	});
