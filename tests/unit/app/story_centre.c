/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* story_centre -- logins, the clock, the records, and the centre as a whole: stopped, killed, and what a later control makes of it. */
#include "story_inputs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/saved.h"
#include "base/text.h"
#include "store/people.h"

/* --- login, clock, records --- */

/* REQUEST get|post WHO PATH */
static void api(struct house *h, const struct story_args *a)
{
	app_api(h->app,
		&(struct web_ask){ .request = story_number(a->v[0]),
			.is_post = strcmp(a->v[1], "post") == 0,
			.agent = strcmp(a->v[2], "anna") == 0 ? 1 : 2,
			.path = a->v[3],
			.body = "" });
}

static void login(struct house *h, const struct story_args *a)
{
	app_login(h->app, story_number(a->v[0]), "a-link");
}

static void link_used(struct house *h, const struct story_args *a)
{
	if (strcmp(a->v[1], "unknown") == 0)
		app_link_used(h->app, story_number(a->v[0]), ENOENT, 0);
	else if (strcmp(a->v[1], "stranger") == 0)
		app_link_used(h->app, story_number(a->v[0]), 0, 77);
	else
		app_link_used(h->app, story_number(a->v[0]), 0, house_agent(a->v[1]));
}

static void session(struct house *h, const struct story_args *a)
{
	const char *token = strcmp(a->v[0], "last") == 0 ? h->token : a->v[0];

	house_note(h, "session %s", house_agent_name(app_session(h->app, token)));
}

static void load(struct house *h, const struct story_args *a)
{
	struct store_session s = {
		.agent = strcmp(a->v[1], "stranger") == 0 ? 77 : house_agent(a->v[1]),
		.expires_ms = 1800000000000 + (int64_t)story_number(a->v[2]) * 1000
	};

	app_token_hash(s.hash, a->v[0]);
	app_load_session(h->app, &s);
}

/* "raise one": two factors from now on */
static void raise_session(struct house *h, const struct story_args *a)
{
	assert_true(
		app_session_raise(h->app, app_session_number(h->app, a->v[0]), h->token));
}

static void wait(struct house *h, const struct story_args *a)
{
	house_wait(h, (int64_t)story_number(a->v[0]));
}

