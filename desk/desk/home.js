// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * home -- where the agent works this shift, what is still missing at home, the declaration, and the way to the
 * agreement.  Part of late.js.
 *
 * The declaration is one statement; nothing of it is kept in the page.
 */
import { post } from "../common/api.js";
import { backoff_ms } from "../common/backoff.js";
import { html } from "../common/dom.js";
import { key_aria } from "./keys.js";
import { caps } from "./state.js";

export const DECLARE_KEY = "D";
export const PAPER_KEY = "V";
const FOLLOW_TRIES = 6; /* in some 15 seconds: a Wi-Fi that comes back */
const POINTS = ["room", "screen", "headset", "children", "assistants"];

const is_declaration = (x) => x === "no_declaration" || x === "declaration_old";
const is_factor = (x) => x === "one_factor";

/* What the card has to say; pure. */
export function home_needs(v) {
	const at_home = v.agent.workplace === "home";
	const missing = v.home?.missing ?? [];
	return {
		at_home,
		where: v.state === "out",
		factor: (at_home || v.home?.factor_always === true) && missing.some(is_factor),
		declare: at_home && missing.some(is_declaration) && !missing.some(is_factor),
		agreement: at_home ? missing.filter((x) => !is_declaration(x) && !is_factor(x)) : [],
		coming: v.home?.to_sign > 0,
	};
}

export function home_new(m, send, draw) {
	let module = null; /* paper.js */
	let paper = null; /* while the text is open */
	let state = m.first; /* as it was drawn last; a shift may have begun before this part was there */
	let against = []; /* what keeps today's plan from following, in words of the house */

	/* The shift begins: today's plan follows where the agent says to be, or it is said why not.  The shift goes on in
	 * any case; where the house does not answer in time, the plan is what it was. */
	async function follow() {
		const wish = () => post("week/today", { at: m.view.agent.workplace });
		let { data, error } = await wish();
		for (let n = 0; error === "away" && n < FOLLOW_TRIES; n++) {
			await new Promise((done) => setTimeout(done, backoff_ms(n)));
			if (!m.view || m.view.state === "out")
				return;
			({ data, error } = await wish());
		}
		against = data?.refused ? [...new Set(data.broken.filter((b) => b.hard).map((b) => b.kind))] : [];
		if (data?.changed && !data.refused)
			m.say = m.t("plan.follows");
		draw();
	}

	function begin_or_end() {
		const was = state;
		state = m.view.state;
		if (was === state)
			return;
		if (state === "out")
			against = [];
		else if (was === "out")
			follow();
	}

	async function open() {
		module ??= await import("./paper.js");
		paper = module.paper_new(m, send, draw);
		paper.read(m.t.language);
		draw();
	}

	function close() {
		paper = null;
		draw();
	}

	/* An error with a mark of ours? */
	function refused(msg) {
		if (!msg.ref.startsWith("a"))
			return false;
		paper?.refused(msg.code);
		return true;
	}

	const declare = () => send({ t: "declare" });
	const at = (place) => send({ t: "workplace", at: place });

	/* What a key does here, or undefined. */
	function key(hit) {
		const n = home_needs(m.view);
		if (n.declare && hit(DECLARE_KEY))
			return declare;
		return (n.agreement.length > 0 || n.coming) && hit(PAPER_KEY) ? open : undefined;
	}

	/* A shift that has ended asks for nothing until the microphone is turned on for the next. */
	const is_over = () => m.view.state === "out" && m.view.why && m.phase === "off";

	function card() {
		begin_or_end();
		if (paper?.is_done()) {
			paper = null;
			m.say = m.t("paper.done");
		}
		const n = home_needs(m.view);
		const shows = !is_over() && (against.length > 0 || n.where || n.factor || n.declare || n.agreement.length > 0 || n.coming);
		return html`${shows && draw_card(m, n, { open, declare, at, against })} ${paper && module.paper(m, paper, close)}`;
	}

	return { card, key, refused, came: (msg) => paper?.came(msg) };
}

function where(m, n, ui) {
	const { t } = m;
	const option = (place, on) => html`<label class="choice">
		<input type="radio" name="workplace" value=${place} checked=${on} onChange=${() => ui.at(place)} />
		<span>${t("home.at." + place)}</span>
	</label>`;
	return html`<fieldset class="choices">
		<legend>${t("home.where")}</legend>
		${option("office", !n.at_home)} ${option("home", n.at_home)}
	</fieldset>`;
}

function button(m, id, key, label, act, kind) {
	return html`<button type="button" class=${kind} data-action=${id} aria-keyshortcuts=${key_aria(key, m.mac)}
		onClick=${act}>
		<span>${m.t(label)}</span>${caps(key, m.mac)}
	</button>`;
}

function agreement(m, n, ui) {
	const { t } = m;
	if (n.agreement.length === 0 && !n.coming)
		return null;
	return html`<div class="home-part">
		<h3>${t("home.agreement")}</h3>
		${n.agreement.length > 0
			? n.agreement.map((x) => html`<p key=${x} data-missing=${x}>${t("home.missing." + x)}</p>`)
			: html`<p>${t("home.coming")}</p>`}
		${button(m, "paper", PAPER_KEY, "home.read", ui.open, n.agreement.length > 0 ? "action go" : "small")}
	</div>`;
}

/* In another tab, so that the line stays; the view follows by itself. */
function factor(m, n) {
	const { t } = m;
	return n.factor && html`<div class="home-part">
		<h3>${t("home.factor")}</h3>
		<p data-missing="one_factor">${t("home.missing.one_factor")}</p>
		<a class="action go" data-action="second" href="/account/" target="_blank">${t("home.factor.go")}</a>
	</div>`;
}

function declaration(m, n, ui) {
	const { t } = m;
	if (!n.at_home || n.factor)
		return null;
	if (!n.declare)
		return html`<p class="quiet" data-declared="true">${t("home.declared")}</p>`;
	return html`<div class="home-part">
		<h3>${t("home.declare.title")}</h3>
		<p data-missing="no_declaration">${t("home.declare.about")}</p>
		<ul class="points">
			${POINTS.map((x) => html`<li key=${x}>${t("home.point." + x)}</li>`)}
		</ul>
		${button(m, "declare", DECLARE_KEY, "home.declare", ui.declare, "action go")}
	</div>`;
}

function plan(m, n, ui) {
	const { t } = m;
	return html`${ui.against.map((x) => html`<p key=${x} data-against=${x}>${t("plan.against." + x)}</p>`)}
		${(n.where || ui.against.length > 0) && html`<p><a href="/week/">${t("plan.link")}</a></p>`}`;
}

function draw_card(m, n, ui) {
	const { t } = m;
	return html`<section class="card test home" aria-labelledby="home-title">
		<h2 id="home-title">${t("home.title")}</h2>
		${n.where && where(m, n, ui)} ${plan(m, n, ui)} ${factor(m, n)} ${agreement(m, n, ui)} ${declaration(m, n, ui)}
	</section>`;
}
