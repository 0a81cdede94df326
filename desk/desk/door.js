// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * door -- the door display on the agent's own desk: its code to scan, when a pause ends, its end; and the family's
 * sheet.
 *
 * The token is here only while its code is shown; the centre keeps no more than its hash, so another code is
 * another token, and the one before ends.
 */
import { html } from "../common/dom.js";
import { hour } from "../common/hour.js";
import { shape } from "./state.js";

const BACK = [10, 15, 30, 60]; /* minutes */
const QUIET_ZONE = 4; /* modules around the code: ISO/IEC 18004 section 6.3.8 */

/* The dark modules, row by row, as one path. pure */
export function qr_path(code) {
	let d = "";
	for (let y = 0; y < code.size; y++)
		for (let x = 0; x < code.size; x++)
			if (code.get(x, y))
				d += `M${x + QUIET_ZONE} ${y + QUIET_ZONE}h1v1h-1z`;
	return d;
}

function show_modal(el) {
	if (el && !el.open)
		el.showModal();
}

/* send(message): to the centre; changed(): something is to be drawn. */
export function door_new(m, send, changed) {
	let shown = null; /* { address, code }: while the code is to be seen */

	/* The code is made here, of what only this page was told.  What was asked for in another state does not cover this one. */
	async function came(msg) {
		const at = m.view?.state;
		const { generate } = await import("../lib/qr.js");
		if (m.view?.state !== at)
			return;
		const address = `${location.origin}/door/#${msg.token}`;
		shown = { address, code: generate(address) };
		changed();
	}

	function hide() {
		shown = null;
		changed();
	}

	const button = (id, words, msg) => html`<button
		type="button"
		class="small"
		data-action=${id}
		aria-disabled=${m.socket !== "open"}
		onClick=${() => send(msg)}
	>
		${words}
	</button>`;

	function dialog() {
		const { t } = m;
		const side = shown.code.size + 2 * QUIET_ZONE;
		return html`<dialog class="help door-code" aria-labelledby="door-code-title" ref=${show_modal} onClose=${hide}>
			<h2 id="door-code-title">${t("door.code.title")}</h2>
			<p class="quiet">${t("door.code.about")}</p>
			<svg class="qr" viewBox="0 0 ${side} ${side}" role="img" aria-label=${t("door.code.image")}>
				<path d=${qr_path(shown.code)} />
			</svg>
			<a class="small" href=${shown.address} target="_blank" rel="noopener" data-action="door_here">${t("door.here")}</a>${" "}
			<button type="button" class="small" onClick=${hide}>${t("action.close")}</button>
		</dialog>`;
	}

	/* Only while it is true: before a shift, or in a talk, nobody asks when a pause ends. */
	function back() {
		const { t, view: v } = m;
		if (v.state !== "pause" && v.state !== "away")
			return null;
		if (v.door.back_at)
			return html`<p class="door-row">
				${t("door.says_back", { time: hour(v.door.back_at) })}
				${button("door_back_0", t("door.take_back"), { t: "door.back", minutes: 0 })}
			</p>`;
		return html`<div class="door-back" role="group" aria-label=${t("door.back_in")}>
			<span>${t("door.back_in")}</span>
			${BACK.map((n) => button("door_back_" + n, t("door.minutes", { n }), { t: "door.back", minutes: n }))}
		</div>`;
	}

	function running() {
		const { t, view: v } = m;
		const n = v.door.pages;
		return html`<p class="mark" data-state=${n ? "ready" : "out"}>
				${shape(n ? "ready" : "out")} ${t(n === 0 ? "door.none" : n === 1 ? "door.one" : "door.many", { n })}
			</p>
			${back()}
			<div class="door-row">
				${button("door_open", t("door.again"), { t: "door.open" })}
				${button("door_end", t("door.stop"), { t: "door.end" })}
			</div>
			<p class="quiet">${t("door.again.about")}</p>`;
	}

	function section() {
		const { t, view: v } = m;
		/* nothing may lie above an offer, and a token that has ended is no use */
		if (shown && (v.state === "offered" || !v.door))
			shown = null;
		return html`<section class="door-display" aria-labelledby="door-title">
			<h2 id="door-title">${t("door.title")}</h2>
			${v.door
				? running()
				: html`<p class="quiet">${t(v.state === "out" ? "door.in_shift" : "door.about")}</p>
						${v.state !== "out" && button("door_open", t("door.show"), { t: "door.open" })}`}
			<a class="small" href="/sheet/" target="_blank" rel="noopener" data-action="sheet">${t("door.sheet")}</a>
			${shown && dialog()}
		</section>`;
	}

	return { came, section };
}
