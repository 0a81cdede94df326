// SPDX-License-Identifier: AGPL-3.0-or-later
// Where what the configuration names may lie: outside the countries nothing is begun, and nothing is asked.

import test from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Centre, ROOT, demoConfig } from './lib/centre.mjs';
import { Names } from './lib/names.mjs';
import { Program } from './lib/process.mjs';

const DELEGATED = `2|ripencc|1764230399|2|19830705|20261127|+0100
ripencc|*|ipv4|*|2|summary
ripencc|CH|ipv4|192.0.2.0|256|20120424|allocated|a
ripencc|DE|ipv4|203.0.113.0|256|20120424|allocated|b
`;
const trunk = (server) => `trunk "post" { caller-id = "+41315550100" server = "${server}" }\n`;

function folderWith(t, text) {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'heimamt-countries-'));
	t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
	const delegated = path.join(folder, 'delegated');
	fs.writeFileSync(delegated, text);
	return { folder, countries: { 'countries.allowed': ['CH', 'LI'], 'countries.delegated': [delegated] } };
}

test('countries: with a carrier outside the centre does not start, and says where and why', async (t) => {
	const { folder, countries } = folderWith(t, DELEGATED), file = path.join(folder, 'heimamt.conf');
	fs.writeFileSync(file, demoConfig({ 'web.port': 0, 'sip.port': 0, ...countries }) + trunk('203.0.113.9'));
	const exe = process.env.HEIMAMT ?? path.join(ROOT, 'build/release/heimamt');
	const program = new Program(exe, ['serve', '--config', file, '--state', path.join(folder, 'var')], { cwd: ROOT });
	t.after(() => program.stop());
	assert.deepEqual(await program.ended(), { code: 1, signal: null });
	const line = fs.readFileSync(file, 'utf8').split('\n').findIndex((l) => l.includes('203.0.113.9')) + 1;
	assert.ok(program.lines.some((l) => l.includes(`heimamt.conf:${line}: trunk "post": server 203.0.113.9 lies outside CH, LI`)), program.tail());
	assert.ok(!fs.existsSync(path.join(folder, 'var/heimamt.db')), 'nothing was begun');
});

test('countries: a server outside, to which a carrier\'s name leads, is not asked; a reload with one outside is refused', async (t) => {
	const { countries } = folderWith(t, DELEGATED);
	const names = await Names.open(t, { 'SRV _sip._udp.carrier.test': [{ priority: 10, port: 5060, target: 'a.carrier.test' }],
		'A a.carrier.test': ['203.0.113.9'] });
	const centre = await Centre.start(t, { changes: { ...countries, 'sip.name-server': names.server }, more: trunk('carrier.test') });
	await centre.program.line(/sip: post: its server 203\.0\.113\.9 lies outside the countries that are allowed, and is not asked/);
	await centre.program.line(/sip: post: no server of carrier\.test can be found/);
	assert.ok(names.asked.includes('A a.carrier.test'));
	fs.appendFileSync(path.join(centre.folder, 'heimamt.conf'), 'relay { public = "203.0.113.10" }\n');
	process.kill(centre.program.pid, 'SIGHUP');
	await centre.program.line(/relay: public 203\.0\.113\.10 lies outside CH, LI/);

	// nor by a file that allows it: what counts until a restart is the list of the start
	const file = path.join(centre.folder, 'heimamt.conf'), text = fs.readFileSync(file, 'utf8');
	fs.writeFileSync(file, text.replace('public = "203.0.113.10"', 'public = "203.0.113.11"').replace(/^\s*(allowed|delegated) = .*$/gm, ''));
	process.kill(centre.program.pid, 'SIGHUP');
	await centre.program.line(/relay: public 203\.0\.113\.11 lies outside CH, LI/);
});
