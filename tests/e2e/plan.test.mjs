// SPDX-License-Identifier: AGPL-3.0-or-later
// heimamt plan on the command line: the textbook case, a day's file, and what is refused.

import test from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT } from './lib/centre.mjs';

const exe = process.env.HEIMAMT ?? path.join(ROOT, 'build/release/heimamt');

function heimamt(...args) {
	const { status, stdout, stderr } = spawnSync(exe, args, { encoding: 'utf8', timeout: 20000 });
	return { status, stdout, stderr };
}

function plan(args) {
	const { status, stdout, stderr } = heimamt('plan', ...args.split(' '), '--json');
	assert.equal(stderr, '', args);
	assert.equal(status, 0, args);
	return JSON.parse(stdout);
}

const near = (got, want, by, what) => assert.ok(Math.abs(got - want) <= by, `${what}: ${got}, not ${want}`);

test('plan: it is among the commands, and its help has examples', () => {
	assert.match(heimamt('help').stdout, /^ +plan +say how many agents/m);
	const { status, stdout } = heimamt('plan', '--help');
	assert.equal(status, 0);
	assert.match(stdout, /Examples:\n +heimamt plan --calls/);
});

test('plan: Erlang C and the textbook case', () => {
	for (const [agents, load, pWait] of [[2, 1, 0.33333333], [5, 4, 0.55411255], [10, 8, 0.40918015],
		[25, 20, 0.20910283], [100, 90, 0.21694048]])
		near(plan(`--calls ${load} --interval 60 --aht 60 --agents ${agents}`).p_wait, pWait, 5e-9, `${agents} agents`);
	const c = plan('--calls 48 --interval 60 --aht 60 --agents 50');
	near(c.p_wait, 0.694456, 5e-7, 'Erlang C waits');
	near(c.asa_s, 20.83, 0.005, 'Erlang C');
	const a = plan('--calls 48 --interval 60 --aht 60 --patience 120 --agents 50');
	near(a.p_abandon, 0.03091, 5e-6, 'Erlang A hangs up');
	near(a.asa_s, 3.71, 0.005, 'Erlang A');
	near(a.asa_s, a.p_abandon * 120, 1e-9, 'who waits hangs up at the rate of the patience');
});

test('plan: thousands of agents', () => {
	const many = plan('--calls 4900 --interval 60 --aht 60 --patience 120 --agents 5000');
	near(many.p_wait, 0.0857968, 5e-8, 'p_wait');
	near(many.occupancy, 0.98 * (1 - many.p_abandon), 1e-9, 'occupancy');
	const least = plan('--calls 90000 --interval 180 --aht 180');
	assert.equal(least.agents, plan('--calls 90000 --interval 180 --aht 180 --service-level 80%').agents);
	assert.ok(least.agents > 90000 && least.agents < 90500, String(least.agents));
});

test('plan: a day, and how many must sit at the office', (t) => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'heimamt-plan-'));
	t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
	const file = path.join(folder, 'day.csv');
	fs.writeFileSync(file, 'start,calls,aht\n08:00,120,180\n08:30,180,200\n');
	const day = plan(`--day ${file} --interval 1800 --office-only 50% --home 40%`);
	assert.deepEqual(day.intervals.map((i) => [i.start, i.agents, i.office.agents, i.office.home_possible]),
		[['08:00', 16, 9, true], ['08:30', 24, 14, true]]);
	const table = heimamt('plan', '--day', file, '--interval', '1800');
	assert.match(table.stdout, /^08:30 .* 24 .* #{30}$/m);
	fs.appendFileSync(file, '09:00,-1,200\n');
	const { status, stdout, stderr } = heimamt('plan', '--day', file, '--interval', '1800');
	assert.equal(status, 2);
	assert.equal(stdout, '');
	assert.equal(stderr, `${file}:4:7: calls must be a number of calls from 0 to 1000000000, not "-1".\n`);
});

test('plan: bad input has a place, a mend, status 2, and no answer', () => {
	const one = '--calls 48 --interval 60 --aht 60';
	for (const [args, said] of [
		['--tea', /--tea is no option of plan; see heimamt plan --help/],
		[`${one} --calls 5`, /--calls is there twice/],
		['--calls -48 --interval 60 --aht 60', /--calls must be .* not "-48"/],
		['--calls 48 --interval 60 --aht nan', /--aht must be .* not "nan"/],
		[`${one} --patience inf`, /--patience must be .* not "inf"/],
		[`${one} --agents 48`, /--agents 48 is not above the offered load of 48 erlangs.* give --agents 49/],
	]) {
		const { status, stdout, stderr } = heimamt('plan', ...args.split(' '));
		assert.equal(status, 2, args);
		assert.equal(stdout, '', args);
		assert.match(stderr, said);
	}
});
