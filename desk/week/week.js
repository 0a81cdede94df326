// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * week -- the page of week plans: one's own, and for who plans that of everybody.
 *
 * What is on the page is asked of the house after each change (POST /api/week/check), so that what it would break is
 * said before it is saved.
 */
import { get, post } from "../common/api.js";
import { html } from "../common/dom.js";
import { house_page } from "../common/house.js";
import { days, of_week, told } from "./days.js";
import { calendar, swaps, way, wish } from "./more.js";
import { dates_of, same, sums } from "./plan.js";

const CHECK_MS = 150; /* a choice by arrow keys passes through others */
const LEADS = ["lead", "administrator"];

const m = {
	week: null, /* the answer of /api/week or, for somebody else, made of it */
	everybody: null, /* the answer of /api/week/all, while that is looked at */
	view: "mine", /* or "all" */
	plan: null, /* as it is on the page */
	broken: [],
	open: -1, /* the day whose hours are changed */
	say: "",
	error: "",
	picked: false, /* somebody out of everybody, whose plan is open */
	address: "", /* of the calendar; told once */
};
let page = null;
let all = null; /* all.js, for who plans */
let timer = 0;
let asked = 0;

/* ---- the house ---- */

function show(week) {
	m.week = week;
	m.plan = week.plan;
	m.broken = [];
	m.open = -1;
}

function failed(answer) {
	m.error = answer.ok ? "" : answer.error;
	if (!answer.ok && answer.data?.broken)
		m.broken = answer.data.broken;
	return !answer.ok;
}

async function load(name = "") {
	const answer = await get(name ? `week/${name}` : "week");
	if (!failed(answer))
		show(answer.data);
	page.draw();
}

async function load_all(name) {
	all ??= (await import("./all.js")).all;
	const answer = await get(`week/all/${name}`);
	if (!failed(answer))
		m.everybody = answer.data;
	page.draw();
}

async function check() {
	const mine = ++asked;
	const answer = await post(`week/check/${m.week.week}`, body_of());
	if (mine !== asked)
		return; /* there is a newer one */
	if (!failed(answer))
		m.broken = answer.data.broken;
	page.draw();
}

const body_of = () => ({ plan: m.plan, agent: m.week.agent });

function change(plan) {
	m.plan = plan;
	m.say = "";
	m.error = "";
	clearTimeout(timer);
	if (same(plan, m.week.plan)) {
		asked++;
		m.broken = [];
	} else
		timer = setTimeout(check, CHECK_MS);
	page.draw();
}

async function save() {
	clearTimeout(timer);
	asked++;
	const answer = await post(`week/save/${m.week.week}`, body_of());
	if (failed(answer))
		return page.draw();
	const { broken } = answer.data;
	if (m.everybody)
		await load_all(m.everybody.week);
	if (is_own())
		await load(m.week.week);
	else
		m.week = { ...m.week, plan: m.plan };
	m.broken = broken;
	m.say = page.t(broken.length > 0 ? "saved.hints" : "saved");
	page.draw();
}

/* A wish beside the plan: swap, take, drop, wish, way. */
async function send(name, body, done) {
	const is_of_week = name === "swap";
	const answer = await post(is_of_week ? `week/swap/${m.week.week}` : `week/${name}`, body);
	if (failed(answer))
		return page.draw();
	await load(m.week.week);
	m.say = page.t(done);
	page.draw();
}

async function feed_on() {
	const answer = await post("week/feed", { language: page.t.language });
	if (!failed(answer)) {
		m.address = location.origin + answer.data.path;
		m.week.feed = true;
		m.say = page.t("calendar.made");
	}
	page.draw();
}

async function feed_off() {
	m.address = "";
	await send("feed", {}, "calendar.ended");
}

/* Last week's hours and places; what is over stays. */
async function copy_last() {
	const at = m.week.weeks.indexOf(m.week.week);
	const answer = await get(`week/${at > 0 ? m.week.weeks[at - 1] : m.week.before}`); /* one's own */
	if (failed(answer))
		return page.draw();
	const last = answer.data.plan.map((d) => ({ ...d, absent: false }));
	change(m.plan.map((d, i) => (i < m.week.first ? d : last[i])));
}

/* ---- drawing ---- */

const is_own = () => m.week.agent === page.me.login;
const is_lead = () => page.me.roles.some((r) => LEADS.includes(r));

function week_name(name) {
	return page.t("week", { n: Number(name.slice(-2)) });
}

function weeks(now) {
	const { t } = page;
	const list = (m.everybody ?? m.week).weeks;
	return html`<nav aria-label=${t("weeks")} class="weeks"><ul>
		${list.map((w) => html`<li><button type="button" class="small" aria-current=${w === now ? "true" : undefined}
			onClick=${() => (m.say = "", m.view === "all" ? load_all(w) : load(w))}>${week_name(w)}</button></li>`)}
	</ul></nav>`;
}

