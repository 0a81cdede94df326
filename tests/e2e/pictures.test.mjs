// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Pictures taken from the real centre during a real call, so that they never go stale.
// They are written to build/pictures/; desk-talk.png of them is the README's, in docs/pictures. Those of every page in four languages
// are made by desk/test/pictures.js.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { Caller } from './lib/caller.mjs';
import { Centre, ROOT } from './lib/centre.mjs';
import { Desk } from './lib/desk.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { Nat, relayPort } from './lib/nat.mjs';
import { sleep } from './lib/wait.mjs';

const FOLDER = path.resolve(ROOT, process.env.HEIMAMT_PICTURES ?? 'build/pictures');
const LOOKS = [
	{ name: '', width: 1280, height: 800, scheme: 'light' },
	{ name: '-dark', width: 1280, height: 800, scheme: 'dark' },
	{ name: '-390', width: 390, height: 844, scheme: 'light' },
	{ name: '-390-dark', width: 390, height: 844, scheme: 'dark' },
];

async function take(page, what) {
	for (const look of LOOKS) {
		await page.setViewportSize({ width: look.width, height: look.height });
		await page.emulateMedia({ colorScheme: look.scheme, reducedMotion: 'reduce' });
		await sleep(200);
		const wide = await page.evaluate(() => document.documentElement.scrollWidth);
		assert.ok(wide <= look.width, `${what}${look.name} scrolls sideways: ${wide}`);
		const file = path.join(FOLDER, `${what}${look.name}.png`);
		await page.screenshot({ path: file });
		assert.ok(fs.statSync(file).size > 5000);
	}
}

test('pictures: the desk and the caller page in each state', async (t) => {
	fs.mkdirSync(FOLDER, { recursive: true });
	// nothing that is shown ends before it is taken
	const centre = await Centre.start(t, { changes: { 'web.regain': 120, 'queue.offer': 120 } });
	const nat = await Nat.open(t, relayPort(centre));
	const desk = await Desk.open(t, centre, 'anna', { context: { locale: 'en-GB' }, before: (context) => nat.behind(context) });
	await desk.click('line');
	await desk.view((v) => v.line === 'up');
	await sleep(1500);
	await take(desk.page, 'desk-test');
	await desk.declare();
	await desk.click('start');
	await desk.state('away');
	await desk.click('ready');
	await desk.state('ready');
	await take(desk.page, 'desk-idle');
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	const caller = await Caller.open(t, { sip: centre.sip() });
	caller.invite({ sdp: endpoint.sdp() });
	await caller.answer('INVITE');
	endpoint.send(caller.remote);
	await desk.state('offered');
	await desk.page.waitForSelector('[data-action="accept"][aria-disabled="false"]');
	await sleep(1500);
	await take(desk.page, 'desk-offer');
	await desk.click('accept');
	await desk.state('talking');
	await sleep(2500);
	await take(desk.page, 'desk-talk');
	nat.away(true);
	await desk.state('interrupted');
	await take(desk.page, 'desk-interrupted');
	nat.away(false);
	await desk.state('talking');
	caller.hangUp();
	await desk.state('wrapup');
	await take(desk.page, 'desk-wrapup');
	const page = await desk.context.newPage();
	await page.goto(centre.callerPage);
	await page.waitForSelector('[data-action="call"]');
	await take(page, 'caller');
});
