// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A caller on SIP is put on hold by an agent in a browser: packet by packet what the caller hears, and what becomes of
// the call when nobody comes back.  Once by the ordinary key and once because somebody came in: whatever the
// centre keeps of the one does not differ from the other [RULES N10].

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { pageHears } from './lib/browser.mjs';
import { Caller } from './lib/caller.mjs';
import { Centre, HEIMAMT } from './lib/centre.mjs';
import { Desk } from './lib/desk.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { records } from './lib/records.mjs';
import { fromAlaw, rms } from './lib/sound.mjs';
import { sleep, until } from './lib/wait.mjs';

const CALLER_HZ = 1000, ANNA_HZ = 440, BEAT_HZ = 700;
const SILENT = -60, HEARD = -45; // dBov
const SLICE = 160; // samples of a clip in a packet of 20 ms
const LIKE = 0.95; // of a packet and the clip's, whatever their levels: 1 is the same
const HOLD_S = 10; // the word is heard to its end before
const LATE_MS = 3000; // of 300 ms on a machine that is not busy; a failure is no message, not a slow machine
const WAIT_MS = 60000;
// No music, so that what sounds is a voice or a word.
const CHANGES = { 'queue.greeting': '', 'queue.music': '', 'queue.wrap-up': 2, 'web.hold-max': HOLD_S };

// As a telephone has it: every second sample, of what is left below 4 kHz (a sinc under Hann's window).
function halve(samples) {
	const taps = Array.from({ length: 63 }, (_, i) => {
		const k = i - 31;
		return (k ? Math.sin(Math.PI * k / 2) / (Math.PI * k) : 0.5) * (0.5 + 0.5 * Math.cos(Math.PI * k / 32));
	});
	return Float64Array.from({ length: samples.length / 2 }, (_, i) =>
		taps.reduce((sum, tap, k) => sum + tap * (samples[2 * i + k - 31] ?? 0), 0));
}

// The samples of one of the house's clips, at 8,000 Hz: a WAV file of 16,000 Hz and 16 bit, as the build makes them.  They are
// heard at another level.
function clip(name) {
	const bytes = fs.readFileSync(path.join(path.dirname(HEIMAMT), 'clips', `${name}.wav`));
	for (let at = 12; at + 8 <= bytes.length; at += 8 + bytes.readUInt32LE(at + 4) + (bytes.readUInt32LE(at + 4) & 1))
		if (bytes.toString('latin1', at, at + 4) === 'data')
			return halve(Float64Array.from({ length: bytes.readUInt32LE(at + 4) / 2 }, (_, i) => bytes.readInt16LE(at + 8 + 2 * i) / 32768));
	throw new Error(`${name} has no samples`);
}

const isQuiet = (samples) => rms(samples) < SILENT;
const product = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);

// Is this packet that part of the clip, and nothing besides?
function isLike(payload, part) {
	const heard = fromAlaw(payload);
	if (isQuiet(part))
		return rms(heard) < HEARD;
	return product(heard, part) / Math.sqrt(product(heard, heard) * product(part, part) + 1e-12) > LIKE;
}

// The packet with which the clip begins, among these; from there on each that arrived is compared.
function begin(voice, samples) {
	const slice = (i) => samples.subarray(i * SLICE, (i + 1) * SLICE);
	let sounds = 0; // a clip may begin with silence, which is nobody's
	while (rms(slice(sounds)) < HEARD)
		sounds++;
	const i = voice.findIndex((p) => isLike(p.payload, slice(sounds)));
	return i < 0 ? null : { first: voice[i], sounds, slice };
}

// When the key went down, as the page saw it, on the clock of this process.
function watchKey() {
	addEventListener('keydown', (e) => {
		window.keyAt = performance.timeOrigin + e.timeStamp;
	}, { capture: true, once: true });
}

async function called(t, centre) {
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	const caller = await Caller.open(t, { sip: { ...centre.sip(), number: '100' } });
	caller.invite({ sdp: endpoint.sdp() });
	await caller.answer('INVITE');
	endpoint.send(caller.remote, { frequency: CALLER_HZ });
	return { caller, endpoint };
}

