// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Sound: whichever codec a caller has, it and the agent's browser hear each other at the level and the pitch that was
// spoken; a line changes its codec with each call and is never negotiated anew.

import assert from 'node:assert/strict';
import test from 'node:test';
import { Caller } from './lib/caller.mjs';
import { Centre } from './lib/centre.mjs';
import { Desk } from './lib/desk.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { record, stats } from './lib/probe.mjs';
import { frequencyOf, level } from './lib/sound.mjs';
import { sleep, until } from './lib/wait.mjs';

const CALLER_HZ = 1000, AGENT_HZ = 440, DBOV = -13;
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

async function talk(t, centre, desk, codec) {
	const endpoint = await Endpoint.open({ codec });
	t.after(() => endpoint.close());
	const caller = await Caller.open(t, { sip: centre.sip() });
	caller.invite({ sdp: endpoint.sdp() });
	endpoint.send(await until('an answer', () => caller.remote), { frequency: CALLER_HZ, dbov: DBOV });
	await desk.state('offered');
	await desk.click('accept');
	await desk.state('talking');
	await endpoint.hears(AGENT_HZ, { above: DBOV - 6 });
	return { endpoint, caller };
}

// Both directions, within 1 dB and 1 Hz: { agent, caller } as { dbov, hz }.
async function measure(desk, endpoint) {
	await sleep(1200);
	const inPage = await record(desk.page, 1000), atCaller = endpoint.samples(performance.now() - 1000);
	return {
		agent: { dbov: level(inPage.samples, CALLER_HZ, inPage.rate), hz: frequencyOf(inPage.samples, CALLER_HZ, inPage.rate) },
		caller: { dbov: level(atCaller, AGENT_HZ, endpoint.rate), hz: frequencyOf(atCaller, AGENT_HZ, endpoint.rate) },
	};
}

function assertSame(heard, what) {
	for (const [who, hz] of [['agent', CALLER_HZ], ['caller', AGENT_HZ]]) {
		assert.ok(Math.abs(heard[who].dbov - DBOV) <= 1, `${what}: the ${who} hears ${heard[who].dbov.toFixed(2)} dBov`);
		assert.ok(Math.abs(heard[who].hz - hz) <= 1, `${what}: the ${who} hears ${heard[who].hz.toFixed(2)} Hz`);
	}
}

const told = (heard) => ['agent', 'caller'].map((who) => `${who} ${heard[who].dbov.toFixed(2)} dBov ${heard[who].hz.toFixed(2)} Hz`).join(', ');

async function over(desk, caller) {
	caller.bye();
	await desk.state('ready'); // after a second of wrap-up
}

test('ten calls in changing codecs on one line: the browser follows, and nothing is negotiated anew', async (t) => {
	const centre = await Centre.start(t, { changes: QUIET });
	const desk = await Desk.ready(t, centre, 'anna', { frequency: AGENT_HZ, before: (c) => c.addInitScript(plainMicrophone) });
	for (const codec of ['PCMA', 'G722', 'PCMU', 'G722', 'PCMA', 'PCMU', 'PCMA', 'G722', 'G722', 'PCMU']) {
		const { endpoint, caller } = await talk(t, centre, desk, codec);
		const heard = await measure(desk, endpoint);
		assertSame(heard, codec);
		const all = await stats(desk.page);
		const sent = all.codec.find((c) => c.id === all['outbound-rtp'][0].codecId).mimeType;
		assert.equal(sent, `audio/${codec}`);
		const { concealedSamples, silentConcealedSamples } = all['inbound-rtp'][0];
		t.diagnostic(`${codec}: ${told(heard)}; concealed so far ${concealedSamples - silentConcealedSamples}`);
		await over(desk, caller);
	}
	assert.equal((await desk.sent()).filter((m) => m.t === 'line.offer').length, 1);
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
			await until(`${line} from the browser`, async () => {
				const all = await stats(desk.page);
				return all.codec.find((c) => c.id === all['outbound-rtp'][0].codecId)?.mimeType.toLowerCase() === `audio/${line.toLowerCase()}`;
			});
			const heard = await measure(desk, endpoint);
			t.diagnostic(`${line} and ${codec}: ${told(heard)}`);
			assertSame(heard, `${line} and ${codec}`);
			await over(desk, caller);
			}
	});
