#!/usr/bin/env node
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// bench/loss.mjs -- the same as bench_loss on the real path: a browser whose microphone hears speech, a router that loses
// packets both ways, heimamt with its relay, and a caller's telephone that keeps what it gets.
//
//     bench/loss.mjs [--seconds N] [--way off|FEC|on] [--loss N] SPEECH...      sound files that sox reads; some 40 s of speech together
//
// Off: the browser does not offer Opus, so that the rule finds nothing to change. FEC: it offers Opus, and not to say it
// twice. On: as the desk is. A talk for each loss, the lossy ones when the relay has called the line lossy. Losses are random or in
// bursts of three on average (Gilbert's model), from a fixed seed.
//
// Missing: of the time that the telephone played, what it made up and what was silent because something was missing for
// long. Beside it the frames that the relay made up before, wholly or in part, in the whole talk: of a packet mostly two, and those before the
// line was called lossy. The segmental SNR (loss_snr.h) is against the speech itself: of the wave, in which a
// codec that keeps the sound and not the wave is bad without any loss, and of the spectrum's magnitudes. So each way is compared
// with its own row of no loss. Late: by how much this program's own timers were, 99 % and most. The browser's noise suppression, echo
// cancellation and gain control are off, as they would change the wave.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Caller } from '../tests/e2e/lib/caller.mjs';
import { Centre, ROOT } from '../tests/e2e/lib/centre.mjs';
import { Desk } from '../tests/e2e/lib/desk.mjs';
import { Endpoint } from '../tests/e2e/lib/endpoint.mjs';
import { Nat, relayPort } from '../tests/e2e/lib/nat.mjs';
import { records } from '../tests/e2e/lib/records.mjs';
import { sleep, until } from '../tests/e2e/lib/wait.mjs';

const HEARD = path.join(ROOT, 'build/bench/bench/loss_heard');
const CHANGES = { 'queue.greeting': '', 'queue.music': '', 'queue.apology': '', 'queue.wrap-up': 1 };
const WAYS = { off: ['audio/opus', 'audio/red'], FEC: ['audio/red'], on: [] };
const LOSSES = [[0, 0], [0.03, 0], [0.03, 3], [0.05, 0], [0.05, 3], [0.1, 0], [0.1, 3], [0, 0]]; // the last: while the rule still holds
const BETWEEN_MS = 1500; // until what the talk before left is over

// Never waits by standing still: the router is in this process.
async function run(command, args, input = '') {
	const p = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
	const out = [];
	p.stdout.on('data', (bytes) => out.push(bytes));
	p.stdin.end(input);
	const [code] = await once(p, 'close');
	if (code !== 0)
		throw new Error(`${command} ended with ${code}`);
	return Buffer.concat(out);
}

// Numbers from 0 to 1 (Knuth's MMIX).
function chances() {
	let seed = 20261126n;
	return () => {
		seed = BigInt.asUintN(64, seed * 6364136223846793005n + 1442695040888963407n);
		return Number(seed >> 11n) / 2 ** 53;
	};
}

// Which packets are lost, each way by itself.
function loses(share, burst, counts) {
	const chance = { out: chances(), back: chances() }, was = { out: false, back: false };
	return (way) => {
		const p = !burst ? share : was[way] ? 1 - 1 / burst : share / (burst * (1 - share));
		was[way] = chance[way]() < p;
		counts[way].lost += was[way];
		counts[way].all++;
		return was[way];
	};
}

