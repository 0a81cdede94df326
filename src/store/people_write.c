/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * people_write -- who comes, changes and leaves.  See people.h.
 *
 * Whoever writes roles, triggers of the schema note it for the ledger.  Such records are rare, so a statement is
 * prepared when it is needed.
 */
#include <errno.h>
#include <string.h>

#include "base/ids.h"
#include "store/inner.h"
#include "store/people.h"

/* Up to three integers and a text; a place for which there is none is left alone. */
struct args {
	int64_t n[3];
	const char *text;
};

/* Numbers are ?1 to ?3, the text is ?4. */
static int run(sqlite3 *db, const char *sql, const struct args *a)
{
	sqlite3_stmt *s = NULL;
	int err = db_prepare(&s, db, sql);
	int rc;

	if (err)
		return err;
	for (int i = 0; i < 3 && i < sqlite3_bind_parameter_count(s); i++)
		sqlite3_bind_int64(s, i + 1, a->n[i]);
	if (a->text)
		sqlite3_bind_text(s, 4, a->text, -1, SQLITE_STATIC);
	rc = db_run(s, NULL, NULL);
	sqlite3_finalize(s);
	return rc ? db_fail(db, rc, "people") : 0;
}

static int run_id(sqlite3 *db, const char *sql, uint64_t id)
{
	return run(db, sql, &(struct args){ .n = { (int64_t)id } });
}

int store_do(struct store *st, int (*job)(sqlite3 *db, void *arg), void *arg)
{
	int err = db_exec(st->db, "BEGIN IMMEDIATE");

	if (err)
		return err;
	err = job(st->db, arg);
	if (!err)
		err = db_exec(st->db, "COMMIT");
	if (err && !sqlite3_get_autocommit(st->db))
		(void)db_exec(st->db, "ROLLBACK");
	return err;
}

/* --- what somebody serves and knows --- */

static int put_queues(sqlite3 *db, uint64_t id, const struct acd_queues *queues,
	const uint64_t *queue_ids, size_t n)
{
	int err = run_id(db, "DELETE FROM agent_queue WHERE agent = ?1", id);

	for (uint32_t i = 0; !err && i < n; i++)
		if (acd_queues_have(queues, i))
			err = run(db,
				"INSERT INTO agent_queue (agent, queue) VALUES (?1, ?2)",
				&(struct args){
					.n = { (int64_t)id, (int64_t)queue_ids[i] } });
	return err;
}

static int put_skills(sqlite3 *db, uint64_t id, const struct person *p)
{
	int err = run_id(db, "DELETE FROM agent_skill WHERE agent = ?1", id);

	for (size_t i = 0; !err && i < p->n_skills; i++)
		err = run(db,
			"INSERT INTO agent_skill (agent, level, skill)"
			" VALUES (?1, ?2, ?4)",
			&(struct args){ { (int64_t)id, p->skills[i].level, 0 },
				p->skills[i].name });
	return err;
}

/* --- adding and changing --- */

/* After all that there are, whatever the clock says. */
static int next_id(sqlite3 *db, uint16_t node, uint64_t *id)
{
	struct ids ids;
	int64_t last = 0;
	int err = db_get_int(db, "SELECT coalesce(max(id), 0) FROM agent", &last);

	ids_init(&ids, node);
	ids_above(&ids, (uint64_t)last);
	if (!err)
		*id = ids_next(&ids, db_wall_ms());
	return err;
}

static int put_row(sqlite3 *db, uint64_t id, const struct person *p)
{
	sqlite3_stmt *s = NULL;
	int err = db_prepare(&s, db,
		"INSERT INTO agent (id, login, name, workplace, roles, clearance, origin)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'people') ON CONFLICT (id) DO UPDATE "
		"SET"
		" login = excluded.login, name = excluded.name,"
		" workplace = excluded.workplace, roles = excluded.roles,"
		" clearance = excluded.clearance, origin = 'people'");
	int rc;

	if (err)
		return err;
	db_bind_id(s, 1, id);
	sqlite3_bind_text(s, 2, p->login, -1, SQLITE_STATIC);
	sqlite3_bind_text(s, 3, p->name, -1, SQLITE_STATIC);
	sqlite3_bind_text(s, 4, p->at_home ? "home" : "office", -1, SQLITE_STATIC);
	sqlite3_bind_int(s, 5, p->roles);
	sqlite3_bind_int(s, 6, p->clearance);
	rc = db_run(s, NULL, NULL);
	sqlite3_finalize(s);
	return rc ? db_fail(db, rc, "people") : 0;
}

/* Who did what the triggers have just noted. */
static int note_by(sqlite3 *db, uint64_t agent, uint64_t by)
{
	return by ? run(db,
			    "UPDATE role_change SET by_agent = ?2 WHERE agent = ?1 AND "
			    "by_agent IS NULL"
			    " AND seq = (SELECT max(seq) FROM role_change)",
			    &(struct args){ .n = { (int64_t)agent, (int64_t)by } })
		  : 0;
}

