/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* config_follow: every option with its line, and another file for a house that runs. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "config_text.h"
#include "main/config_follow.h"

/* --- every option with its line --- */

static const struct config_entry *entry(const struct config_report *r,
	const char *section, const char *title, const char *option)
{
	for (size_t i = 0; i < r->n_entries; i++)
		if (strcmp(r->entries[i].section, section) == 0 &&
			strcmp(r->entries[i].title, title) == 0 &&
			strcmp(r->entries[i].option, option) == 0)
			return &r->entries[i];
	return NULL;
}

static void test_entries(void **state)
{
	static const char text[] =
		"node = 3\nsip {\n\tuser = \"phone\"\n\tpassword = \"secret\"\n}\n"
		"queue \"a\" { number = \"100\" name = \"A\"\nlanguage = \"de\" farewell "
		"= \"f\"\n"
		"relax { after = 5 }\n"
		"divert { when = \"closed\" to = \"message\" }\n"
		"divert {\nwhen = \"waiting\" limit = 3 to = \"message\" }\n}\n" AGENT;
	static const struct {
		const char *section, *title, *option, *shown;
		unsigned line;
	} cases[] = { { "", "", "node", "3", 1 }, { "", "", "timezone", "", 0 },
		{ "sip", "", "user", "phone", 3 }, { "sip", "", "password", "***", 4 },
		{ "sip", "", "outbound-password", "", 0 },
		{ "queue", "a", "language", "de", 7 },
		{ "queue", "a", "relax 1: after", "5", 8 },
		{ "queue", "a", "divert 1: when", "closed", 9 },
		{ "queue", "a", "divert 2: when", "waiting", 11 },
		{ "queue", "a", "offer", "20", 0 },
		{ "agent", "anna", "queues", "a", 13 } };
	struct config c;
	struct config_report r;

	config_text_load(&c, text, &r);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct config_entry *e = entry(
			&r, cases[i].section, cases[i].title, cases[i].option);

		assert_non_null(e);
		if (!e)
			break; /* a compiler does not know what an assertion does */
		assert_string_equal(config_entry_shown(e), cases[i].shown);
		assert_int_equal(e->line, cases[i].line);
		assert_int_equal(e->is_default, cases[i].line == 0);
	}
	config_report_close(&r);
	config_close(&c);
}

/* --- another file for a house that runs --- */

#define Q(title, number, more)                                                           \
	"queue \"" title "\" { number = \"" number "\" name = \"" title "\" language = " \
	"\"de\" " more " }\n"

static void test_follow(void **state)
{
	static struct config was, is; /* large */
	struct config_report r, s;

	config_text_load(&was,
		"sip { port = 5062 }\n" Q("a", "1", "skills = { \"de=2\" }")
			Q("b", "2", ""),
		&r);
	config_text_load(&is,
		"sip { port = 5064 caller-silent = 99 }\n" Q("c", "3",
			"skills = { \"fr\", \"de=3\" } divert { when = \"waiting\" limit "
			"= "
			"1 to = \"queue\" queue = \"b\" }") Q("b", "2",
			"sensitivity = \"strict\" offer = 33") "menu \"m\" { number = "
							       "\"9\" clip = \"c\" queue "
							       "= \"c\" keys = { \"1=b\" "
							       "} }\n"
							       "agent \"anna\" { name = "
							       "\"Anna\" queues = { "
							       "\"c\" } skills = { "
							       "\"fr=4\", \"de=5\" } }\n",
		&s);
	assert_int_equal(config_follow(&is, &was, &s), 0);
	assert_int_equal(is.n_queues, 3);
	assert_string_equal(is.queues[0].title, "a");
	assert_true(is.queues[0].app.is_gone);
	assert_string_equal(is.queues[1].title, "b");
	assert_false(is.queues[1].app.is_gone);
	assert_int_equal(is.queues[1].app.acd.offer_ms, 33000);
	assert_int_equal(is.queues[1].app.acd.sensitivity, 0); /* until a restart */
	assert_string_equal(is.queues[2].title, "c");
	assert_int_equal(is.queues[2].app.acd.diversions[0].target, 1);
	assert_int_equal(is.n_skills, 2);
	assert_string_equal(is.skills[0], "de");
	assert_int_equal(acd_skills_level(&is.queues[2].app.acd.skills, 0), 3);
	assert_int_equal(acd_skills_level(&is.queues[2].app.acd.skills, 1), 1);
	assert_int_equal(is.menus[0].app.menu.queue, 2);
	assert_int_equal(is.menus[0].app.menu.keys[0].queue, 1);
	assert_true(acd_queues_have(&is.agents[0].queues, 2));
	assert_false(acd_queues_have(&is.agents[0].queues, 0));
	assert_int_equal(acd_skills_level(&is.agents[0].skills, 1), 4);
	assert_int_equal(is.sip_port, 5062);
	assert_int_equal(is.caller_silent_ms, 99000);
	is.week_places = NULL; /* the other's */
	config_report_close(&r);
	config_report_close(&s);
	config_close(&was);
	config_close(&is);
}

