/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * agreement_ledger -- what concerns the agreement and must be provable goes into the ledger [RULES P1].
 *
 * Not from where it is written: a command writes beside the running centre, which alone has the ledger.  So the
 * records' writer looks for versions, signatures and ends that the ledger has not, at its start and whenever the
 * records changed, and appends them in their order; only then are they told to the app, and to a desk by it.  An entry
 * is on disk before it is noted that it is there: a crash in between costs an entry that stands there twice, and
 * never one that is missing.
 */
#include <errno.h>

#include "base/log.h"
#include "store/inner.h"
#include "store/ledger_file.h"

/* The notes' numbers: what it is about, in the lowest bits. Ids of anything else are far above them. */
#define REF(what)   " * 16 + " #what " AS ref, "
#define HEX(column) "lower(hex(" column "))"
#define TEXT_HASH(language)                                                          \
	"(SELECT " HEX("t.hash") " FROM agreement_text t WHERE t.version = v.number" \
				 " AND t.language = '" language "')"

/* As texts, so that who reads an entry needs nothing else. Their order: as things happened. */
static const char
	facts[] =
		"SELECT ref, kind, at_ms, text FROM ("
		"SELECT number" REF(
			1) "?1 AS kind, published_ms AS at_ms,"
			   " printf('{\"version\":%d,\"material\":%s,\"effective_ms\":%d,"
			   "\"sha256\":{\"de\":\"%s\",\"fr\":\"%s\",\"it\":\"%s\",\"en\":"
			   "\"%s\"}}',"
			   " number, iif(material, 'true', 'false'), effective_ms,"
			   " " TEXT_HASH("de") ", " TEXT_HASH("fr") ", " TEXT_HASH("it") ", " TEXT_HASH(
				   "en") ") AS text"
					 " FROM agreement_version v"
					 " UNION ALL "
					 "SELECT seq" REF(
						 2) "?2, signed_ms,"
						    " printf('{\"agent\":%d,\"version\":%"
						    "d,\"language\":\"%s\",\"sha256\":\"%"
						    "s\","
						    "\"nonce\":\"%s\",\"key\":\"%s\","
						    "\"signature\":\"%s\",\"signed_ms\":%"
						    "d}',"
						    " agent, version, language, " HEX(
							    "ha"
							    "s"
							    "h") ", " HEX("nonce") ","
										   " " HEX("public_key") ","
													 " " HEX("signat"
														 "ure") ", signed_ms)"
															" FROM agreement_signature"
															" UNION ALL "
															"SELECT seq" REF(
																3) "?3, signed_ms,"
																   " printf('{\"agent\":%d,\"version\":%d,\"nonce\":\"%s\",\"countersignature\":\"%s\"}',"
																   " agent, version, " HEX("nonce") ", " HEX(
																	   "countersignature") ")"
																			       " FROM agreement_signature WHERE countersignature IS NOT NULL"
																			       " UNION ALL "
																			       "SELECT seq" REF(
																				       4) "?4, at_ms,"
																					  " printf('{\"agent\":%d,\"by\":\"%s\",\"why\":\"%s\"}', agent,"
																					  " iif(by_agent, 'agent', 'house'), why)"
																					  " FROM agreement_end) f"
																					  " WHERE NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.ref = f.ref)"
																					  " ORDER BY at_ms, ref";

/* One row: appended, and noted where it is. */
static int tell(struct writes *w, sqlite3_stmt *fact)
{
	const char *text = (const char *)sqlite3_column_text(fact, 3);
	struct ledger_file_info info;
	sqlite3_stmt *s = w->stmt[W_ENTRY];
	uint64_t index;

	if (!text)
		return ENOMEM;
	int err = ledger_file_put(w->ledger,
		(enum ledger_kind)sqlite3_column_int(fact, 1),
		sqlite3_column_int64(fact, 2), slice_str(text), &index);

	if (err)
		return err;
	ledger_file_info(w->ledger, &info);
	sqlite3_bind_int64(s, 1, sqlite3_column_int64(fact, 0));
	sqlite3_bind_int64(s, 2, info.segment);
	sqlite3_bind_int64(s, 3, (int64_t)index);
	return db_errno(db_run(s, NULL, NULL));
}

int ledger_tell_facts(struct writes *w, const char *sql, const enum ledger_kind *kinds,
	int n_kinds, size_t *n)
{
	sqlite3_stmt *s = NULL;
	int rc = SQLITE_DONE, err = db_prepare(&s, w->db, sql);

	if (err)
		return err;
	for (int i = 0; i < n_kinds; i++)
		sqlite3_bind_int(s, i + 1, (int)kinds[i]);
	while (!err && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		err = tell(w, s);
		(*n)++;
	}
	if (!err && rc != SQLITE_DONE)
		err = db_errno(rc);
	sqlite3_finalize(s);
	return err;
}

static int tell_all(struct writes *w, size_t *n)
{
	static const enum ledger_kind kinds[] = { LEDGER_AGREEMENT, LEDGER_SIGNATURE,
		LEDGER_COUNTERSIGNATURE, LEDGER_END };
	int err = ledger_tell_facts(w, facts, kinds, 4, n);

	return err ? err : people_tell_ledger(w, n);
}

int agreement_tell_ledger(struct writes *w)
{
	size_t n = 0;
	int err = w->ledger ? db_exec(w->db, "BEGIN IMMEDIATE") : 0;

	if (err || !w->ledger)
		return err;
	err = tell_all(w, &n);
	if (!err && n)
		err = ledger_file_sync(w->ledger);
	if (!err)
		err = db_exec(w->db, "COMMIT");
	if (!err)
		return 0;
	log_error("ledger: what was published, signed or ended could not be written, and "
		  "is "
		  "told nobody before it is");
	if (!sqlite3_get_autocommit(w->db))
		db_exec(w->db, "ROLLBACK");
	ledger_file_undo(w->ledger);
	return err;
}
