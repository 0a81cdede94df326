// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A whole shift by keyboard alone, at home, against the real centre with a real call: from the letter's link, over password and second
// factor, to "log out".  After every step the focus is somewhere, can be seen, and leads on: no key is a trap.

import assert from 'node:assert/strict';
import test from 'node:test';
import { pageHears } from './lib/browser.mjs';
import { Caller } from './lib/caller.mjs';
import { Centre } from './lib/centre.mjs';
import { Desk } from './lib/desk.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { App } from './lib/second.mjs';
import { until } from './lib/wait.mjs';

const PASSWORD = 'wer-nicht-klickt-der-tippt';
const MOST_STOPS = 90; // of the Tab key on one page

// A hand on the keyboard of one page. Every press ends with a look at the focus.
class Hand {
	constructor(page) {
		this.page = page;
	}

	// What has the focus: nothing, or something that nobody can see, is a fault.
	async focus(what) {
		const is = await until(`a focus ${what}`, () => this.page.evaluate(() => {
			const el = document.activeElement;
			if (!el || el === document.body || !el.isConnected)
				return null;
			const box = el.getBoundingClientRect();
			const style = getComputedStyle(el);
			return { what: `${el.tagName} ${el.id || el.dataset.action || el.name || el.textContent.trim().slice(0, 30)}`,
				seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && box.width > 0 && box.height > 0 };
		}));
		assert.ok(is.seen, `the focus cannot be seen ${what}: ${is.what}`);
		return is.what;
	}

	async press(key) {
		await this.page.keyboard.press(key);
		return this.focus(`after ${key}`);
	}

	// Tab until this has it.
	async to(selector) {
		await this.page.waitForSelector(selector);
		for (let i = 0; i < MOST_STOPS; i++) {
			if (await this.page.evaluate((s) => document.activeElement?.matches(s), selector))
				return this.focus(`at ${selector}`);
			await this.page.keyboard.press('Tab');
		}
		throw new Error(`Tab never comes to ${selector}`);
	}

	async type(selector, text) {
		await this.to(selector);
		await this.page.keyboard.press('Control+a');
		await this.page.keyboard.type(text);
	}

	// Tab comes round, and Shift Tab back: no place keeps it.
	async round(what) {
		const at = () => this.page.evaluate(() => {
			window.__stops ??= new Map();
			const el = document.activeElement;
			if (!window.__stops.has(el))
				window.__stops.set(el, window.__stops.size);
			return window.__stops.get(el);
		});
		if (await this.page.evaluate(() => document.activeElement.tabIndex < 0))
			await this.page.keyboard.press('Tab'); // from a heading, to which Tab never leads
		const first = await at();
		let last = first, stops = 0;
		do {
			await this.page.keyboard.press('Tab');
			const now = await at();
			assert.notEqual(now, last, `${what}: Tab stays at stop ${stops}`);
			last = now;
			stops++;
		} while (last !== first && stops < MOST_STOPS);
		assert.ok(stops < MOST_STOPS, `${what}: Tab never comes round`);
		await this.page.keyboard.press('Shift+Tab');
		assert.notEqual(await at(), first, `${what}: Shift Tab stays`);
		await this.page.keyboard.press('Tab');
		return stops;
	}
}

const PATIENCE_MS = 60000; // a busy machine is not a failure
const shown = (page, state) => page.waitForSelector(`.now[data-state="${state}"]`, { timeout: PATIENCE_MS });

// A link that opens beside: the page that comes.
async function beside(context, act) {
	const coming = context.waitForEvent('page');
	await act();
	const page = await coming;
	await page.waitForLoadState();
	return page;
}

// The second factor and a password, on the account's page.
async function secure(context, hand) {
	await hand.to('[data-action="second"]');
	const page = await beside(context, () => hand.page.keyboard.press('Enter'));
	const account = new Hand(page);
	await account.to('[data-action="app_draft"]');
	await page.keyboard.press('Enter');
	const secret = await page.waitForSelector('[data-secret]');
	const app = new App(await secret.getAttribute('data-secret'));
	await account.type('input[name="code"]', await app.next());
	await page.keyboard.press('Enter');
	await page.waitForSelector('[data-factors="2"]');
	await account.type('input[name="password"]', PASSWORD);
	await page.keyboard.press('Enter');
	await page.waitForSelector('section[aria-labelledby="h-password"] [role="status"]');
	await account.round('the account');
	await page.close();
	return app;
}

async function logIn(page, app) {
	const hand = new Hand(page);
	await hand.type('input[name="login"]', 'anna');
	await hand.type('input[name="password"]', PASSWORD);
	await page.keyboard.press('Enter');
	await page.waitForSelector('input[name="code"]');
	await hand.type('input[name="code"]', await app.next());
	await page.keyboard.press('Enter');
	await shown(page, 'out');
}

// A colleague, in a tab of its own, to whom the caller can be handed on once it is ready.
async function colleague(centre, browser) {
	const context = await browser.newContext({ locale: 'de-CH', permissions: ['microphone'] });
	const page = await context.newPage();
	await page.goto(centre.link('beat'));
	await shown(page, 'out');
	await follow(page, 'l', 'start');
	return page;
}

// A key, and the action that it leads to.
async function follow(page, key, enabled) {
	await page.keyboard.press(key);
	await page.waitForSelector(`[data-action="${enabled}"][aria-disabled="false"]`, { timeout: PATIENCE_MS });
}

