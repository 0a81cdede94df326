// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The pages over HTTPS with a certificate of the test's own: what is spoken and what is not, what each answer carries, a
// renewal under a desk that stays, what is refused, and a proxy in front.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { Centre, HEIMAMT, demoConfig } from './lib/centre.mjs';
import { handshake, makePair, withTls } from './lib/certificate.mjs';
import { Desk } from './lib/desk.mjs';
import { freeTcpPort } from './lib/ports.mjs';
import { until } from './lib/wait.mjs';

const NAME = 'desk.example.org';
const BROWSER = { args: [`--host-resolver-rules=MAP ${NAME} 127.0.0.1`], context: { ignoreHTTPSErrors: true } };

function folderOf(t) {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'heimamt-tls-'));
	t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
	return folder;
}

async function start(t, { kind, changes = {} } = {}) {
	const folder = folderOf(t);
	const pair = makePair(folder, { kind });
	const centre = await Centre.start(t, { changes: { ...withTls(pair), ...changes } });
	return { centre, folder, pair, port: Number(new URL(centre.told.base).port) };
}

// One request as nobody's page: { status, headers, body }.
function ask(port, { secure = true, path: at = '/', method = 'GET', headers = {}, body } = {}) {
	return new Promise((resolve, reject) => {
		const request = (secure ? https : http).request({ host: '127.0.0.1', port, path: at, method, agent: false, rejectUnauthorized: false,
			servername: NAME, headers: { host: `${NAME}:${port}`, ...headers } }, (answer) => {
			let text = '';
			answer.on('data', (d) => (text += d));
			answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body: text }));
		});
		request.on('upgrade', (answer, socket) => {
			socket.destroy();
			resolve({ status: answer.statusCode, headers: answer.headers, body: '' });
		});
		request.on('error', reject);
		request.end(body);
	});
}

const upgrade = (origin, more = {}) => ({ connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13',
	'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-protocol': 'heimamt', ...(origin ? { origin } : {}), ...more });

test('a browser works over HTTPS under the name; a renewal counts for new connections, and the desk stays', async (t) => {
	const { centre, folder, port } = await start(t);
	assert.equal(centre.told.base, `https://${NAME}:${port}`);
	assert.match(centre.link('anna'), new RegExp(`^https://${NAME}:${port}/login/[0-9a-f]{64}$`));
	const desk = await Desk.ready(t, centre, 'beat', BROWSER);
	const cookies = await desk.context.cookies();
	const session = cookies.find((c) => c.name === '__Host-heimamt_session');
	assert.ok(session && session.secure && session.httpOnly && session.sameSite === 'Strict' && session.path === '/', JSON.stringify(cookies));
	assert.ok(!cookies.some((c) => c.name === 'heimamt_session'));
	assert.equal(await desk.page.evaluate(() => window.isSecureContext), true);

	const before = await handshake(port);
	const views = async () => (await desk.messages()).length;

	// broken first: it is said, and the old one goes on
	fs.writeFileSync(path.join(folder, 'web.pem'), 'nothing\n');
	await until('the broken file is said', () => centre.log.some((l) => /web\.pem holds no certificate/.test(l)));
	assert.equal((await handshake(port)).serial, before.serial);

	// another kind of key, seen without being told
	makePair(folder, { kind: 'rsa' });
	await until('the new certificate', async () => (await handshake(port)).serial !== before.serial, { timeout: 30000 });
	const second = await handshake(port);

	// and once more, at once, by the signal
	makePair(folder, { kind: 'ec' });
	process.kill(centre.program.pid, 'SIGHUP');
	await until('the third', async () => (await handshake(port)).serial !== second.serial, { timeout: 4000 });

	const n = await views();
	await desk.click('pause');
	await desk.state('pause');
	assert.ok((await views()) > n);
	assert.equal((await desk.sent()).filter((m) => m.t === 'hello').length, 1, 'one WebSocket all the time');
});

