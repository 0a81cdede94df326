// SPDX-License-Identifier: AGPL-3.0-or-later
/* What an agent's own data says, in French. A new table: table., purpose., goes. and column. of it. */
export default {
	"title": "Ce qui est enregistré sur vous",

	"own.intro": "Tout ce que cette centrale a sur vous : table par table, à quoi cela sert, qui le lit et quand c’est effacé. Vous seul voyez cette page ; le fait de la consulter n’est noté nulle part.",
	"own.file": "Télécharger en fichier (JSON)",
	"own.loading": "Lecture en cours …",
	"own.as_of": "État : {time}",
	"own.again": "Relire",
	"own.now": "Maintenant, en mémoire vive",
	"own.now.about": "Vaut pour cette période de travail, est remplacé à chaque changement et jamais écrit.",
	"own.held": "Dans les enregistrements",
	"own.elsewhere": "En dehors des enregistrements",
	"own.none": "Rien d’enregistré",
	"own.one": "1 entrée",
	"own.many": "{n} entrées",
	"own.more": "Tout afficher ({n})",
	"own.purpose": "À quoi cela sert",
	"own.readers": "Qui le lit",
	"own.goes": "Quand c’est effacé",
	"own.goes.at": "Effacé le",
	"own.goes.with": "voir ci-dessus",
	"own.given": "Où vous le voyez",
	"own.where": "Où cela se trouve",
	"own.secret": "existe, non affiché : secret",
	"own.others": "concerne quelqu’un d’autre",
	"own.you": "vous",
	"own.yes": "oui",
	"own.no": "non",
	"own.for_officer": "La personne chargée de la protection des données répond à vos questions.",

	"now.state": "État",
	"now.since_ms": "depuis",
	"now.workplace": "Lieu de travail aujourd’hui",
	"now.declared_since_ms": "Déclaration pour la maison, faite à",
	"now.call": "Appel",
	"now.desk": "Poste de travail ouvert",
	"now.line": "Ligne établie",
	"now.door": "Affichage à la porte",

	"value.out": "pas en service",
	"value.away": "absent",
	"value.ready": "prêt",
	"value.talking": "en conversation",
	"value.wrapup": "travail après l’appel",
	"value.pause": "pause",
	"value.work": "travail écrit",
	"value.home": "à la maison",
	"value.office": "bureau",
	"value.arrived": "arrivé",
	"value.offered": "proposé",
	"value.declined": "refusé",
	"value.offer_timeout": "non pris",
	"value.withdrawn": "retiré",
	"value.accepted": "accepté",
	"value.joined": "mis en relation",
	"value.interrupted": "interrompu",
	"value.resumed": "repris",
	"value.left": "quitté",
	"value.diverted": "dévié",
	"value.transferred": "transmis",
	"value.callback": "rappel souhaité",
	"value.dialled": "rappelé",
	"value.ended": "terminé",
	"value.changed": "situation changée",
	"value.agent_hung_up": "vous avez raccroché",
	"value.caller_hung_up": "l’appelant a raccroché",
	"value.caller_left": "l’appelant est parti",
	"value.sip": "téléphone",
	"value.web": "page web",

	"reader.agent": "vous",
	"reader.lead": "direction d’équipe",
	"reader.administrator": "administration",
	"reader.officer": "protection des données",
	"reader.staff-body": "représentation du personnel",
	"reader.program": "le programme seul, pour fonctionner",
	"reader.operator": "qui exploite le serveur",
	"reader.door": "qui se trouve devant votre porte",
	"reader.colleagues": "collègues",
	"reader.custodian": "à qui vous remettez la preuve, et témoins",

	"table.session": "Connexion",

	"purpose.session": "Pour que vous restiez connecté après un redémarrage.",

	"goes.session": "À la déconnexion, sinon dix minutes au plus tard après l’expiration.",

	"table.link": "Lien de connexion",

	"purpose.link": "Une connexion, une seule fois.",

	"goes.link": "Dix minutes au plus tard après l’expiration. Le moment de l’utilisation n’est noté nulle part.",

	"table.enrolment": "Code pour un appareil",

	"purpose.enrolment": "Pour croire une fois un appareil, grâce à un code montré en personne.",

	"goes.enrolment": "Quand le code est utilisé, sinon dix minutes au plus tard après l’expiration.",

	"table.agreement_signature": "Signatures de l’accord",

	"purpose.agreement_signature": "Pour prouver ce que les deux parties ont convenu.",

	"goes.agreement_signature": "Cinq ans après son remplacement ou sa fin (CO 128), ou avec votre inscription.",

	"table.agreement_end": "Fin ou changement de l’accord",

	"purpose.agreement_end": "Pour qu’aucun appel n’arrive à la maison jusqu’à la prochaine signature.",

	"goes.agreement_end": "Après cinq ans, pas avant la signature ainsi terminée ; ou avec votre inscription.",

	"table.call_event": "Déroulement des appels",

	"purpose.call_event": "Pour expliquer un appel précis après une réclamation. Personne ne peut chercher d’après vous.",

	"goes.call_event": "Après 90 jours, le nom est oublié.",

	"table.call": "Appels que vous avez eus en dernier",

	"purpose.call": "Joignabilité de la centrale, comparée à l’année précédente.",

	"goes.call": "Après 90 jours, qui a parlé est oublié ; l’appel lui-même disparaît après 400 jours.",

	"table.device_key": "Clés de vos appareils",

	"purpose.device_key": "Pour vérifier vos signatures.",

	"goes.device_key": "Avec votre inscription.",

	"table.agent": "Votre inscription",

	"purpose.agent": "Pour vous connecter et vous nommer, et ce que vous pouvez faire et traiter.",

	"goes.agent": "90 jours après votre départ, pas avant vos signatures. Ce qui change est remplacé, sans historique.",

	"table.ledger_entry": "Emplacements dans le registre de preuves",

	"purpose.ledger_entry": "Pour retrouver la preuve de ce qui est signé.",

	"goes.ledger_entry": "Ce n’est qu’un emplacement et ne dit rien ; une fois la signature effacée, il ne mène à personne.",

	"table.staff_code": "Code pour un appareil de la représentation du personnel",

	"purpose.staff_code": "Pour croire une fois un appareil, grâce à un code montré en personne.",

	"goes.staff_code": "Quand le code est utilisé, sinon dix minutes au plus tard après l’expiration.",

	"table.role_change": "Changements de fonctions",

	"purpose.role_change": "Pour prouver qui a reçu ou rendu quelle fonction.",

	"goes.role_change": "Après 90 jours ; le registre de preuves le garde.",

	"table.approval": "Accords de la représentation du personnel, signés par vous",

	"purpose.approval": "Pour qu’une évaluation ne tourne qu’avec accord.",

	"goes.approval": "Cinq ans après la fin ; qui a signé, avec votre inscription.",

	"table.approval_end": "Retraits d’accords, signés par vous",

	"purpose.approval_end": "Pour qu’une évaluation soit de nouveau arrêtée.",

	"goes.approval_end": "Avec l’accord ; qui a signé, avec votre inscription.",

	"table.consultation": "Consultations, notées par vous",

	"purpose.consultation": "Ce que tous ensemble ont dit, là où il n’y a pas de représentation.",

	"goes.consultation": "Cinq ans après la fin ; qui l’a noté, avec votre inscription.",

	"table.agent_queue": "Vos files d’attente",

	"purpose.agent_queue": "Quels appels vous arrivent.",

	"goes.agent_queue": "Avec votre inscription ; remplacé à chaque changement.",

	"table.agent_skill": "Vos compétences",

	"purpose.agent_skill": "Pour que les appels qui conviennent vous arrivent.",

	"goes.agent_skill": "Avec votre inscription ; remplacé à chaque changement.",

	"table.staff_key": "Clés pour la représentation du personnel",

	"purpose.staff_key": "Pour vérifier les signatures de la représentation du personnel.",

	"goes.staff_key": "Avec votre inscription.",

	"column.agent": "Qui",
	"column.id": "Numéro",
	"column.hash": "Empreinte",
	"column.expires_ms": "Expire",
	"column.used": "Utilisé",
	"column.seq": "Ordre",
	"column.version": "Version",
	"column.language": "Langue",
	"column.nonce": "Valeur unique",
	"column.public_key": "Clé publique",
	"column.signature": "Votre signature",
	"column.signed_ms": "Signé",
	"column.countersignature": "Signature de l’employeur",
	"column.at_ms": "Quand",
	"column.by_agent": "Par vous",
	"column.why": "Pourquoi",
	"column.call": "Appel",
	"column.event": "Quoi",
	"column.number": "Chiffre",
	"column.detail": "Détail",
	"column.queue": "File d’attente",
	"column.kind": "Genre",
	"column.arrived_ms": "Arrivé",
	"column.answered_ms": "Répondu",
	"column.ended_ms": "Terminé",
	"column.enrolled_ms": "Enregistrée",
	"column.login": "Identifiant",
	"column.name": "Nom",
	"column.workplace": "Lieu de travail habituel",
	"column.roles": "Fonctions (bits)",
	"column.clearance": "Habilitation jusqu’au niveau",
	"column.origin": "Origine de l’inscription",
	"column.left_ms": "Parti",
	"column.skill": "Compétence",
	"column.level": "Niveau",
	"column.was": "Fonctions avant (bits)",
	"column.tries": "Essais faux",
	"column.role_change.by_agent": "Par qui",
	"column.evaluation": "Évaluation",
	"column.scope": "Pour",
	"column.from_ms": "Dès",
	"column.until_ms": "Jusqu’au",
	"column.held_ms": "Tenue",
	"column.text_hash": "Empreinte de la question",
	"column.agreed": "Accord",
	"column.recorded_ms": "Notée",
	"column.approval": "Accord donné",
	"column.ref": "À propos de",
	"column.segment": "Volume",
	"column.entry": "Entrée",

	"place.declaration": "Déclaration du jour",
	"place.what.declaration": "Que vous avez déclaré votre lieu de travail à la maison pour cette période, et à quelle heure. Rien d’autre.",
	"place.where.declaration": "Mémoire vive de la centrale",
	"place.purpose.declaration": "Si des appels peuvent arriver chez vous.",
	"place.goes.declaration": "À la fin de la période, après 14 heures au plus. Jamais écrite.",
	"place.given.declaration": "Ci-dessus, sous « Maintenant ».",
	"place.shift": "État et ligne",
	"place.what.shift": "Votre état et depuis quand, votre appel, les compteurs de votre ligne.",
	"place.where.shift": "Mémoire vive de la centrale ; pendant un appel aussi du processus vocal",
	"place.purpose.shift": "Pour que les appels aillent à qui est libre, et continuent après un redémarrage.",
	"place.goes.shift": "Remplacé à chaque changement, disparaît avec la période de travail.",
	"place.given.shift": "Ci-dessus, sous « Maintenant », et à votre poste.",
	"place.door": "Affichage à la porte",
	"place.what.door": "L’empreinte de son jeton, et ce qu’elle dit de la fin d’une pause.",
	"place.where.door": "Mémoire vive de la centrale et de l’affichage",
	"place.purpose.door": "Pour que votre porte montre si l’on peut entrer.",
	"place.goes.door": "Avec la période de travail, ou quand vous y mettez fin.",
	"place.given.door": "À votre poste. Le jeton lui-même est secret.",
	"place.journal": "Journal de la distribution",
	"place.what.journal": "Ce que la distribution a décidé, avec un pseudonyme à votre place.",
	"place.where.journal": "Fichiers de la centrale",
	"place.purpose.journal": "Pour expliquer des décisions et trouver des erreurs.",
	"place.goes.journal": "Après sept jours. La clé qui mène des pseudonymes aux personnes disparaît après un jour.",
	"place.given.journal": "Pas par personne : sans la clé, aucun chemin n’y mène.",
	"place.ledger": "Registre de preuves",
	"place.what.ledger": "Ce que vous avez signé et terminé, et la signature de l’employeur.",
	"place.where.ledger": "Fichiers de la centrale",
	"place.purpose.ledger": "Pour qu’aucune partie ne puisse le nier.",
	"place.goes.ledger": "Une entrée peut être effacée : son contenu est détruit, le reste demeure prouvable.",
	"place.given.ledger": "Dans la table des signatures.",
	"place.configuration": "Configuration",
	"place.what.configuration": "Identifiant, nom, lieu de travail habituel, files avec compétences, habilitation.",
	"place.where.configuration": "Fichier de configuration de la maison",
	"place.purpose.configuration": "Qui répond à quels appels.",
	"place.goes.configuration": "Quand la maison vous en retire.",
	"place.given.configuration": "Dans votre inscription, et les files à votre poste.",
	"place.log": "Journal du programme",
	"place.what.log": "Ce que le programme a fait. Noms et numéros sont masqués.",
	"place.where.log": "Journal du système",
	"place.purpose.log": "Pour trouver des erreurs.",
	"place.goes.log": "Selon la durée du journal du système.",
	"place.given.log": "Pas par personne.",
	"place.device": "Votre navigateur",
	"place.what.device": "La partie privée de votre clé, que personne ne peut lire ; microphone, langue et couleurs choisis.",
	"place.where.device": "Sur cet appareil",
	"place.purpose.device": "Pour signer, et pour l’apparence que vous aimez.",
	"place.goes.device": "Quand vous effacez les données du navigateur.",
	"place.given.device": "C’est à vous ; la centrale ne l’a pas.",
	"place.backup": "Sauvegardes",
	"place.what.backup": "Copies de tout ce qui se trouve dans des fichiers.",
	"place.where.backup": "Où l’exploitant les garde",
	"place.purpose.backup": "Pour que rien ne soit perdu après un incident.",
	"place.goes.backup": "Selon les délais de l’exploitant.",
	"place.given.backup": "Demandez à l’exploitant.",
};
