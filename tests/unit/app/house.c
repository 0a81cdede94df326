/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* house -- its names and its clock.  See house.h. */
#include "house.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static const char *const clips[] = { "greeting", "music", "apology", "farewell", "ring",
	"song", "message", "place1", "place2", "place3", "place4", "place5", "place6",
	"place7", "place8", "place9", "place10", "under", "1min", "2min", "3min", "5min",
	"10min", "15min", "20min", "30min", "longer", "transfer", "cb-offer", "cb-yes",
	"ringback", "hold", "menu" };
static const char *const pages[] = { "anna", "anna2", "beat", "beat2", "w1", "w2", "d1",
	"d2", "d3", "d4", "d5", "w3", "w4", "w5" };
static const struct {
	const char *word;
	uint16_t type;
} relay_words[] = {
	{ "LEG_RTP", RP_LEG_RTP },
	{ "LEG_WEB", RP_LEG_WEB },
	{ "LEG_REMOTE", RP_LEG_REMOTE },
	{ "LEG_CLOSE", RP_LEG_CLOSE },
	{ "JOIN", RP_JOIN },
	{ "PART", RP_PART },
	{ "PLAY", RP_PLAY },
	{ "STOP", RP_STOP },
	{ "ECHO", RP_ECHO },
	{ "KEY", RP_KEY },
	{ "STATS", RP_STATS },
	{ "BLOB", RP_BLOB },
	{ "CLAIM", RP_CLAIM },
	{ "REST", RP_REST },
	{ "QUIT", RP_QUIT },
	{ "UP", RP_EV_UP },
	{ "DOWN", RP_EV_DOWN },
	{ "SILENT", RP_EV_SILENT },
	{ "HEARD", RP_EV_HEARD },
	{ "FIRST", RP_EV_FIRST },
	{ "DIGIT", RP_EV_DIGIT },
};

void house_note(struct house *h, const char *fmt, ...)
{
	va_list ap;

	if (h->n_lines == HOUSE_LINES_MAX)
		fail_msg("one input was followed by %d lines", HOUSE_LINES_MAX);
	va_start(ap, fmt);
	(void)vsnprintf(h->lines[h->n_lines++], HOUSE_LINE_MAX, fmt, ap);
	va_end(ap);
}

static size_t find_word(const char *const *words, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	fail_msg("\"%s\" is no name here", word);
	return 0;
}

uint64_t house_conn(const char *page)
{
	return 100 + find_word(pages, sizeof pages / sizeof *pages, page);
}

uint64_t house_agent(const char *name)
{
	uint64_t conn = house_conn(name);

	return conn < house_conn("beat") ? 1 : conn < house_conn("w1") ? 2 : 0;
}

const char *house_agent_name(uint64_t id)
{
	return id == 1 ? "anna" : id == 2 ? "beat" : "nobody";
}

const struct house_name *house_leg(const struct house *h, const char *text)
{
	for (size_t i = h->n_names; i-- > 0;)
		if (h->names[i].is_leg && strcmp(h->names[i].text, text) == 0)
			return &h->names[i];
	fail_msg("no leg was ever made for %s", text);
	return NULL;
}

uint64_t house_call(const struct house *h, const char *text)
{
	for (size_t i = h->n_names; i-- > 0;)
		if (!h->names[i].is_leg && strcmp(h->names[i].text, text) == 0)
			return h->names[i].id;
	return 999; /* one that never was: stories ask for that, too */
}

const char *house_clip_name(uint32_t clip)
{
	return clip < sizeof clips / sizeof *clips ? clips[clip] : "unknown";
}

uint32_t house_clip(const char *name)
{
	return (uint32_t)find_word(clips, sizeof clips / sizeof *clips, name);
}

uint16_t house_relay_type(const char *word)
{
	for (size_t i = 0; i < sizeof relay_words / sizeof *relay_words; i++)
		if (strcmp(relay_words[i].word, word) == 0)
			return relay_words[i].type;
	fail_msg("\"%s\" is nothing that a relay knows", word);
	return 0;
}

const char *house_relay_word(uint16_t type)
{
	for (size_t i = 0; i < sizeof relay_words / sizeof *relay_words; i++)
		if (relay_words[i].type == type)
			return relay_words[i].word;
	fail_msg("a relay was sent %u", type);
	return NULL;
}