async function talk(desk, { endpoint }, hz) {
	await desk.state('offered', WAIT_MS);
	await desk.click('accept');
	await desk.state('talking');
	// both at once: the browser takes a steady tone down in the course of time
	await Promise.all([pageHears(desk.page, CALLER_HZ, { above: HEARD, timeout: WAIT_MS }),
		endpoint.hears(hz, { above: HEARD, timeout: WAIT_MS })]);
}

// From the key to the first sample, and nothing but the clip from there on.
async function heardAfter(t, desk, endpoint, press) {
	const word = clip('hold-de');
	await desk.page.evaluate(watchKey);
	const before = performance.now();
	await press();
	const packets = Math.floor(word.length / SLICE);
	const found = await until('the word', () => {
		const is = begin(endpoint.voice(before), word);
		return is && endpoint.voice(is.first.at).length >= packets - is.sounds ? is : null;
	}, { timeout: WAIT_MS });
	const pressed = (await desk.page.evaluate(() => window.keyAt)) - performance.timeOrigin;
	const after = found.first.at - pressed;
	t.diagnostic(`${after.toFixed(0)} ms from the key to the first sample of the word at the caller's`);
	assert.ok(after > 0 && after < LATE_MS, `${after} ms`);
	let same = 0;
	for (const p of endpoint.voice(found.first.at)) {
		const i = found.sounds + (((p.seq - found.first.seq) << 16) >> 16);
		if (p.ssrc !== found.first.ssrc || i < found.sounds || i >= packets)
			continue;
		assert.ok(isLike(p.payload, found.slice(i)), `packet ${i} after the key is not the word's`);
		same++;
	}
	assert.ok(same >= (packets - found.sounds) * 0.9, `${same} packets of ${packets}`);
	return found.first.at;
}

// Anna's room, in which a tone sounds all the time, in none of the packets from then on.
function assertUnheard(endpoint, from) {
	for (const p of endpoint.course([ANNA_HZ], from, performance.now(), 200).filter((x) => x.packets > 0 && x.rms < HEARD))
		assert.ok(p[ANNA_HZ] < SILENT, `${p[ANNA_HZ].toFixed(1)} dBov of the room`);
}

/* ---- what the centre has of it, with nothing left but its kinds ---- */

// Ids, times, durations and secrets become their kind.
const kindOf = (v) => (v === null ? null : typeof v === 'number' ? (Math.abs(v) > 1 ? 'number' : v) :
	/^[0-9a-f]{32,}$/i.test(v) ? 'bytes' : v.replace(/\b(?=[0-9a-z]*[0-9])[0-9a-z]{13}\b/g, 'ID').replace(/\d+(\.\d+)?/g, '#'));

// What the network was worth in those seconds is no matter of the cause.
const MEASURED = { line_quality: ['call', 'leg', 'direction', 'codec'] };

function tables(centre) {
	const db = path.join(centre.state, 'heimamt.db');
	const names = records(centre, 'SELECT name FROM sqlite_schema WHERE type = \'table\' AND name NOT LIKE \'sqlite_%\' ORDER BY name');
	return Object.fromEntries(names.map(({ name }) => {
		const columns = records(centre, `SELECT name FROM pragma_table_info('${name}')`).map((c) => c.name);
		const text = execFileSync('sqlite3', ['-json', db, `SELECT ${columns.map((c) =>
			`CASE typeof("${c}") WHEN 'blob' THEN 'bytes' ELSE "${c}" END AS "${c}"`).join(', ')} FROM "${name}"`], { encoding: 'utf8' });
		const rows = text.trim() ? JSON.parse(text) : [];
		return [name, rows.map((row) => JSON.stringify(Object.entries(row).filter(([k]) => MEASURED[name]?.includes(k) ?? true)
			.map(([k, v]) => [k, kindOf(v)])))];
	}));
}

