// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Keys of callers: on the caller's page they choose in a menu, pressed there or on the keyboard, as a telephone's do; in a
// talk the agent's browser sounds them, whether they come from a browser or from a telephone.  And what the desk and the record
// say of how those two voices came.

import assert from 'node:assert/strict';
import test from 'node:test';
import { pageHears, startBrowser } from './lib/browser.mjs';
import { Caller } from './lib/caller.mjs';
import { Centre } from './lib/centre.mjs';
import { clipsFolder } from './lib/clips.mjs';
import { Desk } from './lib/desk.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { records } from './lib/records.mjs';
import { until } from './lib/wait.mjs';

const MENU = 1250, ONE = 800, TWO = 1600, AGENT = 440, CALLER = 2000;
const HEARD = -45; // dBov
const KEY_5 = [770, 1336], KEY_9 = [852, 1477]; // ITU-T Q.23

const queue = (title, number, music) => `\nqueue "${title}" {\n\tnumber = "${number}"\n\tname = "${title}"\n` +
	`\tlanguage = "de"\n\tmusic = "${music}"\n\tannounce = 0\n\twrap-up = 0\n}\n`;
const more = queue('eins', '351', 'one') + queue('zwei', '352', 'two') +
	'\nmenu "willkommen" {\n\tnumber = "350"\n\tclip = "question"\n\tkeys = { "1=eins", "*=zwei" }\n\ttimeout = 20\n\tqueue = "zwei"\n}\n' +
	'\nagent "eva" {\n\tname = "Eva"\n\tqueues = { "eins", "zwei" }\n}\n';

// Both tones of a key at once.
const sounds = (page, key) => Promise.all(key.map((hz) => pageHears(page, hz, { above: HEARD })));

const chose = (centre) => records(centre, "SELECT q.name AS name, e.detail AS detail FROM call JOIN queue q ON q.id = call.queue " +
	"JOIN call_event e ON e.call = call.id AND e.event = 'menu' ORDER BY call.id").map(({ name, detail }) => `${name} ${detail}`);

async function voiceOf(desk, voice) {
	const line = desk.page.locator(`.voice[data-voice="${voice}"]`);
	await line.waitFor();
	return line.innerText();
}

test('a browser chooses in the menu, by a key on the page and by one of the keyboard', async (t) => {
	const centre = await Centre.start(t, { changes: { 'web.caller-page-token': 'none', 'web.caller-page-menu': 'willkommen',
		'clips.folder': clipsFolder(t, { question: [MENU, 30], one: [ONE, 4], two: [TWO, 4] }) }, more });
	const eva = await Desk.ready(t, centre, 'eva', { frequency: AGENT });
	await eva.click('pause');
	const { page } = await startBrowser(t, { frequency: CALLER });
	await page.goto(centre.callerPage);
	for (const [press, hz] of [[() => page.click('[data-key="1"]'), ONE], [() => page.keyboard.press('*'), TWO]]) {
		await page.click('[data-action="call"], [data-action="again"]');
		await page.getByRole('heading', { name: 'Bitte wählen' }).waitFor();
		await pageHears(page, MENU, { above: HEARD });
		await press();
		await page.getByRole('heading', { name: 'Sie warten' }).waitFor();
		await pageHears(page, hz, { above: HEARD });
		assert.equal(await page.locator('[data-key]').count(), 0);
		await page.click('[data-action="hangup"]');
		await page.getByText('Sie haben aufgelegt').first().waitFor();
	}
	await until('both in the records', () => chose(centre).length === 2);
	assert.deepEqual(chose(centre), ['eins menu=willkommen by=key', 'zwei menu=willkommen by=key']);
	assert.ok(!centre.log.some((line) => /digit|key [0-9]/i.test(line)), 'no key in the log');
});

test('in a talk the agent hears the key of a telephone, and the key of a browser', async (t) => {
	const centre = await Centre.start(t, { changes: { 'web.caller-page-token': 'none', 'queue.greeting': '', 'queue.music': '' } });
	const desk = await Desk.ready(t, centre, 'anna', { frequency: AGENT });
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	const caller = await Caller.open(t, { sip: centre.sip() });
	caller.invite({ sdp: endpoint.sdp({ codecs: '8 101' }) });
	assert.equal((await caller.answer('INVITE')).status, 200);
	endpoint.send(caller.remote, { frequency: CALLER });
	await desk.state('offered');
	await desk.click('accept');
	await desk.state('talking');
	await pageHears(desk.page, CALLER, { above: HEARD });
	assert.match(await voiceOf(desk, 'plain'), /nicht verschlüsselt/);
	endpoint.press(5, { ms: 1000 });
	const pressing = setInterval(() => endpoint.press(5, { ms: 1000 }), 1500);
	await sounds(desk.page, KEY_5).finally(() => clearInterval(pressing));
	caller.bye();
	await desk.state('wrapup');
	await desk.click('wrapup_done');
	await desk.state('ready');

	const { page } = await startBrowser(t, { frequency: CALLER });
	await page.goto(centre.callerPage);
	await page.click('[data-action="call"]');
	await desk.state('offered');
	await desk.click('accept');
	await pageHears(page, AGENT, { above: HEARD });
	assert.match(await voiceOf(desk, 'dtls'), /vom Browser bis hierher verschlüsselt/);
	await page.click('[data-action="keys"]');
	let over = false;
	const heard = sounds(desk.page, KEY_9).finally(() => {
		over = true;
	});
	while (!over)
		await page.click('[data-key="9"]');
	await heard;
	assert.deepEqual(records(centre, 'SELECT kind, voice FROM call ORDER BY id'),
		[{ kind: 'sip', voice: 'plain' }, { kind: 'web', voice: 'dtls' }]);
});
