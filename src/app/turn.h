/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * turn -- an account at the house's TURN server (RFC 8656) that lives for a while and says nothing of whom it was made for.
 *
 * The server shares a secret with us and keeps no list of users (draft-uberti-behave-turn-rest-00 section 2.2): the user is
 * EXPIRY:NAME, seconds since 1970 and a random word; the password is the HMAC-SHA1 of the user under the secret, in
 * base64.  SHA-1 is what the mechanism names; of HMAC nothing is broken by its collisions (RFC 6151's reasoning, RFC 6194
 * section 3.3).
 *
 * Pure but for OpenSSL.  Memory in the caller.
 */
#ifndef APP_TURN_H
#define APP_TURN_H

#include <stddef.h>
#include <stdint.h>

#define TURN_HOST_MAX     128
#define TURN_SECRET_LEAST 32 /* characters: 128 bits, where they are hexadecimal */
#define TURN_SECRET_MAX   129 /* with NUL */
#define TURN_NAME_SIZE    12 /* bytes of chance: no two accounts meet */
#define TURN_URLS_MAX     3
#define TURN_URL_MAX      (TURN_HOST_MAX + 40)

struct app_turn_config {
	char host[TURN_HOST_MAX]; /* by which browsers find it; "": there is none */
	uint16_t port; /* UDP and TCP */
	uint16_t tls_port; /* 0: it speaks no TLS */
	uint32_t lifetime_s; /* for so long an account may be begun to be used */
	char secret[TURN_SECRET_MAX];
};

struct turn_account {
	char user[48], password[32]; /* 20 bytes in base64 have 28 characters */
};

/* EIO, ENAMETOOLONG. */
int turn_account(const char *secret, int64_t expiry_s, const uint8_t name[TURN_NAME_SIZE],
	struct turn_account *out);

/* Where a browser asks, the dearest last: UDP, TCP, TLS (RFC 7065). How many. */
size_t turn_urls(
	const struct app_turn_config *cfg, char out[TURN_URLS_MAX][TURN_URL_MAX]);

#endif
