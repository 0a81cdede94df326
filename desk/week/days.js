// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * days -- seven days as a picture that is also the form: what a day is, its hours, and what that would break.
 *
 * Up and down go from day to day, left and right choose; H, O, A and F choose at once.
 */
import { html } from "../common/dom.js";
import { day as date_of_day, weekday } from "../common/locale.js";
import { choice_of, choose, clock_of, frame_of, hours_text, is_at_office, minute_of, SPANS_MAX } from "./plan.js";

const CHOICES = ["home", "office", "off", "absent"];
const KEYS = { h: "home", o: "office", a: "absent", f: "off" };

/* ---- the picture of a day ---- */

function bar(day, frame) {
	const hours = [];
	for (let m = Math.ceil(frame.from / 120) * 120; m <= frame.to; m += 120)
		hours.push(m);
	return html`<svg class="bar" viewBox="${frame.from} 0 ${frame.to - frame.from} 24" preserveAspectRatio="none" aria-hidden="true"
		data-absent=${day.absent}>
		${hours.map((m) => html`<line x1=${m} x2=${m} y1="0" y2="24" />`)}
		${day.spans.map((s) => html`<rect class=${s.at} x=${s.from} width=${s.to - s.from} y="4" height="16" rx="0" />`)}
	</svg>`;
}

/* ---- its hours, where they are changed ---- */

function span_row(page, ui, i, k, span) {
	const { t } = page;
	const set = (part) => ui.change(ui.plan.with(i, { ...ui.plan[i], spans: ui.plan[i].spans.with(k, { ...span, ...part }) }));
	const time = (end, minute, part) => html`<label><span class="sr">${t("span." + end)}</span>
		<input type="time" step="900" value=${clock_of(minute)} data-part="${end}-${k}"
			onChange=${(ev) => set(part(minute_of(ev.currentTarget.value)))} /></label>`;
	return html`<li class="span-row">
		${time("begin", span.from, (v) => ({ from: v }))} <span aria-hidden="true">–</span> ${time("end", span.to, (v) => ({ to: v }))}
		<label><span class="sr">${t("span.at")}</span>
			<select value=${span.at} onChange=${(ev) => set({ at: ev.currentTarget.value })}>
				<option value="home">${t("choice.home")}</option>
				<option value="office">${t("choice.office")}</option>
			</select></label>
		<button type="button" class="small" aria-label=${t("span.remove")}
			onClick=${() => ui.change(ui.plan.with(i, { ...ui.plan[i], spans: ui.plan[i].spans.toSpliced(k, 1) }))}>×</button>
	</li>`;
}

function add_span(ui, i) {
	const { spans } = ui.plan[i];
	const from = Math.min(spans.at(-1)?.to ?? 480, 1380);
	ui.change(ui.plan.with(i, { ...ui.plan[i], spans: [...spans, { from, to: Math.min(from + 240, 1440), at: spans.at(-1)?.at ?? "home" }] }));
}

function hours_form(page, ui, i) {
	const { t } = page;
	return html`<div class="hours" id="hours-${i}">
		<ul>${ui.plan[i].spans.map((s, k) => span_row(page, ui, i, k, s))}</ul>
		${ui.plan[i].spans.length < SPANS_MAX &&
		html`<button type="button" class="small" onClick=${() => add_span(ui, i)}>${t("span.add")}</button>`}
	</div>`;
}

/* ---- what is said of a day ---- */

/* The seats that are left when the plan is as on the page; null: as many as come. */
function seats_left(ui, i) {
	const { room, taken } = ui.seats;
	if (!room)
		return null;
	return room - (taken[i] - is_at_office(ui.saved[i]) + is_at_office(ui.plan[i]));
}

