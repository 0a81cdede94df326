// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * socket -- the page's connection to the centre, which comes back by itself.
 *
 * on_message(object) for each message; on_state(state, code) with "connecting", "open", "waiting" (a new
 * attempt follows; code: why the last one closed), "taken" (another tab works), "ended" (log in again).  The
 * last two stay until connect() is called.  hello: what a hello says besides.
 *
 * watch: the page says hello again after 10 s (quiet_ms) without a word, and at once when the device wakes, the network
 * comes or the page is looked at; a centre that does not answer is connected to anew.  The centre's own
 * pings are not shown to scripts, and a connection that is lost without a word would never be missed.
 */
import { backoff_ms } from "./backoff.js";

/* Close codes of ours, docs/desk-protocol.md. */
export const CLOSE_SESSION_ENDED = 4001;
export const CLOSE_TAKEN = 4002;
export const CLOSE_PROTOCOL = 4004;

const BEAT_MS = 1000;
export const QUIET_MS = 10000;
export const ANSWER_MS = 5000; /* to a hello */
const CONNECT_MORE_MS = 3000; /* and so much longer to a new connection: TLS goes to and fro */
export const SLEPT_MS = 5000; /* a beat that comes so late: the device slept */

/* What a beat asks for: "dead" (nobody answers), "ask", or "". Times in ms; asked: 0 when nothing is owed.
 * After a sleep an answer may still lie in the queue, so it is asked for once more. pure */
export function beat_means({ now, heard, asked, late, quiet_ms = QUIET_MS }) {
	if (late > SLEPT_MS)
		return "ask";
	if (asked > 0)
		return now - asked > ANSWER_MS ? "dead" : "";
	return now - heard > quiet_ms ? "ask" : "";
}

export function socket_new(path, { on_message, on_state, hello = () => ({}), watch = false, quiet_ms }) {
	let ws = null;
	let tries = 0;
	let timer = 0;
	let heard = 0;
	let asked = 0; /* when an answer was asked for that has not come */
	let beat_at = [performance.now(), Date.now()];

	function connect() {
		stop_timer();
		drop();
		on_state("connecting");
		const url = (location.protocol === "https:" ? "wss://" : "ws://") + location.host;
		const mine = new WebSocket(url + path, "heimamt");
		let opened = false;
		ws = mine;
		asked = performance.now() + CONNECT_MORE_MS;
		mine.onopen = () => {
			opened = true;
			ask();
			on_state("open");
		};
		mine.onmessage = (ev) => {
			tries = 0; // not at "open": a centre that lets in and throws out is not back
			heard = performance.now();
			asked = 0;
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
		else if (code === 4006) /* left the house */
			on_state("left");
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
				stop_timer();
				drop();
				on_state("ended");
			}
		} catch {
			// the centre is away: the next attempt is already set
		}
	}

	function stop_timer() {
		clearTimeout(timer);
		timer = 0;
	}

	function again(code) {
		stop_timer();
		timer = setTimeout(connect, backoff_ms(tries++));
		on_state("waiting", code);
	}

	function ask() {
		asked = performance.now();
		send({ t: "hello", protocol: 1, ...hello() });
	}

	function beat() {
		/* One clock may stand still in a sleep, the other may be set: whichever ran further. */
		const at = [performance.now(), Date.now()];
		const late = Math.max(at[0] - beat_at[0], at[1] - beat_at[1]) - BEAT_MS;
		beat_at = at;
		const means = ws ? beat_means({ now: at[0], heard, asked, late, quiet_ms }) : "";
		if (means === "ask")
			ask();
		else if (means === "dead") {
			drop();
			again(0);
		}
	}

	/* On a network again, or looked at: nothing is waited for. */
	function check() {
		if (!is_open())
			timer && connect();
		else if (!asked)
			ask();
	}

	if (watch) {
		setInterval(beat, BEAT_MS);
		addEventListener("online", check);
		document.addEventListener("visibilitychange", () => document.hidden || check());
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

	return { connect, send, is_open, check };
}

function parse(text) {
	try {
		const msg = JSON.parse(text);
		return msg && typeof msg.t === "string" ? msg : null;
	} catch {
		return null;
	}
}
