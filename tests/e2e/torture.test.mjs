// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Odd and broken SIP messages from a peer at the real centre: each gets the answer that the RFC wants, the centre
// serves the next request as if nothing had been, and nothing of what they say stands in the log.

import assert from 'node:assert/strict';
import test from 'node:test';
import { Caller, parseSip } from './lib/caller.mjs';
import { Centre } from './lib/centre.mjs';
import { Desk } from './lib/desk.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { bindUdp } from './lib/ports.mjs';
import { message, rows, SILENCE } from './lib/torture.mjs';
import { until } from './lib/wait.mjs';

// One row's telephone: what came to it, and a way to ask whether the centre still answers.
class Phone {
	answers = []; // final, to the message itself
	#pings = new Set();
	#n = 0;

	static async open(t, centre, id, sdp) {
		const phone = new Phone();
		phone.socket = await bindUdp();
		phone.sip = centre.sip();
		phone.c = { id, sdp, at: `${phone.sip.addr}:${phone.sip.port}`, me: `127.0.0.1:${phone.socket.address().port}` };
		phone.socket.on('message', (bytes) => phone.#arrived(parseSip(bytes.toString())));
		t.after(() => phone.socket.close());
		return phone;
	}

	send(bytes) {
		this.socket.send(bytes, this.sip.port, this.sip.addr);
	}

	#arrived(m) {
		const id = m.headers['call-id']?.[0] ?? '';
		if (id.endsWith('-ping'))
			this.#pings.add(id);
		else if (m.status >= 200)
			this.#final(m);
	}

	// A refused INVITE wants its ACK (RFC 3261 section 17.1.1.3), or its answer comes again.
	#final(m) {
		const head = (name) => m.headers[name]?.[0] ?? '';
		const again = this.answers.some((a) => a.headers.cseq?.[0] === head('cseq') && a.headers['call-id']?.[0] === head('call-id'));
		if (!again)
			this.answers.push(m);
		if (/INVITE$/.test(head('cseq')))
			this.send(message(this.c, { method: 'ACK', via: `Via: ${head('via').replace(/;(received|rport)=[^;]*/g, '')}`,
				from: `From: ${head('from')}`, to: `To: ${head('to')}`, callId: `Call-ID: ${head('call-id')}`,
				cseq: `CSeq: ${parseInt(head('cseq'), 10)} ACK` }));
	}

	// The centre serves in order: once this is answered, whatever was to be refused at once has been.
	async ping() {
		const callId = `${this.c.id}-${this.#n++}-ping`;
		const text = message(this.c, { method: 'OPTIONS', callId: `Call-ID: ${callId}`, via: `Via: SIP/2.0/UDP ${this.c.me};branch=z9hG4bK${callId}` });
		this.send(text);
		await until('the answer to OPTIONS', () => this.#pings.has(callId));
	}
}

const shown = (answers) => answers.map((a) => a.status).join(', ') || 'silence';

async function tried(t, centre, row, i, sdp) {
	const phone = await Phone.open(t, centre, `torture${i}x`, sdp);
	phone.send(row.bytes(phone.c));
	if (!row.want.includes(SILENCE))
		await until(row.name, () => phone.answers.length, { timeout: 5000 }).catch(() => {});
	await phone.ping();
	return phone;
}

// What is wrong with what came back; null: nothing.
function fault(row, { answers }) {
	const [first] = answers;
	if (answers.length > 1 || !row.want.includes(first?.status ?? SILENCE))
		return `got ${shown(answers)}, wanted ${row.want.map((s) => s || 'silence').join(' or ')}`;
	for (const [name, value] of Object.entries(first ? row.headers : {}))
		if (!value.test(first.headers[name]?.[0] ?? ''))
			return `${first.status} with ${name}: ${first.headers[name]}`;
	return null;
}

test('torture: each message gets the answer that the RFC wants', async (t) => {
	const centre = await Centre.start(t);
	const endpoint = await Endpoint.open();
	t.after(() => endpoint.close());
	const begun = centre.log.length;
	const phones = [];
	for (const [i, row] of rows.entries()) {
		const phone = await tried(t, centre, row, i, endpoint.sdp());
		phones.push(phone);
		await t.test(`${row.section}: ${row.name}`, () => assert.equal(fault(row, phone), null));
	}

	await t.test('later nothing more came to anybody', () => {
		for (const [i, phone] of phones.entries())
			assert.equal(fault(rows[i], phone) && phone.answers.length > 1 ? rows[i].name : '', '');
	});
	await t.test('a call goes through all the same', async () => {
		const desk = await Desk.ready(t, centre, 'anna');
		const caller = await Caller.open(t, { sip: centre.sip() });
		caller.invite({ sdp: endpoint.sdp() });
		assert.equal((await caller.answer('INVITE')).status, 200);
		await desk.state('offered');
		caller.hangUp();
		assert.equal((await caller.answer('BYE')).status, 200);
		await desk.view((v) => v.state === 'ready');
	});
	await t.test('the log has each line of its own, and no number', () => {
		const log = centre.log.slice(begun);
		for (const line of log)
			assert.match(line, /^\d{4}-\d\d-\d\dT[\d:.]+Z (heimamt|relay) (debug|info|warn|error): /, 'a line that is not ours');
		assert.ok(!log.some((l) => l.includes('0791234567')));
		assert.ok(!log.some((l) => /forged|spaces|crazy/.test(l)));
	});
});
