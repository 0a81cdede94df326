// SPDX-License-Identifier: AGPL-3.0-or-later
// sound -- A-law (G.711), tones, how loud a frequency is, WAV files.  Samples are numbers from -1 to 1.

import fs from 'node:fs';

// G.711 table 1a: sign, three bits of segment, four of step; even bits inverted.
function alawDecode(byte) {
	const v = byte ^ 0x55;
	const exponent = (v >> 4) & 7, mantissa = v & 15;
	const magnitude = exponent ? (mantissa * 2 + 33) << (exponent - 1) : mantissa * 2 + 1;
	return (v & 0x80 ? magnitude : -magnitude) / 4096;
}

const DECODED = Float64Array.from({ length: 256 }, (_, i) => alawDecode(i));
export const ALAW_SILENCE = 0xd5;

export const fromAlaw = (bytes) => Float64Array.from(bytes, (b) => DECODED[b]);

export function alawEncode(sample) {
	const magnitude = Math.min(4095, Math.floor(Math.abs(sample) * 4096));
	const exponent = Math.max(0, Math.floor(Math.log2(magnitude | 1)) - 4);
	const mantissa = (magnitude >> (exponent ? exponent : 1)) & 15;
	return ((sample >= 0 ? 0x80 : 0) | (exponent << 4) | mantissa) ^ 0x55;
}

// RMS in dB below a full square wave (dBov); a full sine has -3.01.
export function rms(samples) {
	const sum = samples.reduce((s, x) => s + x * x, 0);
	return 10 * Math.log10(sum / Math.max(1, samples.length) + 1e-12);
}

// The level of one frequency in dBov (Goertzel), under a Hann window so that neighbours stay out.
export function level(samples, frequency, rate = 8000) {
	const n = samples.length;
	if (n < 80)
		return -120;
	const coefficient = 2 * Math.cos((2 * Math.PI * frequency) / rate);
	let s1 = 0, s2 = 0;
	for (let i = 0; i < n; i++) {
		const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / n);
		const s0 = samples[i] * window + coefficient * s1 - s2;
		s2 = s1;
		s1 = s0;
	}
	const power = s1 * s1 + s2 * s2 - coefficient * s1 * s2;
	const amplitude = (2 * Math.sqrt(Math.max(0, power))) / (n / 2); // the window halves it
	return 10 * Math.log10((amplitude * amplitude) / 2 + 1e-12);
}

// The frequency of a tone near this one, in Hz: by the turn of its phase from one half of the samples to the other.
export function frequencyOf(samples, near, rate = 8000) {
	const half = Math.floor(samples.length / 2);
	const phase = (begin) => {
		let re = 0, im = 0;
		for (let i = begin; i < begin + half; i++) {
			const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * (i - begin)) / half);
			re += window * samples[i] * Math.cos((2 * Math.PI * near * i) / rate);
			im -= window * samples[i] * Math.sin((2 * Math.PI * near * i) / rate);
		}
		return Math.atan2(im, re);
	};
	const turn = phase(half) - phase(0);
	return near + (((turn / (2 * Math.PI)) - Math.round(turn / (2 * Math.PI))) * rate) / half;
}

export function tone(frequency, seconds, { rate = 8000, dbov = -13 } = {}) {
	const amplitude = Math.SQRT2 * 10 ** (dbov / 20);
	return Float64Array.from({ length: Math.round(seconds * rate) },
		(_, i) => amplitude * Math.sin((2 * Math.PI * frequency * i) / rate));
}

// 16 bit mono, as Chromium's fake microphone reads it.
export function writeWav(file, samples, rate = 48000) {
	const bytes = Buffer.alloc(44 + samples.length * 2);
	bytes.write('RIFF', 0);
	bytes.writeUInt32LE(36 + samples.length * 2, 4);
	bytes.write('WAVEfmt ', 8);
	bytes.writeUInt32LE(16, 16);
	bytes.writeUInt16LE(1, 20);
	bytes.writeUInt16LE(1, 22);
	bytes.writeUInt32LE(rate, 24);
	bytes.writeUInt32LE(rate * 2, 28);
	bytes.writeUInt16LE(2, 32);
	bytes.writeUInt16LE(16, 34);
	bytes.write('data', 36);
	bytes.writeUInt32LE(samples.length * 2, 40);
	samples.forEach((s, i) => bytes.writeInt16LE(Math.round(Math.max(-1, Math.min(1, s)) * 32767), 44 + i * 2));
	fs.writeFileSync(file, bytes);
	return file;
}
