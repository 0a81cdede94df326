// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * people -- who is in the house: found by a word, imported from a spreadsheet after a look at what changes, invited by
 * a link that is shown once, or let go.  For administrators; the house refuses everybody else.
 */
import { get, post } from "../common/api.js";
import { html } from "../common/dom.js";
import { house_loaded, house_page } from "../common/house.js";
import { found } from "./find.js";
import { PEOPLE } from "./words.js";

const EXAMPLE = 'login;name;workplace;skills;teams;clearance;roles\nnora;Nora Frei;home;"de=3, fr";100;strict;agent';
const SHOWN_MAX = 200; /* rows at once; the search finds the others */

let page; /* from the first picture on */

const m = {
	house: null /* { people, queues } */,
	error: "",
	word: "",
	file: null /* { name, text, plan, done } */,
	invited: null /* { login, link, copied } */,
	leaving: "" /* the login that is asked about */,
	told: null /* says, in the language of the page, what was done or went wrong; and how gravely */,
	is_grave: false,
	busy: false,
};

const words = () => PEOPLE[page.t.language];
const draw = () => page.draw();

function tell(told, is_grave = false) {
	m.told = told;
	m.is_grave = is_grave;
}

async function load() {
	const answer = await get("people");
	m.error = answer.error;
	m.house = answer.ok ? answer.data : m.house;
	draw();
}

/* One wish at a time; what comes back, or null after telling what went wrong. */
async function wish(name, body, also) {
	if (m.busy)
		return null;
	m.busy = true;
	tell(null);
	draw();
	const answer = await post(name, body);
	m.busy = false;
	if (answer.ok || answer.status === also)
		return answer;
	tell(() => page.error(answer.error), true);
	draw();
	return null;
}

/* --- a file --- */

async function chosen(ev) {
	const file = ev.currentTarget.files[0];
	ev.currentTarget.value = "";
	if (!file)
		return;
	m.file = null;
	const text = await file.text();
	const answer = await wish("people-preview", text);
	if (!answer)
		return;
	m.file = { name: file.name, text, plan: answer.data };
	draw();
	document.getElementById("plan")?.focus();
}

async function import_it() {
	const answer = await wish(`people-import`, m.file.text, 409);
	if (!answer)
		return;
	if (answer.ok) {
		tell(() => page.t("imported", answer.data));
		m.file = null;
	} else {
		m.file.plan = answer.data; /* the house has changed since the preview */
		tell(() => page.t("changed_since"), true);
	}
	await load();
}

function line(l) {
	const w = words();
	const what =
		l.change === "wrong"
			? html`${l.column ? html`<strong>${w.columns[l.column]}</strong> ` : ""}${l.cell ? `«${l.cell}» ` : ""}<br />${w.faults[l.fault] ?? l.mend}`
			: html`<strong>${l.name}</strong> ${l.columns.map((c) => w.columns[c]).join(", ")}`;
	return html`<tr data-change=${l.change}>
		<td data-head=${w.line}>${l.line}</td>
		<td>${w.changes[l.change]}</td>
		<td>${l.login}</td>
		<td>${what}</td>
	</tr>`;
}

function plan(w) {
	const { plan, name } = m.file;
	const order = [...plan.lines].sort((a, b) => (b.change === "wrong") - (a.change === "wrong") || a.line - b.line);
	return html`<section class="card" aria-labelledby="plan">
		<h2 id="plan" tabindex="-1">${page.t("preview", { name })}</h2>
		<ul class="counts">
			${["added", "changed", "unchanged", "wrong"].map((c) => html`<li><strong>${plan[c]}</strong>${w.changes[c]}</li>`)}
		</ul>
		${plan.wrong > 0 && html`<p class="notice" data-grave="true" role="alert">${w.all_or_nothing}</p>`}
		${order.length > 0 &&
		html`<table>
			<thead><tr>${[w.line, w.change, w.columns.login, w.what].map((h) => html`<th scope="col">${h}</th>`)}</tr></thead>
			<tbody>${order.slice(0, SHOWN_MAX).map(line)}</tbody>
		</table>`}
		<p class="row">
			${plan.wrong === 0 &&
			plan.added + plan.changed > 0 &&
			html`<button type="button" class="action go" data-action="take" aria-busy=${m.busy} onClick=${import_it}>${w.import}</button>`}
			<button type="button" class="action" data-action="cancel" onClick=${() => { m.file = null; draw(); }}>${w.cancel}</button>
		</p>
	</section>`;
}

function importing(w) {
	return html`<section class="card">
		<h2>${w.from_file}</h2>
		<p class="quiet">${w.about_file}</p>
		<p><code class="example" tabindex="0">${EXAMPLE}</code></p>
		<label class="field"><span>${w.choose}</span>
			<input type="file" id="file" accept=".csv,text/csv" onChange=${chosen} />
		</label>
	</section>`;
}

