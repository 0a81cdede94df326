// SPDX-License-Identifier: AGPL-3.0-or-later
//
// codec -- packets of a telephone's codecs, made and read by the program tests/tools/codec.  Samples are numbers from -1 to 1
// at 16,000 a second.

import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ROOT } from './centre.mjs';

const PROGRAM = path.join(process.env.FARM ?? path.join(ROOT, 'build/bench/tests/tools'), 'codec');
export const CODEC_RATE = 16000;
export const PAYLOAD_TYPES = { PCMA: 8, PCMU: 0, G722: 9 }; // RFC 3551 table 4

function run(what, codec, input) {
	const p = spawnSync(PROGRAM, [what, codec, String(CODEC_RATE)], { input, maxBuffer: 1 << 28 });
	if (p.status !== 0)
		throw new Error(`codec ${what} ${codec}: ${p.error ?? p.stderr}`);
	return p.stdout;
}

// Of 20 ms each; what is left over is dropped.
export function encode(codec, samples) {
	const pcm = Buffer.from(Int16Array.from(samples, (x) => Math.round(Math.max(-1, Math.min(1, x)) * 32767)).buffer);
	const bytes = run('encode', codec, pcm), packets = [];
	for (let at = 0; at < bytes.length; at += 2 + bytes.readUInt16LE(at))
		packets.push(Buffer.from(bytes.subarray(at + 2, at + 2 + bytes.readUInt16LE(at))));
	return packets;
}

export function decode(codec, packets) {
	const input = Buffer.concat(packets.flatMap((p) => {
		const head = Buffer.alloc(2);
		head.writeUInt16LE(p.length);
		return [head, p];
	}));
	const bytes = run('decode', codec, input);
	return Float64Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readInt16LE(2 * i) / 32768);
}
