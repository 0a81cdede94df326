#!/usr/bin/env node
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// tally -- runs one part of the tests, counts every case, and adds the parts up.
//
//   tally.mjs tap   FILE NAME SECONDS -- COMMAND...     the command speaks TAP
//   tally.mjs plain FILE NAME SECONDS -- COMMAND...     one case: does it end with status 0?
//   tally.mjs meson FILE NAME SECONDS DIR -- COMMAND... `meson test` in DIR; each program's TAP is counted
//   tally.mjs missing FILE NAME WHY                     a part that could not run: one failure
//   tally.mjs sum FILE                                  the table, what failed, and the last line
//
// FILE collects one JSON line per program.  What a part prints goes to build/log/test-NAME.log; on the
// terminal are its line and what failed.  The status is 1 if anything failed.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { Tap } from './tap.mjs';

const LOG_DIR = process.env.TALLY_LOG ?? 'build/log';
const TAIL_MAX = 40; // lines of output kept to explain a crash
const FAILURES_SHOWN = 25;
const GRACE_MS = 3000; // between asking a process to end and ending it

// Runs a command in a process group of its own, so that nothing it started outlives it.
function run(command, seconds, log, onLine) {
	return new Promise((resolve) => {
		const child = spawn(command[0], command.slice(1),
			{ detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
		const tail = [];
		let timeout = 0;
		const group = (signal) => {
			try {
				process.kill(-child.pid, signal);
			} catch {
				/* nobody is left in it */
			}
		};
		const stop = () => {
			group('SIGTERM');
			return setTimeout(group, GRACE_MS, 'SIGKILL');
		};
		const timers = [setTimeout(() => {
			timeout = seconds;
			timers.push(stop());
		}, seconds * 1000)];
		const interrupted = () => {
			group('SIGKILL');
			process.exit(130);
		};
		process.on('SIGINT', interrupted).on('SIGTERM', interrupted);
		for (const stream of [child.stdout, child.stderr])
			readline.createInterface({ input: stream }).on('line', (text) => {
				log.write(`${text}\n`);
				tail.push(text);
				tail.splice(0, tail.length - TAIL_MAX);
				if (stream === child.stdout)
					onLine(text);
			});
		const done = (code, signal) => {
			timers.forEach(clearTimeout);
			group('SIGKILL');
			process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
			resolve({ code, signal, timeout, tail });
		};
		child.on('error', (e) => {
			tail.push(String(e));
			done(127, null);
		});
		child.on('exit', () => timers.push(stop())); // whoever still holds the pipes
		child.on('close', (code, signal) => child.pid && done(code, signal));
	});
}

const row = (name, tap, seconds) => ({ name, passed: tap.passed, failed: tap.failed,
	skipped: tap.skipped, seconds });

function plain(ended) {
	const failed = ended.code !== 0 || ended.signal || ended.timeout;
	const why = ended.timeout ? `no end within ${ended.timeout} s` :
		`status ${ended.signal ?? ended.code}`;
	return { passed: failed ? 0 : 1, failed: failed ? 1 : 0, skipped: 0,
		failures: failed ? [{ name: why, detail: fromFault(ended.tail) }] : [] };
}

// What ninja says before its first fault is of no use.
function fromFault(lines) {
	const at = lines.findIndex((l) => /^(FAILED:|Failed:)|\berror:/.test(l));
	return at > 0 ? lines.slice(at) : lines;
}

// One program of meson's testlog.json.
function mesonProgram(record) {
	const lines = (record.stdout ?? '').split('\n');
	const timeout = record.result === 'TIMEOUT' ? Math.round(record.duration) : 0;
	const speaksTap = lines.some((l) => /^(TAP version|1\.\.\d|(not )?ok\b)/.test(l));
	const stderr = (record.stderr ?? '').trimEnd().split('\n').slice(-TAIL_MAX);
	if (!speaksTap) {
		const ok = record.result === 'OK' || record.result === 'EXPECTEDFAIL';
		return { passed: ok ? 1 : 0, failed: ok || record.result === 'SKIP' ? 0 : 1,
			skipped: record.result === 'SKIP' ? 1 : 0,
			failures: ok ? [] : [{ name: record.result, detail: [...lines.slice(-TAIL_MAX), ...stderr] }] };
	}
	const tap = new Tap();
	lines.forEach((l) => tap.line(l));
	const code = record.returncode;
	const bad = ['FAIL', 'ERROR', 'INTERRUPT', 'UNEXPECTEDPASS'].includes(record.result);
	tap.end(code < 0 ? { signal: `signal ${-code}`, timeout } : { code: code || (bad ? 1 : 0), timeout });
	if (tap.failed)
		tap.failures.at(-1).detail.push(...stderr);
	return tap;
}

function mesonRows(dir, name, ended, seconds) {
	const file = path.join(dir, 'meson-logs/testlog.json');
	const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
	const rows = [], failures = [];
	for (const record of text.split('\n').filter(Boolean).map((l) => JSON.parse(l))) {
		const short = record.name.replace(/^.* \/ /, '');
		const tap = mesonProgram(record);
		rows.push(row(`${name}: ${short}`, tap, record.duration));
		failures.push(...tap.failures.map((f) => ({ ...f, name: `${short}: ${f.name}` })));
	}
	const counted = rows.some((r) => r.failed > 0);
	if (rows.length === 0 || ended.timeout || ended.signal || (ended.code !== 0 && !counted)) {
		const own = { passed: 0, failed: 1, skipped: 0 };
		rows.push(row(name, own, seconds));
		failures.push({ name: rows.length === 1 ? 'no program ran' : 'meson test itself failed', detail: ended.tail });
	}
	return { rows, failures };
}

function show(name, rows, failures, seconds) {
	const total = (key) => rows.reduce((sum, r) => sum + r[key], 0);
	const skipped = total('skipped') ? `, ${total('skipped')} skipped` : '';
	const lines = [`${name}: ${total('passed')} passed, ${total('failed')} failed${skipped} (${seconds.toFixed(1)} s)`];
	for (const f of failures.slice(0, FAILURES_SHOWN))
		lines.push(`  FAILED ${f.name}`, ...f.detail.map((l) => `    | ${l}`));
	if (failures.length > FAILURES_SHOWN)
		lines.push(`  ... and ${failures.length - FAILURES_SHOWN} more`);
	console.log(lines.join('\n')); // at once: other parts may be talking
	return total('failed') > 0 ? 1 : 0;
}

// The names of what failed stand with the last row.
function record(file, rows, failures) {
	rows.at(-1).failures = failures.slice(0, FAILURES_SHOWN).map((f) => f.name);
	fs.appendFileSync(file, rows.map((r) => `${JSON.stringify(r)}\n`).join(''));
}

async function part(kind, file, name, seconds, dir, command) {
	fs.mkdirSync(LOG_DIR, { recursive: true });
	const log = fs.createWriteStream(path.join(LOG_DIR, `test-${name.replace(/[^\w-]+/g, '-')}.log`));
	if (dir)
		fs.rmSync(path.join(dir, 'meson-logs/testlog.json'), { force: true });
	const tap = new Tap();
	const start = process.hrtime.bigint();
	const ended = await run(command, seconds, log, kind === 'tap' ? (l) => tap.line(l) : () => {});
	const took = Number(process.hrtime.bigint() - start) / 1e9;
	log.end();
	let rows, failures;
	if (kind === 'meson') {
		({ rows, failures } = mesonRows(dir, name, ended, took));
	} else {
		const counts = kind === 'plain' ? plain(ended) : tap.end(ended);
		if (kind === 'tap' && counts.failures.at(-1)?.detail.length === 0)
			counts.failures.at(-1).detail.push(...ended.tail);
		rows = [row(name, counts, took)];
		failures = counts.failures;
	}
	record(file, rows, failures);
	return show(name, rows, failures, took);
}

function sum(file) {
	const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
	const rows = text.split('\n').filter(Boolean).map((l) => JSON.parse(l));
	const total = { passed: 0, failed: 0 };
	const width = Math.max(4, ...rows.map((r) => r.name.length));
	console.log(`\n${'part'.padEnd(width)}  passed  failed  skipped        s`);
	for (const r of rows) {
		total.passed += r.passed;
		total.failed += r.failed;
		console.log(`${r.name.padEnd(width)}  ${String(r.passed).padStart(6)}  ${String(r.failed).padStart(6)}  ` +
			`${String(r.skipped).padStart(7)}  ${r.seconds.toFixed(1).padStart(7)}`);
	}
	if (rows.length === 0)
		total.failed = 1; // no part ran at all
	for (const r of rows)
		for (const f of r.failures ?? [])
			console.log(`FAILED ${r.name}: ${f}`);
	console.log(`\n${total.passed} passed, ${total.failed} failed`);
	return total.failed > 0 ? 1 : 0;
}

async function main(args) {
	const [kind, file, name, third] = args;
	const dash = args.indexOf('--');
	if (kind === 'sum' && file)
		return sum(file);
	if (kind === 'missing' && third) {
		const rows = [row(name, { passed: 0, failed: 1, skipped: 0 }, 0)];
		const failures = [{ name: `could not run: ${third}`, detail: [] }];
		record(file, rows, failures);
		return show(name, rows, failures, 0);
	}
	const dir = kind === 'meson' ? args[4] : null;
	if (['tap', 'plain', 'meson'].includes(kind) && Number(third) > 0 && dash === (dir ? 5 : 4) && args[dash + 1])
		return part(kind, file, name, Number(third), dir, args.slice(dash + 1));
	console.error('tally: see the head of tests/tools/tally.mjs');
	return 2;
}

process.exitCode = await main(process.argv.slice(2));
