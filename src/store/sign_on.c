/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sign_on -- see sign_on.h.  Such records are rare, so a statement is prepared when it is needed. */
#include "store/sign_on.h"

#include <errno.h>

#include "store/inner.h"

/* Somebody who may come in: store_person_is_here(). */
#define IS_HERE "a.left_ms IS NULL AND a.origin <> 'unnamed'"

/* ?1, ?2: issuer and subject, where the statement has them; ?3: a text; ?4, ?5: numbers. The first column, or 0. */
static int run(sqlite3 *db, const char *sql, const struct store_sign_on *s,
	const char *text, int64_t a, int64_t b, int64_t *out)
{
	sqlite3_stmt *q = NULL;
	int err = db_prepare(&q, db, sql);
	bool has_row = false;
	int64_t v = 0;
	int rc;

	if (err)
		return err;
	sqlite3_bind_text(q, 1, s->issuer, -1, SQLITE_STATIC);
	sqlite3_bind_text(q, 2, s->subject, -1, SQLITE_STATIC);
	sqlite3_bind_text(q, 3, text, -1, SQLITE_STATIC);
	sqlite3_bind_int64(q, 4, a);
	sqlite3_bind_int64(q, 5, b);
	rc = db_run(q, &v, &has_row);
	sqlite3_finalize(q);
	if (out)
		*out = has_row ? v : 0;
	return rc ? db_fail(db, rc, "sign-on") : 0;
}

static int find_linked(sqlite3 *db, const struct store_sign_on *s, int64_t *agent)
{
	return run(db,
		"SELECT a.id FROM agent a JOIN sign_on l ON l.agent = a.id"
		" WHERE l.issuer = ?1 AND l.subject = ?2 AND " IS_HERE,
		s, "", 0, 0, agent);
}

/* Who may be linked now: the one of the session, or of the login; nobody who has another link. */
static int find_free(sqlite3 *db, const struct store_sign_on *s, int64_t *agent)
{
	return run(db,
		"SELECT a.id FROM agent a WHERE (a.id = ?4 OR (?4 = 0 AND ?3 <> '' AND "
		"a.login = ?3)) AND " IS_HERE
		" AND NOT EXISTS (SELECT 1 FROM sign_on l WHERE l.agent = a.id"
		" OR (l.issuer = ?1 AND l.subject = ?2))",
		s, s->login, (int64_t)s->agent, 0, agent);
}

int sign_on_give(sqlite3 *db, const struct store_sign_on *s)
{
	int64_t before = 0, after;
	int err;

	if (!s->roles)
		return 0;
	err = run(db, "SELECT roles FROM agent WHERE id = ?4", s, "", (int64_t)s->agent,
		0, &before);
	if (err || before <= 0)
		return err;
	after = s->roles(s->arg, (unsigned)before);
	/* triggers of the schema note the change for the ledger */
	return after == before ? 0
			       : run(db,
					 "UPDATE agent SET roles = ?5 WHERE id = ?4 AND "
					 "origin = 'people'",
					 s, "", (int64_t)s->agent, after, NULL);
}

int sign_on_find(sqlite3 *db, struct store_sign_on *s)
{
	int64_t agent = 0;
	int err = find_linked(db, s, &agent);
	bool is_new = !err && !agent;

	if (is_new)
		err = find_free(db, s, &agent);
	if (!err && is_new && agent)
		err = run(db,
			"INSERT INTO sign_on (agent, issuer, subject, linked_ms)"
			" VALUES (?4, ?1, ?2, ?5)",
			s, "", agent, s->at_ms, NULL);
	s->agent = (uint64_t)agent;
	return err || !agent ? err : sign_on_give(db, s);
}
