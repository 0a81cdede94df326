// SPDX-License-Identifier: AGPL-3.0-or-later
/* help -- all keys, and the switch for single letters. */
import { html } from "../common/dom.js";
import { ACTIONS } from "./actions.js";
import { DECLARE_KEY, PAPER_KEY } from "./home.js";
import { caps } from "./state.js";
import { key_is_chord, SOUND_KEY, TEST_KEY } from "./keys.js";

/* [words, key]: an action's own name, or one name for a pair that shares its key. */
const GROUPS = {
	call: [
		["action.accept", ACTIONS.accept.key],
		["keys.end", ACTIONS.hangup.key],
		["keys.mute", ACTIONS.mute.key],
		["action.transfer", ACTIONS.transfer.key],
	],
	day: [
		["action.ready", ACTIONS.ready.key],
		["keys.pause", ACTIONS.pause.key],
		["action.work", ACTIONS.work.key],
		["action.line", ACTIONS.line.key],
		["keys.test", TEST_KEY],
		["home.declare", DECLARE_KEY],
		["keys.paper", PAPER_KEY],
		["action.sound", SOUND_KEY],
		["action.start", ACTIONS.start.key],
		["action.end", ACTIONS.end.key],
		["action.logout", ACTIONS.logout.key],
		["keys.help", "?"],
	],
};

function group(m, name) {
	return html`<h3>${m.t("keys.group." + name)}</h3>
		<dl class="keys">
			${GROUPS[name].map(
				([words, key]) => html`<div data-off=${!m.look.letters && !key_is_chord(key)}>
					<dt>${m.t(words)}</dt>
					<dd>${caps(key, m.mac)}<span class="sr">${key}</span></dd>
				</div>`,
			)}
		</dl>`;
}

function show_modal(el) {
	if (el && !el.open)
		el.showModal();
}

export function help(m, ui) {
	const { t } = m;
	return html`<dialog class="help" aria-labelledby="keys-title" ref=${show_modal} onClose=${ui.help_close}>
		<h2 id="keys-title">${t("keys.title")}</h2>
		<p class="quiet">${t("keys.about")}</p>
		${group(m, "call")} ${group(m, "day")}
		<label class="switch">
			<input
				type="checkbox"
				checked=${m.look.letters}
				onChange=${(ev) => ui.look({ letters: ev.currentTarget.checked })}
			/>
			<span>${t("keys.letters")}</span>
		</label>
		<button type="button" class="small" onClick=${ui.help_close}>${t("action.close")}</button>
	</dialog>`;
}
