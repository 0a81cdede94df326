// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A caller on SIP is handed on from one browser to another, to a colleague by name and to a queue: who hears whom
// at each step, what the next agent is told, and what the records say of it.

import assert from 'node:assert/strict';
import test from 'node:test';
import { pageHears } from './lib/browser.mjs';
import { Caller } from './lib/caller.mjs';
import { Centre, killed } from './lib/centre.mjs';
import { Desk } from './lib/desk.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { freeTcpPort, freeUdpPort } from './lib/ports.mjs';
import { levels } from './lib/probe.mjs';
import { records } from './lib/records.mjs';
import { sleep, until } from './lib/wait.mjs';

const CALLER_HZ = 1000, ANNA_HZ = 440, BEAT_HZ = 700;
const SILENT = -60, HEARD = -45; // dBov
// No music, so that what sounds is a voice or the word about the transfer.
const QUIET = { 'queue.greeting': '', 'queue.music': '' };

// A caller who sounds, and whoever takes it: the number of a queue, in the demo's file.
async function called(t, centre, number) {
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	const caller = await Caller.open(t, { sip: { ...centre.sip(), number } });
	caller.invite({ sdp: endpoint.sdp() });
	await caller.answer('INVITE');
	endpoint.send(caller.remote, { frequency: CALLER_HZ });
	return { caller, endpoint };
}

async function talk(desk, { endpoint }, hz) {
	await desk.state('offered');
	await desk.click('accept');
	await desk.state('talking');
	await pageHears(desk.page, CALLER_HZ, { above: HEARD });
	await endpoint.hears(hz, { above: HEARD });
}

// By keyboard: the list is open, some letters, Enter.
async function handOn(desk, letters, name) {
	await desk.page.keyboard.press('g');
	await desk.page.locator(`.target[data-target="${name}"][aria-disabled="false"]`).waitFor();
	await desk.page.keyboard.type(letters);
	await desk.page.locator(`.target[data-target="${name}"][aria-selected="true"]`).waitFor();
	await desk.page.keyboard.press('Enter');
	await desk.state('wrapup');
	assert.equal(await desk.page.locator('.why').innerText(), `Weitergegeben an ${name}.`);
}

async function assertDeaf(desk, what) {
	await until(`silence for ${desk.name}`, async () => (await levels(desk.page, [CALLER_HZ]))[CALLER_HZ] < SILENT);
	await sleep(500);
	const now = await levels(desk.page, [CALLER_HZ]);
	assert.ok(now[CALLER_HZ] < SILENT, `${desk.name} hears ${now[CALLER_HZ].toFixed(1)} dBov ${what}`);
}

function assertUnheard(endpoint, hz, from, what) {
	for (const step of endpoint.course([hz], from))
		assert.ok(step[hz] < SILENT, `${hz} Hz at ${step[hz].toFixed(1)} dBov ${what}`);
}

// [event, who, detail], and each talk's recorded length against the times beside it.
async function timeline(centre) {
	const rows = await until('the end in the records', () => {
		const all = records(centre, `SELECT e.at_ms, e.event, e.number, e.detail, coalesce(a.login, '') AS who
			FROM call_event e LEFT JOIN agent a ON a.id = e.agent ORDER BY e.seq`);
		return all.at(-1)?.event === 'ended' ? all : null;
	});
	for (const left of rows.filter((r) => r.event === 'left')) {
		const accepted = rows.find((r) => r.event === 'accepted' && r.who === left.who);
		assert.equal(left.number, left.at_ms - accepted.at_ms, `how long ${left.who} talked`);
	}
	return rows;
}

const steps = (rows) => rows.map((r) => [r.event, r.who, r.event === 'left' || r.event === 'ended' ? r.detail : ''].filter(Boolean).join(' '));

test('Anna hands a caller to Beat by name: Beat and the caller hear each other, Anna nothing of it', async (t) => {
	const centre = await Centre.start(t, { changes: QUIET });
	const anna = await Desk.ready(t, centre, 'anna', { frequency: ANNA_HZ });
	const call = await called(t, centre, '100');
	await talk(anna, call, ANNA_HZ);
	const beat = await Desk.ready(t, centre, 'beat', { frequency: BEAT_HZ });
	await handOn(anna, 'bei', 'Beat Beispiel');
	const handed = performance.now();

	await beat.state('offered');
	await beat.page.getByText('Von Anna Muster weitergegeben.', { exact: true }).waitFor();
	const waited = (await beat.view((v) => v.state === 'offered')).call.waited_ms;
	await until('the word about the transfer', () => call.endpoint.course([], handed).some((step) => step.rms > HEARD));
	await assertDeaf(anna, 'while it rings');
	await talk(beat, call, BEAT_HZ);
	await assertDeaf(anna, 'in the talk of the others');
	await sleep(2000);
	assertUnheard(call.endpoint, ANNA_HZ, performance.now() - 1500, 'of who handed it on');

	call.caller.hangUp();
	await beat.state('wrapup');
	const rows = await timeline(centre);
	assert.deepEqual(steps(rows), ['arrived', 'offered anna', 'accepted anna', 'joined anna', 'left anna transferred', 'transferred beat',
		'offered beat', 'accepted beat', 'joined beat', 'left beat caller_left', 'ended caller_hung_up']);
	const [first, second] = rows.filter((r) => r.event === 'accepted');
	const transferred = rows.find((r) => r.event === 'transferred');
	assert.equal(second.number, second.at_ms - transferred.at_ms, 'the second wait counts from the transfer');
	assert.ok(waited <= second.number, `${waited} ms were shown in the offer`);
	const talked = rows.filter((r) => r.event === 'left').reduce((ms, r) => ms + r.number, 0);
	assert.equal(talked + second.number, rows.at(-1).at_ms - first.at_ms, 'every millisecond is somebody\'s, or the wait\'s');
	assert.ok(rows.findLast((r) => r.event === 'left').number >= 2000);
});

