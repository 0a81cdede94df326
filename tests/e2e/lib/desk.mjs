// SPDX-License-Identifier: AGPL-3.0-or-later
//
// desk -- an agent in a real browser: the page, its buttons, and what the centre told it.

import { startBrowser } from './browser.mjs';
import { records } from './records.mjs';
import { proveSecond } from './second.mjs';
import { until, within } from './wait.mjs';

// Runs in the page before its own scripts: the messages of its WebSocket, both ways, and a way to send one more.
function watchSockets() {
	const messages = [], sent = [];
	const Native = window.WebSocket;
	let newest = null;
	window.WebSocket = class WebSocket extends Native {
		constructor(...args) {
			super(...args);
			window.__desk.opened++;
			newest = this;
			this.addEventListener('message', (e) => messages.push({ at: performance.now(), ...JSON.parse(e.data) }));
		}

		send(text) {
			sent.push(JSON.parse(text));
			super.send(text);
		}
	};
	Object.defineProperty(window, '__desk', { value: { messages, sent, opened: 0,
		send: (m) => newest.send(JSON.stringify(m)) } });
}

export class Desk {
	// Logs in with a one-time link and waits for the first view.
	static async open(t, centre, name, options = {}) {
		const desk = new Desk();
		Object.assign(desk, await startBrowser(t, options));
		await desk.context.addInitScript(watchSockets);
		desk.name = name;
		desk.centre = centre;
		await desk.page.goto(centre.link(name));
		await desk.page.waitForSelector('[data-state="out"]', { timeout: 20000 });
		return desk;
	}

	static async ready(t, centre, name, options = {}) {
		const desk = await Desk.open(t, centre, name, options);
		await desk.begin();
		return desk;
	}

	// Microphone, line, shift, ready.
	async begin() {
		await this.click('line');
		await this.view((v) => v.line === 'up');
		await this.declare();
		await this.click('start');
		await this.state('away');
		await this.click('ready');
		await this.state('ready');
	}

	// At home: the one statement of the shift, by its button.  At the office nothing.
	async declare() {
		const view = await this.view(() => true);
		if (view.agent.workplace !== 'home')
			return;
		await this.prove();
		await this.click('declare', '');
		await this.view((v) => !v.home.missing.some((x) => /declaration/.test(x)));
	}

	// Two factors for this page's session, where it has one [RULES T4].
	async prove() {
		const view = await this.view(() => true);
		if (!view.home.missing.includes('one_factor'))
			return;
		await proveSecond(this.centre, this.name, (path, body) => this.page.evaluate(async ([p, b]) => {
			const answer = await fetch(`/${p}`, { method: 'POST', body: JSON.stringify(b),
				headers: { 'Content-Type': 'application/json' } });
			if (!answer.ok)
				throw new Error(`${p}: ${answer.status} ${await answer.text()}`);
			return answer.json();
		}, [path, body]));
		await this.view((v) => !v.home.missing.includes('one_factor'));
	}

	// Reads the agreement and signs it; code: of `heimamt enrol`, where this device has no key yet.
	async sign(code) {
		await this.click('paper', '');
		await this.page.waitForSelector('.paper-text', { timeout: 20000 });
		if (code)
			await this.#enrol(code);
		await this.click('sign', '');
		return this.view((v) => !v.home.missing.some((x) => !/declaration|factor/.test(x)));
	}

	// A code that another process made is known to the centre at its next look, within a quarter of a second.
	async #enrol(code) {
		const keys = () => records(this.centre, 'SELECT count(*) AS n FROM device_key')[0].n;
		const refusals = async () => (await this.messages()).filter((m) => m.t === 'error' && m.code === 'no_code').length;
		const before = keys();
		do {
			const refused = await refusals();
			await this.page.fill('#code', code);
			await this.click('enrol', '');
			await until('an answer to the code', async () => keys() > before || (await refusals()) > refused);
		} while (keys() === before);
	}

	async click(action, enabled = '[aria-disabled="false"]') {
		await this.page.click(`[data-action="${action}"]${enabled}`, { timeout: 20000 });
	}

	// Until the page shows this state.
	state(name, timeout = 20000) {
		return this.page.waitForSelector(`.now[data-state="${name}"]`, { timeout });
	}

	messages() {
		return this.page.evaluate(() => window.__desk.messages);
	}

	// What the page has said, in order.
	sent() {
		return this.page.evaluate(() => window.__desk.sent);
	}

	// Until the last view that the centre sent is like this.
	view(is, timeout = 20000) {
		return until(`a view for ${this.name}`, async () => {
			const last = (await this.messages()).filter((m) => m.t === 'view').at(-1);
			return last && is(last) ? last : null;
		}, { timeout });
	}

	async send(message) {
		await this.page.evaluate((m) => window.__desk.send(m), message);
	}

	// The line's counters as the relay has them now.
	async stats() {
		const ref = `test${Math.random()}`.slice(0, 20);
		await this.send({ t: 'line.stats', ref });
		return within('the line\'s counters', until('counters', async () =>
			(await this.messages()).find((m) => m.t === 'line.stats' && m.ref === ref)));
	}
}
