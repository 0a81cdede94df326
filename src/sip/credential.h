/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * credential -- digest authentication as a client (RFC 7616, RFC 3261 section 22, RFC 8760).
 *
 * SHA-256 where it is offered, else MD5; qop "auth", or none at all, as old registrars ask (RFC 2069); each answer
 * with a cnonce of its own and nc 1, since no nonce is used twice.
 * Memory: the caller's.  Thread: any.
 */
#ifndef SIP_CREDENTIAL_H
#define SIP_CREDENTIAL_H

#include "sip/digest.h"
#include "sip/stack.h"

#define CREDENTIAL_MAX \
	1536 /* the value of an Authorization; a challenge that asks for more is refused */
#define CREDENTIAL_FIELD 256 /* one parameter */

struct credential {
	char user[DIGEST_TEXT_MAX + 1], password[DIGEST_TEXT_MAX + 1];
};

/* One parameter without its quotes ("realm="); NULL when missing, "" (which matches nothing) when too long. */
const char *credential_field(
	const msg_auth_t *au, const char *name, char buf[CREDENTIAL_FIELD]);
/* The answer to the best of these challenges. ENOTSUP: none that we can answer. EIO: libcrypto, entropy.
 * stale: the nonce alone was at fault. */
int credential_answer(char out[CREDENTIAL_MAX], const struct credential *c,
	const msg_auth_t *challenges, const char *method, const char *uri, bool *stale);

#endif
