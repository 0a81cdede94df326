// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * login -- takes the token out of the address /login/TOKEN, hands it in once, and goes to the desk; without one, a
 * password, a passkey or the house's provider of identities, and then the second factor.
 *
 * A token that was good leaves the address bar and the history, and so does what the provider sends back. ?out: somebody
 * has logged out, and leaves the provider, too.
 */
import { html, render } from "../common/dom.js";
import { language_pick, words_of } from "../common/i18n.js";
import { look_apply, look_load } from "../common/look.js";
import { by_passkey, passkeys_work, prove, typed } from "../common/prove.js";
import { LOGIN } from "./words.js";

const root = document.getElementById("page");
const token = decodeURIComponent(location.pathname.split("/").filter(Boolean)[1] ?? "");
const language = language_pick([look_load().language, ...(navigator.languages ?? [])], Object.keys(LOGIN));
const t = words_of(language, LOGIN[language]);
const query = new URLSearchParams(location.search);
let ways = { password: true, sign_on: null };
let error = "";
let busy = false;

document.documentElement.lang = language;
look_apply(look_load());

function show(id, role, more) {
	document.title = `${t(id)} – Heimamt`;
	render(
		html`<main class="plain-page login">
			<section class="card" role=${role}>
				<h1>${t(id)}</h1>
				${more}
			</section>
		</main>`,
		root,
	);
}

const wrong = () =>
	html`<div role="alert">${error && html`<p class="notice" data-grave="true">${t("error." + error) || t("error.other")}</p>`}</div>`;

/* One thing at a time; an answer that was no is told above the form. */
async function attempt(again, ask, done) {
	if (busy)
		return;
	busy = true;
	error = "";
	again();
	const answer = await ask();
	busy = false;
	if (answer.ok)
		return done(answer.data);
	error = answer.error;
	again();
}

const go = () => location.replace("/desk/");

/* ---- password or passkey ---- */

function log_in(ev) {
	ev.preventDefault();
	const { login, password } = ev.currentTarget.elements;
	const body = { login: login.value.trim().toLowerCase(), password: typed(password.value) };
	attempt(show_form, () => prove("login/password", body), let_in);
}

function let_in(data) {
	if (data.factors === 2 || data.second.length === 0)
		return go();
	show_second(data.second);
}

function passkey() {
	if (passkeys_work())
		return html`<button type="button" class="action" data-action="passkey"
			onClick=${() => attempt(show_form, () => by_passkey(true), go)}>${t("passkey")}</button>`;
	const there = `${location.protocol}//localhost:${location.port}/login/`;
	return html`<p class="quiet">${t("no_name")} <a href=${there}>localhost:${location.port}</a></p>`;
}

/* ---- the provider ---- */

const with_name = (id) => t(id, { name: ways.sign_on || t("provider") });

/* Its own page; the way back is show_back(). */
const to_provider = () => attempt(show_form, () => prove("login/sign-on"), (data) => location.assign(data.url));

async function show_back() {
	const names = ["state", "code", "error", "iss"].filter((name) => query.has(name));
	const body = Object.fromEntries(names.map((name) => [name, query.get(name)]));
	history.replaceState(null, "", "/login/");
	show("going", "status");
	const answer = await prove("login/sign-on/back", body);
	if (answer.ok)
		return let_in(answer.data);
	error = answer.error;
	start();
}

/* Out here, and there. A provider that has no page for it is left alone. */
async function show_out() {
	history.replaceState(null, "", "/login/");
	const { data } = await prove("login/sign-on/leave");
	if (data?.url)
		location.replace(data.url);
	else
		start();
}

/* The ways that the house has; one that does not say has a password. */
async function start() {
	const answer = await prove("login/ways");
	if (answer.ok)
		ways = answer.data;
	show_form();
}

const provider = () => ways.sign_on !== null && html`<div class="stack"><button type="button" class="action go" data-action="sign_on"
	aria-busy=${busy} onClick=${to_provider}>${with_name("sign_on")}</button></div>`;

function show_form() {
	show("form", undefined, html`${wrong()}
		${provider()}
		${ways.password && local()}
		${!ways.password && html`<p class="quiet">${t("first.sign_on")}</p>`}`);
}

function local() {
	return html`<form onSubmit=${log_in} aria-busy=${busy}>
			<label>${t("name")}
				<input name="login" autocomplete="username" autocapitalize="none" spellcheck="false" required maxlength="63" /></label>
			<label>${t("password")}
				<input name="password" type="password" autocomplete="current-password" required maxlength="255" /></label>
			<button type="submit" class="action go" data-action="login" aria-busy=${busy}>${t("go")}</button>
		</form>
		<div class="stack">${passkey()}
			<p class="quiet">${t("first")}</p></div>`;
}

/* ---- the second factor ---- */

function show_second(ways) {
	const again = () => show_second(ways);
	const confirm = (ev) => {
		ev.preventDefault();
		const code = ev.currentTarget.elements.code.value;
		attempt(again, () => prove("login/code", { code }), go);
	};
	show("second", undefined, html`${wrong()}
		<p class="quiet">${t("second.about")}</p>
		${ways.includes("totp") && html`<form onSubmit=${confirm}>
			<label>${t("code")}
				<input name="code" inputmode="numeric" autocomplete="one-time-code" required maxlength="8" /></label>
			<button type="submit" class="action go" data-action="code" aria-busy=${busy}>${t("confirm")}</button>
		</form>`}
		<div class="stack">
			${ways.includes("passkey") && passkeys_work() && html`<button type="button" class="action" data-action="passkey"
				onClick=${() => attempt(again, () => by_passkey(false), go)}>${t("second.passkey")}</button>`}
			<a href="/desk/" data-action="later">${t("later")}</a></div>`);
	document.querySelector("input")?.focus();
}

/* ---- a link ---- */

function show_bad() {
	show("bad", "alert", html`<p>${t("bad.about")}</p>
		<p>${t("bad.next")}</p>
		<p><code>heimamt link anna</code></p>
		<p><a href="/login/">${t("bad.form")}</a></p>`);
}

function show_down() {
	show("down", "alert", html`<p>${t("down.about")}</p>
		<button type="button" class="action go" onClick=${hand_in}>${t("again")}</button>`);
}

async function hand_in() {
	show("going", "status");
	const { status } = await prove("login", { token });
	if (status === 204)
		go();
	else if (status >= 400 && status < 500 && status !== 429) /* 429: too many wrong ones from here */
		show_bad();
	else
		show_down();
}

if (token)
	hand_in();
else if (query.has("state"))
	show_back();
else if (query.has("out"))
	show_out();
else
	start();
