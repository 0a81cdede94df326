/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * store -- the records: SQLite in WAL mode, one writer thread with group commit.
 *
 * Writes are handed to the writer through a bounded ring and return at once; all that waits at the
 * moment is committed in one transaction (synchronous=FULL), so a burst costs one fsync.  Nothing on
 * the loop waits for the disk.  Reads happen at start (store_load_*), before the loop runs.
 * Answers to requests come out of store_poll(), which the owner calls after `wake` (any thread).
 * Everything else is called by one thread, the owner's; store_health() by any.
 * When the disk refuses (full, I/O error) the writer keeps what waits, tries again every second, and
 * store_health() says so; the app then refuses new calls before STORE_BACKLOG_MAX is reached.
 *
 * The schema lives in numbered files (migrations/0001-first.sql ...), each applied once in order; a database newer
 * than the program is refused.  A caller's number is not recorded, but while it waits to be called back.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ledger/entry.h"

#define STORE_BACKLOG_MAX \
	65536 /* records; at 10 a call and 100 calls/s a minute without a disk */
#define STORE_NAME_MAX   64
#define STORE_HASH_SIZE  32 /* SHA-256 of a login or session token */
#define STORE_DETAIL_MAX 48
#define STORE_PHONE_MAX  34 /* a plus, 32 digits, NUL */

enum store_workplace { STORE_OFFICE, STORE_HOME };

/* What somebody may open and do; added up. */
enum store_role {
	STORE_ROLE_AGENT = 1, /* takes calls */
	STORE_ROLE_LEAD = 2,
	STORE_ROLE_ADMIN = 4,
	STORE_ROLE_OFFICER = 8, /* for data protection */
	STORE_ROLE_STAFF = 16, /* the staff body */
	STORE_ROLES = 31 /* all of them */
};
#define STORE_ROLES_N 5
/* "agent", "lead", "administrator", "officer", "staff-body"; i below STORE_ROLES_N, its bit is 1 << i. */
const char *store_role_word(unsigned i);
/* The bit; 0: no such word. */
unsigned store_role_of(const char *word);

struct store_agent {
	uint64_t id;
	char login[STORE_NAME_MAX]; /* unique, lower case */
	char name[STORE_NAME_MAX]; /* UTF-8 */
	enum store_workplace workplace;
	unsigned roles; /* enum store_role; at least one */
};

struct store_queue {
	uint64_t id;
	char number[STORE_NAME_MAX]; /* unique: what callers dial */
	char name[STORE_NAME_MAX];
};

struct store_session {
	uint8_t hash[STORE_HASH_SIZE];
	uint64_t agent;
	int64_t expires_ms; /* wall clock, ms since 1970 */
	uint8_t factors; /* by which the agent proved who it is: 1 or 2 [RULES T4] */
	/* SHA-256 of whom the provider of identities meant, and of its own session there; zero: not by it, not said */
	uint8_t provider[STORE_HASH_SIZE], provider_session[STORE_HASH_SIZE];
};

/* A caller who waits to be called back. */
struct store_callback {
	uint64_t call, queue;
	char number
		[STORE_PHONE_MAX]; /* digits, perhaps after a plus: personal, mask it */
	int64_t arrived_ms,
		asked_ms; /* wall clock: when the call came, when it wished this */
	int64_t due_ms; /* not tried again before; 0: at once */
	uint8_t tries; /* that came to nothing */
};

enum store_call_kind { STORE_CALL_SIP, STORE_CALL_WEB };

/* How a caller's voice comes to the house [RULES T2]. */
enum store_voice {
	STORE_VOICE_UNKNOWN, /* it has no line */
	STORE_VOICE_PLAIN, /* RTP, from a carrier */
	STORE_VOICE_SRTP, /* its keys in the SIP messages */
	STORE_VOICE_DTLS, /* a browser's */
};
/* "plain", "srtp", "dtls"; "" unknown */
const char *store_voice_word(enum store_voice voice);

