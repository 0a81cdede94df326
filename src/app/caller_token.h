/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * caller_token -- what the house's own site gives to whom it lets call from the caller page.
 *
 * EXPIRY.NONCE.MAC: seconds since 1970 in digits; 16 to 64 letters, digits, '-' and '_', chosen anew for each token; and
 * HMAC-SHA256 (RFC 2104) over "EXPIRY.NONCE" under the secret's characters, as 64 hexadecimal digits.  A token is
 * good for CALLER_TOKEN_CALLS calls until it expires, so that who is cut off may call again and nobody else with what
 * it saw of it for long; the count is in memory alone.  Clocks may differ by CALLER_TOKEN_SKEW_S, and a token that
 * would live longer than CALLER_TOKEN_LIFE_S is refused, which bounds what must be remembered.
 *
 * Pure but for OpenSSL.  Memory in the caller.
 */
#ifndef APP_CALLER_TOKEN_H
#define APP_CALLER_TOKEN_H

#include <stddef.h>
#include <stdint.h>

#define CALLER_SECRET_LEAST 32 /* characters: 128 bits, where they are hexadecimal */
#define CALLER_SECRET_MAX   129 /* with NUL */
#define CALLER_TOKEN_MAX    160 /* characters; the longest has 12 + 64 + 64 and two dots */
#define CALLER_TOKEN_CALLS  3
#define CALLER_TOKEN_SKEW_S 60
#define CALLER_TOKEN_LIFE_S 3600
#define CALLER_TOKENS_KEPT \
	1024 /* used and not expired; beyond it nobody new is let in until one expires */

enum caller_token {
	CALLER_TOKEN_GOOD,
	CALLER_TOKEN_BAD, /* none, no token, another secret's, or of too long a life */
	CALLER_TOKEN_EXPIRED,
	CALLER_TOKEN_USED, /* as often as it may be, or there is no room to remember it */
};

struct caller_tokens {
	char secret[CALLER_SECRET_MAX];
	size_t n;
	struct {
		uint8_t mark[16]; /* of its MAC */
		int64_t until_s;
		unsigned calls;
	} used[CALLER_TOKENS_KEPT];
};

/* EINVAL: too short or too long. */
int caller_tokens_init(struct caller_tokens *t, const char *secret);
/* A good one is used by this, once. text NULL: none was given. now_s: since 1970. */
enum caller_token caller_token_use(
	struct caller_tokens *t, const char *text, int64_t now_s);
/* What a site does: a token of this nonce. EINVAL, EIO, ENOBUFS. */
int caller_token_make(
	const char *secret, int64_t expiry_s, const char *nonce, char *out, size_t cap);

#endif
