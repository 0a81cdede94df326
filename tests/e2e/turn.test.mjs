// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A home whose network lets no UDP out: the voice goes through coturn, by the configuration that the centre prints and
// with accounts that it gives; what is wrong with an account is refused there, and the desk says so.

import assert from 'node:assert/strict';
import test from 'node:test';
import { pageHears } from './lib/browser.mjs';
import { Caller } from './lib/caller.mjs';
import { Centre } from './lib/centre.mjs';
import { Coturn, passwordOf, relayOnly, turnSection } from './lib/coturn.mjs';
import { Desk } from './lib/desk.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { until } from './lib/wait.mjs';

const CALLER_HZ = 1000, AGENT_HZ = 440;
const HEARD = -45; // dBov

async function house(t, options) {
	const turn = await turnSection(t, options);
	const centre = await Centre.start(t, { changes: { 'queue.greeting': '', 'queue.music': '' }, more: turn.section });
	return { turn, centre };
}

// The pair that carries the voice.
const pairOf = (page) => page.evaluate(async () => {
	const stats = await window.__probe.connections.at(-1).getStats();
	const transport = [...stats.values()].find((s) => s.type === 'transport');
	const pair = stats.get(transport.selectedCandidatePairId);
	const { candidateType, relayProtocol } = stats.get(pair.localCandidateId);
	return { candidateType, relayProtocol };
});

async function talk(t, centre, desk) {
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	const caller = await Caller.open(t, { sip: centre.sip() });
	caller.invite({ sdp: endpoint.sdp() });
	await desk.state('offered');
	await desk.click('accept');
	await desk.state('talking');
	endpoint.send(caller.remote, { frequency: CALLER_HZ });
	await pageHears(desk.page, CALLER_HZ, { above: HEARD });
	await endpoint.hears(AGENT_HZ, { above: HEARD });
	return caller;
}

for (const [what, urls, relayProtocol] of [['UDP', 'transport=udp', 'udp'], ['TCP', '^turn:.*transport=tcp', 'tcp'], ['TLS', '^turns:', 'tls']])
	test(`over TURN by ${what} a caller and an agent hear each other`, async (t) => {
		const { turn, centre } = await house(t, { tls: true });
		await Coturn.start(t, centre, turn);
		const desk = await Desk.ready(t, centre, 'anna', { frequency: AGENT_HZ, ...relayOnly({ urls }) });
		await talk(t, centre, desk);
		assert.deepEqual(await pairOf(desk.page), { candidateType: 'relay', relayProtocol });
	});
