// SPDX-License-Identifier: AGPL-3.0-or-later
/* What an agent's own data says, in German. A new table: table., purpose., goes. and column. of it. */
export default {
	"title": "Was über Sie gespeichert ist",

	"own.intro": "Alles, was diese Zentrale über Sie hat: Tabelle für Tabelle, wozu, wer es liest und wann es gelöscht wird. Diese Seite sehen nur Sie; dass Sie sie ansehen, wird nirgends festgehalten.",
	"own.file": "Als Datei herunterladen (JSON)",
	"own.loading": "Wird gelesen …",
	"own.as_of": "Stand: {time}",
	"own.again": "Neu lesen",
	"own.now": "Jetzt, im Arbeitsspeicher",
	"own.now.about": "Gilt für diese Schicht, wird überschrieben und nie aufgeschrieben.",
	"own.held": "In den Aufzeichnungen",
	"own.elsewhere": "Ausserhalb der Aufzeichnungen",
	"own.none": "Nichts vorhanden",
	"own.one": "1 Eintrag",
	"own.many": "{n} Einträge",
	"own.more": "Alle {n} zeigen",
	"own.purpose": "Wozu",
	"own.readers": "Wer liest es",
	"own.goes": "Wann es gelöscht wird",
	"own.goes.at": "Gelöscht am",
	"own.goes.with": "siehe oben",
	"own.given": "Wo Sie es sehen",
	"own.where": "Wo es liegt",
	"own.secret": "vorhanden, nicht gezeigt: geheim",
	"own.others": "betrifft jemand anderen",
	"own.you": "Sie",
	"own.yes": "ja",
	"own.no": "nein",
	"own.for_officer": "Die Fragen dazu beantwortet, wer bei Ihnen für den Datenschutz zuständig ist.",

	"now.state": "Zustand",
	"now.since_ms": "seit",
	"now.workplace": "Arbeitsort heute",
	"now.declared_since_ms": "Erklärung für zu Hause, abgegeben um",
	"now.call": "Anruf",
	"now.desk": "Arbeitsplatz geöffnet",
	"now.line": "Leitung steht",
	"now.door": "Türanzeige",

	"value.out": "keine Schicht",
	"value.away": "abwesend",
	"value.ready": "bereit",
	"value.talking": "im Gespräch",
	"value.wrapup": "Nacharbeit",
	"value.pause": "Pause",
	"value.work": "Schriftliches",
	"value.home": "zu Hause",
	"value.office": "Büro",
	"value.arrived": "eingegangen",
	"value.offered": "angeboten",
	"value.declined": "abgelehnt",
	"value.offer_timeout": "nicht angenommen",
	"value.withdrawn": "zurückgezogen",
	"value.accepted": "angenommen",
	"value.joined": "verbunden",
	"value.interrupted": "unterbrochen",
	"value.resumed": "fortgesetzt",
	"value.left": "beendet oder abgegeben",
	"value.diverted": "umgeleitet",
	"value.transferred": "weitergegeben",
	"value.callback": "Rückruf gewünscht",
	"value.dialled": "zurückgerufen",
	"value.ended": "beendet",
	"value.changed": "Situation geändert",
	"value.agent_hung_up": "Sie haben aufgelegt",
	"value.caller_hung_up": "Anrufende haben aufgelegt",
	"value.caller_left": "Anrufende sind gegangen",
	"value.sip": "Telefon",
	"value.web": "Webseite",

	"reader.agent": "Sie",
	"reader.lead": "Teamleitung",
	"reader.administrator": "Administration",
	"reader.officer": "Datenschutz",
	"reader.staff-body": "Personalvertretung",
	"reader.program": "nur das Programm, um zu arbeiten",
	"reader.operator": "wer den Server betreibt",
	"reader.door": "wer vor Ihrer Tür steht",
	"reader.colleagues": "Kolleginnen und Kollegen",
	"reader.custodian": "wem Sie den Beweis geben, und Zeugen",

	"table.session": "Anmeldung",

	"purpose.session": "Damit Sie nach einem Neustart angemeldet bleiben.",

	"goes.session": "Beim Abmelden, sonst spätestens zehn Minuten nach dem Ablauf.",

	"table.link": "Anmeldelink",

	"purpose.link": "Eine Anmeldung, ein einziges Mal.",

	"goes.link": "Spätestens zehn Minuten nach dem Ablauf. Wann er benutzt wurde, steht nirgends.",

	"table.enrolment": "Code für ein Gerät",

	"purpose.enrolment": "Um einem Gerät einmal zu glauben, nach einem persönlich gezeigten Code.",

	"goes.enrolment": "Wenn der Code benutzt ist, sonst spätestens zehn Minuten nach dem Ablauf.",

	"table.agreement_signature": "Unterschriften unter die Vereinbarung",

	"purpose.agreement_signature": "Um zu beweisen, was beide Seiten vereinbart haben.",

	"goes.agreement_signature": "Fünf Jahre nachdem sie ersetzt oder beendet wurde (OR 128), oder mit Ihrem Eintrag.",

	"table.agreement_end": "Ende oder Änderung der Vereinbarung",

	"purpose.agreement_end": "Damit bis zur nächsten Unterschrift keine Anrufe nach Hause kommen.",

	"goes.agreement_end": "Nach fünf Jahren, nicht vor der Unterschrift, die damit endete; oder mit Ihrem Eintrag.",

	"table.call_event": "Verlauf von Anrufen",

	"purpose.call_event": "Um einen einzelnen Anruf nach einer Beschwerde zu erklären. Niemand kann nach Ihnen suchen.",

	"goes.call_event": "Nach 90 Tagen ist vergessen, wer es war.",

	"table.call": "Anrufe, die Sie zuletzt hatten",

	"purpose.call": "Erreichbarkeit der Zentrale, im Vergleich mit dem Vorjahr.",

	"goes.call": "Nach 90 Tagen ist vergessen, wer sprach; der Anruf selbst geht nach 400 Tagen.",

	"table.device_key": "Schlüssel Ihrer Geräte",

	"purpose.device_key": "Um Ihre Unterschriften zu prüfen.",

	"goes.device_key": "Mit Ihrem Eintrag.",

	"table.agent": "Ihr Eintrag",

	"purpose.agent": "Um sich anzumelden und angesprochen zu werden, und was Sie dürfen und beantworten.",

	"goes.agent": "90 Tage nachdem Sie das Haus verlassen haben, nicht vor Ihren Unterschriften. Was ändert, wird ohne Verlauf überschrieben.",

	"table.ledger_entry": "Fundstellen im Beweisbuch",

	"purpose.ledger_entry": "Um den Beweis dessen zu finden, was unterschrieben ist.",

	"goes.ledger_entry": "Es ist nur eine Stelle im Beweisbuch und sagt nichts; sobald die Unterschrift gelöscht ist, führt sie zu niemandem.",

	"table.staff_code": "Code für ein Gerät der Personalvertretung",

	"purpose.staff_code": "Um einem Gerät einmal zu glauben, nach einem persönlich gezeigten Code.",

	"goes.staff_code": "Wenn der Code benutzt ist, sonst spätestens zehn Minuten nach dem Ablauf.",

	"table.role_change": "Änderungen von Aufgaben",

	"purpose.role_change": "Um zu beweisen, wer welche Aufgabe erhielt oder abgab.",

	"goes.role_change": "Nach 90 Tagen; im Beweisbuch bleibt es.",

	"table.approval": "Zustimmungen der Personalvertretung, von Ihnen unterschrieben",

	"purpose.approval": "Damit eine Auswertung nur mit Zustimmung läuft.",

	"goes.approval": "Fünf Jahre nach dem Ende; wer unterschrieb, mit Ihrem Eintrag.",

	"table.approval_end": "Widerrufe von Zustimmungen, von Ihnen unterschrieben",

	"purpose.approval_end": "Damit eine Auswertung wieder ausgeschaltet ist.",

	"goes.approval_end": "Mit der Zustimmung; wer unterschrieb, mit Ihrem Eintrag.",

	"table.consultation": "Anhörungen, von Ihnen festgehalten",

	"purpose.consultation": "Was alle zusammen sagten, wo es keine Personalvertretung gibt.",

	"goes.consultation": "Fünf Jahre nach dem Ende; wer es festhielt, mit Ihrem Eintrag.",

	"table.agent_queue": "Ihre Warteschlangen",

	"purpose.agent_queue": "Welche Anrufe zu Ihnen kommen.",

	"goes.agent_queue": "Mit Ihrem Eintrag; bei einer Änderung überschrieben.",

	"table.agent_skill": "Ihre Kenntnisse",

	"purpose.agent_skill": "Damit die passenden Anrufe zu Ihnen kommen.",

	"goes.agent_skill": "Mit Ihrem Eintrag; bei einer Änderung überschrieben.",

	"table.staff_key": "Schlüssel für die Personalvertretung",

	"purpose.staff_key": "Um Unterschriften der Personalvertretung zu prüfen.",

	"goes.staff_key": "Mit Ihrem Eintrag.",

	"column.agent": "Wer",
	"column.id": "Nummer",
	"column.hash": "Prüfsumme",
	"column.expires_ms": "Läuft ab",
	"column.used": "Benutzt",
	"column.seq": "Reihenfolge",
	"column.version": "Version",
	"column.language": "Sprache",
	"column.nonce": "Einmalwert",
	"column.public_key": "Öffentlicher Schlüssel",
	"column.signature": "Ihre Unterschrift",
	"column.signed_ms": "Unterschrieben",
	"column.countersignature": "Unterschrift der Arbeitgeberin",
	"column.at_ms": "Wann",
	"column.by_agent": "Durch Sie",
	"column.why": "Warum",
	"column.call": "Anruf",
	"column.event": "Was",
	"column.number": "Zahl dazu",
	"column.detail": "Näheres",
	"column.queue": "Warteschlange",
	"column.kind": "Art",
	"column.arrived_ms": "Eingegangen",
	"column.answered_ms": "Beantwortet",
	"column.ended_ms": "Beendet",
	"column.enrolled_ms": "Registriert",
	"column.login": "Anmeldename",
	"column.name": "Name",
	"column.workplace": "Üblicher Arbeitsort",
	"column.roles": "Aufgaben (Bits)",
	"column.clearance": "Freigabe bis Stufe",
	"column.origin": "Herkunft des Eintrags",
	"column.left_ms": "Ausgetreten",
	"column.skill": "Kenntnis",
	"column.level": "Stufe",
	"column.was": "Aufgaben vorher (Bits)",
	"column.tries": "Falsche Versuche",
	"column.role_change.by_agent": "Durch wen",
	"column.evaluation": "Auswertung",
	"column.scope": "Für",
	"column.from_ms": "Ab",
	"column.until_ms": "Bis",
	"column.held_ms": "Durchgeführt",
	"column.text_hash": "Prüfsumme der Frage",
	"column.agreed": "Zugestimmt",
	"column.recorded_ms": "Festgehalten",
	"column.approval": "Zustimmung",
	"column.ref": "Worüber",
	"column.segment": "Buch",
	"column.entry": "Eintrag",

	"place.declaration": "Erklärung der Schicht",
	"place.what.declaration": "Dass Sie Ihren Arbeitsort zu Hause für diese Schicht erklärt haben, und um welche Zeit. Sonst nichts.",
	"place.where.declaration": "Arbeitsspeicher der Zentrale",
	"place.purpose.declaration": "Ob Anrufe zu Ihnen nach Hause kommen dürfen.",
	"place.goes.declaration": "Am Ende der Schicht, nach höchstens 14 Stunden. Nie aufgeschrieben.",
	"place.given.declaration": "Oben, unter «Jetzt».",
	"place.shift": "Zustand und Leitung",
	"place.what.shift": "Ihr Zustand und seit wann, Ihr Anruf, die Zähler Ihrer Leitung.",
	"place.where.shift": "Arbeitsspeicher der Zentrale; während eines Anrufs auch des Sprachprozesses",
	"place.purpose.shift": "Damit Anrufe zu denen kommen, die frei sind, und nach einem Neustart weitergehen.",
	"place.goes.shift": "Bei jeder Änderung überschrieben, mit der Schicht weg.",
	"place.given.shift": "Oben, unter «Jetzt», und an Ihrem Arbeitsplatz.",
	"place.door": "Türanzeige",
	"place.what.door": "Die Prüfsumme ihres Zeichens, und was sie zum Ende einer Pause sagt.",
	"place.where.door": "Arbeitsspeicher der Zentrale und der Anzeige",
	"place.purpose.door": "Damit Ihre Tür zeigt, ob man hereinkommen kann.",
	"place.goes.door": "Mit der Schicht, oder wenn Sie sie beenden.",
	"place.given.door": "An Ihrem Arbeitsplatz. Das Zeichen selbst ist geheim.",
	"place.journal": "Tagebuch der Verteilung",
	"place.what.journal": "Was die Verteilung entschieden hat, mit einem Decknamen an Ihrer Stelle.",
	"place.where.journal": "Dateien der Zentrale",
	"place.purpose.journal": "Um Entscheide zu erklären und Fehler zu finden.",
	"place.goes.journal": "Nach sieben Tagen. Der Schlüssel, der von Decknamen zu Personen führt, ist nach einem Tag weg.",
	"place.given.journal": "Nicht nach Personen: Ohne den Schlüssel führt kein Weg hinein.",
	"place.ledger": "Beweisbuch",
	"place.what.ledger": "Was Sie unterschrieben und beendet haben, und die Unterschrift der Arbeitgeberin.",
	"place.where.ledger": "Dateien der Zentrale",
	"place.purpose.ledger": "Damit keine Seite es abstreiten kann.",
	"place.goes.ledger": "Ein Eintrag kann gelöscht werden: Sein Inhalt wird vernichtet, der Rest bleibt beweisbar.",
	"place.given.ledger": "In der Tabelle der Unterschriften.",
	"place.configuration": "Konfiguration",
	"place.what.configuration": "Anmeldename, Name, üblicher Arbeitsort, Warteschlangen mit Kenntnissen, Freigabe.",
	"place.where.configuration": "Konfigurationsdatei des Hauses",
	"place.purpose.configuration": "Wer welche Anrufe beantwortet.",
	"place.goes.configuration": "Wenn das Haus Sie streicht.",
	"place.given.configuration": "In Ihrem Eintrag, und die Warteschlangen an Ihrem Arbeitsplatz.",
	"place.log": "Protokoll des Programms",
	"place.what.log": "Was das Programm getan hat. Namen und Nummern sind verdeckt.",
	"place.where.log": "Protokoll des Systems",
	"place.purpose.log": "Um Fehler zu finden.",
	"place.goes.log": "Wie das System sein Protokoll aufbewahrt.",
	"place.given.log": "Nicht nach Personen.",
	"place.device": "Ihr Browser",
	"place.what.device": "Der private Teil Ihres Schlüssels, den niemand auslesen kann; gewähltes Mikrofon, Sprache, Farben.",
	"place.where.device": "Auf diesem Gerät",
	"place.purpose.device": "Um zu unterschreiben, und damit es aussieht, wie Sie möchten.",
	"place.goes.device": "Wenn Sie die Browserdaten löschen.",
	"place.given.device": "Es gehört Ihnen; die Zentrale hat es nicht.",
	"place.backup": "Sicherungskopien",
	"place.what.backup": "Kopien von allem, was in Dateien liegt.",
	"place.where.backup": "Wo der Betreiber sie aufbewahrt",
	"place.purpose.backup": "Damit nach einem Schaden nichts verloren ist.",
	"place.goes.backup": "Nach den Fristen des Betreibers.",
	"place.given.backup": "Fragen Sie den Betreiber.",
};
