// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * account -- one's own password, authenticator app and passkeys; the second factor for this session; and the way out
 * everywhere.
 *
 * The secret of an authenticator app is shown once, made into a QR code here, and leaves the page with the next drawing.
 */
import { html } from "../common/dom.js";
import { house_page } from "../common/house.js";
import { date } from "../common/locale.js";
import { by_passkey, passkey_make, passkeys_work, prove, typed } from "../common/prove.js";
import { ACCOUNT } from "./words.js";

const QUIET_ZONE = 4; /* ISO/IEC 18004 section 9.1: four modules */

const s = { me: null, draft: null, error: "", of: "", done: "", busy: false };

/* of: the card that it is about. */
async function attempt(of, ask, done) {
	if (s.busy)
		return;
	Object.assign(s, { busy: true, error: "", done: "", of });
	page.draw();
	const answer = await ask();
	s.busy = false;
	s.error = answer.error;
	if (answer.ok)
		await done?.(answer.data);
	await load();
}

async function load() {
	const answer = await prove("account/state");
	if (answer.ok)
		s.me = answer.data;
	else
		s.error ||= answer.error;
	page.draw();
}

const said = (of) => () => {
	s.done = of;
};

function told(t, of) {
	if (s.of !== of)
		return null;
	return html`<div role="alert">${s.error && html`<p class="notice" data-grave="true">${t("error." + s.error) || t("error.other")}</p>`}</div>
		<p role="status">${s.done && t("done." + s.done)}</p>`;
}

function card(t, of, more, wide) {
	return html`<section class="card ${wide ? "wide-card" : ""}" aria-labelledby="h-${of}">
		<h2 id="h-${of}">${t(of)}</h2>
		${told(t, of)} ${more}
	</section>`;
}

function button(action, label, act, kind = "small") {
	return html`<button type="button" class=${kind} data-action=${action} aria-busy=${s.busy} onClick=${act}>${label}</button>`;
}

/* ---- this session ---- */

const has_second = () => s.me.totp || s.me.passkeys.length > 0;

function code_form(t, of, path) {
	const confirm = (ev) => {
		ev.preventDefault();
		const field = ev.currentTarget.elements.code;
		const code = field.value;
		field.value = "";
		attempt(of, () => prove(path, { code }), () => {
			s.draft = null;
			s.done = of;
		});
	};
	return html`<form onSubmit=${confirm}>
		<label>${t("code")}
			<input name="code" inputmode="numeric" autocomplete="one-time-code" required maxlength="8" /></label>
		<button type="submit" class="action go" data-action=${"confirm_" + of}>${t("confirm")}</button>
	</form>`;
}

function session(t) {
	if (s.me.factors === 2)
		return card(t, "session", html`<p data-factors="2">${t("session.two")}</p>`, true);
	const about = has_second() ? "session.one" : "session.none";
	return card(t, "session", html`<p data-factors="1">${t(about)}${s.me.always ? " " + t("session.always") : ""}</p>
		${s.me.totp && code_form(t, "session", "login/code")}
		${s.me.passkeys.length > 0 && passkeys_work() &&
			button("passkey", t("passkey.use"), () => attempt("session", () => by_passkey(false), said("session")), "action")}`, true);
}

/* ---- authenticator app ---- */

async function draft() {
	await attempt("app", () => prove("account/code/draft"), async (data) => {
		const { generate } = await import("../lib/qr.js");
		s.draft = { ...data, code: generate(data.uri) };
	});
}

function qr(t) {
	const { code } = s.draft;
	const side = code.size + 2 * QUIET_ZONE;
	let d = "";
	for (let y = 0; y < code.size; y++)
		for (let x = 0; x < code.size; x++)
			if (code.get(x, y))
				d += `M${x + QUIET_ZONE} ${y + QUIET_ZONE}h1v1h-1z`;
	return html`<svg class="qr" viewBox="0 0 ${side} ${side}" role="img" aria-label=${t("app.image")}><path d=${d} /></svg>`;
}

