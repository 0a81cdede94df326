// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The caller page as a house switches it on: with a token of its own site a caller reaches an agent, both hear each other
// and the browser sends keys; without one, or while another call from there goes on, it is told why not.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import test from 'node:test';
import { pageHears, startBrowser } from './lib/browser.mjs';
import { Centre, HEIMAMT } from './lib/centre.mjs';
import { LineFarm } from './lib/farm.mjs';
import { records } from './lib/records.mjs';
import { until } from './lib/wait.mjs';

const AGENT = 450, CALLER = 1000;
const HEARD = -45; // dBov: the browser's noise suppression takes a steady tone down

// What docs/caller.md tells a site to do.
function tokenOf(secret, seconds = 300) {
	const what = `${Math.floor(Date.now() / 1000) + seconds}.${crypto.randomBytes(16).toString('hex')}`;
	return `${what}.${crypto.createHmac('sha256', secret).update(what).digest('hex')}`;
}

const told = (centre) => JSON.parse(execFileSync(HEIMAMT, ['caller-token', '--state', centre.state, '--json'], { encoding: 'utf8' }));

// Each key as the browser says that it sends it.
const watchKeys = (context) => context.addInitScript(() => {
	const dtmf = Object.getOwnPropertyDescriptor(RTCRtpSender.prototype, 'dtmf');
	window.pressed = [];
	Object.defineProperty(RTCRtpSender.prototype, 'dtmf', { get() {
		const d = dtmf.get.call(this);
		if (d && !d.isWatched) {
			d.isWatched = true;
			d.addEventListener('tonechange', (ev) => ev.tone && window.pressed.push(ev.tone));
		}
		return d;
	} });
});

test('by a token to a talk, with keys; refused without one, with an old one, and while another call goes on', async (t) => {
	const centre = await Centre.start(t, { changes: { 'web.caller-page-token': 'required', 'web.caller-page-at-once': 1 } });
	const lines = await LineFarm.start(t);
	await lines.login(centre, [{ name: 'beat', hz: AGENT }], { habits: { ready: true, accept: 100, wrapup: 0 } });
	const { page, context } = await startBrowser(t, { frequency: CALLER, before: watchKeys });
	const { secret, token } = told(centre);
	assert.match(secret, /^[0-9a-f]{64}$/);

	await page.goto(centre.callerPage);
	await page.click('[data-action="call"]');
	await page.getByText('nur über die Website').first().waitFor();
	await page.goto('about:blank');
	await page.goto(`${centre.callerPage}#${tokenOf(secret, -120)}`);
	await page.click('[data-action="call"]');
	await page.getByText('war zu lange offen').first().waitFor();
	assert.equal(records(centre, 'SELECT count(*) AS n FROM call')[0].n, 0);

	await page.goto('about:blank');
	await page.goto(`${centre.callerPage}#${tokenOf(secret)}`);
	await page.click('[data-action="call"]');
	await pageHears(page, AGENT, { above: HEARD });
	await lines.event({ event: 'hears', agent: 'beat', what: 'tone', hz: CALLER });
	await page.click('[data-action="keys"]');
	await page.click('[data-key="5"]');
	await page.click('[data-key="#"]');
	await until('the keys that the browser sent', async () => await page.evaluate(() => window.pressed.join('')) === '5#');

	const second = await context.newPage();
	await second.goto(`${centre.callerPage}#${token}`);
	await second.click('[data-action="call"]');
	await second.getByText('Von hier wird schon angerufen').first().waitFor();

	await page.click('[data-action="hangup"]');
	await page.getByText('Sie haben aufgelegt').first().waitFor();
	await second.click('[data-action="again"]');
	await pageHears(second, AGENT, { above: HEARD });
	await second.click('[data-action="hangup"]');
	await until('two calls that ended', () => records(centre, "SELECT count(*) AS n FROM call WHERE kind = 'web' AND ended_ms IS NOT NULL")[0].n === 2);
	for (const word of [secret, token, 'pressed'])
		assert.ok(!centre.log.some((line) => line.includes(word)), `"${word}" in the log`);
	assert.ok(centre.log.some((line) => line.includes('refused: token_bad')));
});

test('only the sites that are named may frame it, and nothing else is framed', async (t) => {
	const centre = await Centre.start(t, { changes: { 'web.caller-page-origins': ['https://www.example.org'] } });
	const policy = async (path) => (await fetch(centre.told.base + path)).headers.get('content-security-policy');
	assert.match(await policy('/caller/'), /frame-ancestors 'self' https:\/\/www\.example\.org/);
	assert.doesNotMatch(await policy('/caller/'), /frame-ancestors 'none'/);
	assert.match(await policy('/login/'), /frame-ancestors 'none'/);
});
