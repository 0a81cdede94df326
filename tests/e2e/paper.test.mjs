// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The agent's own copy of what it signed, checked again from its pages alone; a lost device that signs no more; a
// damage of the ledger that an officer sees and acknowledges; what was signed long ago leaves the ledger.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { Centre, HEIMAMT } from './lib/centre.mjs';
import { Desk } from './lib/desk.mjs';
import { records } from './lib/records.mjs';
import { until } from './lib/wait.mjs';

const house = (centre) => ['--config', path.join(centre.folder, 'heimamt.conf'), '--state', centre.state];
const heimamt = (centre, ...words) => execFileSync(HEIMAMT, [...words, ...house(centre)], { encoding: 'utf8', stdio: 'pipe' });
const ledger = (...words) => spawnSync(HEIMAMT, ['ledger', ...words], { encoding: 'utf8' });
const codeFor = (centre, login) => JSON.parse(heimamt(centre, 'enrol', login, '--json')).code;
const linkFor = (centre, login) => centre.told.base + new URL(/http\S+/.exec(heimamt(centre, 'link', login))[0]).pathname;
const publish = (centre) => heimamt(centre, 'agreement', 'publish', '--effective', 'now', '--material');

// An agent's roles; the centre is down.
function give(centre, login, ...roles) {
	const file = path.join(centre.folder, 'heimamt.conf');
	const list = roles.map((r) => `"${r}"`).join(', ');
	fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(`agent "${login}" {`, `$&\n\troles = {${list}}`));
}

// One byte of the first entry behind the segment's own.
function damage(centre) {
	const segment = path.join(centre.state, 'ledger', 'ledger-000001');
	const bytes = fs.readFileSync(segment);
	bytes[bytes.indexOf('{"sha256"') + 20] ^= 1;
	fs.writeFileSync(segment, bytes);
}

async function signed(t, centre) {
	publish(centre);
	const anna = await Desk.open(t, centre, 'anna');
	await anna.view((v) => v.home.missing.includes('not_signed'));
	await anna.sign(codeFor(centre, 'anna'));
	return anna;
}

// The text of a PDF's pages, in a file.
function pages(t, centre, pdf, name) {
	const file = path.join(centre.folder, name);
	fs.writeFileSync(file, pdf);
	execFileSync('pdftotext', ['-q', '-layout', file, `${file}.txt`]);
	return `${file}.txt`;
}

// What the pages quote, whole again: docs/agreement.md.
const quoted = (text) => text.split('\n').map((l) => l.trim()).filter((l) => l.startsWith('>'))
	.map((l) => l.slice(1).trim()).join('\n').replaceAll('\\\n', '');

// Something a page asks of the house, with its session.
const api = (desk, name, body) => desk.page.evaluate(async ([n, b]) => {
	const { get, post } = await import('/common/api.js');
	return b ? post(n, b) : get(n);
}, [name, body]);

const asKey = (point) => crypto.createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256',
	x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') } });
const asHouseKey = (raw) => crypto.createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') } });

