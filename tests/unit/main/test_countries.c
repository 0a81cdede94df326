/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* countries: registries' files that are read or refused, and what of a configuration lies outside; one row each. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config_text.h"
#include "main/countries.h"

#define HEAD \
	"2|ripencc|1764230399|3|19830705|20261127|+0100\nripencc|*|ipv4|*|2|summary\n"
#define CH    "ripencc|CH|ipv4|192.0.2.0|256|20120424|allocated|a\n"
#define CH_V6 "ripencc|CH|ipv6|2001:db8::|32|20120424|allocated|a\n"
#define DE    "ripencc|DE|ipv4|203.0.113.0|256|20120424|allocated|b\n"
#define IN_CH                                                                      \
	"countries { allowed = { \"CH\", \"LI\" } networks = { \"192.0.2.0/24\", " \
	"\"2001:db8::/32\" } }\n"
#define AT(server) "trunk \"t\" {\n caller-id = \"1\"\n server = \"" server "\"\n}\n"

static void write_file(char path[32], const char *text)
{
	int fd;

	snprintf(path, 32, "/tmp/countries-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static bool allows(const struct countries *k, const char *addr)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

	if (inet_pton(AF_INET, addr, &v4.sin_addr) == 1)
		return countries_allow_socket(k, (const struct sockaddr *)&v4);
	assert_int_equal(inet_pton(AF_INET6, addr, &v6.sin6_addr), 1);
	return countries_allow_socket(k, (const struct sockaddr *)&v6);
}

static const struct {
	const char *what, *text;
	const char *said; /* NULL: nothing */
	bool is_read;
} files[] = {
	{ "a registry's", HEAD CH DE CH_V6, NULL, true },
	{ "with the ends of lines of another system",
		"ripencc|CH|ipv4|192.0.2.0|256|20120424|allocated|a\r\n" CH_V6, NULL,
		true },
	{ "damaged lines of other countries", CH "x|DE|ipv4|x\n" CH_V6, NULL, true },
	{ "of other countries alone", HEAD DE, "has no network of the countries", false },
	{ "a page that says that it is not there", "<html>404</html>\n",
		"has no network of the countries", false },
	{ "nothing", "", "has no network of the countries", false },
	{ "lines that were damaged",
		HEAD CH "x|CH|ipv4|x\n" CH_V6 "ripencc|CH|ipv4|192.0",
		"has 2 lines that are none of a registry's, the first at 4", true },
};

static void test_files(void **state)
{
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		char path[32], text[512];
		struct config c;
		struct config_report r;
		struct countries k;

		write_file(path, files[i].text);
		snprintf(text, sizeof text,
			"countries {\n allowed = { \"CH\" }\n delegated = { \"%s\" "
			"}\n}\n" HOUSE,
			path);
		config_text_load(&c, text, &r);
		if ((countries_open(&k, &c, &r) == 0) != files[i].is_read)
			fail_msg("%s", files[i].what);
		if (files[i].said) {
			assert_non_null(strstr(r.complaints[0].text, files[i].said));
			assert_non_null(strstr(r.complaints[0].text, path));
			assert_int_equal(r.complaints[0].line, 3);
		}
		assert_int_equal(r.is_bad, !files[i].is_read);
		assert_int_equal(k.n > 0, files[i].is_read);
		if (files[i].is_read) {
			assert_true(allows(&k, "192.0.2.255"));
			assert_true(allows(&k, "2001:db8::1"));
			assert_true(allows(&k, "127.0.0.1"));
			assert_true(allows(&k, "fd00::1"));
			assert_false(allows(&k, "203.0.113.0"));
			assert_false(allows(&k, "192.0.3.0"));
			assert_false(allows(&k, "2001:db9::"));
			assert_false(countries_allow_socket(
				&k, &(struct sockaddr){ .sa_family = AF_UNIX }));
		}
		unlink(path);
		countries_close(&k);
		config_report_close(&r);
		config_close(&c);
	}
}

static void test_no_file_and_no_rule(void **state)
{
	struct config c;
	struct config_report r;
	struct countries k;

	config_text_load(&c,
		"countries { allowed = { \"CH\" } delegated = { \"/nowhere/d\" } "
		"}\n" HOUSE,
		&r);
	assert_int_not_equal(countries_open(&k, &c, &r), 0);
	assert_non_null(strstr(r.complaints[0].text,
		"/nowhere/d cannot be read: No such file or directory."));
	config_report_close(&r);
	config_close(&c);

	config_text_load(&c, AT("203.0.113.9") HOUSE, &r);
	assert_int_equal(countries_open(&k, &c, &r), 0);
	assert_true(allows(&k, "203.0.113.9"));
	countries_look(&k, &c, &r);
	assert_int_equal(r.n_complaints, 0);
	countries_close(&k);
	config_report_close(&r);
	config_close(&c);
}

