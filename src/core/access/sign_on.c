/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sign_on -- see sign_on.h */
#include "core/access/sign_on.h"

#include <string.h>

enum sign_on_alg sign_on_alg(struct slice name)
{
	static const char *const names[] = { [SIGN_ON_RS256] = "RS256",
		[SIGN_ON_PS256] = "PS256",
		[SIGN_ON_ES256] = "ES256" };

	for (unsigned i = SIGN_ON_RS256; i <= SIGN_ON_ES256; i++)
		if (slice_is(name, names[i]))
			return (enum sign_on_alg)i;
	return SIGN_ON_NO_ALG;
}

const char *sign_on_word(enum sign_on_verdict v)
{
	static const char *const words[SIGN_ON_VERDICTS] = {
		[SIGN_ON_GOOD] = "good",
		[SIGN_ON_ISSUER] = "another issuer",
		[SIGN_ON_AUDIENCE] = "for another client",
		[SIGN_ON_PARTY] = "another authorized party",
		[SIGN_ON_INCOMPLETE] = "a claim is missing",
		[SIGN_ON_CLOCK] = "of a time to come",
		[SIGN_ON_EXPIRED] = "expired",
		[SIGN_ON_NONCE] = "another nonce",
		[SIGN_ON_ANOTHER] = "another subject",
		[SIGN_ON_NO_ROLE] = "no role",
		[SIGN_ON_NO_LOGOUT] = "no logout token",
	};

	return words[v];
}

/* Core section 3.1.3.7, points 2 to 5. */
static enum sign_on_verdict check_whose(
	const struct sign_on_rules *r, const struct sign_on_claims *c)
{
	if (strcmp(c->issuer, r->issuer) != 0)
		return SIGN_ON_ISSUER;
	if (!c->is_for_us)
		return SIGN_ON_AUDIENCE;
	if (c->has_party ? strcmp(c->party, r->client) != 0 : c->n_audience > 1)
		return SIGN_ON_PARTY;
	return SIGN_ON_GOOD;
}

/* Points 9 and 10. Differences are of sane times only: a claim may be any number. */
static enum sign_on_verdict check_when(const struct sign_on_claims *c, int64_t now_s)
{
	if (c->issued_s > now_s + SIGN_ON_LEEWAY_S ||
		c->not_before_s > now_s + SIGN_ON_LEEWAY_S)
		return SIGN_ON_CLOCK;
	return c->has_expiry && c->expires_s <= now_s - SIGN_ON_LEEWAY_S ? SIGN_ON_EXPIRED
									 : SIGN_ON_GOOD;
}

static enum sign_on_verdict check_all(
	const struct sign_on_rules *r, const struct sign_on_claims *c, int64_t now_s)
{
	enum sign_on_verdict v = check_whose(r, c);

	if (v)
		return v;
	if (!*c->subject || !c->has_expiry || !c->has_issued)
		return SIGN_ON_INCOMPLETE;
	return check_when(c, now_s);
}

enum sign_on_verdict sign_on_check(const struct sign_on_rules *r,
	const struct sign_on_claims *c, const char *nonce, int64_t now_s)
{
	enum sign_on_verdict v = check_all(r, c, now_s);

	if (v)
		return v;
	if (!c->has_nonce || strcmp(c->nonce, nonce) != 0)
		return SIGN_ON_NONCE;
	return r->n_maps && !c->roles ? SIGN_ON_NO_ROLE : SIGN_ON_GOOD;
}

/* Core section 12.2: the same person, from the same house. A nonce need not be there. */
enum sign_on_verdict sign_on_check_again(const struct sign_on_rules *r,
	const struct sign_on_claims *c, bool is_same, int64_t now_s)
{
	enum sign_on_verdict v = check_all(r, c, now_s);

	if (v)
		return v;
	if (!is_same)
		return SIGN_ON_ANOTHER;
	return r->n_maps && !c->roles ? SIGN_ON_NO_ROLE : SIGN_ON_GOOD;
}

/* Back-Channel Logout section 2.6, points 4 to 7; one without an end is good for as long as the specification advises. */
enum sign_on_verdict sign_on_check_logout(
	const struct sign_on_rules *r, const struct sign_on_claims *c, int64_t now_s)
{
	enum sign_on_verdict v;

	if (!c->is_logout || c->has_nonce)
		return SIGN_ON_NO_LOGOUT;
	v = check_whose(r, c);
	if (v)
		return v;
	if (!c->has_issued || !*c->number || (!*c->subject && !*c->session))
		return SIGN_ON_INCOMPLETE;
	if (c->issued_s < now_s - SIGN_ON_LOGOUT_S - SIGN_ON_LEEWAY_S)
		return SIGN_ON_EXPIRED;
	return check_when(c, now_s);
}

/* Back-Channel Logout section 2.4: sub, sid, or both; with sid that session alone ends, with sub alone all of the person. */
bool sign_on_is_meant(const struct sign_on_who *token, const struct sign_on_who *session)
{
	if (!session->has_person ||
		(token->has_person &&
			memcmp(token->person, session->person, sizeof token->person) !=
				0))
		return false;
	if (token->has_session && session->has_session)
		return memcmp(token->session, session->session, sizeof token->session) ==
			0;
	return token->has_person;
}

unsigned sign_on_roles_of(const struct sign_on_rules *r, struct slice group)
{
	unsigned roles = 0;

	for (size_t i = 0; i < r->n_maps; i++)
		if (slice_is(group, r->maps[i].group))
			roles |= r->maps[i].role;
	return roles;
}

unsigned sign_on_roles_after(
	const struct sign_on_rules *r, unsigned before, unsigned given)
{
	unsigned named = 0;

	for (size_t i = 0; i < r->n_maps; i++)
		named |= r->maps[i].role;
	return (before & ~named) | given;
}

bool sign_on_is_second(const struct sign_on_rules *r, struct slice word)
{
	for (size_t i = 0; i < r->n_second; i++)
		if (slice_is(word, r->second[i]))
			return true;
	return false;
}
