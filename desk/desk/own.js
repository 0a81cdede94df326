// SPDX-License-Identifier: AGPL-3.0-or-later
/* own -- the way from the desk to what is held about the agent: "what the house sees of you is one click away". */
import { html } from "../common/dom.js";

export function own_section(m) {
	const { t } = m;
	return html`<section class="own-data" aria-labelledby="own-title">
		<h2 id="own-title">${t("own.title")}</h2>
		<a class="small" href="/own/" target="_blank" rel="noopener" data-action="own">${t("own.open")}</a>
	</section>`;
}
