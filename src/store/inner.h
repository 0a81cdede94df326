/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * inner -- what the files of the store share; nobody else includes it, but for its own tests.
 *
 * Two connections to one database: `db` belongs to the owner's thread (start only), the one in
 * struct writes to the writer thread.  What both threads touch is atomic or in a ring.
 */
#ifndef STORE_INNER_H
#define STORE_INNER_H

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

#include "base/ring.h"
#include "store/agreement.h"
#include "store/own.h"
#include "store/credential.h"
#include "store/store.h"

#define STORE_BATCH_MAX \
	1000 /* records a transaction: some 20 ms, so a stop is soon done */
#define STORE_ASKS_MAX 1024 /* unanswered link uses; a flood of logins gets ENOBUFS */
#define STORE_RETRY_MS 1000
#define STORE_CLOSE_TRIES \
	5 /* attempts of a closing writer: a stop under systemd must end well in 90 s */
#define STORE_BUSY_MS  5000 /* a backup or a person's sqlite3 may hold the lock */
#define STORE_PURGE_MS 600000
#define STORE_LOOK_MS \
	250 /* for what other processes wrote: a version takes effect within a second */
#define STORE_PURGE_MAX \
	500 /* rows a statement and transaction, so that calls never wait long */
#define STORE_ERASE_MAX \
	64 /* entries of the ledger a round: each of them two syncs, while calls wait */
#define STORE_DAY_MS     INT64_C(86400000)
#define STORE_NAMED_DAYS 90 /* then no call says any more who handled it */
#define STORE_CALL_DAYS  400 /* a year, and a month to compare it with */
#define STORE_PULSE_DAYS \
	8 /* after its Monday: the week is over, wherever the house stands */
#define STORE_CALLBACK_DAYS 1 /* the longest wait there may be */
#define STORE_SIGNED_DAYS   1826 /* five years: claims out of employment [OR 128] */
#define STORE_DROPPED_LOGS  10 /* lines a batch */

/* --- db.c --- */
int db_open(sqlite3 **out, const char *path);
int db_errno(int rc); /* 0 or errno of an SQLite result code, extended or not */
int db_fail(sqlite3 *db, int rc, const char *doing); /* logs; returns db_errno() */
int db_exec(sqlite3 *db, const char *sql);
int db_prepare(sqlite3_stmt **out, sqlite3 *db, const char *sql);
/* Steps to the end and resets; the result code. *first: column 0 of the first row, when there is one. */
int db_run(sqlite3_stmt *s, int64_t *first, bool *any);
int db_get_int(sqlite3 *db, const char *sql, int64_t *out); /* ENOENT: no row */
void db_bind_id(sqlite3_stmt *s, int at, uint64_t id); /* 0 becomes NULL */
int64_t db_wall_ms(void);
int32_t db_day(int64_t wall_ms); /* of the house's calendar: core/home/week.h */

/* --- schema.c --- */
struct migration {
	const char *name; /* 0001-first; its number is its place in the table */
	const char *sql;
};
extern const struct migration store_migrations[];
extern const size_t store_migrations_n;
int schema_migrate(sqlite3 *db, const struct migration *m, size_t n);
/* The number of migrations that are in; 0 for an empty file. EPROTO: somebody else's database. */
int schema_version(sqlite3 *db, int64_t *version);

/* --- call.c --- */
const char *call_kind_word(enum store_call_kind kind);
bool call_event_ok(const struct store_call_event *ev);

/* --- callback.c --- */
struct writes;
struct rec;
bool callback_ok(const struct store_callback *cb);
int callback_write(struct writes *w, struct rec *r);
int callback_write_drop(struct writes *w, struct rec *r);

/* --- quality.c --- */
bool quality_ok(const struct store_quality *q);
int quality_write(struct writes *w, struct rec *r);

/* --- agreement.c --- */
enum agreement_kind {
	AGREEMENT_VERSION,
	AGREEMENT_SIGNATURE,
	AGREEMENT_END,
	AGREEMENT_CODE,
	AGREEMENT_KEY,
	AGREEMENT_REVOKE,
	AGREEMENT_PROVED_KEY, /* without a code */
};

