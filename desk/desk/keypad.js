// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * keypad -- keys for the caller's side, when a machine answers there: a switchboard that asks for an extension.
 *
 * A quiet button in a talk, and K.  It stays open until it is closed or the talk is over.  Keys go to the centre one by one and are kept nowhere, neither
 * here nor there.  Loaded with late.js.
 */
import { html } from "../common/dom.js";
import { field_of, key_allowed, key_matches } from "./keys.js";

export const KEYPAD_KEY = "K";
const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const NAMES = { "*": "star", "#": "hash" };

function show_modal(el) {
	if (el && !el.open)
		el.showModal();
}

/* send(message): to the centre; draw(): something changed. */
export function keypad_new(m, { send, draw }) {
	let call = ""; /* while it is open */
	let said = ""; /* of the last key: a word */
	let ref = 0;

	const name_of = (key) => (NAMES[key] ? m.t("keypad." + NAMES[key]) : key);

	function open() {
		call = m.view?.state === "talking" ? m.view.call.id : "";
		said = "";
		draw();
	}

	function close() {
		call = "";
		draw();
	}

	function press(key) {
		const sent = send({ t: "key", call, key, ref: "k" + ++ref });
		said = m.t(sent ? "keypad.sent" : "keypad.no.other", { key: name_of(key) });
		draw();
	}

	/* True: that was ours. */
	function refused(msg) {
		if (!msg.ref.startsWith("k"))
			return false;
		said = m.t("keypad.no." + msg.code) || m.t("keypad.no.other");
		return true;
	}

	function view(v) {
		if (call && (v.state !== "talking" || v.call?.id !== call))
			call = "";
	}

	function pressed(ev) {
		if (!KEYS.includes(ev.key) || ev.ctrlKey || ev.altKey || ev.metaKey)
			return;
		ev.preventDefault();
		ev.stopPropagation();
		if (!ev.repeat)
			press(ev.key);
	}

	const button = () =>
		m.view?.state === "talking" &&
		html`<p class="keypad-open">
			<button type="button" class="small" data-action="keypad" aria-keyshortcuts=${KEYPAD_KEY} onClick=${open}>
				<span>${m.t("action.keypad")}</span><kbd aria-hidden="true">${KEYPAD_KEY}</kbd>
			</button>
		</p>`;

	function dialog() {
		const { t } = m;
		if (!call)
			return null;
		return html`<dialog class="help keypad" aria-labelledby="keypad-title" ref=${show_modal} onClose=${close} onKeyDown=${pressed}>
			<h2 id="keypad-title">${t("action.keypad")}</h2>
			<p class="quiet">${t("keypad.about")}</p>
			<div class="keypad-keys">
				${KEYS.map(
					(k) =>
						html`<button type="button" class="action" data-key=${k} aria-label=${name_of(k)} onClick=${() => press(k)}>${k}</button>`,
				)}
			</div>
			<p role="status">${said}</p>
			<button type="button" class="small" onClick=${(ev) => ev.currentTarget.closest("dialog").close()}>
				<span>${t("action.close")}</span><kbd aria-hidden="true">Esc</kbd>
			</button>
		</dialog>`;
	}

	addEventListener("keydown", (ev) => {
		if (m.view?.state !== "talking" || m.covered || document.querySelector("dialog[open]"))
			return;
		if (!key_matches(KEYPAD_KEY, ev) || !key_allowed(KEYPAD_KEY, field_of(ev.target), m.look.letters))
			return;
		ev.preventDefault();
		open();
	});

	return { open, refused, view, button, dialog };
}