test('Beat hands a caller to a queue, and whoever serves it takes over', async (t) => {
	const centre = await Centre.start(t, { changes: { ...QUIET, 'queue.transfer': '' } });
	const beat = await Desk.ready(t, centre, 'beat', { frequency: BEAT_HZ });
	const call = await called(t, centre, '100');
	await talk(beat, call, BEAT_HZ);
	const anna = await Desk.ready(t, centre, 'anna', { frequency: ANNA_HZ });
	await handOn(beat, 'cust', 'Customer service');

	const view = await anna.view((v) => v.state === 'offered');
	assert.deepEqual([view.call.queue, view.call.language, view.call.from], ['Customer service', 'en', 'Beat Beispiel']);
	await talk(anna, call, ANNA_HZ);
	await assertDeaf(beat, 'in the talk of the others');
	await sleep(1500);
	assertUnheard(call.endpoint, BEAT_HZ, performance.now() - 1000, 'of who handed it on');

	await anna.click('hangup');
	await anna.state('wrapup');
	const rows = await timeline(centre);
	assert.deepEqual(steps(rows), ['arrived', 'offered beat', 'accepted beat', 'joined beat', 'left beat transferred', 'transferred',
		'offered anna', 'accepted anna', 'joined anna', 'left anna agent_hung_up', 'ended agent_hung_up']);
	const [{ id }] = records(centre, 'SELECT id FROM queue WHERE number = \'200\'');
	assert.equal(rows.find((r) => r.event === 'transferred').number, id);
});

test('not taken: the caller stays in the line and is for the whole queue again', async (t) => {
	const centre = await Centre.start(t, { changes: { ...QUIET, 'queue.transfer-wait': 3, 'queue.declined': 3, 'queue.wrap-up': 0 } });
	const anna = await Desk.ready(t, centre, 'anna', { frequency: ANNA_HZ });
	const call = await called(t, centre, '100');
	await talk(anna, call, ANNA_HZ);
	const beat = await Desk.ready(t, centre, 'beat', { frequency: BEAT_HZ });
	await beat.click('pause');
	await beat.state('pause');
	await anna.page.keyboard.press('g');
	await anna.page.locator('.target[data-target="Beat Beispiel"]').click();
	await anna.view((v) => v.state === 'ready' && v.why !== 'transferred' || v.state === 'offered');
	const view = await anna.view((v) => v.state === 'offered');
	assert.equal(view.call.from, 'Anna Muster');
	await anna.click('accept');
	await call.endpoint.hears(ANNA_HZ, { above: HEARD });
	assert.deepEqual((await beat.messages()).filter((m) => m.t === 'view' && m.state === 'offered'), []);
	call.caller.hangUp();
});

test('control is killed while the caller waits for the colleague: it waits on, and that colleague gets it', async (t) => {
	const ports = { 'sip.port': await freeUdpPort(), 'web.port': await freeTcpPort() };
	const centre = await Centre.start(t, { changes: { ...QUIET, ...ports, 'queue.transfer-wait': 300, 'queue.wrap-up': 0 } });
	const anna = await Desk.ready(t, centre, 'anna', { frequency: ANNA_HZ });
	const call = await called(t, centre, '100');
	await talk(anna, call, ANNA_HZ);
	const beat = await Desk.ready(t, centre, 'beat', { frequency: BEAT_HZ });
	await beat.click('pause');
	await beat.state('pause');
	await anna.page.keyboard.press('g');
	await anna.page.locator('.target[data-target="Beat Beispiel"]').click();
	await anna.state('ready');

	await killed(centre);
	await centre.begin();
	await anna.state('ready');
	await beat.view((v) => v.state === 'pause');
	await beat.click('ready');
	const view = await beat.view((v) => v.state === 'offered');
	assert.equal(view.call.from, 'Anna Muster');
	await talk(beat, call, BEAT_HZ);
	assert.equal((await anna.view(() => true)).state, 'ready', 'it was never hers again');
	call.caller.hangUp();
	await beat.view((v) => v.state === 'ready');
	const left = (await timeline(centre)).filter((r) => r.event === 'left');
	assert.deepEqual(left.map((r) => [r.who, r.detail]), [['anna', 'transferred'], ['beat', 'caller_left']]);
});
