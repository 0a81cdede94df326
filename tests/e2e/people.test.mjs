// SPDX-License-Identifier: AGPL-3.0-or-later
//
// People: who is imported while the centre runs takes calls at once, new skills count at once, who leaves is out at once
// and its talk finishes; a killed centre knows them all.  The staff body's signature switches an evaluation on.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { webcrypto } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { Caller } from './lib/caller.mjs';
import { Centre, HEIMAMT, killed } from './lib/centre.mjs';
import { Desk } from './lib/desk.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { freeTcpPort, freeUdpPort } from './lib/ports.mjs';
import { records } from './lib/records.mjs';
import { sleep, until } from './lib/wait.mjs';

const HEAD = 'login;name;workplace;skills;teams;clearance;roles';
const PEOPLE = [HEAD, 'nora;Nora Frei;office;"de=3 en";100|200;strict;agent',
	'petra;Petra Amstutz;office;;;;administrator', 'stefan;Stefan Kobel;office;;;;staff-body', ''].join('\r\n');

// A command of the house's, beside the running centre; what it said, also where it failed.
function heimamt(centre, ...words) {
	try {
		return execFileSync(HEIMAMT, [...words, '--config', path.join(centre.folder, 'heimamt.conf'), '--state', centre.state],
			{ encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
	} catch (e) {
		return e.stderr + e.stdout;
	}
}

function importPeople(centre, text, ...words) {
	const file = path.join(centre.folder, 'people.csv');
	fs.writeFileSync(file, text);
	return JSON.parse(heimamt(centre, 'people', 'import', file, '--json', ...words).split('\n').find((l) => l.startsWith('{')));
}

// A one-time link, as Desk.open() takes it.
function invite(centre, login) {
	centre.told.links[login] = heimamt(centre, 'people', 'invite', login).trim().replace(/^http:\/\/[^/]+/, centre.told.base);
}

// Somebody at the pages' API: get(name), post(name, body), each {status, data}.
async function logIn(centre, login) {
	const at = async () => {
		invite(centre, login);
		return fetch(`${centre.told.base}/login`, { method: 'POST', headers: { 'Content-Type': 'application/json', Origin: centre.told.base },
			body: JSON.stringify({ token: centre.told.links[login].split('/').at(-1) }) });
	};
	const answer = await until(`a session for ${login}`, async () => {
		const a = await at();
		return a.status === 204 ? a : null;
	});
	const cookie = answer.headers.get('set-cookie').split(';')[0];
	const ask = async (name, options = {}) => {
		const a = await fetch(`${centre.told.base}/api/${name}`, { ...options, headers: { Cookie: cookie, Origin: centre.told.base, ...options.headers } });
		const text = await a.text();
		return { status: a.status, data: text && a.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text };
	};
	return {
		get: (name) => ask(name),
		post: (name, body) => ask(name, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body),
			headers: { 'Content-Type': typeof body === 'string' ? 'text/csv' : 'application/json' } }),
	};
}

async function calls(t, centre, number = '100') {
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	const caller = await Caller.open(t, { sip: centre.sip(number) });
	caller.invite({ sdp: endpoint.sdp() });
	return caller;
}

const hex = (bytes) => Buffer.from(bytes).toString('hex');
const nonce = () => hex(webcrypto.getRandomValues(new Uint8Array(32)));

async function device() {
	const pair = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
	return { point: hex(await webcrypto.subtle.exportKey('raw', pair.publicKey)),
		sign: async (text) => hex(await webcrypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, Buffer.from(text))) };
}

// What the page of approvals does: docs/people.md has the lines.
async function approval(key, more = {}) {
	const a = { evaluation: 'pulse', scope: 'house', from_ms: Date.now(), until_ms: Date.now() + 86400000, signed_ms: Date.now(),
		nonce: nonce(), key: key.point, ...more };
	const signature = await key.sign(`heimamt approval 1\nevaluation: ${a.evaluation}\nscope: ${a.scope}\nfrom-ms: ${a.from_ms}\n` +
		`until-ms: ${a.until_ms}\nsigned-ms: ${a.signed_ms}\nnonce: ${a.nonce}\n`);
	return { signature, ...a };
}

