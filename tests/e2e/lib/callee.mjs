// SPDX-License-Identifier: AGPL-3.0-or-later
//
// callee -- a carrier, and the telephone that the centre calls by it: as much of a SIP server over UDP (RFC 3261) as a
// test needs.  Nothing is answered but what the test says, except BYE and CANCEL.

import crypto from 'node:crypto';
import { parseSip } from './caller.mjs';
import { bindUdp } from './ports.mjs';
import { until } from './wait.mjs';

const token = (n = 8) => crypto.randomBytes(n).toString('hex');

export class Callee {
	messages = []; // all that came, parsed, each with `at`
	#socket;
	#from; // whom we answer
	#tag = token(4);

	static async open(t) {
		const callee = new Callee();
		callee.#socket = await bindUdp();
		callee.port = callee.#socket.address().port;
		callee.#socket.on('message', (bytes, from) => callee.#arrived(parseSip(bytes.toString()), from));
		t.after(() => new Promise((resolve) => callee.#socket.close(resolve)));
		return callee;
	}

	#arrived(m, from) {
		this.#from = from;
		this.messages.push({ at: performance.now(), ...m });
		if (['BYE', 'CANCEL'].includes(m.method))
			this.answer(m, 200);
	}

	#send(text) {
		this.#socket.send(text, this.#from.port, this.#from.address);
	}

	answer(m, status, sdp = '') {
		const copy = (name, title) => (m.headers[name] ?? []).map((v) => `${title}: ${v}`);
		const to = m.headers.to[0], tagged = to.includes(';tag=') ? to : `${to};tag=${this.#tag}`;
		this.#send([`SIP/2.0 ${status} So`, ...copy('via', 'Via'), ...copy('from', 'From'), `To: ${tagged}`,
			...copy('call-id', 'Call-ID'), ...copy('cseq', 'CSeq'), `Contact: <sip:phone@127.0.0.1:${this.port}>`,
			...(sdp ? ['Content-Type: application/sdp'] : []), `Content-Length: ${Buffer.byteLength(sdp)}`, '', sdp].join('\r\n'));
	}

	// Hangs up what this INVITE began.
	bye(invite) {
		const contact = /<([^>]+)>/.exec(invite.headers.contact[0])[1];
		this.#send([`BYE ${contact} SIP/2.0`, `Via: SIP/2.0/UDP 127.0.0.1:${this.port};branch=z9hG4bK${token()};rport`,
			'Max-Forwards: 70', `From: ${invite.headers.to[0]};tag=${this.#tag}`, `To: ${invite.headers.from[0]}`,
			`Call-ID: ${invite.headers['call-id'][0]}`, 'CSeq: 1 BYE', 'Content-Length: 0', '', ''].join('\r\n'));
	}

	// Where the centre wants the voice.
	voiceOf(invite) {
		const addr = /^c=IN IP4 ([\d.]+)/m.exec(invite.body), port = /^m=audio (\d+)/m.exec(invite.body);
		return { addr: addr[1], port: Number(port[1]) };
	}

	got(what, { timeout = 20000 } = {}) {
		const match = typeof what === 'number' ? (m) => m.status === what : (m) => m.method === what;
		return until(`${what} at the carrier`, () => this.messages.find(match), { timeout });
	}
}
