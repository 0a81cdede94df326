// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * board -- how many callers wait, how many colleagues are free, and to a lead who is present: of this moment, and nothing
 * of it is kept, here or at the centre [RULES N11].
 *
 * It asks every few seconds while it is looked at.  A centre that is away leaves the last picture, with the time of it.
 */
import { get } from "../common/api.js";
import { html } from "../common/dom.js";
import { hour } from "../common/hour.js";
import { house_page } from "../common/house.js";
import { SHAPES } from "../common/shapes.js";
import { number } from "../common/time.js";
import { BOARD } from "./words.js";

const ASK_MS = 3000;
/* The state whose shape and colour a word has, as on desk and door. */
const LIKE = { free: "ready", call: "talking", work: "work", break: "pause" };

let board = null;
let at = 0; /* when it was so; wall clock */
let error = "";

const shape = (state) => html`<svg class="shape" viewBox="0 0 24 24" aria-hidden="true">
	<path fill="currentColor" fill-rule="evenodd" d=${SHAPES[state]} />
</svg>`;

function queue(t, q) {
	return html`<tr key=${q.name} data-queue=${q.name} data-some=${q.waiting > 0}>
		<th scope="row" lang=${q.language || undefined}>
			${q.name} ${q.closed && html`<span class="quiet" lang=${t.language}>${t("queue.closed")}</span>`}
		</th>
		<td class="figures">${number(q.waiting)}</td>
	</tr>`;
}

function queues(t) {
	return html`<section class="card" aria-labelledby="queues">
		<h2 id="queues">${t("queues.title")}</h2>
		<table>
			<thead>
				<tr><th scope="col">${t("queue.name")}</th><th scope="col">${t("queue.waiting")}</th></tr>
			</thead>
			<tbody>${board.queues.map((q) => queue(t, q))}</tbody>
		</table>
	</section>`;
}

function word(t, name) {
	return html`<li key=${name} class="tile" data-is=${name} data-state=${LIKE[name]}>
		<span class="badge">${shape(LIKE[name])}</span>
		<span><strong class="figures">${number(board.staff.are[name])}</strong> ${t("staff." + name)}</span>
	</li>`;
}

function staff(t) {
	const { present, are } = board.staff;
	return html`<section class="card" aria-labelledby="staff">
		<h2 id="staff">${t("staff.title")}</h2>
		<p class="present"><strong class="figures" data-is="present">${number(present)}</strong> ${t("staff.present")}</p>
		${are
			? html`<ul class="tiles">${Object.keys(LIKE).map((name) => word(t, name))}</ul>`
			: html`<p class="quiet" data-is="few">${t("staff.few")}</p>`}
	</section>`;
}

function names(t) {
	return html`<section class="card" aria-labelledby="names">
		<h2 id="names">${t("names.title")}</h2>
		<p class="quiet">${t("names.about")}</p>
		${board.names.length > 0
			? html`<ul class="names">${board.names.map((name, i) => html`<li key=${i}>${name}</li>`)}</ul>`
			: html`<p>${t("names.none")}</p>`}
	</section>`;
}

function draw(page) {
	const { t } = page;
	const why = error === "away" && board ? t("stale", { time: hour(at) }) : error && page.error(error);
	return html`<h1>${t("title")}</h1>
		<div>
			<p class="quiet">${t("about")}</p>
			<div role="status">${why && html`<p class="notice" data-grave="true">${why}</p>`}</div>
		</div>
		${board && html`<div class="board" data-stale=${error !== ""}>${queues(t)} ${staff(t)} ${board.names && names(t)}</div>`}`;
}

const page = await house_page({ name: "board", words: BOARD, draw });

/* One question at a time; nothing while nobody looks. */
async function follow() {
	if (!document.hidden) {
		const answer = await get("board");
		error = answer.error;
		if (answer.ok) {
			board = answer.data;
			at = Date.now();
		}
		page.draw();
	}
	setTimeout(follow, ASK_MS);
}

if (page.me)
	follow();
