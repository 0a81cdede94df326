// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One's own data [RULES N6; DSG Art. 25]: what the records hold about an agent is what that agent is given, all of it and
// nothing of others; the officer's command says the same; and the documents say what the register says.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { Caller } from './lib/caller.mjs';
import { Centre, HEIMAMT, ROOT } from './lib/centre.mjs';
import { Desk } from './lib/desk.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { records } from './lib/records.mjs';
import { until } from './lib/wait.mjs';

const heimamt = (...words) => execFileSync(HEIMAMT, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const ownOf = (centre, login) =>
	JSON.parse(heimamt('own', login, '--json', '--config', path.join(centre.folder, 'heimamt.conf'), '--state', centre.state));

test('own: an agent is given all that the records hold about it, and nothing about others', async (t) => {
	const centre = await Centre.start(t);
	const anna = await Desk.ready(t, centre, 'anna');
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	const caller = await Caller.open(t, { sip: centre.sip() });
	caller.invite({ sdp: endpoint.sdp() });
	await anna.state('offered');
	await anna.click('accept');
	await anna.state('talking');
	await anna.click('hangup');
	await anna.state('wrapup');
	await anna.click('work'); // which lasts
	await anna.state('work');
	await until('the record of the call', () => records(centre, 'SELECT 1 FROM call WHERE ended_ms IS NOT NULL').length);

	const beat = await Desk.open(t, centre, 'beat');
	const ask = (desk, name) => desk.page.evaluate(async (n) => {
		const answer = await fetch(`/api/${n}`);
		return { status: answer.status, file: answer.headers.get('content-disposition'), data: await answer.json() };
	}, name);
	const given = await ask(anna, 'own');
	assert.equal(given.status, 200);
	const own = given.data;
	const rows = Object.fromEntries(own.tables.map((x) => [x.table, x.rows]));
	for (const [table, column] of [['session', 'agent'], ['link', 'agent'], ['call_event', 'agent'], ['call', 'agent'], ['agent', 'id'],
		['device_key', 'agent'], ['agreement_signature', 'agent']])
		assert.equal(rows[table].length,
			records(centre, `SELECT count(*) AS n FROM ${table} WHERE ${column} = (SELECT id FROM agent WHERE login = 'anna')`)[0].n, table);
	assert.deepEqual(rows.call_event.map((r) => r.values.event).filter((e) => e !== 'left'), ['offered', 'accepted', 'joined']);
	const event = rows.call_event[0];
	assert.equal(event.goes_ms, event.values.at_ms + 90 * 86400000);
	assert.deepEqual([own.agent.login, own.now.state, own.now.workplace, own.now.desk], ['anna', 'work', 'home', true]);
	assert.ok(own.now.declared_since_ms >= 0);

	// no secret, nobody else, and no caller
	const text = JSON.stringify(own);
	for (const { hash } of records(centre, 'SELECT lower(hex(hash)) AS hash FROM session UNION SELECT lower(hex(hash)) FROM link'))
		assert.ok(!text.includes(hash));
	// as a text: a number of JavaScript holds 53 bits only
	const { id: other, name } = records(centre, "SELECT CAST(id AS TEXT) AS id, name FROM agent WHERE login = 'beat'")[0];
	assert.ok(!text.includes(name) && !text.includes(other));
	assert.ok(!text.includes(caller.number ?? '+41'));

	const saved = await ask(anna, 'own/file');
	assert.match(saved.file, /attachment; filename="heimamt-own-data\.json"/);
	const his = (await ask(beat, 'own')).data;
	assert.equal(his.agent.login, 'beat');
	assert.deepEqual(his.tables.find((x) => x.table === 'call_event').rows, []);
	assert.equal((await fetch(`${centre.told.base}/api/own`)).status, 401);

	// the officer's command, away from the loop: the same rows
	const offline = ownOf(centre, 'anna');
	assert.deepEqual(offline.tables, (await ask(anna, 'own')).data.tables);
	// and the page shows it
	const [page] = await Promise.all([anna.context.waitForEvent('page'), anna.page.click('[data-action="own"]')]);
	await page.waitForSelector('[data-table="call_event"] tbody tr');
	assert.equal(await page.locator('[data-table="device_key"] [data-count="0"]').count(), 1);
});

test('own: the documents say what the register says', () => {
	const docs = fs.readFileSync(path.join(ROOT, 'docs/own-data.md'), 'utf8');
	const said = heimamt('own', '--register').trim();
	assert.ok(said.length > 5000);
	assert.ok(docs.includes(said), 'docs/own-data.md is not what heimamt own --register prints: print it anew, behind "## The register"');
	const store = fs.readFileSync(path.join(ROOT, 'docs/store.md'), 'utf8');
	for (const { table } of JSON.parse(heimamt('own', '--register', '--json')).tables.filter((x) => x.about_agents))
		assert.ok(store.includes(`\`${table}\``), `docs/store.md does not name ${table}`);
});

test('own: an agent that is not there, and words that are wrong', (t) => {
	const fails = (...words) => {
		try {
			heimamt('own', ...words);
		} catch (e) {
			return { status: e.status, says: e.stderr };
		}
		return assert.fail(words.join(' '));
	};
	const folder = fs.mkdtempSync('/tmp/heimamt-own-');
	t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
	const nobody = fails('nobody', '--config', path.join(ROOT, 'dist/demo/heimamt.conf'), '--state', folder);
	assert.equal(nobody.status, 1);
	assert.match(nobody.says, /there is no agent "nobody"/);
	assert.equal(fails().status, 2);
});
