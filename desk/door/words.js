// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * words -- what hangs at the door, in four languages: the word, and what it asks of who stands before it.
 *
 * Those who read it live there, so it is said as the agent would say it to them.
 */
export const WORDS = {
	de: {
		name: "Deutsch",
		language: "Sprache",
		when: "zurück um {time}",
		free: ["Frei", "Anklopfen und hereinkommen."],
		call: ["Im Gespräch", "Bitte nicht hereinkommen, und leise sein."],
		work: ["Am Arbeiten", "Anklopfen und kurz warten."],
		pause: ["Pause", "Gerade keine Anrufe."],
		over: ["Schicht zu Ende", "Für die nächste Schicht gibt es einen neuen Code."],
		unknown: ["Keine Verbindung", "Die Anzeige weiss gerade nichts. Bitte leise anklopfen."],
		ended: ["Code gilt nicht mehr", "Einen neuen gibt es am Arbeitsplatz."],
		full: ["Zu viele Anzeigen", "Mit diesem Code laufen schon vier."],
	},
	fr: {
		name: "Français",
		language: "Langue",
		when: "de retour à {time}",
		free: ["Libre", "Frappez et entrez."],
		call: ["En communication", "N’entrez pas, s’il vous plaît, et pas de bruit."],
		work: ["Au travail", "Frappez et attendez un instant."],
		pause: ["Pause", "Pas d’appels pour le moment."],
		over: ["Service terminé", "Il y aura un nouveau code au prochain service."],
		unknown: ["Pas de connexion", "L’affichage ne sait rien pour le moment. Frappez doucement."],
		ended: ["Code plus valable", "Un nouveau code se trouve au poste de travail."],
		full: ["Trop d’affichages", "Quatre fonctionnent déjà avec ce code."],
	},
	it: {
		name: "Italiano",
		language: "Lingua",
		when: "di ritorno alle {time}",
		free: ["Libero", "Bussate ed entrate."],
		call: ["In chiamata", "Per favore non entrate, e piano con i rumori."],
		work: ["Al lavoro", "Bussate e aspettate un momento."],
		pause: ["Pausa", "Per ora nessuna chiamata."],
		over: ["Turno finito", "Per il prossimo turno ci sarà un nuovo codice."],
		unknown: ["Nessuna connessione", "Ora il display non sa nulla. Bussate piano."],
		ended: ["Codice scaduto", "Ne trovate uno nuovo al posto di lavoro."],
		full: ["Troppi display", "Con questo codice ce ne sono già quattro."],
	},
	en: {
		name: "English",
		language: "Language",
		when: "back at {time}",
		free: ["Free", "Knock and come in."],
		call: ["In a call", "Please do not come in, and keep quiet."],
		work: ["Working", "Knock and wait a moment."],
		pause: ["Break", "No calls just now."],
		over: ["Shift over", "There will be a new code for the next shift."],
		unknown: ["No connection", "The display knows nothing just now. Please knock softly."],
		ended: ["Code no longer valid", "There is a new one at the desk."],
		full: ["Too many displays", "Four are running with this code already."],
	},
};

/* wanted: the reader's languages, best first. */
export function language_of(wanted) {
	for (const w of wanted) {
		const base = String(w).toLowerCase().split("-")[0];
		if (base in WORDS)
			return base;
	}
	return "de";
}