test('who has the paper alone can check all of it again', async (t) => {
	const centre = await Centre.start(t, { changes: { 'ledger.name': 'heimamt.test' } });
	const none = await Desk.open(t, centre, 'beat');
	assert.deepEqual(await api(none, 'agreement/pdf').then((a) => [a.status, a.error]), [404, 'not_signed']);
	const anna = await signed(t, centre);
	// as the page gives it
	await anna.page.goto(`${centre.told.base}/agreement/`);
	const [download] = await Promise.all([anna.page.waitForEvent('download'), anna.page.click('[data-action="pdf"]')]);
	assert.match(download.suggestedFilename(), /^agreement-1-(de|en)\.pdf$/);
	const pdf = fs.readFileSync(await download.path());
	// and as the house's command does: the same bytes
	const file = path.join(centre.folder, 'anna.pdf');
	assert.equal(heimamt(centre, 'agreement', 'pdf', 'anna', '--out', file).trim(), file);
	assert.ok(fs.readFileSync(file).equals(pdf));
	assert.equal(fs.statSync(file).mode & 0o777, 0o600);
	assert.match(spawnSync(HEIMAMT, ['agreement', 'pdf', 'beat', ...house(centre)], { encoding: 'utf8' }).stderr, /nothing was signed/);

	const paper = pages(t, centre, pdf, 'mine.pdf');
	const words = fs.readFileSync(paper, 'utf8');
	assert.match(words, /Anna/);
	assert.match(words, /OR 14/);
	const all = quoted(words);
	const [, text, statement, point, signature, counter, houseKey, countersignature] = new RegExp(
		'^([^]*?\n)(heimamt agreement 1\n[^]*?nonce: [0-9a-f]{64}\n)public-key: (04[0-9a-f]{128})\nsignature: ([0-9a-f]{128})\n' +
		'(heimamt countersignature 1\n[^]*?signed-ms: \\d+\n)house-key: ([0-9a-f]{64})\ncountersignature: ([0-9a-f]{128})\n').exec(all) ?? [];
	const bytes = (hex) => Buffer.from(hex, 'hex');
	assert.ok(text, all);
	assert.ok(statement.includes(`text-sha256: ${crypto.createHash('sha256').update(text).digest('hex')}\n`), 'the text is the one that was signed');
	assert.ok(crypto.verify('sha256', Buffer.from(statement), { key: asKey(bytes(point)), dsaEncoding: 'ieee-p1363' }, bytes(signature)));
	assert.ok(crypto.verify(null, Buffer.from(counter), asHouseKey(bytes(houseKey)), bytes(countersignature)));
	assert.ok(counter.includes(statement) && counter.includes(signature));

	// the ledger's proofs, with the key that stands there, and by whoever has the house's
	const key = /^ledger-key: (\S+)$/m.exec(all)[1];
	assert.equal(key, ledger('key', path.join(centre.state, 'house.key'), '--name', 'heimamt.test/1').stdout.trim());
	const verified = ledger('verify', paper, '--key', key);
	assert.equal(verified.status, 0, verified.stderr);
	assert.equal(verified.stdout.match(/stands in the ledger/g).length, 2);
	assert.match(verified.stdout, new RegExp(`\\(signature\\)[^]*${signature}[^]*\\(countersignature\\)[^]*${countersignature}`));
	const segment = path.join(centre.state, 'ledger', 'ledger-000001');
	const index = /^index (\d+)$/m.exec(all)[1];
	assert.ok(all.includes(ledger('prove', segment, index).stdout.trim()), 'it is what prove prints');
	// one character is another: refused
	const wrong = path.join(centre.folder, 'wrong.txt');
	fs.writeFileSync(wrong, words.replace(/(> extra .{40})(.)/, (_, a, b) => a + (b === 'A' ? 'B' : 'A')));
	assert.equal(ledger('verify', wrong, '--key', key).status, 2);
});

test('a lost device signs no more, what it signed stays, and a new one signs again', async (t) => {
	const centre = await Centre.start(t);
	const anna = await signed(t, centre);
	const beat = await Desk.open(t, centre, 'beat');
	const { devices: [own] } = (await api(anna, 'devices')).data;
	assert.equal(own.revoked_ms, 0);
	assert.deepEqual(await api(beat, 'devices/revoke', { key: own.key }).then((a) => [a.status, a.error]), [404, 'unknown_key'], 'not hers');
	assert.equal((await api(anna, 'devices/revoke', { key: 'x' })).status, 400);
	// with the page, as a person does
	const page = await anna.context.newPage();
	await page.goto(`${centre.told.base}/agreement/`);
	await page.click('[data-action="revoke"]');
	await page.click('#revoke');
	await page.waitForSelector('[data-device="revoked"]');
	assert.equal((await api(anna, 'devices/revoke', { key: own.key })).error, 'unknown_key', 'once');
	await anna.view((v) => !v.home.has_key && v.home.missing.every((x) => /declaration|one_factor/.test(x)));

	await anna.send({ t: 'agreement.read', language: 'de', ref: 'r1' });
	const text = await until('the text', async () => (await anna.messages()).find((m) => m.t === 'agreement' && m.ref === 'r1'));
	const signature = await anna.page.evaluate(async (m) => {
		const { key_find, key_sign, statement_of } = await import('/desk/device_key.js');
		return key_sign(await key_find(m.agent), statement_of(m));
	}, text);
	const { version, language, hash, nonce } = text;
	await anna.send({ t: 'agreement.sign', version, language, hash, nonce, key: own.key, signature, ref: 's1' });
	const refused = await until('an answer', async () => (await anna.messages()).find((m) => m.t === 'error' && m.ref === 's1'));
	assert.equal(refused.code, 'revoked_key');
	assert.equal(records(centre, 'SELECT count(*) AS n FROM agreement_signature')[0].n, 1);

	// her new device; then the house revokes them all
	await page.close();
	const again = await Desk.open(t, { state: centre.state, link: () => linkFor(centre, 'anna') }, 'anna');
	await again.send({ t: 'agreement.end', changed: true, ref: 'e1' });
	await again.view((v) => v.home.missing.includes('changed'));
	await again.sign(codeFor(centre, 'anna'));
	assert.deepEqual(JSON.parse(heimamt(centre, 'enrol', 'anna', '--revoke', '--json')), { revoked: 1 });
	await again.view((v) => !v.home.has_key);
	assert.deepEqual(JSON.parse(heimamt(centre, 'enrol', 'anna', '--revoke', '--json')), { revoked: 0 });
	await until('the ledger', () => records(centre, 'SELECT count(*) AS n FROM ledger_entry WHERE ref % 16 = 10')[0].n === 2);
	const [{ entry }] = records(centre, 'SELECT max(entry) AS entry FROM ledger_entry WHERE ref % 16 = 10');
	const proof = path.join(centre.folder, 'revoked.proof');
	fs.writeFileSync(proof, ledger('prove', path.join(centre.state, 'ledger', 'ledger-000001'), String(entry)).stdout);
	assert.match(ledger('verify', proof).stdout, /\(key\) stands in the ledger[^]*"by":"house","revoked_ms":\d+/);
	assert.ok(!centre.log.some((l) => l.includes(own.key)), 'no key is logged');
});

