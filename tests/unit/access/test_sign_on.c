/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sign_on: what a provider's token must say, one row for each thing that it may say wrong. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/access/sign_on.h"

#define N(a)  (sizeof(a) / sizeof *(a))
#define NOW   INT64_C(1800000000)
#define NONCE "n-0S6_WzA2Mj"

static const struct sign_on_rules rules = { .issuer = "https://login.example.org",
	.client = "heimamt",
	.maps = { { "desk", 1 }, { "heads", 2 }, { "heads", 1 }, { "it", 4 } },
	.n_maps = 4,
	.second = { "mfa" },
	.n_second = 1 };

/* Good in all. */
static struct sign_on_claims good(void)
{
	return (struct sign_on_claims){ .issuer = "https://login.example.org",
		.subject = "4711",
		.nonce = NONCE,
		.has_nonce = true,
		.is_for_us = true,
		.n_audience = 1,
		.has_expiry = true,
		.has_issued = true,
		.issued_s = NOW,
		.expires_s = NOW + 300,
		.roles = 1 };
}

#define CHANGE(name, what)                         \
	static void name(struct sign_on_claims *c) \
	{                                          \
		what;                              \
	}
CHANGE(nothing, (void)c)
CHANGE(issuer, c->issuer[8] = 'x')
CHANGE(issuer_longer, c->issuer[25] = '/')
CHANGE(for_another, c->is_for_us = false)
CHANGE(for_many, c->n_audience = 2)
CHANGE(for_many_given_us, c->n_audience = 2; c->has_party = true;
	(void)slice_copy(slice_str("heimamt"), c->party, sizeof c->party))
CHANGE(given_another, c->has_party = true)
CHANGE(no_subject, c->subject[0] = 0)
CHANGE(no_expiry, c->has_expiry = false)
CHANGE(no_issued, c->has_issued = false)
CHANGE(just_expired, c->expires_s = NOW - 60)
CHANGE(in_leeway, c->expires_s = NOW - 59)
CHANGE(never_expires, c->expires_s = INT64_MAX)
CHANGE(to_come, c->issued_s = NOW + 61)
CHANGE(nearly_now, c->issued_s = NOW + 60)
CHANGE(not_yet, c->not_before_s = NOW + 61)
CHANGE(no_nonce, c->has_nonce = false)
CHANGE(nonce, c->nonce[0] = 'm')
CHANGE(no_role, c->roles = 0)
CHANGE(long_ago, c->issued_s = NOW - 181)

static const struct {
	const char *what;
	void (*change)(struct sign_on_claims *c);
	enum sign_on_verdict first, again;
} cases[] = {
	{ "good", nothing, SIGN_ON_GOOD, SIGN_ON_GOOD },
	{ "another issuer", issuer, SIGN_ON_ISSUER, SIGN_ON_ISSUER },
	{ "its name and more", issuer_longer, SIGN_ON_ISSUER, SIGN_ON_ISSUER },
	{ "for another", for_another, SIGN_ON_AUDIENCE, SIGN_ON_AUDIENCE },
	{ "for us and others", for_many, SIGN_ON_PARTY, SIGN_ON_PARTY },
	{ "for us and others, given to us", for_many_given_us, SIGN_ON_GOOD,
		SIGN_ON_GOOD },
	{ "given to another", given_another, SIGN_ON_PARTY, SIGN_ON_PARTY },
	{ "of nobody", no_subject, SIGN_ON_INCOMPLETE, SIGN_ON_INCOMPLETE },
	{ "without an end", no_expiry, SIGN_ON_INCOMPLETE, SIGN_ON_INCOMPLETE },
	{ "without a beginning", no_issued, SIGN_ON_INCOMPLETE, SIGN_ON_INCOMPLETE },
	{ "over since the leeway", just_expired, SIGN_ON_EXPIRED, SIGN_ON_EXPIRED },
	{ "over, in the leeway", in_leeway, SIGN_ON_GOOD, SIGN_ON_GOOD },
	{ "never over", never_expires, SIGN_ON_GOOD, SIGN_ON_GOOD },
	{ "of a time to come", to_come, SIGN_ON_CLOCK, SIGN_ON_CLOCK },
	{ "of a moment to come", nearly_now, SIGN_ON_GOOD, SIGN_ON_GOOD },
	{ "not yet", not_yet, SIGN_ON_CLOCK, SIGN_ON_CLOCK },
	{ "without a nonce", no_nonce, SIGN_ON_NONCE, SIGN_ON_GOOD },
	{ "another nonce", nonce, SIGN_ON_NONCE, SIGN_ON_GOOD },
	{ "without a role", no_role, SIGN_ON_NO_ROLE, SIGN_ON_NO_ROLE },
	{ "issued long ago, and good", long_ago, SIGN_ON_GOOD, SIGN_ON_GOOD },
};

static void test_tokens(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct sign_on_claims c = good();
		enum sign_on_verdict first, again;

		cases[i].change(&c);
		first = sign_on_check(&rules, &c, NONCE, NOW);
		again = sign_on_check_again(&rules, &c, true, NOW);
		if (first != cases[i].first || again != cases[i].again)
			fail_msg("%s: %s, %s", cases[i].what, sign_on_word(first),
				sign_on_word(again));
	}
}

static void test_another(void **state)
{
	struct sign_on_claims c = good();

	(void)state;
	assert_int_equal(sign_on_check_again(&rules, &c, false, NOW), SIGN_ON_ANOTHER);
}

CHANGE(sid_alone, c->subject[0] = 0; c->session[0] = 's')
CHANGE(whom, c->subject[0] = 0)
CHANGE(with_nonce, c->has_nonce = true)
CHANGE(no_event, c->is_logout = false)
CHANGE(no_number, c->number[0] = 0)

