// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Processes die in the middle of work: control with fifty talks and twenty who wait, control again and again while
// calls come and go, a relay with talks in it.  Talks keep their voice, who waits keeps its place, nothing is
// double, and only what rang may be lost.
//
// KILLS=50: so many deaths of control in the burst, instead of a few.

import assert from 'node:assert/strict';
import test from 'node:test';
import { Centre, killed } from './lib/centre.mjs';
import { CallerFarm, farmAgents, favourRelays, LineFarm, toneOf } from './lib/farm.mjs';
import { freeTcpPort, freeUdpPort } from './lib/ports.mjs';
import { ended, records } from './lib/records.mjs';
import { sleep, until } from './lib/wait.mjs';

const TALKS = 50, WAITING = 20;
const GAP_MS = 100;
const KILLS = Number(process.env.KILLS ?? 8);

async function started(t, { agents: n, changes = {} }) {
	const { agents, more } = farmAgents(n);
	const ports = { 'sip.port': await freeUdpPort(), 'web.port': await freeTcpPort() };
	const centre = await Centre.start(t, { more, changes: { ...ports, 'queue.greeting': '', 'queue.apology': '', ...changes } });
	const lines = await LineFarm.start(t), callers = await CallerFarm.start(t);
	t.diagnostic(`the relay comes before everything else: ${favourRelays(centre)}`);
	return { agents, centre, lines, callers };
}

// Its exit status: "0" is true, 0 is not.
const left = (program) => until('control to leave', () => program.status !== null && String(program.status));

const relayPids = (centre) => [0, 1].map((i) => centre.log.map((l) =>
	new RegExp(`relay ${i} is up: process (\\d+)`).exec(l)?.[1]).filter(Boolean).at(-1)).map(Number);
// Every desk is connected again, and says this of its state.
async function back(lines, agents, after, is) {
	const names = agents.map((a) => a.name);
	await lines.all('desk', names, (e) => e.is === 'open', { after });
	await lines.all('state', names, is);
}
// What the farms themselves were late is nobody else's fault.
const allowedMs = (c, l) => GAP_MS + c.late_ms + l.late_ms;
const worst = (list, of, name = 'gap_ms') => Math.max(...list.map((x) => x[of]?.[name] ?? 0));