struct agreement_rec {
	enum agreement_kind kind;
	int64_t at_ms; /* published, ended, enrolled, revoked; of a code: its end */
	uint64_t agent; /* end, code, revocation */
	bool by_agent; /* end, revocation: of one key; else the house, of all */
	bool is_change; /* end */
	struct home_version version;
	const char *texts[HOME_LANGUAGES]; /* borrowed */
	struct store_signature signature;
	struct store_device_key key;
	uint8_t code[STORE_HASH_SIZE]; /* code, key */
};
/* Within a transaction; an SQLite result code. */
int agreement_write(sqlite3 *db, const struct agreement_rec *r);

/* --- agreement_ledger.c --- */
struct writes;
/* Appends what the ledger has not yet; the writer's thread. 0, also without a ledger; or an errno, and nothing was. */
int agreement_tell_ledger(struct writes *w);

/* What is not in it yet, of the rows {ref, kind, at_ms, text} that sql gives; within the transaction. *n: how many. */
int ledger_tell_facts(struct writes *w, const char *sql, const enum ledger_kind *kinds,
	int n_kinds, size_t *n);

/* --- people_ledger.c --- */
int people_tell_ledger(struct writes *w, size_t *n);

/* --- acknowledge.c --- */
/* Brings what waits into the ledger; the writer's thread. 0, also without a ledger. */
int acknowledge_run(struct writes *w);

/* --- erase.c --- */
/* Erases in the ledger what left the records; *more is set when there may be more. 0, also without a ledger. */
int erase_run(struct writes *w, int64_t now_ms, bool *more);

/* --- agreement_load.c --- */
int agreement_read(sqlite3 *db, struct store_agreements **out);

/* --- credential.c --- */
int credential_read(sqlite3 *db, struct store_credentials **out);

/* --- write.c --- */
enum rec_kind {
	REC_CALL_EVENT,
	REC_LINK,
	REC_SESSION,
	REC_DROP_SESSION,
	REC_USE_LINK,
	REC_CALLBACK,
	REC_DROP_CALLBACK, /* callback.call alone */
	REC_QUALITY,
	REC_AGREEMENT,
	REC_ENTRY,
	REC_JOB,
};

struct rec_use {
	uint8_t hash[STORE_HASH_SIZE];
	int64_t now_ms;
	store_link_h *h;
	void *arg;
	int err; /* the answer; valid once the batch is committed */
	uint64_t agent;
};

struct rec_entry {
	enum ledger_kind kind;
	uint64_t ref;
	int64_t at_ms;
	char *text; /* owned */
	bool is_synced; /* the ledger has it: a batch that is tried again does not put it twice */
	uint32_t segment;
	uint64_t index;
};

struct rec_job {
	struct store_job job;
	int err; /* the answer; valid once the batch is committed */
};

struct rec {
	enum rec_kind kind;
	union {
		struct store_call_event ev;
		struct store_session
			token; /* a link, a session, or a session's hash alone */
		struct rec_use use;
		struct store_callback callback;
		struct store_quality quality;
		struct agreement_rec
			*agreement; /* owned: too large for each place of the ring */
		struct rec_entry entry;
		struct rec_job job;
	};
};

enum write_stmt {
	W_BEGIN,
	W_COMMIT,
	W_ROLLBACK,
	W_SAVE,
	W_RELEASE,
	W_UNDO,
	W_CALL,
	W_EVENT,
	W_ANSWERED,
	W_ENDED,
	W_VOICE,
	W_LINK,
	W_USE_LINK,
	W_SESSION,
	W_DROP_SESSION,
	W_CALLBACK,
	W_DROP_CALLBACK,
	W_QUALITY,
	W_ENTRY,
	WRITE_STMTS
};

struct writes {
	sqlite3 *db;
	struct ledger_file *ledger; /* borrowed; NULL: none */
	sqlite3_stmt *stmt[WRITE_STMTS];
};

int writes_init(struct writes *w, const char *path, struct ledger_file *ledger);
void writes_close(struct writes *w);
/* All records in one durable transaction, or none and an errno.  A record that breaks a constraint is
 * left out, logged and counted in *dropped (set on success only). */
