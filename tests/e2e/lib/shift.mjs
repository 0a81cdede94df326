// SPDX-License-Identifier: AGPL-3.0-or-later
//
// shift -- a whole shift of an agent at home, in a real browser, with everything written down that leaves the page, a
// process or the machine.  A program: node shift.mjs prints the report as one line of JSON (see lib/never.mjs).
//
// Run in a network namespace of its own (never.test.mjs makes it, and says so in NEVER_NAMESPACE), it sees the peers of the
// house's processes, and counts the packets of all, the browser included, that would have left the machine.

import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Caller } from './caller.mjs';
import { Centre, HEIMAMT } from './centre.mjs';
import { Desk } from './desk.mjs';
import { Endpoint } from './endpoint.mjs';
import { records } from './records.mjs';
import { sleep, until } from './wait.mjs';

const FIDGET_MS = Number(process.env.NEVER_FIDGET_MS ?? 30000); // ready; half as long in the talk and at written work: a minute together
const QUIET_MS = Number(process.env.NEVER_QUIET_MS ?? 20000);
const in_namespace = process.env.NEVER_NAMESPACE === '1';

// In the page, before its scripts: what it asks the browser for.
function watchApis() {
	const seen = { servers: [], remotes: [], media: [], channels: 0, captures: [], apis: [] };
	Object.defineProperty(window, '__seen', { value: seen });
	const Native = window.RTCPeerConnection;
	window.RTCPeerConnection = class RTCPeerConnection extends Native {
		constructor(config) {
			super(config);
			seen.servers.push(...(config?.iceServers ?? []));
		}
		createDataChannel(...args) {
			seen.channels++;
			return super.createDataChannel(...args);
		}
		setRemoteDescription(d) {
			for (const [, kind] of d.sdp.matchAll(/^m=(\w+)/gm))
				seen.media.push(kind);
			for (const [, address] of d.sdp.matchAll(/^a=candidate:\S+ \d+ \w+ \d+ (\S+)/gm))
				seen.remotes.push(address);
			return super.setRemoteDescription(d);
		}
	};
	const devices = MediaDevices.prototype;
	for (const kind of ['getUserMedia', 'getDisplayMedia']) {
		const native = devices[kind];
		devices[kind] = function capture(constraints) {
			seen.captures.push({ kind, video: Boolean(constraints?.video) });
			return native.call(this, constraints);
		};
	}
	const note = (object, method, name) => {
		const native = object?.[method];
		if (native)
			object[method] = function noted(...args) {
				seen.apis.push(name);
				return native.apply(this, args);
			};
	};
	note(Navigator.prototype, 'sendBeacon', 'sendBeacon');
	note(Navigator.prototype, 'getBattery', 'getBattery');
	note(window.Geolocation?.prototype, 'getCurrentPosition', 'geolocation');
	note(window.Geolocation?.prototype, 'watchPosition', 'geolocation');
	note(HTMLMediaElement.prototype, 'captureStream', 'captureStream');
	note(HTMLCanvasElement.prototype, 'toDataURL', 'a picture of the page');
	for (const name of ['MediaRecorder', 'IdleDetector', 'WebTransport', 'EventSource', 'Accelerometer', 'Gyroscope', 'AmbientLightSensor'])
		if (name in window)
			window[name] = class extends window[name] {
				constructor(...args) {
					seen.apis.push(name);
					super(...args);
				}
			};
}

export class Watch {
	phases = [];

	begin(name, behaviour = false) {
		if (this.now)
			this.now.ms = performance.now() - this.began;
		this.began = performance.now();
		this.now = { name, behaviour, ms: 0, sent: [], received: [], requests: [], opened: [] };
		this.phases.push(this.now);
	}

	async look(context) {
		this.begin('log in');
		await context.addInitScript(watchApis);
		context.on('request', (r) => {
			const url = new URL(r.url());
			if (url.protocol === 'http:' || url.protocol === 'https:')
				this.now.requests.push({ method: r.method(), origin: url.origin, path: url.pathname.replace(/\/[0-9a-f]{64}$/, '/TOKEN') + url.search, type: r.resourceType() });
		});
		context.on('page', (page) => page.on('websocket', (ws) => {
			this.now.opened.push(ws.url());
			ws.on('framesent', ({ payload }) => this.now.sent.push(JSON.parse(payload)));
			ws.on('framereceived', ({ payload }) => this.now.received.push(JSON.parse(payload)));
		}));
	}
}

