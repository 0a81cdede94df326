// SPDX-License-Identifier: AGPL-3.0-or-later
// Week plans: two agents swap a day in their browsers, the last seat goes to one of two, a calendar program reads a
// plan, the plan follows the desk in the morning, and the command line says what is needed.

import test from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { startBrowser } from './lib/browser.mjs';
import { Centre, HEIMAMT } from './lib/centre.mjs';
import { Desk } from './lib/desk.mjs';
import { records } from './lib/records.mjs';
import { until } from './lib/wait.mjs';

const start = (t, changes = {}) => Centre.start(t, { changes: { 'home-days.seats': 1, 'web.caller-page': false, ...changes } });

// Logs in by HTTP; call(name, body): [status, data].
async function login(centre, name) {
	const { base } = centre.told;
	const token = new URL(centre.link(name)).pathname.split('/').pop();
	const answer = await fetch(`${base}/login`, { method: 'POST', body: JSON.stringify({ token }),
		headers: { 'Content-Type': 'application/json', Origin: base } });
	assert.equal(answer.status, 204);
	const cookie = answer.headers.get('set-cookie').split(';')[0];
	const ask = async (route, body) => {
		const options = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
		const got = await fetch(`${base}/api/${route}`, { ...options,
			headers: { Cookie: cookie, Origin: base, 'Content-Type': 'application/json' } });
		const text = await got.text();
		return [got.status, got.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text];
	};
	const [key, value] = cookie.split('=');
	ask.cookie = { name: key, value, url: base, httpOnly: true, sameSite: 'Strict' };
	return ask;
}

const day = (at, absent = false) => ({ absent, spans: at ? [{ from: 480, to: 720, at }, { from: 780, to: 1020, at }] : [] });
const week = (letters) => [...letters].map((c) => day({ o: 'office', h: 'home' }[c.toLowerCase()], c !== c.toLowerCase()));
const kinds = (data) => data.broken.map((b) => `${b.hard ? '!' : ''}${b.kind} ${b.day}`);

function heimamt(centre, args) {
	return spawnSync(HEIMAMT, [...args, '--config', path.join(centre.folder, 'heimamt.conf'), '--state', centre.state], { encoding: 'utf8', timeout: 20000 });
}

test('a plan is checked, saved and refused; of two who want the last seat one has it', async (t) => {
	const centre = await start(t);
	const anna = await login(centre, 'anna');
	const beat = await login(centre, 'beat');
	const [, now] = await anna('week');
	const next = now.weeks[1];
	assert.equal(now.weeks.length, 5);
	assert.deepEqual(now.plan.map((d) => d.spans.length), [0, 0, 0, 0, 0, 0, 0]);

	assert.deepEqual(kinds((await anna(`week/check/${next}`, { plan: week('oohhh--') }))[1]), []);
	assert.equal((await anna(`week/save/${next}`, { plan: week('oohhh--') }))[0], 200);
	const [status, refused] = await beat(`week/save/${next}`, { plan: week('ohhhh--') });
	assert.equal(status, 409);
	assert.deepEqual([refused.error, kinds(refused)], ['refused', ['!seats 0']]);
	assert.deepEqual((await beat(`week/${next}`))[1].plan.map((d) => d.spans.length), [0, 0, 0, 0, 0, 0, 0], 'nothing changed');
	// away is never refused, and a third day is free
	assert.equal((await beat(`week/save/${next}`, { plan: week('Hhohh--') }))[0], 200);
	const [, again] = await beat(`week/${next}`);
	assert.deepEqual(again.seats.taken.slice(0, 3), [1, 1, 1]);
	assert.equal(again.plan[0].absent, true);

	// both at once, a hundred times in any order: one of them has it
	const third = now.weeks[2];
	const both = await Promise.all([anna, beat].map((who) => who(`week/save/${third}`, { plan: week('o------') })));
	assert.deepEqual(both.map(([s]) => s).sort(), [200, 409]);

	for (const [route, body, want] of [
		['week/2020-W01', undefined, 404],
		['week/x', undefined, 404],
		[`week/save/${next}`, { plan: week('ooo') }, 400],
		[`week/save/${next}`, { plan: week('ooooooo').with(0, { absent: false, spans: [{ from: 0, to: 7, at: 'home' }] }) }, 400],
		[`week/save/${next}`, { plan: week('hhhhh--'), agent: 'anna' }, 403],
		[`week/all/${next}`, undefined, 403],
		['week/way', { minutes: 601, km: 1 }, 400],
		['week/swap/x', { day: 0 }, 404],
		['week/feed', { language: 'xx' }, 400],
	])
		assert.equal((await beat(route, body))[0], want, `${route} ${JSON.stringify(body)}`);
});