function strip(x) {
	if (Array.isArray(x))
		return x.map(strip);
	return x && typeof x === 'object' ? Object.fromEntries(Object.entries(x).map(([k, v]) => [k, strip(v)])) : kindOf(x ?? null);
}

function journal(centre, call) {
	const { status, stdout, stderr } = spawnSync(HEIMAMT, ['explain', call, '--state', centre.state, '--json'],
		{ encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } });
	assert.equal(status, 0, stderr);
	const { moments } = JSON.parse(stdout);
	return { whats: moments.map((m) => m.what), whole: strip(moments.map(({ decision, ...rest }) => rest)) };
}

const logOf = (centre) => centre.log.filter((l) => /call [0-9a-z]{13}:/.test(l))
	.map((l) => l.replace(/^.*?(?=call [0-9a-z]{13}:)/, '')).map(kindOf);

// One call, on hold until the centre hands it over; stopped, with what it left behind.  afterwards(anna): when she is
// at a pause.
async function run(t, key, afterwards) {
	const centre = await Centre.start(t, { changes: CHANGES });
	const beat = await Desk.open(t, centre, 'beat', { frequency: BEAT_HZ }); // a browser that starts takes a talk its time
	const anna = await Desk.ready(t, centre, 'anna', { frequency: ANNA_HZ });
	const call = await called(t, centre);
	await talk(anna, call, ANNA_HZ);
	await beat.begin();
	const from = (await anna.sent()).length;
	const first = await heardAfter(t, anna, call.endpoint, () => anna.page.keyboard.press(key));
	await until('her hold', async () => (await anna.messages()).some((m) => m.t === 'view' && m.state === 'hold'));
	await talk(beat, call, BEAT_HZ);
	await anna.view((v) => ['wrapup', 'pause'].includes(v.state), WAIT_MS);
	assertUnheard(call.endpoint, first);
	const sent = (await anna.sent()).slice(from).filter((m) => m.t !== 'hello');
	await sleep(500);
	call.caller.hangUp();
	call.endpoint.mute(); // or the next relay that has this port would take it for its caller
	await beat.state('wrapup');
	await until('the end in the records', () => {
		const all = records(centre, 'SELECT call FROM call_event WHERE event = \'ended\'');
		return all.length > 0;
	});
	await anna.view((v) => v.state === 'pause', WAIT_MS);
	await afterwards?.(anna);
	await Promise.all([anna, beat].map((desk) => desk.browser.close()));
	await centre.stop();
	return { centre, sent: strip(sent) };
}

test('the caller hears a word at once and nothing of the room; whatever the cause, the centre keeps the same', async (t) => {
	const held = await run(t, 'h');
	const came = await run(t, 'F8', async (anna) => {
		// covered until somebody comes back, and then at a pause
		assert.equal(await anna.page.locator('.cover').getAttribute('data-open'), 'false');
		assert.equal(await anna.page.evaluate(() => document.querySelectorAll('#page *').length), 0);
		await anna.page.keyboard.down('ShiftLeft');
		await anna.page.keyboard.down('ShiftRight');
		await anna.page.locator('[data-action="cover-back"]').click();
		await anna.state('pause');
	});

	assert.deepEqual(came.sent, held.sent, 'what the page said');
	assert.deepEqual(held.sent.map((m) => m.t), ['hold']);
	const [a, b] = [tables(held.centre), tables(came.centre)];
	assert.deepEqual(Object.keys(b), Object.keys(a));
	for (const name of Object.keys(a)) {
		const rows = (x) => (name === 'session' ? [...x[name]].sort() : x[name]); // its key is a hash, so their order is chance
		assert.deepEqual(rows(b), rows(a), `table ${name}`);
	}
	assert.deepEqual(a.call_event.map((r) => JSON.parse(r).find(([k]) => k === 'event')[1]), ['arrived', 'offered', 'accepted', 'joined',
		'held', 'left', 'offered', 'accepted', 'joined', 'left', 'ended']);
	assert.deepEqual(logOf(came.centre), logOf(held.centre), 'log');
	assert.ok(logOf(held.centre).some((l) => / held$/.test(l)), logOf(held.centre).join('\n'));
	assert.doesNotMatch(came.centre.log.join('\n'), /cover|came in|\bF8\b|disturb/i);
	const calls = [held, came].map(({ centre }) => centre.log.map((l) => /call ([0-9a-z]{13}): arrived/.exec(l)?.[1]).find(Boolean));
	const [x, y] = [journal(held.centre, calls[0]), journal(came.centre, calls[1])];
	assert.deepEqual(y, x, 'journal');
	assert.ok(x.whats.includes('hold'), x.whats.join());
});