test('who is imported while the centre runs takes calls, outlives a killed centre, and leaves without hurting a caller', async (t) => {
	const centre = await Centre.start(t, { changes: { 'web.port': await freeTcpPort(), 'sip.port': await freeUdpPort() } });
	const wrong = importPeople(centre, `${HEAD}\nnora;Nora;office;;999;strict;agent\npetra;Petra;;;;;administrator\n`);
	assert.deepEqual([wrong.wrong, wrong.lines[0].line, wrong.lines[0].fault], [1, 2, 'bad_queue']);
	assert.equal(records(centre, "SELECT count(*) AS n FROM agent WHERE origin = 'people'")[0].n, 0, 'all or nothing');
	assert.equal(importPeople(centre, PEOPLE, '--preview').added, 3);
	assert.equal(importPeople(centre, PEOPLE).added, 3);
	assert.equal(importPeople(centre, PEOPLE).unchanged, 3);

	await logIn(centre, 'nora'); // once the centre knows her: it looks four times a second
	invite(centre, 'nora');
	const nora = await Desk.ready(t, centre, 'nora');
	const first = await calls(t, centre);
	await nora.state('offered');
	await nora.click('accept');
	await nora.state('talking');

	// killed in the talk: the next process knows her
	const before = (await nora.messages()).length;
	await killed(centre);
	await centre.begin();
	await until('her page at the next process', async () =>
		(await nora.messages()).slice(before).some((m) => m.t === 'view' && m.state === 'talking' && m.line === 'up'));

	// she leaves in the talk: no session, no new caller; the talk goes on to its end
	heimamt(centre, 'people', 'leave', 'nora');
	await until('the end of her session', () => records(centre, "SELECT count(*) AS n FROM session s JOIN agent a ON a.id = s.agent WHERE a.login = 'nora'")[0].n === 0);
	await sleep(1000);
	assert.equal((await nora.view(() => true)).state, 'talking', 'the caller does not pay');
	const answer = await fetch(`${centre.told.base}/login`, { method: 'POST', headers: { 'Content-Type': 'application/json', Origin: centre.told.base },
		body: JSON.stringify({ token: 'ab'.repeat(32) }) });
	assert.notEqual(answer.status, 204);
	first.bye();
	await nora.page.waitForFunction(() => /Zugang ist zu Ende|access has ended/.test(document.querySelector('.plain-page h1')?.textContent), null, { timeout: 20000 });
	assert.match(heimamt(centre, 'people', 'invite', 'nora'), /there is no "nora"/);
	const ledger = execFileSync(HEIMAMT, ['ledger', 'verify', path.join(centre.state, 'ledger', 'ledger-000001')], { encoding: 'utf8' });
	assert.match(ledger, /\d+ entries|entries/);
	assert.ok(!centre.log.some((l) => /nora|Frei/i.test(l)), 'no name in the log');
});

test('the pages of people and approvals are for their roles alone', async (t) => {
	const centre = await Centre.start(t);
	importPeople(centre, PEOPLE);
	const who = {};
	for (const login of ['anna', 'petra', 'stefan'])
		who[login] = await logIn(centre, login);
	assert.deepEqual((await who.petra.get('me')).data.roles, ['administrator']);
	for (const [name, allowed] of [['people', ['petra']], ['approvals', ['petra', 'stefan']]])
		for (const login of Object.keys(who))
			assert.equal((await who[login].get(name)).status, allowed.includes(login) ? 200 : 403, `${login}: ${name}`);
	assert.equal((await fetch(`${centre.told.base}/api/people`)).status, 401);

	// the page's import, with what is wrong, and an administrator who would lock herself out
	const { petra } = who;
	const preview = await petra.post('people-preview', `${HEAD}\nuli;Uli;office;de;100;strict;agent lead\nanna;Other;;;;;agent\npetra;Petra;;;;;agent\n`);
	assert.deepEqual(preview.data.lines.map((l) => l.fault ?? l.change), ['added', 'configured', 'own_role']);
	assert.equal((await petra.post('people-import', `${HEAD}\nuli;Uli;office;de;999;strict;agent\n`)).status, 409);
	assert.equal((await petra.post('people-import', `${HEAD}\nuli;Uli;office;de;100;strict;agent lead\n`)).status, 200);
	const list = (await petra.get('people')).data;
	assert.deepEqual(list.people.map((p) => p.login).sort(), ['anna', 'beat', 'nora', 'petra', 'stefan', 'uli']);
	const { data: { token } } = await petra.post('people-invite', { login: 'uli' });
	assert.match(token, /^[0-9a-f]{64}$/);
	assert.equal((await petra.post('people-leave', { login: 'petra' })).data.error, 'yourself');
	assert.equal((await petra.post('people-leave', { login: 'stefan' })).status, 200);
	await until('the end of his access', async () => (await who.stefan.get('me')).status === 401);
	const changes = records(centre, 'SELECT was, roles, by_agent IS NOT NULL AS named FROM role_change ORDER BY seq');
	assert.deepEqual(changes.at(-1), { was: 16, roles: 0, named: 1 });
});

