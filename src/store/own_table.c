/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * own_table -- the register itself.  See own.h.
 *
 * A new table of the schema gets an entry here, with each of its columns; tests/unit/store/test_own.c says what is
 * missing, and wants a row in its own table of examples when there is a rule.  The page's words are in
 * desk/own/words/.  Constants only.
 */
#include "store/inner.h"

/* Superseded by a later signature or ended by either side; NULL: it holds. */
#define SIGNED_UNTIL(s)                                                                 \
	"max(" s ".signed_ms, (SELECT min(at) FROM (SELECT n.signed_ms AS at"           \
	" FROM agreement_signature n WHERE n.agent = " s ".agent AND n.seq > " s ".seq" \
	" AND n.version >= " s ".version UNION ALL SELECT e.at_ms FROM agreement_end e" \
	" WHERE e.agent = " s ".agent AND e.seq > " s ".seq AND e.why = 'ended')))"

/* An end stays beside the signatures that it ended or asked anew: without it they would hold again. */
#define ENDED_UNTIL                                                               \
	"iif(EXISTS (SELECT 1 FROM agreement_signature s WHERE s.agent = t.agent" \
	" AND s.seq < t.seq AND coalesce(" SIGNED_UNTIL(                          \
		"s") ", t.at_ms + 1) > t.at_ms),"                                 \
		     " NULL, t.at_ms)"

/* Who left; what was signed or ended is kept under its name as long as the law may ask for it. */
#define LEFT_UNTIL                                                                 \
	"iif(EXISTS (SELECT 1 FROM agreement_signature s WHERE s.agent = t.id) OR" \
	" EXISTS (SELECT 1 FROM agreement_end e WHERE e.agent = t.id), NULL, t.left_ms)"

/* What an entry is about: agreement_ledger.c and people_ledger.c have the numbers. */
#define ENTRY_OF(what, table)                                               \
	"(t.ref % 16 = " #what " AND t.ref / 16 IN (SELECT seq FROM " table \
	" WHERE agent = ?1))"
#define ENTRY_IS_MINE                                                                 \
	"(" ENTRY_OF(2, "agreement_signature") " OR " ENTRY_OF(                       \
		3, "agreement_signature") " OR " ENTRY_OF(4,                          \
		"agreement_end") " OR " ENTRY_OF(5, "role_change") " OR " ENTRY_OF(6, \
		"staff_key") " OR " ENTRY_OF(7,                                       \
		"approval") " OR t.ref % 16 = 8 AND t.ref / 16 IN"                    \
			    " (SELECT approval FROM approval_end WHERE agent = ?1) "  \
			    "OR " ENTRY_OF(9, "consultation") " OR " ENTRY_OF(        \
				    10, "device_key") ")"

/* Monday, a week after the week's end; 1970-01-01 was a Thursday. A plan of the past is nobody's business. */
#define WEEK_OVER "(t.day - (t.day + 3) % 7 + 14) * 86400000"

/* Who had the caller when the talk began: of its acceptances and resumptions the last until then. */
#define TALK_IS_MINE                                                               \
	"?1 = (SELECT e.agent FROM call_event e WHERE e.call = t.call AND e.event" \
	" IN ('accepted', 'resumed') AND e.at_ms <= t.from_ms"                     \
	" ORDER BY e.at_ms DESC, e.seq DESC LIMIT 1)"

#define COLUMNS (const struct own_column[])
#define END                         \
	{                           \
		NULL, OWN_INT, NULL \
	}