/* A call's timeline. The words are stored as text (store_event_word()), for people and for SQL. */
enum store_event {
	STORE_ARRIVED,
	STORE_OFFERED, /* agent */
	STORE_DECLINED, /* agent */
	STORE_OFFER_TIMEOUT, /* agent */
	STORE_WITHDRAWN, /* agent: the caller left, the agent was lost or paused while it rang; detail */
	STORE_ACCEPTED, /* agent */
	STORE_JOINED, /* agent: voice flows; number: us from accept to the first voice packet to the caller */
	STORE_INTERRUPTED, /* agent: its line was lost in mid-talk; the caller hears music; detail */
	STORE_HELD, /* agent: put the caller on hold */
	STORE_RESUMED, /* agent: the same talk goes on */
	STORE_LEFT, /* agent: parted from the call; detail; number: ms that it had it, -1: not known */
	STORE_DIVERTED, /* number: the queue that it waits in from now on; detail: to what, and why */
	STORE_TRANSFERRED, /* by who left at the same moment; agent: to whom, or number: the queue's id */
	STORE_CALLBACK, /* the caller wishes to be called back, and its line goes */
	STORE_DIALLED, /* agent: it is being called back, the agent listening; ACCEPTED when it answers */
	STORE_MENU, /* with STORE_ARRIVED; detail: which it came through, and whether a key chose; no keys */
	STORE_VOICE, /* the caller's voice comes otherwise from now on; detail: store_voice_word() */
	STORE_ENDED, /* detail: why */
};
const char *store_event_word(enum store_event ev);

struct store_call_event {
	uint64_t call;
	int64_t at_ms; /* wall clock */
	enum store_event event;
	uint64_t agent; /* 0: none */
	uint64_t queue; /* with STORE_ARRIVED */
	enum store_call_kind kind; /* with STORE_ARRIVED */
	enum store_voice voice; /* with STORE_ARRIVED and STORE_VOICE */
	int64_t number; /* event's own figure; -1: none */
	char detail[STORE_DETAIL_MAX]; /* a fixed word of ours, never free text */
};

/* What one leg of a talk was worth in one direction, numbers only: never by agent or workplace [RULES N1, N5]. */
enum store_leg { STORE_LEG_CALLER, STORE_LEG_LINE };
enum store_direction { STORE_IN, STORE_OUT }; /* towards the centre, from it */
#define STORE_UNKNOWN (-1) /* of the figures that are marked so */

struct store_quality {
	uint64_t call;
	int64_t from_ms, until_ms; /* wall clock; the talk's; the first one names it */
	uint8_t leg; /* enum store_leg */
	uint8_t direction; /* enum store_direction */
	bool is_whole; /* measured to the end */
	char codec[8]; /* "PCMA" ...; "": nothing came */
	int32_t expected; /* packets */
	/* STORE_UNKNOWN, or not negative */
	int32_t lost; /* of these */
	int32_t jitter_us, round_trip_us;
	int32_t delay_ms; /* of our jitter buffer */
	int32_t frames, concealed; /* of 20 ms */
	int16_t burst_100; /* BurstR in hundredths */
	/* the E-model's (core/stats/e_model.h), R in tenths and MOS in hundredths; R not below 0 */
	int16_t r_narrow_10, mos_narrow_100, r_wide_10, mos_wide_100;
};

struct store;
struct ledger_file;

struct store_agreements; /* store/agreement.h */
/* Takes it over: store_agreements_free(). */
typedef void store_agreements_h(void *arg, struct store_agreements *a);

struct store_people; /* store/people.h */
/* Takes it over: store_people_free(). */
typedef void store_people_h(void *arg, struct store_people *p);
struct store_credentials; /* store/credential.h */
/* Takes it over: store_credentials_free(). */
typedef void store_credentials_h(void *arg, struct store_credentials *c);

struct store_config {
	const char *path; /* the database file; its folder must exist */
	/* told by store_poll() after each change of the agreement; NULL: nobody wants to know */
	store_agreements_h *agreements;
	store_people_h *people; /* likewise, and with it */
	/* likewise, after another process changed the database */
	store_credentials_h *credentials;
	/* answers wait, or records reached the disk (store_marks()); NULL: the caller polls */
	void (*wake)(void *arg);
	void *arg;
	/* what must be provable; borrowed, the writer's while the store is open; NULL: nothing is */
	struct ledger_file *ledger;
};

/* Opens, migrates, starts the writer. EIO, ENOMEM, EPROTO: a newer schema, EACCES; the log says where. */
int store_open(struct store **out, const struct store_config *cfg);
/* Writes everything that waits (a few tries when the disk refuses), then closes. NULL allowed.
 * Link uses that were not answered by then are not answered any more. */
void store_close(struct store *st);
void store_poll(struct store *st);

