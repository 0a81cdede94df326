// SPDX-License-Identifier: AGPL-3.0-or-later
//
// baresip -- Debian's baresip as a telephone on loopback: it says a tone, and keeps what it hears in a file.

import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { freeTcpPort } from './ports.mjs';
import { Program } from './process.mjs';
import { level, tone, writeWav } from './sound.mjs';

export class Baresip {
	// account: a line of its accounts file.  port: where it listens.
	static async start(t, { account, port, hz = 440 }) {
		const phone = new Baresip();
		const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'heimamt-baresip-'));
		phone.folder = folder;
		const said = path.join(folder, 'said.wav');
		writeWav(said, tone(hz, 60), 8000);
		phone.control = await freeTcpPort();
		fs.writeFileSync(path.join(folder, 'config'), [`sip_listen 127.0.0.1:${port}`, `audio_source aufile,${said}`,
			'module_path /usr/lib/baresip/modules', 'module g711.so', 'module aufile.so', 'module sndfile.so', `snd_path ${folder}`, 'module_tmp account.so',
			'module_app menu.so', 'module_app ctrl_tcp.so', `ctrl_tcp_listen 127.0.0.1:${phone.control}`, 'net_interface 127.0.0.1', ''].join('\n'));
		fs.writeFileSync(path.join(folder, 'accounts'), `${account}\n`);
		fs.writeFileSync(path.join(folder, 'contacts'), '');
		phone.program = new Program('baresip', ['-f', folder]);
		t.after(async () => {
			if (!phone.program.exit)
				await phone.program.stop('SIGTERM');
			fs.rmSync(folder, { recursive: true, force: true });
		});
		await phone.program.line(/baresip is ready/);
		return phone;
	}

	// How loud this frequency was, in dBov, in the call that ended last: its module sndfile keeps 16 bit at 8 kHz.
	heard(hz) {
		const last = fs.readdirSync(this.folder).filter((name) => name.endsWith('-dec.wav')).sort().at(-1);
		const bytes = last ? fs.readFileSync(path.join(this.folder, last)) : Buffer.alloc(0);
		const n = (bytes.length - 44) >> 1;
		return n < 8000 ? -99 : level(Array.from({ length: 8000 }, (_, i) => bytes.readInt16LE(44 + 2 * (n - 8000 + i)) / 32768), hz);
	}

	// One command of its menu, by a netstring of JSON (module ctrl_tcp).
	command(command, params = '') {
		const text = JSON.stringify({ command, params, token: command });
		return new Promise((resolve, reject) => {
			const socket = net.connect(this.control, '127.0.0.1', () => socket.write(`${Buffer.byteLength(text)}:${text},`));
			socket.on('error', reject);
			socket.once('data', () => socket.end());
			socket.once('close', resolve);
		});
	}

	says(pattern, options) {
		return this.program.line(pattern, options);
	}
}
