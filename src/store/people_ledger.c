/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * people_ledger -- roles, the staff body's keys, approvals and consultations go into the ledger [RULES P1, N7].
 *
 * As agreement_ledger.c does it, in the same transaction.  An entry names people by their number alone: who reads it needs
 * the records to know whose it is, and an erased person leaves it as it is.
 */
#include "store/inner.h"

/* clang-format off: it is one statement, and reads as one */
#define HEX(column) "lower(hex(" column "))"
#define ROLES(column)                                                                \
	"trim(iif(" column " & 1, 'agent ', '') || iif(" column " & 2, 'lead ', '')" \
	" || iif(" column " & 4, 'administrator ', '') || iif(" column               \
	" & 8, 'officer ',"                                                          \
	" '') || iif(" column " & 16, 'staff-body', ''))"
#define SCOPE      "coalesce(scope, '\"house\"')"
#define BY(column) "coalesce(" column ", '\"house\"')"
#define SIGNED                                                                        \
	"\"agent\":%d,\"key\":\"%s\",\"nonce\":\"%s\",\"signature\":\"%s\",\"signed_" \
	"ms\":%d"
#define SIGNED_BY                                                            \
	"coalesce(agent, 0), " HEX("public_key") ", " HEX("nonce") ", " HEX( \
		"signature") ", signed_ms"

/* The lowest bits of a note's number say what it is about, as there: 1 to 4 are taken. */
static const char facts[] =
	"SELECT ref, kind, at_ms, text FROM ("
	"SELECT seq * 16 + 5 AS ref, ?1 AS kind, at_ms,"
	" printf('{\"agent\":%d,\"was\":\"%s\",\"roles\":\"%s\",\"by\":%s}', agent,"
	" " ROLES("was") ", " ROLES("roles") ", " BY(
		"by_agent") ") AS text FROM role_change"
			    " UNION ALL "
			    "SELECT seq * 16 + 6, ?1, enrolled_ms,"
			    " printf('{\"agent\":%d,\"staff_key\":\"%s\"}', agent, " HEX(
				    "public_key") ")"
						  " FROM staff_key"
						  " UNION ALL "
						  "SELECT seq * 16 + 7, ?2, signed_ms,"
						  " printf('{\"approval\":%d,"
						  "\"evaluation\":\"%s\",\"scope\":%s,"
						  "\"from_ms\":%d,"
						  "\"until_ms\":%d," SIGNED
						  "}', seq, evaluation, " SCOPE
						  ", from_ms, until_ms, " SIGNED_BY
						  ") FROM approval"
						  " UNION ALL "
						  "SELECT approval * 16 + 8, ?2, at_ms,"
						  " printf('{\"withdrawn\":%d,\"at_ms\":%"
						  "d," SIGNED
						  "}', approval, at_ms, " SIGNED_BY
						  ") FROM approval_end"
						  " UNION ALL "
						  "SELECT seq * 16 + 9, ?2, recorded_ms,"
						  " printf('{\"consultation\":%d,"
						  "\"evaluation\":\"%s\",\"scope\":%s,"
						  "\"held_ms\":%d,"
						  "\"text_sha256\":\"%s\",\"agreed\":%s,"
						  "\"from_ms\":%d,\"until_ms\":%d,\"by\":"
						  "%s}',"
						  " seq, evaluation, " SCOPE
						  ", held_ms, " HEX(
							  "text_hash") ","
								       " iif(agreed, "
								       "'true', "
								       "'false'), "
								       "from_ms, "
								       "until_ms, " BY(
									       "agent") ")"
											" FROM consultation) f"
											" WHERE NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.ref = f.ref)"
											" ORDER BY at_ms, ref";
/* clang-format on */

int people_tell_ledger(struct writes *w, size_t *n)
{
	static const enum ledger_kind kinds[] = { LEDGER_ROLE, LEDGER_APPROVAL };

	return ledger_tell_facts(w, facts, kinds, 2, n);
}
