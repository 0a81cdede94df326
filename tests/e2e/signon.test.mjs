// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Single sign-on: a provider of the test's own, Chromium, and the centre between them.  Who may comes in with the roles that
// the provider gives; what is wrong with a token, a code or a browser is refused in words; who is out there is out here.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { startBrowser } from './lib/browser.mjs';
import { Caller } from './lib/caller.mjs';
import { Centre, HEIMAMT } from './lib/centre.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { Provider, signOn } from './lib/provider.mjs';
import { records } from './lib/records.mjs';
import { until } from './lib/wait.mjs';

const PEOPLE = ['login;name;workplace;skills;teams;clearance;roles', 'nora;Nora Frei;office;de=3;100|200;strict;agent',
	'petra;Petra Amstutz;office;;;;lead', 'rico;Rico Kern;office;;100;strict;agent', ''].join('\r\n');
const NORA = { sub: 'sub-4711', sid: 'sid-1', login: 'Nora', groups: ['desk', 'other'] };

function heimamt(centre, ...words) {
	const ran = spawnSync(HEIMAMT, [...words, '--config', path.join(centre.folder, 'heimamt.conf'), '--state', centre.state], { encoding: 'utf8' });
	assert.equal(ran.status, 0, ran.stderr);
	return ran.stdout;
}

// A house whose people are in the records, and its provider.
async function house(t, { more = '', changes = {} } = {}) {
	const provider = await Provider.start(t);
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'heimamt-sign-on-'));
	const secret = path.join(folder, 'client-secret');
	fs.writeFileSync(secret, `${provider.secret}\n`, { mode: 0o640 });
	const centre = await Centre.start(t, { folder, changes, more: signOn(provider, secret, more) });
	const file = path.join(folder, 'people.csv');
	fs.writeFileSync(file, PEOPLE);
	heimamt(centre, 'people', 'import', file);
	await until('the people', () => records(centre, "SELECT 1 FROM agent WHERE login = 'rico'").length);
	return { provider, centre };
}

// From the login page to the provider and back; what the page then shows: "/desk/", or the words of a refusal.
async function signIn(page, base) {
	await page.goto(`${base}/login/`);
	await page.click('[data-action=sign_on]', { timeout: 30000 });
	return outcome(page);
}

async function outcome(page) {
	await page.waitForSelector('.now[data-state], .login .notice', { timeout: 60000 });
	return new URL(page.url()).pathname === '/desk/' ? '/desk/' : page.innerText('.login .notice');
}

// Once the centre knows her: it looks four times a second.
const comesIn = (page, base) => until('her desk', async () => await signIn(page, base) === '/desk/');

const cookies = async (page) => (await page.context().cookies()).map((c) => c.name);
const rolesOf = (centre, login) => records(centre, `SELECT roles FROM agent WHERE login = '${login}'`)[0].roles;
const sessions = (centre) => records(centre, 'SELECT count(*) AS n FROM session')[0].n;

