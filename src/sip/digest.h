/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * digest -- HTTP digest authentication as a server (RFC 7616, for SIP RFC 3261 section 22 and RFC 8760).
 *
 * One user, one password, MD5 and SHA-256, qop "auth" only: without it nothing would count the uses of
 * a nonce.  A nonce is the time it was made, a serial number and an HMAC under a secret of this process,
 * so a challenge costs no memory and a flood of unanswered ones nothing but time.  Only a nonce that was
 * answered correctly is remembered, with its highest nc, in a table of DIGEST_SEEN_MAX; what falls out
 * of it makes everything as old as itself stale, so an answer can never be used twice.
 *
 * Pure but for libcrypto: time is an argument, the secret too.  Memory: the caller's; owns nothing else.
 * Thread: one.
 */
#ifndef SIP_DIGEST_H
#define SIP_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIGEST_SECRET    32
#define DIGEST_NONCE     64 /* characters: 8 bytes of time, 8 of serial, 16 of HMAC */
#define DIGEST_LIFE_MS   300000 /* then stale=true: a phone asks again without a person */
#define DIGEST_SEEN_MAX  256 /* phones that ask within DIGEST_LIFE_MS, generously */
#define DIGEST_HEX_MAX   65
#define DIGEST_TEXT_MAX  128 /* user and realm */
#define DIGEST_CHALLENGE 384

enum digest_alg { DIGEST_SHA256, DIGEST_MD5, DIGEST_ALGS }; /* in the order offered */
enum digest_verdict { DIGEST_WRONG, DIGEST_STALE, DIGEST_OK };

/* The parameters of an Authorization header, quotes removed; NULL for a missing one. */
struct digest_answer {
	const char *username, *realm, *nonce, *uri, *response, *algorithm, *cnonce, *nc,
		*qop;
};

struct digest {
	char user[DIGEST_TEXT_MAX + 1], realm[DIGEST_TEXT_MAX + 1];
	char ha1[DIGEST_ALGS][DIGEST_HEX_MAX];
	uint8_t secret[DIGEST_SECRET];
	uint64_t serial;
	int64_t floor_ms; /* nonces made until then are stale */
	struct digest_seen {
		int64_t made_ms;
		uint64_t serial;
		uint32_t nc; /* highest used; 0: a free place */
	} seen[DIGEST_SEEN_MAX];
};

/* EINVAL: user or realm too long, or with a quote, backslash or control character. EIO: libcrypto. */
int digest_init(struct digest *d, const char *realm, const char *user,
	const char *password, const uint8_t secret[DIGEST_SECRET]);

/* The value of one WWW-Authenticate header. EIO: libcrypto. */
int digest_challenge(struct digest *d, char out[DIGEST_CHALLENGE], enum digest_alg alg,
	bool stale, int64_t now_ms);

enum digest_verdict digest_check(struct digest *d, const char *method,
	const struct digest_answer *a, int64_t now_ms);

/* RFC 7616 section 3.4.1; without a qop as RFC 2069 has it, which digest_check() does not take. EIO: libcrypto. */
int digest_ha1(char out[DIGEST_HEX_MAX], enum digest_alg alg, const char *user,
	const char *realm, const char *password);
int digest_response(char out[DIGEST_HEX_MAX], enum digest_alg alg, const char *ha1,
	const char *method, const struct digest_answer *a);

#endif
