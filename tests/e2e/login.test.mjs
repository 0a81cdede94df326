// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Who somebody is [RULES T4]: with a link alone Anna gets no calls at home; an authenticator app, a password and a passkey
// (Chromium's virtual authenticator) open it; what was lost is reset by the house.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { Centre, HEIMAMT } from './lib/centre.mjs';
import { Desk } from './lib/desk.mjs';
import { App } from './lib/second.mjs';
import { records } from './lib/records.mjs';
import { until } from './lib/wait.mjs';

const PASSWORD = 'vier blaue Kamele';
const PATIENCE = { timeout: 60000 };

function heimamt(centre, ...args) {
	const ran = spawnSync(HEIMAMT, [...args, '--config', path.join(centre.folder, 'heimamt.conf'), '--state', centre.state],
		{ encoding: 'utf8' });
	assert.equal(ran.status, 0, ran.stderr);
	return ran.stdout;
}

// The same house by its name, where passkeys live.
const named = (url) => url.replace('127.0.0.1', 'localhost');

async function authenticator(page) {
	const cdp = await page.context().newCDPSession(page);
	await cdp.send('WebAuthn.enable');
	const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2',
		transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true } });
	return { cdp, id: authenticatorId };
}

const shots = process.env.SHOTS;
async function look(page, name) {
	if (!shots)
		return;
	for (const [scheme, width] of [['light', 1280], ['dark', 1280], ['light', 390], ['dark', 390]]) {
		await page.emulateMedia({ colorScheme: scheme });
		await page.setViewportSize({ width, height: 900 });
		await page.screenshot({ path: path.join(shots, `${name}-${scheme}-${width}.png`), fullPage: true });
	}
	await page.setViewportSize({ width: 1280, height: 900 });
}

const loseSession = (page) => page.context().clearCookies();

async function logIn(page, base, login, password) {
	await page.goto(`${base}/login/`);
	await page.fill('[name=login]', login);
	await page.fill('[name=password]', password);
	// a hash takes its time on a busy machine: who is told that the centre does not answer asks again
	for (let tries = 0; tries < 5; tries++) {
		await page.click('[data-action=login]');
		const said = page.locator('[role=alert]:not(:empty), [name=code]').first();
		await said.waitFor({ timeout: 120000 });
		if (!/antwortet nicht/.test(await page.innerText('body')))
			return;
	}
}

test('a link is one factor; the desk says what is missing, and an app set up in another tab mends it', async (t) => {
	const centre = await Centre.start(t);
	const desk = await Desk.open(t, centre, 'anna');
	await desk.click('line');
	await desk.view((v) => v.line === 'up');
	await desk.page.waitForSelector('[data-missing="one_factor"]');
	assert.equal(await desk.page.locator('[data-action="declare"]').count(), 0);
	await desk.send({ t: 'declare', ref: 'x' });
	await until('a refusal', async () =>
		(await desk.messages()).find((m) => m.t === 'error' && m.code === 'one_factor'));

	const account = await desk.context.newPage();
	await account.goto(`${centre.told.base}/account/`);
	await account.waitForSelector('[data-factors="1"]');
	await look(account, 'account-one');
	await account.click('[data-action=app_draft]');
	const secret = await account.getAttribute('[data-secret]', 'data-secret');
	await account.waitForSelector('.qr path');
	await look(account, 'account-draft');
	await account.fill('[name=code]', '000000');
	await account.click('[data-action=confirm_app]');
	await account.waitForSelector('[role=alert]');
	const app = new App(secret);
	await account.fill('[name=code]', await app.next());
	await account.click('[data-action=confirm_app]');
	await account.waitForSelector('[data-factors="2"]');
	await look(account, 'account-two');

	// the desk knows at once, in its own tab
	await desk.view((v) => !v.home.missing.includes('one_factor'));
	await desk.declare();
	await desk.click('start');
	await desk.state('away');
	await desk.click('ready');
	await desk.state('ready');

	// nothing of it lies open
	const stored = fs.readdirSync(centre.state).filter((f) => f.startsWith('heimamt.db'))
		.map((f) => fs.readFileSync(path.join(centre.state, f)).toString('latin1')).join('');
	assert.ok(!stored.includes(secret));
	assert.equal(fs.statSync(path.join(centre.state, 'second.key')).mode & 0o777, 0o600);
	assert.deepEqual(records(centre, 'SELECT kind, length(value) AS n FROM credential'), [{ kind: 'totp', n: 48 }]);
});

