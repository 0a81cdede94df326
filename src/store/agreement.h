/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * agreement -- the agreement in the records: versions with their texts, who signed, who ended, and the keys.
 *
 * The whole of it is read at once, as a copy that the reader owns: a house has few versions and a thousand
 * agents at most.  A store whose config asks for it (store_config.agreements) is told a new copy through
 * store_poll() after each change, also one that another process made, such as `heimamt agreement publish`;
 * the writer looks for those four times a second, on its own thread.
 *
 * No declaration is here [RULES N10].
 */
#ifndef STORE_AGREEMENT_H
#define STORE_AGREEMENT_H

#include "core/home/agreement.h"
#include "store/store.h"

#define STORE_POINT_SIZE     65 /* P-256, uncompressed: 0x04, x, y (SEC 1, section 2.3.3) */
#define STORE_SIGNATURE_SIZE 64 /* r and s (IEEE P1363), and Ed25519's */
#define STORE_NONCE_SIZE     32
#define STORE_TEXT_MAX \
	32768 /* bytes of a text in one language; the default ones have 2,500 */

struct store_signature {
	uint64_t agent;
	uint32_t version;
	enum home_language language;
	uint8_t hash[HOME_HASH];
	uint8_t nonce[STORE_NONCE_SIZE];
	uint8_t key[STORE_POINT_SIZE];
	uint8_t signature[STORE_SIGNATURE_SIZE];
	int64_t signed_ms;
	bool is_countersigned;
	uint8_t countersignature[STORE_SIGNATURE_SIZE];
};

struct store_device_key {
	uint64_t agent;
	uint8_t point[STORE_POINT_SIZE];
	int64_t enrolled_ms;
	int64_t revoked_ms; /* 0: it signs */
	bool by_agent; /* revoked it */
};

struct store_home_agent {
	uint64_t agent;
	struct home_standing standing;
	int64_t code_expires_ms; /* 0: no code is open */
	uint8_t code[STORE_HASH_SIZE];
};

struct store_agreements {
	struct home_version *versions; /* by number, from 1 on */
	int64_t *published_ms;
	char *(*texts)[HOME_LANGUAGES];
	size_t n_versions;
	struct store_home_agent *agents; /* all in the records */
	size_t n_agents;
	struct store_device_key *keys; /* by agent, the newest first; revoked ones too */
	size_t n_keys;
};

void store_agreements_free(struct store_agreements *a); /* NULL allowed */

/* --- synchronous: at start, and for commands --- */
int store_load_agreements(struct store *st, struct store_agreements **out);
/* The next version. EEXIST: there is one of that number; EINVAL. */
int store_publish(struct store *st, const struct home_version *v, int64_t published_ms,
	const char *const texts[HOME_LANGUAGES]);
/* The house ends it. */
int store_end_by_house(struct store *st, uint64_t agent, int64_t at_ms);
/* The house revokes all keys of the agent's devices: what was signed with them stays. *n: how many they were. */
int store_revoke_keys(struct store *st, uint64_t agent, int64_t at_ms, size_t *n);
/* The agent revokes one of its own, within somebody's transaction. *n is 0: it has no such key, or it is revoked. */
struct sqlite3;
int store_revoke_own_key(struct sqlite3 *db, uint64_t agent,
	const uint8_t point[STORE_POINT_SIZE], int64_t at_ms, size_t *n);
/* An officer has seen the damage of that segment of the ledger; the running centre, or the next one, brings it
 * there. */
int acknowledge_write(
	struct sqlite3 *db, uint32_t segment, uint64_t agent, int64_t at_ms);
int store_acknowledge(struct store *st, uint32_t segment, uint64_t agent, int64_t at_ms);
/* In place of an earlier one. */
int store_open_code(struct store *st, uint64_t agent, const uint8_t hash[STORE_HASH_SIZE],
	int64_t expires_ms);

/* --- asynchronous; ENOBUFS when the ring is full, ENOMEM --- */
int store_add_signature(struct store *st, const struct store_signature *s);
/* is_change: only the situation changed. */
int store_end_by_agent(struct store *st, uint64_t agent, int64_t at_ms, bool is_change);
/* Uses up the code; nothing happens when it is not open any more. */
int store_enrol(struct store *st, const struct store_device_key *key,
	const uint8_t code[STORE_HASH_SIZE], int64_t at_ms);

#endif
