/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * credential -- in the records: how agents prove who they are, passwords, authenticator apps and passkeys.
 *
 * What is in here gives nobody a second factor: a password is its Argon2id text, an app's secret is sealed (sealer.h), a
 * passkey is its public half.  The whole of it is read at once, as a copy that the reader owns; a store whose config asks
 * for it (store_config.credentials) is told a new copy when another process changed the database, such as `heimamt
 * factors anna --reset`.
 *
 * Changes are made in jobs: store_ask() with credential_put() or credential_drop() as what runs.
 */
#ifndef STORE_CREDENTIAL_H
#define STORE_CREDENTIAL_H

#include "store/store.h"

#define STORE_CREDENTIAL_ID_MAX \
	1023 /* W3C Web Authentication Level 2, section 4, "Credential ID" */
#define STORE_CREDENTIAL_MAX \
	128 /* bytes of a value; libsodium's text has so many with its NUL */
#define STORE_CREDENTIAL_DAYS \
	400 /* not used for so long: it goes, a year and a month after its last month */
#define STORE_CREDENTIAL_MONTH_MS (30 * INT64_C(86400000)) /* what is kept of when */

enum store_credential_kind { STORE_PASSWORD, STORE_TOTP, STORE_PASSKEY };

struct store_credential {
	uint64_t agent;
	enum store_credential_kind kind;
	uint16_t n_id, n; /* bytes of id and value */
	uint8_t id[STORE_CREDENTIAL_ID_MAX]; /* of a passkey, unique */
	int32_t algorithm; /* of a passkey: enum cose_alg */
	uint8_t value[STORE_CREDENTIAL_MAX];
	int64_t counter;
	char name[STORE_NAME_MAX]; /* of a passkey, its owner's */
	int64_t made_ms;
	int64_t month_ms; /* a multiple of STORE_CREDENTIAL_MONTH_MS */
};

struct store_credentials {
	struct store_credential *v; /* by agent and kind */
	size_t n;
};

void store_credentials_free(struct store_credentials *c); /* NULL allowed */
/* The same kind, and for a passkey the same id, of the same agent. */
bool store_credential_is(
	const struct store_credential *a, const struct store_credential *b);

/* --- synchronous: at start, and for commands --- */
int store_load_credentials(struct store *st, struct store_credentials **out);
/* All of an agent, and its sessions: it begins anew, with a link. */
int store_reset_credentials(struct store *st, uint64_t agent);

/* --- within a job that writes; 0 or an errno: EEXIST, another agent has this passkey --- */
struct sqlite3;
/* Adds it or takes over all but when it was made. */
int credential_put(struct sqlite3 *db, const struct store_credential *c);
/* An unknown one is no error. */
int credential_drop(struct sqlite3 *db, const struct store_credential *c);

#endif