void house_wait(struct house *h, int64_t ms)
{
	int64_t until = h->now_us / 1000 + ms;

	if (!h->app)
		h->now_us = until * 1000;
	for (unsigned i = 0; h->app && i < 1000; i++) {
		int64_t due = app_next_deadline_ms(h->app);

		if (due < 0 || due > until) {
			h->now_us = until * 1000;
			return;
		}
		if (due * 1000 > h->now_us)
			h->now_us = due * 1000;
		app_tick(h->app);
	}
	if (h->app)
		fail_msg("the centre's deadlines do not pass");
}

#define RULES_ALIKE                                                                    \
	.max_waiting = 2, .offer_ms = 15000, .wrapup_ms = 5000, .max_wait_ms = 200000, \
	.unstaffed_ms = 30000, .declined_ms = 10000, .transfer_ms = 20000
#define RULES               \
	{                   \
		RULES_ALIKE \
	}
#define SECRET_RULES                          \
	{                                     \
		RULES_ALIKE, .sensitivity = 1 \
	}

/* The clips of an announcement, by their place in the list above. */
#define ANNOUNCES                                                                   \
	.announce_ms = 60000, .positions = { 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 }, \
	.waits = { APP_NO_CLIP, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26 }
#define OFFICE_HOURS .hours = { .spans = { { 0x1F, 480, 1080 } }, .n_spans = 1 }

/* Anna works at home, so the session of her desk has two factors [T4]. */
void house_desk_session(struct house *h)
{
	struct store_session s = { .agent = 1, .expires_ms = INT64_MAX, .factors = 2 };

	app_token_hash(s.hash, HOUSE_DESK);
	app_load_session(h->app, &s);
}

void house_start(struct house *h)
{
	static const struct app_queue_config queues[] = {
		{ .id = 10,
			.number = "10",
			.name = "Auskunft",
			.language = "de",
			.acd = RULES,
			.greeting = 0,
			.music = 1,
			.apology = 2,
			.transfer = 27,
			.hold = 31,
			.farewell = 3 },
		{ .id = 20,
			.number = "20",
			.name = "Spenden",
			.language = "fr",
			.acd = SECRET_RULES,
			.greeting = APP_NO_CLIP,
			.music = 1,
			.apology = APP_NO_CLIP,
			.transfer = APP_NO_CLIP,
			.hold = APP_NO_CLIP,
			.farewell = APP_NO_CLIP },
		{ .id = 30,
			.number = "30",
			.name = "Kasse",
			.language = "de",
			.acd = { RULES_ALIKE, .n_diversions = 4,
				.diversions = { { .when = ACD_IF_CLOSED,
							.to = ACD_DIVERT_MESSAGE },
					{ .when = ACD_IF_LENGTH,
						.to = ACD_DIVERT_QUEUE,
						.limit = 1 },
					{ .when = ACD_IF_LENGTH,
						.to = ACD_DIVERT_QUEUE,
						.limit = 1,
						.target = 3 },
					{ .when = ACD_IF_NOBODY,
						.to = ACD_DIVERT_QUEUE } } },
			.greeting = 0,
			.music = 5,
			.apology = 2,
			.transfer = APP_NO_CLIP,
			.hold = APP_NO_CLIP,
			.farewell = 3,
			.messages = { 6 },
			OFFICE_HOURS,
			ANNOUNCES },
		{ .id = 40,
			.number = "40",
			.name = "Abos",
			.language = "de",
			.acd = { RULES_ALIKE, .callback_tries = 2, .retry_ms = 40000,
				.callback_ms = 600000, .n_diversions = 3,
				.diversions = { { .when = ACD_IF_LENGTH,
							.to = ACD_DIVERT_QUEUE,
							.limit = 2,
							.target = 1 },
					{ .when = ACD_IF_LENGTH,
						.to = ACD_DIVERT_CALLBACK,
						.after_ms = 70000 },
					{ .when = ACD_IF_LENGTH,
						.to = ACD_DIVERT_QUEUE,
						.after_ms = 150000 } } },
			.greeting = APP_NO_CLIP,
			.music = 5,
			.apology = 2,
			.transfer = APP_NO_CLIP,
			.hold = APP_NO_CLIP,
			.farewell = 3,
			.callback_offer = 28,
			.callback_yes = 29,
			OFFICE_HOURS,
			ANNOUNCES },
	};
	static const struct app_agent_config agents[] = {
		{ .id = 1,
			.login = "anna",
			.name = "Anna",
			.roles = STORE_ROLE_AGENT | STORE_ROLE_LEAD,
			.at_home = true,
			.queues = { { 15 } },
			.clearance = 2 },
		{ .id = 2, .login = "beat", .name = "Beat", .queues = { { 1 } } },
	};
	static const struct app_menu_config menus[] = {
		{ .number = "50",
			.title = "welcome",
			.clip = 32,
			.menu = { .keys = { { 1, 1 }, { 2, 3 } },
				.n_keys = 2,
				.tries = 2,
				.timeout_ms = 4000 } },
	};
	struct app_config cfg = {
		.queues = queues,
		.n_queues = 4,
		.menus = menus,
		.n_menus = 1,
		.caller = h->caller,
		.turn = h->turn,
		.agents = agents,
		.n_agents = 2,
		.ring_clip = 4,
		.ringback_clip = 30,
		.n_relays = h->n_relays,
		.session_s = 3600,
		.caller_silent_ms = 20000,
		.desk_gone_ms = 60000,
		.regain_ms = 15000,
		.hold_ms = 40000,
		.office_clearance = 2,
		.reconfirm_ms = 365 * HOME_DAY_MS,
		.dial_srtp = h->srtp,
		.sign_on = h->sign_on,
	};
	struct app_ports ports = house_ports;

	ports.arg = h;
	assert_int_equal(app_new(&h->app, &cfg, &ports), 0);
	house_desk_session(h);
	house_agreements(h);
}

