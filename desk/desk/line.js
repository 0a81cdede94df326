// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * line -- the agent's standing voice connection: made with the microphone, remade by itself, for as long
 * as the page is logged in.
 *
 * on_change() after each change of phase.  send: the socket's; the answer comes back through answer().
 */
import { backoff_ms } from "../common/backoff.js";
import { rtc_new } from "../common/rtc.js";
import { LIMIT_MS, line_next } from "./line_machine.js";

export function line_new({ send, audio, on_change }) {
	let phase = "off";
	let stream = null;
	let rtc = null;
	let ref = 0;
	let tries = 0;
	let timer = 0;

	function event(name) {
		const next = line_next(phase, name);
		if (next === phase)
			return;
		phase = next;
		clearTimeout(timer);
		if (LIMIT_MS[phase])
			timer = setTimeout(() => event("timeout"), LIMIT_MS[phase]);
		enter();
		on_change();
	}

	function enter() {
		if (phase === "offering")
			offer();
		else if (phase === "up")
			tries = 0;
		else if (phase === "wait")
			timer = setTimeout(() => event("retry"), backoff_ms(tries++));
		else if (phase === "off")
			drop();
	}

	function drop() {
		rtc?.close();
		rtc = null;
	}

	const RTC_EVENTS = { connected: "connected", disconnected: "disconnected", failed: "failed" };

	async function offer() {
		drop();
		const mine = rtc_new({
			stream,
			audio,
			on_state: (s) => RTC_EVENTS[s] && event(RTC_EVENTS[s]),
		});
		rtc = mine;
		try {
			const sdp = await mine.offer();
			if (rtc === mine && !send({ t: "line.offer", sdp, ref: "l" + ++ref }))
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
			if (rtc === mine)
				event("answered");
		} catch {
			if (rtc === mine)
				event("failed");
		}
	}

	/* A new microphone on the line that stands, or the line's first one. */
	function use(new_stream) {
		stream = new_stream;
		if (phase === "off")
			event("want");
		else
			rtc?.replace(stream.getAudioTracks()[0]).catch(() => event("failed"));
	}

	/* The centre's word on the line. */
	function view(v) {
		if (v.line === "lost" || v.line === "none")
			event("server_lost");
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
		refused,
		stop: () => event("stop"),
		phase: () => phase,
		stats: async () => (rtc ? rtc.stats() : null),
	};
}
