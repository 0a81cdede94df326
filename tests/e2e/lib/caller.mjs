// SPDX-License-Identifier: AGPL-3.0-or-later
//
// caller -- a SIP caller whose every move is the test's: hang up at this very moment, never send the ACK,
// send nonsense.  One call over UDP (RFC 3261), as much of it as a test needs; SIPp is the honest peer.

import crypto from 'node:crypto';
import { bindUdp } from './ports.mjs';
import { until } from './wait.mjs';

const T1_MS = 500; // RFC 3261 section 17.1.1.1
const host = (addr) => (addr.includes(':') ? `[${addr}]` : addr); // as it stands in a URI
const cseqOf = (m) => parseInt(m.headers.cseq?.[0] ?? '', 10);
const token = (n = 8) => crypto.randomBytes(n).toString('hex');

// { start, status, method, headers: { lower-case name: [values] }, body }
export function parseSip(text) {
	const [head, ...rest] = text.split('\r\n\r\n');
	const [start, ...lines] = head.split('\r\n');
	const headers = {};
	for (const line of lines) {
		const [, name, value] = /^([^:\s]+)\s*:\s*(.*)$/.exec(line) ?? [];
		if (name)
			(headers[name.toLowerCase()] ??= []).push(value);
	}
	const [, status] = /^SIP\/2\.0 (\d{3})/.exec(start) ?? [];
	return { start, status: status ? Number(status) : 0, method: status ? '' : start.split(' ')[0], headers,
		body: rest.join('\r\n\r\n') };
}

export class Caller {
	messages = []; // all that came, parsed, each with `at`
	takes = ['BYE', 'OPTIONS']; // of the centre's requests; anything else gets 501
	remote = null; // where the answer wants the voice
	#socket;
	#dialog;
	#newest = {}; // the number of the last request, by its method
	#putDown = false; // before the answer
	#retransmit = null;

	// Over IPv6 where the centre listens there.
	static async open(t, { sip, from = 'anrufer', name = '', sendAck = true }) {
		const caller = new Caller();
		const own = sip.addr.includes(':') ? '::1' : '127.0.0.1';
		caller.#socket = await bindUdp(0, own);
		caller.sip = sip;
		caller.sendAck = sendAck;
		const { port } = caller.#socket.address();
		caller.local = `${host(own)}:${port}`;
		caller.#dialog = { callId: token(), fromTag: token(4), from, name, to: '', target: '', cseq: 0 };
		caller.#socket.on('message', (bytes) => caller.#arrived(parseSip(bytes.toString())));
		t.after(() => caller.close());
		return caller;
	}

	raw(text) {
		this.#socket.send(text, this.sip.port, this.sip.addr);
	}

