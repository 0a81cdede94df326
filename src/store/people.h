/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * people -- who is in the house, what they serve and know, and what the staff body approved.
 *
 * All of it is read at once, as a copy that the reader owns.  A store whose config asks for it (store_config.people)
 * is told a new copy through store_poll() after each change, also one of another process, such as `heimamt people
 * import`; the writer looks for those four times a second, on its own thread.
 *
 * Functions with a connection are for jobs (store_ask()) and for store_do(): they read and write in the transaction
 * that is open there, and say 0 or an errno.
 */
#ifndef STORE_PEOPLE_H
#define STORE_PEOPLE_H

#include "core/approval/approval.h"
#include "core/people/person.h"
#include "store/agreement.h"

#define STORE_PEOPLE_MAX 1024 /* in the house at once: APP_AGENTS_MAX */
/* Who left so lately is told, too: its talk may outlive a process. */
#define STORE_LEFT_MS (14 * INT64_C(3600000))

struct sqlite3;

enum store_origin {
	STORE_UNNAMED, /* by the configuration, any more: nobody comes in */
	STORE_CONFIGURED, /* by the configuration of the centre that runs */
	STORE_IMPORTED, /* the records say what it is */
};

struct store_person {
	uint64_t id;
	enum store_origin origin;
	int64_t left_ms; /* wall; 0: it has not */
	struct person is; /* its queues are indices into the house's */
};

struct store_approval {
	uint64_t number; /* of an approval, or of a consultation */
	struct approval is;
	bool has_agreed; /* of a consultation */
	int64_t signed_ms; /* or recorded */
	int64_t held_ms; /* of a consultation */
	uint8_t text_hash[STORE_HASH_SIZE]; /* likewise */
	char who[STORE_NAME_MAX]; /* "": is not in the records any more */
};

struct store_people {
	struct store_person *people; /* by id; also who left */
	size_t n_people;
	struct person_queue *queues; /* that the centre has, by number */
	uint64_t *queue_ids;
	size_t n_queues;
	struct store_approval *approvals; /* and consultations */
	size_t n_approvals;
	struct store_device_key *staff_keys; /* by agent */
	size_t n_staff_keys;
};

void store_people_free(struct store_people *p); /* NULL allowed */
/* May come in: known to the centre, and has not left. */
bool store_person_is_here(const struct store_person *p);
/* NULL: there is none. By login: also one that is not here. */
const struct store_person *store_person_find(const struct store_people *p, uint64_t id);
const struct store_person *store_person_of(
	const struct store_people *p, const char *login);
/* Is somebody of the staff body here? */
bool store_people_have_body(const struct store_people *p);

/* --- in a transaction --- */
int people_read(struct sqlite3 *db, struct store_people **out);
/* Adds it (id 0: it gets a new one of that node), or changes it; from now on the records say what it is. by: an agent, 0:
 * the house. house: as read in this transaction. */
int people_put(struct sqlite3 *db, const struct store_people *house, uint64_t id,
	const struct person *p, uint16_t node, uint64_t by);
/* It leaves: sessions, links, codes and keys go, its agreement ends. ENOENT: it is not there, or has left. */
int people_leave(struct sqlite3 *db, uint64_t agent, int64_t at_ms, uint64_t by);
int people_add_link(struct sqlite3 *db, const uint8_t hash[STORE_HASH_SIZE],
	uint64_t agent, int64_t expires_ms);

/* In place of an earlier one. */
int staff_open_code(struct sqlite3 *db, uint64_t agent,
	const uint8_t hash[STORE_HASH_SIZE], int64_t expires_ms);
#define STAFF_CODE_TRIES 5
/* Uses it up; a wrong one is counted, so the job that is told EACCES (none is open, it was not that one, or there were
 * too many tries) says 0. EEXIST: the key is somebody's. */
int staff_enrol(struct sqlite3 *db, const struct store_device_key *key,
	const uint8_t hash[STORE_HASH_SIZE], int64_t at_ms);

struct store_approved {
	uint64_t agent;
	const uint8_t *key, *nonce, *signature; /* 65, 32 and 64 bytes */
	int64_t signed_ms, at_ms;
};
/* EEXIST: the nonce was used before. */
int approval_put(struct sqlite3 *db, const struct approval_statement *a,
	const struct store_approved *by);
/* ENOENT: no such approval; EALREADY: it is withdrawn; EEXIST, as above. */
int approval_withdraw(
	struct sqlite3 *db, uint64_t approval, const struct store_approved *by);
/* Of *a: is (not withdrawn_ms), has_agreed, signed_ms, held_ms, text_hash. */
int consultation_put(struct sqlite3 *db, const struct store_approval *a, uint64_t by);

/* --- synchronous: at start, and for commands --- */
int store_load_people(struct store *st, struct store_people **out);
/* Runs it in a transaction of its own, durable when it returns 0, undone when it says anything else. */
int store_do(struct store *st, int (*job)(struct sqlite3 *db, void *arg), void *arg);

struct store_named {
	uint64_t id;
	struct person is; /* its queues are indices into `queues` */
};
/* What the configuration of the centre that starts says: which queues it has, and whom it names. */
int store_name_house(struct store *st, const uint64_t *queues, size_t n_queues,
	const struct store_named *people, size_t n);

#endif
