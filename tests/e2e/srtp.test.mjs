// SPDX-License-Identifier: AGPL-3.0-or-later
//
// SRTP with the trunk, its keys in the descriptions: a caller with RTP/SAVP and an agent in a browser, with real sound
// both ways, in both suites; what re-INVITEs and a killed control do to it, and that nobody without the key is heard.

import assert from 'node:assert/strict';
import test from 'node:test';
import { pageHears } from './lib/browser.mjs';
import { Caller } from './lib/caller.mjs';
import { Centre, killed } from './lib/centre.mjs';
import { Desk } from './lib/desk.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { freeTcpPort, freeUdpPort } from './lib/ports.mjs';
import { levels, stats } from './lib/probe.mjs';
import { CM, GCM } from './lib/srtp.mjs';
import { sleep } from './lib/wait.mjs';

const CALLER_HZ = 1000, LATER_HZ = 700, LAST_HZ = 1300, STRANGER_HZ = 2000, AGENT_HZ = 440;
const SILENT = -60, HEARD = -45; // dBov
const QUIET = { 'queue.greeting': '', 'queue.music': '' };

async function opened(t) {
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	return endpoint;
}

// The answer to the newest INVITE, whatever it is.
async function asked(caller, sdp) {
	const before = caller.messages.length;
	caller.invite({ sdp });
	return caller.answer('INVITE', { after: before });
}

const line = (answer) => /^a=crypto:.*$/m.exec(answer.body)?.[0];

// Again with a description of the endpoint's; it then speaks and hears by what was agreed.
async function agreed(caller, endpoint) {
	const answer = await asked(caller, endpoint.sdp());
	assert.equal(answer.status, 200);
	assert.match(answer.body, /^m=audio \d+ RTP\/SAVP /m);
	assert.match(line(answer), new RegExp(`^a=crypto:${endpoint.told.tag} ${endpoint.told.suite} inline:`));
	endpoint.answered(answer.body);
	return answer;
}

async function bothHear(desk, endpoint, hz) {
	await pageHears(desk.page, hz, { above: HEARD });
	await endpoint.hears(AGENT_HZ, { above: HEARD });
}

// None of the caller's packets was unreadable here, and none of them is missing.
function assertWhole(endpoint, before) {
	assert.equal(endpoint.bad, before.bad);
	assert.equal(endpoint.loss().lost, 0);
}

for (const suite of [CM, GCM])
	test(`${suite}: tone both ways, through re-INVITEs with the same key and with a new one`, async (t) => {
		const centre = await Centre.start(t, { changes: QUIET });
		const desk = await Desk.ready(t, centre, 'anna', { frequency: AGENT_HZ });
		const endpoint = await opened(t), stranger = await opened(t);
		const caller = await Caller.open(t, { sip: centre.sip() });
		endpoint.secure(suite);
		const first = await agreed(caller, endpoint);

		// comes first and goes on: without a key it neither takes the leg nor is it heard
		stranger.send(caller.remote, { frequency: STRANGER_HZ });
		await sleep(300);
		endpoint.send(caller.remote, { frequency: CALLER_HZ });
		await desk.state('offered');
		await desk.click('accept');
		await desk.state('talking');
		await desk.page.locator('.voice[data-voice="srtp"]').waitFor();
		await bothHear(desk, endpoint, CALLER_HZ);
		await sleep(500);
		const inPage = await levels(desk.page, [CALLER_HZ, STRANGER_HZ]);
		assert.ok(inPage[STRANGER_HZ] < SILENT, `the stranger at ${inPage[STRANGER_HZ].toFixed(1)} dBov`);
		assert.equal(stranger.packets.length, 0);
		const [transport] = (await stats(desk.page)).transport ?? [];
		t.diagnostic(`the browser's line: ${transport?.srtpCipher}; page hears ${CALLER_HZ} Hz at ` +
			`${inPage[CALLER_HZ].toFixed(1)} dBov, caller ${AGENT_HZ} Hz at ${endpoint.levels([AGENT_HZ])[AGENT_HZ].toFixed(1)} dBov`);
		assert.match(transport?.srtpCipher, /AEAD_AES_128_GCM/);

		// the same key: told again, and nothing changes
		const before = { bad: endpoint.bad };
		const again = await agreed(caller, endpoint);
		assert.equal(line(again), line(first));
		endpoint.tone(LATER_HZ);
		await bothHear(desk, endpoint, LATER_HZ);
		await sleep(500);
		assertWhole(endpoint, before);

		// a new key of the caller's; ours stays, so nothing is missing in that direction
		endpoint.secure(suite, 2);
		const third = await agreed(caller, endpoint);
		assert.equal(line(third).replace(/^a=crypto:2/, 'a=crypto:1'), line(first));
		endpoint.tone(LAST_HZ);
		await bothHear(desk, endpoint, LAST_HZ);
		await sleep(500);
		assertWhole(endpoint, before);
		assert.ok((await levels(desk.page, [STRANGER_HZ]))[STRANGER_HZ] < SILENT);

		await desk.click('hangup');
		await caller.got('BYE');
	});

test('control is killed in mid-talk: the next one tells the same key, and takes a new one', async (t) => {
	const ports = { 'sip.port': await freeUdpPort(), 'web.port': await freeTcpPort() };
	const centre = await Centre.start(t, { changes: { ...QUIET, ...ports } });
	const desk = await Desk.ready(t, centre, 'anna', { frequency: AGENT_HZ });
	const endpoint = await opened(t);
	const caller = await Caller.open(t, { sip: centre.sip() });
	endpoint.secure(GCM);
	const first = await agreed(caller, endpoint);
	endpoint.send(caller.remote, { frequency: CALLER_HZ });
	await desk.state('offered');
	await desk.click('accept');
	await bothHear(desk, endpoint, CALLER_HZ);

	await killed(centre);
	await centre.begin();
	await desk.state('talking', 30000);
	const again = await agreed(caller, endpoint);
	assert.equal(line(again), line(first));
	await bothHear(desk, endpoint, CALLER_HZ);
	endpoint.secure(CM, 5);
	const other = await agreed(caller, endpoint);
	assert.notEqual(line(other).split('inline:')[1], line(first).split('inline:')[1]);
	endpoint.tone(LATER_HZ);
	await bothHear(desk, endpoint, LATER_HZ);
});

test('required: a plain offer is refused, and a talk does not become plain', async (t) => {
	const centre = await Centre.start(t, { changes: { ...QUIET, 'sip.srtp': 'required' } });
	const desk = await Desk.ready(t, centre, 'anna', { frequency: AGENT_HZ });
	const plain = await opened(t), endpoint = await opened(t);
	const refused = await Caller.open(t, { sip: centre.sip() });
	assert.equal((await asked(refused, plain.sdp())).status, 488);

	const caller = await Caller.open(t, { sip: centre.sip() });
	endpoint.secure(CM);
	await agreed(caller, endpoint);
	endpoint.send(caller.remote, { frequency: CALLER_HZ });
	await desk.state('offered');
	await desk.click('accept');
	await bothHear(desk, endpoint, CALLER_HZ);
	assert.equal((await asked(caller, plain.sdp())).status, 488);
	endpoint.tone(LATER_HZ);
	await bothHear(desk, endpoint, LATER_HZ);
});
