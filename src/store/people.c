/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* people -- reads who is in the house.  See people.h.  On any connection. */
#include "store/people.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/inner.h"

/* One a row; false: no memory, or it is not as the schema has it. */
typedef bool row_h(struct store_people *p, sqlite3_stmt *s);

/* A longer array with its new last one zeroed; *array is it from now on. NULL: no memory. */
static void *grow(void **array, size_t n, size_t size)
{
	char *more = reallocarray(*array, n + 1, size);

	if (!more)
		return NULL;
	*array = more;
	memset(more + n * size, 0, size);
	return more + n * size;
}

static bool copy_text(sqlite3_stmt *s, int at, char *dst, size_t cap)
{
	const char *text = (const char *)sqlite3_column_text(s, at);

	return text && text_copy(dst, cap, text) == 0;
}

static bool copy_blob(sqlite3_stmt *s, int at, uint8_t *dst, int n)
{
	const void *p = sqlite3_column_blob(s, at);

	if (!p || sqlite3_column_bytes(s, at) != n)
		return false;
	memcpy(dst, p, (size_t)n);
	return true;
}

static bool add_queue(struct store_people *p, sqlite3_stmt *s)
{
	void *queues = p->queues, *ids = p->queue_ids;
	struct person_queue *q = grow(&queues, p->n_queues, sizeof *q);
	uint64_t *id;

	p->queues = queues;
	if (!q)
		return false;
	id = grow(&ids, p->n_queues, sizeof *id);
	p->queue_ids = ids;
	if (!id)
		return false;
	p->n_queues++;
	*id = (uint64_t)sqlite3_column_int64(s, 0);
	return copy_text(s, 1, q->number, sizeof q->number) &&
		copy_text(s, 2, q->name, sizeof q->name);
}

static bool add_person(struct store_people *p, sqlite3_stmt *s)
{
	void *people = p->people;
	struct store_person *one = grow(&people, p->n_people, sizeof *one);

	p->people = people;
	if (!one)
		return false;
	p->n_people++;
	one->id = (uint64_t)sqlite3_column_int64(s, 0);
	one->is.at_home = sqlite3_column_int(s, 3);
	one->is.roles = (uint8_t)sqlite3_column_int(s, 4);
	one->is.clearance = (uint8_t)sqlite3_column_int(s, 5);
	one->origin = (enum store_origin)sqlite3_column_int(s, 6);
	one->left_ms = sqlite3_column_int64(s, 7);
	return copy_text(s, 1, one->is.login, sizeof one->is.login) &&
		copy_text(s, 2, one->is.name, sizeof one->is.name);
}

static int by_id(const void *key, const void *one)
{
	uint64_t a = *(const uint64_t *)key, b = ((const struct store_person *)one)->id;

	return a < b ? -1 : a > b;
}

static struct store_person *find(const struct store_people *p, uint64_t id)
{
	return p->n_people
		? bsearch(&id, p->people, p->n_people, sizeof *p->people, by_id)
		: NULL;
}

const struct store_person *store_person_find(const struct store_people *p, uint64_t id)
{
	return find(p, id);
}

const struct store_person *store_person_of(
	const struct store_people *p, const char *login)
{
	for (size_t i = 0; i < p->n_people; i++)
		if (strcmp(p->people[i].is.login, login) == 0)
			return &p->people[i];
	return NULL;
}

/* Of a queue that the centre has not any more: passed over. */
static bool add_serves(struct store_people *p, sqlite3_stmt *s)
{
	struct store_person *one = find(p, (uint64_t)sqlite3_column_int64(s, 0));
	uint64_t queue = (uint64_t)sqlite3_column_int64(s, 1);

	for (uint32_t i = 0; one && i < p->n_queues; i++)
		if (p->queue_ids[i] == queue)
			acd_queues_add(&one->is.queues, i);
	return true;
}

static bool add_skill(struct store_people *p, sqlite3_stmt *s)
{
	struct store_person *one = find(p, (uint64_t)sqlite3_column_int64(s, 0));
	char name[PERSON_SKILL_MAX];

	return !one || !copy_text(s, 1, name, sizeof name) ||
		person_add_skill(&one->is, name, (uint8_t)sqlite3_column_int(s, 2));
}

