/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* country: lines of the registries' files, networks as a house writes them, and who is in them; one row each. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <string.h>

#include "core/country/country.h"

static void address(uint8_t out[16], const char *text)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	memcpy(out, mapped, sizeof mapped);
	if (inet_pton(AF_INET, text, out + 12) != 1)
		assert_int_equal(inet_pton(AF_INET6, text, out), 1);
}

static void assert_net(const struct country_net *net, const char *first, const char *last)
{
	uint8_t a[16], b[16];

	address(a, first);
	address(b, last);
	assert_memory_equal(net->first, a, 16);
	assert_memory_equal(net->last, b, 16);
}

static const struct {
	const char *line;
	enum country_line is;
	const char *code, *first, *last;
} lines[] = {
	{ "ripencc|CH|ipv4|192.0.2.0|256|20120424|allocated|1a2b", COUNTRY_LINE_NET, "CH",
		"192.0.2.0", "192.0.2.255" },
	/* the format before the extended one has no last field */
	{ "ripencc|LI|ipv4|198.51.100.0|256|20120424|assigned", COUNTRY_LINE_NET, "LI",
		"198.51.100.0", "198.51.100.255" },
	/* a count that is no power of two */
	{ "arin|US|ipv4|203.0.113.0|192|20000101|assigned|x", COUNTRY_LINE_NET, "US",
		"203.0.113.0", "203.0.113.191" },
	{ "ripencc|CH|ipv6|2001:db8::|28|19990903|allocated|x", COUNTRY_LINE_BAD, NULL,
		NULL, NULL },
	{ "ripencc|CH|ipv6|2001:db8::|32|19990903|allocated|x", COUNTRY_LINE_NET, "CH",
		"2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff" },
	{ "apnic|AU|ipv4|0.0.0.0|4294967296|19990903|allocated|x", COUNTRY_LINE_NET, "AU",
		"0.0.0.0", "255.255.255.255" },
	{ "2|ripencc|1711666799|205450|19830705|20240328|+0100", COUNTRY_LINE_OTHER, NULL,
		NULL, NULL },
	{ "2.3|lacnic|20240328|1|19870101|20240328|-0300", COUNTRY_LINE_OTHER, NULL, NULL,
		NULL },
	{ "ripencc|*|ipv4|*|81953|summary", COUNTRY_LINE_OTHER, NULL, NULL, NULL },
	{ "ripencc|CH|asn|64496|1|19930901|allocated|x", COUNTRY_LINE_OTHER, NULL, NULL,
		NULL },
	{ "ripencc||ipv4|192.0.2.0|256||available|", COUNTRY_LINE_OTHER, NULL, NULL,
		NULL },
	{ "ripencc|CH|ipv4|192.0.2.0|256|20120424|reserved|", COUNTRY_LINE_OTHER, NULL,
		NULL, NULL },
	{ "# a remark", COUNTRY_LINE_OTHER, NULL, NULL, NULL },
	{ "", COUNTRY_LINE_OTHER, NULL, NULL, NULL },
	{ "ripencc|ch|ipv4|192.0.2.0|256|20120424|allocated", COUNTRY_LINE_BAD, NULL,
		NULL, NULL },
	{ "ripencc||ipv4|192.0.2.0|256|20120424|allocated", COUNTRY_LINE_BAD, NULL, NULL,
		NULL },
	{ "ripencc|CH|ipv4|192.0.2|256|20120424|allocated", COUNTRY_LINE_BAD, NULL, NULL,
		NULL },
	{ "ripencc|CH|ipv4|2001:db8::|256|20120424|allocated", COUNTRY_LINE_BAD, NULL,
		NULL, NULL },
	{ "ripencc|CH|ipv4|192.0.2.0|0|20120424|allocated", COUNTRY_LINE_BAD, NULL, NULL,
		NULL },
	{ "ripencc|CH|ipv4|255.255.255.0|257|20120424|allocated", COUNTRY_LINE_BAD, NULL,
		NULL, NULL },
	{ "ripencc|CH|ipv4|192.0.2.0|4294967297|20120424|allocated", COUNTRY_LINE_BAD,
		NULL, NULL, NULL },
	{ "ripencc|CH|ipv6|2001:db8::|129|20120424|allocated", COUNTRY_LINE_BAD, NULL,
		NULL, NULL },
	{ "ripencc|CH|ipv4|192.0.2.0|+256|20120424|allocated", COUNTRY_LINE_BAD, NULL,
		NULL, NULL },
	{ "ripencc|CH|ipv4|192.0", COUNTRY_LINE_BAD, NULL, NULL, NULL },
	{ "<html><body>404 Not Found</body></html>", COUNTRY_LINE_BAD, NULL, NULL, NULL },
};