int people_put(sqlite3 *db, const struct store_people *house, uint64_t id,
	const struct person *p, uint16_t node, uint64_t by)
{
	const struct store_person *was = id ? store_person_find(house, id) : NULL;
	int err = id ? 0 : next_id(db, node, &id);

	if (!err)
		err = put_row(db, id, p);
	if (!err && (was ? was->is.roles : PERSON_ROLE_AGENT) != p->roles)
		err = note_by(db, id, by);
	if (!err)
		err = put_queues(db, id, &p->queues, house->queue_ids, house->n_queues);
	return err ? err : put_skills(db, id, p);
}

/* --- leaving --- */

/* What ends with it at once; ?1: the agent.  A table that opens anything to somebody has a line here. */
static const char *const closed[] = {
	"DELETE FROM session WHERE agent = ?1",
	"DELETE FROM link WHERE agent = ?1",
	"DELETE FROM credential WHERE agent = ?1",
	"DELETE FROM sign_on WHERE agent = ?1",
	"DELETE FROM enrolment WHERE agent = ?1",
	"DELETE FROM device_key WHERE agent = ?1",
	"DELETE FROM staff_code WHERE agent = ?1",
	"DELETE FROM staff_key WHERE agent = ?1",
	"DELETE FROM agent_queue WHERE agent = ?1",
	"DELETE FROM agent_skill WHERE agent = ?1",
};

/* By the house, if there is one [RULES P2, point 17]. */
static int end_agreement(sqlite3 *db, uint64_t agent, int64_t at_ms)
{
	const struct agreement_rec r = {
		.kind = AGREEMENT_END, .agent = agent, .at_ms = at_ms
	};
	int64_t has = 0;
	sqlite3_stmt *s = NULL;
	bool any;
	int err = db_prepare(&s, db,
		"SELECT coalesce((SELECT max(seq) FROM agreement_signature WHERE agent = "
		"?1),"
		" 0) > coalesce((SELECT max(seq) FROM agreement_end WHERE agent = ?1"
		" AND why = 'ended'), 0)");
	int rc;

	if (err)
		return err;
	db_bind_id(s, 1, agent);
	rc = db_run(s, &has, &any);
	sqlite3_finalize(s);
	if (!rc && has)
		rc = agreement_write(db, &r);
	return rc ? db_fail(db, rc, "agreement") : 0;
}

int people_leave(sqlite3 *db, uint64_t agent, int64_t at_ms, uint64_t by)
{
	int err = run(db,
		"UPDATE agent SET left_ms = ?2 WHERE id = ?1 AND left_ms IS NULL",
		&(struct args){ .n = { (int64_t)agent, at_ms } });

	if (err)
		return err;
	if (sqlite3_changes(db) == 0)
		return ENOENT;
	err = note_by(db, agent, by);
	for (size_t i = 0; !err && i < sizeof closed / sizeof *closed; i++)
		err = run_id(db, closed[i], agent);
	return err ? err : end_agreement(db, agent, at_ms);
}

int people_add_link(sqlite3 *db, const uint8_t hash[STORE_HASH_SIZE], uint64_t agent,
	int64_t expires_ms)
{
	sqlite3_stmt *s = NULL;
	int rc,
		err = db_prepare(&s, db,
			"INSERT INTO link (hash, agent, expires_ms) VALUES (?1, ?2, ?3)");

	if (err)
		return err;
	sqlite3_bind_blob(s, 1, hash, STORE_HASH_SIZE, SQLITE_STATIC);
	db_bind_id(s, 2, agent);
	sqlite3_bind_int64(s, 3, expires_ms);
	rc = db_run(s, NULL, NULL);
	sqlite3_finalize(s);
	return rc ? db_fail(db, rc, "link") : 0;
}

/* --- the house as it is configured --- */

struct naming {
	const uint64_t *queues;
	size_t n_queues;
	const struct store_named *people;
	size_t n;
};

static int name_person(sqlite3 *db, const struct naming *n, const struct store_named *p)
{
	int err = run(db,
		"UPDATE agent SET origin = 'configuration', clearance = ?2 WHERE id = ?1",
		&(struct args){ .n = { (int64_t)p->id, p->is.clearance } });

	if (!err)
		err = put_queues(db, p->id, &p->is.queues, n->queues, n->n_queues);
	return err ? err : put_skills(db, p->id, &p->is);
}

static int name_house(sqlite3 *db, void *arg)
{
	const struct naming *n = arg;
	int err = db_exec(db,
		"UPDATE queue SET live = 0 WHERE live = 1;"
		"UPDATE agent SET origin = 'unnamed' WHERE origin = 'configuration'");

	for (size_t i = 0; !err && i < n->n_queues; i++)
		err = run_id(db, "UPDATE queue SET live = 1 WHERE id = ?1", n->queues[i]);
	for (size_t i = 0; !err && i < n->n; i++)
		err = name_person(db, n, &n->people[i]);
	return err;
}

int store_name_house(struct store *st, const uint64_t *queues, size_t n_queues,
	const struct store_named *people, size_t n)
{
	struct naming arg = { queues, n_queues, people, n };

	return store_do(st, name_house, &arg);
}
