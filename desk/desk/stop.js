// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * stop -- "I must stop for today" in the middle of a call: after it, or now, with the caller handed to its queue.
 *
 * No reason is asked for and none can be given [RULES N4].  Whether the caller can go elsewhere the centre says; until
 * it has, the talk goes on.
 */
import { html } from "../common/dom.js";

const TALKS = ["talking", "interrupted", "hold"];

function show_modal(el) {
	if (el && !el.open)
		el.showModal();
}

/* send(message): to the centre; draw(): something changed. */
export function stop_new(m, { send, draw }) {
	let call = ""; /* while the dialog is open */
	let problem = "";
	let sent = "";
	let ref = 0;

	function open() {
		call = m.view?.call?.id ?? "";
		problem = sent = "";
		draw();
	}

	function close() {
		call = "";
		draw();
	}

	function end(hand_over) {
		if (sent)
			return;
		sent = "e" + ++ref;
		problem = send({ t: "shift.end", hand_over, ref: sent }) ? "" : "other";
		if (problem)
			sent = "";
		draw();
	}

	/* True: that was ours. */
	function refused(msg) {
		if (!msg.ref.startsWith("e"))
			return false;
		if (msg.ref === sent) {
			problem = msg.code;
			sent = "";
		}
		return true;
	}

	/* The talk is over, or will be the last one. */
	function view(v) {
		if (call && (!TALKS.includes(v.state) || v.call?.id !== call || v.stop_after))
			call = "";
	}

	const button = (id, kind, hand_over) => html`<button
		type="button"
		class=${"action " + kind}
		data-action=${id}
		aria-busy=${sent !== ""}
		aria-describedby=${hand_over ? "stop-hand-over" : null}
		onClick=${() => end(hand_over)}
	>
		<span>${m.t(hand_over ? "stop.hand_over" : "stop.after")}</span>
	</button>`;

	function dialog() {
		const { t, view: v } = m;
		if (!call)
			return null;
		const why = problem && (t("stop.no." + problem) || t("stop.no.other"));
		return html`<dialog class="help stop" aria-labelledby="stop-title" ref=${show_modal} onClose=${close}>
			<h2 id="stop-title" tabindex="-1">${t("stop.title")}</h2>
			<p>${t("stop.about")}</p>
			<div class="actions" role="group" aria-labelledby="stop-title">
				${button("stop_after", "go", false)} ${button("stop_hand_over", "plain", true)}
			</div>
			<div role="alert">
				${why && html`<p class="notice" data-grave="true">${why} ${t("stop.still")}</p>`}
			</div>
			<p class="quiet" id="stop-hand-over">${t("stop.hand_over.about", { queue: v.call?.queue ?? "" })}</p>
			<button type="button" class="small" onClick=${(ev) => ev.currentTarget.closest("dialog").close()}>
				<span>${t("stop.stay")}</span><kbd aria-hidden="true">Esc</kbd>
			</button>
		</dialog>`;
	}

	return { open, refused, view, dialog };
}
