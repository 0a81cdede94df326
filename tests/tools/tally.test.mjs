// SPDX-License-Identifier: AGPL-3.0-or-later
// tally must count as failed whatever did not pass: a false case, a crash, a time-out, a bail-out, silence.

import test from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Tap } from './tap.mjs';

const TALLY = fileURLToPath(new URL('tally.mjs', import.meta.url));

const cases = [
	['two that pass', '1..2\nok 1 - a\nok 2 - b', {}, [2, 0, 0]],
	['one that fails', '1..2\nok 1 - a\nnot ok 2 - b\n# why', { code: 1 }, [1, 1, 0]],
	['the plan at the end', 'ok 1\nok 2\n1..2', {}, [2, 0, 0]],
	['a name that begins with ok', '1..1\nok 1 - ok it is', {}, [1, 0, 0]],
	['a skipped case is neither', '1..2\nok 1 - a # SKIP no clang\nok 2', {}, [1, 0, 1]],
	['a whole file skipped', '1..0 # SKIP no clang', {}, [0, 0, 1]],
	['a plan of nothing', '1..0', {}, [0, 1, 0]],
	['todo does not excuse', '1..1\nnot ok 1 - a # TODO later', { code: 0 }, [0, 1, 0]],
	['cases that never came', '1..5\nok 1\nok 2', { code: 1 }, [2, 3, 0]],
	['more cases than planned', '1..1\nok 1\nok 2', {}, [2, 1, 0]],
	['a bail-out', '1..2\nok 1\nBail out! no network\nok 2', { code: 1 }, [2, 1, 0]],
	['no output at all', '', { code: 0 }, [0, 1, 0]],
	['no plan', 'ok 1\nok 2', { code: 0 }, [2, 1, 0]],
	['two plans', '1..1\nok 1\n1..1', {}, [1, 1, 0]],
	['a crash after all passed', '1..1\nok 1', { signal: 'SIGSEGV' }, [1, 1, 0]],
	['a bad status after all passed', '1..1\nok 1', { code: 23 }, [1, 1, 0]],
	['a time-out', '1..3\nok 1', { timeout: 5 }, [1, 3, 0]],
	['nested: leaves only', '    ok 1 - x\n    ok 2 - y\n    1..2\nok 1 - parent\n1..1', {}, [2, 0, 0]],
	['nested: a leaf fails', '    ok 1 - x\n    not ok 2 - y\n    1..2\nnot ok 1 - parent\n1..1', { code: 1 }, [1, 1, 0]],
	['nested: only the parent fails', '    ok 1 - x\n    1..1\nnot ok 1 - parent\n1..1', { code: 1 }, [1, 1, 0]],
	['nested: a parent that hides a failure', '    not ok 1 - x\n    1..1\nok 1 - parent\n1..1', {}, [0, 1, 0]],
	['nested: a leaf never came', '    ok 1 - x\n    1..2\nok 1 - parent\n1..1', {}, [1, 1, 0]],
	['nested twice', '        ok 1 - z\n        1..1\n    ok 1 - y\n    1..1\nok 1 - x\nok 2 - w\n1..2', {}, [2, 0, 0]],
	['words in a report are no result', '1..1\nnot ok 1 - a\n  ---\n  error: |-\n    ok 7 - no\n  ...', { code: 1 }, [0, 1, 0]],
];

for (const [what, text, ended, [passed, failed, skipped]] of cases)
	test(`tap: ${what}`, () => {
		const tap = new Tap();
		text.split('\n').forEach((l) => tap.line(l));
		tap.end(ended);
		assert.deepEqual([tap.passed, tap.failed, tap.skipped], [passed, failed, skipped]);
		assert.equal(tap.failures.length > 0, failed > 0);
	});

function tally(t, ...args) {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tally-'));
	t.after(() => fs.rmSync(dir, { recursive: true }));
	const file = path.join(dir, 'results');
	const call = (...a) => spawnSync(process.execPath, [TALLY, ...a],
		{ encoding: 'utf8', env: { ...process.env, TALLY_LOG: dir } });
	const part = call(args[0], file, ...args.slice(1));
	const sum = call('sum', file);
	return { part, sum, last: sum.stdout.trimEnd().split('\n').at(-1) };
}

