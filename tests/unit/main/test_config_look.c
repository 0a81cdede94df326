/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* config_look: what a good file says of the world beside it, one row each. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config_text.h"
#include "main/config_look.h"

static const struct {
	const char *what, *text, *said; /* NULL: nothing */
	unsigned line;
	bool is_hint;
} looks[] = {
	{ "a house in order", HOUSE, NULL, 0, false },
	{ "pages and metrics on one port",
		"web { port = 8080 }\nmetrics { port = 8080 }\n" HOUSE,
		"metrics: port must be other ports than web's port: 8080 to 8080", 2,
		false },
	{ "the same ports at other addresses",
		"web { port = 8080 }\nmetrics { port = 8080 address = \"127.0.0.2\" "
		"}\n" HOUSE,
		NULL, 0, false },
	{ "lines among the calls' ports",
		"relay {\n\tcount = 2\n\tport = 40000\n\trtp-low = 40001\n\trtp-high = "
		"41000\n}\n" HOUSE,
		"relay: rtp-low must be other ports than relay's port: 40001 to 40001", 4,
		false },
	{ "lines by TCP where the pages are",
		"web { port = 8080 }\nrelay { tcp-port = 8080 }\n" HOUSE,
		"relay: tcp-port must be other ports than web's port: 8080 to 8080", 2,
		false },
	{ "the lines' number by TCP where the pages are",
		"web { port = 39000 }\nrelay { port = 39000 }\n" HOUSE,
		"relay: port must be other ports than web's port: 39000 to 39000", 2,
		false },
	{ "no lines by TCP there",
		"web { port = 39000 }\nrelay { port = 39000 tcp = false }\n" HOUSE, NULL,
		0, false },
	{ "SIP among the calls' ports", "sip { port = 40100 }\n" HOUSE,
		"relay: rtp-low must be other ports than sip's port: 40100 to 40100", 0,
		false },
	{ "a TURN server's secret that is not there",
		"turn {\n host = \"turn.example.org\"\n secret-file = "
		"\"/nowhere/turn\"\n}\n" HOUSE,
		"turn: secret-file /nowhere/turn No such file or directory.", 3, false },
	{ "likewise one that all may read",
		"turn { host = \"turn.example.org\" secret-file = \"/etc/passwd\" "
		"}\n" HOUSE,
		"turn: secret-file /etc/passwd may be read by everybody", 1, false },
	{ "a public address that is private", "sip { public = \"192.168.1.5\" }\n" HOUSE,
		"sip: public must be the address by which the Internet finds", 1, false },
	{ "likewise of carriers' own networks",
		"relay { public = \"100.64.0.1\" }\n" HOUSE,
		"relay: public must be the address by which the Internet finds", 1,
		false },
	{ "a carrier, and nobody finds us",
		"sip { address = \"10.0.0.5\" }\n" TRUNK(S) HOUSE,
		"sip: address is private: a carrier on the Internet", 1, true },
	{ "and nobody is heard", "sip { public = \"198.51.100.7\" }\n" TRUNK(S) HOUSE,
		"relay: address is private, and sip has a public one", 0, true },
	{ "voice by another family", "relay { address = \"2001:db8::5\" }\n" HOUSE,
		"relay: address is of another family than sip's address", 1, true },
	{ "a public one that is the house's own alone",
		"sip { address = \"2001:db8::5\" public = \"fd00::5\" }\nrelay { address "
		"= \"2001:db8::5\" }\n" HOUSE,
		"sip: public must be the address by which the Internet finds", 1, false },
	{ "hours that are closed days",
		DEMANDING("open = { \"00:00-24:00\" } special-days = { \"2026-11-27 "
			  "closed\" }") AGENT,
		NULL, 0, false },
	{ "a queue that nobody of the file serves",
		QUEUE "queue \"b\" {\nnumber = \"101\" name = \"B\" language = \"de\" "
		      "}\n" AGENT,
		"queue \"b\": number is nobody's in this file", 3, true },
};

