// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * pulse -- the weekly question to the staff, and what came of the weeks before.
 *
 * What may be shown the centre decides; a week without counts is one that is not shown, for whatever reason.  The page
 * remembers nothing: not even which answer was chosen, once it is sent [RULES N5].
 */
import { get, post } from "../common/api.js";
import { html } from "../common/dom.js";
import { house_page } from "../common/house.js";
import { number } from "../common/time.js";
import { PULSE } from "./words.js";

const ANSWERS = [1, 2, 3, 4, 5];

let pulse = null;
let chosen = 0;
let sending = false;
let problem = ""; /* a code, or "choose" */
let thanked = false;

async function load() {
	const answer = await get("pulse");
	problem = answer.error;
	if (answer.ok)
		pulse = answer.data;
	page.draw();
}

async function send(ev) {
	ev.preventDefault();
	if (sending)
		return;
	problem = chosen ? "" : "choose";
	if (chosen) {
		sending = true;
		page.draw();
		const answer = await post("pulse", { answer: chosen });
		sending = false;
		problem = answer.error;
		thanked = answer.ok;
		if (answer.ok)
			chosen = 0;
		if (answer.ok || problem === "answered")
			pulse = { ...pulse, answered: true };
	}
	page.draw();
	if (thanked)
		document.getElementById("thanks")?.focus();
}

function choose(n) {
	chosen = n;
	problem = "";
	page.draw();
}

function option(t, n) {
	return html`<label key=${n} class="choice">
		<input type="radio" name="answer" value=${n} checked=${chosen === n} onChange=${() => choose(n)} />
		<span>${t("answer." + n)}</span>
	</label>`;
}

function words_of_problem() {
	return problem === "choose" ? page.t("choose") : problem && page.error(problem);
}

function question(t) {
	if (pulse.answered)
		return html`<p id="thanks" tabindex="-1" data-pulse="answered">${t("thanks")}</p>`;
	return html`<form onSubmit=${send} data-pulse="question">
		<fieldset class="choices">
			<legend>${t("question")}</legend>
			${ANSWERS.map((n) => option(t, n))}
		</fieldset>
		<button type="submit" class="action go" data-action="answer" aria-busy=${sending}>${t("send")}</button>
	</form>`;
}

/* The bar is as long as its part of the week's answers; the number says it too. */
function row(t, counts, n) {
	const count = counts[n - 1];
	const all = counts.reduce((a, b) => a + b, 0);
	return html`<tr key=${n}>
		<th scope="row">${t("answer." + n)}</th>
		<td class="bar"><meter min="0" max=${all} value=${count} aria-hidden="true"></meter></td>
		<td class="figures">${number(count)}</td>
	</tr>`;
}

/* name: "2026-W48" */
function week_words(t, name) {
	const [year, n] = name.split("-W").map(Number);
	return t("week", { n, year });
}

function week(t, { week: name, counts }) {
	return html`<div key=${name} class="week" data-week=${name} data-shown=${counts !== null}>
		<h3>${week_words(t, name)}</h3>
		${counts
			? html`<table>
					<thead class="sr">
						<tr><th scope="col">${t("results.answer")}</th><td></td><th scope="col">${t("results.n")}</th></tr>
					</thead>
					<tbody>${ANSWERS.map((n) => row(t, counts, n))}</tbody>
				</table>`
			: html`<p class="quiet">${t("hidden")}</p>`}
	</div>`;
}

function draw({ t }) {
	const why = words_of_problem();
	const alert = html`<div role="alert">${why && html`<p class="notice" data-grave="true">${why}</p>`}</div>`;
	if (!pulse)
		return html`<h1>${t("title")}</h1>${alert}`;
	if (!pulse.on)
		return html`<h1>${t("title")}</h1><p data-pulse="off">${t("off")}</p>`;
	return html`<h1>${t("title")}</h1>
		<p class="quiet">${week_words(t, pulse.week)}</p>
		<div class="pulse">
			<section class="card">
				<div>${alert} ${question(t)}</div>
				<h2>${t("how.title")}</h2>
				<p class="quiet">${t("how")}</p>
			</section>
			<section class="card" aria-labelledby="results">
				<h2 id="results">${t("results.title")}</h2>
				<p class="quiet">${t("results.about")}</p>
				${pulse.weeks.map((w) => week(t, w))}
			</section>
		</div>`;
}

const page = await house_page({ name: "pulse", words: PULSE, draw });
if (page.me)
	load();