test('who the provider knows comes in, with its roles, and leaves both', async (t) => {
	const { provider, centre } = await house(t);
	const { base } = centre.told;
	const { page } = await startBrowser(t);
	provider.user = NORA;

	await page.goto(`${base}/login/`);
	assert.match(await page.innerText('[data-action=sign_on]', { timeout: 30000 }), /Muster AG/);
	await comesIn(page, base);
	assert.deepEqual([provider.last.response_type, provider.last.client_id, provider.last.code_challenge_method, provider.last.scope],
		['code', 'heimamt', 'S256', 'openid profile groups']);
	assert.equal(provider.last.redirect_uri, `${base}/login/`);
	assert.ok(!(await cookies(page)).includes('heimamt_sign_on'), 'the cookie of the attempt is gone');
	assert.ok(!/code=|state=/.test(page.url()));
	assert.deepEqual(records(centre, 'SELECT a.login, s.subject FROM sign_on s JOIN agent a ON a.id = s.agent'), [{ login: 'nora', subject: 'sub-4711' }]);

	// another name there is the same person; and now she leads
	provider.user = { ...NORA, login: 'nora.frei', groups: ['desk', 'heads'] };
	assert.equal(await signIn(page, base), '/desk/');
	assert.equal(rolesOf(centre, 'nora'), 3);
	assert.equal(records(centre, 'SELECT count(*) AS n FROM sign_on')[0].n, 1);
	// an administrator's page opens with the role, and only then
	const people = () => page.evaluate(async () => (await fetch('/api/people')).status);
	assert.equal(await people(), 403);
	provider.user = { ...NORA, groups: ['it'] };
	assert.equal(await signIn(page, base), '/desk/');
	assert.equal(rolesOf(centre, 'nora'), 4);
	await until('the page of people', async () => await people() === 200);

	// log-out leads to the provider's own
	await page.goto(`${base}/account/`);
	await page.click('[data-action=end]', { timeout: 30000 });
	await page.waitForSelector('#bye', { timeout: 30000 });
	assert.deepEqual(provider.ended, { client_id: 'heimamt', post_logout_redirect_uri: `${base}/login/` });
	await until('no session', () => sessions(centre) === 0);
	// nothing of all this says who it was
	assert.ok(!centre.log.some((l) => /nora|4711|sid-1|Muster/i.test(l)), centre.log.join('\n'));
});

const WRONG = [
	{ what: 'another nonce', twist: { claims: { nonce: 'x'.repeat(43) } }, log: /another nonce/ },
	{ what: 'without a nonce', twist: { claims: { nonce: undefined } }, log: /another nonce/ },
	{ what: 'for somebody else', twist: { claims: { aud: 'other' } }, log: /for another client/ },
	{ what: 'for several, given to another', twist: { claims: { aud: ['heimamt', 'other'], azp: 'other' } }, log: /another authorized party/ },
	{ what: 'of another issuer', twist: { claims: { iss: 'https://example.org' } }, log: /another issuer/ },
	{ what: 'expired', twist: { claims: { exp: 1700000000 } }, words: /zu lange/, log: /expired/ },
	{ what: 'of a time to come', twist: { claims: { iat: 4000000000, exp: 4000000300 } }, words: /Uhr/, log: /of a time to come/ },
	{ what: 'without a subject', twist: { claims: { sub: undefined } }, log: /a claim is missing/ },
	{ what: 'with a signature of nobody', twist: { signature: 'A'.repeat(342) }, log: /a wrong signature/ },
	{ what: 'without a signature', twist: { header: { alg: 'none' }, signature: '' }, log: /an algorithm that is none of ours/ },
	{ what: 'with a MAC', twist: { header: { alg: 'HS256' }, signature: 'A'.repeat(43) }, log: /an algorithm that is none of ours/ },
	{ what: 'with a demand', twist: { header: { crit: ['b64'], b64: true } }, log: /an algorithm that is none of ours/ },
	{ what: 'by a key that nobody has', twist: { header: { kid: 'nobody' } }, log: /a key that the provider has not/ },
];

