// SPDX-License-Identifier: AGPL-3.0-or-later
//
// centre -- the real heimamt with its relay, started on free ports in a folder of its own.
//
// The configuration is the demo's, dist/demo/heimamt.conf, with single options replaced, so that what is
// tested is what ./run starts.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Program } from './process.mjs';
import { until } from './wait.mjs';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
export const HEIMAMT = process.env.HEIMAMT ?? path.join(ROOT, 'build/release/heimamt');
const asText = (value) => (Array.isArray(value) ? `{ ${value.map(asText).join(', ')} }` :
	typeof value === 'string' ? JSON.stringify(value) : String(value));

// demoConfig({ 'web.port': 0, 'queue.offer': 3, 'queue post.name': 'x' }): options of the demo's file replaced, in
// every section of that name or in the one with that title, also where they are commented out.  One that the
// file does not have is an error, for else a test would test something else than it says.
export function demoConfig(changes, file = path.join(ROOT, 'dist/demo/heimamt.conf')) {
	const left = new Set(Object.keys(changes));
	let section = '', titled = '';
	const lines = fs.readFileSync(file, 'utf8').split('\n').map((line) => {
		const [, name, title] = /^\s*([\w-]+)\s*(?:"([^"]*)"\s*)?\{\s*$/.exec(line) ?? [];
		if (name) {
			section = `${name}.`;
			titled = title ? `${name} ${title}.` : section;
		} else if (/^\s*\}/.test(line)) {
			section = titled = '';
		}
		const [, indent, option] = /^(\s*)(?:#\s*)?([\w-]+)\s*=/.exec(line) ?? [];
		const key = [titled + option, section + option].find((k) => option && k in changes);
		if (!key)
			return line;
		left.delete(key);
		return `${indent}${option} = ${asText(changes[key])}`;
	});
	if (left.size)
		throw new Error(`${file} has no ${[...left].join(', ')}`);
	return lines.join('\n');
}

export class Centre {
	// t: the test, at whose end everything is gone.  changes: see demoConfig().  more: further sections of the
	// file.  args: further ones of `serve`.
	static async start(t, { changes = {}, more = '', args = [], folder = fs.mkdtempSync(path.join(os.tmpdir(), 'heimamt-')) } = {}) {
		const centre = new Centre();
		centre.folder = folder;
		fs.writeFileSync(path.join(folder, 'heimamt.conf'),
			demoConfig({ 'web.port': 0, 'sip.port': 0, 'relay.port': 0, ...changes }) + more);
		centre.state = path.join(folder, 'var');
		centre.args = ['serve', '--json', '--config', path.join(folder, 'heimamt.conf'), '--state', centre.state, ...args];
		t.after(async () => {
			await centre.stop();
			fs.rmSync(folder, { recursive: true, force: true });
		});
		await centre.begin();
		return centre;
	}

	// Starts it (again), and returns when it has said where it listens.
	async begin() {
		this.program = new Program(HEIMAMT, this.args, { cwd: ROOT });
		const [, told] = await this.program.line(/^(\{"base":.*\})$/);
		this.told = JSON.parse(told); // { base, sip_address, sip_port, links: { login: url } }
		this.callerPage = `${this.told.base}/caller/`;
	}

	get log() {
		return this.program.lines;
	}

	// Where to dial this number, for SIPp and Caller.
	sip(number = '100') {
		return { number, addr: this.told.sip_address, port: this.told.sip_port };
	}

	// The login link of an agent; it works once.
	link(login) {
		return this.told.links[login];
	}

	async stop() {
		if (!this.program || this.program.exit)
			return this.program?.exit;
		return this.program.stop('SIGINT');
	}
}

// One that may have ended by itself since it was seen.
export function killIfThere(pid) {
	try {
		process.kill(pid, 'SIGKILL');
	} catch (e) {
		if (e.code !== 'ESRCH')
			throw e;
	}
}

// As a crash: nothing is told to anybody.  The relays outlive it, and keep its outputs open.
export async function killed(centre) {
	const { pid } = centre.program;
	process.kill(pid, 'SIGKILL');
	await until('the end of control', () => !fs.existsSync(`/proc/${pid}`));
}
