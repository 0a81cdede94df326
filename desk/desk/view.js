// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * view -- the desk's page from the model; holds nothing itself.
 */
import { html } from "../common/dom.js";
import { settings } from "../common/settings.js";
import { notices_of } from "./notices.js";
import { side } from "./side.js";
import { caps, panel } from "./state.js";
import { line_test } from "./test.js";

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

function notice(m, ui, n) {
	const { t } = m;
	const act = n.action === "now" ? ui.connect : ui.mic;
	const label = n.action === "now" ? "action.now" : "notice.retry";
	const next = n.id === "centre" ? t("notice.centre.next") : "";
	return html`<div key=${n.id} class="notice" data-grave=${n.grave} data-notice=${n.id}>
		<p>
			<strong>${t("notice." + n.id)}</strong> ${t(`notice.${n.id}.about`)} ${next}
		</p>
		${n.action && html`<button type="button" class="small" onClick=${act}>${t(label)}</button>`}
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
	if (m.socket === "ended")
		return plain(m, "ended", html`<p>${t("ended.next")}</p><p><code>heimamt link anna</code></p>`);
	if (m.socket === "taken")
		return plain(
			m,
			"taken",
			html`<button type="button" class="action go" data-action="here" onClick=${ui.connect}>
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
	const list = notices_of(m);
	return html`<main class="desk">
		<div class="first">
			<div class="notices" role="alert">${list.map((n) => notice(m, ui, n))}</div>
			${m.view ? panel(m, ui.act) : html`<p class="quiet loading">${t("app.loading")}</p>`}
			${m.view?.state === "out" && m.phase !== "off" && line_test(m, ui)}
		</div>
		${m.view && side(m, ui)}
	</main>`;
}

export function page(m, ui) {
	return html`${top(m, ui)} ${body(m, ui)}
		<div class="sr" role="status">${m.say}</div>
		${m.help && m.view && m.help(m, ui)}`;
}
