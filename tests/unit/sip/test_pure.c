/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Addresses and user parts, one row a case; and how often strangers are refused aloud. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include "sip/peers.h"
#include "sip/throttle.h"
#include "sip/user.h"

static const struct {
	const char *rule;
	uint8_t bits;
	const char *addr;
	bool match;
} matches[] = {
	{ "10.1.2.3", 32, "10.1.2.3", true },
	{ "10.1.2.3", 32, "10.1.2.4", false },
	{ "10.1.2.0", 24, "10.1.2.255", true },
	{ "10.1.2.99", 24, "10.1.2.1", true }, /* host bits of the rule do not count */
	{ "10.1.2.0", 24, "10.1.3.0", false },
	{ "10.1.2.128", 25, "10.1.2.127", false },
	{ "10.1.2.128", 25, "10.1.2.129", true },
	{ "0.0.0.0", 0, "255.255.255.255", true },
	{ "0.0.0.0", 0, "::1", false },
	{ "::", 0, "2001:db8::1", true },
	{ "::", 0, "10.0.0.1", false },
	{ "::1", 128, "::1", true },
	{ "::1", 128, "::2", false },
	{ "2001:db8::", 32, "2001:db8:ffff::1", true },
	{ "2001:db8::", 32, "2001:db9::", false },
	{ "2001:db8::", 33, "2001:db8:8000::", false },
	{ "10.0.0.1", 32, "::ffff:10.0.0.1", true },
	{ "::ffff:10.0.0.0", 120, "10.0.0.9", true },
};

static void each_match(void **state)
{
	for (size_t i = 0; i < sizeof matches / sizeof matches[0]; i++) {
		struct trunk_peer peer = { .prefix_bits = matches[i].bits };
		struct peers p;
		struct peers_addr a;
		strncpy(peer.addr, matches[i].rule, sizeof peer.addr - 1);
		print_message(
			"# %s/%u %s\n", peer.addr, peer.prefix_bits, matches[i].addr);
		assert_int_equal(peers_init(&p, &peer, 1), 0);
		assert_int_equal(peers_addr_parse(&a, matches[i].addr, 0), 0);
		assert_int_equal(peers_match(&p, &a), matches[i].match);
	}
}

static const struct trunk_peer bad_rules[] = {
	{ "", 32 },
	{ "10.1.2", 24 },
	{ "10.1.2.3", 33 },
	{ "::1", 129 },
	{ "example.org", 0 },
	{ "10.1.2.3/24", 24 },
};

static void each_bad_rule(void **state)
{
	struct trunk_peer many[TRUNK_PEERS_MAX + 1];
	struct peers p;
	for (size_t i = 0; i < sizeof bad_rules / sizeof bad_rules[0]; i++)
		assert_int_equal(peers_init(&p, &bad_rules[i], 1), EINVAL);
	for (size_t i = 0; i <= TRUNK_PEERS_MAX; i++)
		many[i] = (struct trunk_peer){ "10.0.0.1", 32 };
	assert_int_equal(peers_init(&p, many, TRUNK_PEERS_MAX + 1), EINVAL);
	assert_int_equal(peers_init(&p, many, TRUNK_PEERS_MAX), 0);
	memset(many[0].addr, '1', sizeof many[0].addr); /* no NUL */
	assert_int_equal(peers_init(&p, many, 1), EINVAL);
}

static void a_peer_by_its_certificate(void **state)
{
	static const struct trunk_peer list[] = {
		{ .certificate = "sbc.example.org", .srtp = TRUNK_SRTP_REQUIRED },
		{ "10.0.0.7", 32, TRUNK_SRTP_NEVER },
	};
	static const struct {
		const char *name;
		bool found;
	} cases[] = { { "sbc.example.org", true }, { "SBC.Example.ORG", true },
		{ "example.org", false }, { "*.example.org", false }, { "", false },
		{ "10.0.0.7", false }, { "sbc.example.org.", false } };
	static const struct trunk_peer both = { "10.0.0.7", 32,
		.certificate = "sbc.example.org" };
	struct peers_addr a;
	struct peers p;
	assert_int_equal(peers_init(&p, list, 2), 0);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		enum trunk_srtp srtp = TRUNK_SRTP_NEVER;
		assert_int_equal(
			peers_find_named(&p, cases[i].name, &srtp), cases[i].found);
		assert_int_equal(
			srtp, cases[i].found ? TRUNK_SRTP_REQUIRED : TRUNK_SRTP_NEVER);
	}
	assert_int_equal(peers_addr_parse(&a, "10.0.0.7", 0), 0);
	assert_true(peers_match(&p, &a)); /* the one beside it */
	assert_int_equal(peers_addr_parse(&a, "0.0.0.0", 0), 0);
	assert_false(peers_match(&p, &a));
	assert_int_equal(peers_init(&p, &both, 1), EINVAL);
}

