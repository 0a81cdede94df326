// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * paper -- the agreement's text on the desk: read in one of four languages, signed with this device's key.
 * Loaded when it is first asked for.
 *
 * What is signed is the hash that this page computed of the very text it shows; where it differs from the
 * centre's nothing is signed.
 */
import { html } from "../common/dom.js";
import { LANGUAGES } from "../common/i18n.js";
import { date_long } from "../common/locale.js";
import { passkey_get, passkeys_work, prove, to_bytes } from "../common/prove.js";
import { key_find, key_make, key_sign, statement_of, text_hash } from "./device_key.js";

/* The centre does not know this device's key: it did not take it, or not any more. */
const NOT_KNOWN = ["no_code", "bad_code", "bad_key", "used_key", "unknown_key", "revoked_key"];

/* changed: something is to be drawn. */
export function paper_new(m, send, changed) {
	let text = null; /* the centre's message, and whether it is broken: not what its hash says */
	let turn = 0;
	let key;
	let strange = null; /* the point of one that is on this device and not known */
	let error = "";
	let sent = 0; /* the version whose signature is on its way */
	let refs = 0;

	const is_open = () =>
		m.view.home.missing.some((x) => !["no_declaration", "declaration_old", "one_factor"].includes(x));

	function fail(code) {
		sent = 0;
		error = code;
		changed();
	}

	const read = (language) => send({ t: "agreement.read", language, ref: "a" + ++refs });

	/* The text came; or another one, whose nonce is the one that counts. */
	async function came(msg) {
		const mine = ++turn;
		const broken = (await text_hash(msg.text)) !== msg.hash;
		const found = await key_find(msg.agent).catch(() => undefined);
		if (mine !== turn)
			return;
		text = { ...msg, broken };
		key = found?.point === strange ? undefined : found;
		changed();
	}

	/* Another device of this agent may be known: without this the page would go on offering to sign with a key that is not. */
	function forget() {
		strange = key?.point ?? strange;
		key = undefined;
	}

	function refused(code) {
		if (NOT_KNOWN.includes(code))
			forget();
		fail(code);
		if (code !== "no_agreement")
			read(text?.language ?? m.t.language);
	}

	async function enrol(ev) {
		ev.preventDefault();
		const code = ev.currentTarget.elements.code.value.trim();
		error = "";
		try {
			key = await key_make(text.agent);
		} catch {
			return fail("no_store");
		}
		send({ t: "agreement.enrol", code, key: key.point, ref: "a" + ++refs });
		changed();
	}

	/* In place of the code: a passkey signs the centre's challenge and this device's key together. */
	async function enrol_by_passkey() {
		error = "";
		const asked = await prove("login/passkey/ask");
		if (!asked.ok)
			return fail(asked.error);
		let body;
		try {
			const made = await key_make(text.agent);
			const point = Uint8Array.from(made.point.match(/../g), (h) => parseInt(h, 16));
			const both = new Uint8Array([...to_bytes(asked.data.challenge), ...point]);
			const challenge = await crypto.subtle.digest("SHA-256", both);
			body = { ...(await passkey_get(asked.data, { challenge })), key: made.point };
			key = made;
		} catch {
			return fail("passkey_no");
		}
		const answer = await prove("account/device", body);
		if (!answer.ok) {
			forget();
			fail(answer.error);
		}
	}

	async function sign() {
		if (sent || text.broken)
			return;
		error = "";
		sent = text.version;
		changed();
		const { version, language, hash, nonce } = text;
		const signature = await key_sign(key, statement_of(text)).catch(() => "");
		if (!signature)
			return fail("no_store");
		send({ t: "agreement.sign", version, language, hash, nonce, key: key.point, signature, ref: "a" + ++refs });
	}

	/* The view that follows says whether it counts. */
	const is_done = () => sent > 0 && !is_open() && m.view.home.to_sign !== sent;

	function end(is_change) {
		send({ t: "agreement.end", changed: is_change, ref: "a" + ++refs });
	}

	const state = () => ({ text, error, sent, can_sign: key && m.view.home.has_key });
	return { read, came, refused, enrol, enrol_by_passkey, sign, is_done, end, state };
}

