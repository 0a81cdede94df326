// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a talk's lines were worth: a home that loses packets is told apart from a carrier that does, in the call's record and
// on the desk.

import assert from 'node:assert/strict';
import test from 'node:test';
import { pageHears } from './lib/browser.mjs';
import { Caller } from './lib/caller.mjs';
import { Centre } from './lib/centre.mjs';
import { Desk } from './lib/desk.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { Nat, relayPort } from './lib/nat.mjs';
import { records } from './lib/records.mjs';
import { until } from './lib/wait.mjs';

const CALLER_HZ = 1000, AGENT_HZ = 440;
const HEARD = -45; // dBov; see first-call.test.mjs
const LOSS = 10; // each tenth packet
const QUIET = { 'queue.greeting': '', 'queue.music': '', 'queue.apology': '' };

// A talk over two lines of which one loses, until the desk names it; then the caller hangs up. What was recorded, by leg and
// direction: { 'line in': row, ... }
async function talk(t, loses) {
	const centre = await Centre.start(t, { changes: QUIET });
	const nat = await Nat.open(t, relayPort(centre));
	const desk = await Desk.ready(t, centre, 'anna', { frequency: AGENT_HZ, before: (context) => nat.behind(context) });
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	if (loses === 'home')
		nat.lose(LOSS);
	else
		endpoint.lossOf = LOSS;
	const caller = await Caller.open(t, { sip: centre.sip() });
	caller.invite({ sdp: endpoint.sdp() });
	assert.equal((await caller.answer('INVITE')).status, 200);
	endpoint.send(caller.remote, { frequency: CALLER_HZ });
	await desk.state('offered');
	await desk.click('accept');
	await pageHears(desk.page, CALLER_HZ, { above: HEARD, timeout: 30000 });
	// poor, or fair where error correction helps already
	const sign = desk.page.locator(`.worth[data-cause="${loses}"]`);
	await sign.waitFor({ timeout: 30000 });
	t.diagnostic(`the desk: ${(await sign.innerText()).split('\n')[0]}`);
	if (loses === 'home') { // until the browser has reported, too: every five seconds or so
		await desk.page.click('.worth summary');
		await desk.page.locator('[data-leg="home"] [data-row="lost_to"] dd', { hasText: /[1-9]/ }).waitFor({ timeout: 60000 });
	}
	caller.hangUp();
	assert.equal((await caller.answer('BYE')).status, 200);
	await desk.state('wrapup');
	const rows = await until('the figures', () => {
		const all = records(centre, 'SELECT * FROM line_quality');
		return all.length === 4 && all;
	});
	for (const r of rows)
		t.diagnostic(`${r.leg} ${r.direction}: ${r.codec}, ${r.lost} of ${r.expected} lost, jitter ${r.jitter_us} us, ` +
			`round trip ${r.round_trip_us} us, R ${r.r_narrow_10 / 10}, MOS ${r.mos_narrow_100 / 100}`);
	await desk.page.locator('.worth').waitFor({ state: 'detached' });
	return Object.fromEntries(rows.map((r) => [`${r.leg} ${r.direction}`, r]));
}

const share = (r) => r.lost / r.expected;

function isWhole(rows) {
	for (const r of Object.values(rows)) {
		assert.equal(r.is_whole, 1);
		// three seconds and more; what the browser heard is as of its last report
		assert.ok(r.expected > (`${r.leg} ${r.direction}` === 'line out' ? 0 : 150), `${r.expected} packets`);
		assert.ok(r.until_ms > r.from_ms);
	}
	// the caller's telephone in this test sends no reports: what it heard nobody knows, and nobody says
	assert.deepEqual([rows['caller out'].lost, rows['caller out'].mos_narrow_100], [null, null]);
}

test('a home that loses each tenth packet: the agent\'s own network, not the carrier\'s', async (t) => {
	const rows = await talk(t, 'home');
	isWhole(rows);
	assert.ok(Math.abs(share(rows['line in']) - 1 / LOSS) < 0.03, `${share(rows['line in'])} lost from the agent`);
	assert.ok(share(rows['line out']) > 0.01, `${share(rows['line out'])} lost to the agent`);
	assert.ok(share(rows['caller in']) < 0.01);
	assert.ok(rows['caller in'].mos_narrow_100 > rows['line out'].mos_narrow_100);
	// the report that it takes may be among what was lost
	assert.ok(rows['line in'].round_trip_us === null || rows['line in'].round_trip_us > 0);
});

test('a carrier that loses each tenth packet: the carrier\'s, not the agent\'s own network', async (t) => {
	const rows = await talk(t, 'caller');
	isWhole(rows);
	assert.ok(Math.abs(share(rows['caller in']) - 1 / LOSS) < 0.03, `${share(rows['caller in'])} lost from the caller`);
	assert.ok(share(rows['line in']) < 0.01);
	assert.ok((rows['line out'].lost ?? 0) / rows['line out'].expected < 0.03); // its browser reports the carrier's gaps, too
	assert.ok(rows['line in'].mos_narrow_100 > rows['caller in'].mos_narrow_100 + 50);
});
