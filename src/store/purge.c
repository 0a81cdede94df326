/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * purge -- removes what is past its date (docs/store.md has the dates and their reasons).
 *
 * A bounded number of rows a statement, each statement its own transaction, so that calls never wait
 * long behind a large removal.  Writer thread.
 */
#include "store/inner.h"

#define MAX_TEXT_(n) #n
#define MAX_TEXT(n)  MAX_TEXT_(n)
#define LIMIT        " LIMIT " MAX_TEXT(STORE_PURGE_MAX) ")"

/* A day of the calendar, and the Monday of the week before this one; 1970-01-01 was a Thursday. */
#define TODAY     "(?1 / 86400000)"
#define LAST_WEEK "(" TODAY " - (" TODAY " + 3) % 7 - 7)"

/* ?1: rows from before this time go */
static const struct {
	int64_t age_ms;
	const char *sql;
} purges[] = {
	{ 0,
		"DELETE FROM session WHERE hash IN"
		" (SELECT hash FROM session WHERE expires_ms <= ?1" LIMIT },
	{ 0,
		"DELETE FROM link WHERE hash IN"
		" (SELECT hash FROM link WHERE expires_ms <= ?1" LIMIT },
	{ STORE_CALLBACK_DAYS * STORE_DAY_MS,
		"DELETE FROM callback WHERE call IN"
		" (SELECT call FROM callback WHERE asked_ms < ?1" LIMIT },
	{ 0,
		"DELETE FROM enrolment WHERE agent IN"
		" (SELECT agent FROM enrolment WHERE expires_ms <= ?1" LIMIT },
	/* superseded or ended; the one that holds stays as long as it does */
	{ STORE_SIGNED_DAYS * STORE_DAY_MS,
		"DELETE FROM agreement_signature WHERE seq IN"
		" (SELECT s.seq FROM agreement_signature s WHERE s.signed_ms < ?1"
		" AND (EXISTS (SELECT 1 FROM agreement_signature n WHERE n.agent = "
		"s.agent"
		" AND n.seq > s.seq AND n.version >= s.version AND n.signed_ms < ?1)"
		" OR EXISTS (SELECT 1 FROM agreement_end e WHERE e.agent = s.agent"
		" AND e.seq > s.seq AND e.why = 'ended' AND e.at_ms < ?1))" LIMIT },
	{ STORE_SIGNED_DAYS * STORE_DAY_MS,
		"DELETE FROM agreement_end WHERE seq IN"
		" (SELECT e.seq FROM agreement_end e WHERE e.at_ms < ?1"
		" AND NOT EXISTS (SELECT 1 FROM agreement_signature s"
		" WHERE s.agent = e.agent AND s.seq < e.seq)" LIMIT },
	/* as long as a signature of it may be disputed */
	{ STORE_SIGNED_DAYS * STORE_DAY_MS,
		"DELETE FROM device_key WHERE seq IN"
		" (SELECT seq FROM device_key WHERE revoked_ms < ?1" LIMIT },
	/* of a house without a ledger, that brings it nowhere */
	{ STORE_NAMED_DAYS * STORE_DAY_MS,
		"DELETE FROM ledger_acknowledgement WHERE segment IN"
		" (SELECT segment FROM ledger_acknowledgement WHERE at_ms < ?1" LIMIT },
	{ 0,
		"DELETE FROM staff_code WHERE agent IN"
		" (SELECT agent FROM staff_code WHERE expires_ms <= ?1" LIMIT },
	{ STORE_NAMED_DAYS * STORE_DAY_MS,
		"DELETE FROM role_change WHERE seq IN"
		" (SELECT seq FROM role_change WHERE at_ms < ?1" LIMIT },
	/* what was signed or ended with it is kept under its name as long as the law may ask for it */
	{ STORE_NAMED_DAYS * STORE_DAY_MS,
		"DELETE FROM agent WHERE id IN (SELECT a.id FROM agent a"
		" WHERE a.left_ms < ?1 AND NOT EXISTS (SELECT 1 FROM"
		" agreement_signature s WHERE s.agent = a.id) AND NOT EXISTS"
		" (SELECT 1 FROM agreement_end e WHERE e.agent = a.id)" LIMIT },
	{ STORE_SIGNED_DAYS * STORE_DAY_MS,
		"DELETE FROM approval WHERE seq IN"
		" (SELECT seq FROM approval WHERE until_ms < ?1" LIMIT },
	{ STORE_SIGNED_DAYS * STORE_DAY_MS,
		"DELETE FROM consultation WHERE seq IN"
		" (SELECT seq FROM consultation WHERE until_ms < ?1" LIMIT },
	{ STORE_NAMED_DAYS * STORE_DAY_MS,
		"UPDATE call_event SET agent = NULL WHERE seq IN (SELECT seq FROM "
		"call_event WHERE agent IS NOT NULL AND at_ms < ?1" LIMIT },
	{ STORE_NAMED_DAYS * STORE_DAY_MS,
		"UPDATE call SET agent = NULL WHERE id IN (SELECT id FROM call"
		" WHERE agent IS NOT NULL AND arrived_ms < ?1" LIMIT },
	/* closed a day after its week at the latest, also where nobody asks any more */
	{ STORE_PULSE_DAYS * STORE_DAY_MS,
		"DELETE FROM pulse_answered WHERE (week_ms, agent) IN"
		" (SELECT week_ms, agent FROM pulse_answered WHERE week_ms < ?1" LIMIT },
	{ STORE_CALL_DAYS * STORE_DAY_MS,
		"DELETE FROM pulse WHERE (week_ms, answer) IN"
		" (SELECT week_ms, answer FROM pulse WHERE week_ms < ?1" LIMIT },
	{ STORE_CALL_DAYS * STORE_DAY_MS,
		"DELETE FROM call WHERE id IN"
		" (SELECT id FROM call WHERE arrived_ms < ?1" LIMIT },
	/* a plan of the past is nobody's business: a week after its week it goes */
	{ 0,
		"DELETE FROM plan_span WHERE (agent, day) IN"
		" (SELECT agent, day FROM plan_span WHERE day < " LAST_WEEK LIMIT },
	{ 0,
		"DELETE FROM plan_absence WHERE (agent, day) IN"
		" (SELECT agent, day FROM plan_absence WHERE day < " LAST_WEEK LIMIT },
	{ 0,
		"DELETE FROM plan_swap WHERE id IN"
		" (SELECT id FROM plan_swap WHERE day < " TODAY LIMIT },
};

static int run_one(sqlite3 *db, const char *sql, int64_t before_ms, bool *more)
{
	sqlite3_stmt *s = NULL;
	int err = db_prepare(&s, db, sql);

	if (err)
		return err;
	sqlite3_bind_int64(s, 1, before_ms);
	int rc = db_run(s, NULL, NULL);

	if (rc)
		err = db_fail(db, rc, "removal of old rows");
	else if (sqlite3_changes(db) >= STORE_PURGE_MAX)
		*more = true;
	sqlite3_finalize(s);
	return err;
}

int purge_run(sqlite3 *db, int64_t now_ms, bool *more)
{
	/* before the plans go from which it counts */
	int err = commute_count(db, db_day(now_ms));

	*more = false;
	for (size_t i = 0; !err && i < sizeof purges / sizeof *purges; i++)
		err = run_one(db, purges[i].sql, now_ms - purges[i].age_ms, more);
	return err;
}