/* An evaluation that this program does not know is passed over. */
static bool add_approval(struct store_people *p, sqlite3_stmt *s)
{
	const char *word = (const char *)sqlite3_column_text(s, 1);
	enum evaluation e = word ? evaluation_of(word) : EVALUATIONS;
	void *all = p->approvals;
	struct store_approval *a;

	if (e == EVALUATIONS)
		return word;
	a = grow(&all, p->n_approvals, sizeof *a);
	p->approvals = all;
	if (!a)
		return false;
	p->n_approvals++;
	a->number = (uint64_t)sqlite3_column_int64(s, 0);
	a->is = (struct approval){ .evaluation = e,
		.scope = (uint64_t)sqlite3_column_int64(s, 2),
		.from_ms = sqlite3_column_int64(s, 3),
		.until_ms = sqlite3_column_int64(s, 4),
		.withdrawn_ms = sqlite3_column_int64(s, 5),
		.is_consultation = sqlite3_column_int(s, 6) };
	a->has_agreed = sqlite3_column_int(s, 7);
	a->signed_ms = sqlite3_column_int64(s, 8);
	a->held_ms = sqlite3_column_int64(s, 9);
	return copy_text(s, 10, a->who, sizeof a->who) &&
		(!a->is.is_consultation ||
			copy_blob(s, 11, a->text_hash, sizeof a->text_hash));
}

static bool add_staff_key(struct store_people *p, sqlite3_stmt *s)
{
	void *keys = p->staff_keys;
	struct store_device_key *k = grow(&keys, p->n_staff_keys, sizeof *k);

	p->staff_keys = keys;
	if (!k)
		return false;
	p->n_staff_keys++;
	k->agent = (uint64_t)sqlite3_column_int64(s, 0);
	return copy_blob(s, 1, k->point, sizeof k->point);
}

#define WHO(table) \
	" coalesce((SELECT n.name FROM agent n WHERE n.id = " table ".agent), '')"

/* A later consultation that said no ends what an earlier one of the same scope said. */
static const struct {
	const char *sql;
	row_h *add;
} reads[] = {
	{ "SELECT id, number, name FROM queue WHERE live ORDER BY number LIMIT 128",
		add_queue },
	{ "SELECT id, login, name, workplace = 'home', roles, clearance,"
	  " CASE origin WHEN 'people' THEN 2 WHEN 'configuration' THEN 1 ELSE 0 END,"
	  " coalesce(left_ms, 0) FROM agent ORDER BY id",
		add_person },
	{ "SELECT agent, queue FROM agent_queue", add_serves },
	{ "SELECT agent, skill, level FROM agent_skill", add_skill },
	{ "SELECT a.seq, a.evaluation, coalesce(a.scope, 0), a.from_ms, a.until_ms,"
	  " coalesce(e.at_ms, 0), 0, 1, a.signed_ms, 0," WHO(
		  "a") " FROM approval a LEFT JOIN approval_end e ON e.approval = a.seq"
		       " ORDER BY a.seq",
		add_approval },
	{ "SELECT c.seq, c.evaluation, coalesce(c.scope, 0), c.from_ms, c.until_ms,"
	  " coalesce((SELECT min(n.recorded_ms) FROM consultation n WHERE NOT n.agreed"
	  " AND n.evaluation = c.evaluation AND n.scope IS c.scope AND n.seq > c.seq), "
	  "0),"
	  " 1, c.agreed, c.recorded_ms, c.held_ms," WHO(
		  "c") ", c.text_hash FROM consultation c ORDER BY c.seq",
		add_approval },
	{ "SELECT agent, public_key FROM staff_key ORDER BY agent, seq", add_staff_key },
};

static int read_rows(sqlite3 *db, const char *sql, row_h *add, struct store_people *p)
{
	sqlite3_stmt *s = NULL;
	int rc = SQLITE_DONE;
	int err = db_prepare(&s, db, sql);

	while (!err && (rc = sqlite3_step(s)) == SQLITE_ROW)
		if (!add(p, s))
			err = ENOMEM;
	if (!err && rc != SQLITE_DONE)
		err = db_fail(db, rc, "people");
	sqlite3_finalize(s);
	return err;
}

int people_read(sqlite3 *db, struct store_people **out)
{
	struct store_people *p = calloc(1, sizeof *p);
	int err = p ? 0 : ENOMEM;

	for (size_t i = 0; !err && i < sizeof reads / sizeof *reads; i++)
		err = read_rows(db, reads[i].sql, reads[i].add, p);
	if (err) {
		store_people_free(p);
		return err;
	}
	*out = p;
	return 0;
}

int store_load_people(struct store *st, struct store_people **out)
{
	int err = db_exec(st->db, "BEGIN");

	if (err)
		return err;
	err = people_read(st->db, out);
	(void)db_exec(st->db, "COMMIT"); /* nothing was written */
	if (!err)
		atomic_store(&st->tells_people, true);
	return err;
}

void store_people_free(struct store_people *p)
{
	if (!p)
		return;
	free(p->people);
	free(p->queues);
	free(p->queue_ids);
	free(p->approvals);
	free(p->staff_keys);
	free(p);
}

bool store_person_is_here(const struct store_person *p)
{
	return p->origin != STORE_UNNAMED && !p->left_ms;
}

bool store_people_have_body(const struct store_people *p)
{
	for (size_t i = 0; i < p->n_people; i++)
		if (store_person_is_here(&p->people[i]) &&
			(p->people[i].is.roles & STORE_ROLE_STAFF))
			return true;
	return false;
}
