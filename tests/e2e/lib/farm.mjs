// SPDX-License-Identifier: AGPL-3.0-or-later
//
// farm -- agents and callers by the dozen, without browsers: the programs line-farm and caller-farm, which measure
// what each of them hears.  What they obey and tell stands in their --help.
//
// Each agent and each caller has a tone of its own, so the tone that one hears says who speaks.

import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import readline from 'node:readline';
import { ROOT } from './centre.mjs';
import { sessionOf } from './second.mjs';
import { until, within } from './wait.mjs';

// Built for release: a sanitizer's slowness would be measured as the centre's.
const FOLDER = process.env.FARM ?? path.join(ROOT, 'build/bench/tests/tools');
const STEP_HZ = 25, LOWEST_HZ = 300, TONES = 130;

// CLOCK_MONOTONIC in milliseconds, as the farms' at_ms.
export const monotonicMs = () => Number(process.hrtime.bigint()) / 1e6;

export const toneOf = (i) => LOWEST_HZ + STEP_HZ * (i % TONES);

// The voice process before everything else on this machine, as the farms are, where that is allowed: on a busy one a
// relay that has to wait makes gaps of its own.  Those that start later: again.  Says whether it worked.
export function favourRelays(centre) {
	const pids = centre.log.map((l) => /relay \d+ is up: process (\d+)/.exec(l)?.[1]).filter(Boolean);
	return pids.map((pid) => spawnSync('chrt', ['-r', '-p', '1', pid]).status === 0).some(Boolean);
}

// Further agents for Centre.start(): { more, agents: [{ name, hz }] }.
export function farmAgents(n, { queues = ['post'] } = {}) {
	const agents = Array.from({ length: n }, (_, i) => ({ name: `farm${i}`, hz: toneOf(i) }));
	const section = ({ name }, i) => `\nagent "${name}" {\n\tname = "Farm ${i}"\n\tworkplace = "${i % 2 ? 'office' : 'home'}"\n` +
		`\tqueues = { ${queues.map((q) => `"${q}"`).join(', ')} }\n}\n`;
	return { agents, more: agents.map(section).join('') };
}

class Farm {
	events = []; // all that it told, in order
	exit = null;
	#child;
	#ended;
	#errors = '';

	static async start(t) {
		const farm = new this();
		t.after(() => farm.stop());
		return farm;
	}

	constructor(name) {
		this.name = name;
		this.#child = spawn(path.join(FOLDER, name), [], { stdio: ['pipe', 'pipe', 'pipe'] });
		readline.createInterface({ input: this.#child.stdout }).on('line', (line) => this.events.push(JSON.parse(line)));
		this.#child.stderr.on('data', (text) => (this.#errors += text));
		this.#child.stdin.on('error', () => {}); // its end is told below
		this.#ended = new Promise((resolve) => {
			this.#child.on('error', (e) => {
				this.#errors += `${e}; it is built by: meson setup build/bench --buildtype=release -Dtests=true && ninja -C build/bench\n`;
				resolve(this.exit ??= { code: 127, signal: null });
			});
			this.#child.on('close', (code, signal) => resolve(this.exit ??= { code, signal }));
		});
	}

	get pid() {
		return this.#child.pid;
	}

	do(what, more = {}) {
		this.#child.stdin.write(`${JSON.stringify({ do: what, ...more })}\n`);
	}

	#check() {
		const wrong = this.events.find((e) => e.event === 'wrong');
		if (wrong)
			throw new Error(`${this.name} was told ${wrong.line}: ${wrong.why}`);
		if (this.exit)
			throw new Error(`${this.name} ended: ${JSON.stringify(this.exit)} ${this.#errors}`);
	}

	// The first event, after the n-th or to come, with these members; a value may be a function that says whether.
	event(members, { after = 0, timeout = 20000 } = {}) {
		let seen = after;
		const is = (e) => Object.entries(members).every(([k, v]) => (typeof v === 'function' ? v(e[k]) : e[k] === v));
		return until(`${this.name} to tell ${JSON.stringify(members)}`, () => {
			for (; seen < this.events.length; seen++)
				if (is(this.events[seen]))
					return this.events[seen];
			this.#check();
			return null;
		}, { timeout });
	}

	// Those that each of these names told last, after the n-th, by name: { anna: { is: 'talking', ... } }.
	last(event, { after = 0 } = {}) {
		const of = {};
		for (const e of this.events.slice(after))
			if (e.event === event)
				of[e.agent ?? e.caller] = e;
		return of;
	}

	// Until every one of these names told this last.
	async all(event, names, is, { after = 0, timeout = 30000 } = {}) {
		return until(`${names.length} of ${this.name} to tell this ${event}: ${is}`, () => {
			this.#check();
			const last = this.last(event, { after });
			return names.every((n) => last[n] && is(last[n], n)) && last;
		}, { timeout });
	}

	// What everybody hears; forget: the next report's figures begin here.
	async report({ forget = false } = {}) {
		const after = this.events.length;
		this.do('report', { forget });
		return this.event({ event: 'report' }, { after });
	}

	async stop() {
		this.#child.stdin.end();
		const { code } = await within(`the end of ${this.name}`, this.#ended).catch(async (late) => {
			this.#child.kill('SIGKILL');
			await this.#ended;
			throw late;
		});
		if (code !== 0)
			throw new Error(`${this.name} ended: ${JSON.stringify(this.exit)} ${this.#errors}`);
	}
}

export class LineFarm extends Farm {
	constructor() {
		super('line-farm');
	}

	// agents: see farmAgents(); returns when all are in the state.
	async login(centre, agents, { habits = {}, state = habits.ready === false ? 'away' : 'ready' } = {}) {
		for (const { name, hz } of agents)
			this.do('login', { agent: name, link: `${centre.told.base}/session/${await sessionOf(centre, name)}`, hz, ...habits });
		await this.all('state', agents.map((a) => a.name), (e) => e.is === state && e.line === 'up', { timeout: 60000 });
	}
}

export class CallerFarm extends Farm {
	constructor() {
		super('caller-farm');
	}

	// sip: see Centre.sip().
	call(name, sip, { hz = 0, ...more } = {}) {
		this.do('call', { caller: name, ...sip, hz, ...more });
	}
}
