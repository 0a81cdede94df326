// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * caller -- the caller page: one call over the browser, which arrives in the queue like any other.
 *
 * Its language leads to a queue; a token of the house's own site comes behind a "#" and goes with the call.  Before a call the
 * microphone may be tried, with nobody at the other end; in a menu and in a talk there are keys, sent as telephone-event (RFC 4733).
 */
import { html, render } from "../common/dom.js";
import { LANGUAGES, language_pick, words_load } from "../common/i18n.js";
import { level_fall, level_new, level_show } from "../common/level.js";
import { look_apply, look_load, look_save } from "../common/look.js";
import { mic_new } from "../common/mic.js";
import { rtc_new } from "../common/rtc.js";
import { icon_of, SHAPES } from "../common/shapes.js";
import { socket_new } from "../common/socket.js";
import { clock } from "../common/time.js";
import {
	CALLER_STATES,
	caller_about,
	caller_is_idle,
	caller_outlook,
	caller_token,
	caller_track_enabled,
} from "./caller_state.js";
import { more_words } from "./words.js";

const LEVEL_MS = 66;
const PLACE_MS = 10000;
const THEMES = ["system", "light", "dark"];
const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const KEYS_WAIT = 20; /* three seconds of them */
const KEY_NAMES = { "*": "star", "#": "hash" };
const MIC_WRONG = ["denied", "missing", "busy", "insecure", "ended", "muted"];

const m = {
	t: null,
	look: look_load(),
	socket: "connecting",
	view: null,
	received_at: 0,
	mic: "off",
	checks: false, /* the microphone is tried */
	keys: false, /* they are shown in the talk; in a menu they always are */
	pressed: "", /* the last one, for who cannot see it go down */
	calling: "", /* "asking" the browser, "sent" to the centre, "" once the centre shows the call, or the caller hung up */
};
const root = document.getElementById("page");
const audio = document.getElementById("voice");
const socket = socket_new("/ws/caller", { on_message, on_state: on_socket });
const mic = mic_new(on_mic);
let context = null;
let rtc = null;
let ref = 0; /* of the latest attempt */
let levels = [];
const meters = { you: null, them: null };
const meter_refs = {
	you: (el) => (meters.you = el),
	them: (el) => (meters.them = el),
};

/* ---- messages ---- */

function on_message(msg) {
	if (msg.t === "caller")
		on_view(msg);
	else if (msg.t === "line.answer" && rtc && msg.ref === String(ref))
		answered(msg.sdp);
	else if (msg.t === "error" && msg.ref === String(ref))
		failed();
	draw();
}

function on_view(v) {
	m.view = v;
	m.received_at = performance.now();
	if (m.calling === "sent" && v.state !== "none")
		m.calling = "";
	if (m.checks && !caller_is_idle(v))
		check_over();
	mic.enable(caller_track_enabled(v, m.checks));
	if (caller_is_idle(v) && !m.calling && !m.checks)
		drop();
	if (v.state !== "talking")
		m.keys = false;
	if (!has_keys())
		m.pressed = "";
}

function on_socket(state) {
	m.socket = state;
	if (state === "waiting" && m.calling === "sent")
		failed(); /* whether the centre had it in time, its next word says */
	draw();
}

function on_mic(state) {
	m.mic = state;
	mic.enable(caller_track_enabled(m.view, m.checks));
	draw();
}

/* ---- the call ---- */

/* Its own voice in a bar, with nobody at the other end. */
async function check() {
	const stream = await mic.open();
	if (!stream || m.checks || m.calling)
		return;
	m.checks = true;
	mic.enable(true);
	context ??= new AudioContext();
	context.resume().catch(() => {});
	levels = [{ name: "you", shown: 0, level: level_new(context, stream) }];
	draw();
}

function check_over() {
	m.checks = false;
	mic.enable(false);
	for (const l of levels)
		l.level.close();
	levels = [];
}

