// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Two relays: the least loaded one gets the next leg, so that caller and agent are often apart, and a hop joins
// them.  Both must hear each other all the same.

import assert from 'node:assert/strict';
import test from 'node:test';
import { pageHears } from './lib/browser.mjs';
import { Caller } from './lib/caller.mjs';
import { Centre } from './lib/centre.mjs';
import { Desk } from './lib/desk.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { sleep } from './lib/wait.mjs';

test('a talk between two relays: voice both ways, nothing lost', async (t) => {
	const centre = await Centre.start(t, { changes: { 'relay.count': 2, 'queue.greeting': '', 'queue.music': '' } });
	const desk = await Desk.ready(t, centre, 'anna');
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	const caller = await Caller.open(t, { sip: centre.sip() });
	caller.invite({ sdp: endpoint.sdp() });
	await caller.answer('INVITE');
	endpoint.send(caller.remote, { frequency: 1000 });
	await desk.state('offered');
	await desk.click('accept');
	await pageHears(desk.page, 1000, { above: -45 });
	await endpoint.hears(440, { above: -45 });
	await sleep(1000);
	assert.equal(endpoint.loss().lost, 0);
	// the line came first, into the first relay; the ports are divided evenly
	assert.equal(centre.log.filter((l) => / is up: process /.test(l)).length, 2);
	assert.ok(caller.remote.port >= 42500, 'the caller is in the second relay');
	assert.notEqual((await desk.stats()).rx_forwarded, 0);
	caller.hangUp();
	await desk.state('wrapup');
});
