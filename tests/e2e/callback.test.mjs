// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The callback, from the wish to the talk: a caller waits, presses 1, is told, and its line is let go; an agent becomes
// free, says yes, and hears it ring; the caller's telephone answers, and both hear each other.  Not reached, it
// is tried again; and it outlives a control that is killed.

import assert from 'node:assert/strict';
import test from 'node:test';
import { Callee } from './lib/callee.mjs';
import { Caller } from './lib/caller.mjs';
import { Centre, killed } from './lib/centre.mjs';
import { clipsFolder } from './lib/clips.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { LineFarm } from './lib/farm.mjs';
import { freeTcpPort, freeUdpPort } from './lib/ports.mjs';
import { records } from './lib/records.mjs';
import { until } from './lib/wait.mjs';

const MUSIC = 800, OFFER = 1250, YES = 1600, EVA = 450, CALLER = 2000;
const NUMBER = '+41790001122';

const clips = (t) => clipsFolder(t, { ringback: [425, 5], music: [MUSIC, 4], 'callback-de': [OFFER, 1], 'called-back-de': [YES, 1] });

const queue = `\nqueue "zurück" {\n\tnumber = "350"\n\tname = "Rückruf"\n\tlanguage = "de"\n\tmusic = "music"\n` +
	'\tannounce = 0\n\twrap-up = 0\n\tcallback-retry = 10\n\tcallback-tries = 3\n' +
	'\tdivert { when = "waiting" limit = 0 after = 1 to = "callback" }\n}\n' +
	'\nagent "eva" {\n\tname = "Eva"\n\tqueues = { "zurück" }\n}\n';

async function house(t) {
	const callee = await Callee.open(t);
	const ports = { 'sip.port': await freeUdpPort(), 'web.port': await freeTcpPort() };
	const centre = await Centre.start(t, { changes: { ...ports, 'clips.folder': clips(t),
		'sip.outbound': `127.0.0.1:${callee.port}`, 'sip.caller-id': '+41440000000' }, more: queue });
	const lines = await LineFarm.start(t);
	await lines.login(centre, [{ name: 'eva', hz: EVA }], { habits: { ready: false, accept: 100, wrapup: 0 } });
	return { callee, centre, lines };
}

// Waits, is asked, presses 1, is told, and its line is let go.
async function wishes(t, centre, from = NUMBER) {
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	const caller = await Caller.open(t, { sip: centre.sip('350'), from });
	const begun = performance.now();
	caller.invite({ sdp: endpoint.sdp() });
	assert.equal((await caller.answer('INVITE')).status, 200);
	endpoint.send(caller.remote, { frequency: 350, dbov: -30 });
	// the clips are short: what has sounded counts, not what sounds just when it is looked at
	const heard = (hz, to) => endpoint.course([hz], begun, to).some((s) => s[hz] > -30);
	await until('the offer', () => heard(OFFER), { every: 100 });
	const offered = performance.now();
	endpoint.press(1);
	await caller.got('BYE');
	assert.ok(heard(MUSIC, offered), 'music before the offer');
	assert.ok(heard(YES), 'the promise before the end');
	endpoint.mute();
	return endpoint;
}

const column = (centre, sql) => records(centre, sql).map((row) => Object.values(row)[0]);

async function talk(t, callee, lines, invite) {
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	callee.answer(invite, 180);
	callee.answer(invite, 200, endpoint.sdp());
	await callee.got('ACK');
	endpoint.send(callee.voiceOf(invite), { frequency: CALLER });
	await endpoint.hears(EVA);
	await lines.event({ event: 'hears', agent: 'eva', what: 'tone', hz: CALLER });
	return endpoint;
}

test('asked, pressed, told and let go; called back in its turn, and both hear each other', async (t) => {
	const { callee, centre, lines } = await house(t);
	await wishes(t, centre);
	await until('the wish in the records', () => column(centre, 'SELECT count(*) FROM callback')[0] === 1);
	assert.deepEqual(column(centre, 'SELECT number FROM callback'), [NUMBER]);
	lines.do('say', { agent: 'eva', t: 'ready' });
	const invite = await callee.got('INVITE');
	assert.match(invite.start, new RegExp(`^INVITE sip:\\${NUMBER}@127\\.0\\.0\\.1:${callee.port} `));
	assert.match(invite.headers.from[0], /<sip:\+41440000000@/);
	const endpoint = await talk(t, callee, lines, invite);
	await until('the number is gone', () => column(centre, 'SELECT count(*) FROM callback')[0] === 0);
	callee.bye(invite);
	await callee.got(200);
	await until('the end in the records', () => column(centre, 'SELECT count(*) FROM call WHERE ended_ms IS NOT NULL')[0] === 1);
	const events = column(centre, 'SELECT event FROM call_event ORDER BY seq');
	assert.deepEqual(events.filter((e) => e !== 'withdrawn'), ['arrived', 'diverted', 'callback', 'offered', 'dialled',
		'accepted', 'joined', 'left', 'ended']);
	endpoint.mute();
	assert.ok(!centre.log.some((line) => line.includes(NUMBER)), 'no number in the log');
});

test('not reached, it is tried again; killed meanwhile, control still calls it, before who came later', async (t) => {
	const { callee, centre, lines } = await house(t);
	await wishes(t, centre);
	lines.do('say', { agent: 'eva', t: 'ready' });
	const first = await callee.got('INVITE');
	callee.answer(first, 486);
	await callee.got('ACK');
	await until('the try in the records', () => column(centre, 'SELECT tries FROM callback')[0] === 1);
	lines.do('say', { agent: 'eva', t: 'pause' });
	await wishes(t, centre, '+41790003344');
	await killed(centre);
	const after = lines.events.length;
	await centre.begin();
	await lines.event({ event: 'desk', agent: 'eva', is: 'open' }, { after });
	await until('it may be tried again', () => column(centre, 'SELECT max(due_ms) FROM callback')[0] < Date.now(), { timeout: 20000 });
	callee.messages.length = 0;
	lines.do('say', { agent: 'eva', t: 'ready' });
	const second = await callee.got('INVITE');
	assert.match(second.start, new RegExp(`sip:\\${NUMBER}@`), 'the one that came first');
	await talk(t, callee, lines, second);
	await until('its number is gone', () => column(centre, 'SELECT count(*) FROM callback')[0] === 1);
	assert.deepEqual(column(centre, 'SELECT number FROM callback'), ['+41790003344']);
	callee.bye(second);
	await callee.got(200);
});