/* --- one person --- */

async function invite(login) {
	const answer = await wish("people-invite", { login });
	if (!answer)
		return;
	m.invited = { login, link: `${location.origin}/login/${answer.data.token}`, copied: false };
	draw();
	document.getElementById("invited")?.focus();
}

async function copy() {
	try {
		await navigator.clipboard.writeText(m.invited.link);
		m.invited.copied = true;
	} catch {
		// it stands there to be marked
	}
	draw();
}

async function leave(login) {
	const answer = await wish("people-leave", { login });
	m.leaving = "";
	if (answer)
		tell(() => page.t("has_left", { login }));
	await load();
}

function invited(w) {
	return html`<section class="card" aria-labelledby="invited">
		<h2 id="invited" tabindex="-1">${page.t("invited", { login: m.invited.login })}</h2>
		<p>${w.about_link}</p>
		<p><code class="secret" id="link">${m.invited.link}</code></p>
		<p class="row">
			<button type="button" class="action go" data-action="copy" onClick=${copy}>
				${m.invited.copied ? w.copied : w.copy}
			</button>
			<button type="button" class="action" onClick=${() => { m.invited = null; draw(); }}>${w.done}</button>
		</p>
	</section>`;
}

function buttons(p, w) {
	if (m.leaving !== p.login)
		return html`<div class="buttons">
			<button type="button" class="small" data-action="invite" aria-label=${`${w.invite}: ${p.name}`} onClick=${() => invite(p.login)}>${w.invite}</button>
			<button type="button" class="small" data-action="leave" aria-label=${`${w.leave}: ${p.name}`}
				onClick=${() => { m.leaving = p.login; draw(); document.getElementById("leaving")?.focus(); }}>${w.leave}</button>
		</div>`;
	return html`<div class="buttons" role="group" aria-label=${page.t("leave_ask", p)}>
		<span>${w.leave_about}</span>
		<button type="button" class="small end" id="leaving" data-action="leave-now" onClick=${() => leave(p.login)}>${page.t("leave_now", p)}</button>
		<button type="button" class="small" onClick=${() => { m.leaving = ""; draw(); }}>${w.cancel}</button>
	</div>`;
}

function person(p, w) {
	const teams = p.teams.map((n) => m.house.queues.find((q) => q.number === n)?.name ?? n);
	return html`<tr key=${p.login} data-login=${p.login}>
		<td><strong>${p.name}</strong><br />${p.login}${p.configured ? ` · ${w.configured}` : ""}</td>
		<td data-head=${w.columns.workplace}>${w.workplaces[p.workplace]}</td>
		<td data-head=${w.columns.queues}>${teams.join(", ")}</td>
		<td data-head=${w.columns.skills}>${p.skills.join(", ")}</td>
		<td data-head=${w.columns.clearance}>${w.clearances[p.clearance]}</td>
		<td data-head=${w.columns.roles}>${p.roles.map((r) => w.roles[r]).join(", ")}</td>
		<td>${buttons(p, w)}</td>
	</tr>`;
}

function list(w) {
	const some = found(m.house.people, m.word);
	const c = w.columns;
	return html`<section class="card">
		<div class="found">
			<label class="field"><span>${w.search}</span>
				<input type="search" id="search" autocomplete="off" value=${m.word} onInput=${(ev) => { m.word = ev.currentTarget.value; draw(); }} />
			</label>
			<p class="quiet" role="status">${page.t("so_many", { n: some.length, of: m.house.people.length })}</p>
		</div>
		${some.length === 0
			? html`<p>${w.nobody}</p>`
			: html`<table id="people">
					<thead><tr>${[c.name, c.workplace, c.queues, c.skills, c.clearance, c.roles].map((h) => html`<th scope="col">${h}</th>`)}<th scope="col"><span class="sr">${w.what}</span></th></tr></thead>
					<tbody>${some.slice(0, SHOWN_MAX).map((p) => person(p, w))}</tbody>
				</table>`}
		${some.length > SHOWN_MAX && html`<p class="quiet">${page.t("more", { n: some.length - SHOWN_MAX })}</p>`}
	</section>`;
}

function told() {
	return html`<div role=${m.is_grave ? "alert" : "status"}>${m.told && html`<p class="notice" data-grave=${m.is_grave}>${m.told()}</p>`}</div>`;
}

function body(w) {
	return html`${told()} ${m.invited && invited(w)} ${m.file ? plan(w) : ""} ${list(w)} ${m.file ? "" : importing(w)}`;
}

function show(p) {
	page = p;
	return house_loaded(page, m.error, load, () => m.house && body(words()));
}

await house_page({ name: "people", words: PEOPLE, draw: show });
if (page)
	await load();