int writes_batch(struct writes *w, struct rec *recs, size_t n, size_t *dropped);

/* --- request.c --- */
/* Hands a record to the writer; copied. ENOBUFS. */
int request_put(struct store *st, const struct rec *r);

/* --- entry.c --- */
int entry_write(struct writes *w, struct rec *r);
/* The entries of this batch count from now on; 0 or errno, and then none of them was put. */
int entry_sync(struct writes *w, struct rec *recs, size_t n);
void entry_undo(struct writes *w);
void entry_close(struct rec *recs, size_t n);

/* --- commute.c --- */
/* Counts the days that are over since the last time; `today` is not. */
int commute_count(sqlite3 *db, int32_t today);
/* --- own.c --- */
int own_read_table(
	sqlite3 *db, const struct own_table *t, uint64_t agent, own_row_h *h, void *arg);
/* The statement that does what the rule says to the rows whose date is ?1 or earlier; it has a date. ENAMETOOLONG. */
int own_purge_sql(
	const struct own_table *t, const struct own_rule *r, char sql[OWN_SQL_MAX]);

/* --- purge.c --- */
/* Removes what is past its date. *more: a limit was reached, call again. */
int purge_run(sqlite3 *db, int64_t now_ms, bool *more);

/* --- reader.c --- */
/* A thread and a connection for what only reads; they begin with the first question. */
struct reader {
	struct ring in; /* struct store_job, owner to reader */
	struct ring out; /* struct rec_job, reader to owner */
	struct store *st;
	sqlite3 *db;
	pthread_mutex_t lock; /* only for sleeping and waking */
	pthread_cond_t cond;
	bool stop; /* under lock */
	bool is_ready, running;
	pthread_t thread;
};
int reader_init(struct reader *r, struct store *st);
/* 0: it will be answered. */
int reader_ask(struct reader *r, const struct store_job *job);
void reader_poll(struct reader *r);
/* What was not answered is dropped. */
void reader_close(struct reader *r);

/* --- writer.c --- */
struct answer {
	store_link_h *h; /* NULL: a job's */
	void (*done)(void *arg, int err);
	void (*drop)(void *arg);
	void *arg;
	int err;
	uint64_t agent;
};

struct store {
	sqlite3 *db; /* the owner's thread */
	void (*wake)(void *arg);
	store_agreements_h *agreements; /* NULL: nobody wants to know */
	store_credentials_h *credentials; /* likewise */
	void *arg;
	_Atomic(struct store_agreements *)
		fresh; /* read by the writer, not yet told; owned */
	store_people_h *people; /* NULL: nobody wants to know */
	_Atomic(struct store_people *) fresh_people; /* likewise */
	_Atomic bool
		tells_people; /* the owner has read them: what is told is never older */
	_Atomic(struct store_credentials *) fresh_credentials; /* likewise */
	size_t asks; /* link uses and jobs without an answer; the owner's thread */
	char *path; /* of the database; owned */
	struct reader reader;

	struct ring in; /* struct rec, owner to writer */
	struct ring out; /* struct answer, writer to owner */
	uint64_t given; /* records handed over; the owner's thread */
	_Atomic uint64_t kept;
	_Atomic size_t backlog;
	_Atomic uint64_t dropped;
	_Atomic int err;

	pthread_mutex_t lock; /* only for sleeping and waking */
	pthread_cond_t cond;
	bool stop; /* under lock */
	bool sync_ready, running;
	pthread_t thread;

	struct writes w; /* from here on the writer's own */
	struct rec *batch; /* STORE_BATCH_MAX */
	size_t batch_n;
	int64_t purge_due; /* monotonic ms */
	int64_t data_version; /* of the writer's connection: grows when others commit */
	bool told_people; /* for the first time */
	bool wrote_agreement; /* or a page's wish, since it was last read */
};

/* Those that could not be written. */
void writer_forget(struct store *st);
int writer_start(struct store *st);
void writer_stop(struct store *st); /* returns when all is written or given up */
void writer_wake(struct store *st);

#endif