// In the page, before its own scripts.
function change(without) {
	const prefer = RTCRtpTransceiver.prototype.setCodecPreferences;
	RTCRtpTransceiver.prototype.setCodecPreferences = function (codecs) {
		prefer.call(this, codecs.filter((c) => !without.includes(c.mimeType.toLowerCase())));
	};
	const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
	navigator.mediaDevices.getUserMedia = (wanted) => ask({ ...wanted,
		audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
}

// What the telephone got, as loss_heard reads it.
function packets(endpoint, from, to) {
	return Buffer.concat(endpoint.packets.filter((p) => p.at >= from && p.at < to && p.pt === endpoint.pt).flatMap((p) => {
		const head = Buffer.alloc(16);
		head.writeBigInt64LE(BigInt(Math.round(p.at * 1000)), 0);
		head.writeUInt16LE(p.seq, 8);
		head.writeUInt32LE(p.ts, 10);
		head.writeUInt16LE(p.payload.length, 14);
		return [head, p.payload];
	}));
}

async function talk(t, { centre, desk, nat, way, share, burst, seconds, speech }) {
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	const caller = await Caller.open(t, { sip: centre.sip() });
	caller.invite({ sdp: endpoint.sdp() });
	await caller.answer('INVITE');
	endpoint.send(caller.remote, { frequency: 0 });
	await desk.state('offered');
	await desk.click('accept');
	await desk.state('talking');
	const counts = { out: { lost: 0, all: 0 }, back: { lost: 0, all: 0 } };
	const begun = performance.now();
	nat.lose(loses(share, burst, counts));
	if (share > 0 && way !== 'off')
		await desk.view((v) => v.codec === 'opus' || v.codec === 'Opus', 120000);
	const found = performance.now() - begun;
	await sleep(BETWEEN_MS);
	const late = monitorEventLoopDelay({ resolution: 5 });
	late.enable();
	const from = performance.now();
	await sleep(seconds * 1000);
	const to = performance.now();
	late.disable();
	nat.lose(0);
	caller.hangUp();
	await caller.answer('BYE');
	const line = await until('the figures', () => records(centre, 'SELECT * FROM line_quality ORDER BY until_ms')
		.filter((r) => r.leg === 'line' && r.direction === 'in').at(talk.n ?? 0));
	talk.n = (talk.n ?? 0) + 1;
	await desk.state('ready', 60000);
	const heard = JSON.parse(await run(HEARD, [speech], packets(endpoint, from, to)));
	const made = line.frames ? line.concealed / line.frames : 0;
	return { heard, line, found, late, made, lost: counts.out.lost / Math.max(1, counts.out.all),
		missing: heard.missing_ms / heard.seconds / 1000 };
}

async function oneWay(t, way, { wav, speech, seconds, loss }) {
	const centre = await Centre.start(t, { changes: CHANGES });
	const nat = await Nat.open(t, relayPort(centre));
	const desk = await Desk.ready(t, centre, 'anna', { args: [`--use-file-for-fake-audio-capture=${wav}`],
		before: async (context) => {
			await nat.behind(context);
			await context.addInitScript(change, WAYS[way]);
		} });
	talk.n = 0;
	for (const [share, burst] of LOSSES.filter(([s]) => loss === null || s === 0 || Math.round(100 * s) === loss)) {
		const r = await talk(t, { centre, desk, nat, way, share, burst, seconds, speech });
		const how = share === 0 ? '' : burst ? ' in bursts' : ' at random';
		process.stdout.write(`| ${(100 * r.lost).toFixed(1)} %${how} | ${way} | ${(100 * r.missing).toFixed(2)} %, ${(100 * r.made).toFixed(2)} % ` +
			`| ${r.heard.wave.toFixed(1)} | ${r.heard.spectrum.toFixed(1)} | ${r.line.codec} ` +
			`| ${share > 0 && way !== 'off' ? `${(r.found / 1000).toFixed(1)} s` : ''} ` +
			`| ${(r.late.percentile(99) / 1e6).toFixed(0)}, ${(r.late.max / 1e6).toFixed(0)} ms |\n`);
	}
}

async function main(args) {
	const at = args.indexOf('--seconds');
	const seconds = at >= 0 ? Number(args.splice(at, 2)[1]) : 40;
	const only = args.indexOf('--way'), way = only >= 0 ? args.splice(only, 2)[1] : null;
	const some = args.indexOf('--loss'), loss = some >= 0 ? Number(args.splice(some, 2)[1]) : null;
	if (!args.length || !(seconds >= 10)) {
		process.stderr.write('bench/loss.mjs [--seconds N] [--way off|FEC|on] [--loss N] SPEECH...\n');
		process.exitCode = 2;
		return;
	}
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'heimamt-loss-'));
	const wav = path.join(folder, 'speech.wav'), speech = path.join(folder, 'speech.raw');
	await run('sox', [...args, '-r', '48000', '-c', '1', '-b', '16', wav]);
	await run('sox', [wav, '-t', 'raw', '-r', '8000', '-c', '1', '-b', '16', '-e', 'signed-integer', speech]);
	process.stdout.write('| packets lost | rule | missing at the telephone, frames made up in the relay | wave, dB | spectrum, dB | codec at the end | found after | late |\n' +
		'|---|---|---|---|---|---|---|---|\n');
	for (const name of Object.keys(WAYS).filter((w) => !way || w === way)) {
		const ends = [];
		try {
			await oneWay({ after: (f) => ends.push(f) }, name, { wav, speech, seconds, loss });
		} finally {
			for (const end of ends.reverse())
				await end();
		}
	}
	fs.rmSync(folder, { recursive: true, force: true });
}

await main(process.argv.slice(2));
