// SPDX-License-Identifier: AGPL-3.0-or-later
//
// stranger -- somebody at another address who sends what nobody asked for, and counts what comes back.

import crypto from 'node:crypto';
import net from 'node:net';
import { bindUdp } from './ports.mjs';
import { alawEncode } from './sound.mjs';
import { sleep } from './wait.mjs';

export const STRANGE_ADDR = '127.0.0.9';
const BATCH = 50; // datagrams between two pauses, so that the kernel's buffers hold them

// One UDP socket: { sent, received } in bytes, { n, answers } in datagrams.
export class Stranger {
	sent = 0;
	received = 0;
	n = 0;
	answers = 0;

	static async open(t, addr = STRANGE_ADDR) {
		const stranger = new Stranger();
		stranger.socket = await bindUdp(0, addr);
		stranger.me = `${addr}:${stranger.socket.address().port}`;
		stranger.socket.on('message', (bytes) => {
			stranger.received += bytes.length;
			stranger.answers++;
		});
		t.after(() => stranger.socket.close());
		return stranger;
	}

	// count datagrams of make(i) to { addr, port }.
	async flood(to, count, make) {
		for (let i = 0; i < count; i += BATCH) {
			await Promise.all(Array.from({ length: Math.min(BATCH, count - i) }, (_, k) => this.#send(to, make(i + k))));
			await sleep(1);
		}
	}

	#send(to, bytes) {
		const buffer = Buffer.from(bytes);
		this.sent += buffer.length;
		this.n++;
		return new Promise((resolve) => this.socket.send(buffer, to.port, to.addr, resolve));
	}
}

// RFC 8489 section 5: a Binding request with what ICE puts into it, and an integrity that is none.
export function stunCheck(username) {
	const attribute = (type, value) => {
		const head = Buffer.alloc(4);
		head.writeUInt16BE(type, 0);
		head.writeUInt16BE(value.length, 2);
		return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
	};
	const body = Buffer.concat([attribute(0x0006, Buffer.from(username)), attribute(0x0024, crypto.randomBytes(4)),
		attribute(0x802a, crypto.randomBytes(8)), attribute(0x0008, crypto.randomBytes(20))]);
	const head = Buffer.alloc(20);
	head.writeUInt16BE(1, 0);
	head.writeUInt16BE(body.length, 2);
	head.writeUInt32BE(0x2112a442, 4);
	crypto.randomFillSync(head, 8);
	return Buffer.concat([head, body]);
}

// RFC 6347 section 4.2.1: a ClientHello in its record.
export function clientHello() {
	const hello = Buffer.concat([Buffer.from([0xfe, 0xfd]), crypto.randomBytes(32), // version, random
		Buffer.from([0, 0, 0, 4, 0xc0, 0x2b, 0xc0, 0x2f, 1, 0, 0, 0])]); // no session, no cookie, suites, no extensions
	const length = (n) => Buffer.from([n >> 16, (n >> 8) & 255, n & 255]);
	const handshake = Buffer.concat([Buffer.from([1]), length(hello.length), Buffer.from([0, 0, 0, 0, 0]), length(hello.length), hello]);
	return Buffer.concat([Buffer.from([22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0]), length(handshake.length).subarray(1), handshake]);
}

// The i-th packet of a tone in A-law, as a caller would send it.
export function rtpTone(frequency, i, ssrc = 0x5742) {
	const bytes = Buffer.alloc(12 + 160);
	bytes[0] = 0x80;
	bytes[1] = 8;
	bytes.writeUInt16BE(i & 0xffff, 2);
	bytes.writeUInt32BE((i * 160) >>> 0, 4);
	bytes.writeUInt32BE(ssrc, 8);
	for (let k = 0; k < 160; k++)
		bytes[12 + k] = alawEncode(0.5 * Math.sin((2 * Math.PI * frequency * (i * 160 + k)) / 8000));
	return bytes;
}

// TCP connections that say these bytes and then nothing, or end at once where the far side wants so.
export class Crowd {
	sockets = [];
	closed = 0;
	heard = ''; // the first line of each answer

	static async open(t, { port }, count, bytes = '', addr = STRANGE_ADDR) {
		const crowd = new Crowd();
		t.after(() => crowd.leave());
		for (let i = 0; i < count; i += BATCH)
			await Promise.all(Array.from({ length: Math.min(BATCH, count - i) }, () => crowd.#join(port, addr, bytes)));
		return crowd;
	}

	#join(port, addr, bytes) {
		return new Promise((resolve) => {
			const socket = net.connect({ host: '127.0.0.1', port, localAddress: addr }, () => {
				if (bytes)
					socket.write(bytes);
				resolve();
			});
			this.sockets.push(socket);
			socket.on('data', (d) => (this.heard += `${d.toString().split('\r\n')[0]}\n`));
			socket.on('error', () => {});
			socket.on('close', () => {
				this.closed++;
				resolve();
			});
		});
	}

	get open() {
		return this.sockets.length - this.closed;
	}

	leave() {
		for (const socket of this.sockets)
			socket.destroy();
	}
}