test('what is wrong is refused, in words', async (t) => {
	const { provider, centre } = await house(t);
	const { base } = centre.told;
	const { page } = await startBrowser(t);
	provider.user = NORA;
	for (const { what, twist, words = /gilt hier nicht/, log } of WRONG) {
		const before = centre.log.length;
		provider.twist = twist;
		assert.match(await signIn(page, base), words, what);
		assert.ok(centre.log.slice(before).some((l) => log.test(l)), `${what}: ${centre.log.slice(before).join('\n')}`);
	}
	assert.equal(sessions(centre), 0);
	provider.twist = {};

	// an unknown key was asked for once; a new one is found at once, and each kind counts that the library has
	const asked = () => provider.asked.filter((x) => x === 'GET /keys').length;
	assert.equal(asked(), 2);

	const say = async (user) => {
		provider.user = user;
		return signIn(page, base);
	};
	assert.match(await say(null), /abgebrochen oder abgelehnt/);
	assert.match(await say({ ...NORA, sub: 's2', login: 'niemand' }), /Heimamt aber nicht/);
	assert.match(await say({ ...NORA, groups: ['other'] }), /keine Aufgabe/);
	// somebody else who calls herself Nora there, when Nora is linked
	assert.equal(await say(NORA), '/desk/');
	assert.match(await say({ ...NORA, sub: 'another' }), /Heimamt aber nicht/);

	// a code that was used, and the same way back once more
	provider.user = NORA;
	provider.holds = true;
	await page.goto(`${base}/login/`);
	await page.click('[data-action=sign_on]');
	await page.waitForSelector('#held', { timeout: 30000 });
	const jar = await page.context().cookies();
	await page.goto(provider.back);
	assert.equal(await outcome(page), '/desk/');
	await page.context().addCookies(jar.filter((c) => c.name === 'heimamt_sign_on'));
	await page.goto(provider.back);
	assert.match(await outcome(page), /schon gebraucht/);
	const used = new URL(provider.back).searchParams.get('code');
	await page.goto(`${base}/login/`);
	await page.click('[data-action=sign_on]');
	await page.waitForSelector('#held', { timeout: 30000 });
	const replay = new URL(provider.back);
	replay.searchParams.set('code', used);
	await page.goto(replay.href);
	assert.match(await outcome(page), /gilt hier nicht/);

	// begun in one browser, finished in another: nobody is logged in as somebody else
	await page.goto(`${base}/login/`);
	await page.click('[data-action=sign_on]');
	await page.waitForSelector('#held', { timeout: 30000 });
	const own = provider.back;
	const other = await (await page.context().browser().newContext({ locale: 'de-CH' })).newPage();
	await other.goto(provider.back);
	assert.match(await outcome(other), /nicht in diesem Browser/);
	await other.goto(`${base}/login/`);
	await other.click('[data-action=sign_on]');
	await other.waitForSelector('#held', { timeout: 30000 });
	const mine = new URL(provider.back);
	mine.searchParams.set('state', 'A'.repeat(43));
	await other.goto(mine.href);
	assert.match(await outcome(other), /nicht in diesem Browser/);
	assert.ok(!(await cookies(other)).includes('heimamt_session'));
	// away on the way back, and there again
	await provider.stop();
	await page.goto(own);
	assert.match(await outcome(page), /antwortet nicht/);
	await provider.begin();
	provider.holds = false;
	assert.equal(await signIn(page, base), '/desk/');
	assert.ok(!centre.log.some((l) => /nora|4711|sid-1/i.test(l)));
});

test('other keys, passwords that count no more', async (t) => {
	const { provider, centre } = await house(t, { more: 'passwords = false\n\tsecond-factor = { "mfa" }' });
	const { base } = centre.told;
	const { page } = await startBrowser(t);
	provider.user = NORA;
	// the house was never told where its pages are
	await provider.stop();
	await page.goto(`${base}/login/`);
	await page.click('[data-action=sign_on]', { timeout: 30000 });
	assert.match(await outcome(page), /antwortet nicht/);
	await provider.begin();
	await comesIn(page, base);
	for (const alg of ['ES256', 'PS256']) {
		// published together, for an unknown one is asked for only each half a minute
		provider.rotate(alg);
	}
	provider.twist = { key: provider.keys.find((k) => k.alg === 'ES256') };
	assert.equal(await signIn(page, base), '/desk/');
	provider.twist = { key: provider.keys.find((k) => k.alg === 'PS256'), claims: { amr: ['pwd', 'mfa'] } };
	assert.equal(await signIn(page, base), '/desk/');
	const me = await page.evaluate(async () => (await fetch('/account/state', { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } })).json());
	assert.equal(me.factors, 2);
	// a key of one kind does not sign for the other
	provider.twist = { key: provider.keys.find((k) => k.alg === 'PS256'), header: { alg: 'RS256' } };
	assert.match(await signIn(page, base), /gilt hier nicht/);
	assert.equal(await page.locator('[name=password]').count(), 0);
	const said = await page.evaluate(async () => (await fetch('/login/password', { method: 'POST', body: '{"login":"nora","password":"x"}',
		headers: { 'Content-Type': 'application/json' } })).json());
	assert.equal(said.error, 'sign_on_only');
});

