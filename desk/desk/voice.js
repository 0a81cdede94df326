// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * voice -- whether the caller's voice comes encrypted, in one calm line while its call is there.  Part of late.js, words
 * included, in four languages in one: a talk asks for no file.
 *
 * What is said is of the way to the house, which is all that the house knows; of the way before it nobody here does.
 */
import { html } from "../common/dom.js";

export const VOICE = {
	de: {
		plain: "Stimme des Anrufers: vom Telefonnetz bis hierher nicht verschlüsselt",
		plain_about: "Ihre eigene Leitung ist immer verschlüsselt.",
		srtp: "Stimme des Anrufers: vom Telefonnetz bis hierher verschlüsselt",
		dtls: "Stimme des Anrufers: vom Browser bis hierher verschlüsselt",
	},
	fr: {
		plain: "Voix de l’appelant : non chiffrée du réseau téléphonique jusqu’ici",
		plain_about: "Votre propre ligne est toujours chiffrée.",
		srtp: "Voix de l’appelant : chiffrée du réseau téléphonique jusqu’ici",
		dtls: "Voix de l’appelant : chiffrée du navigateur jusqu’ici",
	},
	it: {
		plain: "Voce di chi chiama: non cifrata dalla rete telefonica fin qui",
		plain_about: "La Sua linea è sempre cifrata.",
		srtp: "Voce di chi chiama: cifrata dalla rete telefonica fin qui",
		dtls: "Voce di chi chiama: cifrata dal browser fin qui",
	},
	en: {
		plain: "The caller's voice: not encrypted from the telephone network to here",
		plain_about: "Your own line always is.",
		srtp: "The caller's voice: encrypted from the telephone network to here",
		dtls: "The caller's voice: encrypted from the browser to here",
	},
};

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