/* Under another number it is another queue; and there are only so many. */
static void test_follow_number(void **state)
{
	static struct config was, is;
	struct config_report r, s;

	config_text_load(&was, Q("a", "1", ""), &r);
	config_text_load(&is, Q("a", "2", ""), &s);
	assert_int_equal(config_follow(&is, &was, &s), 0);
	assert_int_equal(is.n_queues, 2);
	assert_true(is.queues[0].app.is_gone);
	is.week_places = NULL;
	config_report_close(&r);
	config_report_close(&s);
	config_close(&was);
	config_close(&is);
}

static void test_changes(void **state)
{
	static const struct {
		const char *section, *option;
		bool is_gone, is_new, counts;
	} expected[] = {
		{ "sip", "port", false, false, false },
		{ "queue", "sensitivity", false, false, false },
		{ "queue", "offer", false, false, true },
		{ "queue", "number", false, true, true },
	};
	static struct config was, is;
	struct config_report r, s;
	struct config_change *all;
	size_t n, met = 0;

	config_text_load(&was, Q("a", "1", "") Q("b", "2", ""), &r);
	config_text_load(&is,
		"sip { port = 5070 }\n" Q("a", "1", "offer = 21 sensitivity = \"strict\"")
			Q("c", "3", ""),
		&s);
	assert_int_equal(config_changes(&r, &s, &all, &n), 0);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < sizeof expected / sizeof *expected; k++) {
			const struct config_entry *e = all[i].after ? all[i].after
								    : all[i].before;

			if (strcmp(e->section, expected[k].section) != 0 ||
				strcmp(e->option, expected[k].option) != 0 ||
				!all[i].before != expected[k].is_new ||
				!all[i].after != expected[k].is_gone)
				continue;
			assert_int_equal(all[i].counts, expected[k].counts);
			met++;
		}
	assert_int_equal(met, sizeof expected / sizeof *expected);
	/* number, name and language of the new one and of the gone one, and three others */
	assert_int_equal(n, 9);
	free(all);
	config_report_close(&r);
	config_report_close(&s);
	config_close(&was);
	config_close(&is);
}

/* --- what counts at once, by the table and by what is kept --- */

#define TWO    Q("a", "1", "") Q("b", "2", "") M
#define M      "menu \"m\" { number = \"9\" clip = \"c\" queue = \"a\" keys = { \"1=b\" } }\n"
#define PAGE   "web { caller-page = true caller-page-queue = \"a\" "
#define SECURE "certificate = \"/c\" key = \"/k\" names = { \"a.example\" } "
#define OUT    "outbound = \"a.example\" caller-id = \"1\" "
#define SIGN_ON                                                               \
	"sign-on { issuer = \"https://login.example.org\" client-id = \"x\" " \
	"name = \"X\" roles = { \"a=agent\" } "