static void the_first_rule_says_how_it_speaks(void **state)
{
	static const struct trunk_peer list[] = {
		{ "10.0.0.7", 32, TRUNK_SRTP_REQUIRED },
		{ "10.0.0.0", 24, TRUNK_SRTP_NEVER },
		{ "0.0.0.0", 0, TRUNK_SRTP_OFFERED },
	};
	static const struct {
		const char *addr;
		enum trunk_srtp srtp;
	} cases[] = { { "10.0.0.7", TRUNK_SRTP_REQUIRED },
		{ "10.0.0.8", TRUNK_SRTP_NEVER }, { "10.0.1.7", TRUNK_SRTP_OFFERED } };
	static const struct trunk_peer bad = { "10.0.0.7", 32, TRUNK_SRTP_NEVER + 1 };
	enum trunk_srtp srtp = TRUNK_SRTP_NEVER;
	struct peers_addr a;
	struct peers p;
	assert_int_equal(peers_init(&p, list, sizeof list / sizeof list[0]), 0);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(peers_addr_parse(&a, cases[i].addr, 0), 0);
		assert_true(peers_find(&p, &a, &srtp));
		assert_int_equal(srtp, cases[i].srtp);
	}
	assert_int_equal(peers_addr_parse(&a, "::1", 0), 0);
	srtp = TRUNK_SRTP_NEVER;
	assert_false(peers_find(&p, &a, &srtp));
	assert_int_equal(srtp, TRUNK_SRTP_NEVER);
	assert_int_equal(peers_init(&p, &bad, 1), EINVAL);
}

static void without_rules_nobody(void **state)
{
	struct peers p;
	struct peers_addr a;
	assert_int_equal(peers_init(&p, NULL, 0), 0);
	assert_int_equal(peers_addr_parse(&a, "[::1]", 5), 0);
	assert_int_equal(a.port, 5);
	assert_false(peers_match(&p, &a));
}

#define LONG "0123456789012345678901234567890123456789012345678901234567890123"

static const struct {
	const char *in, *out;
	int err;
} users[] = {
	{ "1000", "1000", 0 },
	{ "+41441234567", "+41441234567", 0 },
	{ "%2B41%20", "", ENOENT },
	{ "%2B4144", "+4144", 0 },
	{ "a%2fb", "a/b", 0 },
	{ "1000;phone-context=x", "1000", 0 },
	{ ";x", "", ENOENT },
	{ "10%3b0", "10;0", 0 },
	{ "", "", ENOENT },
	{ NULL, "", ENOENT },
	{ "10%", "", EINVAL },
	{ "10%4", "", EINVAL },
	{ "10%4g", "", EINVAL },
	{ "10%00", "", ENOENT },
	{ "10%7f", "", ENOENT },
	{ "\303\244", "", ENOENT },
	{ LONG LONG, LONG LONG, 0 },
	{ LONG LONG "0", "", ENAMETOOLONG },
};

static void each_user(void **state)
{
	for (size_t i = 0; i < sizeof users / sizeof users[0]; i++) {
		char out[TRUNK_USER_MAX + 1] = "before";
		print_message("# %s\n", users[i].in ? users[i].in : "NULL");
		assert_int_equal(user_unescape(out, users[i].in), users[i].err);
		assert_string_equal(out, users[i].out);
	}
}

static const struct {
	const char *in, *out;
	int err;
} identities[] = {
	{ "<sip:+4144@carrier>", "+4144", 0 },
	{ "\"A. B.\" <sips:+4144@carrier;user=phone>", "+4144", 0 },
	{ "sip:+4144@carrier", "+4144", 0 },
	{ "tel:+4144", "+4144", 0 },
	{ "<sip:+4144;npdi@carrier>", "+4144", 0 },
	{ "<sip:carrier;x=a>, <sip:b@c>", "", ENOENT },
	{ "<tel:+4144;phone-context=x>", "+4144", 0 },
	{ "<tel:+4144>, <sip:a@b>", "+4144", 0 },
	{ "\"sip:evil@x\" <sip:+4144@carrier>", "+4144", 0 },
	{ "\"a \\\" <sip:evil@x>\" <sip:+4144@carrier>", "+4144", 0 },
	{ "<SIP:%2b4144@carrier>", "+4144", 0 },
	{ "<sip:carrier>", "", ENOENT },
	{ "<sip:@carrier>", "", ENOENT },
	{ "<http://x@y>", "", ENOENT },
	{ "\"open", "", ENOENT },
	{ "", "", ENOENT },
	{ "<", "", ENOENT },
	{ "<sip:4%0@x>", "", EINVAL },
};

static void each_identity(void **state)
{
	for (size_t i = 0; i < sizeof identities / sizeof identities[0]; i++) {
		char out[TRUNK_USER_MAX + 1] = "before";
		print_message("# %s\n", identities[i].in);
		assert_int_equal(user_asserted(out, identities[i].in), identities[i].err);
		assert_string_equal(out, identities[i].out);
	}
}

static void a_flood_silences_itself(void **state)
{
	static struct throttle t;
	int allowed = 0, others = 0;
	for (int i = 0; i < 1000; i++)
		allowed += throttle_allow(&t, 7, 1000000);
	assert_int_equal(allowed, THROTTLE_EACH_BURST);
	assert_true(throttle_allow(&t, 8, 1000000));
	assert_false(throttle_allow(&t, 7 + THROTTLE_GROUPS, 1000000));
	allowed = 0;
	for (int ms = 0; ms < 2000; ms++)
		allowed += throttle_allow(&t, 7, 1000001 + ms);
	assert_int_equal(allowed, 2 * THROTTLE_EACH_RATE);
	for (uint64_t i = 0; i < 10000; i++) /* from everywhere at once */
		others += throttle_allow(&t, i, 2000000);
	assert_int_equal(others, THROTTLE_ALL_BURST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_match),
		cmocka_unit_test(each_bad_rule),
		cmocka_unit_test(the_first_rule_says_how_it_speaks),
		cmocka_unit_test(a_peer_by_its_certificate),
		cmocka_unit_test(without_rules_nobody),
		cmocka_unit_test(each_user),
		cmocka_unit_test(each_identity),
		cmocka_unit_test(a_flood_silences_itself),
	};
	return cmocka_run_group_tests_name("sip pure", tests, NULL, NULL);
}
