// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * agreement -- what an agent has of the agreement: its own copy of what it signed, and the devices that sign for it,
 * of which a lost one is revoked here [RULES P2, N6].
 */
import { get, post } from "../common/api.js";
import { html } from "../common/dom.js";
import { house_page } from "../common/house.js";
import { date_time_long } from "../common/locale.js";
import { AGREEMENT } from "./words.js";

let devices = null; /* as the house has them; null: not told yet */
let own = ""; /* the key of this device, or "" */
let asked = ""; /* the key that is to be revoked, once more asked for */
let said = "";
let failed = "";
let page; /* from the first picture on */


async function load() {
	const answer = await get("devices");
	devices = answer.data?.devices ?? devices ?? [];
	failed = answer.error;
	own = await own_key();
	page.draw();
}

/* Keys are kept under the agent's id as the desk writes it: any key of this browser that the house knows is its own. */
async function own_key() {
	const { key_points } = await import("../desk/device_key.js");
	const here = await key_points().catch(() => []);
	return devices.find((d) => here.includes(d.key))?.key ?? "";
}

async function revoke(key) {
	const answer = await post("devices/revoke", { key });
	asked = "";
	said = answer.ok ? page.t("revoked") : "";
	await load();
	failed = answer.error;
	page.draw();
	document.getElementById("devices-title")?.focus();
}

function ask(key) {
	asked = key;
	said = failed = "";
	page.draw();
	document.getElementById("revoke")?.focus();
}

const date_of = (ms) => date_time_long(page.t.language, ms);

function revoking(d) {
	const { t } = page;
	return html`<p>${t(d.key === own ? "really.own" : "really")}</p>
		<p class="row">
			<button type="button" class="action end" id="revoke" onClick=${() => revoke(d.key)}><span>${t("revoke.yes")}</span></button>
			${" "}
			<button type="button" class="small" onClick=${() => ask("")}><span>${t("revoke.no")}</span></button>
		</p>`;
}

function device(d) {
	const { t } = page;
	const name = d.key.slice(2, 10);
	return html`<li key=${d.key} data-device=${d.revoked_ms ? "revoked" : "signs"}>
		<p><strong>${d.key === own ? t("device.own") : t("device")}</strong> <span class="quiet">${t("key", { key: name })}</span></p>
		<p class="quiet">${t("since", { date: date_of(d.enrolled_ms) })}</p>
		${d.revoked_ms
			? html`<p>${t("revoked_on", { date: date_of(d.revoked_ms) })}</p>`
			: asked === d.key
				? revoking(d)
				: html`<button type="button" class="small" data-action="revoke" aria-label=${t("revoke.of", { key: name })}
					onClick=${() => ask(d.key)}><span>${t("revoke")}</span></button>`}
	</li>`;
}

function draw(p) {
	page = p;
	const { t } = page;
	return html`<h1>${t("title")}</h1>
		<section class="card" aria-labelledby="copy-title">
			<h2 id="copy-title">${t("copy")}</h2>
			<p>${t("copy.about")}</p>
			<a class="action go" href="/api/agreement/pdf" download data-action="pdf"><span>${t("copy.get")}</span></a>
			<p class="quiet">${t("copy.none")}</p>
		</section>
		<section class="card" aria-labelledby="devices-title">
			<h2 id="devices-title" tabindex="-1">${t("devices")}</h2>
			<p>${t("devices.about")}</p>
			<p role="status">${said}</p>
			<div role="alert">${failed && html`<p class="notice" data-grave="true">${t("error." + failed) || page.error(failed)}</p>`}</div>
			${devices?.length === 0 && !failed && html`<p>${t("devices.none")}</p>`}
			<ul class="list">${(devices ?? []).map(device)}</ul>
		</section>`;
}

await house_page({ name: "agreement", words: AGREEMENT, draw });
if (page)
	await load();
