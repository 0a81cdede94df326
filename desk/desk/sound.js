// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * sound -- the way to "sound and devices" and to the tour, and what both keep on this device.  Part of late.js; the dialogs themselves
 * are loaded when first asked for.
 */
import { html } from "../common/dom.js";
import { name_hash } from "./name_hash.js";
import { sound_clean } from "./ring.js";

/* devices: of devices.js; look(part): keeps it on this device. */
export function sound_new(m, { devices, look, draw }) {
	let module = null; /* sound_dialog.js or tour.js, while it is open */
	let dialog = null;

	async function open(what) {
		module = await (what === "tour" ? import("./tour.js") : import("./sound_dialog.js"));
		dialog = module.dialog_new(m, { devices, set, draw, close });
		draw();
	}

	function close() {
		dialog?.end?.();
		dialog = null;
		draw();
	}

	/* part: of sound_clean(). */
	function set(part) {
		look({ sound: { ...sound_clean(m.look.sound), ...part } });
		return "mic" in part || "out" in part ? devices.choose() : null;
	}

	const me = () => name_hash(m.view.agent.name);
	const was_shown = () => m.look.tour.split(",").includes(me());

	/* Newest first; look.js keeps ten or so. */
	function seen() {
		if (!was_shown())
			look({ tour: [me(), ...m.look.tour.split(",").filter(Boolean)].slice(0, 10).join(",") });
	}

	function begin() {
		seen();
		open("tour");
	}

	const button = (id, key, act, kind = "small") => html`<button type="button" class=${kind} data-action=${id} onClick=${act}>
		<span>${m.t(key)}</span>
	</button>`;

	/* Before the first shift of this agent in this browser. */
	const tour = () =>
		m.view.state === "out" && !m.view.why && !was_shown() &&
		html`<section class="card test tour-card" aria-labelledby="tour-card-title">
			<h2 id="tour-card-title">${m.t("tour.first")}</h2>
			<p>${m.t("tour.about")}</p>
			<div class="door-row">${button("tour", "tour.begin", begin)} ${button("tour_skip", "tour.skip", seen)}</div>
		</section>`;

	function section() {
		const { t } = m;
		/* nothing lies above an offer */
		if (dialog && m.view.state === "offered") {
			dialog.end?.();
			dialog = null;
		}
		return html`<section class="sound" aria-labelledby="sound-title">
			<h2 id="sound-title">${t("sound.title")}</h2>
			<div class="door-row">
				${button("devices", "sound.open", () => open("sound"))} ${button("tour_again", "tour.open", begin)}
			</div>
			${dialog?.draw()}
		</section>`;
	}

	return { section, tour };
}