/* One option in each row that counts at once; the others may be many: one that is taken all the same shows. */
static const struct {
	const char *before, *after;
} ways[] = {
	{ TWO, "node = 3 timezone = \"Europe/Zurich\"\n" TWO },
	{ TWO,
		"web { address = \"127.0.0.2\" port = 8090 per-address = 99 files = "
		"\"/f\" " SECURE "proxies = { \"127.0.0.1\" } proxy-header = "
		"\"forwarded\" redirect-port = 80 "
		"acme-folder = \"/a\" }\n" TWO },
	{ PAGE "}\n" TWO, "web { caller-page-queue = \"a\" }\n" TWO },
	{ PAGE "}\n" TWO,
		PAGE "caller-page-token = \"none\" caller-page-origins = { "
		     "\"https://a.example\" } }\n" TWO },
	{ PAGE "}\n" TWO, "web { caller-page = true caller-page-queue = \"b\" }\n" TWO },
	{ PAGE "}\n" TWO, "web { caller-page = true caller-page-menu = \"m\" }\n" TWO },
	{ PAGE "}\n" TWO, PAGE "caller-page-queues = { \"en=b\" } }\n" TWO },
	{ PAGE "}\n" TWO, PAGE "caller-page-at-once = 9 }\n" TWO },
	{ PAGE "}\n" TWO, PAGE "caller-page-per-minute = 9 }\n" TWO },
	{ PAGE "}\n" TWO, PAGE "caller-page-most = 9 }\n" TWO },
	{ TWO, "web { session-hours = 9 }\n" TWO },
	{ TWO, "web { second-factor = \"always\" }\n" TWO },
	{ TWO, "web { desk-gone = 99 }\n" TWO },
	{ TWO, "web { regain = 9 }\n" TWO },
	{ TWO, "web { hold-max = 99 }\n" TWO },
	{ TWO,
		"sip { address = \"127.0.0.2\" public = \"192.0.2.1\" port = 5062 peers "
		"= { "
		"\"192.0.2.0/24\" } srtp = \"required\" user = \"u\" password = "
		"\"p\" " OUT "outbound-srtp = \"never\" outbound-user = \"u\" "
		"outbound-password = \"p\" "
		"tcp = true tls-port = 5061 certificate = \"/c\" key = \"/k\" "
		"authorities = "
		"\"/a\" tls-clients = true name-server = \"192.0.2.1\" session-expires = "
		"600 }\n" TWO },
	{ TWO, "sip { caller-silent = 99 }\n" TWO },
	{ TWO, "trunk \"t\" { server = \"a.example\" caller-id = \"1\" }\n" TWO },
	{ TWO,
		"relay { address = \"127.0.0.2\" public = \"192.0.2.1\" count = 2 port = "
		"5000 "
		"tcp = false tcp-port = 5100 rtp-low = 30000 rtp-high = 39999 sandbox = "
		"false }\n" TWO },
	{ TWO, "clips { folder = \"/f\" }\nagreement { folder = \"/f\" }\n" TWO },
	{ TWO, "clips { ring = \"r\" }\n" TWO },
	{ TWO, "clips { ringback = \"r\" }\n" TWO },
	{ TWO, "agreement { reconfirm = 9 }\n" TWO },
	{ TWO, "office { clearance = \"general\" }\n" TWO },
	{ TWO, "staff { pulse = true }\n" TWO },
	{ TWO,
		"ledger { name = \"other\" }\nmetrics { address = \"::1\" port = 9 "
		"}\n" TWO },
	{ TWO,
		"home-days { home-days = 3 seats = 5 team-day = \"We\" rest-hours = 10 "
		"week-hours = 40 house-sum = true }\n" TWO },
	{ TWO,
		"turn { host = \"turn.example.org\" port = 3479 tls-port = 5349 realm = "
		"\"r\" secret-file = \"/s\" lifetime = 9 address = \"127.0.0.2\" public "
		"= "
		"\"192.0.2.1\" min-port = 50000 max-port = 50999 " TURN_PAIR " }\n" TWO },
	{ TWO,
		"countries { allowed = { \"CH\" } delegated = { \"/d\" } networks = { "
		"\"192.0.2.0/24\" } }\n" TWO },
	{ TWO, SIGN_ON "}\n" TWO },
	{ SIGN_ON "}\n" TWO,
		SIGN_ON
		"client-secret-file = \"/s\" ca-file = \"/a\" scopes = \"openid\" "
		"login-claim = \"l\" roles-claim = \"r\" second-factor = { \"mfa\" } "
		"link-by-login = true passwords = false check = 9 unchecked = 99 "
		"}\n" TWO },
	{ TWO, Q("a", "1", "sensitivity = \"strict\"") Q("b", "2", "") M },
	{ TWO, Q("a", "1", "offer = 21") Q("b", "2", "") M },
	{ TWO, TWO "agent \"anna\" { name = \"Anna\" queues = { \"a\" } }\n" },
	{ TWO,
		Q("a", "1", "") Q(
			"b", "2", "") "menu \"m\" { number = \"9\" clip = \"d\" queue = "
				      "\"a\" keys = { \"1=b\" } }\n" },
};

