/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * sign_on -- who comes by the provider of identities.  Part of app; its files only.
 *
 *   sign_on.c      the way in: to the provider's page, back with a code, and which account that is
 *   sign_on_end.c  the way out: the provider's word that somebody is out, and the house's own questions
 *
 * A browser that begins gets a cookie, sealed with the house's key, out of which state, nonce and the code's verifier
 * are made; so there is no table that strangers could fill, and what comes back in another browser is worth nothing.
 * That it was used is kept for a while.
 */
#ifndef APP_SIGN_ON_H
#define APP_SIGN_ON_H

#include "app/prove.h"
#include "store/sign_on.h"

#define SIGN_ON_TEXT 44 /* 32 bytes in base64url, with NUL */

/* Routes; each takes p over. */
void prove_ways(struct proof *p); /* how one may log in here */
void prove_sign_on(struct proof *p);
void prove_sign_on_link(struct proof *p); /* of who is here already */
void prove_sign_on_back(struct proof *p);
void prove_sign_on_leave(struct proof *p);
void prove_sign_on_out(struct proof *p);

/* SHA-256 of the issuer and a text of its. */
void sign_on_hash(const struct app *app, const char *text, uint8_t hash[STORE_HASH_SIZE]);
/* For struct store_sign_on: w's claims give the roles. */
struct sign_on_giving {
	const struct sign_on_rules *rules;
	unsigned given;
};
unsigned sign_on_giving(void *arg, unsigned before);

/* The session that has just begun by w: it is asked after from now on. */
void sign_on_began(struct app *app, const char *token, const struct oidc_work *w);

#endif
