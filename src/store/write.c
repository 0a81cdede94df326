/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * write -- one batch of records, one transaction.
 *
 * Each record stands in a savepoint: one that breaks a constraint (an agent that does not exist) is
 * undone alone.  Anything else (disk, memory, lock) undoes the batch, which may then be given again
 * as it is.  Writer thread only, but for writes_init() and writes_close().
 */
#include <errno.h>
#include <string.h>

#include "base/ids.h"
#include "base/log.h"
#include "store/inner.h"

static const char *const sql_of[WRITE_STMTS] = {
	[W_BEGIN] = "BEGIN IMMEDIATE",
	[W_COMMIT] = "COMMIT",
	[W_ROLLBACK] = "ROLLBACK",
	[W_SAVE] = "SAVEPOINT rec",
	[W_RELEASE] = "RELEASE rec",
	[W_UNDO] = "ROLLBACK TO rec",
	[W_CALL] = "INSERT INTO call (id, queue, kind, arrived_ms, voice)"
		   " VALUES (?1, ?2, ?3, ?4, ?5)"
		   " ON CONFLICT (id) DO NOTHING",
	/* The agent is part of what makes an event the same: two offers may share a millisecond. */
	[W_EVENT] = "INSERT INTO call_event (call, at_ms, event, agent, number, detail)"
		    " SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT EXISTS"
		    " (SELECT 1 FROM call_event WHERE call = ?1 AND at_ms = ?2"
		    " AND event = ?3 AND agent IS ?4)",
	[W_ANSWERED] =
		"UPDATE call SET answered_ms = coalesce(answered_ms, ?2), agent = ?3"
		" WHERE id = ?1",
	[W_ENDED] = "UPDATE call SET ended_ms = ?2, why = ?3"
		    " WHERE id = ?1 AND ended_ms IS NULL",
	/* what was plain once is not called safe */
	[W_VOICE] = "UPDATE call SET voice = ?2 WHERE id = ?1 AND voice IS NOT 'plain'",
	[W_LINK] = "INSERT INTO link (hash, agent, expires_ms) VALUES (?1, ?2, ?3)"
		   " ON CONFLICT (hash) DO NOTHING",
	[W_USE_LINK] = "UPDATE link SET used = 1 WHERE hash = ?1 AND used = 0"
		       " AND expires_ms > ?2 RETURNING agent",
	[W_SESSION] = "INSERT INTO session (hash, agent, expires_ms, factors, provider,"
		      " provider_session) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT "
		      "(hash) DO UPDATE"
		      " SET expires_ms = excluded.expires_ms, factors = excluded.factors",
	[W_DROP_SESSION] = "DELETE FROM session WHERE hash = ?1",
	[W_CALLBACK] =
		"INSERT INTO callback (call, queue, number, arrived_ms, asked_ms, due_ms,"
		" tries) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (call) DO UPDATE"
		" SET due_ms = excluded.due_ms, tries = excluded.tries",
	[W_DROP_CALLBACK] = "DELETE FROM callback WHERE call = ?1",
	[W_QUALITY] =
		"INSERT INTO line_quality (call, from_ms, leg, direction, until_ms, "
		"is_whole,"
		" codec, expected, lost, jitter_us, round_trip_us, delay_ms, frames,"
		" concealed, burst_100, r_narrow_10, mos_narrow_100, r_wide_10, "
		"mos_wide_100)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, "
		"?15,"
		" ?16, ?17, ?18, ?19) ON CONFLICT DO NOTHING",
	[W_ENTRY] = "INSERT INTO ledger_entry (ref, segment, entry) VALUES (?1, ?2, ?3)",
};

int writes_init(struct writes *w, const char *path, struct ledger_file *ledger)
{
	*w = (struct writes){ .ledger = ledger };
	int err = db_open(&w->db, path);

	for (size_t i = 0; !err && i < WRITE_STMTS; i++)
		err = db_prepare(&w->stmt[i], w->db, sql_of[i]);
	return err;
}

void writes_close(struct writes *w)
{
	for (size_t i = 0; i < WRITE_STMTS; i++)
		sqlite3_finalize(w->stmt[i]);
	sqlite3_close(w->db);
	*w = (struct writes){ 0 };
}

