/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * house -- a small centre in a test: two agents, two queues, ports that write down what they are asked.
 *
 * Every call of a port becomes one line of text, e.g. "relay0 JOIN c7 anna" or "view anna ready".  Legs and
 * calls are named after whom they belong to: c7 is the caller of dialog 7, w1 a caller's page, anna
 * an agent's line, hop1 one end of a hop.  The clock stands until house_wait() moves it.
 *
 * The relays obey at once and keep their legs, with blobs, when control is killed (house_kill()); what a later
 * control is told of them comes from there (house_relay.c).  Blobs are told as lines only where a story asks
 * for it, and so are questions for a line's figures.  A record that was on disk already, with the same time, is told with "(again)".
 *
 * Queue 10 has all clips, room for two waiting callers, and is served by anna (home) and beat (office);
 * queue 20 has music only, is anna's, and is not for beat's clearance.  So are 30 and 40, which have office hours and announcements.  A closed 30
 * has a message, and a second caller of it is sent to 10, or to 40 when that is full.  40 has no greeting; its
 * third caller is sent to 20, who waits for 70 s is asked for a callback, for 150 s sent to 10.  Callbacks are tried
 * twice, 40 s apart, and live for ten minutes.
 *
 * 50 is a menu: 1 leads to 20, 2 to 40, none within four seconds, twice, to 10.
 *
 * The wall shows 2027-01-15, a Friday, 08:00:01 at first.
 */
#ifndef UNIT_APP_HOUSE_H
#define UNIT_APP_HOUSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/app.h"
#include "store/agreement.h"

#define HOUSE_LINES_MAX    512
#define HOUSE_LINE_MAX     160
#define HOUSE_NAMES_MAX    128
#define HOUSE_NAME_MAX     16
#define HOUSE_DIALOGS_MAX  32
#define HOUSE_TOKEN_SIZE   65
#define HOUSE_RELAYS_MAX   3
#define HOUSE_DESK         "the token of anna's desk"
#define HOUSE_VERSIONS_MAX 4
#define HOUSE_WALL_MS      INT64_C(1800000000000) /* when the clock was 0 */

struct house_name {
	uint64_t id;
	char text[HOUSE_NAME_MAX];
	unsigned relay; /* of a leg */
	uint16_t port;
	bool is_leg;
};

/* A leg as its relay has it. */
struct house_leg {
	uint64_t id; /* 0: free */
	unsigned relay;
	bool is_web, is_up, is_silent;
	enum rp_feed feed;
	uint64_t joined;
	uint32_t clip;
	bool loops;
	uint32_t len;
	uint8_t blob[RP_BLOB_MAX];
};

struct house_record {
	struct store_call_event ev;
	uint64_t mark;
};

/* Of a callback; dropped: 0, or with which record. */
struct house_row {
	struct store_callback row;
	uint64_t put, dropped;
};

