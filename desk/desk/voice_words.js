// SPDX-License-Identifier: AGPL-3.0-or-later
/* voice_words -- how the caller's voice comes, in four languages in one: a talk asks for no file. */
export const VOICE = {
	de: {
		plain: "Stimme des Anrufers: vom Telefonnetz bis hierher nicht verschlüsselt",
		plain_about: "Ihre eigene Leitung ist immer verschlüsselt.",
		srtp: "Stimme des Anrufers: vom Telefonnetz bis hierher verschlüsselt",
		dtls: "Stimme des Anrufers: vom Browser bis hierher verschlüsselt",
	},
	fr: {
		plain: "Voix de l’appelant : non chiffrée du réseau téléphonique jusqu’ici",
		plain_about: "Votre propre ligne est toujours chiffrée.",
		srtp: "Voix de l’appelant : chiffrée du réseau téléphonique jusqu’ici",
		dtls: "Voix de l’appelant : chiffrée du navigateur jusqu’ici",
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