const struct own_table own_tables[] = {
	{
		.name = "session",
		.key = "hash",
		.mine = "t.agent = ?1",
		.purpose = "to stay logged in over a restart",
		.readers = OWN_BY_AGENT | OWN_BY_PROGRAM,
		.rules = { { "t.expires_ms", 0, NULL } },
		.goes = "on logout, or within ten minutes of its end",
		.columns = COLUMNS{ { "hash", OWN_SECRET,
					    "SHA-256 of the browser's token" },
			{ "agent", OWN_WHO, "who is logged in" },
			{ "expires_ms", OWN_TIME, "when it ends" },
			{ "factors", OWN_INT, "by how many factors: home needs two" },
			{ "provider", OWN_BYTES,
				"SHA-256 of whom the provider of identities meant: it "
				"ends "
				"by that one's word" },
			{ "provider_session", OWN_BYTES,
				"SHA-256 of its own session there" },
			END },
	},
	{
		.name = "link",
		.key = "hash",
		.mine = "t.agent = ?1",
		.purpose = "one login, once",
		.readers = OWN_BY_AGENT | OWN_BY_PROGRAM,
		.rules = { { "t.expires_ms", 0, NULL } },
		.goes = "within ten minutes of its end; when it was used is not stored",
		.columns = COLUMNS{ { "hash", OWN_SECRET, "SHA-256 of the link's token" },
			{ "agent", OWN_WHO, "whose link it is" },
			{ "expires_ms", OWN_TIME, "when it ends" },
			{ "used", OWN_FLAG, "so that it works once" }, END },
	},
	{
		.name = "callback",
		.key = "call",
		.purpose = "to call back who asked for it",
		.readers = OWN_BY_PROGRAM | OWN_BY_OPERATOR,
		.rules = { { "t.asked_ms", STORE_CALLBACK_DAYS, NULL } },
		.goes = "when the caller is reached, after the last try, or at the "
			"longest wait",
		.columns = COLUMNS{ { "call", OWN_ID, "the call that it was" },
			{ "queue", OWN_ID, "where it waits" },
			{ "number", OWN_OTHERS, "the caller's number, to dial it" },
			{ "arrived_ms", OWN_TIME, "its place among those who wait" },
			{ "asked_ms", OWN_TIME, "from when its longest wait counts" },
			{ "due_ms", OWN_TIME, "not tried again before" },
			{ "tries", OWN_INT, "how many came to nothing" }, END },
	},
	{
		.name = "sign_on",
		.key = "agent",
		.mine = "t.agent = ?1",
		.purpose = "to log in by the house's provider of identities",
		.readers = OWN_BY_AGENT | OWN_BY_PROGRAM,
		.end = OWN_WITH_AGENT,
		.goes = "when the agent leaves, or with its row",
		.columns = COLUMNS{ { "agent", OWN_WHO, "who" },
			{ "issuer", OWN_TEXT, "which provider" },
			{ "subject", OWN_TEXT, "the provider's number for the agent" },
			{ "linked_ms", OWN_TIME, "since when" }, END },
	},
	{
		.name = "credential",
		.key = "agent, kind, id",
		.mine = "t.agent = ?1",
		.purpose = "to log in, and to prove it by a second factor",
		.readers = OWN_BY_AGENT | OWN_BY_PROGRAM,
		/* its last month began so long ago */
		.rules = { { "t.month_ms", STORE_CREDENTIAL_DAYS + 30, NULL } },
		.goes = "when the agent takes it away, with the agent's row, or when it "
			"was not used for 400 days",
		.columns = COLUMNS{ { "agent", OWN_WHO, "who" },
			{ "kind", OWN_TEXT, "password, authenticator app or passkey" },
			{ "id", OWN_BYTES, "of a passkey" },
			{ "algorithm", OWN_INT, "of a passkey's key" },
			{ "value", OWN_SECRET,
				"the password's Argon2id, the app's sealed secret, or a "
				"passkey's public key" },
			{ "counter", OWN_INT,
				"so that no code and no passkey's copy works twice" },
			{ "name", OWN_TEXT, "the agent's own word for it" },
			{ "made_ms", OWN_TIME, "since when" },
			{ "month_ms", OWN_TIME,
				"the month in which it was last used: no day, no hour" },
			END },
	},
	{
		.name = "enrolment",
		.key = "agent",
		.mine = "t.agent = ?1",
		.purpose = "to believe a device once, by a code that was shown in person",
		.readers = OWN_BY_AGENT | OWN_BY_PROGRAM,
		.rules = { { "t.expires_ms", 0, NULL } },
		.goes = "when the code is used, or within ten minutes of its end",
		.columns = COLUMNS{ { "agent", OWN_WHO, "whose device may register" },
			{ "hash", OWN_SECRET, "SHA-256 of the code" },
			{ "expires_ms", OWN_TIME, "when it ends" }, END },
	},
	{
		.name = "agreement_signature",
		.key = "seq",
		.mine = "t.agent = ?1",
		.purpose = "to prove what both sides agreed",
		.readers = OWN_BY_AGENT | OWN_BY_PROGRAM | OWN_BY_OPERATOR,
		.rules = { { SIGNED_UNTIL("t"), STORE_SIGNED_DAYS, NULL } },
		.goes = "five years after it was superseded or ended (OR 128); with the "
			"agent's row",
		.columns = COLUMNS{ { "seq", OWN_INT,
					    "the order of signatures and ends" },
			{ "agent", OWN_WHO, "who signed" },
			{ "version", OWN_INT, "of the agreement" },
			{ "language", OWN_TEXT, "of the text that was read" },
			{ "hash", OWN_BYTES, "SHA-256 of the text" },
			{ "nonce", OWN_BYTES, "makes the signed statement whole again" },
			{ "public_key", OWN_BYTES, "of the device that signed" },
			{ "signature", OWN_BYTES, "the agent's" },
			{ "signed_ms", OWN_TIME, "when" },
			{ "countersignature", OWN_BYTES, "the employer's" }, END },
	},
	{
		.name = "agreement_end",
		.key = "seq",
		.mine = "t.agent = ?1",
		.purpose = "to close routing to the home until the next signature",
		.readers = OWN_BY_AGENT | OWN_BY_PROGRAM | OWN_BY_OPERATOR,
		.rules = { { ENDED_UNTIL, STORE_SIGNED_DAYS, NULL } },
		.goes = "five years after it, and not before the signature that it "
			"ended; with the agent's row",
		.columns = COLUMNS{ { "seq", OWN_INT,
					    "the order of signatures and ends" },
			{ "agent", OWN_WHO, "whose agreement" },
			{ "at_ms", OWN_TIME, "when" },
			{ "by_agent", OWN_FLAG, "by the agent, or by the house" },
			{ "why", OWN_TEXT, "ended, or the situation changed" }, END },
	},
	{
		.name = "staff_code",
		.key = "agent",
		.mine = "t.agent = ?1",
		.purpose = "to believe a device of the staff body once, by a code that "
			   "was shown in person",
		.readers = OWN_BY_AGENT | OWN_BY_PROGRAM,
		.rules = { { "t.expires_ms", 0, NULL } },
		.goes = "when the code is used, or within ten minutes of its end",
		.columns = COLUMNS{ { "agent", OWN_WHO, "whose device may register" },
			{ "hash", OWN_SECRET, "SHA-256 of the code" },
			{ "expires_ms", OWN_TIME, "when it ends" },
			{ "tries", OWN_INT,
				"how often a wrong one was typed: five end it" },
			END },
	},
	{
		.name = "role_change",
		.key = "seq",
		.mine = "?1 IN (t.agent, t.by_agent)",
		.purpose = "to tell the ledger who was given or lost which role, and who "
			   "asks",
		.readers = OWN_BY_AGENT | OWN_BY_PROGRAM | OWN_BY_OPERATOR,
		.rules = { { "t.at_ms", STORE_NAMED_DAYS, NULL } },
		.goes = "after 90 days; the ledger has it for good",
		.columns = COLUMNS{ { "seq", OWN_INT, "the order" },
			{ "agent", OWN_WHO, "whose roles" },
			{ "at_ms", OWN_TIME, "when" },
			{ "was", OWN_INT, "the roles before, bits added up" },
			{ "roles", OWN_INT, "the roles from then on, bits added up" },
			{ "by_agent", OWN_WHO,
				"which administrator, or nobody: the house" },
			END },
	},
	{
		.name = "agent",
		.key = "id",
		.mine = "t.id = ?1",
		.purpose = "to log in; to be addressed at the desk; what somebody may do "
			   "and answer",
		.readers = OWN_BY_AGENT | OWN_BY_COLLEAGUES | OWN_BY_ADMIN |
			OWN_BY_PROGRAM | OWN_BY_OPERATOR,
		.rules = { { LEFT_UNTIL, STORE_NAMED_DAYS, NULL } },
		.goes = "90 days after the person left, and not before what was signed "
			"is gone; what changes is overwritten, without a history",
		.columns = COLUMNS{ { "id", OWN_ID, "to name the row" },
			{ "login", OWN_TEXT, "to log in" },
			{ "name", OWN_TEXT,
				"to be addressed, and for who is handed a call" },
			{ "workplace", OWN_TEXT,
				"the usual one: no location, and no declaration" },
			{ "roles", OWN_INT,
				"which pages and commands are theirs, bits added up" },
			{ "clearance", OWN_INT,
				"the most confidential calls that may come, 0 to 3" },
			{ "origin", OWN_TEXT,
				"whether the file or the records name the person" },
			{ "left_ms", OWN_TIME, "when the person left" }, END },
	},
	{
		.name = "approval",
		.key = "seq",
		.mine = "t.agent = ?1",
		.purpose = "the staff body's word that switches an evaluation on",
		.readers = OWN_BY_AGENT | OWN_BY_ADMIN | OWN_BY_OFFICER | OWN_BY_STAFF |
			OWN_BY_PROGRAM | OWN_BY_OPERATOR,
		.rules = { { "t.until_ms", STORE_SIGNED_DAYS, NULL } },
		.goes = "five years after it ended; who signed is forgotten with the "
			"agent's row",
		.columns = COLUMNS{ { "seq", OWN_INT, "the order" },
			{ "evaluation", OWN_TEXT, "which one" },
			{ "scope", OWN_ID, "which queue, or all" },
			{ "from_ms", OWN_TIME, "from when" },
			{ "until_ms", OWN_TIME, "until when" },
			{ "signed_ms", OWN_TIME, "when it was signed" },
			{ "agent", OWN_WHO, "who signed" },
			{ "public_key", OWN_BYTES, "of the device that signed" },
			{ "nonce", OWN_BYTES, "makes the signed statement whole again" },
			{ "signature", OWN_BYTES, "the staff body's" }, END },
	},
	{
		.name = "approval_end",
		.key = "approval",
		.mine = "t.agent = ?1",
		.purpose = "the staff body's word that takes an approval back",
		.readers = OWN_BY_AGENT | OWN_BY_ADMIN | OWN_BY_OFFICER | OWN_BY_STAFF |
			OWN_BY_PROGRAM | OWN_BY_OPERATOR,
		.end = OWN_WITH_ROW,
		.goes = "with the approval; who signed is forgotten with the agent's row",
		.columns = COLUMNS{ { "approval", OWN_INT, "which one" },
			{ "at_ms", OWN_TIME, "from when it is taken back" },
			{ "signed_ms", OWN_TIME, "when it was signed" },
			{ "agent", OWN_WHO, "who signed" },
			{ "public_key", OWN_BYTES, "of the device that signed" },
			{ "nonce", OWN_BYTES, "makes the signed statement whole again" },
			{ "signature", OWN_BYTES, "the staff body's" }, END },
	},
	{
		.name = "consultation",
		.key = "seq",
		.mine = "t.agent = ?1",
		.purpose = "what all agents said, where there is no staff body",
		.readers = OWN_BY_AGENT | OWN_BY_ADMIN | OWN_BY_OFFICER | OWN_BY_STAFF |
			OWN_BY_PROGRAM | OWN_BY_OPERATOR,
		.rules = { { "t.until_ms", STORE_SIGNED_DAYS, NULL } },
		.goes = "five years after it ended; who wrote it down is forgotten with "
			"the agent's row",
		.columns = COLUMNS{ { "seq", OWN_INT, "the order" },
			{ "evaluation", OWN_TEXT, "which one" },
			{ "scope", OWN_ID, "which queue, or all" },
			{ "held_ms", OWN_TIME, "when it was held" },
			{ "text_hash", OWN_BYTES, "SHA-256 of what was asked" },
			{ "agreed", OWN_FLAG, "what came of it, of all together" },
			{ "from_ms", OWN_TIME, "from when" },
			{ "until_ms", OWN_TIME, "until when" },
			{ "recorded_ms", OWN_TIME, "when it was written down" },
			{ "agent", OWN_WHO, "the administrator who wrote it down" },
			END },
	},
	{
		.name = "call_event",
		.key = "seq",
		.mine = "t.agent = ?1",
		.purpose =
			"the timeline of a call: to explain one call after a complaint",
		.readers = OWN_BY_AGENT | OWN_BY_OPERATOR,
		.rules = { { "t.at_ms", STORE_NAMED_DAYS, "agent" } },
		.goes = "who it was is forgotten after 90 days; the event goes with its "
			"call",
		.columns = COLUMNS{ { "seq", OWN_INT, "the order" },
			{ "call", OWN_ID, "the call" }, { "at_ms", OWN_TIME, "when" },
			{ "event", OWN_TEXT, "what happened, one of fixed words" },
			{ "agent", OWN_WHO, "who had to do with it" },
			{ "number", OWN_INT, "the event's own figure" },
			{ "detail", OWN_TEXT, "why, one of fixed words" }, END },
	},
	{
		.name = "call",
		.key = "id",
		.mine = "t.agent = ?1",
		.purpose = "service level, a year with the year before",
		.readers = OWN_BY_AGENT | OWN_BY_OPERATOR,
		.rules = { { "t.arrived_ms", STORE_NAMED_DAYS, "agent" },
			{ "t.arrived_ms", STORE_CALL_DAYS, NULL } },
		.goes = "who talked is forgotten after 90 days; the call goes after 400",
		.columns = COLUMNS{ { "id", OWN_ID, "the call" },
			{ "queue", OWN_ID, "where it arrived" },
			{ "kind", OWN_TEXT, "by telephone or from a page" },
			{ "arrived_ms", OWN_TIME, "when it came" },
			{ "answered_ms", OWN_TIME, "when it was first answered" },
			{ "ended_ms", OWN_TIME, "when it ended" },
			{ "why", OWN_TEXT, "how it ended" },
			{ "agent", OWN_WHO, "who talked last" },
			{ "voice", OWN_TEXT,
				"whether the caller's voice came encrypted" },
			END },
	},
	{
		.name = "line_quality",
		.key = "call, from_ms, leg, direction",
		/* it names nobody, but the call's timeline does for as long as this is kept */
		.mine = TALK_IS_MINE,
		.purpose =
			"to tell a bad line of the carrier from one of the home, and to "
			"have it mended",
		.readers = OWN_BY_AGENT | OWN_BY_OPERATOR,
		.rules = { { "t.until_ms", STORE_NAMED_DAYS, NULL } },
		.goes = "after 90 days, when the call forgets who talked",
		.columns = COLUMNS{ { "call", OWN_ID, "the call" },
			{ "from_ms", OWN_TIME, "when the talk began" },
			{ "leg", OWN_TEXT, "the caller's line, or the standing line" },
			{ "direction", OWN_TEXT, "towards the centre, or from it" },
			{ "until_ms", OWN_TIME, "when the talk ended" },
			{ "is_whole", OWN_FLAG, "measured to the end" },
			{ "codec", OWN_TEXT, "how the voice was coded" },
			{ "expected", OWN_INT, "packets that should have come" },
			{ "lost", OWN_INT, "of these lost" },
			{ "jitter_us", OWN_INT, "how unevenly they came" },
			{ "round_trip_us", OWN_INT, "there and back" },
			{ "delay_ms", OWN_INT, "what evening it out took" },
			{ "frames", OWN_INT, "pieces of voice that were played out" },
			{ "concealed", OWN_INT, "of these made up" },
			{ "burst_100", OWN_INT, "whether the losses came together" },
			{ "r_narrow_10", OWN_INT, "the E-model's rating, narrow band" },
			{ "mos_narrow_100", OWN_INT, "as a mark from 1 to 5" },
			{ "r_wide_10", OWN_INT, "the same, wide band" },
			{ "mos_wide_100", OWN_INT, "as a mark from 1 to 5" }, END },
	},
	{
		.name = "device_key",
		.key = "seq",
		.mine = "t.agent = ?1",
		.purpose = "to check signatures with",
		.readers = OWN_BY_AGENT | OWN_BY_PROGRAM | OWN_BY_OPERATOR,
		.rules = { { "t.revoked_ms", STORE_SIGNED_DAYS, NULL } },
		.goes = "five years after it was revoked; with the agent's row",
		.columns = COLUMNS{ { "seq", OWN_INT, "by which the ledger finds it" },
			{ "agent", OWN_WHO, "whose device" },
			{ "public_key", OWN_BYTES,
				"its public half; the other never leaves the device" },
			{ "enrolled_ms", OWN_TIME, "when it was registered" },
			{ "revoked_ms", OWN_TIME, "from when it signs no more" },
			{ "revoked_by", OWN_TEXT, "the agent or the house" }, END },
	},
	{
		.name = "agent_queue",
		.key = "agent, queue",
		.mine = "t.agent = ?1",
		.purpose = "which queues somebody serves",
		.readers = OWN_BY_AGENT | OWN_BY_ADMIN | OWN_BY_PROGRAM | OWN_BY_OPERATOR,
		.end = OWN_WITH_AGENT,
		.goes = "with the agent's row; overwritten when it changes",
		.columns = COLUMNS{ { "agent", OWN_WHO, "who" },
			{ "queue", OWN_ID, "which" }, END },
	},
	{
		.name = "agent_skill",
		.key = "agent, skill",
		.mine = "t.agent = ?1",
		.purpose = "what somebody knows, so that the right calls come",
		.readers = OWN_BY_AGENT | OWN_BY_ADMIN | OWN_BY_PROGRAM | OWN_BY_OPERATOR,
		.end = OWN_WITH_AGENT,
		.goes = "with the agent's row; overwritten when it changes",
		.columns = COLUMNS{ { "agent", OWN_WHO, "who" },
			{ "skill", OWN_TEXT, "what" },
			{ "level", OWN_INT, "how well, 1 to 15" }, END },
	},
	{
		.name = "staff_key",
		.key = "seq",
		.mine = "t.agent = ?1",
		.purpose = "to check the staff body's signatures with",
		.readers = OWN_BY_AGENT | OWN_BY_PROGRAM | OWN_BY_OPERATOR,
		.end = OWN_WITH_AGENT,
		.goes = "with the agent's row",
		.columns = COLUMNS{ { "seq", OWN_INT, "the order" },
			{ "agent", OWN_WHO, "whose device" },
			{ "public_key", OWN_BYTES,
				"its public half; the other never leaves the device" },
			{ "enrolled_ms", OWN_TIME, "when it was registered" }, END },
	},
	{
		.name = "plan_span",
		.key = "agent, day, begins",
		.mine = "t.agent = ?1",
		.purpose = "who means to work where: seats, cover, team days",
		.readers = OWN_BY_AGENT | OWN_BY_LEAD | OWN_BY_ADMIN | OWN_BY_COLLEAGUES |
			OWN_BY_PROGRAM | OWN_BY_OPERATOR,
		.rules = { { WEEK_OVER, 0, NULL } },
		.goes = "a week after its week; whether it was kept is written nowhere",
		.columns = COLUMNS{ { "agent", OWN_WHO, "who" },
			{ "day", OWN_INT, "days since 1970-01-01" },
			{ "begins", OWN_INT, "minutes of the day" },
			{ "ends", OWN_INT, "minutes of the day" },
			{ "place", OWN_TEXT, "office or home, as planned" }, END },
	},
	{
		.name = "plan_absence",
		.key = "agent, day",
		.mine = "t.agent = ?1",
		.purpose = "who is not to be planned, and never why",
		.readers = OWN_BY_AGENT | OWN_BY_LEAD | OWN_BY_ADMIN | OWN_BY_PROGRAM |
			OWN_BY_OPERATOR,
		.rules = { { WEEK_OVER, 0, NULL } },
		.goes = "a week after its week",
		.columns = COLUMNS{ { "agent", OWN_WHO, "who" },
			{ "day", OWN_INT, "days since 1970-01-01" }, END },
	},
	{
		.name = "plan_swap",
		.key = "id",
		.mine = "t.agent = ?1",
		.purpose = "an office day that somebody would give",
		.readers = OWN_BY_AGENT | OWN_BY_COLLEAGUES | OWN_BY_PROGRAM |
			OWN_BY_OPERATOR,
		.rules = { { "(t.day + 1) * 86400000", 0, NULL } },
		.goes = "when it is taken, or when its day is over",
		.columns = COLUMNS{ { "id", OWN_ID, "to name the row" },
			{ "agent", OWN_WHO, "who" },
			{ "day", OWN_INT, "days since 1970-01-01" },
			{ "back", OWN_INT, "the home day wished in return" }, END },
	},
	{
		.name = "plan_wish",
		.key = "agent",
		.mine = "t.agent = ?1",
		.purpose = "who wants days at home",
		.readers = OWN_BY_AGENT | OWN_BY_LEAD | OWN_BY_ADMIN | OWN_BY_PROGRAM |
			OWN_BY_OPERATOR,
		.end = OWN_WITH_AGENT,
		.goes = "when the agent takes it back; with the agent's row",
		.columns = COLUMNS{ { "agent", OWN_WHO, "who" }, END },
	},
	{
		.name = "plan_feed",
		.key = "agent",
		.mine = "t.agent = ?1",
		.purpose = "the agent's own calendar reads the plan",
		.readers = OWN_BY_AGENT | OWN_BY_PROGRAM,
		.end = OWN_WITH_AGENT,
		.goes = "when the agent ends it or makes another; with the agent's row",
		.columns = COLUMNS{ { "agent", OWN_WHO, "who" },
			{ "hash", OWN_SECRET, "SHA-256 of the address's token" },
			{ "language", OWN_TEXT, "of its words" }, END },
	},
	{
		.name = "commute",
		.key = "agent",
		.mine = "t.agent = ?1",
		.purpose = "the agent's own sum of what working at home saved, if the "
			   "agent states a way",
		.readers = OWN_BY_AGENT | OWN_BY_PROGRAM,
		.end = OWN_WITH_AGENT,
		.goes = "when the agent takes it back; with the agent's row",
		.columns = COLUMNS{ { "agent", OWN_WHO, "who" },
			{ "minutes", OWN_INT, "one way, by the agent's own word" },
			{ "metres", OWN_INT, "one way, by the agent's own word" },
			{ "month", OWN_INT, "that is being counted" },
			{ "month_days", OWN_INT,
				"days at home planned in it, without their dates" },
			{ "year_days", OWN_INT, "days of the year, without their dates" },
			{ "counted_to", OWN_INT, "the first day not counted yet" }, END },
	},
	{
		.name = "plan_need",
		.key = "weekday, half",
		.purpose = "how many agents a half-hour needs: of the house",
		.readers = OWN_BY_LEAD | OWN_BY_ADMIN | OWN_BY_PROGRAM | OWN_BY_OPERATOR,
		.end = OWN_STAYS,
		.goes = "overwritten by the next import",
		.columns = COLUMNS{ { "weekday", OWN_INT, "0: Monday" },
			{ "half", OWN_INT, "of the day's 48" },
			{ "agents", OWN_INT, "how many" },
			{ "strict", OWN_INT, "of them with the highest clearance" },
			END },
	},
	{
		.name = "commute_sum",
		.key = "month",
		.purpose = "what all together saved, from five agents on",
		.readers = OWN_BY_COLLEAGUES | OWN_BY_ADMIN | OWN_BY_PROGRAM |
			OWN_BY_OPERATOR,
		.end = OWN_STAYS,
		.goes = "stays: it is of nobody",
		.columns = COLUMNS{ { "month", OWN_INT, "which" },
			{ "hours", OWN_INT, "of all together" },
			{ "kilometres", OWN_INT, "of all together" }, END },
	},
	{
		.name = "pulse_answered",
		.key = "week_ms, agent",
		.mine = "t.agent = ?1",
		.purpose = "so that nobody is asked twice in a week",
		.readers = OWN_BY_AGENT | OWN_BY_PROGRAM | OWN_BY_OPERATOR,
		.rules = { { "t.week_ms", STORE_PULSE_DAYS, NULL } },
		.goes = "when the week is closed; what was answered is nowhere",
		.columns = COLUMNS{ { "week_ms", OWN_TIME, "the week" },
			{ "agent", OWN_WHO, "who" }, END },
	},
	{
		.name = "pulse",
		.key = "week_ms, answer",
		.purpose = "how often each answer was given, of all together",
		.readers = OWN_BY_COLLEAGUES | OWN_BY_LEAD | OWN_BY_ADMIN |
			OWN_BY_OFFICER | OWN_BY_STAFF | OWN_BY_PROGRAM | OWN_BY_OPERATOR,
		.rules = { { "t.week_ms", STORE_CALL_DAYS, NULL } },
		.goes = "after 400 days",
		.columns = COLUMNS{ { "week_ms", OWN_TIME, "the week" },
			{ "answer", OWN_INT, "1 to 5" }, { "n", OWN_INT, "how often" },
			END },
	},
	{
		.name = "ledger_acknowledgement",
		.key = "segment",
		.mine = "t.agent = ?1",
		.purpose = "to tell the ledger that an officer has seen a damage",
		.readers = OWN_BY_AGENT | OWN_BY_OFFICER | OWN_BY_PROGRAM |
			OWN_BY_OPERATOR,
		.rules = { { "t.at_ms", STORE_NAMED_DAYS, NULL } },
		.goes = "when the ledger has it; 90 days where there is no ledger; with "
			"the agent's row",
		.columns = COLUMNS{ { "segment", OWN_INT, "the ledger's file" },
			{ "agent", OWN_WHO, "who" }, { "at_ms", OWN_TIME, "when" }, END },
	},
	{
		.name = "ledger_entry",
		.key = "ref, segment, entry",
		.mine = ENTRY_IS_MINE,
		.purpose = "to find the proof of what was signed",
		.readers = OWN_BY_AGENT | OWN_BY_PROGRAM | OWN_BY_OPERATOR,
		.end = OWN_STAYS,
		.goes = "with what it is about: salt and text are erased from the "
			"ledger then",
		.columns = COLUMNS{ { "ref", OWN_INT, "what the entry is about" },
			{ "segment", OWN_INT, "the ledger's file" },
			{ "entry", OWN_INT, "the entry in it" },
			{ "erase", OWN_INT, "whether its salt and text are to go" },
			END },
	},
	/* --- about no agent --- */
	{
		.name = "agreement_version",
		.key = "number",
		.purpose = "which text is in force from when",
		.readers = OWN_BY_COLLEAGUES | OWN_BY_PROGRAM | OWN_BY_OPERATOR,
		.end = OWN_STAYS,
		.goes = "stays: it is the house's own text",
		.columns = COLUMNS{ { "number", OWN_INT, "of the version" },
			{ "material", OWN_FLAG, "to be signed anew, or not" },
			{ "effective_ms", OWN_TIME, "in force from" },
			{ "published_ms", OWN_TIME, "when it was published" }, END },
	},
	{
		.name = "agreement_text",
		.key = "version, language",
		.purpose = "the bytes that are signed",
		.readers = OWN_BY_COLLEAGUES | OWN_BY_PROGRAM | OWN_BY_OPERATOR,
		.end = OWN_STAYS,
		.goes = "stays: it is the house's own text",
		.columns = COLUMNS{ { "version", OWN_INT, "of the agreement" },
			{ "language", OWN_TEXT, "of the text" },
			{ "text", OWN_TEXT, "as it is read and signed" },
			{ "hash", OWN_BYTES, "its SHA-256" }, END },
	},
	{
		.name = "queue",
		.key = "id",
		.purpose = "what callers dial, and its name on the desk",
		.readers = OWN_BY_COLLEAGUES | OWN_BY_PROGRAM | OWN_BY_OPERATOR,
		.end = OWN_STAYS,
		.goes = "stays: it is the house's",
		.columns = COLUMNS{ { "id", OWN_ID, "to name the row" },
			{ "number", OWN_TEXT, "what callers dial" },
			{ "name", OWN_TEXT, "on the desk" },
			{ "live", OWN_FLAG, "whether the centre that runs has it" },
			END },
	},
	{
		.name = "control",
		.key = "one",
		.purpose = "which control process ran last",
		.readers = OWN_BY_PROGRAM,
		.end = OWN_STAYS,
		.goes = "overwritten at each start",
		.columns = COLUMNS{ { "one", OWN_INT, "there is one row" },
			{ "epoch", OWN_INT, "of the process" }, END },
	},
	{
		.name = "migration",
		.key = "version",
		.purpose = "which form the records have",
		.readers = OWN_BY_PROGRAM,
		.end = OWN_STAYS,
		.goes = "stays",
		.columns = COLUMNS{ { "version", OWN_INT, "its number" },
			{ "name", OWN_TEXT, "its file" },
			{ "applied_ms", OWN_TIME, "when" }, END },
	},
};
const size_t own_tables_n = sizeof own_tables / sizeof *own_tables;