static int run(struct writes *w, enum write_stmt i)
{
	return db_run(w->stmt[i], NULL, NULL);
}

static void bind_word(sqlite3_stmt *s, int at, const char *word)
{
	if (word[0])
		sqlite3_bind_text(s, at, word, -1, SQLITE_STATIC);
	else
		sqlite3_bind_null(s, at);
}

static int put_call(struct writes *w, const struct store_call_event *ev)
{
	sqlite3_stmt *s = w->stmt[W_CALL];

	sqlite3_bind_int64(s, 1, (int64_t)ev->call);
	db_bind_id(s, 2, ev->queue);
	bind_word(s, 3, call_kind_word(ev->kind));
	sqlite3_bind_int64(s, 4, ev->at_ms);
	bind_word(s, 5, store_voice_word(ev->voice));
	return run(w, W_CALL);
}

/* *fresh: the event is not a repeated one */
static int put_event(struct writes *w, const struct store_call_event *ev, bool *fresh)
{
	sqlite3_stmt *s = w->stmt[W_EVENT];

	sqlite3_bind_int64(s, 1, (int64_t)ev->call);
	sqlite3_bind_int64(s, 2, ev->at_ms);
	bind_word(s, 3, store_event_word(ev->event));
	db_bind_id(s, 4, ev->agent);
	if (ev->number >= 0)
		sqlite3_bind_int64(s, 5, ev->number);
	bind_word(s, 6, ev->detail);
	int rc = run(w, W_EVENT);

	*fresh = rc == SQLITE_OK && sqlite3_changes(w->db) == 1;
	return rc;
}

static int put_answered(struct writes *w, const struct store_call_event *ev)
{
	sqlite3_stmt *s = w->stmt[W_ANSWERED];

	sqlite3_bind_int64(s, 1, (int64_t)ev->call);
	sqlite3_bind_int64(s, 2, ev->at_ms);
	db_bind_id(s, 3, ev->agent);
	return run(w, W_ANSWERED);
}

static int put_ended(struct writes *w, const struct store_call_event *ev)
{
	sqlite3_stmt *s = w->stmt[W_ENDED];

	sqlite3_bind_int64(s, 1, (int64_t)ev->call);
	sqlite3_bind_int64(s, 2, ev->at_ms);
	bind_word(s, 3, ev->detail);
	return run(w, W_ENDED);
}

static int put_voice(struct writes *w, const struct store_call_event *ev)
{
	sqlite3_stmt *s = w->stmt[W_VOICE];

	sqlite3_bind_int64(s, 1, (int64_t)ev->call);
	bind_word(s, 2, store_voice_word(ev->voice));
	return run(w, W_VOICE);
}

static int write_call_event(struct writes *w, struct rec *r)
{
	const struct store_call_event *ev = &r->ev;
	bool fresh;
	int rc = ev->event == STORE_ARRIVED ? put_call(w, ev) : SQLITE_OK;

	if (!rc)
		rc = put_event(w, ev, &fresh);
	if (rc || !fresh)
		return rc;
	if (ev->event == STORE_ACCEPTED || ev->event == STORE_JOINED)
		return put_answered(w, ev);
	if (ev->event == STORE_VOICE)
		return put_voice(w, ev);
	return ev->event == STORE_ENDED ? put_ended(w, ev) : SQLITE_OK;
}

/* Zero: NULL. */
static void bind_hash(sqlite3_stmt *s, int at, const uint8_t hash[STORE_HASH_SIZE])
{
	static const uint8_t none[STORE_HASH_SIZE];

	if (memcmp(hash, none, sizeof none) == 0)
		sqlite3_bind_null(s, at);
	else
		sqlite3_bind_blob(s, at, hash, STORE_HASH_SIZE, SQLITE_STATIC);
}

static int write_token(struct writes *w, enum write_stmt i, const struct store_session *t)
{
	sqlite3_stmt *s = w->stmt[i];

	sqlite3_bind_blob(s, 1, t->hash, sizeof t->hash, SQLITE_STATIC);
	db_bind_id(s, 2, t->agent);
	sqlite3_bind_int64(s, 3, t->expires_ms);
	if (i == W_SESSION) {
		sqlite3_bind_int(s, 4, t->factors == 2 ? 2 : 1);
		bind_hash(s, 5, t->provider);
		bind_hash(s, 6, t->provider_session);
	}
	return run(w, i);
}

