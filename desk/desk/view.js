// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * view -- the desk's page from the model; holds nothing itself.
 */
import { html } from "../common/dom.js";
import { settings } from "../common/settings.js";
import { key_aria, SOUND_KEY } from "./keys.js";
import { notices_of } from "./notices.js";
import { side } from "./side.js";
import { caps, panel } from "./state.js";

function top(m, ui) {
	const { t, view: v } = m;
	const agent = v?.agent;
	return html`<header class="top">
		<p class="mark-name">${t("app.name")}</p>
		${agent && html`<p class="who"><strong>${agent.name}</strong> ${t("workplace." + agent.workplace)}</p>`}
		<details class="menu" name="menu">
			<summary>${t("app.more")}</summary>
			<div class="menu-body">
				${settings(t, m.look, ui.look)}
				${v &&
				html`<button type="button" class="small" onClick=${ui.help_open}>
					<span>${t("action.keys")}</span>${caps("?", m.mac)}
				</button>`}
			</div>
		</details>
	</header>`;
}

const NOTICE_LABELS = {
	now: "action.now",
	retry: "notice.retry",
	keep: "action.keep",
	sound: "action.sound",
};

function notice_button(m, ui, action) {
	const key = action === "sound" ? SOUND_KEY : null;
	return html`<button
		type="button"
		class="small"
		data-action=${action}
		aria-keyshortcuts=${key && key_aria(key, m.mac)}
		onClick=${() => ui[action]()}
	>
		<span>${m.t(NOTICE_LABELS[action])}</span>${key && caps(key, m.mac)}
	</button>`;
}

function notice(m, ui, n) {
	const { t } = m;
	return html`<div key=${n.id} class="notice" data-grave=${n.grave} data-notice=${n.id}>
		<p>
			<strong>${t("notice." + n.id, n.values)}</strong> ${t(`notice.${n.id}.about`, n.values)}
		</p>
		${n.action && notice_button(m, ui, n.action)}
	</div>`;
}

function plain(m, id, more) {
	return html`<main class="plain-page">
		<section class="card">
			<h1 tabindex="-1">${m.t(id + ".title")}</h1>
			<p>${m.t(id + ".about")}</p>
			${more}
		</section>
	</main>`;
}

function body(m, ui) {
	const { t } = m;
	if (m.socket === "left")
		return plain(m, "left");
	if (m.socket === "ended")
		return plain(m, "ended", html`<p>${t("ended.next")}</p><p><code>heimamt link anna</code></p>
			<p><a href="/login/?out">${location.host}/login/</a></p>`);
	if (m.socket === "taken")
		return plain(
			m,
			"taken",
			html`<button type="button" class="action go" data-action="here" onClick=${ui.now}>
				${t("action.here")}
			</button>`,
		);
	if (m.old_page)
		return plain(
			m,
			"version",
			html`<button type="button" class="action go" onClick=${() => location.reload()}>
				${t("version.reload")}
			</button>`,
		);
	const list = notices_of(m).filter((n) => t("notice." + n.id)); /* some words come later */
	return html`<main class="desk">
		<div class="first">
			<div class="notices" role="alert">${list.map((n) => notice(m, ui, n))}</div>
			${m.view ? panel(m, ui.act) : html`<p class="quiet loading">${t("app.loading")}</p>`}
			${m.view && m.home?.card()}
			${m.view?.state === "out" && m.phase !== "off" && m.test?.(m, ui)}
		</div>
		${m.view && side(m, ui)}
	</main>`;
}

export function page(m, ui) {
	return html`${top(m, ui)} ${body(m, ui)}
		<div class="sr" role="status">${m.say}</div>
		${m.help && m.view && m.help(m, ui)} ${m.view && m.transfer?.dialog()}`;
}
