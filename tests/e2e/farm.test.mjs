// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The farms, against the real centre: five talks, each pair with its own tones both ways, a sixth caller who waits,
// and every end of a call that they know.

import assert from 'node:assert/strict';
import test from 'node:test';
import { Centre } from './lib/centre.mjs';
import { CallerFarm, farmAgents, favourRelays, LineFarm, toneOf } from './lib/farm.mjs';
import { sleep, until } from './lib/wait.mjs';

const N = 5;
// Until every ear hears a tone in one report, but who waits; an ear looks at a moment, and a busy machine has bad ones.
const allTones = (callers, lines) => until('tones in all ears', async () =>
	[...(await callers.report()).callers.filter((x) => x.caller !== 'waits'), ...(await lines.report()).agents]
		.every((x) => x.talk?.what === 'tone'), { every: 100 });
const worst = (list, of, name) => Math.max(...list.map((x) => x[of][name]));

test('five talks: the right tones both ways, no gap, and the sixth caller hears music until one is free', async (t) => {
	const { agents, more } = farmAgents(N);
	const centre = await Centre.start(t, { more, changes: { 'queue.greeting': '' } });
	const lines = await LineFarm.start(t), callers = await CallerFarm.start(t);
	t.diagnostic(`the relay comes before everything else: ${favourRelays(centre)}`);
	await lines.login(centre, agents, { habits: { accept: 100 } });
	const names = agents.map((_, i) => `c${i}`);
	for (const [i, name] of names.entries())
		callers.call(name, centre.sip(), { hz: toneOf(50 + i) });
	await callers.all('hears', names, (e) => e.what === 'tone');
	await lines.all('hears', agents.map((a) => a.name), (e) => e.what === 'tone');
	callers.call('waits', centre.sip(), { hz: toneOf(60) });
	await callers.event({ event: 'hears', caller: 'waits', what: 'sound' });

	// who talks with whom, by the callers' ears and by the agents'
	const heard = callers.last('hears'), inLines = lines.last('hears');
	const pairs = names.map((name, i) => ({ name, hz: toneOf(50 + i), agent: agents.find((a) => a.hz === heard[name].hz)?.name }));
	assert.deepEqual(pairs.map((p) => p.agent).sort(), agents.map((a) => a.name).sort(), 'each agent is heard once');
	for (const p of pairs)
		assert.equal(inLines[p.agent].hz, p.hz, `${p.agent} hears ${p.name}`);

	await callers.report({ forget: true });
	await lines.report({ forget: true });
	await sleep(2000);
	const c = await callers.report(), l = await lines.report();
	const talking = c.callers.filter((x) => x.caller !== 'waits');
	t.diagnostic(`largest gap: callers ${worst(talking, 'talk', 'gap_ms').toFixed(1)} ms (tone ${worst(talking, 'talk', 'tone_gap_ms').toFixed(1)}), ` +
		`lines ${worst(l.agents, 'talk', 'gap_ms').toFixed(1)} ms (tone ${worst(l.agents, 'talk', 'tone_gap_ms').toFixed(1)}); ` +
		`the farms were late by ${c.late_ms.toFixed(1)} and ${l.late_ms.toFixed(1)} ms`);
	for (const x of [...talking, ...l.agents]) {
		assert.ok(x.talk.packets >= 75, `${x.talk.packets} packets in 2 s`);
		assert.equal(x.talk.lost, 0);
	}
	await allTones(callers, lines);
	const waits = c.callers.find((x) => x.caller === 'waits');
	assert.equal(waits.talk, undefined, 'music is no tone');
	assert.ok(waits.wait.packets >= 75);

	// the caller hangs up: its agent is free for the one who waits
	callers.do('hangup', { caller: 'c0' });
	await callers.event({ event: 'state', caller: 'c0', is: 'ended', by: 'caller', status: 200 });
	const freed = pairs.find((p) => p.name === 'c0').agent;
	const talk = await lines.event({ event: 'talk', agent: freed });
	assert.ok(talk.heard.packets > 75 && talk.ms > 2000);
	await callers.event({ event: 'hears', caller: 'waits', what: 'tone', hz: agents.find((a) => a.name === freed).hz });

	// in the dialog, and the agent's own end of it
	callers.do('options', { caller: 'c1' });
	await callers.event({ event: 'answer', caller: 'c1', method: 'OPTIONS', status: 200 });
	callers.do('reinvite', { caller: 'c1' });
	await callers.event({ event: 'answer', caller: 'c1', method: 'INVITE', status: 200 });
	lines.do('habits', { ready: false, wrapup: 0 });
	lines.do('say', { agent: pairs[1].agent, t: 'hangup' });
	await callers.event({ event: 'state', caller: 'c1', is: 'ended', by: 'centre', status: 0 });
	for (const name of [...names.slice(2), 'waits'])
		callers.do('hangup', { caller: name });
	await callers.all('state', [...names, 'waits'], (e) => e.is === 'ended');
	await lines.all('state', agents.map((a) => a.name), (e) => e.call === '');
});

test('a desk, a line and a dead microphone come back or are told', async (t) => {
	const { agents, more } = farmAgents(1);
	const centre = await Centre.start(t, { more, changes: { 'queue.greeting': '', 'queue.music': '' } });
	const lines = await LineFarm.start(t), callers = await CallerFarm.start(t);
	await lines.login(centre, agents);
	callers.call('c', centre.sip(), { hz: toneOf(20) });
	await callers.event({ event: 'hears', caller: 'c', what: 'tone', hz: agents[0].hz });

	// the desk's connection is cut: the talk goes on, and it is back
	let after = lines.events.length;
	lines.do('desk', { is: 'closed' });
	await lines.event({ event: 'desk', is: 'lost' }, { after });
	await lines.event({ event: 'desk', is: 'open' }, { after });
	// from another port: followed without a word
	await callers.report({ forget: true });
	lines.do('line', { is: 'moved' });
	await sleep(500);
	const [c] = (await callers.report()).callers;
	t.diagnostic(`gap while the line moves: ${c.talk.gap_ms.toFixed(1)} ms`);
	assert.equal(c.talk.lost, 0);
	await allTones(callers, lines);

	// the caller goes dumb: the agent hears nothing, and the gap is open
	callers.do('quiet', { on: true });
	await lines.event({ event: 'hears', what: 'nothing' });
	await until('an open gap of a second', async () => (await lines.report()).agents[0].talk.tone_gap_ms > 1000);
	callers.do('quiet', { on: false });
	await lines.event({ event: 'hears', what: 'tone', hz: toneOf(20) }, { after: lines.events.length });

	// another line
	after = lines.events.length;
	lines.do('line', { is: 'new' });
	await lines.event({ event: 'line', is: 'up' }, { after });
	assert.equal((await lines.report()).agents[0].lines, 2);
});
