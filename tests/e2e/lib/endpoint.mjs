// SPDX-License-Identifier: AGPL-3.0-or-later
//
// endpoint -- the caller's voice: sends a tone over RTP in real time, as PCMA or another codec, and keeps what arrives.
//
// Sending is paced against the clock from the first packet on, so a late timer is caught up and no drift
// builds up.  Everything that arrived can be asked for afterwards: how loud which frequency was, and when.
// Times are performance.now() of this process.  With secure() it speaks SRTP: what does not open is counted and not heard.

import crypto from 'node:crypto';
import { CODEC_RATE, PAYLOAD_TYPES, decode, encode } from './codec.mjs';
import { bindRtpPair } from './ports.mjs';
import { Srtp } from './srtp.mjs';
import { ALAW_SILENCE, alawEncode, fromAlaw, level, rms, tone } from './sound.mjs';
import { until } from './wait.mjs';

const PACKET_MS = 20;
const PACKET_SAMPLES = 160;
const PACKETS_MAX = 30000; // ten minutes

export class Endpoint {
	packets = []; // { at, seq, ts, pt, marker, ssrc, payload }
	rtcp = 0;
	other = 0; // datagrams that are no RTP
	bad = 0; // that did not open
	tx = null; // our key, see srtp.mjs; null: plain RTP
	rx = null; // theirs
	told = null; // what our description has
	sent = 0;
	lossOf = 0; // each n-th packet is lost on its way; 0: none
	#sockets;
	#remote = null;
	#timer = null;
	#source;
	#wave;

	// codec: of all that it says and understands.
	static async open({ addr = '127.0.0.1', codec = 'PCMA' } = {}) {
		const endpoint = new Endpoint();
		endpoint.codec = codec;
		endpoint.pt = PAYLOAD_TYPES[codec];
		endpoint.rate = codec === 'PCMA' ? 8000 : CODEC_RATE;
		endpoint.#sockets = await bindRtpPair(addr);
		endpoint.addr = addr;
		endpoint.port = endpoint.#sockets[0].address().port;
		endpoint.#sockets[0].on('message', (bytes) => endpoint.#arrived(bytes));
		endpoint.#sockets[1].on('message', () => endpoint.rtcp++);
		return endpoint;
	}

	// Our session description, and what to put into SIPp's.
	sdp({ codecs = `${this.pt} 101` } = {}) {
		const at = `IN ${this.addr.includes(':') ? 'IP6' : 'IP4'} ${this.addr}`;
		const lines = ['v=0', `o=- ${this.port} 1 ${at}`, 's=-', `c=${at}`, 't=0 0',
			`m=audio ${this.port} RTP/${this.told ? 'SAVP' : 'AVP'} ${codecs}`, ...(this.told ? [this.told.line(this.told.tag)] : []),
			`a=rtpmap:${this.pt} ${this.codec}/8000`,
			'a=rtpmap:101 telephone-event/8000', 'a=fmtp:101 0-15', 'a=ptime:20', 'a=sendrecv'];
		return `${lines.join('\r\n')}\r\n`;
	}

	// SRTP: a new key in this suite, told in a line of this tag by the next description, used when that is answered.
	secure(suite, tag = 1) {
		this.told = Object.assign(new Srtp(suite), { tag });
	}

	// The answer to our last description: their key, from now on, and ours.  One that is told again goes on.
	answered(sdp) {
		const theirs = Srtp.fromSdp(sdp);
		if (!theirs || !this.rx?.keySalt.equals(theirs.keySalt))
			this.rx = theirs;
		this.tx = theirs && this.told;
	}

