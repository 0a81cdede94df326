// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Callers who cannot be served at once: a queue that is closed plays its message, a full one sends them to another
// queue, and who waits is told its place and its wait between the music.  Every clip is a tone of its own, so what a
// caller hears says which one it is.

import assert from 'node:assert/strict';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { Caller } from './lib/caller.mjs';
import { Centre, killed } from './lib/centre.mjs';
import { clipsFolder, WAITS } from './lib/clips.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { LineFarm } from './lib/farm.mjs';
import { freeTcpPort, freeUdpPort } from './lib/ports.mjs';
import { records } from './lib/records.mjs';
import { level } from './lib/sound.mjs';
import { sleep, until } from './lib/wait.mjs';

const GREETING = 600, MUSIC = 800, OTHER = 1000, MESSAGE = 1250, PLACE_1 = 1600, PLACE = 2000, WAIT = 2400;
const EVA = 450, OTTO = 3000;
const ALL = [GREETING, MUSIC, OTHER, MESSAGE, PLACE_1, PLACE, WAIT, EVA, OTTO];
const HEARD = -30;

// A folder with all that the demo's queues and ours name.
function clips(t) {
	const own = { music: [MUSIC, 4], other: [OTHER, 4], message: [MESSAGE, 1.5] };
	for (const language of ['de', 'en']) {
		for (let i = 1; i <= 10; i++)
			own[`position-${i}-${language}`] = [i === 1 ? PLACE_1 : PLACE, 0.6];
		for (const word of WAITS)
			own[`wait-${word}-${language}`] = [WAIT, 0.6];
	}
	return clipsFolder(t, own);
}

const queue = (title, number, more) => `\nqueue "${title}" {\n\tnumber = "${number}"\n\tname = "${title}"\n` +
	`\tlanguage = "de"\n${more.map((l) => `\t${l}\n`).join('')}}\n`;
const agent = (name, queues) => `\nagent "${name}" {\n\tname = "${name}"\n\tqueues = { ${queues.map((q) => `"${q}"`).join(', ')} }\n}\n`;

// "Mo" ...: the day in so many days from now, by the calendar of this zone.
const weekday = (days, timeZone) => new Intl.DateTimeFormat('en', { weekday: 'short', timeZone })
	.format(Date.now() + days * 86400000).slice(0, 2);

async function called(t, centre, number) {
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	const caller = await Caller.open(t, { sip: centre.sip(number) });
	caller.invite({ sdp: endpoint.sdp() });
	const answer = await caller.answer('INVITE');
	if (answer.status === 200)
		endpoint.send(caller.remote, { frequency: 350, dbov: -30 });
	return { caller, endpoint, answer };
}

// What was heard, one after the other: [{ hz, ms, at }], by the voice's own time; pieces in which no tone is loud, and
// those under 150 ms, at a clip's edge, are left out.
function heard(endpoint, from) {
	const step = 480, samples = endpoint.samples(from), parts = [];
	for (let i = 0; i + step <= samples.length; i += step) {
		const piece = samples.subarray(i, i + step);
		const hz = ALL.find((f) => level(piece, f) > HEARD) ?? 0;
		if (parts.at(-1)?.hz !== hz)
			parts.push({ hz, ms: 0, at: i / 8 });
		parts.at(-1).ms += step / 8;
	}
	const tones = [];
	for (const p of parts.filter((x) => x.hz && x.ms > 150))
		if (tones.at(-1)?.hz === p.hz)
			tones.at(-1).ms += p.ms;
		else
			tones.push(p);
	return tones;
}

// The longest time between two packets of the voice, by the relay's own clock: how long nothing was to be heard.
function longestPause(endpoint, from) {
	const packets = endpoint.voice(from);
	return Math.max(...packets.slice(1).map((p, i) => ((p.ts - packets[i].ts) >>> 0) / 8 - 20));
}

