/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * sign_on -- what a provider of identities says of somebody: is it taken, and which roles follow from it.
 *
 * OpenID Connect Core 1.0 (with errata 2) section 3.1.3.7 of an ID token that is new, 12.2 of one that confirms it, and
 * OpenID Connect Back-Channel Logout 1.0 section 2.6.  The signature was verified before, and by one of the algorithms
 * that are here: sign_on_alg() knows no other, so neither "none" (RFC 7515 appendix A.5) nor a MAC under a public key
 * (RFC 8725 section 2.1) can come so far.
 *
 * Pure.  Memory: in the caller.  Times: seconds since 1970 UTC, as in the claims.
 */
#ifndef CORE_ACCESS_SIGN_ON_H
#define CORE_ACCESS_SIGN_ON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

#define SIGN_ON_TEXT_MAX \
	256 /* with NUL: a subject has at most 255 (Core section 2); of issuer and client by the same measure */
#define SIGN_ON_LOGIN_MAX  64 /* with NUL: as a person's login */
#define SIGN_ON_NONCE_MAX  64 /* with NUL: ours has 43 */
#define SIGN_ON_MAPS_MAX   32 /* groups that give a role */
#define SIGN_ON_SECOND_MAX 8 /* words that say two factors */
#define SIGN_ON_GROUP_MAX  128
#define SIGN_ON_WORD_MAX   64
#define SIGN_ON_LEEWAY_S   60 /* by which two clocks may differ */
#define SIGN_ON_LOGOUT_S \
	120 /* a logout token is good for so long (Back-Channel Logout, section 4) */

enum sign_on_alg { SIGN_ON_NO_ALG, SIGN_ON_RS256, SIGN_ON_PS256, SIGN_ON_ES256 };
/* "RS256", "PS256", "ES256" (RFC 7518 section 3.1); anything else is none. */
enum sign_on_alg sign_on_alg(struct slice name);

/* What the house makes of groups. */
struct sign_on_map {
	char group[SIGN_ON_GROUP_MAX];
	unsigned role; /* one bit */
};

struct sign_on_rules {
	char issuer[SIGN_ON_TEXT_MAX];
	char client[SIGN_ON_TEXT_MAX];
	struct sign_on_map maps[SIGN_ON_MAPS_MAX];
	size_t n_maps; /* 0: roles are the house's own matter */
	char second
		[SIGN_ON_SECOND_MAX]
		[SIGN_ON_WORD_MAX]; /* of amr or acr: the provider proved two factors */
	size_t n_second;
};

/* Of a token whose signature is good. What a claim has no room for is as if it were another's. */
struct sign_on_claims {
	char issuer[SIGN_ON_TEXT_MAX];
	char subject[SIGN_ON_TEXT_MAX]; /* "": there is none */
	char nonce[SIGN_ON_NONCE_MAX];
	bool has_nonce;
	char party[SIGN_ON_TEXT_MAX]; /* azp */
	bool has_party;
	bool is_for_us; /* aud names our client */
	size_t n_audience;
	bool has_expiry, has_issued;
	int64_t expires_s, issued_s;
	int64_t not_before_s; /* 0: not said */
	char login
		[SIGN_ON_LOGIN_MAX]; /* what it is called here; "": not said, or none of ours */
	char session[SIGN_ON_TEXT_MAX]; /* sid; "": not said */
	char number[SIGN_ON_TEXT_MAX]; /* jti; likewise */
	unsigned roles; /* of the groups that the rules name */
	bool has_second;
	bool is_logout; /* events has the member of Back-Channel Logout */
};

enum sign_on_verdict {
	SIGN_ON_GOOD,
	SIGN_ON_ISSUER, /* another's */
	SIGN_ON_AUDIENCE, /* for somebody else */
	SIGN_ON_PARTY, /* given to somebody else */
	SIGN_ON_INCOMPLETE, /* a claim that must be there is not */
	SIGN_ON_CLOCK, /* of a time to come: one of the two clocks is wrong */
	SIGN_ON_EXPIRED,
	SIGN_ON_NONCE, /* of another attempt */
	SIGN_ON_ANOTHER, /* of another person than before */
	SIGN_ON_NO_ROLE, /* in no group that gives one */
	SIGN_ON_NO_LOGOUT, /* no logout token, or an ID token used for one */
	SIGN_ON_VERDICTS,
};
/* For the log: says nothing of anybody. */
const char *sign_on_word(enum sign_on_verdict v);

/* Of a login; nonce: what we sent. */
enum sign_on_verdict sign_on_check(const struct sign_on_rules *r,
	const struct sign_on_claims *c, const char *nonce, int64_t now_s);
/* Of a later confirmation; is_same: it is of who it was at the login. */
enum sign_on_verdict sign_on_check_again(const struct sign_on_rules *r,
	const struct sign_on_claims *c, bool is_same, int64_t now_s);
enum sign_on_verdict sign_on_check_logout(
	const struct sign_on_rules *r, const struct sign_on_claims *c, int64_t now_s);

/* Somebody who came by the provider, or whom a logout token names: fingerprints, of sub and of sid. */
#define SIGN_ON_PRINT_SIZE 32
struct sign_on_who {
	bool has_person, has_session; /* else that one is unknown */
	uint8_t person[SIGN_ON_PRINT_SIZE], session[SIGN_ON_PRINT_SIZE];
};
/* Is this session meant by the token? By the provider's own session where both have one, else by the person. */
bool sign_on_is_meant(const struct sign_on_who *token, const struct sign_on_who *session);

/* The roles that this group gives: 0, or bits. */
unsigned sign_on_roles_of(const struct sign_on_rules *r, struct slice group);
/* What somebody with these roles has after a login: a role that the rules name is the provider's to give and to take, any
 * other stays. */
unsigned sign_on_roles_after(
	const struct sign_on_rules *r, unsigned before, unsigned given);
/* Does this word of amr or acr say two factors? */
bool sign_on_is_second(const struct sign_on_rules *r, struct slice word);

#endif