test('password, then the second factor; wrong ones are alike and few', async (t) => {
	const centre = await Centre.start(t);
	const desk = await Desk.open(t, centre, 'anna');
	await desk.prove();
	const { page } = desk;
	const { base } = centre.told;
	await page.goto(`${base}/account/`);
	await page.fill('[name=password]', 'passwort2027');
	await page.click('[data-action=password_set]');
	await page.waitForSelector('[role=alert]');
	await page.fill('[name=password]', PASSWORD);
	await page.click('[data-action=password_set]');
	await page.waitForSelector('[name=old]', PATIENCE);

	await loseSession(page);
	await logIn(page, base, 'anna', 'fuenf blaue Kamele');
	const wrong = await page.locator('[role=alert]').innerText(PATIENCE);
	await look(page, 'login-wrong');
	await logIn(page, base, 'niemand', PASSWORD);
	assert.equal(await page.locator('[role=alert]').innerText(PATIENCE), wrong);
	await logIn(page, base, 'anna', PASSWORD);
	await page.waitForSelector('[name=code]', PATIENCE);
	await look(page, 'login-second');
	const code = await centre.apps.anna.next();
	await page.fill('[name=code]', code);
	await page.click('[data-action=code]');
	await page.waitForURL('**/desk/');
	await desk.view((v) => !v.home.missing.includes('one_factor'));

	// a code that was used, in a session of one factor
	await loseSession(page);
	await logIn(page, base, 'anna', PASSWORD);
	await page.waitForSelector('[name=code]', PATIENCE);
	await page.fill('[name=code]', code);
	await page.click('[data-action=code]');
	await page.waitForSelector('[role=alert]');
	await page.click('[data-action=later]');
	await page.waitForURL('**/desk/');
	await desk.view((v) => v.home.missing.includes('one_factor'));
	assert.ok(!centre.log.some((l) => l.includes(PASSWORD) || l.includes(code)), 'the log has none of it');
});

test('a passkey is two factors at once; the house resets what is lost', async (t) => {
	const centre = await Centre.start(t);
	const desk = await Desk.open(t, { link: (name) => named(centre.link(name)) }, 'anna');
	const { page } = desk;
	const base = named(centre.told.base);
	const device = await authenticator(page);
	await page.goto(`${base}/account/`);
	await page.fill('[name=name]', 'Laptop zu Hause');
	await page.click('[data-action=passkey_add]');
	await page.waitForSelector('[data-factors="2"]');
	await page.waitForSelector('[data-action=passkey_remove]');
	await look(page, 'account-passkey');
	const { credentials } = await device.cdp.send('WebAuthn.getCredentials', { authenticatorId: device.id });
	assert.equal(credentials.length, 1);
	assert.equal(credentials[0].rpId, 'localhost');

	// alone, from nothing
	await loseSession(page);
	await page.goto(`${base}/login/`);
	await look(page, 'login-form');
	await page.click('[data-action=passkey]');
	await page.waitForURL('**/desk/');
	await desk.view((v) => !v.home.missing.includes('one_factor'));
	await page.goto(`${base}/account/`);
	await page.waitForSelector('[data-factors="2"]');

	// it does not look who it is: no session
	await loseSession(page);
	await device.cdp.send('WebAuthn.setUserVerified', { authenticatorId: device.id, isUserVerified: false });
	await page.goto(`${base}/login/`);
	await page.click('[data-action=passkey]');
	await page.waitForSelector('[role=alert]', PATIENCE);
	assert.equal(new URL(page.url()).pathname, '/login/');
	await device.cdp.send('WebAuthn.setUserVerified', { authenticatorId: device.id, isUserVerified: true });
	await page.click('[data-action=passkey]');
	await page.waitForURL('**/desk/');

	// lost: the house takes it away, and whoever is in by it is out
	assert.deepEqual(JSON.parse(heimamt(centre, 'factors', 'anna', '--json')), { password: false, code_app: false, passkeys: 1 });
	heimamt(centre, 'factors', 'anna', '--reset');
	await until('the session to be over', async () =>
		(await page.evaluate(() => fetch('/api/me').then((r) => r.status))) === 401, PATIENCE);
	await page.goto(`${base}/login/`);
	await page.click('[data-action=passkey]');
	await page.waitForSelector('[role=alert]');
});
