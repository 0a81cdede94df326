// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The first call: a caller on SIP, or on the caller page, reaches an agent in the browser, with real sound
// both ways; and nothing of the agent's microphone goes anywhere outside the talk.

import assert from 'node:assert/strict';
import test from 'node:test';
import { startBrowser, pageHears } from './lib/browser.mjs';
import { Caller } from './lib/caller.mjs';
import { Centre } from './lib/centre.mjs';
import { Desk } from './lib/desk.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { levels } from './lib/probe.mjs';
import { Sipp } from './lib/sipp.mjs';
import { sleep, until } from './lib/wait.mjs';

const CALLER_HZ = 1000, AGENT_HZ = 440;
// dBov.  The browser's noise suppression takes a steady tone down, to about -33 after a second.
const SILENT = -60, HEARD = -45;

async function opened(t) {
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	return endpoint;
}

// No 100 ms of what the endpoint got between these moments held the agent's tone.
function assertNoVoice(endpoint, from, to, when) {
	for (const step of endpoint.course([AGENT_HZ], from, to))
		assert.ok(step[AGENT_HZ] < SILENT, `${AGENT_HZ} Hz at ${step[AGENT_HZ].toFixed(1)} dBov ${when}`);
}

test('a SIPp call: 1 kHz to the browser, 440 Hz to the caller, and only during the talk', async (t) => {
	// a spoken greeting has some 440 Hz in it; here nothing but the agent may have
	const centre = await Centre.start(t, { changes: { 'queue.greeting': '', 'queue.music': '' } });
	const desk = await Desk.ready(t, centre, 'anna', { frequency: AGENT_HZ });
	const endpoint = await opened(t);
	const begun = performance.now();
	const sipp = await Sipp.start(t, 'wait-bye', { sip: centre.sip(), endpoint });
	endpoint.send(await sipp.remote(), { frequency: CALLER_HZ });

	await desk.state('offered');
	await sleep(1500); // the offer rings
	const accepted = performance.now();
	assertNoVoice(endpoint, begun, accepted, 'before the agent accepted');
	await desk.click('accept');
	await desk.state('talking');
	const inPage = await pageHears(desk.page, CALLER_HZ, { above: HEARD });
	await endpoint.hears(AGENT_HZ, { above: HEARD });
	await sleep(1000);
	const first = endpoint.course([AGENT_HZ], accepted, performance.now(), 20).find((s) => s[AGENT_HZ] > HEARD);
	const talk = endpoint.levels([AGENT_HZ, CALLER_HZ], performance.now() - 800);
	t.diagnostic(`browser hears ${CALLER_HZ} Hz at ${inPage[CALLER_HZ].toFixed(1)} dBov, ` +
		`caller hears ${AGENT_HZ} Hz at ${talk[AGENT_HZ].toFixed(1)} dBov, ` +
		`tone at the caller ${(first.at - accepted).toFixed(0)} ms after the click`);
	assert.ok(talk[CALLER_HZ] < SILENT, 'the caller does not hear itself');
	assert.equal(endpoint.loss().lost, 0);

	await desk.click('hangup');
	await desk.state('wrapup');
	const parted = performance.now() + 200; // what was under way
	await sipp.ended();
	await sleep(500);
	assertNoVoice(endpoint, parted, performance.now(), 'after the hang-up');

	// the packets between the core's parting and the page's disabling may still hold the tone; a busy page takes its time
	const [before, after] = await until('a second of a silent microphone outside a talk', async () => {
		const one = await desk.stats();
		await sleep(1000);
		const other = await desk.stats();
		return one.rx_discarded_sound === other.rx_discarded_sound && [one, other];
	});
	t.diagnostic(`line after the talk: ${after.rx} packets in, ${after.rx_discarded} discarded, ` +
		`of them ${after.rx_discarded_sound} with sound, ${after.rx_forwarded} forwarded`);
	assert.ok(after.rx_discarded - before.rx_discarded >= 40, 'the line goes on sending, and it is discarded');
	assert.equal(after.rx_forwarded, before.rx_forwarded);
	assert.ok(after.rx_discarded_sound <= 100, `${after.rx_discarded_sound} packets with sound outside the talk`);

	const log = await centre.program.line(/joined/);
	assert.ok(log);
	const ms = await until('the time in the log', () => centre.log.map((l) => /first voice after ([\d.]+) ms/.exec(l)).find(Boolean));
	t.diagnostic(`from accept to the first voice packet towards the caller: ${ms[1]} ms`);
});