const programs = [
	['a good one', ['tap', 'a', '20', '--', 'sh', '-c', 'echo 1..1; echo ok 1'], '1 passed, 0 failed'],
	['a failing case', ['tap', 'a', '20', '--', 'sh', '-c', 'echo 1..2; echo ok 1; echo not ok 2'], '1 passed, 1 failed'],
	['a crash', ['tap', 'a', '20', '--', 'sh', '-c', 'echo 1..1; echo ok 1; kill -SEGV $$'], '1 passed, 1 failed'],
	['a command that is not there', ['tap', 'a', '20', '--', '/nowhere/at/all'], '0 passed, 1 failed'],
	['a time-out', ['tap', 'a', '1', '--', 'sh', '-c', 'echo 1..1; sleep 60; echo ok 1'], '0 passed, 2 failed'],
	['a bail-out', ['tap', 'a', '20', '--', 'sh', '-c', 'echo 1..1; echo ok 1; echo "Bail out! x"'], '1 passed, 1 failed'],
	['a plain success', ['plain', 'a', '20', '--', 'true'], '1 passed, 0 failed'],
	['a plain failure', ['plain', 'a', '20', '--', 'false'], '0 passed, 1 failed'],
	['a part that could not run', ['missing', 'a', 'no build'], '0 passed, 1 failed'],
];

for (const [what, args, expected] of programs)
	test(`tally: ${what}`, (t) => {
		const { part, sum, last } = tally(t, ...args);
		const bad = expected.endsWith(' 0 failed') ? 0 : 1;
		assert.equal(last, expected, part.stdout + part.stderr);
		assert.equal(part.status, bad);
		assert.equal(sum.status, bad);
		assert.equal(/^FAILED a:/m.test(sum.stdout), bad === 1, 'the table names what failed');
	});

test('tally: nothing ran at all is a failure', (t) => {
	const { last, sum } = tally(t, 'nonsense');
	assert.equal(last, '0 passed, 1 failed');
	assert.equal(sum.status, 1);
});

// A zombie has ended; who reaps it is not ours to say.
function alive(pid) {
	try {
		return !/^State:\s+[ZX]/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
	} catch {
		return false;
	}
}

test('tally: what a test left running is ended', (t) => {
	const { part } = tally(t, 'tap', 'a', '20', '--', 'sh', '-c', 'sleep 300 & echo 1..1; echo "ok 1 - pid $!"; echo "# $!"; exit 1');
	const pid = Number(/\| # (\d+)/.exec(part.stdout)[1]);
	assert.ok(!alive(pid));
});

// meson's log, as it writes it: one JSON object a line.
const records = [
	['a good program', { result: 'OK', returncode: 0, stdout: '1..2\nok 1\nok 2\n' }, 0, '2 passed, 0 failed'],
	['a failing case', { result: 'FAIL', returncode: 1, stdout: '1..2\nok 1\nnot ok 2\n' }, 1, '1 passed, 1 failed'],
	['a crash', { result: 'ERROR', returncode: -11, stdout: '1..2\nok 1\n' }, 1, '1 passed, 2 failed'],
	['a sanitizer after the last case', { result: 'ERROR', returncode: 1, stdout: '1..1\nok 1\n', stderr: 'leak' }, 1, '1 passed, 1 failed'],
	['a time-out', { result: 'TIMEOUT', returncode: -15, stdout: '1..1\nok 1\n' }, 1, '1 passed, 1 failed'],
	['a program without TAP', { result: 'OK', returncode: 0, stdout: 'hello' }, 0, '1 passed, 0 failed'],
	['a failing program without TAP', { result: 'FAIL', returncode: 2, stdout: '' }, 1, '0 passed, 1 failed'],
	['meson failing by itself', { result: 'OK', returncode: 0, stdout: '1..1\nok 1\n' }, 2, '1 passed, 1 failed'],
];

for (const [what, rec, status, expected] of records)
	test(`meson: ${what}`, (t) => {
		const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tally-meson-'));
		t.after(() => fs.rmSync(dir, { recursive: true }));
		fs.mkdirSync(path.join(dir, 'meson-logs'));
		fs.writeFileSync(path.join(dir, 'rec'), `${JSON.stringify({ name: 'heimamt / x', duration: 1, ...rec })}\n`);
		const fake = `cp ${dir}/rec ${dir}/meson-logs/testlog.json; exit ${status}`;
		const { last, part } = tally(t, 'meson', 'unit', '20', dir, '--', 'sh', '-c', fake);
		assert.equal(last, expected, part.stdout);
	});

test('meson: an old log does not count', (t) => {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tally-meson-'));
	t.after(() => fs.rmSync(dir, { recursive: true }));
	fs.mkdirSync(path.join(dir, 'meson-logs'));
	fs.writeFileSync(path.join(dir, 'meson-logs/testlog.json'),
		`${JSON.stringify({ name: 'x', duration: 1, result: 'OK', returncode: 0, stdout: '1..1\nok 1\n' })}\n`);
	const { last } = tally(t, 'meson', 'unit', '20', dir, '--', 'false');
	assert.equal(last, '0 passed, 1 failed');
});