test('kill: control dies with fifty talks and twenty waiting', async (t) => {
	const { agents, centre, lines, callers } = await started(t, { agents: TALKS });
	await lines.login(centre, agents);
	const talkers = agents.map((_, i) => `t${i}`), waiters = Array.from({ length: WAITING }, (_, i) => `w${i}`);
	for (const [i, name] of talkers.entries())
		callers.call(name, centre.sip(), { hz: toneOf(50 + i) });
	await callers.all('hears', talkers, (e) => e.what === 'tone', { timeout: 60000 });
	for (const [i, name] of waiters.entries()) {
		callers.call(name, centre.sip(), { hz: toneOf(105 + i) });
		await callers.event({ event: 'hears', caller: name, what: 'sound' });
	}
	const before = callers.last('hears');
	await callers.report({ forget: true });
	await lines.report({ forget: true });
	await sleep(500);

	await killed(centre);
	const after = lines.events.length;
	await sleep(300);
	const begun = performance.now();
	await centre.begin();
	const open = performance.now();
	// every desk is back in its talk, and the centre knows it
	await back(lines, agents, after, (e) => e.is === 'talking' && e.line === 'up');
	await sleep(500);
	const c = await callers.report(), l = await lines.report();
	const talking = c.callers.filter((x) => x.caller.startsWith('t')), waiting = c.callers.filter((x) => x.caller.startsWith('w'));
	t.diagnostic(`open again ${(open - begun).toFixed(0)} ms after the start; largest gap: callers ` +
		`${worst(talking, 'talk').toFixed(1)} ms, lines ${worst(l.agents, 'talk').toFixed(1)} ms, ` +
		`waiting ${worst(waiting, 'wait').toFixed(1)} ms; the farms were late by ${c.late_ms.toFixed(1)} and ${l.late_ms.toFixed(1)} ms`);
	const allowed = allowedMs(c, l);
	for (const x of talking) {
		assert.equal(x.talk.hz, before[x.caller].hz, 'the same agent');
		assert.ok(x.talk.gap_ms < allowed, `${x.caller}: ${x.talk.gap_ms} ms`);
	}
	for (const x of l.agents)
		assert.ok(x.talk.gap_ms < allowed, `${x.agent}: ${x.talk.gap_ms} ms`);
	await callers.all('hears', waiters, (e) => e.what === 'sound'); // a voice that tells places has its pauses
	for (const x of waiting) {
		assert.ok(x.wait.packets > 40);
		assert.ok(x.wait.gap_ms < allowed, `${x.caller}: ${x.wait.gap_ms} ms`);
	}
	assert.ok(!c.callers.some((x) => x.is === 'ended'));

	// in their dialogs, as if nothing had been
	callers.do('options', { caller: 't0' });
	await callers.event({ event: 'answer', caller: 't0', method: 'OPTIONS', status: 200 });
	callers.do('reinvite', { caller: 't1' });
	await callers.event({ event: 'answer', caller: 't1', method: 'INVITE', status: 200 });

	// one agent after the other is free: who waits comes in the order of arrival
	lines.do('habits', { ready: false });
	for (const [i, name] of waiters.entries()) {
		const agent = agents.find((a) => a.hz === before[`t${i}`].hz);
		lines.do('habits', { agent: agent.name, ready: true });
		if (i % 2)
			callers.do('hangup', { caller: `t${i}` });
		else
			lines.do('say', { agent: agent.name, t: 'hangup' });
		await callers.event({ event: 'hears', caller: name, what: 'tone', hz: agent.hz });
	}
	await callers.all('state', talkers.slice(0, WAITING), (e, name) => e.is === 'ended' &&
		(Number(name.slice(1)) % 2 ? e.by === 'caller' && e.status === 200 : e.by === 'centre'));
	for (const name of [...talkers.slice(WAITING), ...waiters])
		callers.do('hangup', { caller: name });
	await callers.all('state', [...talkers, ...waiters], (e) => e.is === 'ended');
	assert.deepEqual(await ended(centre, TALKS + WAITING), { agent_hung_up: WAITING / 2, caller_hung_up: TALKS + WAITING / 2 });
	assert.deepEqual(records(centre, 'SELECT call FROM call_event WHERE event = \'ended\' GROUP BY call HAVING count(*) > 1'), []);
	assert.deepEqual(records(centre, 'SELECT call FROM call_event WHERE event = \'accepted\' GROUP BY call HAVING count(*) > 1'), []);
});

test(`kill: control dies ${KILLS} times while calls come and go`, { timeout: 120000 + KILLS * 30000 }, async (t) => {
	const { agents, centre, lines, callers } = await started(t, { agents: 8 });
	await lines.login(centre, agents, { habits: { accept: 50, wrapup: 0 } });
	let n = 0, over = false;
	const come = (async () => {
		while (!over) {
			callers.call(`c${n}`, centre.sip(), { hz: toneOf(20 + n % 100), talk: 300 + 200 * (n % 5) });
			n++;
			await sleep(100 + 50 * (n % 4));
		}
	})();
	for (let i = 0; i < KILLS; i++) {
		await sleep(200 + Math.random() * 1500);
		await killed(centre);
		await sleep(Math.random() * 300);
		await centre.begin();
	}
	over = true;
	await come;
	const names = Array.from({ length: n }, (_, i) => `c${i}`);
	await callers.all('state', names, (e) => e.is === 'ended', { timeout: 120000 });
	await lines.all('state', agents.map((a) => a.name), (e) => e.is === 'ready', { timeout: 60000 });

	const answered = new Set(callers.events.filter((e) => e.event === 'state' && e.is === 'answered').map((e) => e.caller));
	const last = callers.last('state');
	const lost = names.filter((c) => !answered.has(c));
	const untrue = [...answered].filter((c) => last[c].by === 'caller' && last[c].status !== 200);
	const talked = new Set(callers.events.filter((e) => e.event === 'hears' && e.what === 'tone').map((e) => e.caller));
	const how = await ended(centre, answered.size);
	t.diagnostic(`${n} callers, ${answered.size} answered, ${talked.size} talked, ${lost.length} lost while they rang; ` +
		`records: ${JSON.stringify(how)}`);
	assert.deepEqual(untrue, [], 'whoever hangs up is told yes');
	for (const c of answered)
		assert.ok(talked.has(c) || last[c].by === 'caller', `${c} was answered, and ended by the centre before it talked`);
	// whom a dying process told nothing yet asks again: nobody is lost, and nobody is recorded twice
	assert.deepEqual(lost, []);
	assert.deepEqual(how, { caller_hung_up: n });
	for (const event of ['ended', 'arrived'])
		assert.deepEqual(records(centre, `SELECT call FROM call_event WHERE event = '${event}' GROUP BY call HAVING count(*) > 1`), []);
});