test('keyboard: a whole shift without a mouse', async (t) => {
	const centre = await Centre.start(t, { changes: { 'queue.greeting': '', 'queue.music': '' } });
	const desk = await Desk.open(t, centre, 'anna', { before: (context) => context.addInitScript(() => {
		window.__pointers = 0;
		addEventListener('pointerdown', () => window.__pointers++, true);
	}) });
	const { page, context } = desk;
	const hand = new Hand(page);

	// the letter's link led here; where the agent works, and two factors for it
	await hand.to('[name="workplace"]:checked');
	await hand.press('ArrowUp');
	await desk.view((v) => v.agent.workplace === 'office');
	await hand.press('ArrowDown');
	await desk.view((v) => v.agent.workplace === 'home');
	const app = await secure(context, hand);
	await desk.view((v) => !v.home.missing.includes('one_factor'));
	await page.keyboard.press('Shift+L');
	await page.waitForSelector('code');
	await page.goto(`${centre.told.base}/login/`);
	await logIn(page, app);

	// line, test, declaration, shift
	await hand.to('[name="workplace"]:checked');
	await page.keyboard.press('Shift+Tab'); // letters are the radio's own while it has the focus
	await hand.press('l');
	await desk.view((v) => v.line === 'up');
	await page.waitForSelector('[data-action="start"][aria-disabled="false"]');
	await hand.press('t');
	await desk.view((v) => v.testing);
	await page.waitForSelector('.row[data-good="true"]');
	await hand.press('t');
	await desk.view((v) => !v.testing);
	await hand.press('d');
	await desk.view((v) => v.home.missing.length === 0);
	assert.ok(await hand.round('before the shift') >= 5);
	await hand.to('[data-action="start"]');
	await hand.press('Enter'); // the button goes with the state: the focus is at the new one
	await shown(page, 'away');
	await hand.focus('in the shift');
	await hand.press('r');
	await shown(page, 'ready');

	// a call
	const beat = await colleague(centre, desk.browser);
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	const caller = await Caller.open(t, { sip: centre.sip() });
	caller.invite({ sdp: endpoint.sdp() });
	await caller.answer('INVITE');
	endpoint.send(caller.remote, { frequency: 1000 });
	await shown(page, 'offered');
	await page.waitForSelector('[data-action="accept"][aria-disabled="false"]');
	await hand.press('Control+Enter');
	await shown(page, 'talking');
	await pageHears(page, 1000, { above: -45 });
	await hand.press('m');
	await page.waitForSelector('[data-action="unmute"]');
	await hand.press('m');
	await page.waitForSelector('[data-action="mute"]');
	await hand.press('p');
	await desk.view((v) => v.pause_after);
	await hand.press('p');
	await desk.view((v) => !v.pause_after);
	await hand.press('k');
	await page.waitForSelector('dialog.keypad[open]');
	await hand.press('5');
	assert.ok((await desk.sent()).some((m) => m.t === 'key' && m.key === '5'));
	await hand.round('the keypad');
	await hand.press('Escape');
	await page.waitForSelector('dialog', { state: 'detached' });
	await hand.press('h');
	await shown(page, 'hold');
	await hand.press('h');
	await shown(page, 'talking');

	// somebody walks in, and out again
	await hand.press('F8');
	await page.waitForSelector('.cover');
	await desk.view((v) => v.state === 'hold');
	await page.keyboard.down('ShiftLeft');
	await page.keyboard.down('ShiftRight');
	await page.waitForSelector('.cover[data-open="true"]');
	await page.keyboard.up('ShiftLeft');
	await page.keyboard.up('ShiftRight');
	await page.waitForSelector('[data-action="cover-resume"][aria-disabled="false"]');
	await hand.focus('at the way back');
	await hand.press('Control+Enter');
	await shown(page, 'talking');
	await hand.focus('back at the desk');

	// handed on to a colleague
	await follow(beat, 's', 'ready');
	await follow(beat, 'r', 'pause');
	await hand.press('g');
	await page.waitForSelector('.target[data-target^="Beat"][aria-disabled="false"]');
	await page.keyboard.type('beat');
	await page.waitForSelector('.target[aria-selected="true"]');
	await hand.press('Enter');
	await shown(page, 'wrapup');
	await hand.focus('after the transfer');
	await shown(beat, 'offered');
	await hand.press('p');
	await shown(page, 'pause');

	// one's own data, all keys, another language, and home
	await hand.to('[data-action="own"]');
	const own = await beside(context, () => page.keyboard.press('Enter'));
	await own.waitForSelector('[data-table="agent"]');
	await new Hand(own).to('[data-action="file"]');
	await own.close();
	await hand.press('?');
	await page.waitForSelector('dialog.help[open]');
	await hand.round('all keys');
	await hand.press('Escape');
	await hand.to('.menu summary');
	await hand.press('Enter');
	await hand.to('.menu select');
	await page.keyboard.type('Fr');
	await page.waitForFunction(() => document.documentElement.lang === 'fr');
	await hand.focus('in French');
	await hand.to('.menu summary');
	await hand.press('Enter');
	await hand.press('Shift+E');
	await shown(page, 'out');
	await page.keyboard.press('Shift+L');
	await page.waitForSelector('code');
	assert.equal(await page.evaluate(() => window.__pointers), 0, 'no hand was on a mouse');
	caller.hangUp();
});
