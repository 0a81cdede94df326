// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * socket -- the page's connection to the centre, which comes back by itself.
 *
 * on_message(object) for each message; on_state(state, code) with "connecting", "open", "waiting" (a new
 * attempt follows; code: why the last one closed), "taken" (another tab works), "ended" (log in again).  The
 * last two stay until connect() is called.
 */
import { backoff_ms } from "./backoff.js";

/* Close codes of ours, docs/desk-protocol.md. */
export const CLOSE_SESSION_ENDED = 4001;
export const CLOSE_TAKEN = 4002;
export const CLOSE_PROTOCOL = 4004;

export function socket_new(path, { on_message, on_state }) {
	let ws = null;
	let tries = 0;
	let timer = 0;

	function connect() {
		clearTimeout(timer);
		drop();
		on_state("connecting");
		const url = (location.protocol === "https:" ? "wss://" : "ws://") + location.host;
		const mine = new WebSocket(url + path, "heimamt");
		let opened = false;
		ws = mine;
		mine.onopen = () => {
			opened = true;
			send({ t: "hello", protocol: 1 });
			on_state("open");
		};
		mine.onmessage = (ev) => {
			tries = 0; // not at "open": a centre that lets in and throws out is not back
			const msg = parse(ev.data);
			if (msg)
				on_message(msg);
		};
		mine.onclose = (ev) => {
			if (ws === mine)
				closed(ev.code, opened);
		};
	}

	function closed(code, opened) {
		ws = null;
		if (code === CLOSE_SESSION_ENDED)
			on_state("ended");
		else if (code === CLOSE_TAKEN)
			on_state("taken");
		else if (opened)
			again(code);
		else
			ask_why();
	}

	/* A refused upgrade tells a page nothing; the same address as a plain request does. */
	async function ask_why() {
		again(0);
		try {
			const answer = await fetch(path, { cache: "no-store" });
			if (answer.status === 401 && !is_open()) {
				clearTimeout(timer);
				drop();
				on_state("ended");
			}
		} catch {
			// the centre is away: the next attempt is already set
		}
	}

	function again(code) {
		clearTimeout(timer);
		timer = setTimeout(connect, backoff_ms(tries++));
		on_state("waiting", code);
	}

	function drop() {
		if (!ws)
			return;
		const old = ws;
		ws = null;
		old.close();
	}

	function is_open() {
		return ws !== null && ws.readyState === WebSocket.OPEN;
	}

	/* False: not sent, the connection is away. */
	function send(msg) {
		if (!is_open())
			return false;
		ws.send(JSON.stringify(msg));
		return true;
	}

	return { connect, send, is_open };
}

function parse(text) {
	try {
		const msg = JSON.parse(text);
		return msg && typeof msg.t === "string" ? msg : null;
	} catch {
		return null;
	}
}