/* Of those all count, or none does. */
static bool all_count(const struct config_change *all, size_t n)
{
	assert_true(n > 0);
	for (size_t i = 1; i < n; i++)
		assert_int_equal(all[i].counts, all[0].counts);
	return all[0].counts;
}

/* By section and option; a section that is made for each queue, agent and so on is one. */
static void mark(const struct config_report *known, bool *met,
	const struct config_change *all, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct config_entry *e = all[i].after ? all[i].after
							    : all[i].before;

		for (size_t k = 0; k < known->n_entries; k++)
			met[k] = met[k] ||
				(strcmp(known->entries[k].section, e->section) == 0 &&
					strcmp(known->entries[k].option, e->option) == 0);
	}
}

/* Byte for byte; who is in the house stands apart. */
static bool is_same(struct config *a, const struct config *b)
{
	struct config_agent *own = a->agents;
	bool is;

	a->agents = b->agents;
	is = memcmp(a, b, sizeof *a) == 0 &&
		(a->n_agents == 0 ||
			memcmp(own, b->agents, a->n_agents * sizeof *own) == 0);
	a->agents = own;
	return is;
}

static void one_way(size_t i, const struct config_report *known, bool *met)
{
	static struct config was, is;
	struct config_report r, s;
	struct config_change *all;
	size_t n;
	bool count, same;

	config_text_load(&was, ways[i].before, &r);
	config_text_load(&is, ways[i].after, &s);
	assert_int_equal(config_changes(&r, &s, &all, &n), 0);
	count = all_count(all, n);
	mark(known, met, all, n);
	if (config_follow(&is, &was, &s))
		fail_msg("row %zu is refused", i);
	same = is_same(&is, &was);
	if (same == count)
		fail_msg("row %zu: %s", i,
			count ? "counts at once by the table, and is not taken"
			      : "waits for a restart by the table, and is taken");
	free(all);
	is.week_places = NULL; /* the other's */
	config_report_close(&r);
	config_report_close(&s);
	config_close(&was);
	config_close(&is);
}

/* Of the sections that there are once, each option is in a row. */
static void test_table_and_taken(void **state)
{
	static struct config c;
	static bool met[1024];
	struct config_report known;

	config_text_load(&c, TWO, &known);
	assert_true(known.n_entries <= sizeof met / sizeof *met);
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
		one_way(i, &known, met);
	for (size_t k = 0; k < known.n_entries; k++)
		if (!met[k] && !*known.entries[k].title)
			fail_msg("no row changes %s.%s", known.entries[k].section,
				known.entries[k].option);
	config_report_close(&known);
	config_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_follow),
		cmocka_unit_test(test_follow_number),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_table_and_taken),
	};

	return cmocka_run_group_tests_name("main_config_follow", tests, NULL, NULL);
}
