// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The menu, on a real line: a caller dials its number, hears what is asked, and comes to a queue by a key (also while it
// is being asked), or by none; a wrong key has it asked again; hanging up and a control that is killed meanwhile.

import assert from 'node:assert/strict';
import test from 'node:test';
import { Caller } from './lib/caller.mjs';
import { Centre, killed } from './lib/centre.mjs';
import { clipsFolder } from './lib/clips.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { LineFarm } from './lib/farm.mjs';
import { freeTcpPort, freeUdpPort } from './lib/ports.mjs';
import { records } from './lib/records.mjs';
import { until } from './lib/wait.mjs';

const MENU = 1250, ONE = 800, TWO = 1600, EVA = 450, CALLER = 2000;
const STAR = 10;

const clips = (t) => clipsFolder(t, { question: [MENU, 2], one: [ONE, 4], two: [TWO, 4] });

const queue = (title, number, music) => `\nqueue "${title}" {\n\tnumber = "${number}"\n\tname = "${title}"\n` +
	`\tlanguage = "de"\n\tmusic = "${music}"\n\tannounce = 0\n\twrap-up = 0\n}\n`;
const more = queue('eins', '351', 'one') + queue('zwei', '352', 'two') +
	'\nmenu "willkommen" {\n\tnumber = "350"\n\tclip = "question"\n\tkeys = { "1=eins", "*=zwei" }\n\ttimeout = 1\n\tqueue = "zwei"\n}\n' +
	'\nagent "eva" {\n\tname = "Eva"\n\tqueues = { "eins", "zwei" }\n}\n';

async function house(t) {
	const ports = { 'sip.port': await freeUdpPort(), 'web.port': await freeTcpPort() };
	const centre = await Centre.start(t, { changes: { ...ports, 'clips.folder': clips(t) }, more });
	const lines = await LineFarm.start(t);
	await lines.login(centre, [{ name: 'eva', hz: EVA }], { habits: { ready: false, accept: 100, wrapup: 0 } });
	return { centre, lines };
}

async function calls(t, centre, number = '350', codecs = '8 101') {
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	const caller = await Caller.open(t, { sip: centre.sip(number) });
	caller.invite({ sdp: endpoint.sdp({ codecs }) });
	assert.equal((await caller.answer('INVITE')).status, 200);
	endpoint.send(caller.remote, { frequency: CALLER });
	return { endpoint, caller };
}

const events = (centre) => records(centre, 'SELECT event, detail FROM call_event ORDER BY seq')
	.map(({ event, detail }) => (detail ? `${event} ${detail}` : event));
const queueOf = (centre) => records(centre, 'SELECT q.name AS name FROM call LEFT JOIN queue q ON q.id = call.queue ORDER BY call.id')
	.map(({ name }) => name);

async function menuOf(centre, detail) {
	await until('the menu in the records', () => events(centre).includes(`menu menu=willkommen by=${detail}`));
}

test('a trunk without events: the key is heard in the voice', async (t) => {
	const { centre } = await house(t);
	const { endpoint } = await calls(t, centre, '350', '8');
	endpoint.tone(0);
	await endpoint.hears(MENU);
	endpoint.sing(697, 1209); // 1
	await endpoint.hears(ONE);
	await menuOf(centre, 'key');
});

test('a key while it is being asked leads to its queue at once, and to a talk', async (t) => {
	const { centre, lines } = await house(t);
	const { endpoint } = await calls(t, centre);
	await endpoint.hears(MENU);
	assert.deepEqual(events(centre), [], 'who is choosing is in no queue');
	endpoint.press(1);
	await endpoint.hears(ONE);
	await menuOf(centre, 'key');
	assert.deepEqual(queueOf(centre), ['eins']);
	lines.do('say', { agent: 'eva', t: 'ready' });
	await endpoint.hears(EVA);
	await lines.event({ event: 'hears', agent: 'eva', what: 'tone', hz: CALLER });
	assert.ok(!centre.log.some((line) => /digit|key [0-9]/i.test(line)), 'no key in the log');
});

test('no key, asked again, then the default; a wrong key, then the right one; the number of a queue', async (t) => {
	const { centre } = await house(t);
	const silent = await calls(t, centre);
	await silent.endpoint.hears(TWO);
	await menuOf(centre, 'default');
	const [first, second] = [silent.endpoint.packets[0].at, performance.now()];
	assert.ok(second - first > 2 * 3000 - 2000, 'it was asked twice, with time for a key after each');
	const wrong = await calls(t, centre);
	await wrong.endpoint.hears(MENU);
	wrong.endpoint.press(7);
	await new Promise((resolve) => setTimeout(resolve, 400)); // two keys are two moments of its clock
	wrong.endpoint.press(STAR);
	await wrong.endpoint.hears(TWO);
	const straight = await calls(t, centre, '351');
	await straight.endpoint.hears(ONE);
	await until('three calls', () => queueOf(centre).length === 3);
	assert.deepEqual(queueOf(centre), ['zwei', 'zwei', 'eins']);
	assert.deepEqual(events(centre), ['arrived', 'menu menu=willkommen by=default', 'arrived',
		'menu menu=willkommen by=key', 'arrived']);
});

test('hung up in the menu: recorded so, of no queue', async (t) => {
	const { centre } = await house(t);
	const { endpoint, caller } = await calls(t, centre);
	await endpoint.hears(MENU);
	caller.bye();
	assert.equal((await caller.answer('BYE')).status, 200);
	await menuOf(centre, 'nothing');
	assert.deepEqual(queueOf(centre), [null]);
	assert.deepEqual(events(centre), ['arrived', 'menu menu=willkommen by=nothing', 'ended caller_hung_up']);
});

test('control is killed in the menu: it is asked again, and the key leads to its queue', async (t) => {
	const { centre } = await house(t);
	const { endpoint } = await calls(t, centre);
	await endpoint.hears(MENU);
	await killed(centre);
	await until('the end of what was being asked', () => endpoint.levels([MENU], performance.now() - 300)[MENU] < -60);
	await centre.begin();
	await endpoint.hears(MENU);
	endpoint.press(1);
	await endpoint.hears(ONE);
	await menuOf(centre, 'key');
	assert.deepEqual(queueOf(centre), ['eins']);
});