async function call() {
	if (m.calling)
		return;
	check_over();
	m.calling = "asking";
	const mine = ++ref;
	draw();
	const stream = await mic.open();
	if (mine !== ref)
		return;
	if (!stream) {
		m.calling = "";
		return draw();
	}
	context ??= new AudioContext();
	rtc = rtc_new({ stream, audio, on_state: (s) => s === "failed" && hang_up() });
	const sdp = await rtc.offer().catch(() => null);
	if (mine !== ref)
		return;
	m.calling = "sent";
	const token = caller_token(location.hash);
	const { language } = m.t;
	if (!sdp || !socket.send({ t: "call", sdp, language, ...(token && { token }), ref: String(mine) }))
		failed();
}

async function answered(sdp) {
	const mine = rtc;
	try {
		await mine.answer(sdp);
	} catch {
		return mine === rtc && failed();
	}
	if (mine === rtc && audio.srcObject)
		hear();
}

function hear() {
	/* not waited for: a browser that is slow with one of them still shows the levels of the other */
	for (const started of [context.resume(), audio.play()])
		started.catch(() => {});
	levels = [
		{ name: "you", shown: 0, level: level_new(context, mic.stream()) },
		{ name: "them", shown: 0, level: level_new(context, audio.srcObject) },
	];
}

function failed() {
	m.calling = "";
	drop();
	m.view = { state: "ended", why: "failed", queue: "", since_ms: 0 };
	draw();
}

function hang_up() {
	if (m.calling !== "asking")
		return socket.send({ t: "hangup" });
	/* before the browser had given the microphone: the centre has heard of nothing */
	ref++;
	m.calling = "";
	drop();
	draw();
}

function drop() {
	for (const l of levels)
		l.level.close();
	levels = [];
	rtc?.close();
	rtc = null;
	mic.close();
}

/* ---- drawing ---- */

function level_row(name) {
	const label = m.t("caller." + name);
	return html`<div>
		<span>${label}</span>
		<span
			class="meter"
			role="meter"
			aria-label=${label}
			aria-valuemin="0"
			aria-valuemax="100"
			aria-valuenow="0"
			ref=${meter_refs[name]}
		></span>
	</div>`;
}

function notice() {
	const id = m.socket === "waiting" ? "away" : MIC_WRONG.includes(m.mic) ? m.mic : null;
	if (!id)
		return null;
	const words =
		id === "away"
			? m.t("caller.away")
			: html`<strong>${m.t("notice.mic_" + id)}</strong> ${m.t(`notice.mic_${id}.about`)}`;
	return html`<div class="notice" data-grave="true"><p>${words}</p></div>`;
}

function keypad() {
	const { t } = m;
	return html`<div class="keypad" role="group" aria-label=${t("caller.keys")}>
		${KEYS.map(
			(k) =>
				html`<button
					type="button"
					class="action"
					data-key=${k}
					data-pressed=${m.pressed === k}
					aria-label=${key_name(k)}
					onClick=${() => press(k)}
				>
					${k}
				</button>`,
		)}
	</div>`;
}

/* What stands between the words and the button. */
function middle(v) {
	const { t } = m;
	if (v.state === "menu")
		return html`<div class="middle">${keypad()}</div>`;
	if (v.state === "talking")
		return html`<div class="middle">
			<div class="levels">${level_row("you")} ${level_row("them")}</div>
			<button
				type="button"
				class="small"
				data-action="keys"
				aria-expanded=${m.keys}
				onClick=${() => show_keys()}
			>
				${t("caller.keys")}
			</button>
			${m.keys && keypad()}
		</div>`;
	if (!caller_is_idle(v))
		return html`<div></div>`;
	return html`<div class="middle">
		${m.checks
			? html`<p class="quiet">${t("caller.check.about")}</p>
					<div class="levels">${level_row("you")}</div>`
			: html`<button type="button" class="small" data-action="check" onClick=${check}>
					${t("caller.check")}
				</button>`}
	</div>`;
}

function show_keys() {
	m.keys = !m.keys;
	draw();
}

const has_keys = () => m.view?.state === "menu" || m.keys;
const key_name = (key) => (KEY_NAMES[key] ? m.t("caller.key." + KEY_NAMES[key]) : key);

/* Behind those that are still being sent. */
function press(key) {
	const dtmf = rtc?.transceiver.sender.dtmf;
	if (dtmf && dtmf.toneBuffer.length < KEYS_WAIT)
		dtmf.insertDTMF(dtmf.toneBuffer + key);
	m.pressed = key;
	draw();
}

