// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * all -- the week of everybody, for who plans: who means to be where, seats, and what the half-hours need.
 *
 * Present and future weeks only, and no sums by person.
 */
import { html } from "../common/dom.js";
import { day, weekday } from "../common/locale.js";
import { choice_of, clock_of, gaps_of, hours_text } from "./plan.js";

function cell(page, person, i, pick) {
	const day = person.plan[i];
	const choice = choice_of(day);
	const word = page.t("choice." + choice);
	return html`<td data-choice=${choice} title=${day.absent ? "" : hours_text(day)}>
		<button type="button" class="cell" onClick=${() => pick(person.agent)} aria-label="${person.name}: ${word}">
			<span class="mark" aria-hidden="true"></span>${choice === "off" ? "–" : word}
		</button>
	</td>`;
}

function counts_row(label, values, more) {
	return html`<tr class="sum"><th scope="row">${label}</th>${values.map((v, i) => html`<td data-full=${more?.(i)}>${v}</td>`)}</tr>`;
}

function site_row(page, site) {
	const name = site.name || page.t("choice.office");
	return counts_row(
		name,
		site.taken.map((n) => (site.room ? `${n} / ${site.room}` : n)),
		(i) => site.room > 0 && site.taken[i] >= site.room,
	);
}

const gap_text = (list) => list.map((g) => `${clock_of(g.from)}–${clock_of(g.to)} (${g.missing})`).join(", ");

/* ---- the curve of a day: what is needed, and who is there ---- */

function steps(values, top) {
	return values.map((n, h) => `${h === 0 ? "M" : "L"}${h} ${top - n}H${h + 1}`).join("");
}

function curve(page, house, i, name) {
	const top = Math.max(1, ...house.need_agents[i], ...house.agents[i]);
	const wide = gaps_of(house.agents[i], house.need_agents[i]);
	const strict = gaps_of(house.strict[i], house.need_strict[i]);
	return html`<li class="curve">
		<h3>${name}</h3>
		<svg viewBox="12 0 32 ${top}" preserveAspectRatio="none" aria-hidden="true">
			<path class="there" d="${steps(house.agents[i], top)}V${top}H0Z" />
			<path class="need" d=${steps(house.need_agents[i], top)} />
		</svg>
		<p class="quiet">${wide.length > 0 ? page.t("all.missing", { gaps: gap_text(wide) }) : page.t("all.enough")}</p>
		${strict.length > 0 && html`<p class="told" data-hard="true">${page.t("all.strict", { gaps: gap_text(strict) })}</p>`}
	</li>`;
}

export function all(page, week, dates, pick) {
	const { t } = page;
	const { people, house } = week;
	const short = (d) => `${weekday(t.language, d, "short")} ${day(t.language, d)}`;
	const long = (d) => weekday(t.language, d);
	const has_need = house.need_agents.flat().some((n) => n > 0) || house.need_strict.flat().some((n) => n > 0);
	return html`<section class="card" aria-labelledby="all-title">
			<h2 id="all-title">${t("all.title")}</h2>
			<div class="wide" tabindex="0" role="group" aria-label=${t("all.title")}>
				<table class="all">
					<thead><tr><th scope="col">${t("all.who")}</th>${dates.map((d) => html`<th scope="col">${short(d)}</th>`)}</tr></thead>
					<tbody>
						${people.map((p) => html`<tr><th scope="row">${p.name}</th>${dates.map((_, i) => cell(page, p, i, pick))}</tr>`)}
						${house.sites.map((s) => site_row(page, s))} ${counts_row(t("choice.home"), house.home)}
					</tbody>
				</table>
			</div>
		</section>
		<section class="card" aria-labelledby="need-title">
			<h2 id="need-title">${t("all.need")}</h2>
			${has_need
				? html`<ol class="curves">${dates.map((d, i) => curve(page, house, i, long(d)))}</ol>`
				: html`<p class="quiet">${t("all.no_need")}</p>`}
		</section>`;
}
