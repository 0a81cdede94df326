// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * own -- everything that is held about who looks, in words: table by table, then what is outside the records.
 *
 * It asks once, shows what it was given, and keeps nothing.  A table, a column or a value that the words do not know yet
 * is shown by its own name: an agent sees it all the same.
 */
import { get } from "../common/api.js";
import { html } from "../common/dom.js";
import { house_page } from "../common/house.js";
import { date_time } from "../common/locale.js";
import { number } from "../common/time.js";
import { OWN } from "./words.js";

const ROWS_FIRST = 10; /* of a table; the others behind a button */
const HEX_SHOWN = 16; /* digits of a key or a signature; all of them are in the file */
const FRESH = ["now", "agreement_signature", "agreement_end", "device_key", "agent"];

let own = null;
let error = "";
const opened = new Set(); /* tables of which every row is shown */

const word = (t, key, plain) => t(key) || plain;

/* One value as a person reads it. column: { kind }. me: the agent's own id. */
export function value_words(t, column, value) {
	if (value === null || value === undefined)
		return "–";
	if (typeof value === "object")
		return t(value.withheld === "secret" ? "own.secret" : "own.others");
	switch (column.kind) {
		case "time":
			return date_time(t.language, value);
		case "yes_or_no":
			return t(value ? "own.yes" : "own.no");
		case "who":
			return t("own.you");
		case "hex":
			return value.length > HEX_SHOWN ? value.slice(0, HEX_SHOWN) + "…" : value;
		case "text":
			return word(t, "value." + value, value);
		default:
			return String(value);
	}
}

function facts(t, readers, purpose, goes) {
	return html`<dl class="facts">
		<div><dt>${t("own.purpose")}</dt><dd>${purpose}</dd></div>
		<div><dt>${t("own.readers")}</dt><dd>${readers.map((r) => word(t, "reader." + r, r)).join(", ")}</dd></div>
		<div><dt>${t("own.goes")}</dt><dd>${goes}</dd></div>
	</dl>`;
}

/* Who it is about stands above the page; the column that only says so again is left out. */
const shown_columns = (table) => table.columns.filter((c) => c.name !== "agent");

/* A column's name may mean something else in one table: "column.TABLE.NAME". */
const column_words = (t, table, c) => word(t, `column.${table.table}.${c.name}`, word(t, "column." + c.name, c.name));

function rows(page, table) {
	const { t } = page;
	const columns = shown_columns(table);
	const all = opened.has(table.table) || table.rows.length <= ROWS_FIRST;
	const list = all ? table.rows : table.rows.slice(-ROWS_FIRST);
	return html`<div class="wide" tabindex="0" role="group" aria-labelledby="t-${table.table}">
			<table>
				<thead><tr>
					${columns.map((c) => html`<th scope="col">${column_words(t, table, c)}</th>`)}
					<th scope="col">${t("own.goes.at")}</th>
				</tr></thead>
				<tbody>
					${list.map((row) => html`<tr>
						${columns.map((c) => html`<td data-kind=${c.kind} title=${c.kind === "hex" ? row.values[c.name] : undefined}>
							${value_words(t, c, row.values[c.name])}</td>`)}
						<td>${row.goes_ms ? date_time(t.language, row.goes_ms) : t("own.goes.with")}</td>
					</tr>`)}
				</tbody>
			</table>
		</div>
		${!all && html`<button type="button" class="small" data-action="more" onClick=${() => open_all(page, table)}>
			${t("own.more", { n: number(table.rows.length) })}</button>`}`;
}

function open_all(page, table) {
	opened.add(table.table);
	page.draw();
}

function count(t, n) {
	return n === 0 ? t("own.none") : n === 1 ? t("own.one") : t("own.many", { n: number(n) });
}

function table_card(page, table) {
	const { t } = page;
	const name = table.table;
	return html`<section class="card own-table" data-table=${name} aria-labelledby="t-${name}">
		<header><h3 id="t-${name}">${word(t, "table." + name, name)}</h3>
			<span class="quiet" data-count=${table.rows.length}>${count(t, table.rows.length)}</span></header>
		${facts(t, table.readers, word(t, "purpose." + name, table.purpose), word(t, "goes." + name, table.goes))}
		${table.rows.length > 0 && rows(page, table)}
	</section>`;
}

function place_card(t, p) {
	const said = (part) => word(t, `${part}.${p.name}`, p[part.split(".")[1]]);
	return html`<section class="card own-place" data-place=${p.name} aria-labelledby="p-${p.name}">
		<header><h3 id="p-${p.name}">${word(t, "place." + p.name, p.name)}</h3></header>
		<p>${said("place.what")}</p>
		${facts(t, p.readers, said("place.purpose"), said("place.goes"))}
		<dl class="facts">
			<div><dt>${t("own.where")}</dt><dd>${said("place.where")}</dd></div>
			<div><dt>${t("own.given")}</dt><dd>${said("place.given")}</dd></div>
		</dl>
	</section>`;
}

/* What the memory holds, as [key, words]. An age becomes the time at which it began. */
export function now_words(t, now, made_ms) {
	return Object.entries(now).map(([key, v]) => {
		if (v === null)
			return [key, t("own.none")];
		if (key.endsWith("since_ms"))
			return [key, date_time(t.language, made_ms - v)];
		return [key, typeof v === "boolean" ? t(v ? "own.yes" : "own.no") : word(t, "value." + v, v)];
	});
}

function now_card(t) {
	return html`<section class="card own-now" aria-labelledby="own-now">
		<header><h2 id="own-now">${t("own.now")}</h2></header>
		<p class="quiet">${t("own.now.about")}</p>
		<dl class="facts">
			${now_words(t, own.now, own.made_ms).map(([key, words]) => html`<div data-now=${key}>
				<dt>${word(t, "now." + key, key)}</dt><dd>${words}</dd></div>`)}
		</dl>
	</section>`;
}

/* What is signed and lasting first, then what there is, then what there is not. */
export function sorted(tables) {
	const rank = (x) => (x.rows.length === 0 ? 2 : FRESH.includes(x.table) ? 0 : 1);
	return [...tables].sort((a, b) => rank(a) - rank(b));
}

function draw(page) {
	const { t } = page;
	const head = html`<header class="own-head">
		<h1 tabindex="-1">${t("title")}</h1>
		<p>${t("own.intro")}</p>
	</header>`;
	if (!own)
		return html`${head}${error
			? html`<p class="notice" data-grave="true" role="alert">${page.error(error)}</p>`
			: html`<p class="quiet" role="status">${t("own.loading")}</p>`}`;
	return html`${head}
		<p class="own-tools">
			<a class="action go" href="/api/own/file" download="heimamt-own-data.json" data-action="file">${t("own.file")}</a>
			<button type="button" class="action" data-action="again" onClick=${() => load(page)}>${t("own.again")}</button>
			<span class="quiet" role="status">${t("own.as_of", { time: date_time(t.language, own.made_ms) })}</span>
		</p>
		${now_card(t)}
		<h2>${t("own.held")}</h2>
		${sorted(own.tables).map((x) => table_card(page, x))}
		<h2>${t("own.elsewhere")}</h2>
		<div class="own-places">${own.elsewhere.map((p) => place_card(t, p))}</div>
		<p class="quiet">${t("own.for_officer")}</p>`;
}

async function load(page) {
	const answer = await get("own");
	own = answer.ok ? answer.data : null;
	error = answer.error;
	page.draw();
}

const page = await house_page({ name: "own", words: OWN, draw });
if (page.me)
	await load(page);