function seats(page, ui, i) {
	const left = seats_left(ui, i);
	if (left === null)
		return null;
	if (is_at_office(ui.plan[i]) && left >= 0)
		return html`<span class="fact">${page.t("seats.yours")}</span>`;
	return html`<span class="fact" data-full=${left <= 0}>${page.t(left > 0 ? "seats.left" : "seats.none", { n: left })}</span>`;
}

/* A sentence for what would be broken. */
export function broken_text(page, b) {
	const { t } = page;
	const between = b.from === undefined ? "" : `${clock_of(b.from)}–${clock_of(b.to)}`;
	const hours = { h: Math.floor(b.missing / 60), m: b.missing % 60 };
	return t("broken." + b.kind, { n: b.missing, between, time: t("hours.minutes", hours) });
}

const OF_WEEK = ["home_days", "hours"];

export function told(page, list) {
	return list.map((b) => html`<p class="told" data-hard=${b.hard} data-kind=${b.kind}>
		<strong>${page.t(b.hard ? "broken.hard" : "broken.soft")}</strong> ${broken_text(page, b)}</p>`);
}

export const of_week = (broken) => broken.filter((b) => OF_WEEK.includes(b.kind));

/* ---- a day ---- */

function radio(page, ui, i, choice, now) {
	return html`<label class="pick" data-choice=${choice}>
		<input type="radio" name="day-${i}" value=${choice} checked=${now === choice} disabled=${i < ui.first}
			onChange=${() => ui.change(choose(ui.plan, i, choice))} />
		<span>${page.t("choice." + choice)}</span>
	</label>`;
}

function on_key(ev, ui, i) {
	if (ev.ctrlKey || ev.metaKey || ev.altKey || ev.target.type !== "radio")
		return;
	const step = { ArrowDown: 1, ArrowUp: -1 }[ev.key];
	const choice = KEYS[ev.key.toLowerCase()];
	if (step) {
		const rows = ev.currentTarget.parentElement.querySelectorAll(".day");
		const to = rows[i + step];
		(to?.querySelector("input:checked") ?? to?.querySelector('input[type="radio"]'))?.focus();
	} else if (choice && i >= ui.first) {
		ui.change(choose(ui.plan, i, choice));
		ev.currentTarget.querySelector(`input[value="${choice}"]`).focus();
	} else
		return;
	ev.preventDefault();
}

function day_row(page, ui, i, frame, dates) {
	const { t } = page;
	const day = ui.plan[i];
	const now = choice_of(day);
	const name = weekday(t.language, dates[i]);
	const date = date_of_day(t.language, dates[i]);
	const list = ui.broken.filter((b) => b.day === i && !OF_WEEK.includes(b.kind));
	return html`<li class="day" data-day=${i} data-choice=${now} data-past=${i < ui.first} onKeyDown=${(ev) => on_key(ev, ui, i)}>
		<fieldset>
			<legend><span class="day-name">${name}</span> <span class="quiet">${date}</span></legend>
			<div class="picks">
				${CHOICES.map((c) => radio(page, ui, i, c, now))} ${now === "split" && radio(page, ui, i, "split", now)}
			</div>
		</fieldset>
		<div class="day-picture">
			${bar(day, frame)}
			<p class="facts">
				<span class="figures">${day.absent ? t("absent.about") : hours_text(day) || t("off.about")}</span>
				${ui.team_days.includes(i) && html`<span class="fact team">${t("team_day")}</span>`} ${seats(page, ui, i)}
			</p>
			${ui.open === i && hours_form(page, ui, i)} ${told(page, list)}
		</div>
		<button type="button" class="small edit" aria-expanded=${ui.open === i} aria-controls="hours-${i}" disabled=${i < ui.first}
			onClick=${() => ui.toggle(i)}>${t("hours.edit")}<span class="sr"> ${name}</span></button>
	</li>`;
}

export function days(page, ui, dates) {
	const frame = frame_of([ui.plan]);
	return html`<ol class="days">${ui.plan.map((_, i) => day_row(page, ui, i, frame, dates))}</ol>`;
}