test('a damage is told to officers alone, until one acknowledges it', async (t) => {
	const centre = await Centre.start(t);
	await centre.stop();
	give(centre, 'beat', 'agent', 'officer');
	damage(centre);
	await centre.begin();
	const anna = await Desk.open(t, centre, 'anna');
	assert.deepEqual([(await api(anna, 'ledger')).status, (await api(anna, 'ledger/acknowledge', { segment: 1 })).status], [403, 403]);
	const beat = await Desk.open(t, centre, 'beat');
	const open = { segment: 1, first_bad: 1, rewritten: false, acknowledged: false };
	assert.deepEqual((await api(beat, 'ledger')).data, { damages: [open] });
	assert.equal((await api(beat, 'ledger/acknowledge', { segment: 2 })).error, 'no_damage');
	assert.match(ledger('acknowledge', ...house(centre)).stdout, /segment 1, from entry 1 on: not acknowledged/);
	const refused = ledger('acknowledge', '--by', 'anna', ...house(centre));
	assert.equal(refused.status, 2);
	assert.match(refused.stderr, /"anna" is no officer/);

	await beat.page.goto(`${centre.told.base}/ledger/`);
	await beat.page.click('[data-action="acknowledge"]');
	await beat.page.waitForSelector('[data-damage="seen"]');
	await until('the ledger has it', async () => (await api(beat, 'ledger')).data.damages[0].acknowledged);
	assert.equal((await api(beat, 'ledger/acknowledge', { segment: 1 })).error, 'no_damage', 'once');
	assert.match(ledger('acknowledge', '--by', 'beat', ...house(centre)).stdout, /Nothing is damaged/);
	assert.equal(ledger('verify', path.join(centre.state, 'ledger', 'ledger-000002')).status, 0);
	await centre.stop();
	await centre.begin(); /* of a process of its own, with a log of its own */
	assert.ok(!centre.log.some((l) => /is not acknowledged/.test(l)));
});

test('without a centre the command acknowledges, and the next start brings it into the ledger', async (t) => {
	const centre = await Centre.start(t);
	await centre.stop();
	give(centre, 'beat', 'agent', 'administrator');
	damage(centre);
	await centre.begin();
	await centre.stop();
	assert.match(ledger('acknowledge', '--by', 'beat', ...house(centre)).stdout, /segment 1, from entry 1 on: acknowledged/);
	await centre.begin();
	await until('the ledger has it', () => /Nothing is damaged/.test(ledger('acknowledge', ...house(centre)).stdout));
});

test('what was signed long ago leaves records and ledger, and the ledger still verifies', async (t) => {
	const centre = await Centre.start(t);
	await signed(t, centre);
	const segment = path.join(centre.state, 'ledger', 'ledger-000001');
	assert.ok(fs.readFileSync(segment).includes('"language":"'));
	await centre.stop();
	execFileSync('sqlite3', [path.join(centre.state, 'heimamt.db'),
		"UPDATE agreement_signature SET signed_ms = 1; INSERT INTO agreement_end SELECT 99, agent, 2, 0, 'ended' FROM agreement_signature"]);
	await centre.begin();
	const found = await until('it is gone', () => {
		const now = JSON.parse(ledger('verify', segment, '--json').stdout || '{}');
		return now.erased === 2 && now;
	});
	assert.equal(found.result, 'good');
	assert.ok(!fs.readFileSync(segment).includes('"language":"'));
	assert.equal(records(centre, 'SELECT count(*) AS n FROM agreement_signature')[0].n, 0);
});
