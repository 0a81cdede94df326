/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * password -- may a password be chosen, and its Argon2id hash (RFC 9106) by libsodium.
 *
 * The rules are those of NIST SP 800-63B section 5.1.1.2: long, none of the commonest, none made of the login or the
 * house's name; no rule of composition, no expiry.
 *
 * password_hash() and password_check() take most of a second and 256 MB at PASSWORD_MODERATE: never on the loop or
 * the store's writer.  Any thread; no state but libsodium's, which password_start() makes.
 */
#ifndef APP_PASSWORD_H
#define APP_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PASSWORD_MIN 12 /* characters */
#define PASSWORD_MAX \
	256 /* bytes, with NUL: a long sentence; the work does not grow with it */
#define PASSWORD_HASH_MAX 128 /* of its text, with NUL: crypto_pwhash_STRBYTES */

/* NULL, or why not: "password_short", "password_long", "password_common", "password_text". */
const char *password_refuses(const char *password, const char *login, const char *house);

/* What a hash costs; a hash says in its text what it did. */
struct password_cost {
	unsigned long long passes;
	size_t memory; /* bytes */
};
extern const struct password_cost password_moderate; /* libsodium's "moderate" */

/* Of a password that nobody has: checking one of an unknown login against it takes as long. */
extern const char password_nobody[];

int password_start(void); /* once, before any thread; EIO */
int password_hash(char out[PASSWORD_HASH_MAX], const char *password,
	const struct password_cost *cost); /* ENOMEM */
/* is_old: it is right, and its hash costs less than today's would. */
bool password_check(const char *hash, const char *password,
	const struct password_cost *cost, bool *is_old);
/* Overwrites, also where nobody reads it any more. */
void password_forget(void *p, size_t n);

#endif
