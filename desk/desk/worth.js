// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * worth -- one calm sign of what the connection is worth, and its figures for who asks.  Part of late.js, words included.
 *
 * In a talk and in the line test only; from the centre's figures, which it shows to this desk alone.  Nothing is kept when
 * the talk is over, and nothing is sent.
 */
import { html } from "../common/dom.js";
import { LEGS, worth_begin, worth_next } from "./worth_rule.js";
import { WORTH } from "./worth_words.js";

/* Bars, as on a telephone: told apart without colour. */
const BARS = {
	good: "M3 15h4v6H3zM10 9h4v12h-4zM17 3h4v18h-4z",
	fair: "M3 15h4v6H3zM10 9h4v12h-4zM17 3h4v18h-4zM18.3 4.3v15.4h1.4V4.3z",
	poor: "M3 15h4v6H3zM10 9h4v12h-4zM11.3 10.3v9.4h1.4v-9.4zM17 3h4v18h-4zM18.3 4.3v15.4h1.4V4.3z",
};
/* The state colours of before: good, take care, trouble. */
const COLOURS = { good: "ready", fair: "away", poor: "lost" };

export function worth_new(m) {
	let is = worth_begin();
	let msg = null;

	function words(key, values) {
		const text = (WORTH[m.t.language] ?? WORTH.en)[key] ?? "";
		return values ? text.replace(/\{(\w+)\}/g, (_, k) => values[k]) : text;
	}

	const key_of = (sign) => (sign.cause ? `${sign.grade}_${sign.cause}` : sign.grade);
	const is_shown = () => is.sign && (m.view?.state === "talking" || m.view?.testing);

	function came(figures) {
		const before = is.sign;
		msg = figures;
		is = worth_next(is, figures, performance.now());
		/* a screen reader is told of trouble, once, and not of every shade */
		if (is.sign.grade === "poor" && before?.grade !== "poor" && is_shown())
			m.say = words(key_of(is.sign));
	}

	function sign() {
		if (!is_shown())
			return null;
		const { grade, cause } = is.sign;
		return html`<div class="worth" data-grade=${grade} data-cause=${cause}>
			<p class="mark" data-state=${COLOURS[grade]}>
				<svg class="shape" viewBox="0 0 24 24" aria-hidden="true">
					<path fill="currentColor" fill-rule="evenodd" d=${BARS[grade]} />
				</svg>
				<span>${words(key_of(is.sign))}</span>
			</p>
			${cause && html`<p class="quiet">${words("do_" + cause)}</p>`}
			<details>
				<summary>${words("details")}</summary>
				${table(words, msg, m.t.language)}
			</details>
		</div>`;
	}

	return { came, sign };
}

/* Of a leg, what the agent says and what it hears: the own line is the other way round. */
const said = (name, leg) => (name === "home" ? leg.in : leg.out);
const heard = (name, leg) => (name === "home" ? leg.out : leg.in);

/* One row of figures each: words, and what it is of a leg. pure */
export function rows_of(words, language) {
	const figure = (n, digits) =>
		new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(n);
	const percent = (part, whole) => (whole ? `${figure((100 * part) / whole, 1)} %` : words("unknown"));
	const ms = (us) => (us === undefined ? words("unknown") : `${figure(us / 1000, 0)} ms`);
	const lost = (way) => (way.lost === undefined ? words("unknown") : percent(way.lost, way.expected));
	const worth = (way) =>
		way.mos_100 === undefined
			? words("unknown")
			: words(way.wide ? "wide" : "narrow", { n: figure(way.mos_100 / 100, 1) });
	const path = (leg) =>
		[words("path_" + leg.path), words("why_" + leg.why)].filter(Boolean).join(", ") || words("unknown");
	const codec = (leg) => [...new Set([leg.in.codec, leg.out.codec])].filter(Boolean).join(" / ") || words("unknown");
	return [
		["lost_you", (name, leg) => lost(said(name, leg))],
		["lost_to", (name, leg) => lost(heard(name, leg))],
		["jitter", (name, leg) => ms(leg.in.jitter_us)],
		["round_trip", (name, leg) => ms(leg.round_trip_us || undefined)],
		["concealed", (name, leg) => (leg.in.frames ? percent(leg.in.concealed, leg.in.frames) : words("unknown"))],
		["worth_you", (name, leg) => worth(said(name, leg))],
		["worth_to", (name, leg) => worth(heard(name, leg))],
		["codec", (name, leg) => codec(leg)],
		["path", (name, leg) => path(leg)],
	];
}

function table(words, msg, language) {
	const legs = Object.entries(LEGS)
		.map(([name, member]) => [name, msg[member]])
		.filter(([, leg]) => leg);
	return html`<p class="quiet">${words("about")}</p>
		<table class="figures">
			<thead>
				<tr>
					<th scope="col"><span class="sr">${words("measure")}</span></th>
					${legs.map(([name]) => html`<th scope="col" key=${name}>${words(name)}</th>`)}
				</tr>
			</thead>
			<tbody>
				${rows_of(words, language).map(
					([key, of]) => html`<tr key=${key} data-row=${key}>
						<th scope="row">${words(key)}</th>
						${legs.map(([name, leg]) => html`<td key=${name}>${of(name, leg)}</td>`)}
					</tr>`,
				)}
			</tbody>
		</table>`;
}
