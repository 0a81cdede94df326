// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * voice -- whether the caller's voice comes encrypted, in one calm line while its call is there.  Part of late.js.
 *
 * What is said is of the way to the house, which is all that the house knows; of the way before it nobody here does.
 */
import { html } from "../common/dom.js";
import { VOICE } from "./voice_words.js";

/* A padlock, open or closed: told apart without colour. */
const LOCK = "M5 11h14v10H5zM8 11V8a4 4 0 0 1 8 0v3h-2V8a2 2 0 0 0-4 0v3z";
const OPEN = "M5 11h14v10H5zM8 11V6a4 4 0 0 1 8 0h-2a2 2 0 0 0-4 0v5z";
const STATES = ["talking", "hold", "interrupted"];

/* Which words, or "": nothing is known, or nobody is there. pure */
export const voice_of = (view) =>
	STATES.includes(view?.state) && VOICE.en[view.call?.voice] ? view.call.voice : "";

export function voice_line(m) {
	const voice = voice_of(m.view);
	if (!voice)
		return null;
	const words = VOICE[m.t.language] ?? VOICE.en;
	return html`<div class="voice" data-voice=${voice}>
		<p class="mark" data-state="out">
			<svg class="shape" viewBox="0 0 24 24" aria-hidden="true">
				<path fill="currentColor" fill-rule="evenodd" d=${voice === "plain" ? OPEN : LOCK} />
			</svg>
			<span>${words[voice]}</span>
		</p>
		${words[voice + "_about"] && html`<p class="quiet">${words[voice + "_about"]}</p>`}
	</div>`;
}
