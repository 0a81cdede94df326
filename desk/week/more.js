// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * more -- beside the plan: days to swap, the wish for home days, the calendar, the way that is spared.
 */
import { html } from "../common/dom.js";
import { day_long, month } from "../common/locale.js";
import { number } from "../common/time.js";
import { choice_of } from "./plan.js";

const day_name = (page, dates, i) => day_long(page.t.language, dates[i]);

/* ---- swaps ---- */

function offer(page, ui, dates, s) {
	const { t } = page;
	const words = { name: s.name, day: day_name(page, dates, s.day), back: s.back === null ? "" : day_name(page, dates, s.back) };
	const kind = (s.mine ? "mine" : "theirs") + (s.back === null ? "" : "_back");
	return html`<li class="offer" data-swap=${s.id}>
		<p>${t("swap." + kind, words)}</p>
		<button type="button" class=${s.mine ? "small" : "action go"} data-action=${s.mine ? "drop" : "take"}
			onClick=${() => ui.send(s.mine ? "drop" : "take", { id: s.id }, s.mine ? "swap.dropped" : "swap.taken")}>
			${t(s.mine ? "swap.drop" : "swap.take")}
		</button>
	</li>`;
}

function days_with(ui, choice) {
	return ui.saved.map((d, i) => [d, i]).filter(([d, i]) => i >= ui.first && choice_of(d) === choice).map(([, i]) => i);
}

function on_offer(ev, ui) {
	const form = new FormData(ev.currentTarget);
	const back = form.get("back");
	ev.preventDefault();
	ui.send("swap", { day: Number(form.get("day")), back: back === "" ? null : Number(back) }, "swap.offered");
}

function offer_form(page, ui, dates) {
	const { t } = page;
	const give = days_with(ui, "office");
	const home = days_with(ui, "home");
	const options = (list) => list.map((i) => html`<option value=${i}>${day_name(page, dates, i)}</option>`);
	if (give.length === 0)
		return html`<p class="quiet">${t("swap.no_office")}</p>`;
	return html`<form class="lines" data-form="swap" onSubmit=${(ev) => on_offer(ev, ui)}>
		<label class="line"><span>${t("swap.give")}</span><select name="day">${options(give)}</select></label>
		<label class="line"><span>${t("swap.back")}</span>
			<select name="back"><option value="">${t("swap.nothing")}</option>${options(home)}</select></label>
		<button class="small">${t("swap.offer")}</button>
	</form>`;
}

export function swaps(page, ui, dates) {
	const { t } = page;
	return html`<section class="card" aria-labelledby="swap-title">
		<h2 id="swap-title">${t("swap.title")}</h2>
		<p class="quiet">${t("swap.about")}</p>
		${ui.swaps.length > 0 && html`<ul class="offers">${ui.swaps.map((s) => offer(page, ui, dates, s))}</ul>`}
		${offer_form(page, ui, dates)}
	</section>`;
}

/* ---- the wish ---- */

export function wish(page, ui) {
	const { t } = page;
	return html`<label class="wish">
		<input type="checkbox" checked=${ui.wants_home} onChange=${(ev) => ui.send("wish", { wants_home: ev.currentTarget.checked }, "saved")} />
		<span>${t("wish", { n: ui.home_days })}</span>
	</label>`;
}

/* ---- the calendar ---- */

export function calendar(page, ui) {
	const { t } = page;
	return html`<section class="card" aria-labelledby="calendar-title">
		<h2 id="calendar-title">${t("calendar.title")}</h2>
		<p class="quiet">${t("calendar.about")}</p>
		${ui.address &&
		html`<label class="line"><span>${t("calendar.address")}</span>
			<input type="url" readonly value=${ui.address} onFocus=${(ev) => ev.currentTarget.select()} /></label>
			<p class="quiet">${t("calendar.once")}</p>`}
		<p class="buttons">
			<button type="button" class="small" data-action="feed" onClick=${ui.feed_on}>${t(ui.feed ? "calendar.anew" : "calendar.make")}</button>
			${ui.feed && html`<button type="button" class="small" data-action="feed-off" onClick=${ui.feed_off}>${t("calendar.end")}</button>`}
		</p>
	</section>`;
}

/* ---- the way ---- */

function on_way(ev, ui) {
	const form = new FormData(ev.currentTarget);
	ev.preventDefault();
	ui.send("way", { minutes: Number(form.get("minutes")), km: Number(form.get("km")) }, "saved");
}

function spared(page, way) {
	const hours = Math.floor(way.spared_minutes / 60);
	return html`<p data-spared="true">${page.t("way.spared", { days: way.days, hours: number(hours), minutes: way.spared_minutes % 60, km: number(way.spared_km) })}</p>`;
}

function house_sum(page, house) {
	const [y, m] = house.month.split("-").map(Number);
	return html`<p class="quiet">${page.t("way.house", { month: month(page.t.language, new Date(y, m - 1, 1)), hours: number(house.hours), km: number(house.km) })}</p>`;
}

/* What is being typed outlives a picture that comes meanwhile: a field only begins with what is known. */
export function way(page, ui) {
	const { t } = page;
	const w = ui.way;
	return html`<section class="card" aria-labelledby="way-title">
		<h2 id="way-title">${t("way.title")}</h2>
		<p class="quiet">${t("way.about")}</p>
		${w && spared(page, w)} ${ui.house && house_sum(page, ui.house)}
		<form class="lines" data-form="way" onSubmit=${(ev) => on_way(ev, ui)}>
			<label class="line"><span>${t("way.minutes")}</span>
				<input type="number" name="minutes" min="0" max="600" required defaultValue=${w?.minutes ?? ""} /></label>
			<label class="line"><span>${t("way.km")}</span>
				<input type="number" name="km" min="0" max="1000" step="0.1" required defaultValue=${w?.km ?? ""} /></label>
			<p class="buttons">
				<button class="small">${t("save")}</button>
				${w && html`<button type="button" class="small" onClick=${() => ui.send("way", {}, "way.gone")}>${t("way.forget")}</button>`}
			</p>
		</form>
	</section>`;
}
