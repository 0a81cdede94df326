// SPDX-License-Identifier: AGPL-3.0-or-later
/* settings -- language and scheme, one click away on every page. */
import { html } from "./dom.js";
import { LANGUAGES } from "./i18n.js";

const THEMES = ["system", "light", "dark"];

export function settings(t, look, on_look) {
	const languages = Object.entries(LANGUAGES);
	return html`<label class="setting"
			><span>${t("app.language")}</span>
			<select
				value=${t.language}
				onChange=${(ev) => on_look({ language: ev.currentTarget.value })}
			>
				${languages.map(([code, name]) => html`<option value=${code} lang=${code}>${name}</option>`)}
			</select>
		</label>
		<label class="setting"
			><span>${t("app.theme")}</span>
			<select value=${look.theme} onChange=${(ev) => on_look({ theme: ev.currentTarget.value })}>
				${THEMES.map((x) => html`<option value=${x}>${t("theme." + x)}</option>`)}
			</select>
		</label>`;
}
