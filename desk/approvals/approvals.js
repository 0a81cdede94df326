// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * approvals -- which evaluations are on, and what switches one on: the staff body's signature, made on this device, or,
 * where there is no staff body, a consultation that an administrator records [RULES N7].
 */
import { get, post } from "../common/api.js";
import { html } from "../common/dom.js";
import { house_loaded, house_page } from "../common/house.js";
import { date as date_of } from "../common/locale.js";
import { hex, key_find, key_make, key_sign, text_hash } from "../desk/device_key.js";
import { approval_of, day_end, day_start, day_text, withdrawal_of } from "./statement.js";
import { APPROVALS } from "./words.js";

const DAY_MS = 86400000;

let page; /* from the first picture on */

const m = {
	house: null /* the answer of /api/approvals */,
	key: null /* of this device, for the staff body: { pair, point } */,
	error: "",
	told: null /* says, in the language of the page, what was done or went wrong */,
	is_grave: false,
	busy: false,
	code: null /* { login, code } */,
	form: { evaluation: "pulse", scope: "house", from: "", until: "" },
	held: { date: "", agreed: "yes", text: "", evaluation: "pulse", scope: "house", until: "" },
};

const words = () => APPROVALS[page.t.language];
const draw = () => page.draw();
const has_role = (role) => page.me.roles.includes(role);
const has_key = () => m.key && m.house.keys.includes(m.key.point);
const nonce_make = () => hex(crypto.getRandomValues(new Uint8Array(32)));

const date = (ms) => date_of(page.t.language, ms);

function tell(told, is_grave = false) {
	m.told = told;
	m.is_grave = is_grave;
}

async function load() {
	const house = await get("approvals");
	m.error = house.error;
	if (!m.error) {
		m.house = house.data;
		m.form.from ||= day_text(m.house.now_ms);
		m.form.until ||= day_text(m.house.now_ms + 90 * DAY_MS);
		m.held.date ||= day_text(m.house.now_ms);
		m.held.until ||= m.form.until;
		m.key = (await key_find(`staff:${page.me.id}`)) ?? null;
	}
	draw();
}

/* One wish at a time; done: the word for it, "" for none. True: it was done. */
async function wish(name, body, done) {
	const answer = await post(name, body);
	m.busy = false;
	tell(answer.ok ? done && (() => page.t(done)) : () => page.error(answer.error), !answer.ok);
	await load();
	return answer.ok && answer;
}

function begin() {
	if (m.busy)
		return false;
	m.busy = true;
	tell(null);
	draw();
	return true;
}

async function enrol(ev) {
	ev.preventDefault();
	if (!begin())
		return;
	const code = new FormData(ev.target).get("code");
	const name = `staff:${page.me.id}`;
	const key = m.key ?? (await key_make(name));
	await wish("approvals-enrol", { code, key: key.point }, "enrolled");
}

/* Of the form, as it would be signed now. */
function wanted() {
	const now = Date.now();
	return {
		evaluation: m.form.evaluation,
		scope: m.form.scope,
		from_ms: Math.max(day_start(m.form.from), now),
		until_ms: day_end(m.form.until),
		signed_ms: now,
		nonce: nonce_make(),
	};
}

async function sign(ev) {
	ev.preventDefault();
	if (!begin())
		return;
	const a = wanted();
	const signature = await key_sign(m.key, approval_of(a));
	await wish("approvals-sign", { ...a, key: m.key.point, signature }, "signed");
}

async function withdraw(number) {
	if (!begin())
		return;
	const w = { approval: number, signed_ms: Date.now(), nonce: nonce_make() };
	const signature = await key_sign(m.key, withdrawal_of(w));
	await wish("approvals-withdraw", { ...w, key: m.key.point, signature }, "withdrawn");
}

async function make_code(login) {
	if (!begin())
		return;
	const answer = await wish("approvals-code", { login }, "");
	m.code = answer ? { login, code: answer.data.code } : null;
	draw();
	document.getElementById("code-shown")?.focus();
}

async function consult(ev) {
	ev.preventDefault();
	if (!begin())
		return;
	const now = Date.now();
	await wish(
		"approvals-consult",
		{
			evaluation: m.held.evaluation,
			scope: m.held.scope,
			held_ms: day_start(m.held.date),
			text_sha256: await text_hash(m.held.text),
			agreed: m.held.agreed === "yes",
			from_ms: now,
			until_ms: day_end(m.held.until),
		},
		"recorded",
	);
}

/* --- the page --- */

function scope_name(scope) {
	return scope === "house" ? words().house : (m.house.queues.find((q) => q.id === scope)?.name ?? scope);
}

function evaluation(e) {
	const w = words();
	return html`<li data-evaluation=${e.name} data-on=${e.on}>
		<span class="mark" aria-hidden="true">${e.on ? "●" : "○"}</span>
		<div><strong>${w.evaluations[e.name][0]}${page.t.language === "fr" ? "\u00a0:" : ":"} ${e.on ? w.on : w.off}</strong>
		<p class="quiet">${w.evaluations[e.name][1]}</p></div>
	</li>`;
}

function row(a) {
	const w = words();
	const may = a.kind === "approval" && has_key() && (a.state === "on" || a.state === "coming");
	return html`<tr key=${a.kind + a.number}>
		<td><strong>${w.evaluations[a.evaluation][0]}</strong><br />${w.kinds[a.kind]}</td>
		<td data-head=${w.scope}>${scope_name(a.scope)}</td>
		<td data-head=${w.time}>${date(a.from_ms)}–${date(a.until_ms - 1)}</td>
		<td data-head=${w.who}>${a.who || w.somebody}, ${date(a.signed_ms)}</td>
		<td>${w.states[a.state]}</td>
		<td><div class="buttons">${may && html`<button type="button" class="small end" data-action="withdraw" onClick=${() => withdraw(a.number)}>${w.withdraw}</button>`}</div></td>
	</tr>`;
}