const events = (centre, event) => records(centre, `SELECT * FROM call_event WHERE event = '${event}' ORDER BY seq`);

test('a closed queue plays its message and ends; one without a rule is not answered', async (t) => {
	const open = `open = { "${weekday(3)} 08:00-09:00" }`;
	const centre = await Centre.start(t, { changes: { 'clips.folder': clips(t) },
		more: queue('zu', 300, [open, 'announce = 0', 'divert { when = "closed" to = "message" clip = "message" }']) +
			queue('stumm', 301, [open, 'announce = 0']) });
	const refused = await called(t, centre, '301');
	assert.equal(refused.answer.status, 480);
	const begun = performance.now();
	const { caller, endpoint, answer } = await called(t, centre, '300');
	assert.equal(answer.status, 200);
	const bye = await caller.got('BYE');
	const parts = heard(endpoint, begun);
	t.diagnostic(`heard: ${parts.map((p) => `${p.hz} Hz for ${p.ms} ms`)}`);
	assert.deepEqual(parts.map((p) => p.hz), [MESSAGE], 'the message and nothing else');
	assert.ok(parts[0].ms > 1200, 'to its end');
	assert.ok(bye.at - begun > 1200, 'and then the end');
	const [call] = await until('the end in the records', () => {
		const rows = records(centre, 'SELECT why FROM call WHERE ended_ms IS NOT NULL');
		return rows.length && rows;
	});
	assert.equal(call.why, 'closed');
	assert.deepEqual(events(centre, 'diverted').map((e) => e.detail), ['to=message why=closed']);
});

test('nobody is logged in: the message to its end; then one who waits when the last one leaves', async (t) => {
	const centre = await Centre.start(t, { changes: { 'clips.folder': clips(t), 'web.desk-gone': 10 },
		more: queue('leer', 350, ['music = "music"', 'announce = 0', 'unstaffed = 2', 'divert { when = "nobody" to = "message" clip = "message" }']) + agent('eva', ['leer']) });
	const first = await called(t, centre, '350');
	assert.equal(first.answer.status, 200);
	await first.caller.got('BYE', { timeout: 10000 });
	const lines = await LineFarm.start(t);
	await lines.login(centre, [{ name: 'eva', hz: EVA }], { habits: { ready: false } });
	const second = await called(t, centre, '350');
	await second.endpoint.hears(MUSIC);
	await lines.stop(); // her shift ends without her desk
	await second.endpoint.hears(MESSAGE, { timeout: 40000 });
	await second.caller.got('BYE', { timeout: 10000 });
	const ended = await until('both ends in the records', () => {
		const rows = records(centre, 'SELECT why FROM call WHERE ended_ms IS NOT NULL');
		return rows.length === 2 && rows;
	});
	assert.deepEqual(ended.map((r) => r.why), ['no_agent', 'no_agent']);
	assert.deepEqual(events(centre, 'diverted').map((e) => e.detail), ['to=message why=no_agent', 'to=message why=no_agent']);
});

test('hours are told in the time zone of the house', async (t) => {
	// a day and an hour apart, so what is today or tomorrow there is neither here
	const there = 'Pacific/Kiritimati', here = 'Pacific/Niue';
	const days = [weekday(0, there), weekday(1, there)];
	const more = queue('zone', 340, [`open = { "${days} 00:00-24:00" }`, 'announce = 0', 'music = "music"']) + agent('eva', ['zone']);
	for (const [timezone, status] of [[there, 200], [here, 480]]) {
		const centre = await Centre.start(t, { changes: { timezone, 'clips.folder': clips(t) }, more });
		const lines = await LineFarm.start(t);
		await lines.login(centre, [{ name: 'eva', hz: EVA }], { habits: { ready: false } });
		const { answer } = await called(t, centre, '340');
		assert.equal(answer.status, status, timezone);
		await centre.stop();
	}
});