	#uri() {
		return `sip:${this.sip.number}@${host(this.sip.addr)}:${this.sip.port}`;
	}

	#request(method, { cseq, branch, headers = [], body = '', uri = this.#dialog.target || this.#uri() }) {
		const d = this.#dialog;
		this.#newest[method] = cseq;
		return [`${method} ${uri} SIP/2.0`,
			`Via: SIP/2.0/UDP ${this.local};branch=z9hG4bK${branch};rport`,
			'Max-Forwards: 70', `From: ${d.name && `"${d.name}" `}<sip:${d.from}@${this.local}>;tag=${d.fromTag}`,
			`To: ${d.to || `<${this.#uri()}>`}`, `Call-ID: ${d.callId}`, `CSeq: ${cseq} ${method}`,
			...headers, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n');
	}

	// Sends again until something answers (RFC 3261 section 17.1.1.2).
	#send(text) {
		let wait = T1_MS;
		const again = () => {
			this.raw(text);
			this.#retransmit = setTimeout(again, wait);
			wait *= 2;
		};
		this.#quiet();
		again();
	}

	#quiet() {
		clearTimeout(this.#retransmit);
		this.#retransmit = null;
	}

	invite({ sdp = '', type = 'application/sdp', headers = [] } = {}) {
		const d = this.#dialog;
		d.cseq++;
		d.invite = { cseq: d.cseq, branch: token() };
		this.#send(this.#request('INVITE', { ...d.invite, body: sdp, headers: [
			`Contact: <sip:${d.from}@${this.local}>`, ...(sdp ? [`Content-Type: ${type}`] : []), ...headers] }));
	}

	// Within the dialog, once it is answered; with a description it is another offer.
	update({ sdp = '', headers = [] } = {}) {
		const d = this.#dialog;
		d.cseq++;
		this.#send(this.#request('UPDATE', { cseq: d.cseq, branch: token(), body: sdp, headers: [...(d.route ?? []),
			`Contact: <sip:${d.from}@${this.local}>`, ...(sdp ? ['Content-Type: application/sdp'] : []), ...headers] }));
	}

	cancel() {
		this.#send(this.#request('CANCEL', { ...this.#dialog.invite, uri: this.#uri() }));
	}

	bye() {
		const d = this.#dialog;
		d.cseq++;
		this.#send(this.#request('BYE', { cseq: d.cseq, branch: token(), headers: d.route }));
	}

	// CANCEL before the answer, BYE after it, also where the two meet: what a telephone does when it is put down.
	hangUp() {
		this.#putDown = !this.#dialog.target;
		if (this.#putDown)
			this.cancel();
		else
			this.bye();
	}

	options() {
		const d = this.#dialog;
		d.cseq++;
		this.#send(this.#request('OPTIONS', { cseq: d.cseq, branch: token(), uri: this.#uri() }));
	}

	// One within the call, sent once.
	optionsInside() {
		const d = this.#dialog;
		d.cseq++;
		this.raw(this.#request('OPTIONS', { cseq: d.cseq, branch: token(), headers: d.route }));
	}

	ack(answer, headers = [], body = '') {
		const d = this.#dialog;
		const ok = answer.status < 300;
		this.raw(this.#request('ACK', { cseq: cseqOf(answer), branch: ok ? token() : d.invite.branch,
			uri: ok ? d.target : this.#uri(), headers: [...((ok && d.route) || []), ...headers], body }));
	}

	#arrived(m) {
		this.messages.push({ at: performance.now(), ...m });
		if (m.status)
			this.#quiet();
		if (m.status >= 200 && / INVITE$/.test(m.headers.cseq?.[0] ?? ''))
			this.#answered(m);
		else if (m.method && m.method !== 'ACK')
			this.#serve(m);
	}

	#answered(m) {
		const d = this.#dialog;
		if (cseqOf(m) !== d.invite?.cseq) { // a former one's, once more: its ACK was late or is lost
			if (this.sendAck && m.status < 300)
				this.ack(m);
			return;
		}
		d.to = m.headers.to[0];
		if (m.status < 300) {
			d.target = /<([^>]+)>/.exec(m.headers.contact?.[0] ?? '')?.[1] ?? this.#uri();
			d.route = [...(m.headers['record-route'] ?? [])].reverse().map((r) => `Route: ${r}`);
			const addr = /^c=IN IP[46] ([\da-f.:]+)/m.exec(m.body), port = /^m=audio (\d+)/m.exec(m.body);
			this.remote = addr && port ? { addr: addr[1], port: Number(port[1]) } : this.remote;
		}
		if (this.sendAck)
			this.ack(m);
		if (this.#putDown && m.status < 300) {
			this.#putDown = false;
			this.bye();
		}
	}

	#serve(m) {
		const status = this.takes.includes(m.method) ? '200 OK' : '501 Not Implemented';
		const copy = (name, title) => (m.headers[name] ?? []).map((v) => `${title}: ${v}`);
		this.raw([`SIP/2.0 ${status}`, ...copy('via', 'Via'), ...copy('from', 'From'), ...copy('to', 'To'),
			...copy('call-id', 'Call-ID'), ...copy('cseq', 'CSeq'),
			...copy('session-expires', 'Session-Expires'), 'Content-Length: 0', '', ''].join('\r\n'));
	}

	// The first message that matches: a final or provisional status, or a method.
	got(what, { timeout = 20000 } = {}) {
		const match = typeof what === 'number' ? (m) => m.status === what : (m) => m.method === what;
		return until(`${what} from the centre`, () => this.messages.find(match), { timeout });
	}

	// The answer to the newest request of this method (its final status); a former one's may come again.
	answer(method, { timeout = 20000, after = 0 } = {}) {
		return until(`the answer to ${method}`, () => this.messages.slice(after).find((m) => m.status >= 200 &&
			m.headers.cseq?.[0] === `${this.#newest[method]} ${method}`), { timeout });
	}

	async close() {
		this.#quiet();
		await new Promise((resolve) => this.#socket.close(resolve));
	}
}
