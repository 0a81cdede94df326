// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The package in a clean Debian, whose systemd runs: installed, called, upgraded in mid-talk, removed, purged.  Started by
// run.sh, in the network of that Debian.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { CallerFarm, LineFarm, toneOf } from '../e2e/lib/farm.mjs';
import { sleep, until } from '../e2e/lib/wait.mjs';

const { FIRST, OLD, NEW, ROOT } = process.env; // process 1 of it; the two versions; where its files are
const CONF = '/etc/heimamt/heimamt.conf', STATE = '/var/lib/heimamt';
const AGENT = 'nora';
const BASE = 'http://127.0.0.1:8080'; // as the configuration is installed

// A command within; its outputs, or a failure that shows them.
function within(command, { status = 0 } = {}) {
	const ran = spawnSync('nsenter', ['-t', FIRST, '-m', '-u', '-i', '-n', '-p', '-r', '-w', 'sh', '-c', command],
		{ encoding: 'utf8', env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', DEBIAN_FRONTEND: 'noninteractive' } });
	const said = `${ran.stdout}${ran.stderr}`.trim();
	if (status !== null)
		assert.equal(ran.status, status, `${command}:\n${said}`);
	return said;
}

const heimamt = (words) => within(`runuser -u heimamt -- heimamt ${words}`);
const apt = (words) => within(`apt-get -y --no-install-recommends ${words}`);
const inside = (file) => path.join(ROOT, file);
const mainPid = (unit) => Number(within(`systemctl show -p MainPID --value ${unit}`));
const isActive = (unit) => within(`systemctl is-active ${unit}`, { status: null }) === 'active';
const owner = (file) => within(`stat -c '%a %U:%G' ${file}`);
const sql = (question) => {
	const ran = spawnSync('sqlite3', [inside(`${STATE}/heimamt.db`), question], { encoding: 'utf8' });
	assert.equal(ran.status, 0, ran.stderr);
	return ran.stdout.trim();
};
const log = (unit) => within(`journalctl -u ${unit} -o cat --no-pager`);
const isServed = () => fetch(`${BASE}/login/`).then((answer) => answer.ok, () => false);
const served = () => until('the pages', isServed, { timeout: 30000 }).catch((late) => {
	throw new Error(`${late.message}\n${log('heimamt')}`);
});

// What listens, by the kernel's tables of this network: "127.0.0.1:8080".
function listeners() {
	const of = (file, state) => fs.readFileSync(`/proc/self/net/${file}`, 'utf8').split('\n').slice(1)
		.map((line) => line.trim().split(/\s+/)).filter((f) => f[3] === state)
		.map((f) => {
			const [addr, port] = f[1].split(':');
			const bytes = addr.length === 8 ? addr.match(/../g).reverse().map((h) => parseInt(h, 16)).join('.') : addr;
			return `${bytes}:${parseInt(port, 16)}`;
		});
	return [...of('tcp', '0A'), ...of('tcp6', '0A'), ...of('udp', '07'), ...of('udp6', '07')];
}

let lines, callers; // over several parts: the talk outlives the upgrade

// The link that `heimamt people invite` makes; it works once, also when it is refused.
function invite() {
	const { link } = JSON.parse(heimamt(`people invite ${AGENT} --json`));
	assert.ok(link.startsWith(BASE), link);
	return link;
}

// An agent logs in, from when the centre knows her: it looks four times a second.
async function agent(t) {
	await until(`a session for ${AGENT}`, async () => {
		const answer = await fetch(`${BASE}/login`, { method: 'POST', headers: { 'Content-Type': 'application/json', Origin: BASE },
			body: JSON.stringify({ token: invite().split('/').at(-1) }) });
		return answer.status === 204;
	}, { every: 250 });
	lines = await LineFarm.start(t);
	await lines.login({ told: { base: BASE }, link: invite }, [{ name: AGENT, hz: toneOf(1) }]);
}

// Both have heard the other's tone from now on.
async function talks(who) {
	for (const farm of [callers, lines]) {
		await farm.report({ forget: true });
	}
	await sleep(1000);
	const c = (await callers.report()).callers.find((x) => x.caller === who);
	const a = (await lines.report()).agents.find((x) => x.agent === AGENT);
	assert.equal(c.talk?.what, 'tone', JSON.stringify(c));
	assert.ok(c.talk.packets > 25, `the caller got ${c.talk.packets} packets in a second`);
	assert.equal(a.talk?.what, 'tone', JSON.stringify(a));
	assert.ok(a.talk.packets > 25, `the agent got ${a.talk.packets}`);
}

const call = (name) => callers.call(name, { number: '100', addr: '127.0.0.1', port: 5060 }, { hz: toneOf(50) });

test('the package', async (t) => {
	await t.test('apt installs it with what it needs; it is enabled, started, on this machine only', async () => {
		apt('install /srv/old.deb');
		assert.equal(within('heimamt version'), `heimamt ${OLD}`);
		await served();
		for (const unit of ['heimamt', 'heimamt-relay@0'])
			assert.ok(isActive(unit), log(unit));
		assert.equal(within('systemctl is-enabled heimamt'), 'enabled');
		assert.equal(within('systemd-analyze verify --man=no heimamt.service heimamt-relay@0.service'), '');
		assert.equal(owner(CONF), '640 root:heimamt');
		assert.equal(owner('/etc/heimamt'), '750 root:heimamt');
		assert.equal(owner(STATE), '700 heimamt:heimamt');
		const open = listeners();
		assert.ok(open.includes('127.0.0.1:8080') && open.includes('127.0.0.1:5060'), open.join(' '));
		assert.deepEqual(open.filter((a) => !a.startsWith('127.0.0.1:')), []);
		assert.match(heimamt('check'), /in order/);
		for (const page of ['man1/heimamt.1.gz', 'man5/heimamt.conf.5.gz', 'man8/heimamt-relay.8.gz'])
			assert.ok(fs.existsSync(inside(`/usr/share/man/${page}`)), page);
	});

	await t.test('somebody is imported, logs in and talks with a caller', async () => {
		fs.writeFileSync(inside('/srv/people.csv'), `login,name,workplace,teams,roles\n${AGENT},Nora Frei,office,100,agent\n`);
		heimamt('people import /srv/people.csv');
		callers = await CallerFarm.start(t);
		await agent(t);
		call('mueller');
		await callers.event({ event: 'hears', caller: 'mueller', what: 'tone', hz: toneOf(1) }, { timeout: 40000 });
		await talks('mueller');
	});

	await t.test('an upgrade takes the talk over, and keeps records and what was changed in the configuration', async () => {
		fs.writeFileSync(inside(CONF), fs.readFileSync(inside(CONF), 'utf8').replace('Customer service', 'Service of the house'));
		const schema = Number(sql('PRAGMA user_version')), relay = mainPid('heimamt-relay@0'), control = mainPid('heimamt');
		apt('install /srv/new.deb');
		assert.equal(within('heimamt version'), `heimamt ${NEW}`);
		await until('the new process', () => mainPid('heimamt') > 0 && mainPid('heimamt') !== control);
		await served();
		assert.equal(mainPid('heimamt-relay@0'), relay, 'the relay goes on');
		assert.match(fs.readFileSync(inside(CONF), 'utf8'), /Service of the house/);
		assert.equal(owner(CONF), '640 root:heimamt');
		assert.ok(Number(sql('PRAGMA user_version')) >= schema);
		assert.match(heimamt('people list'), new RegExp(AGENT));
		await talks('mueller');
		callers.do('hangup', { caller: 'mueller' });
		await callers.event({ event: 'state', caller: 'mueller', is: 'ended' });
		assert.equal(sql('SELECT count(*) FROM call'), '1');
	});

	await t.test('relays that speak otherwise are started anew, and no others', async () => {
		const relay = mainPid('heimamt-relay@0');
		apt('install --reinstall /srv/new.deb');
		assert.equal(mainPid('heimamt-relay@0'), relay);
		fs.writeFileSync(`/proc/${FIRST}/root/run/heimamt-relay.protocol`, '0\n');
		const after = lines.events.length;
		assert.match(apt('install --reinstall /srv/new.deb'), /relays are started anew/);
		assert.notEqual(mainPid('heimamt-relay@0'), relay);
		await served();
		// her line and with it her shift went with that relay: she begins it again
		await lines.event({ event: 'state', agent: AGENT, line: (l) => l !== 'up' }, { after });
		await lines.all('state', [AGENT], (e) => e.is === 'ready' && e.line === 'up', { after });
	});

	await t.test('removed: the caller is told, programs and processes are gone, records and configuration stay', async () => {
		call('meier');
		await callers.event({ event: 'hears', caller: 'meier', what: (what) => what !== 'nothing' }, { timeout: 40000 });
		apt('remove heimamt');
		await callers.event({ event: 'state', caller: 'meier', is: 'ended', by: 'centre' });
		assert.ok(!fs.existsSync(inside('/usr/bin/heimamt')));
		assert.ok(!fs.existsSync(inside('/usr/share/heimamt')));
		assert.equal(within('grep -ls ^heimamt /proc/[0-9]*/comm || echo nobody'), 'nobody');
		assert.ok(fs.existsSync(inside(CONF)) && fs.existsSync(inside(`${STATE}/heimamt.db`)));
		assert.equal(within('systemctl --plain --no-legend list-units heimamt*'), '');
	});

	await t.test('installed again it goes on with them', async () => {
		apt('install /srv/new.deb');
		await served();
		assert.match(heimamt('people list'), new RegExp(AGENT));
		assert.match(fs.readFileSync(inside(CONF), 'utf8'), /Service of the house/);
		const relay = mainPid('heimamt-relay@0'); // without a talk it gives way at once
		within('systemctl reload heimamt-relay@0');
		await until('the next relay', () => mainPid('heimamt-relay@0') > 0 && mainPid('heimamt-relay@0') !== relay);
	});

	await t.test('purged: records and conffiles are gone, what the house put there stays', async () => {
		fs.writeFileSync(inside('/etc/heimamt/own.pem'), 'ours');
		apt('purge heimamt');
		assert.ok(!fs.existsSync(inside(STATE)));
		assert.deepEqual(fs.readdirSync(inside('/etc/heimamt')), ['own.pem']);
		assert.equal(within('ls /run/heimamt* 2>/dev/null || echo nothing'), 'nothing');
	});
});