function languages(p, language) {
	return html`<label class="setting">
		<span>Deutsch · Français · Italiano · English</span>
		<select value=${language} onChange=${(ev) => p.read(ev.currentTarget.value)}>
			${Object.entries(LANGUAGES).map(
				([code, name]) => html`<option value=${code} lang=${code}>${name}</option>`,
			)}
		</select>
	</label>`;
}

function enrolment(t, p) {
	return html`<form class="enrol" onSubmit=${p.enrol}>
		<label for="code">${t("paper.code")}</label>
		<p class="quiet" id="code-about">${t("paper.code.about")}</p>
		<input id="code" name="code" required maxlength="20" autocomplete="off" autocapitalize="characters"
			spellcheck="false" aria-describedby="code-about" />
		<button type="submit" class="action go" data-action="enrol"><span>${t("paper.enrol")}</span></button>
		${passkeys_work() && html`<button type="button" class="small" data-action="enrol_passkey" onClick=${p.enrol_by_passkey}>
			<span>${t("paper.passkey")}</span>
		</button>`}
	</form>`;
}

function signing(t, p, s) {
	return html`<button type="button" class="action go" data-action="sign" aria-busy=${s.sent > 0}
		aria-disabled=${s.text.broken} onClick=${p.sign}>
		<span>${t("paper.sign", { n: s.text.version })}</span>
	</button>`;
}

function ending(m, p) {
	const { t, view: v } = m;
	if (v.home.in_force === 0 || v.home.missing.includes("not_signed") || v.home.missing.includes("ended"))
		return null;
	return html`<details class="house">
		<summary><h3>${t("paper.end.title")}</h3></summary>
		<p>${t("paper.end.about")}</p>
		<p>
			<button type="button" class="small" data-action="home_changed" onClick=${() => p.end(true)}>
				<span>${t("paper.changed")}</span>
			</button>
			${" "}
			<button type="button" class="small" data-action="home_end" onClick=${() => p.end(false)}>
				<span>${t("paper.end")}</span>
			</button>
		</p>
	</details>`;
}

/* What was signed, as a copy of one's own; and the devices that sign. */
function papers(m) {
	const { t, view: v } = m;
	const has_signed = v.home.in_force > 0 && !v.home.missing.includes("not_signed");
	return html`<p class="papers">
		${has_signed && html`<a class="small" href="/api/agreement/pdf" download data-action="pdf"><span>${t("paper.pdf")}</span></a>`}
		${" "}
		<a class="small" href="/agreement/" target="_blank" rel="noopener"><span>${t("paper.devices")}</span></a>
	</p>`;
}

function show_modal(el) {
	if (el && !el.open)
		el.showModal();
}

function body(m, p, s) {
	const { t } = m;
	const { text } = s;
	const error = s.text.broken ? "broken" : s.error;
	return html`<p class="quiet">
			${t(text.material ? "paper.material" : "paper.editorial", { date: date_long(t.language, text.effective_ms) })}
		</p>
		${languages(p, text.language)}
		<div class="paper-text" lang=${text.language} tabindex="0">${text.text}</div>
		<p class="quiet" lang=${text.language}>${text.label}</p>
		<p class="quiet hash">SHA-256 ${text.hash}</p>
		${error && html`<p class="notice" role="alert" data-grave="true">${t("paper.error." + error) || t("paper.error.other")}</p>`}
		${s.can_sign ? signing(t, p, s) : enrolment(t, p)} ${papers(m)} ${ending(m, p)}`;
}

export function paper(m, p, close) {
	const { t } = m;
	const s = p.state();
	return html`<dialog class="help paper" aria-labelledby="paper-title" ref=${show_modal} onClose=${close}>
		<h2 id="paper-title" tabindex="-1">${t("paper.title", { n: s.text?.version ?? "" })}</h2>
		${s.text && body(m, p, s)}
		${!s.text && s.error && html`<p role="alert">${t("paper.error." + s.error) || t("paper.error.other")}</p>`}
		<button type="button" class="small" onClick=${close}>${t("action.close")}</button>
	</dialog>`;
}
