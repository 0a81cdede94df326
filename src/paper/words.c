/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* words -- see words.h. */
#include "paper/words.h"

static const struct paper_words all[HOME_LANGUAGES] = {
	[HOME_DE] = {
		.file = "Unterschriebene Vereinbarung, Fassung",
		.title = "Unterschriebene Vereinbarung",
		.version = "Fassung",
		.person = "Person",
		.effective = "Die Fassung gilt ab",
		.signed_on = "Unterschrieben am",
		.house = "Das Haus",
		.countersigned = "hat gegengezeichnet",
		.not_countersigned = "hat noch nicht gegengezeichnet",
		.evidence = "Nachweis",
		.about = "Mit diesen Seiten lässt sich ohne das Haus nachrechnen, wer was unterschrieben hat. Zeilen, die "
			 "mit «>» beginnen, stehen hier Zeichen für Zeichen; wo am Ende «\\» steht, geht die Zeile in der "
			 "nächsten weiter. Am Ende jeder Zeile steht ein LF (0x0A).",
		.since = "Das Papier sagt, was unterschrieben wurde. Beide Seiten können es seither beendet haben; was "
			 "gilt, steht an Ihrem Arbeitsplatz in Heimamt.",
		.text = "Der Text",
		.text_elsewhere = "Er lässt sich hier nicht Byte für Byte wiedergeben; das Haus hat ihn. Sein SHA-256 steht am Fuss jeder Seite und in den Erklärungen.",
		.text_about = "Byte für Byte, in UTF-8. Sein SHA-256 steht am Fuss jeder Seite und in den Erklärungen.",
		.statement = "Ihre Unterschrift",
		.statement_about = "ECDSA mit P-256 und SHA-256 über diese sechs Zeilen, mit dem Schlüssel Ihres Geräts. "
				   "Danach der öffentliche Schlüssel und die Signatur (r und s).",
		.counter = "Die Gegenzeichnung des Hauses",
		.counter_about = "Ed25519 über diese Zeilen bis und mit signed-ms (Millisekunden seit 1970, UTC). Danach der "
				 "öffentliche Schlüssel des Hauses und die Signatur.",
		.ledger = "Eintrag im Ledger",
		.ledger_about = "Beide Unterschriften stehen im Ledger des Hauses: der Eintrag, seine Nummer, der Weg zur "
				"Wurzel und der signierte Checkpoint (c2sp.org/tlog-proof). Zum Prüfen:",
		.no_ledger = "Die Unterschrift steht nicht im Ledger dieses Hauses.",
	},
	[HOME_FR] = {
		.file = "Accord, version",
		.title = "Accord signé",
		.version = "Version",
		.person = "Personne",
		.effective = "La version vaut dès le",
		.signed_on = "Signé le",
		.house = "La maison",
		.countersigned = "a contresigné",
		.not_countersigned = "n'a pas encore contresigné",
		.evidence = "Preuve",
		.about = "Ces pages permettent de vérifier sans la maison qui a signé quoi. Les lignes qui commencent par «>» "
			 "sont reproduites caractère par caractère ; là où «\\» se trouve à la fin, la ligne continue à la "
			 "suivante. Chaque ligne se termine par un LF (0x0A).",
		.since = "Ce papier dit ce qui a été signé. Les deux parties peuvent y avoir mis fin depuis ; ce qui vaut "
			 "se lit à votre poste dans Heimamt.",
		.text = "Le texte",
		.text_elsewhere = "Il ne peut pas être reproduit ici octet par octet ; la maison le détient. Son SHA-256 se trouve au pied de chaque page et dans les déclarations.",
		.text_about = "Octet par octet, en UTF-8. Son SHA-256 se trouve au pied de chaque page et dans les "
			      "déclarations.",
		.statement = "Votre signature",
		.statement_about = "ECDSA avec P-256 et SHA-256 sur ces six lignes, avec la clé de votre appareil. Puis la "
				   "clé publique et la signature (r et s).",
		.counter = "La contresignature de la maison",
		.counter_about = "Ed25519 sur ces lignes jusqu'à signed-ms y compris (millisecondes depuis 1970, UTC). Puis "
				 "la clé publique de la maison et la signature.",
		.ledger = "Inscription au registre",
		.ledger_about = "Les deux signatures figurent au registre de la maison : l'inscription, son numéro, le "
				"chemin jusqu'à la racine et le checkpoint signé (c2sp.org/tlog-proof). Pour vérifier :",
		.no_ledger = "La signature ne figure pas au registre de cette maison.",
	},
	[HOME_IT] = {
		.file = "Accordo, versione",
		.title = "Accordo firmato",
		.version = "Versione",
		.person = "Persona",
		.effective = "La versione vale dal",
		.signed_on = "Firmato il",
		.house = "La casa",
		.countersigned = "ha controfirmato",
		.not_countersigned = "non ha ancora controfirmato",
		.evidence = "Prova",
		.about = "Con queste pagine si può verificare senza la casa chi ha firmato che cosa. Le righe che iniziano "
			 "con «>» sono riprodotte carattere per carattere; dove alla fine c'è «\\», la riga continua nella "
			 "successiva. Ogni riga termina con un LF (0x0A).",
		.since = "Questo foglio dice che cosa è stato firmato. Da allora entrambe le parti possono avervi posto "
			 "fine; che cosa vale si legge alla sua postazione in Heimamt.",
		.text = "Il testo",
		.text_elsewhere = "Qui non può essere riprodotto byte per byte; lo ha la casa. Il suo SHA-256 sta in fondo a ogni pagina e nelle dichiarazioni.",
		.text_about = "Byte per byte, in UTF-8. Il suo SHA-256 sta in fondo a ogni pagina e nelle dichiarazioni.",
		.statement = "La sua firma",
		.statement_about = "ECDSA con P-256 e SHA-256 su queste sei righe, con la chiave del suo dispositivo. Poi la "
				   "chiave pubblica e la firma (r e s).",
		.counter = "La controfirma della casa",
		.counter_about = "Ed25519 su queste righe fino a signed-ms compreso (millisecondi dal 1970, UTC). Poi la chiave "
				 "pubblica della casa e la firma.",
		.ledger = "Iscrizione nel registro",
		.ledger_about = "Le due firme figurano nel registro della casa: l'iscrizione, il suo numero, il percorso fino "
				"alla radice e il checkpoint firmato (c2sp.org/tlog-proof). Per verificare:",
		.no_ledger = "La firma non figura nel registro di questa casa.",
	},
	[HOME_EN] = {
		.file = "Signed agreement, version",
		.title = "Signed agreement",
		.version = "Version",
		.person = "Person",
		.effective = "Version effective from",
		.signed_on = "Signed on",
		.house = "The house",
		.countersigned = "has countersigned",
		.not_countersigned = "has not countersigned yet",
		.evidence = "Evidence",
		.about = "With these pages anybody can check, without the house, who signed what. Lines that begin with «>» "
			 "stand here character by character; where one ends with «\\», it goes on in the next. Each line ends "
			 "with an LF (0x0A).",
		.since = "This paper says what was signed. Either side may have ended it since; what holds now is shown at "
			 "your desk in Heimamt.",
		.text = "The text",
		.text_elsewhere = "It cannot be shown here byte by byte; the house has it. Its SHA-256 stands at the foot of each page and in the statements.",
		.text_about = "Byte by byte, in UTF-8. Its SHA-256 stands at the foot of each page and in the statements.",
		.statement = "Your signature",
		.statement_about = "ECDSA with P-256 and SHA-256 over these six lines, with the key of your device. Then the "
				   "public key and the signature (r and s).",
		.counter = "The house's countersignature",
		.counter_about = "Ed25519 over these lines up to and including signed-ms (milliseconds since 1970, UTC). Then "
				 "the house's public key and the signature.",
		.ledger = "Entry in the ledger",
		.ledger_about = "Both signatures stand in the house's ledger: the entry, its number, the path to the root and "
				"the signed checkpoint (c2sp.org/tlog-proof). To check:",
		.no_ledger = "The signature does not stand in the ledger of this house.",
	},
};

const struct paper_words *paper_words(enum home_language language)
{
	return &all[language];
}
