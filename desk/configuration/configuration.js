// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * configuration -- for administrators: the configuration as it counts, each option with its line of the file; what waits
 * for a restart, what was wrong with the last file, and how it stands with the carriers.  Read only: the file is the
 * truth, and may be read anew from here as by SIGHUP.
 */
import { get, post } from "../common/api.js";
import { html } from "../common/dom.js";
import { house_page } from "../common/house.js";
import { date_time } from "../common/locale.js";
import { CONFIGURATION } from "./words.js";

const LOOK_MS = 500; /* while the file is being read: some seconds, with many clips */

let is = null; /* as the house told it last */
let word = "";
let failed = "";
let said = "";
let wished = 0; /* when the last reading was, before the one that was wished; 0: none is */
let page; /* from the first picture on */

const when = (ms) => date_time(page.t.language, ms, "medium");

/* Newer than what was there when it was wished? */
const last_ms = () => Math.max(is?.read_ms ?? 0, is?.refused?.at_ms ?? 0);

async function load() {
	const answer = await get("configuration");
	is = answer.ok ? answer.data : is;
	failed = answer.error;
	if (!answer.ok)
		wished = 0; /* the error is on the page, and the button there to try again */
	if (wished && !is.reading) {
		said = last_ms() > wished ? page.t(is.refused ? "refused.said" : "taken") : "";
		wished = 0;
	}
	page.draw();
	if (wished)
		setTimeout(load, LOOK_MS);
}

async function read_anew() {
	if (wished)
		return;
	said = "";
	wished = last_ms() || 1;
	page.draw();
	const answer = await post("configuration/read", {});
	if (answer.ok)
		return load();
	wished = 0;
	failed = answer.status === 409 ? "second_first" : answer.error;
	page.draw();
}

function matches(section, o) {
	const text = `${section.section} ${section.title} ${o.option} ${o.value}`.toLowerCase();
	return word.toLowerCase().split(/\s+/).every((w) => text.includes(w));
}

const heading = (s) => (s.section ? `${s.section}${s.title ? ` "${s.title}"` : ""}` : page.t("whole"));
const at = (line) => (line ? page.t("line", { n: line }) : "");

function option(o) {
	return html`<tr data-default=${o.default}>
		<th scope="row">${o.option}</th>
		<td>${o.value === "" ? html`<span class="quiet">${page.t("empty")}</span>` : o.value}</td>
		<td class="at">${o.default ? page.t("default") : at(o.line)}</td>
	</tr>`;
}

function section(s) {
	const options = s.options.filter((o) => matches(s, o));
	if (options.length === 0)
		return null;
	const { t } = page;
	return html`<section class="card" key=${heading(s)}>
		<h2>${heading(s)}</h2>
		<table class="options">
			<thead><tr><th scope="col">${t("option")}</th><th scope="col">${t("value")}</th><th scope="col" class="at">${t("where")}</th></tr></thead>
			<tbody>${options.map(option)}</tbody>
		</table>
	</section>`;
}

function complaints(list) {
	return html`<ul class="list">${list.map((c) => html`<li><p>${c.line ? html`<strong>${at(c.line)}</strong> ` : ""}<span lang="en">${c.text}</span></p></li>`)}</ul>`;
}

function refused() {
	const { t } = page;
	return html`<div class="notice" data-grave="true">
		<p><strong>${t("refused", { when: when(is.refused.at_ms) })}</strong></p>
		${complaints(is.refused.complaints)}
	</div>`;
}

function waiting() {
	const { t } = page;
	return html`<section class="card" aria-labelledby="waiting">
		<h2 id="waiting">${t("waiting")}</h2>
		<p>${t("waiting.about")}</p>
		<table class="options">
			<thead><tr>${["option", "counts", "file", "where"].map((c) => html`<th scope="col">${t(c)}</th>`)}</tr></thead>
			<tbody>${is.waiting.map((w) => html`<tr>
				<th scope="row">${heading(w)}: ${w.option}</th><td>${w.counts || t("empty")}</td><td>${w.file || t("empty")}</td><td>${at(w.line)}</td>
			</tr>`)}</tbody>
		</table>
	</section>`;
}

function carriers() {
	const { t } = page;
	return html`<section class="card" aria-labelledby="carriers">
		<h2 id="carriers">${t("carriers")}</h2>
		<ul class="carriers">${is.carriers.map((c) => html`<li data-state=${c.state}><strong>${c.name || "outbound"}</strong> ${t("state." + c.state)}${c.status ? ` (${c.status})` : ""}</li>`)}</ul>
	</section>`;
}

function head() {
	const { t } = page;
	return html`<section class="card" aria-labelledby="file">
		<h2 id="file">${t("file")} <code>${is.file}</code></h2>
		<p>${t("read", { when: when(is.read_ms) })}</p>
		<p class="quiet">${t("about")}</p>
		<p class="row">
			<button type="button" class="action go" data-action="read" aria-busy=${wished > 0} onClick=${read_anew}>${t(wished ? "reading" : "read.anew")}</button>
			<span role="status">${said}</span>
		</p>
		${is.refused && refused()}
		${is.complaints.length > 0 && html`<div class="notice"><p><strong>${t("hints")}</strong></p>${complaints(is.complaints)}</div>`}
	</section>`;
}

function draw(p) {
	page = p;
	const { t } = page;
	const shown = (is?.sections ?? []).map(section).filter(Boolean);
	return html`<h1>${t("title")}</h1>
		<div role="alert">${failed && html`<p class="notice" data-grave="true">${t("error." + failed) || page.error(failed)}</p>`}</div>
		${is && html`${head()}
			${is.waiting.length > 0 && waiting()}
			${is.carriers.length > 0 && carriers()}
			<label class="found"><span>${t("search")}</span>
				<input type="search" id="search" value=${word} onInput=${(ev) => { word = ev.currentTarget.value.trim(); page.draw(); }} /></label>
			${shown.length > 0 ? shown : html`<p role="status">${t("nothing")}</p>`}`}`;
}

await house_page({ name: "configuration", words: CONFIGURATION, draw });
if (page)
	await load();
