// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * side -- the quiet column: the line and the microphone, the queues, what the house sees.
 */
import { html } from "../common/dom.js";
import { meter, shape } from "./state.js";
import { line_shown } from "./line_machine.js";
import { track_enabled } from "./track.js";

const LINE_SHAPES = { none: "out", connecting: "away", up: "ready", silent: "away", lost: "lost" };

function mic_words(m) {
	const on = m.mic === "on" && track_enabled(m.view, m.muted);
	if (on)
		return { key: "mic.on", on };
	return { key: m.muted ? "mic.muted" : "mic.off", on };
}

function line_card(m, ui) {
	const { t } = m;
	const line = line_shown(m.phase, m.view);
	const mic = mic_words(m);
	/* During the test the level is beside it. */
	const level = mic.on && m.view.state === "talking";
	return html`<section aria-labelledby="line-title">
		<h2 id="line-title">${t("line.title")}</h2>
		<p class="mark" data-state=${LINE_SHAPES[line]}>${shape(LINE_SHAPES[line])} ${t("line." + line)}</p>
		${m.worth?.sign()}
		<p class="mark" data-state=${mic.on ? "talking" : "out"}>
			${shape(mic.on ? "talking" : "out")} ${t(mic.key)}
		</p>
		${level && meter(t("mic.level"), ui.meter)}
		${mic.key !== "mic.muted" && !level && html`<p class="quiet">${t("mic.off.about")}</p>`}
	</section>`;
}

export function side(m, ui) {
	const { t, view: v } = m;
	return html`<aside class="side card" aria-label=${t("side.title")}>
		${line_card(m, ui)}
		<section aria-labelledby="queues-title">
			<h2 id="queues-title">${t("queues.title")}</h2>
			${v.agent.queues.length === 0
				? html`<p class="quiet">${t("queues.none")}</p>`
				: html`<ul class="plain">
						${v.agent.queues.map((q) => html`<li key=${q}>${q}</li>`)}
					</ul>`}
		</section>
		${m.door?.section()}
		<details class="house">
			<summary><h2>${t("house.title")}</h2></summary>
			<p>${t("house.now")}</p>
			<p>${t("house.kept")}</p>
			<p>${t("house.never")}</p>
		</details>
	</aside>`;
}