test('back within the time: the same talk goes on, and the caller hears the agent again', async (t) => {
	const centre = await Centre.start(t, { changes: { ...CHANGES, 'web.hold-max': 600 } });
	const anna = await Desk.ready(t, centre, 'anna', { frequency: ANNA_HZ });
	const call = await called(t, centre);
	await talk(anna, call, ANNA_HZ);
	const first = await heardAfter(t, anna, call.endpoint, () => anna.page.keyboard.press('F8'));
	const { rx_discarded_sound: loud } = await anna.stats();
	await sleep(1000);
	assertUnheard(call.endpoint, first);
	assert.equal((await anna.stats()).rx_discarded_sound, loud, 'the page sends silence, and the relay forwards none of it');

	await anna.page.keyboard.down('ShiftLeft');
	await anna.page.keyboard.down('ShiftRight');
	await anna.page.locator('[data-action="cover-resume"][aria-disabled="false"]').waitFor();
	await anna.page.keyboard.up('ShiftLeft');
	await anna.page.keyboard.up('ShiftRight');
	await anna.page.keyboard.press('Control+Enter');
	await anna.state('talking');
	await call.endpoint.hears(ANNA_HZ, { above: HEARD, timeout: WAIT_MS });
	await pageHears(anna.page, CALLER_HZ, { above: HEARD, timeout: WAIT_MS });
	await anna.click('hangup');
	await anna.state('wrapup');
	const rows = await until('the end in the records', () => {
		const all = records(centre, 'SELECT event, detail FROM call_event ORDER BY seq');
		return all.at(-1)?.event === 'ended' && all;
	});
	assert.deepEqual(rows.map((r) => r.event), ['arrived', 'offered', 'accepted', 'joined', 'held', 'resumed', 'left', 'ended']);
});

test('the caller puts us on hold: it is heard, sent nothing, and the talk goes on where it stopped', async (t) => {
	const centre = await Centre.start(t, { changes: CHANGES });
	const anna = await Desk.ready(t, centre, 'anna', { frequency: ANNA_HZ });
	const call = await called(t, centre);
	const { caller, endpoint } = call;
	await talk(anna, call, ANNA_HZ);
	const direct = async (word, answer) => {
		const after = caller.messages.length;
		caller.invite({ sdp: endpoint.sdp().replace('a=sendrecv', `a=${word}`) });
		const ok = await caller.answer('INVITE', { after });
		assert.equal(ok.status, 200);
		assert.match(ok.body, new RegExp(`\r\na=${answer}\r\n`));
	};
	for (const [word, answer] of [['sendonly', 'recvonly'], ['inactive', 'inactive']]) {
		await direct(word, answer);
		await until(`a second without a packet, ${word}`, () => performance.now() - endpoint.voice(0).at(-1).at > 1000);
		await pageHears(anna.page, CALLER_HZ, { above: HEARD, timeout: WAIT_MS });
	}
	const last = endpoint.voice(0).at(-1), from = performance.now();
	await direct('sendrecv', 'sendrecv');
	await endpoint.hears(ANNA_HZ, { above: HEARD, timeout: WAIT_MS });
	const [next] = endpoint.voice(from);
	assert.equal(next.ssrc, last.ssrc);
	assert.equal((next.seq - last.seq) & 0xffff, 1, 'nothing looks lost');
	await anna.state('talking');
	caller.hangUp();
	await anna.state('wrapup');
});
