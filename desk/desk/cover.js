// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * cover -- somebody came in: the bar with the key for it, what follows while the desk is covered, and the way back.
 *
 * main.js has silenced and emptied the page before anything of this runs.  What goes to the centre is an ordinary
 * hold, pause or no; that the desk is covered, and why, never leaves this page [RULES N10, C5].  The way back is
 * an act that does not happen by itself: two keys that are far apart, and nothing else, for a second; two
 * dots with two fingers; or the agent's own PIN.  Loaded with late.js.
 */
import { html, render } from "../common/dom.js";
import { clock_left } from "../common/time.js";
import { chord_new, cover_words } from "./cover_rules.js";
import { key_aria, key_matches, COVER_KEY } from "./keys.js";
import { line_shown } from "./line_machine.js";
import { pin_is_right } from "./pin.js";
import { caps, shape, times_of } from "./state.js";

const CHORD = ["ShiftLeft", "ShiftRight"]; /* far apart, on every keyboard, and type nothing */
const DOTS = ["1", "2"];
const OPEN_MS = 20000; /* whoever turned to the child again after all */
const AGAIN_MS = 5000; /* a word that was lost with its connection is said again, with a later view */
const TRIES = 3; /* of the PIN, then a rest */
const REST_MS = 30000;
const GO_KEY = "Ctrl+Enter";