test('who plans sees all and changes somebody’s; nobody else does', async (t) => {
	const centre = await start(t, { 'agent.roles': ['agent', 'lead'] });
	const anna = await login(centre, 'anna');
	const [, { weeks }] = await anna('week');
	assert.equal((await anna(`week/save/${weeks[1]}`, { plan: week('hhohh--'), agent: 'beat' }))[0], 200);
	const [, all] = await anna(`week/all/${weeks[1]}`);
	assert.deepEqual(all.people.map((p) => [p.agent, p.plan[2].spans.length]), [['anna', 0], ['beat', 2]]);
	assert.deepEqual(all.house.sites, [{ name: '', room: 1, taken: [0, 0, 1, 0, 0, 0, 0] }]);
	assert.equal(all.house.home[0], 1);
});

test('two agents swap a day in their browsers: both plans change, or neither', async (t) => {
	const centre = await start(t);
	const annaAsks = await login(centre, 'anna');
	const beatAsks = await login(centre, 'beat');
	const [, { weeks }] = await annaAsks('week');
	await annaAsks(`week/save/${weeks[1]}`, { plan: week('oohhh--') });
	await beatAsks(`week/save/${weeks[1]}`, { plan: week('hhoo---') });
	const open = async (ask) => {
		const { page, context } = await startBrowser(t);
		await context.addCookies([ask.cookie]);
		await page.goto(`${centre.told.base}/week/`);
		await page.locator('.weeks button').nth(1).click({ timeout: 20000 });
		await page.locator('.day[data-day="0"] input:checked:not([value="off"])').waitFor({ state: 'attached', timeout: 20000 });
		return page;
	};
	const anna = await open(annaAsks);
	await anna.locator('[data-form="swap"] select').first().selectOption('0');
	await anna.locator('[data-form="swap"] select').nth(1).selectOption('3');
	await anna.locator('[data-form="swap"] button').click();
	await anna.locator('.offer').waitFor();
	const beat = await open(beatAsks);
	const offer = beat.locator('.offer');
	await offer.waitFor();
	assert.match(await offer.innerText(), /^Anna Muster wäre gern zu Hause am Montag, .* im Büro am Donnerstag/);
	if (process.env.SHOTS)
		await beat.screenshot({ fullPage: true, path: path.join(process.env.SHOTS, 'week-swap.png') });
	await beat.locator('[data-action="take"]').click();
	await beat.locator('.say').filter({ hasText: 'Getauscht' }).waitFor({ timeout: 20000 });
	const places = async (ask) => (await ask(`week/${weeks[1]}`))[1].plan.map((d) => d.spans[0]?.at?.[0] ?? '-').join('');
	assert.equal(await places(annaAsks), 'hohoh--');
	assert.equal(await places(beatAsks), 'ohoh---');
	assert.equal(records(centre, 'SELECT count(*) AS n FROM plan_swap')[0].n, 0);

	// an offer that does not fit any more is gone, and nothing changes
	assert.equal((await annaAsks(`week/swap/${weeks[1]}`, { day: 1 }))[0], 200);
	const [{ id }] = records(centre, 'SELECT id FROM plan_swap');
	await beatAsks(`week/save/${weeks[1]}`, { plan: week('o-------'.slice(0, 7)) });
	const [status, data] = await beatAsks('week/take', { id });
	assert.deepEqual([status, data.error], [409, 'swap_gone']);
	assert.equal(await places(annaAsks), 'hohoh--');
	assert.equal((await beatAsks('week/drop', { id }))[0], 403, 'only who offers may withdraw');
	assert.equal((await annaAsks('week/drop', { id }))[0], 200);
});

test('a calendar program reads a plan by its address, until that is ended', async (t) => {
	const centre = await start(t);
	const anna = await login(centre, 'anna');
	const [, { weeks }] = await anna('week');
	await anna(`week/save/${weeks[1]}`, { plan: week('hhO----') });
	const [, { path: address }] = await anna('week/feed', { language: 'fr' });
	const read = async () => {
		const got = await fetch(centre.told.base + address);
		return [got.status, got.headers.get('content-type'), await got.text()];
	};
	const [status, type, text] = await read();
	assert.equal(status, 200);
	assert.equal(type, 'text/calendar; charset=utf-8');
	assert.match(text, /^BEGIN:VCALENDAR\r\nVERSION:2\.0\r\n/);
	assert.equal(text.match(/BEGIN:VEVENT/g).length, 4, 'who is absent has no event');
	assert.equal(text.match(/SUMMARY:Travail à la maison\r\n/g).length, 4);
	assert.doesNotMatch(text, /anna|muster/i);
	const uids = (s) => s.match(/UID:.*/g);
	assert.deepEqual(uids((await read())[2]), uids(text), 'the same events');
	const [, again] = await anna('week/feed', { language: 'de' });
	assert.equal((await read())[0], 404, 'a new address ends the old one');
	assert.notEqual(again.path, address);
	await anna('week/feed', {});
	assert.equal((await fetch(centre.told.base + again.path)).status, 404);
	const stored = records(centre, "SELECT group_concat(hex(hash)) AS h FROM plan_feed")[0].h;
	assert.equal(stored, null);
	// wrong ones are bounded
	const wrong = await until('429', async () => (await fetch(`${centre.told.base}/ical/${'0'.repeat(64)}.ics`)).status === 429);
	assert.ok(wrong);
});

