// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * state -- the panel that answers the three questions: where am I, who is it, what can I do.
 */
import { html } from "../common/dom.js";
import { language_name } from "../common/i18n.js";
import { SHAPES } from "../common/shapes.js";
import { clock, clock_left, since } from "../common/time.js";
import { actions_of, home_closed } from "./actions.js";
import { key_aria, key_cap } from "./keys.js";
import { line_shown, state_shown } from "./line_machine.js";

export const shape = (state) => html`<svg class="shape" viewBox="0 0 24 24" aria-hidden="true">
	<path fill="currentColor" fill-rule="evenodd" d=${SHAPES[state]} />
</svg>`;

/* Milliseconds since the view's moments, now. */
export function times_of(m) {
	const gone = m.now - m.received_at;
	const v = m.view;
	return {
		since: v.since_ms + gone,
		left: v.ends_ms === null ? null : v.ends_ms - gone,
		waited: v.call ? v.call.waited_ms + (v.state === "offered" ? gone : 0) : 0,
	};
}

/* Which words say what the state means. */
export function about_key(m, shown) {
	const v = m.view;
	if (shown === "lost")
		return v.state === "talking" ? "about.lost.talking" : "about.lost";
	if (v.state === "talking" && line_shown(m.phase, v) === "silent")
		return "about.talking.silent";
	if (v.state === "out")
		return m.phase === "off" ? (v.why ? "about.ended" : "about.out.line") : "about.out";
	if ((v.state === "talking" || v.state === "interrupted") && m.muted)
		return `about.${v.state}.muted`;
	if (v.stop_after)
		return "about.talking.stop";
	if (v.pause_after && (v.state === "talking" || v.state === "wrapup"))
		return `about.${v.state}.pause`;
	if (v.state === "away" && home_closed(v))
		return "about.away.closed";
	return (v.call?.callback ? "about.back." : "about.") + v.state;
}

/* Seconds where they matter; elsewhere as people say it. */
function timer(m) {
	const v = m.view;
	const at = times_of(m);
	if (v.state === "out")
		return null;
	if (["offered", "wrapup", "interrupted", "hold"].includes(v.state) && at.left !== null)
		return html`<p class="timer" role="timer">${left(m.t, clock_left(at.left))}</p>`;
	if (v.state === "talking")
		return html`<p class="timer" role="timer">${clock(at.since)}</p>`;
	return html`<p class="timer quiet" title=${m.t("since.exact", { time: clock(at.since) })}>
		${since(m.t, at.since)}
	</p>`;
}

/* "noch 0:18", the figures large and the word not. */
function left(t, time) {
	const [before, after] = t("left").split("{time}");
	return html`<span class="unit">${before}</span>${time}<span class="unit">${after}</span>`;
}

function call(m) {
	const { view: v, t } = m;
	if (!v.call)
		return null;
	const waiting = v.state === "offered" ? "call.waiting" : "call.waited";
	return html`<dl class="call" aria-label=${t("call.title")}>
		<div><dt>${t("call.queue")}</dt><dd>${v.call.queue}</dd></div>
		<div><dt>${t("call.language")}</dt><dd>${language_name(t, v.call.language)}</dd></div>
		<div><dt>${t(waiting)}</dt><dd class="figures">${clock(times_of(m).waited)}</dd></div>
	</dl>`;
}

export const meter = (label, ref) => html`<span
	class="meter"
	role="meter"
	aria-label=${label}
	aria-valuemin="0"
	aria-valuemax="100"
	aria-valuenow="0"
	ref=${ref}
></span>`;

export const caps = (spec, mac) => html`<kbd aria-hidden="true">${key_cap(spec, mac)}</kbd>`;

function action(m, a, act) {
	const off = a.off || (a.remote && !(m.armed && m.socket === "open"));
	return html`<button
		key=${a.id}
		type="button"
		class=${a.kind === "small" ? "small" : "action " + a.kind}
		data-action=${a.id}
		aria-disabled=${off}
		aria-busy=${m.busy === a.id}
		aria-keyshortcuts=${key_aria(a.key, m.mac)}
		onClick=${() => !off && act(a.id)}
	>
		<span>${m.t(a.label)}</span>${caps(a.key, m.mac)}
	</button>`;
}

/* How it came to this; while it may still go on, the words for its end are not yet true. */
export function why_of(m) {
	const v = m.view;
	return m.transfer?.words(v) || (v.state === "interrupted" ? "" : m.t("why." + v.why));
}

export function panel(m, act) {
	const { view: v, t } = m;
	const shown = state_shown(v, m.phase);
	const why = why_of(m);
	const ended = shown === "out" && v.why && m.phase === "off";
	const list = actions_of(v, {
		muted: m.muted,
		has_mic: m.phase !== "off",
		line_up: line_shown(m.phase, v) === "up",
	});
	return html`<section class="now" data-state=${shown} aria-labelledby="state">
		<div class="now-head">
			<span class="badge">${shape(shown)}</span>
			<h1 id="state" tabindex="-1">${t("state." + (ended ? "ended" : shown))}</h1>
			${timer(m)}
			<p class="about">${t(about_key(m, shown))}</p>
		</div>
		${why && html`<p class="why">${why}</p>`} ${call(m)}
		<div class="actions" role="group" aria-label=${t("actions.title")}>
			${list.filter((a) => t(a.label)).map((a) => action(m, a, act)) /* some words come later */}
		</div>
	</section>`;
}