static const struct {
	const char *what, *text;
	const char *said; /* NULL: nothing */
	unsigned line;
} endpoints[] = {
	{ "a carrier within", AT("192.0.2.9") HOUSE IN_CH, NULL, 0 },
	{ "a carrier in the house", AT("10.1.2.3") HOUSE IN_CH, NULL, 0 },
	{ "a carrier at this machine, by its name", AT("localhost:5070") HOUSE IN_CH,
		NULL, 0 },
	{ "a carrier outside", AT("203.0.113.9") HOUSE IN_CH,
		"trunk \"t\": server 203.0.113.9 lies outside CH, LI", 3 },
	{ "an outbound outside",
		"sip {\n outbound = \"sip:203.0.113.9:5070\"\n caller-id = \"1\" "
		"}\n" HOUSE IN_CH,
		"sip: outbound 203.0.113.9 lies outside", 2 },
	{ "a peer outside", "sip { peers = { \"203.0.113.0/24\" } }\n" HOUSE IN_CH,
		"sip: peers 203.0.113.0 lies outside", 1 },
	{ "a peer that begins within and ends outside",
		"sip { peers = { \"192.0.2.7/23\" } }\n" HOUSE IN_CH,
		"sip: peers 192.0.2.7 lies outside", 1 },
	{ "peers within",
		"sip { peers = { \"192.0.2.7/24\", \"10.0.0.0/8\" } }\n" HOUSE IN_CH,
		NULL, 0 },
	{ "a name server outside",
		"sip { name-server = \"203.0.113.9:53\" }\n" HOUSE IN_CH,
		"sip: name-server 203.0.113.9 lies outside", 1 },
	{ "the house itself", "sip { public = \"203.0.113.9\" }\n" HOUSE IN_CH,
		"sip: public 203.0.113.9 lies outside", 1 },
	{ "its voice", "relay { public = \"203.0.113.9\" }\n" HOUSE IN_CH,
		"relay: public 203.0.113.9 lies outside", 1 },
	{ "a provider of identities outside",
		"sign-on { issuer = \"https://203.0.113.9:8443/realms/house\" "
		"client-id = \"c\" roles = { \"desk=agent\" } }\n" HOUSE IN_CH,
		"sign-on: issuer 203.0.113.9 lies outside", 1 },
	{ "one within",
		"sign-on { issuer = \"https://192.0.2.9/realms/house\" client-id "
		"= \"c\" roles = { \"desk=agent\" } }\n" HOUSE IN_CH,
		NULL, 0 },
	{ "a TURN server outside",
		"turn { host = \"203.0.113.9\" secret-file = \"/s\" }\n" HOUSE IN_CH,
		"turn: host 203.0.113.9 lies outside", 1 },
	{ "its public address",
		"turn { host = \"192.0.2.9\" secret-file = \"/s\" public = "
		"\"203.0.113.9\" }\n" HOUSE IN_CH,
		"turn: public 203.0.113.9 lies outside", 1 },
};

/* Names are those that resolve without a name server. */
static void test_endpoints(void **state)
{
	for (size_t i = 0; i < sizeof endpoints / sizeof *endpoints; i++) {
		struct config c;
		struct config_report r;
		struct countries k;

		config_text_load(&c, endpoints[i].text, &r);
		assert_int_equal(countries_open(&k, &c, &r), 0);
		countries_look(&k, &c, &r);
		if (r.n_complaints != (endpoints[i].said ? 1 : 0))
			fail_msg("%s: %zu complaints%s%s", endpoints[i].what,
				r.n_complaints, r.n_complaints ? ", such as " : "",
				r.n_complaints ? r.complaints[0].text : "");
		assert_int_equal(r.is_bad, endpoints[i].said != NULL);
		if (endpoints[i].said &&
			(!strstr(r.complaints[0].text, endpoints[i].said) ||
				r.complaints[0].line != endpoints[i].line))
			fail_msg("%s: line %u: %s", endpoints[i].what,
				r.complaints[0].line, r.complaints[0].text);
		countries_close(&k);
		config_report_close(&r);
		config_close(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_no_file_and_no_rule),
		cmocka_unit_test(test_endpoints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
