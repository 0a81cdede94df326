// SPDX-License-Identifier: AGPL-3.0-or-later
/* way_words -- which way the voice takes, in four languages in one: a line asks for no file. */
export const WAY = {
	de: {
		turn: "Ihre Stimme geht über den TURN-Server Ihres Hauses, weil Ihr Netz den direkten Weg sperrt.",
		turn_tcp: "Ihre Stimme geht über den TURN-Server Ihres Hauses und über TCP, weil Ihr Netz UDP sperrt; bei Störungen kommt sie später an.",
		tcp: "Ihre Stimme geht über TCP, weil Ihr Netz UDP sperrt; bei Störungen kommt sie später an.",
	},
	fr: {
		turn: "Votre voix passe par le serveur TURN de votre maison, parce que votre réseau bloque le chemin direct.",
		turn_tcp: "Votre voix passe par le serveur TURN de votre maison et par TCP, parce que votre réseau bloque UDP ; en cas de perturbations, elle arrive plus tard.",
		tcp: "Votre voix passe par TCP, parce que votre réseau bloque UDP ; en cas de perturbations, elle arrive plus tard.",
	},
	it: {
		turn: "La Sua voce passa dal server TURN della Sua azienda, perché la Sua rete blocca la via diretta.",
		turn_tcp: "La Sua voce passa dal server TURN della Sua azienda e da TCP, perché la Sua rete blocca UDP; in caso di disturbi arriva più tardi.",
		tcp: "La Sua voce passa da TCP, perché la Sua rete blocca UDP; in caso di disturbi arriva più tardi.",
	},
	en: {
		turn: "Your voice goes through your house's TURN server, because your network blocks the direct way.",
		turn_tcp: "Your voice goes through your house's TURN server and over TCP, because your network blocks UDP; when there is trouble it arrives later.",
		tcp: "Your voice goes over TCP, because your network blocks UDP; when there is trouble it arrives later.",
	},
};
