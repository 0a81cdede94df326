// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * house -- what the pages beside the desk have in common: who is logged in, the way between them, language and look.
 *
 *   const page = await house_page({ name: "week", words: WORDS, draw });
 *
 * words: { de, fr, it, en }, each { key: text }, of the page itself; "title" is one of them.  Or, where they are many, a
 * function of the language that loads the file whose default they are.  draw(page) returns what
 * stands in <main>, and is called again by page.draw() and when the language changes.  page.me is who is logged in (null:
 * nobody is, and draw is not called), page.t(key, values) a text, page.error(code) a sentence for what went wrong.
 */
import { get } from "./api.js";
import { html, render } from "./dom.js";
import { HOUSE } from "./house_words.js";
import { language_pick, words_of } from "./i18n.js";
import { look_apply, look_load, look_save } from "./look.js";

/* Where one may go; roles: who may, all when there are none. Its name is the word "page.NAME". */
const PAGES = [
	{ name: "desk", roles: ["agent"] },
	{ name: "week", roles: ["agent", "lead", "administrator"] },
	{ name: "board" },
	{ name: "pulse" },
	{ name: "agreement" },
	{ name: "ledger", roles: ["officer", "administrator"] },
	{ name: "own" },
	{ name: "people", roles: ["administrator"] },
	{ name: "configuration", roles: ["administrator"] },
	{ name: "approvals", roles: ["staff-body", "officer", "administrator"] },
	{ name: "account" },
];

function may(me, { roles }) {
	return !roles || roles.some((r) => me.roles.includes(r));
}

function link(page, { name }) {
	const here = name === page.name ? "page" : undefined;
	return html`<li><a href="/${name}/" aria-current=${here}>${page.t("page." + name)}</a></li>`;
}

async function pick_language(page, code) {
	look_save({ ...look_load(), language: code });
	await speak(page, code);
	page.draw();
}

function bar(page) {
	const { t, me } = page;
	return html`<header class="top house-top">
		<a class="skip" href="#main">${t("house.skip")}</a>
		<span class="mark-name">Heimamt</span>
		<span class="house-end">
			${me && html`<span class="quiet house-me">${me.name}</span>`}
			<label><span class="sr">${t("house.language")}</span>
				<select value=${t.language} onChange=${(ev) => pick_language(page, ev.currentTarget.value)}>
					${Object.entries(HOUSE).map(([code, w]) => html`<option value=${code} lang=${code}>${w["house.name"]}</option>`)}
				</select></label>
		</span>
		${me && html`<nav aria-label=${t("house.pages")}><ul>${PAGES.filter((p) => may(me, p)).map((p) => link(page, p))}</ul></nav>`}
	</header>`;
}

function nobody(page, error) {
	const is_out = error === "no_session";
	return html`<section class="card house-out" role="alert">
		<h1>${page.t(is_out ? "house.out" : "house.down")}</h1>
		<p>${page.error(error)}</p>
		${is_out
			? html`<a class="action go" href="/login/">${page.t("house.log_in")}</a>`
			: html`<button type="button" class="action go" onClick=${() => location.reload()}>${page.t("house.again")}</button>`}
	</section>`;
}

/* For draw(): what the page has, body(), or why it has it not, an error's code, and the way to ask again. */
export function house_loaded(page, error, again, body) {
	const refused = () => html`<div class="notice" role="alert" data-grave="true"><p>${page.error(error)}</p>
		<button type="button" class="small" data-action="again" onClick=${again}>${page.t("house.again")}</button></div>`;
	return html`<h1>${page.t("title")}</h1><div class="forms">${error ? refused() : body()}</div>`;
}

async function speak(page, code) {
	const own = typeof page.words === "function" ? (await page.words(code)).default : page.words[code];
	page.t = words_of(code, { ...HOUSE[code], ...own });
	document.documentElement.lang = code;
	document.title = `${page.t("title")} – Heimamt`;
}

export async function house_page({ name, words, draw }) {
	const look = look_load();
	const root = document.getElementById("page");
	const page = { name, words, me: null };
	let error = "";
	page.error = (code) => page.t("error." + code) || page.t("error.failed");
	page.draw = () =>
		render(html`${bar(page)}<main id="main" class="house">${page.me ? draw(page) : nobody(page, error)}</main>`, root);
	look_apply(look);
	await speak(page, language_pick([look.language, ...(navigator.languages ?? [])], Object.keys(HOUSE)));
	const answer = await get("me");
	page.me = answer.ok ? answer.data : null;
	error = answer.error;
	page.draw();
	return page;
}