test('TLS 1.2 and 1.3 with forward secrecy, HTTP/1.1, and nothing else', async (t) => {
	for (const kind of ['ec', 'rsa']) {
		const { port } = await start(t, { kind });
		const weak = { ciphers: 'ALL:@SECLEVEL=0' };
		assert.equal((await handshake(port)).version, 'TLSv1.3', kind);
		assert.equal((await handshake(port)).alpn, 'http/1.1');
		assert.equal((await handshake(port, { maxVersion: 'TLSv1.2' })).version, 'TLSv1.2');
		for (const version of ['TLSv1', 'TLSv1.1'])
			assert.ok((await handshake(port, { minVersion: version, maxVersion: version, ...weak })).error, version);
		for (const ciphers of ['AES128-GCM-SHA256', 'ECDHE-RSA-AES128-SHA:ECDHE-ECDSA-AES128-SHA', 'DHE-RSA-AES128-GCM-SHA256'])
			assert.ok((await handshake(port, { maxVersion: 'TLSv1.2', ciphers: `${ciphers}:@SECLEVEL=0` })).error, ciphers);
		await assert.rejects(ask(port, { secure: false }), 'plain HTTP is not answered');
	}
});

test('each answer carries its headers, also the errors; foreign hosts and origins are refused', async (t) => {
	const { port } = await start(t);
	const origin = `https://${NAME}:${port}`;
	const json = { 'content-type': 'application/json' };
	const cases = [
		[{ path: '/' }, 303], [{ path: '/desk/' }, 200], [{ path: '/desk' }, 308], [{ path: '/login/' }, 200], [{ path: '/account/' }, 200],
		[{ path: '/caller/' }, 200], [{ path: '/door/' }, 200], [{ path: '/people/' }, 200], [{ path: '/approvals/' }, 200],
		[{ path: '/own/' }, 200], [{ path: '/week/' }, 200], [{ path: '/nothing' }, 404], [{ path: '/health' }, 200],
		[{ path: '/api/me' }, 401], [{ path: '/ws/desk' }, 401], [{ path: `/ical/${'0'.repeat(64)}.ics` }, 404],
		[{ path: '/desk/', method: 'PUT' }, 405], [{ path: '/login', method: 'POST', body: '{}', headers: { origin, ...json } }, 400],
		[{ path: '/login', method: 'POST', body: '{}', headers: json }, 403],
		[{ path: '/login', method: 'POST', body: '{}', headers: { origin: 'https://evil.example', ...json } }, 403],
		[{ path: '/login', method: 'POST', body: '{}', headers: { origin: origin.replace('https', 'http'), ...json } }, 403],
		[{ path: '/login/password', method: 'POST', body: '{}', headers: { origin: 'null', ...json } }, 403],
		[{ path: '/login', method: 'POST', body: 'x'.repeat(2000), headers: { origin, ...json } }, 413],
		[{ path: '/login', method: 'POST', body: '{}', headers: { origin, 'content-type': 'text/plain' } }, 415],
		[{ path: '/logout', method: 'POST', body: '', headers: { origin, 'content-length': 0 } }, 204],
		[{ path: '/', headers: { host: 'evil.example' } }, 421], [{ path: '/', headers: { host: `evil.example:${port}` } }, 421],
		[{ path: '/', headers: { cookie: 'y'.repeat(9000) } }, 431],
		[{ path: '/ws/desk', headers: upgrade('https://evil.example') }, 403], [{ path: '/ws/desk', headers: upgrade() }, 403],
		[{ path: '/ws/desk', headers: upgrade(origin) }, 401], [{ path: '/ws/caller', headers: upgrade(origin) }, 101],
	];
	for (const [request, status] of cases) {
		const { headers, ...answer } = await ask(port, request);
		const what = `${request.method ?? 'GET'} ${request.path}: ${answer.status} ${JSON.stringify(headers)}`;
		assert.equal(answer.status, status, what);
		if (status === 101)
			continue;
		assert.equal(headers['strict-transport-security'], 'max-age=31536000', what);
		assert.match(headers['content-security-policy'], /^default-src 'none'; script-src 'self';.*frame-ancestors 'none'$/, what);
		assert.ok(!/unsafe|\*|https?:/.test(headers['content-security-policy']), what);
		assert.equal(headers['x-content-type-options'], 'nosniff', what);
		assert.equal(headers['referrer-policy'], 'no-referrer', what);
		assert.equal(headers['cross-origin-opener-policy'], 'same-origin', what);
		assert.equal(headers['cross-origin-resource-policy'], 'same-origin', what);
		assert.match(headers['permissions-policy'], /camera=\(\)/, what);
		if (!/^\/(desk|login|account|caller|door|people|approvals|own|week)\/$/.test(request.path))
			assert.equal(headers['cache-control'], 'no-store', what);
	}
	// under the name with the scheme's own port, where a router leads on
	assert.equal((await ask(port, { path: '/desk/', headers: { host: NAME } })).status, 200);
});

