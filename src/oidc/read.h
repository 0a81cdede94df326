/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * read -- what a provider of identities sends, as structs: JSON in, bounded texts out.
 *
 * Nothing is trusted: each reader says EBADMSG to what is no such thing, and a member twice is none.  Any thread; no state.
 */
#ifndef OIDC_READ_H
#define OIDC_READ_H

#include "oidc/oidc.h"

#define OIDC_KEYS_MAX   32 /* of a provider; others are not looked at */
#define OIDC_GROUPS_MAX 4096 /* of a claim; a large company's */
#define OIDC_ID_MAX     256 /* of a key's name, with NUL */

/* What it says of itself (Discovery 1.0 section 3). */
struct oidc_about {
	char authorize[OIDC_URL_MAX], token[OIDC_URL_MAX], keys[OIDC_URL_MAX];
	char end[OIDC_URL_MAX]; /* "": none */
	bool takes_basic; /* client_secret_basic, which is also what is meant by silence */
};

struct oidc_header {
	enum sign_on_alg alg;
	char key[OIDC_ID_MAX]; /* kid; "": not said */
};

struct oidc_tokens {
	char id[OIDC_TOKEN_MAX]; /* "": there is none */
	char more[OIDC_MORE_MAX]; /* "": there is none, or one longer than we keep */
};

/* EPERM: it is about another issuer (section 4.3). EBADMSG: also pages that are not to be asked. */
int oidc_read_about(
	struct oidc_about *out, const char *issuer, const char *text, size_t n);
/* The first part of a token. EPERM: an algorithm, or a demand (crit), that is none of ours. */
int oidc_read_header(struct oidc_header *out, const char *token);
int oidc_read_tokens(struct oidc_tokens *out, const char *text, size_t n);
/* The code of an error answer (RFC 6749 section 5.2), or "". */
void oidc_read_error(char *out, size_t cap, const char *text, size_t n);
int oidc_read_claims(struct sign_on_claims *out, const struct oidc_config *cfg,
	const char *text, size_t n);

/* Those of a set (RFC 7517) that may have made a signature under that header, as texts to be freed: how many, at most cap.
 * *is_known: the set has one of that name. */
size_t oidc_read_keys(char **out, size_t cap, const struct oidc_header *h,
	const char *text, size_t n, bool *is_known);

#endif