test('who is out there is out here; a talk is finished first', async (t) => {
	const { provider, centre } = await house(t);
	const { base } = centre.told;
	const { page } = await startBrowser(t);
	provider.user = NORA;
	await comesIn(page, base);

	// tokens that are none end nothing
	const told = (more, how) => provider.tell(base, provider.logoutToken(more, how));
	assert.equal(await told({ sub: NORA.sub, nonce: 'x' }), 400);
	assert.equal(await told({ sub: NORA.sub, events: {} }), 400);
	assert.equal(await told({ sub: NORA.sub, aud: 'other' }), 400);
	assert.equal(await told({ sub: NORA.sub }, { signature: 'A'.repeat(342) }), 400);
	assert.equal(await told({ sub: NORA.sub }, { header: { alg: 'none' }, signature: '' }), 400);
	assert.equal(await told({}), 400);
	assert.equal(await provider.tell(base, 'x'), 400);
	assert.equal(await told({ sub: 'somebody else' }), 200);
	assert.equal(await told({ sid: 'another', sub: NORA.sub }), 200);
	assert.equal(await page.evaluate(async () => (await fetch('/api/me')).status), 200);

	const once = provider.logoutToken({ sid: NORA.sid, sub: NORA.sub });
	assert.equal(await provider.tell(base, once), 200);
	await page.waitForFunction(() => !document.querySelector('.now[data-state]'), null, { timeout: 30000 });
	assert.equal(await page.evaluate(async () => (await fetch('/api/me')).status), 401);
	await until('no session', () => sessions(centre) === 0);
	// nothing waits for her: the same once more ends nothing
	assert.equal(await signIn(page, base), '/desk/');
	assert.equal(await provider.tell(base, once), 400);

	// in a talk: the caller does not notice; then she is out
	await page.click('[data-action="line"][aria-disabled="false"]');
	await page.click('[data-action="start"][aria-disabled="false"]', { timeout: 30000 });
	await page.click('[data-action="ready"][aria-disabled="false"]', { timeout: 30000 });
	await page.waitForSelector('.now[data-state="ready"]');
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	const caller = await Caller.open(t, { sip: centre.sip('100') });
	caller.invite({ sdp: endpoint.sdp() });
	await page.waitForSelector('.now[data-state="offered"]', { timeout: 30000 });
	await page.click('[data-action="accept"][aria-disabled="false"]');
	await page.waitForSelector('.now[data-state="talking"]', { timeout: 30000 });
	assert.equal(await told({ sub: NORA.sub }), 200);
	assert.equal(await page.evaluate(async () => (await fetch('/api/me')).status), 401);
	await page.waitForTimeout(1500);
	assert.equal(await page.locator('.now[data-state="talking"]').count(), 1);
	await page.click('[data-action="hangup"][aria-disabled="false"]');
	await page.waitForFunction(() => !document.querySelector('.now[data-state]'), null, { timeout: 30000 });
	await until('no session', () => sessions(centre) === 0);

	// who has left the house does not come back by the provider
	assert.equal(await signIn(page, base), '/desk/');
	heimamt(centre, 'people', 'leave', 'nora');
	await page.waitForFunction(() => !document.querySelector('.now[data-state]'), null, { timeout: 30000 });
	assert.match(await signIn(page, base), /Heimamt aber nicht/);
	assert.equal(records(centre, 'SELECT count(*) AS n FROM sign_on')[0].n, 0);
});
