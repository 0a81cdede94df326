// SPDX-License-Identifier: AGPL-3.0-or-later
/* What an agent's own data says, in Italian. A new table: table., purpose., goes. and column. of it. */
export default {
	"title": "Che cosa è registrato su di Lei",

	"own.intro": "Tutto ciò che questa centrale ha su di Lei: tabella per tabella, a che cosa serve, chi lo legge e quando viene cancellato. Questa pagina la vede solo Lei; che Lei la guardi non viene annotato da nessuna parte.",
	"own.file": "Scaricare come file (JSON)",
	"own.loading": "Lettura in corso …",
	"own.as_of": "Stato: {time}",
	"own.again": "Rileggere",
	"own.now": "Adesso, in memoria",
	"own.now.about": "Vale per questo turno, viene sovrascritto e mai scritto su disco.",
	"own.held": "Nelle registrazioni",
	"own.elsewhere": "Fuori dalle registrazioni",
	"own.none": "Niente di registrato",
	"own.one": "1 voce",
	"own.many": "{n} voci",
	"own.more": "Mostrare tutto ({n})",
	"own.purpose": "A che cosa serve",
	"own.readers": "Chi lo legge",
	"own.goes": "Quando viene cancellato",
	"own.goes.at": "Cancellato il",
	"own.goes.with": "vedi sopra",
	"own.given": "Dove lo vede",
	"own.where": "Dove si trova",
	"own.secret": "presente, non mostrato: segreto",
	"own.others": "riguarda un’altra persona",
	"own.you": "Lei",
	"own.yes": "sì",
	"own.no": "no",
	"own.for_officer": "Alle domande risponde chi da Voi è responsabile della protezione dei dati.",

	"now.state": "Stato",
	"now.since_ms": "da",
	"now.workplace": "Luogo di lavoro oggi",
	"now.declared_since_ms": "Dichiarazione per casa, fatta alle",
	"now.call": "Chiamata",
	"now.desk": "Postazione aperta",
	"now.line": "Linea attiva",
	"now.door": "Display alla porta",

	"value.out": "nessun turno",
	"value.away": "assente",
	"value.ready": "pronto",
	"value.talking": "in conversazione",
	"value.wrapup": "lavoro dopo la chiamata",
	"value.pause": "pausa",
	"value.work": "lavoro scritto",
	"value.home": "a casa",
	"value.office": "ufficio",
	"value.arrived": "arrivata",
	"value.offered": "offerta",
	"value.declined": "rifiutata",
	"value.offer_timeout": "non accettata",
	"value.withdrawn": "ritirata",
	"value.accepted": "accettata",
	"value.joined": "collegata",
	"value.interrupted": "interrotta",
	"value.resumed": "ripresa",
	"value.left": "lasciata",
	"value.diverted": "deviata",
	"value.transferred": "trasferita",
	"value.callback": "richiamata desiderata",
	"value.dialled": "richiamata",
	"value.ended": "terminata",
	"value.changed": "situazione cambiata",
	"value.agent_hung_up": "ha riagganciato Lei",
	"value.caller_hung_up": "ha riagganciato chi chiamava",
	"value.caller_left": "chi chiamava ha lasciato",
	"value.sip": "telefono",
	"value.web": "pagina web",

	"reader.agent": "Lei",
	"reader.lead": "capogruppo",
	"reader.administrator": "amministrazione",
	"reader.officer": "protezione dei dati",
	"reader.staff-body": "rappresentanza del personale",
	"reader.program": "solo il programma, per funzionare",
	"reader.operator": "chi gestisce il server",
	"reader.door": "chi sta davanti alla Sua porta",
	"reader.colleagues": "colleghe e colleghi",
	"reader.custodian": "a chi Lei consegna la prova, e testimoni",

	"table.session": "Accesso",

	"purpose.session": "Perché Lei resti collegato dopo un riavvio.",

	"goes.session": "Alla disconnessione, altrimenti al più tardi dieci minuti dopo la scadenza.",

	"table.link": "Link di accesso",

	"purpose.link": "Un accesso, una sola volta.",

	"goes.link": "Al più tardi dieci minuti dopo la scadenza. Quando è stato usato non è scritto da nessuna parte.",

	"table.enrolment": "Codice per un dispositivo",

	"purpose.enrolment": "Per credere una volta a un dispositivo, con un codice mostrato di persona.",

	"goes.enrolment": "Quando il codice è usato, altrimenti al più tardi dieci minuti dopo la scadenza.",

	"table.agreement_signature": "Firme dell’accordo",

	"purpose.agreement_signature": "Per provare ciò che le due parti hanno concordato.",

	"goes.agreement_signature": "Cinque anni dopo la sostituzione o la fine (CO 128), o con la Sua iscrizione.",

	"table.agreement_end": "Fine o modifica dell’accordo",

	"purpose.agreement_end": "Perché nessuna chiamata arrivi a casa fino alla prossima firma.",

	"goes.agreement_end": "Dopo cinque anni, non prima della firma così terminata; o con la Sua iscrizione.",

	"table.call_event": "Svolgimento delle chiamate",

	"purpose.call_event": "Per spiegare una singola chiamata dopo un reclamo. Nessuno può cercare in base a Lei.",

	"goes.call_event": "Dopo 90 giorni si dimentica chi era.",

	"table.call": "Chiamate che Lei ha avuto per ultimo",

	"purpose.call": "Raggiungibilità della centrale, rispetto all’anno precedente.",

	"goes.call": "Dopo 90 giorni si dimentica chi ha parlato; la chiamata stessa sparisce dopo 400 giorni.",

	"table.device_key": "Chiavi dei Suoi dispositivi",

	"purpose.device_key": "Per verificare le Sue firme.",

	"goes.device_key": "Con la Sua iscrizione.",

	"table.agent": "La Sua iscrizione",

	"purpose.agent": "Per accedere ed essere chiamati per nome, e ciò che Lei può fare e trattare.",

	"goes.agent": "90 giorni dopo la Sua partenza, non prima delle Sue firme. Ciò che cambia viene sovrascritto, senza cronologia.",

	"table.ledger_entry": "Posizioni nel registro delle prove",

	"purpose.ledger_entry": "Per trovare la prova di ciò che è firmato.",

	"goes.ledger_entry": "È solo una posizione e non dice nulla; cancellata la firma, non porta a nessuno.",

	"table.staff_code": "Codice per un dispositivo della rappresentanza del personale",

	"purpose.staff_code": "Per credere una volta a un dispositivo, con un codice mostrato di persona.",

	"goes.staff_code": "Quando il codice è usato, altrimenti al più tardi dieci minuti dopo la scadenza.",

	"table.role_change": "Cambiamenti di compiti",

	"purpose.role_change": "Per provare chi ha ricevuto o lasciato quale compito.",

	"goes.role_change": "Dopo 90 giorni; nel registro delle prove rimane.",

	"table.approval": "Consensi della rappresentanza del personale, firmati da Lei",

	"purpose.approval": "Perché una valutazione giri solo con consenso.",

	"goes.approval": "Cinque anni dopo la fine; chi ha firmato, con la Sua iscrizione.",

	"table.approval_end": "Revoche di consensi, firmate da Lei",

	"purpose.approval_end": "Perché una valutazione sia di nuovo spenta.",

	"goes.approval_end": "Con il consenso; chi ha firmato, con la Sua iscrizione.",

	"table.consultation": "Consultazioni, annotate da Lei",

	"purpose.consultation": "Ciò che tutti insieme hanno detto, dove non c’è rappresentanza.",

	"goes.consultation": "Cinque anni dopo la fine; chi l’ha annotato, con la Sua iscrizione.",

	"table.agent_queue": "Le Sue code",

	"purpose.agent_queue": "Quali chiamate Le arrivano.",

	"goes.agent_queue": "Con la Sua iscrizione; sovrascritto a ogni cambiamento.",

	"table.agent_skill": "Le Sue competenze",

	"purpose.agent_skill": "Perché Le arrivino le chiamate adatte.",

	"goes.agent_skill": "Con la Sua iscrizione; sovrascritto a ogni cambiamento.",

	"table.staff_key": "Chiavi per la rappresentanza del personale",

	"purpose.staff_key": "Per verificare le firme della rappresentanza del personale.",

	"goes.staff_key": "Con la Sua iscrizione.",

	"column.agent": "Chi",
	"column.id": "Numero",
	"column.hash": "Impronta",
	"column.expires_ms": "Scade",
	"column.used": "Usato",
	"column.seq": "Ordine",
	"column.version": "Versione",
	"column.language": "Lingua",
	"column.nonce": "Valore unico",
	"column.public_key": "Chiave pubblica",
	"column.signature": "La Sua firma",
	"column.signed_ms": "Firmato",
	"column.countersignature": "Firma del datore di lavoro",
	"column.at_ms": "Quando",
	"column.by_agent": "Da Lei",
	"column.why": "Perché",
	"column.call": "Chiamata",
	"column.event": "Che cosa",
	"column.number": "Cifra",
	"column.detail": "Dettaglio",
	"column.queue": "Coda",
	"column.kind": "Tipo",
	"column.arrived_ms": "Arrivata",
	"column.answered_ms": "Risposta",
	"column.ended_ms": "Terminata",
	"column.enrolled_ms": "Registrata",
	"column.login": "Nome di accesso",
	"column.name": "Nome",
	"column.workplace": "Luogo di lavoro abituale",
	"column.roles": "Compiti (bit)",
	"column.clearance": "Abilitazione fino al livello",
	"column.origin": "Origine dell’iscrizione",
	"column.left_ms": "Partito",
	"column.skill": "Competenza",
	"column.level": "Livello",
	"column.was": "Compiti prima (bit)",
	"column.tries": "Tentativi errati",
	"column.role_change.by_agent": "Da chi",
	"column.evaluation": "Valutazione",
	"column.scope": "Per",
	"column.from_ms": "Dal",
	"column.until_ms": "Fino al",
	"column.held_ms": "Svolta",
	"column.text_hash": "Impronta della domanda",
	"column.agreed": "Consenso",
	"column.recorded_ms": "Annotata",
	"column.approval": "Consenso dato",
	"column.ref": "Riguardo a",
	"column.segment": "Volume",
	"column.entry": "Voce",

	"place.declaration": "Dichiarazione del turno",
	"place.what.declaration": "Che Lei ha dichiarato il luogo di lavoro a casa per questo turno, e a che ora. Nient’altro.",
	"place.where.declaration": "Memoria della centrale",
	"place.purpose.declaration": "Se le chiamate possono arrivare a casa Sua.",
	"place.goes.declaration": "Alla fine del turno, dopo 14 ore al massimo. Mai scritta.",
	"place.given.declaration": "Qui sopra, sotto «Adesso».",
	"place.shift": "Stato e linea",
	"place.what.shift": "Il Suo stato e da quando, la Sua chiamata, i contatori della Sua linea.",
	"place.where.shift": "Memoria della centrale; durante una chiamata anche del processo vocale",
	"place.purpose.shift": "Perché le chiamate vadano a chi è libero, e continuino dopo un riavvio.",
	"place.goes.shift": "Sovrascritto a ogni cambiamento, sparisce con il turno.",
	"place.given.shift": "Qui sopra, sotto «Adesso», e alla Sua postazione.",
	"place.door": "Display alla porta",
	"place.what.door": "L’impronta del suo gettone, e che cosa dice della fine di una pausa.",
	"place.where.door": "Memoria della centrale e del display",
	"place.purpose.door": "Perché la Sua porta mostri se si può entrare.",
	"place.goes.door": "Con il turno, o quando Lei lo termina.",
	"place.given.door": "Alla Sua postazione. Il gettone stesso è segreto.",
	"place.journal": "Diario della distribuzione",
	"place.what.journal": "Che cosa ha deciso la distribuzione, con uno pseudonimo al Suo posto.",
	"place.where.journal": "File della centrale",
	"place.purpose.journal": "Per spiegare decisioni e trovare errori.",
	"place.goes.journal": "Dopo sette giorni. La chiave che porta dagli pseudonimi alle persone sparisce dopo un giorno.",
	"place.given.journal": "Non per persona: senza la chiave non c’è modo di arrivarci.",
	"place.ledger": "Registro delle prove",
	"place.what.ledger": "Ciò che Lei ha firmato e terminato, e la firma del datore di lavoro.",
	"place.where.ledger": "File della centrale",
	"place.purpose.ledger": "Perché nessuna parte possa negarlo.",
	"place.goes.ledger": "Una voce può essere cancellata: il contenuto è distrutto, il resto rimane dimostrabile.",
	"place.given.ledger": "Nella tabella delle firme.",
	"place.configuration": "Configurazione",
	"place.what.configuration": "Nome di accesso, nome, luogo di lavoro abituale, code con competenze, abilitazione.",
	"place.where.configuration": "File di configurazione dell’azienda",
	"place.purpose.configuration": "Chi risponde a quali chiamate.",
	"place.goes.configuration": "Quando l’azienda La toglie.",
	"place.given.configuration": "Nella Sua iscrizione, e le code alla Sua postazione.",
	"place.log": "Registro del programma",
	"place.what.log": "Che cosa ha fatto il programma. Nomi e numeri sono mascherati.",
	"place.where.log": "Registro del sistema",
	"place.purpose.log": "Per trovare errori.",
	"place.goes.log": "Secondo la durata del registro del sistema.",
	"place.given.log": "Non per persona.",
	"place.device": "Il Suo browser",
	"place.what.device": "La parte privata della Sua chiave, che nessuno può leggere; microfono, lingua e colori scelti.",
	"place.where.device": "Su questo dispositivo",
	"place.purpose.device": "Per firmare, e per l’aspetto che Lei preferisce.",
	"place.goes.device": "Quando Lei cancella i dati del browser.",
	"place.given.device": "È Suo; la centrale non ce l’ha.",
	"place.backup": "Copie di sicurezza",
	"place.what.backup": "Copie di tutto ciò che si trova in file.",
	"place.where.backup": "Dove il gestore le conserva",
	"place.purpose.backup": "Perché dopo un danno nulla sia perso.",
	"place.goes.backup": "Secondo i termini del gestore.",
	"place.given.backup": "Chieda al gestore.",
};