function views() {
	const { t } = page;
	const to = async (view) => {
		m.view = view;
		m.picked = false;
		m.say = "";
		if (view === "all")
			await load_all(m.week.week);
		else {
			m.everybody = null;
			await load(m.week.week);
		}
	};
	return html`<div class="views" role="group" aria-label=${t("views")}>
		${["mine", "all"].map((v) => html`<button type="button" class="small" aria-pressed=${m.view === v} data-view=${v}
			onClick=${() => to(v)}>${t("view." + v)}</button>`)}
	</div>`;
}

function status() {
	return html`<div class="status">
		<p role="status" class="say">${m.say}</p>
		<div role="alert">${m.error && html`<p class="notice" data-grave="true">${page.error(m.error)}</p>`}</div>
	</div>`;
}

function summary() {
	const { t } = page;
	const s = sums(m.plan);
	const is_changed = !same(m.plan, m.week.plan);
	const is_refused = m.broken.some((b) => b.hard);
	return html`<div class="summary">
		<p class="figures">${t("sum", { home: s.home, office: s.office, time: t("hours.minutes", { h: Math.floor(s.minutes / 60), m: s.minutes % 60 }) })}</p>
		${told(page, of_week(m.broken))}
		${is_own() && wish(page, { ...m.week, send })}
		<p class="buttons">
			<button type="button" class="action go" data-action="save" aria-disabled=${!is_changed || is_refused}
				onClick=${() => is_changed && !is_refused && save()}>${t("save")}</button>
			<button type="button" class="action" data-action="reset" aria-disabled=${!is_changed} onClick=${() => is_changed && change(m.week.plan)}>${t("reset")}</button>
			${is_own() && html`<button type="button" class="action" data-action="copy" onClick=${copy_last}>${t("copy")}</button>`}
		</p>
		<p class="quiet keys">${t("keys.before")} <kbd>↑</kbd> <kbd>↓</kbd> ${t("keys.days")} · <kbd>H</kbd> ${t("choice.home")} · <kbd>O</kbd> ${t("choice.office")} · <kbd>A</kbd> ${t("choice.absent")} · <kbd>F</kbd> ${t("choice.off")}</p>
	</div>`;
}

function plan_card(dates) {
	const { t } = page;
	const ui = {
		...m.week, saved: m.week.plan, plan: m.plan, broken: m.broken, open: m.open, change,
		toggle: (i) => {
			m.open = m.open === i ? -1 : i;
			page.draw();
		},
	};
	const title = is_own() ? t("mine", { week: week_name(m.week.week) }) : t("theirs", { name: m.week.name, week: week_name(m.week.week) });
	return html`<section class="card plan" aria-labelledby="plan-title">
		<h2 id="plan-title" tabindex="-1">${title}</h2>
		${days(page, ui, dates)} ${summary()}
	</section>`;
}

/* Somebody's plan out of everybody's, to be changed. */
async function pick(agent) {
	const person = m.everybody.people.find((p) => p.agent === agent);
	const site = m.everybody.house.sites.find((s) => s.name === person.site);
	show({ ...m.everybody, ...person, seats: site, swaps: [] });
	m.picked = true;
	page.draw();
	document.getElementById("plan-title")?.focus();
}

function draw_all() {
	const dates = dates_of(m.everybody.monday);
	const is_open = m.picked && m.week.week === m.everybody.week;
	return html`${is_open && plan_card(dates)} ${all(page, m.everybody, dates, pick)}`;
}

function draw_mine() {
	const dates = dates_of(m.week.monday);
	const ui = { ...m.week, saved: m.week.plan, address: m.address, send, feed_on, feed_off };
	return html`${plan_card(dates)}
		<div class="beside">${swaps(page, ui, dates)} ${calendar(page, ui)} ${way(page, ui)}</div>`;
}

function draw() {
	const { t } = page;
	if (!m.week)
		return html`<h1>${t("title")}</h1>${status()}`;
	const now = m.view === "all" ? m.everybody?.week : m.week.week;
	return html`<header class="week-head"><h1>${t("title")}</h1>${is_lead() && views()} ${weeks(now)}</header>
		${status()} ${m.view === "all" && m.everybody ? draw_all() : draw_mine()}`;
}

function drawn(of) {
	page = of; /* it is drawn before house_page() returns it */
	return draw();
}

page = await house_page({ name: "week", words: (code) => import(`./words/${code}.js`), draw: drawn });
if (page.me)
	await load();