/* m: the page's model; cover(on): see main.js. */
export function cover_new(m, { send, cover, draw }) {
	const place = document.body.appendChild(document.createElement("div"));
	const bar = document.createElement("section");
	let asked = "";
	let asked_at = 0;
	let had_call = false;
	let is_open = false; /* the deliberate act was done: what now? */
	let relock = 0;
	let tries = 0;
	let rests_until = 0;
	let checked = Promise.resolve(); /* the PINs that were typed so far */
	let problem = "";
	const keys = chord_new(CHORD, unlock);
	const dots = chord_new(DOTS, unlock);
	bar.className = "came";
	place.className = "cover-place";
	addEventListener("keyup", keys.clear, true);
	addEventListener("blur", both_clear);

	function both_clear() {
		keys.clear();
		dots.clear();
	}

	/* ---- to the centre ---- */

	/* After each view, and when it begins. */
	function settle() {
		const v = m.view;
		if (!m.covered)
			return lock();
		if (!v)
			return;
		const words = cover_words(v);
		const key = JSON.stringify(words) + v.state + (v.call?.id ?? "");
		had_call ||= ["talking", "interrupted", "hold"].includes(v.state);
		if (key === asked && performance.now() - asked_at < AGAIN_MS)
			return;
		asked_at = performance.now();
		asked = words.map((msg) => send(msg)).every(Boolean) ? key : ""; /* without a connection it was not said */
	}

	/* ---- the way back ---- */

	function lock() {
		clearTimeout(relock);
		both_clear();
		is_open = had_call = false;
		asked = problem = "";
	}

	function unlock() {
		if (!m.covered || is_open)
			return;
		is_open = true;
		problem = "";
		tries = 0;
		clearTimeout(relock);
		relock = setTimeout(() => {
			is_open = false;
			draw();
		}, OPEN_MS);
		draw();
	}

	/* One after another: each takes its time, and what is typed meanwhile counts as well. */
	function try_pin(ev) {
		ev.preventDefault();
		const field = ev.target.elements.pin;
		const pin = field.value;
		field.value = "";
		const next = () => check_pin(pin);
		checked = checked.then(next, next);
	}

	async function check_pin(pin) {
		if (is_open || performance.now() < rests_until)
			return;
		if (await pin_is_right(m.look.pin, pin))
			return unlock();
		problem = "wrong";
		if (++tries >= TRIES) {
			tries = 0;
			problem = "wait";
			rests_until = performance.now() + REST_MS;
			setTimeout(() => {
				problem = "";
				draw();
			}, REST_MS);
		}
		draw();
	}

	const is_held = () => m.view?.state === "hold";
	const can_resume = () => m.socket === "open" && line_shown(m.phase, m.view) === "up";

	/* With the words for it, and then uncovered: the microphone follows the view, not this. */
	function leave(...words) {
		for (const t of words)
			send(t === "pause" ? { t } : { t, call: m.view.call.id });
		cover(false);
	}

	function go() {
		if (!is_held())
			leave();
		else if (can_resume())
			leave("resume");
	}

	/* Every key while covered, before anybody else has it. */
	function key(ev) {
		const typing = ev.target.closest?.(".cover input");
		if (!is_open && !m.look.pin)
			keys.press(ev.code, ev.repeat);
		if (is_open && key_matches(GO_KEY, ev))
			go();
		/* of the browser's own keys those that help to move about and to type the PIN */
		if (!typing && !["Tab", "Shift", "Enter", " "].includes(ev.key))
			ev.preventDefault();
		ev.stopPropagation();
	}

	/* ---- drawn ---- */

	function draw_all() {
		draw_bar();
		const was_open = place.querySelector(".cover")?.dataset.open;
		const is_new = m.covered && was_open !== String(is_open);
		render(m.covered ? page() : null, place);
		if (!m.covered) {
			if (was_open)
				document.querySelector("#page h1")?.focus();
			return;
		}
		document.title = m.t("app.name");
		document.querySelector("link[rel=icon]")?.setAttribute("href", "/common/icon.svg");
		if (is_new)
			(place.querySelector("input") ?? place.querySelector("h1")).focus();
	}

	/* In the open dialog, where there is one: outside of it nothing can be pressed. */
	function draw_bar() {
		const home = document.querySelector("#page dialog[open]") ?? document.body;
		const shows = m.view && !m.covered;
		bar.setAttribute("aria-label", m.t("cover.bar"));
		render(shows ? button() : null, bar);
		bar.hidden = !shows;
		if (shows && bar.parentNode !== home)
			home.append(bar);
		else if (!bar.isConnected)
			document.body.append(bar);
	}

	const button = () => html`<button
		type="button"
		data-action="came"
		aria-keyshortcuts=${key_aria(COVER_KEY, m.mac)}
		onClick=${() => cover(true)}
	>
		<span>${m.t("cover.came")}</span>${caps(COVER_KEY, m.mac)}
	</button>`;

	/* What becomes of the caller meanwhile, in words that anybody may read. */
	function about() {
		const { t, view: v } = m;
		if (!v || m.socket !== "open")
			return t("cover.offline");
		if (v.state === "talking" || v.state === "interrupted")
			return t("cover.talking");
		if (v.state !== "hold")
			return t(had_call ? "cover.gone" : "cover.free");
		const left = clock_left(Math.max(0, times_of(m).left ?? 0));
		return t("cover.hold") + " " + t("cover.hold.left", { time: left });
	}

	const page = () => html`<main class="cover" data-open=${String(is_open)}>
		<section class="card">
			${shape("pause")}
			<h1 tabindex="-1">${m.t(is_open ? "cover.open" : "cover.title")}</h1>
			<p>${m.t("cover.mic")} <span class="figures">${about()}</span></p>
			${is_open ? choices() : m.look.pin ? pin_form() : chord_words()}
		</section>
	</main>`;

	function chord_words() {
		const { t } = m;
		const [before, after] = t("cover.chord").split("{keys}");
		return html`<p class="cover-way">${before}<kbd>⇧</kbd> <kbd>⇧</kbd>${after}</p>
			<p class="cover-touch">${t("cover.touch")}</p>
			<div class="cover-touch cover-dots">${DOTS.map(dot)}</div>`;
	}

	const dot = (n) => html`<button
		type="button"
		tabindex="-1"
		aria-label=${m.t("cover.touch.one", { n })}
		onPointerDown=${() => dots.press(n)}
		onPointerUp=${dots.clear}
		onPointerCancel=${dots.clear}
		onContextMenu=${(ev) => ev.preventDefault()}
	></button>`;

	const pin_form = () => html`<form class="cover-pin" onSubmit=${try_pin}>
		<label><span>${m.t("cover.pin")}</span>
			<input name="pin" type="password" inputmode="numeric" autocomplete="off" maxlength="12" />
		</label>
		<button class="action" type="submit"><span>${m.t("cover.pin.ok")}</span></button>
		<p role="alert">${problem && m.t("cover.pin." + problem)}</p>
	</form>`;

	const choice = (id, act, kind, off = false) => html`<button
		type="button"
		class=${"action " + kind}
		data-action=${"cover-" + id}
		aria-disabled=${off}
		onClick=${() => !off && act()}
	>
		<span>${m.t("cover." + id)}</span>${kind === "go" && caps(GO_KEY, m.mac)}
	</button>`;

	function choices() {
		if (!is_held())
			return html`<div class="cover-choices">${choice("back", go, "go")}</div>`;
		const off = m.socket !== "open";
		return html`<div class="cover-choices">
				${choice("resume", go, "go", !can_resume())}
				${choice("hand_over", () => leave("hand_over"), "plain", off)}
				${choice("hand_over.pause", () => leave("pause", "hand_over"), "plain", off)}
			</div>
			${!can_resume() && html`<p class="quiet">${m.t("cover.no_line")}</p>`}`;
	}

	return { settle, key, draw: draw_all };
}
