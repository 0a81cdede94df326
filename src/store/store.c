/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * store -- opening and closing.
 *
 * struct store is on the heap and has one owner; it holds two connections, two rings, one batch.  What
 * else is known of it: store.h and docs/store.md.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/inner.h"
#include "store/people.h"

static int make_room(struct store *st)
{
	int err = ring_init(&st->in, sizeof(struct rec), STORE_BACKLOG_MAX);

	if (!err)
		err = ring_init(&st->out, sizeof(struct answer), STORE_ASKS_MAX);
	if (err)
		return err;
	err = reader_init(&st->reader, st);
	if (err)
		return err;
	st->batch = calloc(STORE_BATCH_MAX, sizeof *st->batch);
	return st->batch ? 0 : ENOMEM;
}

int store_open(struct store **out, const struct store_config *cfg)
{
	struct store *st = calloc(1, sizeof *st);
	int err = ENOMEM;

	if (!st)
		goto out;
	st->wake = cfg->wake;
	st->arg = cfg->arg;
	st->agreements = cfg->agreements;
	st->people = cfg->people;
	st->credentials = cfg->credentials;
	st->path = strdup(cfg->path);
	err = st->path ? make_room(st) : ENOMEM;
	if (err)
		goto out;
	err = db_open(&st->db, cfg->path);
	if (err)
		goto out;
	err = schema_migrate(st->db, store_migrations, store_migrations_n);
	if (err)
		goto out;
	err = writes_init(&st->w, cfg->path, cfg->ledger);
	if (err)
		goto out;
	err = writer_start(st);
	if (err)
		goto out;
	*out = st;
	st = NULL; /* handed over */
out:
	store_close(st);
	return err;
}

void store_close(struct store *st)
{
	if (!st)
		return;
	writer_stop(st);
	if (atomic_load(&st->backlog) > 0)
		log_error("store: %zu records could not be written and are lost",
			atomic_load(&st->backlog));
	writer_forget(st);
	reader_close(&st->reader);
	store_agreements_free(atomic_load(&st->fresh));
	store_people_free(atomic_load(&st->fresh_people));
	store_credentials_free(atomic_load(&st->fresh_credentials));
	writes_close(&st->w);
	sqlite3_close(st->db); /* the last one: takes the log back into the file */
	free(st->batch);
	free(st->path);
	ring_close(&st->in);
	ring_close(&st->out);
	free(st);
}
