// SPDX-License-Identifier: AGPL-3.0-or-later
//
// names -- a name server of the test's own (RFC 1035, SRV of RFC 2782): it answers from a list and counts who asked.

import { bindUdp } from './ports.mjs';

const TYPES = { 1: 'A', 28: 'AAAA', 33: 'SRV' };
const NUMBERS = Object.fromEntries(Object.entries(TYPES).map(([number, type]) => [type, Number(number)]));
const u16 = (...values) => Buffer.concat(values.map((v) => Buffer.from([v >> 8, v & 255])));
const name = (text) => Buffer.concat([...text.split('.').map((l) => Buffer.concat([Buffer.from([l.length]), Buffer.from(l)])), Buffer.from([0])]);

function question(bytes) {
	const labels = [];
	let at = 12;
	for (; bytes[at]; at += bytes[at] + 1)
		labels.push(bytes.toString('latin1', at + 1, at + 1 + bytes[at]));
	return { text: labels.join('.').toLowerCase(), type: TYPES[bytes.readUInt16BE(at + 1)], end: at + 5 };
}

const data = {
	A: (addr) => Buffer.from(addr.split('.').map(Number)),
	AAAA: (addr) => Buffer.concat([Buffer.alloc(15), Buffer.from([Number(/^::(\d)$/.exec(addr)[1])])]), // "::1" and its like
	SRV: ({ priority, weight = 0, port, target }) => Buffer.concat([u16(priority, weight, port), name(target)]),
};

export class Names {
	asked = []; // 'SRV _sip._udp.example.org'
	records = {}; // by that; a list

	static async open(t, records = {}) {
		const names = new Names();
		names.records = records;
		const socket = await bindUdp();
		names.server = `127.0.0.1:${socket.address().port}`;
		socket.on('message', (bytes, from) => socket.send(names.#answer(bytes), from.port, from.address));
		t.after(() => new Promise((resolve) => socket.close(resolve)));
		return names;
	}

	#answer(bytes) {
		const { text, type, end } = question(bytes);
		const found = this.records[`${type} ${text}`] ?? [];
		this.asked.push(`${type} ${text}`);
		const known = Object.keys(this.records).some((key) => key.split(' ')[1] === text);
		const answers = found.map((record) => {
			const body = data[type](record);
			return Buffer.concat([u16(0xc00c, NUMBERS[type], 1, 0, 60, body.length), body]);
		});
		return Buffer.concat([bytes.subarray(0, 2), u16(known ? 0x8180 : 0x8183, 1, answers.length, 0, 0), bytes.subarray(12, end), ...answers]);
	}
}