function heimamt(...args) {
	return spawnSync(HEIMAMT, args, { encoding: 'utf8' });
}

test('heimamt check says what is wrong with the files, at which line, and the mend', (t) => {
	const folder = folderOf(t);
	const pair = makePair(folder), other = makePair(folder, { as: 'other' });
	const soon = makePair(folder, { as: 'soon', days: 3 });
	const check = (changes) => {
		const file = path.join(folder, 'heimamt.conf');
		fs.writeFileSync(file, demoConfig(changes));
		const line = (option) => fs.readFileSync(file, 'utf8').split('\n').findIndex((l) => l.startsWith(`\t${option} =`)) + 1;
		const ran = heimamt('check', '--config', file);
		return { status: ran.status, said: ran.stderr, at: (option) => `${file}:${line(option)}: web: ` };
	};
	const refused = (changes, option, ...words) => {
		const { status, said, at } = check(changes);
		assert.equal(status, 2, said);
		assert.ok(said.includes(at(option)), `${at(option)} in ${said}`);
		for (const w of words)
			assert.ok(said.includes(w), `${w} in ${said}`);
	};

	assert.equal(check(withTls(pair)).status, 0);
	assert.equal(check({ ...withTls(pair), 'web.address': '0.0.0.0' }).status, 0);
	refused({ 'web.address': '0.0.0.0' }, 'address', 'certificate');
	refused(withTls({ ...pair, certificate: path.join(folder, 'none.pem') }), 'certificate', 'none.pem cannot be read: No such file');
	refused(withTls({ ...pair, key: path.join(folder, 'none.key') }), 'key', 'none.key cannot be read: No such file');
	refused(withTls({ ...pair, certificate: pair.key }), 'certificate', 'holds no certificate');
	refused(withTls({ ...pair, key: pair.certificate, certificate: other.certificate }), 'key', 'may be read by everybody');
	refused(withTls({ ...pair, key: other.key }), 'key', "is not the certificate's key");
	refused(withTls(pair, ['other.example.org']), 'certificate', 'not made out to other.example.org');
	fs.chmodSync(pair.key, 0o644);
	refused(withTls(pair), 'key', 'may be read by everybody', 'chmod');
	const late = check(withTls(soon));
	assert.equal(late.status, 0, late.said);
	assert.match(late.said, /soon\.pem ends in [23] days/);
});

test('without a certificate nothing but loopback is served', (t) => {
	const folder = folderOf(t);
	const file = path.join(folder, 'heimamt.conf');
	fs.writeFileSync(file, demoConfig({ 'web.address': '0.0.0.0', 'web.port': 0, 'sip.port': 0 }));
	const ran = heimamt('serve', '--config', file, '--state', path.join(folder, 'var'));
	assert.equal(ran.status, 2, ran.stderr);
	assert.match(ran.stderr, /web: address must be 127\.0\.0\.1 as long as there is no certificate/);
});