struct house {
	struct app *app; /* NULL: control was killed */
	struct app_caller_config caller; /* of the next house_start() */
	struct app_turn_config turn; /* likewise */
	unsigned place; /* in the last view of a caller's page */
	uint64_t seat, former_seat; /* of the last views */
	unsigned n_relays;
	bool is_up[HOUSE_RELAYS_MAX];
	struct house_leg legs[HOUSE_NAMES_MAX];
	bool tells_blobs, tells_missing, tells_figures, tells_ports;
	struct house_record records[HOUSE_NAMES_MAX];
	size_t n_records;
	struct store_marks marks;
	struct house_row rows[4];
	size_t n_rows;
	unsigned n_calls_made; /* their legs: d1, d2 ... */
	unsigned n_dialled; /* dialogs of our own: 21, 22 ... */
	bool is_disk_slow; /* nothing is kept until house_disk_keeps() */
	int64_t now_us;
	int64_t wall_offset_ms; /* "> wall" */
	int64_t zone_min; /* "> zone" */
	uint64_t random;
	/* whom the input at hand is about: what is made meanwhile is named so */
	char subject[HOUSE_NAME_MAX];
	struct house_name names[HOUSE_NAMES_MAX];
	size_t n_names;
	unsigned n_hops;
	char lines[HOUSE_LINES_MAX][HOUSE_LINE_MAX];
	size_t n_lines;
	uint64_t first_version[HOUSE_DIALOGS_MAX]; /* of the first description sent */
	char token[HOUSE_TOKEN_SIZE]; /* of the last login */
	char door[HOUSE_TOKEN_SIZE],
		former_door[HOUSE_TOKEN_SIZE]; /* last tokens of a door */
	/* trouble to come */
	bool is_sick; /* the store */
	bool is_phone_dead; /* nobody can be called */
	enum trunk_srtp srtp; /* of the peers, and what is offered to them */
	uint8_t keys[8][16]; /* of SRTP, in the order of their first sight */
	unsigned n_keys;
	/* the agreement as on disk; anna's only, for beat is at the office */
	struct home_version versions[HOUSE_VERSIONS_MAX];
	size_t n_versions;
	struct store_home_agent anna;
	struct store_device_key key;
	bool has_key;
	struct desk_agreement
		shown; /* the last that was given to be signed; text and label are gone */
	uint8_t shown_hash[HOME_HASH], shown_nonce[STORE_NONCE_SIZE];
	/* what waits to be done: hashes, and jobs for the records */
	struct app_password *hashes[4];
	bool gives_way; /* they are told that others came before */
	size_t n_hashes;
	struct store_job jobs[4];
	size_t n_jobs;
	struct sqlite3 *db; /* borrowed; where jobs run; NULL: they are not run */
	const struct app_sign_on_config *sign_on; /* of the next house_start() */
	struct oidc_work *asked; /* of the provider; NULL: nothing */
	bool lets_go; /* of jobs: nobody waits for them */
	struct web_answer proved; /* the last answer but its body, which is in the next */
	char proved_body[4096];
	bool cannot_countersign;
	uint16_t full_type; /* relay_send() of this type fails with ENOBUFS ... */
	unsigned full_times; /* ... so often */
};

void house_open(struct house *h, unsigned n_relays);
void house_close(struct house *h);
void house_note(struct house *h, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The pages, by name: anna anna2 beat beat2 w1 to w5, and d1 to d5 at doors. Both abort the test when there is none. */
uint64_t house_conn(const char *page);
uint64_t house_agent(const char *name); /* also of the page anna2; 0: a caller page */
const char *house_agent_name(uint64_t id);
/* The newest leg of this name, or the newest call. */
const struct house_name *house_leg(const struct house *h, const char *text);
uint64_t house_call(const struct house *h, const char *text);
struct house_name *house_name(struct house *h, uint64_t id, const char *text);
const char *house_name_of(const struct house *h, uint64_t id); /* "?" */
const char *house_clip_name(uint32_t clip);
uint32_t house_clip(const char *name);
uint16_t house_relay_type(const char *word);
const char *house_relay_word(uint16_t type);

/* Moves the clock, with a tick at each deadline on the way. */
void house_wait(struct house *h, int64_t ms);

/* Control is killed: what was not on disk is lost, and relays stay as they are. */
void house_kill(struct house *h);
/* A new control process, which adopts nothing yet. */
void house_start(struct house *h);
void house_disk_keeps(struct house *h);
/* The rows on disk, to a new control process. */
void house_rows_found(struct house *h);
/* Of anna's desk, with two factors; what a story opens when it names none. */
void house_desk_session(struct house *h);
/* Hashes are made and jobs done, until nothing waits. */
void house_work(struct house *h);
/* What is on disk of the agreement is told. */
void house_agreements(struct house *h);

/* --- house_relay.c --- */
void house_relay_up(struct house *h, unsigned relay, bool is_draining);
void house_relay_gone(struct house *h, unsigned relay);
/* All its legs, to a new control process. */
void house_relay_found(struct house *h, unsigned relay);
/* NULL: in no relay, or not any more. */
struct house_leg *house_relay_leg(struct house *h, uint64_t id);
void house_relay_obey(struct house *h, unsigned relay, const union rp_any *m,
	uint16_t type, uint64_t id);
void house_relay_drop(struct house *h, struct house_leg *leg);
void house_relay_part(struct house *h, struct house_leg *leg);
void house_leg_ok(struct rp_leg_ok *ok, const struct house_name *leg);
/* "queued anna interrupted": what a blob says. */
void house_blob_text(const struct rp_blob *blob, char *text, size_t cap);

extern const struct app_ports house_ports; /* arg: to be set to the house */

#endif
