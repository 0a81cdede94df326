// SPDX-License-Identifier: AGPL-3.0-or-later
// The centre starts, says where it is, serves strangers nothing, ends at once, and starts again with its data.

import test from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Centre, ROOT, demoConfig } from './lib/centre.mjs';
import { Caller } from './lib/caller.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { bindUdp } from './lib/ports.mjs';
import { Program } from './lib/process.mjs';
import { Sipp } from './lib/sipp.mjs';

test('start: pages, login links and the SIP address are there', async (t) => {
	const centre = await Centre.start(t);
	for (const page of ['/desk/', '/caller/']) {
		const answer = await fetch(centre.told.base + page);
		assert.equal(answer.status, 200, page);
		assert.match(answer.headers.get('content-security-policy'), /default-src 'none'|default-src 'self'/);
	}
	assert.deepEqual(Object.keys(centre.told.links).sort(), ['anna', 'beat']);
	assert.equal((await fetch(centre.link('anna'))).status, 200);
	assert.equal((await fetch(`${centre.told.base}/../etc/passwd`)).status, 404);
	await (await Sipp.start(t, 'options', { sip: centre.sip(), replace: { STATUS: 200 } })).ended();
});

test('start: a number that is none gets 404, and where nobody works 480', async (t) => {
	const centre = await Centre.start(t);
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	for (const [number, expected] of [['999', 404], ['100', 480]]) {
		const caller = await Caller.open(t, { sip: centre.sip(number) });
		caller.invite({ sdp: endpoint.sdp() });
		assert.equal((await caller.answer('INVITE')).status, expected, number);
	}
	await (await Sipp.start(t, 'refused', { sip: centre.sip(), endpoint, replace: { STATUS: 480 } })).ended();
	assert.equal(endpoint.packets.length, 0);
});

test('start: it ends on Ctrl-C with status 0, its relay with it, and starts again with its data', async (t) => {
	const centre = await Centre.start(t);
	const { pid } = centre.program;
	assert.deepEqual(await centre.stop(), { code: 0, signal: null });
	assert.equal(relaysOf(centre.state).length, 0, 'a relay was left');
	assert.ok(fs.readdirSync(centre.state).some((f) => f.endsWith('.db')), 'records');
	await centre.begin();
	assert.notEqual(centre.program.pid, pid);
	assert.ok(centre.link('anna'));
});

test('start: SIGTERM ends it as Ctrl-C does', async (t) => {
	const centre = await Centre.start(t);
	assert.deepEqual(await centre.program.stop('SIGTERM'), { code: 0, signal: null });
	assert.equal(relaysOf(centre.state).length, 0, 'a relay was left');
});

// A folder with a configuration, and what `serve` says with it when it is not asked for JSON.
function serve(t, { changes = {}, args = [], state } = {}) {
	let program;
	t.after(() => program?.stop()); // before its folder is taken away
	const folder = emptyFolder(t), file = path.join(folder, 'heimamt.conf');
	fs.writeFileSync(file, demoConfig({ 'web.port': 0, 'sip.port': 0, ...changes }));
	const exe = process.env.HEIMAMT ?? path.join(ROOT, 'build/release/heimamt');
	program = new Program(exe, ['serve', '--config', file, '--state', state ?? path.join(folder, 'var'), ...args], { cwd: ROOT });
	return program;
}

function emptyFolder(t) {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'heimamt-start-'));
	t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
	return folder;
}

test('start: links and passwords are told to who asked, and not to a journal', async (t) => {
	const SECRET = 'hunter2-hunter2';
	const changes = { 'sip.user': 'phone', 'sip.password': SECRET };
	const journal = serve(t, { changes });
	await journal.line(/^Ctrl-C ends everything/);
	assert.ok(!journal.lines.some((l) => /\/login\//.test(l)), 'no link');
	assert.ok(journal.lines.some((l) => /login link.*heimamt link LOGIN --config .* --state /.test(l)));
	assert.ok(journal.lines.some((l) => /user phone, password as configured/.test(l)));
	const asked = serve(t, { changes, args: ['--links'] });
	await asked.line(/^Ctrl-C ends everything/);
	assert.equal(asked.lines.filter((l) => /^ +http:.*\/login\/[0-9a-f]{64}$/.test(l)).length, 2);
	const lan = serve(t, { changes, args: ['--lan=127.0.0.1'] });
	await lan.line(/user phone, password [0-9a-f]{20}$/);
	const json = await Centre.start(t, { changes });
	assert.equal(json.told.sip_credential, undefined);
	assert.ok(json.link('anna'));
	for (const program of [journal, asked, lan, json.program])
		assert.ok(!program.lines.some((l) => l.includes(SECRET)), 'a configured password is never told');
});

test('start: --json is JSON, whatever a password holds', async (t) => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'heimamt-start-')), PASSWORD = '"},\\{[0123456789abcdef';
	fs.mkdirSync(path.join(folder, 'var'));
	fs.writeFileSync(path.join(folder, 'var/lan-password'), `${PASSWORD}\n`);
	const centre = await Centre.start(t, { folder, args: ['--lan=127.0.0.1'] });
	assert.deepEqual(centre.told.sip_credential, { user: 'phone', password: PASSWORD });
	assert.deepEqual(Object.keys(centre.told).sort(), ['base', 'links', 'sip_address', 'sip_credential', 'sip_port', 'web_port']);
});

// What cannot be is told at once, with what to do about it.
test('start: what hinders it is said, with the mend', async (t) => {
	const taken = await bindUdp();
	t.after(() => taken.close());
	const { port } = taken.address();
	const running = await Centre.start(t);
	const long = path.join(emptyFolder(t), 'x'.repeat(60), 'y'.repeat(40));
	fs.mkdirSync(path.dirname(long));
	const cases = [
		['the folder is in use', { state: running.state }, 1, /another heimamt serve is using this folder/],
		['the port is taken', { changes: { 'sip.port': port } }, 1,
			new RegExp(`SIP cannot listen on 127.0.0.1 port ${port}: .*is taken.* sip.port in .*heimamt.conf`)],
		['an address of another machine', { args: ['--lan=192.0.2.1'] }, 1,
			/SIP cannot listen on 192.0.2.1 port \d+: .*no address of this machine/],
		['an address that is none', { args: ['--lan=myhost'] }, 2, /--lan needs this machine's IPv4 address .* not "myhost"/],
		['any address', { args: ['--lan=0.0.0.0'] }, 2, /--lan needs this machine's/],
		['a path that no socket can have', { state: long }, 1, /xxx\/y+: this path is too long: with \/relay-0.sock .* 107 bytes/],
		['a configuration with a mistake', { changes: { 'web.port': 65536 } }, 2, /web: port must be a number from 0/],
	];
	for (const [what, options, code, said] of cases) {
		const program = serve(t, options);
		assert.deepEqual(await program.ended(), { code, signal: null }, what);
		assert.ok(program.lines.some((l) => said.test(l)), `${what}: ${program.tail()}`);
		assert.ok(!program.lines.some((l) => /ERROR: |runtime error/.test(l)), program.tail());
	}
	assert.ok((await fetch(`${running.told.base}/desk/`)).ok, 'the one that runs is not disturbed');
});

// Relays whose command line names this state.
function relaysOf(state) {
	return fs.readdirSync('/proc').filter((p) => {
		try {
			const line = fs.readFileSync(`/proc/${p}/cmdline`, 'utf8');
			return line.includes('heimamt-relay') && line.includes(state);
		} catch {
			return false;
		}
	});
}