static const struct {
	const char *what;
	void (*change)(struct sign_on_claims *c);
	enum sign_on_verdict v;
} logouts[] = {
	{ "good", nothing, SIGN_ON_GOOD },
	{ "of a session alone", sid_alone, SIGN_ON_GOOD },
	{ "of nobody", whom, SIGN_ON_INCOMPLETE },
	{ "an ID token", with_nonce, SIGN_ON_NO_LOGOUT },
	{ "of another event", no_event, SIGN_ON_NO_LOGOUT },
	{ "without a number", no_number, SIGN_ON_INCOMPLETE },
	{ "without a beginning", no_issued, SIGN_ON_INCOMPLETE },
	{ "without an end", no_expiry, SIGN_ON_GOOD },
	{ "over", just_expired, SIGN_ON_EXPIRED },
	{ "of long ago", long_ago, SIGN_ON_EXPIRED },
	{ "of a time to come", to_come, SIGN_ON_CLOCK },
	{ "for another", for_another, SIGN_ON_AUDIENCE },
	{ "another issuer", issuer, SIGN_ON_ISSUER },
	{ "without a role, which it never has", no_role, SIGN_ON_GOOD },
};

static void test_logouts(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(logouts); i++) {
		struct sign_on_claims c = good();
		enum sign_on_verdict v;

		c.has_nonce = false;
		c.is_logout = true;
		c.number[0] = '1';
		logouts[i].change(&c);
		v = sign_on_check_logout(&rules, &c, NOW);
		if (v != logouts[i].v)
			fail_msg("%s: %s", logouts[i].what, sign_on_word(v));
	}
}

/* What the house does not name stays the house's. */
static void test_roles(void **state)
{
	static const struct sign_on_rules none = { .n_maps = 0 };
	static const struct {
		unsigned before, given, after;
	} rows[] = { { 0, 1, 1 }, { 1, 4, 4 }, { 7, 1, 1 }, { 16, 1, 17 },
		{ 24, 0, 24 } };
	struct sign_on_claims c = good();

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		assert_int_equal(
			sign_on_roles_after(&rules, rows[i].before, rows[i].given),
			rows[i].after);
	assert_int_equal(sign_on_roles_of(&rules, slice_str("heads")), 3);
	assert_int_equal(sign_on_roles_of(&rules, slice_str("head")), 0);
	assert_int_equal(sign_on_roles_of(&rules, slice_str("Desk")), 0);
	/* without a map there is no role to be missed */
	c.roles = 0;
	assert_int_equal(sign_on_check(&none, &c, NONCE, NOW), SIGN_ON_ISSUER);
	assert_int_equal(sign_on_roles_after(&none, 5, 0), 5);
	assert_true(sign_on_is_second(&rules, slice_str("mfa")));
	assert_false(sign_on_is_second(&rules, slice_str("")));
}

static void test_algorithms(void **state)
{
	static const char *const no[] = { "none", "None", "", "HS256", "HS512", "rs256",
		"RS256 ", "RS384", "ES384", "EdDSA" };

	(void)state;
	assert_int_equal(sign_on_alg(slice_str("RS256")), SIGN_ON_RS256);
	assert_int_equal(sign_on_alg(slice_str("PS256")), SIGN_ON_PS256);
	assert_int_equal(sign_on_alg(slice_str("ES256")), SIGN_ON_ES256);
	for (size_t i = 0; i < N(no); i++)
		assert_int_equal(sign_on_alg(slice_str(no[i])), SIGN_ON_NO_ALG);
}

/* Whom a logout token ends: which of persons and sessions it names, and which the session has; 0: none. */
static void test_meant(void **state)
{
	static const struct {
		const char *what;
		uint8_t token[2], session[2];
		bool is;
	} rows[] = {
		{ "a person, all of its sessions", { 1, 0 }, { 1, 5 }, true },
		{ "a person, one without the provider's session", { 1, 0 }, { 1, 0 },
			true },
		{ "another person", { 1, 0 }, { 2, 5 }, false },
		{ "a session alone", { 0, 5 }, { 1, 5 }, true },
		{ "another session", { 0, 5 }, { 1, 6 }, false },
		{ "a session alone, where ours has none", { 0, 5 }, { 1, 0 }, false },
		{ "both", { 1, 5 }, { 1, 5 }, true },
		{ "both, the person's other session", { 1, 5 }, { 1, 6 }, false },
		{ "both, where ours has none: the person", { 1, 5 }, { 1, 0 }, true },
		{ "both, and the session of another person", { 1, 5 }, { 2, 5 }, false },
		{ "who did not come by the provider", { 0, 5 }, { 0, 5 }, false },
		{ "likewise, with the person named", { 1, 0 }, { 0, 0 }, false },
		{ "nobody", { 0, 0 }, { 1, 5 }, false },
	};

	for (size_t i = 0; i < N(rows); i++) {
		const uint8_t *t = rows[i].token, *s = rows[i].session;
		/* what is unknown has bytes all the same, and they count nothing */
		struct sign_on_who token = { t[0], t[1], { t[0] }, { t[1] } };
		struct sign_on_who session = { s[0], s[1], { s[0] }, { s[1] } };

		if (sign_on_is_meant(&token, &session) != rows[i].is)
			fail_msg("%s", rows[i].what);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_another),
		cmocka_unit_test(test_logouts),
		cmocka_unit_test(test_meant),
		cmocka_unit_test(test_roles),
		cmocka_unit_test(test_algorithms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