test('kill: a relay dies; its talks move, the others notice nothing', async (t) => {
	const { agents, centre, lines, callers } = await started(t, { agents: 12, changes: { 'relay.count': 2 } });
	await lines.login(centre, agents);
	const names = agents.map((_, i) => `c${i}`);
	for (const [i, name] of names.entries())
		callers.call(name, centre.sip(), { hz: toneOf(50 + i) });
	await callers.all('hears', names, (e) => e.what === 'tone');
	await lines.all('hears', agents.map((a) => a.name), (e) => e.what === 'tone');
	const before = callers.last('hears'), media = callers.last('media');
	await callers.report({ forget: true });
	await lines.report({ forget: true });
	const linesBefore = Object.fromEntries((await lines.report()).agents.map((a) => [a.agent, a.lines]));
	const [dying] = relayPids(centre);
	const after = performance.now();
	process.kill(dying, 'SIGKILL');
	await until('another process', () => relayPids(centre)[0] !== dying);
	favourRelays(centre);
	// everybody hears the same agent again, and each agent its caller
	const agentOf = (name) => agents.find((a) => a.hz === before[name].hz).name;
	await until('all talks', async () => {
		const c = await callers.report(), l = await lines.report();
		return c.callers.every((x) => x.talk?.what === 'tone' && x.talk.hz === before[x.caller].hz) &&
			l.agents.every((x) => x.talk?.what === 'tone');
	}, { timeout: 30000, every: 100 });
	t.diagnostic(`all talks again ${((performance.now() - after) / 1000).toFixed(1)} s after the kill`);
	const c = await callers.report(), l = await lines.report();
	const moved = callers.last('media');
	const wereIn = (x) => Number(media[x].port) < 42500; // the relays share the ports evenly
	const gone = new Set(l.agents.filter((a) => a.lines > linesBefore[a.agent]).map((a) => a.agent));
	const untouched = names.filter((x) => !wereIn(x) && !gone.has(agentOf(x)));
	const gaps = c.callers.filter((x) => untouched.includes(x.caller));
	t.diagnostic(`${names.filter(wereIn).length} callers and ${gone.size} lines were in it; ${untouched.length} talks had nothing there, ` +
		`their largest gap: ${worst(gaps, 'talk').toFixed(1)} ms`);
	for (const x of names)
		assert.equal(moved[x].port !== media[x].port, wereIn(x), `${x} was told another address only if it had to be`);
	for (const x of gaps)
		assert.ok(x.talk.gap_ms < allowedMs(c, l), `${x.caller}: ${x.talk.gap_ms} ms`);
	callers.call('new', centre.sip(), { hz: toneOf(70) });
	await callers.event({ event: 'hears', caller: 'new', what: 'sound' });
	lines.do('habits', { ready: false });
	for (const name of [...names, 'new'])
		callers.do('hangup', { caller: name });
	await callers.all('state', [...names, 'new'], (e) => e.is === 'ended' && e.by === 'caller' && e.status === 200);
	assert.deepEqual(await ended(centre, names.length + 1), { caller_hung_up: names.length + 1 });
});

// Talks of this many agents, each pair hearing one another.
async function talks(callers, lines, centre, agents) {
	const names = agents.map((_, i) => `c${i}`);
	for (const [i, name] of names.entries())
		callers.call(name, centre.sip(), { hz: toneOf(50 + i) });
	await callers.all('hears', names, (e) => e.what === 'tone');
	await lines.all('hears', agents.map((a) => a.name), (e) => e.what === 'tone');
	return names;
}

