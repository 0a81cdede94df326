// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * way -- which way the agent's voice takes to the house, in one calm sentence where it is not the direct one; and when there is
 * none, whether the house's TURN server was asked and what it said (m.detour, for notices.js).  Part of late.js.
 *
 * What is said is what the browser says of the pair of addresses that it uses (RTCTransportStats).  Nothing of it is sent.
 */
import { html } from "../common/dom.js";
import { is_refusal, way_of } from "./way_rule.js";
import { WAY } from "./way_words.js";

export function way_new(m, { line, draw }) {
	let rtc = null; /* whose way it is */
	let way = "";

	function settle() {
		if (rtc !== line.rtc())
			begin();
		if (m.phase === "up") {
			m.detour = "";
			watch(rtc);
			look(rtc);
		}
	}

	function begin() {
		rtc = line.rtc();
		way = "";
		if (!rtc || m.turn.length === 0)
			return;
		m.detour ||= "_turn";
		let refused = false; /* by one of its ways is worth more than silence of another */
		rtc.pc.onicecandidateerror = (ev) => {
			refused ||= is_refusal(ev.errorCode);
			m.detour = refused ? "_refused" : "_turn";
			draw();
		};
	}

	/* A better way that is found later is taken. */
	function watch(mine) {
		const ice = mine.transceiver.sender.transport?.iceTransport;
		if (ice)
			ice.onselectedcandidatepairchange = () => look(mine);
	}

	async function look(mine) {
		const report = await mine.stats();
		if (rtc !== mine)
			return;
		const before = way;
		way = way_of(report);
		if (way !== before)
			draw();
	}

	function sign() {
		if (!way || m.phase !== "up")
			return null;
		return html`<p class="quiet way" data-way=${way}>${(WAY[m.t.language] ?? WAY.en)[way]}</p>`;
	}

	settle();
	return { settle, sign };
}
