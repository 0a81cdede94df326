// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * line -- the agent's standing voice connection: made with the microphone, remade by itself, for as long
 * as the page is logged in.
 *
 * One attempt at a time, at a bounded pace, and only while the centre can be asked: an attempt that would fall
 * into a lost connection is held until its first view.  on_change() after each change of phase.  socket: send()
 * and is_open(); the answer comes back through answer(). turn(): the TURN servers, with an account for this one line.
 */
import { backoff_ms, pace } from "../common/backoff.js";
import { rtc_new } from "../common/rtc.js";
import { limit_ms, line_next } from "./line_machine.js";

export function line_new({ socket, audio, on_change, turn }) {
	let phase = "off";
	let stream = null;
	let rtc = null;
	let ref = 0;
	let tries = 0;
	let due = 0; /* of pace() */
	let held = false;
	let timer = 0;
	let blocked = 0; /* how often the centre answered and no voice came through */

	function event(name) {
		const next = line_next(phase, name);
		if (next === phase)
			return;
		if (next === "up")
			blocked = 0;
		else if (phase === "connecting" && next === "wait")
			blocked++;
		phase = next;
		held = false;
		clearTimeout(timer);
		const limit = limit_ms(phase, tries);
		if (limit)
			timer = setTimeout(event, limit, "timeout");
		enter(name);
		on_change();
	}

	function enter(why) {
		if (phase === "offering")
			offer();
		else if (phase === "up")
			up();
		else if (phase === "wait")
			again(why === "nudge" ? 0 : backoff_ms(tries++));
		else if (phase === "off")
			drop();
	}

	/* Heard again by the centre, though the browser has not noticed yet: the same watch as before. */
	function up() {
		tries = 0;
		if (rtc.state() === "disconnected")
			event("disconnected");
	}

	function again(ms) {
		clearTimeout(timer);
		timer = setTimeout(retry, ms);
	}

	function retry() {
		held = !socket.is_open();
		if (held)
			return;
		const next = pace(due, performance.now());
		if (next.wait_ms > 0)
			return again(next.wait_ms);
		due = next.due;
		event("retry");
	}

	function drop() {
		rtc?.close();
		rtc = null;
	}

	function on_rtc(state) {
		if (state === "connected")
			event(held ? "healed" : "connected");
		else if (state === "disconnected" || state === "failed")
			event(state);
	}

	async function offer() {
		let mine = null;
		try {
			drop();
			rtc = mine = rtc_new({ stream, audio, on_state: on_rtc, turn: turn() });
			const sdp = await mine.offer();
			if (rtc === mine && !socket.send({ t: "line.offer", sdp, ref: "l" + ++ref }))
				event("failed");
		} catch {
			if (rtc === mine)
				event("failed");
		}
	}

	async function answer(msg) {
		const mine = rtc;
		if (phase !== "offering" || msg.ref !== "l" + ref)
			return;
		try {
			await mine.answer(msg.sdp);
			if (rtc !== mine)
				return;
			event("answered");
			on_rtc(mine.state()); /* what it came to meanwhile is not told again */
		} catch {
			if (rtc === mine)
				event("failed");
		}
	}

	/* A new microphone on the line that stands, or the line's first one. */
	function use(new_stream) {
		const mine = rtc;
		stream = new_stream;
		if (phase === "off")
			event("want");
		else
			mine?.replace(stream.getAudioTracks()[0]).catch(() => rtc === mine && event("failed"));
	}

	const VIEW_EVENTS = {
		none: "server_lost",
		lost: "server_lost",
		silent: "server_silent",
		up: "server_up",
	};

	/* The centre's word on the line. */
	function view(v) {
		if (held)
			/* The centre is back: the old line may have come back by itself meanwhile. */
			v.line === "up" && rtc?.state() === "connected" ? event("healed") : again(0);
		else if (VIEW_EVENTS[v.line])
			event(VIEW_EVENTS[v.line]);
	}

	/* The network changed: what is broken is not waited for any longer. */
	function nudge() {
		tries = 0;
		if (phase === "wait" && !held)
			again(0);
		else
			event("nudge");
	}

	/* An error that answers our offer; false: it answers an older one. */
	function refused(r) {
		if (phase !== "offering" || r !== "l" + ref)
			return false;
		event("failed");
		return true;
	}

	return {
		use,
		answer,
		view,
		nudge,
		refused,
		cut: () => event("cut"), /* the answer to our offer will not come */
		stop: () => event("stop"),
		phase: () => phase,
		blocked: () => blocked,
		rtc: () => rtc,
		is_held: () => rtc !== null, /* one that we made, whatever became of it */
		stats: async () => (rtc ? rtc.stats() : null),
	};
}
