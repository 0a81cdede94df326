// SPDX-License-Identifier: AGPL-3.0-or-later
/* words -- the officers' page of the ledger, in four languages. */
export const LEDGER = {
	de: {
		title: "Ledger",
		damages: "Schäden",
		about:
			"Im Ledger steht, was beweisbar sein muss. Wird beim Start ein Schaden gefunden, bleibt das beschädigte Segment, wie es ist, und ein neues beginnt. «heimamt ledger verify» sagt mehr.",
		none: "Es wurde nie ein Schaden gefunden.",
		segment: "Segment {n}",
		first: "Der erste schlechte Eintrag ist Nummer {n}. Die davor sind gut.",
		rewritten: "Alle Einträge sind in sich gut, aber es sind nicht die, für die das Haus unterschrieben hat.",
		seen: "Zur Kenntnis genommen.",
		acknowledge: "Zur Kenntnis nehmen",
		"acknowledge.of": "Schaden von Segment {n} zur Kenntnis nehmen",
		said: "Sie haben den Schaden von Segment {n} zur Kenntnis genommen. Auch das steht im Ledger.",
		"error.no_damage": "Dieser Schaden ist schon zur Kenntnis genommen. Nichts hat sich geändert.",
	},
	fr: {
		title: "Registre",
		damages: "Dommages",
		about:
			"Le registre contient ce qui doit pouvoir être prouvé. Si un dommage est constaté au démarrage, le segment abîmé reste tel quel et un nouveau commence. « heimamt ledger verify » en dit plus.",
		none: "Aucun dommage n’a jamais été constaté.",
		segment: "Segment {n}",
		first: "La première mauvaise inscription porte le numéro {n}. Celles d’avant sont bonnes.",
		rewritten: "Toutes les inscriptions sont bonnes en elles-mêmes, mais ce ne sont pas celles que la maison a signées.",
		seen: "Il en a été pris acte.",
		acknowledge: "Prendre acte",
		"acknowledge.of": "Prendre acte du dommage du segment {n}",
		said: "Vous avez pris acte du dommage du segment {n}. Cela aussi figure au registre.",
		"error.no_damage": "Il a déjà été pris acte de ce dommage. Rien n’a changé.",
	},
	it: {
		title: "Registro",
		damages: "Danni",
		about:
			"Nel registro sta ciò che deve poter essere provato. Se all’avvio si trova un danno, il segmento danneggiato resta com’è e ne comincia uno nuovo. «heimamt ledger verify» dice di più.",
		none: "Non è mai stato trovato un danno.",
		segment: "Segmento {n}",
		first: "La prima iscrizione errata è la numero {n}. Quelle precedenti sono buone.",
		rewritten: "Tutte le iscrizioni sono buone in sé, ma non sono quelle che la casa ha firmato.",
		seen: "Se ne è preso atto.",
		acknowledge: "Prendere atto",
		"acknowledge.of": "Prendere atto del danno del segmento {n}",
		said: "Ha preso atto del danno del segmento {n}. Anche questo sta nel registro.",
		"error.no_damage": "Di questo danno si è già preso atto. Non è cambiato niente.",
	},
	en: {
		title: "Ledger",
		damages: "Damages",
		about:
			"The ledger holds what must be provable. When a start finds a damage, the damaged segment stays as it is and a new one begins. “heimamt ledger verify” says more.",
		none: "No damage was ever found.",
		segment: "Segment {n}",
		first: "The first bad entry is number {n}. Those before it are good.",
		rewritten: "Each entry is good in itself, but they are not those that the house signed for.",
		seen: "Acknowledged.",
		acknowledge: "Acknowledge",
		"acknowledge.of": "Acknowledge the damage of segment {n}",
		said: "You have acknowledged the damage of segment {n}. That stands in the ledger, too.",
		"error.no_damage": "This damage is acknowledged already. Nothing has changed.",
	},
};