static int write_link(struct writes *w, struct rec *r)
{
	return write_token(w, W_LINK, &r->token);
}

static int write_session(struct writes *w, struct rec *r)
{
	return write_token(w, W_SESSION, &r->token);
}

static int write_drop_session(struct writes *w, struct rec *r)
{
	sqlite3_stmt *s = w->stmt[W_DROP_SESSION];

	sqlite3_bind_blob(s, 1, r->token.hash, sizeof r->token.hash, SQLITE_STATIC);
	return run(w, W_DROP_SESSION);
}

static int write_use_link(struct writes *w, struct rec *r)
{
	sqlite3_stmt *s = w->stmt[W_USE_LINK];
	int64_t agent = 0;
	bool any;

	sqlite3_bind_blob(s, 1, r->use.hash, sizeof r->use.hash, SQLITE_STATIC);
	sqlite3_bind_int64(s, 2, r->use.now_ms);
	int rc = db_run(s, &agent, &any);

	r->use.err = any ? 0 : ENOENT;
	r->use.agent = any ? (uint64_t)agent : 0;
	return rc;
}

static int write_agreement(struct writes *w, struct rec *r)
{
	return agreement_write(w->db, r->agreement);
}

/* Undoes what a job wrote that says no; the batch goes on without it. */
static int write_job(struct writes *w, struct rec *r)
{
	r->job.err = r->job.job.run(w->db, r->job.job.arg);
	return r->job.err ? run(w, W_UNDO) : SQLITE_OK;
}

static const struct {
	const char *word;
	int (*write)(struct writes *w, struct rec *r);
} kinds[] = {
	[REC_CALL_EVENT] = { "call event", write_call_event },
	[REC_LINK] = { "login link", write_link },
	[REC_SESSION] = { "session", write_session },
	[REC_DROP_SESSION] = { "end of session", write_drop_session },
	[REC_USE_LINK] = { "use of a link", write_use_link },
	[REC_CALLBACK] = { "callback", callback_write },
	[REC_DROP_CALLBACK] = { "end of a callback", callback_write_drop },
	[REC_QUALITY] = { "figure of a line", quality_write },
	[REC_AGREEMENT] = { "record of the agreement", write_agreement },
	[REC_ENTRY] = { "ledger entry", entry_write },
	[REC_JOB] = { "page's wish", write_job },
};

/* The record's own fault; a second try would end alike. */
static bool is_refusal(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
	case SQLITE_TOOBIG: return true;
	default: return false;
	}
}

static void log_refused(struct writes *w, const struct rec *r)
{
	char id[IDS_TEXT_SIZE] = "-";

	if (r->kind == REC_CALL_EVENT)
		ids_text(id, r->ev.call);
	log_error("store: dropped a %s (call %s, %s): %s", kinds[r->kind].word, id,
		r->kind == REC_CALL_EVENT ? store_event_word(r->ev.event) : "-",
		sqlite3_errmsg(w->db));
}

static int write_rec(struct writes *w, struct rec *r, size_t *dropped)
{
	int rc = run(w, W_SAVE);

	if (rc)
		return rc;
	rc = kinds[r->kind].write(w, r);
	if (is_refusal(rc)) {
		if ((*dropped)++ < STORE_DROPPED_LOGS)
			log_refused(w, r);
		rc = run(w, W_UNDO);
	}
	return rc ? rc : run(w, W_RELEASE);
}

int writes_batch(struct writes *w, struct rec *recs, size_t n, size_t *dropped)
{
	size_t refused = 0;
	int rc = run(w, W_BEGIN);

	for (size_t i = 0; !rc && i < n; i++)
		rc = write_rec(w, &recs[i], &refused);
	int err = rc ? 0 : entry_sync(w, recs, n);

	if (!rc && !err)
		rc = run(w, W_COMMIT);
	if (rc || err) { /* on some errors SQLite has rolled back by itself */
		if (!sqlite3_get_autocommit(w->db))
			run(w, W_ROLLBACK);
		entry_undo(w);
		return err ? err : db_errno(rc);
	}
	*dropped = refused;
	return 0;
}
