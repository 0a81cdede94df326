// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What happens at home in mid-talk: the page is loaded anew, the browser dies, the router forgets its ports, the
// network is away.  The caller must never pay for it.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { pageHears } from './lib/browser.mjs';
import { Caller } from './lib/caller.mjs';
import { Centre, killIfThere } from './lib/centre.mjs';
import { Desk } from './lib/desk.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { longestGap, Nat, relayPort } from './lib/nat.mjs';
import { sleep, until } from './lib/wait.mjs';

const CALLER_HZ = 1000, AGENT_HZ = 440;
const HEARD = -45; // dBov; see first-call.test.mjs
// A spoken greeting has some 440 Hz in it; here nothing but the agent may have.
const QUIET = { 'queue.greeting': '', 'queue.music': '', 'queue.apology': '' };

async function call(t, centre, frequency = CALLER_HZ) {
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	const caller = await Caller.open(t, { sip: centre.sip() });
	caller.invite({ sdp: endpoint.sdp() });
	assert.equal((await caller.answer('INVITE')).status, 200);
	endpoint.send(caller.remote, { frequency });
	return { endpoint, caller };
}

async function talk(t, centre, desk) {
	const { endpoint, caller } = await call(t, centre);
	await desk.state('offered');
	await desk.click('accept');
	await bothHear(desk, endpoint);
	return { endpoint, caller };
}

function bothHear(desk, endpoint) {
	return Promise.all([pageHears(desk.page, CALLER_HZ, { above: HEARD, timeout: 30000 }),
		endpoint.hears(AGENT_HZ, { above: HEARD, timeout: 30000 })]);
}

// A browser behind a router.
async function homeDesk(t, centre) {
	const nat = await Nat.open(t, relayPort(centre));
	const desk = await Desk.ready(t, centre, 'anna', { frequency: AGENT_HZ, before: (context) => nat.behind(context) });
	return { nat, desk };
}

// As a crash: no page says goodbye.
async function kill(browser) {
	const pids = fs.readdirSync('/proc').filter((p) => {
		try {
			return fs.readFileSync(`/proc/${p}/cmdline`, 'utf8').includes(browser.folder);
		} catch {
			return false;
		}
	});
	assert.ok(pids.length > 0);
	for (const pid of pids)
		killIfThere(Number(pid));
}

test('home: the page is loaded anew in mid-talk, and the talk goes on', async (t) => {
	const centre = await Centre.start(t, { changes: QUIET });
	const desk = await Desk.ready(t, centre, 'anna', { frequency: AGENT_HZ });
	const { endpoint, caller } = await talk(t, centre, desk);
	const begun = performance.now();
	await desk.page.reload({ waitUntil: 'commit' });
	await until('the line to be lost', () => centre.log.some((l) => /: interrupted/.test(l)));
	await bothHear(desk, endpoint);
	const seconds = (performance.now() - begun) / 1000;
	t.diagnostic(`voice both ways ${seconds.toFixed(2)} s after the reload`);
	assert.ok(seconds < 15, 'before the caller would be given back');
	await desk.state('talking');
	assert.ok(centre.log.some((l) => /: resumed/.test(l)));
	await desk.click('hangup');
	assert.equal((await caller.got('BYE')).method, 'BYE');
	await desk.state('wrapup');
});

test('home: a browser dies in mid-talk; its caller reaches the other agent before one who came later', async (t) => {
	const centre = await Centre.start(t, { changes: { ...QUIET, 'web.regain': 3 } });
	const anna = await Desk.ready(t, centre, 'anna', { frequency: AGENT_HZ });
	const first = await talk(t, centre, anna);
	const beat = await Desk.ready(t, centre, 'beat', { frequency: 600 });
	await beat.click('pause');
	await beat.state('pause');
	const second = await call(t, centre, 1500);
	await kill(anna);
	await until('the talk to be given up', () => centre.log.some((l) => /: left, line_lost/.test(l)));
	await beat.click('ready');
	await beat.state('offered');
	await beat.click('accept');
	await pageHears(beat.page, CALLER_HZ, { above: HEARD });
	await first.endpoint.hears(600, { above: HEARD });
	assert.ok(second.endpoint.levels([600])[600] < HEARD, 'who came later waits');
	assert.ok(!centre.log.some((l) => /offer_timeout/.test(l)), 'nobody is blamed');
	first.caller.hangUp();
	await beat.state('wrapup');
});

// By so many ms the longest gap of two seconds is longer with a rebinding in it than before it, in each direction.
async function rebindAdds(t, nat, endpoint) {
	const begun = performance.now();
	await sleep(2000);
	const rebound = performance.now();
	await nat.rebind();
	await sleep(2000);
	const now = performance.now();
	const arrived = endpoint.packets.map((p) => p.at);
	const gaps = { before: longestGap(arrived, begun, rebound), after: longestGap(arrived, rebound, now),
		backBefore: longestGap(nat.towardsBrowser, begun, rebound), back: longestGap(nat.towardsBrowser, rebound, now) };
	t.diagnostic(`longest gap towards the caller ${gaps.after.toFixed(0)} ms (before: ${gaps.before.toFixed(0)}), ` +
		`towards the browser ${gaps.back.toFixed(0)} ms (before: ${gaps.backBefore.toFixed(0)})`);
	return { there: gaps.after - gaps.before, back: gaps.back - gaps.backBefore };
}

test('home: the router forgets its ports in mid-talk', async (t) => {
	const centre = await Centre.start(t, { changes: QUIET });
	const { nat, desk } = await homeDesk(t, centre);
	const { endpoint } = await talk(t, centre, desk);
	// What counts is what the rebinding adds: on a busy machine the browser itself pauses, now and then longer than
	// before, which no rebinding repeats.
	const added = [];
	for (let i = 0; i < 3 && !added.some((a) => a.there < 100 && a.back < 100); i++)
		added.push(await rebindAdds(t, nat, endpoint));
	assert.ok(added.some((a) => a.there < 100), 'towards the caller');
	assert.ok(added.some((a) => a.back < 100), 'towards the browser');
	await bothHear(desk, endpoint);
	assert.ok(!centre.log.some((l) => /: interrupted/.test(l)), 'nobody noticed');
});

test('home: the network is away for five seconds, and the talk goes on', async (t) => {
	const centre = await Centre.start(t, { changes: QUIET });
	const { nat, desk } = await homeDesk(t, centre);
	const { endpoint } = await talk(t, centre, desk);
	nat.away(true);
	await desk.state('interrupted');
	await sleep(5000 - 1000);
	assert.ok(endpoint.levels([AGENT_HZ])[AGENT_HZ] < HEARD);
	nat.away(false);
	const back = performance.now();
	await bothHear(desk, endpoint);
	t.diagnostic(`voice both ways ${((performance.now() - back) / 1000).toFixed(2)} s after the network came back`);
	await desk.state('talking');
	await desk.click('hangup');
	await desk.state('wrapup');
});
