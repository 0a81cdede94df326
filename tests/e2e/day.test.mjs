// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A working day's end and edges with the real centre: "I must stop for today" in a talk, the board, and the weekly question
// over HTTP, with the records looked at after every answer.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import test from 'node:test';
import { Caller } from './lib/caller.mjs';
import { Centre, killed } from './lib/centre.mjs';
import { Desk } from './lib/desk.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { freeTcpPort, freeUdpPort } from './lib/ports.mjs';
import { records } from './lib/records.mjs';
import { until } from './lib/wait.mjs';

const QUIET = { 'queue.greeting': '', 'queue.music': '' };
const DAY_MS = 86400000;

// An agent without a browser: a session, and what it asks.
class Person {
	static async login(centre, name) {
		const p = new Person();
		p.centre = centre;
		const answer = await fetch(`${centre.told.base}/login`, {
			method: 'POST',
			headers: { 'Content-Type': 'application/json', Origin: centre.told.base },
			body: JSON.stringify({ token: new URL(centre.link(name)).pathname.split('/')[2] }),
		});
		assert.equal(answer.status, 204);
		p.cookie = answer.headers.get('set-cookie').split(';')[0];
		return p;
	}

	async ask(name, body) {
		const answer = await fetch(`${this.centre.told.base}/api/${name}`, {
			method: body === undefined ? 'GET' : 'POST',
			headers: { Cookie: this.cookie, Origin: this.centre.told.base,
				...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const text = await answer.text();
		return { status: answer.status, ...(/json/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(text) : {}) };
	}
}

async function calls(t, centre, number = '100') {
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	const caller = await Caller.open(t, { sip: { ...centre.sip(), number } });
	caller.invite({ sdp: endpoint.sdp() });
	assert.equal((await caller.answer('INVITE')).status, 200);
	endpoint.send(caller.remote);
	return caller;
}

const agent = (login, queue = 'post') => `
agent "${login}" {
	name = "Person ${login.slice(1)}"
	workplace = "office"
	queues = { "${queue}" }
}
`;

/* ---- "I must stop for today" ---- */

test('in a talk, after it: the talk goes on, then line, shift and wish are over', async (t) => {
	const centre = await Centre.start(t, { changes: QUIET });
	const anna = await Desk.ready(t, centre, 'anna');
	const caller = await calls(t, centre);
	await anna.state('offered');
	await anna.click('accept');
	await anna.state('talking');
	await anna.page.keyboard.press('Shift+E');
	await anna.click('stop_after', '');
	await anna.view((v) => v.state === 'talking' && v.stop_after);
	caller.hangUp();
	const last = await anna.view((v) => v.state === 'out' && v.line === 'none');
	assert.equal(last.why, 'shift_ended');
	assert.equal(last.door, null);
	assert.deepEqual(last.home.missing, ['no_declaration'], 'the declaration was of that shift');
	assert.equal(await anna.page.locator('#state').innerText(), 'Schicht beendet');
	const rows = await until('the end in the records', () => {
		const all = records(centre, 'SELECT event, detail FROM call_event ORDER BY seq');
		return all.at(-1)?.event === 'ended' ? all : null;
	});
	assert.deepEqual(rows.map((r) => r.event), ['arrived', 'offered', 'accepted', 'joined', 'left', 'ended']);
	assert.doesNotMatch(JSON.stringify(rows) + centre.log.join('\n'), /stop_after|hand_over/, 'and nobody noted how it came');
	// and again, as on any morning
	await anna.click('line');
	await anna.view((v) => v.line === 'up');
	await anna.declare();
	await anna.click('start');
	await anna.state('away');
});

test('with a caller whom nobody else can take it stays; with a colleague the caller is handed on at once', async (t) => {
	const centre = await Centre.start(t, { changes: QUIET });
	const anna = await Desk.ready(t, centre, 'anna');
	const caller = await calls(t, centre);
	await anna.state('offered');
	await anna.click('accept');
	await anna.state('talking');
	await anna.click('stop', '');
	await anna.click('stop_hand_over', '');
	await anna.page.locator('dialog.stop .notice').waitFor();
	assert.equal((await anna.view(() => true)).state, 'talking');
	const beat = await Desk.ready(t, centre, 'beat');
	await anna.click('stop_hand_over', '');
	await anna.view((v) => v.state === 'out' && v.why === 'shift_ended');
	await beat.state('offered');
	await beat.click('accept');
	await beat.state('talking');
	caller.hangUp();
	await beat.state('wrapup');
});

test('control is killed between the wish and the end of the talk: the shift ends all the same', async (t) => {
	const [web, sip] = [await freeTcpPort(), await freeUdpPort()];
	const centre = await Centre.start(t, { changes: { ...QUIET, 'web.port': web, 'sip.port': sip } });
	const anna = await Desk.ready(t, centre, 'anna');
	const caller = await calls(t, centre);
	await anna.state('offered');
	await anna.click('accept');
	await anna.state('talking');
	await anna.send({ t: 'shift.end' });
	await anna.view((v) => v.stop_after);
	await killed(centre);
	const before = (await anna.messages()).length;
	await centre.begin();
	await until('a view of the next process', async () =>
		(await anna.messages()).slice(before).some((m) => m.t === 'view' && m.state === 'talking' && m.stop_after));
	caller.hangUp();
	await anna.view((v) => v.state === 'out' && v.why === 'shift_ended');
});

/* ---- the board ---- */

test('the board: callers who wait, names for a lead alone, counts from five on; and it survives a killed control', async (t) => {
	const port = await freeTcpPort();
	const centre = await Centre.start(t, { changes: { ...QUIET, 'web.port': port },
		more: agent('p1') + agent('p2') + 'agent "lea" {\n\tname = "Lea Lead"\n\troles = { "lead" }\n\tqueues = { "post" }\n}\n' });
	const [lea, p1] = [await Person.login(centre, 'lea'), await Person.login(centre, 'p1')];
	assert.equal((await fetch(`${centre.told.base}/api/board`)).status, 401);
	const empty = await lea.ask('board');
	assert.deepEqual(empty.names, []);
	assert.deepEqual(empty.staff, { present: 0, are: null });
	const beat = await Desk.ready(t, centre, 'beat');
	await beat.click('pause');
	await beat.state('pause');
	await calls(t, centre);
	const full = await until('a caller on the board', async () => {
		const b = await lea.ask('board');
		return b.queues.some((q) => q.waiting === 1) ? b : null;
	});
	assert.deepEqual(full.names, ['Beat Beispiel']);
	assert.deepEqual(full.staff, { present: 1, are: null }, 'his pause is his');
	assert.doesNotMatch(JSON.stringify(full), /since|pause|office|home|"id"/);
	assert.equal((await p1.ask('board')).names, null, 'no lead, no names');

	// the page of the lead, through a killed control
	const context = await beat.page.context().browser().newContext({ locale: 'de-CH' });
	const [name, value] = lea.cookie.split('=');
	await context.addCookies([{ name, value, url: centre.told.base }]);
	const page = await context.newPage();
	await page.goto(`${centre.told.base}/board/`);
	await page.locator('.names li', { hasText: 'Beat Beispiel' }).waitFor();
	await page.locator('[data-is="few"]').waitFor();
	await killed(centre);
	await page.locator('.board[data-stale="true"]').waitFor();
	await centre.begin();
	await page.locator('.board[data-stale="false"]').waitFor();
	await page.locator('.names li', { hasText: 'Beat Beispiel' }).waitFor();
});

/* ---- the weekly question ---- */

const stored = (centre) => ({
	names: records(centre, 'SELECT count(*) AS n FROM pulse_answered')[0].n,
	counts: records(centre, 'SELECT answer, n FROM pulse ORDER BY answer'),
});
const NOTHING = { names: 0, counts: [] };

test('the weekly question ships switched off', async (t) => {
	const centre = await Centre.start(t);
	const anna = await Person.login(centre, 'anna');
	assert.deepEqual(await anna.ask('pulse'), { status: 200, on: false });
	assert.deepEqual(await anna.ask('pulse', { answer: 1 }), { status: 409, error: 'off' });
	assert.equal((await fetch(`${centre.told.base}/api/pulse`)).status, 401);
	assert.deepEqual(stored(centre), NOTHING);
});

test('six answer: no state of the records tells one of them, and after the week all are told', async (t) => {
	const logins = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6'];
	const centre = await Centre.start(t, { changes: { 'staff.pulse': true }, more: logins.map((l) => agent(l)).join('') +
		'agent "petra" {\n\tname = "Petra Muster"\n\troles = { "administrator" }\n\tqueues = { "post" }\n}\n' });
	const petra = await Person.login(centre, 'petra');
	assert.equal((await petra.ask('pulse')).on, false, 'the configuration alone does not switch it on [N7]');
	const now = Date.now();
	assert.equal((await petra.ask('approvals-consult', { evaluation: 'pulse', scope: 'house', held_ms: now - DAY_MS, text_sha256: 'ab'.repeat(32),
		agreed: true, from_ms: now, until_ms: now + 90 * DAY_MS })).status, 200);
	await until('the question to be asked', async () => (await petra.ask('pulse')).on);
	const people = [];
	for (const login of logins)
		people.push(await Person.login(centre, login));
	for (const body of [{}, { answer: 0 }, { answer: 6 }, { answer: '1' }])
		assert.equal((await people[0].ask('pulse', body)).status, 400);
	for (const [i, p] of people.slice(0, 4).entries()) {
		assert.equal((await p.ask('pulse')).answered, false);
		assert.deepEqual(await p.ask('pulse', { answer: i + 1 }), { status: 200, answered: true });
		assert.equal((await p.ask('pulse')).answered, true);
		assert.deepEqual(stored(centre), NOTHING, 'four are too few');
	}
	assert.deepEqual(await people[0].ask('pulse', { answer: 5 }), { status: 409, error: 'answered' });
	assert.equal((await people[4].ask('pulse', { answer: 1 })).status, 200);
	const five = { names: 5, counts: [{ answer: 1, n: 2 }, { answer: 2, n: 1 }, { answer: 3, n: 1 }, { answer: 4, n: 1 }] };
	await until('the five on disk', () => stored(centre).names === 5);
	assert.deepEqual(stored(centre), five);
	assert.deepEqual((await people[4].ask('pulse')).weeks.map((w) => w.counts), [null], 'not within the week');
	assert.equal((await people[5].ask('pulse', { answer: 5 })).status, 200);
	assert.deepEqual(stored(centre), five, 'the sixth alone would be one of known mind');

	// killed: what is on disk stays, the sixth is asked once more
	await killed(centre);
	await centre.begin();
	assert.equal((await people[0].ask('pulse')).answered, true);
	assert.equal((await people[5].ask('pulse')).answered, false);
	assert.deepEqual(stored(centre), five);

	// a week later
	await centre.stop();
	execFileSync('sqlite3', [path.join(centre.state, 'heimamt.db'), `UPDATE pulse SET week_ms = week_ms - ${7 * DAY_MS};
		UPDATE pulse_answered SET week_ms = week_ms - ${7 * DAY_MS}`]);
	await centre.begin();
	await until('who answered is forgotten', () => stored(centre).names === 0);
	const after = await people[5].ask('pulse');
	assert.equal(after.answered, false);
	assert.deepEqual(after.weeks.map((w) => w.counts), [[2, 1, 1, 1, 0]]);
	assert.match(after.weeks[0].week, /^\d{4}-W\d\d$/);
	assert.doesNotMatch(centre.log.join('\n'), /"answer"|Person/);
});