/* While the keys are shown, those of the keyboard press them. */
function on_key(ev) {
	if (!has_keys() || ev.ctrlKey || ev.altKey || ev.metaKey || !KEYS.includes(ev.key))
		return;
	ev.preventDefault();
	if (!ev.repeat)
		press(ev.key);
}

function card() {
	const { t } = m;
	const v = m.calling ? { state: "connecting", since_ms: 0 } : m.view;
	const s = CALLER_STATES[v.state];
	const press = s.action === "hangup" ? hang_up : call;
	const off = m.socket !== "open";
	return html`<section class="card caller" data-state=${s.shape}>
		<div class="caller-head">
			<span class="badge">
				<svg class="shape" viewBox="0 0 24 24" aria-hidden="true">
					<path fill="currentColor" fill-rule="evenodd" d=${SHAPES[s.shape]} />
				</svg>
			</span>
			<h1>${t("caller." + v.state)}</h1>
			${v.state === "talking" &&
			html`<p class="timer" role="timer">
				${clock(v.since_ms + performance.now() - m.received_at)}
			</p>`}
		</div>
		<div class="about">
			<p>${caller_about(t, v)}</p>
			${v.state === "waiting" && caller_outlook(t, v) && html`<p class="outlook">${caller_outlook(t, v)}</p>`}
		</div>
		${middle(v)}
		<button
			type="button"
			key=${s.action}
			class=${"action " + (s.action === "hangup" ? "end" : "go")}
			data-action=${s.action}
			aria-disabled=${off}
			onClick=${() => !off && press()}
		>
			${t("caller." + s.action)}
		</button>
	</section>`;
}

/* Why it ended is read out, too; what else may be said in a state stands beside it. */
function spoken() {
	const state = m.t("caller." + m.view.state);
	return m.view.state === "ended" ? `${state}. ${caller_about(m.t, m.view)}` : state;
}

function draw() {
	const { t } = m;
	if (!t)
		return;
	document.title = `${t(m.view ? "caller." + m.view.state : "caller.title")} – ${t("app.name")}`;
	if (m.view)
		document
			.querySelector("link[rel=icon]")
			.setAttribute("href", icon_of(CALLER_STATES[m.view.state].shape));
	render(
		html`<header class="top">
				<p class="mark-name">${t("app.name")}</p>
				<label class="language"
					><span class="sr">${t("caller.language")}</span>
					<select value=${t.language} onChange=${(ev) => set_look({ language: ev.currentTarget.value })}>
						${Object.entries(LANGUAGES).map(
							([code, name]) => html`<option value=${code} lang=${code}>${name}</option>`,
						)}
					</select></label
				>
				<details class="menu">
					<summary>${t("app.more")}</summary>
					<div class="menu-body">${theme()}</div>
				</details>
			</header>
			<main class="plain-page">
				<div role="alert">${notice()}</div>
				${m.view ? card() : html`<p class="quiet">${t("app.loading")}</p>`}
				<div class="sr" role="status">
					${m.pressed ? key_name(m.pressed) : m.view ? spoken() : ""}
				</div>
			</main>`,
		root,
	);
}

function theme() {
	const { t } = m;
	return html`<label class="setting"
		><span>${t("app.theme")}</span>
		<select value=${m.look.theme} onChange=${(ev) => set_look({ theme: ev.currentTarget.value })}>
			${THEMES.map((x) => html`<option value=${x}>${t("theme." + x)}</option>`)}
		</select>
	</label>`;
}

async function set_look(part) {
	m.look = { ...m.look, ...part };
	look_save(m.look);
	look_apply(m.look);
	if (part.language)
		m.t = await words_load(part.language, more_words);
	draw();
}

function show_levels() {
	for (const l of levels) {
		l.shown = level_fall(l.shown, l.level.read());
		if (meters[l.name])
			level_show(meters[l.name], l.shown);
	}
}

m.t = await words_load(language_pick([m.look.language, ...(navigator.languages ?? [])]), more_words);
draw();
socket.connect();
setInterval(show_levels, LEVEL_MS);
setInterval(() => m.view?.state === "talking" && draw(), 500);
setInterval(() => m.view?.state === "waiting" && socket.send({ t: "place" }), PLACE_MS);
addEventListener("keydown", on_key);
