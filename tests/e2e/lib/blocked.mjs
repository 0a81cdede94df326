// SPDX-License-Identifier: AGPL-3.0-or-later
//
// blocked -- a talk of an agent whose network lets no UDP through to the house's voice.  A program: node blocked.mjs prints
// what was seen as one line of JSON.  It runs in a network namespace of its own (blocked.test.mjs makes it), where the
// firewall is its own, too.

import { execFileSync } from 'node:child_process';
import { Caller } from './caller.mjs';
import { Centre } from './centre.mjs';
import { Desk } from './desk.mjs';
import { Endpoint } from './endpoint.mjs';
import { pageHears } from './browser.mjs';
import { sleep, until } from './wait.mjs';

const LINES = 40100, TCP = 44300; // of the relay; the namespace has no others
const ABOVE = -45; // dBov

const firewall = (...rule) => execFileSync('iptables', ['-w', ...rule]);

// What the line's newest connection goes by, as the browser has it.
function wayOf(page) {
	return page.evaluate(async () => {
		const all = [...(await window.__probe.connections.at(-1).getStats()).values()];
		const transport = all.find((s) => s.type === 'transport');
		const pair = all.find((s) => s.id === transport?.selectedCandidatePairId);
		const local = all.find((s) => s.id === pair?.localCandidateId), remote = all.find((s) => s.id === pair?.remoteCandidateId);
		const voice = all.find((s) => s.type === 'inbound-rtp');
		return { protocol: local?.protocol, tcpType: local?.tcpType ?? '', port: remote?.port, state: transport?.dtlsState,
			received: voice?.packetsReceived, lost: voice?.packetsLost };
	});
}

async function main(t) {
	for (const port of ['--dport', '--sport'])
		firewall('-A', 'OUTPUT', '-p', 'udp', port, String(LINES), '-j', 'DROP');
	const centre = await Centre.start(t, { changes: { 'relay.port': LINES, 'relay.tcp-port': TCP, 'web.regain': 60, 'queue.greeting': '', 'queue.music': '' } });
	const began = performance.now();
	const desk = await Desk.ready(t, centre, 'anna');
	const readyMs = performance.now() - began;
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	const caller = await Caller.open(t, { sip: centre.sip(), from: '0791234567' });
	caller.invite({ sdp: endpoint.sdp() });
	await caller.answer('INVITE');
	await desk.state('offered');
	await desk.click('accept');
	await desk.state('talking');
	endpoint.send(caller.remote, { frequency: 1000 });
	const agent = await pageHears(desk.page, 1000, { above: ABOVE });
	const heard = await endpoint.hears(440, { above: ABOVE });
	await sleep(3000);
	const way = await wayOf(desk.page), loss = endpoint.loss();

	// the connection is cut in mid-talk, and can be made again after a second
	const cut = performance.now();
	firewall('-I', 'OUTPUT', '-p', 'tcp', '--sport', String(TCP), '-j', 'REJECT', '--reject-with', 'tcp-reset');
	await sleep(1000);
	firewall('-D', 'OUTPUT', '-p', 'tcp', '--sport', String(TCP), '-j', 'REJECT', '--reject-with', 'tcp-reset');
	const back = await until('the agent is heard again', () =>
		endpoint.course([440], cut + 1500, performance.now()).find((s) => s[440] > ABOVE), { timeout: 60000, every: 200 });
	await desk.state('talking');
	const talkMs = performance.now() - cut;
	await pageHears(desk.page, 1000, { above: ABOVE });
	await endpoint.hears(440, { above: ABOVE });
	await sleep(2000);
	return { readyMs, way, agent: agent[1000], caller: heard[440], lost: loss.lost, after: await wayOf(desk.page), backMs: back.at - cut, talkMs };
}

const ends = [];
const t = { after: (f) => ends.push(f), diagnostic: () => {} };
try {
	console.log(JSON.stringify(await main(t)));
} finally {
	for (const end of ends.reverse())
		await end();
}
