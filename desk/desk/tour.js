// SPDX-License-Identifier: AGPL-3.0-or-later
/* tour -- the desk of a first shift in six short steps; skipped by Esc, and to be had again.  Loaded when first asked for. */
import { html } from "../common/dom.js";
import { ACTIONS } from "./actions.js";
import { COVER_KEY } from "./keys.js";
import { caps } from "./state.js";

/* What each step is about, and the key that belongs to it. */
const STEPS = [
	["state", ""],
	["offer", ACTIONS.accept.key],
	["pause", ACTIONS.pause.key],
	["came", COVER_KEY],
	["mic", ACTIONS.mute.key],
	["own", "?"],
];

function show_modal(el) {
	if (el && !el.open)
		el.showModal();
}

export function dialog_new(m, { draw, close }) {
	let at = 0;

	/* The button may go with its step: the focus goes to the words that came. */
	function go(by) {
		at += by;
		if (at >= STEPS.length)
			return close();
		draw();
		document.getElementById("tour-title")?.focus();
	}

	return {
		draw() {
			const { t } = m;
			const [name, key] = STEPS[at];
			const last = at === STEPS.length - 1;
			return html`<dialog class="help tour" aria-labelledby="tour-title" ref=${show_modal} onClose=${close}>
				<p class="quiet">${t("tour.step", { n: at + 1, all: STEPS.length })}</p>
				<h2 id="tour-title" tabindex="-1">${t(`tour.${name}.title`)}</h2>
				<p>${t("tour." + name)}</p>
				${key && html`<p>${caps(key, m.mac)}<span class="sr">${key}</span></p>`}
				<p class="door-row">
					<button type="button" class="small tour-next" data-action="tour_next" autofocus onClick=${() => go(1)}><span>${t(last ? "tour.done" : "tour.next")}</span></button>
					${at > 0 && html`<button type="button" class="small" data-action="tour_back" onClick=${() => go(-1)}><span>${t("tour.back")}</span></button>`}
					${!last && html`<button type="button" class="small" data-action="tour_end" onClick=${close}><span>${t("tour.skip")}</span><kbd aria-hidden="true">Esc</kbd></button>`}
				</p>
			</dialog>`;
		},
	};
}
