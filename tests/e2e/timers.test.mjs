// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Session timers (RFC 4028) and UPDATE (RFC 3311) at the real centre: what the headers say, and the refresh of a call of the
// shortest interval that there is, 90 s, which is due after 45.

import assert from 'node:assert/strict';
import test from 'node:test';
import { Caller } from './lib/caller.mjs';
import { Centre } from './lib/centre.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { LineFarm } from './lib/farm.mjs';
import { records } from './lib/records.mjs';
import { sleep, until } from './lib/wait.mjs';

const KNOWS = 'Supported: timer', ALLOWS = 'Allow: INVITE, ACK, BYE, UPDATE';
const REFRESH_S = 45, END_S = 60; // of 90: half of it, and 30 before its end (section 10)
const LATE_S = 10;

// A queue with somebody at its line, who takes no call: callers hear music.
const QUEUE = '\nqueue "probe" {\n\tnumber = "370"\n\tname = "Probe"\n\tlanguage = "de"\n\tmusic = "music"\n\tannounce = 0\n}\n' +
	'\nagent "eva" {\n\tname = "Eva"\n\tqueues = { "probe" }\n}\n';

async function staffed(t, changes = {}) {
	const centre = await Centre.start(t, { changes, more: QUEUE });
	const lines = await LineFarm.start(t);
	await lines.login(centre, [{ name: 'eva', hz: 450 }], { habits: { ready: false } });
	return centre;
}

async function call(t, centre, headers) {
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	const caller = await Caller.open(t, { sip: centre.sip('370') });
	caller.takes.push('UPDATE');
	caller.invite({ sdp: endpoint.sdp(), headers });
	return { endpoint, caller, answer: await caller.answer('INVITE') };
}

const header = (m, name) => m.headers[name]?.[0] ?? '';
const since = (from) => (performance.now() - from) / 1000;

test('session timers: an interval that is too small gets 422, UPDATE moves the voice, a call is refreshed or over', async (t) => {
	const centre = await staffed(t);
	const small = await call(t, centre, [KNOWS, 'Session-Expires: 89']);
	assert.equal(small.answer.status, 422);
	assert.equal(header(small.answer, 'min-se'), '90');

	const from = performance.now();
	const ours = await call(t, centre, [KNOWS, ALLOWS, 'Session-Expires: 90;refresher=uas']);
	const theirs = await call(t, centre, [KNOWS, ALLOWS, 'Session-Expires: 90;refresher=uac']);
	assert.equal(ours.answer.status, 200);
	assert.equal(header(ours.answer, 'session-expires'), '90;refresher=uas');
	assert.equal(header(ours.answer, 'require'), 'timer');
	assert.match(header(ours.answer, 'supported'), /timer/);
	assert.match(header(ours.answer, 'allow'), /UPDATE/);
	assert.equal(header(theirs.answer, 'session-expires'), '90;refresher=uac');
	theirs.endpoint.send(theirs.caller.remote, { frequency: 0 }); // else it ends for its silence

	// the same by UPDATE, with another address for the voice, to which it goes from then on
	const other = await Endpoint.open();
	t.after(() => other.close());
	await until('music', () => ours.endpoint.levels([440]).rms > -50);
	const after = ours.caller.messages.length;
	ours.caller.update({ sdp: other.sdp(), headers: [KNOWS, 'Session-Expires: 90;refresher=uas'] });
	const moved = await ours.caller.answer('UPDATE', { after });
	assert.equal(moved.status, 200);
	assert.equal(header(moved, 'session-expires'), '90;refresher=uas');
	assert.match(moved.body, /m=audio \d+ RTP\/AVP 8/);
	other.send(ours.caller.remote, { frequency: 0 });
	await until('music elsewhere', () => other.levels([440]).rms > -50);

	// who promised to refresh and does not
	await theirs.caller.got('BYE', { timeout: (END_S + LATE_S) * 1000 });
	assert.ok(since(from) >= END_S - 1, 'not before its time');
	assert.match(header(theirs.caller.messages.find((m) => m.method === 'BYE'), 'reason'), /Session expired/);
	await until('its end in the records', () => records(centre, "SELECT id FROM call WHERE why = 'session_expired'").length === 1);

	// and ours was refreshed, by UPDATE, without a description
	const refresh = await ours.caller.got('UPDATE', { timeout: LATE_S * 1000 });
	assert.ok((refresh.at - from) / 1000 >= REFRESH_S - 1, 'not before its half');
	assert.equal(header(refresh, 'session-expires'), '90;refresher=uac');
	assert.equal(refresh.body, '');
	await sleep((END_S + LATE_S) * 1000 - since(from) * 1000);
	assert.ok(!ours.caller.messages.some((m) => m.method === 'BYE'), 'it goes on');
	ours.caller.hangUp();
	assert.equal((await ours.caller.answer('BYE')).status, 200);
});
