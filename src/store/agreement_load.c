/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * agreement_load -- reads all that concerns the agreement, in one transaction.  See agreement.h.
 *
 * On any connection: the owner's at start, the writer's later.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/inner.h"

/* One a row; false: no memory, or it is not as the schema has it. */
typedef bool row_h(struct store_agreements *a, sqlite3_stmt *s);

/* A longer array with its new last one zeroed. */
static void *grown(void *array, size_t n, size_t size)
{
	char *more = reallocarray(array, n + 1, size);

	if (more)
		memset(more + n * size, 0, size);
	return more;
}

static bool copy_blob(sqlite3_stmt *s, int at, uint8_t *dst, int n)
{
	const void *p = sqlite3_column_blob(s, at);

	if (!p || sqlite3_column_bytes(s, at) != n)
		return false;
	memcpy(dst, p, (size_t)n);
	return true;
}

static bool add_version(struct store_agreements *a, sqlite3_stmt *s)
{
	void *versions = grown(a->versions, a->n_versions, sizeof *a->versions);
	void *published = versions
		? grown(a->published_ms, a->n_versions, sizeof *a->published_ms)
		: NULL;
	void *texts = published ? grown(a->texts, a->n_versions, sizeof *a->texts) : NULL;

	a->versions = versions ? versions : a->versions;
	a->published_ms = published ? published : a->published_ms;
	a->texts = texts ? texts : a->texts;
	if (!texts)
		return false;
	a->versions[a->n_versions] = (struct home_version){
		.number = (uint32_t)sqlite3_column_int64(s, 0),
		.is_material = sqlite3_column_int(s, 1),
		.effective_ms = sqlite3_column_int64(s, 2),
	};
	a->published_ms[a->n_versions] = sqlite3_column_int64(s, 3);
	a->n_versions++;
	return a->versions[a->n_versions - 1].number == a->n_versions;
}

static bool add_text(struct store_agreements *a, sqlite3_stmt *s)
{
	int64_t number = sqlite3_column_int64(s, 0);
	const char *word = (const char *)sqlite3_column_text(s, 1);
	const char *text = (const char *)sqlite3_column_text(s, 2);
	enum home_language l;

	if (number < 1 || number > (int64_t)a->n_versions || !word || !text ||
		!home_language_of(word, &l))
		return false;
	a->texts[number - 1][l] = strdup(text);
	return a->texts[number - 1][l] &&
		copy_blob(s, 3, a->versions[number - 1].hash[l], HOME_HASH);
}

static bool add_agent(struct store_agreements *a, sqlite3_stmt *s)
{
	void *more = grown(a->agents, a->n_agents, sizeof *a->agents);
	struct store_home_agent *ag;

	if (!more)
		return false;
	a->agents = more;
	ag = &a->agents[a->n_agents++];
	ag->agent = (uint64_t)sqlite3_column_int64(s, 0);
	ag->standing = (struct home_standing){
		.signed_version = (uint32_t)sqlite3_column_int64(s, 1),
		.is_countersigned = sqlite3_column_int(s, 2),
		.confirmed_ms = sqlite3_column_int64(s, 3),
		.is_ended = sqlite3_column_int(s, 4),
		.has_changed = sqlite3_column_int(s, 5),
	};
	ag->code_expires_ms = sqlite3_column_int64(s, 6);
	return !ag->code_expires_ms || copy_blob(s, 7, ag->code, sizeof ag->code);
}

static bool add_key(struct store_agreements *a, sqlite3_stmt *s)
{
	void *more = grown(a->keys, a->n_keys, sizeof *a->keys);

	if (!more)
		return false;
	a->keys = more;
	struct store_device_key *k = &a->keys[a->n_keys++];

	k->agent = (uint64_t)sqlite3_column_int64(s, 0);
	k->enrolled_ms = sqlite3_column_int64(s, 2);
	k->revoked_ms = sqlite3_column_int64(s, 3);
	k->by_agent = sqlite3_column_int(s, 4);
	return copy_blob(s, 1, k->point, STORE_POINT_SIZE);
}

/* Of the signatures since the last end the highest version counts, and the last date; see struct home_standing. */
#define SINCE_END                                                                  \
	" FROM agreement_signature s WHERE s.agent = a.id AND s.seq > coalesce(("  \
	"SELECT max(e.seq) FROM agreement_end e WHERE e.agent = a.id AND e.why = " \
	"'ended'), 0)"
#define LAST_SEQ                                                                         \
	"coalesce((SELECT max(s.seq) FROM agreement_signature s WHERE s.agent = a.id), " \
	"0)"

static const struct {
	const char *sql;
	row_h *add;
} reads[] = {
	{ "SELECT number, material, effective_ms, published_ms FROM agreement_version"
	  " ORDER BY number",
		add_version },
	{ "SELECT version, language, text, hash FROM agreement_text", add_text },
	{ "SELECT a.id, coalesce((SELECT max(s.version)" SINCE_END "), 0),"
	  " coalesce((SELECT s.countersignature IS NOT NULL" SINCE_END
	  " ORDER BY s.version DESC, s.seq DESC LIMIT 1), 0),"
	  " coalesce((SELECT s.signed_ms" SINCE_END " ORDER BY s.seq DESC LIMIT 1), 0),"
	  " EXISTS (SELECT 1 FROM agreement_end e WHERE e.agent = a.id"
	  " AND e.why = 'ended' AND e.seq > " LAST_SEQ "),"
	  " EXISTS (SELECT 1 FROM agreement_end e WHERE e.agent = a.id"
	  " AND e.why = 'changed' AND e.seq > " LAST_SEQ "),"
	  " coalesce(n.expires_ms, 0), n.hash"
	  " FROM agent a LEFT JOIN enrolment n ON n.agent = a.id ORDER BY a.id",
		add_agent },
	{ "SELECT agent, public_key, enrolled_ms, coalesce(revoked_ms, 0),"
	  " coalesce(revoked_by = 'agent', 0) FROM device_key"
	  " ORDER BY agent, enrolled_ms DESC, seq DESC",
		add_key },
};

static int read_rows(sqlite3 *db, const char *sql, row_h *add, struct store_agreements *a)
{
	sqlite3_stmt *s = NULL;
	int rc = SQLITE_DONE;
	int err = db_prepare(&s, db, sql);

	while (!err && (rc = sqlite3_step(s)) == SQLITE_ROW)
		if (!add(a, s))
			err = ENOMEM;
	if (!err && rc != SQLITE_DONE)
		err = db_fail(db, rc, "agreements");
	sqlite3_finalize(s);
	return err;
}

int agreement_read(sqlite3 *db, struct store_agreements **out)
{
	struct store_agreements *a = calloc(1, sizeof *a);
	int err = a ? db_exec(db, "BEGIN") : ENOMEM;

	for (size_t i = 0; !err && i < sizeof reads / sizeof *reads; i++)
		err = read_rows(db, reads[i].sql, reads[i].add, a);
	if (!sqlite3_get_autocommit(db))
		(void)db_exec(db, "COMMIT");
	if (err) {
		store_agreements_free(a);
		return err;
	}
	*out = a;
	return 0;
}

int store_load_agreements(struct store *st, struct store_agreements **out)
{
	return agreement_read(st->db, out);
}

void store_agreements_free(struct store_agreements *a)
{
	if (!a)
		return;
	for (size_t i = 0; i < a->n_versions; i++)
		for (size_t l = 0; l < HOME_LANGUAGES; l++)
			free(a->texts[i][l]);
	free(a->versions);
	free(a->published_ms);
	free(a->texts);
	free(a->agents);
	free(a->keys);
	free(a);
}
