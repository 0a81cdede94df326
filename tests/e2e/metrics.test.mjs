// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the server tells whoever watches it: every line read by a parser of the format, all that is documented and nothing
// else, what calls do to it, what it says of agents, and health.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import dgram from 'node:dgram';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { Centre, demoConfig, HEIMAMT, ROOT } from './lib/centre.mjs';
import { CallerFarm, farmAgents, LineFarm, toneOf } from './lib/farm.mjs';
import { freeTcpPort, freeUdpPort } from './lib/ports.mjs';
import { Program } from './lib/process.mjs';
import { parse, value } from './lib/prometheus.mjs';
import { records } from './lib/records.mjs';
import { until } from './lib/wait.mjs';

const at = (centre, what) => fetch(`http://127.0.0.1:${centre.told.metrics_port}${what}`);

async function scrape(centre) {
	const answer = await at(centre, '/metrics');
	assert.equal(answer.status, 200);
	assert.match(answer.headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
	const text = await answer.text();
	return { text, families: parse(text) };
}

// name -> type, of the page.
function documented() {
	const page = fs.readFileSync(path.join(ROOT, 'docs/metrics.md'), 'utf8');
	return Object.fromEntries([...page.matchAll(/^\| `([a-z_]+)` \| (\w+) \| ([^|]*) \|/gm)].map(([, name, type, labels]) =>
		[name, { type, labels: labels.split(/, */).filter(Boolean) }]));
}

function sql(centre, text) {
	execFileSync('sqlite3', [path.join(centre.state, 'heimamt.db'), text]);
}

test('metrics: the parser refuses what is none', () => {
	const good = '# HELP a b\n# TYPE a counter\na{x="y"} 1\n';
	assert.equal(value(parse(good), 'a', { x: 'y' }), 1);
	const wrong = [good.slice(0, -1), `${good}a{x="y"} 2\n`, `${good}b 1\n`, good.replace('counter', 'count'), good.replace('1', '-1'),
		good.replace('"y"', '"y'), good.replace(' 1', ''), 'a 1\n', good + good, good.replace('x="y"', 'x="y",x="z"'),
		'# HELP h b\n# TYPE h histogram\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n',
		'# HELP h b\n# TYPE h histogram\nh_bucket{le="1"} 1\nh_sum 1\nh_count 1\n'];
	for (const text of wrong)
		assert.throws(() => parse(text), undefined, text);
});

test('metrics: nothing listens without a port', async (t) => {
	const centre = await Centre.start(t);
	assert.equal(centre.told.metrics_port, undefined);
});

test('metrics: all that is documented, and what calls and agents do to it', { timeout: 120000 }, async (t) => {
	const { agents, more } = farmAgents(6);
	const centre = await Centre.start(t, { more, changes: { 'metrics.port': 0, 'queue.greeting': '', 'queue.apology': '' } });
	const first = await scrape(centre);
	const page = documented();
	const served = Object.fromEntries(Object.values(first.families).map((f) => [f.name, f.type]));
	const { heimamt_agents: ofAgents, ...others } = page;
	assert.deepEqual(served, Object.fromEntries(Object.entries(others).map(([name, { type }]) => [name, type])));
	assert.equal(ofAgents.type, 'gauge');
	for (const { name, type, samples } of Object.values(first.families))
		for (const s of samples)
			assert.deepEqual(Object.keys(s.labels).filter((l) => type !== 'histogram' || l !== 'le').sort(), [...page[name].labels].sort(), name);
	// nothing of anybody
	for (const word of ['anna', 'beat', 'farm0', 'Farm', 'home', 'office'])
		assert.ok(!first.text.includes(word), word);

	const lines = await LineFarm.start(t), callers = await CallerFarm.start(t);
	await lines.login(centre, agents, { habits: { accept: 50, wrapup: 0 } });
	for (const [i, name] of ['a', 'b', 'c'].entries())
		callers.call(name, centre.sip(), { talk: 1200, hz: toneOf(50 + i) });
	await callers.all('state', ['a', 'b', 'c'], (e) => e.is === 'ended');
	// nobody answers, and the caller has enough
	lines.do('habits', { ready: false, accept: -1 });
	for (const { name } of agents)
		lines.do('say', { agent: name, t: 'pause' });
	await lines.all('state', agents.map((a) => a.name), (e) => e.is === 'pause');
	callers.call('d', centre.sip(), { hz: toneOf(60) });
	await callers.event({ event: 'hears', caller: 'd', what: 'sound' });
	const waiting = (await scrape(centre)).families;
	assert.equal(value(waiting, 'heimamt_calls_waiting', { queue: '100' }), 1);
	assert.equal(value(waiting, 'heimamt_calls'), 1);
	assert.ok(value(waiting, 'heimamt_relay_legs', { relay: '0' }) >= 7);
	callers.do('hangup', { caller: 'd' });
	await callers.event({ event: 'state', caller: 'd', is: 'ended' });
	await until('the figures of the talks', async () => value((await scrape(centre)).families, 'heimamt_voice_packets_expected_total',
		{ leg: 'caller', direction: 'in' }) > 100);
	const { families } = await scrape(centre);
	const queue = { queue: '100' };
	const is = (name, labels, sample) => value(families, name, labels, sample);
	assert.equal(is('heimamt_calls_arrived_total', queue), 4);
	assert.equal(is('heimamt_calls_answered_total', queue), 3);
	assert.equal(is('heimamt_calls_answered_in_target_total', queue), 3);
	assert.equal(is('heimamt_calls_abandoned_total', queue), 1);
	assert.equal(is('heimamt_answer_wait_seconds', queue, 'heimamt_answer_wait_seconds_count'), 3);
	assert.equal(is('heimamt_calls_waiting', queue), 0);
	assert.equal(is('heimamt_calls_arrived_total', { queue: '200' }), 0);
	assert.equal(is('heimamt_calls_ended_total', { why: 'caller_hung_up' }), 4);
	assert.equal(is('heimamt_sip_invites_total'), 4);
	assert.equal(is('heimamt_store_writable'), 1);
	assert.equal(is('heimamt_relay_up', { relay: '0' }), 1);
	assert.ok(is('heimamt_loop_lag_seconds', {}, 'heimamt_loop_lag_seconds_count') > 0);
	assert.ok(is('process_resident_memory_bytes') > 1e6);
	assert.ok(Math.abs(is('process_start_time_seconds') - Date.now() / 1000) < 600);
	// as the records have it
	assert.equal(records(centre, 'SELECT count(*) AS n FROM call WHERE answered_ms IS NOT NULL')[0].n, 3);
	// six are in a shift, but nobody approved
	assert.equal(families.heimamt_agents, undefined);

	// the staff are asked, and say yes: here straight into the records, which a start reads
	await centre.stop();
	sql(centre, `INSERT INTO consultation (evaluation, held_ms, text_hash, agreed, from_ms, until_ms, recorded_ms)
		VALUES ('metrics', 1, zeroblob(32), 1, ${Date.now() - 1000}, ${Date.now() + 3600000}, ${Date.now() - 2000})`);
	await centre.begin();
	const again = await LineFarm.start(t);
	await again.login(centre, agents.slice(0, 4), { habits: { accept: 50, wrapup: 0 } });
	assert.equal((await scrape(centre)).families.heimamt_agents, undefined, 'four would be somebody');
	await again.login(centre, agents.slice(4), { habits: { accept: 50, wrapup: 0 } });
	again.do('say', { agent: agents[0].name, t: 'pause' });
	await again.all('state', [agents[0].name], (e) => e.is === 'pause');
	const staff = (await scrape(centre)).families;
	assert.deepEqual(staff.heimamt_agents.samples.map((s) => [s.labels.state, s.value]), [['free', 5], ['call', 0], ['other', 1]]);
	assert.equal(value(staff, 'heimamt_calls_answered_total', queue), 0, 'counters begin with the process');
});

test('health: ready, and not without a relay', async (t) => {
	const centre = await Centre.start(t, { changes: { 'metrics.port': 0 } });
	const well = await at(centre, '/health');
	assert.equal(well.status, 200);
	assert.deepEqual(await well.json(), { ready: true, open: true, records: true, relays: 1, relays_of: 1, sip: 'ok', registrations: 0, registrations_of: 0 });
	assert.equal((await at(centre, '/health/live')).status, 200);
	assert.equal((await at(centre, '/')).status, 404);
	assert.equal((await fetch(`http://127.0.0.1:${centre.told.metrics_port}/health`, { method: 'POST' })).status, 405);

	await centre.stop();

	// relays are somebody else's business, and there is none yet: calls cannot come
	const port = await freeTcpPort(), relayPort = await freeUdpPort();
	const config = path.join(centre.folder, 'heimamt.conf');
	fs.writeFileSync(config, demoConfig({ 'web.port': 0, 'sip.port': 0, 'relay.port': relayPort, 'metrics.port': port }));
	const alone = new Program(HEIMAMT, ['serve', '--json', '--relay', 'none', '--config', config, '--state', centre.state]);
	t.after(() => alone.stop('SIGINT'));
	const told = await until('health', () => fetch(`http://127.0.0.1:${port}/health`).catch(() => null), { timeout: 30000 });
	assert.equal(told.status, 503);
	assert.deepEqual(await told.json(), { ready: false, open: true, records: true, relays: 0, relays_of: 1, sip: 'ok', registrations: 0, registrations_of: 0 });
	assert.equal((await fetch(`http://127.0.0.1:${port}/health/live`)).status, 200);
	const relay = new Program(`${HEIMAMT}-relay`, ['--socket', path.join(centre.state, 'relay-0.sock'), '--media-address', '127.0.0.1',
		'--port', String(relayPort), '--rtp-ports', '40002-44999', '--no-sandbox']);
	t.after(() => relay.stop('SIGKILL'));
	await until('it to be ready', async () => (await fetch(`http://127.0.0.1:${port}/health`)).status === 200, { timeout: 30000 });
});

// Lets who knows "good" register, and refuses everybody else (RFC 3261 section 10.3).
async function registrar(t) {
	const socket = dgram.createSocket('udp4');
	socket.on('message', (bytes, from) => {
		const lines = bytes.toString().split('\r\n');
		if (!lines[0].startsWith('REGISTER '))
			return;
		const same = lines.filter((l) => /^(Via|From|To|Call-ID|CSeq|Contact):/i.test(l)).map((l) => (/^To:/i.test(l) ? `${l};tag=1` : l));
		const good = same.some((l) => /^From:.*good@/i.test(l));
		socket.send([`SIP/2.0 ${good ? '200 OK' : '403 Forbidden'}`, ...same, 'Expires: 600', 'Content-Length: 0', '', ''].join('\r\n'), from.port, from.address);
	});
	await new Promise((resolve) => socket.bind(0, '127.0.0.1', resolve));
	t.after(() => socket.close());
	return socket.address().port;
}

test('health: registrations are counted, and without any of them SIP is degraded', async (t) => {
	const port = await registrar(t);
	const trunk = (user) => `\ntrunk "${user}" {\n\tserver = "127.0.0.1:${port}"\n\tcaller-id = "+41440000000"\n\tuser = "${user}"\n\tpassword = "x"\n\tregister = true\n}\n`;
	const options = `\ntrunk "asked" {\n\tserver = "127.0.0.1:${port}"\n\tcaller-id = "+41440000000"\n\tkeep-alive = 0\n}\n`;
	for (const [users, sip, up] of [[['good', 'bad'], 'ok', 1], [['bad'], 'degraded', 0]]) {
		const centre = await Centre.start(t, { changes: { 'metrics.port': 0 }, more: users.map(trunk).join('') + options });
		for (const user of users)
			await centre.program.line(new RegExp(`carrier ${user}: ${user === 'good' ? 'up' : 'down'}`));
		const told = await at(centre, '/health');
		assert.equal(told.status, 200, 'telephones in the house still call');
		const health = await told.json();
		assert.deepEqual([health.ready, health.sip, health.registrations, health.registrations_of], [true, sip, up, users.length]);
		const { families } = await scrape(centre);
		assert.equal(value(families, 'heimamt_sip_registrations'), up);
		assert.equal(value(families, 'heimamt_sip_registrations_configured'), users.length);
		await centre.stop();
	}
});