function app(t) {
	if (s.draft)
		return card(t, "app", html`<p>${t("app.scan")}</p>
			${qr(t)}
			<p>${t("app.type")} <code data-secret=${s.draft.secret}>${s.draft.secret.match(/.{4}/g).join(" ")}</code></p>
			${code_form(t, "app", "account/code")}`);
	if (s.me.totp)
		return card(t, "app", html`<p>${t("app.on")}</p>
			${button("app_remove", t("app.remove"), () => attempt("app", () => prove("account/code/remove"), said("removed")))}`);
	return card(t, "app", html`<p>${t("app.off")}</p>
		${button("app_draft", t("app.set_up"), draft, has_second() ? "small" : "action go")}`);
}

/* ---- passkeys ---- */

async function make(name) {
	const drafted = await prove("account/passkey/draft");
	if (!drafted.ok)
		return drafted;
	try {
		return await prove("account/passkey", { ...(await passkey_make(drafted.data)), name });
	} catch {
		return { ok: false, status: 0, data: null, error: "passkey_no" };
	}
}

function add(t) {
	if (!passkeys_work())
		return html`<p class="quiet">${t("passkeys.no_name")} <a href="${location.protocol}//localhost:${location.port}/login/">localhost:${location.port}</a></p>`;
	const submit = (ev) => {
		ev.preventDefault();
		const form = ev.currentTarget;
		const name = form.elements.name.value.trim();
		attempt("passkeys", () => make(name), () => {
			form.reset();
			s.done = "passkeys";
		});
	};
	return html`<form onSubmit=${submit}>
		<label>${t("passkeys.name")}
			<input name="name" required maxlength="40" autocomplete="off" placeholder=${t("passkeys.example")} /></label>
		<button type="submit" class="action" data-action="passkey_add">${t("passkeys.add")}</button>
	</form>`;
}

function passkeys(t) {
	return card(t, "passkeys", html`<p>${t("passkeys.about")}</p>
		<ul class="facts">
			${s.me.passkeys.map((k) => html`<li key=${k.id}><span>${k.name} <span class="quiet">${date(t.language, k.made_ms)}</span></span>
				${button("passkey_remove", t("passkeys.remove"), () => attempt("passkeys", () => prove("account/passkey/remove", { id: k.id }), said("removed")))}</li>`)}
		</ul>
		${add(t)}`);
}

/* ---- password, and out ---- */

function password(t) {
	const submit = (ev) => {
		ev.preventDefault();
		const form = ev.currentTarget;
		const { old, password: next } = form.elements;
		const body = { password: typed(next.value), ...(old ? { old: typed(old.value) } : {}) };
		attempt("password", () => prove("account/password", body), () => {
			form.reset();
			s.done = "password";
		});
	};
	return card(t, "password", html`<p>${t(s.me.password ? "password.on" : "password.off")}</p>
		<form onSubmit=${submit}>
			<input type="text" name="username" value=${s.me.login} autocomplete="username" hidden />
			${s.me.password && html`<label>${t("password.old")}
				<input name="old" type="password" autocomplete="current-password" required maxlength="255" /></label>`}
			<label>${t("password.new")}
				<input name="password" type="password" autocomplete="new-password" required maxlength="255" aria-describedby="rules" /></label>
			<p class="quiet" id="rules">${t("password.rules")}</p>
			<button type="submit" class="action" data-action="password_set">${t("password.set")}</button>
		</form>`);
}

/* Whoever the house does not know by its login links its own account, once. */
function sign_on(t) {
	const go = () => attempt("sign_on", () => prove("account/sign-on"), (data) => location.assign(data.url));
	return typeof s.me.sign_on === "string" && card(t, "sign_on", html`<p>${t("sign_on.about")}</p>
		${button("sign_on", t("sign_on.go", { name: s.me.sign_on || t("sign_on") }), go)}`);
}

function out(t) {
	const end = () => attempt("out", () => prove("account/end"), () => {
		location.replace("/login/?out"); /* and out of the provider, if there is one */
	});
	return card(t, "out", html`<p>${t("out.about")}</p> ${button("end", t("out.go"), end, "action end")}`);
}

function draw({ t }) {
	if (!s.me)
		return told(t, s.of);
	return html`<h1>${t("title")}</h1>
		<div class="account">${session(t)} ${app(t)} ${passkeys(t)} ${password(t)} ${sign_on(t)} ${out(t)}</div>`;
}

const page = await house_page({ name: "account", words: ACCOUNT, draw });
if (page.me)
	await load();
