// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The display at the door of the agent's room: two of them follow a real desk, outlive a killed control, and end with
// the shift.  They learn nothing that is not theirs, and nobody keeps their token.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { Caller } from './lib/caller.mjs';
import { Centre, killed, killIfThere } from './lib/centre.mjs';
import { Desk } from './lib/desk.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { freeTcpPort, freeUdpPort } from './lib/ports.mjs';

// Runs in a door's page: each state that it has shown, and when.
function watchDoor() {
	window.__shown = [];
	const note = () => {
		const name = document.querySelector('.door')?.dataset.door;
		if (name && window.__shown.at(-1)?.name !== name)
			window.__shown.push({ name, at: performance.timeOrigin + performance.now() });
	};
	new MutationObserver(note).observe(document, { subtree: true, childList: true, attributes: true });
}

class Door {
	frames = [];

	static async open(browser, address) {
		const door = new Door();
		const context = await browser.newContext({ locale: 'de-CH' });
		await context.addInitScript(watchDoor);
		door.page = await context.newPage();
		door.page.on('websocket', (ws) => ws.on('framereceived', ({ payload }) => door.frames.push(JSON.parse(payload))));
		await door.page.goto(address);
		return door;
	}

	shows(name, timeout = 30000) {
		return this.page.waitForSelector(`.door[data-door="${name}"]`, { timeout });
	}

	shown() {
		return this.page.evaluate(() => window.__shown);
	}
}

function relaysOf(state) {
	return fs.readdirSync('/proc').filter((p) => {
		try {
			const words = fs.readFileSync(`/proc/${p}/cmdline`, 'utf8').split('\0');
			return words[0].endsWith('heimamt-relay') && words.some((w) => w.startsWith(`${state}/`));
		} catch {
			return false;
		}
	}).map(Number);
}

async function calls(t, centre) {
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	const caller = await Caller.open(t, { sip: centre.sip() });
	caller.invite({ sdp: endpoint.sdp() });
	assert.equal((await caller.answer('INVITE')).status, 200);
	endpoint.send(caller.remote);
	return caller;
}

// When the desk was told of a state for the last time, in the doors' time.
function deskTold(desk, state) {
	return desk.page.evaluate((s) => {
		const views = window.__desk.messages.filter((m) => m.t === 'view');
		let i = views.length - 1;
		while (views[i].state !== s)
			i--;
		while (i > 0 && views[i - 1].state === s)
			i--;
		return performance.timeOrigin + views[i].at;
	}, state);
}

// Both doors show it; by how much later than the desk was told.
async function follow(desk, doors, state, name, delays) {
	await desk.state(state);
	await Promise.all(doors.map((d) => d.shows(name)));
	const told = await deskTold(desk, state);
	for (const door of doors)
		delays.push(Math.round((await door.shown()).at(-1).at - told));
}

test('door: two displays follow the agent, outlive a killed control, and end with the shift', async (t) => {
	const centre = await Centre.start(t, { changes: { 'web.port': await freeTcpPort(), 'sip.port': await freeUdpPort() } });
	t.after(() => relaysOf(centre.state).forEach(killIfThere));
	const desk = await Desk.ready(t, centre, 'anna');
	await desk.click('door_open');
	const address = await desk.page.getAttribute('[data-action="door_here"]', 'href', { timeout: 20000 });
	assert.match(address, new RegExp(`^${centre.told.base}/door/#[0-9a-f]{64}$`));
	const token = address.split('#')[1];
	await desk.page.keyboard.press('Escape');

	const doors = [await Door.open(desk.browser, address), await Door.open(desk.browser, address)];
	const delays = [];
	await Promise.all(doors.map((d) => d.shows('free')));
	await desk.view((v) => v.door?.pages === 2);

	const caller = await calls(t, centre);
	await desk.state('offered');
	await desk.click('accept');
	await follow(desk, doors, 'talking', 'call', delays);
	caller.hangUp();
	await follow(desk, doors, 'wrapup', 'work', delays);
	await desk.click('wrapup_done');
	await follow(desk, doors, 'ready', 'free', delays);
	await desk.click('pause');
	await follow(desk, doors, 'pause', 'pause', delays);
	delays.sort((a, b) => a - b);
	t.diagnostic(`a door shows a change so many ms after the desk was told of it: ${delays.join(', ')}`);
	assert.ok(delays[Math.floor(delays.length / 2)] < 1000, 'the middle one: the worst is the machine\'s');
	for (const door of doors)
		assert.deepEqual((await door.shown()).map((s) => s.name), ['unknown', 'free', 'call', 'work', 'free', 'pause']);

	await desk.click('door_back_15');
	const says = (door) => door.page.waitForSelector('.when:not([hidden])').then((el) => el.innerText());
	const back = await says(doors[0]);
	assert.match(back, /^zurück um \d\d:\d\d$/);

	await killed(centre);
	await Promise.all(doors.map((d) => d.shows('unknown')));
	await centre.begin();
	await Promise.all(doors.map((d) => d.shows('pause')));
	for (const door of doors)
		assert.equal(await says(door), back, 'what was said of the pause is not forgotten');
	await desk.view((v) => v.state === 'pause' && v.line === 'up' && v.door?.pages === 2);
	await desk.click('ready');
	await follow(desk, doors, 'ready', 'free', []);
	const second = await calls(t, centre);
	await desk.state('offered');
	await desk.click('accept');
	await follow(desk, doors, 'talking', 'call', []);
	second.hangUp();
	await follow(desk, doors, 'wrapup', 'work', []);

	await desk.click('wrapup_done');
	await desk.state('ready');
	await desk.click('end');
	await desk.state('out');
	await Promise.all(doors.map((d) => d.shows('over')));
	assert.equal((await fetch(`${centre.told.base}/ws/door/${token}`)).status, 401);
	await doors[0].page.reload();
	await doors[0].shows('ended');
	const late = await Door.open(desk.browser, address);
	await late.shows('ended');
	assert.deepEqual(late.frames, []);
	await desk.click('line');
	await desk.view((v) => v.line === 'up');
	await desk.click('start');
	await desk.state('away');
	assert.equal((await fetch(`${centre.told.base}/ws/door/${token}`)).status, 401, 'nor in the next shift');

	const words = new Set();
	for (const frame of doors.flatMap((d) => d.frames)) {
		assert.deepEqual(Object.keys(frame), ['t', 'protocol', 'state', 'back_at']);
		words.add(frame.state);
	}
	assert.deepEqual([...words].sort(), ['call', 'free', 'over', 'pause', 'work']);
	await centre.stop();
	assert.ok(!centre.log.some((l) => l.includes(token)));
	const files = fs.readdirSync(centre.state, { recursive: true }).map((f) => path.join(centre.state, f))
		.filter((f) => fs.statSync(f).isFile());
	assert.ok(files.some((f) => f.endsWith('.db')));
	assert.deepEqual(files.filter((f) => fs.readFileSync(f).includes(token)), []);
});
