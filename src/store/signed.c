/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* signed -- see signed.h. */
#include "store/signed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/inner.h"

/* The last of what the ledger has about it; the same row for both columns. */
#define PLACE_OF(what)                                                           \
	"(SELECT e.segment FROM ledger_entry e WHERE e.ref = s.seq * 16 + " what \
	" AND e.erase = 0 ORDER BY e.segment DESC, e.entry DESC LIMIT 1),"       \
	" (SELECT e.entry FROM ledger_entry e WHERE e.ref = s.seq * 16 + " what  \
	" AND e.erase = 0 ORDER BY e.segment DESC, e.entry DESC LIMIT 1)"

static const char query[] =
	"SELECT a.name, s.version, s.language, s.signed_ms, v.material, v.effective_ms,"
	" t.text, s.hash, s.nonce, s.public_key, s.signature, s.countersignature,"
	" " PLACE_OF("2") ", " PLACE_OF(
		"3") " FROM agreement_signature s JOIN agent a ON a.id = s.agent"
		     " JOIN agreement_version v ON v.number = s.version"
		     " JOIN agreement_text t ON t.version = s.version AND t.language = "
		     "s.language"
		     " WHERE s.agent = ?1 ORDER BY s.seq DESC LIMIT 1";

static bool copy_blob(sqlite3_stmt *s, int at, uint8_t *dst, size_t n)
{
	const void *p = sqlite3_column_blob(s, at);

	if (!p || (size_t)sqlite3_column_bytes(s, at) != n)
		return false;
	memcpy(dst, p, n);
	return true;
}

static int read_bytes(sqlite3_stmt *row, struct store_signature *s)
{
	s->is_countersigned = sqlite3_column_type(row, 11) != SQLITE_NULL;
	return copy_blob(row, 7, s->hash, sizeof s->hash) &&
			copy_blob(row, 8, s->nonce, sizeof s->nonce) &&
			copy_blob(row, 9, s->key, sizeof s->key) &&
			copy_blob(row, 10, s->signature, sizeof s->signature) &&
			(!s->is_countersigned ||
				copy_blob(row, 11, s->countersignature,
					sizeof s->countersignature))
		? 0
		: EIO;
}

static struct signed_place place_of(sqlite3_stmt *row, int at)
{
	return (struct signed_place){ (uint32_t)sqlite3_column_int64(row, at),
		(uint64_t)sqlite3_column_int64(row, at + 1) };
}

static int read_row(sqlite3_stmt *row, struct signed_copy *c)
{
	const char *name = (const char *)sqlite3_column_text(row, 0);
	const char *language = (const char *)sqlite3_column_text(row, 2);
	const char *text = (const char *)sqlite3_column_text(row, 6);

	if (!name || !language || !text || text_copy(c->name, sizeof c->name, name) ||
		!home_language_of(language, &c->s.language))
		return EIO;
	c->s.version = (uint32_t)sqlite3_column_int64(row, 1);
	c->s.signed_ms = sqlite3_column_int64(row, 3);
	c->is_material = sqlite3_column_int(row, 4);
	c->effective_ms = sqlite3_column_int64(row, 5);
	c->signature = place_of(row, 12);
	c->countersignature = place_of(row, 14);
	c->text = strdup(text);
	return c->text ? read_bytes(row, &c->s) : ENOMEM;
}

int signed_read(struct sqlite3 *db, uint64_t agent, struct signed_copy **out)
{
	struct signed_copy *c = calloc(1, sizeof *c);
	sqlite3_stmt *s = NULL;
	int err = c ? db_prepare(&s, db, query) : ENOMEM;

	if (!err) {
		c->s.agent = agent;
		db_bind_id(s, 1, agent);
		int rc = sqlite3_step(s);

		err = rc == SQLITE_ROW      ? read_row(s, c)
			: rc == SQLITE_DONE ? ENOENT
					    : db_fail(db, rc, "signed agreement");
	}
	sqlite3_finalize(s);
	if (err) {
		signed_free(c);
		return err;
	}
	*out = c;
	return 0;
}

int store_load_signed(struct store *st, uint64_t agent, struct signed_copy **out)
{
	return signed_read(st->db, agent, out);
}

void signed_free(struct signed_copy *c)
{
	if (!c)
		return;
	free(c->text);
	free(c);
}