/* "wall 2027-01-18 07:59": what it shows in UTC from now on */
static void wall(struct house *h, const struct story_args *a)
{
	struct tm tm = { .tm_sec = 0 };

	assert_int_equal(
		sscanf(a->v[0], "%d-%d-%d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday), 3);
	assert_int_equal(sscanf(a->v[1], "%d:%d", &tm.tm_hour, &tm.tm_min), 2);
	tm.tm_year -= 1900;
	tm.tm_mon--;
	h->wall_offset_ms = (int64_t)timegm(&tm) * 1000 - HOUSE_WALL_MS -
		h->now_us / 1000;
}

/* "zone 120": the house's clock is so many minutes before UTC */
static void zone(struct house *h, const struct story_args *a)
{
	h->zone_min = (int64_t)story_number(a->v[0]);
}

static void sick(struct house *h, const struct story_args *a)
{
	h->is_sick = strcmp(a->v[0], "yes") == 0;
}

/* "disk slow": nothing is on disk until "disk keeps", or "disk wrote", which nobody hears of */
static void disk(struct house *h, const struct story_args *a)
{
	h->is_disk_slow = strcmp(a->v[0], "keeps") != 0;
	if (strcmp(a->v[0], "wrote") == 0)
		h->marks.kept = h->marks.given;
	else if (!h->is_disk_slow)
		house_disk_keeps(h);
}

/* --- killed, and what a later control makes of it --- */

static void kill(struct house *h, const struct story_args *a)
{
	house_kill(h);
}

/* "spoil c1 queue": its blob is damaged, or names what is not there any more */
static void spoil(struct house *h, const struct story_args *a)
{
	struct house_leg *leg = house_relay_leg(h, house_leg(h, a->v[0])->id);
	struct saved_call c;
	struct saved_line l;

	assert_non_null(leg);
	memcpy(&c, leg->blob, sizeof c);
	memcpy(&l, leg->blob, sizeof l);
	if (strcmp(a->v[1], "none") == 0)
		leg->len = 0;
	else if (strcmp(a->v[1], "short") == 0)
		leg->len--;
	else if (strcmp(a->v[1], "version") == 0)
		leg->blob[0]++;
	else if (strcmp(a->v[1], "queue") == 0)
		c.queue = 999;
	else if (strcmp(a->v[1], "agent") == 0 && c.head.kind == SAVED_LINE)
		l.agent = 77;
	else if (strcmp(a->v[1], "agent") == 0)
		c.agent = 77;
	else
		fail_msg("nothing is spoilt by \"%s\"", a->v[1]);
	if (strcmp(a->v[1], "queue") == 0 ||
		(strcmp(a->v[1], "agent") == 0 && c.head.kind == SAVED_CALL))
		memcpy(leg->blob, &c, sizeof c);
	else if (strcmp(a->v[1], "agent") == 0)
		memcpy(leg->blob, &l, sizeof l);
}

/* The new process comes, and hears of what a relay has: "begin", then "found 0" for each. */
static void begin(struct house *h, const struct story_args *a)
{
	house_start(h);
}

static void found(struct house *h, const struct story_args *a)
{
	unsigned relay = (unsigned)story_number(a->v[0]);

	house_relay_up(h, relay, strcmp(a->v[1], "draining") == 0);
	house_relay_found(h, relay);
}

static void go_on(struct house *h, const struct story_args *a)
{
	struct trunk_saved saved[HOUSE_DIALOGS_MAX];
	size_t n = app_saved_dialogs(h->app, saved, HOUSE_DIALOGS_MAX);

	for (size_t i = 0; i < n; i++)
		house_note(h, "dialog %" PRIu64 " %.*s%s", saved[i].dialog,
			(int)saved[i].state_len, (const char *)saved[i].state,
			saved[i].sdp ? "" : " no sdp");
	house_rows_found(h);
	app_adopt(h->app);
}

/* All of it. */
static void adopt(struct house *h, const struct story_args *a)
{
	house_start(h);
	for (unsigned i = 0; i < h->n_relays; i++) {
		if (!h->is_up[i])
			continue;
		house_relay_up(h, i, false);
		house_relay_found(h, i);
	}
	go_on(h, a);
}

static void spared(struct house *h, const struct story_args *a)
{
	uint64_t ids[HOUSE_DIALOGS_MAX];
	size_t n = app_call_ids(h->app, ids, HOUSE_DIALOGS_MAX);

	for (size_t i = 0; i < n; i++)
		house_note(h, "spared %s", house_name_of(h, ids[i]));
}

static void ended(struct house *h, const struct story_args *a)
{
	house_note(h, "%zu ended", app_n_ended(h->app));
}

/* --- all of it --- */

static void stop(struct house *h, const struct story_args *a)
{
	app_stop(h->app);
}

static void calls(struct house *h, const struct story_args *a)
{
	house_note(h, "%zu calls", app_n_calls(h->app));
}

/* What the core thinks of an agent whose desk may be closed. */
static void agent(struct house *h, const struct story_args *a)
{
	static const char *const states[ACD_AGENT_STATES] = { "out", "away", "ready",
		"offered", "talking", "interrupted", "wrapup", "pause", "work",
		"dialling", "holding" };
	struct acd_agent_info info = { .state = ACD_AGENT_OUT };

	(void)acd_agent(app_acd(h->app), house_agent(a->v[0]), &info);
	house_note(h, "agent %s %s%s%s%s", a->v[0], states[info.state],
		info.why ? " (" : "", acd_why_word(info.why), info.why ? ")" : "");
}

/* --- people --- */

/* "people anna=15 beat=left": what the records have now; queues as bits, and who is not named is in no row. */
static void people(struct house *h, const struct story_args *a)
{
	static const uint64_t queue_ids[] = { 10, 20, 30, 40 };
	struct store_people *p = calloc(1, sizeof *p);

	p->people = calloc(STORY_ARGS_MAX, sizeof *p->people);
	p->queues = calloc(4, sizeof *p->queues);
	p->queue_ids = calloc(4, sizeof *p->queue_ids);
	p->n_queues = 4;
	memcpy(p->queue_ids, queue_ids, sizeof queue_ids);
	for (size_t i = 0; i < STORY_ARGS_MAX && *a->v[i]; i++) {
		const char *what = strchr(a->v[i], '=') + 1;
		struct store_person *one = &p->people[p->n_people++];
		bool is_anna = a->v[i][0] == 'a';

		one->id = is_anna ? 1 : 2;
		one->origin = STORE_IMPORTED;
		(void)text_copy(
			one->is.login, sizeof one->is.login, is_anna ? "anna" : "beat");
		(void)text_copy(
			one->is.name, sizeof one->is.name, is_anna ? "Anna" : "Beat");
		one->is.at_home = is_anna;
		one->is.clearance = is_anna ? 2 : 0;
		one->is.roles = is_anna ? 3 : 1;
		one->is.queues.w[0] = story_number(what);
		if (strcmp(what, "left") == 0)
			one->left_ms = HOUSE_WALL_MS + h->now_us / 1000;
	}
	app_people(h->app, p);
}

/* --- the agreement; signatures are in test_agreement.c, for they are made of what is random --- */

/* "publish material 10000": a version comes into force in so many ms */
static void publish(struct house *h, const struct story_args *a)
{
	struct home_version *v = &h->versions[h->n_versions];

	assert_true(h->n_versions < HOUSE_VERSIONS_MAX);
	v->number = (uint32_t)++h->n_versions;
	v->is_material = strcmp(a->v[0], "material") == 0;
	v->effective_ms = HOUSE_WALL_MS + h->now_us / 1000 +
		(int64_t)story_number(a->v[1]);
	v->hash[0][0] = (uint8_t)v->number;
	house_agreements(h);
}

/* "signed 2 60000": anna signed, a minute ago */
static void is_signed(struct house *h, const struct story_args *a)
{
	h->anna.standing = (struct home_standing){
		.signed_version = (uint32_t)story_number(a->v[0]),
		.is_countersigned = true,
		.confirmed_ms = HOUSE_WALL_MS + h->now_us / 1000 -
			(int64_t)story_number(a->v[1])
	};
	house_agreements(h);
}

/* What was written is told back. */
static void records(struct house *h, const struct story_args *a)
{
	house_agreements(h);
}

/* "missing anna": the words of what is, before and in a shift */
static void missing(struct house *h, const struct story_args *a)
{
	h->tells_missing = true;
	app_page_message(h->app, house_conn(a->v[0]),
		&(struct desk_msg){ .type = DESK_HELLO,
			.protocol = DESK_PROTOCOL,
			.has_line = true,
			.seat = h->seat });
	h->tells_missing = false;
}

const struct story_input story_centre[] = {
	{ "login", login, false },
	{ "api", api, false },
	{ "link", link_used, false },
	{ "session", session, false },
	{ "load", load, false },
	{ "raise", raise_session, false },
	{ "wait", wait, false },
	{ "wall", wall, false },
	{ "zone", zone, false },
	{ "sick", sick, false },
	{ "disk", disk, false },
	{ "kill", kill, false },
	{ "spoil", spoil, false },
	{ "begin", begin, false },
	{ "found", found, false },
	{ "go-on", go_on, false },
	{ "adopt", adopt, false },
	{ "spared", spared, false },
	{ "ended", ended, false },
	{ "stop", stop, false },
	{ "calls", calls, false },
	{ "publish", publish, false },
	{ "signed", is_signed, false },
	{ "records", records, false },
	{ "missing", missing, false },
	{ "agent", agent, false },
	{ "people", people, false },
	{ 0 },
};