test('the same from the caller page in a second browser', async (t) => {
	const centre = await Centre.start(t);
	const desk = await Desk.ready(t, centre, 'anna', { frequency: AGENT_HZ });
	const caller = await startBrowser(t, { frequency: CALLER_HZ });
	await caller.page.goto(centre.callerPage);
	await caller.page.click('[data-action="call"]');
	await desk.state('offered');
	await sleep(500);
	await desk.click('accept');
	const inDesk = await pageHears(desk.page, CALLER_HZ, { above: HEARD });
	const inCaller = await pageHears(caller.page, AGENT_HZ, { above: HEARD });
	t.diagnostic(`desk hears ${inDesk[CALLER_HZ].toFixed(1)} dBov, caller page ${inCaller[AGENT_HZ].toFixed(1)} dBov`);
	await caller.page.click('[data-action="hangup"]');
	await desk.state('wrapup');
	await until('silence at the desk', async () => (await levels(desk.page, [CALLER_HZ]))[CALLER_HZ] < SILENT);
});

test('the caller hangs up while it rings: the offer leaves the desk', async (t) => {
	const centre = await Centre.start(t);
	const desk = await Desk.ready(t, centre, 'anna');
	const endpoint = await opened(t);
	const caller = await Caller.open(t, { sip: centre.sip() });
	caller.invite({ sdp: endpoint.sdp() });
	await desk.state('offered');
	await caller.answer('INVITE');
	caller.hangUp();
	assert.equal((await caller.answer('BYE')).status, 200);
	const view = await desk.view((v) => v.state === 'ready');
	assert.equal(view.why, 'caller_left');
	await desk.state('ready');
});

// Two callers, two agents; Anna, the longest idle, is offered the first caller and does not take it.
async function firstComesFirst(t, changes, refuse, why) {
	const centre = await Centre.start(t, { changes });
	const anna = await Desk.ready(t, centre, 'anna');
	const beat = await Desk.open(t, centre, 'beat');
	await beat.click('line');
	await beat.view((v) => v.line === 'up');
	await beat.click('start');
	await beat.state('away');
	const [one, two] = [await Caller.open(t, { sip: centre.sip() }), await Caller.open(t, { sip: centre.sip() })];
	one.invite({ sdp: (await opened(t)).sdp() });
	const offered = await anna.view((v) => v.state === 'offered');
	two.invite({ sdp: (await opened(t)).sdp() });
	await two.answer('INVITE');
	await refuse(anna);
	await anna.view((v) => v.why === why || (v.state === 'offered' && v.call.id !== offered.call.id));
	await beat.click('ready');
	const got = await beat.view((v) => v.state === 'offered');
	assert.equal(got.call.id, offered.call.id, 'the first caller reached the other agent before the second');
	return { anna, centre };
}

test('declined: the caller reaches the other agent before one who came later', async (t) => {
	await firstComesFirst(t, {}, (anna) => anna.click('decline'), 'declined');
});

test('overlooked: the same, and the agent is set away and told why', async (t) => {
	const { anna } = await firstComesFirst(t, { 'queue.offer': 3 }, () => {}, 'offer_timeout');
	const view = await anna.view((v) => v.state === 'away');
	assert.equal(view.why, 'offer_timeout');
	assert.ok(await anna.page.textContent('.why'));
});
