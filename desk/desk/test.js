// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * test -- the line test before the shift: hear yourself, see your level, packets both ways, notifications.
 * Loaded when it is first shown.
 */
import { html } from "../common/dom.js";
import { number } from "../common/time.js";
import { caps, meter } from "./state.js";
import { line_shown } from "./line_machine.js";
import { key_aria, TEST_KEY } from "./keys.js";
import { notify_state } from "./ring.js";
import { stats_read } from "./stats.js";

const ASK_MS = 1000;

/* Begins and ends the test; asks what both ends of the line counted, before the shift, once a second.  say(id, message):
 * busy until the next view. */
export function counts_new(m, { socket, line, draw, say }) {
	let ref = 0;

	async function ask() {
		if (m.view?.state !== "out" || m.phase !== "up")
			return;
		socket.send({ t: "line.stats", ref: "s" + ++ref });
		const report = await line.stats();
		m.browser_stats = report && stats_read(report);
		draw();
	}

	function came(msg) {
		if (msg.ref === "s" + ref)
			m.relay_stats = msg;
	}

	function test(on) {
		if (m.busy || line_shown(m.phase, m.view) !== "up" || m.view.state !== "out")
			return;
		if (on)
			m.heard = false;
		say("test", { t: "line.test", on });
	}

	/* What a key does here, or undefined. */
	const key = (hit) =>
		m.view.state === "out" && hit(TEST_KEY) ? () => test(!m.view.testing) : undefined;

	setInterval(ask, ASK_MS);
	return { ask, came, test, key };
}

/* What the two ends counted, in words; relay: line.stats, browser: rtc's. pure */
export function packets_of(relay, browser) {
	if (!relay || !browser)
		return { both: false, known: false };
	const rtt = relay.round_trip_us > 0 ? relay.round_trip_us / 1000 : browser.round_trip_ms;
	return {
		known: true,
		out: relay.rx,
		back: browser.received,
		both: relay.rx > 0 && browser.received > 0,
		lost: relay.lost + browser.lost,
		delay_ms: rtt === null ? null : Math.max(1, Math.round(rtt)),
	};
}

function packet_words(t, p) {
	if (!p.known)
		return t("test.packets.idle");
	const parts = [
		t("test.packets.out", { n: number(p.out) }),
		t("test.packets.in", { n: number(p.back) }),
		t("test.loss", { n: number(p.lost) }),
	];
	if (p.delay_ms !== null)
		parts.push(t("test.delay", { n: number(p.delay_ms) }));
	return parts.join(" · ");
}

function row(name, good, words, control) {
	return html`<div class="row" data-good=${good}>
		<dt>${name}</dt>
		<dd class="row-words">${words}</dd>
		<dd class="row-control">${control}</dd>
	</div>`;
}

function mic_row(m, ui) {
	const { t, view: v } = m;
	const words = m.heard ? "test.mic.good" : v.testing ? "test.mic.speak" : "test.mic.idle";
	return row(t("test.mic"), m.heard, t(words), meter(t("mic.level"), ui.meter));
}

function echo_row(m, ui) {
	const { t, view: v } = m;
	const off = line_shown(m.phase, v) !== "up" || m.socket !== "open";
	const button = html`<button
		type="button"
		class="small"
		data-action="test"
		aria-disabled=${off}
		aria-busy=${m.busy === "test"}
		aria-keyshortcuts=${key_aria(TEST_KEY, m.mac)}
		onClick=${() => !off && ui.test(!v.testing)}
	>
		<span>${t(v.testing ? "action.test_stop" : "action.test")}</span>${caps(TEST_KEY, m.mac)}
	</button>`;
	return row(t("test.echo"), false, t("line." + line_shown(m.phase, v)), button);
}

async function notify_ask(ui) {
	await Notification.requestPermission();
	ui.draw();
}

function notify_row(m, ui) {
	const { t } = m;
	const ask = html`<button type="button" class="small" data-action="notify" onClick=${() => notify_ask(ui)}>
		${t("test.notify.ask")}
	</button>`;
	const is = notify_state();
	const key = is === "default" ? null : t("test.notify." + is);
	return row(t("test.notify"), is === "granted", key ?? "", key ? null : ask);
}

export function line_test(m, ui) {
	const { t } = m;
	const p = packets_of(m.relay_stats, m.browser_stats);
	return html`<section class="card test" aria-labelledby="test-title">
		<h2 id="test-title">${t("test.title")}</h2>
		<p class="about">${t("test.about")}</p>
		<dl class="rows">
			${echo_row(m, ui)} ${mic_row(m, ui)}
			${row(t("test.packets"), p.both, packet_words(t, p), null)} ${notify_row(m, ui)}
		</dl>
	</section>`;
}
