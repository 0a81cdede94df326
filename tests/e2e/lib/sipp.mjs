// SPDX-License-Identifier: AGPL-3.0-or-later
//
// sipp -- SIPp as caller.  It does the signalling; its session description names an Endpoint, which has the
// voice.  Where the far side wants the voice is read from the answer through SIPp's own log.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Program } from './process.mjs';
import { freeUdpPort } from './ports.mjs';
import { until } from './wait.mjs';

const SCENARIOS = fileURLToPath(new URL('../sipp/', import.meta.url));

export class Sipp {
	// scenario: a name in tests/e2e/sipp/.  sip: { number, addr, port }.  replace: of the scenario's @NAME@.
	static async start(t, scenario, { sip, endpoint, from = 'anrufer', talk = 5000, wait = 60000, replace = {} }) {
		const sipp = new Sipp();
		sipp.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'heimamt-sipp-'));
		let xml = fs.readFileSync(path.join(SCENARIOS, `${scenario}.xml`), 'utf8');
		for (const [name, value] of Object.entries(replace))
			xml = xml.replaceAll(`@${name}@`, String(value));
		const file = path.join(sipp.folder, `${scenario}.xml`);
		fs.writeFileSync(file, xml);
		sipp.#answers = path.join(sipp.folder, 'answers.log');
		const port = await freeUdpPort();
		sipp.program = new Program('sipp', [`${sip.addr}:${sip.port}`, '-sf', file, '-m', '1', '-nostdin',
			'-s', sip.number, '-i', '127.0.0.1', '-p', String(port), '-t', 'u1', '-d', String(talk),
			'-recv_timeout', String(wait), '-timeout', `${Math.ceil((wait + talk) / 1000) + 30}s`,
			'-timeout_error', '-key', 'rtp_port', String(endpoint?.port ?? 9), '-key', 'from', from,
			'-trace_logs', '-log_file', sipp.#answers, '-trace_err', '-error_file', path.join(sipp.folder, 'errors.log')],
		{ env: { ...process.env, TERM: 'dumb' }, cwd: sipp.folder });
		t.after(async () => {
			sipp.program.kill('SIGKILL');
			await sipp.program.ended();
			fs.rmSync(sipp.folder, { recursive: true, force: true });
		});
		return sipp;
	}

	#answers;

	// { addr, port } of the answer's session description.
	remote({ timeout = 20000 } = {}) {
		return until('an answer with a session description', () => {
			const text = fs.existsSync(this.#answers) ? fs.readFileSync(this.#answers, 'utf8') : '';
			const match = /answered addr=\s*([\d.]+) port=\s*(\d+)/.exec(text);
			if (!match && this.program.exit)
				throw new Error(`sipp ended without an answer: ${this.errors()}`);
			return match && { addr: match[1], port: Number(match[2]) };
		}, { timeout });
	}

	errors() {
		const file = path.join(this.folder, 'errors.log');
		return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').slice(0, 2000) : this.program.tail(10);
	}

	// 0: the scenario went as written.
	async ended(timeout = 90000) {
		const { code } = await this.program.ended(timeout);
		if (code !== 0)
			throw new Error(`sipp ended with status ${code}: ${this.errors()}`);
	}
}
