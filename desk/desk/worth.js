// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * worth -- one calm sign of what the connection is worth, and its figures for who asks.  Part of late.js, words included.
 *
 * In a talk and in the line test only; from the centre's figures, which it shows to this desk alone.  Nothing is kept when
 * the talk is over, and nothing is sent.
 */
import { html } from "../common/dom.js";
import { figure as figure_of } from "../common/locale.js";
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
				${figures(words, msg, m.t.language)}
			</details>
		</div>`;
	}

	return { came, sign };
}

/* Of a leg, what the agent says and what it hears: the own line is the other way round. */
const said = (name, leg) => (name === "home" ? leg.in : leg.out);
const heard = (name, leg) => (name === "home" ? leg.out : leg.in);

/* What there is to say of a leg, in words; what nobody measured is not there. pure */
export function rows_of(words, language, name, leg) {
	const figure = (n, digits) => figure_of(language, n, digits);
	const percent = (part, whole) => (part === undefined || !whole ? "" : `${figure((100 * part) / whole, 1)} %`);
	const ms = (us) => (us ? `${figure(us / 1000, 0)} ms` : "");
	const worth = (way) =>
		way.mos_100 === undefined ? "" : words(way.wide ? "wide" : "narrow", { n: figure(way.mos_100 / 100, 1) });
	const you = said(name, leg);
	const to = heard(name, leg);
	return [
		["lost_you", percent(you.lost, you.expected)],
		["lost_to", percent(to.lost, to.expected)],
		["jitter", ms(leg.in.jitter_us)],
		["round_trip", ms(leg.round_trip_us)],
		["concealed", percent(leg.in.concealed, leg.in.frames)],
		["worth_you", worth(you)],
		["worth_to", worth(to)],
		["codec", [...new Set([leg.in.codec, leg.out.codec])].filter(Boolean).join(" / ")],
		["path", [words("path_" + leg.path), words("why_" + leg.why)].filter(Boolean).join(", ")],
	].filter(([, text]) => text);
}

function figures(words, msg, language) {
	const legs = Object.entries(LEGS).filter(([, member]) => msg[member]);
	return html`<p class="quiet">${words("about")}</p>
		${legs.map(
			([name, member]) => html`<h3 key=${name}>${words(name)}</h3>
				<dl class="figures" data-leg=${name}>
					${rows_of(words, language, name, msg[member]).map(
						([key, text]) => html`<div key=${key} data-row=${key}><dt>${words(key)}</dt><dd>${text}</dd></div>`,
					)}
				</dl>`,
		)}`;
}
