// SPDX-License-Identifier: AGPL-3.0-or-later
/* What an agent's own data says, in English. A new table: table., purpose., goes. and column. of it. */
export default {
	"title": "What is held about you",

	"own.intro": "All that this centre has about you: table by table, what it is for, who reads it and when it is deleted. Only you see this page; that you look at it is noted nowhere.",
	"own.file": "Download as a file (JSON)",
	"own.loading": "Reading …",
	"own.as_of": "As of {time}",
	"own.again": "Read again",
	"own.now": "Now, in memory",
	"own.now.about": "Holds for this shift, is overwritten and never written down.",
	"own.held": "In the records",
	"own.elsewhere": "Outside the records",
	"own.none": "Nothing held",
	"own.one": "1 entry",
	"own.many": "{n} entries",
	"own.more": "Show all {n}",
	"own.purpose": "What for",
	"own.readers": "Who reads it",
	"own.goes": "When it is deleted",
	"own.goes.at": "Deleted on",
	"own.goes.with": "see above",
	"own.given": "Where you see it",
	"own.where": "Where it lies",
	"own.secret": "held, not shown: a secret",
	"own.others": "concerns somebody else",
	"own.you": "you",
	"own.yes": "yes",
	"own.no": "no",
	"own.for_officer": "The person in charge of data protection answers questions about it.",

	"now.state": "State",
	"now.since_ms": "since",
	"now.workplace": "Workplace today",
	"now.declared_since_ms": "Declaration for home, made at",
	"now.call": "Call",
	"now.desk": "Desk open",
	"now.line": "Line up",
	"now.door": "Door display",

	"value.out": "no shift",
	"value.away": "away",
	"value.ready": "ready",
	"value.talking": "talking",
	"value.wrapup": "wrap-up",
	"value.pause": "pause",
	"value.work": "written work",
	"value.home": "home",
	"value.office": "office",
	"value.arrived": "arrived",
	"value.offered": "offered",
	"value.declined": "declined",
	"value.offer_timeout": "not taken",
	"value.withdrawn": "withdrawn",
	"value.accepted": "accepted",
	"value.joined": "joined",
	"value.interrupted": "interrupted",
	"value.resumed": "resumed",
	"value.left": "left",
	"value.diverted": "diverted",
	"value.transferred": "transferred",
	"value.callback": "callback wished",
	"value.dialled": "called back",
	"value.ended": "ended",
	"value.changed": "situation changed",
	"value.agent_hung_up": "you hung up",
	"value.caller_hung_up": "the caller hung up",
	"value.caller_left": "the caller left",
	"value.sip": "telephone",
	"value.web": "web page",

	"reader.agent": "you",
	"reader.lead": "leads",
	"reader.administrator": "administrators",
	"reader.officer": "data protection",
	"reader.staff-body": "staff body",
	"reader.program": "the program alone, to work",
	"reader.operator": "whoever runs the server",
	"reader.door": "whoever stands at your door",
	"reader.colleagues": "colleagues",
	"reader.custodian": "to whom you hand the proof, and witnesses",

	"table.session": "Login session",

	"purpose.session": "So that you stay logged in over a restart.",

	"goes.session": "On logout, or within ten minutes of its end.",

	"table.link": "Login link",

	"purpose.link": "One login, once.",

	"goes.link": "Within ten minutes of its end. When it was used is stored nowhere.",

	"table.enrolment": "Code for a device",

	"purpose.enrolment": "To believe a device once, by a code that was shown in person.",

	"goes.enrolment": "When the code is used, or within ten minutes of its end.",

	"table.agreement_signature": "Signatures of the agreement",

	"purpose.agreement_signature": "To prove what both sides agreed.",

	"goes.agreement_signature": "Five years after it was superseded or ended (OR 128), or with your entry.",

	"table.agreement_end": "End or change of the agreement",

	"purpose.agreement_end": "So that no calls come to the home until the next signature.",

	"goes.agreement_end": "After five years, not before the signature that it ended; or with your entry.",

	"table.call_event": "Timeline of calls",

	"purpose.call_event": "To explain one call after a complaint. Nobody can search by you.",

	"goes.call_event": "After 90 days it is forgotten who it was.",

	"table.call": "Calls that you had last",

	"purpose.call": "The centre’s service level, a year with the year before.",

	"goes.call": "After 90 days it is forgotten who talked; the call itself goes after 400 days.",

	"table.device_key": "Keys of your devices",

	"purpose.device_key": "To check your signatures.",

	"goes.device_key": "With your entry.",

	"table.agent": "Your entry",

	"purpose.agent": "To log in and be addressed, and what you may do and answer.",

	"goes.agent": "90 days after you left the house, not before your signatures. What changes is overwritten, without a history.",

	"table.ledger_entry": "Places in the ledger",

	"purpose.ledger_entry": "To find the proof of what was signed.",

	"goes.ledger_entry": "It is a place only and says nothing; once the signature is deleted, it leads to nobody.",

	"table.staff_code": "Code for a device of the staff body",

	"purpose.staff_code": "To believe a device once, by a code that was shown in person.",

	"goes.staff_code": "When the code is used, or within ten minutes of its end.",

	"table.role_change": "Changes of roles",

	"purpose.role_change": "To prove who was given or lost which role.",

	"goes.role_change": "After 90 days; the ledger keeps it.",

	"table.approval": "Approvals of the staff body, signed by you",

	"purpose.approval": "So that an evaluation runs only when it was approved.",

	"goes.approval": "Five years after its end; who signed, with your entry.",

	"table.approval_end": "Withdrawals of approvals, signed by you",

	"purpose.approval_end": "So that an evaluation is switched off again.",

	"goes.approval_end": "With the approval; who signed, with your entry.",

	"table.consultation": "Consultations, written down by you",

	"purpose.consultation": "What all together said, where there is no staff body.",

	"goes.consultation": "Five years after its end; who wrote it down, with your entry.",

	"table.agent_queue": "Your queues",

	"purpose.agent_queue": "Which calls come to you.",

	"goes.agent_queue": "With your entry; overwritten when it changes.",

	"table.agent_skill": "Your skills",

	"purpose.agent_skill": "So that the right calls come to you.",

	"goes.agent_skill": "With your entry; overwritten when it changes.",

	"table.staff_key": "Keys for the staff body",

	"purpose.staff_key": "To check the staff body’s signatures.",

	"goes.staff_key": "With your entry.",

	"column.agent": "Who",
	"column.id": "Number",
	"column.hash": "Hash",
	"column.expires_ms": "Ends",
	"column.used": "Used",
	"column.seq": "Order",
	"column.version": "Version",
	"column.language": "Language",
	"column.nonce": "Nonce",
	"column.public_key": "Public key",
	"column.signature": "Your signature",
	"column.signed_ms": "Signed",
	"column.countersignature": "Employer’s signature",
	"column.at_ms": "When",
	"column.by_agent": "By you",
	"column.why": "Why",
	"column.call": "Call",
	"column.event": "What",
	"column.number": "Figure",
	"column.detail": "Detail",
	"column.queue": "Queue",
	"column.kind": "Kind",
	"column.arrived_ms": "Arrived",
	"column.answered_ms": "Answered",
	"column.ended_ms": "Ended",
	"column.enrolled_ms": "Registered",
	"column.login": "Login",
	"column.name": "Name",
	"column.workplace": "Usual workplace",
	"column.roles": "Roles (bits)",
	"column.clearance": "Clearance up to level",
	"column.origin": "Origin of the entry",
	"column.left_ms": "Left",
	"column.skill": "Skill",
	"column.level": "Level",
	"column.was": "Roles before (bits)",
	"column.tries": "Wrong tries",
	"column.role_change.by_agent": "By whom",
	"column.evaluation": "Evaluation",
	"column.scope": "For",
	"column.from_ms": "From",
	"column.until_ms": "Until",
	"column.held_ms": "Held",
	"column.text_hash": "Hash of the question",
	"column.agreed": "Agreed",
	"column.recorded_ms": "Written down",
	"column.approval": "Approval",
	"column.ref": "About",
	"column.segment": "Segment",
	"column.entry": "Entry",

	"place.declaration": "Declaration of the shift",
	"place.what.declaration": "That you declared your workplace at home for this shift, and at what time. Nothing else.",
	"place.where.declaration": "The centre’s memory",
	"place.purpose.declaration": "Whether calls may come to your home.",
	"place.goes.declaration": "At the shift’s end, after 14 hours at most. Never written down.",
	"place.given.declaration": "Above, under “Now”.",
	"place.shift": "State and line",
	"place.what.shift": "Your state and since when, your call, your line’s counters.",
	"place.where.shift": "The centre’s memory; while a call is on also the voice process’s",
	"place.purpose.shift": "So that calls go to whom is free, and go on after a restart.",
	"place.goes.shift": "Overwritten at each change, gone with the shift.",
	"place.given.shift": "Above, under “Now”, and at your desk.",
	"place.door": "Door display",
	"place.what.door": "The hash of its token, and what it says of a pause’s end.",
	"place.where.door": "The memory of the centre and of the display",
	"place.purpose.door": "So that your door shows whether one may come in.",
	"place.goes.door": "With the shift, or when you end it.",
	"place.given.door": "At your desk. The token itself is a secret.",
	"place.journal": "Journal of the routing",
	"place.what.journal": "What the routing decided, with a pseudonym in your place.",
	"place.where.journal": "Files of the centre",
	"place.purpose.journal": "To explain decisions and find faults.",
	"place.goes.journal": "After seven days. The key that leads from pseudonyms to people is gone after a day.",
	"place.given.journal": "Not by person: without the key no way leads there.",
	"place.ledger": "Ledger",
	"place.what.ledger": "What you signed and ended, and the employer’s signature.",
	"place.where.ledger": "Files of the centre",
	"place.purpose.ledger": "So that neither side can deny it.",
	"place.goes.ledger": "An entry can be erased: its content is destroyed, the rest stays provable.",
	"place.given.ledger": "In the table of signatures.",
	"place.configuration": "Configuration",
	"place.what.configuration": "Login, name, usual workplace, queues with skills, clearance.",
	"place.where.configuration": "The house’s configuration file",
	"place.purpose.configuration": "Who answers which calls.",
	"place.goes.configuration": "When the house strikes you out.",
	"place.given.configuration": "In your entry, and the queues at your desk.",
	"place.log": "Log of the program",
	"place.what.log": "What the program did. Names and numbers are masked.",
	"place.where.log": "The system’s log",
	"place.purpose.log": "To find faults.",
	"place.goes.log": "As the system keeps its log.",
	"place.given.log": "Not by person.",
	"place.device": "Your browser",
	"place.what.device": "The private half of your key, which nobody can read out; chosen microphone, language and colours.",
	"place.where.device": "On this device",
	"place.purpose.device": "To sign, and to look as you like it.",
	"place.goes.device": "When you clear the browser’s data.",
	"place.given.device": "It is yours; the centre does not have it.",
	"place.backup": "Backups",
	"place.what.backup": "Copies of all that is in files.",
	"place.where.backup": "Where the operator keeps them",
	"place.purpose.backup": "So that nothing is lost after a damage.",
	"place.goes.backup": "By the operator’s own dates.",
	"place.given.backup": "Ask the operator.",
};
