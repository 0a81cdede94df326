// SPDX-License-Identifier: AGPL-3.0-or-later
// The centre starts, says where it is, serves strangers nothing, ends at once, and starts again with its data.

import test from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { Centre } from './lib/centre.mjs';
import { Caller } from './lib/caller.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { Sipp } from './lib/sipp.mjs';

test('start: pages, login links and the SIP address are there', async (t) => {
	const centre = await Centre.start(t);
	for (const page of ['/desk/', '/caller/']) {
		const answer = await fetch(centre.told.base + page);
		assert.equal(answer.status, 200, page);
		assert.match(answer.headers.get('content-security-policy'), /default-src 'none'|default-src 'self'/);
	}
	assert.deepEqual(Object.keys(centre.told.links).sort(), ['anna', 'beat']);
	assert.equal((await fetch(centre.link('anna'))).status, 200);
	assert.equal((await fetch(`${centre.told.base}/../etc/passwd`)).status, 404);
	await (await Sipp.start(t, 'options', { sip: centre.sip(), replace: { STATUS: 200 } })).ended();
});

test('start: a number that is none gets 404, and where nobody works 480', async (t) => {
	const centre = await Centre.start(t);
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	for (const [number, expected] of [['999', 404], ['100', 480]]) {
		const caller = await Caller.open(t, { sip: centre.sip(number) });
		caller.invite({ sdp: endpoint.sdp() });
		assert.equal((await caller.answer('INVITE')).status, expected, number);
	}
	await (await Sipp.start(t, 'refused', { sip: centre.sip(), endpoint, replace: { STATUS: 480 } })).ended();
	assert.equal(endpoint.packets.length, 0);
});

test('start: it ends on Ctrl-C with status 0, its relay with it, and starts again with its data', async (t) => {
	const centre = await Centre.start(t);
	const { pid } = centre.program;
	assert.deepEqual(await centre.stop(), { code: 0, signal: null });
	assert.equal(relaysOf(centre.state).length, 0, 'a relay was left');
	assert.ok(fs.readdirSync(centre.state).some((f) => f.endsWith('.db')), 'records');
	await centre.begin();
	assert.notEqual(centre.program.pid, pid);
	assert.ok(centre.link('anna'));
});

// Relays whose command line names this state.
function relaysOf(state) {
	return fs.readdirSync('/proc').filter((p) => {
		try {
			const line = fs.readFileSync(`/proc/${p}/cmdline`, 'utf8');
			return line.includes('heimamt-relay') && line.includes(state);
		} catch {
			return false;
		}
	});
}