// The sockets that heimamt and its relays hold.
function socketsOfHouse() {
	const inodes = new Set();
	for (const pid of fs.readdirSync('/proc').filter((p) => /^\d+$/.test(p)))
		try {
			if (!/\/heimamt(-relay)?$/.test(fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0]))
				continue;
			for (const fd of fs.readdirSync(`/proc/${pid}/fd`))
				inodes.add(/^socket:\[(\d+)\]$/.exec(fs.readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1]);
		} catch {
			// it ended meanwhile, or is somebody else's
		}
	return inodes;
}

// Their remote ends: /proc/net/{tcp,udp}[6] of this namespace, addresses in the machine's byte order.
function peersNow(found) {
	const ours = socketsOfHouse();
	for (const file of ['tcp', 'tcp6', 'udp', 'udp6'])
		for (const line of fs.readFileSync(`/proc/self/net/${file}`, 'utf8').split('\n').slice(1)) {
			const parts = line.trim().split(/\s+/);
			const hex = parts[2]?.split(':')[0];
			if (!hex || /^0+$/.test(hex) || !ours.has(parts[9]))
				continue;
			const bytes = hex.match(/.{8}/g).flatMap((w) => w.match(/../g).reverse().map((b) => parseInt(b, 16)));
			found.add(bytes.length === 4 ? bytes.join('.') : v6(bytes));
		}
}

function v6(bytes) {
	if (bytes.slice(0, 10).every((b) => b === 0) && bytes[10] === 255)
		return `::ffff:${bytes.slice(12).join('.')}`;
	const text = bytes.map((b) => b.toString(16).padStart(2, '0')).join('').match(/.{4}/g).join(':');
	return text === '0000:0000:0000:0000:0000:0000:0000:0001' ? '::1' : text;
}

// Packets that took the namespace's one way out.
function outside() {
	const line = fs.readFileSync('/proc/self/net/dev', 'utf8').split('\n').find((l) => l.trim().startsWith('out:'));
	return Number(line.split(':')[1].trim().split(/\s+/)[9]);
}

// The browser's own inquiries after its maker, which no page asked for.
const STRANGERS = ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1', '--disable-features=OptimizationHints,MediaRouter'];

const FIDGET_KEYS = ['ArrowDown', 'ArrowUp', 'Tab', '1', '2', 'x', 'Shift', 'PageDown'];

// What somebody does who thinks: moves the mouse, scrolls, presses keys that are nobody's.
export async function fidget(page, ms) {
	const end = performance.now() + ms;
	for (let i = 0; performance.now() < end; i++) {
		await page.mouse.move(200 + (i * 37) % 600, 500 + (i * 23) % 200);
		if (i % 5 === 0)
			await page.keyboard.press(FIDGET_KEYS[(i / 5) % FIDGET_KEYS.length]);
		if (i % 11 === 0)
			await page.mouse.wheel(0, i % 2 ? 40 : -40);
		await sleep(40);
	}
	await page.mouse.move(1, 1);
}

async function called(t, centre) {
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	const caller = await Caller.open(t, { sip: centre.sip() });
	caller.invite({ sdp: endpoint.sdp() });
	await caller.answer('INVITE');
	endpoint.send(caller.remote);
	return caller;
}

// Where the desk has it: hold, the cover, the room check.
async function whereThereIs(desk, action, then) {
	const at = desk.page.locator(`[data-action="${action}"]`);
	if (await at.count() > 0) {
		await at.first().click();
		await then();
	}
}

