// SPDX-License-Identifier: AGPL-3.0-or-later
// process -- a program that a test starts, whose lines it reads, and that is gone when the test is over.

import { spawn } from 'node:child_process';
import readline from 'node:readline';
import { until, within } from './wait.mjs';

const LINES_MAX = 5000;

export class Program {
	lines = []; // of both outputs
	exit = null; // { code, signal } when it has ended
	#child;
	#ended;
	#offers = [];

	constructor(command, args, options = {}) {
		this.name = command.split('/').at(-1);
		this.#child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
		for (const stream of [this.#child.stdout, this.#child.stderr])
			readline.createInterface({ input: stream }).on('line', (line) => {
				this.lines.push(line);
				this.lines.splice(0, this.lines.length - LINES_MAX);
			});
		this.#ended = new Promise((resolve) => {
			const done = (code, signal) => resolve(this.exit ??= { code, signal });
			this.#child.on('error', (e) => {
				this.lines.push(String(e));
				done(127, null);
			});
			this.#child.on('close', done);
		});
	}

	get pid() {
		return this.#child.pid;
	}

	// Once it has ended, also while a process that it started keeps its outputs open.
	get status() {
		return this.#child.exitCode;
	}

	tail(n = 30) {
		return this.lines.slice(-n).join('\n');
	}

	// The match of the first line, past or to come; fails when the program ends without it.
	line(pattern, { timeout = 20000 } = {}) {
		return until(`${this.name} to say ${pattern}`, () => {
			for (const l of this.lines) {
				const match = pattern.exec(l);
				if (match)
					return match;
			}
			if (this.exit)
				throw new Error(`${this.name} ended (${JSON.stringify(this.exit)}) without ${pattern}:\n${this.tail()}`);
			return null;
		}, { timeout });
	}

	kill(signal = 'SIGTERM') {
		if (!this.exit && this.#child.pid)
			this.#child.kill(signal);
	}

	ended(timeout = 20000) {
		return within(`the end of ${this.name}`, this.#ended, timeout);
	}

	// Asks it to end, and ends it when it does not.  Says how it ended.
	async stop(signal = 'SIGTERM', timeout = 10000) {
		this.kill(signal);
		try {
			return await this.ended(timeout);
		} catch (late) {
			this.kill('SIGKILL');
			await this.ended();
			throw new Error(`${late.message}; it was killed:\n${this.tail()}`);
		}
	}
}
