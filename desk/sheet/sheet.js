// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * sheet -- a page for the family to hang up: what the door display means, and what the agent asks of them.
 *
 * In a language of its own, for those who live there need not speak the agent's.  It speaks to nobody.
 */
import { html, render } from "../common/dom.js";
import { look_load } from "../common/look.js";
import { SHAPES } from "../common/shapes.js";
import { language_of, WORDS } from "../door/words.js";
import { SHEET } from "./words.js";

/* As the display shows them: door/door.js. */
const ROWS = [
	["free", "ready", "ready"],
	["call", "talking", "talking"],
	["work", "work", "work"],
	["pause", "pause", "pause"],
	["unknown", "out", "lost"],
];

const root = document.getElementById("page");
let language = language_of([look_load().language, ...(navigator.languages ?? [])]);

function row([name, state, shape]) {
	return html`<li data-state=${state}>
		<span class="badge" aria-hidden="true">
			<svg class="shape" viewBox="0 0 24 24"><path fill="currentColor" fill-rule="evenodd" d=${SHAPES[shape]} /></svg>
		</span>
		<p><strong>${WORDS[language][name][0]}</strong> ${SHEET[language][name]}</p>
	</li>`;
}

function bar(w) {
	return html`<header class="bar">
		<label class="setting">
			<span>${w.language}</span>
			<select value=${language} onChange=${(ev) => draw(ev.currentTarget.value)}>
				${Object.entries(WORDS).map(([code, l]) => html`<option value=${code} lang=${code}>${l.name}</option>`)}
			</select>
		</label>
		<button type="button" class="action go" data-action="print" onClick=${() => print()}>${w.print}</button>
	</header>`;
}

function draw(code) {
	language = code;
	const w = SHEET[language];
	document.documentElement.lang = language;
	document.title = w.title;
	render(
		html`${bar(w)}
			<main class="sheet">
				<h1>${w.title}</h1>
				<p class="intro">${w.intro}</p>
				<section>
					<h2>${w.door}</h2>
					<ul class="rows">
						${ROWS.map(row)}
					</ul>
				</section>
				<section>
					<h2>${w.please}</h2>
					<ul class="asks">
						${w.asks.map((a) => html`<li>${a}</li>`)}
					</ul>
				</section>
				<section class="emergency">
					<h2>${w.emergency}</h2>
					<p>${w.emergency_about}</p>
				</section>
				<p class="minder"><span>${w.minder}</span></p>
			</main>`,
		root,
	);
}

draw(language);