async function theShift(t, centre, watch) {
	const desk = await Desk.open(t, centre, 'anna', { args: STRANGERS, before: (context) => watch.look(context) });
	const { page } = desk;
	watch.begin('line');
	await desk.click('line');
	await desk.view((v) => v.line === 'up', 60000);
	watch.begin('declare');
	await desk.declare();
	watch.begin('start');
	await desk.click('start');
	await desk.state('away', 60000);
	await whereThereIs(desk, 'room', async () => {
		watch.begin('room check', true);
		await sleep(3000);
		await whereThereIs(desk, 'room_end', () => sleep(500));
	});
	watch.begin('ready');
	await desk.click('ready');
	await desk.state('ready', 60000);
	await sleep(2000);
	watch.begin('at rest', true);
	await sleep(QUIET_MS);
	watch.begin('mouse and keys', true);
	await fidget(page, FIDGET_MS);

	watch.begin('a call');
	const caller = await called(t, centre);
	await desk.state('offered', 60000);
	await desk.click('accept');
	await desk.state('talking', 60000);
	await desk.click('mute');
	await desk.click('unmute');
	await page.keyboard.press('g');
	await page.locator('dialog[open]').waitFor({ timeout: 60000 });
	await sleep(1000);
	await page.keyboard.press('Escape');
	await page.locator('dialog[open]').waitFor({ state: 'detached' });
	await sleep(1500);
	watch.begin('mouse and keys in the talk', true);
	await fidget(page, FIDGET_MS / 2);
	watch.begin('end of the call');
	await whereThereIs(desk, 'hold', async () => {
		await desk.state('hold', 60000);
		await desk.click('resume');
		await desk.state('talking', 60000);
	});
	watch.begin('somebody comes in');
	await page.keyboard.press('F8');
	await desk.view((v) => v.state === 'hold', 60000);
	await page.keyboard.down('ShiftLeft');
	await page.keyboard.down('ShiftRight');
	await page.locator('[data-action="cover-resume"][aria-disabled="false"]').waitFor({ timeout: 60000 });
	await page.keyboard.up('ShiftLeft');
	await page.keyboard.up('ShiftRight');
	await page.locator('[data-action="cover-resume"]').click();
	await desk.state('talking', 60000);
	caller.hangUp();
	await desk.state('wrapup', 60000);
	await desk.click('work');
	await desk.state('work', 60000);
	await sleep(2000);
	watch.begin('written work, mouse and keys', true);
	await fidget(page, FIDGET_MS / 2);
	watch.begin('pause');
	await desk.click('pause');
	await desk.state('pause', 60000);
	await until('the record of the call', () => records(centre, 'SELECT 1 FROM call WHERE ended_ms IS NOT NULL').length, { timeout: 60000 });

	const rtc = await page.evaluate(() => window.__seen);
	// Is it all seen?  A page that did spy would be.
	watch.begin('planted', true);
	await page.evaluate(() => {
		addEventListener('mousemove', (e) => window.__desk.send({ t: 'hello', protocol: 1, line: true, mouse: [e.x, e.y] }));
		navigator.sendBeacon('/planted', '1');
	});
	await fidget(page, 1000);
	await page.reload(); // what was planted is gone
	watch.begin('after it');
	await desk.page.waitForSelector('.now', { timeout: 60000 });
	watch.begin('end');
	await desk.view((v) => v.state === 'pause' && v.line === 'up', 60000);
	await desk.click('end');
	await desk.state('out', 60000);
	const storage = await page.evaluate(() => ({ local: Object.keys(localStorage), session: Object.keys(sessionStorage) }));
	storage.cookies = (await desk.context.cookies()).map((c) => c.name);
	await desk.click('logout');
	await sleep(1000);
	return { rtc, storage };
}

// By which names the house's own recordings are kept as they were encoded (src/main/clip_kept.c).
function encodedNames() {
	const folder = path.join(path.dirname(HEIMAMT), 'clips');
	const [, version] = execFileSync(HEIMAMT, ['version'], { encoding: 'utf8' }).trim().split(' ');
	return new Set(fs.readdirSync(folder).filter((f) => f.endsWith('.wav')).map((f) => 'encoded/' + crypto.createHash('sha256')
		.update(`heimamt clip 1 ${version}\0`).update(fs.readFileSync(path.join(folder, f))).digest('hex')));
}

// Whoever hides a voice among the clips has a file there that is none of them.
function filesOf(folder) {
	const clips = encodedNames();
	return fs.readdirSync(folder, { recursive: true }).map((name) => ({ name, at: path.join(folder, name) })).filter(({ at }) => fs.statSync(at).isFile())
		.map(({ name, at }) => {
			const bytes = fs.readFileSync(at);
			if (name.startsWith('encoded/'))
				return { name, sound: !clips.has(name) };
			return { name, sound: ['RIFF', 'OggS', 'fLaC', 'OpusHead', '#!AMR'].some((magic) => bytes.includes(magic)) };
		});
}

const columnsOf = (centre) => records(centre, `SELECT t.name || '.' || c.name AS name FROM pragma_table_list t, pragma_table_info(t.name) c
	WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite_%'`).map((r) => r.name);

export async function report() {
	const ends = [];
	const t = { after: (end) => ends.push(end) };
	const watch = new Watch();
	const peers = in_namespace ? new Set() : null;
	const sampler = peers && setInterval(() => peersNow(peers), 500);
	try {
		const centre = await Centre.start(t);
		const left = await theShift(t, centre, watch);
		const all = { phases: watch.phases, base: centre.told.base, ...left, peers: peers && [...peers], outside: peers ? outside() : null,
			columns: columnsOf(centre), files: filesOf(centre.state), log: [...centre.log].filter((l) => !l.startsWith('{"base"')),
			register: JSON.parse(execFileSync(HEIMAMT, ['own', '--register', '--json'], { encoding: 'utf8' })) };
		return all;
	} finally {
		clearInterval(sampler);
		for (const end of ends.reverse())
			await end();
	}
}

if (import.meta.url === pathToFileURL(process.argv[1]).href)
	process.stdout.write(`${JSON.stringify(await report())}\n`);