struct store_health {
	size_t backlog; /* records that are not yet on disk */
	int err; /* of the last commit; 0: well */
	uint64_t dropped; /* records that broke a constraint; the log names them */
};
void store_health(const struct store *st, struct store_health *out);

/* Records are numbered from 1 in the order in which they were handed over. What must not be forgotten before
 * it is on disk waits until `kept` has reached the `given` of its record. */
struct store_marks {
	uint64_t given; /* the last one handed over */
	uint64_t kept; /* the last one on disk, or dropped as unfit */
};
void store_marks(const struct store *st, struct store_marks *out);

/* --- at start only, synchronous --- */
/* The next epoch of a control process: greater than every former one, durable before it returns. */
int store_next_epoch(struct store *st, uint32_t *epoch);
/* Adds what is missing and updates name and workplace; assigns *id. Existing ids stay. */
int store_put_agent(struct store *st, struct store_agent *agent, uint64_t new_id);
int store_put_queue(struct store *st, struct store_queue *queue, uint64_t new_id);
int store_find_agent(struct store *st, const char *login,
	struct store_agent *out); /* ENOENT: it is unknown, or has left */
typedef void store_session_h(void *arg, const struct store_session *s);
int store_load_sessions(struct store *st, int64_t now_ms, store_session_h *h, void *arg);
/* Calls without an end, but for those in spare[0..n_spare) that go on, get STORE_ENDED with detail
 * "control_lost" at their last event's time; *n (may be NULL): how many. */
int store_end_open_calls(
	struct store *st, const uint64_t *spare, size_t n_spare, size_t *n);
/* The greatest id of a call in the records, 0 for none: new ids start above it, also when the clock went back. */
int store_last_call(struct store *st, uint64_t *id);

typedef void store_callback_h(void *arg, const struct store_callback *cb);
/* In the order of their arrival; at most cap are told. */
int store_load_callbacks(struct store *st, size_t cap, store_callback_h *h, void *arg);

/* Where the ledger has what `ref` is about, the last of them. ENOENT. */
int store_find_entry(struct store *st, uint64_t ref, uint32_t *segment, uint64_t *entry);

/* --- any time, asynchronous; ENOBUFS when the ring is full --- */
int store_add_call_event(struct store *st, const struct store_call_event *ev);
/* Once for each call, talk, leg and direction; a repeated one changes nothing. */
int store_add_quality(struct store *st, const struct store_quality *q);
/* Adds it, or takes over the time and the tries. */
int store_put_callback(struct store *st, const struct store_callback *cb);
/* The number is gone with it. An unknown one is no error. */
int store_drop_callback(struct store *st, uint64_t call);
/* An entry of the ledger, before the record that it belongs to: both are on disk, or neither is told. ref: of
 * whatever it is about, by which store_find_entry() finds it; 0: nothing. Copied. EMSGSIZE, ENOMEM. */
int store_add_entry(
	struct store *st, enum ledger_kind kind, uint64_t ref, const char *text);
int store_add_link(struct store *st, const uint8_t hash[STORE_HASH_SIZE], uint64_t agent,
	int64_t expires_ms);
int store_add_session(struct store *st, const struct store_session *s);
int store_drop_session(struct store *st, const uint8_t hash[STORE_HASH_SIZE]);
/* Uses up a login link: answered through store_poll() with the agent, or ENOENT (unknown, used, expired). */
typedef void store_link_h(void *arg, int err, uint64_t agent);
int store_use_link(struct store *st, const uint8_t hash[STORE_HASH_SIZE], int64_t now_ms,
	store_link_h *h, void *arg);

/*
 * What pages ask for and change, in the words of the file that knows its tables: `run` is called on a thread of
 * the store with a connection of its own, and gets only that and `arg`.
 *   reads   a connection that cannot write, one moment of the database for the whole job; the reader's thread
 *   writes  part of the writer's next transaction; run again when that could not be written. What it wrote is
 *           undone when it says anything but 0.
 * Then `done`, through store_poll(), with what it said; or `drop`, when the store is closed before.
 */
struct sqlite3;
struct store_job {
	bool writes;
	int (*run)(struct sqlite3 *db, void *arg); /* 0 or an errno */
	void (*done)(void *arg, int err);
	void (*drop)(void *arg);
	void *arg;
};
/* Copied. ENOBUFS: too much is asked; EAGAIN: there is no reader's thread to be had. */
int store_ask(struct store *st, const struct store_job *job);

#endif