test('a proxy that is named says who comes and how; from anybody else the same words count nothing', async (t) => {
	const trusted = await Centre.start(t, { changes: { 'web.proxies': ['127.0.0.1'], 'web.names': [NAME] } });
	const port = trusted.told.web_port;
	assert.equal(trusted.told.base, `https://${NAME}`);
	const forwarded = { host: NAME, 'x-forwarded-for': '192.0.2.7', 'x-forwarded-proto': 'https' };
	const good = await ask(port, { secure: false, path: '/desk/', headers: forwarded });
	assert.equal(good.status, 200);
	assert.equal(good.headers['strict-transport-security'], 'max-age=31536000');
	const token = trusted.link('anna').split('/').at(-1);
	const logged = await ask(port, { secure: false, path: '/login', method: 'POST', body: JSON.stringify({ token }),
		headers: { ...forwarded, origin: `https://${NAME}`, 'content-type': 'application/json' } });
	assert.equal(logged.status, 204);
	assert.match(logged.headers['set-cookie'][0], /^__Host-heimamt_session=.*; Secure$/);
	assert.equal((await ask(port, { secure: false, headers: { ...forwarded, 'x-forwarded-proto': 'http' } })).status, 421, 'the name is for TLS');

	// wrong links from one address of the network are its own affair
	const wrong = (from) => ask(port, { secure: false, path: '/login', method: 'POST', body: JSON.stringify({ token: '0'.repeat(64) }),
		headers: { ...forwarded, 'x-forwarded-for': from, origin: `https://${NAME}`, 'content-type': 'application/json' } });
	const all = [];
	for (let i = 0; i < 40; i++)
		all.push((await wrong(`10.0.0.${i}, 192.0.2.9`)).status);
	assert.ok(all.includes(429), 'what stands further to the left anybody may have written');
	assert.equal((await wrong('192.0.2.10')).status, 403);

	const stranger = await Centre.start(t, { changes: { 'web.proxies': ['127.0.0.5'], 'web.names': [NAME] } });
	const there = stranger.told.web_port;
	assert.equal((await ask(there, { secure: false, path: '/desk/', headers: forwarded })).status, 421);
	const local = await ask(there, { secure: false, path: '/desk/', headers: { ...forwarded, host: `127.0.0.1:${there}` } });
	assert.equal(local.status, 200);
	assert.equal(local.headers['strict-transport-security'], undefined);
});

test('port 80 leads to HTTPS, and serves what renews the certificate', async (t) => {
	const folder = folderOf(t);
	const port = await freeTcpPort();
	const { centre } = await start(t, { changes: { 'web.redirect-port': port, 'web.acme-folder': folder } });
	fs.writeFileSync(path.join(folder, 'proof_of-1'), 'proof_of-1.thumb');
	const get = (at, more = {}) => ask(port, { secure: false, path: at, headers: { host: NAME }, ...more });
	const led = await get('/desk/?x=1');
	assert.equal(led.status, 308);
	assert.equal(led.headers.location, `https://${NAME}:${centre.told.web_port}/desk/?x=1`);
	assert.equal(led.headers['set-cookie'], undefined);
	assert.equal((await get('/', { headers: { host: 'evil.example' } })).headers.location, `https://${NAME}:${centre.told.web_port}/`);
	assert.equal((await get('/.well-known/acme-challenge/proof_of-1')).body, 'proof_of-1.thumb');
	assert.equal((await get('/.well-known/acme-challenge/none')).status, 404);
	assert.equal((await get('/login', { method: 'POST', body: '{}' })).status, 405);
});

test('a proxy that speaks Forwarded is heard, and the other headers count nothing then', async (t) => {
	const centre = await Centre.start(t, { changes: { 'web.proxies': ['127.0.0.1'], 'web.names': [NAME], 'web.proxy-header': 'forwarded' } });
	const get = (headers) => ask(centre.told.web_port, { secure: false, path: '/desk/', headers: { host: NAME, ...headers } });
	assert.equal((await get({ forwarded: 'for=10.0.0.1;proto=http, for=192.0.2.7;proto=https' })).status, 200);
	assert.equal((await get({ forwarded: 'for=192.0.2.7;proto=https, for=192.0.2.9;proto=http' })).status, 421);
	assert.equal((await get({ 'x-forwarded-for': '192.0.2.7', 'x-forwarded-proto': 'https' })).status, 421);
});