test('the staff body switches an evaluation on and off by its signature, and by nothing else', async (t) => {
	const centre = await Centre.start(t);
	importPeople(centre, PEOPLE);
	const petra = await logIn(centre, 'petra'), stefan = await logIn(centre, 'stefan');
	const key = await device(), foreign = await device();
	const on = async () => (await stefan.get('approvals')).data.evaluations.find((e) => e.name === 'pulse').on;
	assert.equal(await on(), false, 'everything ships switched off');

	assert.equal((await stefan.post('approvals-enrol', { code: 'AAAA-AAAA', key: key.point })).data.error, 'bad_code');
	assert.equal((await petra.post('approvals-code', { login: 'anna' })).data.error, 'not_staff_body');
	const { data: { code } } = await petra.post('approvals-code', { login: 'stefan' });
	assert.equal((await stefan.post('approvals-enrol', { code, key: key.point })).status, 200);
	assert.equal((await stefan.post('approvals-enrol', { code, key: foreign.point })).data.error, 'bad_code', 'a code works once');

	assert.equal((await petra.post('approvals-sign', await approval(key))).status, 403, 'not the administrator');
	assert.equal((await petra.post('approvals-consult', await approval(key, { held_ms: Date.now() - 1000, text_sha256: 'ab'.repeat(32), agreed: true }))).data.error, 'has_body');
	for (const [what, more, error] of [
		['a foreign key', { key: foreign.point }, 'unknown_key'],
		['a signature of another text', { until_ms: Date.now() + 1e9, signature: (await approval(key)).signature }, 'bad_signature'],
		['a truncated signature', { signature: 'ab'.repeat(63) }, 'bad_signature'],
		['a signature of yesterday', { signed_ms: Date.now() - 86400000 }, 'bad_time'],
		['an approval of what has been', { from_ms: Date.now() - 86400000 }, 'bad_span'],
		['an unknown evaluation', { evaluation: 'ranking' }, 'bad_evaluation'],
		['an unknown scope', { scope: '0000000000001' }, 'bad_scope'],
	])
		assert.equal((await stefan.post('approvals-sign', await approval(key, more))).data.error, error, what);
	assert.equal(records(centre, 'SELECT count(*) AS n FROM approval')[0].n, 0, 'nothing changed');
	assert.ok(centre.log.some((l) => /an approval was refused: unknown_key/.test(l)));

	const good = await approval(key);
	assert.equal((await stefan.post('approvals-sign', good)).status, 200);
	assert.equal(await on(), true);
	assert.equal((await stefan.post('approvals-sign', good)).data.error, 'bad_nonce', 'a replay');

	const w = { approval: (await stefan.get('approvals')).data.approvals[0].number, signed_ms: Date.now(), nonce: nonce(), key: key.point };
	const text = `heimamt withdrawal 1\napproval: ${w.approval}\nsigned-ms: ${w.signed_ms}\nnonce: ${w.nonce}\n`;
	assert.equal((await stefan.post('approvals-withdraw', { ...w, signature: await foreign.sign(text) })).data.error, 'bad_signature');
	assert.equal(await on(), true);
	assert.equal((await stefan.post('approvals-withdraw', { ...w, signature: await key.sign(text) })).status, 200);
	assert.equal(await on(), false);
	assert.equal((await stefan.get('approvals')).data.approvals[0].state, 'withdrawn');

	// without a staff body the consultation of all agents takes its place
	await petra.post('people-leave', { login: 'stefan' });
	const c = { evaluation: 'pulse', scope: 'house', from_ms: Date.now(), until_ms: Date.now() + 86400000, held_ms: Date.now() - 86400000, text_sha256: 'ab'.repeat(32) };
	assert.equal((await petra.post('approvals-consult', { ...c, agreed: true })).status, 200);
	const pulse = async () => (await petra.get('approvals')).data.evaluations.find((e) => e.name === 'pulse').on;
	assert.equal(await pulse(), true);
	assert.equal((await petra.post('approvals-consult', { ...c, agreed: false })).status, 200);
	assert.equal(await pulse(), false, 'a later no ends it');

	// all of it is in the ledger: a role, a key, the approval, its end, two consultations
	const refs = await until('the entries', () => {
		const r = records(centre, 'SELECT ref % 16 AS kind, count(*) AS n FROM ledger_entry WHERE ref % 16 BETWEEN 5 AND 9 GROUP BY 1 ORDER BY 1');
		return r.find((x) => x.kind === 9)?.n === 2 ? r : null;
	});
	assert.deepEqual(refs.filter((r) => r.kind >= 7).map((r) => [r.kind, r.n]), [[7, 1], [8, 1], [9, 2]]);
});
