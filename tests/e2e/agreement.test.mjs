// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Work from home: Anna gets no calls before she has signed and declared; a material version takes her home out of the
// routing within a second while her talk goes on; she signs and is back.  Strict calls wait for the office.

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
import { sleep, until } from './lib/wait.mjs';

// A command of the house's, beside the running centre.
function heimamt(centre, ...words) {
	return execFileSync(HEIMAMT, [...words, '--config', path.join(centre.folder, 'heimamt.conf'), '--state', centre.state],
		{ encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

// With texts of its own, so that a later version can differ.
async function startCentre(t, changes = {}, folder = undefined) {
	const texts = fs.mkdtempSync('/tmp/heimamt-agreement-');
	t.after(() => fs.rmSync(texts, { recursive: true, force: true }));
	for (const language of ['de', 'fr', 'it', 'en'])
		fs.copyFileSync(path.join(ROOT, 'agreement', `${language}.txt`), path.join(texts, `${language}.txt`));
	const centre = await Centre.start(t, { folder, changes: { 'agreement.folder': texts, ...changes } });
	centre.edit = () => fs.appendFileSync(path.join(texts, 'de.txt'), 'Geändert.\n');
	return centre;
}

// The proof of an entry and what verifying it says; behind the segment's own and the configuration's come the agreement's.
function proofOf(centre, nth) {
	const ledger = (...words) => execFileSync(HEIMAMT, ['ledger', ...words], { encoding: 'utf8' });
	const segment = path.join(centre.state, 'ledger', 'ledger-000001');
	const key = ledger('key', path.join(centre.state, 'house.key'), '--name', 'heimamt/1').trim();
	const file = path.join(centre.folder, 'mine.proof');
	const proof = ledger('prove', segment, String(1 + nth));
	fs.writeFileSync(file, proof);
	return { proof, text: ledger('verify', file, '--key', key) };
}

const publish = (centre, ...kind) => heimamt(centre, 'agreement', 'publish', '--effective', 'now', ...kind);
const codeFor = (centre, login) => JSON.parse(heimamt(centre, 'enrol', login, '--json')).code;

async function calls(t, centre, number = '100') {
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	const caller = await Caller.open(t, { sip: centre.sip(number) });
	caller.invite({ sdp: endpoint.sdp() });
	return caller;
}

async function atHome(t, centre) {
	const anna = await Desk.open(t, centre, 'anna');
	await anna.click('line');
	await anna.view((v) => v.line === 'up');
	return anna;
}

test('no calls at home before signing and declaring; a new version takes them away, and signing brings them back', async (t) => {
	const centre = await startCentre(t);
	const anna = await atHome(t, centre);
	publish(centre, '--material');
	await anna.view((v) => v.home.missing.includes('not_signed') && v.home.missing.includes('no_declaration'));
	await anna.click('start');
	await anna.state('away');
	await anna.send({ t: 'ready' });
	await until('the refusal', async () => (await anna.messages()).some((m) => m.t === 'error' && m.code === 'not_cleared'));
	await anna.declare();
	await anna.page.waitForSelector('[data-missing="not_signed"]');
	assert.equal((await anna.view((v) => v.state === 'away')).state, 'away');
	await anna.sign(codeFor(centre, 'anna'));
	await anna.click('ready');
	await anna.state('ready');

	await calls(t, centre);
	await anna.state('offered');
	await anna.click('accept');
	await anna.state('talking');
	centre.edit();
	const preview = JSON.parse(publish(centre, '--material', '--preview', '--json'));
	assert.deepEqual(preview.would_lose_home, ['anna']);
	assert.equal(records(centre, 'SELECT count(*) AS n FROM agreement_version')[0].n, 1, 'a preview publishes nothing');
	publish(centre, '--material');
	const published = records(centre, 'SELECT published_ms AS at FROM agreement_version WHERE number = 2')[0].at;
	const view = await anna.view((v) => v.home.missing.includes('old_version'));
	const seen = await anna.page.evaluate((at) => performance.timeOrigin + at, view.at);
	t.diagnostic(`from publishing to the desk: ${(seen - published).toFixed(0)} ms`);
	assert.equal(view.state, 'talking', 'the talk goes on');
	await sleep(1000);
	await anna.click('hangup');
	await anna.click('wrapup_done');
	await anna.state('away');
	await calls(t, centre);
	await sleep(1000);
	assert.equal((await anna.view(() => true)).state, 'away', 'no call comes');
	// within web.regain she is ready again by herself, later by her own word
	if ((await anna.sign()).state === 'away')
		await anna.click('ready');
	await anna.state('offered');

	const signed = records(centre, 'SELECT version, length(signature) AS n, length(countersignature) AS c FROM agreement_signature ORDER BY seq');
	assert.deepEqual(signed, [{ version: 1, n: 64, c: 64 }, { version: 2, n: 64, c: 64 }]);
	assert.equal(fs.statSync(path.join(centre.state, 'house.key')).mode & 0o777, 0o600);
	const list = JSON.parse(heimamt(centre, 'agreement', 'list', '--json'));
	assert.deepEqual(list.versions.map((v) => [v.version, v.material]), [[1, true], [2, true]]);
	assert.equal(list.agents.find((a) => a.agent === 'anna').signed, 2);
	// all of it is in the ledger by the time the desk knows it, and proves itself to her without the house
	const { proof, text } = proofOf(centre, signed.length * 3);
	assert.match(text, /\(countersignature\) stands in the ledger/);
	assert.match(text, /signature: good, by the key that was given/);
	assert.match(text, /"version":2,"nonce":"[0-9a-f]{64}","countersignature":"[0-9a-f]{128}"/);
	assert.ok(!/declar/i.test(proof + text));
	// what she declared is nowhere [RULES N10]
	const schema = records(centre, "SELECT group_concat(sql, ' ') AS sql FROM sqlite_schema")[0].sql.replace(/--.*/g, '');
	assert.doesNotMatch(schema, /declar/i);
	assert.ok(!centre.log.some((l) => /declar/i.test(l)));
});

test('a signature that is replayed, truncated or of a wrong hash is refused with its reason and changes nothing', async (t) => {
	const centre = await startCentre(t);
	const anna = await atHome(t, centre);
	publish(centre, '--material');
	await anna.view((v) => v.home.missing.includes('not_signed'));
	const refusal = async (message) => {
		const ref = `x${Math.random()}`.slice(0, 20);
		await anna.send({ ...message, ref });
		return until('an answer', async () => (await anna.messages()).find((m) => m.t === 'error' && m.ref === ref)?.code);
	};
	const read = async () => {
		const ref = `r${Math.random()}`.slice(0, 20);
		await anna.send({ t: 'agreement.read', language: 'de', ref });
		return until('the text', async () => (await anna.messages()).find((m) => m.t === 'agreement' && m.ref === ref));
	};
	const attempt = (text) => ({ t: 'agreement.sign', version: 1, language: 'de', hash: text.hash, nonce: text.nonce,
		key: `04${'ab'.repeat(64)}`, signature: 'cd'.repeat(64) });
	const first = await read();
	assert.equal(await refusal(attempt(first)), 'unknown_key', 'a key of nobody');
	assert.equal(await refusal(attempt(first)), 'bad_nonce', 'the same once more');
	assert.equal(await refusal({ ...attempt(await read()), hash: '00'.repeat(32) }), 'bad_hash');
	await anna.sign(codeFor(centre, 'anna'));
	const mine = await anna.page.evaluate(async (agent) => (await (await import('/desk/device_key.js')).key_find(agent)).point, first.agent);
	assert.equal(await refusal({ ...attempt(await read()), key: mine, signature: 'cd'.repeat(63) }), 'bad_signature', 'truncated');
	assert.equal(await refusal({ ...attempt(await read()), key: mine }), 'bad_signature', 'foreign');
	assert.equal(records(centre, 'SELECT count(*) AS n FROM agreement_signature')[0].n, 1);
	assert.ok(centre.log.some((l) => /signature of the agreement was refused: bad_hash/.test(l)));
	assert.ok(!centre.log.some((l) => /refused: .*(anna|Anna)/.test(l)), 'and nobody is named');
});

test('a caller to a strict queue waits for Beat while Anna is idle at home', async (t) => {
	const centre = await startCentre(t, { 'queue post.sensitivity': 'strict' });
	const anna = await Desk.ready(t, centre, 'anna');
	await calls(t, centre);
	await sleep(1500);
	assert.equal((await anna.view(() => true)).state, 'ready', 'nothing is offered to her');
	const beat = await Desk.open(t, centre, 'beat');
	await beat.click('line');
	await beat.view((v) => v.line === 'up');
	await beat.click('start');
	await beat.state('away');
	await beat.click('ready');
	await beat.state('offered');
	const offers = await until('the offer', () => {
		const rows = records(centre, "SELECT a.login FROM call_event e JOIN agent a ON a.id = e.agent WHERE e.event = 'offered'");
		return rows.length ? rows : null;
	});
	assert.deepEqual([...new Set(offers.map((r) => r.login))], ['beat']);
});

test('a changed situation and a year that is over close the home until it is signed again', async (t) => {
	const centre = await startCentre(t, { 'agreement.reconfirm': 365 });
	let anna = await atHome(t, centre);
	publish(centre, '--material');
	await anna.view((v) => v.home.missing.includes('not_signed'));
	await anna.sign(codeFor(centre, 'anna'));
	await anna.send({ t: 'agreement.end', changed: true, ref: 'c1' });
	await anna.view((v) => v.home.missing.includes('changed') && v.home.to_sign === 1);
	await anna.sign();
	// the interval: as if she had signed a year ago
	await centre.stop();
	execFileSync('sqlite3', [path.join(centre.state, 'heimamt.db'),
		'UPDATE agreement_signature SET signed_ms = signed_ms - 366 * 86400000']);
	await centre.begin();
	anna = await Desk.open(t, centre, 'anna'); // at another port: to the browser another device
	const view = await anna.view((v) => v.home.missing.includes('reconfirm'));
	assert.ok(!view.home.missing.includes('changed'));
	assert.equal(view.home.to_sign, 1);
	await anna.sign(codeFor(centre, 'anna'));
	assert.equal(records(centre, 'SELECT count(*) AS n FROM agreement_signature')[0].n, 3);
});