/* The addresses are those of RFC 5737 and RFC 3849, for documents. */
static void test_line(void **state)
{
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		char code[COUNTRY_CODE] = "";
		struct country_net net = { { 0 }, { 0 } };

		print_message("# %s\n", lines[i].line);
		assert_int_equal(
			country_line(slice_str(lines[i].line), code, &net), lines[i].is);
		if (lines[i].is != COUNTRY_LINE_NET)
			continue;
		assert_string_equal(code, lines[i].code);
		assert_net(&net, lines[i].first, lines[i].last);
	}
}

static void test_net(void **state)
{
	static const struct {
		const char *text, *first, *last; /* NULL: it is none */
	} cases[] = {
		{ "192.0.2.7", "192.0.2.7", "192.0.2.7" },
		{ "192.0.2.0/24", "192.0.2.0", "192.0.2.255" },
		{ "0.0.0.0/0", "0.0.0.0", "255.255.255.255" },
		{ "2001:db8::7", "2001:db8::7", "2001:db8::7" },
		{ "2001:db8::/33",
			"2001:db8::", "2001:db8:7fff:ffff:ffff:ffff:ffff:ffff" },
		{ "192.0.2.7/24", NULL, NULL },
		{ "192.0.2.0/33", NULL, NULL },
		{ "192.0.2.0/", NULL, NULL },
		{ "192.0.2.0/24/8", NULL, NULL },
		{ "2001:db8::/129", NULL, NULL },
		{ "turn.example.org", NULL, NULL },
		{ "", NULL, NULL },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct country_net net;

		print_message("# %s\n", cases[i].text);
		assert_int_equal(
			country_net(&net, cases[i].text), cases[i].first != NULL);
		if (cases[i].first)
			assert_net(&net, cases[i].first, cases[i].last);
	}
}

static void test_has(void **state)
{
	static const struct {
		const char *addr;
		bool has, is_within;
	} cases[] = {
		{ "192.0.1.255", false, false },
		{ "192.0.2.0", true, false },
		{ "192.0.2.255", true, false },
		{ "192.0.3.0", false, false },
		{ "2001:db8::1", true, false },
		{ "2001:db9::", false, false },
		/* of the same bits as an IPv4 address, and another family */
		{ "::c000:200", false, false },
		{ "127.0.0.1", false, true },
		{ "10.1.2.3", false, true },
		{ "172.15.255.255", false, false },
		{ "172.31.255.255", false, true },
		{ "192.168.0.1", false, true },
		{ "100.64.0.1", false, true },
		{ "::1", false, true },
		{ "fd00::1", false, true },
		{ "fe80::1", false, true },
		{ "2001:db8:ffff::", true, false },
	};
	struct country_net nets[2], net;

	assert_true(country_net(&nets[0], "192.0.2.0/24"));
	assert_true(country_net(&nets[1], "2001:db8::/32"));
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint8_t a[16];

		print_message("# %s\n", cases[i].addr);
		address(a, cases[i].addr);
		country_net_of(&net, a, 128);
		assert_int_equal(country_has(nets, 2, &net), cases[i].has);
		assert_int_equal(country_is_within(&net), cases[i].is_within);
		assert_false(country_has(nets, 0, &net));
	}
}

/* A network that begins within and ends outside is not within. */
static void test_has_whole(void **state)
{
	static const struct {
		const char *addr;
		unsigned bits;
		const char *first, *last;
		bool has, is_within;
	} cases[] = {
		{ "192.0.2.7", 96 + 24, "192.0.2.0", "192.0.2.255", true, false },
		{ "192.0.2.7", 96 + 25, "192.0.2.0", "192.0.2.127", true, false },
		{ "192.0.2.7", 96 + 23, "192.0.2.0", "192.0.3.255", false, false },
		{ "192.0.2.7", 96 + 1, "128.0.0.0", "255.255.255.255", false, false },
		{ "10.0.0.0", 96 + 7, "10.0.0.0", "11.255.255.255", false, false },
		{ "10.9.8.7", 96 + 8, "10.0.0.0", "10.255.255.255", false, true },
		{ "2001:db8::7", 33, "2001:db8::",
			"2001:db8:7fff:ffff:ffff:ffff:ffff:ffff", true, false },
		{ "2001:db8::7", 0, "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
			false, false },
	};
	struct country_net nets[2];

	assert_true(country_net(&nets[0], "192.0.2.0/24"));
	assert_true(country_net(&nets[1], "2001:db8::/32"));
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct country_net net;
		uint8_t a[16];

		address(a, cases[i].addr);
		country_net_of(&net, a, cases[i].bits);
		assert_net(&net, cases[i].first, cases[i].last);
		assert_int_equal(country_has(nets, 2, &net), cases[i].has);
		assert_int_equal(country_is_within(&net), cases[i].is_within);
	}
}

static void test_code(void **state)
{
	assert_true(country_is_code("CH"));
	assert_false(country_is_code("ch"));
	assert_false(country_is_code("C"));
	assert_false(country_is_code("CHE"));
	assert_false(country_is_code(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_net),
		cmocka_unit_test(test_has),
		cmocka_unit_test(test_has_whole),
		cmocka_unit_test(test_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