const struct own_place own_places[] = {
	{ "declaration", "memory of the control process",
		"that the agent declared the workplace at home for this shift: a "
		"statement, its time, and nothing else",
		"whether calls may come to the home", OWN_BY_AGENT | OWN_BY_PROGRAM,
		"at the shift's end, after 14 hours at the latest; never written down",
		"on the agent's desk" },
	{ "shift", "memory of the control process, and of a relay while a call is on",
		"the state now and since when, the workplace of today, the call that is "
		"on, the line's counters",
		"to give calls to whom is free; to go on after a restart",
		OWN_BY_AGENT | OWN_BY_PROGRAM,
		"overwritten at each change; gone with the shift, or with the relay's "
		"leg",
		"on the agent's desk" },
	{ "door", "memory of the control process, and of the display",
		"SHA-256 of the display's token, and what the door says of a pause's end",
		"the display at the door", OWN_BY_AGENT | OWN_BY_PROGRAM | OWN_BY_DOOR,
		"with the shift, or when the agent ends it",
		"on the agent's desk; the token is a secret" },
	{ "journal", "state folder, journal/",
		"what the routing decided, with a pseudonym in place of the agent",
		"to explain a decision and to find faults in the routing",
		OWN_BY_OPERATOR,
		"after seven days; the key that leads from pseudonyms to calls and "
		"agents is gone after a day",
		"not by person: there is no way from a person into it once the key is "
		"gone" },
	{ "ledger", "state folder, ledger/",
		"what the agent signed and ended, and the employer's signature, as in "
		"the table of signatures",
		"so that neither side can deny it",
		OWN_BY_AGENT | OWN_BY_OPERATOR | OWN_BY_CUSTODIAN,
		"an entry can be erased and leaves the rest provable; its salt and text "
		"are destroyed then",
		"in the table of signatures, and by heimamt ledger prove" },
	{ "configuration", "the configuration file",
		"login, name, usual workplace, queues with skills, and clearance",
		"who answers what", OWN_BY_ADMIN | OWN_BY_OPERATOR,
		"when the house strikes the agent out; the ledger has only the file's "
		"hash",
		"the table of agents has name and workplace, the desk the queues" },
	{ "log", "the system's log",
		"what the program did; names and numbers are masked, an agent is an id "
		"at most",
		"to find faults", OWN_BY_OPERATOR,
		"as the system's log is kept: journald's setting", "not by person" },
	{ "device", "the agent's own browser",
		"the private half of the device's key, which cannot be read out; chosen "
		"microphone, language and colours",
		"to sign; to look as the agent likes it", OWN_BY_AGENT,
		"when the browser's data is cleared", "it is the agent's own" },
	{ "backup", "where the operator keeps backups",
		"copies of all of the above that is in files", "to be there after a loss",
		OWN_BY_OPERATOR, "by the operator's own dates", "ask the operator" },
};
const size_t own_places_n = sizeof own_places / sizeof *own_places;

const char *own_reader_word(unsigned i)
{
	static const char *const words[OWN_READERS] = { "agent", "lead", "administrator",
		"officer", "staff-body", "program", "operator", "door", "colleagues",
		"custodian" };

	return words[i];
}