static void test_looks(void **state)
{
	const struct hours_moment today = { { 2026, 11, 27 }, 4, 600 };

	for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
		struct config c;
		struct config_report r;

		config_text_load(&c, looks[i].text, &r);
		config_look(&c, 1795000000, &today, &r);
		if (r.n_complaints != (looks[i].said ? 1 : 0))
			fail_msg("%s: %zu complaints%s%s", looks[i].what, r.n_complaints,
				r.n_complaints ? ", such as " : "",
				r.n_complaints ? r.complaints[0].text : "");
		if (looks[i].said &&
			(!strstr(r.complaints[0].text, looks[i].said) ||
				r.complaints[0].line != looks[i].line ||
				r.complaints[0].is_hint != looks[i].is_hint))
			fail_msg("%s: line %u: %s", looks[i].what, r.complaints[0].line,
				r.complaints[0].text);
		assert_int_equal(r.is_bad, looks[i].said && !looks[i].is_hint);
		config_report_close(&r);
		config_close(&c);
	}
}

static const struct {
	const char *what, *text;
	mode_t mode;
	const char *why; /* NULL: it is good */
} secrets[] = {
	{ "as openssl makes it", X64 "\n", 0600, NULL },
	{ "in base64, of the group", "abcdefghijklmnopqrstuvwxyz0123456789+/==\n", 0640,
		NULL },
	{ "without an end of its line", X32, 0600, NULL },
	{ "what follows does not count", X32 "\nand more\n", 0600, NULL },
	{ "as long as may be", X64 X32 X16 "xxxxxxxxxxxxxxx", 0600, NULL },
	{ "a character more", X64 X32 X16 X16, 0600, "is too long" },
	{ "31 characters", X16 "xxxxxxxxxxxxxxx\n", 0600, "less than 32" },
	{ "nothing", "", 0600, "has no secret in its first line" },
	{ "an empty line first", "\n" X32 "\n", 0600, "has no secret in its first line" },
	{ "a comment in turnserver.conf", X32 "#\n", 0600, "blanks, quotes" },
	{ "two words", X16 " " X16, 0600, "blanks, quotes" },
	{ "another option behind it", X32 "\rno-auth\n", 0600, NULL },
	{ "a control character", X32 "\x0b" X16, 0600, "blanks, quotes" },
	{ "for all to read", X64 "\n", 0604, "may be read by everybody" },
};

static void test_turn_secrets(void **state)
{
	for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
		struct config_turn t = { .secret_file = "/tmp/heimamt-secret-XXXXXX" };
		char secret[TURN_SECRET_MAX];
		int fd = mkstemp(t.secret_file);
		size_t n = strlen(secrets[i].text);
		const char *why;

		assert_true(fd >= 0);
		assert_int_equal(write(fd, secrets[i].text, n), n);
		assert_int_equal(fchmod(fd, secrets[i].mode), 0);
		close(fd);
		why = config_turn_secret(&t, secret);
		unlink(t.secret_file);
		if (!why != !secrets[i].why || (why && !strstr(why, secrets[i].why)))
			fail_msg("%s: %s", secrets[i].what, why ? why : "good");
		if (!why)
			assert_int_equal(strcspn(secret, "\r\n"), strlen(secret));
	}
}

/* Each day of any year. */
static void test_never_open(void **state)
{
	const struct hours_moment today = { { 2026, 11, 27 }, 4, 600 };
	static struct config c;
	struct config_report r;

	config_text_load(&c, DEMANDING("open = { \"Fr 08:00-09:00\" }") AGENT, &r);
	c.queues[0].app.hours.n_spans = 1;
	c.queues[0].app.hours.spans[0] = (struct hours_span){
		.days = 0, .from = 1, .to = 2
	};
	config_look(&c, 1795000000, &today, &r);
	assert_int_equal(r.n_complaints, 1);
	assert_non_null(strstr(r.complaints[0].text, "queue \"a\": open must be hours"));
	assert_int_equal(r.complaints[0].line, 1);
	config_report_close(&r);
	config_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_looks),
		cmocka_unit_test(test_turn_secrets),
		cmocka_unit_test(test_never_open),
	};

	return cmocka_run_group_tests_name("main_config_look", tests, NULL, NULL);
}
