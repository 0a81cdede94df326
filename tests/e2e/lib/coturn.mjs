// SPDX-License-Identifier: AGPL-3.0-or-later
//
// coturn -- Debian's TURN server on loopback, by what `heimamt turn-config` prints for this centre, and a browser that has no
// other way than through it.

import crypto from 'node:crypto';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { makePair } from './certificate.mjs';
import { HEIMAMT } from './centre.mjs';
import { freeTcpPort, listens } from './ports.mjs';
import { Program } from './process.mjs';
import { until } from './wait.mjs';

const TURNSERVER = '/usr/bin/turnserver';

// None of the calls' voice or of what is relayed, by their defaults: the same number by UDP and TCP.
async function ownPort() {
	for (;;) {
		const port = await freeTcpPort();
		if (port < 40000 || (port > 44999 && port < 49152) || port > 51199)
			return port;
	}
}

// What a centre is to be told: `section` is for Centre.start()'s `more`.
export async function turnSection(t, { tls = false, lifetime = 720, port, more = '' } = {}) {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'heimamt-turn-'));
	t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
	const secret = crypto.randomBytes(32).toString('hex'), file = path.join(folder, 'secret');
	fs.writeFileSync(file, `${secret}\n`, { mode: 0o600 });
	port ??= await ownPort();
	const tlsPort = tls ? await ownPort() : 0;
	const pair = tls ? makePair(folder, { names: ['127.0.0.1'], as: 'turn' }) : { certificate: '', key: '' };
	const section = `\nturn {\n\thost = "127.0.0.1"\n\tport = ${port}\n\ttls-port = ${tlsPort}\n\trealm = "example.org"\n` +
		`\tsecret-file = "${file}"\n\tlifetime = ${lifetime}\n\tcertificate = "${pair.certificate}"\n\tkey = "${pair.key}"\n${more}}\n`;
	return { folder, secret, file, port, tlsPort, section };
}

export function turnConfig(folder) {
	const ran = spawnSync(HEIMAMT, ['turn-config', '--config', path.join(folder, 'heimamt.conf')], { encoding: 'utf8' });
	if (ran.status !== 0)
		throw new Error(`heimamt turn-config: ${ran.stderr}`);
	return ran.stdout;
}

export class Coturn {
	// changes: lines of its file, instead of those that begin alike.
	static async start(t, centre, turn, { change = (text) => text } = {}) {
		const coturn = new Coturn();
		const file = path.join(turn.folder, 'turnserver.conf');
		// here all is on loopback, and its words go to the test
		const text = change(turnConfig(centre.folder)).replace(/^(syslog|no-stdout-log)\n/gm, '');
		fs.writeFileSync(file, `${text}allow-loopback-peers\nlog-file=stdout\npidfile=${turn.folder}/pid\nuserdb=${turn.folder}/db\n`, { mode: 0o600 });
		coturn.program = new Program(TURNSERVER, ['-c', file], { cwd: turn.folder });
		t.after(() => coturn.stop());
		await until('coturn to listen', () => {
			if (coturn.program.exit)
				throw new Error(`coturn ended:\n${coturn.program.tail()}`);
			return listens(turn.port);
		});
		return coturn;
	}

	get log() {
		return this.program.lines;
	}

	async stop() {
		if (!this.program.exit)
			await this.program.stop('SIGTERM');
	}
}

// Options of a Desk whose browser knows no other way than through TURN; urls: which of the ways there; account: another than
// the centre's.
export function relayOnly({ urls = '.', account = {} } = {}) {
	const force = ([pattern, other]) => {
		const Native = window.RTCPeerConnection;
		window.RTCPeerConnection = class RTCPeerConnection extends Native {
			constructor(config) {
				super({ ...config, iceTransportPolicy: 'relay', iceServers: (config.iceServers ?? []).map((s) =>
					({ ...s, ...other, urls: s.urls.filter((u) => new RegExp(pattern).test(u)) })) });
			}
		};
	};
	return { before: (context) => context.addInitScript(force, [urls, account]), args: ['--ignore-certificate-errors'] };
}

// What a user of this server's would have as its password.
export const passwordOf = (secret, user) => crypto.createHmac('sha1', secret).update(user).digest('base64');
