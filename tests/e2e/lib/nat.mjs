// SPDX-License-Identifier: AGPL-3.0-or-later
//
// nat -- the router of a home: a browser's packets go through it to the relay, from a port of its own for each of the
// browser's.  It can forget those ports (a rebinding), lose everything for a while, and some of the voice all the time.

import { bindUdp } from './ports.mjs';

// Of the lines of the first relay, as the log has it.
export function relayPort(centre) {
	return Number(/relay 0 is up: .* port (\d+)/.exec(centre.log.find((l) => l.includes('relay 0 is up')))[1]);
}

export class Nat {
	#inner;
	#outer = new Map(); // the browser's port -> the socket towards the relay
	#relay;
	#isAway = false;
	#isGone = null; // is this packet of voice lost?
	#voice = { out: 0, back: 0 }; // packets of it, each way
	towardsBrowser = []; // performance.now() of each packet that the relay sent and the browser got

	// In front of the relay's port. The browser is pointed here by behind().
	static async open(t, relayPort) {
		const nat = new Nat();
		nat.#relay = relayPort;
		nat.#inner = await bindUdp();
		nat.port = nat.#inner.address().port;
		nat.#inner.on('message', (bytes, from) => nat.#out(bytes, from.port));
		t.after(() => nat.#close());
		return nat;
	}

	// Before the page is opened: its connections go through here.
	async behind(context) {
		await context.addInitScript(([relay, port]) => {
			const native = RTCPeerConnection.prototype.setRemoteDescription;
			RTCPeerConnection.prototype.setRemoteDescription = function (description) {
				return native.call(this, { type: description.type,
					sdp: description.sdp.replaceAll(` ${relay} `, ` ${port} `) });
			};
		}, [this.#relay, this.port]);
	}

	async #out(bytes, port) {
		if (this.#isAway || this.#isLost(bytes, 'out'))
			return;
		if (!this.#outer.has(port))
			this.#outer.set(port, this.#newPort(port));
		const socket = await this.#outer.get(port);
		socket.send(bytes, this.#relay, '127.0.0.1');
	}

	async #newPort(port) {
		const socket = await bindUdp();
		socket.on('message', (bytes) => {
			if (this.#isAway || socket.isForgotten || this.#isLost(bytes, 'back'))
				return;
			this.towardsBrowser.push(performance.now());
			this.#inner.send(bytes, port, '127.0.0.1');
		});
		return socket;
	}

	// From now on the relay sees the browser at other ports, and what it sends to the old ones is lost.
	async rebind() {
		const old = [...this.#outer.values()];
		this.#outer.clear();
		for (const socket of await Promise.all(old)) {
			socket.isForgotten = true;
			socket.close();
		}
	}

	// Each n-th packet of voice is lost, both ways; 0: none. Or those of which a function, told the way ("out" or "back"), says so.
	// Never checks, handshakes or reports (RFC 7983, 5761).
	lose(which) {
		this.#isGone = typeof which === 'function' ? which : which > 0 ? (way) => this.#voice[way] % which === 0 : null;
	}

	#isLost(bytes, way) {
		const isVoice = bytes[0] >> 6 === 2 && (bytes[1] < 192 || bytes[1] > 223);
		if (!isVoice || !this.#isGone)
			return false;
		this.#voice[way]++;
		return this.#isGone(way);
	}

	away(isAway) {
		this.#isAway = isAway;
	}

	async #close() {
		await this.rebind();
		this.#inner.close();
	}
}

// The longest pause between moments from one time to another, in ms.
export function longestGap(moments, from, to) {
	const inside = moments.filter((at) => at >= from && at < to);
	return [...inside, to].reduce((longest, at, i) => Math.max(longest, at - (i ? inside[i - 1] : from)), 0);
}
