// SPDX-License-Identifier: AGPL-3.0-or-later
/* help -- all keys, and the switch for single letters. */
import { html } from "../common/dom.js";
import { ACTIONS } from "./actions.js";
import { DECLARE_KEY, PAPER_KEY } from "./home.js";
import { KEYPAD_KEY } from "./keypad.js";
import { pin_is_fit, pin_made } from "./pin.js";
import { caps } from "./state.js";
import { COVER_KEY, key_is_chord, SOUND_KEY, TEST_KEY } from "./keys.js";

/* [words, key]: an action's own name, or one name for a pair that shares its key. */
const GROUPS = {
	call: [
		["action.accept", ACTIONS.accept.key],
		["keys.end", ACTIONS.hangup.key],
		["keys.mute", ACTIONS.mute.key],
		["action.transfer", ACTIONS.transfer.key],
		["action.keypad", KEYPAD_KEY],
		["keys.hold", ACTIONS.hold.key],
		["action.hand_over", ACTIONS.hand_over.key],
		["cover.came", COVER_KEY],
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
	return html`<section>
		<h3>${m.t("keys.group." + name)}</h3>
		<dl class="keys">
			${GROUPS[name].map(
				([words, key]) => html`<div data-off=${!m.look.letters && !key_is_chord(key) && key !== COVER_KEY}>
					<dt>${m.t(words)}</dt>
					<dd>${caps(key, m.mac)}<span class="sr">${key}</span></dd>
				</div>`,
			)}
		</dl>
	</section>`;
}

function show_modal(el) {
	if (el && !el.open)
		el.showModal();
}

/* Set, or taken back; what was typed is gone either way. */
async function pin_save(ev, m, ui) {
	ev.preventDefault();
	const field = ev.target.elements.pin;
	const pin = field.value;
	field.value = "";
	field.setCustomValidity("");
	if (pin_is_fit(pin))
		return ui.look({ pin: await pin_made(pin) });
	field.setCustomValidity(m.t("pin.bad"));
	field.reportValidity();
}

function pin_part(m, ui) {
	const { t } = m;
	return html`<form class="pin" novalidate onSubmit=${(ev) => pin_save(ev, m, ui)}>
		<h3>${t("pin.title")}</h3>
		<p class="quiet">${t("pin.about")}</p>
		<label><span>${t("pin.new")}</span>
			<input name="pin" type="password" inputmode="numeric" autocomplete="off" maxlength="12"
				onInput=${(ev) => ev.currentTarget.setCustomValidity("")} />
		</label>
		<button type="submit" class="small">${t("pin.save")}</button>
		${m.look.pin &&
		html`<p data-pin="set">${t("pin.is_set")}</p>
			<button type="button" class="small" onClick=${() => ui.look({ pin: "" })}>${t("pin.drop")}</button>`}
	</form>`;
}

export function help(m, ui) {
	const { t } = m;
	return html`<dialog class="help all-keys" aria-labelledby="keys-title" ref=${show_modal} onClose=${ui.help_close}>
		<h2 id="keys-title" tabindex="-1" autofocus>${t("keys.title")}</h2>
		<p class="quiet">${t("keys.about")}</p>
		<div class="keys-of">${group(m, "call")} ${group(m, "day")}</div>
		<label class="switch">
			<input
				type="checkbox"
				checked=${m.look.letters}
				onChange=${(ev) => ui.look({ letters: ev.currentTarget.checked })}
			/>
			<span>${t("keys.letters")}</span>
		</label>
		${pin_part(m, ui)}
		<button type="button" class="small" onClick=${ui.help_close}>${t("action.close")}</button>
	</dialog>`;
}