// Its ports are the next one's, and callers send to the old ones until their re-INVITE has come.
test('kill: the only relay dies; nobody is heard in another\'s talk', async (t) => {
	const { agents, centre, lines, callers } = await started(t, { agents: 20, changes: { 'relay.count': 1 } });
	await lines.login(centre, agents);
	const names = await talks(callers, lines, centre, agents);
	const heard = callers.last('hears');
	const toneFor = Object.fromEntries(names.map((x, i) => [agents.find((a) => a.hz === heard[x].hz).name, toneOf(50 + i)]));
	lines.do('habits', { ready: false });
	for (const name of names.slice(0, 2)) { // their ports are free for the others
		callers.do('hangup', { caller: name });
		await callers.event({ event: 'state', caller: name, is: 'ended' });
	}
	const stay = names.slice(2);
	const after = { lines: lines.events.length, callers: callers.events.length };
	const [dying] = relayPids(centre);
	process.kill(dying, 'SIGKILL');
	await until('another process', () => relayPids(centre)[0] !== dying);
	await until('all talks', async () => {
		const c = await callers.report();
		return c.callers.filter((x) => stay.includes(x.caller)).every((x) => x.talk?.what === 'tone' && x.talk.hz === heard[x.caller].hz);
	}, { timeout: 30000, every: 100 });
	await sleep(1000);
	for (const e of lines.events.slice(after.lines))
		if (e.event === 'hears' && e.what === 'tone')
			assert.equal(e.hz, toneFor[e.agent], `${e.agent} hears its own caller`);
	for (const e of callers.events.slice(after.callers))
		if (e.event === 'hears' && e.what === 'tone')
			assert.equal(e.hz, heard[e.caller].hz, `${e.caller} hears its own agent`);
	const busy = stay.map((x) => agents.find((a) => a.hz === heard[x].hz).name);
	for (const x of (await lines.report()).agents.filter((a) => busy.includes(a.agent)))
		assert.equal(x.talk.what, 'tone', `${x.agent} hears its caller again`);
});

test('upgrade: another control takes over, asked to or after the first was told to leave', async (t) => {
	const { agents, centre, lines, callers } = await started(t, { agents: 6 });
	await lines.login(centre, agents);
	const names = await talks(callers, lines, centre, agents);
	await callers.report({ forget: true });
	await lines.report({ forget: true });

	const first = centre.program;
	const { args } = centre;
	let after = lines.events.length;
	centre.args = [...args, '--upgrade'];
	await centre.begin();
	assert.equal(await left(first), '0');
	await back(lines, agents, after, (e) => e.is === 'talking');

	centre.args = args;
	const second = centre.program;
	after = lines.events.length;
	process.kill(second.pid, 'SIGUSR1');
	assert.equal(await left(second), '0');
	await centre.begin();
	await back(lines, agents, after, (e) => e.is === 'talking');
	await sleep(300);
	const c = await callers.report(), l = await lines.report();
	t.diagnostic(`largest gap: callers ${worst(c.callers, 'talk').toFixed(1)} ms, lines ${worst(l.agents, 'talk').toFixed(1)} ms`);
	for (const x of [...c.callers, ...l.agents])
		assert.ok(x.talk.gap_ms < allowedMs(c, l), `${x.caller ?? x.agent}: ${x.talk.gap_ms} ms`);
	lines.do('habits', { ready: false });
	for (const name of names)
		callers.do('hangup', { caller: name });
	await callers.all('state', names, (e) => e.is === 'ended' && e.by === 'caller' && e.status === 200);
	assert.deepEqual(await ended(centre, names.length), { caller_hung_up: names.length });
});

test('drain: a relay is left by its lines and calls, ends, and another takes its place', async (t) => {
	const { agents, centre, lines, callers } = await started(t, { agents: 6, changes: { 'relay.count': 2 } });
	await lines.login(centre, agents);
	const names = await talks(callers, lines, centre, agents);
	const [draining] = relayPids(centre);
	process.kill(draining, 'SIGHUP');
	await until('the drain', () => centre.log.some((l) => /relay 0 drains/.test(l)));
	await sleep(300);
	assert.equal(relayPids(centre)[0], draining, 'not while there are talks');
	for (const x of (await callers.report()).callers)
		assert.equal(x.talk.what, 'tone', 'nobody notices');
	for (const name of names)
		callers.do('hangup', { caller: name });
	await callers.all('state', names, (e) => e.is === 'ended' && e.status === 200);
	await until('another process', () => relayPids(centre)[0] !== draining);
	await lines.all('state', agents.map((a) => a.name), (e) => e.is === 'ready' && e.line === 'up');
	callers.call('new', centre.sip(), { hz: toneOf(70) });
	await callers.event({ event: 'hears', caller: 'new', what: 'tone' });
	callers.do('hangup', { caller: 'new' });
	await callers.event({ event: 'state', caller: 'new', is: 'ended', by: 'caller', status: 200 });
});