test('a full queue sends its caller to the other one, whose agent takes it; also after a restart', async (t) => {
	const ports = { 'sip.port': await freeUdpPort(), 'web.port': await freeTcpPort() };
	const centre = await Centre.start(t, { changes: { ...ports, 'clips.folder': clips(t) },
		more: queue('voll', 310, ['music = "music"', 'announce = 0', 'divert { when = "waiting" limit = 1 to = "queue" queue = "ander" }']) +
			queue('ander', 320, ['music = "other"', 'announce = 0']) + agent('eva', ['voll']) + agent('otto', ['ander']) });
	const lines = await LineFarm.start(t);
	await lines.login(centre, [{ name: 'eva', hz: EVA }, { name: 'otto', hz: OTTO }], { habits: { ready: false, accept: 100 } });
	const one = await called(t, centre, '310');
	await one.endpoint.hears(MUSIC);
	const two = await called(t, centre, '310');
	await two.endpoint.hears(OTHER);
	const [sent] = await until('the diversion in the records', () => {
		const rows = events(centre, 'diverted');
		return rows.length && rows;
	});
	assert.equal(sent.detail, 'to=queue why=queue_long');
	assert.equal(sent.number, records(centre, "SELECT id FROM queue WHERE number = '320'")[0].id);

	// killed: the next process knows where it waits
	await killed(centre);
	const after = lines.events.length;
	await centre.begin();
	await two.endpoint.hears(OTHER);
	await lines.event({ event: 'desk', agent: 'otto', is: 'open' }, { after });
	lines.do('say', { agent: 'otto', t: 'ready' });
	await two.endpoint.hears(OTTO);
	const levels = one.endpoint.levels(ALL);
	assert.ok(levels[MUSIC] > HEARD && levels[OTTO] < HEARD - 10, 'the first caller waits on in its own queue');
	two.caller.hangUp();
	one.caller.hangUp();
});

test('who waits is told its place and its wait between the music, never hears silence, and is joined at once', async (t) => {
	const centre = await Centre.start(t, { changes: { 'clips.folder': clips(t) },
		more: queue('warte', 330, ['greeting = "greeting-de"', 'music = "music"', 'apology = "apology-de"', 'announce = 10', 'wrap-up = 0']) +
			agent('eva', ['warte']) });
	const lines = await LineFarm.start(t);
	await lines.login(centre, [{ name: 'eva', hz: EVA }], { habits: { accept: 100, wrapup: 0 } });
	const first = await called(t, centre, '330');
	await first.endpoint.hears(EVA);
	const begun = performance.now();
	const { endpoint } = await called(t, centre, '330');
	const second = await called(t, centre, '330');
	await until('the second announcement', () => heard(endpoint, begun).filter((p) => p.hz === WAIT).length >= 2, { timeout: 30000, every: 500 });
	await endpoint.hears(MUSIC);
	await sleep(500);
	const tones = heard(endpoint, begun);
	t.diagnostic(`heard: ${tones.map((p) => `${p.hz} Hz for ${p.ms} ms`).join(', ')}; ` +
		`longest pause ${longestPause(endpoint, begun).toFixed(0)} ms`);
	assert.deepEqual(tones.map((p) => p.hz), [GREETING, PLACE_1, WAIT, MUSIC, PLACE_1, WAIT, MUSIC]);
	const [said, again] = tones.filter((p) => p.hz === PLACE_1);
	assert.ok(again.at - said.at > 8000, 'not before its time');
	assert.ok(longestPause(endpoint, begun) < 1000, 'no silence between them');
	assert.ok(heard(second.endpoint, begun).some((p) => p.hz === PLACE), 'the second one has another place');

	// an announcement is due in mid-talk, and is not heard
	first.caller.hangUp();
	await endpoint.hears(EVA);
	const joined = performance.now() + 300;
	await sleep(11000);
	assert.deepEqual(heard(endpoint, joined).map((p) => p.hz), [EVA]);
});
