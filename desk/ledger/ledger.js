// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * ledger -- for officers: what was found damaged in the ledger, told until one of them says that it was seen [RULES P1].
 */
import { get, post } from "../common/api.js";
import { html } from "../common/dom.js";
import { house_page } from "../common/house.js";
import { LEDGER } from "./words.js";

let damages = null; /* null: not told yet */
let said = "";
let failed = "";
let page; /* from the first picture on */


async function load() {
	const answer = await get("ledger");
	damages = answer.ok ? answer.data.damages : damages;
	failed = answer.error;
	page.draw();
}

async function acknowledge(segment) {
	const answer = await post("ledger/acknowledge", { segment });
	said = answer.ok ? page.t("said", { n: segment }) : "";
	if (answer.ok)
		/* the ledger itself has it a moment later */
		damages = damages.map((d) => (d.segment === segment ? { ...d, acknowledged: true } : d));
	failed = answer.error;
	page.draw();
	document.getElementById("damages-title")?.focus();
}

function damage(d) {
	const { t } = page;
	return html`<li key=${d.segment} data-damage=${d.acknowledged ? "seen" : "open"} class=${d.acknowledged ? "" : "notice"}
		data-grave=${d.acknowledged ? undefined : "true"}>
		<p><strong>${t("segment", { n: d.segment })}</strong></p>
		<p>${t(d.rewritten ? "rewritten" : "first", { n: d.first_bad })}</p>
		${d.acknowledged
			? html`<p class="quiet">${t("seen")}</p>`
			: html`<button type="button" class="small" data-action="acknowledge" aria-label=${t("acknowledge.of", { n: d.segment })}
				onClick=${() => acknowledge(d.segment)}><span>${t("acknowledge")}</span></button>`}
	</li>`;
}

function draw(p) {
	page = p;
	const { t } = page;
	return html`<h1>${t("title")}</h1>
		<section class="card" aria-labelledby="damages-title">
			<h2 id="damages-title" tabindex="-1">${t("damages")}</h2>
			<p>${t("about")}</p>
			<p role="status">${said}</p>
			<div role="alert">${failed && html`<p class="notice" data-grave="true">${t("error." + failed) || page.error(failed)}</p>`}</div>
			${damages?.length === 0 && html`<p>${t("none")}</p>`}
			<ul class="list">${(damages ?? []).map(damage)}</ul>
		</section>`;
}

await house_page({ name: "ledger", words: LEDGER, draw });
if (page)
	await load();