	#arrived(datagram) {
		const bytes = this.rx ? this.rx.unprotect(datagram) : datagram;
		if (!bytes) {
			this.bad++;
			return;
		}
		if (bytes.length < 12 || bytes[0] >> 6 !== 2) {
			this.other++;
			return;
		}
		const start = 12 + (bytes[0] & 15) * 4;
		if (this.packets.length < PACKETS_MAX)
			this.packets.push({ at: performance.now(), seq: bytes.readUInt16BE(2), ts: bytes.readUInt32BE(4),
				pt: bytes[1] & 127, marker: Boolean(bytes[1] & 128), ssrc: bytes.readUInt32BE(8),
				payload: Buffer.from(bytes.subarray(start)) });
	}

	// Starts to send, to { addr, port }: a tone, or with frequency 0 digital silence.
	send(remote, { frequency = 1000, dbov = -13 } = {}) {
		this.#remote = remote;
		this.tone(frequency, dbov);
		if (this.#timer)
			return;
		this.#source = { ssrc: crypto.randomBytes(4).readUInt32BE(), seq: crypto.randomInt(65536),
			ts: crypto.randomInt(2 ** 32 - 1), n: 0, begun: performance.now() };
		this.#tick();
	}

	// What is sent from the next packet on.
	tone(frequency, dbov = -13) {
		this.#wave = { frequency, amplitude: Math.SQRT2 * 10 ** (dbov / 20) };
		// a second of it, again and again: whole periods, and not the first one, in which the coder has to find its step
		if (this.codec !== 'PCMA')
			this.#wave.packets = encode(this.codec, tone(frequency, 2, { rate: this.rate, dbov: frequency ? dbov : -120 })).slice(50);
	}

	#tick() {
		const s = this.#source;
		while (s.begun + s.n * PACKET_MS <= performance.now()) {
			if (!this.lossOf || s.n % this.lossOf)
				this.#transmit(this.#packet(s));
			this.sent++;
			s.n++;
		}
		this.#timer = setTimeout(() => this.#tick(), Math.max(1, s.begun + s.n * PACKET_MS - performance.now()));
	}

	#transmit(bytes) {
		this.#sockets[0].send(this.tx ? this.tx.protect(bytes) : bytes, this.#remote.port, this.#remote.addr);
	}

	#packet(s) {
		const bytes = Buffer.alloc(12 + PACKET_SAMPLES, ALAW_SILENCE);
		bytes[0] = 0x80;
		bytes[1] = this.pt | (s.n === 0 ? 0x80 : 0);
		bytes.writeUInt16BE((s.seq + s.n) & 0xffff, 2);
		bytes.writeUInt32BE((s.ts + s.n * PACKET_SAMPLES) >>> 0, 4);
		bytes.writeUInt32BE(s.ssrc, 8);
		const { frequency, amplitude, packets, high } = this.#wave;
		if (packets)
			return Buffer.concat([bytes.subarray(0, 12), packets[s.n % packets.length]]);
		for (let i = 0; frequency && i < PACKET_SAMPLES; i++) {
			const t = s.n * PACKET_SAMPLES + i;
			bytes[12 + i] = alawEncode(amplitude * (Math.sin((2 * Math.PI * frequency * t) / 8000) +
				(high ? Math.sin((2 * Math.PI * high * t) / 8000) : 0)));
		}
		return bytes;
	}

	// A key, as telephone-event (RFC 4733 section 2.5.1): one packet each 20 ms with the moment of its beginning, the
	// last one three times.  The voice goes on beside it, as some telephones do.
	press(key, { pt = 101, ms = 100 } = {}) {
		const s = this.#source, ts = (s.ts + s.n * PACKET_SAMPLES) >>> 0, steps = ms / PACKET_MS;
		for (let i = 1; i <= steps + 2; i++) {
			const bytes = Buffer.alloc(16);
			bytes[0] = 0x80;
			bytes[1] = pt | (i === 1 ? 0x80 : 0);
			bytes.writeUInt16BE((s.seq + s.n) & 0xffff, 2);
			bytes.writeUInt32BE(ts, 4);
			bytes.writeUInt32BE(s.ssrc, 8);
			bytes[12] = key;
			bytes[13] = 10 | (i >= steps ? 0x80 : 0);
			bytes.writeUInt16BE(Math.min(i, steps) * PACKET_SAMPLES, 14);
			this.#transmit(bytes);
			s.seq++;
		}
	}

	// A key as its two tones (ITU-T Q.23), in PCMA, as a trunk without events has it; then silence.
	sing(low, high, ms = 150) {
		this.#wave = { frequency: low, amplitude: Math.SQRT2 * 10 ** (-16 / 20), high };
		setTimeout(() => this.tone(0), ms);
	}

	mute() {
		clearTimeout(this.#timer);
		this.#timer = null;
	}

	// Voice packets that arrived between two moments, in the order of their sequence, each once.
	voice(from = 0, to = Infinity) {
		const seen = new Set();
		return this.packets.filter((p) => p.pt === this.pt && p.at >= from && p.at < to &&
				!seen.has(p.ssrc * 65536 + p.seq) && seen.add(p.ssrc * 65536 + p.seq))
			.sort((a, b) => (a.ssrc === b.ssrc ? ((a.seq - b.seq) << 16) >> 16 : a.at - b.at));
	}

	samples(from, to) {
		const payloads = this.voice(from, to).map((p) => p.payload);
		return this.codec === 'PCMA' ? fromAlaw(Buffer.concat(payloads)) : decode(this.codec, payloads);
	}

	// How loud each frequency was between two moments, in dBov.
	levels(frequencies, from = performance.now() - 400, to = Infinity) {
		const samples = this.samples(from, to);
		return { rms: rms(samples), packets: samples.length / (this.rate * PACKET_MS / 1000),
			...Object.fromEntries(frequencies.map((f) => [f, level(samples, f, this.rate)])) };
	}

	// The same in steps, so that a short burst is not averaged away: [{ at, [frequency]: dBov }].
	course(frequencies, from, to = performance.now(), step = 100) {
		const steps = [];
		for (let at = from; at + step <= to; at += step)
			steps.push({ at, ...this.levels(frequencies, at, at + step) });
		return steps;
	}

	hears(frequency, { above = -30, timeout = 20000 } = {}) {
		return until(`${frequency} Hz at the endpoint`,
			() => this.levels([frequency], performance.now() - 300)[frequency] > above, { timeout });
	}

	// Of the stream that came last: what was lost, doubled or out of order.
	loss() {
		const last = this.packets.at(-1);
		if (!last)
			return { received: 0, expected: 0, lost: 0, doubled: 0, reordered: 0 };
		const stream = this.packets.filter((p) => p.ssrc === last.ssrc);
		let highest = stream[0].seq, lowest = highest, reordered = 0;
		const seen = new Set();
		for (const p of stream) {
			const step = ((p.seq - (highest & 0xffff)) << 16) >> 16;
			const extended = highest + step;
			reordered += step < 0 && !seen.has(extended) ? 1 : 0;
			seen.add(extended);
			highest = Math.max(highest, extended);
			lowest = Math.min(lowest, extended);
		}
		const expected = highest - lowest + 1;
		return { received: seen.size, expected, lost: expected - seen.size, doubled: stream.length - seen.size,
			reordered };
	}

	async close() {
		this.mute();
		await Promise.all(this.#sockets.map((s) => new Promise((resolve) => s.close(resolve))));
	}
}