test('in the morning the plan follows the desk, or the desk says what is against it; the office stays open', async (t) => {
	const centre = await start(t);
	const anna = await login(centre, 'anna');
	const beat = await login(centre, 'beat');
	const [, now] = await beat('week');
	const today = now.first;
	const all = (at) => week('-------').with(today, { absent: false, spans: [{ from: 0, to: 1440, at }] });
	await beat(`week/save/${now.week}`, { plan: all('home') });
	const desk = await startDesk(t, centre, beat);
	await desk.click('line');
	await desk.view((v) => v.line === 'up');
	await desk.click('start');
	await desk.state('away');
	const planned = () => records(centre, "SELECT a.login, s.place FROM plan_span s JOIN agent a ON a.id = s.agent ORDER BY a.login");
	await until('the plan to follow', () => planned().some((r) => r.login === 'beat' && r.place === 'office'));

	// the only seat is his now: Anna comes to the office all the same
	await anna(`week/save/${now.week}`, { plan: all('home') });
	assert.deepEqual((await anna('week/today', { at: 'home' }))[1], { refused: false, broken: [], changed: false });
	const annaDesk = await startDesk(t, centre, anna);
	await annaDesk.page.click('input[name="workplace"][value="office"]');
	await annaDesk.view((v) => v.agent.workplace === 'office');
	await annaDesk.click('line');
	await annaDesk.view((v) => v.line === 'up');
	await annaDesk.click('start');
	await annaDesk.state('away');
	await annaDesk.page.waitForSelector('[data-against="seats"]', { timeout: 20000 });
	assert.deepEqual(planned(), [{ login: 'anna', place: 'home' }, { login: 'beat', place: 'office' }]);
	await annaDesk.click('ready');
	await annaDesk.state('ready');
});

// As Desk.open(), with the session that is there.
function startDesk(t, centre, ask) {
	return Desk.open(t, { link: () => `${centre.told.base}/desk/` }, 'who', { before: (context) => context.addCookies([ask.cookie]) });
}

test('heimamt week: what plan computes is needed, and what the plans lack is told', async (t) => {
	const centre = await start(t);
	const anna = await login(centre, 'anna');
	const file = (name, text) => {
		fs.writeFileSync(path.join(centre.folder, name), text);
		return path.join(centre.folder, name);
	};
	const csv = file('day.csv', 'start,calls,aht\n08:00,10,180\n08:30,60,180\n');
	const plan = spawnSync(HEIMAMT, ['plan', '--day', csv, '--interval', '1800', '--office-only', '20%', '--json'], { encoding: 'utf8' });
	const need = file('need.json', plan.stdout);
	const rows = JSON.parse(plan.stdout).intervals;
	assert.equal(heimamt(centre, ['week', 'need', need, '--days', 'Mo']).status, 0);
	const got = records(centre, 'SELECT weekday, half, agents, strict FROM plan_need ORDER BY half');
	assert.deepEqual(got, [16, 17].map((half, i) => ({ weekday: 0, half, agents: rows[i].agents_scheduled, strict: rows[i].office.agents_scheduled })));

	const [, { weeks }] = await anna('week');
	await anna(`week/save/${weeks[1]}`, { plan: week('o-----H') });
	const show = heimamt(centre, ['week', 'show', weeks[1]]);
	assert.equal(show.status, 0);
	assert.match(show.stdout, /^anna {16} {4}O {4}- {4}- {4}- {4}- {4}- {4}a$/m);
	assert.match(show.stdout, /^office .* 1 .*of 1$/m);
	const json = JSON.parse(heimamt(centre, ['week', 'show', weeks[1], '--json']).stdout);
	assert.equal(json.people.find((p) => p.agent === 'anna').plan[0].spans[0].at, 'office');
	const check = heimamt(centre, ['week', 'check', weeks[1], '--json']);
	assert.equal(check.status, 1);
	const gaps = JSON.parse(check.stdout).broken;
	assert.deepEqual(gaps.find((g) => g.kind === 'cover' && g.from === 510), { kind: 'cover', day: 0, from: 510, to: 540, missing: rows[1].agents_scheduled - 1 });

	for (const [args, says] of [
		[['need', csv], /day\.csv:1:\d+: it must be what heimamt plan --json prints/],
		[['need', file('x.json', '{"interval_s":1800,"intervals":[{"start":"early","agents_scheduled":1}]}')], /"start" must be a time of day/],
		[['need', need, '--days', 'Xx'], /--days must be days such as/],
		[['show', '2020-W01'], /plans of the past are not kept/],
		[['show', 'next'], /present week or a later one/],
	]) {
		const { status, stderr } = heimamt(centre, ['week', ...args]);
		assert.equal(status, 2, args.join(' '));
		assert.match(stderr, says);
	}
});