function list(w) {
	return html`<section class="card">
		<h2>${w.what_holds}</h2>
		${m.house.approvals.length === 0
			? html`<p class="quiet">${w.none}</p>`
			: html`<table>
					<thead><tr>${[w.evaluation, w.scope, w.time, w.who, w.state].map((h) => html`<th scope="col">${h}</th>`)}<th scope="col"><span class="sr">${w.withdraw}</span></th></tr></thead>
					<tbody>${m.house.approvals.map(row)}</tbody>
				</table>`}
	</section>`;
}

function select(id, label, of, name, options) {
	return html`<label class="field"><span>${label}</span>
		<select id=${id} value=${of[name]} onChange=${(ev) => { of[name] = ev.currentTarget.value; draw(); }}>
			${options.map(([value, text]) => html`<option value=${value}>${text}</option>`)}
		</select>
	</label>`;
}

function day(id, label, of, name) {
	return html`<label class="field"><span>${label}</span>
		<input id=${id} type="date" required value=${of[name]} onInput=${(ev) => { of[name] = ev.currentTarget.value; draw(); }} />
	</label>`;
}

const evaluations = (w) => m.house.evaluations.map((e) => [e.name, w.evaluations[e.name][0]]);
const scopes = (w) => [["house", w.house], ...m.house.queues.map((q) => [q.id, q.name])];

function signing(w) {
	return html`<section class="card">
		<h2>${w.approve}</h2>
		<p class="quiet">${w.about_approve}</p>
		<form class="row" onSubmit=${sign}>
			${select("evaluation", w.evaluation, m.form, "evaluation", evaluations(w))}
			${select("scope", w.scope, m.form, "scope", scopes(w))}
			${day(`from`, w.from, m.form, `from`)} ${day("until", w.until, m.form, "until")}
			<button type="submit" class="action go" data-action="sign" aria-busy=${m.busy}>${w.sign}</button>
		</form>
	</section>`;
}

function enrolling(w) {
	return html`<section class="card">
		<h2>${w.enrol}</h2>
		<p class="quiet">${w.about_enrol}</p>
		<form class="row" onSubmit=${enrol}>
			<label class="field"><span>${w.code}</span>
				<input id="code" name="code" required maxlength="9" autocomplete="off" autocapitalize="characters" spellcheck="false" />
			</label>
			<button type="submit" class="action go" data-action="enrol" aria-busy=${m.busy}>${w.enrol_now}</button>
		</form>
	</section>`;
}

function codes(w) {
	return html`<section class="card">
		<h2>${w.body}</h2>
		<p class="quiet">${w.about_body}</p>
		<p class="row">${m.house.body.map(
			(p) => html`<button type="button" class="action" data-action="code" onClick=${() => make_code(p.login)}>${page.t("code_for", p)}</button>`,
		)}</p>
		${m.code &&
		html`<p><span id="code-shown" tabindex="-1">${page.t("code_is", m.code)}</span> <code class="secret" id="staff-code">${m.code.code}</code></p>`}
	</section>`;
}

function consulting(w) {
	return html`<section class="card">
		<h2>${w.consultation}</h2>
		<p class="quiet">${w.about_consultation}</p>
		<form class="consult" onSubmit=${consult}>
			<div class="row">
				${select("held-evaluation", w.evaluation, m.held, "evaluation", evaluations(w))}
				${select("held-scope", w.scope, m.held, "scope", scopes(w))}
				${day("held", w.held, m.held, "date")} ${day("held-until", w.until, m.held, "until")}
			</div>
			<label class="field"><span>${w.held_text}</span>
				<textarea id="held-text" required rows="4" value=${m.held.text} onInput=${(ev) => { m.held.text = ev.currentTarget.value; }}></textarea>
			</label>
			<fieldset>
				<legend class="sr">${w.result}</legend>
				${["yes", "no"].map(
					(v) => html`<label><input type="radio" name="agreed" value=${v} checked=${m.held.agreed === v} onChange=${() => { m.held.agreed = v; }} />${w["agreed_" + v]}</label>`,
				)}
			</fieldset>
			<button type="submit" class="action go" data-action="consult" aria-busy=${m.busy}>${w.record}</button>
		</form>
	</section>`;
}

function told() {
	return html`<div role=${m.is_grave ? "alert" : "status"}>${m.told && html`<p class="notice" data-grave=${m.is_grave}>${m.told()}</p>`}</div>`;
}

function body(w) {
	const is_admin = has_role("administrator");
	const has_body = m.house.body.length > 0;
	return html`<p class="quiet">${w.intro}</p>
		${told()}
		<section class="card"><h2>${w.evaluations_title}</h2><ul class="evaluations">${m.house.evaluations.map(evaluation)}</ul></section>
		${has_role("staff-body") && (has_key() ? signing(w) : enrolling(w))} ${list(w)}
		${is_admin && has_body && codes(w)} ${is_admin && !has_body && consulting(w)}`;
}

function show(p) {
	page = p;
	return house_loaded(page, m.error, load, () => m.house && body(words()));
}

await house_page({ name: "approvals", words: APPROVALS, draw: show });
if (page)
	await load();