void house_open(struct house *h, unsigned n_relays)
{
	assert_true(n_relays <= HOUSE_RELAYS_MAX);
	memset(h, 0, sizeof *h);
	h->now_us = 1000000;
	h->n_relays = n_relays;
	house_start(h);
	for (unsigned i = 0; i < n_relays; i++)
		house_relay_up(h, i, false);
	app_adopt(h->app);
}

/* A copy for the app, as the records would give it. */
void house_agreements(struct house *h)
{
	struct store_agreements *a = calloc(1, sizeof *a);

	assert_non_null(a);
	a->n_versions = h->n_versions;
	a->versions = calloc(HOUSE_VERSIONS_MAX, sizeof *a->versions);
	a->published_ms = calloc(HOUSE_VERSIONS_MAX, sizeof *a->published_ms);
	a->texts = calloc(HOUSE_VERSIONS_MAX, sizeof *a->texts);
	a->agents = calloc(1, sizeof *a->agents);
	a->keys = calloc(1, sizeof *a->keys);
	assert_true(a->versions && a->published_ms && a->texts && a->agents && a->keys);
	memcpy(a->versions, h->versions, sizeof h->versions);
	for (size_t i = 0; i < a->n_versions; i++)
		for (size_t l = 0; l < HOME_LANGUAGES; l++)
			a->texts[i][l] = strdup("text");
	a->n_agents = 1;
	a->agents[0] = h->anna;
	a->agents[0].agent = 1;
	a->n_keys = h->has_key;
	a->keys[0] = h->key;
	app_agreements(h->app, a);
}

void house_disk_keeps(struct house *h)
{
	h->marks.kept = h->marks.given;
	app_records_kept(h->app);
}

/* As far as they are on disk. */
static void keep_rows(struct house *h)
{
	size_t n = 0;

	for (size_t i = 0; i < h->n_rows; i++) {
		const struct house_row *r = &h->rows[i];

		if (r->put <= h->marks.kept &&
			(!r->dropped || r->dropped > h->marks.kept))
			h->rows[n++] = (struct house_row){ .row = r->row };
	}
	h->n_rows = n;
}

void house_rows_found(struct house *h)
{
	for (size_t i = 0; i < h->n_rows; i++)
		if (!h->rows[i].dropped)
			app_found_callback(h->app, &h->rows[i].row);
}

void house_kill(struct house *h)
{
	size_t n = 0;

	app_free(h->app);
	h->app = NULL;
	for (size_t i = 0; i < h->n_records; i++)
		if (h->records[i].mark <= h->marks.kept)
			h->records[n++] = h->records[i];
	h->n_records = n;
	for (size_t i = 0; i < n; i++)
		h->records[i].mark = 0;
	keep_rows(h);
	h->marks = (struct store_marks){ 0 };
	h->is_disk_slow = false;
}

void house_close(struct house *h)
{
	app_free(h->app);
	h->app = NULL;
}
